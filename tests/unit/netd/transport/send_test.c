/*
 * What the next packet carries, if one may go: the window, the pacing, what is
 * sent along with what, and how much of it fits.
 */
#include "tests/unit/netd/transport/frames.h"

#include <CUnit/CUnit.h>

#include <string.h>

void transport_send_suite(void);

#define MSEC(n)	      ((n)*USEC_PER_MSEC)
#define RTT	      MSEC(100)
#define STREAM_HEADER 11
#define PREFIX	      2 /* a record's length */
#define ACK_LEN(more) (18 + 8 * (size_t)(more))
/* A datagram of this size carries a record of so many bytes, and no more. */
#define FILLS(size) ((size)-WIRE_DATA_OVERHEAD - STREAM_HEADER - PREFIX)

static struct transport *
begin(void)
{
	struct transport *t = frames_transport();

	transport_path(t, NOW, RTT, TRANSPORT_BASE, TRANSPORT_BASE);
	return t;
}

static void
queue(struct transport *t, size_t len)
{
	static const uint8_t record[RECORD_MAX];

	CU_ASSERT_EQUAL(transport_queue(t, record, len), 0);
}

/* The sizes of the datagrams that may go now; returns how many. */
static size_t
output(struct transport *t, uint64_t now, size_t sizes[32])
{
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	uint64_t number;
	size_t n = 0, len;

	while (n < 32 &&
	    (len = transport_output(t, now, &number, frames, sizeof(frames))) >
		0)
		sizes[n++] = len + WIRE_DATA_OVERHEAD;
	return n;
}

static void
acked(struct transport *t, uint64_t now, uint64_t in, uint64_t first,
    uint64_t last)
{
	uint8_t frames[FRAMES_MAX];
	struct putter p;

	put_init(&p, frames, sizeof(frames));
	frames_put_ack(&p, last, 0, (uint32_t)(last - first));
	CU_ASSERT_EQUAL(transport_input(t, now, in, frames, put_length(&p)), 0);
}

