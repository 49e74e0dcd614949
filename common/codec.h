/*
 * Typed getters and putters over a byte buffer, big-endian. They hold the
 * bounds, so that encoders and decoders do not: the first access out of
 * bounds marks the codec bad and every later one does nothing. A decoder
 * ends with get_done(), which also catches bytes left over.
 */
#ifndef COMMON_CODEC_H
#define COMMON_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct getter {
	const uint8_t *p;
	size_t left;
	bool bad;
};

struct putter {
	uint8_t *start;
	uint8_t *p;
	size_t left;
	bool bad;
};

static inline void
get_init(struct getter *g, const void *buf, size_t len)
{
	g->p = buf;
	g->left = len;
	g->bad = false;
}

/* Returns the next len bytes in place, or NULL if there are fewer. */
static inline const uint8_t *
get_ref(struct getter *g, size_t len)
{
	const uint8_t *p = g->p;

	if (g->bad || len > g->left) {
		g->bad = true;
		return NULL;
	}
	g->p += len;
	g->left -= len;
	return p;
}

/* Copies the next len bytes to out; out is zeroed if there are fewer. */
static inline void
get_bytes(struct getter *g, void *out, size_t len)
{
	const uint8_t *p = get_ref(g, len);

	if (p != NULL)
		memcpy(out, p, len);
	else
		memset(out, 0, len);
}

static inline uint64_t
get_uint(struct getter *g, size_t len)
{
	const uint8_t *p = get_ref(g, len);
	uint64_t v = 0;

	for (size_t i = 0; p != NULL && i < len; i++)
		v = v << 8 | p[i];
	return v;
}

static inline uint8_t
get_u8(struct getter *g)
{
	return (uint8_t)get_uint(g, 1);
}

static inline uint16_t
get_u16(struct getter *g)
{
	return (uint16_t)get_uint(g, 2);
}

static inline uint32_t
get_u32(struct getter *g)
{
	return (uint32_t)get_uint(g, 4);
}

static inline uint64_t
get_u64(struct getter *g)
{
	return get_uint(g, 8);
}

/* True if everything was read and nothing was missing. */
static inline bool
get_done(const struct getter *g)
{
	return !g->bad && g->left == 0;
}

static inline void
put_init(struct putter *b, void *buf, size_t len)
{
	b->start = b->p = buf;
	b->left = len;
	b->bad = false;
}

/* Returns room for len bytes that the caller fills in, or NULL. */
static inline uint8_t *
put_ref(struct putter *b, size_t len)
{
	uint8_t *p = b->p;

	if (b->bad || len > b->left) {
		b->bad = true;
		return NULL;
	}
	b->p += len;
	b->left -= len;
	return p;
}

static inline void
put_bytes(struct putter *b, const void *from, size_t len)
{
	uint8_t *p = put_ref(b, len);

	if (p != NULL && len > 0)
		memcpy(p, from, len);
}

static inline void
put_uint(struct putter *b, uint64_t v, size_t len)
{
	uint8_t *p = put_ref(b, len);

	for (size_t i = len; p != NULL && i-- > 0; v >>= 8)
		p[i] = (uint8_t)v;
}

static inline void
put_u8(struct putter *b, unsigned int v)
{
	put_uint(b, v, 1);
}

static inline void
put_u16(struct putter *b, unsigned int v)
{
	put_uint(b, v, 2);
}

static inline void
put_u32(struct putter *b, uint32_t v)
{
	put_uint(b, v, 4);
}

static inline void
put_u64(struct putter *b, uint64_t v)
{
	put_uint(b, v, 8);
}

/* Returns the number of bytes put so far, or 0 if they did not fit. */
static inline size_t
put_length(const struct putter *b)
{
	return b->bad ? 0 : (size_t)(b->p - b->start);
}

#endif
