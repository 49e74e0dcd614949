/*
 * Lines of an answer to a bootnode's operator, each an object; or, in the form
 * for people, an object with a line of text. They are appended to a buffer,
 * with their ends.
 */
#ifndef UI_BOOTNODE_ANSWER_H
#define UI_BOOTNODE_ANSWER_H

#include "ui/bootnode/request.h"
#include "ui/ui.h"

/* A line of text. */
void answer_text(struct buf *, const struct ui *, const char *text);
/* Where the bootnode listens, and all its figures. */
void answer_figures(struct buf *, struct ui *, bool text,
    const struct ipc_stats *);
/* A room or a session. */
void answer_entry(struct buf *, const struct ui *, const struct request *,
    const struct ipc_operated_entry *);
/* The last line: so many were listed or ended. */
void answer_end(struct buf *, const struct ui *, const struct request *,
    uint64_t count);
/* Or it is this error. */
void answer_error(struct buf *, const struct ui *, const char *why, size_t len);

#endif
