/*
 * The ui process. See process.h.
 */
#include "ui/process.h"

#include "ui/errors.h"
#include "ui/foreground.h"
#include "ui/leave.h"
#include "ui/places.h"
#include "ui/rooms.h"
#include "ui/streams.h"
#include "ui/trust.h"

#include <stdio.h>
#include <string.h>

/* Messages taken from cryptod before it is the others' turn. */
#define TURN 64

static uint64_t
deadline(const void *self)
{
	const struct process *p = self;

	uint64_t at = clock_min(streams_deadline(p), ui_deadline(&p->ui));

	return p->ui.side != NULL ? clock_min(at, p->ui.side->deadline(&p->ui))
				  : at;
}

/* --- cryptod -------------------------------------------------------------- */

/* cryptod's last messages are taken whether or not the output has room for
 * them, as long as there is a receipt for each text. */
static bool
may_read_cryptod(const void *self, bool gone)
{
	const struct room *room = self;

	if (!gone)
		return ui_reads_cryptod(room);
	return room->ui->phase == UI_QUITTING ||
	    (room->ui->phase < UI_QUITTING &&
		room->receipt_count < UI_RECEIPTS_MAX);
}

static void
cryptod_gone(void *self, struct ipc_channel *ch)
{
	(void)ch;
	ui_cryptod_gone(self);
}

/* There is a new cryptod. If the old one is not known to be gone, it is now:
 * the rest of its messages will come again. */
static void
reopen(struct process *p, struct room *room, int fd)
{
	bool gone = room->cryptod.fd == -1;

	child_reopen(&p->child, &room->cryptod, p->rooms_fd + (int)room->number,
	    fd);
	p->connected = true;
	if (!gone)
		ui_cryptod_gone(room);
	ui_cryptod_came(room);
}

static void
add_room(struct process *p, struct room *room)
{
	struct loop_channel *c;

	child_open(&p->child, &room->cryptod, -1, ROLE_CRYPTOD);
	room->cryptod.room = room->number;
	c = loop_add(&p->loop, &room->cryptod, TURN);
	c->self = room;
	c->may_read = may_read_cryptod;
	c->gone = cryptod_gone;
	c->heard_out = true;
}

/* --- The launcher --------------------------------------------------------- */

static int
on_channel(void *self, const struct ipc_message_in *in)
{
	struct process *p = self;
	const struct ipc_channel_end *end = in->body;

	if (end->role != ROLE_CRYPTOD || p->ui.rooms[end->room] == NULL)
		return -1;
	reopen(p, p->ui.rooms[end->room], in->fd);
	return 0;
}

static void
close_room(struct process *p, struct room *room)
{
	ipc_close(&room->cryptod);
	loop_remove(&p->loop, &room->cryptod);
	room_close(room);
}

static int
on_room(void *self, const struct ipc_message_in *in)
{
	const struct ipc_room *b = in->body;
	struct process *p = self;
	const bool is_new = p->ui.rooms[b->room] == NULL;
	struct room *closed;

	if (rooms_told(&p->ui, in, &closed) == -1)
		return -1;
	if (closed != NULL)
		close_room(p, closed);
	else if (is_new && p->ui.rooms[b->room] != NULL)
		add_room(p, p->ui.rooms[b->room]);
	return 0;
}

static int
on_places(void *self, const struct ipc_message_in *in)
{
	struct process *p = self;

	places_before(&p->ui, in->body);
	return 0;
}

static int
on_screen(void *self, const struct ipc_message_in *in)
{
	struct process *p = self;

	(void)in;
	if (p->ui.tui == NULL)
		return -1;
	foreground_take(p);
	return 0;
}

/* The log has no names: in the launcher's lines there are numbers, "room 3".
 * On the screen a room may have another one, so its name is shown instead. */
