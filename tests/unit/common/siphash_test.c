/*
 * SipHash-2-4-128 against the reference vectors, and how a MAC at the end of
 * a packet is checked.
 */
#include "common/siphash.h"

#include "common/wire.h"
#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <string.h>

void siphash_suite(void);

/*
 * vectors_sip128 of the authors' reference implementation (veorq/SipHash,
 * vectors.h): the key is 00 01 .. 0f, the input 00 01 .. of the length.
 */
static const struct {
	size_t len;
	const char *mac;
} vectors[] = {
	{ 0, "a3817f04ba25a8e66df67214c7550293" },
	{ 1, "da87c1d86b99af44347659119b22fc45" },
	{ 2, "8177228da4a45dc7fca38bdef60affe4" },
	{ 3, "9c70b60c5267a94e5f33b6b02985ed51" },
	{ 7, "a1f1ebbed8dbc153c0b84aa61ff08239" },
	{ 8, "3b62a9ba6258f5610f83e264f31497b4" },
	{ 9, "264499060ad9baabc47f8b02bb6d71ed" },
	{ 15, "5493e99933b0a8117e08ec0f97cfc3d9" },
	{ 16, "6ee2a4ca67b054bbfd3315bf85230577" },
	{ 17, "473d06e8738db89854c066c47ae47740" },
	{ 31, "2939b0183223fafc1723de4f52c43d35" },
	{ 32, "7c3956ca5eeafc3e363e9d556546eb68" },
	{ 47, "e61c432b720b19d18ec8d84bdc63151b" },
	{ 62, "5853542321f567a005d547a4f04759bd" },
	{ 63, "5150d1772f50834a503e069a973fbd7c" },
};

static void
count_up(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)i;
}

static void
test_vectors(void)
{
	uint8_t key[SIPHASH_KEY], data[64], mac[SIPHASH_MAC];

	count_up(key, sizeof(key));
	count_up(data, sizeof(data));
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		siphash(mac, key, bytes_guarded(data, vectors[i].len),
		    vectors[i].len);
		CU_ASSERT(bytes_are(mac, sizeof(mac), vectors[i].mac));
		CU_ASSERT(siphash_verify(mac, key, data, vectors[i].len));
	}
	/* A text of no bytes needs no address. */
	siphash(mac, key, NULL, 0);
	CU_ASSERT(bytes_are(mac, sizeof(mac), vectors[0].mac));
}

static void
test_verify(void)
{
	uint8_t key[SIPHASH_KEY], data[40], mac[SIPHASH_MAC];

	count_up(key, sizeof(key));
	count_up(data, sizeof(data));
	siphash(mac, key, data, sizeof(data));
	for (unsigned int bit = 0; bit < sizeof(mac) * 8; bit++) {
		mac[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CU_ASSERT_FALSE(siphash_verify(mac, key, data, sizeof(data)));
		mac[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (unsigned int bit = 0; bit < sizeof(key) * 8; bit++) {
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CU_ASSERT_FALSE(siphash_verify(mac, key, data, sizeof(data)));
		key[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	CU_ASSERT_FALSE(siphash_verify(mac, key, data, sizeof(data) - 1));
	CU_ASSERT_TRUE(siphash_verify(mac, key, data, sizeof(data)));
}

static void
test_packet(void)
{
	uint8_t key[SIPHASH_KEY], packet[56];
	const uint8_t *p;

	count_up(key, sizeof(key));
	count_up(packet, 40);
	siphash(packet + 40, key, packet, 40);
	CU_ASSERT_TRUE(wire_mac_ok(packet, sizeof(packet), key));
	for (unsigned int bit = 0; bit < sizeof(packet) * 8; bit++) {
		packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CU_ASSERT_FALSE(wire_mac_ok(packet, sizeof(packet), key));
		packet[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t len = 0; len < sizeof(packet); len++) {
		p = bytes_guarded(packet, len);
		CU_ASSERT_FALSE(wire_mac_ok(p, len, key));
	}
	/* A MAC over nothing is a MAC, too. */
	siphash(packet, key, NULL, 0);
	CU_ASSERT_TRUE(wire_mac_ok(packet, SIPHASH_MAC, key));
}

void
siphash_suite(void)
{
	CU_pSuite suite = CU_add_suite("siphash", NULL, NULL);

	CU_add_test(suite, "reference vectors", test_vectors);
	CU_add_test(suite, "another MAC, key or length", test_verify);
	CU_add_test(suite, "MAC of a packet", test_packet);
}
