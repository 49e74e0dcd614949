/*
 * The ui process between its descriptors: what was read goes in, what is to
 * be written is in out and in the channels' queues. process.h is around it, so
 * tests run this without a process. What is there once is in struct ui, and
 * what each room has in struct room (room.h).
 *
 *	stdin -> input -> view.line -> ui_say -> said -> SAY -> cryptod
 *	cryptod -> dispatch -> model, said -> view -> output -> stdout
 */
#ifndef UI_UI_H
#define UI_UI_H

#include "ui/check.h"
#include "ui/input.h"
#include "ui/outcome.h"
#include "ui/output.h"
#include "ui/room.h"
#include "ui/turns.h"
#include "ui/view.h"

#include "common/clock.h"
#include "common/dispatch.h"

/* The time after the end of input for texts to arrive: ui/README.md. */
#define UI_DRAIN_TIME (10 * USEC_PER_SEC)
/* The time after QUIT for GOODBYE of all rooms. */
#define UI_GOODBYE_TIME (5 * USEC_PER_SEC)
/* The time after "bye" for the rest of the output. */
#define UI_FLUSH_TIME (2 * USEC_PER_SEC)

enum ui_phase {
	UI_RUNNING,
	UI_DRAINING, /* the input ended, or its writer has */
	UI_QUITTING, /* all rooms are being left */
	UI_FLUSHING, /* all are left; the output is being written */
	UI_DONE
};

struct tui;
struct control;
struct json_t;

/* What a bootnode's ui does beside its view: its control socket
 * (ui/bootnode/control.h), and the commands of its console (console.h). */
struct ui_side {
	/* Chooses what its descriptors are waited for, and serves them. */
	void (*choose)(struct ui *, struct pollfd *);
	void (*serve)(struct ui *, const struct pollfd *);
	void (*work)(struct ui *);
	uint64_t (*deadline)(const struct ui *);
	/* Figures have come. */
	void (*stats_told)(struct ui *, const struct ipc_stats *);
	/* A command of the console: one of common/operator_table.h with its
	 * argument, or NULL; or any object. The view gets the answer, or an
	 * error. */
	void (*command)(struct room *, const char *name, const char *argument);
	void (*object)(struct room *, struct json_t *);
	/* False while one of them is under way. */
	bool (*takes_commands)(const struct ui *);
	/* True if figures that were asked for are the answer to one: the view
	 * does not get them on their own as well. */
	bool (*awaits_stats)(const struct ui *);
};

/* A room that the launcher was asked for, or is going to be once the user has
 * said all of it. The texts have a NUL that does not count. */
struct rooms_asked {
	uint32_t ticket; /* 0: none */
	struct buf name; /* empty: none */
	struct buf bootnode;
	struct buf identity;
	bool pinned; /* the bootnode's key is known: */
	uint8_t key[X25519_LEN];
	enum secret_kind kind;
	struct buf secret; /* wiped before it is freed */
	bool remember;	   /* the room */
};

struct ui {
	enum mode mode;
	const struct view *view;
	struct tui *tui; /* of the tui alone, else NULL: ui/tui/tui.h */
	struct ipc_config_ui config;
	struct room *rooms[ROOMS_MAX]; /* by number; NULL: it is free */
	struct room *front; /* what is typed is for this room; never NULL */
	struct room *first; /* that of the start, while it is open */
	bool adrift; /* nobody has said that what is typed is for front */
	struct ipc_places places_told;	 /* to the launcher, last */
	struct ipc_places places_before; /* by the ui before this one */
	bool places_known;		 /* what it showed is open, and shown */
	struct ipc_channel *launcher;
	const struct ui_side *side; /* NULL: there is nothing beside it */
	struct control *control;
	struct rooms_asked asked[ROOMS_MAX];
	struct rooms_asked asking; /* the user, about it */
	uint32_t ticket;	   /* the last */
	struct input in;
	struct turns turns;
	bool terminal; /* standard input is one */
	struct output out;
	bool ascii; /* the output is to be nothing else */
	struct check check;
	struct outcome outcome;
	enum ui_phase phase;
	uint64_t deadline; /* of the phase, or CLOCK_NEVER */
	bool stop_wanted;  /* the user pressed Ctrl-Z */
	uint64_t now;	   /* kept up by the caller */
	int64_t wall_ms;   /* the same, since 1970 */
};

/* Repeats what follows for each room that is open. */
#define FOREACH_ROOM(each, ui)                                          \
	for (size_t n_ = 0; n_ < ROOMS_MAX; n_++)                       \
		for (struct room *each = (ui)->rooms[n_]; each != NULL; \
		     each = NULL)

/* Opens the first room, and shows everything in this view, unless tui_open() is
 * called. *ui is all zero. */
void ui_init(struct ui *, const struct ipc_config_ui *, const struct view *);
/* The locale is not UTF-8 (ascii.h): for views for people. Before
 * tui_open(). */
void ui_use_ascii(struct ui *);
/* Frees all but the channels. */
void ui_free(struct ui *);

/* Does everything that can be done without waiting: takes lines of input, sends
 * held texts and the receipts that are due, ends phases. To be called after
 * anything was read or written, and at the deadline. */
void ui_work(struct ui *);

/* True if more may be read: lines that there is no room for are kept, up to a
 * limit (turns.h, tui/ahead.h), until the time for it is over. */
bool ui_reads_input(const struct ui *);

/* Returns when ui_work() has something to do at the latest. */
uint64_t ui_deadline(const struct ui *);

/* Nobody reads the output any more: quits. */
void ui_output_gone(struct ui *);

#endif
