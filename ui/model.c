/*
 * The people in the room. See model.h.
 */
#include "ui/model.h"

#include "ui/ascii.h"
#include "ui/format.h"
#include "ui/people.h"

#include "common/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
model_init(struct model *m, const struct ipc_config_ui *config)
{
	m->secret = (enum secret_kind)config->secret;
	m->settling = true;
	memcpy(m->room, config->room, config->room_len);
	memcpy(m->own, config->nick, config->nick_len);
	memcpy(m->configured, config->nick, config->nick_len);
}

static void
peer_free(struct peer *p)
{
	if (p == NULL)
		return;
	nick_look_free(&p->look);
	nick_look_free(&p->shown_look);
	free(p);
}

void
model_free(struct model *m)
{
	for (size_t i = 0; i < m->high; i++)
		peer_free(m->peers[i]);
	nick_look_free(&m->own_look);
}

static void
set_own(struct model *m, const char own[NICK_MAX + 1])
{
	memmove(m->own, own, sizeof(m->own));
	nick_look_free(&m->own_look);
	nick_look(&m->own_look, m->own);
}

int
model_ready(struct model *m, const struct ipc_client_ready *ready,
    const char *nick, size_t nick_len)
{
	char own[NICK_MAX + 1];
	bool known = m->ready_again && m->port == ready->port &&
	    memcmp(m->fingerprint, ready->fingerprint, FINGERPRINT_LEN) == 0;

	if (m->ready && !m->ready_again)
		return -1;
	m->ready = true;
	m->ready_again = false;
	m->port = ready->port;
	memcpy(m->fingerprint, ready->fingerprint, FINGERPRINT_LEN);
	/* cryptod's word may be older than ours, as the launcher's is. */
	if (!m->renamed) {
		m->renamed = strlen(m->configured) != nick_len ||
		    memcmp(m->configured, nick, nick_len) != 0;
		if (nick_normalise(nick, nick_len, own) == -1)
			nick_stand_in(own, m->fingerprint);
		set_own(m, own);
	}
	return known ? 1 : 0;
}

/* True if anybody else here goes by a name that looks like this. */
static bool
is_taken(const struct model *m, const struct peer *self,
    const struct nick_look *look)
{
	const struct peer *p;

	if (m->ready && !self->us && nick_alike(look, &m->own_look))
		return true;
	for (size_t i = 0; i < m->high; i++) {
		p = m->peers[i];
		if (p == NULL || !p->present || !p->known ||
		    model_is_same_person(p, self))
			continue;
		if ((!p->doubted && nick_alike(look, &p->look)) ||
		    nick_alike(look, &p->shown_look))
			return true;
	}
	return false;
}

/* Returns another place of its key that has the same nickname, among so many,
 * or NULL. */
static const struct peer *
namesake(const struct model *m, const struct peer *p, size_t high)
{
	for (size_t i = 0; i < high; i++) {
		const struct peer *q = m->peers[i];

		if (q != NULL && q->present && q != p &&
		    model_is_same_person(p, q) &&
		    strcmp(p->nick, q->nick) == 0 && q->doubted == p->doubted)
			return q;
	}
	return NULL;
}

static void
show_as(struct peer *p, const char *shown)
{
	memmove(p->shown, shown, strlen(shown) + 1);
	nick_look_free(&p->shown_look);
	nick_look(&p->shown_look, p->shown);
}

/*
 * Decides the name that the peer is shown by: that of the other place of its
 * key that has the same nickname, if there is one; its nickname if that looks
 * like nobody else's; else with as many digits of its fingerprint as tell it
 * apart, at least 4. A nickname with a tilde always gets them, so that nobody's
 * name can be what another is shown as; so does a nickname that is shown in
 * ASCII and is not, since others may look the same then.
 */
static void
name_peer(struct model *m, struct peer *p, const struct peer *same)
{
	char digits[FINGERPRINT_LEN * 2 + 1], shown[NICK_SHOWN_MAX];
	char nick[NICK_MAX + 1];
	size_t count = 0;
	bool taken;

	if (p->us && strcmp(p->nick, m->own) == 0) {
		show_as(p, m->own);
		return;
	}
	if (same != NULL) {
		show_as(p, same->shown);
		return;
	}
	memcpy(nick, p->nick, sizeof(nick));
	if (p->doubted || strchr(p->look.exact, '~') != NULL ||
	    is_taken(m, p, &p->look))
		count = 4;
	if (m->ascii && ascii_name(nick))
		count = 4;
	format_hex(digits, p->fingerprint, FINGERPRINT_LEN);
	do {
		snprintf(shown, sizeof(shown), "%s%s%.*s", nick,
		    count > 0 ? "~" : "", (int)count, digits);
		show_as(p, shown);
		taken = is_taken(m, p, &p->shown_look);
		count += 4;
	} while (taken && count <= FINGERPRINT_LEN * 2);
}

