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
find_owner(const struct ui *ui, struct later_text *t, const char *name)
{
	const struct known_peer *owner;
	struct nick_look look;

	nick_look(&look, name);
	owner = known_owner(&ui->known, &look);
	nick_look_free(&look);
	if (owner == NULL)
		return false;
	memcpy(t->fingerprint, owner->fingerprint, FINGERPRINT_LEN);
	t->owned = true;
	return true;
}

static void
tell_never_met(struct ui *ui, const char *name)
{
	char shown[SAID_EXCERPT];

	text_excerpt(shown, sizeof(shown), name, strlen(name));
	ui_line_error(ui,
	    "you have never met anybody called %s, and anybody could take "
	    "that name; not sent",
	    shown);
}

static void
tell_held(struct ui *ui, const char *name)
{
	struct buf notice = { 0 };

	text_clean(&notice, name, strlen(name), NULL);
	buf_puts(&notice,
	    " is not here, and may be on the way back: your message goes to "
	    "them if they come, or gochat tells you that they did not");
	buf_put(&notice, "", 1);
	ui->view->notice(ui, notice.bytes);
	buf_free(&notice);
}

bool
later_hold(struct ui *ui, const char *name, const char *text, size_t len)
{
	struct later *l = &ui->later;
	struct later_text *t;

	if (!ui->model.settling || len > TEXT_MAX)
		return false;
	if (l->count == LATER_MAX) {
		ui_line_error(ui,
		    "%d private messages are already waiting for people; not "
		    "sent",
		    LATER_MAX);
		return true;
	}
	t = &l->texts[l->count];
	if (!find_owner(ui, t, name) && l->all_known) {
		tell_never_met(ui, name);
		return true;
	}
	t->name = strdup(name);
	t->text = malloc(len);
	if (t->name == NULL || t->text == NULL)
		fatal("out of memory");
	memcpy(t->text, text, len);
	t->len = len;
	l->count++;
	tell_held(ui, name);
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
tell_not_said(struct ui *ui, const struct later_text *t, const char *why)
{
	char excerpt[SAID_EXCERPT], name[SAID_EXCERPT];

	text_excerpt(excerpt, sizeof(excerpt), t->text, t->len);
	text_excerpt(name, sizeof(name), t->name, strlen(t->name));
	ui->outcome.not_sent = true;
	ui_error(ui, "not sent to %s, because %s: \"%s\"", name, why, excerpt);
}

static void
say_or_tell(struct ui *ui, const struct later_text *t)
{
	bool too_many = false;
	const struct peer *p = find_person(ui, t->name, &too_many);

	if (too_many)
		tell_not_said(ui, t, "more than one person here has this name");
	else if (p == NULL)
		tell_not_said(ui, t, "nobody here has this name");
	else if (memcmp(p->fingerprint, t->fingerprint, FINGERPRINT_LEN) != 0)
		tell_not_said(ui, t, "another key has this name now");
	else
		ui_say_to_person(ui, 0, p, t->text, t->len);
}

void
later_say(struct ui *ui)
{
	struct later *l = &ui->later;

	if (l->count == 0 || ui->model.settling || model_is_naming(&ui->model))
		return;
	for (size_t i = 0; i < l->count; i++) {
		say_or_tell(ui, &l->texts[i]);
		forget(&l->texts[i]);
	}
	l->count = 0;
}

void
later_all_known(struct ui *ui)
{
	struct later *l = &ui->later;
	size_t kept = 0;

	l->all_known = true;
	for (size_t i = 0; i < l->count; i++) {
		struct later_text *t = &l->texts[i];

		if (t->owned || find_owner(ui, t, t->name)) {
			l->texts[kept++] = *t;
			continue;
		}
		tell_not_said(ui, t,
		    "you have never met anybody with this name, and anybody "
		    "could take it");
		forget(t);
	}
	l->count = kept;
}

void
later_drop(struct ui *ui, const char *why)
{
	struct later *l = &ui->later;

	for (size_t i = 0; i < l->count; i++) {
		if (why != NULL)
			tell_not_said(ui, &l->texts[i], why);
		forget(&l->texts[i]);
	}
	l->count = 0;
}
