/*
 * Lines of an answer to a bootnode's operator, each an object; or, in the form
 * for people, an object with a line of text. At the console, if people read it,
 * the answer is the lines themselves.
 */
#ifndef UI_BOOTNODE_ANSWER_H
#define UI_BOOTNODE_ANSWER_H

#include "ui/bootnode/request.h"
#include "ui/ui.h"

struct answer {
	struct ui *ui;
	struct buf *out; /* of a connection; NULL: the console, its view */
	bool text;	 /* in the form for people */
};

/* Where the bootnode listens, and all its figures. */
void answer_figures(const struct answer *, const struct ipc_stats *);
/* A room or a session. */
void answer_entry(const struct answer *, const struct request *,
    const struct ipc_operated_entry *);
/* A node of the fleet. */
void answer_node(const struct answer *, const struct ipc_operated_node *);
/* The last line: so many were listed or ended. */
void answer_end(const struct answer *, const struct request *, uint64_t count);
/* Or it is this error. */
void answer_error(const struct answer *, const char *why, size_t len);

#endif
