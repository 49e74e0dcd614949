/*
 * Rooms that come and go. See rooms.h.
 */
#include "ui/rooms.h"

#include "ui/errors.h"
#include "ui/leave.h"
#include "ui/text.h"

#include "common/invite.h"

#include "precis/opaque_string.h"

#include <string.h>

static void
forget(struct rooms_asked *a)
{
	buf_wipe(&a->secret);
	buf_free(&a->name);
	buf_free(&a->bootnode);
	memset(a, 0, sizeof(*a));
}

void
rooms_free(struct ui *ui)
{
	for (size_t i = 0; i < ROOMS_MAX; i++)
		forget(&ui->asked[i]);
	forget(&ui->asking);
}

/* --- Opening -------------------------------------------------------------- */

/* Notes what is to become of the answer. Returns NULL if too many are
 * awaited. */
static struct rooms_asked *
note(struct ui *ui, const struct rooms_wish *wish)
{
	struct rooms_asked *a = ui->asked;

	while (a < ui->asked + ROOMS_MAX && a->ticket != 0)
		a++;
	if (a == ui->asked + ROOMS_MAX)
		return NULL;
	a->ticket = ++ui->ticket;
	buf_put(&a->secret, wish->secret, wish->secret_len);
	buf_put(&a->name, wish->name, wish->len);
	return a;
}

void
rooms_open(struct room *asker, const struct rooms_wish *wish)
{
	struct ipc_room_open body = {
		.secret = (uint8_t)wish->kind,
		.pinned = wish->key != NULL,
		.bootnode_len = (uint16_t)wish->bootnode_len,
		.room_len = (uint16_t)wish->len,
	};
	struct ui *ui = asker->ui;
	struct rooms_asked *a;
	struct buf tail = { 0 };

	if (wish->len > ROOM_MAX || wish->bootnode_len > INVITE_BOOTNODE_MAX) {
		ui_line_error(asker, "the %s is too long",
		    wish->len > ROOM_MAX ? "room's name" : "bootnode's name");
		return;
	}
	a = note(ui, wish);
	if (a == NULL) {
		ui_line_error(asker, "too many rooms are being opened");
		return;
	}
	if (wish->key != NULL)
		memcpy(body.boot_key, wish->key, sizeof(body.boot_key));
	body.ticket = a->ticket;
	buf_put(&tail, wish->bootnode, wish->bootnode_len);
	buf_put(&tail, wish->name, wish->len);
	ipc_send(ui->launcher, IPC_ROOM_OPEN, &body, tail.bytes, tail.len);
	buf_free(&tail);
}

void
rooms_open_invite(struct room *asker, const char *text, size_t len)
{
	struct invite invite;
	enum invite_fault fault;
	size_t at;

	fault = invite_parse(&invite, text, len, &at);
	if (fault != INVITE_SOUND && at == 0)
		ui_line_error(asker, "the invite %s", invite_fault_text(fault));
	else if (fault != INVITE_SOUND)
		ui_line_error(asker, "the invite %s: see character %zu",
		    invite_fault_text(fault), at);
	else
		rooms_open(asker,
		    &(struct rooms_wish){
			.name = invite.room,
			.len = strlen(invite.room),
			.bootnode = invite.bootnode,
			.bootnode_len = strlen(invite.bootnode),
			.key = invite.key,
			.kind = SECRET_INVITE,
			.secret = invite.secret,
			.secret_len = sizeof(invite.secret),
		    });
	explicit_bzero(&invite, sizeof(invite));
}

void
rooms_ask(struct room *asker, const struct rooms_wish *wish)
{
	struct ui *ui = asker->ui;
	struct rooms_asked *a = &ui->asking;

	forget(a);
	buf_put(&a->name, wish->name, wish->len);
	buf_put(&a->bootnode, wish->bootnode, wish->bootnode_len);
	buf_put(&a->name, "", 1);
	ui->view->ask_secret(ui, a->name.bytes);
}

void
rooms_open_locked(struct room *asker, struct rooms_wish *wish,
    const char *passphrase, size_t len, const char *undone)
{
	char secret[PASSPHRASE_MAX + 1];
	enum opaque_fault fault;
	uint32_t culprit;

	if (len == 0) {
		rooms_open(asker, wish);
		return;
	}
	fault =
	    opaque_string(secret, PASSPHRASE_MAX, passphrase, len, &culprit);
	if (fault != OPAQUE_OK) {
		ui_line_error(asker, "the passphrase is refused: %s; %s",
		    opaque_fault_text(fault), undone);
		return;
	}
	wish->kind = SECRET_PASSPHRASE;
	wish->secret = secret;
	wish->secret_len = strlen(secret);
	rooms_open(asker, wish);
	explicit_bzero(secret, sizeof(secret));
}

