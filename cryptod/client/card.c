/*
 * Peer cards. See card.h.
 */
#include "cryptod/client/card.h"

#include "common/codec.h"

#include <string.h>

#define CARD_VERSION   1
#define CARD_PLAIN_MAX (1 + 16 + 4 + 4 + 1 + CANDIDATES_MAX * WIRE_ADDR_MAX)

_Static_assert(GCM_NONCE_LEN + CARD_PLAIN_MAX + TAG_LEN <= CARD_MAX,
    "a card does not fit");

/* Binds the seal to the room's tag and the peer's id. */
struct binding {
	struct room_tag tag;
	struct peer_id id;
};

size_t
card_seal(const struct card *card, const struct room *room,
    const struct peer_id *owner, uint8_t out[CARD_MAX])
{
	struct binding binding = { room->tag, *owner };
	uint8_t plain[CARD_PLAIN_MAX];
	struct putter p;
	size_t len;

	put_init(&p, plain, sizeof(plain));
	put_u8(&p, CARD_VERSION);
	put_bytes(&p, card->nonce, sizeof(card->nonce));
	put_u32(&p, card->incarnation);
	put_u32(&p, card->serial);
	put_u8(&p, card->count);
	for (size_t i = 0; i < card->count; i++)
		wire_put_addr(&p, &card->hosts[i]);
	len = put_length(&p);
	crypto_random(out, GCM_NONCE_LEN);
	crypto_seal(out + GCM_NONCE_LEN, room->card_key, out, &binding,
	    sizeof(binding), plain, len);
	return GCM_NONCE_LEN + len + TAG_LEN;
}

int
card_open(struct card *card, const struct room *room,
    const struct peer_id *owner, const uint8_t *sealed, size_t len)
{
	struct binding binding = { room->tag, *owner };
	uint8_t plain[CARD_MAX];
	struct getter g;

	if (len < GCM_NONCE_LEN + TAG_LEN || len > CARD_MAX)
		return -1;
	if (crypto_open(plain, room->card_key, sealed, &binding,
		sizeof(binding), sealed + GCM_NONCE_LEN,
		len - GCM_NONCE_LEN) == -1)
		return -1;
	get_init(&g, plain, len - GCM_NONCE_LEN - TAG_LEN);
	if (get_u8(&g) != CARD_VERSION)
		return -1;
	get_bytes(&g, card->nonce, sizeof(card->nonce));
	card->incarnation = get_u32(&g);
	card->serial = get_u32(&g);
	card->count = get_u8(&g);
	if (card->count > CANDIDATES_MAX || card->incarnation == 0)
		return -1;
	memset(card->hosts, 0, sizeof(card->hosts)); /* netd gets all of them */
	for (size_t i = 0; i < card->count; i++)
		wire_get_addr(&g, &card->hosts[i]);
	return get_done(&g) ? 0 : -1;
}
