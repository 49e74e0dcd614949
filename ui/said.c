/*
 * The user's texts. See said.h.
 */
#include "ui/said.h"

#include "ui/text.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

void
said_init(struct said *s, uint64_t first)
{
	s->first = s->next = s->oldest = s->again = first;
}

static void
forget_text(struct said_entry *e)
{
	if (e->named != NULL)
		explicit_bzero(e->named, e->len);
	free(e->named);
	free(e->ids);
	e->named = NULL;
	e->ids = NULL;
}

void
said_free(struct said *s)
{
	char excerpt[SAID_EXCERPT];

	while (said_drop(s, excerpt))
		;
	for (size_t i = 0; i < SAID_WINDOW; i++)
		forget_text(&s->window[i]);
}

bool
said_full(const struct said *s)
{
	return s->held_count == SAID_HELD_MAX ||
	    s->held_bytes >= SAID_HELD_BYTES;
}

uint64_t
said_hold(struct said *s, unsigned int flags, const struct peer_id *to,
    uint32_t to_count, const uint8_t *fingerprint, const char *text, size_t len)
{
	struct said_held *h =
	    &s->held[(s->held_first + s->held_count++) % SAID_HELD_MAX];

	h->nick_len = s->nick_len;
	h->len = s->nick_len + len;
	h->named = malloc(h->len);
	if (h->named == NULL)
		fatal("out of memory");
	memcpy(h->named, s->nick, s->nick_len);
	memcpy(h->named + s->nick_len, text, len);
	s->held_bytes += h->len;
	h->flags = flags;
	h->to = NULL;
	h->to_count = to_count;
	if (to_count > 0) {
		h->flags |= TEXT_FLAG_PRIVATE;
		h->to = calloc(to_count, sizeof(*to));
		if (h->to == NULL)
			fatal("out of memory");
		memcpy(h->to, to, to_count * sizeof(*to));
		memcpy(h->fingerprint, fingerprint, sizeof(h->fingerprint));
	}
	return s->next + s->held_count - 1;
}

/* The text has another owner, or none. */
static void
release(struct said *s)
{
	free(s->held[s->held_first].to);
	s->held_bytes -= s->held[s->held_first].len;
	s->held_first = (s->held_first + 1) % SAID_HELD_MAX;
	s->held_count--;
}

static bool
may_say(const struct said *s, const struct ipc_channel *cryptod)
{
	return cryptod->fd != -1 && s->unsent < SAID_UNSENT_MAX &&
	    !ipc_congested(cryptod);
}

static void
say(struct said *s, struct ipc_channel *cryptod, uint64_t seq, bool again)
{
	const struct said_entry *e = &s->window[seq % SAID_WINDOW];
	struct ipc_say_to to = { .seq = seq, .peers = e->peers };
	struct ipc_say body = {
		.seq = seq,
		.flags = (uint8_t)e->flags,
		.again = again,
		.nick_len = e->nick_len,
	};

	memcpy(body.fingerprint, e->fingerprint, sizeof(body.fingerprint));
	s->unsent++;
	/* The text is private; or it is said again, and only to the peers that
	 * owe a receipt. */
	if (e->peers > 0)
		ipc_send(cryptod, IPC_SAY_TO, &to, e->ids,
		    e->peers * sizeof(e->ids[0]));
	ipc_send(cryptod, IPC_SAY, &body, e->named, e->len);
}

static bool
is_settled(const struct said_entry *e)
{
	return e->sent && e->peers == 0 && !e->open;
}

static void
set_ids(struct said_entry *e, const struct peer_id *ids, uint32_t peers)
{
	free(e->ids);
	e->peers = peers;
	e->ids = calloc(peers > 0 ? peers : 1, sizeof(*ids));
	if (e->ids == NULL)
		fatal("out of memory");
	memcpy(e->ids, ids, peers * sizeof(*ids));
}

