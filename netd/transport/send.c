/*
 * The way out of the transport: records as a stream of bytes, each after its
 * length of two bytes; and what the next packet carries of it, if the
 * window, the pacing and the peer's credit let one go.
 */
#include "netd/transport/parts.h"

int
transport_queue(struct transport *t, const uint8_t *record, size_t len)
{
	struct stream *s = &t->out.stream;
	uint8_t prefix[LENGTH_PREFIX] = { (uint8_t)(len >> 8), (uint8_t)len };

	if (stream_write(s, s->end, prefix, sizeof(prefix)) == -1)
		return -1;
	return stream_write(s, s->end, record, len);
}

uint32_t
transport_acked(struct transport *t)
{
	uint32_t bytes = t->out.told;

	t->out.told = 0;
	return bytes;
}

/* Returns the bytes that were never sent and that the peer takes. */
static uint64_t
fresh(const struct way_out *out)
{
	uint64_t end = clock_min(out->stream.end, out->credit);

	return end > out->next ? end - out->next : 0;
}

/* Returns the next piece, of at most room bytes: the lowest to be sent again,
 * or the next one. */
static struct span
next_piece(const struct way_out *out, size_t room)
{
	struct span piece;

	if (out->again.count > 0)
		piece = out->again.at[0];
	else
		piece = (struct span){ out->next, out->next + fresh(out) };
	piece.end = clock_min(piece.end, piece.first + room);
	return piece;
}

/* Returns the piece that a probe carries: the lowest pieces in turn, since they
 * hold up the rest. Nothing, if all is acknowledged. */
static struct span
probe_piece(struct transport *t, size_t room)
{
	struct way_out *out = &t->out;
	struct span piece;

	if (out->next == out->acked)
		return next_piece(out, room);
	if (t->probe_next < out->acked ||
	    !spans_gap(&out->there, t->probe_next, out->next, &piece))
		spans_gap(&out->there, out->acked, out->next, &piece);
	piece.end = clock_min(piece.end, piece.first + room);
	t->probe_next = piece.end;
	return piece;
}

/* True if the window and the pacing let a datagram of this size go now. */
static bool
may_send(struct transport *t, uint64_t now, size_t size)
{
	if (t->flight + size > t->congestion.window ||
	    t->flying >= SENT_MAX - SENT_SPARE || sent_full(&t->sent))
		return false;
	t->pace_time = pacer_next(&t->pacer, now,
	    congestion_rate(&t->congestion, t->rtt.smoothed), size);
	if (t->pace_time > 0)
		return false;
	t->pace_time = CLOCK_NEVER;
	return true;
}

/* Chooses a piece of the stream, or a probe for the path's MTU before it. */
static enum send_what
choose_piece(struct transport *t, uint64_t now, size_t *size)
{
	uint64_t waiting = fresh(&t->out);
	size_t probe;

	t->limited = t->out.again.count > 0 || waiting > 0;
	if (!t->limited || !may_send(t, now, *size))
		return SEND_NOTHING;
	probe = pmtu_next(&t->pmtu, now);
	if (probe == 0 || !t->any_acked || waiting < BULK_PACKETS * probe ||
	    !may_send(t, now, probe))
		return SEND_PIECE;
	*size = probe;
	return SEND_PMTU;
}

enum send_what
send_choose(struct transport *t, uint64_t now, size_t *size)
{
	enum send_what what;

	*size = t->pmtu.size;
	t->pace_time = CLOCK_NEVER;
	if (t->probes > 0 && !sent_full(&t->sent)) {
		*size = t->pmtu.base; /* the path may carry no more now */
		return SEND_PROBE;
	}
	what = choose_piece(t, now, size);
	if (what == SEND_NOTHING && t->credit_due && !sent_full(&t->sent))
		return SEND_CREDIT;
	return what;
}

static void
put_credit(struct transport *t, struct putter *p, struct sent_packet *s)
{
	t->in.credit = t->in.stream.first + CREDIT_WINDOW;
	t->credit_due = false;
	t->credit_flying = true;
	t->credit_number = s->number;
	put_u8(p, FRAME_CREDIT);
	put_u64(p, t->in.credit);
}

static int
put_piece(struct transport *t, struct putter *p, const struct span *piece,
    struct sent_packet *s)
{
	struct way_out *out = &t->out;

	s->offset = piece->first;
	s->len = (uint16_t)(piece->end - piece->first);
	put_u8(p, FRAME_STREAM);
	put_u64(p, s->offset);
	put_u16(p, s->len);
	stream_copy(&out->stream, s->offset, put_ref(p, s->len), s->len);
	if (piece->end > out->next)
		out->next = piece->end;
	return spans_remove(&out->again, piece->first, piece->end);
}

static void
put_padding(struct putter *p)
{
	size_t len = p->left;
	uint8_t *zeros = put_ref(p, len);

	if (zeros != NULL)
		memset(zeros, FRAME_PADDING, len);
}

int
send_frames(struct transport *t, enum send_what what, struct putter *p,
    struct sent_packet *s)
{
	struct span piece = { 0, 0 };
	size_t room;

	if (what == SEND_PMTU) {
		s->pmtu = 1;
		put_u8(p, FRAME_PING);
		put_padding(p);
		return 0;
	}
	if (t->credit_due)
		put_credit(t, p, s);
	room = p->left > STREAM_HEADER ? p->left - STREAM_HEADER : 0;
	if (what == SEND_PIECE)
		piece = next_piece(&t->out, room);
	else if (what == SEND_PROBE)
		piece = probe_piece(t, room);
	if (piece.end > piece.first)
		return put_piece(t, p, &piece, s);
	if (what == SEND_PROBE)
		put_u8(p, FRAME_PING);
	return 0;
}

int
send_note(struct transport *t, const struct sent_packet *s)
{
	if (t->probes > 0)
		t->probes--;
	if (s->pmtu)
		pmtu_probing(&t->pmtu, s->size);
	else
		t->figure_sent++;
	if (!t->waiting)
		t->waiting_since = s->time;
	t->waiting = true;
	t->flying++;
	t->flight += s->size;
	t->last_sent = s->time;
	pacer_sent(&t->pacer, s->size);
	loss_restart_pto(t);
	return sent_add(&t->sent, s);
}
