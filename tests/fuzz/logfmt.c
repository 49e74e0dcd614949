/*
 * Fuzzes the writer of the log (launcher/logfmt.c): the content of a line may
 * come from a process that was taken over. The first byte of the input says
 * whether the line is an event's, whether addresses are told and how long a
 * line may be; the rest is the text. Whatever it is, it has to become one line
 * that a strict reader of logfmt takes, in which level, process and event are
 * there once, where the launcher puts them.
 */
#include "launcher/logfmt.h"

#include "tests/fuzz/fuzz.h"

#define LINE_MIN 128
#define HEAD	 "level=info process=ui"

static bool
is_key(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Reads a value in quotes; returns the place after it. */
static const char *
read_quoted(const char *at)
{
	for (at++; *at != '"'; at++) {
		REQUIRE(*at >= ' ' && *at < 0x7f);
		if (*at != '\\')
			continue;
		at++;
		REQUIRE(*at == '"' || *at == '\\' || *at == 'u');
		for (int i = 0; *at == 'u' && i < 4; i++)
			REQUIRE(strchr("0123456789abcdef", at[i + 1]) != NULL &&
			    at[i + 1] != '\0');
		at += *at == 'u' ? 4 : 0;
	}
	return at + 1;
}

static const char *
read_value(const char *at)
{
	if (*at == '"')
		return read_quoted(at);
	REQUIRE(*at > ' ');
	for (; *at != ' ' && *at != '\0'; at++)
		REQUIRE(*at > ' ' && *at < 0x7f && *at != '"' && *at != '=' &&
		    *at != '\\');
	return at;
}

static bool
starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* Reads the pairs of a line after its head. */
static void
check_pairs(const char *at, bool addresses)
{
	for (bool first = true; *at != '\0'; first = false) {
		const char *key = ++at;

		REQUIRE(at[-1] == ' ');
		while (is_key(*at))
			at++;
		REQUIRE(at > key && *at == '=');
		REQUIRE(!starts(key, "time=") && !starts(key, "level=") &&
		    !starts(key, "process="));
		REQUIRE(first || !starts(key, "event="));
		REQUIRE(addresses || !starts(key, "address=") ||
		    starts(at, "=- ") || strcmp(at, "=-") == 0);
		at = read_value(at + 1);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct log_entry e = { .role = ROLE_UI, .level = LOG_INFO };
	bool addresses;
	size_t room, len;
	uint8_t *text;
	char *line;

	if (size == 0)
		return 0;
	e.event = data[0] & 1;
	addresses = data[0] & 2;
	room = LINE_MIN + (size_t)(data[0] >> 2) * 16;
	text = fuzz_copy(data + 1, size - 1);
	e.text = (const char *)text;
	e.len = size - 1;
	line = malloc(room + 1);
	REQUIRE(line != NULL);

	len = logfmt_put(line, room, &e, addresses);
	REQUIRE(len <= room);
	line[len] = '\0';
	REQUIRE(strlen(line) == len && starts(line, HEAD));
	check_pairs(line + strlen(HEAD), addresses);

	len = logfmt_put_readable(line, room, &e, addresses);
	REQUIRE(len <= room);
	for (size_t i = 0; i < len; i++)
		REQUIRE(line[i] >= ' ' && line[i] < 0x7f);
	free(line);
	free(text);
	return 0;
}