static void
excerpt_of(const struct said_held *h, char excerpt[SAID_EXCERPT])
{
	text_excerpt(excerpt, SAID_EXCERPT, h->named + h->nick_len,
	    h->len - h->nick_len);
}

static void
take_held(struct said_entry *e, const struct said_held *h)
{
	memset(e, 0, sizeof(*e));
	e->flags = h->flags;
	e->named = h->named;
	e->nick_len = h->nick_len;
	e->len = h->len;
	if (h->flags & TEXT_FLAG_PRIVATE) {
		set_ids(e, h->to, h->to_count);
		memcpy(e->fingerprint, h->fingerprint, sizeof(e->fingerprint));
	}
	excerpt_of(h, e->excerpt);
}

/* If there is no cryptod, the next one is told at once. */
static void
tell_nick(struct said *s, struct ipc_channel *cryptod)
{
	s->nick_due = false;
	ipc_send(cryptod, IPC_NICK, NULL, s->nick, s->nick_len);
}

void
said_name(struct said *s, const char *nick, size_t len)
{
	memcpy(s->nick, nick, len);
	s->nick_len = (uint8_t)len;
}

void
said_rename(struct said *s, struct ipc_channel *cryptod, const char *nick,
    size_t len)
{
	said_name(s, nick, len);
	s->nick_due = true;
	if (s->held_count == 0 && s->again == s->next)
		tell_nick(s, cryptod);
}

void
said_pump(struct said *s, struct ipc_channel *cryptod)
{
	const struct said_held *h;
	struct said_entry *e;

	for (; s->again < s->next && may_say(s, cryptod); s->again++)
		if (!is_settled(&s->window[s->again % SAID_WINDOW]))
			say(s, cryptod, s->again, true);
	while (s->held_count > 0 && s->again == s->next &&
	    s->next - s->oldest < SAID_WINDOW && may_say(s, cryptod)) {
		h = &s->held[s->held_first];
		e = &s->window[s->next % SAID_WINDOW];
		take_held(e, h);
		release(s);
		say(s, cryptod, s->next, false);
		s->again = ++s->next;
	}
	if (s->nick_due && s->held_count == 0 && s->again == s->next)
		tell_nick(s, cryptod);
}

void
said_unsend(struct said *s, said_changed *changed, void *arg)
{
	struct said_entry *e;

	for (uint64_t seq = s->oldest; seq < s->next; seq++) {
		e = &s->window[seq % SAID_WINDOW];
		/* A peer that came later does not concern the next cryptod, if
		 * the text was for somebody at all: nobody is to be counted
		 * twice. */
		if (e->open && e->total > 0) {
			e->open = false;
			changed(arg, seq);
		}
		if (is_settled(e)) {
			forget_text(e);
			continue;
		}
		e->again = e->again || e->total > 0;
		e->sent = e->open = false;
	}
	s->unsent = 0;
	s->again = s->oldest;
}

bool
said_drop(struct said *s, char excerpt[SAID_EXCERPT])
{
	const struct said_held *h = &s->held[s->held_first];

	if (s->held_count == 0)
		return false;
	excerpt_of(h, excerpt);
	free(h->named);
	release(s);
	return true;
}

static struct said_entry *
find(struct said *s, uint64_t seq)
{
	if (seq < s->oldest || seq >= s->next)
		return NULL;
	return &s->window[seq % SAID_WINDOW];
}

static void
advance(struct said *s)
{
	struct said_entry *e;

	for (; s->oldest < s->next; s->oldest++) {
		e = &s->window[s->oldest % SAID_WINDOW];
		if (!is_settled(e))
			return;
	}
}

/* There is nothing left to do about it but to know that it was said. */
static void
check_settled(struct said *s, struct said_entry *e)
{
	if (is_settled(e))
		forget_text(e);
	advance(s);
}

