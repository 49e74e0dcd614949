/*
 * A crowd of clients. See crowd.h.
 */
#include "tests/load/crowd.h"

#include "common/clock.h"
#include "tests/load/client.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEEKERS	    65536 /* clients that join at once, when all are to */
#define AT_ONCE	    256	  /* and at first */
#define LOOKED_AT   1024  /* of them in a turn */
#define RETRY	    (2 * USEC_PER_SEC) /* twice that after each copy */
#define COPIES	    4
#define JOIN_BYTES  400 /* more than a JOIN has here */
#define BATCH	    64
#define BUFFER	    (16 * 1024 * 1024)
#define FIRST_HOST  0x7f010000 /* 127.1.0.0 */
#define NOBODY	    UINT32_MAX
#define CLIENTS_MAX ((1u << 24) - (FIRST_HOST & 0xffffff)) /* of 127/8 */

/* A client that has joined, as small as can be. */
struct resident {
	uint64_t session; /* 0: it has left, or has not joined */
	uint64_t echo;
	uint8_t mac_key[SIPHASH_KEY];
	uint32_t counter;
	uint32_t version : 24;
	uint32_t spread : 8; /* seconds */
};

/* One that is joining. */
struct seeker {
	uint32_t index; /* NOBODY: the place is free */
	uint64_t lost_at;
	uint64_t retry_at;
	struct entrant entrant;
	/* The JOIN is sent again as it is, so that a late WELCOME is good. */
	unsigned int copies;
	size_t join_len; /* 0: there is none yet */
	uint8_t join[JOIN_BYTES];
};

/* Which of our addresses a datagram leaves from or came to. */
union control {
	struct cmsghdr header;
	uint8_t bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
};

struct sending {
	struct mmsghdr messages[BATCH];
	struct iovec iov[BATCH];
	union control control[BATCH];
	uint8_t bytes[BATCH][WIRE_MAX];
	unsigned int count;
};

struct receiving {
	struct mmsghdr messages[BATCH];
	struct iovec iov[BATCH];
	union control control[BATCH];
	uint8_t bytes[BATCH][WIRE_MAX + 1];
};

static struct crowd {
	int fd;
	struct sockaddr_in to;
	uint32_t count;
	uint32_t room_size;
	uint64_t interval;
	struct resident *residents;
	struct seeker seekers[SEEKERS];
	uint32_t seeking; /* of the seekers */
	uint32_t look_at; /* the next of them */
	uint32_t started; /* so many have begun to join */
	uint32_t joined;  /* of those that are there */
	uint32_t leaving; /* the next to leave, downwards */
	uint32_t stays;	  /* all below this */
	uint32_t next;	  /* that sends a heartbeat */
	uint64_t beat_at; /* then */
	uint64_t rate;	  /* a second; 0: as the interval wants */
	uint64_t now;
	uint64_t beats, acks, left;
	uint64_t lost, back, longest; /* microseconds, from loss to return */
	uint8_t salt[8];
	struct sending out;
	struct receiving in;
} crowd;

/* --- The socket
 * ------------------------------------------------------------ */

static void
flush(struct crowd *c)
{
	struct sending *out = &c->out;
	unsigned int done = 0;
	int n;

	while (done < out->count) {
		n = sendmmsg(c->fd, out->messages + done, out->count - done, 0);
		if (n == -1 && errno != EAGAIN && errno != EINTR &&
		    errno != ENOBUFS && errno != ECONNREFUSED)
			give_up(strerror(errno));
		if (n > 0)
			done += (unsigned int)n;
	}
	out->count = 0;
}

/* Returns the place for the next datagram. */
static uint8_t *
packet_of(struct crowd *c)
{
	if (c->out.count == BATCH)
		flush(c);
	return c->out.bytes[c->out.count];
}

/* Queues what was written there, from the address of this client. */
static void
transmit(struct crowd *c, uint32_t index, size_t len)
{
	struct sending *out = &c->out;
	unsigned int i = out->count++;
	struct msghdr *m = &out->messages[i].msg_hdr;
	struct in_pktinfo from = { .ipi_spec_dst.s_addr =
				       htonl(FIRST_HOST + index) };
	struct cmsghdr *control = &out->control[i].header;

	out->iov[i] = (struct iovec){ out->bytes[i], len };
	*m = (struct msghdr){ .msg_name = &c->to,
		.msg_namelen = sizeof(c->to),
		.msg_iov = &out->iov[i],
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(out->control[i].bytes) };
	control->cmsg_level = IPPROTO_IP;
	control->cmsg_type = IP_PKTINFO;
	control->cmsg_len = CMSG_LEN(sizeof(from));
	memcpy(CMSG_DATA(control), &from, sizeof(from));
}

