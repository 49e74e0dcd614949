/*
 * Whom a text is for while the room settles (cryptod/client/settle.c), because
 * a bootnode was restarted or our own network was away.
 */
#include "cryptod/client/members.h"
#include "cryptod/client/peer_table.h"
#include "cryptod/client/peers.h"
#include "cryptod/client/pump.h"
#include "cryptod/client/settle.h"
#include "cryptod/client/settle_over.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"

#include <CUnit/CUnit.h>

#include <string.h>

void settle_suite(void);

static void
pass(struct stage *s, uint64_t time)
{
	s->c->now += time;
	settle_timer(s->c);
}

/* Checks that the next text is reported as sent to so many. */
static void
check_sent(struct stage *s, uint64_t seq, uint32_t peers, bool open)
{
	const struct ipc_sent *sent;
	struct ipc_message_in in;

	sent = stage_ui(s, IPC_SENT, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(sent);
	CU_ASSERT_EQUAL(sent->seq, seq);
	CU_ASSERT_EQUAL(sent->peers, peers);
	CU_ASSERT_EQUAL(sent->open, open);
}

static void
check_undelivered(struct stage *s, uint64_t seq, const struct peer_id *id)
{
	const struct ipc_undelivered *u;
	struct ipc_message_in in;

	u = stage_ui(s, IPC_UNDELIVERED, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(u);
	CU_ASSERT_EQUAL(u->seq, seq);
	CU_ASSERT_EQUAL(u->reason, UNDELIVERED_LEFT);
	CU_ASSERT_EQUAL(memcmp(&u->id, id, sizeof(*id)), 0);
}

/* Nobody is there, and nobody is awaited: a text is not kept. */
static void
test_nobody(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, 0);
	stage_say(&s, 1, "hello?");
	check_sent(&s, 1, 0, false);
	CU_ASSERT_TRUE(TAILQ_EMPTY(&s.c->outbox.sent));
	CU_ASSERT_TRUE(TAILQ_EMPTY(&s.c->outbox.waiting));
	stage_close(&s);
}

/* We are the first to join a bootnode that was restarted. */
static void
test_newcomers(void)
{
	const struct ipc_sent_also *also;
	const struct ipc_sent_all *all;
	struct ipc_message_in in;
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, STAGE_TIMEOUT_MS);
	stage_say(&s, 1, "hello?");
	stage_say(&s, 2, "anybody?");
	check_sent(&s, 1, 0, true);
	check_sent(&s, 2, 0, true);

	pass(&s, 5 * USEC_PER_SEC);
	stage_listed(&s);
	also = stage_ui(&s, IPC_SENT_ALSO, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(also);
	CU_ASSERT_EQUAL(also->after, 0);
	CU_ASSERT_EQUAL(memcmp(&also->id, &s.p->id, sizeof(s.p->id)), 0);
	stage_connect(&s);
	stage_say(&s, 3, "you");
	check_sent(&s, 3, 1, true);
	CU_ASSERT_EQUAL(s.p->lates.given, 3); /* in order, and once each */
	stage_receipt(&s, 3);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_DELIVERED), 3);

	/* Before the time is over, cryptod asks for the last events. */
	pass(&s, 10 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_BOOT_VERSION), 1);
	CU_ASSERT_EQUAL(s.told[IPC_SENT_ALL], 0);
	stage_list_other(&s, 0x77);
	also = stage_ui(&s, IPC_SENT_ALSO, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(also);
	pass(&s, SETTLE_ASK);
	for (uint64_t seq = 1; seq <= 3; seq++) {
		all = stage_ui(&s, IPC_SENT_ALL, &in);
		CU_ASSERT_PTR_NOT_NULL_FATAL(all);
		CU_ASSERT_EQUAL(all->seq, seq);
	}
	/* A peer that comes now was not there before. */
	stage_list_other(&s, 0x78);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALSO), 0);
	CU_ASSERT_EQUAL(settle_deadline(s.c), CLOCK_NEVER);
	stage_say(&s, 4, "all");
	check_sent(&s, 4, 3, false);
	stage_close(&s);
}

