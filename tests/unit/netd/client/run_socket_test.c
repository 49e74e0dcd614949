/*
 * The two sockets of a client's netd: when the second takes the place of the
 * first, and which of them a packet leaves by.
 */
#include "tests/unit/netd/client/run_scene.h"

#include <CUnit/CUnit.h>

#include <string.h>

void run_socket_suite(void);

static void
begin(struct run_scene *s, bool with_net)
{
	run_prepare(s);
	s->second = true;
	s->with_net = with_net;
	run_begin(s);
	CU_ASSERT_NOT_EQUAL(s->shown->ports[0], s->shown->ports[1]);
}

/* The bootnode's answer comes to the second socket: cryptod hears of the port,
 * before it is asked for a JOIN. */
static void
answer_second(struct run_scene *s, const uint8_t hello[WIRE_MAX], size_t len)
{
	const struct ipc_local *local;
	struct wire_cookie_reply reply;
	struct ipc_message_in in;

	s->to = 1;
	run_cookie(s, hello, len, &reply);
	local = worker_says_yet(run_cryptod(s), IPC_LOCAL, &in);
	CU_ASSERT_EQUAL(local->port, s->shown->ports[1]);
	for (size_t i = 0; i < local->count; i++)
		CU_ASSERT_EQUAL(local->hosts[i].port, s->shown->ports[1]);
	worker_says(run_cryptod(s), IPC_BOOT_COOKIE, &in);
}

static void
move_to_second(struct run_scene *s)
{
	uint8_t hello[WIRE_MAX];
	size_t len = run_receive(s, 0, WIRE_HELLO, hello);

	answer_second(s, hello, len);
}

static void
join(struct run_scene *s)
{
	static const uint8_t noise[NK_OVERHEAD + BOOTMSG_JOIN_MAX] = { 5 };
	struct ipc_boot_join body = { .addr = s->at[0] };

	run_tell(s, IPC_BOOT_JOIN, &body, noise, sizeof(noise));
}

/* Twenty seconds without an answer: HELLOs leave by the other port, too, and
 * the name is resolved again. */
static void
test_silence(void)
{
	uint8_t packet[WIRE_MAX];
	struct run_scene s;
	size_t len;

	begin(&s, false);
	worker_waits(&s.w, 19);
	CU_ASSERT_FALSE(s.w.said[IPC_RESOLVE]);
	while (run_has_received(&s, 0, WIRE_HELLO))
		CU_ASSERT_EQUAL(s.from, s.shown->ports[0]);
	worker_waits(&s.w, 20);
	CU_ASSERT_TRUE(s.w.said[IPC_RESOLVE]);
	do
		len = run_receive(&s, 0, WIRE_HELLO, packet);
	while (s.from != s.shown->ports[1]);
	answer_second(&s, packet, len);
	join(&s);
	run_receive(&s, 0, WIRE_JOIN, packet);
	CU_ASSERT_EQUAL(s.from, s.shown->ports[1]);
	run_end(&s);
}

/* The first HELLO does not wait; and a port that was asked for is the only one,
 * however long it is silent there. */
static void
test_only_one(void)
{
	uint8_t packet[WIRE_MAX];
	struct run_scene s;

	run_prepare(&s);
	run_begin(&s);
	worker_settles(&s.w);
	CU_ASSERT_TRUE(run_has_at_once(&s, 0, WIRE_HELLO));
	worker_waits(&s.w, 45);
	run_receive(&s, 0, WIRE_HELLO, packet);
	do {
		CU_ASSERT_EQUAL(s.from, s.shown->ports[0]);
	} while (run_has_at_once(&s, 0, WIRE_HELLO));
	run_end(&s);
}

/* Peers are looked for by the socket that the bootnode knows. */
static void
test_peers(void)
{
	uint8_t packet[WIRE_MAX];
	struct run_scene s;

	for (int moved = 0; moved < 2; moved++) {
		begin(&s, false);
		if (moved)
			move_to_second(&s);
		run_add_peer(&s);
		run_receive(&s, 1, WIRE_PROBE, packet);
		CU_ASSERT_EQUAL(s.from, s.shown->ports[moved]);
		run_end(&s);
	}
}

/* One that is looked for already is looked for by the new one, too. */
static void
test_search(void)
{
	uint8_t packet[WIRE_MAX];
	struct run_scene s;

	begin(&s, false);
	run_add_peer(&s);
	run_receive(&s, 1, WIRE_PROBE, packet);
	CU_ASSERT_EQUAL(s.from, s.shown->ports[0]);
	move_to_second(&s);
	do
		run_receive(&s, 1, WIRE_PROBE, packet);
	while (s.from != s.shown->ports[1]);
	run_end(&s);
}

/* The answer to a peer leaves by the socket that it wrote to: its NAT lets
 * nothing else through. */
static void
test_answers(void)
{
	uint8_t packet[WIRE_MAX];
	struct run_scene s;

	begin(&s, false);
	run_add_peer(&s);
	for (int i = 0; i < 4; i++) {
		s.to = i % 2;
		run_probe(&s, WIRE_PROBE, 1 + (uint64_t)i);
		run_receive(&s, 1, WIRE_PROBE_REPLY, packet);
		CU_ASSERT_EQUAL(s.from, s.shown->ports[s.to]);
	}
	run_end(&s);
}

/* The bootnode sees an address of ours, with the port that is ours now: there
 * is no NAT. */
static void
test_no_nat(void)
{
	const struct ipc_net_status *status;
	struct addr seen = { .ip = { [10] = 0xff, 0xff, 192, 0, 2, 7 } };
	struct ipc_message_in in;
	struct run_scene s;

	for (int port = 0; port < 2; port++) {
		begin(&s, true);
		if (run_has_net(&s)) {
			move_to_second(&s);
			join(&s);
			seen.port = s.shown->ports[port];
			run_welcome(&s, &seen, 0);
			run_tell(&s, IPC_NET_ASK, NULL, NULL, 0);
			status =
			    worker_says(run_cryptod(&s), IPC_NET_STATUS, &in);
			CU_ASSERT_EQUAL(status->mapping,
			    port == 1 ? NAT_NONE : NAT_UNKNOWN);
		}
		run_end(&s);
	}
}

/* The figures are those of both. */
static void
test_figures(void)
{
	const struct ipc_figures *figures;
	struct ipc_message_in in;
	struct run_scene s;

	begin(&s, false);
	for (s.to = 0; s.to < 2; s.to++)
		run_send(&s, 0, (const uint8_t *)"no packet", 9);
	worker_waits(&s.w, 0);
	run_order(&s, IPC_FIGURES_ASK, NULL);
	figures = worker_says_yet(&s.w.launcher, IPC_FIGURES, &in);
	CU_ASSERT_EQUAL(figures->received[WIRE_INVALID].packets, 2);
	CU_ASSERT_EQUAL(figures->received[WIRE_INVALID].bytes, 18);
	CU_ASSERT_EQUAL(figures->strays, 2);
	run_end(&s);
}

void
run_socket_suite(void)
{
	CU_pSuite s = CU_add_suite("run_socket", NULL, NULL);

	CU_add_test(s, "no answer by the first", test_silence);
	CU_add_test(s, "no second", test_only_one);
	CU_add_test(s, "new peers", test_peers);
	CU_add_test(s, "a search that goes on", test_search);
	CU_add_test(s, "answers to peers", test_answers);
	CU_add_test(s, "the port of ours", test_no_nat);
	CU_add_test(s, "figures", test_figures);
}