static void
open_socket(struct crowd *c, const char *port)
{
	struct sockaddr_in any = { .sin_family = AF_INET };
	int bytes = BUFFER, one = 1;

	c->to = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	c->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (c->fd == -1 ||
	    bind(c->fd, (const struct sockaddr *)&any, sizeof(any)) == -1)
		give_up(strerror(errno));
	if (setsockopt(c->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
		sizeof(bytes)) == -1)
		setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	setsockopt(c->fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof(one));
	for (size_t i = 0; i < BATCH; i++) {
		c->in.iov[i] =
		    (struct iovec){ c->in.bytes[i], sizeof(c->in.bytes[i]) };
		c->in.messages[i].msg_hdr.msg_iov = &c->in.iov[i];
		c->in.messages[i].msg_hdr.msg_iovlen = 1;
		c->in.messages[i].msg_hdr.msg_control = &c->in.control[i];
	}
}

/* Returns the client whose address a datagram came to. */
static uint32_t
client_of(const struct crowd *c, struct msghdr *m)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(m);
	struct in_pktinfo to;
	uint32_t index;

	if (control == NULL || control->cmsg_type != IP_PKTINFO)
		give_up("the kernel does not say where a datagram came to");
	memcpy(&to, CMSG_DATA(control), sizeof(to));
	index = ntohl(to.ipi_addr.s_addr) - FIRST_HOST;
	if (index >= c->started)
		give_up("a packet for nobody");
	return index;
}

/* --- Joining
 * --------------------------------------------------------------- */

/* The nonce begins with the seeker's place. */
static void
hello(struct crowd *c, struct seeker *s)
{
	uint32_t place = htonl((uint32_t)(s - c->seekers));

	crypto_random(s->entrant.nonce, sizeof(s->entrant.nonce));
	memcpy(s->entrant.nonce, &place, sizeof(place));
	s->retry_at = c->now + RETRY;
	s->copies = 0;
	s->join_len = 0;
	transmit(c, s->index, entrant_hello(&s->entrant, packet_of(c)));
}

static void
send_join(struct crowd *c, struct seeker *s)
{
	s->retry_at = c->now + (RETRY << s->copies++);
	memcpy(packet_of(c), s->join, s->join_len);
	transmit(c, s->index, s->join_len);
}

static struct seeker *
seeker_of(struct crowd *c, const uint8_t *packet, size_t len)
{
	uint32_t place;

	if (len < WIRE_HEADER_LEN + NONCE_LEN)
		give_up("a packet without a nonce");
	memcpy(&place, packet + WIRE_HEADER_LEN, sizeof(place));
	place = ntohl(place);
	if (place >= SEEKERS || c->seekers[place].index == NOBODY)
		return NULL;
	return &c->seekers[place];
}

/* Takes a free place; there is one. */
static struct seeker *
take_seeker(struct crowd *c, uint32_t index)
{
	struct room_tag tag = { .bytes = { 0 } };
	uint32_t room = index / c->room_size;
	struct seeker *s;

	do
		s = &c->seekers[c->look_at++ % SEEKERS];
	while (s->index != NOBODY);
	memcpy(tag.bytes, c->salt, sizeof(c->salt));
	memcpy(tag.bytes + sizeof(c->salt), &room, sizeof(room));
	entrant_init(&s->entrant, &tag);
	s->index = index;
	s->lost_at = s->retry_at = c->now;
	c->seeking++;
	return s;
}

static void
seek(struct crowd *c)
{
	while (c->seeking < AT_ONCE && c->started < c->count)
		hello(c, take_seeker(c, c->started++));
	for (size_t i = 0; i < LOOKED_AT && c->seeking > 0; i++) {
		struct seeker *s = &c->seekers[c->look_at++ % SEEKERS];

		if (s->index == NOBODY || c->now < s->retry_at)
			continue;
		if (s->join_len > 0 && s->copies < COPIES)
			send_join(c, s);
		else
			hello(c, s);
	}
}

static void
on_cookie(struct crowd *c, const uint8_t *packet, size_t len)
{
	struct seeker *s = seeker_of(c, packet, len);
	uint8_t join[WIRE_MAX];

	if (s == NULL || s->join_len > 0)
		return;
	s->join_len = entrant_join(&s->entrant, packet, len, join);
	if (s->join_len > sizeof(s->join))
		give_up("a JOIN that is too long");
	memcpy(s->join, join, s->join_len);
	if (s->join_len > 0)
		send_join(c, s);
}

