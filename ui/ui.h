/*
 * The ui process between its descriptors: what was read goes in, what is to
 * be written is in out and in the channel's queue. main.c does the reading,
 * writing and waiting, so tests run this without a process.
 *
 *	stdin -> input -> view.line -> ui_say -> said -> SAY -> cryptod
 *	cryptod -> dispatch -> model, said -> view -> output -> stdout
 */
#ifndef UI_UI_H
#define UI_UI_H

#include "ui/figures.h"
#include "ui/fold.h"
#include "ui/input.h"
#include "ui/known.h"
#include "ui/missed.h"
#include "ui/later.h"
#include "ui/turns.h"
#include "ui/model.h"
#include "ui/outcome.h"
#include "ui/output.h"
#include "ui/past.h"
#include "ui/said.h"
#include "ui/view.h"

#include "common/clock.h"

/* After the end of input, for what was said to arrive: DESIGN.md 9. */
#define UI_DRAIN_TIME (10 * USEC_PER_SEC)
/* After QUIT, for cryptod's GOODBYE. */
#define UI_GOODBYE_TIME (5 * USEC_PER_SEC)
/* After cryptod died, for the peers that were here to be named again. */
#define UI_RETURN_TIME (60 * USEC_PER_SEC)
/* After "bye", for the rest of the output. */
#define UI_FLUSH_TIME (2 * USEC_PER_SEC)

#define UI_RECEIPTS_MAX 4096 /* messages shown but not yet written */

enum ui_phase {
	UI_RUNNING,
	UI_DRAINING, /* the input ended, or its writer has */
	UI_QUITTING, /* QUIT was sent */
	UI_FLUSHING, /* GOODBYE came; the output is being written */
	UI_DONE
};

/* Owed to a peer once its message is written out as far as at; UI_NOT_SHOWN
 * while it is in no output yet. */
struct ui_receipt {
	struct ipc_receipt body;
	uint64_t at;
};

#define UI_NOT_SHOWN UINT64_MAX

struct tui;

struct ui {
	enum mode mode;
	const struct view *view;
	struct tui *tui; /* of the tui alone, else NULL: ui/tui/tui.h */
	struct ipc_channel cryptod; /* opened by the caller */
	struct input in;
	struct turns turns;
	bool terminal; /* standard input is one */
	struct output out;
	struct model model;
	bool ascii; /* the output is to be nothing else */
	char state_dir[STATE_DIR_SHOWN_MAX]; /* "": not to be shown */
	struct known known;
	struct folds folds;
	struct fold_bucket own_nicks;
	struct said said;
	struct later later;
	struct outcome outcome;
	struct missed_run missed[MISSED_RUNS];
	struct ui_past past;
	struct ipc_stats stats; /* of a bootnode: the last */
	struct figures figures;
	/* By /verify, as it takes the name, until it is answered; else empty:
	 * whose safety number is compared. */
	struct buf comparing;
	bool status_asked;  /* and not yet answered */
	bool status_wanted; /* by the user: else to keep figures fresh */
	struct ui_receipt receipts[UI_RECEIPTS_MAX]; /* a ring */
	size_t receipt_first;
	size_t receipt_count;
	enum ui_phase phase;
	uint64_t deadline;  /* of the phase, or CLOCK_NEVER */
	uint64_t return_by; /* of peers, or CLOCK_NEVER */
	bool was_ready;	    /* there has been a cryptod that worked */
	bool stop_wanted;   /* the user pressed Ctrl-Z: for main.c */
	uint64_t now;	    /* kept up by the caller */
	int64_t wall_ms;    /* the same, since 1970 */
};

/* Shows all in this view, unless tui_open() is called. *ui is all zero: most of
 * it is tables that are empty for long, and pages that nobody writes to are
 * neither memory nor time. */
void ui_init(struct ui *, const struct ipc_config_ui *, const struct view *);
/* The locale is not UTF-8 (ascii.h): for views for people. Before
 * tui_open(). */
void ui_use_ascii(struct ui *);
/* Frees all but the channel. */
void ui_free(struct ui *);

/* Does all that can be done without waiting: takes lines of input, sends
 * what is held and the receipts that are due, ends phases. To be called
 * after anything was read or written, and at the deadline. */
void ui_work(struct ui *);

