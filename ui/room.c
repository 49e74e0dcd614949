/*
 * The life of a room: the user's texts, receipts, the death of its cryptod. See
 * room.h.
 */
#include "ui/room.h"

#include "ui/errors.h"
#include "ui/leave.h"
#include "ui/people.h"
#include "ui/receipts.h"
#include "ui/tell.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

struct room *
room_open(struct ui *ui, unsigned int number,
    const struct ipc_config_ui *config)
{
	struct room *room = calloc(1, sizeof(*room));

	if (room == NULL)
		fatal("no memory for a room");
	room->ui = ui;
	room->number = number;
	room->cryptod.fd = -1;
	room->return_by = room->leave_by = CLOCK_NEVER;
	model_init(&room->model, config);
	memcpy(room->handle, config->room, config->room_len);
	room->model.ascii = ui->ascii;
	memcpy(room->identity, config->identity, sizeof(room->identity));
	room->invite_wanted = config->show_invite;
	said_init(&room->said, config->first_seq);
	said_name(&room->said, config->nick, config->nick_len);
	room->past.awaited = config->restarted && ui->mode == MODE_CLIENT;
	ui->rooms[number] = room;
	if (ui->view->opened != NULL)
		ui->view->opened(room);
	return room;
}

void
room_close(struct room *room)
{
	if (room->ui->first == room)
		room->ui->first = NULL;
	if (room->ui->view->closed != NULL)
		room->ui->view->closed(room);
	room->ui->rooms[room->number] = NULL;
	model_free(&room->model);
	known_free(&room->known);
	buf_free(&room->comparing);
	said_free(&room->said);
	later_drop(room, NULL);
	past_free(&room->past);
	buf_wipe(&room->secret);
	free(room);
}

bool
ui_reads_cryptod(const struct room *room)
{
	const struct ui *ui = room->ui;

	/* A client that leaves is to hear the goodbye. */
	return ui->phase == UI_QUITTING ||
	    (ui->phase <= UI_DRAINING && !output_full(&ui->out) &&
		room->receipt_count < UI_RECEIPTS_MAX &&
		(ui->view->full == NULL || !ui->view->full(room)));
}

bool
room_is_settled(const struct room *room)
{
	return said_open(&room->said) == 0 && room->later.count == 0 &&
	    !room->past.awaited && room->past.own_count == 0;
}

static void
show_peer(void *arg, const struct peer *p)
{
	struct room *room = arg;

	ui_tell_peer(room, p);
}

/* The texts that had gone out to the peers who were back. */
struct unsent {
	struct room *room;
	size_t count;
	uint64_t last;
};

static void
now_unknown(void *arg, uint64_t seq)
{
	struct unsent *u = arg;
	bool open;

	u->count++;
	u->last = seq;
	u->room->ui->view->sent(u->room, seq,
	    said_peers(&u->room->said, seq, &open), SENT_UNKNOWN);
}

static void
unsend(struct room *room)
{
	struct unsent u = { .room = room };

	said_unsend(&room->said, now_unknown, &u);
	if (u.count == 0)
		return;
	room->ui->outcome.unknown = true;
	ui_error(room,
	    "people who had not returned yet do not get %zu of your messages, "
	    "and gochat does not know who they are; the last is \"%s\"",
	    u.count, said_excerpt(&room->said, u.last));
}

static const char *
what_comes_again(const struct room *room)
{
	if (room->ui->mode == MODE_BOOTNODE)
		return "clients join again when it is back";
	if (room->past.own_count > 0)
		return "when it is back, gochat sends again what you said "
		       "since ui was restarted and was not delivered";
	return "when it is back, gochat sends again what was not delivered";
}

void
ui_cryptod_gone(struct room *room)
{
	struct ui *ui = room->ui;

	if (ui->phase >= UI_FLUSHING || room->phase == ROOM_LEFT)
		return;
	past_over(room);
	room->receipt_count = 0; /* their senders will ask again */
	room->status_asked = room->status_wanted = false;
	if (room->phase == ROOM_LEAVES) {
		ui_goodbye(room);
		return;
	}
	/* Without a first one this is a start that failed, and the process that
	 * failed has said why. */
	if (room->was_ready)
		ui_error(room, "the process with the keys ended; %s",
		    what_comes_again(room));
	past_lost(room);
	unsend(room);
	model_cryptod_gone(&room->model, show_peer, room);
	room->return_by = ui->now + UI_RETURN_TIME;
}

uint64_t
room_deadline(const struct room *room)
{
	uint64_t at = clock_min(room->return_by, fold_deadline(&room->folds));

	if (room->ui->phase < UI_QUITTING)
		at = clock_min(at, room->leave_by);
	return clock_min(at, missed_deadline(room));
}

void
room_say(struct room *room)
{
	if (room->phase == ROOM_STAYS) {
		later_say(room);
		said_pump(&room->said, &room->cryptod);
	}
}

void
room_tell(struct room *room)
{
	ui_tell_folded(room);
	missed_tell(room, false);
}

void
room_time(struct room *room)
{
	/* At the end of all, ui_give_up() is for all at once. */
	if (room->ui->now >= room->leave_by && room->ui->phase < UI_QUITTING) {
		room->leave_by = CLOCK_NEVER;
		ui_goodbye(room);
	}
	if (room->ui->now < room->return_by)
		return;
	room->return_by = CLOCK_NEVER;
	model_not_returned(&room->model, show_peer, room);
}
