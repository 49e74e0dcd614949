/*
 * When a room has settled, to the microsecond (cryptod/client/settle.c,
 * settle_over.c). Before that a text is also for those who are not back yet:
 * too early leaves them out, and too late leaves the user without an answer.
 */
#include "cryptod/client/pump.h"
#include "cryptod/client/settle.h"
#include "cryptod/client/settle_over.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"

#include <CUnit/CUnit.h>

void settle_time_suite(void);

#define ALL  (STAGE_TIMEOUT_MS * USEC_PER_MSEC)
#define LEFT 4000 /* ms that the bootnode's rooms have yet; less than that */

/* Time passes up to this moment. */
static void
go_to(struct stage *s, uint64_t time)
{
	s->c->now = time;
	settle_timer(s->c);
}

/* Nothing happens before this moment, and the loop is woken for it. */
static void
check_due(struct stage *s, uint64_t time)
{
	CU_ASSERT_EQUAL(settle_deadline(s->c), time);
	go_to(s, time - 1);
	CU_ASSERT_EQUAL(stage_told(s, IPC_BOOT_VERSION), 0);
	CU_ASSERT_EQUAL(s->told[IPC_SETTLED], 0);
	CU_ASSERT_EQUAL(s->told[IPC_SENT_ALL], 0);
	CU_ASSERT_EQUAL(s->told[IPC_UNDELIVERED], 0);
	CU_ASSERT_TRUE(settle_awaits(s->c));
	CU_ASSERT_EQUAL(settle_deadline(s->c), time);
}

/* At that moment the bootnode is asked for the last news. */
static void
check_asks(struct stage *s, uint64_t time)
{
	check_due(s, time);
	go_to(s, time);
	CU_ASSERT_EQUAL(stage_told(s, IPC_BOOT_VERSION), 1);
	CU_ASSERT_EQUAL(s->told[IPC_SETTLED], 0);
	CU_ASSERT_TRUE(settle_awaits(s->c));
}

/* At that moment it is over, and ui is told so, once. */
static void
check_over(struct stage *s, uint64_t time)
{
	check_due(s, time);
	go_to(s, time);
	CU_ASSERT_EQUAL(stage_told(s, IPC_SETTLED), 1);
	CU_ASSERT_EQUAL(s->told[IPC_BOOT_VERSION], 0);
	CU_ASSERT_FALSE(settle_awaits(s->c));
	CU_ASSERT_FALSE(settle_is_back(s->c));
	CU_ASSERT_EQUAL(settle_deadline(s->c), CLOCK_NEVER);
	go_to(s, time + ALL);
	CU_ASSERT_EQUAL(stage_told(s, IPC_SETTLED), 0);
}

/* A text waits for them to come. */
static void
say(struct stage *s)
{
	stage_say(s, 1, "anybody?");
	stage_take(s);
}

/* The bootnode was restarted: its rooms fill for as long as it says. */
static void
test_fills(void)
{
	struct stage s;
	uint64_t end;

	stage_open(&s, true);
	CU_ASSERT_FALSE(settle_awaits(s.c));
	stage_welcome(&s, LEFT);
	CU_ASSERT_TRUE(settle_is_back(s.c));
	end = s.c->now + LEFT * USEC_PER_MSEC;
	say(&s);
	check_asks(&s, end);
	check_due(&s, end + SETTLE_ASK);
	go_to(&s, end + SETTLE_ASK);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 1);
	CU_ASSERT_EQUAL(s.told[IPC_SETTLED], 1);
	CU_ASSERT_EQUAL(settle_deadline(s.c), CLOCK_NEVER);
	stage_close(&s);
}

/* It says more than those who were there can need: that long it takes. */
static void
test_bound(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, STAGE_TIMEOUT_MS + 1);
	check_asks(&s, s.c->now + ALL);
	check_over(&s, s.c->now + SETTLE_ASK);
	stage_close(&s);
}

/* No bootnode was there when we came: it says that its rooms have settled, or
 * will have soon, and cannot know of those who have waited for it as we did. */