/* True if more may be read: what there is no room for is kept, up to a bound
 * (turns.h, tui/ahead.h), until the time for it is over. */
bool ui_reads_input(const struct ui *);
/* True if there is room for what a line may say: in the output, among the
 * messages held, and in the channel. */
bool ui_takes_lines(const struct ui *);
bool ui_reads_cryptod(const struct ui *);

/* cryptod died; its channel is closed. The caller opens one to the next. */
void ui_cryptod_gone(struct ui *);
/* When ui_work() has something to do at the latest. */
uint64_t ui_deadline(const struct ui *);

/* A message from cryptod. Returns -1 if it is not allowed now. */
int ui_dispatch(struct ui *, const struct ipc_message_in *);

/* For views: says 1 or more bytes of valid UTF-8; reports an error if it
 * cannot be said. */
void ui_say(struct ui *, const char *text, size_t len);
/* The same, to everybody (to NULL) or to one peer alone. flags:
 * TEXT_FLAG_ACTION or 0. Returns 0, or -1 after an error was shown. */
int ui_say_as(struct ui *, unsigned int flags, const struct peer *to,
    const char *text, size_t len);
/* The same to one person alone: to each place of the peer's key. */
int ui_say_to_person(struct ui *, unsigned int flags, const struct peer *,
    const char *text, size_t len);
/* Goes by another name from now on. Returns 0, or -1 after an error was
 * shown. */
int ui_rename(struct ui *, const char *nick, size_t len);
/* Asks for the safety number that we have with a connected peer; the view's
 * safety() gets it. */
void ui_ask_safety(struct ui *, const struct peer *);
/* The user has, or has no longer, verified the peer's key; the view's
 * verified() tells once it is noted. */
void ui_set_verified(struct ui *, const struct peer *, bool verified);
/* Asks how things are; the view gets the answer. While one question is under
 * way, its answer is that of further ones, too. */
void ui_ask_status(struct ui *);
/* Asks unless nobody can tell, to have fresh figures: the view is told all the
 * same, with ui->status_wanted false. */
void ui_poll_status(struct ui *);
/* Nothing more comes than what is to be read already: quits when all of it was
 * taken and delivered, or UI_DRAIN_TIME after the last call. */
void ui_drain(struct ui *);
/* Sends QUIT, now; reports what was held as not sent. */
void ui_quit(struct ui *);
/* There is another cryptod, and a channel to it: tells it what it cannot know
 * from the launcher. */
void ui_cryptod_came(struct ui *);
/* cryptod said GOODBYE, or never will. */
void ui_goodbye(struct ui *);
/* Nobody reads the output any more: quits. */
void ui_output_gone(struct ui *);

/* Shows an error; the second names the line of input it is about, unless that
 * was typed at a terminal. */
void ui_error(struct ui *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
void ui_line_error(struct ui *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Compares the name and key of a connected peer with those that are known, once
 * for each connection and name, and has it shown accordingly. Returns the
 * known peer that the user is to be warned it could be taken for; or NULL.
 */
const struct known_peer *ui_compare(struct ui *, const struct peer *);
/*
 * tell.c: the view is told of what a peer did, people once for a person and not
 * without end (fold.h). A peer has another state; calls itself otherwise; is
 * shown otherwise, since we call ourselves otherwise; came by the name of
 * somebody known; passed for another.
 */
void ui_tell_peer(struct ui *, const struct peer *);
void ui_tell_renamed(struct ui *, const struct peer *, const char *before);
void ui_tell_shown_as(struct ui *, const struct peer *, const char *before);
void ui_tell_key_changed(struct ui *, const struct peer *,
    const struct known_peer *);
void ui_tell_claim(struct ui *, const struct ipc_peer_claim *);
/* Of the text of that number, which comes next. */
void ui_tell_fork(struct ui *, const struct peer *, uint64_t seq);
void ui_tell_gap(struct ui *, const struct peer *, uint64_t seq);
/* What was folded until now. */
void ui_tell_folded(struct ui *);
/* Notes that a message has been put out, to send its receipt later. With the
 * tui it is not out before ui_shown(). */
void ui_owe_receipt(struct ui *, const struct ipc_message *);
/* A frame was put out that shows, or could show, all that came. */
void ui_shown(struct ui *);
/* What is put out and not yet written will not be: it was not shown. */
void ui_not_shown(struct ui *);

#endif
