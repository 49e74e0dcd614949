/*
 * The simulation of two transports. See sim.h.
 */
#include "tests/unit/netd/transport/sim.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Records -------------------------------------------------------------- */

/* Writes the n-th record of a side, the same at every call. */
static void
fill_record(int side, size_t n, uint8_t *record, size_t len)
{
	uint64_t seed = n * 2 + (unsigned int)side;
	uint32_t word = 0;

	for (size_t i = 0; i < len; i++) {
		if (i % 4 == 0)
			word = simnet_random(&seed);
		record[i] = (uint8_t)(word >> 8 * (i % 4));
	}
}

static size_t
record_len(const struct side *me, size_t n)
{
	return me->lens == NULL ? RECORD_MAX : me->lens[n];
}

void
sim_queue(struct sim *s, int side, const size_t *lens, size_t count)
{
	static uint8_t record[RECORD_MAX];
	struct side *me = &s->side[side];

	me->lens = lens;
	me->records = count;
	for (size_t i = 0; i < count; i++) {
		fill_record(side, i, record, lens[i]);
		me->bytes += lens[i];
		CU_ASSERT_EQUAL_FATAL(transport_queue(me->t, record, lens[i]),
		    0);
	}
}

static void
refill(struct sim *s, int side)
{
	static uint8_t record[RECORD_MAX];
	struct side *me = &s->side[side];

	while (me->bytes - me->acked < me->backlog) {
		fill_record(side, me->records++, record, RECORD_MAX);
		me->bytes += RECORD_MAX;
		CU_ASSERT_EQUAL_FATAL(transport_queue(me->t, record,
					  RECORD_MAX),
		    0);
	}
}

void
sim_backlog(struct sim *s, int side, size_t bytes)
{
	s->side[side].backlog = bytes;
}

void
sim_choose_lens(uint64_t *seed, size_t *lens, size_t count)
{
	static const size_t edges[] = { 1, 2, RECORD_MAX, RECORD_MAX - 1,
		PIECE_MAX - LENGTH_PREFIX - 1, PIECE_MAX - LENGTH_PREFIX,
		PIECE_MAX - LENGTH_PREFIX + 1, PIECE_MAX - 1, PIECE_MAX,
		PIECE_MAX + 1, 2 * PIECE_MAX - LENGTH_PREFIX,
		2 * PIECE_MAX - LENGTH_PREFIX + 1 };

	for (size_t i = 0; i < count; i++)
		switch (simnet_random(seed) % 4) {
		case 0:
			lens[i] = edges[simnet_random(seed) %
			    (sizeof(edges) / sizeof(edges[0]))];
			break;
		case 1:
			lens[i] = 1 + simnet_random(seed) % RECORD_MAX;
			break;
		default:
			lens[i] = 1 + simnet_random(seed) % 1500;
		}
}

/* --- The simulation ------------------------------------------------------- */

void
sim_init(struct sim *s, uint64_t seed, const struct simnet_mix *mix)
{
	memset(s, 0, sizeof(*s));
	simnet_init(&s->net, seed, mix);
	s->now = START;
	s->ok = true;
	for (int i = 0; i < SIDES; i++) {
		s->side[i].t = transport_new(&s->pool);
		CU_ASSERT_PTR_NOT_NULL_FATAL(s->side[i].t);
		if (seed % 4 != 0) /* the probes have measured it */
			sim_path(s, i, TRANSPORT_BASE);
	}
}

void
sim_path(struct sim *s, int side, size_t ceiling)
{
	transport_path(s->side[side].t, s->now,
	    (uint32_t)(2 * s->net.mix.delay + s->net.mix.jitter),
	    TRANSPORT_BASE, ceiling);
}

void
sim_end(struct sim *s)
{
	for (int i = 0; i < SIDES; i++)
		transport_free(s->side[i].t);
	simnet_end(&s->net);
}

void
sim_expect(struct sim *s, bool true_or_stop, const char *what)
{
	if (true_or_stop || !s->ok)
		return;
	s->ok = false;
	CU_FAIL("the simulation broke a rule");
	printf("\n%s, %llu us after the start\n", what,
	    (unsigned long long)(s->now - START));
}

