/*
 * The life of the ui process: input, the work of all rooms, the end. See ui.h.
 */
#include "ui/ui.h"

#include "ui/errors.h"
#include "ui/leave.h"
#include "ui/phase.h"
#include "ui/receipts.h"
#include "ui/rooms.h"

void
ui_init(struct ui *ui, const struct ipc_config_ui *config,
    const struct view *view)
{
	ui->mode = (enum mode)config->mode;
	ui->config = *config;
	ui->view = view;
	ui->check.wanted = config->check;
	ui->deadline = CLOCK_NEVER;
	input_init(&ui->in, ui->view->line_max);
	turns_init(&ui->turns);
	ui->front = ui->first = room_open(ui, config->first_room, config);
}

void
ui_use_ascii(struct ui *ui)
{
	ui->ascii = true;
	FOREACH_ROOM (room, ui)
		room->model.ascii = true;
}

void
ui_free(struct ui *ui)
{
	FOREACH_ROOM (room, ui)
		room_close(room);
	if (ui->view->close != NULL)
		ui->view->close(ui);
	input_free(&ui->in);
	turns_drop(&ui->turns);
	rooms_free(ui);
	output_free(&ui->out);
}

bool
ui_reads_input(const struct ui *ui)
{
	if (ui->check.wanted)
		return false;
	if (ui->view->keys != NULL)
		return ui->phase == UI_RUNNING && !ui->in.ended &&
		    ui->view->takes_keys(ui);
	return ui->phase <= UI_DRAINING && input_wants(&ui->in) &&
	    !turns_full(&ui->turns);
}

uint64_t
ui_deadline(const struct ui *ui)
{
	uint64_t at = clock_min(ui->deadline, turns_deadline(ui));

	FOREACH_ROOM (room, ui)
		at = clock_min(at, room_deadline(room));
	if (ui->view->deadline != NULL)
		at = clock_min(at, ui->view->deadline(ui));
	return at;
}

void
ui_output_gone(struct ui *ui)
{
	output_abandon(&ui->out);
	FOREACH_ROOM (room, ui)
		room->receipt_count = 0;
	ui_quit(ui);
}

static bool
all_settled(const struct ui *ui)
{
	FOREACH_ROOM (room, ui)
		if (!room_is_settled(room))
			return false;
	return true;
}

/* The input has ended, and nothing of it is waited for any more. For a text
 * that was said at once it may not be known yet whether it can be sent. */
static void
end_draining(struct ui *ui)
{
	FOREACH_ROOM (room, ui)
		if (room->kept_out && !room->model.joined)
			ui->outcome.stayed_out = true;
	ui_quit(ui);
}

static void
end_phase(struct ui *ui)
{
	if (ui->phase == UI_DRAINING) {
		end_draining(ui);
	} else if (ui->phase == UI_QUITTING) {
		ui_error(ui->front,
		    "the other processes did not confirm the end");
		ui_give_up(ui);
	} else if (ui->phase == UI_FLUSHING) {
		ui->phase = UI_DONE;
	}
}

void
ui_work(struct ui *ui)
{
	FOREACH_ROOM (room, ui)
		ui_send_receipts(room);
	if (ui->view->typed != NULL)
		ui->view->typed(ui);
	turns_take(ui);
	FOREACH_ROOM (room, ui)
		room_say(room);
	if (ui->phase == UI_DRAINING && ui->in.ended && !turns_wait(ui) &&
	    all_settled(ui))
		end_draining(ui);
	FOREACH_ROOM (room, ui)
		room_tell(room);
	if (ui->view->work != NULL)
		ui->view->work(ui);
	if (ui->phase == UI_FLUSHING && !output_pending(&ui->out))
		ui->phase = UI_DONE;
	FOREACH_ROOM (room, ui)
		room_time(room);
	rooms_work(ui);
	if (ui->now >= ui->deadline)
		end_phase(ui);
}
