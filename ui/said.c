/*
 * What the user said. See said.h.
 */
#include "ui/said.h"

#include "ui/text.h"

#include "common/log.h"

#include <stdlib.h>
#include <string.h>

void
said_init(struct said *s)
{
	memset(s, 0, sizeof(*s));
	s->next = s->oldest = 1;
}

void
said_free(struct said *s)
{
	char excerpt[SAID_EXCERPT];

	while (said_drop(s, excerpt))
		;
}

bool
said_full(const struct said *s)
{
	return s->held_count == SAID_HELD_MAX;
}

void
said_hold(struct said *s, const char *text, size_t len)
{
	struct said_held *h =
	    &s->held[(s->held_first + s->held_count++) % SAID_HELD_MAX];

	h->text = malloc(len);
	if (h->text == NULL)
		fatal("out of memory");
	memcpy(h->text, text, len);
	h->len = len;
}

static void
release(struct said *s)
{
	free(s->held[s->held_first].text);
	s->held[s->held_first].text = NULL;
	s->held_first = (s->held_first + 1) % SAID_HELD_MAX;
	s->held_count--;
}

void
said_pump(struct said *s, struct ipc_channel *cryptod)
{
	const struct said_held *h;
	struct said_entry *e;
	struct ipc_say say;

	while (s->held_count > 0 && s->unsent < SAID_UNSENT_MAX &&
	    s->next - s->oldest < SAID_WINDOW && !ipc_congested(cryptod)) {
		h = &s->held[s->held_first];
		e = &s->window[s->next % SAID_WINDOW];
		memset(e, 0, sizeof(*e));
		text_excerpt(e->excerpt, sizeof(e->excerpt), h->text, h->len);
		say.seq = s->next++;
		s->unsent++;
		ipc_send(cryptod, IPC_SAY, &say, h->text, h->len);
		release(s);
	}
}

bool
said_drop(struct said *s, char excerpt[SAID_EXCERPT])
{
	const struct said_held *h = &s->held[s->held_first];

	if (s->held_count == 0)
		return false;
	text_excerpt(excerpt, SAID_EXCERPT, h->text, h->len);
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
	const struct said_entry *e;

	for (; s->oldest < s->next; s->oldest++) {
		e = &s->window[s->oldest % SAID_WINDOW];
		if (!e->sent || e->peers > 0)
			return;
	}
}

int
said_sent(struct said *s, uint64_t seq, uint32_t peers)
{
	struct said_entry *e = find(s, seq);

	if (e == NULL || e->sent)
		return -1;
	e->sent = true;
	e->peers = peers;
	s->unsent--;
	advance(s);
	return 0;
}

int
said_settled(struct said *s, uint64_t seq)
{
	struct said_entry *e = find(s, seq);

	if (e == NULL || !e->sent || e->peers == 0)
		return -1;
	e->peers--;
	advance(s);
	return 0;
}

bool
said_was_sent(const struct said *s, uint64_t seq)
{
	return seq > 0 && seq < s->next && s->next - seq <= SAID_WINDOW &&
	    s->window[seq % SAID_WINDOW].sent;
}

const char *
said_excerpt(const struct said *s, uint64_t seq)
{
	return s->window[seq % SAID_WINDOW].excerpt;
}

size_t
said_open(const struct said *s)
{
	const struct said_entry *e;
	size_t open = s->held_count;

	for (uint64_t seq = s->oldest; seq < s->next; seq++) {
		e = &s->window[seq % SAID_WINDOW];
		open += !e->sent || e->peers > 0;
	}
	return open;
}
