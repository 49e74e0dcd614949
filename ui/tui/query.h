/*
 * Conversations: a pane for what one person of a room and the user say to each
 * other alone. The person is a key, whatever name it has, and what is typed
 * there is sealed for that key, as /msg does.
 */
#ifndef UI_TUI_QUERY_H
#define UI_TUI_QUERY_H

#include "common/ipc.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct pane;
struct peer;
struct room;
struct ui;

/* The functions of the view, as ui/view.h says. */
bool tui_query(struct room *, const struct peer *);
bool tui_part(struct ui *);
size_t tui_turn_to_person(struct ui *, const char *name, size_t len);
void tui_queries(struct room *);
bool tui_shows(const struct room *);
void tui_unread(const struct room *, struct buf *);
bool tui_alone(struct room *, unsigned int flags, const char *text, size_t len);

/* Opens the conversation with the owner of that key, who need not have come
 * yet; or returns the one that there is. NULL if there are too many. */
struct pane *query_reopen(struct room *, const uint8_t *fingerprint);
/* Returns the conversation with the owner of that key, or NULL. */
struct pane *query_find(const struct room *, const uint8_t *fingerprint);
/* Returns one of the person's places, connected if one is, else one that may be
 * back; or NULL. */
const struct peer *query_peer(const struct pane *);
/* Returns the name that the person is, or was last, shown by. */
const char *query_name(const struct pane *);
/* Returns where such a place is, in a word or a few. */
const char *query_presence(const struct peer *);
/* Appends which conversations are closed together with their room. */
void query_put_closed(struct buf *, const struct room *);
/* The person may have another name: notes it. */
void query_named(const struct room *, const struct peer *);
/* Says a text to the person alone; to one who may be on the way back, later. An
 * error says if it cannot be said. */
void query_say(struct pane *, unsigned int flags, const char *text, size_t len);

#endif
