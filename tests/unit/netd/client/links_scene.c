/*
 * One link or two and their peers. See links_scene.h.
 */
#include "tests/unit/netd/client/links_scene.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

const struct packet_keys scene_room = { SCENE_TX, SCENE_RX, { { 1 }, { 2 } } };
const struct packet_keys scene_one = { SCENE_TX + 100, SCENE_RX + 100,
	{ { 3 }, { 4 } } };
const struct packet_keys scene_two = { SCENE_TX + 200, SCENE_RX + 200,
	{ { 5 }, { 6 } } };
const struct peer_keys scene_data = { { 7 }, { 8 } };

void
scene_add_peer(struct scene *s, uint32_t n)
{
	struct ipc_peer_add add = {
		.handle = SCENE_HANDLE + n,
		.controlling = 1,
		.room = scene_room,
		.observed = s->f.addr[1],
	};

	add.room.connection_tx += n;
	add.room.connection_rx += n;
	CU_ASSERT_EQUAL(links_add(&s->links, MESSAGE(s->f.now, &add)), 0);
}

void
scene_begin(struct scene *s)
{
	struct ipc_config_netd config = { .incarnation = 1 };
	struct lan lan = { .count = 0 };

	memset(s, 0, sizeof(*s));
	fake_come_in(&s->f, 10000);
	nat_init(&s->nat, 0, &lan);
	links_init(&s->links, &fake_udp, &s->f.netd, &s->f.b, &s->nat, &config,
	    &lan);
	scene_add_peer(s, 0);
}

void
scene_end(struct scene *s)
{
	struct ipc_peer body = { .handle = SCENE_HANDLE };

	CU_ASSERT_EQUAL(links_drop(&s->links, MESSAGE(s->f.now, &body)), 0);
	fake_end(&s->f);
}

struct wire_probe
scene_probed(struct scene *s)
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

void
scene_give(struct scene *s, const struct packet_keys *keys, enum wire_type type,
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

const void *
scene_told(struct scene *s, enum ipc_type type)
{
	static struct ipc_message_in in;

	while (ipc_receive(&s->f.cryptod, &in) == IPC_GOT)
		if (in.type == type)
			return in.body;
	return NULL;
}

struct addr
scene_elsewhere(const struct scene *s)
{
	struct addr a = s->f.addr[1];

	a.ip[15]++;
	return a;
}

void
scene_come_up(struct scene *s)
{
	const struct ipc_path *path;

	scene_begin(s);
	scene_give(s, &scene_room, WIRE_PROBE_REPLY, 0, scene_probed(s).id,
	    &s->f.addr[1]);
	path = scene_told(s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT(path->state == PATH_UP && !path->secured);
	CU_ASSERT_EQUAL(scene_probed(s).flags, PROBE_NOMINATE);
}

void
scene_session(struct scene *s, uint32_t serial, bool confirmed,
    const struct packet_keys *keys)
{
	struct ipc_peer_session body = {
		.handle = SCENE_HANDLE,
		.serial = serial,
		.confirmed = confirmed,
		.has_stream = true,
		.epoch = 1,
		.keys = *keys,
		.data = scene_data,
	};

	CU_ASSERT_EQUAL(links_session(&s->links, MESSAGE(s->f.now, &body)), 0);
	links_deliver(&s->links);
}

void
scene_come_together(struct scene *s)
{
	const struct ipc_path *path;
	struct wire_probe p;

	scene_come_up(s);
	scene_session(s, 1, true, &scene_one);
	path = scene_told(s, IPC_PATH);
	CU_ASSERT_PTR_NOT_NULL_FATAL(path);
	CU_ASSERT(path->state == PATH_UP && path->secured);
	p = scene_probed(s);
	CU_ASSERT_EQUAL(p.connection, scene_one.connection_tx);
	scene_give(s, &scene_one, WIRE_PROBE_REPLY, PROBE_IN_USE, p.id,
	    &s->f.addr[1]);
}
