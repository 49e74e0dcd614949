/*
 * What cryptod keeps for a ui that is restarted, how much of it, and what it
 * tells that ui.
 */
#include "cryptod/client/recall.h"

#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void recall_suite(void);

struct stage {
	struct recall recall;
	struct ipc_channel cryptod, ui;
	struct ipc_message_in in;
	uint64_t now;
};

static const struct recall_whom anna = { { { 0xa } }, { 0xaa }, 4, "anna" },
				bert = { { { 0xb } }, { 0xbb }, 4, "bert" },
				nameless = { { { 0xc } }, { 0 }, 0, "" };

static void
begin(struct stage *s)
{
	memset(s, 0, sizeof(*s));
	recall_init(&s->recall);
	ipc_pair(&s->cryptod, ROLE_CRYPTOD, &s->ui, ROLE_UI);
}

static void
end(struct stage *s)
{
	recall_free(&s->recall);
	CU_ASSERT_EQUAL(s->recall.bytes, 0);
	CU_ASSERT_EQUAL(s->recall.count, 0);
	CU_ASSERT_PTR_NULL(s->recall.draft);
	ipc_close(&s->cryptod);
	ipc_close(&s->ui);
}

static struct recall_time
at(uint64_t now)
{
	return (struct recall_time){ now, (int64_t)now * 1000 };
}

static void
hear(struct stage *s, const char *text)
{
	recall_text(&s->recall, at(++s->now), 0, 0, &anna, text, strlen(text));
}

static void
say(struct stage *s, uint64_t seq, const char *text)
{
	recall_text(&s->recall, at(++s->now), seq, 0, NULL, text, strlen(text));
}

static void
miss(struct stage *s, uint64_t seq, enum undelivered_reason reason,
    const struct recall_whom *whom)
{
	struct ipc_undelivered u = {
		.seq = seq,
		.id = whom->id,
		.reason = (uint8_t)reason,
		.counted = 1,
	};

	recall_undelivered(&s->recall, &u, whom);
}

/* Returns the next message to ui, which must have this type. */
static const void *
told(struct stage *s, enum ipc_type type)
{
	ipc_flush(&s->cryptod);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&s->ui, &s->in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(s->in.type, type);
	return s->in.body;
}

/* The next message is this text, after a nickname or nothing. */
static const struct ipc_recall *
told_text(struct stage *s, const char *nick, const char *text)
{
	const struct ipc_recall *r = told(s, IPC_RECALL);
	char both[256];

	snprintf(both, sizeof(both), "%s%s", nick, text);
	CU_ASSERT_EQUAL(r->nick_len, strlen(nick));
	CU_ASSERT_EQUAL(s->in.tail_len, strlen(both));
	CU_ASSERT_EQUAL(memcmp(s->in.tail, both, s->in.tail_len), 0);
	return r;
}

/* The recall is over. The next ui has a channel of its own. */
static void
told_end(struct stage *s)
{
	told(s, IPC_RECALL_END);
	CU_ASSERT_EQUAL(ipc_receive(&s->ui, &s->in), IPC_EMPTY);
	ipc_close(&s->cryptod);
	ipc_close(&s->ui);
	ipc_pair(&s->cryptod, ROLE_CRYPTOD, &s->ui, ROLE_UI);
}

static void
test_nothing(void)
{
	struct stage s;

	begin(&s);
	recall_tell(&s.recall, &s.cryptod);
	told_end(&s);
	end(&s);
}

/* Texts come in order, with times, names and flags, as often as a ui dies. */
static void
test_texts(void)
{
	const struct ipc_recall *r;
	struct stage s;

	begin(&s);
	hear(&s, "hello");
	say(&s, 7, "hello anna");
	recall_text(&s.recall, at(++s.now), 0, TEXT_FLAG_ACTION, &bert, "waves",
	    5);
	recall_text(&s.recall, at(++s.now), 8, TEXT_FLAG_PRIVATE, &bert, "hush",
	    4);
	for (int i = 0; i < 2; i++) {
		recall_tell(&s.recall, &s.cryptod);
		r = told_text(&s, "anna", "hello");
		CU_ASSERT_EQUAL(r->seq, 0);
		CU_ASSERT_EQUAL(r->wall_ms, 1000);
		CU_ASSERT_EQUAL(r->fingerprint[0], 0xaa);
		CU_ASSERT_EQUAL(r->id.bytes[0], 0xa);
		r = told_text(&s, "", "hello anna");
		CU_ASSERT_EQUAL(r->seq, 7);
		r = told_text(&s, "bert", "waves");
		CU_ASSERT_EQUAL(r->flags, TEXT_FLAG_ACTION);
		r = told_text(&s, "bert", "hush");
		CU_ASSERT_EQUAL(r->seq, 8);
		CU_ASSERT_EQUAL(r->flags, TEXT_FLAG_PRIVATE);
		told_end(&s);
	}
	end(&s);
}

