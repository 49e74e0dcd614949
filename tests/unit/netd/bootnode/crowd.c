/*
 * Many guests of a bootnode at once. See crowd.h.
 */
#include "tests/unit/netd/bootnode/crowd.h"

#include <CUnit/CUnit.h>

struct world *
crowd_begin(uint32_t peers)
{
	struct world *w = world_new(600, 512);

	for (uint32_t i = 0; i < peers; i++)
		CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
	world_until(w, w->now + USEC_PER_SEC);
	return w;
}

void
crowd_beat(struct world *w, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i < last; i++)
		guest_send(&w->clients[i], WIRE_HEARTBEAT);
}

uint64_t
crowd_heard(const struct world *w, uint32_t first, uint32_t last)
{
	uint64_t sum = 0;

	for (uint32_t i = first; i < last; i++)
		sum += w->clients[i].heard;
	return sum;
}

void
crowd_churn(struct world *w, uint32_t first, uint32_t last, uint64_t time)
{
	uint64_t until = w->now + time;
	bool limits = w->no_limits;

	w->no_limits = true;
	while (w->now < until) {
		for (uint32_t i = first; i < last; i++)
			CU_ASSERT_TRUE(guest_enter(&w->clients[i]));
		world_until(w, w->now + FAKE_FLUSH);
	}
	w->no_limits = limits;
}

struct guest *
guest_behind(struct world *w, uint32_t index, char room, uint8_t host)
{
	struct guest *c = guest_new(w, index, room);

	c->addr.ip[14] = 0xee;
	c->addr.ip[15] = host;
	return c;
}

void
guest_copies(struct guest *c)
{
	struct world *w = c->world;
	uint8_t buf[WIRE_MAX];
	size_t len = guest_join(c, buf);

	for (int i = 0; i < 3; i++)
		world_packet(w, &c->addr, buf, len);
}
