/*
 * Whom a text is for, and why it does not reach whom it does not
 * (addressees.c): the user is told, for each.
 */
#include "cryptod/client/addressees.h"
#include "cryptod/client/pump.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"

#include <CUnit/CUnit.h>

#include <string.h>

void addressees_suite(void);

/* One of each state, none with a session. */
struct room_of {
	struct stage s;
	struct peer *connecting, *connected, *failed, *left;
	uint64_t said;
};

static void
begin(struct room_of *r)
{
	memset(r, 0, sizeof(*r));
	stage_open(&r->s, true);
	r->connecting = stage_list_other(&r->s, 1);
	r->connected = stage_list_other(&r->s, 2);
	r->failed = stage_list_other(&r->s, 3);
	r->left = stage_list_other(&r->s, 4);
	r->connected->state = PEER_CONNECTED;
	r->failed->state = PEER_FAILED;
	r->failed->failure = FAILURE_UNANSWERED;
	r->left->state = PEER_LEFT;
	stage_take(&r->s);
}

static void
say_to(struct room_of *r, const struct peer_id *ids, uint32_t count)
{
	const struct ipc_say say = { .seq = ++r->said,
		.nick_len = 1,
		.again = count > 0 };

	CU_ASSERT_EQUAL_FATAL(outbox_say(&r->s.c->outbox, &say, "nx", 2, ids,
				  count),
	    0);
	pump_all(r->s.c);
}

