/*
 * The links: which keys count for a peer's packets, before there is a session,
 * with one, and when another takes its place; and whose records come next.
 */
#include "tests/unit/netd/client/links_scene.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

void links_suite(void);

/* Somebody who has only the room's keys cannot take the path, or end it. */
static void
test_secured(void)
{
	struct addr other;
	struct wire_probe p;
	struct scene s;

	scene_come_together(&s);
	other = scene_elsewhere(&s);
	s.f.now += 2 * USEC_PER_SEC;
	scene_give(&s, &scene_room, WIRE_PROBE, PROBE_NOMINATE, 5, &other);
	scene_give(&s, &scene_room, WIRE_PROBE, PROBE_SEEKING, 6, &other);
	scene_give(&s, &scene_room, WIRE_PROBE, PROBE_SEEKING, 7, &s.f.addr[1]);
	/* The probe is answered, so that a peer that lost its session can begin
	 * another; and the path is checked. */
	CU_ASSERT_EQUAL(fake_collect(&s.f, 1), 1);
	CU_ASSERT_EQUAL(wire_get_probe(s.f.packet, s.f.len, &p), 0);
	CU_ASSERT(p.type == WIRE_PROBE_REPLY && p.flags == 0 &&
	    p.connection == scene_room.connection_tx);
	p = scene_probed(&s);
	CU_ASSERT(
	    p.type == WIRE_PROBE && p.connection == scene_one.connection_tx);
	/* An answer with the room's keys does not count. */
	scene_give(&s, &scene_room, WIRE_PROBE_REPLY, PROBE_IN_USE, p.id,
	    &other);
	scene_give(&s, &scene_room, WIRE_PROBE_REPLY, PROBE_IN_USE, p.id,
	    &s.f.addr[1]);
	p = scene_probed(&s);
	CU_ASSERT_NOT_EQUAL(p.id, 0);
	scene_give(&s, &scene_one, WIRE_PROBE_REPLY, PROBE_IN_USE, p.id,
	    &s.f.addr[1]);
	CU_ASSERT_EQUAL(scene_probed(&s).id, 0);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	scene_end(&s);
}

/* Somebody who got the path with the room's keys, and cannot answer with the
 * session's, loses it soon. */
static void
test_usurped(void)
{
	const struct ipc_path *path;
	struct scene s;
	uint64_t since;

	scene_come_up(&s);
	scene_session(&s, 1, true, &scene_one);
	CU_ASSERT_PTR_NOT_NULL(scene_told(&s, IPC_PATH));
	since = s.f.now;
	do {
		scene_give(&s, &scene_room, WIRE_PROBE_REPLY, 0,
		    scene_probed(&s).id, &s.f.addr[1]);
		path = scene_told(&s, IPC_PATH);
	} while (path == NULL && s.f.now < since + 5 * USEC_PER_SEC);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT_EQUAL(path->state, PATH_PROBING);
	CU_ASSERT(s.f.now <= since + 2 * USEC_PER_SEC);
	scene_end(&s);
}

/* The peer uses the next session's keys: so it has them, and the earlier ones
 * no longer count. */
static void
test_next(void)
{
	const struct ipc_session_up *up;
	struct scene s;
	uint64_t dropped;

	scene_come_together(&s);
	scene_session(&s, 2, false, &scene_two);
	scene_give(&s, &scene_one, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_SESSION_UP));
	scene_give(&s, &scene_two, WIRE_PROBE, 0, 6, &s.f.addr[1]);
	up = scene_told(&s, IPC_SESSION_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(up);
	CU_ASSERT_EQUAL(up->serial, 2);
	dropped = s.links.dropped;
	scene_give(&s, &scene_one, WIRE_PROBE, 0, 7, &s.f.addr[1]);
	CU_ASSERT_EQUAL(s.links.dropped, dropped + 1);
	scene_give(&s, &scene_two, WIRE_PROBE, 0, 8, &s.f.addr[1]);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_SESSION_UP));
	scene_end(&s);
}

