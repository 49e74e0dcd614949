/*
 * Private texts to people who are not here yet. See later.h.
 */
#include "ui/later.h"

#include "ui/command.h"
#include "ui/text.h"
#include "ui/ui.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

bool
later_hold(struct ui *ui, const char *name, const char *text, size_t len)
{
	struct later *l = &ui->later;
	struct buf notice = { 0 };
	struct later_text *t;

	if (!ui->model.settling || len > TEXT_MAX)
		return false;
	if (l->count == LATER_MAX) {
		ui_line_error(ui,
		    "%d private texts wait for people already; not sent",
		    LATER_MAX);
		return true;
	}
	t = &l->texts[l->count];
	t->name = strdup(name);
	t->text = malloc(len);
	if (t->name == NULL || t->text == NULL)
		fatal("out of memory");
	memcpy(t->text, text, len);
	t->len = len;
	l->count++;
	text_clean(&notice, name, strlen(name), NULL);
	buf_puts(&notice,
	    " is not here: it is said to them alone if they are once all "
	    "have had the time to be back");
	buf_put(&notice, "", 1);
	ui->view->notice(ui, notice.bytes);
	buf_free(&notice);
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
	ui_error(ui, "not sent to %s, %s: \"%s\"", name, why, excerpt);
}

void
later_say(struct ui *ui)
{
	struct later *l = &ui->later;
	const struct peer *p;
	bool too_many;

	if (l->count == 0 || ui->model.settling || model_is_naming(&ui->model))
		return;
	for (size_t i = 0; i < l->count; i++) {
		struct later_text *t = &l->texts[i];

		too_many = false;
		p = command_find_person(ui, t->name, &too_many);
		if (p == NULL || too_many)
			tell_not_said(ui, t,
			    too_many ? "more than one is called so"
				     : "nobody here is called so");
		else
			ui_say_to_person(ui, 0, p, t->text, t->len);
		forget(t);
	}
	l->count = 0;
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
