/*
 * What an operator asks and orders, from the request to the end of its answer.
 * netd answers page by page, by way of cryptod, or the launcher does. Each
 * connection of the control socket, and the console, has one under way at a
 * time.
 */
#ifndef UI_BOOTNODE_INQUIRY_H
#define UI_BOOTNODE_INQUIRY_H

#include "ui/bootnode/answer.h"

#include "common/dispatch.h"

/* The time for netd's answer: it may be being restarted. */
#define INQUIRY_PATIENCE (5 * USEC_PER_SEC)
/* The time for the launcher's: it has the reader of the settings end after
 * 10 s, and another reload may be under way. */
#define INQUIRY_RELOAD_PATIENCE (15 * USEC_PER_SEC)

/* Those of connections have their numbers. */
#define INQUIRY_CONSOLE CONTROL_CONNECTIONS
#define INQUIRY_COUNT	(CONTROL_CONNECTIONS + 1)

struct inquiry {
	bool busy; /* with this request: */
	struct request request;
	struct answer answer; /* where it goes */
	bool awaits_stats;
	uint32_t ticket; /* of a question that is under way; or 0 */
	bool more;	 /* there are further pages */
	uint64_t answer_by;
	uint64_t count;
};

struct inquiries {
	struct ui *ui;
	uint32_t ticket;   /* the last */
	uint64_t drain_by; /* then the bootnode ends; CLOCK_NEVER */
	struct inquiry all[INQUIRY_COUNT];
};

void inquiries_init(struct inquiries *, struct ui *, struct dispatch *);
/* Figures have come. */
void inquiries_stats(struct inquiries *, const struct ipc_stats *);

/* Begins one whose request and answer are set; it was not busy. */
void inquiry_begin(struct inquiries *, struct inquiry *);
/* Ends it with an error. */
void inquiry_fail(struct inquiry *, const char *why, size_t len);
/* Forgets it; its answer goes nowhere. */
void inquiry_drop(struct inquiry *);
/* True while netd or the launcher is to answer. */
bool inquiry_waits(const struct inquiry *);
/* Asks for the next page if there is room for it, and ends one that has waited
 * too long. */
void inquiry_work(struct inquiries *, struct inquiry *, bool room);

#endif
