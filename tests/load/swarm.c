/*
 * Many clients of one bootnode in one process, with the real handshake and
 * the real packets but no peers, for tests and benchmarks of the bootnode:
 *
 *	swarm ADDRESS PORT CLIENTS [HEARTBEATS]
 *
 * All join the same room in one burst. When everybody knows everybody, all
 * but the first fall silent, and the first waits until the bootnode has told
 * it that they are gone. With HEARTBEATS, they send that many instead, as
 * fast as the answers come. The program prints one line of figures for each
 * step. "swarm crowd" and "swarm flock" are other programs: see crowd.h and
 * flock.h. With the words --access-key-file FILE before all others, the clients
 * have the access key of that file, and the bootnode may be a private one.
 */
#include "tests/load/client.h"
#include "tests/load/crowd.h"
#include "tests/load/flock.h"

#include "common/clock.h"
#include "common/log.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS_MAX 1024
/* A retry waits long: on a busy machine an answer is late, not lost. */
#define RETRY	   (3 * USEC_PER_SEC)
#define SYNC_EVERY (1 * USEC_PER_SEC)
#define BEAT_EVERY (1 * USEC_PER_SEC)
#define STEP_LIMIT (30 * USEC_PER_SEC)
#define WINDOW	   64 /* heartbeats under way */

struct member {
	int fd;
	uint64_t retry_at;
	struct entrant entrant;
	struct admission in; /* session 0: not joined */
	uint64_t counter;
	uint32_t version;
	bool reading; /* reads a roster, up to this one: */
	bool gap;     /* it missed a change */
	uint32_t from;
	struct peer_id after;
	bool behind;
	uint64_t sync_at;
	uint64_t beat_at;
	size_t known;
	uint8_t knows[CLIENTS_MAX / 8];
};

struct swarm {
	size_t count;
	struct member *members;
	size_t *by_id; /* indices, in the order of ids */
	struct room_tag tag;
	int epoll;
	uint64_t now;
	uint64_t sent, received, bytes_sent, bytes_received;
	uint64_t acked;
};

static struct swarm swarm;

static void
transmit(struct swarm *s, struct member *m, const uint8_t *buf, size_t len)
{
	s->sent++;
	s->bytes_sent += len;
	if (send(m->fd, buf, len, 0) == -1 && errno != EAGAIN &&
	    errno != ECONNREFUSED)
		give_up(strerror(errno));
}

static void
hello(struct swarm *s, struct member *m)
{
	uint8_t buf[WIRE_MAX];

	crypto_random(m->entrant.nonce, sizeof(m->entrant.nonce));
	m->retry_at = s->now + RETRY;
	transmit(s, m, buf, entrant_hello(&m->entrant, buf));
}

static void
control(struct swarm *s, struct member *m, enum wire_type type)
{
	struct wire_control c = { .type = type,
		.session = m->in.session,
		.counter = ++m->counter,
		.version = m->version,
		.echo = m->in.echo,
		.len = WIRE_MAX };
	uint8_t buf[WIRE_MAX];

	if (m->reading && type == WIRE_SYNC) {
		c.version = m->from;
		c.after = m->after;
	}
	transmit(s, m, buf, entrant_control(buf, &c, m->in.mac_key));
}

static void
on_cookie(struct swarm *s, struct member *m, const uint8_t *packet, size_t len)
{
	uint8_t buf[WIRE_MAX];
	size_t join_len = entrant_join(&m->entrant, packet, len, buf);

	if (join_len > 0)
		transmit(s, m, buf, join_len);
}

static void
on_welcome(struct member *m, const uint8_t *packet, size_t len)
{
	if (m->in.session == 0 &&
	    entrant_welcome(&m->entrant, packet, len, &m->in) == -1)
		give_up("a WELCOME that is not authentic");
}

static struct swarm *sorting;

static int
compare_ids(const void *a, const void *b)
{
	const size_t *i = a, *j = b;

	return memcmp(&sorting->members[*i].entrant.id,
	    &sorting->members[*j].entrant.id, sizeof(struct peer_id));
}

static size_t
index_of(struct swarm *s, const struct peer_id *id)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		size_t i = s->by_id[middle];
		int c = memcmp(id, &s->members[i].entrant.id, sizeof(*id));

		if (c == 0)
			return i;
		if (c < 0)
			high = middle;
		else
			low = middle + 1;
	}
	give_up("the bootnode told of somebody who is not there");
}

static void
learn(struct swarm *s, struct member *m, const struct bootmsg_entry *e)
{
	size_t i = index_of(s, &e->id);
	uint8_t bit = (uint8_t)(1 << i % 8);
	bool known = (m->knows[i / 8] & bit) != 0;

	if (e->what == MEMBER_LEFT && known) {
		m->knows[i / 8] &= (uint8_t)~bit;
		m->known--;
	} else if (e->what == MEMBER_JOINED && !known) {
		m->knows[i / 8] |= bit;
		m->known++;
	}
}

/* Asks for missing changes now. */
static void
ask_on(struct swarm *s, struct member *m)
{
	control(s, m, WIRE_SYNC);
	m->sync_at = s->now + SYNC_EVERY;
}

