/*
 * The chain of a sender's texts (cryptod/client/chain.c). A sender who tells
 * two people different things under one number cannot hide that when he goes
 * on; and an honest sender is never accused, whatever is missing.
 */
#include "cryptod/client/peer_session.h"
#include "cryptod/client/status.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void chain_suite(void);

static const struct piece nick = { "anna", 4 };

static struct chain_link
add(struct chain *c, uint64_t seq, const char *text)
{
	return chain_add(c,
	    &(struct chain_text){ seq, 0, nick, { text, strlen(text) } });
}

static bool
follow(struct chain *c, const struct chain_link *link, uint64_t seq,
    const char *text)
{
	return chain_follow(c, link,
	    &(struct chain_text){ seq, 0, nick, { text, strlen(text) } });
}

/* The values were computed with Python's hashlib as PROTOCOL.md section 5.2
 * says. */
static void
test_computed(void)
{
	struct chain c = { .hash = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
			       14, 15, 16 } };
	struct chain_link link = add(&c, 1, "hello");

	CU_ASSERT_EQUAL(link.before, 0);
	CU_ASSERT(bytes_are(link.chain, CHAIN_LEN,
	    "0102030405060708090a0b0c0d0e0f10"));
	link = chain_add(&c,
	    &(struct chain_text){ 4, TEXT_FLAG_ACTION, { "\303\244nn", 4 },
		{ "waves", 5 } });
	CU_ASSERT_EQUAL(link.before, 1);
	CU_ASSERT(bytes_are(link.chain, CHAIN_LEN,
	    "6e475d1af64fa5b025d4ffdd58a867b2"));
	CU_ASSERT(
	    bytes_are(c.hash, CHAIN_LEN, "468c06789096f12f7b8a93622a77d1d5"));
}

/* Two people who hear the same texts have the same chain, also one who comes
 * later. */
static void
test_followed(void)
{
	struct chain sender, early = { .last = 0 }, late = early;
	struct chain_link link;

	chain_begin(&sender);
	for (uint64_t seq = 1; seq < 100; seq += seq % 3 + 1) {
		link = add(&sender, seq, "text");
		CU_ASSERT_TRUE(follow(&early, &link, seq, "text"));
		if (seq > 50)
			CU_ASSERT_TRUE(follow(&late, &link, seq, "text"));
	}
	CU_ASSERT(early.gaps == 0 && early.forks == 0);
	CU_ASSERT(late.gaps == 0 && late.forks == 0);
	CU_ASSERT_EQUAL(memcmp(early.hash, sender.hash, CHAIN_LEN), 0);
	CU_ASSERT_EQUAL(memcmp(late.hash, sender.hash, CHAIN_LEN), 0);
	CU_ASSERT(early.last == sender.last && late.last == sender.last);
}

/* Somebody who was told another text, number, name or flags, or another
 * beginning, has another chain. That shows at the next text if it goes on from
 * what all others have. If it goes on from this person's chain, it shows when
 * they compare. */
static void
test_forked(void)
{
	struct chain sender, before, c;
	struct chain_link first, second, wrong;

	chain_begin(&sender);
	first = add(&sender, 1, "one");
	second = add(&sender, 2, "two");
	memset(&before, 0, sizeof(before));
	CU_ASSERT_TRUE(follow(&before, &first, 1, "ONE"));
	c = before;
	CU_ASSERT_FALSE(follow(&c, &second, 2, "two"));
	CU_ASSERT_EQUAL(c.forks, 1);
	memset(&c, 0, sizeof(c));
	CU_ASSERT_TRUE(chain_follow(&c, &first,
	    &(struct chain_text){ 1, TEXT_FLAG_ACTION, nick, { "one", 3 } }));
	CU_ASSERT_FALSE(follow(&c, &second, 2, "two"));
	memset(&c, 0, sizeof(c));
	CU_ASSERT_TRUE(chain_follow(&c, &first,
	    &(struct chain_text){ 1, 0, { "otto", 4 }, { "one", 3 } }));
	CU_ASSERT_FALSE(follow(&c, &second, 2, "two"));
	memset(&c, 0, sizeof(c));
	wrong = first;
	wrong.chain[15] ^= 1;
	CU_ASSERT_TRUE(follow(&c, &wrong, 1, "one"));
	CU_ASSERT_FALSE(follow(&c, &second, 2, "two"));
	memset(&c, 0, sizeof(c));
	CU_ASSERT_TRUE(follow(&c, &first, 1, "one"));
	CU_ASSERT_TRUE(follow(&c, &second, 3, "two")); /* under number 3 */
	CU_ASSERT_NOT_EQUAL(memcmp(c.hash, sender.hash, CHAIN_LEN), 0);

	c = before;
	wrong = second;
	memcpy(wrong.chain, c.hash, CHAIN_LEN);
	CU_ASSERT_TRUE(follow(&c, &wrong, 2, "two"));
	CU_ASSERT(c.last == 2 && sender.last == 2);
	CU_ASSERT_NOT_EQUAL(memcmp(c.hash, sender.hash, CHAIN_LEN), 0);
}

