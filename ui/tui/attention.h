/*
 * Telling a user who looks elsewhere that there is something to read: the
 * number of unread messages in the terminal's title, and a bell or a
 * notification that does not reveal the text or its author.
 */
#ifndef UI_TUI_ATTENTION_H
#define UI_TUI_ATTENTION_H

#include "ui/buf.h"

#include "common/clock.h"
#include "common/ipc_messages.h"

/* There is at most one bell in this time, however many messages come. */
#define ATTENTION_REST (2 * USEC_PER_SEC)
/* A terminal may not tell whether it has the focus: after a key the user is
 * assumed to look at it for this long. */
#define ATTENTION_LOOK (5 * USEC_PER_SEC)

struct attention {
	uint8_t how;	  /* enum notify_how */
	uint8_t what;	  /* enum notify_for */
	bool tells_focus; /* the terminal has said so: */
	bool focused;
	uint64_t key_at; /* when a key was pressed last */
	uint64_t unread;
	bool due; /* a bell or notification */
	uint64_t quiet_until;
	bool title_stale;
};

/* A message was heard; notable: it is private, or has the user's name in it. */
void attention_heard(struct attention *, bool notable, uint64_t now);
/* The terminal got or lost the focus. */
void attention_focus(struct attention *, bool focused);
/* A key was pressed: everything on the screen was seen. */
void attention_key(struct attention *, uint64_t now);

/* Appends what is due; has_title: the terminal has a title. room: safe. */
void attention_put(struct attention *, struct buf *, const char *room,
    size_t len, bool has_title);

#endif