/* The room moves to a node that has run for long: whoever is not there yet is
 * awaited, and does not count as left. */
static void
test_moved(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, 0);
	stage_listed(&s);
	stage_welcome(&s, 0);
	settle_moved(s.c);
	members_roster_end(s.c, 2);
	CU_ASSERT_FALSE(s.p->in_roster);
	CU_ASSERT_TRUE(s.p->awaited);
	CU_ASSERT_NOT_EQUAL(s.p->state, PEER_LEFT);
	pass(&s, 5 * USEC_PER_SEC);
	stage_listed(&s);
	CU_ASSERT_TRUE(s.p->in_roster);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER), 1); /* it came once */
	stage_close(&s);
}

/* A bootnode has run for long: no text waits. */
static void
test_settled(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, 0);
	stage_listed(&s);
	stage_say(&s, 1, "hello");
	check_sent(&s, 1, 1, false);
	CU_ASSERT_EQUAL(settle_deadline(s.c), CLOCK_NEVER);
	stage_list_other(&s, 0x77);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALSO), 0);
	stage_close(&s);
}

/* There was no bootnode when we came, and then one that has only begun. It
 * knows of nobody, but others may have waited for it as we have. */
static void
test_waited(void)
{
	struct stage s;

	stage_open(&s, true);
	settle_unanswered(s.c);
	stage_welcome(&s, 0);
	stage_say(&s, 1, "early");
	check_sent(&s, 1, 0, true);
	pass(&s, USEC_PER_SEC);
	stage_listed(&s);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALSO), 1);
	pass(&s, STAGE_TIMEOUT_MS * USEC_PER_MSEC);
	pass(&s, SETTLE_ASK);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 1);
	/* This happens once: the next WELCOME is believed. */
	settle_unanswered(s.c);
	stage_welcome(&s, 0);
	stage_say(&s, 2, "late");
	check_sent(&s, 2, 1, false);
	stage_close(&s);
}

/* The wait ends in time, whatever a bootnode says. */
static void
test_bound(void)
{
	struct bootmsg_welcome w = { .timeout_ms = 36000000,
		.interval_ms = 3600000,
		.settle_ms = UINT32_MAX };
	struct stage s;

	stage_open(&s, true);
	settle_welcome(s.c, &w, 0);
	stage_say(&s, 1, "hello?");
	check_sent(&s, 1, 0, true);
	pass(&s, SETTLE_MAX_MS * USEC_PER_MSEC);
	pass(&s, SETTLE_ASK);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 1);
	CU_ASSERT_EQUAL(settle_deadline(s.c), CLOCK_NEVER);
	stage_close(&s);
}

/* The bootnode is lost during the wait: nobody knows who is there until it is
 * back. */
static void
test_lost_again(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, STAGE_TIMEOUT_MS);
	stage_say(&s, 1, "hello?");
	s.c->boot.up = false;
	settle_lost(s.c);
	stage_say(&s, 2, "and now?");
	stage_told(&s, IPC_SENT);
	pass(&s, 3600 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 0);
	stage_welcome(&s, STAGE_TIMEOUT_MS);
	stage_listed(&s);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALSO), 1);
	pass(&s, STAGE_TIMEOUT_MS * USEC_PER_MSEC);
	pass(&s, SETTLE_ASK);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 2);
	/* If the room has settled when the bootnode is back, the wait is
	 * over. */
	stage_welcome(&s, STAGE_TIMEOUT_MS);
	stage_say(&s, 3, "once more");
	settle_lost(s.c);
	stage_welcome(&s, 0);
	pass(&s, 0);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 1);
	stage_close(&s);
}

