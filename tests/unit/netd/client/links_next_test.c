/*
 * The keys of a session that the peer perhaps does not have yet: the first
 * packet by them, of whichever kind, makes it the session; until then nothing
 * of the one before is lost.
 */
#include "tests/unit/netd/client/links_scene.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void links_next_suite(void);

static const uint8_t record[] = "a record";

/* The next session, whose stream begins in an epoch; 0: it has none. */
static void
offer(struct scene *s, uint8_t epoch)
{
	struct ipc_peer_session body = { .handle = SCENE_HANDLE,
		.serial = 2,
		.has_stream = epoch > 0,
		.epoch = epoch,
		.keys = scene_two,
		.data = scene_data };

	scene_come_together(s);
	body.data.rx[1] = 0x77;
	CU_ASSERT_EQUAL(links_session(&s->links, MESSAGE(s->f.now, &body)), 0);
}

/* A record of the peer's by the next session's keys, in an epoch. */
static void
give_record(struct scene *s, uint8_t epoch)
{
	static uint8_t frames[TRANSPORT_FRAMES_MAX], packet[WIRE_DATA_MAX];
	struct transport_pool pool = { 0 };
	struct transport *t = transport_new(&pool);
	struct remote from = { .addr = s->f.addr[1] };
	struct wire_data d = { .epoch = epoch,
		.connection = scene_two.connection_rx,
		.frames = frames };
	struct peer_keys keys = scene_data;

	keys.rx[1] = 0x77;
	transport_path(t, s->f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	CU_ASSERT_EQUAL(transport_queue(t, record, sizeof(record)), 0);
	d.frames_len =
	    transport_output(t, s->f.now, &d.number, frames, sizeof(frames));
	links_packet(&s->links, s->f.now, &fake_udp, &from, packet,
	    wire_put_data(packet, &d, keys.rx));
	links_deliver(&s->links);
	transport_free(t);
}

static void
check_up(struct scene *s)
{
	const struct ipc_session_up *up = scene_told(s, IPC_SESSION_UP);

	CU_ASSERT_PTR_NOT_NULL_FATAL(up);
	CU_ASSERT_EQUAL(up->handle, SCENE_HANDLE);
	CU_ASSERT_EQUAL(up->serial, 2);
	CU_ASSERT_EQUAL(links_find(&s->links, SCENE_HANDLE)->next.serial, 0);
}

/* DATA may be the first of them, in the epoch that the session begins with. */
static void
test_data(void)
{
	const struct ipc_record *in;
	struct scene s;

	offer(&s, 3);
	give_record(&s, 2);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_SESSION_UP));
	give_record(&s, 3);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	check_up(&s);
	in = scene_told(&s, IPC_RECORD_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_EQUAL(in->serial, 2);
	scene_end(&s);
}

/* A session without a stream has no DATA. */
static void
test_no_stream(void)
{
	struct scene s;

	offer(&s, 0);
	give_record(&s, 0);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_SESSION_UP));
	scene_end(&s);
}

/* So may a message of the next handshake. */
static void
test_handshake(void)
{
	struct wire_handshake w = { .number = HANDSHAKE_1,
		.connection = scene_two.connection_rx,
		.attempt = 9,
		.record = record,
		.record_len = sizeof(record) };
	const struct ipc_handshake *in;
	struct remote from = { .socket = 0 };
	uint8_t packet[WIRE_MAX];
	struct scene s;

	offer(&s, 3);
	from.addr = s.f.addr[1];
	links_packet(&s.links, s.f.now, &fake_udp, &from, packet,
	    wire_put_handshake(packet, &w, scene_two.probe.rx));
	check_up(&s);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(in->by_session && in->on_path);
	scene_end(&s);
}

/* We go on with the old keys meanwhile, and with the new ones from then on;
 * their numbers begin again. */
static void
test_in_use(void)
{
	struct scene s;

	offer(&s, 3);
	s.number = 500;
	scene_give(&s, &scene_one, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	links_doubt(&s.links, s.f.now);
	CU_ASSERT_EQUAL(scene_probed(&s).connection, scene_one.connection_tx);
	s.number = 3;
	scene_give(&s, &scene_two, WIRE_PROBE, 0, 6, &s.f.addr[1]);
	check_up(&s);
	CU_ASSERT_EQUAL(s.links.dropped, 0);
	CU_ASSERT_EQUAL(scene_probed(&s).connection, scene_two.connection_tx);
	scene_give(&s, &scene_two, WIRE_PROBE, 0, 6, &s.f.addr[1]);
	s.number = 3;
	scene_give(&s, &scene_two, WIRE_PROBE, 0, 7, &s.f.addr[1]);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	scene_end(&s);
}

/* One that is confirmed takes the place of one that was only offered: the keys
 * of that are nobody's. */
static void
test_overtaken(void)
{
	static const struct packet_keys three = { SCENE_TX + 300,
		SCENE_RX + 300, { { 7 }, { 8 } } };
	struct scene s;

	offer(&s, 3);
	scene_session(&s, 3, true, &three);
	scene_give(&s, &scene_two, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_SESSION_UP));
	scene_give(&s, &three, WIRE_PROBE, 0, 6, &s.f.addr[1]);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	scene_end(&s);
}

void
links_next_suite(void)
{
	CU_pSuite s = CU_add_suite("links_next", fake_open_udp, fake_close_udp);

	CU_add_test(s, "DATA", test_data);
	CU_add_test(s, "no stream", test_no_stream);
	CU_add_test(s, "a handshake", test_handshake);
	CU_add_test(s, "keys in use", test_in_use);
	CU_add_test(s, "overtaken", test_overtaken);
}
