/*
 * The user's texts by themselves: how long a text is kept, and what is known of
 * the last 4,096 messages.
 */
#include "ui/said.h"

#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void said_texts_suite(void);

struct desk {
	struct said *s;
	struct ipc_channel cryptod, theirs;
	unsigned int changes;
};

static const struct peer_id bob = { { 0xb0 } }, carol = { { 0xca } };

static void
begin(struct desk *d)
{
	memset(d, 0, sizeof(*d));
	d->s = calloc(1, sizeof(*d->s));
	CU_ASSERT_PTR_NOT_NULL_FATAL(d->s);
	said_init(d->s, 1);
	said_name(d->s, "alice", 5);
	ipc_pair(&d->cryptod, ROLE_UI, &d->theirs, ROLE_CRYPTOD);
}

static void
end(struct desk *d)
{
	said_free(d->s);
	free(d->s);
	ipc_close(&d->cryptod);
	ipc_close(&d->theirs);
}

/* Says a text: cryptod gets our name and the text. */
static uint64_t
say(struct desk *d, const char *text)
{
	uint64_t seq = said_hold(d->s, 0, NULL, 0, NULL, text, strlen(text));
	struct ipc_message_in in;

	said_pump(d->s, &d->cryptod);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&d->theirs, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_SAY);
	CU_ASSERT_EQUAL(in.tail_len, 5 + strlen(text));
	CU_ASSERT_EQUAL(memcmp((const char *)in.tail + 5, text, strlen(text)),
	    0);
	return seq;
}

static bool
is_kept(const struct desk *d, uint64_t seq)
{
	const struct said_entry *e = &d->s->window[seq % SAID_WINDOW];

	/* When the text goes, so do the peers that it was for. */
	CU_ASSERT_EQUAL(e->named == NULL, e->ids == NULL && e->sent);
	return e->named != NULL;
}

static void
changed(void *arg, uint64_t seq)
{
	struct desk *d = arg;

	(void)seq;
	d->changes++;
}

/* A text is kept as long as somebody is to get it, and no longer; if nobody is
 * there, not at all. */
static void
test_forget(void)
{
	struct desk d;
	uint64_t seq;

	begin(&d);
	seq = say(&d, "nobody is there");
	CU_ASSERT_EQUAL(said_open(d.s), 1);
	CU_ASSERT_EQUAL(said_sent(d.s, seq, &bob, 0, false), 0);
	CU_ASSERT_FALSE(is_kept(&d, seq));
	CU_ASSERT_EQUAL(said_open(d.s), 0);
	CU_ASSERT_STRING_EQUAL(said_excerpt(d.s, seq), "nobody is there");
	CU_ASSERT_TRUE(said_was_sent(d.s, seq));

	seq = say(&d, "nobody comes");
	CU_ASSERT_EQUAL(said_sent(d.s, seq, &bob, 0, true), 0);
	CU_ASSERT_TRUE(is_kept(&d, seq));
	CU_ASSERT_EQUAL(said_all(d.s, seq, changed, &d), 0);
	CU_ASSERT_FALSE(is_kept(&d, seq));

	seq = say(&d, "somebody comes");
	CU_ASSERT_EQUAL(said_sent(d.s, seq, &bob, 0, true), 0);
	CU_ASSERT_EQUAL(said_also(d.s, seq - 1, &bob, changed, &d), 0);
	CU_ASSERT_EQUAL(said_all(d.s, seq, changed, &d), 0);
	CU_ASSERT_EQUAL(d.changes, 3);
	CU_ASSERT_TRUE(is_kept(&d, seq));
	CU_ASSERT_EQUAL(said_settled(d.s, seq, &carol), -1);
	CU_ASSERT_TRUE(is_kept(&d, seq));
	CU_ASSERT_EQUAL(said_settled(d.s, seq, &bob), 0);
	CU_ASSERT_FALSE(is_kept(&d, seq));

	seq = say(&d, "two are there");
	CU_ASSERT_EQUAL(said_sent(d.s, seq, (struct peer_id[]){ bob, carol }, 2,
			    false),
	    0);
	CU_ASSERT_EQUAL(said_settled(d.s, seq, &carol), 0);
	CU_ASSERT_EQUAL(said_settled(d.s, seq, &carol), -1);
	CU_ASSERT_TRUE(is_kept(&d, seq));
	CU_ASSERT_EQUAL(said_settled(d.s, seq, &bob), 0);
	CU_ASSERT_FALSE(is_kept(&d, seq));
	CU_ASSERT_EQUAL(said_open(d.s), 0);
	end(&d);
}

