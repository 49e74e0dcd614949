/*
 * The way in of the transport: pieces of the stream that come in any order,
 * put together to records.
 */
#include "netd/transport_parts.h"

#include <stdlib.h>
#include <string.h>

/* Bytes in order: whole records go to the ready list. Returns -1 on a length
 * that no record has. */
static int
assemble(struct transport *t, const uint8_t *bytes, size_t len)
{
	struct chunk *c;
	size_t want, n;

	while (len > 0) {
		if (t->assembly == NULL) {
			t->assembly = malloc(LENGTH_PREFIX + RECORD_MAX);
			if (t->assembly == NULL)
				return -1;
		}
		want = LENGTH_PREFIX;
		if (t->assembly_len >= LENGTH_PREFIX)
			want += (size_t)(t->assembly[0] << 8 | t->assembly[1]);
		n = want - t->assembly_len < len ? want - t->assembly_len : len;
		memcpy(t->assembly + t->assembly_len, bytes, n);
		t->assembly_len += n;
		bytes += n;
		len -= n;
		if (t->assembly_len < want)
			continue;
		if (want == LENGTH_PREFIX) {
			want = (size_t)(t->assembly[0] << 8 | t->assembly[1]);
			if (want == 0 || want > RECORD_MAX)
				return -1;
			continue;
		}
		c = malloc(sizeof(*c) + want - LENGTH_PREFIX);
		if (c == NULL)
			return -1;
		c->len = want - LENGTH_PREFIX;
		memcpy(c->bytes, t->assembly + LENGTH_PREFIX, c->len);
		STAILQ_INSERT_TAIL(&t->ready, c, entry);
		t->ready_bytes += c->len;
		t->assembly_len = 0;
	}
	if (t->assembly_len == 0) {
		free(t->assembly);
		t->assembly = NULL;
	}
	return 0;
}

static int
keep_early(struct transport *t, uint64_t offset, const uint8_t *bytes,
    size_t len)
{
	struct piece *p, *q;

	p = malloc(sizeof(*p) + len);
	if (p == NULL)
		return -1;
	p->offset = offset;
	p->len = len;
	memcpy(p->bytes, bytes, len);
	t->early_bytes += len;
	t->early_count++;
	TAILQ_FOREACH_REVERSE(q, &t->early, pieces, entry)
	if (q->offset <= offset)
		break;
	if (q != NULL)
		TAILQ_INSERT_AFTER(&t->early, q, p, entry);
	else
		TAILQ_INSERT_HEAD(&t->early, p, entry);
	return 0;
}

/* Takes what of a piece is new; it starts at or before in_next. */
static int
take(struct transport *t, uint64_t offset, const uint8_t *bytes, size_t len)
{
	uint64_t skip = t->in_next - offset;

	if (skip >= len)
		return 0;
	t->in_next = offset + len;
	return assemble(t, bytes + skip, len - (size_t)skip);
}

/* What fills the hole before the early pieces is taken even if there are
 * many, once nothing else waits to be read: or they would stay for ever. */
static bool
has_room(const struct transport *t, uint64_t offset, size_t len)
{
	if (offset + len <= t->in_next) /* nothing new */
		return true;
	/* Small pieces cost more than their bytes, and time to sort. */
	if (offset > t->in_next && t->early_count >= EARLY_MAX)
		return false;
	if (t->ready_bytes + t->early_bytes + t->assembly_len + len <=
	    BUFFER_MAX)
		return true;
	return offset <= t->in_next && t->ready_bytes == 0;
}

int
receive_stream(struct transport *t, struct getter *g)
{
	uint64_t offset = get_u64(g);
	size_t len = get_u16(g);
	const uint8_t *bytes = get_ref(g, len);
	struct piece *p;
	int result;

	if (bytes == NULL || len == 0 || offset > UINT64_MAX - len)
		return -1;
	if (!has_room(t, offset, len))
		return RECEIVE_NO_ROOM;
	if (offset > t->in_next)
		return keep_early(t, offset, bytes, len);
	result = take(t, offset, bytes, len);
	while (result == 0 && (p = TAILQ_FIRST(&t->early)) != NULL &&
	    p->offset <= t->in_next) {
		result = take(t, p->offset, p->bytes, p->len);
		t->early_bytes -= p->len;
		t->early_count--;
		TAILQ_REMOVE(&t->early, p, entry);
		free(p);
	}
	return result;
}

size_t
transport_read(struct transport *t, uint8_t record[RECORD_MAX])
{
	struct chunk *c = STAILQ_FIRST(&t->ready);
	size_t len;

	if (c == NULL)
		return 0;
	len = c->len;
	memcpy(record, c->bytes, len);
	t->ready_bytes -= len;
	STAILQ_REMOVE_HEAD(&t->ready, entry);
	free(c);
	return len;
}
