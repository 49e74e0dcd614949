/*
 * The main loop of a bootnode's netd: datagrams of real sockets, messages of
 * cryptod, and the launcher's question.
 */
#include "netd/bootnode/run.h"

#include "tests/unit/worker.h"

#include <CUnit/CUnit.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void netd_bootnode_suite(void);

#define WAIT_MS	      10000
#define JOINS_MAX     1000 /* of one address */
#define JOINS_AT_ONCE 100
#define JOIN_LEN      (NK_OVERHEAD + BOOTMSG_JOIN_MAX)

struct scene {
	struct worker w;
	struct ipc_config_netd config;
	int client; /* a client's socket */
	bool fleet; /* it is one of a fleet */
};

static void
run(struct child *child, void *arg)
{
	static const int numbers[BINDS_MAX] = { FD_UDP, FD_UDP_SECOND };
	static struct udp udp[BINDS_MAX];
	struct scene *s = arg;

	for (size_t i = 0; i < s->config.bind_count; i++) {
		if (udp_open(&udp[i], numbers[i], &s->config.bind[i]) == -1)
			return;
		s->config.bind[i].port = udp[i].port;
	}
	netd_bootnode_run(child, &s->config, udp);
}

static struct ipc_channel *
cryptod(struct scene *s)
{
	return worker_end(&s->w, ROLE_CRYPTOD);
}

/* netd reports each socket, with its port. */
static void
start(struct scene *s)
{
	static const struct addr loopback = {
		.ip = { [10] = 0xff, 0xff, 127, 0, 0, 1 }
	};
	const struct ipc_listening *listening;
	const bool fleet = s->fleet;
	struct ipc_message_in in;

	memset(s, 0, sizeof(*s));
	s->fleet = fleet;
	s->config = (struct ipc_config_netd){
		.fleet = fleet,
		.fleet_addr_count = fleet,
		.fleet_addrs = { loopback },
		.fleet_incarnation = fleet,
		.mode = MODE_BOOTNODE,
		.bind_count = BINDS_MAX,
		.bind = { loopback, loopback },
		.incarnation = 1,
		.limits.heartbeat_ms = 10000,
		.limits.timeout_ms = 30000,
		.max_sessions = 60000,
		.limits.max_peers = PEERS_MAX,
		.limits.max_per_address = JOINS_MAX,
	};
	s->client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_NOT_EQUAL_FATAL(s->client, -1);
	worker_start(&s->w, PROCESS_NETD_BOOTNODE, MODE_BOOTNODE, run, s);
	for (size_t i = 0; i < BINDS_MAX; i++) {
		listening = worker_says(cryptod(s), IPC_LISTENING, &in);
		s->config.bind[i] = listening->addr;
		CU_ASSERT_NOT_EQUAL(listening->addr.port, 0);
		CU_ASSERT_EQUAL(memcmp(listening->addr.ip, loopback.ip, 16), 0);
	}
	CU_ASSERT_NOT_EQUAL(s->config.bind[0].port, s->config.bind[1].port);
}

static void
begin(struct scene *s)
{
	struct ipc_boot_keys keys = { .public_key = { 7 } };
	struct ipc_message_in in;

	start(s);
	CU_ASSERT_EQUAL(ipc_send(cryptod(s), IPC_BOOT_KEYS, &keys, NULL, 0), 0);
	if (s->fleet)
		worker_says(cryptod(s), IPC_FLEET_SEAL, &in);
	worker_is_silent(&s->w, cryptod(s));
}

static void
end(struct scene *s)
{
	worker_stop(&s->w);
	close(s->client);
}

static struct sockaddr_in
address(const struct scene *s, size_t socket_number)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(s->config.bind[socket_number].port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
}

static void
send_packet(struct scene *s, size_t to, const uint8_t *packet, size_t len)
{
	const struct sockaddr_in sin = address(s, to);

	CU_ASSERT_EQUAL(sendto(s->client, packet, len, 0,
			    (const struct sockaddr *)&sin, sizeof(sin)),
	    (ssize_t)len);
}

static void
say_hello(struct scene *s, size_t to)
{
	struct wire_hello hello = { .nonce = { 1, (uint8_t)to } };
	uint8_t packet[WIRE_MAX];

	send_packet(s, to, packet, wire_put_hello(packet, &hello));
}

