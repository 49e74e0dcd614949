/*
 * Lines of input. See turns.h.
 */
#include "ui/turns.h"

#include "ui/errors.h"
#include "ui/phase.h"
#include "ui/rooms.h"
#include "ui/say.h"
#include "ui/ui.h"

#include "common/log.h"
#include "common/utf8.h"

#include <stdlib.h>
#include <string.h>

struct waiting_line {
	STAILQ_ENTRY(waiting_line) entry;
	uint64_t number;
	unsigned int queue;
	bool looked_at;
	enum turn turn; /* then */
	size_t len;
	char bytes[];
};

void
turns_init(struct turns *t)
{
	STAILQ_INIT(&t->waiting);
	t->since = CLOCK_NEVER;
}

/* The line waits no more: it may drop all that do. */
static void
let_go(struct turns *t, struct waiting_line *w)
{
	STAILQ_REMOVE(&t->waiting, w, waiting_line, entry);
	t->count--;
	t->queued[w->queue]--;
	t->bytes -= sizeof(*w) + w->len;
}

static void
line_free(struct waiting_line *w)
{
	explicit_bzero(w->bytes, w->len);
	free(w);
}

size_t
turns_drop(struct turns *t)
{
	struct waiting_line *w;
	size_t count = t->count;

	while ((w = STAILQ_FIRST(&t->waiting)) != NULL) {
		let_go(t, w);
		line_free(w);
	}
	return count;
}

bool
turns_full(const struct turns *t)
{
	return t->bytes > TURNS_BYTES_MAX;
}

static void
keep(struct turns *t, unsigned int queue, uint64_t number, const char *line,
    size_t len)
{
	struct waiting_line *w = malloc(sizeof(*w) + len);

	if (w == NULL)
		fatal("no memory for a line");
	memset(w, 0, sizeof(*w));
	w->number = number;
	w->queue = queue;
	w->len = len;
	memcpy(w->bytes, line, len);
	STAILQ_INSERT_TAIL(&t->waiting, w, entry);
	t->count++;
	t->queued[queue]++;
	t->bytes += sizeof(*w) + len;
}

/* N_TTY's buffer, less the line feed: termios(3), canonical mode. */
#define TERMINAL_LINE_MAX 4095

/* reading: what the view has read of the line, or NULL. */
static void
take(struct ui *ui, uint64_t number, const char *line, size_t len,
    const struct reading *reading)
{
	ui->turns.line = number;
	if (ui->terminal && len >= TERMINAL_LINE_MAX)
		ui_line_error(ui->front,
		    "a terminal passes on at most %d bytes of a line, so this "
		    "one was cut; not sent: send it in parts, or through a "
		    "pipe",
		    TERMINAL_LINE_MAX);
	else if (memchr(line, '\0', len) != NULL)
		ui_line_error(ui->front,
		    "the text contains a NUL byte; not sent");
	else if (!utf8_valid(line, len))
		ui_line_error(ui->front,
		    "the text is not valid UTF-8; not sent");
	else if (reading != NULL)
		ui->view->obey(ui->front, reading);
	else
		ui->view->line(ui->front, line, len);
	if (ui->phase == UI_DRAINING)
		ui_drain(ui); /* the input goes on, so its time does, too */
}

/* Lines for one room stay in their order, and do not wait for another room. In
 * a view whose lines name no room, all are in one order. */
static unsigned int
queue_of(struct ui *ui, const struct reading *reading)
{
	if (ui->view->room_of == NULL)
		return 0;
	return reading != NULL ? ui->view->room_of(ui, reading)->number
			       : ui->front->number;
}

static bool
queue_moves(const struct ui *ui, unsigned int queue)
{
	const struct room *room =
	    ui->view->room_of != NULL ? ui->rooms[queue] : NULL;

	/* What follows /join is for the room that it opens. */
	if (ui->view->room_of == NULL && rooms_awaited(ui))
		return false;
	return ui_takes_lines(room != NULL ? room : ui->front);
}

static void
take_waiting(struct ui *ui)
{
	bool stands[ROOMS_MAX] = { false };
	struct waiting_line *w, *next;

	STAILQ_FOREACH_SAFE (w, &ui->turns.waiting, entry, next) {
		if (stands[w->queue] || !queue_moves(ui, w->queue)) {
			stands[w->queue] = true;
			continue;
		}
		let_go(&ui->turns, w);
		take(ui, w->number, w->bytes, w->len, NULL);
		line_free(w);
		if (ui->phase > UI_DRAINING) /* the others are dropped */
			return;
	}
}

/* What was read of a line that is kept is not: it has no bound. */
static void
take_or_keep(struct ui *ui, const char *line, size_t len)
{
	const struct view *view = ui->view;
	struct turns *t = &ui->turns;
	struct reading *reading = view->read != NULL && rooms_are_several(ui)
	    ? view->read(line, len)
	    : NULL;
	unsigned int queue = queue_of(ui, reading);

	if (t->queued[queue] == 0 && queue_moves(ui, queue))
		take(ui, ui->in.line, line, len, reading);
	else
		keep(t, queue, ui->in.line, line, len);
	if (reading != NULL)
		view->forget(reading);
}

