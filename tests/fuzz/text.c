/*
 * Fuzzes the functions that make a peer's text and nickname safe to show
 * (ui/text.c, ui/nick.c). Whatever goes in, valid UTF-8 comes out that steers
 * no terminal.
 */
#include "ui/text.h"

#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "ui/nick.h"

/* The output is valid, and has nothing invisible but what belongs to an
 * emoji. */
static void
check_shown(const char *s, size_t len, bool newlines)
{
	uint32_t c;
	size_t n;

	REQUIRE(utf8_valid(s, len));
	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(s + i, len - i, &c);
		REQUIRE(n > 0);
		if (c == '\n' && newlines)
			continue;
		REQUIRE(c >= 0x20 && (c < 0x7f || c >= 0xa0));
		REQUIRE(!text_is_invisible(c) || c == 0x200d ||
		    (c >= 0xfe00 && c <= 0xfe0f));
	}
}

static void
check_clean(const char *s, size_t len, const char *newline)
{
	struct buf out = { 0 }, again = { 0 };

	text_clean(&out, s, len, newline);
	check_shown(out.bytes, out.len, newline != NULL);
	/* A text that is safe stays as it is. */
	text_clean(&again, out.bytes, out.len, newline);
	REQUIRE(again.len == out.len &&
	    (out.len == 0 || memcmp(again.bytes, out.bytes, out.len) == 0));
	buf_free(&again);
	buf_free(&out);
}

static void
check_nick(const char *s, size_t len)
{
	char nick[NICK_MAX + 1], again[NICK_MAX + 1];
	struct nick_look look, same;

	if (nick_normalise(s, len, nick) == -1)
		return;
	REQUIRE(strlen(nick) > 0 && strlen(nick) <= NICK_MAX);
	check_shown(nick, strlen(nick), false);
	REQUIRE(nick_normalise(nick, strlen(nick), again) == 0);
	nick_look(&look, nick);
	nick_look(&same, nick);
	REQUIRE(nick_alike(&look, &same));
	nick_look_free(&look);
	nick_look_free(&same);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *s = (char *)fuzz_copy(data, size), excerpt[40];

	check_clean(s, size, NULL);
	check_clean(s, size, "\n");
	for (size_t max = 4; max <= sizeof(excerpt); max++) {
		REQUIRE(text_excerpt(excerpt, max, s, size) == excerpt);
		REQUIRE(strlen(excerpt) < max);
		check_shown(excerpt, strlen(excerpt), false);
	}
	check_nick(s, size);
	free(s);
	return 0;
}
