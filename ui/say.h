/*
 * Says the user's texts: they are held until they can be sent.
 */
#ifndef UI_SAY_H
#define UI_SAY_H

#include "ui/ui.h"

/* True if there is room for the text of a line: in the output, among the
 * messages held, and in the channel. */
bool ui_takes_lines(const struct room *);

/* For views: says 1 or more bytes of valid UTF-8 that were typed, or reports an
 * error if it cannot be said. It is for the person alone with whom the user has
 * a conversation where it was typed, else for everybody. flags:
 * TEXT_FLAG_ACTION or 0. */
void ui_say(struct room *, const char *text, size_t len);
void ui_say_typed(struct room *, unsigned int flags, const char *text,
    size_t len);
/* Says a text to everybody (to NULL) or to one peer alone. flags:
 * TEXT_FLAG_ACTION or 0. Returns 0, or -1 after an error was shown. */
int ui_say_as(struct room *, unsigned int flags, const struct peer *to,
    const char *text, size_t len);
/* Says a text to one person alone: to each place of the peer's key. */
int ui_say_to_person(struct room *, unsigned int flags, const struct peer *,
    const char *text, size_t len);

#endif
