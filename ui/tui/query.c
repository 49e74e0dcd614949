/*
 * Conversations. See query.h.
 */
#include "ui/tui/query.h"

#include "ui/tui/tui.h"

#include "ui/answers.h"
#include "ui/errors.h"
#include "ui/find.h"
#include "ui/format.h"
#include "ui/later.h"
#include "ui/say.h"

#include <stdio.h>
#include <string.h>

struct pane *
query_find(const struct room *room, const uint8_t *fingerprint)
{
	FOREACH_PANE (pane, room->ui->tui)
		if (pane->room == room && pane->alone &&
		    memcmp(pane->person, fingerprint, FINGERPRINT_LEN) == 0)
			return pane;
	return NULL;
}

const struct peer *
query_peer(const struct pane *pane)
{
	return find_key(pane->room, pane->person);
}

const char *
query_name(const struct pane *pane)
{
	const struct peer *p = query_peer(pane);

	return p != NULL ? p->shown : pane->name;
}

const char *
query_presence(const struct peer *p)
{
	if (p == NULL)
		return "not here";
	if (!p->present)
		return "away";
	return model_is_connected(p) ? "here" : "connecting";
}

static void
note_name(struct pane *pane, const struct peer *p)
{
	(void)snprintf(pane->name, sizeof(pane->name), "%s", p->shown);
}

void
query_named(const struct room *room, const struct peer *p)
{
	struct pane *pane = p->known ? query_find(room, p->fingerprint) : NULL;

	if (pane != NULL)
		note_name(pane, p);
}

/* --- Opening and closing -------------------------------------------------- */

static size_t
count_all(const struct tui *t)
{
	size_t count = 0;

	FOREACH_PANE (pane, t)
		count += pane->alone;
	return count;
}

bool
tui_query(struct room *room, const struct peer *p)
{
	struct pane *pane = p->known ? query_find(room, p->fingerprint) : NULL;

	if (!p->known || p->us) {
		ui_line_error(room, "%s",
		    p->us ? "that is you, in another place"
			  : "that person is not connected, so their key is not "
			    "known yet");
		return false;
	}
	if (pane == NULL && count_all(room->ui->tui) == QUERIES_MAX) {
		ui_line_error(room,
		    "%d conversations are open, and there can be no more: "
		    "/part in one of them closes it",
		    QUERIES_MAX);
		return false;
	}
	if (pane == NULL)
		pane = pane_open_alone(room, p->fingerprint);
	note_name(pane, p);
	tui_turn(pane);
	return true;
}

static size_t
count_in(const struct room *room)
{
	size_t count = 0;

	FOREACH_PANE (pane, room->ui->tui)
		count += pane->alone && pane->room == room;
	return count;
}

void
query_put_closed(struct buf *out, const struct room *room)
{
	const size_t all = count_in(room);
	size_t count = 0;

	FOREACH_PANE (pane, room->ui->tui) {
		if (!pane->alone || pane->room != room)
			continue;
		if (count == 0)
			buf_printf(out,
			    ", which closes the conversation%s with ",
			    all > 1 ? "s" : "");
		else
			buf_puts(out, count + 1 == all ? " and " : ", ");
		format_argument(out, query_name(pane));
		count++;
	}
}

struct pane *
query_reopen(struct room *room, const uint8_t *fingerprint)
{
	struct pane *pane = query_find(room, fingerprint);
	char name[NICK_MAX + 1];

	if (pane != NULL || count_all(room->ui->tui) == QUERIES_MAX)
		return pane;
	pane = pane_open_alone(room, fingerprint);
	nick_stand_in(name, fingerprint);
	(void)snprintf(pane->name, sizeof(pane->name), "%s", name);
	return pane;
}

bool
tui_part(struct ui *ui)
{
	struct pane *pane = ui->tui->shown;

	if (!pane->alone)
		return false;
	tui_turn(pane->room->pane);
	pane_drop(pane);
	return true;
}

/* --- /room and /rooms ----------------------------------------------------- */

size_t
tui_turn_to_person(struct ui *ui, const char *name, size_t len)
{
	struct pane *found = NULL;
	size_t count = 0;

	FOREACH_PANE (pane, ui->tui) {
		const char *shown = query_name(pane);

		if (!pane->alone || strlen(shown) != len ||
		    memcmp(shown, name, len) != 0)
			continue;
		found = pane;
		count++;
	}
	if (count == 1)
		tui_turn(found);
	return count;
}

static void
put_unread(const struct unread *u, struct buf *out)
{
	if (u->count > 0)
		buf_printf(out, ", %u unread%s", u->count,
		    u->notable ? ", also for you" : "");
}

void
tui_unread(const struct room *room, struct buf *out)
{
	put_unread(&room->pane->unread, out);
}

bool
tui_shows(const struct room *room)
{
	return room->ui->tui->shown == room->pane;
}

void
tui_queries(struct room *asker)
{
	struct tui *t = asker->ui->tui;

	FOREACH_PANE (pane, t) {
		struct buf line = { 0 };

		if (!pane->alone)
			continue;
		format_argument(&line, query_name(pane));
		buf_puts(&line, " alone, in ");
		answer_put_room(&line, pane->room->handle);
		buf_printf(&line, ": %s", query_presence(query_peer(pane)));
		put_unread(&pane->unread, &line);
		answer_place(asker, pane->number, pane == t->shown, &line);
	}
}

/* --- Texts ---------------------------------------------------------------- */

void
query_say(struct pane *pane, unsigned int flags, const char *text, size_t len)
{
	struct room *room = pane->room;
	const struct peer *p = query_peer(pane);

	if (p != NULL)
		ui_say_to_person(room, flags, p, text, len);
	else if (!later_hold_for(room, pane->person, pane->name, flags, text,
		     len))
		ui_line_error(room, "%s is not here; not sent", pane->name);
}

/* The line that is being obeyed was typed in a conversation, and says this. */
bool
tui_alone(struct room *room, unsigned int flags, const char *text, size_t len)
{
	struct pane *pane = room->ui->tui->obeyed;

	if (pane == NULL || pane->room != room || !pane->alone)
		return false;
	query_say(pane, flags, text, len);
	return true;
}
