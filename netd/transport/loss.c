/*
 * Which packets were acknowledged and which were lost: RFC 9002, section 6. A
 * packet that counts as lost is remembered for a while. If it is acknowledged
 * after all, it was only late: then the thresholds for such packets grow, and
 * the effect of its loss on the window is undone.
 */
#include "netd/transport/parts.h"

/* How long a packet that counts as lost is remembered, in probe timeouts. */
#define REMEMBER_LOST 3

/* What an ACK says of packets that were not acknowledged before. */
struct news {
	bool any;
	bool spurious;
	uint64_t now;
	uint64_t delay;
	uint64_t number; /* the highest, */
	uint64_t time;	 /* and when it was sent */
	uint64_t bytes;	 /* of packets that count for congestion */
};

void
loss_restart_pto(struct transport *t)
{
	t->pto_time = t->flying == 0
	    ? CLOCK_NEVER
	    : t->last_sent + rtt_pto(&t->rtt, t->pto_count);
}

static void
resize(struct transport *t)
{
	congestion_resize(&t->congestion, t->pmtu.size);
}

/* --- Acknowledged --------------------------------------------------------- */

/* The packet was only late: RFC 9002, sections 6.1.1 and 6.1.2. */
static void
found(struct transport *t, const struct sent_packet *p, struct news *n)
{
	uint64_t distance = t->largest_acked - p->number + 1;

	t->figure_lost--;
	congestion_spurious(&t->congestion, p->event);
	if (distance > PACKET_THRESHOLD_MAX)
		distance = PACKET_THRESHOLD_MAX;
	if (t->packet_threshold < distance)
		t->packet_threshold = (unsigned int)distance;
	n->spurious = true;
}

static int
packet_acked(struct transport *t, struct sent_packet *p, struct news *n)
{
	struct way_out *out = &t->out;
	bool this_path = p->number >= t->path_number;
	bool probe = p->pmtu;

	if (p->state == SENT_FLYING) {
		t->flying--;
		t->flight -= p->size;
		if (p->number >= t->congestion.recovery)
			n->bytes += p->size;
	} else if (this_path && !probe) {
		found(t, p, n);
	}
	p->state = SENT_ACKED;
	if (!n->any || p->number > n->number) {
		n->number = p->number;
		n->time = p->time;
	}
	n->any = true;
	if (this_path && pmtu_acked(&t->pmtu, p->number, p->size, probe))
		resize(t);
	if (p->number == t->credit_number)
		t->credit_flying = false;
	if (p->len == 0)
		return 0;
	if (spans_remove(&out->again, p->offset, p->offset + p->len) == -1)
		return -1;
	return spans_fill(&out->there, &out->acked, p->offset,
	    p->offset + p->len);
}

static int
range_acked(struct transport *t, uint64_t first, uint64_t last, struct news *n)
{
	struct sent *s = &t->sent;
	uint64_t place = sent_unacked(s, sent_find(s, first));

	while (place < s->end && sent_at(s, place)->number <= last) {
		if (packet_acked(t, sent_at(s, place), n) == -1)
			return -1;
		place = sent_unacked(s, place + 1);
	}
	return 0;
}

/* Frees the records that the peer has all of. */
static void
release(struct way_out *out)
{
	uint64_t first = out->stream.first;
	size_t len;

	while (first + LENGTH_PREFIX <= out->acked) {
		len = record_len(&out->stream, first);
		if (first + LENGTH_PREFIX + len > out->acked)
			break;
		first += LENGTH_PREFIX + len;
		out->told += (uint32_t)len;
	}
	if (first != out->stream.first)
		stream_forget(&out->stream, first);
}

/* --- Lost ----------------------------------------------------------------- */

/* The piece that it carried is to be sent again, except for what the peer
 * has. */
static int
send_again(struct way_out *out, const struct sent_packet *p)
{
	uint64_t end = p->offset + p->len, offset = p->offset;
	struct span gap;

	if (offset < out->acked)
		offset = out->acked;
	for (; offset < end && spans_gap(&out->there, offset, end, &gap);
	     offset = gap.end)
		if (spans_add(&out->again, gap.first, gap.end) == -1)
			return -1;
	return 0;
}

static int
packet_lost(struct transport *t, uint64_t now, struct sent_packet *p)
{
	bool probe = p->pmtu;
	unsigned int event = CONGESTION_NO_EVENT;

	if (pmtu_lost(&t->pmtu, now, p->number, p->size, probe))
		resize(t);
	if (!probe) {
		t->figure_lost++;
		event =
		    congestion_lost(&t->congestion, p->number, t->next_number);
	}
	p->event = event % CONGESTION_EVENTS;
	p->state = SENT_LOST;
	t->flying--;
	t->flight -= p->size;
	if (t->credit_flying && p->number == t->credit_number)
		t->credit_due = true;
	return send_again(&t->out, p);
}

