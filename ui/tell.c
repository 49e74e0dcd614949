/*
 * Tells the view what others do. See tell.h.
 */
#include "ui/tell.h"

#include "ui/events.h"
#include "ui/people.h"

#include <string.h>

/* Returns the owner of the budget: the key, or, as long as that is not known,
 * the id. */
static void
key_of(const struct peer *p, uint8_t key[FINGERPRINT_LEN])
{
	_Static_assert(sizeof(p->id) <= FINGERPRINT_LEN, "no room for an id");

	memset(key, 0, FINGERPRINT_LEN);
	if (p->known)
		memcpy(key, p->fingerprint, FINGERPRINT_LEN);
	else
		memcpy(key, &p->id, sizeof(p->id));
}

/* True if the event is to be told now. The list of people changes all the
 * same. */
static bool
is_shown(struct room *room, enum fold_kind kind, const uint8_t *key,
    const uint8_t *fingerprint, const char *shown)
{
	if (!room->ui->view->for_people ||
	    fold_shows(&room->folds, kind, key, fingerprint, shown,
		room->ui->now))
		return true;
	if (room->ui->view->touch != NULL)
		room->ui->view->touch(room->ui);
	return false;
}

/* The same for an action of a peer, which counts for its key. */
static bool
is_shown_of(struct room *room, enum fold_kind kind, const struct peer *p)
{
	uint8_t key[FINGERPRINT_LEN];

	key_of(p, key);
	return is_shown(room, kind, key, key, p->shown);
}

void
ui_tell_peer(struct room *room, const struct peer *p)
{
	bool on_its_way = p->state == PEER_CONNECTING || p->state == PEER_PATH;

	if (is_shown_of(room, on_its_way ? FOLD_PATH : FOLD_PRESENCE, p))
		room->ui->view->peer(room, p);
}

/* True if another place of the peer's key is shown by that name already. */
static bool
is_so_elsewhere(const struct room *room, const struct peer *p)
{
	const struct peer *q = NULL;

	while ((q = people_elsewhere(&room->model, p, q)) != NULL)
		if (strcmp(p->shown, q->shown) == 0)
			return true;
	return false;
}

void
ui_tell_shown_as(struct room *room, const struct peer *p, const char *before)
{
	if (!room->ui->view->for_people || !is_so_elsewhere(room, p))
		room->ui->view->renamed(room, p, before);
}

void
ui_tell_renamed(struct room *room, const struct peer *p, const char *before)
{
	if ((room->ui->view->for_people && is_so_elsewhere(room, p)) ||
	    !is_shown_of(room, FOLD_NICK, p))
		return;
	room->ui->view->renamed(room, p, before);
}

/* Each name that somebody takes has a budget of its own: so nobody can use up
 * the warning for one name with others. */
void
ui_tell_key_changed(struct room *room, const struct peer *p,
    const struct known_peer *known)
{
	uint8_t both[FINGERPRINT_LEN];

	for (size_t i = 0; i < FINGERPRINT_LEN; i++)
		both[i] = p->fingerprint[i] ^
		    known->fingerprint[(i + 1) % FINGERPRINT_LEN];
	if (is_shown(room, FOLD_KEY, both, p->fingerprint, p->shown))
		room->ui->view->key_changed(room, p, known);
}

void
ui_tell_claim(struct room *room, const struct ipc_peer_claim *c)
{
	if (is_shown(room, FOLD_CLAIM, c->fingerprint, c->fingerprint, ""))
		room->ui->view->claim(room, c,
		    model_peer_by_id(&room->model, &c->id));
}

void
ui_tell_fork(struct room *room, const struct peer *p, uint64_t seq)
{
	if (is_shown_of(room, FOLD_FORK, p))
		room->ui->view->fork(room, p, seq);
}

/* Only the peer's word says that something is missing. */
void
ui_tell_gap(struct room *room, const struct peer *p, uint64_t seq)
{
	if (is_shown_of(room, FOLD_GAP, p))
		room->ui->view->gap(room, p, seq);
}

/* Returns the peer that it was, if it is here: a place that is connected, if
 * there is one. */
static const struct peer *
who(const struct room *room, const struct fold *f)
{
	const struct peer *found = NULL;
	uint8_t key[FINGERPRINT_LEN];

	for (size_t i = 0; i < room->model.high; i++) {
		const struct peer *p = room->model.peers[i];

		if (p == NULL || !p->present)
			continue;
		key_of(p, key);
		if (memcmp(key, f->fingerprint, sizeof(key)) == 0 &&
		    (found == NULL || !model_is_connected(found)))
			found = p;
	}
	return found;
}

void
ui_tell_folded(struct room *room)
{
	const struct fold *f;
	enum fold_kind kind;
	unsigned int count;

	while ((f = fold_due(&room->folds, room->ui->now, &kind, &count)) !=
	    NULL) {
		bool crowd = f == &room->folds.crowd;
		struct buf text = { 0 };

		event_folded(&text, kind, count, crowd ? NULL : f,
		    crowd ? NULL : who(room, f));
		room->ui->view->folded(room, kind, &text);
		buf_free(&text);
	}
}
