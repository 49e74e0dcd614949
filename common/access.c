/*
 * Access keys. See access.h.
 */
#include "common/access.h"

#include "common/hex.h"

#include <string.h>

#define DIGITS (2 * ACCESS_KEY_LEN)

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

bool
access_name_is_valid(const char *name, size_t len)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_.";

	for (size_t i = 0; i < len; i++)
		if (name[i] == '\0' || strchr(allowed, name[i]) == NULL)
			return false;
	return len > 0 && len <= ACCESS_NAME_MAX;
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
take_key(uint8_t key[ACCESS_KEY_LEN], const char *text, size_t len)
{
	if (len != DIGITS)
		return false;
	for (size_t i = 0; i < ACCESS_KEY_LEN; i++) {
		int high = digit_value(text[2 * i]);
		int low = digit_value(text[2 * i + 1]);

		if (high == -1 || low == -1)
			return false;
		key[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Adds the key to those before, each of which is another. Whoever can measure
 * how long this takes has the file, or has written it. */
static enum access_fault
add(struct access_keys *keys, size_t max, const struct access_key *key)
{
	for (size_t i = 0; i < keys->count; i++) {
		if (strcmp(keys->at[i].name, key->name) == 0)
			return ACCESS_NAMED;
		if (memcmp(keys->at[i].key, key->key, ACCESS_KEY_LEN) == 0)
			return ACCESS_TWICE;
	}
	if (keys->count == max)
		return max == 1 ? ACCESS_NOT_ONE : ACCESS_TOO_MANY;
	keys->at[keys->count++] = *key;
	return ACCESS_SOUND;
}

/* Takes a line that is not empty, without blanks at its ends. */
static enum access_fault
take_line(struct access_keys *keys, size_t max, const char *line, size_t len)
{
	struct access_key key = { 0 };
	enum access_fault fault;
	size_t name = 0, at;

	while (name < len && !is_blank(line[name]))
		name++;
	for (at = name; at < len && is_blank(line[at]); at++)
		;
	if (at == len)
		return ACCESS_LINE;
	if (!access_name_is_valid(line, name))
		return ACCESS_NAME;
	memcpy(key.name, line, name);
	fault = take_key(key.key, line + at, len - at) ? add(keys, max, &key)
						       : ACCESS_KEY;
	explicit_bzero(&key, sizeof(key));
	return fault;
}

enum access_fault
access_parse(struct access_keys *keys, size_t max, const char *text, size_t len,
    unsigned int *line)
{
	const char *nul = memchr(text, '\0', len), *end, *next;
	const char *last = nul != NULL ? nul : text + len;
	enum access_fault fault =
	    len > ACCESS_FILE_MAX ? ACCESS_TOO_LONG : ACCESS_SOUND;

	memset(keys, 0, sizeof(*keys));
	*line = 0;
	for (; text < last && fault == ACCESS_SOUND; text = next) {
		++*line;
		end = memchr(text, '\n', (size_t)(last - text));
		next = end != NULL ? end + 1 : last;
		end = end != NULL ? end : last;
		while (text < end && is_blank(*text))
			text++;
		while (end > text && is_blank(end[-1]))
			end--;
		if (text < end && *text != '#')
			fault =
			    take_line(keys, max, text, (size_t)(end - text));
	}
	if (fault == ACCESS_SOUND && keys->count == 0) {
		fault = ACCESS_NONE;
		*line = 0;
	}
	if (fault != ACCESS_SOUND)
		explicit_bzero(keys, sizeof(*keys));
	return fault;
}

const char *
access_fault_text(enum access_fault fault)
{
	static const char *const texts[ACCESS_FAULT_COUNT] = {
		[ACCESS_SOUND] = "is sound",
		[ACCESS_LINE] = "expected a name and a key",
		[ACCESS_NAME] = ("expected a name of 1 to 32 letters, digits, "
				 "-, _ and dots"),
		[ACCESS_KEY] = "expected a key of 64 hexadecimal digits",
		[ACCESS_NAMED] = "another key has this name",
		[ACCESS_TWICE] = "this key is there twice",
		[ACCESS_TOO_MANY] = "expected at most 128 keys",
		[ACCESS_TOO_LONG] = "expected at most 32 KiB",
		[ACCESS_NONE] = "expected a line with a name and a key",
		[ACCESS_NOT_ONE] = "expected one key, as a client has one",
	};

	return fault < ACCESS_FAULT_COUNT ? texts[fault] : "is none";
}

size_t
access_format(char out[ACCESS_LINE_MAX + 1], const struct access_key *key)
{
	size_t len = strlen(key->name);

	memcpy(out, key->name, len);
	out[len++] = ' ';
	format_hex(out + len, key->key, ACCESS_KEY_LEN);
	len += DIGITS;
	out[len++] = '\n';
	out[len] = '\0';
	return len;
}
