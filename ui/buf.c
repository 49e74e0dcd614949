/*
 * Bytes that grow. See buf.h.
 */
#include "ui/buf.h"

#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_put(struct buf *b, const void *bytes, size_t len)
{
	size_t size = b->size > 0 ? b->size : 256;
	char *grown;

	if (len == 0)
		return;
	while (size - b->len < len)
		size *= 2;
	if (size != b->size) {
		grown = realloc(b->bytes, size);
		if (grown == NULL)
			fatal("out of memory");
		b->bytes = grown;
		b->size = size;
	}
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	if (n > 0)
		buf_put(b, text,
		    (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void
buf_free(struct buf *b)
{
	free(b->bytes);
	memset(b, 0, sizeof(*b));
}

void
buf_wipe(struct buf *b)
{
	if (b->bytes != NULL)
		explicit_bzero(b->bytes, b->size);
	buf_free(b);
}
