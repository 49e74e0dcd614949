/*
 * The links: with which keys a peer's packets are believed, before there is a
 * session, with one, and when another takes its place; where handshakes go; and
 * whose records are next. Peers are at the second address of the fake bootnode.
 */
#include "netd/client/links_parts.h"

#include "tests/unit/netd/client/bootclient_fake.h"

#include <CUnit/CUnit.h>

#include <string.h>

void links_suite(void);

#define HANDLE 0x1001
#define TX     0x7100000000000071 /* connection ids: of packets to the peer, */
#define RX     0x7200000000000072 /* and of packets to us */

/* Keys that follow from the room's secret, those of a session, and those of
 * the session after it. */
static const struct packet_keys room = { TX, RX, { { 1 }, { 2 } } };
static const struct packet_keys one = { TX + 100, RX + 100, { { 3 }, { 4 } } };
static const struct packet_keys two = { TX + 200, RX + 200, { { 5 }, { 6 } } };
static const struct peer_keys data = { { 7 }, { 8 } };

struct scene {
	struct fixture f;
	struct nat nat;
	struct links links;
	uint64_t number; /* of the peer's next probe or answer */
};

/* The nth peer, from 0. */
static void
add_peer(struct scene *s, uint32_t n)
{
	struct ipc_peer_add add = {
		.handle = HANDLE + n,
		.controlling = 1,
		.room = room,
		.observed = s->f.addr[1],
	};

	add.room.connection_tx += n;
	add.room.connection_rx += n;
	CU_ASSERT_EQUAL(links_add(&s->links, s->f.now, &add), 0);
}

static void
begin(struct scene *s)
{
	struct ipc_config_netd config = { .incarnation = 1 };
	struct lan lan = { .count = 0 };

	memset(s, 0, sizeof(*s));
	fake_come_in(&s->f, 10000);
	nat_init(&s->nat, 0, &lan);
	links_init(&s->links, &fake_udp, &s->f.netd, &s->f.b, &s->nat, &config,
	    &lan);
	add_peer(s, 0);
}

static void
end(struct scene *s)
{
	struct ipc_peer body = { .handle = HANDLE };

	CU_ASSERT_EQUAL(links_drop(&s->links, s->f.now, &body), 0);
	fake_end(&s->f);
}

/* The probe that is sent to the peer within a second, or one of id 0. */
static struct wire_probe
probed(struct scene *s)
{
	struct wire_probe p = { .id = 0 };

	for (int i = 0; i < 100; i++) {
		s->f.now += 10 * USEC_PER_MSEC;
		links_timer(&s->links, s->f.now);
		if (fake_collect(&s->f, 1) > 0 &&
		    wire_get_probe(s->f.packet, s->f.len, &p) == 0)
			break;
	}
	return p;
}

/* A packet of a peer's netd, or of somebody else who has the keys. */
static void
give(struct scene *s, const struct packet_keys *keys, enum wire_type type,
    unsigned int flags, uint64_t id, const struct addr *from)
{
	struct wire_probe w = {
		.type = type,
		.flags = (uint8_t)flags,
		.connection = keys->connection_rx,
		.number = s->number++,
		.id = id,
	};
	struct remote remote = { .addr = *from };
	uint8_t packet[WIRE_MAX];

	links_packet(&s->links, s->f.now, &fake_udp, &remote, packet,
	    wire_put_probe(packet, &w, keys->probe.rx));
	links_deliver(&s->links);
}

/* The next message to cryptod of this type; NULL if there is none. */
static const void *
told(struct scene *s, enum ipc_type type)
{
	static struct ipc_message_in in;

	while (ipc_receive(&s->f.cryptod, &in) == IPC_GOT)
		if (in.type == type)
			return in.body;
	return NULL;
}

/* Somebody else in the room, at another address. */
static struct addr
elsewhere(const struct scene *s)
{
	struct addr a = s->f.addr[1];

	a.ip[15]++;
	return a;
}

