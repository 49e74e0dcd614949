/*
 * What the links do when: whose probe is next and how soon, what is sent again,
 * and when the main loop has to come back.
 */
#include "netd/client/path_parts.h"

#include "tests/unit/netd/client/links_scene.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void links_time_suite(void);

#define SEC(n)	((n)*USEC_PER_SEC)
#define MSEC(n) ((n)*USEC_PER_MSEC)
#define MANY	15 /* within the budget of one address */

static const uint8_t record[] = "a record";

static struct link *
first(struct scene *s)
{
	struct link *p = links_find(&s->links, SCENE_HANDLE);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	return p;
}

static void
drop(struct scene *s, uint32_t n)
{
	struct ipc_peer body = { .handle = SCENE_HANDLE + n };

	CU_ASSERT_EQUAL(links_drop(&s->links, MESSAGE(s->f.now, &body)), 0);
}

/* --- Probes --------------------------------------------------------------- */

struct probed {
	unsigned int count, of_peer[MANY];
};

static void
count_probe(void *arg, const uint8_t *bytes, size_t len)
{
	struct probed *probed = arg;
	struct wire_probe p;

	CU_ASSERT_EQUAL(wire_get_probe(bytes, len, &p), 0);
	CU_ASSERT_FATAL(p.connection - SCENE_TX < MANY);
	probed->of_peer[p.connection - SCENE_TX]++;
	probed->count++;
}

/* However many peers are looked for, a hundred probes a second are sent, and
 * each has its turn. */
static void
test_pacing(void)
{
	struct probed probed = { .count = 0 };
	struct scene s;

	scene_begin(&s);
	for (uint32_t n = 1; n < MANY; n++)
		scene_add_peer(&s, n);
	for (unsigned int ms = 0; ms < MANY * 10; ms++) {
		links_timer(&s.links, s.f.now);
		fake_each(&s.f, 1, count_probe, &probed);
		CU_ASSERT_EQUAL(probed.count, 1 + ms / 10);
		CU_ASSERT_EQUAL(links_deadline(&s.links),
		    s.f.now + MSEC(10 - ms % 10));
		s.f.now += MSEC(1);
	}
	for (int n = 0; n < MANY; n++)
		CU_ASSERT_EQUAL(probed.of_peer[n], 1);
	for (uint32_t n = 1; n < MANY; n++)
		drop(&s, n);
	scene_end(&s);
}

/* It is time when it is for the first of all peers; without one, never. */
static void
test_deadline(void)
{
	struct scene s;
	uint64_t due;

	scene_begin(&s);
	CU_ASSERT_EQUAL(links_deadline(&s.links), s.f.now);
	(void)scene_probed(&s);
	for (int i = 0; i < 200; i++) {
		due = path_deadline(&first(&s)->path);
		CU_ASSERT_EQUAL(links_deadline(&s.links), due);
		s.f.now = due;
		links_timer(&s.links, s.f.now);
	}
	s.f.now += 1;
	scene_add_peer(&s, 1);
	CU_ASSERT_EQUAL(links_deadline(&s.links), s.links.probe_at);
	s.f.now += MSEC(20);
	CU_ASSERT(links_deadline(&s.links) <= s.f.now);
	drop(&s, 0);
	drop(&s, 1);
	CU_ASSERT_EQUAL(links_deadline(&s.links), CLOCK_NEVER);
	scene_add_peer(&s, 0);
	scene_end(&s);
}

/* The more peers there is a path to, the fewer probes an address gets that only
 * a card names: those of now are counted. */
static void
test_peers(void)
{
	struct scene s;

	scene_begin(&s);
	links_timer(&s.links, s.f.now);
	CU_ASSERT_EQUAL(s.links.targets.peers, 0);
	scene_end(&s);

	scene_come_up(&s);
	links_timer(&s.links, s.f.now);
	CU_ASSERT_EQUAL(s.links.targets.peers, 1);
	scene_add_peer(&s, 1);
	links_timer(&s.links, s.f.now);
	CU_ASSERT_EQUAL(s.links.targets.peers, 1);
	path_lost(&first(&s)->path, s.f.now);
	links_timer(&s.links, s.f.now);
	CU_ASSERT_EQUAL(s.links.targets.peers, 0);
	drop(&s, 1);
	scene_end(&s);
}

/* An answer says where the question came from: so the peer learns what its NAT
 * does. */
