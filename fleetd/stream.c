/*
 * A connection to an engine as bytes. See stream.h. What is to be written waits
 * in out until TLS is ready, and goes piece by piece through TLS and wire.
 */
#include "fleetd/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- Life ----------------------------------------------------------------- */

static int
fail(struct stream *s, const char *why)
{
	(void)snprintf(s->why, sizeof(s->why), "%s", why);
	return -1;
}

int
stream_open(struct stream *s, int fd, const struct tls_trust *trust)
{
	s->fd = fd;
	s->secure = trust != NULL;
	s->out_len = s->wire_len = 0;
	s->why[0] = '\0';
	stream_allow(s);
	if (s->secure &&
	    (tls_open(&s->tls, trust) == -1 || tls_shake(&s->tls) == -1))
		return fail(s, "there is no memory for TLS");
	return 0;
}

void
stream_close(struct stream *s)
{
	if (s->fd == -1)
		return;
	if (s->secure)
		tls_close(&s->tls);
	close(s->fd);
	s->fd = -1;
	/* There may be a password in it. */
	explicit_bzero(s->out, sizeof(s->out));
	explicit_bzero(s->wire, sizeof(s->wire));
	s->out_len = s->wire_len = 0;
}

void
stream_allow(struct stream *s)
{
	s->in_left = STREAM_IN_MAX;
}

/* --- Out ------------------------------------------------------------------ */

int
stream_put(struct stream *s, const void *bytes, size_t len)
{
	if (len > sizeof(s->out) - s->out_len)
		return fail(s, "there is too much to write");
	memcpy(s->out + s->out_len, bytes, len);
	s->out_len += len;
	return 0;
}

/* Takes away the first bytes; where they were, nothing is left of them. */
static void
advance(uint8_t *bytes, size_t *len, size_t n)
{
	memmove(bytes, bytes + n, *len - n);
	explicit_bzero(bytes + *len - n, n);
	*len -= n;
}

static int
seal_out(struct stream *s)
{
	size_t n = s->out_len < STREAM_PIECE ? s->out_len : STREAM_PIECE;

	if (tls_write(&s->tls, s->out, n) == -1)
		return fail(s, s->tls.why);
	advance(s->out, &s->out_len, n);
	return 0;
}

/* Fills the wire, which is empty. */
static int
fill(struct stream *s)
{
	if (!s->secure) {
		s->wire_len =
		    s->out_len < STREAM_PIECE ? s->out_len : STREAM_PIECE;
		memcpy(s->wire, s->out, s->wire_len);
		advance(s->out, &s->out_len, s->wire_len);
		return 0;
	}
	s->wire_len = tls_take(&s->tls, s->wire, sizeof(s->wire));
	if (s->wire_len > 0 || s->out_len == 0 || !s->tls.ready)
		return 0;
	if (seal_out(s) == -1)
		return -1;
	s->wire_len = tls_take(&s->tls, s->wire, sizeof(s->wire));
	return 0;
}

static int
fail_closed(struct stream *s)
{
	return fail(s, "the engine closed the connection");
}

/* An engine that closes it before it has read everything resets it. */
static int
fail_errno(struct stream *s)
{
	return errno == ECONNRESET || errno == EPIPE ? fail_closed(s)
						     : fail(s, strerror(errno));
}

/* Returns 1 if the wire is written, 0 if it cannot be now, or -1. */
static int
write_wire(struct stream *s)
{
	ssize_t n = write(s->fd, s->wire, s->wire_len);

	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : fail_errno(s);
	advance(s->wire, &s->wire_len, (size_t)n);
	return s->wire_len == 0;
}

int
stream_flush(struct stream *s)
{
	int result;

	do {
		if (s->wire_len == 0 && fill(s) == -1)
			return -1;
		result = s->wire_len > 0 ? write_wire(s) : 0;
	} while (result == 1);
	return result;
}

short
stream_events(const struct stream *s)
{
	return s->wire_len > 0 ? POLLIN | POLLOUT : POLLIN;
}

/* --- In ------------------------------------------------------------------- */

static int
open_in(struct stream *s, int (*take)(void *, const uint8_t *, size_t),
    void *self)
{
	uint8_t plain[STREAM_PIECE];
	int n;

	if (!s->tls.ready && tls_shake(&s->tls) == -1)
		return fail(s, s->tls.why);
	while (s->tls.ready) {
		n = tls_read(&s->tls, plain, sizeof(plain));
		if (n == -1)
			return fail(s, s->tls.why);
		if (n == 0)
			break;
		if (take(self, plain, (size_t)n) == -1)
			return -1;
	}
	return 0;
}

static int
hand_on(struct stream *s, const uint8_t *bytes, size_t len,
    int (*take)(void *, const uint8_t *, size_t), void *self)
{
	if (len > s->in_left)
		return fail(s, "the engine sends more than it was asked for");
	s->in_left -= len;
	if (!s->secure)
		return take(self, bytes, len);
	if (tls_feed(&s->tls, bytes, len) == -1)
		return fail(s, "there is no memory for TLS");
	return open_in(s, take, self);
}

int
stream_read(struct stream *s, int (*take)(void *, const uint8_t *, size_t),
    void *self)
{
	uint8_t bytes[STREAM_PIECE];
	ssize_t n = read(s->fd, bytes, sizeof(bytes));

	if (n == 0)
		return fail_closed(s);
	if (n == -1)
		return errno == EAGAIN || errno == EINTR ? 0 : fail_errno(s);
	return hand_on(s, bytes, (size_t)n, take, self) == -1 ? -1 : 1;
}
