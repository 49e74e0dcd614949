/*
 * The handshakes of the links: the way of each message, and what follows from
 * where it came from.
 */
#include "tests/unit/netd/client/links_scene.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

void links_handshake_suite(void);

static const uint8_t record[] = "a record of a handshake";

/* Gives the client a message of this attempt, from there. */
static void
give_message(struct scene *s, enum handshake_number number,
    const struct packet_keys *keys, uint64_t attempt, const struct addr *from)
{
	struct wire_handshake w = {
		.number = number,
		.connection = keys->connection_rx,
		.attempt = attempt,
		.record = record,
		.record_len = sizeof(record),
	};
	struct remote remote = { .addr = *from };
	uint8_t packet[WIRE_MAX];

	links_packet(&s->links, s->f.now, &fake_udp, &remote, packet,
	    wire_put_handshake(packet, &w, keys->probe.rx));
}

static void
give_first(struct scene *s, const struct packet_keys *keys, uint64_t attempt,
    const struct addr *from)
{
	give_message(s, HANDSHAKE_1, keys, attempt, from);
}

/* cryptod sends this message of an attempt, which began by the session's keys
 * or by the room's. Returns the packet that then went to address n of the two;
 * its number is HANDSHAKE_NUMBER_COUNT if there was none. */
static struct wire_handshake
sent_by(struct scene *s, bool by_session, enum handshake_number number,
    uint64_t attempt, int n)
{
	struct ipc_handshake body = {
		.handle = SCENE_HANDLE,
		.number = (uint8_t)number,
		.by_session = by_session,
		.attempt = attempt,
	};
	struct wire_handshake w = { .number = HANDSHAKE_NUMBER_COUNT };

	fake_collect(&s->f, 0);
	fake_collect(&s->f, 1);
	CU_ASSERT_EQUAL(links_handshake(&s->links,
			    MESSAGE_WITH(0, &body, record, sizeof(record))),
	    0);
	if (fake_collect(&s->f, n) == 1)
		CU_ASSERT_EQUAL(wire_get_handshake(s->f.packet, s->f.len, &w),
		    0);
	return w;
}

static struct wire_handshake
sent(struct scene *s, enum handshake_number number, uint64_t attempt, int n)
{
	return sent_by(s, false, number, attempt, n);
}

/* A message 2 goes to where its message 1 came from, by the same keys, whether
 * that is the path or not; the others go by the path. */
static void
test_handshake(void)
{
	const struct ipc_handshake *in;
	struct wire_handshake w;
	struct scene s;

	scene_begin(&s);
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_1, 7, 1).number,
	    HANDSHAKE_NUMBER_COUNT);
	give_first(&s, &scene_room, 9, &s.f.addr[0]);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT(in->handle == SCENE_HANDLE && in->number == HANDSHAKE_1 &&
	    in->attempt == 9 && !in->by_session);
	w = sent(&s, HANDSHAKE_2, 9, 0);
	CU_ASSERT(w.number == HANDSHAKE_2 && w.attempt == 9 &&
	    w.connection == scene_room.connection_tx &&
	    w.record_len == sizeof(record));
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_2, 10, 0).number,
	    HANDSHAKE_NUMBER_COUNT);
	scene_end(&s);

	scene_come_together(&s);
	w = sent(&s, HANDSHAKE_1, 7, 1);
	CU_ASSERT(w.number == HANDSHAKE_1 && w.attempt == 7 &&
	    w.connection == scene_one.connection_tx);
	/* An answer counts as one over the path only from where its question
	 * went, whatever the path is by then. */
	give_message(&s, HANDSHAKE_2, &scene_one, 7, &s.f.addr[0]);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_FALSE(in->on_path);
	path_lost(&s.links.at[PEER_INDEX(SCENE_HANDLE)]->path, s.f.now);
	give_message(&s, HANDSHAKE_2, &scene_one, 7, &s.f.addr[1]);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(in->on_path);
	give_first(&s, &scene_one, 11, &s.f.addr[0]);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT(in->attempt == 11 && in->by_session);
	CU_ASSERT_EQUAL(sent_by(&s, true, HANDSHAKE_2, 11, 0).connection,
	    scene_one.connection_tx);
	/* The peer has lost its session: it uses the room's keys. */
	give_first(&s, &scene_room, 12, &s.f.addr[0]);
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_2, 12, 0).connection,
	    scene_room.connection_tx);
	scene_end(&s);
}

static int
say_false(struct scene *s, uint64_t attempt, uint8_t way)
{
	struct ipc_peer_false body = {
		.handle = SCENE_HANDLE,
		.attempt = attempt,
		.way = way,
	};
	int result = links_false(&s->links, MESSAGE(s->f.now, &body));

	links_deliver(&s->links);
	return result;
}