static void
on_welcome(struct crowd *c, const uint8_t *packet, size_t len)
{
	struct seeker *s = seeker_of(c, packet, len);
	struct admission a;
	struct resident *r;

	if (s == NULL)
		return;
	switch (entrant_welcome(&s->entrant, packet, len, &a)) {
	case 0:
		break;
	case 1:
		return;
	default:
		give_up("a WELCOME that is not authentic");
	}
	r = &c->residents[s->index];
	r->session = a.session;
	r->echo = a.echo;
	memcpy(r->mac_key, a.mac_key, sizeof(r->mac_key));
	r->counter = 0;
	c->joined++;
	c->seeking--;
	c->back++;
	if (c->now - s->lost_at > c->longest)
		c->longest = c->now - s->lost_at;
	s->index = NOBODY;
}

/* --- Staying, and leaving
 * -------------------------------------------------- */

static void
control(struct crowd *c, uint32_t index, enum wire_type type)
{
	struct resident *r = &c->residents[index];
	struct wire_control packet = { .type = type,
		.session = r->session,
		.counter = ++r->counter,
		.version = r->version,
		.echo = r->echo };

	transmit(c, index, entrant_control(packet_of(c), &packet, r->mac_key));
}

static bool
is_in(const struct crowd *c, uint32_t index)
{
	return c->residents[index].session != 0;
}

/* Sends the heartbeats that are due, a batch of them at most. */
static void
beat(struct crowd *c)
{
	uint64_t spacing; /* nanoseconds */

	if (c->joined == 0 || c->beat_at > c->now)
		return;
	spacing = c->rate > 0 ? 1000 * USEC_PER_SEC / c->rate
			      : c->interval * 1000 / c->joined;
	for (int i = 0; i < BATCH && c->beat_at <= c->now; i++) {
		if (c->next < c->leaving && is_in(c, c->next)) {
			control(c, c->next, WIRE_HEARTBEAT);
			c->beats++;
			/* Whole microseconds, and the rest by turns. */
			c->beat_at += (spacing + c->beats % 1000) / 1000;
		}
		c->next = (c->next + 1) % c->started;
	}
	/* What could not be sent in time is not made up for at once. */
	if (c->beat_at + c->interval / 100 < c->now)
		c->beat_at = c->now;
}

/* A leaving client's LEAVE is sent once: those that are lost time out. */
static void
leave(struct crowd *c)
{
	for (int i = 0; i < BATCH && c->leaving > c->stays; i++) {
		if (c->left + BATCH * 4 < c->count - c->leaving)
			break; /* so many under way */
		control(c, --c->leaving, WIRE_LEAVE);
	}
}

static void
on_control(struct crowd *c, uint32_t index, const uint8_t *packet, size_t len)
{
	struct resident *r = &c->residents[index];
	struct wire_control ack;

	if (wire_get_control(packet, len, &ack) == -1)
		give_up("a malformed answer");
	if (r->session != ack.session)
		return;
	if (!wire_mac_ok(packet, len, r->mac_key))
		give_up("an answer that is not authentic");
	r->echo = ack.echo;
	r->version = ack.version & 0xffffff;
	r->spread = ack.spread;
	if (ack.type == WIRE_HEARTBEAT_ACK) {
		c->acks++;
		return;
	}
	r->session = 0;
	c->joined--;
	c->left++;
}

/* The bootnode has lost the session, and says so: the client joins again at
 * some time of the spread. */
static void
on_reject(struct crowd *c, uint32_t index, const uint8_t *packet, size_t len)
{
	struct resident *r = &c->residents[index];
	struct wire_reject reject;
	struct seeker *s;
	uint32_t random;

	if (wire_get_reject(packet, len, &reject) == -1 ||
	    reject.reason != REJECT_UNKNOWN_SESSION)
		give_up("the bootnode rejected a JOIN");
	if (r->session != reject.id)
		return; /* it is known already */
	r->session = 0;
	c->joined--;
	c->lost++;
	if (c->seeking == SEEKERS)
		give_up("more clients are lost than can seek");
	s = take_seeker(c, index);
	crypto_random(&random, sizeof(random));
	if (r->spread > 0)
		s->retry_at = c->now + random % (r->spread * USEC_PER_SEC);
}

/* --- The loop ------------------------------------------------------ */

static void
on_packet(struct crowd *c, uint32_t index, const uint8_t *packet, size_t len)
{
	switch (wire_type(packet, len)) {
	case WIRE_COOKIE:
		on_cookie(c, packet, len);
		break;
	case WIRE_WELCOME:
		on_welcome(c, packet, len);
		break;
	case WIRE_HEARTBEAT_ACK:
	case WIRE_LEAVE_ACK:
		on_control(c, index, packet, len);
		break;
	case WIRE_SEALED: /* who came: nobody here reads it */
		break;
	case WIRE_REJECT:
		on_reject(c, index, packet, len);
		break;
	default:
		give_up("a packet that nobody asked for");
	}
}