/* Texts that cryptod died with are said again, except those that all have:
 * these are forgotten, though nobody is left who could say so. */
static void
test_forget_unsent(void)
{
	struct ipc_message_in in;
	uint64_t got, owed, late;
	struct desk d;

	begin(&d);
	owed = say(&d, "owed");
	CU_ASSERT_EQUAL(said_sent(d.s, owed, &bob, 1, false), 0);
	got = say(&d, "got by all, who were more to be");
	CU_ASSERT_EQUAL(said_sent(d.s, got, &bob, 1, true), 0);
	CU_ASSERT_EQUAL(said_settled(d.s, got, &bob), 0);
	late = say(&d, "for who comes");
	CU_ASSERT_EQUAL(said_sent(d.s, late, &bob, 0, true), 0);
	said_unsend(d.s, changed, &d);
	CU_ASSERT_FALSE(is_kept(&d, got));
	said_pump(d.s, &d.cryptod);
	CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_SAY_TO);
	for (int i = 0; i < 2; i++) {
		const struct ipc_say *body;

		CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_GOT);
		CU_ASSERT_EQUAL_FATAL(in.type, IPC_SAY);
		body = in.body;
		CU_ASSERT(body->again && body->seq == (i == 0 ? owed : late));
	}
	CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_EMPTY);
	/* Its being sent is only news of a text that somebody was there for. */
	CU_ASSERT_EQUAL(said_sent(d.s, owed, &bob, 1, false), 1);
	CU_ASSERT_EQUAL(said_sent(d.s, late, &bob, 1, false), 0);
	end(&d);
}

/* For so many texts more, it is known that a message was sent, and how it
 * began; then another one takes its place. */
static void
test_window(void)
{
	uint64_t first, seq = 0;
	char text[32];
	struct desk d;

	begin(&d);
	first = say(&d, "the first");
	CU_ASSERT_FALSE(said_was_sent(d.s, first));
	CU_ASSERT_EQUAL(said_sent(d.s, first, &bob, 0, false), 0);
	for (int i = 2; i <= SAID_WINDOW; i++) {
		(void)snprintf(text, sizeof(text), "number %d", i);
		seq = say(&d, text);
		CU_ASSERT_EQUAL(said_sent(d.s, seq, &bob, 0, false), 0);
	}
	CU_ASSERT_EQUAL(seq, first + SAID_WINDOW - 1);
	CU_ASSERT_TRUE(said_was_sent(d.s, first));
	CU_ASSERT_STRING_EQUAL(said_excerpt(d.s, first), "the first");
	CU_ASSERT_STRING_EQUAL(said_excerpt(d.s, seq), "number 4096");
	seq = say(&d, "one more");
	CU_ASSERT_EQUAL(said_sent(d.s, seq, &bob, 0, false), 0);
	CU_ASSERT_FALSE(said_was_sent(d.s, first));
	CU_ASSERT_TRUE(said_was_sent(d.s, first + 1));
	CU_ASSERT_FALSE(said_was_sent(d.s, seq + 1));
	end(&d);
}

/* A text that is owed keeps its place: the 4,096th is the last one that is said
 * before it is settled. */