/* An answer was somebody else's: the address that it came from is given up. */
static void
test_false(void)
{
	const struct ipc_handshake *in;
	const struct ipc_path *path;
	struct scene s;

	scene_come_up(&s);
	sent(&s, HANDSHAKE_1, 7, 1);
	give_message(&s, HANDSHAKE_2, &scene_room, 7, &s.f.addr[1]);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_EQUAL(say_false(&s, 8, in->way), 0);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	CU_ASSERT_EQUAL(say_false(&s, 7, in->way), 0);
	path = scene_told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT_EQUAL(path->state, PATH_PROBING);
	scene_end(&s);
}

/* A member was the path when the handshake began, and answers when the peer
 * itself is the path: the peer does not lose by that. */
static void
test_false_before(void)
{
	const struct ipc_handshake *in;
	struct path_probe answer;
	struct path *path;
	struct remote x;
	struct scene s;

	scene_begin(&s);
	x = (struct remote){ .addr = scene_elsewhere(&s) };
	path = &links_find(&s.links, SCENE_HANDLE)->path;
	path_probed(path, &s.links.lan, s.f.now, 12345, &x, PROBE_SEEKING, 5,
	    &answer);
	scene_give(&s, &scene_room, WIRE_PROBE_REPLY, 0, answer.ask, &x.addr);
	CU_ASSERT_TRUE_FATAL(addr_equal(&path_current(path)->at.addr, &x.addr));
	sent(&s, HANDSHAKE_1, 99, 1);
	for (int i = 0;
	     i < 20 && !addr_equal(&path_current(path)->at.addr, &s.f.addr[1]);
	     i++)
		scene_give(&s, &scene_room, WIRE_PROBE_REPLY, 0,
		    scene_probed(&s).id, &s.f.addr[1]);
	CU_ASSERT_TRUE(addr_equal(&path_current(path)->at.addr, &s.f.addr[1]));
	sent(&s, HANDSHAKE_1, 99, 1);
	while (scene_told(&s, IPC_PATH) != NULL)
		;
	give_message(&s, HANDSHAKE_2, &scene_room, 99, &x.addr);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(in->on_path && addr_equal(&in->from, &x.addr));
	CU_ASSERT_EQUAL(say_false(&s, 99, in->way), 0);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	for (size_t i = 0; i < path->count; i++)
		CU_ASSERT_EQUAL(path->candidates[i].aside_until,
		    addr_equal(&path->candidates[i].at.addr, &x.addr)
			? CLOCK_NEVER
			: 0);
	scene_end(&s);
}

/* Somebody passes on a copy of a message 1. Answers go to him only until the
 * next message comes from the peer's own address. */
static void
test_copied(void)
{
	struct scene s;

	scene_begin(&s);
	give_first(&s, &scene_room, 9, &s.f.addr[1]);
	give_first(&s, &scene_room, 9, &s.f.addr[0]);
	give_first(&s, &scene_room, 9, &s.f.addr[1]);
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_2, 9, 1).number, HANDSHAKE_2);
	scene_end(&s);
}

/* With a session, somebody who has only the room's keys is not at the other end
 * of the path, whatever address he uses. */
static void
test_forged_source(void)
{
	const struct ipc_handshake *in;
	struct scene s;

	scene_come_together(&s);
	give_first(&s, &scene_room, 9, &s.f.addr[1]);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_FALSE(in->on_path);
	give_first(&s, &scene_one, 10, &s.f.addr[1]);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(in->on_path);
	scene_end(&s);
}

/* With a session, an answer must have the same keys as its question. */
static void
test_answer_by_others(void)
{
	const struct ipc_handshake *in;
	struct scene s;

	scene_come_together(&s);
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_1, 7, 1).connection,
	    scene_one.connection_tx);
	give_message(&s, HANDSHAKE_2, &scene_room, 7, &s.f.addr[1]);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_FALSE(in->on_path);
	give_message(&s, HANDSHAKE_2, &scene_one, 7, &s.f.addr[1]);
	in = scene_told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(in->on_path);
	scene_end(&s);
}

/* A question by the session's keys is answered, whatever others in the room
 * ask, and whatever number they use. */