static bool
is_only_ack(const uint8_t *frames, size_t len)
{
	return frames[0] == 1 && len == 18 + 8 * (size_t)frames[13];
}

static void
send_all(struct sim *s, int from)
{
	struct side *me = &s->side[from];
	static struct simnet_packet p;
	size_t max = TRANSPORT_FRAMES_MAX, len;

	p.to = PEER(from);

	for (;;) {
		if (s->narrow)
			max = 40 + simnet_random(&s->net.seed) % 1000;
		len = transport_output(me->t, s->now, &p.number, p.bytes, max);
		if (len == 0 || !s->ok)
			return;
		p.len = len + WIRE_DATA_OVERHEAD;
		sim_expect(s, len <= max, "a packet is too long");
		sim_expect(s, p.number >= me->next_number,
		    "a packet number was used again");
		me->next_number = p.number + 1;
		if (is_only_ack(p.bytes, len))
			me->acks++;
		else
			me->packets++;
		if (me->largest < p.len)
			me->largest = p.len;
		simnet_send(&s->net, s->now, &p);
	}
}

static void
read_all(struct sim *s, int side)
{
	static uint8_t record[RECORD_MAX], want[RECORD_MAX];
	const struct side *other = &s->side[PEER(side)];
	struct side *me = &s->side[side];
	size_t len;

	while (
	    s->ok && !me->paused && (len = transport_read(me->t, record)) > 0) {
		sim_expect(s,
		    me->read < other->records &&
			len == record_len(other, me->read),
		    "a record has another "
		    "length, or is one too many");
		if (!s->ok)
			return;
		fill_record(PEER(side), me->read, want, len);
		sim_expect(s, memcmp(record, want, len) == 0,
		    "a record has other contents");
		me->read++;
	}
	me->acked += transport_acked(me->t);
	sim_expect(s, me->acked <= me->bytes, "more acknowledged than sent");
}

static void
receive_all(struct sim *s)
{
	struct simnet_packet *p;

	while (s->ok && (p = simnet_receive(&s->net, s->now)) != NULL) {
		sim_expect(s,
		    transport_input(s->side[p->to].t, s->now, p->number,
			p->bytes, p->len - WIRE_DATA_OVERHEAD) == 0,
		    "a packet was called malformed");
		free(p);
	}
}

static bool
all_there(const struct sim *s)
{
	for (int i = 0; i < SIDES; i++)
		if (s->side[i].read < s->side[PEER(i)].records ||
		    !transport_idle(s->side[i].t))
			return false;
	return true;
}

void
sim_run(struct sim *s, uint64_t until, bool stop)
{
	uint64_t next;

	while (s->ok && s->now <= until) {
		receive_all(s);
		next = CLOCK_NEVER;
		for (int i = 0; i < SIDES; i++) {
			struct transport *t = s->side[i].t;

			if (transport_deadline(t) <= s->now)
				transport_timer(t, s->now);
			read_all(s, i);
			refill(s, i);
			send_all(s, i);
			sim_expect(s, transport_deadline(t) > s->now,
			    "it has a deadline in the past");
			next = clock_min(next, transport_deadline(t));
		}
		if (stop && all_there(s))
			return;
		s->now = clock_min(next, simnet_next(&s->net));
	}
	s->now = until;
}

void
sim_expect_all(struct sim *s)
{
	for (int i = 0; i < SIDES; i++) {
		struct side *me = &s->side[i];

		sim_expect(s, me->read == s->side[PEER(i)].records,
		    "not everything was delivered");
		sim_expect(s, me->acked == me->bytes,
		    "not everything was acknowledged");
		sim_expect(s, transport_idle(me->t), "it is not idle");
	}
}

uint64_t
sim_ideal(const struct side *me)
{
	return (me->bytes + LENGTH_PREFIX * me->records + PIECE_MAX - 1) /
	    PIECE_MAX;
}
