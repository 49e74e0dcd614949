/*
 * A bootnode that hands its state over, and one that takes it over. See fake.h.
 */
#include "tests/unit/netd/bootnode/fake.h"

#include <CUnit/CUnit.h>

void
world_hand_over(struct world *w)
{
	world_run(w);
	w->hold.attempt++;
	world_answer(w, IPC_HOLD, &w->hold, NULL, 0);
	world_run(w);
	while (bootnode_keeps(w->bootnode)) {
		bootnode_keep(w->bootnode);
		world_run(w);
	}
	CU_ASSERT_TRUE(bootnode_is_held(w->bootnode));
}

static void
give_back(struct world *w, enum kept_result result)
{
	const struct ipc_restore_end end = {
		.result = (uint8_t)result,
		.sessions = w->kept_end.sessions,
		.rooms = w->kept_end.rooms,
	};

	for (size_t i = 0; i < w->kept_count; i++)
		world_answer(w, IPC_RESTORE, NULL, w->kept[i].tail,
		    w->kept[i].tail_len);
	world_answer(w, IPC_RESTORE_END, &end, NULL, 0);
	CU_ASSERT_TRUE(bootnode_is_held(w->bootnode));
}

void
world_take_over(struct world *w, enum kept_result result)
{
	world_restart(w);
	give_back(w, result);
}

void
world_take_over_private(struct world *w, const char *const names[],
    size_t count)
{
	world_restart(w);
	world_access(w, names, count);
	give_back(w, KEPT_TAKEN);
}

void
world_serve(struct world *w)
{
	world_answer(w, IPC_SERVE, NULL, NULL, 0);
	CU_ASSERT_FALSE(bootnode_is_held(w->bootnode));
	world_run(w);
}
