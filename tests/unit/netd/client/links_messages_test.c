/*
 * What cryptod tells the links, and what they tell cryptod: each message, for a
 * peer that there is and for one that there is not.
 */
#include "tests/unit/netd/client/links_scene.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void links_messages_suite(void);

#define SEC(n) ((n)*USEC_PER_SEC)

static const uint8_t record[] = "a record";

static struct link *
first(struct scene *s)
{
	struct link *p = links_find(&s->links, SCENE_HANDLE);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	return p;
}

/* Probes to the peer within a time. */
static unsigned int
probes_within(struct scene *s, uint64_t time)
{
	uint64_t until = s->f.now + time;
	unsigned int probes = 0;

	for (; s->f.now < until; s->f.now += 10 * USEC_PER_MSEC) {
		links_timer(&s->links, s->f.now);
		probes += fake_collect(&s->f, 1);
	}
	return probes;
}

/* Nothing is due at once. */
static void
let_rest(struct scene *s)
{
	probes_within(s, SEC(5));
	CU_ASSERT_EQUAL(probes_within(s, SEC(1)), 0);
}

/* --- Which peer ----------------------------------------------------------- */

static message_handler *const handlers[] = { links_update, links_session,
	links_keys, links_open, links_false, links_check, links_rest,
	links_drop, links_record, links_handshake };

/* A handle names a place and a generation: nobody else is meant by it. */
static void
test_unknown(void)
{
	static const peer_handle unknown[] = {
		SCENE_HANDLE + 1,		  /* nobody is there */
		SCENE_HANDLE + PEERS_MAX,	  /* it was another before */
		PEERS_MAX + CLIENT_PEERS_MAX,	  /* no place of ours */
		PEERS_MAX + CLIENT_PEERS_MAX + 1, /* nor this */
		PEERS_MAX + PEERS_MAX - 1,
	};
	_Alignas(8) uint8_t body[sizeof(struct ipc_peer_add)];
	struct scene s;

	scene_come_together(&s);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		for (size_t k = 0; k < sizeof(handlers) / sizeof(handlers[0]);
		     k++) {
			memset(body, 0, sizeof(body));
			memcpy(body, &unknown[i], sizeof(unknown[i]));
			CU_ASSERT_EQUAL(handlers[k](&s.links,
					    MESSAGE(s.f.now, body)),
			    -1);
		}
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	CU_ASSERT_EQUAL(first(&s)->path.state, PATH_UP);
	scene_end(&s);
}

static int
add(struct scene *s, peer_handle handle)
{
	struct ipc_peer_add body = { .handle = handle };

	return links_add(&s->links, MESSAGE(s->f.now, &body));
}

static void
drop(struct scene *s, peer_handle handle)
{
	struct ipc_peer body = { .handle = handle };

	CU_ASSERT_EQUAL(links_drop(&s->links, MESSAGE(s->f.now, &body)), 0);
}

/* In each place there is one peer, up to the last. */
static void
test_places(void)
{
	const peer_handle last = PEERS_MAX + CLIENT_PEERS_MAX - 1;
	struct scene s;

	scene_begin(&s);
	CU_ASSERT_EQUAL(add(&s, SCENE_HANDLE), -1);
	CU_ASSERT_EQUAL(add(&s, SCENE_HANDLE + PEERS_MAX), -1);
	CU_ASSERT_EQUAL(add(&s, last + 1), -1);
	CU_ASSERT_EQUAL(add(&s, last), 0);
	CU_ASSERT_PTR_NOT_NULL(links_find(&s.links, last));
	drop(&s, last);
	CU_ASSERT_PTR_NULL(links_find(&s.links, last));
	CU_ASSERT_EQUAL(add(&s, last + PEERS_MAX), 0);
	drop(&s, last + PEERS_MAX);
	scene_end(&s);
}

/* --- Addresses ------------------------------------------------------------ */

static const struct addr elsewhere = {
	{ [10] = 0xff, [11] = 0xff, 192, 0, 2, 9 }, 4545
};

/* A card may name our own services: they are not probed. Nobody's card can name
 * where the bootnode saw him. */
