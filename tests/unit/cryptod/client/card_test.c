/*
 * Peer cards (card.c): one comes back as it was sealed, and whatever else is
 * sealed with the room's key is no card. Who is in the room can seal anything.
 */
#include "cryptod/client/card.h"

#include "common/codec.h"
#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <string.h>

void card_suite(void);

static const struct peer_id owner = { { 0xaa } };

static struct room
make_room(void)
{
	struct room room;

	memset(&room, 7, sizeof(room));
	return room;
}

/* With addresses of both families, up to as many as there may be. */
static void
test_comes_back(void)
{
	struct card card = { .nonce = { 1, 2 },
		.incarnation = 3,
		.serial = 0x01020304 };
	const struct room room = make_room();
	uint8_t sealed[CARD_MAX];
	struct card opened;
	size_t len;

	for (card.count = 0; card.count <= CANDIDATES_MAX; card.count++) {
		memset(&opened, 0xff, sizeof(opened));
		len = card_seal(&card, &room, &owner, sealed);
		CU_ASSERT(len <= CARD_MAX);
		CU_ASSERT_EQUAL(card_open(&opened, &room, &owner,
				    bytes_guarded(sealed, len), len),
		    0);
		CU_ASSERT_EQUAL(opened.incarnation, 3);
		CU_ASSERT_EQUAL(opened.serial, 0x01020304);
		CU_ASSERT_EQUAL(opened.count, card.count);
		CU_ASSERT_EQUAL(memcmp(opened.nonce, card.nonce,
				    sizeof(card.nonce)),
		    0);
		/* Those that are not there are zero. */
		CU_ASSERT_EQUAL(memcmp(opened.hosts, card.hosts,
				    sizeof(card.hosts)),
		    0);
		if (card.count == CANDIDATES_MAX)
			break;
		card.hosts[card.count].ip[0] = card.count % 2 == 0 ? 0x20 : 0;
		if (card.count % 2 == 1)
			memset(card.hosts[card.count].ip + 10, 0xff, 2);
		card.hosts[card.count].ip[15] = (uint8_t)(card.count + 1);
		card.hosts[card.count].port = (uint16_t)(1000 + card.count);
	}
}

/* It is that of one peer in one room, and each seal is another. */
static void
test_bound(void)
{
	const struct card card = { .incarnation = 1, .serial = 1 };
	struct room room = make_room();
	struct peer_id other = owner;
	uint8_t sealed[CARD_MAX], again[CARD_MAX];
	struct card opened;
	size_t len = card_seal(&card, &room, &owner, sealed);

	card_seal(&card, &room, &owner, again);
	CU_ASSERT_NOT_EQUAL(memcmp(sealed, again, len), 0);
	other.bytes[15]++;
	CU_ASSERT_EQUAL(card_open(&opened, &room, &other, sealed, len), -1);
	room.tag.bytes[0]++;
	CU_ASSERT_EQUAL(card_open(&opened, &room, &owner, sealed, len), -1);
	room = make_room();
	room.card_key[0]++;
	CU_ASSERT_EQUAL(card_open(&opened, &room, &owner, sealed, len), -1);
	room = make_room();
	for (size_t cut = 0; cut < len; cut++)
		CU_ASSERT_EQUAL(card_open(&opened, &room, &owner,
				    bytes_guarded(sealed, cut), cut),
		    -1);
	CU_ASSERT_EQUAL(card_open(&opened, &room, &owner, sealed, len), 0);
}

/* Seals these fields, and so much more, as a card. Returns card_open(). */
static int
open_fields(unsigned int version, uint32_t incarnation, unsigned int count,
    unsigned int hosts, size_t more)
{
	static const struct addr host = { .ip = { 0x20 }, .port = 1 };
	struct {
		struct room_tag tag;
		struct peer_id id;
	} binding;
	const struct room room = make_room();
	uint8_t plain[2 * CARD_MAX] = { 0 }, sealed[3 * CARD_MAX] = { 9 };
	struct card card;
	struct putter p;
	size_t len;

	binding.tag = room.tag;
	binding.id = owner;
	put_init(&p, plain, sizeof(plain));
	put_u8(&p, version);
	put_bytes(&p, (uint8_t[16]){ 1 }, 16);
	put_u32(&p, incarnation);
	put_u32(&p, 1);
	put_u8(&p, count);
	while (hosts-- > 0)
		wire_put_addr(&p, &host);
	len = put_length(&p) + more;
	crypto_seal(sealed + GCM_NONCE_LEN, room.card_key, sealed, &binding,
	    sizeof(binding), plain, len);
	return card_open(&card, &room, &owner, sealed,
	    GCM_NONCE_LEN + len + TAG_LEN);
}

static void
test_malformed(void)
{
	CU_ASSERT_EQUAL(open_fields(1, 1, 0, 0, 0), 0);
	CU_ASSERT_EQUAL(open_fields(1, 1, 2, 2, 0), 0);
	CU_ASSERT_EQUAL(open_fields(1, 1, CANDIDATES_MAX, CANDIDATES_MAX, 0),
	    0);
	CU_ASSERT_EQUAL(open_fields(0, 1, 0, 0, 0), -1); /* another version */
	CU_ASSERT_EQUAL(open_fields(2, 1, 0, 0, 0), -1);
	CU_ASSERT_EQUAL(open_fields(1, 0, 0, 0, 0), -1); /* of no netd */
	CU_ASSERT_EQUAL(open_fields(1, 1, 0, 0, 1), -1); /* more */
	CU_ASSERT_EQUAL(open_fields(1, 1, 0, 1, 0), -1);
	CU_ASSERT_EQUAL(open_fields(1, 1, 2, 1, 0), -1); /* less */
	CU_ASSERT_EQUAL(open_fields(1, 1, CANDIDATES_MAX + 1,
			    CANDIDATES_MAX + 1, 0),
	    -1);
	CU_ASSERT_EQUAL(open_fields(1, 1, 255, 255, 0), -1);
	CU_ASSERT_EQUAL(open_fields(1, 1, 0, 0, 2 * CARD_MAX - 26), -1);
}

void
card_suite(void)
{
	CU_pSuite s = CU_add_suite("card", crypto_setup, NULL);

	CU_add_test(s, "comes back as it was", test_comes_back);
	CU_add_test(s, "of one peer in one room", test_bound);
	CU_add_test(s, "malformed", test_malformed);
}
