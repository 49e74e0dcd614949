/*
 * Rooms that come and go, as the launcher says it. See rooms.h.
 */
#include "ui/rooms.h"

#include "ui/errors.h"
#include "ui/leave.h"
#include "ui/places.h"
#include "ui/text.h"

#include <string.h>

/* --- The room in front ---------------------------------------------------- */

void
ui_turn_to(struct room *room)
{
	struct ui *ui = room->ui;

	ui->front = room;
	ui->adrift = false;
	if (ui->view->turned != NULL)
		ui->view->turned(room);
}

/* Turns to another room than the one that is left. */
static void
turn_away(struct room *left)
{
	struct ui *ui = left->ui;

	FOREACH_ROOM (room, ui)
		if (room->phase == ROOM_STAYS) {
			ui_turn_to(room);
			return;
		}
}

/* --- What the launcher says ----------------------------------------------- */

static struct rooms_asked *
find_asked(struct ui *ui, uint32_t ticket)
{
	for (size_t i = 0; ticket != 0 && i < ROOMS_MAX; i++)
		if (ui->asked[i].ticket == ticket)
			return &ui->asked[i];
	return NULL;
}

_Static_assert(ROOMS_MAX == 16, "the text says so");

static const char *
refusal_text(enum room_refusal reason)
{
	switch (reason) {
	case ROOM_TOO_MANY:
		return "gochat can be in at most 16 rooms; leave one with "
		       "/part";
	case ROOM_BAD_NAME:
		return "not a valid room name";
	case ROOM_BAD_BOOTNODE:
		return "not a valid bootnode: give HOST or HOST:PORT";
	case ROOM_NO_BOOTNODE:
		return "no other room is open whose bootnode it could have; "
		       "name one, as in /join ROOM at HOST";
	case ROOM_NO_KEY:
		return "the key of its bootnode could not be looked up; the "
		       "log says why";
	case ROOM_IS_OPEN:
		return "gochat is in a room of that name at that bootnode "
		       "already, or still leaving it; /part leaves it";
	case ROOM_NO_PROCESS:
		return "its processes could not be started; the log says why";
	case ROOM_REFUSAL_NONE:
	case ROOM_REFUSAL_COUNT:
		break;
	}
	return "it was refused";
}

static void
refused(struct ui *ui, struct rooms_asked *a, const struct ipc_room *b)
{
	char shown[TEXT_SHOWN_MAX];

	ui_error(ui->front, "%s was not joined: %s",
	    text_excerpt(shown, sizeof(shown), a->name.bytes, a->name.len),
	    refusal_text((enum room_refusal)b->reason));
	rooms_asked_forget(a);
}

/* Takes what the launcher says of a room. */
static void
describe(struct room *room, const struct ipc_room *b, const char *tail)
{
	bool named = room->model.room[0] != '\0', told = room->serial != 0;

	memcpy(room->bootnode, tail, b->bootnode_len);
	room->bootnode[b->bootnode_len] = '\0';
	if (!named && b->room_len > 0)
		memcpy(room->model.room, tail + b->bootnode_len, b->room_len);
	room->model.secret = (enum secret_kind)b->secret;
	room->serial = b->serial;
	room->remembered = b->remembered;
	room->keep_asked =
	    (room->keep_asked || b->to_remember) && !b->remembered;
	memcpy(room->identity, b->identity, sizeof(room->identity));
	if (b->room_len > 0 && !(named && told))
		rooms_set_handle(room, b->namesake);
}

static struct room *
open_room(struct ui *ui, const struct ipc_room *b, const char *name,
    struct rooms_asked *asked)
{
	struct ipc_config_ui config = ui->config;
	struct room *room;

	config.secret = b->secret;
	config.room_len = b->room_len;
	memset(config.room, 0, sizeof(config.room));
	memcpy(config.room, name, b->room_len);
	config.restarted = config.restarted && asked == NULL;
	config.show_invite = 0;
	room = room_open(ui, b->room, &config);
	if (asked == NULL)
		return room;
	room->keep_asked = asked->remember;
	room->secret = asked->secret;
	memset(&asked->secret, 0, sizeof(asked->secret));
	rooms_asked_forget(asked);
	return room;
}

/* A view that asked about it need not tell it. */
static void
tell_remember(struct room *room)
{
	const struct view *view = room->ui->view;

	if (view->for_people && view->ask_remember == NULL &&
	    !room->ui->config.remember)
		view->notice(room,
		    "/remember opens this room at each start of gochat without "
		    "--room");
}

/* The room's file has been written, or deleted. */
static void
tell_kept(struct room *room)
{
	if (room->ui->view->for_people)
		room->ui->view->notice(room,
		    room->remembered
			? "gochat opens this room at startup from now on"
			: "gochat no longer opens this room at startup");
}

