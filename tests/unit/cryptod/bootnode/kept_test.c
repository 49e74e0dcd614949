/*
 * A bootnode's state as sealed bytes: it comes back whole, or not at all.
 */
#include "cryptod/bootnode/kept.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void kept_suite(void);

static struct x25519_key own, other;
static uint8_t state[KEPT_HEADER_LEN + 3 * KEPT_PART_MAX];
static size_t state_len, ends[4]; /* of the header and of each part */

static void
add(struct kept_writer *w, enum kept_kind kind, const char *contents)
{
	uint8_t part[KEPT_PART_MAX];
	size_t len = kept_seal(w, kind, (const uint8_t *)contents,
	    strlen(contents), part);

	memcpy(state + state_len, part, len);
	state_len += len;
}

static void
write_state(void)
{
	struct kept_writer w = { .key = NULL };

	kept_begin(&w, &own, state);
	ends[0] = state_len = KEPT_HEADER_LEN;
	add(&w, KEPT_RECORDS_OF_NETD, "records");
	ends[1] = state_len;
	add(&w, KEPT_KEYS, "keys");
	ends[2] = state_len;
	add(&w, KEPT_COUNTS, "12345678");
	ends[3] = state_len;
	CU_ASSERT_EQUAL(w.bytes, state_len);
	kept_finish(&w);
}

static int
set_up(void)
{
	crypto_setup();
	crypto_keypair(&own);
	crypto_keypair(&other);
	return 0;
}

/* Reads all of the state. Returns why it ends, with the number of parts that
 * were good; KEPT_TAKEN at its last part. */
static enum kept_result
read_all(const struct x25519_key *key, const uint8_t *bytes, size_t len,
    unsigned int *parts)
{
	enum kept_result result;
	struct kept_reader r;
	uint8_t contents[KEPT_BYTES_MAX];
	enum kept_kind kind = KEPT_KEYS;
	size_t n;

	*parts = 0;
	result = kept_open(&r, key, bytes, len);
	while (result == KEPT_TAKEN && (*parts == 0 || kind != KEPT_COUNTS)) {
		result = kept_next(&r, &kind, contents, &n);
		*parts += result == KEPT_TAKEN;
	}
	kept_close(&r);
	return result;
}

static void
check_part(struct kept_reader *r, enum kept_kind kind, const char *contents)
{
	uint8_t got[KEPT_BYTES_MAX];
	enum kept_kind is;
	size_t len;

	CU_ASSERT_EQUAL_FATAL(kept_next(r, &is, got, &len), KEPT_TAKEN);
	CU_ASSERT_EQUAL(is, kind);
	CU_ASSERT_EQUAL_FATAL(len, strlen(contents));
	CU_ASSERT_EQUAL(memcmp(got, contents, len), 0);
}

static void
test_comes_back(void)
{
	struct kept_reader r;

	write_state();
	CU_ASSERT_EQUAL_FATAL(kept_open(&r, &own, state, state_len),
	    KEPT_TAKEN);
	check_part(&r, KEPT_RECORDS_OF_NETD, "records");
	check_part(&r, KEPT_KEYS, "keys");
	check_part(&r, KEPT_COUNTS, "12345678");
	kept_close(&r);
}

/* The longest part that there is. */
static void
test_longest(void)
{
	static uint8_t contents[KEPT_BYTES_MAX], got[KEPT_BYTES_MAX];
	struct kept_writer w = { .key = NULL };
	struct kept_reader r;
	enum kept_kind kind;
	size_t len;

	memset(contents, 'x', sizeof(contents));
	kept_begin(&w, &own, state);
	len = kept_seal(&w, KEPT_COUNTS, contents, sizeof(contents),
	    state + KEPT_HEADER_LEN);
	kept_finish(&w);
	CU_ASSERT_EQUAL_FATAL(kept_open(&r, &own, state, KEPT_HEADER_LEN + len),
	    KEPT_TAKEN);
	CU_ASSERT_EQUAL_FATAL(kept_next(&r, &kind, got, &len), KEPT_TAKEN);
	CU_ASSERT_EQUAL(len, sizeof(contents));
	CU_ASSERT_EQUAL(memcmp(got, contents, len), 0);
	kept_close(&r);
}

