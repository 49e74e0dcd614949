/*
 * Names and keys. See trust.h.
 */
#include "ui/trust.h"

#include "ui/errors.h"
#include "ui/people.h"
#include "ui/tell.h"

#include <string.h>

/* The number of names that a peer takes of us at once: NICKS_MAX of
 * cryptod/client/peer.h. */
#define OWN_NICKS 5

static void
tell_renamed(void *arg, const struct peer *p, const char *before)
{
	ui_tell_shown_as(arg, p, before);
}

int
ui_rename(struct room *room, const char *nick, size_t len)
{
	char normal[NICK_MAX + 1], before[NICK_MAX + 1];

	if (room->ui->mode == MODE_BOOTNODE) {
		ui_line_error(room, "a bootnode has no nickname");
		return -1;
	}
	if (nick_normalise(nick, len, normal) == -1) {
		ui_line_error(room,
		    "this cannot be a nickname: a nickname has " NICK_RULE);
		return -1;
	}
	if (strcmp(normal, room->model.own) == 0)
		return 0;
	if (!fold_take(&room->own_nicks, OWN_NICKS, room->ui->now)) {
		ui_line_error(room,
		    "you have changed your name %d times in a short time; you "
		    "can change it again in %llu s",
		    OWN_NICKS,
		    (unsigned long long)((fold_ready(&room->own_nicks,
					      OWN_NICKS) -
					     room->ui->now + USEC_PER_SEC - 1) /
			USEC_PER_SEC));
		return -1;
	}
	memcpy(before, room->model.own, sizeof(before));
	model_rename(&room->model, normal, tell_renamed, room);
	said_rename(&room->said, &room->cryptod, normal, strlen(normal));
	room->ui->view->renamed(room, NULL, before);
	return 0;
}

void
ui_cryptod_came(struct room *room)
{
	const char *own = room->model.own;

	if (room->ui->mode == MODE_CLIENT && room->model.renamed)
		ipc_send(&room->cryptod, IPC_NICK, NULL, own, strlen(own));
}

/* Returns another place of its key, of the same nickname, that was compared. */
static const struct peer *
compared_elsewhere(const struct room *room, const struct peer *p)
{
	const struct peer *q = NULL;

	while ((q = people_elsewhere(&room->model, p, q)) != NULL)
		if (q->compared && strcmp(p->nick, q->nick) == 0)
			return q;
	return NULL;
}

const struct known_peer *
ui_compare(struct room *room, const struct peer *p)
{
	const struct known_peer *before;
	const struct peer *same;

	if (p->compared || !p->known)
		return NULL;
	/* One person causes one warning, and nobody is warned of themselves. */
	same = compared_elsewhere(room, p);
	if (p->us || same != NULL) {
		model_compared(&room->model, p->handle,
		    !p->us && same->doubted);
		return NULL;
	}
	before =
	    known_changed(&room->known, &p->look, p->fingerprint, p->verified);
	model_compared(&room->model, p->handle,
	    before != NULL ||
		known_is_second(&room->known, &p->look, p->fingerprint,
		    p->verified));
	return before;
}
