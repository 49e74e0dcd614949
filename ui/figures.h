/*
 * What a bootnode's operator reads of its figures: the answer to /status,
 * and a line now and then.
 */
#ifndef UI_FIGURES_H
#define UI_FIGURES_H

#include "common/ipc_stats.h"

struct ui;

/* What takes a line: safe text. */
typedef void figures_line(struct ui *, const char *text);

/* What the operator has been told. */
struct figures {
	struct ipc_stats told;
	uint64_t next; /* nothing again before */
};

/* All figures: totals, why datagrams were dropped, and who sends most. Lines
 * have at most 69 columns, numbers up to 13 digits: with the time before it,
 * 80. */
void figures_all(struct ui *, const struct ipc_stats *, figures_line *);
/* One line, if it is a minute since the last and there is something new in
 * it. */
void figures_news(struct ui *, const struct ipc_stats *, figures_line *);

/* A rate; 0 if no time has passed. */
double figures_per_second(uint64_t count, uint64_t ms);

#endif