/* What the client hears next, and from which socket. */
static size_t
hear_any(struct scene *s, size_t *from, uint8_t packet[WIRE_MAX])
{
	struct pollfd pfd = { s->client, POLLIN, 0 };
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	ssize_t n;

	CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, WAIT_MS), 1);
	n = recvfrom(s->client, packet, WIRE_MAX, 0, (struct sockaddr *)&sin,
	    &len);
	CU_ASSERT_FATAL(n > 0);
	for (*from = 0; *from < BINDS_MAX; ++*from)
		if (sin.sin_port == address(s, *from).sin_port)
			return (size_t)n;
	CU_FAIL_FATAL("it is from no socket of ours");
	return 0;
}

/* What the client hears next; it is from this socket. */
static size_t
hear(struct scene *s, size_t from, uint8_t packet[WIRE_MAX])
{
	size_t really, len = hear_any(s, &really, packet);

	CU_ASSERT_EQUAL(really, from);
	return len;
}

/* A client says HELLO at one of the sockets, and gets its answer from that
 * one. */
static void
get_cookie(struct scene *s, size_t from, struct wire_cookie_reply *reply)
{
	uint8_t packet[WIRE_MAX];

	say_hello(s, from);
	CU_ASSERT_EQUAL_FATAL(wire_get_cookie_reply(packet,
				  hear(s, from, packet), reply),
	    0);
	CU_ASSERT(reply->nonce[0] == 1 && reply->nonce[1] == from);
	CU_ASSERT_EQUAL(reply->bootnode_key[0], 7);
}

/* The n-th of the JOINs that this cookie is good for, and its first bytes. */
static void
send_join(struct scene *s, const struct wire_cookie_reply *reply, uint16_t n,
    uint8_t start[WIRE_JOIN_OVERHEAD])
{
	const uint8_t noise[JOIN_LEN] = { (uint8_t)n, (uint8_t)(n >> 8) };
	struct wire_join join = { .cookie = reply->cookie,
		.noise = noise,
		.noise_len = sizeof(noise) };
	uint8_t packet[WIRE_MAX];

	memcpy(join.nonce, reply->nonce, sizeof(join.nonce));
	wire_join_start(start, join.nonce, &join.cookie, false);
	send_packet(s, 0, packet, wire_put_join(packet, &join));
}

static const struct ipc_figures *
ask_figures(struct scene *s)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(ipc_send(&s->w.launcher, IPC_FIGURES_ASK, NULL, NULL,
			    0),
	    0);
	return worker_says(&s->w.launcher, IPC_FIGURES, &in);
}

/* Each answer leaves by the socket that the question came to. */
static void
test_sockets(void)
{
	struct wire_cookie_reply one, other;
	struct scene s = { .fleet = false };

	begin(&s);
	get_cookie(&s, 0, &one);
	get_cookie(&s, 1, &other);
	get_cookie(&s, 0, &one);
	end(&s);
}

/* Where it listens is told the log, too. */
static void
test_listening(void)
{
	char line[128], text[ADDR_TEXT_MAX];
	struct scene s = { .fleet = false };

	start(&s);
	for (size_t i = 0; i < BINDS_MAX; i++) {
		snprintf(line, sizeof(line), "listening address=%s",
		    addr_format(&s.config.bind[i], text, sizeof(text)));
		worker_logs(&s.w, line);
	}
	end(&s);
}

/* A JOIN goes to cryptod; if it fails, nobody is told. */
static void
test_join(void)
{
	const struct ipc_join_open *open;
	struct wire_cookie_reply reply;
	uint8_t start_bytes[WIRE_JOIN_OVERHEAD];
	struct ipc_message_in in;
	struct ipc_join_failed failed;
	struct scene s = { .fleet = false };

	begin(&s);
	get_cookie(&s, 0, &reply);
	send_join(&s, &reply, 3, start_bytes);
	open = worker_says(cryptod(&s), IPC_JOIN_OPEN, &in);
	CU_ASSERT_EQUAL(memcmp(open->start, start_bytes, sizeof(start_bytes)),
	    0);
	CU_ASSERT_EQUAL(in.tail_len, JOIN_LEN);
	CU_ASSERT(in.tail[0] == 3 && in.tail[1] == 0);
	failed.slot = open->slot;
	ipc_send(cryptod(&s), IPC_JOIN_FAILED, &failed, NULL, 0);
	worker_is_silent(&s.w, cryptod(&s));
	/* A failure for a slot that has no JOIN any more is a fault. */
	ipc_send(cryptod(&s), IPC_JOIN_FAILED, &failed, NULL, 0);
	worker_blames(&s.w, ROLE_CRYPTOD, IPC_JOIN_FAILED);
	close(s.client);
}

