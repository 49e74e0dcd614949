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
#include <string.h>
#include <unistd.h>

void netd_bootnode_suite(void);

#define WAIT_MS 10000

struct scene {
	struct worker w;
	struct ipc_config_netd config;
	int client; /* a client's socket */
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

static void
begin(struct scene *s)
{
	static const struct addr loopback = {
		.ip = { [10] = 0xff, 0xff, 127, 0, 0, 1 }
	};
	const struct ipc_listening *listening;
	struct ipc_boot_keys keys = { .public_key = { 7 } };
	struct ipc_message_in in;

	memset(s, 0, sizeof(*s));
	s->config = (struct ipc_config_netd){
		.mode = MODE_BOOTNODE,
		.bind_count = BINDS_MAX,
		.bind = { loopback, loopback },
		.incarnation = 1,
		.heartbeat_ms = 10000,
		.timeout_ms = 30000,
		.max_peers = PEERS_MAX,
		.max_per_address = 10,
	};
	s->client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_NOT_EQUAL_FATAL(s->client, -1);
	worker_start(&s->w, PROCESS_NETD_BOOTNODE, MODE_BOOTNODE, run, s);
	/* What it listens at is told for each socket, with its port. */
	for (size_t i = 0; i < BINDS_MAX; i++) {
		listening = worker_says(cryptod(s), IPC_LISTENING, &in);
		s->config.bind[i] = listening->addr;
		CU_ASSERT_NOT_EQUAL(listening->addr.port, 0);
		CU_ASSERT_EQUAL(memcmp(listening->addr.ip, loopback.ip, 16), 0);
	}
	CU_ASSERT_NOT_EQUAL(s->config.bind[0].port, s->config.bind[1].port);
	CU_ASSERT_EQUAL(ipc_send(cryptod(s), IPC_BOOT_KEYS, &keys, NULL, 0), 0);
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

/* A client says HELLO at one of the sockets, and hears of there. */
static void
get_cookie(struct scene *s, size_t from, struct wire_cookie_reply *reply)
{
	struct pollfd pfd = { s->client, POLLIN, 0 };
	struct wire_hello hello = { .nonce = { 1, (uint8_t)from } };
	const struct sockaddr_in want = address(s, from);
	struct sockaddr_in sin;
	socklen_t len = sizeof(sin);
	uint8_t packet[WIRE_MAX];
	ssize_t n;

	send_packet(s, from, packet, wire_put_hello(packet, &hello));
	CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, WAIT_MS), 1);
	n = recvfrom(s->client, packet, sizeof(packet), 0,
	    (struct sockaddr *)&sin, &len);
	CU_ASSERT_FATAL(n > 0);
	CU_ASSERT_EQUAL(sin.sin_port, want.sin_port);
	CU_ASSERT_EQUAL_FATAL(wire_get_cookie_reply(packet, (size_t)n, reply),
	    0);
	CU_ASSERT_EQUAL(memcmp(reply->nonce, hello.nonce, NONCE_LEN), 0);
	CU_ASSERT_EQUAL(reply->bootnode_key[0], 7);
}

/* Each answer leaves by the socket that the question came to. */
static void
test_sockets(void)
{
	struct wire_cookie_reply one, other;
	struct scene s;

	begin(&s);
	get_cookie(&s, 0, &one);
	get_cookie(&s, 1, &other);
	get_cookie(&s, 0, &one);
	end(&s);
}

/* A JOIN goes to cryptod, and its failure is heard by nobody. */
static void
test_join(void)
{
	static const uint8_t noise[NK_OVERHEAD + BOOTMSG_JOIN_MAX] = { 3 };
	const struct ipc_join_open *open;
	struct wire_cookie_reply reply;
	struct wire_join join = { .noise = noise, .noise_len = sizeof(noise) };
	uint8_t packet[WIRE_MAX], start[WIRE_JOIN_OVERHEAD];
	struct ipc_message_in in;
	struct ipc_join_failed failed;
	struct scene s;

	begin(&s);
	get_cookie(&s, 0, &reply);
	memcpy(join.nonce, reply.nonce, sizeof(join.nonce));
	join.cookie = reply.cookie;
	send_packet(&s, 0, packet, wire_put_join(packet, &join));
	open = worker_says(cryptod(&s), IPC_JOIN_OPEN, &in);
	wire_join_start(start, join.nonce, &join.cookie);
	CU_ASSERT_EQUAL(memcmp(open->start, start, sizeof(start)), 0);
	CU_ASSERT_EQUAL(in.tail_len, sizeof(noise));
	CU_ASSERT_EQUAL(memcmp(in.tail, noise, sizeof(noise)), 0);
	failed.slot = open->slot;
	ipc_send(cryptod(&s), IPC_JOIN_FAILED, &failed, NULL, 0);
	worker_is_silent(&s.w, cryptod(&s));
	/* Of a slot that has no JOIN any more it makes no sense. */
	ipc_send(cryptod(&s), IPC_JOIN_FAILED, &failed, NULL, 0);
	worker_blames(&s.w, ROLE_CRYPTOD, IPC_JOIN_FAILED);
	close(s.client);
}

static void
test_figures(void)
{
	const struct ipc_figures *figures;
	struct wire_cookie_reply reply;
	struct ipc_message_in in;
	struct scene s;

	begin(&s);
	get_cookie(&s, 0, &reply);
	get_cookie(&s, 1, &reply);
	CU_ASSERT_EQUAL(ipc_send(&s.w.launcher, IPC_FIGURES_ASK, NULL, NULL, 0),
	    0);
	figures = worker_says(&s.w.launcher, IPC_FIGURES, &in);
	CU_ASSERT_EQUAL(figures->received[WIRE_HELLO].packets, 2);
	CU_ASSERT_EQUAL(figures->sent[WIRE_COOKIE].packets, 2);
	CU_ASSERT_EQUAL(figures->sent[WIRE_WELCOME].packets, 0);
	end(&s);
}

void
netd_bootnode_suite(void)
{
	CU_pSuite s = CU_add_suite("netd_bootnode", NULL, NULL);

	CU_add_test(s, "sockets", test_sockets);
	CU_add_test(s, "a JOIN", test_join);
	CU_add_test(s, "figures", test_figures);
}
