/*
 * The transport between two peers, first form. See transport.h.
 *
 * Records, each after its length of two bytes, are one stream of bytes; a
 * packet carries a piece of it at its offset. What a lost packet carried
 * is sent again in a new packet, in whatever pieces then fit. The number of
 * packets in flight is bounded by a constant; congestion and flow control
 * take its place.
 */
#include "netd/transport.h"

#include "common/codec.h"
#include "netd/ranges.h"
#include "netd/rtt.h"

#include <bsd/sys/queue.h>
#include <stdlib.h>
#include <string.h>

enum frame_type {
	FRAME_ACK = 1,
	FRAME_STREAM = 2,
	FRAME_PING = 3
};

#define IN_FLIGHT_MAX	128		/* packets */
#define ACK_EVERY	2		/* packets; RFC 9000, section 13.2.2 */
#define ACK_DELAY	(5 * USEC_PER_MSEC)
#define PACKET_THRESHOLD 3		/* RFC 9002, section 6.1.1 */
#define PTO_PACKETS	2		/* RFC 9002, section 6.2.4 */
#define BUFFER_MAX	(256 * 1024)	/* received, not yet read */
#define LENGTH_PREFIX	2
#define STREAM_HEADER	11
#define ACK_HEADER	18
#define ACK_RANGE	8
#define ACK_MORE	13		/* where it says how many ranges follow */
#define NO_ROOM		1		/* of get_stream() */

/* A record on its way out, or received. */
struct chunk {
	STAILQ_ENTRY(chunk) entry;
	uint64_t	    offset;	/* of its length, in the stream */
	size_t		    len;	/* with its length */
	uint8_t		    bytes[];
};
STAILQ_HEAD(chunks, chunk);

/* A piece of the stream that came early. */
struct piece {
	TAILQ_ENTRY(piece) entry;
	uint64_t	   offset;
	size_t		   len;
	uint8_t		   bytes[];
};
TAILQ_HEAD(pieces, piece);

/* A packet in flight. */
struct sent {
	uint64_t number;
	uint64_t time;
	uint64_t offset;	/* of the piece it carries; */
	size_t	 len;		/* 0 for a PING */
};

/* A piece to be sent again. */
struct lost {
	uint64_t offset;
	size_t	 len;
};

struct transport {
	bool	      dead;
	struct rtt    rtt;
	/* Sending. */
	struct chunks out;
	uint64_t      out_end;		/* of what was queued */
	uint64_t      out_next;		/* of what was never sent */
	uint64_t      out_acked;	/* all below is there */
	uint32_t      acked_bytes;	/* of records, not yet told */
	uint64_t      next_number;
	uint64_t      largest_acked;
	bool	      any_acked;
	size_t	      sent_count;	/* rising numbers */
	struct sent   sent[IN_FLIGHT_MAX];
	size_t	      lost_count;
	struct lost   lost[IN_FLIGHT_MAX];
	uint64_t      loss_time;	/* a packet may be late: RFC 9002 6.1.2 */
	unsigned int  pto_count;
	uint64_t      pto_time;
	unsigned int  probes;		/* to send even if there is nothing */
	/* Receiving. */
	struct ranges received;
	uint64_t      largest_time;	/* when the largest came */
	unsigned int  to_ack;
	uint64_t      ack_time;
	uint64_t      in_next;		/* all below is in the assembly */
	struct pieces early;
	size_t	      early_bytes;
	size_t	      assembly_len;
	uint8_t	     *assembly;		/* of the record under way */
	struct chunks ready;
	size_t	      ready_bytes;
};

struct transport *
transport_new(void)
{
	struct transport *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	STAILQ_INIT(&t->out);
	STAILQ_INIT(&t->ready);
	TAILQ_INIT(&t->early);
	t->loss_time = t->pto_time = t->ack_time = CLOCK_NEVER;
	rtt_init(&t->rtt);
	return t;
}

static void
free_chunks(struct chunks *list)
{
	struct chunk *c;

	while ((c = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, entry);
		free(c);
	}
}

void
transport_free(struct transport *t)
{
	struct piece *p;

	if (t == NULL)
		return;
	free_chunks(&t->out);
	free_chunks(&t->ready);
	while ((p = TAILQ_FIRST(&t->early)) != NULL) {
		TAILQ_REMOVE(&t->early, p, entry);
		free(p);
	}
	free(t->assembly);
	free(t);
}