/* One that cryptod opens makes a session: its WELCOME leaves by the socket
 * that the JOIN came to, and what is due later is done without anybody asking,
 * the roster and the figures. */
static void
test_member(void)
{
	static const uint8_t sealed_noise[NK_OVERHEAD + BOOTMSG_WELCOME_MAX];
	static const struct ipc_join_sealed sealed; /* slot 0 */
	const struct ipc_join_opened opened = { .attempt = 1 };
	const struct ipc_stats *stats;
	struct wire_cookie_reply reply;
	uint8_t start_bytes[WIRE_JOIN_OVERHEAD], packet[WIRE_MAX];
	struct ipc_message_in in;
	struct wire_welcome welcome;
	bool rosters = false, figures = false;
	struct scene s = { .fleet = false };

	begin(&s);
	get_cookie(&s, 0, &reply);
	send_join(&s, &reply, 3, start_bytes);
	worker_says(cryptod(&s), IPC_JOIN_OPEN, &in);
	ipc_send(cryptod(&s), IPC_JOIN_OPENED, &opened, "card", 4);
	worker_says(cryptod(&s), IPC_MEMBER, &in);
	worker_says(cryptod(&s), IPC_JOIN_REPLY, &in);
	ipc_send(cryptod(&s), IPC_JOIN_SEALED, &sealed, sealed_noise,
	    sizeof(sealed_noise));
	CU_ASSERT_EQUAL(wire_get_welcome(packet, hear(&s, 0, packet), &welcome),
	    0);
	CU_ASSERT_EQUAL(memcmp(welcome.nonce, reply.nonce, NONCE_LEN), 0);
	while (!rosters || !figures) { /* on a slow machine in any order */
		worker_hear(cryptod(&s), &in);
		if (in.type == IPC_SEAL) {
			rosters = true;
			continue;
		}
		CU_ASSERT_EQUAL_FATAL(in.type, IPC_STATS);
		figures = true;
		stats = in.body;
		CU_ASSERT(stats->sessions == 1 && stats->rooms == 1);
		CU_ASSERT(stats->uptime_ms >= 1000);
	}
	end(&s);
}

/* Reads what is said to cryptod until the client has something to read. */
static void
read_on(struct scene *s)
{
	struct pollfd pfds[] = { { s->client, POLLIN, 0 },
		{ cryptod(s)->fd, POLLIN, 0 } };
	struct ipc_message_in in;

	for (;;) {
		CU_ASSERT_FATAL(poll(pfds, 2, WAIT_MS) > 0);
		if (pfds[0].revents != 0)
			return;
		CU_ASSERT_EQUAL(ipc_receive(cryptod(s), &in), IPC_GOT);
	}
}

/* Sends some more JOINs, and waits until netd has received them all, or reads
 * no more. */
static void
send_joins(struct scene *s, const struct wire_cookie_reply *reply,
    uint16_t *joins)
{
	uint8_t start_bytes[WIRE_JOIN_OVERHEAD];
	const struct ipc_figures *f;

	for (int i = 0; i < JOINS_AT_ONCE; i++)
		send_join(s, reply, (*joins)++, start_bytes);
	do
		f = ask_figures(s);
	while (f->received[WIRE_JOIN].packets < *joins &&
	    f->queued <= IPC_QUEUE_MARK);
}

/* cryptod has opened those that came last, each of another peer and for another
 * room. */
static void
open_joins(struct scene *s, uint16_t joins)
{
	struct ipc_join_opened opened = { .attempt = 1 };

	for (uint16_t n = joins - JOINS_AT_ONCE; n < joins; n++) {
		opened.slot = n;
		memcpy(opened.id.bytes, &n, sizeof(n));
		memcpy(opened.tag.bytes, &n, sizeof(n));
		ipc_send(cryptod(s), IPC_JOIN_OPENED, &opened, "card", 4);
	}
}

/* While cryptod does not read what it is told, datagrams wait in the kernel;
 * and they are not lost. */