static void
test_observed(void)
{
	const struct addr none = { .port = 0 };
	struct wire_probe p;
	struct scene s;

	scene_begin(&s);
	p = scene_probed(&s);
	CU_ASSERT_TRUE(addr_equal(&p.observed, &none));
	scene_give(&s, &scene_room, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	CU_ASSERT_EQUAL(fake_collect(&s.f, 1), 1);
	CU_ASSERT_EQUAL(wire_get_probe(s.f.packet, s.f.len, &p), 0);
	CU_ASSERT_EQUAL(p.type, WIRE_PROBE_REPLY);
	CU_ASSERT_EQUAL(p.id, 5);
	CU_ASSERT_TRUE(addr_equal(&p.observed, &s.f.addr[1]));
	scene_end(&s);
}

/* And what a peer says of us counts, if it was asked, and is far enough away to
 * see our NAT. */
static void
test_seen(void)
{
	const struct addr seen = { { [10] = 0xff, 0xff, 203, 0, 113, 1 }, 1 };
	const struct addr bootnode = { { [10] = 0xff, 0xff, 203, 0, 113, 9 },
		1 };
	struct remote far = { .addr = { { [10] = 0xff, 0xff, 192, 0, 2, 5 },
				  1 } };
	struct wire_probe w = { .type = WIRE_PROBE_REPLY,
		.connection = SCENE_RX,
		.observed = seen };
	struct candidate *c;
	uint8_t packet[WIRE_MAX];
	struct scene s;

	for (uint64_t wrong = 0; wrong < 2; wrong++) {
		scene_begin(&s);
		nat_session(&s.nat, s.f.now, &bootnode, &seen);
		c = &first(&s)->path.candidates[0];
		c->at.addr = far.addr;
		w.id = wrong + path_note_probe(c, 77, s.f.now);
		links_packet(&s.links, s.f.now, &fake_udp, &far, packet,
		    wire_put_probe(packet, &w, scene_room.probe.rx));
		CU_ASSERT_EQUAL(s.nat.count, wrong ? 1 : 2);
		scene_end(&s);
	}
}

/* --- Records -------------------------------------------------------------- */

static void
say(struct scene *s)
{
	struct ipc_record body = { .handle = SCENE_HANDLE, .serial = 1 };

	CU_ASSERT_EQUAL(links_record(&s->links,
			    MESSAGE_WITH(s->f.now, &body, record,
				sizeof(record))),
	    0);
}

static void
count_type(void *arg, const uint8_t *bytes, size_t len)
{
	unsigned int *counts = arg;

	counts[wire_type(bytes, len)]++;
}

/* What is said is sent with the next turn, which is at once; without an answer
 * it is sent again, and two of those later the path is asked. */
static void
test_again(void)
{
	unsigned int counts[WIRE_TYPE_COUNT] = { 0 };
	struct scene s;

	scene_come_together(&s);
	s.f.now += SEC(5);
	links_timer(&s.links, s.f.now);
	(void)fake_collect(&s.f, 1);
	CU_ASSERT(links_deadline(&s.links) > s.f.now);
	say(&s);
	links_timer(&s.links, s.f.now);
	fake_each(&s.f, 1, count_type, counts);
	CU_ASSERT_EQUAL(counts[WIRE_DATA], 1);
	while (counts[WIRE_PROBE] == 0) {
		CU_ASSERT_FATAL(links_deadline(&s.links) > s.f.now);
		CU_ASSERT_FATAL(links_deadline(&s.links) <= s.f.now + SEC(3));
		s.f.now = links_deadline(&s.links);
		links_timer(&s.links, s.f.now);
		fake_each(&s.f, 1, count_type, counts);
	}
	CU_ASSERT(counts[WIRE_DATA] >= 3);
	CU_ASSERT(counts[WIRE_DATA] <= 5);
	scene_end(&s);
}

struct taker {
	struct scene *s;
	struct transport *t;
};

static void
take(void *arg, const uint8_t *bytes, size_t len)
{
	struct taker *taker = arg;
	struct wire_data d;

	if (wire_get_data(bytes, len, &d) == 0)
		CU_ASSERT_EQUAL(transport_input(taker->t, taker->s->f.now,
				    d.number, d.frames, d.frames_len),
		    0);
}

/* All that the peer has to send, by the keys of the session. */
static void
give_all(struct scene *s, struct transport *t)
{
	static uint8_t frames[TRANSPORT_FRAMES_MAX], packet[WIRE_DATA_MAX];
	struct remote from = { .addr = s->f.addr[1] };
	struct wire_data d = { .epoch = 1,
		.connection = scene_one.connection_rx,
		.frames = frames };

	while ((d.frames_len = transport_output(t, s->f.now, &d.number, frames,
		    sizeof(frames))) > 0)
		links_packet(&s->links, s->f.now, &fake_udp, &from, packet,
		    wire_put_data(packet, &d, scene_data.rx));
}

/* What the peer acknowledges after that is as good as an answer to a probe;
 * what it says itself is not. */
static void
test_alive(void)
{
	struct transport_pool pool = { 0 };
	struct taker taker;
	struct scene s;

	for (int acknowledged = 0; acknowledged < 2; acknowledged++) {
		scene_come_together(&s);
		taker = (struct taker){ &s, transport_new(&pool) };
		transport_path(taker.t, s.f.now, 1000, TRANSPORT_BASE,
		    TRANSPORT_BASE);
		say(&s);
		while (!first(&s)->path.checking) {
			links_timer(&s.links, s.f.now);
			s.f.now = links_deadline(&s.links);
		}
		if (acknowledged)
			fake_each(&s.f, 1, take, &taker);
		CU_ASSERT_EQUAL(transport_queue(taker.t, record,
				    sizeof(record)),
		    0);
		transport_ack_now(taker.t);
		give_all(&s, taker.t);
		CU_ASSERT_EQUAL(first(&s)->path.checking, !acknowledged);
		transport_free(taker.t);
		scene_end(&s);
	}
}

/* Without a path nothing is sent, and nothing is due: it waits for the next
 * one, whose first packet it is. */
static void
test_waits(void)
{
	unsigned int counts[WIRE_TYPE_COUNT] = { 0 };
	struct scene s;

	scene_come_together(&s);
	path_lost(&first(&s)->path, s.f.now);
	say(&s);
	CU_ASSERT_EQUAL(links_deadline(&s.links),
	    clock_max(path_deadline(&first(&s)->path), s.links.probe_at));
	links_timer(&s.links, s.f.now);
	fake_each(&s.f, 1, count_type, counts);
	CU_ASSERT_EQUAL(counts[WIRE_DATA], 0);
	scene_give(&s, &scene_one, WIRE_PROBE_REPLY, 0, scene_probed(&s).id,
	    &s.f.addr[1]);
	CU_ASSERT_EQUAL(first(&s)->path.state, PATH_UP);
	links_timer(&s.links, s.f.now);
	fake_each(&s.f, 1, count_type, counts);
	CU_ASSERT_EQUAL(counts[WIRE_DATA], 1);
	scene_end(&s);
}

/* --- A peer that breaks the rules ---------------------------------------- */

/* Frames that make no sense, by the right keys. */
static void
give_nonsense(struct scene *s)
{
	static const uint8_t frames[] = { 0xff, 0xff, 0xff, 0xff };
	struct remote from = { .addr = s->f.addr[1] };
	struct wire_data d = { .epoch = 1,
		.connection = scene_one.connection_rx,
		.frames = frames,
		.frames_len = sizeof(frames) };
	uint8_t packet[WIRE_DATA_MAX];

	links_packet(&s->links, s->f.now, &fake_udp, &from, packet,
	    wire_put_data(packet, &d, scene_data.rx));
	links_deliver(&s->links);
}

/* Nothing more comes of it, whatever it sends and wherever anybody moves. */
static void
test_broken(void)
{
	struct ipc_peer_update update = { .handle = SCENE_HANDLE };
	const struct ipc_path *path;
	struct scene s;

	scene_come_together(&s);
	give_nonsense(&s);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	path = scene_told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT_EQUAL(path->state, PATH_FAILED);
	CU_ASSERT_EQUAL(path->failure, FAILURE_PROTOCOL);
	give_nonsense(&s);
	scene_give(&s, &scene_one, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	CU_ASSERT_EQUAL(s.links.dropped, 3);
	(void)fake_collect(&s.f, 1);
	update.observed = scene_elsewhere(&s);
	CU_ASSERT_EQUAL(links_update(&s.links, MESSAGE(s.f.now, &update)), 0);
	links_doubt(&s.links, s.f.now);
	links_port(&s.links, s.f.now, &fake_udp);
	for (int i = 0; i < 100; i++) {
		s.f.now += SEC(1);
		links_timer(&s.links, s.f.now);
		CU_ASSERT_EQUAL(fake_collect(&s.f, 1), 0);
	}
	links_deliver(&s.links);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	scene_end(&s);
}

/* --- What is dropped ------------------------------------------------------ */

/* Packets of each type by the session's keys, and one by the room's. */
static size_t
make_packet(int which, uint8_t packet[WIRE_DATA_MAX])
{
	static const uint8_t ping[] = { 3 };
	const struct wire_probe p = { .type = WIRE_PROBE,
		.connection = scene_one.connection_rx,
		.number = 50,
		.id = 5 };
	const struct wire_handshake h = { .number = HANDSHAKE_1,
		.connection = scene_one.connection_rx,
		.attempt = 9,
		.record = record,
		.record_len = sizeof(record) };
	const struct wire_data d = { .epoch = 1,
		.connection = scene_one.connection_rx,
		.frames = ping,
		.frames_len = sizeof(ping) };

	switch (which) {
	case 0:
		return wire_put_probe(packet, &p, scene_one.probe.rx);
	case 1:
		return wire_put_handshake(packet, &h, scene_one.probe.rx);
	default:
		return wire_put_data(packet, &d, scene_data.rx);
	}
}

/* One that is cut, of no peer, of another version or forged is counted, once,
 * and leads to nothing. */
static void
test_dropped(void)
{
	/* A byte of the version, the connection id, and the MAC. */
	static const size_t at[] = { 1, 4, 11, SIZE_MAX };
	struct remote from = { .socket = 0 };
	uint8_t packet[WIRE_DATA_MAX];
	uint64_t expected = 0;
	struct scene s;

	scene_come_together(&s);
	from.addr = s.f.addr[1];
	for (int which = 0; which < 3; which++) {
		size_t len = make_packet(which, packet);

		links_packet(&s.links, s.f.now, &fake_udp, &from, packet,
		    len - 1);
		CU_ASSERT_EQUAL(s.links.dropped, ++expected);
		for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
			size_t k = at[i] == SIZE_MAX ? len - 1 : at[i];

			packet[k] ^= 1;
			links_packet(&s.links, s.f.now, &fake_udp, &from,
			    packet, len);
			packet[k] ^= 1;
			CU_ASSERT_EQUAL(s.links.dropped, ++expected);
		}
	}
	CU_ASSERT_EQUAL(fake_collect(&s.f, 1), 0);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_HANDSHAKE_IN));
	/* As they were, they count. */
	for (int which = 0; which < 3; which++)
		links_packet(&s.links, s.f.now, &fake_udp, &from, packet,
		    make_packet(which, packet));
	CU_ASSERT_EQUAL(s.links.dropped, expected);
	CU_ASSERT_PTR_NOT_NULL(scene_told(&s, IPC_HANDSHAKE_IN));
	scene_end(&s);
}