static void
expect_sent(struct room_of *r, const struct peer_id *ids, uint32_t count,
    bool open)
{
	const struct ipc_sent *sent;
	struct ipc_message_in in;

	sent = stage_ui(&r->s, IPC_SENT, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(sent);
	CU_ASSERT_EQUAL(sent->seq, r->said);
	CU_ASSERT_EQUAL(sent->peers, count);
	CU_ASSERT_EQUAL(sent->open, open);
	CU_ASSERT_EQUAL(in.tail_len, count * PEER_ID_LEN);
	CU_ASSERT_EQUAL(memcmp(in.tail, ids, count * PEER_ID_LEN), 0);
}

static void
expect_undelivered(struct room_of *r, const struct peer_id *id,
    enum undelivered_reason why, bool counted)
{
	const struct ipc_undelivered *u;
	struct ipc_message_in in;

	u = stage_ui(&r->s, IPC_UNDELIVERED, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(u);
	CU_ASSERT_EQUAL(u->seq, r->said);
	CU_ASSERT_EQUAL(memcmp(&u->id, id, PEER_ID_LEN), 0);
	CU_ASSERT_EQUAL(u->reason, why);
	CU_ASSERT_EQUAL(u->counted, counted);
}

static void
expect_no_more(struct room_of *r)
{
	CU_ASSERT_EQUAL(stage_told(&r->s, IPC_UNDELIVERED), 0);
	CU_ASSERT_EQUAL(r->s.told[IPC_SENT], 0);
}

/* To all: those who are there, or on the way; of who cannot be reached the user
 * is told, and who left was not there. */
static void
test_to_all(void)
{
	struct peer_id ids[2];
	struct room_of r;

	begin(&r);
	ids[0] = r.connecting->id;
	ids[1] = r.connected->id;
	say_to(&r, NULL, 0);
	expect_sent(&r, ids, 2, false);
	expect_undelivered(&r, &r.failed->id, UNDELIVERED_NO_PATH, false);
	expect_no_more(&r);
	r.failed->failure = FAILURE_HANDSHAKE;
	say_to(&r, NULL, 0);
	expect_sent(&r, ids, 2, false);
	expect_undelivered(&r, &r.failed->id, UNDELIVERED_HANDSHAKE, false);
	expect_no_more(&r);
	stage_close(&r.s);
}

/* While we may have been cut off ourselves it is also for who cannot be
 * reached, or seems to have left; not for who broke the rules. */
static void
test_to_awaited(void)
{
	struct peer_id ids[4];
	struct room_of r;

	begin(&r);
	settle_lost(r.s.c);
	r.left->awaited = true;
	ids[0] = r.connecting->id;
	ids[1] = r.connected->id;
	ids[2] = r.failed->id;
	ids[3] = r.left->id;
	say_to(&r, NULL, 0);
	expect_sent(&r, ids, 4, false);
	expect_no_more(&r);
	r.left->awaited = false;
	r.failed->broken = true;
	say_to(&r, NULL, 0);
	expect_sent(&r, ids, 2, false);
	expect_undelivered(&r, &r.failed->id, UNDELIVERED_NO_PATH, false);
	expect_no_more(&r);
	stage_close(&r.s);
}

/* To some, who are all counted: told at once of whom it cannot reach. */
static void
test_to_some(void)
{
	struct peer_id ids[4] = { { { 0x99 } } };
	struct room_of r;

	begin(&r);
	ids[1] = r.failed->id;
	ids[2] = r.connected->id;
	ids[3] = r.left->id;
	say_to(&r, ids, 4);
	expect_sent(&r, ids, 4, false);
	expect_undelivered(&r, &ids[0], UNDELIVERED_LEFT, true);
	expect_undelivered(&r, &ids[1], UNDELIVERED_NO_PATH, true);
	expect_undelivered(&r, &ids[3], UNDELIVERED_LEFT, true);
	expect_no_more(&r);
	CU_ASSERT_EQUAL(r.connected->place.owed->seq, 1);
	CU_ASSERT_PTR_NULL(r.connecting->place.owed);
	CU_ASSERT_FALSE(r.connected->place.owed->open);
	stage_close(&r.s);
}

/* Somebody who has not come yet may come, while the room settles; only then it
 * is for that one, once, and over when all came. */
static void
test_some_come(void)
{
	struct peer_id ids[3] = { { { 0x99 } } };
	struct peer *late;
	struct room_of r;

	begin(&r);
	settle_lost(r.s.c);
	ids[1] = (struct peer_id){ { 11, 0xcc } };
	ids[2] = (struct peer_id){ { 12, 0xcc } };
	say_to(&r, ids, 3);
	expect_sent(&r, ids, 3, false);
	expect_no_more(&r);
	stage_list_other(&r.s, 10); /* somebody else */
	late = stage_list_other(&r.s, 11);
	CU_ASSERT_PTR_NOT_NULL_FATAL(late->place.owed);
	CU_ASSERT_EQUAL(late->place.owed->only_count, 2);
	CU_ASSERT_TRUE(late->place.owed->open);
	late = stage_list_other(&r.s, 12);
	CU_ASSERT_PTR_NOT_NULL_FATAL(late->place.owed);
	CU_ASSERT_EQUAL(late->place.owed->owing, 2);
	CU_ASSERT_EQUAL(stage_told(&r.s, IPC_SENT_ALSO), 0);
	addressees_close_all(r.s.c, true); /* that is for those for all */
	CU_ASSERT_EQUAL(stage_told(&r.s, IPC_UNDELIVERED), 0);
	addressees_close_all(r.s.c, false);
	expect_undelivered(&r, &ids[0], UNDELIVERED_LEFT, true);
	CU_ASSERT_EQUAL(r.s.told[IPC_SENT_ALL], 0);
	expect_no_more(&r);
	CU_ASSERT_EQUAL(r.s.told[IPC_SENT_ALL], 0);
	stage_close(&r.s);
}

/* All of them came: nothing is open, and it goes once they have it. */
static void
test_all_came(void)
{
	const struct peer_id id = { { 11, 0xcc } };
	struct peer *late;
	struct room_of r;

	begin(&r);
	settle_lost(r.s.c);
	say_to(&r, &id, 1);
	late = stage_list_other(&r.s, 11);
	CU_ASSERT_PTR_NOT_NULL_FATAL(late->place.owed);
	CU_ASSERT_FALSE(late->place.owed->open);
	outbox_done(&r.s.c->outbox, &late->place);
	CU_ASSERT_TRUE(TAILQ_EMPTY(&r.s.c->outbox.sent));
	stage_close(&r.s);
}

/* Who comes gets what was said since it had something last: older texts would
 * look like copies. ui is told from where on. */
static void
test_comes_again(void)
{
	const struct ipc_sent_also *also;
	struct ipc_message_in in;
	struct room_of r;

	begin(&r);
	stage_welcome(&r.s, STAGE_TIMEOUT_MS);
	for (int i = 0; i < 4; i++)
		say_to(&r, NULL, 0);
	stage_take(&r.s);
	r.left->lates.given = 2;
	addressees_came(r.left);
	also = stage_ui(&r.s, IPC_SENT_ALSO, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(also);
	CU_ASSERT_EQUAL(also->after, 2);
	CU_ASSERT_EQUAL(memcmp(&also->id, &r.left->id, PEER_ID_LEN), 0);
	CU_ASSERT_EQUAL(r.left->place.owed->seq, 3);
	addressees_came(r.left); /* it has them already */
	CU_ASSERT_EQUAL(stage_told(&r.s, IPC_SENT_ALSO), 0);
	addressees_end(r.s.c);
	stage_close(&r.s);
}

/* Somebody who had left is back, and was here: what is open is for that one,
 * too. Who was there all along has it already. */
static void
test_back(void)
{
	struct room_of r;

	begin(&r);
	stage_welcome(&r.s, STAGE_TIMEOUT_MS);
	say_to(&r, NULL, 0);
	stage_take(&r.s);
	peer_set_state(r.failed, PEER_CONNECTING);
	CU_ASSERT_EQUAL(stage_told(&r.s, IPC_SENT_ALSO), 0);
	peer_set_state(r.left, PEER_CONNECTING);
	CU_ASSERT_EQUAL(stage_told(&r.s, IPC_SENT_ALSO), 1);
	CU_ASSERT_PTR_NOT_NULL(r.left->place.owed);
	addressees_end(r.s.c);
	stage_close(&r.s);
}

/* We leave: what is open to all stays so, as ui knows; of a private text it is
 * told whom it did not reach. Nobody is awaited any more. */
static void
test_end(void)
{
	const struct peer_id nobody = { { 0x99 } };
	struct room_of r;

	begin(&r);
	stage_welcome(&r.s, STAGE_TIMEOUT_MS);
	say_to(&r, NULL, 0);
	say_to(&r, &nobody, 1);
	stage_take(&r.s);
	addressees_end(r.s.c);
	expect_undelivered(&r, &nobody, UNDELIVERED_LEFT, true);
	expect_no_more(&r);
	CU_ASSERT_EQUAL(r.s.told[IPC_SENT_ALL], 0);
	CU_ASSERT_FALSE(settle_awaits(r.s.c));
	CU_ASSERT_EQUAL(TAILQ_FIRST(&r.s.c->outbox.sent)->seq, 1);
	CU_ASSERT_FALSE(TAILQ_FIRST(&r.s.c->outbox.sent)->open);
	CU_ASSERT_PTR_NULL(TAILQ_NEXT(TAILQ_FIRST(&r.s.c->outbox.sent), entry));
	stage_close(&r.s);
}

void
addressees_suite(void)
{
	CU_pSuite s = CU_add_suite("addressees", crypto_setup, NULL);

	CU_add_test(s, "to all", test_to_all);
	CU_add_test(s, "to who may be back", test_to_awaited);
	CU_add_test(s, "to some", test_to_some);
	CU_add_test(s, "some come later", test_some_come);
	CU_add_test(s, "all came", test_all_came);
	CU_add_test(s, "who comes again", test_comes_again);
	CU_add_test(s, "back", test_back);
	CU_add_test(s, "the end", test_end);
}
