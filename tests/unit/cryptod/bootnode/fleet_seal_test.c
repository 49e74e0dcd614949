/*
 * The records of a fleet's nodes: what one node seals, any with the same key
 * opens, and nothing else.
 */
#include "tests/unit/cryptod/bootnode/boot_scene.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <string.h>

void fleet_seal_suite(void);

static const uint8_t record[] = "what a node says of itself";

static size_t
seal(struct scene *s, const uint8_t *plain, size_t len,
    uint8_t out[FLEET_RECORD_SEALED_MAX])
{
	struct ipc_message_in in;

	boot_say(s, IPC_FLEET_SEAL, NULL, plain, len);
	worker_says(boot_netd(s), IPC_FLEET_SEALED, &in);
	memcpy(out, in.tail, in.tail_len);
	return in.tail_len;
}

/* Returns whether the record is genuine; it is then this one. */
static bool
opens(struct scene *s, const uint8_t *sealed, size_t sealed_len,
    const uint8_t *plain, size_t len)
{
	const struct ipc_fleet_found found = { .id = 77 };
	const struct ipc_fleet_opened *opened;
	struct ipc_message_in in;

	boot_say(s, IPC_FLEET_OPEN, &found, sealed, sealed_len);
	opened = worker_says(boot_netd(s), IPC_FLEET_OPENED, &in);
	CU_ASSERT_EQUAL(opened->id, 77);
	CU_ASSERT_EQUAL(in.tail_len, opened->good ? len : 0);
	if (opened->good)
		CU_ASSERT_EQUAL(memcmp(in.tail, plain, len), 0);
	return opened->good;
}

static void
test_sealed(void)
{
	uint8_t sealed[FLEET_RECORD_SEALED_MAX], again[sizeof(sealed)];
	struct scene s;
	size_t len;

	boot_begin(&s, false);
	len = seal(&s, record, sizeof(record), sealed);
	CU_ASSERT(len > sizeof(record));
	CU_ASSERT_PTR_NULL(memmem(sealed, len, record, 8));
	CU_ASSERT_TRUE(opens(&s, sealed, len, record, sizeof(record)));
	/* No two look alike. */
	CU_ASSERT_EQUAL(seal(&s, record, sizeof(record), again), len);
	CU_ASSERT_NOT_EQUAL(memcmp(again, sealed, len), 0);
	worker_stop(&s.w);
}

static void
test_longest(void)
{
	uint8_t sealed[FLEET_RECORD_SEALED_MAX], plain[FLEET_RECORD_MAX];
	struct scene s;
	size_t len;

	memset(plain, 'r', sizeof(plain));
	boot_begin(&s, false);
	len = seal(&s, plain, sizeof(plain), sealed);
	CU_ASSERT_TRUE(opens(&s, sealed, len, plain, sizeof(plain)));
	memset(sealed, 0, sizeof(sealed));
	for (len = 1; len <= sizeof(sealed); len++)
		CU_ASSERT_FALSE(opens(&s, sealed, len, plain, sizeof(plain)));
	worker_stop(&s.w);
}

/* One bit is another, something is cut off, or more is there. */
static void
test_changed(void)
{
	uint8_t sealed[FLEET_RECORD_SEALED_MAX];
	struct scene s;
	size_t len;

	boot_begin(&s, false);
	len = seal(&s, record, sizeof(record), sealed);
	for (size_t i = 0; i < len; i++) {
		sealed[i] ^= 4;
		CU_ASSERT_FALSE(opens(&s, sealed, len, record, sizeof(record)));
		sealed[i] ^= 4;
		if (i > 0)
			CU_ASSERT_FALSE(
			    opens(&s, sealed, i, record, sizeof(record)));
	}
	sealed[len] = 0;
	CU_ASSERT_FALSE(opens(&s, sealed, len + 1, record, sizeof(record)));
	worker_stop(&s.w);
}

/* Nodes of one key are of one fleet, and those of another key of another. */
static void
test_other_node(void)
{
	uint8_t sealed[FLEET_RECORD_SEALED_MAX];
	struct scene s, other;
	size_t len;

	boot_begin(&s, false);
	len = seal(&s, record, sizeof(record), sealed);
	other = (struct scene){ .key = s.key };
	boot_run(&other);
	boot_check_keys(&other, false);
	CU_ASSERT_TRUE(opens(&other, sealed, len, record, sizeof(record)));
	worker_stop(&other.w);
	boot_begin(&other, false);
	CU_ASSERT_FALSE(opens(&other, sealed, len, record, sizeof(record)));
	worker_stop(&other.w);
	worker_stop(&s.w);
}

static struct ipc_boot_keys
keys_of(struct scene *s)
{
	struct ipc_message_in in;
	const struct ipc_boot_keys *keys;

	keys = worker_says(boot_netd(s), IPC_BOOT_KEYS, &in);
	return *keys;
}

/* So are the name in the engine and the key of tokens, which tell nothing of
 * each other, or of the key. */
static void
test_keys(void)
{
	struct scene s = { .fresh = false }, other;
	struct ipc_boot_keys a, b, c;

	crypto_keypair(&s.key);
	boot_run(&s);
	a = keys_of(&s);
	worker_stop(&s.w);
	other = (struct scene){ .key = s.key };
	boot_run(&other);
	b = keys_of(&other);
	worker_stop(&other.w);
	crypto_keypair(&other.key);
	boot_run(&other);
	c = keys_of(&other);
	worker_stop(&other.w);
#define SAME(x, y, field) (memcmp((x).field, (y).field, sizeof((x).field)) == 0)
	CU_ASSERT_TRUE(SAME(a, b, fleet_name));
	CU_ASSERT_TRUE(SAME(a, b, fleet_token_key));
	CU_ASSERT_FALSE(SAME(a, b, cookie_key));
	CU_ASSERT_FALSE(SAME(a, c, fleet_name));
	CU_ASSERT_FALSE(SAME(a, c, fleet_token_key));
	CU_ASSERT_NOT_EQUAL(memcmp(a.fleet_name, a.fleet_token_key,
				sizeof(a.fleet_name)),
	    0);
#undef SAME
}

void
fleet_seal_suite(void)
{
	CU_pSuite s = CU_add_suite("fleet_seal", crypto_setup, NULL);

	CU_ADD_TEST(s, test_sealed);
	CU_ADD_TEST(s, test_longest);
	CU_ADD_TEST(s, test_changed);
	CU_ADD_TEST(s, test_other_node);
	CU_ADD_TEST(s, test_keys);
}
