/*
 * The main loop of a client's netd: datagrams of a real socket, messages of
 * cryptod and the launcher. The test is the bootnode, too, on loopback.
 */
#include "netd/client/client.h"

#include "tests/unit/worker.h"

#include <CUnit/CUnit.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <poll.h>
#include <string.h>
#include <unistd.h>

void netd_client_suite(void);

#define WAIT_MS 10000

struct scene {
	struct worker w;
	struct ipc_config_netd config;
	uint16_t port;	  /* netd's */
	int bootnodes[2]; /* the second is where the first moves to */
	struct addr at[2];
};

/* Of a host whose addresses the system does not tell. */
static void
run(struct child *child, void *arg)
{
	static struct udp udp[BINDS_MAX];
	static struct hosts hosts;
	struct scene *s = arg;

	if (udp_open(&udp[0], FD_UDP, &s->config.bind[0]) == -1)
		return;
	udp[1].fd = -1;
	hosts.netlink.fd = -1;
	hosts.ask_at = CLOCK_NEVER;
	hosts.local.port = hosts.chosen.port = udp[0].port;
	netd_client_run(child, &s->config, udp, &hosts);
}

static struct ipc_channel *
cryptod(struct scene *s)
{
	return worker_end(&s->w, ROLE_CRYPTOD);
}

static void
tell(struct scene *s, enum ipc_type type, const void *body, const void *tail,
    size_t len)
{
	CU_ASSERT_EQUAL(ipc_send(cryptod(s), type, body, tail, len), 0);
}

static void
open_bootnode(struct scene *s, int n)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(sin);

	s->bootnodes[n] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_EQUAL_FATAL(bind(s->bootnodes[n], (struct sockaddr *)&sin,
				  sizeof(sin)),
	    0);
	CU_ASSERT_EQUAL_FATAL(getsockname(s->bootnodes[n],
				  (struct sockaddr *)&sin, &len),
	    0);
	s->at[n] = (struct addr){ .ip = { [10] = 0xff, 0xff, 127, 0, 0, 1 },
		.port = ntohs(sin.sin_port) };
}

static void
begin(struct scene *s)
{
	const struct ipc_local *local;
	struct ipc_message_in in;

	memset(s, 0, sizeof(*s));
	open_bootnode(s, 0);
	open_bootnode(s, 1);
	s->config = (struct ipc_config_netd){ .mode = MODE_CLIENT,
		.bind_count = 1,
		.boot_addr_count = 1,
		.boot_addrs = { s->at[0] },
		.incarnation = 1 };
	worker_start(&s->w, PROCESS_NETD_CLIENT, MODE_CLIENT, run, s);
	/* The first that cryptod hears: its card needs it. */
	local = worker_says(cryptod(s), IPC_LOCAL, &in);
	s->port = local->port;
	CU_ASSERT_NOT_EQUAL(s->port, 0);
	CU_ASSERT_EQUAL(local->count, 0);
}

static void
close_bootnodes(struct scene *s)
{
	close(s->bootnodes[0]);
	close(s->bootnodes[1]);
}

static void
end(struct scene *s)
{
	worker_stop(&s->w);
	close_bootnodes(s);
}

/* The next packet of a type that the bootnode receives; returns its length. */
static size_t
receive(struct scene *s, int n, enum wire_type type, uint8_t packet[WIRE_MAX])
{
	struct pollfd pfd = { s->bootnodes[n], POLLIN, 0 };
	ssize_t len = 0;

	do {
		CU_ASSERT_EQUAL_FATAL(poll(&pfd, 1, WAIT_MS), 1);
		len = recv(s->bootnodes[n], packet, WIRE_MAX, 0);
		CU_ASSERT_FATAL(len > 0);
	} while (wire_type(packet, (size_t)len) != type);
	return (size_t)len;
}

static void
answer(struct scene *s, const uint8_t *packet, size_t len)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons(s->port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };

	CU_ASSERT_EQUAL(sendto(s->bootnodes[0], packet, len, 0,
			    (struct sockaddr *)&sin, sizeof(sin)),
	    (ssize_t)len);
}

/* HELLO and COOKIE; what cryptod is asked then. */
static struct ipc_boot_cookie
come_to_cookie(struct scene *s, struct wire_cookie_reply *reply)
{
	struct wire_hello hello;
	struct ipc_message_in in;
	uint8_t packet[WIRE_MAX];
	size_t len = receive(s, 0, WIRE_HELLO, packet);

	CU_ASSERT_EQUAL_FATAL(wire_get_hello(packet, len, &hello), 0);
	*reply = (struct wire_cookie_reply){ .cookie = { .mac = { 3 } },
		.bootnode_key = { 7 } };
	memcpy(reply->nonce, hello.nonce, NONCE_LEN);
	answer(s, packet, wire_put_cookie_reply(packet, reply));
	return *(const struct ipc_boot_cookie *)worker_says(cryptod(s),
	    IPC_BOOT_COOKIE, &in);
}

