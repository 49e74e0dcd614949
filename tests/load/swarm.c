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
 * step.
 */
#include "common/bootmsg.h"
#include "common/clock.h"
#include "common/log.h"
#include "cryptod/claim.h"
#include "cryptod/join.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS_MAX 1024
#define CARD_BYTES  57 /* of a card with one IPv4 address */
/* A retry waits long: on a busy machine an answer is late, not lost. */
#define RETRY	   (3 * USEC_PER_SEC)
#define SYNC_EVERY (1 * USEC_PER_SEC)
#define BEAT_EVERY (1 * USEC_PER_SEC)
#define STEP_LIMIT (30 * USEC_PER_SEC)
#define WINDOW	   64 /* heartbeats under way */

struct member {
	int fd;
	struct peer_id id;
	uint8_t token[PEER_TOKEN_LEN];
	uint8_t commitment[PEER_COMMITMENT_LEN];
	uint8_t nonce[NONCE_LEN];
	uint64_t retry_at;
	struct noise noise;
	uint32_t attempt;
	uint64_t session; /* 0: not joined */
	uint8_t rx_key[KEY_LEN];
	uint8_t mac_key[SIPHASH_KEY];
	uint64_t counter;
	uint32_t version;
	uint64_t echo;
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

static void __attribute__((noreturn)) give_up(const char *what)
{
	fprintf(stderr, "swarm: %s\n", what);
	exit(EXIT_FAILURE);
}

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
	struct wire_hello h;
	uint8_t buf[WIRE_MAX];

	crypto_random(m->nonce, sizeof(m->nonce));
	memcpy(h.nonce, m->nonce, sizeof(h.nonce));
	m->retry_at = s->now + RETRY;
	transmit(s, m, buf, wire_put_hello(buf, &h));
}

static void
control(struct swarm *s, struct member *m, enum wire_type type)
{
	struct wire_control c = { .type = type,
		.session = m->session,
		.counter = ++m->counter,
		.version = m->version,
		.echo = m->echo,
		.len = WIRE_MAX };
	uint8_t buf[WIRE_MAX];

	if (m->reading && type == WIRE_SYNC) {
		c.version = m->from;
		c.after = m->after;
	}
	transmit(s, m, buf, wire_put_control(buf, &c, m->mac_key));
}

static void
on_cookie(struct swarm *s, struct member *m, const uint8_t *packet, size_t len)
{
	uint8_t payload[BOOTMSG_JOIN_MAX], card[CARD_BYTES] = { 1 };
	uint8_t message[BOOTMSG_JOIN_MAX + NOISE_OVERHEAD_MAX];
	uint8_t start[WIRE_JOIN_OVERHEAD], buf[WIRE_MAX];
	struct bootmsg_join join = { .tag = s->tag,
		.card = card,
		.card_len = sizeof(card),
		.attempt = ++m->attempt };
	struct wire_cookie_reply c;
	struct wire_join j;

	if (wire_get_cookie_reply(packet, len, &c) == -1 ||
	    memcmp(c.nonce, m->nonce, NONCE_LEN) != 0)
		return;
	memcpy(join.token, m->token, sizeof(join.token));
	memcpy(join.commitment, m->commitment, sizeof(join.commitment));
	len = bootmsg_put_join(payload, sizeof(payload), &join);
	wire_join_start(start, c.nonce, &c.cookie);
	join_handshake(&m->noise, true, start, NULL, c.bootnode_key);
	j.noise_len = noise_write(&m->noise, payload, len, message);
	j.noise = message;
	j.cookie = c.cookie;
	memcpy(j.nonce, m->nonce, NONCE_LEN);
	transmit(s, m, buf, wire_put_join(buf, &j));
}

static void
on_welcome(struct member *m, const uint8_t *packet, size_t len)
{
	struct bootmsg_welcome w;
	struct wire_welcome wire;
	uint8_t payload[WIRE_MAX], tx[KEY_LEN];
	size_t payload_len;

	if (wire_get_welcome(packet, len, &wire) == -1 || m->session != 0 ||
	    memcmp(wire.nonce, m->nonce, NONCE_LEN) != 0)
		return;
	if (noise_read(&m->noise, wire.noise, wire.noise_len, payload,
		&payload_len) == -1 ||
	    bootmsg_get_welcome(payload, payload_len, &w) == -1)
		give_up("a WELCOME that is not authentic");
	noise_split(&m->noise, tx, m->rx_key);
	join_control_key(&m->noise, m->mac_key);
	m->session = w.session;
	m->echo = w.echo;
}

static struct swarm *sorting;

static int
compare_ids(const void *a, const void *b)
{
	const size_t *i = a, *j = b;

	return memcmp(&sorting->members[*i].id, &sorting->members[*j].id,
	    sizeof(struct peer_id));
}

static size_t
index_of(struct swarm *s, const struct peer_id *id)
{
	size_t low = 0, high = s->count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		size_t i = s->by_id[middle];
		int c = memcmp(id, &s->members[i].id, sizeof(*id));

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

	if (wire_get_sealed(packet, len, &w) == -1 || m->session == 0 ||
	    w.session != m->session)
		return;
	crypto_counter_nonce(nonce, w.counter);
	if (crypto_open(plain, m->rx_key, nonce, NULL, 0, w.sealed,
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
		    !wire_mac_ok(packet, len, m->mac_key))
			give_up("a HEARTBEAT_ACK that is not authentic");
		s->acked++;
		m->echo = c.echo;
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
			if (m->session == 0 && s->now >= m->retry_at)
				hello(s, m);
			if (m->session != 0)
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
		crypto_random(m->token, sizeof(m->token));
		crypto_random(m->commitment, sizeof(m->commitment));
		claim_id(&m->id, m->token, m->commitment);
		s->by_id[i] = i;
	}
	sorting = s;
	qsort(s->by_id, s->count, sizeof(*s->by_id), compare_ids);
}

int
main(int argc, char *argv[])
{
	if (argc < 4 || argc > 5)
		give_up("usage: swarm ADDRESS PORT CLIENTS [HEARTBEATS]");
	swarm.count = (size_t)atoi(argv[3]);
	if (swarm.count < 1 || swarm.count > CLIENTS_MAX)
		give_up("1 to 1024 clients");
	crypto_init(64 * 1024);
	make_members(&swarm, argv[1], argv[2]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	join_all(&swarm);
	if (argc == 5)
		heartbeats(&swarm, (uint64_t)atoll(argv[4]));
	else
		expire(&swarm);
	return EXIT_SUCCESS;
}
