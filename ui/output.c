/*
 * Output that waits to be written. See output.h.
 */
#include "ui/output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void
output_put(struct output *out, const char *bytes, size_t len)
{
	if (out->gone)
		return;
	buf_put(&out->buf, bytes, len);
	out->put += len;
}

void
output_line(struct output *out, struct buf *line)
{
	buf_puts(line, "\n");
	output_put(out, line->bytes, line->len);
	buf_free(line);
}

bool
output_pending(const struct output *out)
{
	return out->buf.len > out->start;
}

bool
output_full(const struct output *out)
{
	return out->buf.len - out->start > OUTPUT_MARK;
}

/* Moves the rest to the front once more than half is written. */
static void
compact(struct output *out)
{
	size_t left = out->buf.len - out->start;

	if (out->start < left)
		return;
	if (left > 0)
		memcpy(out->buf.bytes, out->buf.bytes + out->start, left);
	out->buf.len = left;
	out->start = 0;
}

/* Returns as many whole lines as one piece holds: a reader gets no half of a
 * line if this process dies. Only a line longer than a piece is cut. */
static size_t
next_piece(const struct output *out)
{
	const char *start = out->buf.bytes + out->start, *end;
	size_t left = out->buf.len - out->start;

	if (left <= OUTPUT_PIECE)
		return left;
	end = memrchr(start, '\n', OUTPUT_PIECE);
	return end != NULL ? (size_t)(end - start) + 1 : OUTPUT_PIECE;
}

int
output_write(struct output *out, int fd)
{
	ssize_t n;

	if (!output_pending(out))
		return 0;
	n = write(fd, out->buf.bytes + out->start, next_piece(out));
	if (n == -1) {
		if (errno == EINTR || errno == EAGAIN)
			return 0;
		output_abandon(out);
		return -1;
	}
	out->start += (size_t)n;
	out->written += (uint64_t)n;
	compact(out);
	return 0;
}

void
output_drop(struct output *out)
{
	out->written = out->put;
	out->buf.len = out->start = 0;
}

void
output_abandon(struct output *out)
{
	out->gone = true;
	out->buf.len = out->start = 0;
}

void
output_free(struct output *out)
{
	buf_free(&out->buf);
	out->start = 0;
}
