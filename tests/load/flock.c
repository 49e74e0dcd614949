/*
 * A flock of clients. See flock.h.
 */
#include "tests/load/flock.h"

#include "common/clock.h"
#include "tests/load/client.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLIENTS_MAX 65536
#define NODES_MAX   16
#define RETRY	    (USEC_PER_SEC) /* of a HELLO, a JOIN, a heartbeat */
#define COPIES	    2
#define INTERVAL    (4 * USEC_PER_SEC)
#define UNANSWERED  2 /* heartbeats, and the node is left */
/* A node that fell silent is not believed to be a home for so long. */
#define SHUNNED	   (30 * USEC_PER_SEC)
#define REDIRECTS  4 /* in a row, and the client wants to be served */
#define JOIN_BYTES 400
#define TURN	   256 /* datagrams */
#define BUFFER	   (8 * 1024 * 1024)

struct node {
	struct sockaddr_in addr;
	uint32_t sessions;
};

struct nomad {
	/* Where it is, if it has a session. */
	struct admission in;
	struct sockaddr_in home;
	uint64_t counter;
	uint32_t version;
	uint64_t beat_at;
	unsigned int unanswered;
	struct sockaddr_in silent; /* where it was, until this time */
	uint64_t silent_until;
	/* Whom it asks, if it does. */
	bool asking;
	struct entrant entrant;
	struct sockaddr_in asked;
	struct sockaddr_in sender; /* who sent it there */
	bool sent;		   /* somebody did */
	uint32_t goal;		   /* the name of that node */
	unsigned int redirects;
	uint64_t retry_at;
	unsigned int copies;
	size_t join_len; /* 0: a HELLO is on its way */
	uint8_t join[JOIN_BYTES];
	uint32_t next; /* of the list */
};

struct room {
	bool whole;
	uint64_t since; /* it is not whole */
};

static struct flock {
	int fd;
	struct sockaddr_in list[NODES_MAX];
	uint32_t listed;
	uint32_t count, room_size, room_count;
	struct nomad *nomads;
	struct room *rooms;
	uint64_t now;
	uint32_t whole;
	uint64_t longest; /* microseconds */
	uint32_t redirects, moves, losses;
} flock;

static bool
same(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
	return a->sin_port == b->sin_port &&
	    a->sin_addr.s_addr == b->sin_addr.s_addr;
}

/* --- Rooms ---------------------------------------------------------------- */

static bool
is_whole(const struct flock *f, uint32_t room)
{
	const struct nomad *first = &f->nomads[room * f->room_size];

	for (uint32_t i = 0; i < f->room_size; i++)
		if (first[i].in.session == 0 ||
		    !same(&first[i].home, &first->home))
			return false;
	return true;
}

/* A client of the room has come to a node, or has lost it. */
static void
judge(struct flock *f, const struct nomad *n)
{
	uint32_t index = (uint32_t)(n - f->nomads) / f->room_size;
	struct room *room = &f->rooms[index];
	bool whole = is_whole(f, index);

	f->now = clock_now(); /* later than the turn began */

	if (whole == room->whole)
		return;
	room->whole = whole;
	if (!whole) {
		room->since = f->now;
		f->whole--;
		return;
	}
	f->whole++;
	f->longest = clock_max(f->longest, f->now - room->since);
}

/* --- The socket ----------------------------------------------------------- */

static void
transmit(const struct flock *f, const struct sockaddr_in *to,
    const uint8_t *packet, size_t len)
{
	if (sendto(f->fd, packet, len, 0, (const struct sockaddr *)to,
		sizeof(*to)) == -1 &&
	    errno != EAGAIN && errno != ECONNREFUSED && errno != ENETUNREACH &&
	    errno != EHOSTUNREACH && errno != EPERM)
		give_up(strerror(errno));
}