static void
come_up(struct scene *s)
{
	const struct ipc_path *path;

	begin(s);
	give(s, &room, WIRE_PROBE_REPLY, 0, probed(s).id, &s->f.addr[1]);
	path = told(s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT(path->state == PATH_UP && !path->secured);
	CU_ASSERT_EQUAL(probed(s).flags, PROBE_NOMINATE);
}

static void
session(struct scene *s, uint32_t serial, bool confirmed,
    const struct packet_keys *keys)
{
	struct ipc_peer_session body = {
		.handle = HANDLE,
		.serial = serial,
		.confirmed = confirmed,
		.has_stream = true,
		.epoch = 1,
		.keys = *keys,
		.data = data,
	};

	CU_ASSERT_EQUAL(links_session(&s->links, s->f.now, &body), 0);
	links_deliver(&s->links);
}

/* With a path, and with a session whose keys the peer has shown to have. */
static void
come_together(struct scene *s)
{
	const struct ipc_path *path;
	struct wire_probe p;

	come_up(s);
	session(s, 1, true, &one);
	path = told(s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT(path->state == PATH_UP && path->secured);
	p = probed(s);
	CU_ASSERT_EQUAL(p.connection, one.connection_tx);
	give(s, &one, WIRE_PROBE_REPLY, PROBE_IN_USE, p.id, &s->f.addr[1]);
}

/* Nobody who has the room's keys alone takes the path, or ends it. */
static void
test_secured(void)
{
	struct addr other;
	struct wire_probe p;
	struct scene s;

	come_together(&s);
	other = elsewhere(&s);
	s.f.now += 2 * USEC_PER_SEC;
	give(&s, &room, WIRE_PROBE, PROBE_NOMINATE, 5, &other);
	give(&s, &room, WIRE_PROBE, PROBE_SEEKING, 6, &other);
	give(&s, &room, WIRE_PROBE, PROBE_SEEKING, 7, &s.f.addr[1]);
	/* It is answered, so that a peer that lost its session can begin
	 * another; and the path is asked. */
	CU_ASSERT_EQUAL(fake_collect(&s.f, 1), 1);
	CU_ASSERT_EQUAL(wire_get_probe(s.f.packet, s.f.len, &p), 0);
	CU_ASSERT(p.type == WIRE_PROBE_REPLY && p.flags == 0 &&
	    p.connection == room.connection_tx);
	p = probed(&s);
	CU_ASSERT(p.type == WIRE_PROBE && p.connection == one.connection_tx);
	/* An answer with the room's keys is none. */
	give(&s, &room, WIRE_PROBE_REPLY, PROBE_IN_USE, p.id, &other);
	give(&s, &room, WIRE_PROBE_REPLY, PROBE_IN_USE, p.id, &s.f.addr[1]);
	p = probed(&s);
	CU_ASSERT_NOT_EQUAL(p.id, 0);
	give(&s, &one, WIRE_PROBE_REPLY, PROBE_IN_USE, p.id, &s.f.addr[1]);
	CU_ASSERT_EQUAL(probed(&s).id, 0);
	CU_ASSERT_PTR_NULL(told(&s, IPC_PATH));
	end(&s);
}

/* Who made the path with the room's keys, and cannot answer with the session's,
 * loses it in a short time. */
static void
test_usurped(void)
{
	const struct ipc_path *path;
	struct scene s;
	uint64_t since;

	come_up(&s);
	session(&s, 1, true, &one);
	CU_ASSERT_PTR_NOT_NULL(told(&s, IPC_PATH));
	since = s.f.now;
	do {
		give(&s, &room, WIRE_PROBE_REPLY, 0, probed(&s).id,
		    &s.f.addr[1]);
		path = told(&s, IPC_PATH);
	} while (path == NULL && s.f.now < since + 5 * USEC_PER_SEC);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT_EQUAL(path->state, PATH_PROBING);
	CU_ASSERT(s.f.now <= since + 2 * USEC_PER_SEC);
	end(&s);
}

/* The peer uses the next session's keys: so it has them, and nothing of the
 * one before counts. */
static void
test_next(void)
{
	const struct ipc_session_up *up;
	struct scene s;
	uint64_t dropped;

	come_together(&s);
	session(&s, 2, false, &two);
	give(&s, &one, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	CU_ASSERT_PTR_NULL(told(&s, IPC_SESSION_UP));
	give(&s, &two, WIRE_PROBE, 0, 6, &s.f.addr[1]);
	up = told(&s, IPC_SESSION_UP);
	CU_ASSERT_PTR_NOT_NULL_FATAL(up);
	CU_ASSERT_EQUAL(up->serial, 2);
	dropped = s.links.dropped;
	give(&s, &one, WIRE_PROBE, 0, 7, &s.f.addr[1]);
	CU_ASSERT_EQUAL(s.links.dropped, dropped + 1);
	give(&s, &two, WIRE_PROBE, 0, 8, &s.f.addr[1]);
	CU_ASSERT_PTR_NULL(told(&s, IPC_SESSION_UP));
	end(&s);
}

/* A peer that has lost its keys: only without a path, and only if its card says
 * so, are the room's believed again; and the session's, if it has them. */
static void
test_open(void)
{
	struct ipc_peer body = { .handle = HANDLE };
	const struct ipc_path *path;
	struct wire_probe p;
	struct scene s;
	uint64_t old;

	come_together(&s);
	old = s.number - 1;
	CU_ASSERT_EQUAL(links_open(&s.links, s.f.now, &body), 0);
	give(&s, &one, WIRE_PROBE_REPLY, 0, probed(&s).id, &s.f.addr[1]);
	CU_ASSERT_EQUAL(links_rest(&s.links, s.f.now, &body), 0);
	CU_ASSERT_EQUAL(links_open(&s.links, s.f.now, &body), 0);
	p = probed(&s);
	CU_ASSERT_EQUAL(p.connection, room.connection_tx);
	give(&s, &room, WIRE_PROBE_REPLY, 0, p.id, &s.f.addr[1]);
	path = told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT(path->state == PATH_UP && !path->secured);
	s.number = old; /* one that has come before shows nothing */
	give(&s, &one, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	CU_ASSERT_PTR_NULL(told(&s, IPC_PATH));
	s.number = 100;
	give(&s, &one, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	path = told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT(path->state == PATH_UP && path->secured);
	CU_ASSERT_EQUAL(probed(&s).connection, one.connection_tx);
	end(&s);
}

/* --- Handshakes ------------------------------------------------------------ */

static const uint8_t record[] = "a record of a handshake";

/* A message of this attempt, from there. */
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

/* cryptod has this message of an attempt sent, which began by the session's
 * keys or by the room's. What then went to the address n of the two; number
 * HANDSHAKE_NUMBER_COUNT: nothing. */
static struct wire_handshake
sent_by(struct scene *s, bool by_session, enum handshake_number number,
    uint64_t attempt, int n)
{
	struct ipc_handshake body = {
		.handle = HANDLE,
		.number = (uint8_t)number,
		.by_session = by_session,
		.attempt = attempt,
	};
	struct wire_handshake w = { .number = HANDSHAKE_NUMBER_COUNT };

	fake_collect(&s->f, 0);
	fake_collect(&s->f, 1);
	CU_ASSERT_EQUAL(links_handshake(&s->links, &body, record,
			    sizeof(record)),
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

/* A message 2 goes to where its message 1 came from, by the same keys, path or
 * no path; the others by the path. */
static void
test_handshake(void)
{
	const struct ipc_handshake *in;
	struct wire_handshake w;
	struct scene s;

	begin(&s);
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_1, 7, 1).number,
	    HANDSHAKE_NUMBER_COUNT);
	give_first(&s, &room, 9, &s.f.addr[0]);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT(in->handle == HANDLE && in->number == HANDSHAKE_1 &&
	    in->attempt == 9 && !in->by_session);
	w = sent(&s, HANDSHAKE_2, 9, 0);
	CU_ASSERT(w.number == HANDSHAKE_2 && w.attempt == 9 &&
	    w.connection == room.connection_tx &&
	    w.record_len == sizeof(record));
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_2, 10, 0).number,
	    HANDSHAKE_NUMBER_COUNT);
	end(&s);

	come_together(&s);
	w = sent(&s, HANDSHAKE_1, 7, 1);
	CU_ASSERT(w.number == HANDSHAKE_1 && w.attempt == 7 &&
	    w.connection == one.connection_tx);
	/* Its answer counts from there alone, whatever the path is by then. */
	give_message(&s, HANDSHAKE_2, &one, 7, &s.f.addr[0]);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_FALSE(in->on_path);
	path_lost(&s.links.at[PEER_INDEX(HANDLE)]->path, s.f.now);
	give_message(&s, HANDSHAKE_2, &one, 7, &s.f.addr[1]);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(in->on_path);
	give_first(&s, &one, 11, &s.f.addr[0]);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT(in->attempt == 11 && in->by_session);
	CU_ASSERT_EQUAL(sent_by(&s, true, HANDSHAKE_2, 11, 0).connection,
	    one.connection_tx);
	/* The peer has lost its session: its keys are the room's. */
	give_first(&s, &room, 12, &s.f.addr[0]);
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_2, 12, 0).connection,
	    room.connection_tx);
	end(&s);
}

static int
say_false(struct scene *s, uint64_t attempt, uint8_t way)
{
	struct ipc_peer_false body = {
		.handle = HANDLE,
		.attempt = attempt,
		.way = way,
	};
	int result = links_false(&s->links, s->f.now, &body);

	links_deliver(&s->links);
	return result;
}

/* An answer was somebody else's: where that came from is given up. */
static void
test_false(void)
{
	const struct ipc_handshake *in;
	const struct ipc_path *path;
	struct scene s;

	come_up(&s);
	sent(&s, HANDSHAKE_1, 7, 1);
	give_message(&s, HANDSHAKE_2, &room, 7, &s.f.addr[1]);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_EQUAL(say_false(&s, 8, in->way), 0);
	CU_ASSERT_PTR_NULL(told(&s, IPC_PATH));
	CU_ASSERT_EQUAL(say_false(&s, 7, in->way), 0);
	path = told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT_EQUAL(path->state, PATH_PROBING);
	end(&s);
}

/* A member was the path when the handshake began, and answers it when the peer
 * itself is: the peer does not pay for that. */
static void
test_false_before(void)
{
	const struct ipc_handshake *in;
	struct path_probe answer;
	struct path *path;
	struct remote x;
	struct scene s;

	begin(&s);
	x = (struct remote){ .addr = elsewhere(&s) };
	path = &links_find(&s.links, HANDLE)->path;
	path_probed(path, &s.links.lan, s.f.now, 12345, &x, PROBE_SEEKING, 5,
	    &answer);
	give(&s, &room, WIRE_PROBE_REPLY, 0, answer.ask, &x.addr);
	CU_ASSERT_TRUE_FATAL(addr_equal(&path_current(path)->at.addr, &x.addr));
	sent(&s, HANDSHAKE_1, 99, 1);
	for (int i = 0;
	     i < 20 && !addr_equal(&path_current(path)->at.addr, &s.f.addr[1]);
	     i++)
		give(&s, &room, WIRE_PROBE_REPLY, 0, probed(&s).id,
		    &s.f.addr[1]);
	CU_ASSERT_TRUE(addr_equal(&path_current(path)->at.addr, &s.f.addr[1]));
	sent(&s, HANDSHAKE_1, 99, 1);
	while (told(&s, IPC_PATH) != NULL)
		;
	give_message(&s, HANDSHAKE_2, &room, 99, &x.addr);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(in->on_path && addr_equal(&in->from, &x.addr));
	CU_ASSERT_EQUAL(say_false(&s, 99, in->way), 0);
	CU_ASSERT_PTR_NULL(told(&s, IPC_PATH));
	for (size_t i = 0; i < path->count; i++)
		CU_ASSERT_EQUAL(path->candidates[i].aside_until,
		    addr_equal(&path->candidates[i].at.addr, &x.addr)
			? CLOCK_NEVER
			: 0);
	end(&s);
}

/* A copy of a message 1 that somebody else passes on does not draw the answers
 * to him for longer than until the next one from where it is. */
static void
test_copied(void)
{
	struct scene s;

	begin(&s);
	give_first(&s, &room, 9, &s.f.addr[1]);
	give_first(&s, &room, 9, &s.f.addr[0]);
	give_first(&s, &room, 9, &s.f.addr[1]);
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_2, 9, 1).number, HANDSHAKE_2);
	end(&s);
}

