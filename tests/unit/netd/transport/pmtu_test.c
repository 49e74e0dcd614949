/*
 * The search for a path's MTU, over paths of every size, and when it begins.
 */
#include "netd/transport/pmtu.h"

#include "tests/unit/netd/transport/frames.h"

#include <CUnit/CUnit.h>

void pmtu_suite(void);

#define BASE	1200
#define CEILING 8972

/* Searches until there is nothing more to try; returns the probes sent. */
static unsigned int
search(struct pmtu *p, uint64_t now, size_t carried)
{
	unsigned int probes = 0;
	uint64_t number = 100;
	size_t probe;

	while ((probe = pmtu_next(p, now)) != 0 && probes < 100) {
		probes++;
		pmtu_probing(p, probe);
		CU_ASSERT_EQUAL(pmtu_next(p, now), 0); /* one probe at a time */
		CU_ASSERT(probe > p->size && probe <= p->ceiling);
		if (probe <= carried) {
			CU_ASSERT_TRUE(pmtu_acked(p, number++, probe, true));
		} else {
			CU_ASSERT_FALSE(
			    pmtu_lost(p, now, number++, probe, true));
		}
	}
	return probes;
}

static void
test_search(void)
{
	struct pmtu p;

	for (size_t carried = BASE; carried <= 9100; carried++) {
		pmtu_init(&p, BASE, CEILING);
		CU_ASSERT(search(&p, NOW, carried) <= 13);
		CU_ASSERT(p.size <= carried);
		/* The result is not far below what Ethernet and tunnels in it
		 * carry. */
		CU_ASSERT(carried > 1500 || carried - p.size <= 152);
		CU_ASSERT(carried < 1472 || p.size >= 1472);
		CU_ASSERT(carried < CEILING || p.size == CEILING);
	}
	/* Through a relay nothing is tried. */
	pmtu_init(&p, 1180, 1180);
	CU_ASSERT_EQUAL(search(&p, NOW, 9000), 0);
	CU_ASSERT_EQUAL(p.size, 1180);
}

/* After ten minutes the search is repeated. */
static void
test_again(void)
{
	struct pmtu p;

	pmtu_init(&p, BASE, CEILING);
	search(&p, NOW, 1300);
	CU_ASSERT_EQUAL(p.size, BASE);
	CU_ASSERT_EQUAL(pmtu_next(&p, NOW + 599 * USEC_PER_SEC), 0);
	search(&p, NOW + 600 * USEC_PER_SEC, CEILING);
	CU_ASSERT_EQUAL(p.size, CEILING);
}

/* Six large packets were lost and none arrived: the size goes back to the base.
 * If a later one arrived, they were lost to congestion. */
static void
test_silence(void)
{
	struct pmtu p;

	pmtu_init(&p, BASE, CEILING);
	search(&p, NOW, CEILING);
	pmtu_acked(&p, 1000, CEILING, false);
	for (uint64_t i = 0; i < 100; i++)
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 900 + i, CEILING, false));
	for (uint64_t i = 0; i < 100; i++) /* small ones do not count */
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 1100 + i, BASE, false));
	for (uint64_t i = 0; i < 5; i++)
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 1001 + i, CEILING, false));
	CU_ASSERT_TRUE(pmtu_lost(&p, NOW, 1006, CEILING, false));
	CU_ASSERT_EQUAL(p.size, BASE);
	CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 1007, CEILING, false));
	CU_ASSERT_EQUAL(pmtu_next(&p, NOW + USEC_PER_SEC), 0);
	search(&p, NOW + 30 * USEC_PER_SEC, 1472);
	CU_ASSERT_EQUAL(p.size, 1472);
}

/* Acknowledges all that the transport sends, until there is nothing more.
 * Returns the size of the largest datagram. */
static size_t
send_all(struct transport *t, uint64_t *now)
{
	static uint64_t in;
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	size_t len, largest = 0;
	struct putter p;
	uint64_t number;

	for (int i = 0; i < 100; i++) {
		*now += 10 * USEC_PER_MSEC;
		transport_timer(t, *now);
		while ((len = transport_output(t, *now, &number, frames,
			    sizeof(frames))) > 0) {
			if (len + WIRE_DATA_OVERHEAD > largest)
				largest = len + WIRE_DATA_OVERHEAD;
			put_init(&p, frames, sizeof(frames));
			frames_put_ack(&p, number, 0, 0);
			CU_ASSERT_EQUAL(transport_input(t, *now, in++, frames,
					    put_length(&p)),
			    0);
		}
	}
	CU_ASSERT_TRUE(transport_idle(t));
	return largest;
}

/* A few lines are not worth a search: eight packets of the new size must be
 * waiting, and the path must be known to carry packets. */
static void
test_bulk(void)
{
	static const uint8_t record[RECORD_MAX];
	static const size_t enough = 8 * 1352 - 2; /* and its length field */
	struct transport *t = frames_transport();
	uint64_t now = NOW;

	transport_path(t, now, 1000, BASE, CEILING);
	for (int i = 0; i < 50; i++) {
		CU_ASSERT_EQUAL(transport_queue(t, record, 100), 0);
		CU_ASSERT(send_all(t, &now) < BASE);
	}
	CU_ASSERT_EQUAL(transport_queue(t, record, enough - 1), 0);
	CU_ASSERT_EQUAL(send_all(t, &now), BASE);
	CU_ASSERT_EQUAL(transport_queue(t, record, enough), 0);
	CU_ASSERT_EQUAL(send_all(t, &now), 1352);
	transport_free(t);
}

/* Nothing large is sent before anything was acknowledged, also on a new
 * path. */
static void
test_first_ack(void)
{
	static const uint8_t record[RECORD_MAX];
	struct transport *t = frames_transport();
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	uint64_t now = NOW, number;
	size_t len;

	for (int path = 0; path < 2; path++) {
		transport_path(t, now, 1000, BASE, CEILING);
		CU_ASSERT_EQUAL(transport_queue(t, record, RECORD_MAX), 0);
		CU_ASSERT_EQUAL(transport_queue(t, record, RECORD_MAX), 0);
		while ((len = transport_output(t, now, &number, frames,
			    sizeof(frames))) > 0)
			CU_ASSERT(len + WIRE_DATA_OVERHEAD <= BASE);
		CU_ASSERT(send_all(t, &now) > BASE);
	}
	transport_free(t);
}

void
pmtu_suite(void)
{
	CU_pSuite suite = CU_add_suite("pmtu", NULL, NULL);

	CU_add_test(suite, "the search", test_search);
	CU_add_test(suite, "the search again", test_again);
	CU_add_test(suite, "a black hole", test_silence);
	CU_add_test(suite, "not without bulk", test_bulk);
	CU_add_test(suite, "not before an ACK", test_first_ack);
}