/* --- Sending ----------------------------------------------------------------- */

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
static void
copy_stream(const struct transport *t, uint64_t offset, uint8_t *to,
    size_t len)
{
	const struct chunk *c;

	STAILQ_FOREACH(c, &t->out, entry) {
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
	t->pto_time = t->sent_count == 0 ? CLOCK_NEVER :
	    t->sent[t->sent_count - 1].time + timeout;
}

/* What to send: a piece that was lost, or the next one. Returns false if
 * there is nothing, or too much in flight for new data. */
static bool
choose_piece(struct transport *t, size_t room, struct sent *s)
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
	s->len = t->out_end - t->out_next < room ?
	    (size_t)(t->out_end - t->out_next) : room;
	t->out_next += s->len;
	return true;
}

/* RFC 9000, section 19.3, with lengths that do not vary. */
static void
put_ack(struct transport *t, uint64_t now, struct putter *p)
{
	const struct ranges *r = &t->received;
	size_t count = r->count;
	uint64_t delay = now - t->largest_time;

	while (count > 1 && ACK_HEADER + (count - 1) * ACK_RANGE > p->left / 2)
		count--;
	put_u8(p, FRAME_ACK);
	put_u64(p, r->at[0].last);
	put_u32(p, delay < UINT32_MAX ? (uint32_t)delay : UINT32_MAX);
	put_u8(p, (unsigned int)(count - 1));
	put_u32(p, (uint32_t)(r->at[0].last - r->at[0].first));
	for (size_t i = 1; i < count; i++) {
		put_u32(p, (uint32_t)(r->at[i - 1].first - r->at[i].last - 2));
		put_u32(p, (uint32_t)(r->at[i].last - r->at[i].first));
	}
	t->to_ack = 0;
	t->ack_time = CLOCK_NEVER;
}

size_t
transport_output(struct transport *t, uint64_t now, uint64_t *number,
    uint8_t *frames, size_t max)
{
	struct sent s = { .number = t->next_number, .time = now };
	bool ack = t->received.count > 0 &&
	    (t->to_ack >= ACK_EVERY || now >= t->ack_time);
	struct putter p;
	bool eliciting = false;
	size_t room;

	if (t->dead)
		return 0;
	put_init(&p, frames, max);
	/* An ACK goes along with whatever is sent. */
	if (ack || (t->to_ack > 0 && (t->lost_count > 0 || t->probes > 0 ||
	    t->out_next != t->out_end)))
		put_ack(t, now, &p);
	room = p.left - STREAM_HEADER;
	if (choose_piece(t, room, &s)) {
		put_u8(&p, FRAME_STREAM);
		put_u64(&p, s.offset);
		put_u16(&p, (unsigned int)s.len);
		copy_stream(t, s.offset, put_ref(&p, s.len), s.len);
		eliciting = true;
	} else if (t->probes > 0 && t->sent_count < IN_FLIGHT_MAX) {
		put_u8(&p, FRAME_PING);
		eliciting = true;
	}
	if (put_length(&p) == 0)
		return 0;
	*number = t->next_number++;
	if (eliciting) {
		if (t->probes > 0)
			t->probes--;
		t->sent[t->sent_count++] = s;
		restart_pto(t);
	}
	return put_length(&p);
}

/* --- Acknowledgements --------------------------------------------------------- */

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
	if (piece.len == 0)
		return;
	if (t->lost_count == IN_FLIGHT_MAX) {
		lose_all(t, &piece);
		return;
	}
	for (at = t->lost_count; at > 0 &&
	    t->lost[at - 1].offset > piece.offset; at--)
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
	for (size_t i = 0; i < t->sent_count &&
	    t->sent[i].number < t->largest_acked;) {
		if (t->largest_acked - t->sent[i].number >= PACKET_THRESHOLD ||
		    t->sent[i].time + delay <= now) {
			declare_lost(t, i);
			continue;
		}
		t->loss_time = clock_min(t->loss_time,
		    t->sent[i].time + delay);
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

static int
get_ack(struct transport *t, uint64_t now, struct getter *g)
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

/* --- Receiving ---------------------------------------------------------------- */

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
			want += (size_t)(t->assembly[0] << 8 |
			    t->assembly[1]);
		n = want - t->assembly_len < len ? want - t->assembly_len :
		    len;
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
	if (offset + len <= t->in_next)		/* nothing new */
		return true;
	if (t->ready_bytes + t->early_bytes + t->assembly_len + len <=
	    BUFFER_MAX)
		return true;
	return offset <= t->in_next && t->ready_bytes == 0;
}

