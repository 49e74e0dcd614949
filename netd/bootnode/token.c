/*
 * Making and checking of tokens. See token.h.
 */
#include "netd/bootnode/token.h"

#define TOKEN_INPUT_LEN (8 + 8 + 4 + 16)

static void
put_input(uint8_t input[TOKEN_INPUT_LEN], const struct fleet_record *home,
    uint32_t sequence, const struct addr *client)
{
	struct putter p;

	put_init(&p, input, TOKEN_INPUT_LEN);
	put_u64(&p, home->id);
	put_u64(&p, home->incarnation);
	put_u32(&p, sequence);
	put_bytes(&p, client->ip, sizeof(client->ip));
}

void
token_make(struct wire_cookie *token, const uint8_t key[SIPHASH_KEY],
    const struct fleet_record *home, const struct addr *client)
{
	uint8_t input[TOKEN_INPUT_LEN];

	token->time = (uint32_t)home->sequence;
	put_input(input, home, token->time, client);
	siphash(token->mac, key, input, sizeof(input));
}

bool
token_valid(const struct wire_cookie *token, const uint8_t key[SIPHASH_KEY],
    const struct fleet_record *self, uint64_t written,
    const struct addr *client)
{
	const uint32_t unseen = (uint32_t)(self->sequence - written);
	uint8_t input[TOKEN_INPUT_LEN];

	/* The difference is unsigned: a record to come is as far off as an old
	 * one. */
	if ((uint32_t)self->sequence - token->time > TOKEN_RECORDS + unseen)
		return false;
	put_input(input, self, token->time, client);
	return siphash_verify(token->mac, key, input, sizeof(input));
}
