/*
 * A check. See check.h.
 */
#include "ui/check.h"

#include "ui/events.h"
#include "ui/leave.h"
#include "ui/ui.h"

/* --- The line ------------------------------------------------------------- */

void
check_put(struct ui *ui, const struct ipc_bootnode *b, const struct buf *why)
{
	char addr[ADDR_TEXT_MAX];
	struct buf line = { 0 };

	if (b == NULL) {
		buf_puts(&line, "failed: ");
		buf_put(&line, why->bytes, why->len);
	} else {
		buf_printf(&line,
		    "ok: bootnode %s let us in after %.1f ms (name %.1f ms, "
		    "COOKIE %.1f ms, WELCOME %.1f ms)",
		    addr_format(&b->addr, addr, sizeof(addr)),
		    check_total(&b->took) / 1000.0, b->took.resolve_us / 1000.0,
		    b->took.cookie_us / 1000.0, b->took.welcome_us / 1000.0);
		if (b->took.redirects > 0)
			buf_printf(&line, "; %u other%s sent us on",
			    b->took.redirects,
			    b->took.redirects == 1 ? "" : "s");
	}
	output_line(&ui->out, &line);
}

/* --- How it ends ---------------------------------------------------------- */

static void
pass(struct ui *ui, const struct ipc_bootnode *b)
{
	ui->check.told = ui->check.passed = true;
	ui->view->checked(ui, b, NULL);
}

/* Frees the reason. */
static void
fail(struct ui *ui, struct buf *why)
{
	ui->check.told = true;
	ui->view->checked(ui, NULL, why);
	buf_free(why);
}

int
check_heard(struct room *room, const struct ipc_bootnode *b)
{
	struct ui *ui = room->ui;
	struct buf why = { 0 };

	ui->check.heard = true;
	ui->check.last = *b;
	if (ui->check.told ||
	    (b->status != BOOT_JOINED && b->status != BOOT_REJOINED &&
		b->status != BOOT_REFUSED))
		return 0;
	if (b->status != BOOT_REFUSED) {
		pass(ui, b);
	} else {
		event_refused(&why, b);
		fail(ui, &why);
	}
	ui_quit(ui);
	return 0;
}

/* Nothing was heard: the bootnode's COOKIE came, or cryptod would have told
 * that it does not answer. */
static void
time_out(struct ui *ui)
{
	struct buf why = { 0 };

	if (ui->check.heard)
		event_unreachable(&why, &ui->check.last, false);
	else
		buf_puts(&why,
		    "the bootnode answers, but lets nobody in: there was no "
		    "WELCOME");
	buf_printf(&why, "; gave up after %llu s",
	    (unsigned long long)(CHECK_TIME / USEC_PER_SEC));
	fail(ui, &why);
	ui_quit(ui);
}

static uint64_t
check_deadline(const struct ui *ui)
{
	return ui->check.told || ui->check.began == 0
	    ? CLOCK_NEVER
	    : ui->check.began + CHECK_TIME;
}

static void
check_work(struct ui *ui)
{
	if (ui->check.began == 0)
		ui->check.began = ui->now;
	if (ui->now >= check_deadline(ui))
		time_out(ui);
}

static void
check_bye(struct ui *ui)
{
	struct buf why = { 0 };

	if (ui->check.told)
		return;
	buf_puts(&why, "it was ended before there was an answer");
	fail(ui, &why);
}

/* --- The view ------------------------------------------------------------- */

static void
check_ready(struct room *room)
{
	(void)room;
}

/* The log has what matters. */
static void
check_text(struct room *room, const char *text)
{
	(void)room;
	(void)text;
}

const struct view *
check_view(enum ui_kind kind)
{
	static struct view view;

	view = kind == UI_JSON ? view_json : view_plain;
	view.ready = check_ready;
	view.notice = check_text;
	view.error = check_text;
	view.work = check_work;
	view.deadline = check_deadline;
	view.bye = check_bye;
	return &view;
}
