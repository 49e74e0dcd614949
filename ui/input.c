/*
 * Lines from standard input. See input.h.
 */
#include "ui/input.h"

#include "common/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_MAX 65536 /* what a pipe holds */

void
input_init(struct input *in, size_t line_max)
{
	memset(in, 0, sizeof(*in));
	in->line_max = line_max;
	in->hungry = true;
	in->size = line_max + 2 + READ_MAX; /* CR and LF */
	in->bytes = malloc(in->size);
	if (in->bytes == NULL)
		fatal("out of memory");
}

void
input_free(struct input *in)
{
	free(in->bytes);
	in->bytes = NULL;
}

/* A line of n bytes was found, skip bytes to the next. */
static enum input_result
take(struct input *in, size_t n, size_t skip, const char **line, size_t *len)
{
	*line = in->bytes + in->start;
	in->taken = in->start;
	if (n > 0 && (*line)[n - 1] == '\r')
		n--;
	*len = n;
	in->start += skip;
	in->scanned = in->start;
	in->line++;
	return n > in->line_max ? INPUT_TOO_LONG : INPUT_LINE;
}

/* Only the start of a line is left. */
static enum input_result
take_rest(struct input *in, const char **line, size_t *len)
{
	size_t left = in->end - in->start;

	if (in->skipping) {
		in->start = in->scanned = in->end;
		in->hungry = true;
		return in->ended ? INPUT_END : INPUT_MORE;
	}
	if (left > in->line_max + 1) {
		in->skipping = true;
		in->start = in->scanned = in->end;
		in->line++;
		return INPUT_TOO_LONG;
	}
	in->scanned = in->end;
	in->hungry = true;
	if (!in->ended)
		return INPUT_MORE;
	return left > 0 ? take(in, left, left, line, len) : INPUT_END;
}

enum input_result
input_next(struct input *in, const char **line, size_t *len)
{
	char *feed =
	    memchr(in->bytes + in->scanned, '\n', in->end - in->scanned);

	if (feed != NULL && in->skipping) {
		in->skipping = false;
		in->start = in->scanned = (size_t)(feed - in->bytes) + 1;
		feed = memchr(in->bytes + in->scanned, '\n',
		    in->end - in->scanned);
	}
	if (feed == NULL)
		return take_rest(in, line, len);
	return take(in, (size_t)(feed - in->bytes) - in->start,
	    (size_t)(feed - in->bytes) - in->start + 1, line, len);
}

void
input_wipe(struct input *in)
{
	explicit_bzero(in->bytes + in->taken, in->start - in->taken);
	in->taken = in->start;
}

bool
input_wants(const struct input *in)
{
	return in->hungry && !in->ended;
}

int
input_read(struct input *in, int fd)
{
	ssize_t n;

	if (!input_wants(in))
		fatal("input read before it was used up");
	in->hungry = false;
	memmove(in->bytes, in->bytes + in->start, in->end - in->start);
	in->end -= in->start;
	explicit_bzero(in->bytes + in->end, in->start);
	in->scanned -= in->start;
	in->start = in->taken = 0;
	n = read(fd, in->bytes + in->end, READ_MAX);
	if (n == -1) {
		in->hungry = true;
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	}
	if (n == 0)
		input_end(in);
	in->end += (size_t)n;
	return 0;
}

void
input_end(struct input *in)
{
	in->ended = true;
}
