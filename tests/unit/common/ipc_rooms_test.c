/*
 * The rules of messages about rooms beyond their length: numbers, texts and
 * what belongs together.
 */
#include "tests/unit/ipc_build.h"

#include <CUnit/CUnit.h>

#include <string.h>

void ipc_rooms_suite(void);

/* A valid message with a tail of so many bytes and one change is accepted (0)
 * or refused (-1). */
#define CHECK(type, tail_len, result, change)                 \
	do {                                                  \
		ipc_build(&m, type, tail_len);                \
		change;                                       \
		CU_ASSERT_EQUAL(ipc_parse_built(&m), result); \
	} while (0)

/* The tail of a message with that body. */
#define TAIL(body) ((char *)&(body) + sizeof(body))

/* The user may type a bootnode that is none: the launcher says so. */
static void
test_open(void)
{
	static struct ipc_built m;
	struct ipc_room_open *b = &m.body.room_open;
	const size_t longest = ROOM_TEXTS_MAX;

	CHECK(IPC_ROOM_OPEN, longest, 0, b->pinned = 1);
	CHECK(IPC_ROOM_OPEN, longest, -1, b->pinned = 2);
	CHECK(IPC_ROOM_OPEN, 1, 0, b->remember = 1);
	CHECK(IPC_ROOM_OPEN, 1, -1, b->remember = 2);
	CHECK(IPC_ROOM_OPEN, 1, -1, b->pinned = 1); /* which bootnode's key? */
	CHECK(IPC_ROOM_OPEN, 1, 0, b->secret = SECRET_INVITE);
	CHECK(IPC_ROOM_OPEN, 1, -1, b->secret = SECRET_KIND_COUNT);
	CHECK(IPC_ROOM_OPEN, 1, -1, (b->room_len = 0, b->bootnode_len = 1));
	CHECK(IPC_ROOM_OPEN, 1, -1, b->bootnode_len = 1); /* it is too short */
	CHECK(IPC_ROOM_OPEN, 1, -1, b->room_len = 2);
	CHECK(IPC_ROOM_OPEN, 2, -1, b->room_len = 1);
	CHECK(IPC_ROOM_OPEN, ROOM_MAX + 1, -1,
	    (b->room_len = ROOM_MAX + 1, b->bootnode_len = 0));
	CHECK(IPC_ROOM_OPEN, INVITE_BOOTNODE_MAX + 2, -1,
	    (b->room_len = 1, b->bootnode_len = INVITE_BOOTNODE_MAX + 1));
	CHECK(IPC_ROOM_OPEN, longest, 0, memcpy(TAIL(*b), "\xc3\xa9", 2));
	CHECK(IPC_ROOM_OPEN, longest, -1, TAIL(*b)[0] = '\0');
	CHECK(IPC_ROOM_OPEN, longest, -1, TAIL(*b)[longest - 1] = '\0');
	CHECK(IPC_ROOM_OPEN, 1, 0, strcpy(b->identity, "work-2"));
	CHECK(IPC_ROOM_OPEN, 1, -1, strcpy(b->identity, "../work"));
	CHECK(IPC_ROOM_OPEN, 1, -1,
	    memset(b->identity, 'a', sizeof(b->identity)));
	/* A character is in one of the two. */
	CHECK(IPC_ROOM_OPEN, longest, -1,
	    memcpy(TAIL(*b) + INVITE_BOOTNODE_MAX - 1, "\xc3\xa9", 2));
}

static void
test_numbers(void)
{
	static const enum ipc_type types[] = { IPC_ROOM_CLOSE, IPC_ROOM_KEEP,
		IPC_ROOM_FORGET };
	static struct ipc_built m;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		CHECK(types[i], 0, 0, m.body.room_number.room = ROOMS_MAX - 1);
		CHECK(types[i], 0, -1, m.body.room_number.room = ROOMS_MAX);
	}
	CHECK(IPC_ROOM_KEPT, 0, 0, m.body.room_kept.error = INT32_MAX);
	CHECK(IPC_ROOM_KEPT, 0, -1, m.body.room_kept.error = -1);
	CHECK(IPC_CONFIG_UI, 0, 0, m.body.config_ui.first_room = ROOMS_MAX - 1);
	CHECK(IPC_CONFIG_UI, 0, -1, m.body.config_ui.first_room = ROOMS_MAX);
}

/* The same of ui's message and of the launcher's, which has those bytes. */
static void
test_places(void)
{
	static const enum ipc_type types[] = { IPC_PLACES, IPC_PLACES_BEFORE };
	static struct ipc_built m;
	struct ipc_place *last = &m.body.places.at[PLACES_MAX - 1];

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		CHECK(types[i], 0, 0, last->kind = PLACE_PERSON);
		CHECK(types[i], 0, -1, last->kind = PLACE_KIND_COUNT);
		CHECK(types[i], 0, 0, last->room = ROOMS_MAX - 1);
		CHECK(types[i], 0, -1, last->room = ROOMS_MAX);
		CHECK(types[i], 0, 0, m.body.places.current = PLACES_MAX - 1);
		CHECK(types[i], 0, -1, m.body.places.current = PLACES_MAX);
		CHECK(types[i], 0, 0, m.body.places.adrift = 1);
		CHECK(types[i], 0, -1, m.body.places.adrift = 2);
		CHECK(types[i], 0, 0, m.body.places.first_closed = 1);
		CHECK(types[i], 0, -1, m.body.places.first_closed = 2);
	}
}

