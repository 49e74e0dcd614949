/*
 * The transport between two peers, first form. See transport.h. This file
 * has the packets and their frames; transport_send.c and transport_receive.c
 * the two directions.
 */
#include "netd/transport_parts.h"

#include <stdlib.h>
#include <string.h>

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
	if (ack ||
	    (t->to_ack > 0 &&
		(t->lost_count > 0 || t->probes > 0 ||
		    t->out_next != t->out_end)))
		put_ack(t, now, &p);
	room = p.left - STREAM_HEADER;
	if (send_choose(t, room, &s)) {
		put_u8(&p, FRAME_STREAM);
		put_u64(&p, s.offset);
		put_u16(&p, (unsigned int)s.len);
		send_copy(t, s.offset, put_ref(&p, s.len), s.len);
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
		send_note(t, &s);
	}
	return put_length(&p);
}

/* Whether an ACK is owed, and when: RFC 9000, section 13.2.1. */
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
	while (g.left > 0 && result == 0) {
		switch (get_u8(&g)) {
		case FRAME_ACK:
			result = send_acked(t, now, &g);
			break;
		case FRAME_STREAM:
			eliciting = true;
			result = receive_stream(t, &g);
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
	if (result == RECEIVE_NO_ROOM)
		return 0;
	note_received(t, now, number, eliciting);
	return 0;
}

uint64_t
transport_deadline(const struct transport *t)
{
	if (t->dead)
		return CLOCK_NEVER;
	return clock_min(t->ack_time, clock_min(t->loss_time, t->pto_time));
}

void
transport_timer(struct transport *t, uint64_t now)
{
	send_timer(t, now);
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
transport_suspect(const struct transport *t)
{
	return t->pto_count >= 2;
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