/* With a session, who has the room's keys alone is not at the other end of the
 * path, whatever address he gives. */
static void
test_forged_source(void)
{
	const struct ipc_handshake *in;
	struct scene s;

	come_together(&s);
	give_first(&s, &room, 9, &s.f.addr[1]);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_FALSE(in->on_path);
	give_first(&s, &one, 10, &s.f.addr[1]);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(in->on_path);
	end(&s);
}

/* With a session, an answer counts by the keys that it was asked for with. */
static void
test_answer_by_others(void)
{
	const struct ipc_handshake *in;
	struct scene s;

	come_together(&s);
	CU_ASSERT_EQUAL(sent(&s, HANDSHAKE_1, 7, 1).connection,
	    one.connection_tx);
	give_message(&s, HANDSHAKE_2, &room, 7, &s.f.addr[1]);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_FALSE(in->on_path);
	give_message(&s, HANDSHAKE_2, &one, 7, &s.f.addr[1]);
	in = told(&s, IPC_HANDSHAKE_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(in->on_path);
	end(&s);
}

/* Who asks by the session's keys is answered, whatever others in the room ask,
 * and whatever number they give to it. */
static void
test_ways_of_others(void)
{
	struct wire_handshake w;
	struct addr other;
	struct scene s;

	come_together(&s);
	other = elsewhere(&s);
	give_first(&s, &one, 11, &s.f.addr[1]);
	for (uint64_t i = 0; i < HANDSHAKE_WAYS; i++)
		give_first(&s, &room, 21 + i, &other);
	give_first(&s, &room, 11, &s.f.addr[0]);
	w = sent_by(&s, true, HANDSHAKE_2, 11, 1);
	CU_ASSERT(w.number == HANDSHAKE_2 && w.connection == one.connection_tx);
	w = sent_by(&s, false, HANDSHAKE_2, 11, 0);
	CU_ASSERT(
	    w.number == HANDSHAKE_2 && w.connection == room.connection_tx);
	end(&s);
}

/* --- Records --------------------------------------------------------------- */
/* A probe of the peer's, with a number. Returns how many packets it gets. */
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

/* With the keys of a session a probe counts once, and what it says of the path
 * only if it is the newest; keys that others have, too, prove nothing. */
static void
test_numbers(void)
{
	struct scene s;
	struct link *p;

	come_up(&s);
	CU_ASSERT_EQUAL(probe_numbered(&s, &room, UINT64_MAX - 1, 0), 1);
	CU_ASSERT_EQUAL(probe_numbered(&s, &room, 5, 0), 1);
	CU_ASSERT_EQUAL(probe_numbered(&s, &room, 5, 0), 1);
	end(&s);

	come_together(&s);
	p = s.links.at[PEER_INDEX(HANDLE)];
	CU_ASSERT_EQUAL(probe_numbered(&s, &one, 2000, 0), 1);
	CU_ASSERT_EQUAL(probe_numbered(&s, &one, 2000, 0), 0);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	p->path.confirmed = true;
	s.f.now += 2 * USEC_PER_SEC;
	CU_ASSERT_EQUAL(probe_numbered(&s, &one, 1999, PROBE_SEEKING), 1);
	CU_ASSERT_FALSE(p->path.doubted);
	CU_ASSERT_EQUAL(probe_numbered(&s, &one, 1999, PROBE_SEEKING), 0);
	CU_ASSERT_EQUAL(probe_numbered(&s, &one, 900, PROBE_SEEKING), 0);
	CU_ASSERT_EQUAL(probe_numbered(&s, &one, 2001, PROBE_SEEKING), 1);
	CU_ASSERT_TRUE(p->path.doubted);
	end(&s);
}

/* Our own rise with every packet, and begin where no netd before was. */
static void
test_own_numbers(void)
{
	struct wire_probe first, second;
	struct scene s;

	begin(&s);
	first = probed(&s);
	CU_ASSERT_EQUAL(first.number, 1ULL << 32);
	CU_ASSERT_EQUAL(probe_numbered(&s, &room, 1, 0), 1);
	second = probed(&s);
	CU_ASSERT_EQUAL(second.number, first.number + 2);
	end(&s);
}

/* An answer that nominates, to a probe with this id, at another socket. */
static void
nominate(struct scene *s, struct udp *udp, uint64_t id, const struct addr *from)
{
	struct wire_probe w = {
		.type = WIRE_PROBE_REPLY,
		.flags = PROBE_NOMINATE,
		.connection = RX,
		.id = id,
	};
	struct remote remote = { .addr = *from };
	uint8_t packet[WIRE_MAX];

	s->f.now += 10 * USEC_PER_MSEC;
	links_packet(&s->links, s->f.now, udp, &remote, packet,
	    wire_put_probe(packet, &w, room.probe.rx));
}

/* A nominated path is of the socket that it was nominated at, though it is
 * followed later, when the old one has kept silent. */
static void
test_socket(void)
{
	struct udp second = fake_udp;
	struct wire_probe w = {
		.type = WIRE_PROBE,
		.flags = PROBE_NOMINATE,
		.connection = RX,
		.id = 9,
	};
	struct remote other = { .socket = 0 };
	uint8_t packet[WIRE_MAX];
	struct scene s;
	struct link *p;

	begin(&s);
	p = s.links.at[PEER_INDEX(HANDLE)];
	p->path.controlling = false;
	nominate(&s, &fake_udp, probed(&s).id, &s.f.addr[1]);
	CU_ASSERT_EQUAL(p->path.state, PATH_UP);
	CU_ASSERT_PTR_EQUAL(p->udp, &fake_udp);
	s.f.now += USEC_PER_SEC;
	other.addr = s.f.addr[1];
	other.addr.port++;
	CU_ASSERT_FALSE(
	    path_add(&p->path, &s.links.lan, s.f.now, &s.f.addr[1]));
	CU_ASSERT_TRUE(path_add(&p->path, &s.links.lan, s.f.now, &other.addr));
	links_packet(&s.links, s.f.now, &second, &other, packet,
	    wire_put_probe(packet, &w, room.probe.rx));
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
	end(&s);
}

/* All that a peer's transport may send at once. */
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
		    wire_put_data(packet, &d, data.rx));
}

