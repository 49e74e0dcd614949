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
is_shown(struct ui *ui, enum fold_kind kind, const uint8_t *key,
    const uint8_t *fingerprint, const char *shown)
{
	if (!ui->view->for_people ||
	    fold_shows(&ui->folds, kind, key, fingerprint, shown, ui->now))
		return true;
	if (ui->view->touch != NULL)
		ui->view->touch(ui);
	return false;
}

/* The same for an action of a peer, which counts for its key. */
static bool
is_shown_of(struct ui *ui, enum fold_kind kind, const struct peer *p)
{
	uint8_t key[FINGERPRINT_LEN];

	key_of(p, key);
	return is_shown(ui, kind, key, key, p->shown);
}

void
ui_tell_peer(struct ui *ui, const struct peer *p)
{
	bool on_its_way = p->state == PEER_CONNECTING || p->state == PEER_PATH;

	if (is_shown_of(ui, on_its_way ? FOLD_PATH : FOLD_PRESENCE, p))
		ui->view->peer(ui, p);
}

/* True if another place of the peer's key is shown by that name already. */
static bool
is_so_elsewhere(const struct ui *ui, const struct peer *p)
{
	const struct peer *q = NULL;

	while ((q = people_elsewhere(&ui->model, p, q)) != NULL)
		if (strcmp(p->shown, q->shown) == 0)
			return true;
	return false;
}

void
ui_tell_shown_as(struct ui *ui, const struct peer *p, const char *before)
{
	if (!ui->view->for_people || !is_so_elsewhere(ui, p))
		ui->view->renamed(ui, p, before);
}

void
ui_tell_renamed(struct ui *ui, const struct peer *p, const char *before)
{
	if ((ui->view->for_people && is_so_elsewhere(ui, p)) ||
	    !is_shown_of(ui, FOLD_NICK, p))
		return;
	ui->view->renamed(ui, p, before);
}

/* Each name that somebody takes has a budget of its own: so nobody can use up
 * the warning for one name with others. */
void
ui_tell_key_changed(struct ui *ui, const struct peer *p,
    const struct known_peer *known)
{
	uint8_t both[FINGERPRINT_LEN];

	for (size_t i = 0; i < FINGERPRINT_LEN; i++)
		both[i] = p->fingerprint[i] ^
		    known->fingerprint[(i + 1) % FINGERPRINT_LEN];
	if (is_shown(ui, FOLD_KEY, both, p->fingerprint, p->shown))
		ui->view->key_changed(ui, p, known);
}

void
ui_tell_claim(struct ui *ui, const struct ipc_peer_claim *c)
{
	if (is_shown(ui, FOLD_CLAIM, c->fingerprint, c->fingerprint, ""))
		ui->view->claim(ui, c, model_peer_by_id(&ui->model, &c->id));
}

void
ui_tell_fork(struct ui *ui, const struct peer *p, uint64_t seq)
{
	if (is_shown_of(ui, FOLD_FORK, p))
		ui->view->fork(ui, p, seq);
}

/* Only the peer's word says that something is missing. */
void
ui_tell_gap(struct ui *ui, const struct peer *p, uint64_t seq)
{
	if (is_shown_of(ui, FOLD_GAP, p))
		ui->view->gap(ui, p, seq);
}

/* Returns the peer that it was, if it is here: a place that is connected, if
 * there is one. */
static const struct peer *
who(const struct ui *ui, const struct fold *f)
{
	const struct peer *found = NULL;
	uint8_t key[FINGERPRINT_LEN];

	for (size_t i = 0; i < ui->model.high; i++) {
		const struct peer *p = ui->model.peers[i];

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
ui_tell_folded(struct ui *ui)
{
	const struct fold *f;
	enum fold_kind kind;
	unsigned int count;

	while ((f = fold_due(&ui->folds, ui->now, &kind, &count)) != NULL) {
		bool crowd = f == &ui->folds.crowd;
		struct buf text = { 0 };

		event_folded(&text, kind, count, crowd ? NULL : f,
		    crowd ? NULL : who(ui, f));
		ui->view->folded(ui, kind, &text);
		buf_free(&text);
	}
}