static void
test_unanswered(void)
{
	const uint32_t left[] = { 0, LEFT };

	for (int i = 0; i < 2; i++) {
		struct stage s;

		stage_open(&s, true);
		settle_unanswered(s.c);
		CU_ASSERT_FALSE(settle_awaits(s.c));
		stage_welcome(&s, left[i]);
		say(&s);
		check_asks(&s, s.c->now + ALL);
		go_to(&s, s.c->now + SETTLE_ASK);
		CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 1);
		CU_ASSERT_EQUAL(settle_deadline(s.c), CLOCK_NEVER);
		stage_welcome(&s, 0); /* the next one knows */
		CU_ASSERT_FALSE(settle_awaits(s.c));
		stage_close(&s);
	}
}

/* A peer that was here and is not reached: it is what is waited for. */
static void
meet_and_lose(struct stage *s)
{
	stage_open(s, true);
	stage_welcome(s, 0);
	stage_listed(s);
	stage_connect(s);
	settle_lost(s->c);
	s->c->boot.up = false;
	stage_path(s, PATH_FAILED);
	stage_take(s);
}

/* Until there is a bootnode nobody can tell, so there is nothing to wake up
 * for. */
static void
test_lost(void)
{
	struct stage s;

	meet_and_lose(&s);
	CU_ASSERT_TRUE(settle_awaits(s.c));
	CU_ASSERT_TRUE(settle_is_back(s.c));
	CU_ASSERT_EQUAL(settle_deadline(s.c), CLOCK_NEVER);
	go_to(&s, s.c->now + 100 * ALL);
	CU_ASSERT_TRUE(settle_awaits(s.c));
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SETTLED), 0);
	CU_ASSERT_EQUAL(s.told[IPC_BOOT_VERSION], 0);
	stage_close(&s);
}

/* With it again, whoever was here has as long as the bootnode takes to miss
 * somebody, whether or not its rooms have settled. */
static void
test_back(void)
{
	struct stage s;

	meet_and_lose(&s);
	stage_welcome(&s, 0);
	check_asks(&s, s.c->now + ALL);
	check_over(&s, s.c->now + SETTLE_ASK);
	stage_close(&s);
}

/* The bootnode was restarted: for newcomers its rooms have settled earlier. The
 * last news are asked for once. */
static void
test_back_at_another(void)
{
	struct stage s;
	uint64_t start;

	meet_and_lose(&s);
	stage_welcome(&s, LEFT);
	start = s.c->now;
	say(&s);
	check_asks(&s, start + LEFT * USEC_PER_MSEC);
	go_to(&s, start + LEFT * USEC_PER_MSEC + SETTLE_ASK);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 1);
	CU_ASSERT_EQUAL(s.told[IPC_SETTLED], 0);
	CU_ASSERT_TRUE(settle_is_back(s.c));
	check_over(&s, start + ALL);
	stage_close(&s);
}

/* The bootnode was restarted, and had so many sessions that their joins are
 * spread: each may come that much later than the bootnode knows of. */
static void
test_fills_slowly(void)
{
	struct stage s;
	uint64_t end;

	stage_open(&s, true);
	stage_welcome(&s, 0);
	settle_lost(s.c);
	s.c->boot.up = false;
	s.c->now += 3 * USEC_PER_SEC;
	stage_welcome_spread(&s, LEFT, 255);
	end = s.c->now + LEFT * USEC_PER_MSEC + 255 * USEC_PER_SEC;
	say(&s);
	check_asks(&s, end);
	check_due(&s, end + SETTLE_ASK);
	go_to(&s, end + SETTLE_ASK);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 1);
	CU_ASSERT_EQUAL(s.told[IPC_SETTLED], 1);
	stage_close(&s);
}

/* We are among the last to come, or even later: our peers have had their time
 * from when the bootnode was lost, but never less than the bootnode takes to
 * miss somebody. */
