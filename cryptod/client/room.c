/*
 * The room's secret. See room.h.
 */
#include "cryptod/client/room.h"

#include "cryptod/client/packet_keys.h"

#include <string.h>

static void
expand(void *out, size_t len, const uint8_t secret[KEY_LEN], const char *label)
{
	crypto_hkdf(out, len, secret, KEY_LEN, label, NULL, 0);
}

void
room_derive(struct room *room, const uint8_t boot_key[X25519_LEN],
    const char *name, size_t name_len, const struct room_secret *given)
{
	static const char domain[] = "gochat 1 room";
	uint8_t salt[HASH_LEN];
	uint8_t *secret = crypto_secret_alloc(KEY_LEN);

	crypto_hash(salt,
	    (struct piece[]){ { domain, sizeof(domain) },
		{ boot_key, X25519_LEN }, { name, name_len } },
	    3);
	if (given->kind == SECRET_INVITE)
		crypto_hkdf(secret, KEY_LEN, (const uint8_t *)given->bytes,
		    given->len, "gochat 1 room invite", salt, sizeof(salt));
	else
		crypto_scrypt(secret, given->bytes, given->len, salt);
	expand(room->tag.bytes, sizeof(room->tag.bytes), secret,
	    "gochat 1 room tag");
	expand(room->psk, sizeof(room->psk), secret, "gochat 1 peer psk");
	expand(room->card_key, sizeof(room->card_key), secret,
	    "gochat 1 peer card");
	expand(room->transport_key, sizeof(room->transport_key), secret,
	    "gochat 1 transport");
	crypto_secret_free(secret, KEY_LEN);
}

/* The part of both sides in a key: the lower id's comes first. */
struct pair_name {
	struct peer_id id;
	uint8_t nonce[16];
};

static bool
name_pair(const struct room_side *us, const struct room_side *them,
    struct pair_name names[2])
{
	bool lower = memcmp(&us->id, &them->id, sizeof(us->id)) < 0;
	const struct room_side *sides[2] = { lower ? us : them,
		lower ? them : us };

	for (int i = 0; i < 2; i++) {
		names[i].id = sides[i]->id;
		memcpy(names[i].nonce, sides[i]->nonce, sizeof(names[i].nonce));
	}
	return lower;
}

void
room_pair(const struct room *room, const struct room_side *us,
    const struct room_side *them, struct packet_keys *keys)
{
	struct pair_name names[2];
	bool lower = name_pair(us, them, names);
	struct packet_material m;

	_Static_assert(sizeof(names) == 64, "padding");
	crypto_hkdf(&m, sizeof(m), room->transport_key, KEY_LEN,
	    "gochat 1 pair", names, sizeof(names));
	packet_keys_take(keys, &m, lower);
	crypto_wipe(&m, sizeof(m));
}
