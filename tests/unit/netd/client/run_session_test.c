/*
 * The main loop of a client's netd with a session: what it asks the bootnode by
 * itself, how it leaves, what it does after a sleep, and what it logs of
 * datagrams that count for nothing.
 */
#include "tests/unit/netd/client/run_scene.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void run_session_suite(void);

static const struct addr observed = { { [10] = 0xff, 0xff, 203, 0, 113, 1 },
	4545 };

/* In a session. */
static void
begin(struct run_scene *s)
{
	run_prepare(s);
	run_begin(s);
	run_come_in(s);
}

/* In one whose bootnode answers after so many seconds, and has a second port,
 * which does not answer. */
static void
begin_slow(struct run_scene *s, unsigned int delay)
{
	run_prepare(s);
	s->delay = delay;
	run_begin(s);
	run_come_to_join(s);
	run_welcome(s, &observed, s->at[1].port);
}

static uint64_t
strays(struct run_scene *s)
{
	const struct ipc_figures *figures;
	struct ipc_message_in in;

	run_order(s, IPC_FIGURES_ASK, NULL);
	figures = worker_says_yet(&s->w.launcher, IPC_FIGURES, &in);
	return figures->strays;
}

/* --- The bootnode --------------------------------------------------------- */

/* A session begins with a question to the second port, again if need be; what
 * comes of it is told to whoever asks for /status. */
static void
test_reflect(void)
{
	const struct ipc_net_status *status;
	struct wire_reflect r;
	struct ipc_message_in in;
	uint8_t packet[WIRE_MAX];
	struct run_scene s;
	size_t len;

	begin_slow(&s, 0);
	run_receive(&s, 1, WIRE_REFLECT, packet);
	len = run_receive(&s, 1, WIRE_REFLECT, packet);
	CU_ASSERT_EQUAL_FATAL(wire_get_reflect(packet, len, &r), 0);
	r.type = WIRE_REFLECT_REPLY;
	r.observed = observed;
	run_send(&s, 1, packet, wire_put_reflect(packet, &r, run_mac_key));
	run_acknowledge(&s, WIRE_LEAVE_ACK, 0); /* which changes nothing */
	worker_waits(&s.w, 0);
	run_tell(&s, IPC_NET_ASK, NULL, NULL, 0);
	status = worker_says(run_cryptod(&s), IPC_NET_STATUS, &in);
	CU_ASSERT_EQUAL(status->mapping, NAT_INDEPENDENT);
	CU_ASSERT_TRUE(addr_equal(&status->observed, &observed));
	CU_ASSERT_EQUAL(strays(&s), 0);
	run_end(&s);
}

/* Whoever asks how the net is has an answer soon, though the bootnode may take
 * long for its own. */
static void
test_status_soon(void)
{
	struct ipc_message_in in;
	struct run_scene s;

	begin_slow(&s, 5); /* questions are repeated after three times that */
	run_tell(&s, IPC_NET_ASK, NULL, NULL, 0);
	worker_says(run_cryptod(&s), IPC_NET_STATUS, &in);
	run_end(&s);
}

/* What comes through the relay is a peer's, and answered so. */
static void
test_relay(void)
{
	struct wire_relay r = { .session = RUN_SESSION };
	struct wire_probe p;
	uint8_t probe[WIRE_MAX], packet[WIRE_MAX];
	struct run_scene s;
	size_t len;

	run_prepare(&s);
	s.relay_rate = 100000;
	run_begin(&s);
	run_come_in(&s);
	run_add_peer(&s);
	r.packet = probe;
	r.packet_len = run_put_probe(&s, WIRE_PROBE, 5, probe);
	run_send(&s, 0, packet, wire_put_relay(packet, &r, run_mac_key));
	len = run_receive(&s, 0, WIRE_RELAY, packet);
	CU_ASSERT_EQUAL_FATAL(wire_get_relay(packet, len, &r), 0);
	CU_ASSERT_EQUAL(wire_get_probe(r.packet, r.packet_len, &p), 0);
	CU_ASSERT(p.type == WIRE_PROBE_REPLY && p.id == 5);
	CU_ASSERT_EQUAL(strays(&s), 0);
	run_end(&s);
}

/* --- Leaving -------------------------------------------------------------- */

static uint64_t
leave(struct run_scene *s)
{
	struct wire_control c = { .counter = 0 };
	uint8_t packet[WIRE_MAX];
	size_t len;

	run_tell(s, IPC_LEAVE, NULL, NULL, 0);
	len = run_receive(s, 0, WIRE_LEAVE, packet);
	CU_ASSERT_EQUAL(wire_get_control(packet, len, &c), 0);
	CU_ASSERT_TRUE(wire_mac_ok(packet, len, run_mac_key));
	return c.counter;
}

