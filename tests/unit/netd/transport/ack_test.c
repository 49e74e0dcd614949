/*
 * What an ACK says and when it is sent: for which packet, and how long that one
 * waited. A packet with nothing but an ACK gets none. PROTOCOL.md section 3.3.
 */
#include "tests/unit/netd/transport/frames.h"

#include <CUnit/CUnit.h>

void transport_ack_suite(void);

#define ACK_DELAY (5 * USEC_PER_MSEC)
#define MSEC(n)	  ((n)*USEC_PER_MSEC)

/* Gives it a packet that asks for an ACK, or one of padding, which does not. */
static void
give(struct transport *t, uint64_t now, uint64_t number, uint8_t frame)
{
	CU_ASSERT_EQUAL(transport_input(t, now, number, &frame, 1), 0);
}

struct said {
	uint64_t largest;
	uint32_t delay;
};

/* Reads the ACK that is sent now; returns false if there is none. */
static bool
says(struct transport *t, uint64_t now, struct said *ack)
{
	uint8_t frames[FRAMES_MAX];
	uint64_t number;
	struct getter g;

	get_init(&g, frames,
	    transport_output(t, now, &number, frames, sizeof(frames)));
	if (get_u8(&g) != ACK)
		return false;
	ack->largest = get_u64(&g);
	ack->delay = get_u32(&g);
	return !g.bad;
}

/* The delay belongs to the packet with the highest number, whatever comes
 * before and after it. */
static void
test_delay(void)
{
	struct transport *t = frames_transport();
	struct said ack;

	give(t, NOW, 0, PING);
	give(t, NOW + MSEC(1), 2, PING);
	give(t, NOW + MSEC(3), 1, PING);
	CU_ASSERT_TRUE(says(t, NOW + MSEC(4), &ack));
	CU_ASSERT(ack.largest == 2 && ack.delay == MSEC(3));
	CU_ASSERT_FALSE(says(t, NOW + MSEC(5), &ack));
	/* A packet that asks for no ACK counts, too, if it is the highest. */
	give(t, NOW + MSEC(10), 3, PING);
	give(t, NOW + MSEC(12), 4, 0);
	CU_ASSERT_TRUE(says(t, NOW + MSEC(15), &ack));
	CU_ASSERT(ack.largest == 4 && ack.delay == MSEC(3));
	/* The delay is too long for the field. */
	give(t, NOW + MSEC(20), 5, PING);
	CU_ASSERT_TRUE(says(t, NOW + MSEC(20) + UINT32_MAX + 1ULL, &ack));
	CU_ASSERT_EQUAL(ack.delay, UINT32_MAX);
	transport_free(t);
}

/* The first of all counts, and one that came after it with a lower number does
 * not. */
static void
test_first_delay(void)
{
	for (uint64_t first = 0; first < 2; first++) {
		struct transport *t = frames_transport();
		struct said ack;

		give(t, NOW, first, PING);
		if (first == 1)
			give(t, NOW + MSEC(1), 0, PING);
		CU_ASSERT_TRUE(says(t, NOW + ACK_DELAY, &ack));
		CU_ASSERT_EQUAL(ack.largest, first);
		CU_ASSERT_EQUAL(ack.delay, ACK_DELAY);
		transport_free(t);
	}
}

/* The first packet that waits for its ACK decides when it goes, not the
 * last. */
static void
test_first_counts(void)
{
	struct transport *t = frames_transport();
	struct said ack;

	give(t, NOW, 0, PING);
	give(t, NOW + MSEC(2), 1, PING);
	CU_ASSERT_EQUAL(transport_deadline(t), NOW + ACK_DELAY);
	CU_ASSERT_TRUE(says(t, NOW + MSEC(2), &ack));
	CU_ASSERT_EQUAL(transport_deadline(t), CLOCK_NEVER);
	give(t, NOW + MSEC(4), 2, PING);
	CU_ASSERT_EQUAL(transport_deadline(t), NOW + MSEC(4) + ACK_DELAY);
	give(t, NOW + MSEC(6), 3, 0);
	CU_ASSERT_EQUAL(transport_deadline(t), NOW + MSEC(4) + ACK_DELAY);
	CU_ASSERT_FALSE(says(t, NOW + MSEC(4) + ACK_DELAY - 1, &ack));
	CU_ASSERT_TRUE(says(t, NOW + MSEC(4) + ACK_DELAY, &ack));
	CU_ASSERT_EQUAL(ack.largest, 3);
	transport_free(t);
}

/* An ACK that may wait goes out with the next piece. */
static void
test_goes_along(void)
{
	static const uint8_t record[100];
	struct transport *t = frames_transport();
	struct said ack;

	give(t, NOW, 0, PING);
	CU_ASSERT_FALSE(says(t, NOW, &ack));
	CU_ASSERT_EQUAL(transport_queue(t, record, sizeof(record)), 0);
	CU_ASSERT_TRUE(says(t, NOW, &ack));
	CU_ASSERT_EQUAL(transport_queue(t, record, sizeof(record)), 0);
	CU_ASSERT_FALSE(says(t, NOW, &ack)); /* nothing has come meanwhile */
	transport_free(t);
}

/* In a network that sends everything twice, two sides do not acknowledge each
 * other's ACKs, however many ranges these have. A copy of any other packet
 * shows that our ACK was lost. */
static void
test_copies(void)
{
	for (unsigned int more = 0; more < 4; more++) {
		struct transport *t = frames_transport();
		uint8_t frames[FRAMES_MAX];
		struct putter p;
		struct said ack;
		size_t len;

		frames_send(t, RECORD_MAX);
		give(t, NOW, 0, PING);
		CU_ASSERT_TRUE(says(t, NOW + ACK_DELAY, &ack));
		put_init(&p, frames, sizeof(frames));
		frames_put_ack(&p, 6, more, 0);
		for (unsigned int i = 0; i < more; i++) {
			put_u32(&p, 0);
			put_u32(&p, 0);
		}
		len = put_length(&p);
		for (int i = 0; i < 3; i++) {
			CU_ASSERT_EQUAL(transport_input(t, NOW + MSEC(6), 1,
					    frames, len),
			    0);
			CU_ASSERT_FALSE(says(t, NOW + MSEC(6), &ack));
		}
		/* With one frame more the packet is not only an ACK. */
		put_u8(&p, PING);
		CU_ASSERT_EQUAL(transport_input(t, NOW + MSEC(6), 1, frames,
				    len + 1),
		    0);
		CU_ASSERT_TRUE(says(t, NOW + MSEC(6), &ack));
		transport_free(t);
	}
}

void
transport_ack_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport_ack", NULL, NULL);

	CU_add_test(suite, "the delay that it tells", test_delay);
	CU_add_test(suite, "the delay of the first", test_first_delay);
	CU_add_test(suite, "the first that waits", test_first_counts);
	CU_add_test(suite, "along with a piece", test_goes_along);
	CU_add_test(suite, "copies of an ACK", test_copies);
}
