/*
 * The scrollback's entries (ui/tui/history.c): what is kept of each, how much
 * of all is kept, and which days there are. scrollback_test.c has what of it
 * is shown.
 */
#include "ui/tui/history.h"
#include "ui/tui/layout.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

void tui_history_suite(void);

#define START_MS (1709210096007LL) /* 2024-02-29T12:34:56Z */
#define DAY_MS	 (24 * 3600 * 1000LL)

static struct history *
open_history(void)
{
	struct history *h = calloc(1, sizeof(*h));

	CU_ASSERT_PTR_NOT_NULL_FATAL(h);
	setenv("TZ", "UTC", 1);
	tzset();
	history_init(h);
	return h;
}

static void
close_history(struct history *h)
{
	history_free(h);
	CU_ASSERT_TRUE(history_empty(h));
	CU_ASSERT_EQUAL(h->bytes, 0);
	free(h);
}

static struct entry *
add_at(struct history *h, const char *text, size_t len, int64_t wall_ms)
{
	struct history_new new = { .kind = ENTRY_NOTICE,
		.wall_ms = wall_ms,
		.text = text,
		.len = len };

	return history_add(h, &new);
}

static struct entry *
add(struct history *h, const char *text)
{
	return add_at(h, text, strlen(text), START_MS);
}

/* All of it is copied; of a fingerprint as much as tells names apart. */
static void
test_entry(void)
{
	const uint8_t fingerprint[FINGERPRINT_LEN] = { 0xab, 0x12, 0x34 };
	char name[] = "bert", to[] = "carl", text[] = "hello";
	struct history *h = open_history();
	const struct history_new new = { ENTRY_SAID, START_MS, 5, true,
		STYLE_OWN, name, fingerprint, to, text, 4, 0, 7 };
	const struct entry *e = history_add(h, &new);

	name[0] = to[0] = text[0] = 'x';
	CU_ASSERT_EQUAL(e->kind, ENTRY_SAID);
	CU_ASSERT_EQUAL(e->wall_ms, START_MS);
	CU_ASSERT_EQUAL(e->flags, 5);
	CU_ASSERT_TRUE(e->mention);
	CU_ASSERT_EQUAL(e->name_style, STYLE_OWN);
	CU_ASSERT_STRING_EQUAL(e->name, "bert");
	CU_ASSERT(memcmp(e->tag, fingerprint, HISTORY_TAG) == 0);
	CU_ASSERT_STRING_EQUAL(e->to, "carl");
	CU_ASSERT_STRING_EQUAL(e->text, "hell");
	CU_ASSERT_EQUAL(e->len, 4);
	CU_ASSERT_EQUAL(e->seq, 7);
	CU_ASSERT_EQUAL(e->number, 2); /* behind the day */
	CU_ASSERT_EQUAL(e->rows, 0);
	close_history(h);
}

static void
test_entry_of_nobody(void)
{
	static const uint8_t none[HISTORY_TAG];
	struct history *h = open_history();
	const struct entry *e = add(h, "");

	CU_ASSERT_STRING_EQUAL(e->name, "");
	CU_ASSERT_STRING_EQUAL(e->to, "");
	CU_ASSERT_STRING_EQUAL(e->text, "");
	CU_ASSERT(memcmp(e->tag, none, HISTORY_TAG) == 0);
	CU_ASSERT_FALSE(e->mention);
	close_history(h);
}

/* Only what others said counts as a message to read. */
static void
test_messages(void)
{
	struct history *h = open_history();
	struct history_new new = { .wall_ms = START_MS, .text = "" };
	const struct entry *e;

	for (uint64_t i = 1; i <= 2; i++) {
		new.kind = ENTRY_HEARD;
		e = history_add(h, &new);
		CU_ASSERT_EQUAL(e->messages, i);
		for (new.kind = ENTRY_SAID; new.kind < ENTRY_DAY; new.kind++)
			CU_ASSERT_EQUAL(history_add(h, &new)->messages, i);
	}
	CU_ASSERT_EQUAL(h->messages, 2);
	close_history(h);
}

/* A line is added where the date is another, not only the day of a year. */
static void
test_days(void)
{
	static const int64_t noon = START_MS - START_MS % DAY_MS + DAY_MS / 2;
	struct history *h = open_history();

	add_at(h, "", 0, noon);
	add_at(h, "", 0, noon + DAY_MS / 2 - 1);
	CU_ASSERT_EQUAL(h->next, 4);
	add_at(h, "", 0, noon + DAY_MS / 2);
	CU_ASSERT_EQUAL(h->next, 6);
	CU_ASSERT_STRING_EQUAL(history_entry(h, 4)->text, "Friday, 2024-03-01");
	CU_ASSERT_EQUAL(history_entry(h, 4)->wall_ms, noon + DAY_MS / 2);
	add_at(h, "", 0, noon + DAY_MS / 2 - 1);
	CU_ASSERT_EQUAL(h->next, 8);
	/* The 60th day of the next year. */
	add_at(h, "", 0, noon + 366 * DAY_MS);
	CU_ASSERT_EQUAL(h->next, 10);
	CU_ASSERT_STRING_EQUAL(history_entry(h, 8)->text,
	    "Saturday, 2025-03-01");
	close_history(h);
}

