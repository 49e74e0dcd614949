/*
 * A transport whose packets are acknowledged by hand. See packets.h.
 */
#include "tests/unit/netd/transport/packets.h"

#include <CUnit/CUnit.h>

void
packets_begin(struct packets *s)
{
	s->t = frames_transport();
	s->in = 0;
	transport_path(s->t, NOW, RTT, TRANSPORT_BASE, TRANSPORT_BASE);
}

uint64_t
packets_output(struct packets *s, uint64_t now, uint64_t *number)
{
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	struct getter g;
	size_t len;

	len = transport_output(s->t, now, number, frames, sizeof(frames));
	get_init(&g, frames, len);
	return get_u8(&g) == STREAM ? get_u64(&g) : NOTHING;
}

void
packets_send(struct packets *s, uint64_t now, uint64_t n)
{
	static const uint8_t record[RECORD];
	uint64_t number;

	CU_ASSERT_EQUAL(transport_queue(s->t, record, RECORD), 0);
	CU_ASSERT_EQUAL(packets_output(s, now, &number), n * PIECE);
}

void
packets_send_many(struct packets *s, uint64_t now, uint64_t from, uint64_t to)
{
	for (uint64_t n = from; n <= to; n++)
		packets_send(s, now, n);
}

void
packets_acked(struct packets *s, uint64_t now, uint64_t first, uint64_t last)
{
	uint8_t frames[FRAMES_MAX];
	struct putter p;

	put_init(&p, frames, sizeof(frames));
	frames_put_ack(&p, last, 0, (uint32_t)(last - first));
	CU_ASSERT_EQUAL(transport_input(s->t, now, s->in++, frames,
			    put_length(&p)),
	    0);
}
