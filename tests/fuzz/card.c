/*
 * Fuzzes what is inside a peer card (cryptod/client/card.c), sealed here as a
 * peer of the room can seal anything.
 */
#include "cryptod/client/card.h"

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_crypto.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct {
		struct room_tag tag;
		struct peer_id id;
	} binding = { .id = { { 1 } } };
	static uint8_t sealed[1024];
	uint8_t again[CARD_MAX];
	struct room room = { 0 };
	struct card card, got;
	uint8_t *copy;
	size_t len;

	fuzz_crypto_init();
	if (size > sizeof(sealed) - GCM_NONCE_LEN - TAG_LEN)
		return 0;
	crypto_seal(sealed + GCM_NONCE_LEN, room.card_key, sealed, &binding,
	    sizeof(binding), data, size);
	len = GCM_NONCE_LEN + size + TAG_LEN;
	copy = fuzz_copy(sealed, len);
	memset(&card, 0, sizeof(card));
	if (card_open(&card, &room, &binding.id, copy, len) == 0) {
		/* A card has one form, and can be published again. */
		memset(&got, 0, sizeof(got));
		REQUIRE(card_seal(&card, &room, &binding.id, again) == len);
		REQUIRE(card_open(&got, &room, &binding.id, again, len) == 0);
		REQUIRE(memcmp(&got, &card, sizeof(card)) == 0);
	}
	free(copy);
	return 0;
}
