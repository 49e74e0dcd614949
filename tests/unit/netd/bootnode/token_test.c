/*
 * A token is good for one node, one client, and a few seconds.
 */
#include "netd/bootnode/token.h"

#include <CUnit/CUnit.h>

void token_suite(void);

static const uint8_t key[SIPHASH_KEY] = "a key, 16 bytes";
static const struct fleet_record home = {
	.id = 7,
	.incarnation = 1000,
	.sequence = 0x100000010,
};
static const struct addr client = {
	.ip = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
	.port = 4545,
};

static bool
is_valid(const struct wire_cookie *token, const struct fleet_record *self)
{
	return token_valid(token, key, self, self->sequence, &client);
}

static void
test_life(void)
{
	struct fleet_record self = home;
	struct wire_cookie token;

	token_make(&token, key, &home, &client);
	for (unsigned int i = 0; i <= TOKEN_RECORDS; i++, self.sequence++)
		CU_ASSERT_TRUE(is_valid(&token, &self));
	CU_ASSERT_FALSE(is_valid(&token, &self));
	self.sequence = home.sequence - 1;
	CU_ASSERT_FALSE(is_valid(&token, &self));
}

/* Records that the others cannot have seen do not count. */
static void
test_unwritten(void)
{
	struct fleet_record self = home;
	struct wire_cookie token;

	token_make(&token, key, &home, &client);
	self.sequence += 1000;
	CU_ASSERT_TRUE(token_valid(&token, key, &self, home.sequence, &client));
	CU_ASSERT_TRUE(token_valid(&token, key, &self,
	    home.sequence + TOKEN_RECORDS, &client));
	CU_ASSERT_FALSE(token_valid(&token, key, &self,
	    home.sequence + TOKEN_RECORDS + 1, &client));
}

/* The number in a token is the lower half of the sequence. */
static void
test_wraps(void)
{
	struct fleet_record self = home;
	struct wire_cookie token;

	self.sequence = 0xffffffff;
	token_make(&token, key, &self, &client);
	self.sequence++;
	CU_ASSERT_TRUE(is_valid(&token, &self));
	self.sequence += TOKEN_RECORDS;
	CU_ASSERT_FALSE(is_valid(&token, &self));
}

static void
test_bound(void)
{
	static const uint8_t other_key[SIPHASH_KEY] = "another, of 16.";
	struct fleet_record other = home;
	struct addr elsewhere = client;
	struct wire_cookie token, bad;

	token_make(&token, key, &home, &client);
	CU_ASSERT_FALSE(
	    token_valid(&token, other_key, &home, home.sequence, &client));
	other.id++;
	CU_ASSERT_FALSE(is_valid(&token, &other));
	other = home;
	other.incarnation++;
	CU_ASSERT_FALSE(is_valid(&token, &other));
	elsewhere.port++;
	CU_ASSERT_TRUE(
	    token_valid(&token, key, &home, home.sequence, &elsewhere));
	elsewhere.ip[15]++;
	CU_ASSERT_FALSE(
	    token_valid(&token, key, &home, home.sequence, &elsewhere));
	bad = token;
	bad.time--;
	CU_ASSERT_FALSE(is_valid(&bad, &home));
	for (unsigned int bit = 0; bit < SIPHASH_MAC * 8; bit++) {
		bad = token;
		bad.mac[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CU_ASSERT_FALSE(is_valid(&bad, &home));
	}
}

void
token_suite(void)
{
	CU_pSuite s = CU_add_suite("token", NULL, NULL);

	CU_ADD_TEST(s, test_life);
	CU_ADD_TEST(s, test_unwritten);
	CU_ADD_TEST(s, test_wraps);
	CU_ADD_TEST(s, test_bound);
}
