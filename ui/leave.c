/*
 * The end of the ui process. See leave.h.
 */
#include "ui/leave.h"

#include "ui/errors.h"
#include "ui/phase.h"
#include "ui/rooms.h"

/* So many of the lines that were never sent are named. */
#define HELD_NAMED 64

/* A line was not sent: names it, if it is one of the first. */
static void
report_line(struct room *room, const char *why, const char *excerpt,
    size_t number)
{
	if (number < HELD_NAMED)
		ui_error(room, "not sent, because %s: \"%s\"", why, excerpt);
}

static void
report_more(struct room *room, const char *why, size_t more)
{
	if (more > 0)
		ui_error(room, "not sent, because %s: %zu more lines", why,
		    more);
}

static const char no_bootnode[] = "there is no connection to a bootnode";

/* lines: so many lines of the input that nobody takes any more. */
static void
report_held(struct room *room, size_t lines, bool unread)
{
	const char *why = !room->model.joined ? no_bootnode
	    : room->ended		      ? "the room was closed"
	    : room->ui->phase >= UI_QUITTING  ? "gochat was told to quit first"
					      : "the room was left first";
	uint64_t seq = room->said.oldest;
	char excerpt[SAID_EXCERPT];
	size_t count = 0, more;

	later_drop(room, why);
	/* cryptod sends nothing before a bootnode has admitted us. */
	for (; !room->model.joined && said_unsent(&room->said, &seq); seq++)
		report_line(room, why, said_excerpt(&room->said, seq), count++);
	while (said_drop(&room->said, excerpt))
		report_line(room, why, excerpt, count++);
	more = count > HELD_NAMED ? count - HELD_NAMED : 0;
	more += lines;
	report_more(room, why, more);
	if (count > 0 || more > 0 || unread)
		room->ui->outcome.not_sent = true;
	if (unread)
		ui_error(room, "not sent, because %s: the rest of the input",
		    why);
}

/* Texts of the ui before this one wait with cryptod, too. We may have quit
 * before it told us of that. */
static void
report_past(struct room *room)
{
	const struct ui_past *past = &room->past;

	if (room->model.joined || past->own_count == 0)
		return;
	room->ui->outcome.not_sent = true;
	for (size_t i = 0; i < past->own_count; i++)
		report_line(room, no_bootnode, past->own[i].excerpt, i);
	if (past->own_count > HELD_NAMED)
		report_more(room, no_bootnode, past->own_count - HELD_NAMED);
}

void
room_depart(struct room *room)
{
	/* The last texts go out, though nobody waits for them. */
	said_pump(&room->said, &room->cryptod);
	room->phase = ROOM_LEAVES;
	room->leave_by = room->ui->now + UI_GOODBYE_TIME;
}

/* lines, unread: what is left of the input. */
static void
leave(struct room *room, size_t lines, bool unread)
{
	report_held(room, lines, unread);
	if (ipc_send(&room->cryptod, IPC_QUIT, NULL, NULL, 0) == -1)
		ui_goodbye(room); /* nobody is there to say it */
}

void
room_leave(struct room *room)
{
	leave(room, 0, false);
}

static bool
all_left(const struct ui *ui)
{
	FOREACH_ROOM (room, ui)
		if (room->phase != ROOM_LEFT)
			return false;
	return true;
}

/* A room that is left alone ends nothing: then all others are left as well. */
static void
end_if_left(struct ui *ui)
{
	if (ui->phase >= UI_FLUSHING || !all_left(ui))
		return;
	FOREACH_ROOM (room, ui)
		rooms_tell_unkept(room);
	ui->view->bye(ui);
	ui_enter(ui, UI_FLUSHING, UI_FLUSH_TIME);
}

void
ui_goodbye(struct room *room)
{
	struct ui *ui = room->ui;
	/* Before that nothing was sent, and that has been told. */
	size_t open = room->model.joined
	    ? said_open(&room->said) + room->past.own_count
	    : 0;

	if (room->phase == ROOM_LEFT)
		return;
	room->phase = ROOM_LEFT;
	room->leave_by = CLOCK_NEVER;
	report_past(room);
	missed_tell(room, true);
	if (open > 0)
		ui->outcome.unknown = true;
	if (open > 0)
		ui_error(room,
		    "it is not known whether everybody received your last %zu "
		    "message%s",
		    open, open == 1 ? "" : "s");
	end_if_left(ui);
}

void
room_ended(struct room *room)
{
	if (room->phase == ROOM_STAYS)
		room_depart(room);
	report_held(room, 0, false);
	ui_goodbye(room);
}

void
ui_give_up(struct ui *ui)
{
	FOREACH_ROOM (room, ui)
		ui_goodbye(room);
	end_if_left(ui);
}

void
ui_quit(struct ui *ui)
{
	bool unread = ui->phase == UI_DRAINING && !ui->in.ended;
	size_t lines;

	if (ui->phase >= UI_QUITTING)
		return;
	ui_enter(ui, UI_QUITTING, UI_GOODBYE_TIME);
	lines = turns_drop(&ui->turns);
	FOREACH_ROOM (room, ui) {
		bool front = room == ui->front;

		if (room->phase != ROOM_STAYS)
			continue;
		room_depart(room);
		leave(room, front ? lines : 0, front && unread);
	}
	end_if_left(ui); /* if nobody is there to say goodbye */
}
