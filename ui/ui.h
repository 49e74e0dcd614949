/*
 * The ui process between its descriptors: what was read goes in, what is to
 * be written is in out and in the channel's queue. process.h is around it, so
 * tests run this without a process.
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
#include "common/dispatch.h"

/* The time after the end of input for texts to arrive: ui/README.md. */
#define UI_DRAIN_TIME (10 * USEC_PER_SEC)
/* The time after QUIT for cryptod's GOODBYE. */
#define UI_GOODBYE_TIME (5 * USEC_PER_SEC)
/* The time after cryptod died for the peers that were here to be named
 * again. */
#define UI_RETURN_TIME (60 * USEC_PER_SEC)
/* The time after "bye" for the rest of the output. */
#define UI_FLUSH_TIME (2 * USEC_PER_SEC)

#define UI_RECEIPTS_MAX 4096 /* messages shown but not yet written */

enum ui_phase {
	UI_RUNNING,
	UI_DRAINING, /* the input ended, or its writer has */
	UI_QUITTING, /* QUIT was sent */
	UI_FLUSHING, /* GOODBYE came; the output is being written */
	UI_DONE
};

/* A receipt that a peer gets once its message is written out as far as at;
 * UI_NOT_SHOWN while it is in no output yet. */
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
	/* The name, as /verify takes it, of the peer whose safety number is
	 * compared, until that is answered; else empty. */
	struct buf comparing;
	/* An earlier ui died, which may have asked something; true until a line
	 * that is no answer is entered. */
	bool may_answer;
	bool kept_out;	    /* a bootnode did not answer, or was refused */
	bool invite_wanted; /* to be shown once a bootnode has answered */
	bool qr_wanted;	    /* with the next invite */
	bool status_asked;  /* and not yet answered */
	bool status_wanted; /* by the user: else to keep figures fresh */
	struct ui_receipt receipts[UI_RECEIPTS_MAX]; /* a ring */
	size_t receipt_first;
	size_t receipt_count;
	enum ui_phase phase;
	uint64_t deadline;  /* of the phase, or CLOCK_NEVER */
	uint64_t return_by; /* of peers, or CLOCK_NEVER */
	bool was_ready;	    /* there has been a cryptod that worked */
	bool stop_wanted;   /* the user pressed Ctrl-Z */
	uint64_t now;	    /* kept up by the caller */
	int64_t wall_ms;    /* the same, since 1970 */
};

/* Shows everything in this view, unless tui_open() is called. *ui is all zero:
 * most of it is tables that are empty for long, and pages that nobody writes to
 * cost neither memory nor time. */
void ui_init(struct ui *, const struct ipc_config_ui *, const struct view *);
/* The locale is not UTF-8 (ascii.h): for views for people. Before
 * tui_open(). */
void ui_use_ascii(struct ui *);
/* Frees all but the channel. */
void ui_free(struct ui *);

/* Does everything that can be done without waiting: takes lines of input, sends
 * held texts and the receipts that are due, ends phases. To be called after
 * anything was read or written, and at the deadline. */
void ui_work(struct ui *);

/* True if more may be read: lines that there is no room for are kept, up to a
 * limit (turns.h, tui/ahead.h), until the time for it is over. */
bool ui_reads_input(const struct ui *);
bool ui_reads_cryptod(const struct ui *);

/* cryptod died; its channel is closed. The caller opens one to the next. */
void ui_cryptod_gone(struct ui *);
/* Returns when ui_work() has something to do at the latest. */
uint64_t ui_deadline(const struct ui *);

/* Adds the handlers of all messages of cryptod. */
void ui_add_handlers(struct ui *, struct dispatch *);

/* Nobody reads the output any more: quits. */
void ui_output_gone(struct ui *);

#endif
