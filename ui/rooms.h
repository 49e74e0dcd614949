/*
 * Rooms that come and go. ui asks the launcher for a room, which has its
 * processes started and tells ui of it; the channel to its cryptod comes then.
 * The room's secret goes over that channel, and nowhere else.
 *
 *	/join -> rooms_ask -> view.ask_secret -> rooms_secret ->
 *	    view.ask_remember -> rooms_remember -> rooms_open
 *	rooms_open -> ROOM_OPEN -> launcher
 *	launcher -> ROOM -> rooms_told -> room_open; CHANNEL -> process.c
 *	cryptod -> SECRET_WANTED -> rooms_secret_wanted -> SECRET -> cryptod
 *	/part -> rooms_part -> QUIT; GOODBYE -> rooms_work -> ROOM_CLOSE
 */
#ifndef UI_ROOMS_H
#define UI_ROOMS_H

#include "ui/ui.h"

/* A room to be opened. The texts and the key need not live on. */
struct rooms_wish {
	const char *name; /* of len bytes */
	size_t len;
	const char *bootnode; /* as the user gave it; empty: the first room's */
	size_t bootnode_len;
	const char *identity; /* its name; empty: the default one */
	size_t identity_len;
	const uint8_t *key; /* the bootnode's, of X25519_LEN bytes, or NULL */
	enum secret_kind kind;
	const void *secret; /* of that kind */
	size_t secret_len;
	bool remember; /* it is opened at each start */
};

/* Asks the launcher for a room; what comes of it is told by the view. Reports
 * an error if there can be no such room. */
void rooms_open(struct room *asker, const struct rooms_wish *);

/* Asks for the room of an invite, as it was typed; of the wish, only identity
 * and remember count. Reports an error that says where it is damaged. In views
 * that can, the user is asked first whether to remember it. */
void rooms_open_invite(struct room *asker, const struct rooms_wish *,
    const char *text, size_t len);

/* Asks for a room with this passphrase, as it was typed: it is brought into the
 * one form that all have (precis/). Empty: the room has none. */
void rooms_open_locked(struct room *asker, const struct rooms_wish *,
    const char *passphrase, size_t len);

/* For views that can: asks the user for the room's passphrase first. Reports an
 * error instead if there can be no such room. */
void rooms_ask(struct room *asker, const struct rooms_wish *);
/* The answer: the passphrase as it was typed, empty for none; or NULL, and the
 * room is not opened. It is the caller's to wipe. Then the user is asked
 * whether to remember the room. */
void rooms_secret(struct ui *, const char *text, size_t len);
/* The answer to that; the room is asked for. */
void rooms_remember(struct ui *, bool remember);

/* Leaves a room. Reports an error, and does not, if it is the last. */
void rooms_part(struct room *asker, struct room *);
/* Has the room remembered, so that it is opened at each start; or not. */
void rooms_keep(struct room *asker, struct room *, bool keep);

/* Tells of a room that ends, if it was to be remembered and is not yet. */
void rooms_tell_unkept(const struct room *);

/* Turns to a room: what is typed is for it. */
void ui_turn_to(struct room *);

/* Returns the room's number for people, from 1 on. */
unsigned int rooms_number(const struct room *);
/* Notes what the room is called, once its name and bootnode are known;
 * namesake: it is called by both. The launcher says so, and the same to each ui
 * that there is in the room's life; no other room is called so. */
void rooms_set_handle(struct room *, bool namesake);
/* Returns the room that is called so, or else the one at that bootnode, "NAME
 * at BOOTNODE"; or NULL. */
struct room *rooms_named(const struct ui *, const char *name, size_t len);
/* The same, and for people the room of that number from 1 on: a program means
 * what it says, and that room may be closed. Reports an error if there is
 * none. */
struct room *rooms_find(struct room *asker, const char *name, size_t len);
/* Returns the number of rooms that stay. */
size_t rooms_count(const struct ui *);
/* True if more than one is open, be it one that is being left. */
bool rooms_are_several(const struct ui *);
/* True if the launcher has not yet answered for each room that was asked
 * for. */
bool rooms_awaited(const struct ui *);
/* True for decimal digits alone, of a number below 1000. */
bool rooms_is_number(const char *text, size_t len, unsigned int *number);

/* Handlers, as in dispatch.h. The first is of the launcher's ROOM: returns -1
 * if it makes no sense. *closed is set to a room that is to be closed with its
 * channel, or to NULL. */
int rooms_told(struct ui *, const struct ipc_message_in *,
    struct room **closed);
int rooms_secret_wanted(void *room, const struct ipc_message_in *);
/* Asks the launcher to end the rooms that are left. */
void rooms_work(struct ui *);
/* Forgets what was asked for, and wipes its secret. */
void rooms_asked_forget(struct rooms_asked *);
/* The same with all that is asked for. */
void rooms_free(struct ui *);

#endif