/* A peer has lost its keys. The room's keys count again only without a path,
 * and only if the peer's card says so; and so do the session's, if the peer has
 * them. */
static void
test_open(void)
{
	struct ipc_peer body = { .handle = SCENE_HANDLE };
	const struct ipc_path *path;
	struct wire_probe p;
	struct scene s;
	uint64_t old;

	scene_come_together(&s);
	old = s.number - 1;
	CU_ASSERT_EQUAL(links_open(&s.links, MESSAGE(s.f.now, &body)), 0);
	scene_give(&s, &scene_one, WIRE_PROBE_REPLY, 0, scene_probed(&s).id,
	    &s.f.addr[1]);
	CU_ASSERT_EQUAL(links_rest(&s.links, MESSAGE(s.f.now, &body)), 0);
	CU_ASSERT_EQUAL(links_open(&s.links, MESSAGE(s.f.now, &body)), 0);
	p = scene_probed(&s);
	CU_ASSERT_EQUAL(p.connection, scene_room.connection_tx);
	scene_give(&s, &scene_room, WIRE_PROBE_REPLY, 0, p.id, &s.f.addr[1]);
	path = scene_told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT(path->state == PATH_UP && !path->secured);
	s.number = old; /* an old one shows nothing */
	scene_give(&s, &scene_one, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	s.number = 100;
	scene_give(&s, &scene_one, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	path = scene_told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT(path->state == PATH_UP && path->secured);
	CU_ASSERT_EQUAL(scene_probed(&s).connection, scene_one.connection_tx);
	scene_end(&s);
}

static const uint8_t record[] = "a record of a session";

/* --- Records -------------------------------------------------------------- */
/* The peer sends a probe with this number. Returns how many packets it gets. */
static size_t
probe_numbered(struct scene *s, const struct packet_keys *keys, uint64_t number,
    uint8_t flags)
{
	struct wire_probe w = {
		.type = WIRE_PROBE,
		.flags = flags,
		.connection = keys->connection_rx,
		.number = number,
		.id = 9,
	};
	struct remote remote = { .addr = s->f.addr[1] };
	uint8_t packet[WIRE_MAX];
	size_t answers = 0;

	links_packet(&s->links, s->f.now, &fake_udp, &remote, packet,
	    wire_put_probe(packet, &w, keys->probe.rx));
	while (fake_collect(&s->f, 1) > 0)
		answers++;
	return answers;
}

/* With a session's keys a probe counts once, and changes the path only if it is
 * the newest; with keys that others have, too, it proves nothing. */
static void
test_numbers(void)
{
	struct scene s;
	struct link *p;

	scene_come_up(&s);
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_room, UINT64_MAX - 1, 0), 1);
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_room, 5, 0), 1);
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_room, 5, 0), 1);
	scene_end(&s);

	scene_come_together(&s);
	p = s.links.at[PEER_INDEX(SCENE_HANDLE)];
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_one, 2000, 0), 1);
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_one, 2000, 0), 0);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	p->path.confirmed = true;
	s.f.now += 2 * USEC_PER_SEC;
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_one, 1999, PROBE_SEEKING), 1);
	CU_ASSERT_FALSE(p->path.doubted);
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_one, 1999, PROBE_SEEKING), 0);
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_one, 900, PROBE_SEEKING), 0);
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_one, 2001, PROBE_SEEKING), 1);
	CU_ASSERT_TRUE(p->path.doubted);
	scene_end(&s);
}

/* Our numbers rise with every packet, and begin where no earlier netd has
 * been. */
static void
test_own_numbers(void)
{
	struct wire_probe first, second;
	struct scene s;

	scene_begin(&s);
	first = scene_probed(&s);
	CU_ASSERT_EQUAL(first.number, 1ULL << 32);
	CU_ASSERT_EQUAL(probe_numbered(&s, &scene_room, 1, 0), 1);
	second = scene_probed(&s);
	CU_ASSERT_EQUAL(second.number, first.number + 2);
	scene_end(&s);
}

