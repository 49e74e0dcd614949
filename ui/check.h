/*
 * A check (--mode check): the client leaves as soon as a bootnode has let it
 * in, or has refused it, or has not answered in time, and says which in one
 * line. Nothing is read.
 */
#ifndef UI_CHECK_H
#define UI_CHECK_H

#include "ui/view.h"

#include <stdbool.h>
#include <stdint.h>

/* The time for it, from the start of ui on. */
#define CHECK_TIME (10 * USEC_PER_SEC)

struct check {
	bool wanted;
	bool told; /* how it ended */
	bool passed;
	uint64_t began; /* 0: not yet */
	bool heard;	/* of the bootnode: */
	struct ipc_bootnode last;
};

/* Returns the view of a check: that of this kind, with one line in place of all
 * that it says about a bootnode. */
const struct view *check_view(enum ui_kind);

/* The line for people: view->checked of the plain view. */
void check_put(struct ui *, const struct ipc_bootnode *, const struct buf *);

/* Returns the microseconds that all of it took. */
static inline uint32_t
check_total(const struct boot_took *took)
{
	return took->resolve_us + took->cookie_us + took->welcome_us;
}

/* What cryptod tells of the bootnode. Returns 0. */
int check_heard(struct room *, const struct ipc_bootnode *);

#endif
