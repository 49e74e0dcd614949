/*
 * How rosters and changes are packed: which members and versions are in a
 * packet of so many bytes, and where the next one goes on.
 */
#include "tests/unit/netd/bootnode/registry_stage.h"

#include "netd/bootnode/roster.h"

#include <CUnit/CUnit.h>

#include <stdio.h>

void bootnode_roster_suite(void);

/* With a card of four bytes, at an IPv4 address. */
#define JOINED_LEN    (1 + PEER_ID_LEN + 7 + 1 + 4)
#define MOVED_LEN     (1 + PEER_ID_LEN + 7)
#define LEFT_LEN      (1 + PEER_ID_LEN + 1)
#define OVERTAKEN_LEN 3

#define PAGE_TEXT_MAX 256

/* --- Pages as text -------------------------------------------------------- */

static void
format_entry(const struct bootmsg_entry *e, char text[32])
{
	uint32_t peer;

	memcpy(&peer, e->id.bytes, sizeof(peer));
	switch (e->what) {
	case MEMBER_JOINED:
		CU_ASSERT(e->card_len == 4 && memcmp(e->card, "card", 4) == 0);
		snprintf(text, 32, " joined %u at %u", peer, e->observed.port);
		break;
	case MEMBER_MOVED:
		snprintf(text, 32, " moved %u to %u", peer, e->observed.port);
		break;
	case MEMBER_LEFT:
		snprintf(text, 32, " left %u%s", peer,
		    e->reason == LEAVE_GRACEFUL ? "" : " silent");
		break;
	case MEMBER_OVERTAKEN:
		snprintf(text, 32, " overtaken %u", e->count);
		break;
	}
}

/* "3+2 last: joined 3 at 7": a version, the peer that it goes on after, and
 * what is in the page. */
static void
check_page(const uint8_t *page, size_t len, const char *want)
{
	char text[PAGE_TEXT_MAX], entry[32];
	struct bootmsg_entry e;
	struct bootmsg_head h;
	uint32_t after;
	struct getter g;
	int at;

	get_init(&g, page, len);
	CU_ASSERT_EQUAL_FATAL(bootmsg_get_head(&g, &h), 0);
	memcpy(&after, h.after.bytes, sizeof(after));
	at = snprintf(text, sizeof(text), "%u+%u%s:", h.version, after,
	    (h.flags & BOOTMSG_LAST) != 0 ? " last" : "");
	while (g.left > 0) {
		CU_ASSERT_EQUAL_FATAL(bootmsg_get_entry(&g, h.kind, &e), 0);
		format_entry(&e, entry);
		at +=
		    snprintf(text + at, sizeof(text) - (size_t)at, "%s", entry);
		CU_ASSERT_FATAL((size_t)at < sizeof(text));
	}
	CU_ASSERT_STRING_EQUAL(text, want);
}

static struct peer_id
peer(uint32_t number)
{
	struct peer_id id = { .bytes = { 0 } };

	memcpy(id.bytes, &number, sizeof(number));
	return id;
}

/* --- Rosters -------------------------------------------------------------- */

/* The roster of the version until, after a peer, in max bytes at most. */
static void
check_roster(struct room *room, size_t max, uint32_t until, uint32_t after,
    const char *want)
{
	uint8_t page[WIRE_SEALED_MAX];
	struct peer_id at = peer(after);
	bool last = false;
	size_t len = roster_put(page, max, room, until, until, &at, &last);

	CU_ASSERT(len <= max);
	CU_ASSERT_EQUAL(last, len > 0 && (page[1] & BOOTMSG_LAST) != 0);
	if (len > 0)
		check_page(page, len, want);
	else
		CU_ASSERT_STRING_EQUAL("", want);
}

