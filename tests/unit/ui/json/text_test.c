/*
 * Strings of JSON without jansson (ui/json/text.c): they are read and written
 * as jansson does it, and other lines are left to jansson.
 */
#include "ui/json/text.h"

#include "common/utf8.h"
#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

void json_text_suite(void);

static bool
is_same(const struct buf *b, const char *s, size_t len)
{
	return b->len == len && (len == 0 || memcmp(b->bytes, s, len) == 0);
}

/* Reads a line that ends where memory ends. */
static bool
read_say(struct buf *text, const char *line, size_t len)
{
	text->len = 0;
	return json_text_say(text, (const char *)bytes_guarded(line, len), len);
}

static void
test_read(void)
{
	static const struct {
		const char *line, *text;
	} cases[] = {
		{ "{\"cmd\":\"say\",\"text\":\"hello\"}", "hello" },
		{ "{\"cmd\": \"say\", \"text\": \" hello \"}", " hello " },
		{ "  { \"cmd\" :\"say\" , \"text\"  :\"x\" }  ", "x" },
		{ "{\"cmd\":\"say\",\"text\":\"\"}", "" },
		{ "{\"cmd\":\"say\",\"text\":\"grüße 🐈\"}", "grüße 🐈" },
		{ "{\"cmd\":\"say\",\"text\":\"a\\nb\\tc\\rd\\be\\ff\"}",
		    "a\nb\tc\rd\be\ff" },
		{ "{\"cmd\":\"say\",\"text\":\"\\\"\\\\\\/\\\\n\"}",
		    "\"\\/\\n" },
		{ "{\"cmd\":\"say\",\"text\":\"}{:,\"}", "}{:," },
	};
	struct buf text = { 0 };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CU_ASSERT_TRUE(
		    read_say(&text, cases[i].line, strlen(cases[i].line)));
		CU_ASSERT_TRUE(
		    is_same(&text, cases[i].text, strlen(cases[i].text)));
	}
	buf_free(&text);
}

static void
test_left_to_jansson(void)
{
	static const char whole[] = "{\"cmd\":\"say\",\"text\":\"a\\nb\"}";
	static const char *const lines[] = {
		"{\"cmd\":\"quit\"}",
		"{\"text\":\"a\",\"cmd\":\"say\"}",
		"{\"cmd\":\"say\",\"text\":\"a\",\"id\":1}",
		"{\"cmd\":\"say\",\"text\":\"a\",\"text\":\"b\"}",
		"{\"cmd\":\"say\",\"text\":null}",
		"{\"cmd\":\"say\",\"text\":\"\\u0041\"}",
		"{\"cmd\":\"say\",\"text\":\"\\x\"}",
		"{\"cmd\":\"say\",\"text\":\"a\tb\"}",
		"{\"cmd\":\"say\",\"text\":\"a\\\"}",
		"{\"cmd\":\"say\",\"text\":\"a\"} {}",
		"{\"cmd\":\"say\",\"text\":\"a\"}}",
		"{\"cmd\":\"say\" \"text\":\"a\"}",
	};
	struct buf text = { 0 };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		CU_ASSERT_FALSE(read_say(&text, lines[i], strlen(lines[i])));
	for (size_t len = 0; len < sizeof(whole) - 1; len++)
		CU_ASSERT_FALSE(read_say(&text, whole, len));
	CU_ASSERT_TRUE(read_say(&text, whole, sizeof(whole) - 1));
	buf_free(&text);
}

/* Reads the text as json.c has jansson read it. */
static bool
jansson_agrees(const char *line, size_t len, const struct buf *text)
{
	json_t *command = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	const char *cmd = json_string_value(json_object_get(command, "cmd"));
	const json_t *said = json_object_get(command, "text");
	bool same = cmd != NULL && strcmp(cmd, "say") == 0 &&
	    json_object_size(command) == 2 && json_is_string(said) &&
	    is_same(text, json_string_value(said), json_string_length(said));

	json_decref(command);
	return same;
}

/* Whatever the line is, jansson reads the same in it. */
static void
test_mutations(void)
{
	static const char whole[] =
	    "{\"cmd\": \"say\", \"text\": \"a \\n\\\\ \\\" \xc3\xa9 text\"}";
	unsigned int taken = 0, wrong = 0;
	struct buf text = { 0 };
	uint64_t seed = 11;
	char line[128];
	size_t len;

	for (int i = 0; i < MUTATIONS; i++) {
		memcpy(line, whole, sizeof(whole) - 1);
		len = bytes_mutate(&seed, (uint8_t *)line, sizeof(whole) - 1,
		    sizeof(line));
		if (!utf8_valid(line, len) || !read_say(&text, line, len))
			continue;
		taken++;
		wrong += !jansson_agrees(line, len, &text);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(taken > MUTATIONS / 100);
	buf_free(&text);
}

/* Every ASCII character is written, at any place. DEL differs: it becomes
 * \u007f here, and jansson leaves it raw. */
static void
test_write(void)
{
	char text[16], *expected;
	struct buf got = { 0 };
	json_t *string;

	for (char c = 1; c < 0x7f; c++)
		for (size_t at = 0; at < 15; at += 7) {
			strcpy(text, "a text is here ");
			text[at] = c;
			string = json_string(text);
			expected = json_dumps(string, JSON_ENCODE_ANY);
			CU_ASSERT_PTR_NOT_NULL_FATAL(expected);
			got.len = 0;
			json_text_put(&got, text, strlen(text));
			CU_ASSERT_TRUE(
			    is_same(&got, expected, strlen(expected)));
			free(expected);
			json_decref(string);
		}
	buf_free(&got);
}

void
json_text_suite(void)
{
	CU_pSuite s = CU_add_suite("json_text", NULL, NULL);

	CU_add_test(s, "what is read", test_read);
	CU_add_test(s, "what is left to jansson", test_left_to_jansson);
	CU_add_test(s, "100,000 mutations", test_mutations);
	CU_add_test(s, "what is written", test_write);
}