/* RFC 9002, section 6.1: too many packets after it were received, or it was
 * sent too long before one of them; and section 7.6. */
static int
detect_lost(struct transport *t, uint64_t now)
{
	uint64_t delay = rtt_loss_delay(&t->rtt, t->time_threshold);
	uint64_t place, next = UINT64_MAX, since = 0;
	bool persistent = false;

	t->loss_time = CLOCK_NEVER;
	while (t->any_acked && (place = sent_oldest(&t->sent)) < t->sent.end) {
		struct sent_packet *p = sent_at(&t->sent, place);

		if (p->number >= t->largest_acked)
			break;
		if (t->largest_acked - p->number < t->packet_threshold &&
		    p->time + delay > now) {
			t->loss_time = p->time + delay;
			break;
		}
		if (place != next) /* the one before arrived */
			since = p->time;
		next = place + 1;
		if (p->time - since > rtt_persistent(&t->rtt))
			persistent = true;
		if (packet_lost(t, now, p) == -1)
			return -1;
	}
	if (persistent && t->rtt.sampled)
		congestion_collapse(&t->congestion);
	return 0;
}

int
loss_abandon(struct transport *t)
{
	uint64_t place;

	while ((place = sent_oldest(&t->sent)) < t->sent.end) {
		struct sent_packet *p = sent_at(&t->sent, place);

		p->state = SENT_LOST;
		p->event = CONGESTION_NO_EVENT;
		if (send_again(&t->out, p) == -1)
			return -1;
	}
	t->flying = 0;
	t->flight = 0;
	t->waiting &= t->out.acked < t->out.stream.end;
	if (t->credit_flying)
		t->credit_due = true;
	return 0;
}

/* --- An ACK --------------------------------------------------------------- */

static int
take_news(struct transport *t, const struct news *n, uint64_t largest,
    uint64_t delay)
{
	struct congestion_ack ack = {
		.now = n->now,
		.bytes = n->bytes,
		.number = n->number,
		.next = t->next_number,
		.limited = t->limited,
	};

	t->pto_count = t->proven = 0;
	/* Only the newest packet gives a sample: RFC 9002, section 5.1. */
	if (n->number == largest && largest >= t->path_number) {
		ack.rtt = n->now - n->time;
		rtt_sample(&t->rtt, ack.rtt, delay);
	}
	ack.smoothed = t->rtt.smoothed;
	congestion_acked(&t->congestion, &ack);
	if (n->spurious && t->time_threshold < TIME_THRESHOLD_MAX)
		t->time_threshold++;
	if (detect_lost(t, n->now) == -1)
		return -1;
	t->waiting = t->flying > 0;
	t->waiting_since = n->now;
	release(&t->out);
	sent_forget(&t->sent,
	    n->now - clock_min(n->now, REMEMBER_LOST * rtt_pto(&t->rtt, 0)));
	loss_restart_pto(t);
	return 0;
}

int
loss_acked(struct transport *t, uint64_t now, struct getter *g)
{
	uint64_t largest = get_u64(g), last = largest, first;
	uint64_t delay = get_u32(g);
	unsigned int more = get_u8(g);
	struct news news = { .now = now };

	if (g->bad || largest >= t->next_number)
		return -1;
	if (largest >= t->path_number &&
	    (!t->any_acked || largest > t->largest_acked)) {
		t->any_acked = true;
		t->largest_acked = largest;
	}
	for (;;) {
		uint64_t gap, len = get_u32(g);

		if (g->bad || len > last)
			return -1;
		first = last - len;
		if (range_acked(t, first, last, &news) == -1)
			return -1;
		if (more-- == 0)
			break;
		gap = get_u32(g);
		if (g->bad || first < gap + 2)
			return -1;
		last = first - gap - 2;
	}
	return news.any ? take_news(t, &news, largest, delay) : 0;
}

/* --- Time ----------------------------------------------------------------- */

/* RFC 9002, section 6.2.4: sends packets to get an answer. */
static int
ask(struct transport *t, uint64_t now)
{
	t->asked_last = now;
	if (t->pto_count++ == 0)
		t->asked_at = now;
	t->probes = PTO_PACKETS;
	t->probe_next = t->out.acked;
	if (t->credit_flying)
		t->credit_due = true;
	loss_restart_pto(t);
	/* After hours of silence there are too many to remember. */
	if (sent_full(&t->sent))
		return packet_lost(t, now,
		    sent_at(&t->sent, sent_oldest(&t->sent)));
	return 0;
}

int
loss_timer(struct transport *t, uint64_t now)
{
	if (now >= t->loss_time) {
		if (detect_lost(t, now) == -1)
			return -1;
		loss_restart_pto(t); /* perhaps none is left */
		t->waiting &= t->flying > 0;
	}
	if (t->flying > 0 && now >= t->pto_time)
		return ask(t, now);
	return 0;
}
