/*
 * The room's secret and everything made of it: keys, the two sides of a pair of
 * peers, and the cards that peers publish.
 */
#include "cryptod/client/room.h"

#include "common/invite.h"

#include "cryptod/client/card.h"
#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <string.h>

void room_suite(void);

/* Asserts what follows from a secret: each is 32 bytes in hexadecimal. */
static void
check_keys(const struct room *room, const char *tag, const char *psk,
    const char *card_key, const char *transport_key)
{
	CU_ASSERT(bytes_are(&room->tag, ROOM_TAG_LEN, tag));
	CU_ASSERT(bytes_are(room->psk, KEY_LEN, psk));
	CU_ASSERT(bytes_are(room->card_key, KEY_LEN, card_key));
	CU_ASSERT(bytes_are(room->transport_key, KEY_LEN, transport_key));
}

/*
 * The keys of room "lobby" with "correct horse" were computed with Python's
 * hashlib and hmac as PROTOCOL.md section 6.2 says. The keys depend on every
 * input. scrypt is slow, so it runs only four times.
 */
static void
test_derive(void)
{
	static const struct room_secret none = { 0 },
					passphrase = { SECRET_PASSPHRASE, 13,
						"correct horse" };
	struct room room, other;
	uint8_t key[X25519_LEN];

	for (uint8_t i = 0; i < sizeof(key); i++)
		key[i] = i + 1;
	room_derive(&room, key, "lobby", 5, &passphrase);
	check_keys(&room,
	    "8db370067c6588734fc92883cd8dfda9"
	    "32f725b24596db9011ce23d9b847f859",
	    "f93b94825227968b7cc315adffd04a78"
	    "cb2e8164109764961fc228997bb2bb9d",
	    "9387b998151e7533f1a40cee90a9d374"
	    "743d2703d989abab4c4c23ae0186295e",
	    "aba344a5c64c4ebbf3e168efbbcab826"
	    "3307e1631db69bcff9914d97d7260a38");

#define NOT_ONE_ALIKE()                                                   \
	do {                                                              \
		CU_ASSERT_FALSE(crypto_equal(&room.tag, &other.tag, 32)); \
		CU_ASSERT_FALSE(crypto_equal(room.psk, other.psk, 32));   \
		CU_ASSERT_FALSE(                                          \
		    crypto_equal(room.card_key, other.card_key, 32));     \
		CU_ASSERT_FALSE(crypto_equal(room.transport_key,          \
		    other.transport_key, 32));                            \
	} while (0)
	room_derive(&other, key, "lobby", 5, &none);
	NOT_ONE_ALIKE();
	room_derive(&other, key, "lobbz", 5, &passphrase);
	NOT_ONE_ALIKE();
	key[31] ^= 1; /* the key of another bootnode */
	room_derive(&other, key, "lobby", 5, &passphrase);
	NOT_ONE_ALIKE();
}

/* As above, of a room that has an invite's secret, and no scrypt. */
static void
test_derive_invited(void)
{
	struct room_secret secret = { SECRET_INVITE, INVITE_SECRET_LEN, "" };
	uint8_t key[X25519_LEN];
	struct room room;

	for (uint8_t i = 0; i < sizeof(key); i++)
		key[i] = i + 1;
	for (size_t i = 0; i < INVITE_SECRET_LEN; i++)
		secret.bytes[i] = (char)(16 + i);
	room_derive(&room, key, "lobby", 5, &secret);
	check_keys(&room,
	    "b60384d3c7bd11ed1f5c4becd8e4cf07"
	    "a6f00f5056470716a9e792cfa7b49fe1",
	    "4a96968d8d9aaf735b278d4f10e62bb3"
	    "74f6ebe2a5d30f14b42619bdebbb437b",
	    "7385a25cdac4332969011dfe9c0ca107"
	    "46369d7464bd9ad349b8bdcab449c468",
	    "88169c09e25edd25ded5b4e66ed52ab4"
	    "eca8962930f5bf7e7b410fc65cb0697c");
}

/* Makes a room whose keys need no scrypt. */
static void
make_room(struct room *room)
{
	memset(&room->tag, 1, sizeof(room->tag));
	memset(room->psk, 2, sizeof(room->psk));
	memset(room->card_key, 3, sizeof(room->card_key));
	memset(room->transport_key, 4, sizeof(room->transport_key));
}