/* Takes a line. Returns false if there is none now. */
static bool
take_next(struct ui *ui)
{
	const char *line;
	size_t len;

	switch (input_next(&ui->in, &line, &len)) {
	case INPUT_LINE:
		take_or_keep(ui, line, len);
		input_wipe(&ui->in);
		return true;
	case INPUT_TOO_LONG:
		ui->turns.line = ui->in.line;
		ui_line_error(ui->front,
		    "the line is longer than %zu bytes, which is the limit; "
		    "not sent",
		    ui->in.line_max);
		return true;
	case INPUT_END:
		if (ui->phase == UI_RUNNING)
			ui_drain(ui);
		return false;
	default:
		return false;
	}
}

bool
turns_wait(const struct ui *ui)
{
	return ui->view->waits != NULL ? ui->view->waits(ui)
				       : ui->turns.count > 0;
}

/* True if anything has been taken since this was last asked. */
static void
watch(struct ui *ui)
{
	struct turns *t = &ui->turns;
	uint64_t taken = 0;

	FOREACH_ROOM (room, ui)
		taken += room->said.next + room->said.held_count;

	if (!turns_wait(ui)) {
		t->since = CLOCK_NEVER;
		t->told = t->full_told = false;
	} else if (t->since == CLOCK_NEVER || taken != t->taken) {
		t->since = ui->now;
	}
	t->taken = taken;
}

/* If the output is full nobody reads this either. */
static void
tell(struct ui *ui)
{
	const char *why = "the others in the room cannot keep up";

	if (ui->turns.told || output_full(&ui->out) ||
	    ui->mode == MODE_BOOTNODE)
		return;
	ui->turns.told = true;
	if (rooms_awaited(ui))
		why = "a room is being opened";
	else if (ui->front->cryptod.fd == -1)
		why = "the process with the keys is being restarted";
	else if (!ui->front->model.joined)
		why = "there is no connection to a bootnode";
	ui_error(ui->front,
	    "%s: what you send now waits, but quit and status are carried out "
	    "at once",
	    why);
}

/* The lines behind that are not seen, and one of them may leave. To look for it
 * and drop the others would lose lines that only have to wait. */
static void
tell_full(struct ui *ui)
{
	bool full = ui->view->takes_keys != NULL ? !ui->view->takes_keys(ui)
						 : turns_full(&ui->turns);

	if (!full || ui->turns.full_told || output_full(&ui->out) ||
	    ui->mode == MODE_BOOTNODE)
		return;
	ui->turns.full_told = true;
	ui_error(ui->front,
	    "%lu KiB of input are waiting, and gochat reads no more: to leave "
	    "now, end the input or send SIGTERM",
	    TURNS_BYTES_MAX / 1024);
}

static enum turn
turn_of(struct ui *ui, const struct waiting_line *w)
{
	if (memchr(w->bytes, '\0', w->len) != NULL ||
	    !utf8_valid(w->bytes, w->len))
		return TURN_ITS_OWN;
	return ui->view->turn(ui->front, w->bytes, w->len);
}

static void
obey_out_of_turn(struct ui *ui)
{
	struct waiting_line *w, *next;

	STAILQ_FOREACH_SAFE (w, &ui->turns.waiting, entry, next) {
		if (!w->looked_at)
			w->turn = turn_of(ui, w);
		w->looked_at = true;
		/* A line that asks again and again would fill the output for
		 * nobody. */
		if (w->turn == TURN_ITS_OWN ||
		    (w->turn == TURN_ANY && output_full(&ui->out)))
			continue;
		let_go(&ui->turns, w);
		ui->turns.line = w->number;
		ui->view->line(ui->front, w->bytes, w->len);
		line_free(w);
		if (ui->phase > UI_DRAINING) /* the others are dropped */
			return;
	}
}

void
turns_take(struct ui *ui)
{
	if (ui->view->keys == NULL) {
		take_waiting(ui);
		while (ui->phase <= UI_DRAINING && !turns_full(&ui->turns) &&
		    take_next(ui))
			;
	} else if (ui->in.ended && ui->phase == UI_RUNNING) {
		ui_drain(ui);
	}
	watch(ui);
	if (!turns_stand_still(ui))
		return;
	tell(ui);
	if (ui->view->keys == NULL)
		obey_out_of_turn(ui);
	tell_full(ui);
}

bool
turns_stand_still(const struct ui *ui)
{
	return ui->turns.since != CLOCK_NEVER &&
	    ui->now - ui->turns.since >= TURNS_PATIENCE;
}

uint64_t
turns_deadline(const struct ui *ui)
{
	if (ui->turns.since == CLOCK_NEVER || turns_stand_still(ui))
		return CLOCK_NEVER;
	return ui->turns.since + TURNS_PATIENCE;
}