static void
test_ways_of_others(void)
{
	struct wire_handshake w;
	struct addr other;
	struct scene s;

	scene_come_together(&s);
	other = scene_elsewhere(&s);
	give_first(&s, &scene_one, 11, &s.f.addr[1]);
	for (uint64_t i = 0; i < HANDSHAKE_WAYS; i++)
		give_first(&s, &scene_room, 21 + i, &other);
	give_first(&s, &scene_room, 11, &s.f.addr[0]);
	w = sent_by(&s, true, HANDSHAKE_2, 11, 1);
	CU_ASSERT(
	    w.number == HANDSHAKE_2 && w.connection == scene_one.connection_tx);
	w = sent_by(&s, false, HANDSHAKE_2, 11, 0);
	CU_ASSERT(w.number == HANDSHAKE_2 &&
	    w.connection == scene_room.connection_tx);
	scene_end(&s);
}

/* Three ways are kept of those by the room's keys: a new one takes the place of
 * the one that was longest not used. */
static void
test_ways_full(void)
{
	static const struct {
		uint64_t attempt;
		bool kept;
	} after[] = { { 1, false }, { 2, true }, { 3, false }, { 4, true },
		{ 5, true } };
	uint8_t ways[6] = { 0 };
	struct scene s;

	scene_begin(&s);
	for (uint64_t attempt = 1; attempt <= 4; attempt++) {
		const struct ipc_handshake *in;

		give_first(&s, &scene_room, attempt, &s.f.addr[0]);
		in = scene_told(&s, IPC_HANDSHAKE_IN);
		CU_ASSERT_PTR_NOT_NULL_FATAL(in);
		ways[attempt] = in->way;
		CU_ASSERT(in->way < HANDSHAKE_WAYS / 2);
	}
	CU_ASSERT(ways[1] != ways[2] && ways[2] != ways[3]);
	CU_ASSERT(ways[3] != ways[1] && ways[4] == ways[1]);
	/* The second is in use once more: the third goes. */
	give_first(&s, &scene_room, 2, &s.f.addr[0]);
	give_first(&s, &scene_room, 5, &s.f.addr[0]);
	for (size_t i = 0; i < sizeof(after) / sizeof(after[0]); i++)
		CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_2, after[i].attempt, 0)
				    .number == HANDSHAKE_2,
		    after[i].kept);
	scene_end(&s);
}

/* The same message from two places is of two ways; a third way, of another
 * handshake, does not count for it. */
static void
test_way_numbers(void)
{
	const struct ipc_handshake *in;
	uint8_t ways[2];
	struct scene s;

	scene_come_up(&s);
	for (int i = 0; i < 2; i++) {
		give_first(&s, &scene_room, 9, &s.f.addr[i]);
		in = scene_told(&s, IPC_HANDSHAKE_IN);
		CU_ASSERT_PTR_NOT_NULL_FATAL(in);
		CU_ASSERT_TRUE(addr_equal(&in->from, &s.f.addr[i]));
		CU_ASSERT_EQUAL(in->on_path, i == 1);
		ways[i] = in->way;
	}
	CU_ASSERT_NOT_EQUAL(ways[0], ways[1]);
	/* A message 3 is on the path if it came over it, whatever ways there
	 * are. */
	for (int i = 0; i < 2; i++) {
		give_message(&s, HANDSHAKE_3, &scene_room, 9, &s.f.addr[i]);
		in = scene_told(&s, IPC_HANDSHAKE_IN);
		CU_ASSERT_PTR_NOT_NULL_FATAL(in);
		CU_ASSERT_EQUAL(in->on_path, i == 1);
		CU_ASSERT_EQUAL(in->way, ways[i]);
	}
	scene_end(&s);
}

/* Nobody's path is lost by a word about a way that is another's by now, nor by
 * one about the time before the session. */
static void
test_false_late(void)
{
	struct scene s;

	scene_come_up(&s);
	give_first(&s, &scene_room, 9, &s.f.addr[1]);
	scene_session(&s, 1, true, &scene_one);
	while (scene_told(&s, IPC_PATH) != NULL)
		;
	for (uint8_t way = 0; way < HANDSHAKE_WAYS; way++)
		CU_ASSERT_EQUAL(say_false(&s, 9, way), 0);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	scene_end(&s);
}

void
links_handshake_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("links_handshake", fake_open_udp, fake_close_udp);

	CU_add_test(s, "where handshakes go", test_handshake);
	CU_add_test(s, "a wrong key at the end of the path", test_false);
	CU_add_test(s, "at one that was the path before", test_false_before);
	CU_add_test(s, "a message that is passed on", test_copied);
	CU_add_test(s, "a source that is forged", test_forged_source);
	CU_add_test(s, "an answer by the room's keys", test_answer_by_others);
	CU_add_test(s, "ways of the session's keys", test_ways_of_others);
	CU_add_test(s, "more ways than places", test_ways_full);
	CU_add_test(s, "which way", test_way_numbers);
	CU_add_test(s, "a wrong key, late", test_false_late);
}
