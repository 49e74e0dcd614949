/*
 * The records of a fleet's nodes. See fleet_seal.h.
 */
#include "cryptod/bootnode/fleet_seal.h"

#include <string.h>

#define SALT_LEN     32
#define LABEL_NAME   "gochat 1 fleet name"
#define LABEL_TOKEN  "gochat 1 fleet token"
#define LABEL_RECORD "gochat 1 fleet record"

_Static_assert(SALT_LEN + FLEET_RECORD_MAX + TAG_LEN <= FLEET_RECORD_SEALED_MAX,
    "the longest record has no place when it is sealed");

void
fleet_seal_init(struct fleet_seal *f, const struct x25519_key *key,
    struct ipc_channel *netd)
{
	*f = (struct fleet_seal){ .key = key, .netd = netd };
}

static void
derive(const struct fleet_seal *f, void *out, size_t len, const char *label,
    const uint8_t *salt, size_t salt_len)
{
	crypto_hkdf(out, len, f->key->private_key, sizeof(f->key->private_key),
	    label, salt, salt_len);
}

void
fleet_seal_keys(const struct fleet_seal *f, struct ipc_boot_keys *keys)
{
	derive(f, keys->fleet_name, sizeof(keys->fleet_name), LABEL_NAME, NULL,
	    0);
	derive(f, keys->fleet_token_key, sizeof(keys->fleet_token_key),
	    LABEL_TOKEN, NULL, 0);
}

int
fleet_seal_record(void *self, const struct ipc_message_in *in)
{
	static const uint8_t nonce[GCM_NONCE_LEN];
	const struct fleet_seal *f = self;
	uint8_t sealed[FLEET_RECORD_SEALED_MAX], key[KEY_LEN];

	crypto_random(sealed, SALT_LEN);
	derive(f, key, sizeof(key), LABEL_RECORD, sealed, SALT_LEN);
	crypto_seal(sealed + SALT_LEN, key, nonce, NULL, 0, in->tail,
	    in->tail_len);
	crypto_wipe(key, sizeof(key));
	ipc_send(f->netd, IPC_FLEET_SEALED, NULL, sealed,
	    SALT_LEN + in->tail_len + TAG_LEN);
	return 0;
}

/* Returns the length of the record, or 0 if it is not genuine. */
static size_t
open_record(const struct fleet_seal *f, const uint8_t *sealed, size_t len,
    uint8_t record[FLEET_RECORD_MAX])
{
	static const uint8_t nonce[GCM_NONCE_LEN];
	uint8_t key[KEY_LEN];
	int result;

	if (len <= SALT_LEN + TAG_LEN ||
	    len > SALT_LEN + FLEET_RECORD_MAX + TAG_LEN)
		return 0;
	derive(f, key, sizeof(key), LABEL_RECORD, sealed, SALT_LEN);
	result = crypto_open(record, key, nonce, NULL, 0, sealed + SALT_LEN,
	    len - SALT_LEN);
	crypto_wipe(key, sizeof(key));
	return result == 0 ? len - SALT_LEN - TAG_LEN : 0;
}

int
fleet_open_record(void *self, const struct ipc_message_in *in)
{
	const struct ipc_fleet_found *found = in->body;
	const struct fleet_seal *f = self;
	struct ipc_fleet_opened opened = { .id = found->id };
	uint8_t record[FLEET_RECORD_MAX];
	size_t len = open_record(f, in->tail, in->tail_len, record);

	opened.good = len > 0;
	ipc_send(f->netd, IPC_FLEET_OPENED, &opened, record, len);
	return 0;
}