/* The second peer comes to a path and a session, too. */
static void
give_other(struct scene *s)
{
	struct packet_keys its = room;
	struct ipc_peer_session body = {
		.handle = HANDLE + 1,
		.serial = 1,
		.confirmed = true,
		.has_stream = true,
		.epoch = 1,
		.keys = two,
		.data = data,
	};
	struct wire_probe p;

	its.connection_tx++;
	its.connection_rx++;
	do
		p = probed(s);
	while (p.connection != its.connection_tx);
	give(s, &its, WIRE_PROBE_REPLY, 0, p.id, &s->f.addr[1]);
	CU_ASSERT_EQUAL(links_session(&s->links, s->f.now, &body), 0);
	while (told(s, IPC_PATH) != NULL)
		;
}

/* What is of the stream before is not taken for the new one's, in neither
 * direction. */
static void
test_stream(void)
{
	struct ipc_record out = { .handle = HANDLE, .serial = 1 };
	struct transport_pool pool = { 0 };
	struct transport *t = transport_new(&pool);
	const struct ipc_record *in;
	struct scene s;

	come_together(&s);
	session(&s, 2, true, &two);
	CU_ASSERT_EQUAL(links_record(&s.links, &out, record, sizeof(record)),
	    0);
	CU_ASSERT_TRUE(links_idle(&s.links));
	out.serial = 2;
	CU_ASSERT_EQUAL(links_record(&s.links, &out, record, sizeof(record)),
	    0);
	CU_ASSERT_FALSE(links_idle(&s.links));
	transport_path(t, s.f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	CU_ASSERT_EQUAL(transport_queue(t, record, sizeof(record)), 0);
	send_records(&s, two.connection_rx, t);
	links_deliver(&s.links);
	in = told(&s, IPC_RECORD_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_EQUAL(in->serial, 2);
	transport_free(t);
	end(&s);
}

/* So much time passes, while the peer answers probes, and acknowledges nothing
 * that it gets. Returns how long it was until the path failed, or 0. */
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
				give(s, &one, WIRE_PROBE_REPLY, PROBE_IN_USE,
				    p.id, &s->f.addr[1]);
		links_deliver(&s->links);
		while ((path = told(s, IPC_PATH)) != NULL)
			if (path->state == PATH_FAILED) {
				CU_ASSERT_EQUAL(path->failure, FAILURE_STALLED);
				return s->f.now - since;
			}
	}
	return 0;
}

