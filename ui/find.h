/*
 * Finds the person of a name, by one of their places; or NULL. *too_many is set
 * if more than one has it.
 */
#ifndef UI_FIND_H
#define UI_FIND_H

#include "ui/ui.h"

/* Hex digits of an id that stand for a peer, too. */
#define FIND_ID_DIGITS 8

/* Looks among those who are here. */
const struct peer *find_present(const struct ui *, const char *name,
    bool *too_many);
/* If nobody is found so, looks among those who may be back. */
const struct peer *find_person(const struct ui *, const char *name,
    bool *too_many);

#endif
