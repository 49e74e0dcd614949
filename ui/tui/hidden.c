/*
 * The questions of /join. See hidden.h.
 */
#include "ui/tui/hidden.h"

#include "ui/tui/action_parts.h"
#include "ui/tui/tui.h"

#include "ui/rooms.h"
#include "ui/text.h"
#include "ui/typed.h"

#include <stdio.h>
#include <string.h>

#define HINT_LONG  "a passphrase has at most 1024 bytes"
#define HINT_LINES "a passphrase is one line: nothing of that was taken"
#define HINT_NONE  "cancelled: the room was not joined"
#define HINT_WORD  "type yes or no"

_Static_assert(PASSPHRASE_MAX == 1024, "the hint says so");

bool
hidden_is_asked(const struct ui *ui)
{
	return ui->tui->hidden.question.kind != QUESTION_NONE;
}

void
hidden_end(struct hidden *h)
{
	explicit_bzero(h, sizeof(*h));
}

/* In the short form both names are short enough for three rows of 20 columns,
 * of which one is left to blanks. */
#define BRIEF_NAME     16 /* with a NUL, as the next */
#define BRIEF_BOOTNODE 25

static void
put_words(struct question *q, const char *name, const char *bootnode)
{
	char room[TEXT_SHOWN_MAX], at[TEXT_SHOWN_MAX];
	const char *where = *bootnode != '\0' ? " at " : "";

	snprintf(q->text, sizeof(q->text),
	    "Passphrase for %s%s%s? It is not shown. Enter alone: none. Esc "
	    "cancels",
	    text_excerpt(room, sizeof(room), name, strlen(name)), where,
	    text_excerpt(at, sizeof(at), bootnode, strlen(bootnode)));
	snprintf(q->brief, sizeof(q->brief), "%s%s%s? Enter: none",
	    text_excerpt(room, BRIEF_NAME, name, strlen(name)), where,
	    text_excerpt(at, BRIEF_BOOTNODE, bootnode, strlen(bootnode)));
}

/* A command asks, and its line is taken. If none does, what comes next may be
 * the rest of a text. */
void
tui_ask_secret(struct ui *ui, const char *name, const char *bootnode)
{
	struct hidden *h = &ui->tui->hidden;

	if (ui->tui->obeyed == NULL && turn_is_busy(ui->tui))
		tui_adrift(ui, ADRIFT_ASKED);
	hidden_end(h);
	h->question.kind = QUESTION_SECRET;
	put_words(&h->question, name, bootnode);
	tui_touch(ui);
}

void
tui_ask_remember(struct ui *ui, const char *name)
{
	struct hidden *h = &ui->tui->hidden;
	char room[TEXT_SHOWN_MAX];

	hidden_end(h);
	h->question.kind = QUESTION_REMEMBER;
	snprintf(h->question.text, sizeof(h->question.text),
	    "Remember %s, so that gochat without --room opens it? Type yes or "
	    "no. Enter alone: no",
	    text_excerpt(room, sizeof(room), name, strlen(name)));
	snprintf(h->question.brief, sizeof(h->question.brief),
	    "Remember %s? Enter: no",
	    text_excerpt(room, BRIEF_NAME, name, strlen(name)));
	tui_touch(ui);
}

/* --- Its end -------------------------------------------------------------- */

static void
clear(struct hidden *h)
{
	explicit_bzero(h->text, sizeof(h->text));
	h->len = 0;
}

/* Another line may come behind it at once, of a paste without brackets: it is
 * part of a secret, too, and not a text for the room. */
static void
end_secret(struct ui *ui, bool given)
{
	struct hidden h = ui->tui->hidden;

	hidden_end(&ui->tui->hidden);
	keys_wipe(&ui->tui->keys);
	if (given)
		tui_adrift(ui, ADRIFT_ENTERED);
	else
		tui_hint(ui, HINT_NONE);
	rooms_secret(ui, given ? h.text : NULL, given ? h.len : 0);
	hidden_end(&h);
}

static void
end_remember(struct ui *ui, bool remember)
{
	hidden_end(&ui->tui->hidden);
	tui_touch(ui);
	rooms_remember(ui, remember);
}

static void
cancel(struct ui *ui)
{
	if (ui->tui->hidden.question.kind == QUESTION_SECRET)
		end_secret(ui, false);
	else
		end_remember(ui, false);
}

static void
enter(struct ui *ui)
{
	struct hidden *h = &ui->tui->hidden;
	enum typed_answer answer = typed_answer(h->text, h->len);

	if (h->question.kind == QUESTION_SECRET) {
		end_secret(ui, true);
	} else if (h->len == 0 || answer != ANSWER_NONE) {
		end_remember(ui, answer == ANSWER_Y || answer == ANSWER_YES);
	} else {
		tui_hint(ui, HINT_WORD);
		clear(h);
	}
}

/* --- Its keys ------------------------------------------------------------- */

static void
add(struct ui *ui, const char *bytes, size_t len)
{
	struct hidden *h = &ui->tui->hidden;

	if (len > sizeof(h->text) - h->len) {
		tui_hint(ui, HINT_LONG);
		return;
	}
	memcpy(h->text + h->len, bytes, len);
	h->len += len;
}

static void
paste(struct ui *ui, const struct key_event *event)
{
	size_t len = event->len;

	while (len > 0 && event->bytes[len - 1] == '\n')
		len--;
	if (ui->tui->hidden.question.kind == QUESTION_REMEMBER)
		tui_hint(ui, HINT_WORD);
	else if (memchr(event->bytes, '\n', len) != NULL || event->cut > 0)
		tui_hint(ui, HINT_LINES);
	else
		add(ui, event->bytes, len);
}

/* Removes the last character. */
static void
remove_last(struct hidden *h)
{
	while (h->len > 0 && (h->text[--h->len] & 0xc0) == 0x80)
		;
	explicit_bzero(h->text + h->len, sizeof(h->text) - h->len);
}

static void
take_bytes(struct ui *ui, const struct key_event *event)
{
	struct hidden *h = &ui->tui->hidden;
	unsigned char first = (unsigned char)event->bytes[0];

	if (first == 0x7f || first == '\b') {
		remove_last(h);
	} else if (first == 'U' - '@') {
		clear(h);
	} else if (first >= ' ') {
		add(ui, event->bytes, event->len);
	}
}

bool
hidden_key(struct ui *ui, const struct key_event *event)
{
	switch (event->kind) {
	case KEY_BYTES:
		take_bytes(ui, event);
		return true;
	case KEY_PASTE:
		paste(ui, event);
		return true;
	case KEY_ENTER:
		enter(ui);
		return true;
	case KEY_ESCAPE:
	case KEY_CTRL_C:
	case KEY_CTRL_G:
		cancel(ui);
		return true;
	default:
		return !action_is_scroll(event->kind) &&
		    event->kind != KEY_CTRL_Z && event->kind != KEY_CTRL_L;
	}
}