/* Our network goes away, and with it bootnode and peer. */
static void
cut_off(struct stage *s)
{
	stage_open(s, true);
	stage_welcome(s, 0);
	stage_listed(s);
	stage_connect(s);
	stage_say(s, 1, "before it is noticed");
	settle_lost(s->c);
	s->c->boot.up = false;
	stage_path(s, PATH_PROBING);
	stage_path(s, PATH_FAILED);
	CU_ASSERT_EQUAL(s->p->state, PEER_LEFT);
	stage_say(s, 2, "into the void");
	check_sent(s, 1, 1, false);
	check_sent(s, 2, 1, false);
	CU_ASSERT_EQUAL(stage_told(s, IPC_UNDELIVERED), 0);
}

/* The peer's path is given up before the bootnode is: nobody knows whose
 * network is away. */
static void
test_doubt(void)
{
	const struct ipc_undelivered *u;
	struct ipc_message_in in;
	struct stage s;

	enum {
		HERE,
		LOST,
		ELSEWHERE
	};

	for (int now = HERE; now <= ELSEWHERE; now++) {
		stage_open(&s, true);
		stage_welcome(&s, 0);
		stage_listed(&s);
		stage_connect(&s);
		stage_say(&s, 1, "can you hear me?");
		stage_path(&s, PATH_FAILED);
		stage_say(&s, 2, "and now?");
		pass(&s, STAGE_TIMEOUT_MS * USEC_PER_MSEC - 1);
		CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 0);
		if (now == LOST) {
			settle_lost(s.c);
			s.c->boot.up = false;
		} else if (now == ELSEWHERE) { /* we have joined from there */
			stage_welcome(&s, 0);
			pass(&s, STAGE_TIMEOUT_MS * USEC_PER_MSEC);
			CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 0);
			pass(&s, SETTLE_ASK - 1);
		}
		pass(&s, 1);
		for (uint64_t seq = 1; now != LOST && seq <= 2; seq++) {
			u = stage_ui(&s, IPC_UNDELIVERED, &in);
			CU_ASSERT_PTR_NOT_NULL_FATAL(u);
			CU_ASSERT_EQUAL(u->seq, seq);
			CU_ASSERT_EQUAL(u->reason, UNDELIVERED_NO_PATH);
		}
		CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 0);
		stage_close(&s);
	}
}

static void
test_own_network(void)
{
	struct stage s;

	cut_off(&s);
	stage_welcome(&s, 0);
	pass(&s, 5 * USEC_PER_SEC);
	stage_listed(&s);
	stage_path(&s, PATH_UP);
	stage_exchange(&s, s.them);
	CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTED);
	CU_ASSERT_EQUAL(s.p->lates.given, 2);
	stage_receipt(&s, 2);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_DELIVERED), 2);
	CU_ASSERT_EQUAL(s.told[IPC_UNDELIVERED], 0);
	/* All are back: nothing else is awaited. */
	pass(&s, 0);
	CU_ASSERT_EQUAL(settle_deadline(s.c), CLOCK_NEVER);
	stage_close(&s);
}

/* A peer that is not back in time is named, once for each text. */
static void
test_not_back(void)
{
	struct peer_id id;
	struct stage s;

	cut_off(&s);
	id = s.p->id;
	stage_welcome(&s, 0);
	members_unseen(s.c);
	members_roster_end(s.c, 2); /* the roster does not have it */
	CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 0);
	stage_say(&s, 3, "still for all who were here");
	check_sent(&s, 3, 1, false);
	pass(&s, STAGE_TIMEOUT_MS * USEC_PER_MSEC);
	pass(&s, SETTLE_ASK);
	for (uint64_t seq = 1; seq <= 3; seq++)
		check_undelivered(&s, seq, &id);
	stage_say(&s, 4, "alone");
	check_sent(&s, 4, 0, false);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 0);
	stage_close(&s);
}