/* What ui shows of a bootnode is printed as it is. */
static void
test_room(void)
{
	static struct ipc_built m;
	struct ipc_room *b = &m.body.room;

	CHECK(IPC_ROOM, ROOM_TEXTS_MAX, 0, b->room = ROOMS_MAX - 1);
	CHECK(IPC_ROOM, 0, -1, b->room = ROOMS_MAX);
	CHECK(IPC_ROOM, 0, 0, b->state = ROOM_CLOSED);
	CHECK(IPC_ROOM, 0, -1, b->state = ROOM_STATE_COUNT);
	for (unsigned int reason = 0; reason < 256; reason++)
		CHECK(IPC_ROOM, 0,
		    reason != ROOM_REFUSAL_NONE && reason < ROOM_REFUSAL_COUNT
			? 0
			: -1,
		    (b->state = ROOM_REFUSED, b->reason = (uint8_t)reason));
	CHECK(IPC_ROOM, 0, -1, b->reason = ROOM_IS_OPEN);
	CHECK(IPC_ROOM, 0, 0, b->secret = SECRET_PASSPHRASE);
	CHECK(IPC_ROOM, 0, -1, b->secret = SECRET_KIND_COUNT);
	CHECK(IPC_ROOM, 0, 0, b->remembered = 1);
	CHECK(IPC_ROOM, 0, -1, b->remembered = 2);
	CHECK(IPC_ROOM, 0, 0, b->to_remember = 1);
	CHECK(IPC_ROOM, 0, -1, b->to_remember = 2);
	CHECK(IPC_ROOM, 0, 0, b->namesake = 1);
	CHECK(IPC_ROOM, 0, -1, b->namesake = 2);
	CHECK(IPC_ROOM, 0, 0, memset(b->identity, 'a', IDENTITY_NAME_MAX));
	CHECK(IPC_ROOM, 0, -1, memset(b->identity, 'a', IDENTITY_NAME_MAX + 1));
	CHECK(IPC_ROOM, 0, -1, b->identity[0] = '/');
	CHECK(IPC_ROOM, 1, -1, b->room_len = 0);
	CHECK(IPC_ROOM, 2, 0, memcpy(TAIL(*b), "\xc3\xa9", 2));
	CHECK(IPC_ROOM, 2, -1,
	    (b->room_len = 0, b->bootnode_len = 2,
		memcpy(TAIL(*b), "\xc3\xa9", 2)));
	CHECK(IPC_ROOM, 2, -1, memcpy(TAIL(*b), "\x1b\xff", 2));
}

/* A room file names both; whoever wrote the file is not believed. */
static void
test_room_is(void)
{
	static struct ipc_built m;
	struct ipc_room_is *b = &m.body.room_is;

	CHECK(IPC_ROOM_IS, ROOM_TEXTS_MAX, 0,
	    memset(b->identity, 'a', IDENTITY_NAME_MAX));
	CHECK(IPC_ROOM_IS, 2, -1,
	    memset(b->identity, 'a', IDENTITY_NAME_MAX + 1));
	CHECK(IPC_ROOM_IS, 2, -1, b->identity[0] = '/');
	CHECK(IPC_ROOM_IS, 2, 0, b->secret = SECRET_INVITE);
	CHECK(IPC_ROOM_IS, 2, -1, b->secret = SECRET_KIND_COUNT);
	CHECK(IPC_ROOM_IS, 2, -1, (b->room_len = 2, b->bootnode_len = 0));
	CHECK(IPC_ROOM_IS, 2, -1, (b->room_len = 0, b->bootnode_len = 2));
	CHECK(IPC_ROOM_IS, 2, -1, TAIL(*b)[0] = '\x1b');
	CHECK(IPC_ROOM_IS, 2, -1, TAIL(*b)[1] = '\xff');
}

/* A room without a secret has none to be told. */
static void
test_secret(void)
{
	static struct ipc_built m;
	struct ipc_secret *b = &m.body.secret;

	CHECK(IPC_SECRET, PASSPHRASE_MAX, 0, (void)0);
	CHECK(IPC_SECRET, 1, -1, TAIL(*b)[0] = '\xff');
	CHECK(IPC_SECRET, 1, -1, TAIL(*b)[0] = '\0');
	CHECK(IPC_SECRET, 3, 0, memcpy(TAIL(*b), " \xc3\xa9", 3));
	/* It would be more than one line of a room file. */
	CHECK(IPC_SECRET, 3, -1, TAIL(*b)[1] = '\n');
	CHECK(IPC_SECRET, 3, -1, TAIL(*b)[2] = '\x1f');
	CHECK(IPC_SECRET, 3, -1, TAIL(*b)[0] = '\x7f');
	CHECK(IPC_SECRET, 1, -1, b->kind = SECRET_NONE);
	CHECK(IPC_SECRET, 1, -1, b->kind = SECRET_KIND_COUNT);
	CHECK(IPC_SECRET, INVITE_SECRET_LEN, 0,
	    (b->kind = SECRET_INVITE, memset(TAIL(*b), 0xff, 2)));
	CHECK(IPC_SECRET, INVITE_SECRET_LEN - 1, -1, b->kind = SECRET_INVITE);
	CHECK(IPC_SECRET, INVITE_SECRET_LEN + 1, -1, b->kind = SECRET_INVITE);
}

void
ipc_rooms_suite(void)
{
	CU_pSuite s = CU_add_suite("ipc_rooms", NULL, NULL);

	CU_add_test(s, "a room is to be opened", test_open);
	CU_add_test(s, "numbers", test_numbers);
	CU_add_test(s, "what is on the screen", test_places);
	CU_add_test(s, "what ui is told", test_room);
	CU_add_test(s, "what a room file says", test_room_is);
	CU_add_test(s, "a secret", test_secret);
}
