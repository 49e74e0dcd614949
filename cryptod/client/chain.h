/*
 * The chain of a sender's texts to all: each carries a hash over all before it,
 * so that a sender who tells different people different texts under one number
 * cannot go on with both without being noticed. It begins at random: somebody
 * who has the hash after a text, but not the one before, cannot guess the text.
 * PROTOCOL.md section 5.2.
 */
#ifndef CRYPTOD_CLIENT_CHAIN_H
#define CRYPTOD_CLIENT_CHAIN_H

#include "common/ipc_status.h"
#include "cryptod/crypto.h"

#include <stdbool.h>

/* The link that a text carries: all zero if it is no part of the chain, because
 * it is private, or was said before to a cryptod that died. */
struct chain_link {
	uint64_t before; /* number of the text to all before it; 0: none */
	uint8_t chain[CHAIN_LEN]; /* up to that one, or its beginning */
};

/* The parts of a text that the hash covers. */
struct chain_text {
	uint64_t seq;
	unsigned int flags;
	struct piece nick; /* that it was said under */
	struct piece text;
};

/* The chain up to the last text of its sender, or the last that a receiver has
 * followed. */
struct chain {
	uint64_t last; /* number of the last text of it; 0: none yet */
	uint8_t hash[CHAIN_LEN]; /* with that text */
	uint32_t gaps;		 /* receiver: texts of it that are not here */
	uint32_t forks; /* receiver: it was not what it should have been */
};

/* Starts our own chain, which has no text yet. */
void chain_begin(struct chain *);

/* Adds our next text to all. */
struct chain_link chain_add(struct chain *, const struct chain_text *);

/*
 * Adds a peer's text with a higher number than all before, that is not private.
 * Returns false if it does not agree with those that were followed before it:
 * if it comes after the last of them with another chain, or after one before
 * that. A gap is no fault: the missing texts were never for us, or came to
 * nothing; then the chain is only the sender's word.
 */
bool chain_follow(struct chain *, const struct chain_link *,
    const struct chain_text *);

/* True if texts are missing between the last one followed and this one. Texts
 * before a first one are not missing, and neither are those before another
 * beginning. */
bool chain_misses(const struct chain *, const struct chain_link *);

/* Writes it in a form that people can compare. */
struct ipc_texts chain_texts(const struct chain *);

#endif