static const struct room_side lower = { { { 1, [15] = 9 } }, { 7 } };
static const struct room_side higher = { { { 1, [14] = 1 } }, { 8 } };

static void
test_pair(void)
{
	struct packet_keys low, high;
	struct room room;

	make_room(&room);
	room_pair(&room, &lower, &higher, &low);
	room_pair(&room, &higher, &lower, &high);
	CU_ASSERT_EQUAL(memcmp(low.probe.tx, high.probe.rx, SIPHASH_KEY), 0);
	CU_ASSERT_EQUAL(memcmp(low.probe.rx, high.probe.tx, SIPHASH_KEY), 0);
	CU_ASSERT_EQUAL(low.connection_tx, high.connection_rx);
	CU_ASSERT_EQUAL(low.connection_rx, high.connection_tx);
	/* Each key is used for one thing. */
	CU_ASSERT_NOT_EQUAL(memcmp(low.probe.tx, low.probe.rx, 16), 0);
	CU_ASSERT_NOT_EQUAL(low.connection_tx, low.connection_rx);
}

/* All of it depends on the room, both ids and both nonces. */
static void
test_pair_bound(void)
{
	struct room_side us, them;
	struct packet_keys keys, other;
	struct room room;

	make_room(&room);
	room_pair(&room, &lower, &higher, &keys);
	for (int i = 0; i < 5; i++) {
		us = lower;
		them = higher;
		make_room(&room);
		switch (i) {
		case 0:
			us.id.bytes[15] ^= 1;
			break;
		case 1:
			us.nonce[15] ^= 1;
			break;
		case 2:
			them.id.bytes[15] ^= 1;
			break;
		case 3:
			them.nonce[15] ^= 1;
			break;
		case 4:
			room.transport_key[31] ^= 1;
			break;
		}
		room_pair(&room, &us, &them, &other);
		CU_ASSERT_FALSE(crypto_equal(&keys.probe, &other.probe,
		    sizeof(keys.probe)));
		CU_ASSERT_NOT_EQUAL(keys.connection_tx, other.connection_tx);
		CU_ASSERT_NOT_EQUAL(keys.connection_rx, other.connection_rx);
	}
}

static const struct peer_id owner = { { 0x31, [15] = 0x3f } };

static void
make_card(struct card *card, uint8_t count)
{
	memset(card, 0, sizeof(*card));
	memset(card->nonce, 0x55, sizeof(card->nonce));
	card->incarnation = 0x05060708;
	card->serial = 0x01020304;
	card->count = count;
	for (uint8_t i = 0; i < count; i++) {
		card->hosts[i].ip[0] = 0x20;
		card->hosts[i].ip[15] = i;
		card->hosts[i].port = (uint16_t)(4545 + i);
	}
	if (count > 1) { /* one of the addresses is IPv4 */
		memset(card->hosts[1].ip, 0, 10);
		memset(card->hosts[1].ip + 10, 0xff, 2);
	}
}

static void
test_card(void)
{
	uint8_t sealed[CARD_MAX], again[CARD_MAX];
	struct card card, got;
	struct room room;
	size_t len;

	make_room(&room);
	for (uint8_t count = 0; count <= CANDIDATES_MAX; count++) {
		make_card(&card, count);
		len = card_seal(&card, &room, &owner, sealed);
		CU_ASSERT(len > 0 && len <= CARD_MAX);
		memset(&got, 0, sizeof(got));
		CU_ASSERT_EQUAL(card_open(&got, &room, &owner,
				    bytes_guarded(sealed, len), len),
		    0);
		CU_ASSERT_EQUAL(memcmp(&got, &card, sizeof(card)), 0);
		/* A nonce never comes twice, so the bytes differ. */
		CU_ASSERT_EQUAL(card_seal(&card, &room, &owner, again), len);
		CU_ASSERT_NOT_EQUAL(memcmp(sealed, again, GCM_NONCE_LEN), 0);
	}
}