static void
opened(struct ui *ui, const struct ipc_room *b, const char *tail)
{
	struct rooms_asked *asked = find_asked(ui, b->ticket);
	struct room *room = ui->rooms[b->room];
	bool is_new = room == NULL, first = is_new || room->serial == 0;
	bool was_known, was_kept;

	if (is_new)
		room = open_room(ui, b, tail + b->bootnode_len, asked);
	was_known = room->told;
	was_kept = room->remembered;
	describe(room, b, tail);
	if (first)
		places_restore(room);
	else if (was_kept != room->remembered)
		tell_kept(room);
	room->told = room->model.room[0] != '\0';
	if (room->told && !was_known && room != ui->first &&
	    ui->view->room != NULL)
		ui->view->room(room, ROOM_OPENED);
	if (is_new && asked != NULL)
		tell_remember(room);
	/* Nobody enters any more. A room that was there says goodbye. */
	if (is_new && ui->phase >= UI_QUITTING)
		room->phase = ROOM_LEFT;
	else if (is_new && asked == NULL && ui->config.restarted &&
	    !ui->places_known)
		places_lost(ui);
	/* A program says which room it means, or means the first. */
	if (is_new && asked != NULL && ui->view->for_people)
		ui_turn_to(room);
	if (ui->view->touch != NULL)
		ui->view->touch(ui);
}

void
rooms_tell_unkept(const struct room *room)
{
	const struct ui *ui = room->ui;
	char shown[TEXT_SHOWN_MAX];

	if (!room->keep_asked || room->model.room[0] == '\0')
		return;
	ui_error(ui->front,
	    "%s is not remembered: its file was not written before %s",
	    text_excerpt(shown, sizeof(shown), room->handle,
		strlen(room->handle)),
	    ui->phase < UI_QUITTING ? "it was closed" : "gochat ended");
}

/* The launcher has ended the room. If it is the only one, so does ui. Returns
 * the room, or NULL if it stays for the end. */
static struct room *
close_room(struct room *room, const struct ipc_room *b)
{
	struct ui *ui = room->ui;
	bool unasked = room->phase == ROOM_STAYS;
	/* If it was never known which it is, nothing was said of it, and no
	 * line was for it. */
	bool named = room->model.room[0] != '\0';

	room->ended = true;
	if (rooms_count(ui) == (unasked ? 1 : 0)) {
		ui_quit(ui);
		return NULL;
	}
	if (unasked)
		room_depart(room);
	if (room == ui->front) {
		turn_away(room);
		ui->adrift = ui->adrift || named;
	}
	if (unasked)
		room_ended(room);
	if (named && ui->view->room != NULL)
		ui->view->room(room, ROOM_CLOSED);
	/* It may have been remembered in the last moment. */
	room->keep_asked = room->keep_asked && !b->remembered;
	rooms_tell_unkept(room);
	return room;
}

int
rooms_told(struct ui *ui, const struct ipc_message_in *in, struct room **closed)
{
	const struct ipc_room *b = in->body;
	struct rooms_asked *asked = find_asked(ui, b->ticket);

	*closed = NULL;
	switch ((enum room_state)b->state) {
	case ROOM_OPENED:
		opened(ui, b, (const char *)in->tail);
		return 0;
	case ROOM_CLOSED:
		if (ui->rooms[b->room] == NULL)
			return -1;
		*closed = close_room(ui->rooms[b->room], b);
		return 0;
	case ROOM_REFUSED:
		if (asked == NULL)
			return -1;
		refused(ui, asked, b);
		return 0;
	case ROOM_STATE_COUNT:
		break;
	}
	return -1;
}

/* --- The secret ----------------------------------------------------------- */

int
rooms_secret_wanted(void *self, const struct ipc_message_in *in)
{
	struct room *room = self;
	struct ipc_secret body = { .kind = (uint8_t)room->model.secret };

	(void)in;
	if (room->secret.len == 0) {
		ui_error(room,
		    "the secret of this room is not known any more; /part and "
		    "/join it again");
		return 0;
	}
	ipc_send(&room->cryptod, IPC_SECRET, &body, room->secret.bytes,
	    room->secret.len);
	return 0;
}

/* --- Leaving -------------------------------------------------------------- */

void
rooms_part(struct room *asker, struct room *room)
{
	struct ui *ui = room->ui;

	if (room->phase != ROOM_STAYS)
		return;
	if (rooms_count(ui) == 1) {
		ui_line_error(asker,
		    "this is the only room that you are in; /quit leaves "
		    "gochat");
		return;
	}
	room_depart(room);
	if (ui->front == room)
		turn_away(room);
	room_leave(room);
}

void
rooms_keep(struct room *asker, struct room *room, bool keep)
{
	const struct ipc_room_number body = {
		.serial = room->serial,
		.room = (uint8_t)room->number,
	};

	if (keep && room->remembered) {
		ui_line_error(asker, "that room is remembered already");
		return;
	}
	if (!keep && room->keep_asked)
		room->ui->view->notice(room, "this room is not remembered");
	else if (!keep && !room->remembered)
		ui_line_error(asker, "that room is not remembered");
	/* The launcher may be about to write its file, for an earlier ui or an
	 * option: that is taken back, too. */
	room->keep_asked = keep;
	ipc_send(room->ui->launcher, keep ? IPC_ROOM_KEEP : IPC_ROOM_FORGET,
	    &body, NULL, 0);
}

void
rooms_work(struct ui *ui)
{
	struct ipc_room_number body = { 0 };

	if (ui->phase >= UI_QUITTING)
		return;
	FOREACH_ROOM (room, ui) {
		if (room->phase != ROOM_LEFT || room->close_asked)
			continue;
		room->close_asked = true;
		body.serial = room->serial;
		body.room = (uint8_t)room->number;
		ipc_send(ui->launcher, IPC_ROOM_CLOSE, &body, NULL, 0);
	}
}