/* DATA has keys of its own, which no probe of the room's has. */
static void
test_data_of_room(void)
{
	static const uint8_t ping[] = { 3 };
	struct wire_data d = { .epoch = 1,
		.connection = scene_room.connection_rx,
		.frames = ping,
		.frames_len = sizeof(ping) };
	struct remote from = { .socket = 0 };
	uint8_t packet[WIRE_DATA_MAX];
	struct scene s;

	scene_come_together(&s);
	from.addr = s.f.addr[1];
	links_packet(&s.links, s.f.now, &fake_udp, &from, packet,
	    wire_put_data(packet, &d, scene_data.rx));
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	scene_end(&s);
}

void
links_time_suite(void)
{
	CU_pSuite s = CU_add_suite("links_time", fake_open_udp, fake_close_udp);

	CU_add_test(s, "pacing", test_pacing);
	CU_add_test(s, "deadlines", test_deadline);
	CU_add_test(s, "how many peers", test_peers);
	CU_add_test(s, "where a probe came from", test_observed);
	CU_add_test(s, "what a peer sees", test_seen);
	CU_add_test(s, "a record, again", test_again);
	CU_add_test(s, "acknowledged after that", test_alive);
	CU_add_test(s, "a record that waits", test_waits);
	CU_add_test(s, "broken", test_broken);
	CU_add_test(s, "dropped", test_dropped);
	CU_add_test(s, "DATA by the room's keys", test_data_of_room);
}