/* We are back before the bootnode has missed the peer, which was cut off with
 * us. Its timeout then is ignored, and it gets the texts when it is back. */
static void
test_timed_out_meanwhile(void)
{
	struct stage s;

	cut_off(&s);
	stage_welcome(&s, 0);
	members_left(s.c, &s.p->id, LEAVE_TIMEOUT);
	stage_say(&s, 3, "still for all who were here");
	check_sent(&s, 3, 1, false);
	pass(&s, 5 * USEC_PER_SEC);
	stage_listed(&s);
	stage_path(&s, PATH_UP);
	stage_exchange(&s, s.them);
	CU_ASSERT_EQUAL(s.p->lates.given, 3);
	stage_receipt(&s, 3);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_DELIVERED), 3);
	CU_ASSERT_EQUAL(s.told[IPC_UNDELIVERED], 0);
	stage_close(&s);
}

/* The same, while its path has not been given up yet. If it is not back in time
 * it is named, once for each text. */
static void
test_timed_out_for_good(void)
{
	struct peer_id id;
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, 0);
	stage_listed(&s);
	stage_connect(&s);
	id = s.p->id;
	settle_lost(s.c);
	s.c->boot.up = false;
	stage_say(&s, 1, "into the void");
	stage_welcome(&s, 0);
	members_left(s.c, &id, LEAVE_TIMEOUT);
	stage_path(&s, PATH_PROBING);
	stage_path(&s, PATH_FAILED);
	stage_say(&s, 2, "still for all who were here");
	check_sent(&s, 1, 1, false);
	check_sent(&s, 2, 1, false);
	pass(&s, STAGE_TIMEOUT_MS * USEC_PER_MSEC);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 0);
	pass(&s, SETTLE_ASK);
	check_undelivered(&s, 1, &id);
	check_undelivered(&s, 2, &id);
	stage_say(&s, 3, "alone");
	check_sent(&s, 3, 0, false);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 0);
	stage_close(&s);
}

/* We never missed the bootnode: if it misses the peer, the peer is gone. */
static void
test_timed_out_alone(void)
{
	struct peer_id id;
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, 0);
	stage_listed(&s);
	stage_connect(&s);
	id = s.p->id;
	stage_say(&s, 1, "can you hear me?");
	stage_path(&s, PATH_FAILED);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 0);
	members_left(s.c, &id, LEAVE_TIMEOUT);
	stage_path(&s, PATH_FAILED);
	check_undelivered(&s, 1, &id);
	stage_close(&s);
}

/* A peer that said goodbye is not awaited, whatever the bootnode says of it
 * later. */
static void
test_goodbye_before(void)
{
	struct peer_id id;
	struct stage s;

	for (int how = 0; how < 2; how++) {
		stage_open(&s, true);
		stage_welcome(&s, 0);
		stage_listed(&s);
		stage_connect(&s);
		id = s.p->id;
		CU_ASSERT_EQUAL(session_send(s.them->session, s.c->now,
				    SESSION_BYE, NULL, 0),
		    0);
		stage_exchange(&s, s.them);
		settle_lost(s.c);
		stage_welcome(&s, 0);
		if (how == 0) {
			members_left(s.c, &id, LEAVE_TIMEOUT);
		} else {
			members_unseen(s.c);
			members_roster_end(s.c, 2);
		}
		stage_say(&s, 1, "alone");
		check_sent(&s, 1, 0, false);
		CU_ASSERT_PTR_NULL(peer_of_id(s.c, &id));
		stage_close(&s);
	}
}

/* The bootnode says that the peer has left: then no network was away. */
static void
test_left_meanwhile(void)
{
	struct peer_id id;
	struct stage s;

	cut_off(&s);
	id = s.p->id;
	stage_welcome(&s, 0);
	members_left(s.c, &id, LEAVE_GRACEFUL);
	stage_path(&s, PATH_FAILED);
	check_undelivered(&s, 1, &id);
	check_undelivered(&s, 2, &id);
	stage_say(&s, 3, "alone");
	check_sent(&s, 3, 0, false);
	stage_close(&s);
}

