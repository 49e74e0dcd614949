/*
 * The chain of a sender's texts. See chain.h.
 */
#include "cryptod/chain.h"

#include "common/codec.h"

#include <string.h>

static void
next_hash(uint8_t out[CHAIN_LEN], const uint8_t before[CHAIN_LEN], uint64_t seq,
    unsigned int flags, const void *text, size_t len)
{
	static const char domain[] = "gochat 1 texts";
	uint8_t hash[HASH_LEN], head[9];
	struct putter p;

	put_init(&p, head, sizeof(head));
	put_u64(&p, seq);
	put_u8(&p, flags);
	crypto_hash(hash,
	    (struct piece[]){ { domain, sizeof(domain) }, { before, CHAIN_LEN },
		{ head, sizeof(head) }, { text, len } },
	    4);
	memcpy(out, hash, CHAIN_LEN);
}

struct chain_link
chain_add(struct chain *c, uint64_t seq, unsigned int flags, const void *text,
    size_t len)
{
	struct chain_link link = { .before = c->last };

	next_hash(link.chain, c->hash, seq, flags, text, len);
	c->last = seq;
	memcpy(c->hash, link.chain, sizeof(c->hash));
	return link;
}

bool
chain_follow(struct chain *c, const struct chain_link *link, uint64_t seq,
    unsigned int flags, const void *text, size_t len)
{
	static const struct chain_link none;
	static const uint8_t start[CHAIN_LEN];
	uint8_t expected[CHAIN_LEN];
	bool begins = link->before == 0, agrees = true;

	if (memcmp(link, &none, sizeof(none)) == 0) {
		c->gaps++;
		return true;
	}
	if (begins || link->before == c->last) {
		next_hash(expected, begins ? start : c->hash, seq, flags, text,
		    len);
		agrees = memcmp(expected, link->chain, CHAIN_LEN) == 0;
	}
	/* What was said before we came is not missing. */
	if (c->last != 0 && link->before != c->last)
		c->gaps++;
	if (!agrees)
		c->forks++;
	c->last = seq;
	memcpy(c->hash, link->chain, sizeof(c->hash));
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
