/*
 * The scrollback: texts and events, oldest first, bounded in number and bytes.
 * Entries are numbered from 1 and keep their number.
 */
#ifndef UI_TUI_HISTORY_H
#define UI_TUI_HISTORY_H

#include "ui/tui/theme.h"

#include "common/ipc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_ENTRIES_MAX 10000
#define HISTORY_BYTES_MAX   (32u * 1024 * 1024)

/* Bytes of a fingerprint that tell names apart that had to be cut. */
#define HISTORY_TAG 2

enum entry_kind {
	ENTRY_HEARD,  /* a peer's message */
	ENTRY_SAID,   /* our own */
	ENTRY_EVENT,  /* somebody came or left */
	ENTRY_NOTICE, /* an answer to a command */
	ENTRY_QR,     /* one that is a QR code */
	ENTRY_ERROR,
	ENTRY_ALARM, /* a known name with another key */
	ENTRY_DAY,   /* what follows is of another day */
	ENTRY_NEW    /* what follows came while another pane was shown */
};

/* So many of the peers that will not get it are named. */
#define HISTORY_MISSED_MAX 8

/* A peer that will not get a message. */
struct missed {
	struct peer_id id;
	char *who_and_why;
};

/* How far our own message got. */
struct entry_mark {
	bool sent;
	bool open;	       /* and who comes soon gets it, too */
	bool unknown;	       /* who else was to get it, or got it */
	uint32_t peers;	       /* it was sent to so many */
	uint32_t delivered;    /* so many have it */
	uint32_t undelivered;  /* so many will not get it: */
	struct missed *missed; /* the first of these, or NULL */
	size_t missed_count;
};

struct entry {
	uint64_t number;
	uint64_t messages; /* heard, up to this one */
	int64_t wall_ms;   /* since 1970 */
	enum entry_kind kind;
	unsigned int flags; /* TEXT_FLAG_* */
	bool mention;	    /* of our own name */
	bool gone;	    /* it is not shown any more */
	unsigned int hang;  /* columns before rows after the first */
	enum style name_style;
	char *name;		  /* "": nobody's; safe UTF-8 */
	uint8_t tag[HISTORY_TAG]; /* the start of its fingerprint */
	char *to;		  /* our own, to one alone: who; else "" */
	char *text;		  /* safe UTF-8, may hold line feeds */
	size_t len;
	uint64_t seq; /* our own, else 0 */
	struct entry_mark mark;
	/* The number of rows at some width; 0: to be counted. */
	unsigned int rows;
	unsigned int rows_width;
};

struct history {
	bool ascii; /* texts become that as they are added */
	struct entry *entries[HISTORY_ENTRIES_MAX]; /* a ring, by number */
	uint64_t oldest;			    /* its number */
	uint64_t next;				    /* number of the next */
	uint64_t messages;
	size_t bytes;
	uint64_t appended; /* bytes, ever */
	/* Numbers of our own entries, a ring of all that are here: their seqs
	 * rise, however far apart they are. */
	uint64_t own[HISTORY_ENTRIES_MAX];
	uint64_t own_first; /* the oldest is own[own_first % ...] */
	uint64_t own_next;
};

/* *h is all zero. */
void history_init(struct history *h);
void history_free(struct history *);

/* The parts of a new entry; strings are copied. */
struct history_new {
	enum entry_kind kind;
	int64_t wall_ms;
	unsigned int flags;
	bool mention;
	enum style name_style;
	const char *name;	    /* NULL: nobody's */
	const uint8_t *fingerprint; /* whose the name is; NULL: nobody's */
	const char *to;		    /* NULL: everybody */
	const char *text;
	size_t len;
	unsigned int hang; /* columns before rows after the first */
	uint64_t seq;	   /* our own: higher than any before; else 0 */
};

/*
 * Adds an entry, and before it one for the day if that is another than the last
 * entry's. Forgets the oldest ones beyond the limits. Returns the entry.
 */
struct entry *history_add(struct history *, const struct history_new *);

bool history_empty(const struct history *);
/* Returns NULL if there is no entry of that number, or not any more. */
struct entry *history_entry(const struct history *, uint64_t number);
/* Returns our own message of that number, if it is still there; else NULL. */
struct entry *history_own(const struct history *, uint64_t seq);

/* Notes that this peer will not get our own message, or that it has it after
 * all. */
void history_missed(struct entry *, const struct peer_id *,
    const char *who_and_why);
void history_not_missed(struct entry *, const struct peer_id *);

#endif