/* A text that is confirmed after it was shown keeps its place. */
static void
test_order(void)
{
	struct stage s;

	begin(&s);
	s.now = 10;
	say(&s, 1, "one");
	say(&s, 2, "three");
	recall_text(&s.recall, at(11), 0, 0, &anna, "two", 3);
	recall_text(&s.recall, at(1), 0, 0, &anna, "zero", 4);
	recall_tell(&s.recall, &s.cryptod);
	told_text(&s, "anna", "zero");
	told_text(&s, "", "one");
	told_text(&s, "anna", "two");
	told_text(&s, "", "three");
	told_end(&s);
	end(&s);
}

static void
test_marks(void)
{
	const struct ipc_recall_missed *m;
	const struct ipc_recall *r;
	struct stage s;

	begin(&s);
	say(&s, 1, "waits");
	say(&s, 2, "had by some");
	recall_sent(&s.recall, 2, 3, false);
	recall_delivered(&s.recall, 2);
	miss(&s, 2, UNDELIVERED_LEFT, &bert);
	miss(&s, 2, UNDELIVERED_SLOW, &anna);
	miss(&s, 2, UNDELIVERED_NO_PATH, &nameless);
	recall_late(&s.recall, 2, &anna.id);
	/* Numbers of an earlier ui are ignored. */
	recall_sent(&s.recall, 99, 1, false);
	recall_delivered(&s.recall, 99);
	recall_late(&s.recall, 99, &anna.id);
	miss(&s, 99, UNDELIVERED_LEFT, &anna);

	recall_tell(&s.recall, &s.cryptod);
	r = told_text(&s, "", "waits");
	CU_ASSERT_EQUAL(r->sent, 0);
	r = told_text(&s, "", "had by some");
	CU_ASSERT_EQUAL(r->sent, 1);
	CU_ASSERT_EQUAL(r->peers, 3);
	CU_ASSERT_EQUAL(r->delivered, 2);
	m = told(&s, IPC_RECALL_MISSED);
	CU_ASSERT_EQUAL(m->seq, 2);
	CU_ASSERT_EQUAL(m->id.bytes[0], 0xb);
	CU_ASSERT_EQUAL(m->reason, UNDELIVERED_LEFT);
	CU_ASSERT_EQUAL(s.in.tail_len, 4);
	m = told(&s, IPC_RECALL_MISSED);
	CU_ASSERT_EQUAL(m->id.bytes[0], 0xc);
	CU_ASSERT_EQUAL(s.in.tail_len, 0);
	told_end(&s);
	end(&s);
}

/* A text says how many peers are still to confirm it, without those who were
 * not to have it. */
static void
test_left(void)
{
	struct ipc_undelivered unreachable = { .seq = 1, .id = nameless.id };
	const struct ipc_recall *r;
	struct stage s;

	begin(&s);
	say(&s, 1, "to three");
	recall_sent(&s.recall, 1, 3, false);
	recall_undelivered(&s.recall, &unreachable, &nameless);
	recall_delivered(&s.recall, 1);
	recall_tell(&s.recall, &s.cryptod);
	r = told_text(&s, "", "to three");
	CU_ASSERT(r->peers == 3 && r->delivered == 1 && r->left == 2);
	told(&s, IPC_RECALL_MISSED);
	told_end(&s);
	miss(&s, 1, UNDELIVERED_LEFT, &bert);
	recall_delivered(&s.recall, 1);
	recall_late(&s.recall, 1, &bert.id);
	recall_tell(&s.recall, &s.cryptod);
	r = told_text(&s, "", "to three");
	CU_ASSERT(r->peers == 3 && r->delivered == 3 && r->left == 0);
	told(&s, IPC_RECALL_MISSED);
	told_end(&s);
	end(&s);
}

/* An open text goes to everybody who comes, until it is closed. */
static void
test_open(void)
{
	const struct ipc_recall *r;
	struct stage s;

	begin(&s);
	hear(&s, "not ours");
	for (uint64_t seq = 1; seq <= 4; seq++) {
		say(&s, seq, "ours");
		recall_sent(&s.recall, seq, 1, seq != 3);
	}
	recall_also(&s.recall, 1);
	recall_all(&s.recall, 2);
	recall_also(&s.recall, 0);
	recall_tell(&s.recall, &s.cryptod);
	told_text(&s, "anna", "not ours");
	r = told_text(&s, "", "ours");
	CU_ASSERT(r->peers == 1 && r->open == 0);
	r = told_text(&s, "", "ours");
	CU_ASSERT(r->peers == 2 && r->open == 0);
	r = told_text(&s, "", "ours");
	CU_ASSERT(r->peers == 1 && r->open == 0);
	r = told_text(&s, "", "ours");
	CU_ASSERT(r->peers == 3 && r->open == 1);
	CU_ASSERT_EQUAL(r->left, 3);
	told_end(&s);
	end(&s);
}