static void
set_nick(struct model *m, struct peer *p, const char *nick, size_t len)
{
	char normal[NICK_MAX + 1];

	if (nick_normalise(nick, len, normal) == -1)
		nick_stand_in(normal, p->fingerprint);
	if (p->known && strcmp(normal, p->nick) == 0)
		return;
	memcpy(p->nick, normal, sizeof(normal));
	nick_look_free(&p->look);
	nick_look(&p->look, p->nick);
	p->known = true;
	p->compared = false;
	name_peer(m, p, namesake(m, p, m->high));
}

void
model_rename(struct model *m, const char nick[NICK_MAX + 1],
    model_renamed *tell, void *arg)
{
	struct nick_look before = m->own_look;
	char shown[NICK_SHOWN_MAX];
	struct peer *p;

	m->own_look = (struct nick_look){ 0 };
	set_own(m, nick);
	m->renamed = true;
	for (size_t i = 0; i < m->high; i++) {
		p = m->peers[i];
		if (p == NULL || !p->present || !p->known ||
		    (!nick_alike(&p->look, &m->own_look) &&
			!nick_alike(&p->shown_look, &m->own_look) &&
			(before.exact == NULL ||
			    !nick_alike(&p->look, &before))))
			continue;
		memcpy(shown, p->shown, sizeof(shown));
		name_peer(m, p, namesake(m, p, i));
		if (strcmp(shown, p->shown) != 0)
			tell(arg, p, shown);
	}
	nick_look_free(&before);
}

/* The place for peers that no cryptod names just now. */
#define KEPT (PEERS_MAX / 2)

static void
put_at(struct model *m, size_t index, struct peer *p)
{
	peer_free(m->peers[index]);
	m->peers[index] = p;
	if (m->high <= index)
		m->high = index + 1;
}

/* Takes a peer from the upper part of the table, or returns NULL. */
static struct peer *
take_kept(struct model *m, const struct peer_id *id)
{
	struct peer *p;

	for (size_t i = KEPT; i < m->high; i++) {
		p = m->peers[i];
		if (p == NULL || !p->present ||
		    memcmp(&p->id, id, sizeof(*id)) != 0)
			continue;
		m->peers[i] = NULL;
		return p;
	}
	return NULL;
}

