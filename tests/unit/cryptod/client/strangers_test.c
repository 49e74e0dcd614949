/*
 * Members whose card does not open (cryptod/client/strangers.c): each is
 * reported, but only a few in a minute, and /status counts all.
 */
#include "cryptod/client/members.h"
#include "cryptod/client/status.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void strangers_suite(void);

static const uint8_t garbage[CARD_MAX] = { 7 };

static struct peer_id
number(uint32_t n)
{
	struct peer_id id = { .bytes = { 0x51 } };

	memcpy(id.bytes + 1, &n, sizeof(n));
	return id;
}

static void
list(struct stage *s, uint32_t n)
{
	struct peer_id id = number(n);

	stage_list(s, &id, garbage, 61);
}

/* Returns whether the next message to ui is about this member, and so many
 * others. */
static bool
is_told(struct stage *s, uint32_t n, uint32_t others)
{
	struct peer_id id = number(n);
	const struct ipc_stranger *body;
	struct ipc_message_in in;

	body = stage_ui(s, IPC_STRANGER, &in);
	return body != NULL && memcmp(&body->id, &id, sizeof(id)) == 0 &&
	    body->others == others;
}

static bool
is_quiet(struct stage *s)
{
	struct ipc_message_in in;

	return stage_ui(s, IPC_STRANGER, &in) == NULL;
}

static void
test_told_once(void)
{
	struct bootmsg_entry left = { .what = MEMBER_LEFT };
	struct stage s;

	stage_open(&s, true);
	list(&s, 1);
	CU_ASSERT_TRUE(is_told(&s, 1, 0));
	list(&s, 1);
	list(&s, 1);
	CU_ASSERT_TRUE(is_quiet(&s));
	CU_ASSERT_EQUAL(s.c->strangers.count, 1);
	/* netd does not learn of the stranger. */
	CU_ASSERT_EQUAL(stage_exchange(&s, s.them), 0);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_ADD], 0);
	left.id = number(1);
	members_left(s.c, &left.id, LEAVE_TIMEOUT);
	CU_ASSERT_EQUAL(s.c->strangers.count, 0);
	list(&s, 1);
	CU_ASSERT_TRUE(is_told(&s, 1, 0));
	stage_close(&s);
}

/* A card opens later; another one was never anybody's. */
static void
test_opens_later(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_list(&s, &s.them->us.id, garbage, 61);
	CU_ASSERT_EQUAL(s.c->strangers.count, 1);
	stage_listed(&s);
	CU_ASSERT_EQUAL(s.c->strangers.count, 0);
	CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTING);
	stage_close(&s);
}

static void
test_few_in_a_minute(void)
{
	struct stage s;

	stage_open(&s, true);
	s.c->now = 100 * USEC_PER_SEC;
	for (uint32_t n = 0; n < 30; n++)
		list(&s, n);
	for (uint32_t n = 0; n < STRANGERS_TOLD; n++)
		CU_ASSERT_TRUE(is_told(&s, n, 0));
	CU_ASSERT_TRUE(is_quiet(&s));
	s.c->now += STRANGERS_TIME - 1;
	list(&s, 30);
	CU_ASSERT_TRUE(is_quiet(&s));
	s.c->now++;
	list(&s, 31);
	CU_ASSERT_TRUE(is_told(&s, 31, 31 - STRANGERS_TOLD));
	list(&s, 32);
	CU_ASSERT_TRUE(is_told(&s, 32, 0));
	CU_ASSERT_EQUAL(s.c->strangers.count, 33);
	stage_close(&s);
}

/* One alone begins a minute, too: after it there are as many again. */
static void
test_next_minute(void)
{
	struct stage s;

	stage_open(&s, true);
	list(&s, 0);
	CU_ASSERT_TRUE(is_told(&s, 0, 0));
	s.c->now += STRANGERS_TIME;
	for (uint32_t n = 1; n <= STRANGERS_TOLD; n++) {
		list(&s, n);
		CU_ASSERT_TRUE(is_told(&s, n, 0));
	}
	list(&s, STRANGERS_TOLD + 1);
	CU_ASSERT_TRUE(is_quiet(&s));
	stage_close(&s);
}

/* Only so many of the members that a hostile bootnode lists are counted; and a
 * roster without them resets the count. */
static void
test_bounded(void)
{
	const struct ipc_status *status;
	struct ipc_message_in in;
	struct stage s;

	stage_open(&s, true);
	for (uint32_t n = 0; n < 10000; n++)
		list(&s, n);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_STRANGER], STRANGERS_TOLD);
	status_ask(s.c, MESSAGE(s.c->now, NULL));
	status_net(s.c,
	    MESSAGE(s.c->now, &(struct ipc_net_status){ .heard = 0 }));
	status = stage_ui(&s, IPC_STATUS, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(status);
	CU_ASSERT_EQUAL(status->strangers, STRANGERS_MAX);
	members_roster_end(s.c, 2);
	CU_ASSERT_EQUAL(s.c->strangers.count, 0);
	stage_close(&s);
}

/* Two members come by events while a roster is read, in versions of their own.
 * They stay, and are not reported again. A member from before that is not in
 * the roster has left. */
static void
test_versions(void)
{
	struct peer_id id[4];
	struct stage s;

	stage_open(&s, true);
	for (uint32_t n = 0; n < 4; n++) {
		id[n] = number(n);
		strangers_add(&s.c->strangers, &s.c->ui, s.c->now, &id[n],
		    4 + n);
		CU_ASSERT_TRUE(is_told(&s, n, 0));
	}
	members_roster_end(s.c, 5);
	CU_ASSERT_EQUAL(s.c->strangers.count, 3);
	for (uint32_t n = 1; n < 4; n++)
		strangers_add(&s.c->strangers, &s.c->ui, s.c->now, &id[n], 8);
	CU_ASSERT_TRUE(is_quiet(&s));
	members_roster_end(s.c, 8);
	CU_ASSERT_EQUAL(s.c->strangers.count, 3);
	members_roster_end(s.c, 9);
	CU_ASSERT_EQUAL(s.c->strangers.count, 0);
	stage_close(&s);
}

void
strangers_suite(void)
{
	CU_pSuite suite = CU_add_suite("strangers", crypto_setup, NULL);

	CU_add_test(suite, "told once", test_told_once);
	CU_add_test(suite, "a card that opens later", test_opens_later);
	CU_add_test(suite, "a few in a minute", test_few_in_a_minute);
	CU_add_test(suite, "the next minute", test_next_minute);
	CU_add_test(suite, "two versions in one roster", test_versions);
	CU_add_test(suite, "bounded, and counted", test_bounded);
}
