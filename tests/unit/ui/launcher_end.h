/*
 * The launcher's end of a ui, for the tests of rooms that come and go: what ui
 * asks for, and what it is told.
 */
#ifndef TESTS_UNIT_UI_LAUNCHER_END_H
#define TESTS_UNIT_UI_LAUNCHER_END_H

#include "tests/unit/ui/fixture.h"

/* Asserts that ui asks for a room, and returns the question. */
struct ipc_room_open launcher_expect_open(struct fixture *,
    const char *bootnode, const char *name);
/* Asserts that ui tells the launcher that of a room. */
void launcher_expect_number(struct fixture *, enum ipc_type,
    unsigned int number);
void launcher_expect_nothing(struct fixture *);

/* Tells ui of a room; returns what rooms_told() does. */
int launcher_tell(struct fixture *, struct ipc_room, const char *bootnode,
    const char *name, struct room **closed);
/* Tells that the room is open that was asked for with this ticket, or 0: one of
 * the start. Returns it. */
struct room *launcher_open_as(struct fixture *, unsigned int number,
    uint32_t ticket, enum secret_kind, const char *name);
/* The same of a room of that serial number, at that bootnode. */
struct room *launcher_open_at(struct fixture *, uint32_t serial, bool namesake,
    const char *name, const char *bootnode);
/* Tells that a room is closed, asked or not. Returns what there is to be
 * closed, or NULL. */
struct room *launcher_close(struct fixture *, unsigned int number);

#endif
