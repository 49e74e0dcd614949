/*
 * Private texts to people who are not here yet. See later.h.
 */
#include "ui/later.h"

#include "ui/errors.h"
#include "ui/find.h"
#include "ui/say.h"
#include "ui/text.h"
#include "ui/ui.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

/* Notes the owner: the person who was met by that name. Returns false if nobody
 * was. */
static bool
find_owner(const struct room *room, struct later_text *t, const char *name)
{
	const struct known_peer *owner;
	struct nick_look look;

	nick_look(&look, name);
	owner = known_owner(&room->known, &look);
	nick_look_free(&look);
	if (owner == NULL)
		return false;
	memcpy(t->fingerprint, owner->fingerprint, FINGERPRINT_LEN);
	t->owned = true;
	return true;
}

static void
tell_never_met(struct room *room, const char *name)
{
	char shown[SAID_EXCERPT];

	text_excerpt(shown, sizeof(shown), name, strlen(name));
	ui_line_error(room,
	    "you have never met anybody called %s, and anybody could take "
	    "that name; not sent",
	    shown);
}

static void
tell_held(struct room *room, const char *name)
{
	struct buf notice = { 0 };

	text_clean(&notice, name, strlen(name), NULL);
	buf_puts(&notice,
	    " is not here, and may be on the way back: your message goes to "
	    "them if they come, or gochat tells you that they did not");
	buf_put(&notice, "", 1);
	room->ui->view->notice(room, notice.bytes);
	buf_free(&notice);
}

/* Returns where one more text goes; NULL after an error if too many wait. */
static struct later_text *
next_text(struct room *room)
{
	struct later *l = &room->later;

	if (l->count < LATER_MAX) {
		l->texts[l->count] = (struct later_text){ 0 };
		return &l->texts[l->count];
	}
	ui_line_error(room,
	    "%d private messages are already waiting for people; not sent",
	    LATER_MAX);
	return NULL;
}

static void
hold(struct room *room, struct later_text *t, const char *name,
    const char *text, size_t len)
{
	t->name = strdup(name);
	t->text = malloc(len);
	if (t->name == NULL || t->text == NULL)
		fatal("out of memory");
	memcpy(t->text, text, len);
	t->len = len;
	room->later.count++;
	tell_held(room, name);
}

bool
later_hold(struct room *room, const char *name, const char *text, size_t len)
{
	struct later_text *t;

	if (!room->model.settling || len > TEXT_MAX)
		return false;
	t = next_text(room);
	if (t == NULL)
		return true;
	if (!find_owner(room, t, name) && room->later.all_known)
		tell_never_met(room, name);
	else
		hold(room, t, name, text, len);
	return true;
}

bool
later_hold_for(struct room *room, const uint8_t *fingerprint, const char *name,
    unsigned int flags, const char *text, size_t len)
{
	struct later_text *t;

	if (!room->model.settling || len > TEXT_MAX)
		return false;
	t = next_text(room);
	if (t == NULL)
		return true;
	memcpy(t->fingerprint, fingerprint, FINGERPRINT_LEN);
	t->owned = t->by_key = true;
	t->flags = flags;
	hold(room, t, name, text, len);
	return true;
}

static void
forget(struct later_text *t)
{
	explicit_bzero(t->text, t->len);
	free(t->text);
	free(t->name);
	*t = (struct later_text){ 0 };
}

static void
tell_not_said(struct room *room, const struct later_text *t, const char *why)
{
	char excerpt[SAID_EXCERPT], name[SAID_EXCERPT];

	text_excerpt(excerpt, sizeof(excerpt), t->text, t->len);
	text_excerpt(name, sizeof(name), t->name, strlen(t->name));
	room->ui->outcome.not_sent = true;
	ui_error(room, "not sent to %s, because %s: \"%s\"", name, why,
	    excerpt);
}

/* Returns the person whom the text is for; or NULL, and why not. */
static const struct peer *
addressee(const struct room *room, const struct later_text *t, const char **why)
{
	bool too_many = false;
	const struct peer *p;

	if (t->by_key) {
		*why = "that person is not here";
		return find_key(room, t->fingerprint);
	}
	p = find_person(room, t->name, &too_many);
	if (p != NULL && !too_many &&
	    memcmp(p->fingerprint, t->fingerprint, FINGERPRINT_LEN) == 0)
		return p;
	*why = too_many ? "more than one person here has this name"
	    : p == NULL ? "nobody here has this name"
			: "another key has this name now";
	return NULL;
}

static void
say_or_tell(struct room *room, const struct later_text *t)
{
	const char *why = NULL;
	const struct peer *p = addressee(room, t, &why);

	if (p == NULL)
		tell_not_said(room, t, why);
	else
		ui_say_to_person(room, t->flags, p, t->text, t->len);
}

void
later_say(struct room *room)
{
	struct later *l = &room->later;

	if (l->count == 0 || room->model.settling ||
	    model_is_naming(&room->model))
		return;
	for (size_t i = 0; i < l->count; i++) {
		say_or_tell(room, &l->texts[i]);
		forget(&l->texts[i]);
	}
	l->count = 0;
}

void
later_all_known(struct room *room)
{
	struct later *l = &room->later;
	size_t kept = 0;

	l->all_known = true;
	for (size_t i = 0; i < l->count; i++) {
		struct later_text *t = &l->texts[i];

		if (t->owned || find_owner(room, t, t->name)) {
			l->texts[kept++] = *t;
			continue;
		}
		tell_not_said(room, t,
		    "you have never met anybody with this name, and anybody "
		    "could take it");
		forget(t);
	}
	l->count = kept;
}

void
later_drop(struct room *room, const char *why)
{
	struct later *l = &room->later;

	for (size_t i = 0; i < l->count; i++) {
		if (why != NULL)
			tell_not_said(room, &l->texts[i], why);
		forget(&l->texts[i]);
	}
	l->count = 0;
}