static void
test_roster(void)
{
	const size_t two = BOOTMSG_ROSTER_HEAD + 2 * JOINED_LEN;
	uint8_t page[WIRE_SEALED_MAX];
	struct peer_id after = peer(0);
	struct registry r;
	struct room *room;
	bool last;

	registry_init(&r, 256, 64, TIMEOUT);
	for (uint32_t i = 1; i <= 3; i++)
		room = stage_join(&r, START, i, 'x')->room;
	check_roster(room, WIRE_SEALED_MAX, 3, 0,
	    "3+0 last: joined 1 at 4545 joined 2 at 4545 joined 3 at 4545");
	/* As many as fit; what was the last one of them is told. */
	check_roster(room, two, 3, 0, "3+0: joined 1 at 4545 joined 2 at 4545");
	check_roster(room, two - 1, 3, 0, "3+0: joined 1 at 4545");
	check_roster(room, BOOTMSG_ROSTER_HEAD + JOINED_LEN - 1, 3, 0, "");
	CU_ASSERT_EQUAL(roster_put(page, two, room, 3, 3, &after, &last), two);
	CU_ASSERT_FALSE(last);
	CU_ASSERT_EQUAL(memcmp(&after, &(struct peer_id){ { 2 } },
			    sizeof(after)),
	    0);
	/* It goes on after one, who may be gone. */
	check_roster(room, two, 3, 2, "3+2 last: joined 3 at 4545");
	registry_remove(&r, START, registry_member(room, &after),
	    LEAVE_GRACEFUL);
	check_roster(room, two, 4, 2, "4+2 last: joined 3 at 4545");
	check_roster(room, two, 4, 3, "4+3 last:");
	stage_end(&r);
}

/* Who joined, or joined again, after the version that it is of is told by the
 * events that follow. */
static void
test_until(void)
{
	const struct remote from = stage_ipv4(1, 5);
	struct registry r;
	struct session *s;
	struct room *room;
	uint32_t replaced;

	registry_init(&r, 256, 64, TIMEOUT);
	for (uint32_t i = 1; i <= 3; i++)
		room = stage_join(&r, START, i, 'x')->room;
	check_roster(room, WIRE_SEALED_MAX, 2, 0,
	    "2+0 last: joined 1 at 4545 joined 2 at 4545");
	s = stage_begin(&r, START, &from);
	CU_ASSERT_EQUAL(stage_admit(&r, START, s, 1, 'x', 2, &replaced),
	    VERDICT_OK);
	check_roster(room, WIRE_SEALED_MAX, 3, 0,
	    "3+0 last: joined 2 at 4545 joined 3 at 4545");
	check_roster(room, WIRE_SEALED_MAX, 4, 0,
	    "4+0 last: joined 1 at 5 joined 2 at 4545 joined 3 at 4545");
	/* Nobody is told where one is who hides. */
	s->hidden = true;
	check_roster(room, WIRE_SEALED_MAX, 4, 0,
	    "4+0 last: joined 1 at 0 joined 2 at 4545 joined 3 at 4545");
	stage_end(&r);
}

/* --- Changes -------------------------------------------------------------- */

/* The changes from one version to another in max bytes at most, of which next
 * is the first that does not fit. */
static void
check_events(struct room *room, size_t max, uint32_t from, uint32_t until,
    const char *want, uint32_t next)
{
	uint8_t page[WIRE_SEALED_MAX];
	uint32_t version = from;
	size_t len = roster_put_events(page, max, room, until, &version);

	CU_ASSERT(len <= max);
	CU_ASSERT_EQUAL(version, next);
	if (len > 0)
		check_page(page, len, want);
	else
		CU_ASSERT_STRING_EQUAL("", want);
}

/* A room in which 1 moved and moved again, 2 came and left, 3 was silent, and 4
 * came: the versions are - - - m, - l, - l, j. */
static struct room *
eventful(struct registry *r)
{
	const struct remote one = stage_ipv4(50, 6), two = stage_ipv4(50, 7);
	struct session *s, *first;

	registry_init(r, 256, 64, TIMEOUT);
	first = stage_join(r, START, 1, 'x');
	registry_announced(r, START, first->room, 1);
	CU_ASSERT_EQUAL(registry_move(r, START, first, &one), 0);
	CU_ASSERT_EQUAL(registry_move(r, START, first, &two), 0);
	s = stage_join(r, START, 2, 'x');
	registry_remove(r, START, s, LEAVE_GRACEFUL);
	s = stage_join(r, START, 3, 'x');
	registry_remove(r, START, s, LEAVE_TIMEOUT);
	return stage_join(r, START, 4, 'x')->room;
}