/* An answer comes that nominates, to the probe with this id, at another
 * socket. */
static void
nominate(struct scene *s, struct udp *udp, uint64_t id, const struct addr *from)
{
	struct wire_probe w = {
		.type = WIRE_PROBE_REPLY,
		.flags = PROBE_NOMINATE,
		.connection = SCENE_RX,
		.id = id,
	};
	struct remote remote = { .addr = *from };
	uint8_t packet[WIRE_MAX];

	s->f.now += 10 * USEC_PER_MSEC;
	links_packet(&s->links, s->f.now, udp, &remote, packet,
	    wire_put_probe(packet, &w, scene_room.probe.rx));
}

/* A nominated path has the socket that it was nominated at, even if it is
 * followed later, when the old one has been silent. */
static void
test_socket(void)
{
	struct udp second = fake_udp;
	struct wire_probe w = {
		.type = WIRE_PROBE,
		.flags = PROBE_NOMINATE,
		.connection = SCENE_RX,
		.id = 9,
	};
	struct remote other = { .socket = 0 };
	uint8_t packet[WIRE_MAX];
	struct scene s;
	struct link *p;

	scene_begin(&s);
	p = s.links.at[PEER_INDEX(SCENE_HANDLE)];
	p->path.controlling = false;
	nominate(&s, &fake_udp, scene_probed(&s).id, &s.f.addr[1]);
	CU_ASSERT_EQUAL(p->path.state, PATH_UP);
	CU_ASSERT_PTR_EQUAL(p->udp, &fake_udp);
	s.f.now += USEC_PER_SEC;
	other.addr = s.f.addr[1];
	other.addr.port++;
	CU_ASSERT_FALSE(
	    path_add(&p->path, &s.links.lan, s.f.now, &s.f.addr[1]));
	CU_ASSERT_TRUE(path_add(&p->path, &s.links.lan, s.f.now, &other.addr));
	links_packet(&s.links, s.f.now, &second, &other, packet,
	    wire_put_probe(packet, &w, scene_room.probe.rx));
	nominate(&s, &second,
	    p->path.candidates[1].secret + p->path.candidates[1].probed_at -
		p->path.candidates[1].first_at,
	    &other.addr);
	CU_ASSERT_EQUAL(p->path.nominee, 1);
	CU_ASSERT_PTR_EQUAL(p->udp, &fake_udp);
	s.f.now += DOUBT_PATIENCE;
	links_timer(&s.links, s.f.now);
	CU_ASSERT_EQUAL(p->path.current, 1);
	CU_ASSERT_PTR_EQUAL(p->udp, &second);
	scene_end(&s);
}

/* Sends all that a peer's transport may send at once. */
static void
send_records(struct scene *s, uint64_t connection, struct transport *t)
{
	static uint8_t frames[TRANSPORT_FRAMES_MAX], packet[WIRE_DATA_MAX];
	struct wire_data d = {
		.epoch = 1,
		.connection = connection,
		.frames = frames,
	};
	struct remote from = { .addr = s->f.addr[1] };

	while ((d.frames_len = transport_output(t, s->f.now, &d.number, frames,
		    sizeof(frames))) > 0)
		links_packet(&s->links, s->f.now, &fake_udp, &from, packet,
		    wire_put_data(packet, &d, scene_data.rx));
}

/* The second peer gets a path and a session, too. */
static void
give_other(struct scene *s)
{
	struct packet_keys its = scene_room;
	struct ipc_peer_session body = {
		.handle = SCENE_HANDLE + 1,
		.serial = 1,
		.confirmed = true,
		.has_stream = true,
		.epoch = 1,
		.keys = scene_two,
		.data = scene_data,
	};
	struct wire_probe p;

	its.connection_tx++;
	its.connection_rx++;
	do
		p = scene_probed(s);
	while (p.connection != its.connection_tx);
	scene_give(s, &its, WIRE_PROBE_REPLY, 0, p.id, &s->f.addr[1]);
	CU_ASSERT_EQUAL(links_session(&s->links, MESSAGE(s->f.now, &body)), 0);
	while (scene_told(s, IPC_PATH) != NULL)
		;
}

