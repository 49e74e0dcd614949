/*
 * Views: how events look and how input is read. There are three, plain, json
 * and tui; they only show, while ui.c and dispatch.c decide what happens.
 */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include "ui/buf.h"
#include "ui/fold.h"
#include "ui/known.h"
#include "ui/model.h"
#include "ui/past.h"

struct reading;
struct room;
struct ui;

/* When a line of input is obeyed. */
enum turn {
	TURN_ITS_OWN,
	TURN_ANY,  /* it only asks something */
	TURN_FIRST /* it leaves */
};

/* The addressees of a message that was sent. */
enum sent_to {
	SENT_OPEN, /* so many so far; who comes soon gets it, too */
	SENT_MORE, /* another, and that still holds */
	SENT_ALL,  /* so many in all */
	/* So many; nobody knows any more who else should have it, or, if it is
	 * one that was recalled, who of these has it. */
	SENT_UNKNOWN
};

struct key_help {
	const char *keys;
	const char *what;
};

struct view {
	size_t line_max; /* bytes of a line of input */
	/* People read this view: they are told about a person, not about each
	 * place, and not each time about repeated actions of one person. */
	bool for_people;

	/* A room was opened, or is about to be closed; or NULL. */
	void (*opened)(struct room *);
	void (*closed)(struct room *);
	/* ui->front is this room now; or NULL. A view with an input line may
	 * decline, and puts the one before in front again, while a line is
	 * being typed there, unless that room is being left. */
	void (*turned)(struct room *);
	/* Turns to the room, or other thing, that the view gave this number,
	 * from 1. Returns false if there is none. NULL in views that give
	 * none. */
	bool (*turn_to)(struct ui *, unsigned int number);
	/* Returns the number that it gave the room; or NULL. */
	unsigned int (*number)(const struct room *);
	/* Conversations, in views that have them, else NULL. Opens the one with
	 * that person, or turns to it; returns false after an error. */
	bool (*query)(struct room *, const struct peer *);
	/* Turns to the open one with the person who is shown by that name.
	 * Returns how many there are: if more than one, turns to none. */
	size_t (*turn_to_person)(struct ui *, const char *name, size_t len);
	/* Lists them for /rooms, in that room. */
	void (*queries)(struct room *);
	/* True if the room is shown, and no conversation. */
	bool (*shows)(const struct room *);
	/* Appends to a line of /rooms what is unread there. */
	void (*unread)(const struct room *, struct buf *);
	/* Closes the one that is in front; returns false if a room is. */
	bool (*part)(struct ui *);
	/* Says a text to the person alone, if the line that is just being
	 * obeyed was typed in a conversation; else returns false. flags:
	 * TEXT_FLAG_ACTION or 0. */
	bool (*alone)(struct room *, unsigned int flags, const char *text,
	    size_t len);
	/* A further room was opened, or was left; or NULL. */
	void (*room)(struct room *, enum room_state);
	/* The ui before this one may have shown something else. NULL:
	 * ui->adrift is set, until the user says where what is typed goes. */
	void (*adrift)(struct ui *);
	/* Tells what is where, all of it zero before; and puts what is of a
	 * room that was just opened where it was: returns true if that is what
	 * was current, and it is shown. NULL: rooms have their own numbers. */
	void (*places)(const struct ui *, struct ipc_places *);
	bool (*restore)(struct room *, const struct ipc_places *);
	/* Asks for the passphrase of the room of that name at that bootnode,
	 * which is empty if it is not known: rooms_secret() gets the answer.
	 * NULL: it cannot. */
	void (*ask_secret)(struct ui *, const char *name, const char *bootnode);
	/* Asks whether the room of that name is to be opened at each start:
	 * rooms_remember() gets the answer. NULL: it cannot. */
	void (*ask_remember)(struct ui *, const char *name);

	/* A line of input for the room in front, if it names no other: valid
	 * UTF-8 of at most line_max bytes, no NUL. */
	void (*line)(struct room *, const char *line, size_t len);

	/* For views whose lines name a room, else NULL. Reads a line of any
	 * bytes, once for all that follows: returns the room that it is for,
	 * that in front if it names none; obeys it, as line() does; and frees
	 * what was read. */
	struct reading *(*read)(const char *line, size_t len);
	struct room *(*room_of)(struct ui *, const struct reading *);
	void (*obey)(struct room *, const struct reading *);
	void (*forget)(struct reading *);

	enum turn (*turn)(const struct room *, const char *line, size_t len);

	/* For the tui alone, else NULL. Takes bytes of input as they come, not
	 * lines; returns false while so many of them wait that no more may be
	 * read; tells whether any wait. */
	void (*keys)(struct ui *, const char *bytes, size_t len);
	bool (*takes_keys)(const struct ui *);
	bool (*waits)(const struct ui *);
	/* Something that it shows has changed, and no other callback tells. */
	void (*touch)(struct ui *);
	/* ui_work() calls this first: takes typed lines that had to wait. */
	void (*typed)(struct ui *);
	/* ui_work() calls this at the deadline and whenever anything came. */
	void (*work)(struct ui *);
	uint64_t (*deadline)(const struct ui *);
	/* True while further entries could push out some that were never
	 * shown. */
	bool (*full)(const struct room *);