int
said_sent(struct said *s, uint64_t seq, const struct peer_id *ids,
    uint32_t peers, bool open)
{
	struct said_entry *e = find(s, seq);

	if (e == NULL || e->sent)
		return -1;
	e->sent = true;
	e->open = open;
	s->unsent--;
	set_ids(e, ids, peers);
	if (!e->again)
		e->total = peers;
	check_settled(s, e);
	return e->again ? 1 : 0;
}

static bool
awaits(const struct said_entry *e, const struct peer_id *id)
{
	for (uint32_t i = 0; i < e->peers; i++)
		if (memcmp(&e->ids[i], id, sizeof(*id)) == 0)
			return true;
	return false;
}

/* The texts that are open from there on can be for this peer, too. */
static bool
may_await(const struct said *s, uint64_t seq, const struct peer_id *id)
{
	const struct said_entry *e;

	for (; seq < s->next; seq++) {
		e = &s->window[seq % SAID_WINDOW];
		if (e->open && (e->peers >= CLIENT_PEERS_MAX || awaits(e, id)))
			return false;
	}
	return true;
}

int
said_also(struct said *s, uint64_t after, const struct peer_id *id,
    said_changed *changed, void *arg)
{
	uint64_t seq = after < s->oldest ? s->oldest : after + 1;
	struct said_entry *e;

	if (after >= s->next - 1 || !may_await(s, seq, id))
		return -1;
	for (; seq < s->next; seq++) {
		e = &s->window[seq % SAID_WINDOW];
		if (!e->open)
			continue;
		e->ids = reallocarray(e->ids, e->peers + 1, sizeof(e->ids[0]));
		if (e->ids == NULL)
			fatal("out of memory");
		e->ids[e->peers++] = *id;
		e->total++;
		changed(arg, seq);
	}
	return 0;
}

int
said_all(struct said *s, uint64_t upto, said_changed *changed, void *arg)
{
	struct said_entry *e;

	if (upto >= s->next)
		return -1;
	for (uint64_t seq = s->oldest; seq <= upto; seq++) {
		e = &s->window[seq % SAID_WINDOW];
		if (!e->open)
			continue;
		e->open = false;
		check_settled(s, e);
		changed(arg, seq);
	}
	return 0;
}

uint32_t
said_peers(const struct said *s, uint64_t seq, bool *open)
{
	const struct said_entry *e = &s->window[seq % SAID_WINDOW];

	*open = e->open;
	return e->total;
}

int
said_settled(struct said *s, uint64_t seq, const struct peer_id *id)
{
	struct said_entry *e = find(s, seq);

	if (said_earlier(s, seq))
		return 0;
	if (e == NULL || !e->sent)
		return -1;
	for (uint32_t i = 0; i < e->peers; i++) {
		if (memcmp(&e->ids[i], id, sizeof(*id)) != 0)
			continue;
		e->ids[i] = e->ids[--e->peers];
		check_settled(s, e);
		return 0;
	}
	return -1;
}

bool
said_earlier(const struct said *s, uint64_t seq)
{
	return seq > 0 && seq < s->first;
}

bool
said_was_sent(const struct said *s, uint64_t seq)
{
	return seq >= s->first && seq < s->next &&
	    s->next - seq <= SAID_WINDOW && s->window[seq % SAID_WINDOW].sent;
}

const char *
said_excerpt(const struct said *s, uint64_t seq)
{
	if (said_earlier(s, seq))
		return "said before ui was restarted";
	return s->window[seq % SAID_WINDOW].excerpt;
}

bool
said_unsent(const struct said *s, uint64_t *seq)
{
	while (*seq < s->next && s->window[*seq % SAID_WINDOW].sent)
		(*seq)++;
	return *seq < s->next;
}

size_t
said_open(const struct said *s)
{
	const struct said_entry *e;
	size_t open = s->held_count;

	for (uint64_t seq = s->oldest; seq < s->next; seq++) {
		e = &s->window[seq % SAID_WINDOW];
		open += !is_settled(e);
	}
	return open;
}