/* Packets of an earlier stream are not taken for the new one, in either
 * direction. */
static void
test_stream(void)
{
	struct ipc_record out = { .handle = SCENE_HANDLE, .serial = 1 };
	struct transport_pool pool = { 0 };
	struct transport *t = transport_new(&pool);
	const struct ipc_record *in;
	struct scene s;

	scene_come_together(&s);
	scene_session(&s, 2, true, &scene_two);
	CU_ASSERT_EQUAL(links_record(&s.links,
			    MESSAGE_WITH(0, &out, record, sizeof(record))),
	    0);
	CU_ASSERT_TRUE(links_idle(&s.links));
	out.serial = 2;
	CU_ASSERT_EQUAL(links_record(&s.links,
			    MESSAGE_WITH(0, &out, record, sizeof(record))),
	    0);
	CU_ASSERT_FALSE(links_idle(&s.links));
	transport_path(t, s.f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	CU_ASSERT_EQUAL(transport_queue(t, record, sizeof(record)), 0);
	send_records(&s, scene_two.connection_rx, t);
	links_deliver(&s.links);
	in = scene_told(&s, IPC_RECORD_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_EQUAL(in->serial, 2);
	transport_free(t);
	scene_end(&s);
}

/* So much time passes, while the peer answers probes, and acknowledges nothing
 * that it gets. Returns how long it took until the path failed, or 0. */
static uint64_t
answer_probes(struct scene *s, uint64_t length)
{
	uint64_t since = s->f.now;
	const struct ipc_path *path;
	struct wire_probe p;

	while (s->f.now < since + length) {
		s->f.now += 10 * USEC_PER_MSEC;
		links_timer(&s->links, s->f.now);
		while (fake_collect(&s->f, 1) > 0)
			if (wire_get_probe(s->f.packet, s->f.len, &p) == 0 &&
			    p.type == WIRE_PROBE)
				scene_give(s, &scene_one, WIRE_PROBE_REPLY,
				    PROBE_IN_USE, p.id, &s->f.addr[1]);
		links_deliver(&s->links);
		while ((path = scene_told(s, IPC_PATH)) != NULL)
			if (path->state == PATH_FAILED) {
				CU_ASSERT_EQUAL(path->failure, FAILURE_STALLED);
				return s->f.now - since;
			}
	}
	return 0;
}

/* No record to a peer waits for ever: it arrives, or is reported as lost. A
 * peer with nothing to acknowledge may be silent. */
static void
test_silence(void)
{
	struct ipc_record out = { .handle = SCENE_HANDLE, .serial = 1 };
	uint64_t after;
	struct scene s;

	scene_come_together(&s);
	CU_ASSERT_EQUAL(answer_probes(&s, 60 * USEC_PER_SEC), 0);
	CU_ASSERT_EQUAL(links_record(&s.links,
			    MESSAGE_WITH(0, &out, record, sizeof(record))),
	    0);
	after = answer_probes(&s, 60 * USEC_PER_SEC);
	CU_ASSERT(after >= STALLED_END);
	CU_ASSERT(after <= STALLED_END + 2 * USEC_PER_SEC);
	/* The peer must find the path dead, whatever keys it asks by. */
	(void)fake_collect(&s.f, 1);
	scene_give(&s, &scene_one, WIRE_PROBE, PROBE_SEEKING, 5, &s.f.addr[1]);
	scene_give(&s, &scene_room, WIRE_PROBE, PROBE_SEEKING, 6, &s.f.addr[1]);
	CU_ASSERT_EQUAL(fake_collect(&s.f, 1), 0);
	/* The path is tried again later: after a minute, and as long again. */
	after = answer_probes(&s, 120 * USEC_PER_SEC);
	CU_ASSERT(after >= STALLED_REST + STALLED_END);
	CU_ASSERT(after <= STALLED_REST + STALLED_END + 4 * USEC_PER_SEC);
	scene_end(&s);
}

/* A peer that sends as much as it can does not keep another waiting until it is
 * done. */
static void
test_turns(void)
{
	static uint8_t bytes[RECORD_MAX];
	struct transport_pool pool = { 0 };
	struct transport *much = transport_new(&pool);
	struct transport *little = transport_new(&pool);
	const struct ipc_record *got;
	struct ipc_message_in in;
	unsigned int before = 0;
	struct scene s;

	scene_come_together(&s);
	scene_add_peer(&s, 1);
	give_other(&s);
	transport_path(much, s.f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	transport_path(little, s.f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	for (int i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(transport_queue(much, bytes, 1000), 0);
	CU_ASSERT_EQUAL(transport_queue(little, bytes, 100), 0);
	send_records(&s, scene_one.connection_rx, much);
	send_records(&s, scene_two.connection_rx, little);
	links_deliver(&s.links);
	while (ipc_receive(&s.f.cryptod, &in) == IPC_GOT) {
		got = in.body;
		if (in.type != IPC_RECORD_IN)
			continue;
		if (got->handle == SCENE_HANDLE + 1)
			break;
		before++;
	}
	CU_ASSERT_EQUAL(in.type, IPC_RECORD_IN);
	CU_ASSERT(before <= 1);
	transport_free(much);
	transport_free(little);
	links_drop(&s.links,
	    MESSAGE(s.f.now, &(struct ipc_peer){ SCENE_HANDLE + 1 }));
	scene_end(&s);
}

/*
 * The announcement of a member was lost, and it probes us: the bootnode is soon
 * asked for news. A stranger who goes on is no reason to ask all the time.
 */
static void
test_stranger(void)
{
	unsigned int heartbeats = 0;
	struct scene s;
	uint64_t since;

	scene_begin(&s);
	s.f.now += 5 * USEC_PER_SEC;
	since = s.f.now;
	while (s.f.now < since + 4 * USEC_PER_SEC) {
		scene_give(&s, &scene_one, WIRE_PROBE, 0, 1, &s.f.addr[1]);
		s.f.now += 20 * USEC_PER_MSEC;
		bootclient_timer(&s.f.b, s.f.now);
		while (fake_collect(&s.f, 0) > 0) {
			CU_ASSERT_EQUAL(fake_control(&s.f).type,
			    WIRE_HEARTBEAT);
			if (heartbeats++ == 0)
				CU_ASSERT(
				    s.f.now <= since + 300 * USEC_PER_MSEC);
			fake_answer(&s.f, WIRE_HEARTBEAT_ACK, SESSION,
			    fake_control(&s.f).counter, 5, fake_mac_key);
		}
	}
	CU_ASSERT_EQUAL(heartbeats, 2);
	scene_end(&s);
}

void
links_suite(void)
{
	CU_pSuite s = CU_add_suite("links", fake_open_udp, fake_close_udp);

	CU_add_test(s, "a session's keys alone", test_secured);
	CU_add_test(s, "a path of somebody else's", test_usurped);
	CU_add_test(s, "the next session", test_next);
	CU_add_test(s, "keys that were lost", test_open);
	CU_add_test(s, "records of two sessions", test_stream);
	CU_add_test(s, "a probe that comes twice", test_numbers);
	CU_add_test(s, "our own numbers", test_own_numbers);
	CU_add_test(s, "the socket of a nomination", test_socket);
	CU_add_test(s, "in turn", test_turns);
	CU_add_test(s, "silence has an end", test_silence);
	CU_add_test(s, "a stranger", test_stranger);
}
