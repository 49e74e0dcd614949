/*
 * Names and keys: our nickname, and the people who are compared with those we
 * know.
 */
#ifndef UI_TRUST_H
#define UI_TRUST_H

#include "ui/ui.h"

/* The user takes another name from now on. Returns 0, or -1 after an error was
 * shown. */
int ui_rename(struct room *, const char *nick, size_t len);
/* There is another cryptod, and a channel to it: tells it what it cannot know
 * from the launcher. */
void ui_cryptod_came(struct room *);
/*
 * Compares the name and key of a connected peer with those that are known, once
 * for each connection and name, and has it shown accordingly. Returns the known
 * peer that it could be taken for, if the user is to be warned; or NULL.
 */
const struct known_peer *ui_compare(struct room *, const struct peer *);

#endif