/* If very many did not get a text, only the first are named. */
static void
test_many_missed(void)
{
	struct recall_whom whom = anna;
	const struct ipc_recall_missed *m = NULL;
	const struct ipc_recall *r;
	struct stage s;

	begin(&s);
	say(&s, 1, "to a crowd");
	recall_sent(&s.recall, 1, 256, false);
	for (unsigned int i = 0; i < 256; i++) {
		whom.id.bytes[0] = (uint8_t)i;
		miss(&s, 1, UNDELIVERED_LEFT, &whom);
	}
	recall_tell(&s.recall, &s.cryptod);
	r = told_text(&s, "", "to a crowd");
	CU_ASSERT_EQUAL(r->others, 256 - RECALL_MISSED_MAX);
	for (unsigned int i = 0; i < RECALL_MISSED_MAX; i++) {
		m = told(&s, IPC_RECALL_MISSED);
		CU_ASSERT_EQUAL(m->id.bytes[0], i);
	}
	told_end(&s);
	end(&s);
}

/* A named peer that has the text after all counts as delivered; peers without a
 * name stay missing. */
static void
test_named_late(void)
{
	struct recall_whom whom = anna;
	const struct ipc_recall *r;
	struct stage s;

	begin(&s);
	say(&s, 1, "to a crowd");
	recall_sent(&s.recall, 1, 10, false);
	for (unsigned int i = 0; i < 10; i++) {
		whom.id.bytes[0] = (uint8_t)i;
		miss(&s, 1, UNDELIVERED_LEFT, &whom);
	}
	for (unsigned int i = 0; i < 9; i++) {
		whom.id.bytes[0] = (uint8_t)i;
		recall_late(&s.recall, 1, &whom.id);
	}
	recall_tell(&s.recall, &s.cryptod);
	r = told_text(&s, "", "to a crowd");
	CU_ASSERT_EQUAL(r->delivered, 9);
	CU_ASSERT_EQUAL(r->others, 1);
	told_end(&s);
	end(&s);
}

/* The oldest texts go, by number or by bytes, whatever fills them. */
static void
test_bounds(void)
{
	static char text[TEXT_MAX];
	struct recall_whom whom = bert;
	char line[16];
	struct stage s;

	begin(&s);
	for (unsigned int i = 1; i <= RECALL_TEXTS + 10; i++) {
		snprintf(line, sizeof(line), "%u", i);
		hear(&s, line);
	}
	CU_ASSERT_EQUAL(s.recall.count, RECALL_TEXTS);
	recall_tell(&s.recall, &s.cryptod);
	told_text(&s, "anna", "11");
	end(&s);

	begin(&s);
	memset(text, 'x', sizeof(text));
	for (uint64_t seq = 1; seq <= 100; seq++) {
		recall_text(&s.recall, at(seq), seq, 0, NULL, text, TEXT_MAX);
		CU_ASSERT(s.recall.bytes <= RECALL_BYTES);
	}
	CU_ASSERT_EQUAL(s.recall.count, RECALL_BYTES / TEXT_MAX);
	for (uint64_t seq = 101; seq <= 600; seq++) {
		recall_text(&s.recall, at(seq), seq, 0, NULL, "x", 1);
		for (unsigned int i = 0; i < 16; i++) {
			whom.id.bytes[0] = (uint8_t)i;
			miss(&s, seq, 0, &whom);
		}
		CU_ASSERT(s.recall.bytes <= RECALL_BYTES);
	}
	CU_ASSERT(s.recall.count > 100 && s.recall.count < RECALL_TEXTS);
	end(&s);
}

static void
test_draft(void)
{
	const struct ipc_draft *d;
	struct stage s;

	begin(&s);
	hear(&s, "hello");
	recall_draft(&s.recall, 2, "first", 5);
	recall_draft(&s.recall, 6, "two\nlines", 9);
	recall_tell(&s.recall, &s.cryptod);
	told_text(&s, "anna", "hello");
	d = told(&s, IPC_RECALL_DRAFT);
	CU_ASSERT_EQUAL(d->cursor, 6);
	CU_ASSERT(
	    s.in.tail_len == 9 && memcmp(s.in.tail, "two\nlines", 9) == 0);
	told_end(&s);
	recall_draft(&s.recall, 0, NULL, 0);
	recall_tell(&s.recall, &s.cryptod);
	told_text(&s, "anna", "hello");
	told_end(&s);
	end(&s);
}

void
recall_suite(void)
{
	CU_pSuite s = CU_add_suite("recall", NULL, NULL);

	CU_add_test(s, "nothing", test_nothing);
	CU_add_test(s, "texts", test_texts);
	CU_add_test(s, "order", test_order);
	CU_add_test(s, "marks", test_marks);
	CU_add_test(s, "those left", test_left);
	CU_add_test(s, "open", test_open);
	CU_add_test(s, "many who did not get it", test_many_missed);
	CU_add_test(s, "the named have it after all", test_named_late);
	CU_add_test(s, "bounds", test_bounds);
	CU_add_test(s, "draft", test_draft);
}
