/*
 * The transport between two peers. See transport.h. This file has the packets
 * and their frames; send.c, loss.c and receive.c their contents.
 */
#include "netd/transport/parts.h"

#include <stdlib.h>
#include <string.h>

/* Forgets what is known of a path; 0: no round trip time yet. */
static void
start_path(struct transport *t, uint64_t now, uint32_t rtt_us, size_t base,
    size_t ceiling)
{
	rtt_path(&t->rtt, rtt_us);
	congestion_init(&t->congestion, base, t->next_number);
	pacer_init(&t->pacer, now, base);
	pmtu_init(&t->pmtu, base, ceiling);
	t->path_number = t->next_number;
	t->any_acked = false;
	t->packet_threshold = PACKET_THRESHOLD;
	t->time_threshold = TIME_THRESHOLD;
	t->probes = 0;
	t->pto_count = t->proven = 0;
	t->loss_time = t->pto_time = t->pace_time = CLOCK_NEVER;
}

struct transport *
transport_new(struct transport_pool *pool)
{
	struct transport *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->in.pool = pool;
	t->ack_time = CLOCK_NEVER;
	t->out.credit = t->in.credit = CREDIT_WINDOW;
	start_path(t, 0, 0, TRANSPORT_BASE, TRANSPORT_BASE);
	return t;
}

void
transport_free(struct transport *t)
{
	if (t == NULL)
		return;
	stream_free(&t->out.stream);
	receive_end(&t->in);
	spans_clear(&t->out.there);
	spans_clear(&t->out.again);
	spans_clear(&t->in.early);
	sent_free(&t->sent);
	free(t);
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
	struct sent_packet s = { .number = t->next_number, .time = now };
	bool ack = t->received.count > 0 &&
	    (t->to_ack >= ACK_EVERY || now >= t->ack_time);
	enum send_what what;
	struct putter p;
	size_t size;

	if (t->dead)
		return 0;
	what = send_choose(t, now, &size);
	if (max > size - WIRE_DATA_OVERHEAD)
		max = size - WIRE_DATA_OVERHEAD;
	put_init(&p, frames, max);
	/* An ACK goes along with every packet, except a probe that may well be
	 * too large. */
	if (what != SEND_PMTU &&
	    (ack || (t->to_ack > 0 && what != SEND_NOTHING)))
		put_ack(t, now, &p);
	if (what != SEND_NOTHING && send_frames(t, what, &p, &s) == -1)
		t->dead = true;
	if (put_length(&p) == 0)
		return 0;
	*number = t->next_number++;
	s.size = (uint16_t)(put_length(&p) + WIRE_DATA_OVERHEAD);
	if (what != SEND_NOTHING && send_note(t, &s) == -1)
		t->dead = true;
	return put_length(&p);
}

/* Tells whether an ACK is owed, and when: RFC 9000, section 13.2.1. */
static void
note_received(struct transport *t, uint64_t now, uint64_t number,
    bool eliciting)
{
	bool in_order = t->received.count == 0
	    ? number == 0
	    : number == t->received.at[0].last + 1;

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

static int
get_credit(struct transport *t, struct getter *g)
{
	uint64_t credit = get_u64(g);

	if (g->bad)
		return -1;
	if (credit > t->out.credit) /* it may have been overtaken */
		t->out.credit = credit;
	return 0;
}

/* Returns the rest of the packet. */
static int
get_padding(struct getter *g)
{
	while (g->left > 0)
		if (get_u8(g) != FRAME_PADDING)
			return -1;
	return 0;
}

static int
input_frame(struct transport *t, uint64_t now, struct getter *g,
    bool *eliciting)
{
	uint8_t type = get_u8(g);

	if (type != FRAME_ACK && type != FRAME_PADDING)
		*eliciting = true;
	switch (type) {
	case FRAME_PADDING:
		return get_padding(g);
	case FRAME_ACK:
		return loss_acked(t, now, g);
	case FRAME_STREAM:
		return receive_stream(t, g);
	case FRAME_PING:
		return 0;
	case FRAME_CREDIT:
		return get_credit(t, g);
	default:
		return -1;
	}
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
		if (!is_only_ack(frames, len)) /* our ACK may be lost */
			t->to_ack += ACK_EVERY;
		return 0;
	}
	get_init(&g, frames, len);
	while (g.left > 0 && result == 0)
		result = input_frame(t, now, &g, &eliciting);
	if (result == -1) {
		t->dead = true;
		return -1;
	}
	/* The packet counts as lost. The sender will send its contents
	 * again. */
	if (result == RECEIVE_NO_ROOM)
		return 0;
	note_received(t, now, number, eliciting);
	return 0;
}

uint64_t
transport_deadline(const struct transport *t)
{
	uint64_t deadline;

	if (t->dead)
		return CLOCK_NEVER;
	if (t->credit_due && t->sent.end - t->sent.first < SENT_MAX)
		return 0;
	deadline = clock_min(t->loss_time, t->pto_time);
	return clock_min(deadline, clock_min(t->ack_time, t->pace_time));
}

void
transport_timer(struct transport *t, uint64_t now)
{
	if (!t->dead && loss_timer(t, now) == -1)
		t->dead = true;
}

void
transport_path(struct transport *t, uint64_t now, uint32_t rtt_us, size_t base,
    size_t ceiling)
{
	if (loss_abandon(t) == -1)
		t->dead = true;
	start_path(t, now, rtt_us, base, ceiling);
}

bool
transport_suspect(const struct transport *t)
{
	return !t->dead && t->pto_count >= SUSPECT_AFTER;
}

bool
transport_stalled(struct transport *t, uint64_t carried)
{
	if (t->dead || t->pto_count == 0 || carried < t->asked_at)
		return false;
	if (t->proven == 0) {
		t->proven = t->pto_count;
		t->proven_at = carried;
	}
	return t->pto_count >= STALLED_AFTER &&
	    t->pto_count - t->proven >= STALLED_PROVEN &&
	    carried >= t->asked_last && carried - t->proven_at >= STALLED_FOR;
}

uint64_t
transport_silence(const struct transport *t, uint64_t now)
{
	return !t->dead && t->waiting && t->pto_count > 0
	    ? now - t->waiting_since
	    : 0;
}

void
transport_given_up(struct transport *t)
{
	t->waiting = false;
}

bool
transport_idle(const struct transport *t)
{
	return t->dead || (t->out.acked == t->out.stream.end && t->flying == 0);
}

void
transport_ack_now(struct transport *t)
{
	if (t->to_ack > 0)
		t->to_ack = ACK_EVERY;
}

void
transport_figures(const struct transport *t, struct transport_figures *f)
{
	*f = (struct transport_figures){
		.smoothed_us = t->rtt.smoothed,
		.sent = t->figure_sent,
		.lost = t->figure_lost,
		.window = t->congestion.window,
		.size = t->pmtu.size,
	};
}