static void
test_loopback(void)
{
	struct ipc_peer_add body = { .handle = SCENE_HANDLE + 1, .count = 2 };
	struct scene s;
	struct link *p;

	scene_begin(&s);
	body.hosts[0] = s.f.addr[0];
	body.hosts[1] = elsewhere;
	CU_ASSERT_EQUAL(links_add(&s.links, MESSAGE(s.f.now, &body)), 0);
	p = links_find(&s.links, SCENE_HANDLE + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(p->path.count, 1);
	CU_ASSERT_TRUE(addr_equal(&p->path.candidates[0].at.addr, &elsewhere));
	CU_ASSERT_FALSE(p->path.candidates[0].observed);
	CU_ASSERT_TRUE(first(&s)->path.candidates[0].observed);
	drop(&s, SCENE_HANDLE + 1);
	scene_end(&s);
}

static void
update(struct scene *s, const struct addr *observed, const struct addr *host)
{
	struct ipc_peer_update body = { .handle = SCENE_HANDLE,
		.count = host != NULL,
		.observed = *observed };

	if (host != NULL)
		body.hosts[0] = *host;
	CU_ASSERT_EQUAL(links_update(&s->links, MESSAGE(s->f.now, &body)), 0);
}

/* Who has another address has most likely moved: the path is asked at once
 * whether he is still there. Not if all are known. */
static void
test_update(void)
{
	struct addr other;
	struct scene s;

	for (int news = 0; news < 4; news++) {
		scene_come_together(&s);
		let_rest(&s);
		other = scene_elsewhere(&s);
		update(&s, news & 1 ? &other : &s.f.addr[1],
		    news & 2 ? &elsewhere : NULL);
		CU_ASSERT_EQUAL(first(&s)->path.checking, news != 0);
		CU_ASSERT_EQUAL(probes_within(&s, 20 * USEC_PER_MSEC) > 0,
		    news != 0);
		scene_end(&s);
	}
}

/* Without a path, the search begins again. */
static void
test_update_search(void)
{
	struct scene s;

	scene_begin(&s);
	probes_within(&s, SEC(200));
	CU_ASSERT_EQUAL(first(&s)->path.state, PATH_FAILED);
	probes_within(&s, first(&s)->path.candidates[0].due - s.f.now);
	CU_ASSERT_EQUAL(probes_within(&s, SEC(1)), 1);
	update(&s, &s.f.addr[1], NULL);
	CU_ASSERT_EQUAL(first(&s)->path.state, PATH_PROBING);
	CU_ASSERT(probes_within(&s, SEC(1)) > 0);
	scene_end(&s);
}

/* --- Asking, resting, leaving --------------------------------------------- */

/* cryptod asks whether the peer is there: that is asked, or said once more. */
static void
test_check(void)
{
	struct ipc_peer body = { .handle = SCENE_HANDLE };
	const struct ipc_path *path;
	struct scene s;

	scene_come_together(&s);
	let_rest(&s);
	CU_ASSERT_EQUAL(links_check(&s.links, MESSAGE(s.f.now, &body)), 0);
	links_deliver(&s.links);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	CU_ASSERT(probes_within(&s, 20 * USEC_PER_MSEC) > 0);
	scene_end(&s);

	scene_begin(&s);
	links_deliver(&s.links);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_PATH));
	CU_ASSERT_EQUAL(links_check(&s.links, MESSAGE(s.f.now, &body)), 0);
	links_deliver(&s.links);
	path = scene_told(&s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT_EQUAL(path->state, PATH_PROBING);
	CU_ASSERT_EQUAL(path->handle, SCENE_HANDLE);
	scene_end(&s);
}

static void
test_rest(void)
{
	struct ipc_peer body = { .handle = SCENE_HANDLE };
	struct scene s;

	scene_come_together(&s);
	probes_within(&s, SEC(1));
	CU_ASSERT_EQUAL(links_rest(&s.links, MESSAGE(s.f.now, &body)), 0);
	CU_ASSERT_EQUAL(probes_within(&s, PROBE_RESTING), 0);
	CU_ASSERT_EQUAL(probes_within(&s, SEC(1)), 1);
	scene_end(&s);
}