static int
receive(struct crowd *c)
{
	struct mmsghdr *m = c->in.messages;
	int n;

	for (size_t i = 0; i < BATCH; i++)
		m[i].msg_hdr.msg_controllen = sizeof(c->in.control[i]);
	n = recvmmsg(c->fd, m, BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++)
		on_packet(c, client_of(c, &m[i].msg_hdr), c->in.bytes[i],
		    m[i].msg_len);
	return n;
}

static void
turn(struct crowd *c)
{
	struct pollfd fd = { c->fd, POLLIN, 0 };

	c->now = clock_now();
	seek(c);
	beat(c);
	leave(c);
	flush(c);
	if (receive(c) <= 0)
		poll(&fd, 1, 1);
}

static void
report(const struct crowd *c, const char *what, uint64_t began)
{
	printf("%s: %.3f s, %u clients, %llu heartbeats, %llu answers\n", what,
	    (double)(c->now - began) / 1e6, c->joined,
	    (unsigned long long)c->beats, (unsigned long long)c->acks);
}

static void
beat_for(struct crowd *c, uint64_t seconds, uint64_t rate)
{
	uint64_t began = c->now;

	c->beats = c->acks = 0;
	c->rate = rate;
	c->beat_at = began;
	while (c->now < began + seconds * USEC_PER_SEC)
		turn(c);
	c->rate = 0;
	report(c, "beat", began);
}

static void
leave_all(struct crowd *c, uint32_t count)
{
	uint64_t began = c->now, until = c->left + count;

	if (count > c->leaving)
		give_up("more are to leave than there are");
	c->stays = c->leaving - count;
	while (c->left < until) {
		turn(c);
		if (c->now - began > 600 * USEC_PER_SEC)
			give_up("not all have left after 10 minutes");
	}
	report(c, "left", began);
}

static void
outlive(struct crowd *c, uint64_t seconds)
{
	char text[128];
	uint64_t began = c->now;

	c->beats = c->acks = c->lost = c->back = c->longest = 0;
	while (c->lost < c->count || c->joined < c->count) {
		turn(c);
		if (c->now - began <= seconds * USEC_PER_SEC)
			continue;
		snprintf(text, sizeof(text),
		    "not all are back in time: %llu lost, %llu back, %u seek, "
		    "%u are in",
		    (unsigned long long)c->lost, (unsigned long long)c->back,
		    c->seeking, c->joined);
		give_up(text);
	}
	report(c, "storm", began);
	printf("longest: %.3f s\n", (double)c->longest / 1e6);
}

/* Does what a line says. Returns false if that is to end. */
static bool
obey(struct crowd *c, const char *line)
{
	unsigned int n, rate;

	if (sscanf(line, "beat %u %u", &n, &rate) == 2)
		beat_for(c, n, rate);
	else if (sscanf(line, "leave %u", &n) == 1)
		leave_all(c, n);
	else if (sscanf(line, "storm %u", &n) == 1)
		outlive(c, n);
	else if (strcmp(line, "quit\n") == 0)
		return false;
	else
		give_up("not a command");
	return true;
}

/* The clients stay while no command comes. */
static void
obey_all(struct crowd *c)
{
	struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
	char line[64];

	for (;;) {
		turn(c);
		if (poll(&input, 1, 0) == 1 &&
		    (fgets(line, sizeof(line), stdin) == NULL ||
			!obey(c, line)))
			return;
	}
}

int
crowd_main(int argc, char *argv[])
{
	struct crowd *c = &crowd;
	uint64_t began;

	if (argc != 4)
		give_up("usage: swarm crowd PORT CLIENTS ROOM_SIZE INTERVAL");
	c->count = c->leaving = c->stays = (uint32_t)atoi(argv[1]);
	c->room_size = (uint32_t)atoi(argv[2]);
	c->interval = (unsigned int)atoi(argv[3]) * USEC_PER_SEC;
	if (c->count < 1 || c->count > CLIENTS_MAX || c->room_size < 1 ||
	    c->interval == 0)
		give_up("1 to 16,711,680 clients, rooms and seconds of 1 and "
			"more");
	setvbuf(stdin, NULL, _IONBF, 0);
	open_socket(c, argv[0]);
	c->residents = calloc(c->count, sizeof(*c->residents));
	if (c->residents == NULL)
		give_up("out of memory");
	crypto_random(c->salt, sizeof(c->salt));
	for (size_t i = 0; i < SEEKERS; i++)
		c->seekers[i].index = NOBODY;
	began = c->now = clock_now();
	while (c->joined < c->count)
		turn(c);
	report(c, "joined", began);
	obey_all(c);
	return EXIT_SUCCESS;
}