/* The sender cannot go on as if he had not said something to us alone,
 * either. */
static void
test_back(void)
{
	struct chain sender, others, c = { .last = 0 };
	struct chain_link link;

	chain_begin(&sender);
	for (uint64_t seq = 1; seq <= 2; seq++) {
		link = add(&sender, seq, "to all");
		CU_ASSERT_TRUE(follow(&c, &link, seq, "to all"));
	}
	others = sender;
	link = add(&sender, 3, "to us");
	CU_ASSERT_TRUE(follow(&c, &link, 3, "to us"));
	link = add(&others, 4, "to all");
	CU_ASSERT_FALSE(chain_misses(&c, &link));
	CU_ASSERT_FALSE(follow(&c, &link, 4, "to all"));
	CU_ASSERT(c.forks == 1 && c.gaps == 0);
	/* The others have got as far as this link. */
	link = add(&others, 5, "to all");
	CU_ASSERT_TRUE(follow(&c, &link, 5, "to all"));
	CU_ASSERT_EQUAL(memcmp(c.hash, others.hash, CHAIN_LEN), 0);
}

/* Two chains begin differently, though the texts are the same. */
static void
test_begins(void)
{
	struct chain a, b;

	chain_begin(&a);
	chain_begin(&b);
	add(&a, 1, "yes");
	add(&b, 1, "yes");
	CU_ASSERT_NOT_EQUAL(memcmp(a.hash, b.hash, CHAIN_LEN), 0);
}

/* These are no faults: a text that was never for us, a new cryptod of the
 * sender's, whose chain begins again, and texts that it says again. They are
 * counted, or a fault could hide among them. */
static void
test_gaps(void)
{
	static const struct chain_link none;
	struct chain sender, late = { .last = 0 }, c = late;
	struct chain_link link;

	chain_begin(&sender);
	link = add(&sender, 1, "one");
	CU_ASSERT_TRUE(follow(&c, &link, 1, "one"));
	add(&sender, 2, "not for us");
	link = add(&sender, 3, "three");
	CU_ASSERT_TRUE(chain_misses(&c, &link));
	CU_ASSERT_FALSE(chain_misses(&late, &link)); /* it came after them */
	CU_ASSERT_TRUE(follow(&c, &link, 3, "three"));
	CU_ASSERT_EQUAL(c.gaps, 1);
	link = add(&sender, 4, "four");
	CU_ASSERT_FALSE(chain_misses(&c, &link));
	CU_ASSERT_TRUE(follow(&c, &link, 4, "four"));
	CU_ASSERT_EQUAL(c.gaps, 1);

	chain_begin(&sender);
	CU_ASSERT_FALSE(chain_misses(&c, &none));
	CU_ASSERT_TRUE(follow(&c, &none, 5, "said again"));
	CU_ASSERT_EQUAL(c.gaps, 2);
	link = add(&sender, 6, "six");
	CU_ASSERT_FALSE(chain_misses(&c, &link));
	CU_ASSERT_TRUE(follow(&c, &link, 6, "six"));
	CU_ASSERT_EQUAL(c.gaps, 3);
	link = add(&sender, 7, "seven");
	CU_ASSERT_TRUE(follow(&c, &link, 7, "seven"));
	CU_ASSERT(c.gaps == 3 && c.forks == 0);
	CU_ASSERT_EQUAL(memcmp(c.hash, sender.hash, CHAIN_LEN), 0);
}