/* A packet of the peer's, as a transport has it; false if it has none. */
static bool
give_data(struct scene *s, struct transport *t)
{
	static uint8_t frames[TRANSPORT_FRAMES_MAX], packet[WIRE_DATA_MAX];
	struct remote from = { .addr = s->f.addr[1] };
	struct wire_data d = { .epoch = 1,
		.connection = scene_one.connection_rx,
		.frames = frames };

	d.frames_len =
	    transport_output(t, s->f.now, &d.number, frames, sizeof(frames));
	if (d.frames_len > 0)
		links_packet(&s->links, s->f.now, &fake_udp, &from, packet,
		    wire_put_data(packet, &d, scene_data.rx));
	return d.frames_len > 0;
}

/* The peer's end of the stream, which takes all that we send. */
static struct transport *
open_far_end(struct scene *s, struct transport_pool *pool)
{
	struct transport *t = transport_new(pool);

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	transport_path(t, s->f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	return t;
}

struct taker {
	struct scene *s;
	struct transport *t;
	unsigned int packets;
};

static void
take(void *arg, const uint8_t *bytes, size_t len)
{
	struct taker *taker = arg;
	struct wire_data d;

	if (wire_get_data(bytes, len, &d) == -1)
		return;
	CU_ASSERT_TRUE(wire_mac_ok(bytes, len, scene_data.tx));
	CU_ASSERT_EQUAL(transport_input(taker->t, taker->s->f.now, d.number,
			    d.frames, d.frames_len),
	    0);
	taker->packets++;
}

/* What has come of a record is acknowledged before the peer is forgotten: it
 * may be his goodbye, and he waits for that. */
static void
test_drop(void)
{
	struct transport_pool pool = { 0 };
	struct taker taker;
	struct scene s;

	scene_come_together(&s);
	taker = (struct taker){ &s, open_far_end(&s, &pool), 0 };
	CU_ASSERT_EQUAL(transport_queue(taker.t, record, sizeof(record)), 0);
	CU_ASSERT_TRUE(give_data(&s, taker.t));
	CU_ASSERT_FALSE(transport_idle(taker.t));
	(void)fake_collect(&s.f, 1);
	drop(&s, SCENE_HANDLE);
	fake_each(&s.f, 1, take, &taker);
	CU_ASSERT_EQUAL(taker.packets, 1);
	CU_ASSERT_TRUE(transport_idle(taker.t));
	/* Nobody has these keys any more. */
	scene_give(&s, &scene_one, WIRE_PROBE, 0, 5, &s.f.addr[1]);
	CU_ASSERT_EQUAL(s.links.dropped, 1);
	transport_free(taker.t);
	scene_add_peer(&s, 0);
	scene_end(&s);
}

/* --- Records -------------------------------------------------------------- */

static void
say(struct scene *s, uint32_t serial)
{
	struct ipc_record body = { .handle = SCENE_HANDLE, .serial = serial };

	CU_ASSERT_EQUAL(links_record(&s->links,
			    MESSAGE_WITH(s->f.now, &body, record,
				sizeof(record))),
	    0);
}

/* What the peer has acknowledged is told, once, and as of which session; the
 * figures count the packets. */
static void
test_acked(void)
{
	const struct ipc_acked *acked;
	struct transport_pool pool = { 0 };
	struct ipc_net_peer figures;
	struct taker taker;
	struct scene s;

	scene_come_together(&s);
	taker = (struct taker){ &s, open_far_end(&s, &pool), 0 };
	CU_ASSERT_TRUE(links_figures(&s.links, 1, &figures));
	CU_ASSERT_EQUAL(figures.handle, SCENE_HANDLE);
	CU_ASSERT_EQUAL(figures.sent, 0);
	CU_ASSERT_EQUAL(figures.rtt_us, path_current(&first(&s)->path)->rtt_us);
	say(&s, 1);
	links_timer(&s.links, s.f.now);
	CU_ASSERT_FALSE(links_idle(&s.links));
	s.f.now += 70 * USEC_PER_MSEC;
	fake_each(&s.f, 1, take, &taker);
	CU_ASSERT_EQUAL(taker.packets, 1);
	transport_ack_now(taker.t);
	CU_ASSERT_TRUE(give_data(&s, taker.t));
	links_deliver(&s.links);
	acked = scene_told(&s, IPC_ACKED);
	CU_ASSERT_PTR_NOT_NULL_FATAL(acked);
	CU_ASSERT_EQUAL(acked->handle, SCENE_HANDLE);
	CU_ASSERT_EQUAL(acked->serial, 1);
	CU_ASSERT_EQUAL(acked->bytes, sizeof(record));
	CU_ASSERT_TRUE(links_idle(&s.links));
	links_deliver(&s.links);
	CU_ASSERT_PTR_NULL(scene_told(&s, IPC_ACKED));
	CU_ASSERT_TRUE(links_figures(&s.links, 1, &figures));
	CU_ASSERT_EQUAL(figures.sent, 1);
	CU_ASSERT_EQUAL(figures.lost, 0);
	CU_ASSERT_EQUAL(figures.rtt_us, 70 * USEC_PER_MSEC);
	transport_free(taker.t);
	scene_end(&s);
}

/* Only who has a path is waited for, and has figures. */
static void
test_no_path(void)
{
	struct ipc_net_peer figures;
	struct scene s;

	scene_come_together(&s);
	say(&s, 1);
	CU_ASSERT_FALSE(links_idle(&s.links));
	path_lost(&first(&s)->path, s.f.now);
	CU_ASSERT_TRUE(links_idle(&s.links));
	CU_ASSERT_FALSE(links_figures(&s.links, 1, &figures));
	CU_ASSERT_FALSE(links_figures(&s.links, 2, &figures));
	scene_end(&s);
}

/* A session without a stream: what is left are the keys of probes. */
static void
test_no_stream(void)
{
	struct ipc_peer_session body = { .handle = SCENE_HANDLE,
		.serial = 2,
		.confirmed = true,
		.epoch = 0,
		.keys = scene_two };
	struct scene s;

	scene_come_together(&s);
	CU_ASSERT_EQUAL(links_session(&s.links, MESSAGE(s.f.now, &body)), 0);
	say(&s, 2);
	CU_ASSERT_TRUE(links_idle(&s.links));
	CU_ASSERT_EQUAL(scene_probed(&s).connection, scene_two.connection_tx);
	scene_end(&s);
}

/* --- A channel that is full ----------------------------------------------- */

static unsigned int
paths_told(struct scene *s)
{
	struct ipc_message_in in;
	unsigned int n = 0;

	do {
		ipc_flush(&s->f.netd);
		while (ipc_receive(&s->f.cryptod, &in) == IPC_GOT)
			n += in.type == IPC_PATH;
	} while (s->f.netd.queued > 0);
	return n;
}

/* What there is to tell waits while cryptod is busy, and only the last of it
 * counts. */
static void
test_congested(void)
{
	static const uint8_t long_record[RECORD_MAX];
	struct ipc_record body = { .handle = SCENE_HANDLE, .serial = 1 };
	struct scene s;

	scene_come_together(&s);
	while (!ipc_congested(&s.f.netd))
		ipc_send(&s.f.netd, IPC_RECORD_IN, &body, long_record,
		    sizeof(long_record));
	for (int i = 0; i < 3; i++) {
		first(&s)->untold = true;
		links_deliver(&s.links);
	}
	CU_ASSERT_EQUAL(paths_told(&s), 0);
	links_deliver(&s.links);
	CU_ASSERT_EQUAL(paths_told(&s), 1);
	links_deliver(&s.links);
	CU_ASSERT_EQUAL(paths_told(&s), 0);
	scene_end(&s);
}

void
links_messages_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("links_messages", fake_open_udp, fake_close_udp);

	CU_add_test(s, "no such peer", test_unknown);
	CU_add_test(s, "places", test_places);
	CU_add_test(s, "our own services", test_loopback);
	CU_add_test(s, "other addresses", test_update);
	CU_add_test(s, "the same without a path", test_update_search);
	CU_add_test(s, "is it there?", test_check);
	CU_add_test(s, "at rest", test_rest);
	CU_add_test(s, "the last acknowledgement", test_drop);
	CU_add_test(s, "acknowledged records", test_acked);
	CU_add_test(s, "no path", test_no_path);
	CU_add_test(s, "no stream", test_no_stream);
	CU_add_test(s, "cryptod is busy", test_congested);
}
