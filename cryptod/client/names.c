/*
 * Nicknames. See names.h.
 */
#include "cryptod/client/names.h"

#include "cryptod/client/trust.h"

#include <string.h>

void
names_rename(struct client *c, const uint8_t *nick, size_t len)
{
	struct peer *p;

	memcpy(c->config.nick, nick, len);
	c->config.nick_len = (uint16_t)len;
	FOREACH_PEER (c, p) {
		p->nick_due = true;
		p->config.nick_len = len; /* the name is the same array */
	}
}

/* True if it is time for another name. */
static bool
may_take(struct peer *p)
{
	uint64_t now = p->client->now;

	if (now - p->nicks_since >= NICKS_TIME) {
		p->nicks_since = now;
		p->nicks = 0;
	}
	return p->nicks < NICKS_MAX && ++p->nicks > 0;
}

/* Takes the name that came last, if it is time for one. */
static void
take_nick(struct peer *p)
{
	if (!may_take(p))
		return;
	memcpy(p->nick, p->next_nick, p->next_nick_len);
	p->nick_len = p->next_nick_len;
	p->next_nick_len = 0;
	p->note_due = false;
	trust_note(p);
	if (p->state == PEER_CONNECTED)
		peer_tell_ui(p, p->state);
}

void
names_renamed(struct peer *p, const uint8_t *nick, size_t len)
{
	p->next_nick_len = 0; /* of an older one */
	if (p->nick_len == len && memcmp(p->nick, nick, len) == 0)
		return;
	memcpy(p->next_nick, nick, len);
	p->next_nick_len = len;
	take_nick(p);
}

/* A text is shown with the name that its author had then, however many names
 * they have had: the limit of names that come alone does not apply to these,
 * since each costs a text. known_peers is not written to more often. */
void
names_said_as(struct peer *p, const uint8_t *nick, size_t len)
{
	p->next_nick_len = 0; /* it is older */
	if (p->nick_len == len && memcmp(p->nick, nick, len) == 0)
		return;
	memcpy(p->nick, nick, len);
	p->nick_len = len;
	p->note_due = true;
	names_pump(p);
}

void
names_pump(struct peer *p)
{
	if (p->next_nick_len > 0) {
		take_nick(p);
	} else if (p->note_due && may_take(p)) {
		p->note_due = false;
		trust_note(p);
	}
}
