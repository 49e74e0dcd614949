/*
 * The host's network changes while netd runs: who is told, who is asked whether
 * he is still there, and what is forgotten. netd hears of a network of its own,
 * and its sockets are in the test's.
 */
#include "tests/unit/netd/client/run_scene.h"

#include "tests/unit/forked.h"
#include "tests/unit/own_net.h"

#include <CUnit/CUnit.h>

#include <string.h>

void run_hosts_suite(void);

/* A step in netd's network. */
struct step {
	pid_t pid;
	int (*take)(void);
};

static int
enter(void *arg)
{
	const struct step *step = arg;

	EXPECT(own_net_enter(step->pid));
	return step->take();
}

static void
change(struct run_scene *s, int (*take)(void))
{
	struct step step = { s->w.pid, take };

	CU_ASSERT_EQUAL(forked(enter, &step), 0);
}

static int
add_network(void)
{
	EXPECT(own_net_add("lo:2", "198.51.100.9"));
	return 0;
}

/* One more in a network that is known: none that others need. */
static int
add_address(void)
{
	EXPECT(own_net_add("lo:2", "192.0.2.8"));
	return 0;
}

static int
reconnect(void)
{
	EXPECT(own_net_set("lo", false));
	EXPECT(own_net_set("lo", true));
	return 0;
}

static struct addr
own(const struct run_scene *s, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct addr){ .ip = { [10] = 0xff, 0xff, a, b, c, d },
		.port = s->shown->ports[0] };
}

/* In a session, in which the bootnode sees us so; with a path to a peer. False
 * if it cannot be. */
static bool
begin(struct run_scene *s, uint8_t last)
{
	struct addr seen;

	run_prepare(s);
	s->with_net = true;
	run_begin(s);
	if (!run_has_net(s)) {
		run_end(s);
		return false;
	}
	seen = own(s, 192, 0, 2, last);
	run_come_to_join(s);
	run_welcome(s, &seen, 0);
	run_add_peer(s);
	run_peer_up(s);
	worker_waits(&s->w, 4); /* no better path is looked for any more */
	(void)run_has_received(s, 1, WIRE_PROBE);
	return true;
}

static struct ipc_net_status
status(struct run_scene *s)
{
	struct ipc_message_in in;

	run_tell(s, IPC_NET_ASK, NULL, NULL, 0);
	return *(const struct ipc_net_status *)worker_says_yet(run_cryptod(s),
	    IPC_NET_STATUS, &in);
}

/* Another address that peers can use: cryptod is told, for a new card, which a
 * JOIN publishes; what the bootnode saw is of another time. */
static void
test_new_address(void)
{
	const struct addr none = { .port = 0 };
	const struct ipc_local *local;
	struct ipc_net_status net;
	struct ipc_message_in in;
	uint8_t packet[WIRE_MAX];
	struct run_scene s;

	if (!begin(&s, 7))
		return;
	CU_ASSERT_EQUAL(status(&s).mapping, NAT_NONE);
	change(&s, add_network);
	local = worker_says(run_cryptod(&s), IPC_LOCAL, &in);
	CU_ASSERT_EQUAL(local->count, 2);
	CU_ASSERT_EQUAL(local->port, s.shown->ports[0]);
	net = status(&s);
	CU_ASSERT_EQUAL(net.mapping, NAT_UNKNOWN);
	CU_ASSERT_TRUE(addr_equal(&net.observed, &none));
	run_receive(&s, 1, WIRE_PROBE, packet);
	run_receive(&s, 0, WIRE_HELLO, packet);
	run_end(&s);
}

/* What the bootnode sees in the session after that is known to be ours. */
static void
test_new_session(void)
{
	struct ipc_message_in in;
	struct run_scene s;
	struct addr seen;

	if (!begin(&s, 7))
		return;
	change(&s, add_network);
	worker_says(run_cryptod(&s), IPC_LOCAL, &in);
	seen = own(&s, 198, 51, 100, 9);
	run_come_to_join(&s);
	run_welcome(&s, &seen, 0);
	CU_ASSERT_EQUAL(status(&s).mapping, NAT_NONE);
	run_end(&s);
}

/* One that peers have no use for is no news for cryptod. But the network may be
 * another: bootnode and peers are asked; and it is known as ours. */
static void
test_moved(void)
{
	uint8_t packet[WIRE_MAX];
	struct run_scene s;

	if (!begin(&s, 8))
		return;
	CU_ASSERT_EQUAL(status(&s).mapping, NAT_UNKNOWN);
	change(&s, add_address);
	run_receive(&s, 0, WIRE_HEARTBEAT, packet);
	run_receive(&s, 1, WIRE_PROBE, packet);
	CU_ASSERT_EQUAL(status(&s).mapping, NAT_NONE);
	worker_is_silent(&s.w, run_cryptod(&s));
	run_end(&s);
}

/* A link that works again, though all is as it was. */
static void
test_link_up(void)
{
	uint8_t packet[WIRE_MAX];
	struct run_scene s;

	if (!begin(&s, 7))
		return;
	CU_ASSERT_FALSE(run_has_received(&s, 0, WIRE_HEARTBEAT));
	change(&s, reconnect);
	run_receive(&s, 0, WIRE_HEARTBEAT, packet);
	run_receive(&s, 1, WIRE_PROBE, packet);
	worker_waits(&s.w, 2);
	CU_ASSERT_EQUAL(status(&s).mapping, NAT_NONE);
	run_end(&s);
}

/* Why nobody answers: the way to the bootnode takes no HELLO. The same if its
 * address is known later. */
static void
test_short_packets(void)
{
	const struct ipc_boot_status *boot;
	struct ipc_boot_addrs addrs = { .count = 1 };
	struct ipc_message_in in;
	struct run_scene s;

	for (uint8_t known = 0; known < 2; known++) {
		run_prepare(&s);
		s.with_net = true;
		s.mtu = 1000;
		s.config.boot_addr_count = known;
		run_begin(&s);
		if (run_has_net(&s)) {
			addrs.addrs[0] = s.at[0];
			if (!known)
				run_order(&s, IPC_BOOT_ADDRS, &addrs);
			worker_waits(&s.w, 4);
			boot =
			    worker_says(run_cryptod(&s), IPC_BOOT_STATUS, &in);
			CU_ASSERT_EQUAL(boot->status, BOOT_UNREACHABLE);
			CU_ASSERT_EQUAL(boot->mtu, 1000);
			CU_ASSERT_TRUE(addr_equal(&boot->addr, &s.at[0]));
		}
		run_end(&s);
	}
}

void
run_hosts_suite(void)
{
	CU_pSuite s = CU_add_suite("run_hosts", NULL, NULL);

	CU_add_test(s, "an address more", test_new_address);
	CU_add_test(s, "and a session more", test_new_session);
	CU_add_test(s, "another network", test_moved);
	CU_add_test(s, "a link that is back", test_link_up);
	CU_add_test(s, "a way for short packets", test_short_packets);
}
