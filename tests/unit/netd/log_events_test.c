/*
 * What netd writes to the log: each event in full, and a flood of rejected
 * clients as a line a second.
 */
#include "netd/events.h"

#include "common/clock.h"
#include "common/log.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void log_events_suite(void);

#define ROOM_AND_PEER "room=a0a1a2a3 peer=b0b1b2b3b4b5b6b7b8b9babbbcbdbebf"

static const uint8_t room[ROOM_ALIAS_LEN] = { 0xa0, 0xa1, 0xa2, 0xa3 };
static struct peer_id peer;
static const struct addr here = {
	.ip = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
	.port = 4545,
};
static char last[LOG_TEXT_MAX];
static unsigned int lines;

static void
on_log(enum log_level level, bool event, const char *text)
{
	CU_ASSERT_TRUE(event);
	(void)level;
	snprintf(last, sizeof(last), "%s", text);
	lines++;
}

static int
set_up(void)
{
	for (size_t i = 0; i < sizeof(peer.bytes); i++)
		peer.bytes[i] = (uint8_t)(0xb0 + i);
	log_to_function(on_log);
	return 0;
}

static int
clean_up(void)
{
	log_to_function(NULL);
	return 0;
}

static void
test_members(void)
{
	event_listening(&here);
	CU_ASSERT_STRING_EQUAL(last, "listening address=192.0.2.1:4545");
	event_joined(room, &peer, &here, "");
	CU_ASSERT_STRING_EQUAL(last,
	    "joined " ROOM_AND_PEER " address=192.0.2.1:4545");
	event_rejoined(room, &peer, &here, "anna");
	CU_ASSERT_STRING_EQUAL(last,
	    "rejoined " ROOM_AND_PEER " address=192.0.2.1:4545 access=anna");
	event_moved(room, &peer, &here);
	CU_ASSERT_STRING_EQUAL(last,
	    "moved " ROOM_AND_PEER " address=192.0.2.1:4545");
	event_left(room, &peer, LEAVE_GRACEFUL);
	CU_ASSERT_STRING_EQUAL(last, "left " ROOM_AND_PEER " reason=leave");
	event_left(room, &peer, LEAVE_TIMEOUT);
	CU_ASSERT_STRING_EQUAL(last, "left " ROOM_AND_PEER " reason=timeout");
	event_revoked(3);
	CU_ASSERT_STRING_EQUAL(last, "revoked sessions=3");
}

static void
test_masqueraded(void)
{
	static const char start[] =
	    "masqueraded address=192.0.2.1:4545 sessions=8 msg=many ";

	event_masqueraded(&here, 8);
	CU_ASSERT_EQUAL(strncmp(last, start, sizeof(start) - 1), 0);
	CU_ASSERT(strlen(last) < LOG_TEXT_MAX - 1);
}

static void
test_path(void)
{
	struct ipc_path path = { .state = PATH_UP, .kind = PATH_DIRECT };

	path.addr = here;
	event_path(&peer, &path);
	CU_ASSERT_STRING_EQUAL(last,
	    "path peer=b0b1b2b3b4b5b6b7b8b9babbbcbdbebf state=up kind=direct "
	    "address=192.0.2.1:4545");
	path.state = PATH_PROBING;
	path.kind = PATH_NONE;
	event_path(&peer, &path);
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(last, " state=probing kind=none address=-"));
}

/* The first is logged at once, and the others once a second, including the last
 * ones. */
static void
test_rejected(void)
{
	struct event_rejects r = { 0 };
	uint64_t now = 5 * USEC_PER_SEC;

	CU_ASSERT_EQUAL(event_rejects_deadline(&r), CLOCK_NEVER);
	event_rejects_timer(&r, now);
	lines = 0;
	event_rejected(&r, now, &here, REJECT_ROOM_FULL);
	CU_ASSERT_EQUAL(lines, 1);
	CU_ASSERT_STRING_EQUAL(last,
	    "rejected reason=room_full address=192.0.2.1:4545 count=1");
	CU_ASSERT_EQUAL(event_rejects_deadline(&r), CLOCK_NEVER);
	for (int i = 0; i < 999; i++)
		event_rejected(&r, now += 1000, &here, REJECT_ADDRESS_FULL);
	CU_ASSERT_EQUAL(lines, 1);
	CU_ASSERT_EQUAL(event_rejects_deadline(&r), 6 * USEC_PER_SEC);
	event_rejected(&r, now += 1000, &here, REJECT_BOOTNODE_FULL);
	CU_ASSERT_EQUAL(lines, 2);
	CU_ASSERT_STRING_EQUAL(last,
	    "rejected reason=bootnode_full address=192.0.2.1:4545 count=1000");
	event_rejected(&r, now, &here, REJECT_ROOM_FULL);
	CU_ASSERT_EQUAL(lines, 2);
	CU_ASSERT_EQUAL(event_rejects_deadline(&r), now + USEC_PER_SEC);
	event_rejects_timer(&r, now + USEC_PER_SEC - 1);
	CU_ASSERT_EQUAL(lines, 2);
	event_rejects_timer(&r, now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(lines, 3);
	CU_ASSERT_STRING_EQUAL(last,
	    "rejected reason=room_full address=192.0.2.1:4545 count=1");
	CU_ASSERT_EQUAL(event_rejects_deadline(&r), CLOCK_NEVER);
}

void
log_events_suite(void)
{
	CU_pSuite suite = CU_add_suite("log_events", set_up, clean_up);

	CU_add_test(suite, "who joins, moves and leaves", test_members);
	CU_add_test(suite, "masqueraded", test_masqueraded);
	CU_add_test(suite, "the way to a peer", test_path);
	CU_add_test(suite, "a flood of rejected clients", test_rejected);
}