	/* Events of a client. */
	void (*ready)(struct room *);
	void (*bootnode)(struct room *, const struct ipc_bootnode *);
	void (*peer)(struct room *, const struct peer *);
	/* A text of the user was taken; it will be sent under this number.
	 * flags: TEXT_FLAG_*; to: its only addressee (one of their places), or
	 * NULL. */
	void (*said)(struct room *, uint64_t seq, unsigned int flags,
	    const struct peer *to, const char *text, size_t len);
	void (*message)(struct room *, const struct peer *, unsigned int flags,
	    const char *text, size_t len);
	/* The text went to so many. Told again after SENT_OPEN, with SENT_ALL
	 * or SENT_UNKNOWN at last. */
	void (*sent)(struct room *, uint64_t seq, uint32_t peers, enum sent_to);
	/* The peer may be NULL: gone, and its name forgotten. */
	void (*delivered)(struct room *, const struct ipc_delivered *,
	    const struct peer *);
	void (*delivered_late)(struct room *, const struct ipc_delivered *,
	    const struct peer *); /* after undelivered */
	void (*undelivered)(struct room *, const struct ipc_undelivered *,
	    const struct peer *);
	/* The answer to ui_ask_status(); the figures of peers are in the
	 * model. */
	void (*status)(struct room *, const struct ipc_status *);
	/* A peer has another name now; before: the name that it was shown by. p
	 * NULL: our own. */
	void (
	    *renamed)(struct room *, const struct peer *p, const char *before);
	/* A name that is known comes with a key that is not: told before any
	 * text of the peer. before: the one of that name that matters most;
	 * known_alike() has them all. */
	void (*key_changed)(struct room *, const struct peer *,
	    const struct known_peer *before);
	/* Somebody else made a handshake for a peer's id, and was refused. The
	 * peer may be NULL. */
	void (*claim)(struct room *, const struct ipc_peer_claim *,
	    const struct peer *);
	/* A text that comes next does not agree with earlier ones of the peer:
	 * others may have been told something else. */
	void (*fork)(struct room *, const struct peer *, uint64_t seq);
	/* A text comes next, and some earlier texts of the peer to all are
	 * missing here. */
	void (*gap)(struct room *, const struct peer *, uint64_t seq);
	/* A member of the room does not show who it is. */
	void (*stranger)(struct room *, const struct ipc_stranger *);
	/* The events that were not told since, in one sentence; views for
	 * people alone. */
	void (*folded)(struct room *, enum fold_kind, const struct buf *);
	/* The answer to ui_ask_safety(). */
	void (*safety)(struct room *, const struct peer *,
	    const struct ipc_safety *);
	/* The answer to ui_ask_invite(): printable ASCII. */
	void (*invite)(struct room *, const char *text, size_t len);
	/* Shows a string as a QR code, or says why it does not; views for
	 * people alone. */
	void (*qr)(struct room *, const char *text);
	/* The answer to ui_set_verified(), or another gochat of the user's set
	 * it: p->verified is the present state. */
	void (*verified)(struct room *, const struct peer *p);

	/* The keys of the view, up to one of NULL; NULL: it has none of its
	 * own. */
	const struct key_help *key_help;
	const struct key_help *operator_key_help; /* of a bootnode */
	/* For the start after a ui that died: comes before everything else. The
	 * texts that it showed; output that stays where it was written need not
	 * have them twice. */
	void (*recalled)(struct room *, const struct recalled_text *);
	/* The peer (which may be NULL) did not get our text that came last. It
	 * may have been told. */
	void (*recalled_missed)(struct room *, const struct ipc_undelivered *,
	    const struct peer *);
	/* The line that was being typed; NULL in views without an input
	 * line. */
	void (
	    *draft)(struct room *, const char *text, size_t len, size_t cursor);

	/* The commands /search and /clear, in views that have a scrollback;
	 * else NULL. */
	void (*search)(struct ui *, const char *text, size_t len);
	void (*clear)(struct ui *);

	/* Events of a bootnode. */
	void (*listening)(struct room *, const struct ipc_bootnode_ready *);
	void (*member)(struct room *, const struct ipc_member *);
	/* asked: by ui_ask_status(); a view that shows them all the time asks
	 * once a second. The figures before are in room->stats, to make rates
	 * of the two: zeros, if these are the first of a netd. */
	void (*stats)(struct room *, const struct ipc_stats *, bool asked);

	/* The end of a check: the bootnode let us in, or it is NULL and why
	 * says what went wrong, safe text. NULL in the tui. */
	void (*checked)(struct ui *, const struct ipc_bootnode *,
	    const struct buf *why);

	/* Events of both. */

	/* One line of an answer to a command; safe text. */
	void (*notice)(struct room *, const char *text);
	/* The same for what a thing is called, in so many columns, and what it
	 * is; NULL: one line, however long. */
	void (*item)(struct room *, const char *what, unsigned int columns,
	    const char *text);
	/* The text may quote texts of others. */
	void (*error)(struct room *, const char *text);
	void (*bye)(struct ui *);

	/* Frees everything that the view has of its own; or NULL. */
	void (*close)(struct ui *);
};

extern const struct view view_plain;
extern const struct view view_json;

#endif
