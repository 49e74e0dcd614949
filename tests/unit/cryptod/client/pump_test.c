/*
 * Whom the room does not wait for (pump.c): texts are kept until all have them,
 * but not so many that one peer who takes none holds up all others.
 */
#include "cryptod/client/addressees.h"
#include "cryptod/client/pump.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"

#include <CUnit/CUnit.h>

#include <string.h>

void pump_suite(void);

/* Two that ui knows, whose sessions the test is. */
struct slow {
	struct stage s;
	struct peer *quick, *slow;
	uint64_t said;
};

static void
begin(struct slow *t)
{
	memset(t, 0, sizeof(*t));
	stage_open(&t->s, true);
	t->quick = stage_list_other(&t->s, 1);
	t->slow = stage_list_other(&t->s, 2);
	t->quick->state = t->slow->state = PEER_CONNECTED;
	stage_take(&t->s);
}

static void
say(struct slow *t)
{
	const struct ipc_say body = { .seq = ++t->said, .nick_len = 1 };

	CU_ASSERT_EQUAL_FATAL(outbox_say(&t->s.c->outbox, &body, "nx", 2, NULL,
				  0),
	    0);
	pump_all(t->s.c);
}

/* Says as much as is kept, of which the quick one has the first. */
static void
fill(struct slow *t, unsigned int has)
{
	for (unsigned int i = 0; i < OUTBOX_TEXTS; i++) {
		say(t);
		if (i < has)
			outbox_done(&t->s.c->outbox, &t->quick->place);
		CU_ASSERT_EQUAL(stage_told(&t->s, IPC_SENT), 1);
		CU_ASSERT_EQUAL(t->s.told[IPC_UNDELIVERED], 0);
	}
}

/* ui is told that the slow one does not get this text. */
static void
expect_slow(struct slow *t, uint64_t seq)
{
	const struct ipc_undelivered *u;
	struct ipc_message_in in;

	u = stage_ui(&t->s, IPC_UNDELIVERED, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(u);
	CU_ASSERT_EQUAL(u->seq, seq);
	CU_ASSERT_EQUAL(u->reason, UNDELIVERED_SLOW);
	CU_ASSERT_EQUAL(memcmp(&u->id, &t->slow->id, PEER_ID_LEN), 0);
	/* That it went to all is no news: it was not open. */
	CU_ASSERT_EQUAL(t->s.told[IPC_SENT_ALL], 0);
}

/* The next text finds room, at the cost of the oldest of the slow one. */
static void
test_left_behind(void)
{
	struct slow t;

	begin(&t);
	fill(&t, OUTBOX_TEXTS);
	for (uint64_t seq = 1; seq <= 3; seq++) {
		say(&t);
		expect_slow(&t, seq);
		CU_ASSERT_EQUAL(stage_told(&t.s, IPC_SENT), 1);
		CU_ASSERT_EQUAL(t.s.told[IPC_UNDELIVERED], 0);
		CU_ASSERT_EQUAL(t.slow->place.owed->seq, seq + 1);
		outbox_done(&t.s.c->outbox, &t.quick->place);
	}
	stage_close(&t.s);
}

/* If nobody keeps up, it waits: nobody is given up for nobody. Somebody keeps
 * up who has more than half. */
static void
test_nobody_keeps_up(void)
{
	struct slow t;

	begin(&t);
	fill(&t, OUTBOX_TEXTS / 2);
	say(&t);
	CU_ASSERT_EQUAL(stage_told(&t.s, IPC_SENT), 0);
	CU_ASSERT_EQUAL(t.s.told[IPC_UNDELIVERED], 0);
	CU_ASSERT_EQUAL(t.quick->place.owed->seq, OUTBOX_TEXTS / 2 + 1);
	outbox_done(&t.s.c->outbox, &t.quick->place);
	t.quick->state = PEER_CONNECTING; /* it may not be there at all */
	pump_all(t.s.c);
	CU_ASSERT_EQUAL(stage_told(&t.s, IPC_SENT), 0);
	t.quick->state = PEER_CONNECTED;
	pump_all(t.s.c);
	expect_slow(&t, 1);
	CU_ASSERT_EQUAL(stage_told(&t.s, IPC_SENT), 1);
	stage_close(&t.s);
}

/* While the room settles, a text that all have is kept for those who are to
 * come; that makes way first, and ui is told that it went to all. */
static void
test_open_to_newcomers(void)
{
	const struct ipc_sent_all *all;
	struct ipc_message_in in;
	struct slow t;

	begin(&t);
	stage_welcome(&t.s, STAGE_TIMEOUT_MS);
	t.slow->state = PEER_LEFT;
	fill(&t, OUTBOX_TEXTS);
	CU_ASSERT_EQUAL(TAILQ_FIRST(&t.s.c->outbox.sent)->seq, 1);
	say(&t);
	all = stage_ui(&t.s, IPC_SENT_ALL, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(all);
	CU_ASSERT_EQUAL(all->seq, 1);
	CU_ASSERT_EQUAL(stage_told(&t.s, IPC_SENT), 1);
	CU_ASSERT_EQUAL(t.s.told[IPC_UNDELIVERED], 0);
	CU_ASSERT_EQUAL(TAILQ_FIRST(&t.s.c->outbox.sent)->seq, 2);
	addressees_end(t.s.c);
	stage_close(&t.s);
}

/* Before there was ever a bootnode nobody can say whom a text is for. */
static void
test_never_joined(void)
{
	struct slow t;

	begin(&t);
	t.s.c->boot.ever_joined = false;
	say(&t);
	CU_ASSERT_EQUAL(stage_told(&t.s, IPC_SENT), 0);
	t.s.c->boot.ever_joined = true;
	pump_all(t.s.c);
	CU_ASSERT_EQUAL(stage_told(&t.s, IPC_SENT), 1);
	stage_close(&t.s);
}

void
pump_suite(void)
{
	CU_pSuite s = CU_add_suite("pump", crypto_setup, NULL);

	CU_add_test(s, "left behind", test_left_behind);
	CU_add_test(s, "nobody keeps up", test_nobody_keeps_up);
	CU_add_test(s, "open to newcomers", test_open_to_newcomers);
	CU_add_test(s, "before the first bootnode", test_never_joined);
}