/* Ten packets may be in flight at first, to the byte. */
static void
test_window(void)
{
	size_t sizes[32];
	struct transport *t = begin();

	queue(t, RECORD_MAX);
	CU_ASSERT_EQUAL(output(t, NOW, sizes), 10);
	for (size_t i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(sizes[i], TRANSPORT_BASE);
	/* The pacing would let more go by now; the next timer is another. */
	CU_ASSERT_EQUAL(output(t, NOW + RTT, sizes), 0);
	CU_ASSERT(transport_deadline(t) > NOW + RTT);
	/* In slow start each that is acknowledged makes room for two. */
	acked(t, NOW + RTT, 0, 0, 0);
	CU_ASSERT_EQUAL(output(t, NOW + RTT, sizes), 2);
	transport_free(t);
	/* With one more byte in flight there is no room for the tenth. */
	t = begin();
	queue(t, 1);
	CU_ASSERT_EQUAL(output(t, NOW, sizes), 1);
	queue(t, RECORD_MAX);
	CU_ASSERT_EQUAL(output(t, NOW + MSEC(50), sizes), 9);
	transport_free(t);
}

/* More than a burst of ten waits for the pacing: twice the window in a round
 * trip, while it grows. */
static void
test_pacing(void)
{
	struct transport *t = begin();
	size_t sizes[32], sent = 0;
	uint64_t now = NOW + RTT;

	for (int i = 0; i < 3; i++)
		queue(t, RECORD_MAX);
	CU_ASSERT_EQUAL(output(t, NOW, sizes), 10);
	acked(t, now, 0, 0, 9);
	CU_ASSERT_EQUAL(output(t, now, sizes), 10);
	/* Then each after its time: 2.5 ms, with a window of 20. */
	for (int i = 0; i < 10; i++) {
		CU_ASSERT_FATAL(transport_deadline(t) <= now + MSEC(3));
		now = transport_deadline(t);
		sent += output(t, now, sizes);
	}
	CU_ASSERT_EQUAL(sent, 10);
	CU_ASSERT(now >= NOW + RTT + MSEC(25) && now <= NOW + RTT + MSEC(26));
	CU_ASSERT_EQUAL(output(t, now + MSEC(50), sizes), 0); /* the window */
	transport_free(t);
}

/* A record that fills a packet, and one that does not fit by a byte. */
static void
test_fits(void)
{
	size_t sizes[32];
	struct transport *t = begin();

	queue(t, FILLS(TRANSPORT_BASE));
	CU_ASSERT_EQUAL(output(t, NOW, sizes), 1);
	CU_ASSERT_EQUAL(sizes[0], TRANSPORT_BASE);
	queue(t, FILLS(TRANSPORT_BASE) + 1);
	CU_ASSERT_EQUAL(output(t, NOW, sizes), 2);
	CU_ASSERT_EQUAL(sizes[0], TRANSPORT_BASE);
	CU_ASSERT_EQUAL(sizes[1], WIRE_DATA_OVERHEAD + STREAM_HEADER + 1);
	/* Two that wait together go together. */
	queue(t, 10);
	queue(t, 20);
	CU_ASSERT_EQUAL(output(t, NOW, sizes), 1);
	CU_ASSERT_EQUAL(sizes[0],
	    WIRE_DATA_OVERHEAD + STREAM_HEADER + 30 + 2 * PREFIX);
	transport_free(t);
}

/* --- ACKs ----------------------------------------------------------------- */

/* Every second packet of so many has come. */
static void
receive_ranges(struct transport *t, uint64_t ranges)
{
	const uint8_t ping = PING;

	for (uint64_t i = 0; i < ranges; i++)
		CU_ASSERT_EQUAL(transport_input(t, NOW, 2 * i, &ping, 1), 0);
}

/* The ranges of the ACK in a packet of at most max bytes, and that it says
 * them right: each of one packet, two below the one before. */
static unsigned int
ack_ranges(struct transport *t, uint64_t largest, size_t max)
{
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	unsigned int more;
	uint64_t number;
	struct getter g;

	get_init(&g, frames, transport_output(t, NOW, &number, frames, max));
	CU_ASSERT_EQUAL(get_u8(&g), ACK);
	CU_ASSERT_EQUAL(get_u64(&g), largest);
	CU_ASSERT_EQUAL(get_u32(&g), 0); /* delay */
	more = get_u8(&g);
	CU_ASSERT_EQUAL(get_u32(&g), 0);
	for (unsigned int i = 0; i < more; i++) {
		CU_ASSERT_EQUAL(get_u32(&g), 0);
		CU_ASSERT_EQUAL(get_u32(&g), 0);
	}
	CU_ASSERT_FALSE(g.bad);
	return more + 1;
}

/* All that it keeps, in a packet that has place; otherwise the newest of them,
 * in half of the packet, so that a piece goes along. */
static void
test_ack_room(void)
{
	static const struct {
		size_t max;
		unsigned int ranges;
	} cases[] = {
		{ FRAMES_MAX, 20 },
		{ 2 * ACK_LEN(19), 20 },
		{ 2 * ACK_LEN(19) - 1, 19 },
		{ 2 * ACK_LEN(3), 4 },
		{ 2 * ACK_LEN(1) - 1, 1 },
		{ 40, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct transport *t = frames_transport();

		receive_ranges(t, 20);
		CU_ASSERT_EQUAL(ack_ranges(t, 38, cases[i].max),
		    cases[i].ranges);
		transport_free(t);
	}
}

/* --- CREDIT --------------------------------------------------------------- */

/* A CREDIT goes along with a piece, and by itself when the window is full. */
static void
test_credit(void)
{
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	struct transport *t = begin();
	size_t sizes[32], len;
	uint64_t number;
	struct getter g;

	frames_owe_credit(t);
	queue(t, 100);
	len = transport_output(t, NOW, &number, frames, sizeof(frames));
	get_init(&g, frames + ACK_LEN(0), len - ACK_LEN(0));
	CU_ASSERT_EQUAL(get_u8(&g), CREDIT);
	CU_ASSERT(get_u64(&g) > CREDIT_WINDOW);
	CU_ASSERT_EQUAL(get_u8(&g), STREAM);
	CU_ASSERT_EQUAL(output(t, NOW, sizes), 0);
	transport_free(t);

	t = begin();
	queue(t, RECORD_MAX);
	CU_ASSERT_EQUAL(output(t, NOW, sizes), 10);
	frames_owe_credit(t);
	len = transport_output(t, NOW, &number, frames, sizeof(frames));
	CU_ASSERT_EQUAL(len, ACK_LEN(0) + 9);
	CU_ASSERT_EQUAL(frames[ACK_LEN(0)], CREDIT);
	CU_ASSERT_EQUAL(output(t, NOW, sizes), 0);
	/* It is on its way until it is acknowledged, and asks if it is not. */
	acked(t, NOW + RTT, 99999, 0, number - 1);
	CU_ASSERT_TRUE(transport_deadline(t) < CLOCK_NEVER);
	transport_free(t);
}

void
transport_send_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport_send", NULL, NULL);

	CU_add_test(suite, "the window", test_window);
	CU_add_test(suite, "the pacing", test_pacing);
	CU_add_test(suite, "what fits", test_fits);
	CU_add_test(suite, "ranges of an ACK", test_ack_room);
	CU_add_test(suite, "CREDIT", test_credit);
}
