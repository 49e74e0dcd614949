/*
 * The room's secret. See room.h.
 */
#include "cryptod/room.h"

#include "common/codec.h"

#include <string.h>

static void
expand(void *out, size_t len, const uint8_t secret[KEY_LEN], const char *label)
{
	crypto_hkdf(out, len, secret, KEY_LEN, label, NULL, 0);
}

void
room_derive(struct room *room, const char *name, size_t name_len,
    const char *passphrase, size_t passphrase_len)
{
	static const char domain[] = "gochat 1 room";
	uint8_t salt[HASH_LEN];
	uint8_t *secret = crypto_secret_alloc(KEY_LEN);

	crypto_hash(salt,
	    (struct piece[]){ { domain, sizeof(domain) }, { name, name_len } },
	    2);
	crypto_scrypt(secret, passphrase, passphrase_len, salt);
	expand(room->tag.bytes, sizeof(room->tag.bytes), secret,
	    "gochat 1 room tag");
	expand(room->psk, sizeof(room->psk), secret, "gochat 1 peer psk");
	expand(room->card_key, sizeof(room->card_key), secret,
	    "gochat 1 peer card");
	expand(room->transport_key, sizeof(room->transport_key), secret,
	    "gochat 1 transport");
	crypto_secret_free(secret, KEY_LEN);
}

/* What both sides put into a key: the lower id's part first. */
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
room_data_keys(const struct room *room, const struct room_side *us,
    const struct room_side *them, struct peer_keys *keys)
{
	struct {
		struct pair_name names[2];
		uint8_t incarnations[2][4];
	} info;
	uint8_t k[2][SIPHASH_KEY]; /* to the higher side, to the lower one */
	bool lower = name_pair(us, them, info.names);
	struct putter p;

	_Static_assert(sizeof(info) == 72, "padding");
	put_init(&p, info.incarnations[0], 8);
	put_u32(&p, (lower ? us : them)->incarnation);
	put_u32(&p, (lower ? them : us)->incarnation);
	crypto_hkdf(k, sizeof(k), room->transport_key, KEY_LEN, "gochat 1 data",
	    &info, sizeof(info));
	memcpy(keys->tx, k[lower ? 0 : 1], SIPHASH_KEY);
	memcpy(keys->rx, k[lower ? 1 : 0], SIPHASH_KEY);
	crypto_wipe(k, sizeof(k));
}

void
room_pair(const struct room *room, const struct room_side *us,
    const struct room_side *them, struct ipc_peer_add *add)
{
	struct pair_name names[2];
	bool lower = name_pair(us, them, names);
	/* Keys to the higher side first, then to the lower one. */
	struct {
		uint8_t probe[2][SIPHASH_KEY];
		uint8_t connection[2][8];
	} k;
	int tx = lower ? 0 : 1, rx = 1 - tx;
	struct getter g;

	_Static_assert(sizeof(names) == 64 && sizeof(k) == 48, "padding");
	crypto_hkdf(&k, sizeof(k), room->transport_key, KEY_LEN,
	    "gochat 1 pair", names, sizeof(names));
	add->controlling = lower;
	add->peer = them->id;
	add->incarnation = them->incarnation;
	memcpy(add->probe.tx, k.probe[tx], SIPHASH_KEY);
	memcpy(add->probe.rx, k.probe[rx], SIPHASH_KEY);
	get_init(&g, k.connection[tx], 8);
	add->connection_tx = get_u64(&g);
	get_init(&g, k.connection[rx], 8);
	add->connection_rx = get_u64(&g);
	crypto_wipe(&k, sizeof(k));
	room_data_keys(room, us, them, &add->data);
}