/* Nothing that is said to a peer lasts for ever: it comes, or it is told that
 * it does not. What has nothing under way can be silent. */
static void
test_silence(void)
{
	struct ipc_record out = { .handle = HANDLE, .serial = 1 };
	uint64_t after;
	struct scene s;

	come_together(&s);
	CU_ASSERT_EQUAL(answer_probes(&s, 60 * USEC_PER_SEC), 0);
	CU_ASSERT_EQUAL(links_record(&s.links, &out, record, sizeof(record)),
	    0);
	after = answer_probes(&s, 60 * USEC_PER_SEC);
	CU_ASSERT(after >= STALLED_END);
	CU_ASSERT(after <= STALLED_END + 2 * USEC_PER_SEC);
	/* The peer is to find it dead, whatever keys it asks by. */
	(void)fake_collect(&s.f, 1);
	give(&s, &one, WIRE_PROBE, PROBE_SEEKING, 5, &s.f.addr[1]);
	give(&s, &room, WIRE_PROBE, PROBE_SEEKING, 6, &s.f.addr[1]);
	CU_ASSERT_EQUAL(fake_collect(&s.f, 1), 0);
	/* Later once more: a minute, and as long again. */
	after = answer_probes(&s, 120 * USEC_PER_SEC);
	CU_ASSERT(after >= STALLED_REST + STALLED_END);
	CU_ASSERT(after <= STALLED_REST + STALLED_END + 4 * USEC_PER_SEC);
	end(&s);
}