static void
open_socket(struct flock *f)
{
	int bytes = BUFFER;

	f->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (f->fd == -1)
		give_up(strerror(errno));
	if (setsockopt(f->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes,
		sizeof(bytes)) == -1)
		setsockopt(f->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

/* --- Joining -------------------------------------------------------------- */

static void
hello_again(struct flock *f, struct nomad *n)
{
	uint8_t packet[WIRE_MAX];
	size_t len;

	n->retry_at = f->now + RETRY;
	if (n->join_len > 0) {
		transmit(f, &n->asked, n->join, n->join_len);
		return;
	}
	len = entrant_hello(&n->entrant, packet);
	transmit(f, &n->asked, packet, len);
}

/* The nonce begins with the client's number. */
static void
new_nonce(const struct flock *f, struct nomad *n)
{
	uint32_t number = htonl((uint32_t)(n - f->nomads));

	crypto_random(n->entrant.nonce, sizeof(n->entrant.nonce));
	memcpy(n->entrant.nonce, &number, sizeof(number));
}

static void
ask(struct flock *f, struct nomad *n, const struct sockaddr_in *node)
{
	n->asking = true;
	n->asked = *node;
	n->sent = false;
	n->copies = 0;
	n->join_len = 0;
	new_nonce(f, n);
	hello_again(f, n);
}

static void
ask_next(struct flock *f, struct nomad *n)
{
	ask(f, n, &f->list[n->next++ % f->listed]);
}

static void
send_join(struct flock *f, struct nomad *n, const uint8_t *join, size_t len)
{
	if (len > sizeof(n->join))
		give_up("a JOIN that is too long");
	memcpy(n->join, join, len);
	n->join_len = len;
	hello_again(f, n);
}

/* One more node cannot be reached. */
static void
skip(struct nomad *n, uint32_t name)
{
	struct node_skips *s = &n->entrant.skips;

	if (s->count < JOIN_SKIPS_MAX)
		s->names[s->count++] = name;
}

static void
no_answer(struct flock *f, struct nomad *n)
{
	if (n->copies++ < COPIES) {
		hello_again(f, n);
	} else if (n->sent) {
		skip(n, n->goal);
		ask(f, n, &n->sender);
	} else if (n->in.session != 0) {
		n->asking = false; /* it stays where it is */
	} else {
		ask_next(f, n);
	}
}

static bool
find_ipv4(const struct addr *addrs, size_t count, struct sockaddr_in *out)
{
	for (size_t i = 0; i < count; i++) {
		if (!addr_is_ipv4(&addrs[i]))
			continue;
		*out = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = htons(addrs[i].port) };
		memcpy(&out->sin_addr, addrs[i].ip + 12, 4);
		return true;
	}
	return false;
}

static void
follow(struct flock *f, struct nomad *n, const struct bootmsg_redirect *r)
{
	uint8_t join[WIRE_MAX];
	struct sockaddr_in to;

	f->redirects++;
	if (!find_ipv4(r->addrs, r->count, &to))
		give_up("a node without an IPv4 address");
	if (++n->redirects > REDIRECTS)
		n->entrant.skips.count = JOIN_SKIPS_MAX;
	if (same(&to, &n->silent) && f->now < n->silent_until) {
		skip(n, r->name);
		ask(f, n, &n->asked);
		return;
	}
	n->sender = n->asked;
	n->asked = to;
	n->sent = true;
	n->goal = r->name;
	n->copies = 0;
	new_nonce(f, n);
	send_join(f, n, join, entrant_join_sent(&n->entrant, &r->token, join));
}

static void
control(struct flock *f, struct nomad *n, enum wire_type type)
{
	struct wire_control c = { .type = type,
		.session = n->in.session,
		.counter = ++n->counter,
		.version = n->version,
		.echo = n->in.echo };
	uint8_t packet[WIRE_MAX];

	transmit(f, &n->home, packet,
	    entrant_control(packet, &c, n->in.mac_key));
}

static void
arrive(struct flock *f, struct nomad *n, const struct admission *in)
{
	if (n->in.session != 0)
		control(f, n, WIRE_LEAVE);
	n->in = *in;
	n->home = n->asked;
	n->asking = false;
	n->counter = 0;
	n->version = 0;
	n->unanswered = 0;
	n->beat_at = f->now + RETRY;
	n->redirects = 0;
	n->entrant.skips.count = 0;
	judge(f, n);
}

static void
lose(struct flock *f, struct nomad *n)
{
	f->losses++;
	n->in.session = 0;
	judge(f, n);
}

static struct nomad *
find_asking(const struct flock *f, const uint8_t *packet, size_t len)
{
	uint32_t number;

	if (len < WIRE_HEADER_LEN + NONCE_LEN)
		give_up("a packet without a nonce");
	memcpy(&number, packet + WIRE_HEADER_LEN, sizeof(number));
	number = ntohl(number);
	return number < f->count && f->nomads[number].asking
	    ? &f->nomads[number]
	    : NULL;
}

static void
on_cookie(struct flock *f, const uint8_t *packet, size_t len)
{
	struct nomad *n = find_asking(f, packet, len);
	uint8_t join[WIRE_MAX];
	size_t join_len;

	if (n == NULL || n->join_len > 0)
		return;
	join_len = entrant_join(&n->entrant, packet, len, join);
	if (join_len == 0)
		return; /* of another HELLO */
	n->copies = 0;
	send_join(f, n, join, join_len);
}

static void
on_welcome(struct flock *f, const uint8_t *packet, size_t len)
{
	struct nomad *n = find_asking(f, packet, len);
	struct bootmsg_redirect redirect;
	struct admission in;

	if (n == NULL)
		return;
	switch (entrant_answer(&n->entrant, packet, len, &in, &redirect)) {
	case ANSWER_WELCOME:
		arrive(f, n, &in);
		break;
	case ANSWER_REDIRECT:
		follow(f, n, &redirect);
		break;
	case ANSWER_TO_ANOTHER:
		break;
	case ANSWER_FALSE:
		give_up("an answer to a JOIN that is not authentic");
	}
}

/* --- Staying -------------------------------------------------------------- */

static struct nomad *
find_session(const struct flock *f, uint64_t session)
{
	for (uint32_t i = 0; session != 0 && i < f->count; i++)
		if (f->nomads[i].in.session == session)
			return &f->nomads[i];
	return NULL;
}

static void
beat(struct flock *f, struct nomad *n)
{
	if (n->unanswered < UNANSWERED) {
		n->unanswered++;
		n->beat_at = f->now + RETRY;
		control(f, n, WIRE_HEARTBEAT);
		return;
	}
	n->silent = n->home;
	n->silent_until = f->now + SHUNNED;
	lose(f, n);
	if (same(&n->home, &f->list[n->next % f->listed]))
		n->next++;
	ask_next(f, n);
}

static void
on_ack(struct flock *f, const uint8_t *packet, size_t len)
{
	struct wire_control ack;
	struct nomad *n;

	if (wire_get_control(packet, len, &ack) == -1)
		give_up("a malformed answer");
	n = find_session(f, ack.session);
	if (n == NULL || ack.type != WIRE_HEARTBEAT_ACK)
		return;
	if (!wire_mac_ok(packet, len, n->in.mac_key))
		give_up("an answer that is not authentic");
	n->in.echo = ack.echo;
	n->version = ack.version;
	n->unanswered = 0;
	n->beat_at = f->now + INTERVAL;
}

static void
on_sealed(struct flock *f, const uint8_t *packet, size_t len)
{
	uint8_t plain[WIRE_MAX], nonce[GCM_NONCE_LEN];
	struct addr addrs[NODE_ADDRS_MAX];
	struct bootmsg_head head;
	struct wire_sealed sealed;
	struct sockaddr_in to;
	struct nomad *n;
	struct getter g;
	size_t count;

	if (wire_get_sealed(packet, len, &sealed) == -1)
		give_up("a malformed SEALED");
	n = find_session(f, sealed.session);
	if (n == NULL)
		return;
	crypto_counter_nonce(nonce, sealed.counter);
	if (crypto_open(plain, n->in.rx_key, nonce, NULL, 0, sealed.sealed,
		sealed.sealed_len) == -1)
		give_up("a SEALED that is not authentic");
	get_init(&g, plain, sealed.sealed_len - TAG_LEN);
	if (bootmsg_get_head(&g, &head) == -1 || head.kind != BOOTMSG_MOVE ||
	    n->asking)
		return;
	if (bootmsg_get_move(&g, addrs, &count) == -1 ||
	    !find_ipv4(addrs, count, &to))
		give_up("a MOVE to nowhere");
	f->moves++;
	ask(f, n, &to);
}

/* Of a session that the node does not know, or of a JOIN. */
static void
on_reject(struct flock *f, const uint8_t *packet, size_t len)
{
	struct wire_reject reject;
	struct nomad *n;

	if (wire_get_reject(packet, len, &reject) == -1)
		give_up("a malformed REJECT");
	if (reject.reason != REJECT_UNKNOWN_SESSION)
		return; /* the next node is asked when it is time */
	n = find_session(f, reject.id);
	if (n == NULL)
		return;
	lose(f, n);
	if (!n->asking)
		ask(f, n, &n->home);
}

/* --- The loop ------------------------------------------------------------- */

static void
on_packet(struct flock *f, const uint8_t *packet, size_t len)
{
	switch (wire_type(packet, len)) {
	case WIRE_COOKIE:
		on_cookie(f, packet, len);
		break;
	case WIRE_WELCOME:
		on_welcome(f, packet, len);
		break;
	case WIRE_HEARTBEAT_ACK:
	case WIRE_LEAVE_ACK:
		on_ack(f, packet, len);
		break;
	case WIRE_SEALED:
		on_sealed(f, packet, len);
		break;
	case WIRE_REJECT:
		on_reject(f, packet, len);
		break;
	default:
		give_up("a packet that nobody asked for");
	}
}

static void
turn(struct flock *f)
{
	struct pollfd fd = { f->fd, POLLIN, 0 };
	uint8_t packet[WIRE_MAX + 1];
	ssize_t len;

	f->now = clock_now();
	for (uint32_t i = 0; i < f->count; i++) {
		struct nomad *n = &f->nomads[i];

		if (n->in.session != 0 && f->now >= n->beat_at)
			beat(f, n);
		if (n->asking && f->now >= n->retry_at)
			no_answer(f, n);
	}
	poll(&fd, 1, 10);
	for (int i = 0; i < TURN; i++) {
		len = recv(f->fd, packet, sizeof(packet), 0);
		if (len < 0)
			break;
		on_packet(f, packet, (size_t)len);
	}
}

/* --- What is said --------------------------------------------------------- */

static size_t
count_nodes(const struct flock *f, struct node nodes[NODES_MAX])
{
	size_t count = 0, at;

	for (uint32_t i = 0; i < f->count; i++) {
		const struct nomad *n = &f->nomads[i];

		if (n->in.session == 0)
			continue;
		for (at = 0; at < count && !same(&nodes[at].addr, &n->home);
		     at++)
			;
		if (at == NODES_MAX)
			continue;
		if (at == count)
			nodes[count++] = (struct node){ n->home, 0 };
		nodes[at].sessions++;
	}
	return count;
}

static void
report(const struct flock *f)
{
	struct node nodes[NODES_MAX];
	size_t count = count_nodes(f, nodes);
	uint64_t longest = f->longest;
	uint32_t in = 0;

	for (size_t i = 0; i < count; i++)
		in += nodes[i].sessions;
	for (uint32_t i = 0; i < f->room_count; i++)
		if (!f->rooms[i].whole)
			longest =
			    clock_max(longest, f->now - f->rooms[i].since);
	printf("status: %u in, %u of %u rooms whole, %.3f s longest, "
	       "%u redirects, %u moves, %u lost",
	    in, f->whole, f->room_count, (double)longest / 1e6, f->redirects,
	    f->moves, f->losses);
	for (size_t i = 0; i < count; i++)
		printf(" %s:%u=%u", inet_ntoa(nodes[i].addr.sin_addr),
		    ntohs(nodes[i].addr.sin_port), nodes[i].sessions);
	putchar('\n');
	fflush(stdout);
}

static void
start_counting(struct flock *f)
{
	f->longest = 0;
	f->redirects = f->moves = f->losses = 0;
	for (uint32_t i = 0; i < f->room_count; i++)
		f->rooms[i].since = f->now;
}

/* The clients stay while no command comes. */
static void
obey_all(struct flock *f)
{
	struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
	char line[64];

	for (;;) {
		turn(f);
		if (poll(&input, 1, 0) != 1)
			continue;
		if (fgets(line, sizeof(line), stdin) == NULL ||
		    strcmp(line, "quit\n") == 0)
			return;
		report(f);
		if (strcmp(line, "mark\n") == 0)
			start_counting(f);
	}
}

/* --- The start ------------------------------------------------------------ */

static void
read_list(struct flock *f, char *text)
{
	for (char *save, *word = strtok_r(text, ",", &save); word != NULL;
	     word = strtok_r(NULL, ",", &save)) {
		char *colon = strrchr(word, ':');
		struct sockaddr_in *a = &f->list[f->listed];

		if (colon == NULL || f->listed == NODES_MAX)
			give_up("1 to 16 nodes, each ADDRESS:PORT");
		*colon = '\0';
		a->sin_family = AF_INET;
		a->sin_port = htons((uint16_t)atoi(colon + 1));
		if (inet_pton(AF_INET, word, &a->sin_addr) != 1)
			give_up("not an IPv4 address");
		f->listed++;
	}
}

static void
begin(struct flock *f)
{
	struct room_tag tag = { .bytes = { 0 } };

	crypto_random(tag.bytes, sizeof(tag.bytes) / 2);
	f->now = clock_now();
	for (uint32_t i = 0; i < f->count; i++) {
		uint32_t room = i / f->room_size;
		struct nomad *n = &f->nomads[i];

		memcpy(tag.bytes + sizeof(tag.bytes) / 2, &room, sizeof(room));
		entrant_init(&n->entrant, &tag);
		f->rooms[room].since = f->now;
		n->next = i;
		ask_next(f, n);
		/* A burst that the nodes' sockets hold. */
		if (i % TURN == TURN - 1)
			turn(f);
	}
}

int
flock_main(int argc, char *argv[])
{
	struct flock *f = &flock;

	if (argc != 3)
		give_up("usage: swarm flock ADDRESS:PORT[,ADDRESS:PORT...] "
			"CLIENTS ROOM_SIZE");
	read_list(f, argv[0]);
	f->count = (uint32_t)atoi(argv[1]);
	f->room_size = (uint32_t)atoi(argv[2]);
	if (f->listed == 0 || f->count < 1 || f->count > CLIENTS_MAX ||
	    f->room_size < 1 || f->count % f->room_size != 0)
		give_up("a node, 1 to 65536 clients, and rooms that share them "
			"out");
	f->room_count = f->count / f->room_size;
	setvbuf(stdin, NULL, _IONBF, 0);
	open_socket(f);
	f->nomads = calloc(f->count, sizeof(*f->nomads));
	f->rooms = calloc(f->room_count, sizeof(*f->rooms));
	if (f->nomads == NULL || f->rooms == NULL)
		give_up("out of memory");
	begin(f);
	while (f->whole < f->room_count)
		turn(f);
	report(f);
	obey_all(f);
	return EXIT_SUCCESS;
}
