/*
 * Who is called so, by one of their places; or NULL. *too_many is set if that
 * is more than one.
 */
#ifndef UI_FIND_H
#define UI_FIND_H

#include "ui/ui.h"

/* Hex digits of an id that stand for a peer, too. */
#define FIND_ID_DIGITS 8

/* Of those who are here. */
const struct peer *find_present(const struct ui *, const char *name,
    bool *too_many);
/* Or, if there is nobody, of those who may be back. */
const struct peer *find_person(const struct ui *, const char *name,
    bool *too_many);

#endif
