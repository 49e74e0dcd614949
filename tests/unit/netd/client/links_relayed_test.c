/*
 * Links through the relay: what goes by way of the bootnode and what it may
 * bring, how the path comes and goes with the session, and why there is none.
 */
#include "tests/unit/netd/client/links_relay.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void links_relayed_suite(void);

#define SEC(n)	((n)*USEC_PER_SEC)
#define MSEC(n) ((n)*USEC_PER_MSEC)

static const struct peer_id other_member = { "another member." };
static const uint8_t record[] = "a record";

static struct link *
first(struct scene *s)
{
	struct link *p = links_find(&s->links, SCENE_HANDLE);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	return p;
}

static void
come_up(struct scene *s)
{
	const struct ipc_path *path;
	struct wire_probe p;

	relay_begin(s, RELAY_AUTO);
	p = relay_probed(s, SEC(3));
	CU_ASSERT_EQUAL(p.connection, scene_room.connection_tx);
	CU_ASSERT_EQUAL(p.flags, PROBE_SEEKING);
	relay_bring_probe(s, &relay_peer, &scene_room, WIRE_PROBE_REPLY, 0,
	    p.id);
	path = scene_told(s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT_EQUAL(path->state, PATH_UP);
	CU_ASSERT_EQUAL(path->kind, PATH_RELAY);
	CU_ASSERT_TRUE(addr_equal(&path->addr, &s->f.addr[0]));
}

/* And with a session. */
static void
come_together(struct scene *s)
{
	come_up(s);
	scene_session(s, 1, true, &scene_one);
	CU_ASSERT_PTR_NOT_NULL(scene_told(s, IPC_PATH));
	relay_bring_probe(s, &relay_peer, &scene_one, WIRE_PROBE_REPLY,
	    PROBE_IN_USE, relay_probed(s, SEC(1)).id);
	CU_ASSERT_TRUE(first(s)->path.confirmed);
}

/* --- The path ------------------------------------------------------------- */

/* All kinds of packets go so, and no longer ones than fit into a RELAY. */
static void
test_packets(void)
{
	struct ipc_handshake message = { .handle = SCENE_HANDLE,
		.number = HANDSHAKE_1,
		.attempt = 7 };
	struct ipc_record body = { .handle = SCENE_HANDLE, .serial = 1 };
	static const uint8_t long_record[5000];
	struct wire_handshake h;
	struct inner inner;
	struct scene s;

	come_together(&s);
	CU_ASSERT_EQUAL(links_handshake(&s.links,
			    MESSAGE_WITH(0, &message, record, sizeof(record))),
	    0);
	inner = relay_sent(&s);
	CU_ASSERT_EQUAL(wire_get_handshake(inner.bytes, inner.len, &h), 0);
	CU_ASSERT_EQUAL(h.attempt, 7);
	CU_ASSERT_EQUAL(links_record(&s.links,
			    MESSAGE_WITH(0, &body, long_record,
				sizeof(long_record))),
	    0);
	(void)fake_collect(&s.f, 1);
	inner.count = 0;
	for (int i = 0; i < 200; i++) {
		s.f.now += MSEC(1);
		links_timer(&s.links, s.f.now);
		fake_each(&s.f, 0, relay_take, &inner);
	}
	CU_ASSERT(inner.count >= 5);
	CU_ASSERT_EQUAL(wire_type(inner.bytes, inner.len), WIRE_DATA);
	while (fake_collect(&s.f, 1) > 0)
		CU_ASSERT_NOT_EQUAL(wire_type(s.f.packet, s.f.len), WIRE_DATA);
	scene_end(&s);
}

/* The longest packet of the path is as long as that of any relayed one. */
static void
test_size(void)
{
	struct transport_figures figures;
	struct scene s;

	come_together(&s);
	transport_figures(first(&s)->transport, &figures);
	CU_ASSERT_EQUAL(figures.size, WIRE_RELAYED_MAX);
	scene_end(&s);

	scene_come_together(&s);
	transport_figures(first(&s)->transport, &figures);
	CU_ASSERT_EQUAL(figures.size, TRANSPORT_BASE);
	scene_end(&s);
}

/* The path is lost with the bootnode's session, and there again with it. */
static void
test_bootnode(void)
{
	const struct ipc_path *path;
	struct wire_probe p;
	struct scene s;

	come_up(&s);
	s.f.b.has_session = false;
	links_timer(&s.links, s.f.now);
	links_deliver(&s.links);
	path = scene_told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT_EQUAL(path->state, PATH_PROBING);
	CU_ASSERT_EQUAL(path->kind, PATH_NONE);
	CU_ASSERT_EQUAL(relay_probed(&s, SEC(5)).id, 0);
	s.f.b.has_session = true;
	p = relay_probed(&s, SEC(2));
	CU_ASSERT_NOT_EQUAL(p.id, 0);
	relay_bring_probe(&s, &relay_peer, &scene_room, WIRE_PROBE_REPLY, 0,
	    p.id);
	CU_ASSERT_PTR_NOT_NULL(scene_told(&s, IPC_PATH));
	scene_end(&s);
}

/* Who was added after the session began can be relayed, too; and one who was
 * added before knows it from the next turn on. */
static void
test_added_later(void)
{
	struct scene s;

	relay_begin(&s, RELAY_AUTO);
	CU_ASSERT_FALSE(first(&s)->path.relay_up);
	links_timer(&s.links, s.f.now);
	CU_ASSERT_TRUE(first(&s)->path.relay_up);
	scene_add_peer(&s, 1);
	CU_ASSERT_TRUE(links_find(&s.links, SCENE_HANDLE + 1)->path.relay_up);
	CU_ASSERT_EQUAL(links_drop(&s.links,
			    MESSAGE(s.f.now,
				&(struct ipc_peer){ SCENE_HANDLE + 1 })),
	    0);
	scene_end(&s);
}

/* Two probes without an answer: perhaps the bootnode has forgotten us, so it is
 * asked. Not at the first, and not for a path that is not relayed. */
static void
test_forgotten(void)
{
	struct ipc_peer body = { .handle = SCENE_HANDLE };
	struct scene s;

	come_together(&s);
	s.f.b.heartbeat_at = CLOCK_NEVER;
	CU_ASSERT_EQUAL(links_check(&s.links, MESSAGE(s.f.now, &body)), 0);
	CU_ASSERT_NOT_EQUAL(relay_probed(&s, SEC(1)).id, 0);
	CU_ASSERT_EQUAL(s.f.b.heartbeat_at, CLOCK_NEVER);
	CU_ASSERT_NOT_EQUAL(relay_probed(&s, SEC(1)).id, 0);
	CU_ASSERT_EQUAL(s.f.b.heartbeat_at, s.f.now);
	scene_end(&s);

	scene_come_together(&s);
	s.f.b.heartbeat_at = CLOCK_NEVER;
	CU_ASSERT_EQUAL(links_check(&s.links, MESSAGE(s.f.now, &body)), 0);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_NOT_EQUAL(scene_probed(&s).id, 0);
	CU_ASSERT_EQUAL(s.f.b.heartbeat_at, CLOCK_NEVER);
	scene_end(&s);
}

/* --- What may come -------------------------------------------------------- */

/* All in the room have the room's keys: the bootnode has to say that it is the
 * peer's. With a session's keys it can be nobody else's. */
static void
test_whose(void)
{
	struct wire_probe p;
	struct scene s;

	relay_begin(&s, RELAY_AUTO);
	p = relay_probed(&s, SEC(3));
	relay_bring_probe(&s, &other_member, &scene_room, WIRE_PROBE_REPLY, 0,
	    p.id);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	relay_bring_probe(&s, &other_member, &scene_room, WIRE_PROBE, 0, 5);
	CU_ASSERT_EQUAL(relay_sent(&s).len, 0);
	relay_bring_probe(&s, &relay_peer, &scene_room, WIRE_PROBE, 0, 6);
	CU_ASSERT_NOT_EQUAL(relay_sent(&s).len, 0);
	scene_end(&s);

	come_together(&s);
	relay_bring_probe(&s, &other_member, &scene_one, WIRE_PROBE, 0, 7);
	CU_ASSERT_NOT_EQUAL(relay_sent(&s).len, 0);
	CU_ASSERT_EQUAL(s.links.dropped, 0);
	scene_end(&s);
}

/* With a session, a probe by the room's keys is answered the way it came, and
 * by those keys; and the path is asked. */
static void
test_unsecured(void)
{
	struct wire_probe p;
	struct inner inner;
	struct scene s;

	come_together(&s);
	s.f.now += SEC(2);
	(void)fake_collect(&s.f, 1);
	relay_bring_probe(&s, &relay_peer, &scene_room, WIRE_PROBE,
	    PROBE_SEEKING, 5);
	inner = relay_sent(&s);
	CU_ASSERT_EQUAL(wire_get_probe(inner.bytes, inner.len, &p), 0);
	CU_ASSERT(p.type == WIRE_PROBE_REPLY && p.id == 5 && p.flags == 0);
	CU_ASSERT_EQUAL(p.connection, scene_room.connection_tx);
	CU_ASSERT_EQUAL(fake_collect(&s.f, 1), 0);
	CU_ASSERT_TRUE(first(&s)->path.checking);
	/* An answer by them is none, and gets none. */
	relay_bring_probe(&s, &relay_peer, &scene_room, WIRE_PROBE_REPLY, 0, 6);
	CU_ASSERT_EQUAL(relay_sent(&s).len, 0);
	scene_end(&s);
}

static void
bring_handshake(struct scene *s, enum handshake_number number,
    const struct packet_keys *keys, uint64_t attempt)
{
	struct wire_handshake w = { .number = number,
		.connection = keys->connection_rx,
		.attempt = attempt,
		.record = record,
		.record_len = sizeof(record) };
	uint8_t packet[WIRE_MAX];

	relay_bring(s, &relay_peer, packet,
	    wire_put_handshake(packet, &w, keys->probe.rx));
}

static const struct ipc_handshake *
told_handshake(struct scene *s)
{
	const struct ipc_handshake *in = scene_told(s, IPC_HANDSHAKE_IN);

	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	return in;
}

/* A handshake through the relay is on the path, if that is relayed; and what
 * came so is answered so, whatever the path is. */
static void
test_handshake(void)
{
	const struct addr none = { .port = 0 };
	struct ipc_handshake message = { .handle = SCENE_HANDLE,
		.number = HANDSHAKE_2,
		.attempt = 9 };
	const struct ipc_handshake *in;
	struct wire_handshake h;
	struct inner inner;
	struct scene s;

	come_up(&s);
	bring_handshake(&s, HANDSHAKE_1, &scene_room, 9);
	in = told_handshake(&s);
	CU_ASSERT_TRUE(in->on_path);
	CU_ASSERT_TRUE(addr_equal(&in->from, &none));
	(void)relay_sent(&s);
	CU_ASSERT_EQUAL(links_handshake(&s.links,
			    MESSAGE_WITH(0, &message, record, sizeof(record))),
	    0);
	inner = relay_sent(&s);
	CU_ASSERT_EQUAL(wire_get_handshake(inner.bytes, inner.len, &h), 0);
	CU_ASSERT_EQUAL(h.attempt, 9);
	scene_end(&s);

	scene_come_up(&s);
	s.f.b.relay_rate = RELAY_RATE;
	first(&s)->peer = relay_peer;
	bring_handshake(&s, HANDSHAKE_1, &scene_room, 9);
	CU_ASSERT_FALSE(told_handshake(&s)->on_path);
	scene_end(&s);
}

/* The answer that came through the relay was somebody else's: the path through
 * it is lost. */
static void
test_false(void)
{
	struct ipc_handshake message = { .handle = SCENE_HANDLE,
		.number = HANDSHAKE_1,
		.attempt = 9 };
	struct ipc_peer_false body = { .handle = SCENE_HANDLE, .attempt = 9 };
	const struct ipc_path *path;
	struct scene s;

	come_up(&s);
	CU_ASSERT_EQUAL(links_handshake(&s.links,
			    MESSAGE_WITH(0, &message, record, sizeof(record))),
	    0);
	bring_handshake(&s, HANDSHAKE_2, &scene_room, 9);
	body.way = told_handshake(&s)->way;
	CU_ASSERT_EQUAL(links_false(&s.links, MESSAGE(s.f.now, &body)), 0);
	links_deliver(&s.links);
	path = scene_told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT_EQUAL(path->state, PATH_PROBING);
	CU_ASSERT_EQUAL(relay_probed(&s, BANNED_REST - MSEC(100)).id, 0);
	CU_ASSERT_NOT_EQUAL(relay_probed(&s, SEC(1)).id, 0);
	scene_end(&s);
}

/* --- Modes, and why there is no path -------------------------------------- */

/* What the mode forbids is not even looked at. */
static void
test_modes(void)
{
	static const struct {
		enum relay mode;
		bool direct, relayed;
	} cases[] = {
		{ RELAY_AUTO, true, true },
		{ RELAY_NEVER, true, false },
		{ RELAY_ONLY, false, true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scene s;

		relay_begin(&s, cases[i].mode);
		links_timer(&s.links, s.f.now);
		(void)fake_collect(&s.f, 1);
		scene_give(&s, &scene_room, WIRE_PROBE, 0, 5, &s.f.addr[1]);
		CU_ASSERT_EQUAL(fake_collect(&s.f, 1), cases[i].direct);
		CU_ASSERT_EQUAL(s.links.dropped, !cases[i].direct);
		(void)relay_sent(&s);
		relay_bring_probe(&s, &relay_peer, &scene_room, WIRE_PROBE, 0,
		    6);
		CU_ASSERT_EQUAL(relay_sent(&s).count, cases[i].relayed);
		CU_ASSERT_EQUAL(s.links.dropped,
		    !cases[i].direct + !cases[i].relayed);
		scene_end(&s);
	}
}

static void
test_failures(void)
{
	static const struct {
		enum relay mode;
		bool session;
		uint32_t rate;
		enum path_failure failure;
	} cases[] = {
		{ RELAY_AUTO, true, RELAY_RATE, FAILURE_UNANSWERED },
		{ RELAY_AUTO, true, 0, FAILURE_RELAY_REFUSED },
		{ RELAY_AUTO, false, RELAY_RATE, FAILURE_NO_BOOTNODE },
		{ RELAY_ONLY, true, RELAY_RATE, FAILURE_RELAY_ONLY },
		{ RELAY_ONLY, true, 0, FAILURE_RELAY_REFUSED },
		{ RELAY_ONLY, false, RELAY_RATE, FAILURE_NO_BOOTNODE },
		{ RELAY_NEVER, true, RELAY_RATE, FAILURE_RELAY_NEVER },
		{ RELAY_NEVER, true, 0, FAILURE_RELAY_NEVER },
		{ RELAY_NEVER, false, RELAY_RATE, FAILURE_RELAY_NEVER },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct ipc_path *path;
		struct scene s;

		relay_begin(&s, cases[i].mode);
		s.f.b.has_session = cases[i].session;
		s.f.b.relay_rate = cases[i].rate;
		for (int k = 0; k < 110; k++) {
			s.f.now += MSEC(100);
			links_timer(&s.links, s.f.now);
		}
		links_deliver(&s.links);
		path = scene_told(&s, IPC_PATH);
		CU_ASSERT_PTR_NOT_NULL_FATAL(path);
		CU_ASSERT_EQUAL(path->state, PATH_FAILED);
		CU_ASSERT_EQUAL(path->failure, cases[i].failure);
		CU_ASSERT_EQUAL(path->kind, PATH_NONE);
		scene_end(&s);
	}
}

void
links_relayed_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("links_relayed", fake_open_udp, fake_close_udp);

	CU_add_test(s, "packets", test_packets);
	CU_add_test(s, "the longest", test_size);
	CU_add_test(s, "with the bootnode", test_bootnode);
	CU_add_test(s, "a peer more", test_added_later);
	CU_add_test(s, "forgotten by the bootnode", test_forgotten);
	CU_add_test(s, "whose it is", test_whose);
	CU_add_test(s, "a session that was lost", test_unsecured);
	CU_add_test(s, "handshakes", test_handshake);
	CU_add_test(s, "somebody else", test_false);
	CU_add_test(s, "modes", test_modes);
	CU_add_test(s, "why there is none", test_failures);
}
