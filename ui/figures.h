/*
 * A bootnode's figures for all views, and the lines for its operator in the
 * plain view: the answer to /status, and a line now and then.
 */
#ifndef UI_FIGURES_H
#define UI_FIGURES_H

#include "common/ipc_stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct room;

/* --- The table ------------------------------------------------------------ */

enum figures_unit {
	FIGURES_NUMBER,
	FIGURES_DATAGRAMS,
	FIGURES_BYTES,
	FIGURES_MILLISECONDS
};

#define X(...) +1
enum {
	FIGURES_COUNT = FIGURES_OF_STATS(X)
};
#undef X

/* A row of FIGURES_OF_STATS: the name of the figure in each view, NOT_TOLD or
 * IN_HEAD. */
struct figures_row {
	const char *json;
	const char *words;
	const char *news;
	enum figures_unit unit;
};

extern const struct figures_row figures_rows[FIGURES_COUNT];

/* The values, in the order of the rows. */
void figures_values(const struct ipc_stats *, uint64_t values[FIGURES_COUNT]);

/* True if people read it among the totals. */
bool figures_is_total(const struct figures_row *);

/* Returns a rate; 0 if no time has passed. */
double figures_per_second(uint64_t count, uint64_t ms);

/* --- Lines ---------------------------------------------------------------- */

/* The sink of a line of safe text. */
typedef void figures_line(struct room *, const char *text);

/* The figures that the operator has been told. */
struct figures {
	struct ipc_stats told;
	uint64_t next; /* nothing again before */
};

/* Puts lines of two totals, the last of one if their number is odd. There are
 * count rows, and as many values. */
void figures_totals(struct room *, const struct figures_row rows[],
    const uint64_t values[], size_t count, figures_line *);
/* Puts all figures: totals, why clients were refused and datagrams dropped, and
 * the sources that send most. Lines have at most 69 columns, numbers up to 13
 * digits: with the time before it, 80. */
void figures_all(struct room *, const struct ipc_stats *, figures_line *);
/* Puts one line, if it is a minute since the last and something has changed. */
void figures_news(struct room *, const struct ipc_stats *, figures_line *);

#endif
