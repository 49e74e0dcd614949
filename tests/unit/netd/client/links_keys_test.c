/*
 * The keys of DATA packets during a rekey: both are good until the peer uses
 * the new ones, and then the old ones are gone. PROTOCOL.md section 3.6.
 */
#include "tests/unit/netd/client/links_scene.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void links_keys_suite(void);

static const uint8_t record[] = "a record";

/* Returns the keys of epoch 1, 2 and so on. */
static struct peer_keys
keys_of(unsigned int epoch)
{
	struct peer_keys keys = scene_data;

	if (epoch > 1) {
		keys.tx[0] = (uint8_t)(0x10 + epoch);
		keys.rx[0] = (uint8_t)(0x20 + epoch);
	}
	return keys;
}

/* The peer's end of the stream. */
struct far_end {
	struct scene s;
	struct transport_pool pool;
	struct transport *t;
	/* The keys of the session. */
	const struct packet_keys *keys;
	uint32_t serial;
	unsigned int epoch; /* of our last DATA */
};

static void
begin_session(struct far_end *p, const struct packet_keys *keys,
    uint32_t serial)
{
	p->keys = keys;
	p->serial = serial;
	p->t = transport_new(&p->pool);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->t);
	transport_path(p->t, p->s.f.now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
}

static void
begin(struct far_end *p)
{
	scene_come_together(&p->s);
	p->pool.used = 0;
	begin_session(p, &scene_one, 1);
}

static void
end(struct far_end *p)
{
	transport_free(p->t);
	scene_end(&p->s);
}

static void
rekey(struct far_end *p, unsigned int epoch, bool send_now)
{
	struct ipc_peer_keys body = {
		.handle = SCENE_HANDLE,
		.epoch = (uint8_t)epoch,
		.send_now = send_now,
		.data = keys_of(epoch),
	};

	CU_ASSERT_EQUAL(links_keys(&p->s.links, MESSAGE(0, &body)), 0);
}

/* The peer sends another record, in a packet of one epoch with the keys of
 * another. Returns whether it is taken: the record then comes, unless one
 * before it is missing. */
static bool
is_taken_by(struct far_end *p, unsigned int epoch, unsigned int keys)
{
	static uint8_t frames[TRANSPORT_FRAMES_MAX], packet[WIRE_DATA_MAX];
	struct remote from = { .addr = p->s.f.addr[1] };
	struct wire_data d = {
		.epoch = (uint8_t)epoch,
		.connection = p->keys->connection_rx,
		.frames = frames,
	};
	uint64_t dropped;

	CU_ASSERT_EQUAL(transport_queue(p->t, record, sizeof(record)), 0);
	p->s.f.now += 10 * USEC_PER_MSEC;
	d.frames_len = transport_output(p->t, p->s.f.now, &d.number, frames,
	    sizeof(frames));
	CU_ASSERT(d.frames_len > 0);
	dropped = p->s.links.dropped;
	links_packet(&p->s.links, p->s.f.now, &fake_udp, &from, packet,
	    wire_put_data(packet, &d, keys_of(keys).rx));
	links_deliver(&p->s.links);
	return p->s.links.dropped == dropped;
}

static bool
is_taken(struct far_end *p, unsigned int epoch)
{
	return is_taken_by(p, epoch, epoch);
}

/* Takes a packet that we sent: the peer takes DATA of its session. */
static void
take(void *arg, const uint8_t *bytes, size_t len)
{
	struct far_end *p = arg;
	struct wire_data d;

	if (wire_get_data(bytes, len, &d) == -1 ||
	    !wire_mac_ok(bytes, len, keys_of(d.epoch).tx))
		return;
	CU_ASSERT_EQUAL(d.connection, p->keys->connection_tx);
	CU_ASSERT_EQUAL(transport_input(p->t, p->s.f.now, d.number, d.frames,
			    d.frames_len),
	    0);
	p->epoch = d.epoch;
}

/* Sends a record; returns the epoch of its packet by its keys, or 0. */
static unsigned int
sends(struct far_end *p)
{
	struct ipc_record body = { .handle = SCENE_HANDLE,
		.serial = p->serial };
	struct scene *s = &p->s;

	fake_each(&s->f, 1, take, p);
	CU_ASSERT_EQUAL(links_record(&s->links,
			    MESSAGE_WITH(0, &body, record, sizeof(record))),
	    0);
	p->epoch = 0;
	for (int i = 0; i < 50 && p->epoch == 0; i++) {
		s->f.now += 10 * USEC_PER_MSEC;
		links_timer(&s->links, s->f.now);
		fake_each(&s->f, 1, take, p);
	}
	return p->epoch;
}

/* The side that began the rekey keeps the new keys ready until the peer uses
 * them. Until then packets of both epochs count, and later only those of the
 * new one. */
