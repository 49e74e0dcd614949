/*
 * The chain of a sender's texts to all: each carries a hash over all before it,
 * so that whoever tells different people different texts under one number
 * cannot go on to both without its showing. It begins at random: who has the
 * hash after a text, but not the one before, cannot try what the text may have
 * been. PROTOCOL.md section 5.2.
 */
#ifndef CRYPTOD_CLIENT_CHAIN_H
#define CRYPTOD_CLIENT_CHAIN_H

#include "common/ipc_status.h"
#include "cryptod/crypto.h"

#include <stdbool.h>

/* What a text carries of it: all zero if it is no part of the chain, because it
 * is private, or was said before to a cryptod that died. */
struct chain_link {
	uint64_t before; /* number of the text to all before it; 0: none */
	uint8_t chain[CHAIN_LEN]; /* up to that one, or its beginning */
};

/* What it covers of a text. */
struct chain_text {
	uint64_t seq;
	unsigned int flags;
	struct piece nick; /* that it was said under */
	struct piece text;
};

/* The chain as far as a sender has come, or a receiver has followed one. */
struct chain {
	uint64_t last; /* number of the last text of it; 0: none yet */
	uint8_t hash[CHAIN_LEN]; /* with that text */
	uint32_t gaps;		 /* receiver: texts of it that are not here */
	uint32_t forks; /* receiver: it was not what it should have been */
};

/* Ours, of which there is no text yet. */
void chain_begin(struct chain *);

/* The next text of ours, to all. */
struct chain_link chain_add(struct chain *, const struct chain_text *);

/*
 * A text of a peer's, with a higher number than all before, that is not
 * private. Returns false if it does not agree with those that were followed
 * before it: if it comes after the last of them with another chain, or after
 * one before that. A gap is no fault: what is missing was never for us, or came
 * to nothing; the chain is the sender's word for it then.
 */
bool chain_follow(struct chain *, const struct chain_link *,
    const struct chain_text *);

/* True if there are texts between the last that was followed and this one: they
 * are not here. What was said before a first one is not missing, and neither is
 * what came before another beginning. */
bool chain_misses(const struct chain *, const struct chain_link *);

/* For people to compare. */
struct ipc_texts chain_texts(const struct chain *);

#endif