static void
say_to(struct stage *s, uint64_t seq, const struct peer_id *id)
{
	struct ipc_say say = { .seq = seq,
		.nick_len = 1,
		.flags = TEXT_FLAG_PRIVATE };

	if (s->p != NULL)
		memcpy(say.fingerprint, s->p->fingerprint, FINGERPRINT_LEN);
	CU_ASSERT_EQUAL(outbox_say(&s->c->outbox, &say, "npsst", 5, id, 1), 0);
	pump_all(s->c);
}

/* A private text to somebody who is away waits, and goes to nobody else. */
static void
test_private(void)
{
	struct stage s;

	cut_off(&s);
	say_to(&s, 3, &s.p->id);
	check_sent(&s, 3, 1, false);
	stage_welcome(&s, STAGE_TIMEOUT_MS);
	stage_list_other(&s, 0x77);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALSO), 0);
	stage_listed(&s);
	stage_path(&s, PATH_UP);
	stage_exchange(&s, s.them);
	CU_ASSERT_EQUAL(s.p->lates.given, 3);
	stage_receipt(&s, 3);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_DELIVERED), 3);
	stage_close(&s);
}

/* A text is for an id that this cryptod has not met yet: it was said before, to
 * an earlier cryptod. */
static void
test_not_met(void)
{
	struct peer_id nobody = { { 0x99, 0xcc } };
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, STAGE_TIMEOUT_MS);
	say_to(&s, 1, &s.them->us.id);
	say_to(&s, 2, &nobody);
	check_sent(&s, 1, 1, false);
	check_sent(&s, 2, 1, false);
	stage_listed(&s);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(s.p->place.owed);
	CU_ASSERT_EQUAL(s.p->place.owed->seq, 1);
	pass(&s, STAGE_TIMEOUT_MS * USEC_PER_MSEC);
	pass(&s, SETTLE_ASK);
	check_undelivered(&s, 2, &nobody);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_SENT_ALL), 0);
	stage_close(&s);
}

/* We leave before the wait is over: no text is reported as received by all. */
static void
test_quit(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_welcome(&s, STAGE_TIMEOUT_MS);
	stage_listed(&s);
	stage_say(&s, 1, "hello?");
	peers_goodbye(s.c);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_UNDELIVERED), 1);
	CU_ASSERT_EQUAL(s.told[IPC_SENT_ALL], 0);
	CU_ASSERT(TAILQ_EMPTY(&s.c->outbox.sent));
	stage_close(&s);
}

void
settle_suite(void)
{
	CU_pSuite s = CU_add_suite("settle", crypto_setup, NULL);

	CU_add_test(s, "nobody is there", test_nobody);
	CU_add_test(s, "who comes in time", test_newcomers);
	CU_add_test(s, "nothing to settle", test_settled);
	CU_add_test(s, "the room moves", test_moved);
	CU_add_test(s, "nobody answered before", test_waited);
	CU_add_test(s, "what a bootnode may say", test_bound);
	CU_add_test(s, "lost again", test_lost_again);
	CU_add_test(s, "our own network away", test_own_network);
	CU_add_test(s, "a path given up first", test_doubt);
	CU_add_test(s, "not back in time", test_not_back);
	CU_add_test(s, "timed out meanwhile", test_timed_out_meanwhile);
	CU_add_test(s, "timed out for good", test_timed_out_for_good);
	CU_add_test(s, "timed out alone", test_timed_out_alone);
	CU_add_test(s, "goodbye before", test_goodbye_before);
	CU_add_test(s, "left meanwhile", test_left_meanwhile);
	CU_add_test(s, "a private text", test_private);
	CU_add_test(s, "for somebody not met yet", test_not_met);
	CU_add_test(s, "we leave", test_quit);
}
