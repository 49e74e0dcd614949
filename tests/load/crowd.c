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

#define SEEKERS	   256 /* clients that join at once */
#define RETRY	   (2 * USEC_PER_SEC)
#define BATCH	   64
#define BUFFER	   (16 * 1024 * 1024)
#define FIRST_HOST 0x7f010000 /* 127.1.0.0 */
#define NOBODY	   UINT32_MAX
#define SLOTS	   (1u << 24) /* the low bits of a session's id */

/* A client that has joined, as small as can be. */
struct resident {
	uint64_t session; /* 0: it has left, or has not joined */
	uint64_t echo;
	uint8_t mac_key[SIPHASH_KEY];
	uint32_t counter;
	uint32_t version;
};

/* One that is joining. */
struct seeker {
	uint32_t index; /* NOBODY: the place is free */
	uint64_t retry_at;
	struct entrant entrant;
};

struct sending {
	struct mmsghdr messages[BATCH];
	struct iovec iov[BATCH];
	union {
		struct cmsghdr header;
		uint8_t bytes[CMSG_SPACE(sizeof(struct in_pktinfo))];
	} control[BATCH];
	uint8_t bytes[BATCH][WIRE_MAX];
	unsigned int count;
};

struct receiving {
	struct mmsghdr messages[BATCH];
	struct iovec iov[BATCH];
	uint8_t bytes[BATCH][WIRE_MAX + 1];
};

static struct crowd {
	int fd;
	struct sockaddr_in to;
	uint32_t count;
	uint32_t room_size;
	uint64_t interval;
	struct resident *residents;
	uint32_t *by_slot; /* their indices */
	struct seeker seekers[SEEKERS];
	uint32_t started; /* so many have begun to join */
	uint32_t joined;  /* of those that are there */
	uint32_t leaving; /* the next to leave, downwards */
	uint32_t stays;	  /* all below this */
	uint32_t next;	  /* that sends a heartbeat */
	uint64_t beat_at; /* then */
	uint64_t rate;	  /* a second; 0: as the interval wants */
	uint64_t now;
	uint64_t beats, acks, left;
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
	int bytes = BUFFER;

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
	for (size_t i = 0; i < BATCH; i++) {
		c->in.iov[i] =
		    (struct iovec){ c->in.bytes[i], sizeof(c->in.bytes[i]) };
		c->in.messages[i].msg_hdr.msg_iov = &c->in.iov[i];
		c->in.messages[i].msg_hdr.msg_iovlen = 1;
	}
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
	transmit(c, s->index, entrant_hello(&s->entrant, packet_of(c)));
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

static void
begin(struct crowd *c, struct seeker *s)
{
	struct room_tag tag = { .bytes = { 0 } };
	uint32_t room = c->started / c->room_size;

	memcpy(tag.bytes, c->salt, sizeof(c->salt));
	memcpy(tag.bytes + sizeof(c->salt), &room, sizeof(room));
	entrant_init(&s->entrant, &tag);
	s->index = c->started++;
	hello(c, s);
}

static void
seek(struct crowd *c)
{
	for (size_t i = 0; i < SEEKERS; i++) {
		struct seeker *s = &c->seekers[i];

		if (s->index == NOBODY && c->started < c->count)
			begin(c, s);
		else if (s->index != NOBODY && c->now >= s->retry_at)
			hello(c, s);
	}
}

static void
on_cookie(struct crowd *c, const uint8_t *packet, size_t len)
{
	struct seeker *s = seeker_of(c, packet, len);
	size_t join_len;

	if (s == NULL)
		return;
	join_len = entrant_join(&s->entrant, packet, len, packet_of(c));
	if (join_len > 0)
		transmit(c, s->index, join_len);
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
	c->by_slot[a.session % SLOTS] = s->index;
	c->joined++;
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

	transmit(c, index, wire_put_control(packet_of(c), &packet, r->mac_key));
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
on_control(struct crowd *c, const uint8_t *packet, size_t len)
{
	struct wire_control ack;
	struct resident *r;
	uint32_t index;

	if (wire_get_control(packet, len, &ack) == -1)
		give_up("a malformed answer");
	index = c->by_slot[ack.session % SLOTS];
	r = &c->residents[index];
	if (index == NOBODY || r->session != ack.session)
		return;
	if (!wire_mac_ok(packet, len, r->mac_key))
		give_up("an answer that is not authentic");
	r->echo = ack.echo;
	r->version = ack.version;
	if (ack.type == WIRE_HEARTBEAT_ACK) {
		c->acks++;
		return;
	}
	r->session = 0;
	c->joined--;
	c->left++;
}

/* --- The loop
 * -------------------------------------------------------------- */

static void
on_packet(struct crowd *c, const uint8_t *packet, size_t len)
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
		on_control(c, packet, len);
		break;
	case WIRE_SEALED: /* who came: nobody here reads it */
		break;
	case WIRE_REJECT:
		give_up("the bootnode rejected a client");
	default:
		give_up("a packet that nobody asked for");
	}
}

static int
receive(struct crowd *c)
{
	int n = recvmmsg(c->fd, c->in.messages, BATCH, MSG_DONTWAIT, NULL);

	for (int i = 0; i < n; i++)
		on_packet(c, c->in.bytes[i], c->in.messages[i].msg_len);
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

/* Does what a line says. Returns false if that is to end. */
static bool
obey(struct crowd *c, const char *line)
{
	unsigned int n, rate;

	if (sscanf(line, "beat %u %u", &n, &rate) == 2)
		beat_for(c, n, rate);
	else if (sscanf(line, "leave %u", &n) == 1)
		leave_all(c, n);
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
	if (c->count < 1 || c->count >= SLOTS || c->room_size < 1 ||
	    c->interval == 0)
		give_up("1 to 16,777,215 clients, rooms and seconds of 1 and "
			"more");
	setvbuf(stdin, NULL, _IONBF, 0);
	open_socket(c, argv[0]);
	c->residents = calloc(c->count, sizeof(*c->residents));
	c->by_slot = malloc(SLOTS * sizeof(*c->by_slot));
	if (c->residents == NULL || c->by_slot == NULL)
		give_up("out of memory");
	memset(c->by_slot, 0xff, SLOTS * sizeof(*c->by_slot));
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