static void
put_named(struct buf *out, const struct ui *ui, const char *text)
{
	static const char word[] = "room ";
	const char *number, *end;
	const struct room *room;
	unsigned int n;

	for (; (number = strstr(text, word)) != NULL; text = end) {
		number += sizeof(word) - 1;
		end = number + strspn(number, "0123456789");
		room = rooms_is_number(number, (size_t)(end - number), &n) &&
			n >= 1 && n <= ROOMS_MAX
		    ? ui->rooms[n - 1]
		    : NULL;
		buf_put(out, text, (size_t)(number - text));
		if (room != NULL)
			buf_puts(out, room->handle);
		else
			buf_put(out, number, (size_t)(end - number));
	}
	buf_puts(out, text);
}

/* What a process of another room says is shown with the name of that room, and
 * not there: if it is closed, its screen goes with it, and this may be why. */
static int
on_notice(void *self, const struct ipc_message_in *in)
{
	struct process *p = self;
	const struct ipc_notice *b = in->body;
	const struct room *room = b->room > 0 ? p->ui.rooms[b->room - 1] : NULL;
	bool other = room != NULL && room != p->ui.front;
	char text[LOG_TEXT_MAX + 1];
	struct buf line = { 0 };

	(void)snprintf(text, sizeof(text), "%.*s", (int)in->tail_len,
	    (const char *)in->tail);
	if (b->room == 0)
		put_named(&line, &p->ui, text);
	else
		buf_puts(&line, text);
	ui_error(p->ui.front, "%s%s%.*s", other ? room->handle : "",
	    other ? ": " : "", (int)line.len, line.bytes);
	buf_free(&line);
	return 0;
}

static int
on_shutdown(void *self, const struct ipc_message_in *in)
{
	struct process *p = self;

	(void)in;
	ui_quit(&p->ui);
	return 0;
}

/* --- The loop ------------------------------------------------------------- */

/* The wait is over. Nothing is taken while the shell may have the screen. */
static bool
woke(void *self)
{
	struct process *p = self;

	p->read_clocks(&p->ui);
	return !foreground_returned(p);
}

static void
ready(void *self)
{
	struct process *p = self;

	streams_serve(p);
	if (p->ui.side != NULL)
		p->ui.side->serve(&p->ui, &p->loop.fds[WAIT_COUNT]);
}

static void
work(void *self)
{
	struct process *p = self;

	p->read_clocks(&p->ui);
	foreground_look(p);
	if (p->ui.side != NULL)
		p->ui.side->work(&p->ui);
	ui_work(&p->ui);
	if (p->ui.phase == UI_DONE)
		return;
	if (p->connected)
		places_tell(&p->ui);
	if (p->ui.stop_wanted)
		foreground_stop(p);
	streams_choose(p);
	if (p->ui.side != NULL)
		p->ui.side->choose(&p->ui, &p->loop.fds[WAIT_COUNT]);
	for (size_t i = 0; i < p->loop.channel_count; i++)
		p->loop.channels[i].off = p->ui.phase >= UI_FLUSHING;
}

void
process_init(struct process *p)
{
	const struct handler handlers[] = {
		{ IPC_SHUTDOWN, on_shutdown, p },
		{ IPC_CHANNEL, on_channel, p },
		{ IPC_PLACES_BEFORE, on_places, p },
		{ IPC_ROOM, on_room, p },
		{ IPC_SCREEN, on_screen, p },
		{ IPC_NOTICE, on_notice, p },
	};
	struct loop *l = &p->loop;

	loop_init(l, &p->child, p, &p->ui.now);
	dispatch_add(&l->handlers, handlers,
	    sizeof(handlers) / sizeof(handlers[0]));
	ui_add_handlers(&l->handlers);
	p->ui.launcher = &p->child.control;
	add_room(p, p->ui.front);
	l->fd_count = WAIT_COUNT;
	l->deadline = deadline;
	l->woke = woke;
	l->ready = ready;
	l->work = work;
}

void
process_run(struct process *p)
{
	for (work(p); p->ui.phase != UI_DONE;)
		loop_turn(&p->loop);
}

int
process_exit_code(const struct process *p)
{
	return p->exit_code != 0 ? p->exit_code : outcome_exit_code(&p->ui);
}