static void
test_congested(void)
{
	struct wire_cookie_reply reply;
	size_t from[BINDS_MAX];
	uint8_t packet[WIRE_MAX];
	uint16_t joins = 0;
	struct scene s = { .fleet = false };

	begin(&s);
	get_cookie(&s, 0, &reply);
	for (;;) {
		send_joins(&s, &reply, &joins);
		if (ask_figures(&s)->queued > IPC_QUEUE_MARK)
			break;
		open_joins(&s, joins);
		CU_ASSERT_FATAL(joins < JOINS_MAX);
	}
	for (size_t i = 0; i < BINDS_MAX; i++)
		say_hello(&s, i);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(ask_figures(&s)->received[WIRE_HELLO].packets,
		    1);
	for (size_t i = 0; i < BINDS_MAX; i++) {
		read_on(&s);
		CU_ASSERT_EQUAL(wire_type(packet,
				    hear_any(&s, &from[i], packet)),
		    WIRE_COOKIE);
	}
	CU_ASSERT_NOT_EQUAL(from[0], from[1]);
	CU_ASSERT_EQUAL(ask_figures(&s)->received[WIRE_HELLO].packets, 3);
	end(&s);
}

/* JOINs alone do not bring it to that: those that are too many are dropped, and
 * everybody else is answered. */
static void
test_many_joins(void)
{
	const struct ipc_figures *figures;
	struct wire_cookie_reply reply;
	uint16_t joins = 0;
	struct scene s = { .fleet = false };

	begin(&s);
	get_cookie(&s, 0, &reply);
	while (joins < JOINS_MAX)
		send_joins(&s, &reply, &joins);
	figures = ask_figures(&s);
	CU_ASSERT_EQUAL(figures->received[WIRE_JOIN].packets, JOINS_MAX);
	CU_ASSERT(figures->queued <= IPC_QUEUE_MARK);
	CU_ASSERT(figures->stats.drops[DROP_BUSY] > 0);
	CU_ASSERT_EQUAL(figures->stats.drops[DROP_BUSY],
	    figures->stats.dropped);
	get_cookie(&s, 1, &reply);
	end(&s);
}

/* fleetd reads what a stranger's program says: what it does wrong ends it
 * alone, and the next one takes its place. */
static void
test_fleetd(void)
{
	struct wire_cookie_reply reply;
	struct scene s = { .fleet = true };
	struct ipc_message_in in;

	begin(&s);
	CU_ASSERT_EQUAL(ipc_send(cryptod(&s), IPC_FLEET_SEALED, NULL, "x", 1),
	    0);
	worker_says(worker_end(&s.w, ROLE_FLEETD), IPC_FLEET_RECORD, &in);
	CU_ASSERT_EQUAL(in.tail_len, 1);
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(send(worker_end(&s.w, ROLE_FLEETD)->fd, "x", 1,
				    MSG_NOSIGNAL),
		    1);
		worker_accuses(&s.w, ROLE_FLEETD, IPC_NONE);
		get_cookie(&s, 0, &reply);
		worker_replace(&s.w, ROLE_FLEETD);
	}
	worker_lose(&s.w, ROLE_FLEETD);
	get_cookie(&s, 1, &reply);
	worker_replace(&s.w, ROLE_FLEETD);
	get_cookie(&s, 1, &reply);
	end(&s);
}

static void
test_figures(void)
{
	const struct ipc_figures *figures;
	struct wire_cookie_reply reply;
	struct scene s = { .fleet = false };

	begin(&s);
	get_cookie(&s, 0, &reply);
	get_cookie(&s, 1, &reply);
	figures = ask_figures(&s);
	CU_ASSERT_EQUAL(figures->received[WIRE_HELLO].packets, 2);
	CU_ASSERT_EQUAL(figures->sent[WIRE_COOKIE].packets, 2);
	CU_ASSERT_EQUAL(figures->sent[WIRE_WELCOME].packets, 0);
	/* And those of the bootnode. */
	CU_ASSERT_EQUAL(figures->stats.received, 2);
	CU_ASSERT_EQUAL(figures->stats.sent, 2);
	CU_ASSERT_EQUAL(figures->stats.dropped, 0);
	end(&s);
}

void
netd_bootnode_suite(void)
{
	CU_pSuite s = CU_add_suite("netd_bootnode", NULL, NULL);

	CU_add_test(s, "sockets", test_sockets);
	CU_add_test(s, "where it listens", test_listening);
	CU_add_test(s, "a JOIN", test_join);
	CU_add_test(s, "a member", test_member);
	CU_add_test(s, "cryptod does not read", test_congested);
	CU_add_test(s, "many JOINs", test_many_joins);
	CU_add_test(s, "fleetd", test_fleetd);
	CU_add_test(s, "figures", test_figures);
}
