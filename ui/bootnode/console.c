/*
 * The commands of a bootnode's console. See console.h.
 */
#include "ui/bootnode/console.h"

#include "ui/bootnode/control.h"
#include "ui/errors.h"

static struct inquiry *
console(const struct ui *ui)
{
	return &ui->control->inquiries.all[INQUIRY_CONSOLE];
}

bool
console_takes(const struct ui *ui)
{
	return !console(ui)->busy;
}

bool
console_awaits_stats(const struct ui *ui)
{
	return console(ui)->awaits_stats;
}

/* A line that is obeyed out of turn, or while the one before it is shown. */
static bool
is_busy(struct room *room)
{
	if (console_takes(room->ui))
		return false;
	ui_line_error(room,
	    "the command before this one is not answered yet; nothing done");
	return true;
}

/* Begins what was read, or says what is wrong with it, and frees that. */
static void
begin(struct room *room, int result, struct buf *why)
{
	struct inquiry *q = console(room->ui);

	if (result == -1) {
		ui_line_error(room, "%.*s", (int)why->len, why->bytes);
	} else {
		q->answer.text = q->request.text;
		inquiry_begin(&room->ui->control->inquiries, q);
	}
	buf_free(why);
}

void
console_command(struct room *room, const char *name, const char *argument)
{
	struct request *r = &console(room->ui)->request;
	struct buf why = { 0 };
	int result;

	if (is_busy(room))
		return;
	result = request_words(r, name, argument, &why);
	r->text = true;
	begin(room, result, &why);
}

void
console_object(struct room *room, struct json_t *object)
{
	struct request *r = &console(room->ui)->request;
	struct buf why = { 0 };

	if (!is_busy(room))
		begin(room, request_object(r, object, "quit", &why), &why);
}

void
console_work(struct ui *ui)
{
	inquiry_work(&ui->control->inquiries, console(ui),
	    ui_reads_cryptod(ui->front));
}

uint64_t
console_deadline(const struct ui *ui)
{
	const struct inquiry *q = console(ui);

	return inquiry_waits(q) ? q->answer_by : CLOCK_NEVER;
}