static void
test_events(void)
{
	const size_t head = BOOTMSG_HEAD_LEN;
	struct registry r;
	struct room *room = eventful(&r);

	CU_ASSERT_EQUAL(room->version, 8);
	check_events(room, WIRE_SEALED_MAX, 1, 8,
	    "1+0: joined 1 at 7 overtaken 1 moved 1 to 7 overtaken 1 left 2 "
	    "overtaken 1 left 3 silent joined 4 at 4545",
	    9);
	/* From any version, up to any. */
	check_events(room, WIRE_SEALED_MAX, 3, 6,
	    "3+0: moved 1 to 7 overtaken 1 left 2 overtaken 1", 7);
	check_events(room, WIRE_SEALED_MAX, 8, 8, "8+0: joined 4 at 4545", 9);
	check_events(room, WIRE_SEALED_MAX, 9, 8, "", 9);
	/* As many as fit. */
	check_events(room, head + MOVED_LEN + OVERTAKEN_LEN + LEFT_LEN, 3, 8,
	    "3+0: moved 1 to 7 overtaken 1 left 2", 6);
	check_events(room, head + MOVED_LEN + OVERTAKEN_LEN + LEFT_LEN - 1, 3,
	    8, "3+0: moved 1 to 7 overtaken 1", 5);
	check_events(room, head + JOINED_LEN - 1, 8, 8, "", 8);
	check_events(room, head + JOINED_LEN, 8, 8, "8+0: joined 4 at 4545", 9);
	stage_end(&r);
}

/* That one left is told although it is here again, if it was told before. */
static void
test_back(void)
{
	struct registry r;
	struct session *s;
	struct room *room;

	registry_init(&r, 256, 64, TIMEOUT);
	room = stage_join(&r, START, 1, 'x')->room;
	s = stage_join(&r, START, 2, 'x');
	registry_remove(&r, START, s, LEAVE_TIMEOUT);
	registry_announced(&r, START, room, room->version);
	stage_join(&r, START, 2, 'x');
	check_events(room, WIRE_SEALED_MAX, 2, 4,
	    "2+0: overtaken 1 left 2 silent joined 2 at 4545", 5);
	stage_end(&r);
}

/* Changes that were overtaken are one entry, as many as they are, and not one
 * more than was asked for. */
static void
test_overtaken(void)
{
	struct registry r;
	struct session *s;
	struct room *room;

	registry_init(&r, 256, 64, TIMEOUT);
	s = stage_join(&r, START, 1, 'x');
	room = s->room;
	for (uint16_t i = 1; i <= 9; i++) {
		const struct remote to = stage_ipv4(50, i);

		CU_ASSERT_EQUAL(registry_move(&r, START, s, &to), 0);
	}
	check_events(room, WIRE_SEALED_MAX, 1, 10,
	    "1+0: joined 1 at 9 overtaken 8 moved 1 to 9", 11);
	check_events(room, WIRE_SEALED_MAX, 4, 10,
	    "4+0: overtaken 6 moved 1 to 9", 11);
	check_events(room, WIRE_SEALED_MAX, 4, 7, "4+0: overtaken 4", 8);
	check_events(room, BOOTMSG_HEAD_LEN + OVERTAKEN_LEN, 4, 10,
	    "4+0: overtaken 6", 10);
	check_events(room, BOOTMSG_HEAD_LEN + OVERTAKEN_LEN - 1, 4, 10, "", 4);
	stage_end(&r);
}

void
bootnode_roster_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_roster", NULL, NULL);

	CU_add_test(suite, "members", test_roster);
	CU_add_test(suite, "members up to a version", test_until);
	CU_add_test(suite, "changes", test_events);
	CU_add_test(suite, "one who is back", test_back);
	CU_add_test(suite, "changes that were overtaken", test_overtaken);
}
