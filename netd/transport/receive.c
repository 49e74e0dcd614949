/*
 * The way in of the transport: pieces of the stream that come in any order, put
 * together to records, and the credit for more.
 */
#include "netd/transport/parts.h"

/* Looks at the lengths that are new. Returns -1 on one that no record has. */
static int
check_lengths(struct way_in *in)
{
	size_t len;

	while (in->record + LENGTH_PREFIX <= in->next) {
		len = record_len(&in->stream, in->record);
		if (len == 0 || len > RECORD_MAX)
			return -1;
		in->record += LENGTH_PREFIX + len;
	}
	return 0;
}

/* The buffer has become larger or smaller: so its part of the pool changes. */
static void
settle(struct way_in *in)
{
	size_t size = in->stream.size;
	size_t now = size > TRANSPORT_OWN ? size - TRANSPORT_OWN : 0;

	in->pool->used = in->pool->used - in->pooled + now;
	in->pooled = now;
}

void
receive_end(struct way_in *in)
{
	stream_free(&in->stream);
	settle(in);
}

/* True if there is room for bytes up to here. A sender whose bytes come out of
 * order, or faster than they are read, does not take the room of all others. */
static bool
has_room(const struct way_in *in, uint64_t end)
{
	size_t size = stream_size(&in->stream, end);

	return size <= TRANSPORT_OWN || size <= in->stream.size ||
	    in->pool->used - in->pooled + size <=
	    TRANSPORT_POOL + TRANSPORT_OWN;
}

/* Puts bytes at their place, which is at or after next. */
static int
take(struct way_in *in, uint64_t offset, const uint8_t *bytes, size_t len)
{
	/* Many small pieces cost more than their bytes: time to sort. */
	if (offset > in->next && in->early.count >= EARLY_MAX &&
	    !spans_touches(&in->early, offset, offset + len))
		return RECEIVE_NO_ROOM;
	if (!has_room(in, offset + len) ||
	    stream_write(&in->stream, offset, bytes, len) == -1)
		return RECEIVE_NO_ROOM;
	settle(in);
	return spans_fill(&in->early, &in->next, offset, offset + len);
}

int
receive_stream(struct transport *t, struct getter *g)
{
	struct way_in *in = &t->in;
	uint64_t offset = get_u64(g);
	size_t len = get_u16(g), old = 0;
	const uint8_t *bytes = get_ref(g, len);
	int result;

	if (bytes == NULL || len == 0 || offset > in->credit ||
	    len > in->credit - offset)
		return -1;
	if (offset + len <= in->next)
		return 0;
	if (offset < in->next)
		old = (size_t)(in->next - offset);
	result = take(in, offset + old, bytes + old, len - old);
	return result == 0 ? check_lengths(in) : result;
}

size_t
transport_read(struct transport *t, uint8_t record[RECORD_MAX])
{
	struct way_in *in = &t->in;
	uint64_t first = in->stream.first;
	size_t len;

	if (in->record == first) /* its length is not there, or is wrong */
		return 0;
	len = record_len(&in->stream, first);
	if (in->next < first + LENGTH_PREFIX + len)
		return 0;
	stream_copy(&in->stream, first + LENGTH_PREFIX, record, len);
	first += LENGTH_PREFIX + len;
	stream_forget(&in->stream, first);
	settle(in);
	if (first + CREDIT_WINDOW >= in->credit + CREDIT_WINDOW / 2)
		t->credit_due = true;
	return len;
}