/* On a terminal without UTF-8 an entry is what can be shown there. */
static void
test_ascii(void)
{
	struct history *h = open_history();
	const struct entry *e;

	h->ascii = true;
	e = add(h, "grün → 猫!");
	CU_ASSERT_EQUAL(e->len, strlen(e->text));
	for (size_t i = 0; i < e->len; i++)
		CU_ASSERT(e->text[i] > 0);
	CU_ASSERT_NSTRING_EQUAL(e->text, "gr", 2);
	CU_ASSERT_EQUAL(e->text[e->len - 1], '!');
	CU_ASSERT_EQUAL(e->kind, ENTRY_NOTICE);
	close_history(h);
}

/* The strings of an entry count, and what is forgotten does not. */
static void
test_bytes(void)
{
	struct history *h = open_history();
	const struct history_new new = { .wall_ms = START_MS,
		.name = "bert",
		.to = "carl m",
		.text = "hello",
		.len = 5 };
	const size_t one = sizeof(struct entry) + 4 + 6 + 5;
	size_t before;

	history_add(h, &new);
	before = h->bytes;
	CU_ASSERT_EQUAL(before,
	    one + sizeof(struct entry) + strlen("Thursday, 2024-02-29"));
	CU_ASSERT_EQUAL(h->appended, before);
	history_add(h, &new);
	CU_ASSERT_EQUAL(h->bytes, before + one);
	for (unsigned int i = 0; i < HISTORY_ENTRIES_MAX; i++)
		history_add(h, &new);
	CU_ASSERT_EQUAL(h->next - h->oldest, HISTORY_ENTRIES_MAX);
	CU_ASSERT_EQUAL(h->bytes, HISTORY_ENTRIES_MAX * one);
	CU_ASSERT_EQUAL(h->appended, before + (1 + HISTORY_ENTRIES_MAX) * one);
	close_history(h);
}

/* As many bytes as there may be, and the oldest go for one more. */
static void
test_byte_limit(void)
{
	static char text[1024 * 1024];
	struct history *h = open_history();
	size_t rest;

	memset(text, 'x', sizeof(text));
	do {
		add_at(h, text, sizeof(text) - sizeof(struct entry), START_MS);
		rest = HISTORY_BYTES_MAX - h->bytes;
	} while (rest > sizeof(text));
	add_at(h, text, rest - sizeof(struct entry), START_MS);
	CU_ASSERT_EQUAL(h->bytes, HISTORY_BYTES_MAX);
	CU_ASSERT_EQUAL(h->oldest, 1);
	/* The line of the day is not enough. */
	add_at(h, text, 100, START_MS);
	CU_ASSERT_EQUAL(h->oldest, 3);
	CU_ASSERT_PTR_NULL(history_entry(h, 2));
	CU_ASSERT(h->bytes <= HISTORY_BYTES_MAX);
	close_history(h);
}

/* So many entries, and no other number is one. */
static void
test_bounds(void)
{
	struct history *h = open_history();

	for (unsigned int i = 0; i < HISTORY_ENTRIES_MAX + 10; i++)
		add(h, "");
	CU_ASSERT_EQUAL(h->next - h->oldest, HISTORY_ENTRIES_MAX);
	CU_ASSERT_PTR_NULL(history_entry(h, h->oldest - 1));
	CU_ASSERT_EQUAL(history_entry(h, h->oldest)->number, h->oldest);
	CU_ASSERT_EQUAL(history_entry(h, h->next - 1)->number, h->next - 1);
	CU_ASSERT_PTR_NULL(history_entry(h, h->next));
	close_history(h);
}

static void
say_many(struct history *h, uint64_t first, uint64_t count)
{
	struct history_new new = { .kind = ENTRY_SAID,
		.wall_ms = START_MS,
		.text = "hi",
		.len = 2 };

	for (new.seq = first; new.seq < first + count; new.seq++)
		history_add(h, &new);
}

