/*
 * Finds the person of a name, by one of their places; or NULL. *too_many is set
 * if more than one has it.
 */
#ifndef UI_FIND_H
#define UI_FIND_H

#include "ui/ui.h"

/* The number of hex digits of an id that can be typed for a peer, too. */
#define FIND_ID_DIGITS 8

/* Looks among the people who are here. */
const struct peer *find_present(const struct room *, const char *name,
    bool *too_many);
/* If this finds nobody, looks among the people who may be back. */
const struct peer *find_person(const struct room *, const char *name,
    bool *too_many);

/* Returns a place of the person with that key: connected if one is, else one
 * that is here, else one that may be back; or NULL. */
const struct peer *find_key(const struct room *, const uint8_t *fingerprint);

#endif
