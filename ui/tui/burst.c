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

/* Returns the bytes of the first character: those that one key makes. */
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

size_t
burst_text(const struct burst *b, const char *bytes, size_t len)
{
	const char *escape = b->pasted ? NULL : memchr(bytes, ESC, len);

	return escape != NULL ? (size_t)(escape - bytes) : len;
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

void
burst_paste(struct burst *b, const struct key_event *paste)
{
	burst_add(b, paste->bytes, paste->len, false);
	b->cut = paste->cut;
	b->pasted = true;
}

static void
strip(struct burst *b, const char *sequence)
{
	size_t n = strlen(sequence);
	char *found, *from = b->bytes;

	while ((found = memmem(from, (size_t)(b->bytes + b->len - from),
		    sequence, n)) != NULL) {
		b->len -= n;
		memmove(found, found + n, (size_t)(b->bytes + b->len - found));
		from = found;
	}
}

void
burst_strip(struct burst *b)
{
	strip(b, "\033[200~");
	strip(b, "\033[201~");
	strip(b, "\033[I");
	strip(b, "\033[O");
}

uint64_t
burst_deadline(const struct burst *b)
{
	if (b->pasted)
		return b->last + BURST_PASTE_TIME;
	return b->len > 0 ? b->last + BURST_TIME : CLOCK_NEVER;
}

size_t
burst_last_end(const char *bytes, size_t len)
{
	size_t end = 0, last = 0;

	for (size_t i = 0; i < len; i++) {
		if (ends_line(bytes[i]))
			end = i + 1;
		else if (burst_is_text(bytes[i]))
			last = end;
	}
	return last;
}