void
rooms_secret(struct ui *ui, const char *text, size_t len)
{
	const struct rooms_asked *a = &ui->asking;
	struct rooms_wish wish = {
		.name = a->name.bytes,
		.bootnode = a->bootnode.bytes,
		.bootnode_len = a->bootnode.len,
	};

	if (a->name.len > 0 && text != NULL) {
		wish.len = a->name.len - 1;
		rooms_open_locked(ui->front, &wish, text, len,
		    "the room was not joined");
	}
	forget(&ui->asking);
}

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

static const char *
refusal_text(enum room_refusal reason)
{
	switch (reason) {
	case ROOM_TOO_MANY:
		return "there are as many rooms as gochat can have; /part "
		       "leaves one";
	case ROOM_BAD_NAME:
		return "that is no name of a room: it has 1 to 256 bytes, and "
		       "no invisible characters or blanks at its ends";
	case ROOM_BAD_BOOTNODE:
		return "that is no bootnode: give HOST or HOST:PORT";
	case ROOM_NO_BOOTNODE:
		return "no other room is open yet, whose bootnode would be "
		       "this one's, too: name it, as in /join ROOM at HOST";
	case ROOM_IS_OPEN:
		return "you are in that room already";
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
	forget(a);
}

/* Takes what the launcher says of a room. */
static void
describe(struct room *room, const struct ipc_room *b, const char *tail)
{
	bool named = room->model.room[0] != '\0';

	memcpy(room->bootnode, tail, b->bootnode_len);
	room->bootnode[b->bootnode_len] = '\0';
	if (!named && b->room_len > 0)
		memcpy(room->model.room, tail + b->bootnode_len, b->room_len);
	room->model.secret = (enum secret_kind)b->secret;
	room->serial = b->serial;
	room->remembered = b->remembered;
	memcpy(room->identity, b->identity, sizeof(room->identity));
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
	room->secret = asked->secret;
	memset(&asked->secret, 0, sizeof(asked->secret));
	forget(asked);
	return room;
}

/* Nobody has decided where what is typed goes from now on. */
static void
set_adrift(struct ui *ui)
{
	if (ui->view->adrift != NULL)
		ui->view->adrift(ui);
	else
		ui->adrift = true;
}

static void
opened(struct ui *ui, const struct ipc_room *b, const char *tail)
{
	struct rooms_asked *asked = find_asked(ui, b->ticket);
	struct room *room = ui->rooms[b->room];
	bool is_new = room == NULL, was_known;

	if (is_new)
		room = open_room(ui, b, tail + b->bootnode_len, asked);
	was_known = room->told;
	describe(room, b, tail);
	room->told = room->model.room[0] != '\0';
	if (room->told && !was_known && room != ui->first &&
	    ui->view->room != NULL)
		ui->view->room(room, ROOM_OPENED);
	if (ui->phase >= UI_QUITTING) /* nobody enters any more */
		room->phase = ROOM_LEFT;
	/* The earlier ui knew which room was in front. */
	else if (is_new && asked == NULL && ui->config.restarted)
		set_adrift(ui);
	/* A program says which room it means, or means the first. */
	if (is_new && asked != NULL && ui->view->for_people)
		ui_turn_to(room);
	if (ui->view->touch != NULL)
		ui->view->touch(ui);
}

/* The launcher has ended the room. If it is the only one, so does ui. Returns
 * the room, or NULL if it stays for the end. */
static struct room *
close_room(struct room *room)
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
		if (named)
			set_adrift(ui);
	}
	if (unasked)
		room_ended(room);
	if (named && ui->view->room != NULL)
		ui->view->room(room, ROOM_CLOSED);
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
		*closed = close_room(ui->rooms[b->room]);
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
rooms_keep(struct room *asker, const struct room *room, bool keep)
{
	const struct ipc_room_number body = {
		.serial = room->serial,
		.room = (uint8_t)room->number,
	};

	if (room->remembered == keep)
		ui_line_error(asker,
		    keep ? "that room is remembered already"
			 : "that room is not remembered");
	else
		ipc_send(room->ui->launcher,
		    keep ? IPC_ROOM_KEEP : IPC_ROOM_FORGET, &body, NULL, 0);
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
