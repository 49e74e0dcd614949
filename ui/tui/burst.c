/*
 * Bursts. See burst.h.
 */
#include "ui/tui/burst.h"

#include <string.h>

#define ESC 0x1b
#define DEL 0x7f

bool
burst_is_text(char c)
{
	return ((unsigned char)c >= ' ' && c != DEL) || c == '\t';
}

static bool
ends_line(char c)
{
	return c == '\r' || c == '\n';
}

/* The bytes of the first character: what one key makes. */
static size_t
key_length(const char *bytes, size_t len)
{
	size_t n = 1;

	while (n < len && (bytes[n] & 0xc0) == 0x80)
		n++;
	return n;
}

bool
burst_begins(const char *bytes, size_t len, bool quick)
{
	if (ends_line(bytes[0]))
		return quick;
	return burst_is_text(bytes[0]) && key_length(bytes, len) < len;
}

bool
burst_quick(const struct burst *b, uint64_t now)
{
	return now < b->last + BURST_TIME;
}

void
burst_came(struct burst *b, uint64_t now)
{
	b->last = now;
}

void
burst_add(struct burst *b, const char *bytes, size_t len, bool quick)
{
	size_t room = sizeof(b->bytes) - b->len;

	if (b->len == 0)
		b->follows = quick;
	if (len > room) {
		b->cut += len - room;
		len = room;
	}
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
}

uint64_t
burst_deadline(const struct burst *b)
{
	return b->len > 0 ? b->last + BURST_TIME : CLOCK_NEVER;
}

/* The bytes of what begins with ESC: a key or a report, no text. */
static size_t
sequence_length(const char *bytes, size_t len)
{
	size_t n = 2;

	if (len < 2 || (bytes[1] != '[' && bytes[1] != 'O'))
		return len < 2 ? len : 2;
	while (n < len && bytes[n] >= ' ' && bytes[n] <= '?')
		n++;
	return n < len ? n + 1 : n;
}

size_t
burst_last_end(const char *bytes, size_t len)
{
	size_t end = 0, last = 0, n;

	for (size_t i = 0; i < len; i += n) {
		n = 1;
		if (bytes[i] == ESC)
			n = sequence_length(bytes + i, len - i);
		else if (ends_line(bytes[i]))
			end = i + 1;
		else if (burst_is_text(bytes[i]))
			last = end;
	}
	return last;
}
