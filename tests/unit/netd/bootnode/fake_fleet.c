/*
 * The rest of a fleet in the world around a bootnode: fleetd, its engine, the
 * other nodes. A record that is sealed here begins with a letter. See fake.h.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

#define SEALED 'S'

int
fake_tell_fleetd(void *arg, enum ipc_type type, const void *body,
    const void *tail, size_t tail_len)
{
	const struct ipc_fleet_record *record = body;
	struct ipc_message_in in = { type, body, tail, tail_len, -1, 0 };
	struct world *w = arg;
	struct fake_fleet *f = &w->fleet;

	CU_ASSERT_EQUAL_FATAL(type, IPC_FLEET_RECORD);
	CU_ASSERT_TRUE(ipc_check(&in));
	if (f->gone)
		return -1;
	f->ended = record->ends;
	if (f->ended)
		return 0;
	memcpy(f->sealed, tail, tail_len);
	f->sealed_len = tail_len;
	CU_ASSERT_EQUAL(fleet_record_get(f->sealed + 1, tail_len - 1, &f->own),
	    0);
	CU_ASSERT_EQUAL(f->own.id, record->id);
	CU_ASSERT_EQUAL(memcmp(record->name, fake_keys.fleet_name,
			    sizeof(record->name)),
	    0);
	f->asked = !f->mute;
	return 0;
}

void
fake_drained(void *arg, const struct ipc_drained *drained)
{
	struct world *w = arg;

	w->fleet.drained++;
	w->fleet.alone += drained->alone;
}

void
fake_seal_record(struct world *w, const struct message *m)
{
	uint8_t sealed[FLEET_RECORD_SEALED_MAX] = { SEALED };

	memcpy(sealed + 1, m->tail, m->tail_len);
	world_answer(w, IPC_FLEET_SEALED, NULL, sealed, 1 + m->tail_len);
}

void
fake_open_record(struct world *w, const struct message *m)
{
	struct ipc_fleet_opened opened = { .id = m->body.fleet_found.id };

	opened.good = m->tail[0] == SEALED;
	world_answer(w, IPC_FLEET_OPENED, &opened, m->tail + 1,
	    opened.good ? m->tail_len - 1 : 0);
}

static void
find_node(struct world *w, struct fake_node *node)
{
	uint8_t sealed[FLEET_RECORD_SEALED_MAX];
	struct ipc_fleet_found found = { .id = node->record.id };

	node->record.sequence += node->lives;
	if (!node->lives && !node->shown)
		return;
	sealed[0] = node->false_seal ? 'x' : SEALED;
	world_answer(w, IPC_FLEET_FOUND, &found, sealed,
	    1 + fleet_record_put(sealed + 1, &node->record));
}

bool
fake_round(struct world *w)
{
	struct fake_fleet *f = &w->fleet;
	struct ipc_fleet_found own = { .id = f->own.id };
	struct ipc_fleet_round round = { .rtt_us = 100 };

	if (!f->asked)
		return false;
	f->asked = false;
	round.result = f->away ? FLEET_ROUND_AWAY : FLEET_ROUND_DONE;
	f->rounds += !f->away;
	if (!f->away) {
		world_answer(w, IPC_FLEET_FOUND, &own, f->sealed,
		    f->sealed_len);
		for (size_t i = 0; i < f->count; i++)
			find_node(w, &f->nodes[i]);
	}
	world_answer(w, IPC_FLEET_ROUND, &round, NULL, 0);
	return true;
}

struct fake_node *
world_node(struct world *w)
{
	struct fake_node *node = &w->fleet.nodes[w->fleet.count++];
	struct fleet_record *r = &node->record;

	CU_ASSERT_FATAL(w->fleet.count <= FAKE_NODES);
	r->incarnation = 500;
	r->capacity = w->config.max_sessions;
	r->count = 1;
	r->addrs[0] = w->config.fleet_addrs[0];
	r->addrs[0].ip[15] = (uint8_t)(1 + w->fleet.count);
	r->id = fleet_record_id(r->addrs, r->count);
	node->lives = true;
	return node;
}

void
world_rounds(struct world *w, unsigned int rounds)
{
	const unsigned int end = w->fleet.rounds + rounds;

	for (int i = 0; i < 10000 && w->fleet.rounds < end; i++)
		world_until(w, w->now + 10 * USEC_PER_MSEC);
	CU_ASSERT_EQUAL_FATAL(w->fleet.rounds, end);
}