static void
test_card_refused(void)
{
	uint8_t sealed[CARD_MAX + 1] = { 0 }, buf[CARD_MAX + 16];
	struct peer_id other = owner;
	uint64_t seed = 6;
	struct card card;
	struct room room;
	size_t len, n;

	make_room(&room);
	make_card(&card, 3);
	len = card_seal(&card, &room, &owner, sealed);
#define OPEN(bytes, n) \
	card_open(&card, &room, &owner, bytes_guarded(bytes, n), n)
	for (n = 0; n <= sizeof(sealed); n++)
		CU_ASSERT_EQUAL(OPEN(sealed, n), n == len ? 0 : -1);
	for (size_t bit = 0; bit < len * 8; bit++) {
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CU_ASSERT_EQUAL(OPEN(sealed, len), -1);
		sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (int i = 0; i < MUTATIONS; i++) {
		memcpy(buf, sealed, len);
		n = bytes_mutate(&seed, buf, len, sizeof(buf));
		if (n != len || memcmp(buf, sealed, n) != 0)
			CU_ASSERT_EQUAL(OPEN(buf, n), -1);
	}
	other.bytes[0] ^= 1;
	CU_ASSERT_EQUAL(card_open(&card, &room, &other, sealed, len), -1);
	room.tag.bytes[0] ^= 1;
	CU_ASSERT_EQUAL(OPEN(sealed, len), -1);
	room.tag.bytes[0] ^= 1;
	CU_ASSERT_EQUAL(OPEN(sealed, len), 0);
	room.card_key[0] ^= 1;
	CU_ASSERT_EQUAL(OPEN(sealed, len), -1);
}

/* Seals bytes as a card of the owner's, as any peer of the room can. */
static int
open_plain(const uint8_t *plain, size_t len)
{
	struct {
		struct room_tag tag;
		struct peer_id id;
	} binding = { .id = owner };
	uint8_t sealed[512] = { 0 };
	struct card card;
	struct room room;

	make_room(&room);
	binding.tag = room.tag;
	crypto_seal(sealed + GCM_NONCE_LEN, room.card_key, sealed, &binding,
	    sizeof(binding), plain, len);
	len += GCM_NONCE_LEN + TAG_LEN;
	return card_open(&card, &room, &owner, bytes_guarded(sealed, len), len);
}

/* An authentic card with invalid contents is refused; PROTOCOL.md section 4. */
static void
test_card_plain(void)
{
	uint8_t plain[400], buf[400];
	uint64_t seed = 7;
	size_t len, n;

	len = bytes_hex(plain, sizeof(plain),
	    "01"
	    "55555555555555555555555555555555 05060708 01020304 02"
	    "06 20010db800000000000000000000002a 11c1 04 c0000201 11c1");
	for (n = 0; n < len; n++)
		CU_ASSERT_EQUAL(open_plain(plain, n), -1);
	CU_ASSERT_EQUAL(open_plain(plain, len), 0);
	CU_ASSERT_EQUAL(open_plain(plain, len + 1), -1);
	for (unsigned int value = 0; value < 256; value++) {
		plain[0] = (uint8_t)value;
		CU_ASSERT_EQUAL(open_plain(plain, len), value == 1 ? 0 : -1);
		plain[0] = 1;
		plain[25] = (uint8_t)value;
		CU_ASSERT_EQUAL(open_plain(plain, len), value == 2 ? 0 : -1);
		plain[25] = 2;
	}
	/* There are more addresses than there may be, all well formed. */
	for (uint8_t i = 0; i < 12; i++)
		bytes_hex(plain + 26 + 7 * i, 7, "04 c0000201 11c1");
	plain[25] = CANDIDATES_MAX;
	CU_ASSERT_EQUAL(open_plain(plain, 26 + 7 * CANDIDATES_MAX), 0);
	plain[25] = CANDIDATES_MAX + 1;
	CU_ASSERT_EQUAL(open_plain(plain, 26 + 7 * (CANDIDATES_MAX + 1)), -1);
	plain[25] = CANDIDATES_MAX;
	len = 26 + 7 * CANDIDATES_MAX;
	for (int i = 0; i < MUTATIONS; i++) {
		memcpy(buf, plain, len);
		n = bytes_mutate(&seed, buf, len, sizeof(buf));
		open_plain(buf, n);
	}
}

void
room_suite(void)
{
	CU_pSuite suite = CU_add_suite("room", crypto_setup, NULL);

	CU_add_test(suite, "derived keys", test_derive);
	CU_add_test(suite, "keys by invite", test_derive_invited);
	CU_add_test(suite, "pair crossed", test_pair);
	CU_add_test(suite, "pair bound", test_pair_bound);
	CU_add_test(suite, "card", test_card);
	CU_add_test(suite, "card refused", test_card_refused);
	CU_add_test(suite, "card malformed", test_card_plain);
}
