/*
 * The list of people next to the messages: verified or not, name, in how many
 * places if there are several, path, round trip time.
 */
#ifndef UI_TUI_PEERLIST_H
#define UI_TUI_PEERLIST_H

#include "ui/tui/grid.h"

#include "ui/model.h"

struct ui;

/* Puts it from column on up to the edge, with a rule before it. */
void peerlist_put(const struct ui *, struct grid *, unsigned int row,
    unsigned int rows, unsigned int column);

/* True if nobody else is here, not even somebody who is connecting. */
bool peerlist_empty(const struct model *);

#endif