/* Until the bootnode has heard of it, or has had its time: twice its round
 * trip, and 4 s at most. */
static void
test_leave(void)
{
	struct ipc_message_in in;
	struct run_scene s;

	for (int answered = 0; answered < 2; answered++) {
		uint64_t counter;

		begin_slow(&s, 5);
		counter = leave(&s);
		worker_is_silent(&s.w, run_cryptod(&s));
		if (answered)
			run_acknowledge(&s, WIRE_LEAVE_ACK, counter);
		else
			worker_waits(&s.w, 4);
		worker_says(run_cryptod(&s), IPC_LEFT, &in);
		worker_waits(&s.w, 5);
		worker_is_silent(&s.w, run_cryptod(&s));
		run_end(&s);
	}
}

/* It is not gone before a peer has what was said last, unless that takes too
 * long. */
static void
test_leave_peer(void)
{
	struct ipc_record record = { .handle = RUN_PEER, .serial = 1 };
	struct ipc_message_in in;
	uint8_t packet[WIRE_MAX];
	struct run_scene s;

	for (int said = 0; said < 2; said++) {
		begin_slow(&s, 5);
		run_add_peer(&s);
		run_peer_up(&s);
		run_peer_session(&s);
		worker_says(run_cryptod(&s), IPC_PATH, &in);
		if (said) {
			run_tell(&s, IPC_RECORD_OUT, &record, "a record", 8);
			run_receive(&s, 1, WIRE_DATA, packet);
		}
		run_acknowledge(&s, WIRE_LEAVE_ACK, leave(&s));
		if (said) {
			worker_is_silent(&s.w, run_cryptod(&s));
			worker_waits(&s.w, 4);
		}
		worker_says(run_cryptod(&s), IPC_LEFT, &in);
		run_end(&s);
	}
}

/* --- A sleep -------------------------------------------------------------- */

/* A deadline that is missed by more than 3 s says that the host slept: it may
 * be elsewhere, so bootnode and peers are asked whether they are there. */
static void
test_sleep(void)
{
	struct run_scene s;

	begin(&s);
	run_add_peer(&s);
	run_peer_up(&s);
	worker_waits(&s.w, 4); /* no better path is looked for any more */
	CU_ASSERT_FALSE(run_has_received(&s, 0, WIRE_HEARTBEAT));
	(void)run_has_received(&s, 1, WIRE_PROBE);
	/* The next keepalive is 15 s after the path came up. */
	worker_sleeps(&s.w, 11);
	CU_ASSERT_TRUE(run_has_received(&s, 1, WIRE_PROBE));
	CU_ASSERT_FALSE(run_has_received(&s, 0, WIRE_HEARTBEAT));
	worker_sleeps(&s.w, 30);
	CU_ASSERT_TRUE(run_has_received(&s, 0, WIRE_HEARTBEAT));
	CU_ASSERT_TRUE(run_has_received(&s, 1, WIRE_PROBE));
	run_end(&s);
}

/* And what was asked before it says nothing of the way any more. */
static void
test_sleep_before_answer(void)
{
	struct wire_cookie_reply reply;
	uint8_t hello[WIRE_MAX];
	struct run_scene s;
	size_t len;

	run_prepare(&s);
	run_begin(&s);
	len = run_receive(&s, 0, WIRE_HELLO, hello);
	worker_sleeps(&s.w, 8);
	run_cookie(&s, hello, len, &reply);
	worker_waits(&s.w, 0);
	CU_ASSERT_EQUAL(strays(&s), 1);
	run_end(&s);
}

/* --- What is dropped ------------------------------------------------------ */

/* Something of the bootnode's that nobody waits for; and a probe by keys that
 * no peer has. */
static void
send_stray(struct run_scene *s, bool of_peer)
{
	static const uint8_t key[SIPHASH_KEY];
	struct wire_welcome w = { .noise = key, .noise_len = NK_OVERHEAD };
	struct wire_probe p = { .type = WIRE_PROBE, .connection = 99 };
	uint8_t packet[WIRE_MAX], noise[NK_OVERHEAD] = { 0 };

	w.noise = noise;
	run_send(s, 0, packet,
	    of_peer ? wire_put_probe(packet, &p, key)
		    : wire_put_welcome(packet, &w));
}

