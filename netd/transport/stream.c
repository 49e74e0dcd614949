/*
 * The bytes of a stream between two offsets. See stream.h.
 */
#include "netd/transport/stream.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_FIRST 2048
/* An empty buffer of up to this size stays: for a peer that says little it
 * would be allocated again each time. */
#define SIZE_KEEP (32 * 1024)

void
stream_free(struct stream *s)
{
	free(s->bytes);
	s->bytes = NULL;
	s->size = 0;
}

/* Returns the bytes from an offset up to where the buffer wraps, at most
 * len. */
static size_t
piece(const struct stream *s, uint64_t offset, size_t len)
{
	size_t left = s->size - ((size_t)offset & (s->size - 1));

	return left < len ? left : len;
}

static void
put(struct stream *s, uint64_t offset, const uint8_t *bytes, size_t len)
{
	size_t n = piece(s, offset, len);

	memcpy(s->bytes + (offset & (s->size - 1)), bytes, n);
	memcpy(s->bytes, bytes + n, len - n);
}

void
stream_copy(const struct stream *s, uint64_t offset, uint8_t *to, size_t len)
{
	size_t n = piece(s, offset, len);

	memcpy(to, s->bytes + (offset & (s->size - 1)), n);
	memcpy(to + n, s->bytes, len - n);
}

size_t
stream_size(const struct stream *s, uint64_t end)
{
	size_t size = s->size == 0 ? SIZE_FIRST : s->size;

	while (size < (size_t)(end - s->first))
		size *= 2;
	return size;
}

static int
grow(struct stream *s, uint64_t end)
{
	struct stream larger = *s;
	size_t old = (size_t)(s->end - s->first), n;

	larger.size = stream_size(s, end);
	larger.bytes = malloc(larger.size);
	if (larger.bytes == NULL)
		return -1;
	if (old > 0) {
		n = piece(s, s->first, old);
		put(&larger, s->first, s->bytes + (s->first & (s->size - 1)),
		    n);
		put(&larger, s->first + n, s->bytes, old - n);
	}
	free(s->bytes);
	*s = larger;
	return 0;
}

int
stream_write(struct stream *s, uint64_t offset, const uint8_t *bytes,
    size_t len)
{
	if ((size_t)(offset - s->first) + len > s->size &&
	    grow(s, offset + len) == -1)
		return -1;
	put(s, offset, bytes, len);
	if (offset + len > s->end)
		s->end = offset + len;
	return 0;
}

void
stream_forget(struct stream *s, uint64_t before)
{
	s->first = before;
	if (s->first == s->end && s->size > SIZE_KEEP)
		stream_free(s);
}
