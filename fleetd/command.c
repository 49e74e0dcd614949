/*
 * Commands to an engine. See command.h.
 */
#include "fleetd/command.h"

#include "common/hex.h"

#include <hiredis/hiredis.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The name is in braces: a cluster of engines keeps all keys of a fleet on one
 * of them. */
#define KEY_FORMAT "gochat:{%s}:"

void
command_begin(struct command *c, const char *name)
{
	c->count = 0;
	command_text(c, name);
}

void
command_add(struct command *c, const void *bytes, size_t len)
{
	if (c->count == COMMAND_WORDS_MAX)
		__builtin_trap(); /* one too many */
	c->words[c->count] = bytes;
	c->lens[c->count++] = len;
}

void
command_text(struct command *c, const char *text)
{
	command_add(c, text, strlen(text));
}

int
command_put(const struct command *c, struct stream *s)
{
	const char *words[COMMAND_WORDS_MAX];
	char *bytes = NULL;
	long long len;
	int result;

	memcpy(words, c->words, (size_t)c->count * sizeof(words[0]));
	len = redisFormatCommandArgv(&bytes, c->count, words, c->lens);
	if (len < 0) {
		(void)snprintf(s->why, sizeof(s->why),
		    "there is no memory for a command");
		return -1;
	}
	result = stream_put(s, bytes, (size_t)len);
	explicit_bzero(bytes, (size_t)len); /* one has a password in it */
	redisFreeCommand(bytes);
	return result;
}

void
command_id(char out[COMMAND_ID_SIZE], uint64_t id)
{
	(void)snprintf(out, COMMAND_ID_SIZE, "%016" PRIx64, id);
}

int
command_read_id(uint64_t *id, const char *digits, size_t len)
{
	static const char all[] = "0123456789abcdef";
	const char *digit;

	*id = 0;
	for (size_t i = 0; i < len; i++) {
		digit = memchr(all, digits[i], sizeof(all) - 1);
		if (digit == NULL)
			return -1;
		*id = *id << 4 | (uint64_t)(digit - all);
	}
	return len == COMMAND_ID_LEN ? 0 : -1;
}

void
command_index(char out[COMMAND_KEY_SIZE], const uint8_t name[FLEET_NAME_LEN])
{
	char digits[2 * FLEET_NAME_LEN + 1];

	(void)snprintf(out, COMMAND_KEY_SIZE, KEY_FORMAT "nodes",
	    format_hex(digits, name, FLEET_NAME_LEN));
}

void
command_record(char out[COMMAND_KEY_SIZE], const uint8_t name[FLEET_NAME_LEN],
    uint64_t id)
{
	char digits[2 * FLEET_NAME_LEN + 1];

	(void)snprintf(out, COMMAND_KEY_SIZE, KEY_FORMAT "node:%016" PRIx64,
	    format_hex(digits, name, FLEET_NAME_LEN), id);
}
