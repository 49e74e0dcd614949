/*
 * The kinds of typed lines. See typed.h.
 */
#include "ui/typed.h"

#include "ui/text.h"

#include "common/utf8.h"

#include <string.h>
#include <utf8proc.h>

#define ESC	     0x1b
#define CSI	     0x9b
#define NEXT_LINE    0x85
#define LINE_END     0x2028
#define PARAGRAPH    0x2029
#define BRAILLE_NONE 0x2800  /* a pattern without dots */
#define NOTE_NONE    0x1d159 /* a head of a note that is not there */

/* UTS #39 has these for look-alikes of U+002F; the last four have it in their
 * decomposition, or draw it over the character before them. */
static const uint32_t slashes[] = { 0x1735, 0x2041, 0x2044, 0x2215, 0x2571,
	0x27cb, 0x29f8, 0x2f03, 0x31d3, 0x1d23a, 0xff0f, 0x337, 0x338, 0x20eb };

bool
typed_is_alike(uint32_t c)
{
	for (size_t i = 0; i < sizeof(slashes) / sizeof(slashes[0]); i++)
		if (c == slashes[i])
			return true;
	return false;
}

static bool
is_blank(uint32_t c)
{
	return c == ' ' || c == BRAILLE_NONE || c == NOTE_NONE ||
	    utf8proc_category((utf8proc_int32_t)c) == UTF8PROC_CATEGORY_ZS ||
	    text_is_invisible(c);
}

/* Returns the bytes of an escape sequence after its first character that sets a
 * colour or a character set: "[31m", "(B". 0 for others, which show. */
static size_t
sequence_length(uint32_t c, const char *s, size_t len)
{
	size_t n = 0;

	if (c == ESC && len >= 2 && s[0] >= '(' && s[0] <= '+')
		return 2;
	if (c == ESC && len > 0 && s[0] == '[')
		n = 1;
	else if (c != CSI)
		return 0;
	while (n < len && s[n] >= '0' && s[n] <= '?')
		n++;
	return n < len && s[n] >= '@' && s[n] <= '~' ? n + 1 : 0;
}

static struct typed
begins_with(uint32_t c, const char *line, size_t len, size_t at)
{
	enum typed_kind kind = TYPED_TEXT;

	if (c == '/')
		kind = at + 1 < len && line[at + 1] == '/' ? TYPED_SLASHES
							   : TYPED_COMMAND;
	else if (typed_is_alike(c))
		kind = TYPED_ALIKE;
	return (struct typed){ kind, at };
}

struct typed
typed_begin(const char *line, size_t len)
{
	bool shows = false;
	uint32_t c;
	size_t n;

	for (size_t at = 0; at < len; at += n) {
		n = utf8_decode(line + at, len - at, &c);
		if (n == 0)
			return (struct typed){ TYPED_TEXT, at };
		if (is_blank(c)) {
			n += sequence_length(c, line + at + n, len - at - n);
			continue;
		}
		if (typed_is_alike(c) ||
		    !(text_is_mark(c) || text_is_unknown(c)))
			return begins_with(c, line, len, at);
		shows = true;
	}
	return (struct typed){ shows ? TYPED_TEXT : TYPED_NOTHING, len };
}

enum typed_answer
typed_answer(const char *line, size_t len)
{
	static const struct {
		const char *word;
		enum typed_answer answer;
	} answers[] = { { "yes", ANSWER_YES }, { "no", ANSWER_NO },
		{ "y", ANSWER_Y }, { "n", ANSWER_NO } };
	size_t at = typed_begin(line, len).at, n;

	line += at;
	len -= at;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		n = strlen(answers[i].word);
		if (len < n || strncasecmp(line, answers[i].word, n) != 0)
			continue;
		while (n < len && (line[n] == '.' || line[n] == '!'))
			n++;
		if (typed_begin(line + n, len - n).kind == TYPED_NOTHING)
			return answers[i].answer;
	}
	return ANSWER_NONE;
}

static bool
ends_line(uint32_t c)
{
	return (c >= '\n' && c <= '\r') || c == NEXT_LINE || c == LINE_END ||
	    c == PARAGRAPH;
}

/* Returns the end of the line that begins at start; *next is where another
 * would. */
static size_t
line_end(const char *text, size_t len, size_t start, size_t *next)
{
	uint32_t c;
	size_t n;

	for (size_t at = start; at < len; at += n) {
		n = utf8_decode(text + at, len - at, &c);
		if (n == 0) {
			n = 1;
			continue;
		}
		if (!ends_line(c))
			continue;
		*next = at + n;
		if (c == '\r' && *next < len && text[*next] == '\n')
			++*next;
		return at;
	}
	*next = len;
	return len;
}

size_t
typed_command_in(const char *text, size_t len, size_t from, size_t *at)
{
	struct typed typed;
	size_t next, end;

	for (size_t start = 0, line = 1; start < len; start = next, line++) {
		end = line_end(text, len, start, &next);
		if (line < from)
			continue;
		typed = typed_begin(text + start, end - start);
		if (typed.kind != TYPED_COMMAND && typed.kind != TYPED_ALIKE)
			continue;
		if (at != NULL)
			*at = start + typed.at;
		return line;
	}
	return 0;
}