/* As far as the JOIN, which is cryptod's, in the packet that it began. */
static void
test_join(void)
{
	static const uint8_t noise[NK_OVERHEAD + BOOTMSG_JOIN_MAX] = { 5 };
	struct wire_cookie_reply reply;
	struct ipc_boot_join join = { .reject_key = { 1 } };
	struct ipc_boot_cookie cookie;
	struct wire_join wire;
	uint8_t packet[WIRE_MAX];
	struct scene s;
	size_t len;

	begin(&s);
	cookie = come_to_cookie(&s, &reply);
	CU_ASSERT_EQUAL(cookie.boot_key[0], 7);
	CU_ASSERT_TRUE(addr_equal(&cookie.addr, &s.at[0]));
	join.addr = cookie.addr;
	tell(&s, IPC_BOOT_JOIN, &join, noise, sizeof(noise));
	len = receive(&s, 0, WIRE_JOIN, packet);
	CU_ASSERT_EQUAL(memcmp(packet, cookie.start, sizeof(cookie.start)), 0);
	CU_ASSERT_EQUAL_FATAL(wire_get_join(packet, len, &wire), 0);
	CU_ASSERT_EQUAL(wire.noise_len, sizeof(noise));
	CU_ASSERT_EQUAL(memcmp(wire.noise, noise, sizeof(noise)), 0);
	CU_ASSERT_EQUAL(memcmp(wire.nonce, reply.nonce, NONCE_LEN), 0);
	end(&s);
}

/* The bootnode's name has another address, too: it is tried as well. */
static void
test_another_address(void)
{
	struct ipc_boot_addrs addrs = { .count = 1 };
	uint8_t packet[WIRE_MAX];
	struct scene s;

	begin(&s);
	receive(&s, 0, WIRE_HELLO, packet);
	addrs.addrs[0] = s.at[1];
	CU_ASSERT_EQUAL(ipc_send(&s.w.launcher, IPC_BOOT_ADDRS, &addrs, NULL,
			    0),
	    0);
	receive(&s, 1, WIRE_HELLO, packet);
	end(&s);
}

/* What is counted, and what is nobody's. */
static void
test_figures(void)
{
	const struct ipc_figures *figures;
	struct wire_cookie_reply reply;
	struct ipc_message_in in;
	struct scene s;

	begin(&s);
	answer(&s, (const uint8_t *)"no packet", 9);
	come_to_cookie(&s, &reply);
	CU_ASSERT_EQUAL(ipc_send(&s.w.launcher, IPC_FIGURES_ASK, NULL, NULL, 0),
	    0);
	figures = worker_says(&s.w.launcher, IPC_FIGURES, &in);
	CU_ASSERT(figures->sent[WIRE_HELLO].packets >= 1);
	CU_ASSERT_EQUAL(figures->received[WIRE_COOKIE].packets, 1);
	CU_ASSERT_EQUAL(figures->sent[WIRE_JOIN].packets, 0);
	CU_ASSERT_EQUAL(figures->strays, 1);
	CU_ASSERT(figures->stats.uptime_ms < 60000);
	end(&s);
}

static void
test_status(void)
{
	struct ipc_message_in in;
	struct scene s;

	begin(&s);
	tell(&s, IPC_NET_ASK, NULL, NULL, 0);
	worker_says(cryptod(&s), IPC_NET_STATUS, &in);
	end(&s);
}

/* Who has no session is gone at once; and it says so once. */
static void
test_leave(void)
{
	struct ipc_message_in in;
	struct scene s;

	begin(&s);
	tell(&s, IPC_LEAVE, NULL, NULL, 0);
	worker_says(cryptod(&s), IPC_LEFT, &in);
	worker_is_silent(&s.w, cryptod(&s));
	end(&s);
}

/* A session may come late, when there is no JOIN any more; but nothing is said
 * of a peer that was not added. */
static void
test_faults(void)
{
	struct ipc_boot_session session = { .interval_ms = 10000,
		.timeout_ms = 30000,
		.session = 1 };
	struct ipc_peer peer = { .handle = 0x1001 };
	struct scene s;

	begin(&s);
	tell(&s, IPC_BOOT_SESSION, &session, NULL, 0);
	worker_is_silent(&s.w, cryptod(&s));
	tell(&s, IPC_PEER_DROP, &peer, NULL, 0);
	worker_blames(&s.w, ROLE_CRYPTOD, IPC_PEER_DROP);
	close_bootnodes(&s);
}

void
netd_client_suite(void)
{
	CU_pSuite s = CU_add_suite("netd_client", NULL, NULL);

	CU_add_test(s, "a JOIN", test_join);
	CU_add_test(s, "another address of the bootnode", test_another_address);
	CU_add_test(s, "figures", test_figures);
	CU_add_test(s, "how the net is", test_status);
	CU_add_test(s, "leaving", test_leave);
	CU_add_test(s, "what cryptod may not", test_faults);
}