/* Private texts, and texts said again, are no part of our own chain. */
static void
test_outbox(void)
{
	static const struct chain_link none;
	const struct peer_id id = { { 1 } };
	const struct chain_text one = { 1, 0, nick, { "one", 3 } };
	struct ipc_say say = { .seq = 1 };
	struct outgoing *m;
	struct outbox box;
	struct chain begun, c;

	outbox_init(&box);
	begun = box.chain;
	say.nick_len = 4;
	CU_ASSERT_EQUAL(outbox_say(&box, &say, "annaone", 7, NULL, 0), 0);
	CU_ASSERT_EQUAL(chain_add(&begun, &one).before, 0);
	CU_ASSERT_EQUAL(memcmp(&begun, &box.chain, sizeof(begun)), 0);
	c = box.chain;
	CU_ASSERT_EQUAL(c.last, 1);
	m = outbox_next(&box);
	CU_ASSERT(m->len == 3 && memcmp(m->text, "one", 3) == 0);
	CU_ASSERT(m->nick_len == 4 && memcmp(outgoing_nick(m), "anna", 4) == 0);
	CU_ASSERT_NOT_EQUAL(memcmp(&m->link, &none, sizeof(none)), 0);
	outbox_settle(&box, m);
	say = (struct ipc_say){ .seq = 2, .flags = TEXT_FLAG_PRIVATE };
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(outbox_say(&box, &say, "x", 1, &id, i < 2), 0);
		m = outbox_next(&box);
		CU_ASSERT_EQUAL(memcmp(&m->link, &none, sizeof(none)), 0);
		outbox_settle(&box, m);
		say = (struct ipc_say){ .seq = say.seq + 1, .again = 1 };
	}
	CU_ASSERT_EQUAL(memcmp(&box.chain, &c, sizeof(c)), 0);
}

static bool
is_told(struct stage *s, uint64_t seq)
{
	struct ipc_message_in in;
	const struct ipc_fork *fork = stage_ui(s, IPC_FORK, &in);

	return fork != NULL && fork->seq == seq && fork->handle == s->p->handle;
}

static void
hear_wrong(struct stage *s, uint64_t seq)
{
	struct chain_link link = add(&s->chain, seq, "to all");

	link.chain[0] ^= 1; /* goes on from what others were told */
	stage_hear_link(s, seq, 0, &link, "to all");
}

/* The user is told before the text, once in a minute, and never about texts
 * that come again with a new session. */
static void
test_told(void)
{
	static const struct chain_link none;
	struct ipc_message_in in;
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	stage_hear(&s, 1, "one");
	stage_hear_link(&s, 2, TEXT_FLAG_PRIVATE, &none, "for you");
	stage_hear(&s, 3, "three");
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 3);
	CU_ASSERT_EQUAL(s.told[IPC_FORK], 0);
	hear_wrong(&s, 4);
	CU_ASSERT_TRUE(is_told(&s, 4));
	CU_ASSERT_PTR_NOT_NULL(stage_ui(&s, IPC_MESSAGE, &in));
	stage_hear(&s, 5, "five");
	hear_wrong(&s, 6);
	stage_hear_link(&s, 6, 0, &none, "to all"); /* it is here already */
	CU_ASSERT_FALSE(is_told(&s, 6));
	s.c->now += TELL_TIME;
	hear_wrong(&s, 7);
	CU_ASSERT_TRUE(is_told(&s, 7));
	CU_ASSERT_EQUAL(s.p->chain.forks, 4); /* five did not follow either */
	stage_close(&s);
}

/* /status has both sides' ends of the chain. */
static void
test_status(void)
{
	const struct ipc_status_peer *peer;
	const struct ipc_status *status;
	struct ipc_message_in in;
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	stage_connect(&s);
	stage_hear(&s, 7, "seven");
	stage_say(&s, 1, "one");
	stage_take(&s);
	status_ask(s.c, MESSAGE(s.c->now, NULL));
	status_net(s.c,
	    MESSAGE(s.c->now, &(struct ipc_net_status){ .heard = 0 }));
	peer = stage_ui(&s, IPC_STATUS_PEER, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(peer);
	CU_ASSERT_EQUAL(peer->texts.last, 7);
	CU_ASSERT_EQUAL(memcmp(peer->texts.chain, s.chain.hash, CHAIN_LEN), 0);
	status = stage_ui(&s, IPC_STATUS, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(status);
	CU_ASSERT_EQUAL(status->texts.last, 1);
	CU_ASSERT_EQUAL(memcmp(status->texts.chain, s.c->outbox.chain.hash,
			    CHAIN_LEN),
	    0);
	stage_close(&s);
}

void
chain_suite(void)
{
	CU_pSuite suite = CU_add_suite("chain", crypto_setup, NULL);

	CU_add_test(suite, "computed", test_computed);
	CU_add_test(suite, "followed", test_followed);
	CU_add_test(suite, "a fork", test_forked);
	CU_add_test(suite, "back behind it", test_back);
	CU_add_test(suite, "where it begins", test_begins);
	CU_add_test(suite, "gaps", test_gaps);
	CU_add_test(suite, "what is no part of it", test_outbox);
	CU_add_test(suite, "told", test_told);
	CU_add_test(suite, "in /status", test_status);
}