static bool
has(const uint8_t *bytes, size_t len, const char *text)
{
	return memmem(bytes, len, text, strlen(text)) != NULL;
}

/* Nobody else can read it, and two of the same are not the same bytes. */
static void
test_secret(void)
{
	uint8_t before[sizeof(state)];
	unsigned int parts;

	write_state();
	CU_ASSERT_FALSE(has(state, state_len, "records"));
	CU_ASSERT_FALSE(has(state, state_len, "keys"));
	CU_ASSERT_EQUAL(read_all(&other, state, state_len, &parts),
	    KEPT_OTHER_KEY);
	CU_ASSERT_EQUAL(parts, 0);
	memcpy(before, state, state_len);
	write_state();
	CU_ASSERT_NOT_EQUAL(memcmp(before + ends[0], state + ends[0],
				ends[1] - ends[0]),
	    0);
}

static void
test_other_version(void)
{
	unsigned int parts;

	write_state();
	state[11]++;
	CU_ASSERT_EQUAL(read_all(&own, state, state_len, &parts),
	    KEPT_OTHER_VERSION);
	state[11]--;
	CU_ASSERT_EQUAL(read_all(&own, state, state_len, &parts), KEPT_TAKEN);
}

/* Whatever byte is another, it is not taken. What a part before it says is
 * right, but does not count: see handover.c. */
static void
test_each_byte(void)
{
	unsigned int parts, taken = 0;

	write_state();
	for (size_t i = 0; i < state_len; i++) {
		state[i] ^= 0x20;
		taken += read_all(&own, state, state_len, &parts) == KEPT_TAKEN;
		CU_ASSERT(parts <= 0u + (i >= ends[1]) + (i >= ends[2]));
		state[i] ^= 0x20;
	}
	CU_ASSERT_EQUAL(taken, 0);
}

static void
test_each_length(void)
{
	unsigned int parts, taken = 0;

	write_state();
	for (size_t len = 0; len < state_len; len++) {
		uint8_t *bytes = malloc(len + 1);

		CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
		memcpy(bytes, state, len);
		taken += read_all(&own, bytes, len, &parts) == KEPT_TAKEN;
		free(bytes);
	}
	CU_ASSERT_EQUAL(taken, 0);
	/* Nor does anything come after the end. */
	CU_ASSERT_EQUAL(read_all(&own, state, state_len + 1, &parts),
	    KEPT_DAMAGED);
}

/* Parts in another order, or one of them left out, or twice. */
static void
test_order(void)
{
	const size_t one = ends[1] - ends[0], two = ends[2] - ends[1],
		     three = ends[3] - ends[2];
	uint8_t bytes[sizeof(state)];
	unsigned int parts;
	uint8_t *p;

	write_state();
	memcpy(bytes, state, ends[0]);
	p = mempcpy(bytes + ends[0], state + ends[1], two);
	p = mempcpy(p, state + ends[0], one);
	p = mempcpy(p, state + ends[2], three);
	CU_ASSERT_EQUAL(read_all(&own, bytes, (size_t)(p - bytes), &parts),
	    KEPT_OTHER_KEY);
	p = mempcpy(bytes + ends[1], state + ends[2], three);
	memcpy(bytes + ends[0], state + ends[0], one);
	CU_ASSERT_EQUAL(read_all(&own, bytes, (size_t)(p - bytes), &parts),
	    KEPT_DAMAGED);
	CU_ASSERT_EQUAL(parts, 1);
	p = mempcpy(bytes + ends[0], state + ends[2], three);
	CU_ASSERT_EQUAL(read_all(&own, bytes, (size_t)(p - bytes), &parts),
	    KEPT_OTHER_KEY);
}

void
kept_suite(void)
{
	CU_pSuite suite = CU_add_suite("kept", set_up, NULL);

	CU_add_test(suite, "comes back", test_comes_back);
	CU_add_test(suite, "the longest part", test_longest);
	CU_add_test(suite, "nobody else reads it", test_secret);
	CU_add_test(suite, "another version", test_other_version);
	CU_add_test(suite, "each byte", test_each_byte);
	CU_add_test(suite, "each length", test_each_length);
	CU_add_test(suite, "order", test_order);
}
