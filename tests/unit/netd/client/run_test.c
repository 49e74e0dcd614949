/*
 * The main loop of a client's netd: datagrams of a real socket, messages of
 * cryptod and the launcher. The test also plays the bootnode, on loopback.
 */
#include "tests/unit/netd/client/run_scene.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void netd_client_suite(void);

static void
begin(struct run_scene *s)
{
	run_prepare(s);
	run_begin(s);
}

/* The JOIN goes out: netd began the packet, and the rest is cryptod's. */
static void
test_join(void)
{
	static const uint8_t noise[NK_OVERHEAD + BOOTMSG_JOIN_MAX] = { 5 };
	struct wire_cookie_reply reply;
	struct ipc_boot_join join = { .reject_key = { 1 } };
	struct ipc_boot_cookie cookie;
	struct wire_join wire;
	uint8_t packet[WIRE_MAX];
	struct run_scene s;
	size_t len;

	begin(&s);
	cookie = run_come_to_cookie(&s, &reply);
	CU_ASSERT_EQUAL(cookie.boot_key[0], 7);
	CU_ASSERT_TRUE(addr_equal(&cookie.addr, &s.at[0]));
	join.addr = cookie.addr;
	run_tell(&s, IPC_BOOT_JOIN, &join, noise, sizeof(noise));
	len = run_receive(&s, 0, WIRE_JOIN, packet);
	CU_ASSERT_EQUAL(memcmp(packet, cookie.start, sizeof(cookie.start)), 0);
	CU_ASSERT_EQUAL_FATAL(wire_get_join(packet, len, &wire), 0);
	CU_ASSERT_EQUAL(wire.noise_len, sizeof(noise));
	CU_ASSERT_EQUAL(memcmp(wire.noise, noise, sizeof(noise)), 0);
	CU_ASSERT_EQUAL(memcmp(wire.nonce, reply.nonce, NONCE_LEN), 0);
	run_end(&s);
}

/* The bootnode's name has another address, too, which is tried as well. */
static void
test_another_address(void)
{
	struct ipc_boot_addrs addrs = { .count = 1 };
	uint8_t packet[WIRE_MAX];
	struct run_scene s;

	begin(&s);
	run_receive(&s, 0, WIRE_HELLO, packet);
	addrs.addrs[0] = s.at[1];
	CU_ASSERT_EQUAL(ipc_send(&s.w.launcher, IPC_BOOT_ADDRS, &addrs, NULL,
			    0),
	    0);
	run_receive(&s, 1, WIRE_HELLO, packet);
	run_end(&s);
}

/* Packets are counted, and so are those that belong to nobody. */
static void
test_figures(void)
{
	const struct ipc_figures *figures;
	struct wire_cookie_reply reply;
	struct ipc_message_in in;
	struct run_scene s;

	begin(&s);
	run_send(&s, 0, (const uint8_t *)"no packet", 9);
	run_come_to_cookie(&s, &reply);
	CU_ASSERT_EQUAL(ipc_send(&s.w.launcher, IPC_FIGURES_ASK, NULL, NULL, 0),
	    0);
	figures = worker_says(&s.w.launcher, IPC_FIGURES, &in);
	CU_ASSERT(figures->sent[WIRE_HELLO].packets >= 1);
	CU_ASSERT_EQUAL(figures->received[WIRE_COOKIE].packets, 1);
	CU_ASSERT_EQUAL(figures->sent[WIRE_JOIN].packets, 0);
	CU_ASSERT_EQUAL(figures->strays, 1);
	CU_ASSERT(figures->stats.uptime_ms < 60000);
	run_end(&s);
}

static void
test_status(void)
{
	struct ipc_message_in in;
	struct run_scene s;

	begin(&s);
	run_tell(&s, IPC_NET_ASK, NULL, NULL, 0);
	worker_says(run_cryptod(&s), IPC_NET_STATUS, &in);
	run_end(&s);
}

/* A client without a session is gone at once, and says so once. */
static void
test_leave(void)
{
	struct ipc_message_in in;
	struct run_scene s;

	begin(&s);
	run_tell(&s, IPC_LEAVE, NULL, NULL, 0);
	worker_says(run_cryptod(&s), IPC_LEFT, &in);
	worker_is_silent(&s.w, run_cryptod(&s));
	run_end(&s);
}

/* A session may come late, when there is no JOIN any more; but a message about
 * a peer that was not added is a fault. */
static void
test_faults(void)
{
	struct ipc_boot_session session = { .interval_ms = 10000,
		.timeout_ms = 30000,
		.session = 1 };
	struct ipc_peer peer = { .handle = 0x1001 };
	struct run_scene s;

	begin(&s);
	run_tell(&s, IPC_BOOT_SESSION, &session, NULL, 0);
	worker_is_silent(&s.w, run_cryptod(&s));
	run_tell(&s, IPC_PEER_DROP, &peer, NULL, 0);
	worker_blames(&s.w, ROLE_CRYPTOD, IPC_PEER_DROP);
	run_close(&s);
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