static void
test_owed(void)
{
	uint64_t first, seq = 0;
	struct ipc_message_in in;
	struct desk d;

	begin(&d);
	first = say(&d, "owed");
	CU_ASSERT_EQUAL(said_sent(d.s, first, &bob, 1, false), 0);
	for (int i = 2; i <= SAID_WINDOW; i++) {
		seq = say(&d, "got by all");
		CU_ASSERT_EQUAL(said_sent(d.s, seq, &bob, 0, false), 0);
	}
	CU_ASSERT_EQUAL(seq, first + SAID_WINDOW - 1);
	CU_ASSERT_EQUAL(said_hold(d.s, 0, NULL, 0, NULL, "waits", 5), seq + 1);
	said_pump(d.s, &d.cryptod);
	CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_EMPTY);
	CU_ASSERT_TRUE(is_kept(&d, first));
	CU_ASSERT_EQUAL(said_open(d.s), 2);
	CU_ASSERT_EQUAL(said_settled(d.s, first, &bob), 0);
	said_pump(d.s, &d.cryptod);
	CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_GOT);
	CU_ASSERT_EQUAL(((const struct ipc_say *)in.body)->seq, seq + 1);
	end(&d);
}

/* Takes a SAY: does it name a key? */
static bool
names_key(struct desk *d)
{
	static const uint8_t none[FINGERPRINT_LEN];
	const struct ipc_say *body;
	struct ipc_message_in in;

	do {
		CU_ASSERT_EQUAL_FATAL(ipc_receive(&d->theirs, &in), IPC_GOT);
	} while (in.type == IPC_SAY_TO);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_SAY);
	body = in.body;
	CU_ASSERT_EQUAL((body->flags & TEXT_FLAG_PRIVATE) != 0,
	    memcmp(body->fingerprint, none, sizeof(none)) != 0);
	return memcmp(body->fingerprint, none, sizeof(none)) != 0;
}

/* A text for all names nobody's key, though its place held one for somebody
 * before. */
static void
test_private(void)
{
	static const uint8_t key[FINGERPRINT_LEN] = { 0xab };
	struct desk d;
	uint64_t seq;

	begin(&d);
	seq = said_hold(d.s, 0, &bob, 1, key, "psst", 4);
	said_pump(d.s, &d.cryptod);
	CU_ASSERT_TRUE(names_key(&d));
	CU_ASSERT_EQUAL(said_sent(d.s, seq, &bob, 1, false), 0);
	for (int i = 0; i < SAID_HELD_MAX; i++) {
		seq = said_hold(d.s, 0, NULL, 0, NULL, "all", 3);
		said_pump(d.s, &d.cryptod);
		CU_ASSERT_FALSE(names_key(&d));
		CU_ASSERT_EQUAL(said_sent(d.s, seq, &bob, 0, false), 0);
	}
	end(&d);
}

/* What is held goes out under the name of its time, and another name after it;
 * with nothing to wait for at once. */
static void
test_rename(void)
{
	struct ipc_message_in in;
	struct desk d;

	begin(&d);
	said_rename(d.s, &d.cryptod, "anne", 4);
	CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_GOT);
	CU_ASSERT(in.type == IPC_NICK && in.tail_len == 4);
	CU_ASSERT_FALSE(d.s->nick_due);
	CU_ASSERT_EQUAL(said_hold(d.s, 0, NULL, 0, NULL, "x", 1), 1);
	said_rename(d.s, &d.cryptod, "bea", 3);
	CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_EMPTY);
	said_pump(d.s, &d.cryptod);
	CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_GOT);
	CU_ASSERT(in.type == IPC_SAY && in.tail_len == 5 &&
	    memcmp(in.tail, "annex", 5) == 0);
	CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_GOT);
	CU_ASSERT(in.type == IPC_NICK && in.tail_len == 3);
	said_pump(d.s, &d.cryptod);
	CU_ASSERT_EQUAL(ipc_receive(&d.theirs, &in), IPC_EMPTY);
	end(&d);
}

