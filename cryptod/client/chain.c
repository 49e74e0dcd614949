/*
 * The chain of a sender's texts. See chain.h.
 */
#include "cryptod/client/chain.h"

#include "common/codec.h"

#include <string.h>

static void
next_hash(uint8_t out[CHAIN_LEN], const uint8_t before[CHAIN_LEN],
    const struct chain_text *t)
{
	static const char domain[] = "gochat 1 texts";
	uint8_t hash[HASH_LEN], head[10];
	struct putter p;

	put_init(&p, head, sizeof(head));
	put_u64(&p, t->seq);
	put_u8(&p, t->flags);
	put_u8(&p, (unsigned int)t->nick.len);
	crypto_hash(hash,
	    (struct piece[]){ { domain, sizeof(domain) }, { before, CHAIN_LEN },
		{ head, sizeof(head) }, t->nick, t->text },
	    5);
	memcpy(out, hash, CHAIN_LEN);
}

void
chain_begin(struct chain *c)
{
	memset(c, 0, sizeof(*c));
	crypto_random(c->hash, sizeof(c->hash));
}

struct chain_link
chain_add(struct chain *c, const struct chain_text *text)
{
	struct chain_link link = { .before = c->last };

	memcpy(link.chain, c->hash, sizeof(link.chain));
	next_hash(c->hash, link.chain, text);
	c->last = text->seq;
	return link;
}

bool
chain_misses(const struct chain *c, const struct chain_link *link)
{
	return c->last != 0 && link->before > c->last;
}

bool
chain_follow(struct chain *c, const struct chain_link *link,
    const struct chain_text *text)
{
	static const struct chain_link none;
	bool follows = c->last != 0 && link->before == c->last;
	/* The sender's texts go on as if the ones here had never been said. */
	bool goes_back = link->before != 0 && link->before < c->last;
	bool agrees;

	if (memcmp(link, &none, sizeof(none)) == 0) {
		c->gaps++;
		return true;
	}
	agrees = !goes_back &&
	    (!follows || memcmp(c->hash, link->chain, CHAIN_LEN) == 0);
	/* Texts from the time before we came are not missing. */
	if (c->last != 0 && !follows && !goes_back)
		c->gaps++;
	if (!agrees)
		c->forks++;
	c->last = text->seq;
	next_hash(c->hash, link->chain, text);
	return agrees;
}

struct ipc_texts
chain_texts(const struct chain *c)
{
	struct ipc_texts texts = {
		.last = c->last,
		.gaps = c->gaps,
		.forks = c->forks,
	};

	memcpy(texts.chain, c->hash, sizeof(texts.chain));
	return texts;
}