/* Returns a peer in a free place: never used, or of somebody who left. */
static struct peer *
add_peer(struct model *m, const struct ipc_peer_state *s)
{
	size_t index = PEER_INDEX(s->handle);
	char id[FORMAT_ID_MAX];
	struct peer *p = m->peers[index];

	if ((p != NULL && p->present) || s->state == PEER_PATH ||
	    s->state == PEER_LEFT || index >= KEPT)
		return NULL;
	p = take_kept(m, &s->id);
	if (p != NULL) {
		p->handle = s->handle;
		put_at(m, index, p);
		return p;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		fatal("out of memory");
	p->handle = s->handle;
	p->id = s->id;
	p->present = true;
	/* Longer than any nickname. */
	snprintf(p->shown, sizeof(p->shown), "peer-%s",
	    format_hex(id, p->id.bytes, PEER_ID_LEN));
	put_at(m, index, p);
	return p;
}

/* Counts the places of the key that are here, for each of them and for this
 * one. */
static void
count_places(struct model *m, struct peer *of)
{
	unsigned int places = 0;

	for (size_t i = 0; i < m->high; i++)
		places += m->peers[i] != NULL && m->peers[i]->present &&
		    model_is_same_person(m->peers[i], of);
	for (size_t i = 0; i < m->high && places > 0; i++)
		if (m->peers[i] != NULL && m->peers[i]->present &&
		    model_is_same_person(m->peers[i], of))
			m->peers[i]->others = places - 1;
	of->others = places - of->present;
}

bool
model_is_same_person(const struct peer *a, const struct peer *b)
{
	return a->known && b->known &&
	    memcmp(a->fingerprint, b->fingerprint, FINGERPRINT_LEN) == 0;
}

bool
model_is_connected(const struct peer *p)
{
	return p->state == PEER_CONNECTED || p->state == PEER_PATH;
}

bool
model_is_naming(const struct model *m)
{
	const struct peer *p;

	for (size_t i = 0; i < m->high; i++) {
		p = m->peers[i];
		if (p != NULL && p->present && !p->known &&
		    p->state == PEER_CONNECTING)
			return true;
	}
	return false;
}

bool
model_is_away(const struct peer *p)
{
	return !p->present && p->known && p->left == LEFT_SILENT;
}

const struct peer *
model_peer_state(struct model *m, const struct ipc_peer_state *s,
    const char *nick, size_t nick_len)
{
	struct peer *p = m->peers[PEER_INDEX(s->handle)];

	if (p == NULL || !p->present || p->handle != s->handle)
		p = add_peer(m, s);
	if (p == NULL || memcmp(&p->id, &s->id, sizeof(s->id)) != 0)
		return NULL;
	if (s->state == PEER_PATH && !p->known)
		return NULL;
	p->state = s->state;
	p->failure = s->failure;
	p->left = s->left;
	if (model_is_connected(p)) {
		p->kind = s->kind;
		p->rtt_us = s->rtt_us;
		p->addr = s->addr;
		p->verified = s->verified;
		if (memcmp(p->fingerprint, s->fingerprint, FINGERPRINT_LEN) !=
		    0)
			p->compared = false;
		memcpy(p->fingerprint, s->fingerprint, FINGERPRINT_LEN);
		p->us = m->ready &&
		    memcmp(p->fingerprint, m->fingerprint, FINGERPRINT_LEN) ==
			0;
		set_nick(m, p, nick, nick_len);
	}
	if (s->state == PEER_LEFT)
		p->present = false;
	if (p->known)
		count_places(m, p);
	return p;
}

void
model_said_as(struct model *m, const struct peer *p, const char *nick,
    size_t nick_len)
{
	struct peer *named = m->peers[PEER_INDEX(p->handle)];

	set_nick(m, named, nick, nick_len);
	count_places(m, named);
}

const struct peer *
model_verified(struct model *m, const struct ipc_verified *v)
{
	struct peer *p = m->peers[PEER_INDEX(v->handle)];

	if (p == NULL || !p->present || p->handle != v->handle)
		return NULL;
	for (size_t i = 0; i < m->high; i++)
		if (m->peers[i] != NULL && model_is_same_person(m->peers[i], p))
			m->peers[i]->verified = v->verified;
	p->verified = v->verified;
	return p;
}

void
model_compared(struct model *m, peer_handle handle, bool doubted)
{
	struct peer *p = m->peers[PEER_INDEX(handle)];

	p->compared = true;
	if (p->doubted == doubted)
		return;
	p->doubted = doubted;
	name_peer(m, p, namesake(m, p, m->high));
}

int
model_figures(struct model *m, const struct ipc_status_peer *figures)
{
	struct peer *p = m->peers[PEER_INDEX(figures->net.handle)];

	if (p == NULL || !p->present || p->handle != figures->net.handle ||
	    !model_is_connected(p))
		return -1;
	p->figures = *figures;
	p->rtt_us = figures->net.rtt_us;
	return 0;
}

void
model_forget_figures(struct model *m)
{
	for (size_t i = 0; i < m->high; i++)
		if (m->peers[i] != NULL)
			memset(&m->peers[i]->figures, 0,
			    sizeof(m->peers[i]->figures));
}

const struct peer *
model_peer(const struct model *m, peer_handle handle)
{
	const struct peer *p = m->peers[PEER_INDEX(handle)];

	return p != NULL && p->present && p->handle == handle ? p : NULL;
}

const struct peer *
model_peer_by_id(const struct model *m, const struct peer_id *id)
{
	const struct peer *p, *left = NULL;

	for (size_t i = 0; i < m->high; i++) {
		p = m->peers[i];
		if (p == NULL || memcmp(&p->id, id, sizeof(*id)) != 0)
			continue;
		if (p->present)
			return p;
		left = p;
	}
	return left;
}

void
model_cryptod_gone(struct model *m,
    void (*tell)(void *arg, const struct peer *), void *arg)
{
	size_t place = KEPT, high = m->high < KEPT ? m->high : KEPT;
	struct peer *p;

	m->ready_again = m->ready;
	m->settling = true;
	for (size_t i = 0; i < high; i++) {
		p = m->peers[i];
		if (p == NULL || !p->present)
			continue;
		while (place < PEERS_MAX - 1 && m->peers[place] != NULL &&
		    m->peers[place]->present)
			place++;
		m->peers[i] = NULL;
		p->handle = 0;
		p->state = PEER_CONNECTING;
		put_at(m, place, p);
		tell(arg, p);
	}
}

void
model_not_returned(struct model *m,
    void (*tell)(void *arg, const struct peer *), void *arg)
{
	struct peer *p;

	for (size_t i = KEPT; i < m->high; i++) {
		p = m->peers[i];
		if (p == NULL || !p->present)
			continue;
		p->present = false;
		p->state = PEER_LEFT;
		p->left = LEFT_NOT_BACK;
		if (p->known)
			count_places(m, p);
		tell(arg, p);
	}
}

bool
model_is_new(struct model *m, peer_handle handle, uint64_t seq)
{
	struct peer *p = m->peers[PEER_INDEX(handle)];

	if (seq <= p->last_seq)
		return false;
	p->last_seq = seq;
	return true;
}