static void
test_back_late(void)
{
	const uint64_t after[] = { 90 * USEC_PER_SEC, 150 * USEC_PER_SEC };

	for (int i = 0; i < 2; i++) {
		struct stage s;
		uint64_t lost;

		meet_and_lose(&s);
		lost = s.c->now;
		s.c->now += after[i];
		stage_welcome_spread(&s, 0, 100);
		check_asks(&s,
		    i == 0 ? lost + ALL + 100 * USEC_PER_SEC : s.c->now + ALL);
		check_over(&s, s.c->now + SETTLE_ASK);
		stage_close(&s);
	}
}

/* Everybody is back: it is over at once, before its time. */
static void
test_nobody_missing(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, 0);
	settle_lost(s.c);
	stage_welcome(&s, 0);
	CU_ASSERT_TRUE(settle_awaits(s.c));
	go_to(&s, s.c->now);
	CU_ASSERT_FALSE(settle_awaits(s.c));
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SETTLED), 1);
	stage_close(&s);
}

/* A private text for somebody whom we have not met waits for that one alone. */
static void
test_private(void)
{
	struct ipc_say say = { .seq = 1,
		.nick_len = 1,
		.flags = TEXT_FLAG_PRIVATE };
	struct peer_id id = { { 0x99, 0xcc } };
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, 0);
	settle_lost(s.c);
	s.c->boot.up = false;
	CU_ASSERT_EQUAL(outbox_say(&s.c->outbox, &say, "npsst", 5, &id, 1), 0);
	pump_all(s.c);
	stage_welcome(&s, 0);
	check_asks(&s, s.c->now + ALL);
	go_to(&s, s.c->now + SETTLE_ASK);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 1);
	CU_ASSERT_EQUAL(s.told[IPC_SETTLED], 1);
	CU_ASSERT_FALSE(settle_awaits(s.c));
	stage_close(&s);
}

/* A peer cannot be reached, and the bootnode has not been missed yet: it would
 * be by then. Nobody is asked, and nobody takes us for back. */
static void
test_doubt(void)
{
	struct stage s;

	stage_open(&s, true);
	settle_doubt(s.c); /* how long that takes is not known yet */
	CU_ASSERT_FALSE(settle_awaits(s.c));
	stage_welcome(&s, 0);
	stage_listed(&s);
	stage_connect(&s);
	stage_path(&s, PATH_FAILED);
	CU_ASSERT_TRUE(settle_awaits(s.c));
	CU_ASSERT_FALSE(settle_is_back(s.c));
	s.c->now++;
	settle_doubt(s.c); /* another: that does not make it longer */
	check_over(&s, s.c->now - 1 + ALL);
	stage_close(&s);
}

/* Then it is missed as well: it was our network, and all have their time once
 * it is there again. */
static void
test_doubt_ends(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, 0);
	stage_listed(&s);
	stage_connect(&s);
	stage_path(&s, PATH_FAILED);
	settle_lost(s.c);
	CU_ASSERT_TRUE(settle_is_back(s.c));
	settle_doubt(s.c);
	CU_ASSERT_TRUE(settle_is_back(s.c));
	s.c->now += ALL;
	stage_welcome(&s, 0);
	CU_ASSERT_TRUE(settle_is_back(s.c));
	check_asks(&s, s.c->now + ALL);
	check_over(&s, s.c->now + SETTLE_ASK);
	stage_close(&s);
}

void
settle_time_suite(void)
{
	CU_pSuite s = CU_add_suite("settle_time", crypto_setup, NULL);

	CU_add_test(s, "a room fills", test_fills);
	CU_add_test(s, "longer than it can take", test_bound);
	CU_add_test(s, "nobody answered before", test_unanswered);
	CU_add_test(s, "no bootnode", test_lost);
	CU_add_test(s, "back", test_back);
	CU_add_test(s, "back at another bootnode", test_back_at_another);
	CU_add_test(s, "a room fills slowly", test_fills_slowly);
	CU_add_test(s, "back among the last", test_back_late);
	CU_add_test(s, "nobody is missing", test_nobody_missing);
	CU_add_test(s, "a private text", test_private);
	CU_add_test(s, "whose network it is", test_doubt);
	CU_add_test(s, "it was ours", test_doubt_ends);
}
