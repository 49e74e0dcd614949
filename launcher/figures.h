/*
 * The figures of a running gochat, and the two ways of telling them: in the
 * text format of Prometheus (its exposition format, version 0.0.4), and as
 * events of the log. netd's figures are in the table of figures_table.h, the
 * launcher's own in figures.c. These functions change nothing but the log.
 */
#ifndef LAUNCHER_FIGURES_H
#define LAUNCHER_FIGURES_H

#include "common/ipc.h"
#include "launcher/family.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The text of all figures takes less than this. */
#define FIGURES_TEXT_MAX (32 * 1024)

struct figures {
	enum mode mode;
	uint64_t uptime; /* of the launcher, microseconds */
	unsigned int child_count;
	struct child_figures {
		enum role role;
		unsigned int room; /* 0: the first, or for all */
		bool up;
		uint64_t restarts;
		uint64_t queued; /* bytes for it that wait in the launcher */
		const struct ipc_figures *netd; /* NULL: it did not say */
	} children[CHILDREN_MAX];
	bool spawner; /* runs */
};

/*
 * Writes the text, with a help and a type for each figure, to buf of
 * FIGURES_TEXT_MAX bytes. Returns its length; there is no NUL. Figures that
 * netd did not tell are left out.
 */
size_t figures_text(char buf[FIGURES_TEXT_MAX], const struct figures *);

/* Logs the figures, an event for each; of those with labels, only the values
 * that are not zero. Those of another room than the first have its number,
 * which the text does not have: there it is a bootnode's. */
void figures_log(const struct figures *);

#endif
