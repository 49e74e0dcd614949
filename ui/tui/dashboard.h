/*
 * A bootnode on a terminal: its live figures, and who came and left last; or
 * the list of that, and of the answers to commands, on the whole screen.
 */
#ifndef UI_TUI_DASHBOARD_H
#define UI_TUI_DASHBOARD_H

#include "ui/tui/grid.h"
#include "ui/tui/scroll.h"

#include "common/clock.h"
#include "common/ipc_stats.h"

struct ui;

/* Figures are asked for this often; rates are between two answers. */
#define DASHBOARD_INTERVAL USEC_PER_SEC

struct dashboard {
	struct ipc_stats before;
	struct ipc_stats now;
	char listening[160]; /* the addresses; safe */
	char key[80];
	bool listing; /* the list, and no figures */
};

void dashboard_listening(struct dashboard *, const struct ipc_bootnode_ready *);
/* Figures came, with the ones before, as view->stats() has them. */
void dashboard_stats(struct dashboard *, const struct ipc_stats *before,
    const struct ipc_stats *now);

/* Returns what the list has of the screen while it is shown alone. */
struct scroll_window dashboard_window(const struct ui *);
/* The grid is clear. */
void dashboard_compose(const struct ui *, struct grid *);

#endif