static void
on_roster(struct swarm *s, struct member *m, const struct bootmsg_head *h,
    struct getter *g)
{
	static const struct peer_id start;
	struct bootmsg_entry e = { .id = h->after };

	if (!m->reading) {
		if (memcmp(&h->after, &start, sizeof(start)) != 0 ||
		    h->version < m->version)
			return;
		m->reading = true;
		m->gap = false;
		m->after = start;
		m->from = m->version = h->version;
		m->sync_at = s->now + SYNC_EVERY;
	}
	if (h->version < m->version ||
	    memcmp(&h->after, &m->after, sizeof(start)) != 0)
		return;
	while (g->left > 0) {
		if (bootmsg_get_entry(g, h->kind, &e) == -1)
			give_up("a malformed entry");
		learn(s, m, &e);
	}
	m->after = e.id;
	m->reading = (h->flags & BOOTMSG_LAST) == 0;
	if (m->reading)
		m->behind = true;
	if ((h->flags & BOOTMSG_MORE) != 0 || (!m->reading && m->gap))
		ask_on(s, m);
}

static void
on_events(struct swarm *s, struct member *m, const struct bootmsg_head *h,
    struct getter *g)
{
	uint32_t version = h->version;
	struct bootmsg_entry e;

	if (version > m->version + 1) {
		m->behind = m->gap = true;
		return;
	}
	while (g->left > 0) {
		if (bootmsg_get_entry(g, h->kind, &e) == -1)
			give_up("a malformed entry");
		if (e.what != MEMBER_OVERTAKEN && version > m->version)
			learn(s, m, &e);
		version += e.what == MEMBER_OVERTAKEN ? e.count : 1;
	}
	if (version - 1 > m->version)
		m->version = version - 1;
	if ((h->flags & BOOTMSG_MORE) != 0)
		ask_on(s, m);
}

static void
on_sealed(struct swarm *s, struct member *m, const uint8_t *packet, size_t len)
{
	uint8_t plain[WIRE_MAX], nonce[GCM_NONCE_LEN];
	struct bootmsg_head h;
	struct wire_sealed w;
	struct getter g;

	if (wire_get_sealed(packet, len, &w) == -1 || m->in.session == 0 ||
	    w.session != m->in.session)
		return;
	crypto_counter_nonce(nonce, w.counter);
	if (crypto_open(plain, m->in.rx_key, nonce, NULL, 0, w.sealed,
		w.sealed_len) == -1)
		give_up("a SEALED packet that is not authentic");
	get_init(&g, plain, w.sealed_len - AEAD_TAG_LEN);
	if (bootmsg_get_head(&g, &h) == -1)
		give_up("a malformed SEALED packet");
	if (h.kind == BOOTMSG_ROSTER)
		on_roster(s, m, &h, &g);
	else
		on_events(s, m, &h, &g);
}

static void
on_packet(struct swarm *s, struct member *m, const uint8_t *packet, size_t len)
{
	struct wire_control c;

	switch (wire_type(packet, len)) {
	case WIRE_COOKIE:
		on_cookie(s, m, packet, len);
		break;
	case WIRE_WELCOME:
		on_welcome(m, packet, len);
		break;
	case WIRE_SEALED:
		on_sealed(s, m, packet, len);
		break;
	case WIRE_HEARTBEAT_ACK:
		if (wire_get_control(packet, len, &c) == -1 ||
		    !wire_mac_ok(packet, len, m->in.mac_key))
			give_up("a HEARTBEAT_ACK that is not authentic");
		s->acked++;
		m->in.echo = c.echo;
		m->behind = m->reading || c.version != m->version;
		if ((c.flags & ACK_AGAIN) != 0)
			ask_on(s, m);
		break;
	case WIRE_REJECT:
		give_up("the bootnode rejected a JOIN");
	default:
		give_up("a packet that nobody asked for");
	}
}

/* Takes the packets that have come; waits for one for so long at most. */
static void
turn(struct swarm *s, int wait_ms)
{
	struct epoll_event events[64];
	uint8_t buf[WIRE_MAX + 1];
	int n = epoll_wait(s->epoll, events, 64, wait_ms);

	s->now = clock_now();
	for (int i = 0; i < n; i++) {
		struct member *m = events[i].data.ptr;
		ssize_t len;

		while (
		    (len = recv(m->fd, buf, sizeof(buf), MSG_DONTWAIT)) > 0) {
			s->received++;
			s->bytes_received += (size_t)len;
			on_packet(s, m, buf, (size_t)len);
		}
	}
}

static void
figures(struct swarm *s, const char *step, uint64_t started)
{
	printf("%s: %zu clients, %.3f s, %llu datagrams sent, %llu received, "
	       "%llu bytes sent, %llu received\n",
	    step, s->count, (double)(s->now - started) / 1e6,
	    (unsigned long long)s->sent, (unsigned long long)s->received,
	    (unsigned long long)s->bytes_sent,
	    (unsigned long long)s->bytes_received);
	s->sent = s->received = s->bytes_sent = s->bytes_received = 0;
}