/* Whatever numbers they have, all are found that are here, and no other. */
static void
test_own_numbers(void)
{
	const uint64_t second = 1ULL << 32 | 1;
	struct history *h = open_history();
	uint64_t seq;

	CU_ASSERT_PTR_NULL(history_own(h, 0));
	say_many(h, 1, 2500);
	add(h, "not ours");
	say_many(h, second, 7000);
	for (seq = 1; seq <= 2500; seq++)
		CU_ASSERT_EQUAL(history_own(h, seq)->seq, seq);
	for (seq = second; seq < second + 7000; seq++)
		CU_ASSERT_EQUAL(history_own(h, seq)->seq, seq);
	CU_ASSERT_PTR_NULL(history_own(h, 0));
	CU_ASSERT_PTR_NULL(history_own(h, 2501));
	CU_ASSERT_PTR_NULL(history_own(h, second - 1));
	CU_ASSERT_PTR_NULL(history_own(h, second + 7000));
	/* The oldest are forgotten, and nobody else. */
	say_many(h, 2 * second, 2000);
	CU_ASSERT_EQUAL(h->next - h->oldest, HISTORY_ENTRIES_MAX);
	CU_ASSERT_PTR_NULL(history_own(h, 1501));
	CU_ASSERT_PTR_NOT_NULL(history_own(h, 1502));
	CU_ASSERT_PTR_NOT_NULL(history_own(h, 2 * second + 1999));
	close_history(h);
}

static struct entry *
say(struct history *h, uint64_t seq)
{
	const struct history_new new = { .kind = ENTRY_SAID,
		.wall_ms = START_MS,
		.text = "",
		.seq = seq };

	return history_add(h, &new);
}

static void
expect_missed(const struct entry *e, const char *names)
{
	CU_ASSERT_EQUAL_FATAL(e->mark.missed_count, strlen(names));
	for (size_t i = 0; i < e->mark.missed_count; i++)
		CU_ASSERT_EQUAL(e->mark.missed[i].who_and_why[0], names[i]);
}

/* Who missed it after all has it: one of them, wherever among them. */
static void
test_not_missed(void)
{
	static const struct peer_id ids[] = { { { 1 } }, { { 2 } }, { { 3 } },
		{ { 4 } } };
	struct history *h = open_history();
	struct entry *e = say(h, 1);

	history_missed(e, &ids[0], "a");
	history_missed(e, &ids[1], "b");
	history_missed(e, &ids[2], "c");
	expect_missed(e, "abc");
	CU_ASSERT_EQUAL(e->mark.undelivered, 3);
	history_not_missed(e, &ids[0]);
	expect_missed(e, "bc");
	history_not_missed(e, &ids[2]);
	expect_missed(e, "b");
	CU_ASSERT_EQUAL(e->mark.undelivered, 1);
	CU_ASSERT_EQUAL(e->mark.delivered, 2);
	/* One who had not missed it takes nobody's place. */
	history_not_missed(e, &ids[3]);
	expect_missed(e, "b");
	CU_ASSERT_EQUAL(e->mark.undelivered, 0);
	history_not_missed(e, &ids[1]);
	expect_missed(e, "");
	CU_ASSERT_EQUAL(e->mark.undelivered, 0);
	CU_ASSERT_EQUAL(e->mark.delivered, 4);
	close_history(h);
}

/* An entry has more rows then, and fewer later. */
static void
test_rows_of_missed(void)
{
	const struct peer_id id = { { 1 } };
	struct history *h = open_history();
	struct entry *e = say(h, 1);

	CU_ASSERT_EQUAL(layout_rows(e, 40), 1);
	history_missed(e, &id, "a long name");
	CU_ASSERT_EQUAL(layout_rows(e, 40), 2);
	history_missed(e, &(struct peer_id){ { 2 } }, "another long name");
	CU_ASSERT_EQUAL(layout_rows(e, 40), 3);
	history_not_missed(e, &id);
	CU_ASSERT_EQUAL(layout_rows(e, 40), 2);
	close_history(h);
}

/* Those who are named go with the entry; the sanitizers see it. */
static void
test_missed_forgotten(void)
{
	struct history *h = open_history();
	struct entry *e = say(h, 1);

	history_missed(e, &(struct peer_id){ { 1 } }, "a");
	history_missed(e, &(struct peer_id){ { 2 } }, "b");
	for (uint64_t seq = 2; seq < HISTORY_ENTRIES_MAX + 2; seq++)
		say(h, seq);
	CU_ASSERT_PTR_NULL(history_own(h, 1));
	history_missed(say(h, HISTORY_ENTRIES_MAX + 2),
	    &(struct peer_id){ { 1 } }, "a");
	close_history(h);
}

void
tui_history_suite(void)
{
	CU_pSuite s = CU_add_suite("tui_history", NULL, NULL);

	CU_add_test(s, "all of an entry", test_entry);
	CU_add_test(s, "an entry of nobody", test_entry_of_nobody);
	CU_add_test(s, "messages", test_messages);
	CU_add_test(s, "days", test_days);
	CU_add_test(s, "in ASCII", test_ascii);
	CU_add_test(s, "entries", test_bounds);
	CU_add_test(s, "our own, by their numbers", test_own_numbers);
	CU_add_test(s, "bytes", test_bytes);
	CU_add_test(s, "the most bytes", test_byte_limit);
	CU_add_test(s, "not missed after all", test_not_missed);
	CU_add_test(s, "rows of those who missed it", test_rows_of_missed);
	CU_add_test(s, "missed and forgotten", test_missed_forgotten);
}