static int
get_stream(struct transport *t, struct getter *g)
{
	uint64_t offset = get_u64(g);
	size_t len = get_u16(g);
	const uint8_t *bytes = get_ref(g, len);
	struct piece *p;
	int result;

	if (bytes == NULL || len == 0 || offset > UINT64_MAX - len)
		return -1;
	if (!has_room(t, offset, len))
		return NO_ROOM;
	if (offset > t->in_next)
		return keep_early(t, offset, bytes, len);
	result = take(t, offset, bytes, len);
	while (result == 0 && (p = TAILQ_FIRST(&t->early)) != NULL &&
	    p->offset <= t->in_next) {
		result = take(t, p->offset, p->bytes, p->len);
		t->early_bytes -= p->len;
		TAILQ_REMOVE(&t->early, p, entry);
		free(p);
	}
	return result;
}

/* Whether an ACK is owed, and when: RFC 9000, section 13.2.1. */
static void
note_received(struct transport *t, uint64_t now, uint64_t number,
    bool eliciting)
{
	bool in_order = t->received.count == 0 ? number == 0 :
	    number == t->received.at[0].last + 1;

	if (t->received.count == 0 || number > t->received.at[0].last)
		t->largest_time = now;
	ranges_add(&t->received, number);
	if (!eliciting)
		return;
	t->to_ack += in_order ? 1 : ACK_EVERY;
	if (t->ack_time == CLOCK_NEVER)
		t->ack_time = now + ACK_DELAY;
}

/* An ACK for an ACK would never end where the network repeats packets. */
static bool
is_only_ack(const uint8_t *frames, size_t len)
{
	return len >= ACK_HEADER && frames[0] == FRAME_ACK &&
	    len == ACK_HEADER + (size_t)frames[ACK_MORE] * ACK_RANGE;
}

int
transport_input(struct transport *t, uint64_t now, uint64_t number,
    const uint8_t *frames, size_t len)
{
	bool eliciting = false;
	struct getter g;
	int result = 0;

	if (t->dead)
		return -1;
	if (ranges_has(&t->received, number)) {
		if (!is_only_ack(frames, len))	/* our ACK may be lost */
			t->to_ack += ACK_EVERY;
		return 0;
	}
	get_init(&g, frames, len);
	while (g.left > 0 && result == 0) {
		switch (get_u8(&g)) {
		case FRAME_ACK:
			result = get_ack(t, now, &g);
			break;
		case FRAME_STREAM:
			eliciting = true;
			result = get_stream(t, &g);
			break;
		case FRAME_PING:
			eliciting = true;
			break;
		default:
			result = -1;
		}
	}
	if (result == -1) {
		t->dead = true;
		return -1;
	}
	/* As if it had been lost. The sender comes again. */
	if (result == NO_ROOM)
		return 0;
	note_received(t, now, number, eliciting);
	return 0;
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

/* --- Time --------------------------------------------------------------------- */

uint32_t
transport_acked(struct transport *t)
{
	uint32_t bytes = t->acked_bytes;

	t->acked_bytes = 0;
	return bytes;
}

uint64_t
transport_deadline(const struct transport *t)
{
	if (t->dead)
		return CLOCK_NEVER;
	return clock_min(t->ack_time, clock_min(t->loss_time, t->pto_time));
}

/* Not the first of the list, which is in the order of packet numbers: what
 * was sent again is at its end, though the peer waits for it. */
static size_t
lowest_sent(const struct transport *t)
{
	size_t lowest = 0;

	for (size_t i = 1; i < t->sent_count; i++)
		if (t->sent[i].len > 0 && (t->sent[lowest].len == 0 ||
		    t->sent[i].offset < t->sent[lowest].offset))
			lowest = i;
	return lowest;
}

void
transport_timer(struct transport *t, uint64_t now)
{
	if (now >= t->loss_time) {
		detect_lost(t, now);
		restart_pto(t);		/* perhaps none is left */
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

void
transport_path(struct transport *t, uint64_t now, uint32_t rtt_us)
{
	rtt_path(&t->rtt, rtt_us);
	t->pto_count = 0;
	/* What was sent over a path that died is late now. */
	if (t->sent_count > 0)
		t->pto_time = now;
}

bool
transport_idle(const struct transport *t)
{
	return t->dead || (t->out_acked == t->out_end && t->sent_count == 0);
}

void
transport_ack_now(struct transport *t)
{
	if (t->to_ack > 0)
		t->to_ack = ACK_EVERY;
}