/* So much time passes; whether it logs something. */
static bool
has_logged(struct run_scene *s, unsigned int seconds)
{
	s->w.said[IPC_LOG] = false;
	worker_waits(&s->w, seconds);
	return s->w.said[IPC_LOG];
}

/* Of what is dropped the log has a line, and the next one a minute later at the
 * earliest, if there is more to say. */
static void
test_drops(void)
{
	struct run_scene s;

	begin(&s);
	send_stray(&s, false);
	worker_logs(&s.w,
	    "so far: 1 datagrams that are not the bootnode's, 0 ");
	CU_ASSERT_FALSE(has_logged(&s, 0));
	send_stray(&s, true);
	CU_ASSERT_FALSE(has_logged(&s, 50));
	send_stray(&s, true);
	CU_ASSERT_FALSE(has_logged(&s, 0));
	CU_ASSERT_FALSE(has_logged(&s, 10));
	send_stray(&s, true);
	worker_logs(&s.w,
	    "so far: 1 datagrams that are not the bootnode's, 3 ");
	CU_ASSERT_FALSE(has_logged(&s, 61));
	run_acknowledge(&s, WIRE_LEAVE_ACK, 0); /* which is none */
	CU_ASSERT_FALSE(has_logged(&s, 0));
	run_end(&s);
}

/* Probes that found no budget, as those to an address of a card's that does not
 * answer. */
static void
test_refused(void)
{
	struct ipc_peer_add add = { .handle = RUN_PEER,
		.count = 1,
		.hosts = { { { [10] = 0xff, 0xff, 192, 0, 2, 9 }, 4545 } } };
	struct run_scene s;

	/* From loopback nothing goes out to there. */
	run_prepare(&s);
	memcpy(s.config.bind[0].ip, s.at[0].ip, sizeof(s.at[0].ip));
	run_begin(&s);
	run_come_in(&s);
	run_tell(&s, IPC_PEER_ADD, &add, NULL, 0);
	worker_waits(&s.w, 15);
	send_stray(&s, false);
	worker_logs(&s.w, "not sent so far: 1 probes");
	run_end(&s);
}

/* What the kernel refuses is lost: a HELLO to a broadcast address. */
static void
test_lost(void)
{
	static const char text[] = "because a queue was full: ";
	const struct ipc_figures *figures;
	struct ipc_message_in in;
	unsigned long lost;
	const char *line;
	struct run_scene s;

	run_prepare(&s);
	memset(s.config.boot_addrs[0].ip + 13, 255, 3);
	run_begin(&s);
	worker_waits(&s.w, 0);
	send_stray(&s, false);
	line = worker_logs(&s.w, text);
	lost = strtoul(strstr(line, text) + strlen(text), NULL, 10);
	CU_ASSERT(lost >= 1);
	run_order(&s, IPC_FIGURES_ASK, NULL);
	figures = worker_says_yet(&s.w.launcher, IPC_FIGURES, &in);
	CU_ASSERT(figures->unsent >= lost);
	run_end(&s);
}

/* What is the bootnode's and what a peer's is counted as one. */
static void
test_strays(void)
{
	const struct ipc_figures *figures;
	struct ipc_message_in in;
	struct run_scene s;

	begin(&s);
	send_stray(&s, true);
	send_stray(&s, true);
	send_stray(&s, false);
	worker_waits(&s.w, 5);
	run_order(&s, IPC_FIGURES_ASK, NULL);
	figures = worker_says_yet(&s.w.launcher, IPC_FIGURES, &in);
	CU_ASSERT_EQUAL(figures->strays, 3);
	CU_ASSERT_EQUAL(figures->received[WIRE_PROBE].packets, 2);
	CU_ASSERT(figures->stats.uptime_ms >= 5000);
	CU_ASSERT(figures->stats.uptime_ms < 60000);
	run_end(&s);
}

void
run_session_suite(void)
{
	CU_pSuite s = CU_add_suite("run_session", NULL, NULL);

	CU_add_test(s, "REFLECT", test_reflect);
	CU_add_test(s, "how the net is, soon", test_status_soon);
	CU_add_test(s, "RELAY", test_relay);
	CU_add_test(s, "leaving", test_leave);
	CU_add_test(s, "leaving peers", test_leave_peer);
	CU_add_test(s, "the host slept", test_sleep);
	CU_add_test(s, "an answer over a sleep", test_sleep_before_answer);
	CU_add_test(s, "dropped, in the log", test_drops);
	CU_add_test(s, "refused, in the log", test_refused);
	CU_add_test(s, "lost, in the log", test_lost);
	CU_add_test(s, "strays", test_strays);
}
