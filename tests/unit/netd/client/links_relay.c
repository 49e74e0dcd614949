/*
 * A peer who can be reached through the relay alone. See links_relay.h.
 */
#include "tests/unit/netd/client/links_relay.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

const struct peer_id relay_peer = { "the peer itself" };

void
relay_begin(struct scene *s, enum relay mode)
{
	struct ipc_peer_add add = { .handle = SCENE_HANDLE,
		.peer = relay_peer,
		.controlling = 1,
		.room = scene_room };

	scene_begin(s);
	CU_ASSERT_EQUAL(links_drop(&s->links,
			    MESSAGE(s->f.now,
				&(struct ipc_peer){ SCENE_HANDLE })),
	    0);
	s->f.b.relay_rate = RELAY_RATE;
	s->links.mode = mode;
	add.observed = s->f.addr[1];
	CU_ASSERT_EQUAL(links_add(&s->links, MESSAGE(s->f.now, &add)), 0);
}

void
relay_take(void *arg, const uint8_t *bytes, size_t len)
{
	struct inner *inner = arg;
	struct wire_relay r;

	if (wire_get_relay(bytes, len, &r) == -1)
		return;
	CU_ASSERT_EQUAL(r.session, SESSION);
	CU_ASSERT_TRUE(wire_mac_ok(bytes, len, fake_mac_key));
	CU_ASSERT_EQUAL(memcmp(&r.peer, &relay_peer, sizeof(r.peer)), 0);
	memcpy(inner->bytes, r.packet, r.packet_len);
	inner->len = r.packet_len;
	inner->count++;
}

struct inner
relay_sent(struct scene *s)
{
	struct inner inner = { .len = 0 };

	fake_each(&s->f, 0, relay_take, &inner);
	return inner;
}

struct wire_probe
relay_probed(struct scene *s, uint64_t time)
{
	uint64_t until = s->f.now + time;
	struct wire_probe p = { .id = 0 };
	struct inner inner;

	while (p.id == 0 && s->f.now < until) {
		s->f.now += 10 * USEC_PER_MSEC;
		links_timer(&s->links, s->f.now);
		inner = relay_sent(s);
		if (inner.len > 0 &&
		    wire_get_probe(inner.bytes, inner.len, &p) == 0)
			CU_ASSERT_EQUAL(p.type, WIRE_PROBE);
	}
	return p;
}

void
relay_bring(struct scene *s, const struct peer_id *of, const uint8_t *packet,
    size_t len)
{
	struct wire_relay r = { SESSION, *of, packet, len };
	uint8_t buf[WIRE_MAX];

	links_relayed(&s->links, s->f.now, &s->f.addr[0], buf,
	    wire_put_relay(buf, &r, fake_mac_key));
	links_deliver(&s->links);
}

void
relay_bring_probe(struct scene *s, const struct peer_id *of,
    const struct packet_keys *keys, enum wire_type type, unsigned int flags,
    uint64_t id)
{
	struct wire_probe w = { .type = type,
		.flags = (uint8_t)flags,
		.connection = keys->connection_rx,
		.number = s->number++,
		.id = id };
	uint8_t packet[WIRE_MAX];

	relay_bring(s, of, packet, wire_put_probe(packet, &w, keys->probe.rx));
}
