/*
 * The bytes of a stream between two offsets, in a buffer that wraps and grows:
 * on the way out, bytes that were sent and not acknowledged; on the way in,
 * bytes that came and were not read.
 */
#ifndef NETD_TRANSPORT_STREAM_H
#define NETD_TRANSPORT_STREAM_H

#include <stddef.h>
#include <stdint.h>

/* All zero: an empty stream at offset 0. */
struct stream {
	uint64_t first; /* kept from here */
	uint64_t end;	/* up to the last byte ever written */
	size_t size;	/* of the buffer: 0, or a power of 2 */
	uint8_t *bytes;
};

/* Frees the buffer; the stream is used no more. */
void stream_free(struct stream *);

/* Returns the size of the buffer once bytes up to this offset are in it. */
size_t stream_size(const struct stream *, uint64_t end);
/* Writes bytes at an offset, which is first or greater. Returns -1 if there
 * is no memory. */
int stream_write(struct stream *, uint64_t offset, const uint8_t *bytes,
    size_t len);
/* Copies bytes that were written. */
void stream_copy(const struct stream *, uint64_t offset, uint8_t *to,
    size_t len);
/* Forgets the bytes before an offset, which is not greater than end. A large
 * buffer that is empty then is freed. */
void stream_forget(struct stream *, uint64_t before);

#endif