static void
test_both_epochs(void)
{
	struct far_end p;

	begin(&p);
	CU_ASSERT_TRUE(is_taken(&p, 1));
	CU_ASSERT_EQUAL(sends(&p), 1);
	rekey(&p, 2, false);
	CU_ASSERT_TRUE(is_taken(&p, 1));
	CU_ASSERT_EQUAL(sends(&p), 1);
	CU_ASSERT_TRUE(is_taken(&p, 1));
	CU_ASSERT_TRUE(is_taken(&p, 2));
	CU_ASSERT_EQUAL(sends(&p), 2);
	CU_ASSERT_FALSE(is_taken(&p, 1));
	for (int i = 0; i < 4; i++)
		CU_ASSERT_PTR_NOT_NULL(scene_told(&p.s, IPC_RECORD_IN));
	CU_ASSERT_PTR_NULL(scene_told(&p.s, IPC_RECORD_IN));
	end(&p);
}

/* The other side knows that its peer has the keys: it sends with the new ones
 * at once, and earlier packets of the peer are still good. */
static void
test_send_now(void)
{
	struct far_end p;

	begin(&p);
	rekey(&p, 2, true);
	CU_ASSERT_EQUAL(sends(&p), 2);
	CU_ASSERT_TRUE(is_taken(&p, 1));
	CU_ASSERT_EQUAL(sends(&p), 2);
	CU_ASSERT_TRUE(is_taken(&p, 2));
	CU_ASSERT_EQUAL(sends(&p), 2);
	CU_ASSERT_FALSE(is_taken(&p, 1));
	end(&p);
}

/* Somebody without the new keys can neither make us use them, nor end the old
 * ones. */
static void
test_forged(void)
{
	struct far_end p;

	begin(&p);
	CU_ASSERT_FALSE(is_taken_by(&p, 2, 1)); /* no rekey has begun */
	rekey(&p, 2, false);
	CU_ASSERT_FALSE(is_taken_by(&p, 2, 1));
	CU_ASSERT_FALSE(is_taken_by(&p, 1, 2));
	CU_ASSERT_FALSE(is_taken_by(&p, 3, 2));
	CU_ASSERT_EQUAL(sends(&p), 1);
	CU_ASSERT_EQUAL(p.s.links.dropped, 4);
	end(&p);
}

/* Further rekeys follow; no keys are left from before the last one. */
static void
test_again(void)
{
	struct link *l;
	struct far_end p;

	begin(&p);
	l = links_find(&p.s.links, SCENE_HANDLE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	for (unsigned int epoch = 2; epoch < 6; epoch++) {
		rekey(&p, epoch, epoch % 2 == 0);
		CU_ASSERT_FALSE(is_taken(&p, epoch + 1));
		CU_ASSERT_TRUE(is_taken(&p, epoch));
		CU_ASSERT_FALSE(is_taken(&p, epoch - 1));
		CU_ASSERT_EQUAL(sends(&p), epoch);
		CU_ASSERT_FALSE(l->rx_next.set || l->tx_next.set);
		CU_ASSERT_EQUAL(l->rx_next.key[0], 0);
	}
	end(&p);
}

/* In another session both streams begin again, and so does the credit: nothing
 * is left of what the one before had sent or received. */
static void
test_new_session(void)
{
	static const struct peer_keys none;
	const struct ipc_record *in;
	struct link *l;
	uint8_t got[RECORD_MAX];
	struct far_end p;

	begin(&p);
	CU_ASSERT_TRUE(is_taken(&p, 1));
	CU_ASSERT_PTR_NOT_NULL(scene_told(&p.s, IPC_RECORD_IN));
	CU_ASSERT_EQUAL(sends(&p), 1);
	CU_ASSERT_EQUAL(transport_read(p.t, got), sizeof(record));
	CU_ASSERT_FALSE(links_idle(&p.s.links));
	transport_free(p.t);
	scene_session(&p.s, 2, true, &scene_two);
	begin_session(&p, &scene_two, 2);
	/* There is only one copy of the keys. */
	l = links_find(&p.s.links, SCENE_HANDLE);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	CU_ASSERT_EQUAL(memcmp(&l->session.data, &none, sizeof(none)), 0);
	CU_ASSERT_TRUE(links_idle(&p.s.links));
	CU_ASSERT_TRUE(is_taken(&p, 1));
	in = scene_told(&p.s, IPC_RECORD_IN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_EQUAL(in->serial, 2);
	CU_ASSERT_EQUAL(sends(&p), 1);
	CU_ASSERT_EQUAL(transport_read(p.t, got), sizeof(record));
	CU_ASSERT_EQUAL(memcmp(got, record, sizeof(record)), 0);
	end(&p);
}

static void
test_unknown(void)
{
	struct ipc_peer_keys body = { .handle = SCENE_HANDLE + 1 };
	struct far_end p;

	begin(&p);
	CU_ASSERT_EQUAL(links_keys(&p.s.links, MESSAGE(0, &body)), -1);
	end(&p);
}

void
links_keys_suite(void)
{
	CU_pSuite s = CU_add_suite("links_keys", fake_open_udp, fake_close_udp);

	CU_add_test(s, "both epochs after a rekey", test_both_epochs);
	CU_add_test(s, "the new keys at once", test_send_now);
	CU_add_test(s, "new keys that are forged", test_forged);
	CU_add_test(s, "one rekey after another", test_again);
	CU_add_test(s, "another session", test_new_session);
	CU_add_test(s, "no such peer", test_unknown);
}
