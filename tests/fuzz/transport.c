/*
 * Fuzzes the transport between peers (netd/transport/transport.c): the frames
 * that a peer of the room may send. The input is a script of packets, records
 * to send, paths, and time that passes.
 */
#include "netd/transport/transport.h"

#include "tests/fuzz/fuzz.h"

#define FRAMES_MAX TRANSPORT_FRAMES_MAX

static void
receive(struct transport *t, struct getter *g, uint64_t now, uint64_t *number)
{
	const uint8_t *frames;
	uint8_t *copy;
	size_t len;

	/* The packet has the next number, the same one again, or one nearby. */
	*number += (uint64_t)(int64_t)(int8_t)get_u8(g);
	len = get_u8(g);
	frames = fuzz_take(g, len, &len);
	copy = fuzz_copy(frames, len);
	transport_input(t, now, *number, copy, len);
	free(copy);
}

static void
send_all(struct transport *t, uint64_t now, uint64_t *last)
{
	uint8_t frames[FRAMES_MAX];
	uint64_t number;
	size_t len;

	for (int i = 0; i < 64; i++) {
		len = transport_output(t, now, &number, frames, sizeof(frames));
		REQUIRE(len <= sizeof(frames));
		if (len == 0)
			break;
		/* No number is used twice. */
		REQUIRE(*last == UINT64_MAX || number > *last);
		*last = number;
	}
}

static void
read_all(struct transport *t)
{
	static uint8_t record[RECORD_MAX];
	size_t len;

	while ((len = transport_read(t, record)) != 0)
		REQUIRE(len <= sizeof(record));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t record[RECORD_MAX];
	uint64_t now = USEC_PER_SEC, number = UINT64_MAX, last = UINT64_MAX;
	uint64_t queued = 0, acked = 0;
	struct transport_pool pool = { 0 };
	struct transport *t = transport_new(&pool);
	struct getter g;
	size_t len;

	REQUIRE(t != NULL);
	transport_path(t, now, 20000, TRANSPORT_BASE, TRANSPORT_CEILING);
	get_init(&g, data, size);
	while (g.left > 0) {
		switch (get_u8(&g) % 7) {
		case 0:
		case 1:
			receive(t, &g, now, &number);
			break;
		case 2:
			len = get_u8(&g) * 64u + 1;
			if (queued < 1024 * 1024 &&
			    transport_queue(t, record, len) == 0)
				queued += len;
			break;
		case 3:
			send_all(t, now, &last);
			break;
		case 4:
			now += get_u8(&g) * USEC_PER_MSEC;
			if (transport_deadline(t) <= now)
				transport_timer(t, now);
			break;
		case 5:
			read_all(t);
			break;
		case 6:
			transport_path(t, now, get_u8(&g) * 1000u,
			    TRANSPORT_BASE, TRANSPORT_CEILING);
			break;
		}
		acked += transport_acked(t);
		REQUIRE(acked <= queued);
	}
	send_all(t, now, &last);
	read_all(t);
	transport_free(t);
	return 0;
}