/* Lines that are never sent are taken one by one, with how they began. */
static void
test_drop(void)
{
	char excerpt[SAID_EXCERPT];
	struct desk d;

	begin(&d);
	CU_ASSERT_FALSE(said_drop(d.s, excerpt));
	said_hold(d.s, 0, NULL, 0, NULL, "one\nmore", 8);
	said_hold(d.s, 0, &bob, 1, (const uint8_t[FINGERPRINT_LEN]){ 1 }, "two",
	    3);
	CU_ASSERT_EQUAL(said_open(d.s), 2);
	CU_ASSERT_EQUAL(d.s->held_bytes, 2 * 5 + 8 + 3);
	CU_ASSERT_TRUE(said_drop(d.s, excerpt));
	CU_ASSERT_STRING_EQUAL(excerpt, "one…");
	CU_ASSERT_TRUE(said_drop(d.s, excerpt));
	CU_ASSERT_STRING_EQUAL(excerpt, "two");
	CU_ASSERT_FALSE(said_drop(d.s, excerpt));
	CU_ASSERT_EQUAL(d.s->held_bytes, 0);
	CU_ASSERT_EQUAL(said_open(d.s), 0);
	end(&d);
}

/* The first, from a number on, that cryptod has and has not sent. */
static void
test_unsent(void)
{
	struct desk d;
	uint64_t seq = 1;

	begin(&d);
	CU_ASSERT_FALSE(said_unsent(d.s, &seq));
	CU_ASSERT_EQUAL(say(&d, "a"), 1);
	CU_ASSERT_EQUAL(say(&d, "b"), 2);
	CU_ASSERT_EQUAL(say(&d, "c"), 3);
	CU_ASSERT_EQUAL(said_sent(d.s, 1, &bob, 1, false), 0);
	CU_ASSERT_TRUE(said_unsent(d.s, &seq));
	CU_ASSERT_EQUAL(seq, 2);
	CU_ASSERT_EQUAL(said_sent(d.s, 2, &bob, 1, false), 0);
	CU_ASSERT_TRUE(said_unsent(d.s, &seq));
	CU_ASSERT_EQUAL(seq, 3);
	CU_ASSERT_EQUAL(said_sent(d.s, 3, &bob, 1, false), 0);
	CU_ASSERT_FALSE(said_unsent(d.s, &seq));
	CU_ASSERT_EQUAL(d.s->unsent, 0);
	end(&d);
}

/* So many lines, or so many bytes: the last may go over them. */
static void
test_full(void)
{
	static char text[TEXT_MAX];
	struct desk d;

	begin(&d);
	for (int i = 0; i < SAID_HELD_MAX; i++) {
		CU_ASSERT_FALSE(said_full(d.s));
		said_hold(d.s, 0, NULL, 0, NULL, "x", 1);
	}
	CU_ASSERT_TRUE(said_full(d.s));
	end(&d);
	begin(&d);
	while (d.s->held_bytes + 5 + TEXT_MAX < SAID_HELD_BYTES)
		said_hold(d.s, 0, NULL, 0, NULL, text, TEXT_MAX);
	said_hold(d.s, 0, NULL, 0, NULL, text,
	    SAID_HELD_BYTES - d.s->held_bytes - 6);
	CU_ASSERT_EQUAL(d.s->held_bytes, SAID_HELD_BYTES - 1);
	CU_ASSERT_FALSE(said_full(d.s));
	said_hold(d.s, 0, NULL, 0, NULL, "x", 1);
	CU_ASSERT_TRUE(said_full(d.s));
	end(&d);
}

void
said_texts_suite(void)
{
	CU_pSuite suite = CU_add_suite("said_texts", NULL, NULL);

	CU_add_test(suite, "texts are forgotten", test_forget);
	CU_add_test(suite, "also without cryptod", test_forget_unsent);
	CU_add_test(suite, "4,096 messages are known", test_window);
	CU_add_test(suite, "one of them is owed", test_owed);
	CU_add_test(suite, "for one, and for all", test_private);
	CU_add_test(suite, "another name of ours", test_rename);
	CU_add_test(suite, "what is never sent", test_drop);
	CU_add_test(suite, "what is not sent yet", test_unsent);
	CU_add_test(suite, "when nothing more is held", test_full);
}
