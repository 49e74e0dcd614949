/*
 * A room, as ui knows it: the channel to its cryptod, its people, and what is
 * said there. A bootnode counts as one.
 */
#ifndef UI_ROOM_H
#define UI_ROOM_H

#include "ui/buf.h"
#include "ui/figures.h"
#include "ui/fold.h"
#include "ui/known.h"
#include "ui/later.h"
#include "ui/missed.h"
#include "ui/model.h"
#include "ui/past.h"
#include "ui/said.h"

#include "common/clock.h"
#include "common/dispatch.h"

/* The time after cryptod died for the peers that were here to be named
 * again. */
#define UI_RETURN_TIME (60 * USEC_PER_SEC)

#define UI_RECEIPTS_MAX 4096 /* messages shown but not yet written */

/* "NAME at BOOTNODE" and its NUL */
#define ROOM_HANDLE_MAX (ROOM_MAX + 4 + INVITE_BOOTNODE_MAX + 1)

struct ui;
struct pane;

enum room_phase {
	ROOM_STAYS,
	ROOM_LEAVES, /* QUIT was sent */
	ROOM_LEFT    /* GOODBYE came, or never will */
};

/* A receipt that a peer gets once its message is written out as far as at;
 * UI_NOT_SHOWN while it is in no output yet. */
struct ui_receipt {
	struct ipc_receipt body;
	uint64_t at;
};

#define UI_NOT_SHOWN UINT64_MAX

struct room {
	struct ui *ui;
	struct pane *pane;   /* of the tui alone, else NULL: ui/tui/pane.h */
	unsigned int number; /* as the launcher counts them, from 0 */
	uint32_t serial;     /* which room it is of those that had the number */
	enum room_phase phase;
	uint64_t leave_by; /* GOODBYE is not waited for any longer */
	bool told;	   /* the user knows that the room was opened */
	bool close_asked;  /* the launcher has been asked to end it, */
	bool ended;	   /* or has done so */
	bool remembered;   /* it is opened at each start */
	bool keep_asked;   /* that was asked for, and is not yet so */
	char bootnode[INVITE_BOOTNODE_MAX + 1]; /* as it is shown */
	/* What it is called: its name, or "NAME at BOOTNODE" if another room
	 * had that name when this one was opened. No other room that is open
	 * is called so, and it does not change. */
	char handle[ROOM_HANDLE_MAX];
	char identity[IDENTITY_NAME_MAX + 1]; /* its name; "": the default */
	struct buf secret; /* for cryptod, until it has it; to be wiped */
	struct ipc_channel cryptod; /* fd -1: there is none now */
	struct model model;
	struct known known;
	struct folds folds;
	struct fold_bucket own_nicks;
	struct said said;
	struct later later;
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
	bool boot_known;    /* a bootnode was heard of: */
	uint8_t boot_state; /* enum boot_status */
	bool kept_out;	    /* a bootnode did not answer, or was refused */
	bool invite_wanted; /* to be shown once a bootnode has answered */
	bool qr_wanted;	    /* with the next invite */
	bool status_asked;  /* and not yet answered */
	bool status_wanted; /* by the user: else to keep figures fresh */
	bool status_quiet;  /* not by the view, which hears nothing of it */
	/* Of a bootnode: where it listens. */
	struct ipc_bootnode_ready listening[BINDS_MAX];
	size_t listening_count;
	struct ui_receipt receipts[UI_RECEIPTS_MAX]; /* a ring */
	size_t receipt_first;
	size_t receipt_count;
	uint64_t return_by; /* of peers, or CLOCK_NEVER */
	bool was_ready;	    /* there has been a cryptod that worked */
	/* The order in which peers spoke last: a count that only grows, by
	 * PEER_INDEX(). */
	uint64_t spoke[PEERS_MAX];
	uint64_t spoke_count;
};

/* Opens the room of that number, which is below ROOMS_MAX and free, with the
 * name, secret and nickname of the configuration. Its channel is closed, and
 * the caller's to open. */
struct room *room_open(struct ui *, unsigned int number,
    const struct ipc_config_ui *);
/* Frees the room, but not its channel, which the caller has closed. It is not
 * the one in front, unless all rooms are closed. */
void room_close(struct room *);

/* The room's parts of ui_work(): sends held texts; tells what was folded; does
 * what its deadline is for. */
void room_say(struct room *);
void room_tell(struct room *);
void room_time(struct room *);
/* Returns when it has something to do at the latest. */
uint64_t room_deadline(const struct room *);

/* True if all texts are with their addressees, or known not to get there. */
bool room_is_settled(const struct room *);

/* True if more may be read from cryptod. */
bool ui_reads_cryptod(const struct room *);

/* cryptod died; its channel is closed. The caller opens one to the next. */
void ui_cryptod_gone(struct room *);

/* Adds the handlers of all messages of cryptod, for the room whose channel they
 * come from. */
void ui_add_handlers(struct dispatch *);

#endif
