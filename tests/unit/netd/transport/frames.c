/*
 * Frames by hand. See frames.h.
 */
#include "tests/unit/netd/transport/frames.h"

#include <CUnit/CUnit.h>

struct transport_pool frames_pool;

struct transport *
frames_transport(void)
{
	struct transport *t = transport_new(&frames_pool);

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	return t;
}

void
frames_send(struct transport *t, size_t len)
{
	static uint8_t record[RECORD_MAX], frames[FRAMES_MAX];
	uint64_t number;

	CU_ASSERT_EQUAL(transport_queue(t, record, len), 0);
	while (transport_output(t, NOW, &number, frames, FRAMES_MAX) > 0)
		;
}

void
frames_put_stream(struct putter *p, uint64_t offset, const void *bytes,
    size_t len)
{
	put_u8(p, STREAM);
	put_u64(p, offset);
	put_u16(p, (unsigned int)len);
	put_bytes(p, bytes, len);
}

int
frames_input(struct transport *t, uint64_t number, uint64_t offset,
    const void *bytes, size_t len)
{
	uint8_t frames[FRAMES_MAX];
	struct putter p;

	put_init(&p, frames, sizeof(frames));
	frames_put_stream(&p, offset, bytes, len);
	return transport_input(t, NOW, number, frames, put_length(&p));
}

void
frames_put_ack(struct putter *p, uint64_t largest, unsigned int more,
    uint32_t first)
{
	put_u8(p, ACK);
	put_u64(p, largest);
	put_u32(p, 0); /* delay */
	put_u8(p, more);
	put_u32(p, first);
}

uint64_t
frames_owe_credit(struct transport *t)
{
	static uint8_t record[RECORD_MAX],
	    bytes[1000] = { 998 >> 8, 998 & 0xff };
	uint64_t number = 0;

	while (transport_deadline(t) > 0) {
		CU_ASSERT_EQUAL(frames_input(t, number, 1000 * number, bytes,
				    1000),
		    0);
		number++;
		while (transport_read(t, record) > 0)
			;
	}
	return number;
}