/* A peer that sends as much as it can does not keep another waiting until it
 * has nothing more. */
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

	come_together(&s);
	add_peer(&s, 1);
	give_other(&s);
	transport_path(much, s.f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	transport_path(little, s.f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	for (int i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(transport_queue(much, bytes, 1000), 0);
	CU_ASSERT_EQUAL(transport_queue(little, bytes, 100), 0);
	send_records(&s, one.connection_rx, much);
	send_records(&s, two.connection_rx, little);
	links_deliver(&s.links);
	while (ipc_receive(&s.f.cryptod, &in) == IPC_GOT) {
		got = in.body;
		if (in.type != IPC_RECORD_IN)
			continue;
		if (got->handle == HANDLE + 1)
			break;
		before++;
	}
	CU_ASSERT_EQUAL(in.type, IPC_RECORD_IN);
	CU_ASSERT(before <= 1);
	transport_free(much);
	transport_free(little);
	links_drop(&s.links, s.f.now, &(struct ipc_peer){ HANDLE + 1 });
	end(&s);
}

/*
 * A member whose announcement was lost probes us: the bootnode is asked soon
 * what is new, but a stranger who goes on is no reason to ask all the time.
 */
static void
test_stranger(void)
{
	unsigned int heartbeats = 0;
	struct scene s;
	uint64_t since;

	begin(&s);
	s.f.now += 5 * USEC_PER_SEC;
	since = s.f.now;
	while (s.f.now < since + 4 * USEC_PER_SEC) {
		give(&s, &one, WIRE_PROBE, 0, 1, &s.f.addr[1]);
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
	end(&s);
}

void
links_suite(void)
{
	CU_pSuite s = CU_add_suite("links", fake_open_udp, fake_close_udp);

	CU_add_test(s, "a session's keys alone", test_secured);
	CU_add_test(s, "a path of somebody else's", test_usurped);
	CU_add_test(s, "the next session", test_next);
	CU_add_test(s, "keys that were lost", test_open);
	CU_add_test(s, "where handshakes go", test_handshake);
	CU_add_test(s, "a wrong key at the end of the path", test_false);
	CU_add_test(s, "at one that was the path before", test_false_before);
	CU_add_test(s, "a message that is passed on", test_copied);
	CU_add_test(s, "a source that is forged", test_forged_source);
	CU_add_test(s, "an answer by the room's keys", test_answer_by_others);
	CU_add_test(s, "ways of the session's keys", test_ways_of_others);
	CU_add_test(s, "records of two sessions", test_stream);
	CU_add_test(s, "a probe that comes twice", test_numbers);
	CU_add_test(s, "our own numbers", test_own_numbers);
	CU_add_test(s, "the socket of a nomination", test_socket);
	CU_add_test(s, "in turn", test_turns);
	CU_add_test(s, "silence has an end", test_silence);
	CU_add_test(s, "a stranger", test_stranger);
}
