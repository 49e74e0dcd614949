/*
 * People, of whom each may be here from several places: one key is one person,
 * and each client that proves the key is one of their places. Places of one
 * nickname are shown by one name; a place of another nickname has a name of its
 * own.
 */
#ifndef UI_PEOPLE_H
#define UI_PEOPLE_H

#include "ui/model.h"

/* Places of one key that are shown by one name. */
struct person {
	const struct peer *p; /* that of them that is connected, if one is */
	unsigned int places;  /* that are connected, or 1 */
};

/* Returns another place of the same key that is here; of one that is away, also
 * those that are: the next after "after" (NULL: the first), or NULL. */
const struct peer *people_elsewhere(const struct model *, const struct peer *,
    const struct peer *after);

/* Lists the people who are here, also those who are not connected yet: first
 * those who can be talked to, then by name, numbers in names by their value.
 * Returns how many. */
size_t people_list(const struct model *, struct person people[PEERS_MAX]);

/* Counts the people who are connected, the user included; and the places that
 * have a relayed path. */
void people_count(const struct model *, unsigned int *here,
    unsigned int *relayed);

/* Compares names like strcmp(): letters without regard to case, digits as
 * numbers. */
int people_order(const char *, const char *);

#endif