/* Asks for missing changes, and shows the bootnode that it is there. */
static void
stay(struct swarm *s, struct member *m)
{
	if (m->behind && s->now >= m->sync_at) {
		control(s, m, WIRE_SYNC);
		m->sync_at = s->now + SYNC_EVERY;
		m->behind = false;
	} else if (s->now >= m->beat_at) {
		if (m->beat_at != 0)
			control(s, m, WIRE_HEARTBEAT);
		m->beat_at = s->now + BEAT_EVERY;
	}
}

static void
join_all(struct swarm *s)
{
	uint64_t started = s->now = clock_now();
	size_t complete = 0;

	for (size_t i = 0; i < s->count; i++)
		hello(s, &s->members[i]);
	while (complete < s->count) {
		turn(s, 10);
		if (s->now - started > STEP_LIMIT)
			give_up("not everybody knows everybody after 30 s");
		complete = 0;
		for (size_t i = 0; i < s->count; i++) {
			struct member *m = &s->members[i];

			complete += m->known == s->count;
			if (m->in.session == 0 && s->now >= m->retry_at)
				hello(s, m);
			if (m->in.session != 0)
				stay(s, m);
		}
	}
	figures(s, "joined", started);
}

static void
expire(struct swarm *s)
{
	struct member *m = &s->members[0];
	uint64_t started = s->now, beat_at = s->now;

	while (m->known > 1) {
		if (s->now >= beat_at) {
			control(s, m, m->behind ? WIRE_SYNC : WIRE_HEARTBEAT);
			beat_at = s->now + BEAT_EVERY;
		}
		turn(s, 50);
		if (s->now - started > STEP_LIMIT)
			give_up("the silent ones are still there after 30 s");
	}
	figures(s, "expired", started);
}

static void
heartbeats(struct swarm *s, uint64_t total)
{
	uint64_t started = s->now, sent = 0, heard_at = s->now, before;

	s->acked = 0;
	while (s->acked < total) {
		while (sent < total && sent < s->acked + WINDOW)
			control(s, &s->members[sent++ % s->count],
			    WIRE_HEARTBEAT);
		before = s->acked;
		turn(s, 10);
		if (s->acked != before)
			heard_at = s->now;
		else if (s->now - heard_at > USEC_PER_SEC)
			give_up("heartbeats without an answer");
	}
	figures(s, "heartbeats", started);
}

/* On loopback each client has an address of its own: the bootnode limits how
 * much it tells one address that did not ask. */
static int
open_socket(const struct sockaddr_in *to, size_t i)
{
	struct sockaddr_in own = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0x7f010000 + (uint32_t)i) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (fd == -1 ||
	    (ntohl(to->sin_addr.s_addr) >> 24 == 127 &&
		bind(fd, (const struct sockaddr *)&own, sizeof(own)) == -1) ||
	    connect(fd, (const struct sockaddr *)to, sizeof(*to)) == -1)
		give_up(strerror(errno));
	return fd;
}

static void
make_members(struct swarm *s, const char *address, const char *port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)) };

	if (inet_pton(AF_INET, address, &to.sin_addr) != 1)
		give_up("not an IPv4 address");
	s->members = calloc(s->count, sizeof(*s->members));
	s->by_id = calloc(s->count, sizeof(*s->by_id));
	s->epoll = epoll_create1(0);
	crypto_random(&s->tag, sizeof(s->tag));
	for (size_t i = 0; i < s->count; i++) {
		struct member *m = &s->members[i];
		struct epoll_event event = { EPOLLIN, { .ptr = m } };
		int bytes = 4 * 1024 * 1024;

		m->fd = open_socket(&to, i);
		setsockopt(m->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
		epoll_ctl(s->epoll, EPOLL_CTL_ADD, m->fd, &event);
		entrant_init(&m->entrant, &s->tag);
		s->by_id[i] = i;
	}
	sorting = s;
	qsort(s->by_id, s->count, sizeof(*s->by_id), compare_ids);
}

int
main(int argc, char *argv[])
{
	crypto_init(64 * 1024);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 2 && strcmp(argv[1], "--access-key-file") == 0) {
		entrant_access(argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (argc > 1 && strcmp(argv[1], "crowd") == 0)
		return crowd_main(argc - 2, argv + 2);
	if (argc > 1 && strcmp(argv[1], "flock") == 0)
		return flock_main(argc - 2, argv + 2);
	if (argc < 4 || argc > 5)
		give_up("usage: swarm ADDRESS PORT CLIENTS [HEARTBEATS], or "
			"swarm crowd PORT CLIENTS ROOM_SIZE INTERVAL, or "
			"swarm flock NODES CLIENTS ROOM_SIZE");
	swarm.count = (size_t)atoi(argv[3]);
	if (swarm.count < 1 || swarm.count > CLIENTS_MAX)
		give_up("1 to 1024 clients");
	make_members(&swarm, argv[1], argv[2]);
	join_all(&swarm);
	if (argc == 5)
		heartbeats(&swarm, (uint64_t)atoll(argv[4]));
	else
		expire(&swarm);
	return EXIT_SUCCESS;
}
