/*
 * The way out of the transport: records as a stream of bytes, each after its
 * length of two bytes; packets in flight, what was lost of them, and when to
 * ask. What a lost packet carried is sent again in a new packet, in whatever
 * pieces then fit. The number of packets in flight is bounded by a constant;
 * congestion and flow control take its place. RFC 9002.
 */
#include "netd/transport_parts.h"

#include <stdlib.h>
#include <string.h>

int
transport_queue(struct transport *t, const uint8_t *record, size_t len)
{
	struct chunk *c = malloc(sizeof(*c) + LENGTH_PREFIX + len);
	struct putter p;

	if (c == NULL)
		return -1;
	c->offset = t->out_end;
	c->len = LENGTH_PREFIX + len;
	put_init(&p, c->bytes, c->len);
	put_u16(&p, (unsigned int)len);
	put_bytes(&p, record, len);
	STAILQ_INSERT_TAIL(&t->out, c, entry);
	t->out_end += c->len;
	return 0;
}

/* Copies a piece of the stream, which may reach over several records. */
void
send_copy(const struct transport *t, uint64_t offset, uint8_t *to, size_t len)
{
	const struct chunk *c;

	STAILQ_FOREACH (c, &t->out, entry) {
		uint64_t skip, n;

		if (len == 0)
			return;
		if (c->offset + c->len <= offset)
			continue;
		skip = offset - c->offset;
		n = c->len - skip < len ? c->len - skip : len;
		memcpy(to, c->bytes + skip, n);
		to += n;
		offset += n;
		len -= n;
	}
}

static void
restart_pto(struct transport *t)
{
	uint64_t timeout = rtt_pto(&t->rtt, t->pto_count);

	/* Counted from the newest packet: RFC 9002, section 6.2.1. */
	t->pto_time = t->sent_count == 0
	    ? CLOCK_NEVER
	    : t->sent[t->sent_count - 1].time + timeout;
}

/* What to send: a piece that was lost, or the next one. Returns false if
 * there is nothing, or too much in flight for new data. */
bool
send_choose(struct transport *t, size_t room, struct sent *s)
{
	struct lost *l = &t->lost[0];

	if (t->sent_count == IN_FLIGHT_MAX)
		return false;
	if (t->lost_count > 0) {
		s->offset = l->offset;
		s->len = l->len < room ? l->len : room;
		l->offset += s->len;
		l->len -= s->len;
		if (l->len == 0)
			memmove(l, l + 1, --t->lost_count * sizeof(*l));
		return true;
	}
	if (t->out_next == t->out_end)
		return false;
	s->offset = t->out_next;
	s->len = t->out_end - t->out_next < room
	    ? (size_t)(t->out_end - t->out_next)
	    : room;
	t->out_next += s->len;
	return true;
}

void
send_note(struct transport *t, const struct sent *s)
{
	t->sent[t->sent_count++] = *s;
	t->figure_sent++;
	restart_pto(t);
}

/* --- Acknowledgements ----------------------------------------------- */

static void
forget_sent(struct transport *t, size_t i)
{
	t->sent_count--;
	memmove(&t->sent[i], &t->sent[i + 1],
	    (t->sent_count - i) * sizeof(t->sent[0]));
}

/* The list is full: pieces get smaller when an ACK shares their packet. All
 * becomes one; so more is sent again than was lost. */
static void
lose_all(struct transport *t, const struct lost *piece)
{
	uint64_t first = piece->offset, end = piece->offset + piece->len;

	for (size_t i = 0; i < t->lost_count; i++) {
		const struct lost *l = &t->lost[i];

		first = clock_min(first, l->offset);
		if (l->offset + l->len > end)
			end = l->offset + l->len;
	}
	t->lost[0] = (struct lost){ first, (size_t)(end - first) };
	t->lost_count = 1;
}

/* Keeps the list in the order of the stream. */
static void
declare_lost(struct transport *t, size_t i)
{
	struct lost piece = { t->sent[i].offset, t->sent[i].len };
	size_t at;

	forget_sent(t, i);
	t->figure_lost++;
	if (piece.len == 0)
		return;
	if (t->lost_count == IN_FLIGHT_MAX) {
		lose_all(t, &piece);
		return;
	}
	for (at = t->lost_count;
	     at > 0 && t->lost[at - 1].offset > piece.offset; at--)
		;
	memmove(&t->lost[at + 1], &t->lost[at],
	    (t->lost_count - at) * sizeof(t->lost[0]));
	t->lost[at] = piece;
	t->lost_count++;
}

/* RFC 9002, section 6.1: too many, or too long, after it were received. */
static void
detect_lost(struct transport *t, uint64_t now)
{
	uint64_t delay = rtt_loss_delay(&t->rtt);

	t->loss_time = CLOCK_NEVER;
	for (size_t i = 0;
	     i < t->sent_count && t->sent[i].number < t->largest_acked;) {
		if (t->largest_acked - t->sent[i].number >= PACKET_THRESHOLD ||
		    t->sent[i].time + delay <= now) {
			declare_lost(t, i);
			continue;
		}
		t->loss_time = clock_min(t->loss_time, t->sent[i].time + delay);
		i++;
	}
}

/* Lets go of records that the peer has all of. */
static void
release(struct transport *t)
{
	uint64_t floor = t->out_next;
	struct chunk *c;

	for (size_t i = 0; i < t->sent_count; i++)
		if (t->sent[i].len > 0)
			floor = clock_min(floor, t->sent[i].offset);
	for (size_t i = 0; i < t->lost_count; i++)
		floor = clock_min(floor, t->lost[i].offset);
	t->out_acked = floor;
	while ((c = STAILQ_FIRST(&t->out)) != NULL &&
	    c->offset + c->len <= floor) {
		t->acked_bytes += (uint32_t)(c->len - LENGTH_PREFIX);
		STAILQ_REMOVE_HEAD(&t->out, entry);
		free(c);
	}
}

static void
acked_range(struct transport *t, uint64_t first, uint64_t last, uint64_t now,
    uint64_t largest, uint64_t delay)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->sent_count; i++) {
		const struct sent *s = &t->sent[i];

		if (s->number < first || s->number > last) {
			t->sent[kept++] = *s;
			continue;
		}
		/* Only the newest gives a sample: RFC 9002, section 5.1. */
		if (s->number == largest)
			rtt_sample(&t->rtt, now - s->time, delay);
		t->pto_count = 0;
	}
	t->sent_count = kept;
}

int
send_acked(struct transport *t, uint64_t now, struct getter *g)
{
	uint64_t largest = get_u64(g), last = largest, first;
	uint64_t delay = get_u32(g);
	unsigned int more = get_u8(g);

	if (g->bad || largest >= t->next_number)
		return -1;
	if (!t->any_acked || largest > t->largest_acked)
		t->largest_acked = largest;
	t->any_acked = true;
	for (;;) {
		uint64_t gap, len = get_u32(g);

		if (g->bad || len > last)
			return -1;
		first = last - len;
		acked_range(t, first, last, now, largest, delay);
		if (more-- == 0)
			break;
		gap = get_u32(g);
		if (g->bad || first < gap + 2)
			return -1;
		last = first - gap - 2;
	}
	detect_lost(t, now);
	release(t);
	restart_pto(t);
	return 0;
}

uint32_t
transport_acked(struct transport *t)
{
	uint32_t bytes = t->acked_bytes;

	t->acked_bytes = 0;
	return bytes;
}

/* Not the first of the list, which is in the order of packet numbers: what
 * was sent again is at its end, though the peer waits for it. */
static size_t
lowest_sent(const struct transport *t)
{
	size_t lowest = 0;

	for (size_t i = 1; i < t->sent_count; i++)
		if (t->sent[i].len > 0 &&
		    (t->sent[lowest].len == 0 ||
			t->sent[i].offset < t->sent[lowest].offset))
			lowest = i;
	return lowest;
}

void
send_timer(struct transport *t, uint64_t now)
{
	if (now >= t->loss_time) {
		detect_lost(t, now);
		restart_pto(t); /* perhaps none is left */
	}
	if (now < t->pto_time || t->sent_count == 0)
		return;
	/* RFC 9002, section 6.2.4: packets to get an answer, with what
	 * is lowest, since that holds up the rest. */
	t->pto_count++;
	t->probes = PTO_PACKETS;
	for (int i = 0; i < PTO_PACKETS && t->sent_count > 0; i++)
		declare_lost(t, lowest_sent(t));
	restart_pto(t);
}
