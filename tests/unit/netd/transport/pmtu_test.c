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

/* One probe under way, of this size. */
static void
probe(struct pmtu *p, size_t size)
{
	CU_ASSERT_EQUAL(pmtu_next(p, NOW), size);
	pmtu_probing(p, size);
}

/* Three probes of a size are lost before it is given up, and for that the
 * search ends for ten minutes; one that arrives starts the count again. */
static void
test_tries(void)
{
	const uint64_t again = NOW + 600 * USEC_PER_SEC;
	struct pmtu p;

	pmtu_init(&p, BASE, CEILING);
	for (int i = 0; i < 2; i++) {
		probe(&p, 1352);
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 1, 1352, true));
	}
	probe(&p, 1352);
	CU_ASSERT_TRUE(pmtu_acked(&p, 2, 1352, true));
	for (int i = 0; i < 3; i++) {
		probe(&p, 1372);
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 3, 1372, true));
	}
	CU_ASSERT_EQUAL(pmtu_next(&p, again - 1), 0);
	CU_ASSERT_EQUAL(pmtu_next(&p, again), 1372);
	/* Then it has three again. */
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(pmtu_next(&p, again), 1372);
		pmtu_probing(&p, 1372);
		CU_ASSERT_FALSE(pmtu_lost(&p, again, 4, 1372, true));
	}
	CU_ASSERT_EQUAL(pmtu_next(&p, again), 0);
	CU_ASSERT_EQUAL(p.size, 1352);
}

/* The fate of a probe that is not under way, or of what is no probe, says
 * nothing about the one that is. */
static void
test_others(void)
{
	struct pmtu p;

	pmtu_init(&p, BASE, CEILING);
	probe(&p, 1352);
	CU_ASSERT_FALSE(pmtu_acked(&p, 1, 1372, true));
	CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 2, 1372, true));
	CU_ASSERT_FALSE(pmtu_acked(&p, 3, 1352, false));
	CU_ASSERT_FALSE(pmtu_acked(&p, 4, BASE, false));
	CU_ASSERT_EQUAL(p.size, BASE);
	CU_ASSERT_EQUAL(pmtu_next(&p, NOW), 0); /* it is, still */
	CU_ASSERT_TRUE(pmtu_acked(&p, 5, 1352, true));
	CU_ASSERT_EQUAL(p.size, 1352);
	/* Once the path is taken for a black hole, none is. */
	probe(&p, 1372);
	for (uint64_t i = 6; i < 11; i++)
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, i, 1352, false));
	CU_ASSERT_TRUE(pmtu_lost(&p, NOW, 11, 1352, false));
	CU_ASSERT_FALSE(pmtu_acked(&p, 12, 1372, true));
	CU_ASSERT_EQUAL(p.size, BASE);
	CU_ASSERT_EQUAL(pmtu_next(&p, NOW + 30 * USEC_PER_SEC - 1), 0);
	CU_ASSERT_EQUAL(pmtu_next(&p, NOW + 30 * USEC_PER_SEC), 1352);
}

/* What is larger than the base and arrives shows that the path carries it: the
 * silence begins again, and what was sent before does not count. */
static void
test_not_silent(void)
{
	struct pmtu p;

	pmtu_init(&p, BASE, CEILING);
	probe(&p, 1352);
	CU_ASSERT_TRUE(pmtu_acked(&p, 10, 1352, true));
	for (uint64_t i = 11; i < 16; i++)
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, i, 1352, false));
	pmtu_acked(&p, 16, BASE, false); /* that proves nothing */
	CU_ASSERT_FALSE(pmtu_lost(&p, NOW, 9, 1352, false));
	pmtu_acked(&p, 9, 1352, false); /* it is older */
	CU_ASSERT_EQUAL(p.silent, 5);
	pmtu_acked(&p, 17, BASE + 1, false);
	CU_ASSERT_EQUAL(p.silent, 0);
	for (uint64_t i = 18; i < 23; i++)
		CU_ASSERT_FALSE(pmtu_lost(&p, NOW, i, BASE + 1, false));
	CU_ASSERT_TRUE(pmtu_lost(&p, NOW, 23, BASE + 1, false));
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
	struct transport_figures f;
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
	/* It has arrived, so that is what is sent from now on. */
	transport_figures(t, &f);
	CU_ASSERT_EQUAL(f.size, 1352);
	transport_free(t);
}

/* Acknowledges the packets from first to last. */
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

/* A probe that is lost carried nothing, is no sign of congestion, and does not
 * count among what was sent and lost. */
static void
test_lost_probe(void)
{
	static const uint8_t record[RECORD_MAX];
	struct transport *t = frames_transport();
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	uint64_t now = NOW, number, probe;
	struct transport_figures f, before;

	transport_path(t, now, 1000, BASE, CEILING);
	CU_ASSERT_EQUAL(transport_queue(t, record, 100), 0);
	transport_output(t, now, &number, frames, sizeof(frames));
	acked(t, now, 0, 0, number);
	CU_ASSERT_EQUAL(transport_queue(t, record, RECORD_MAX), 0);
	CU_ASSERT_EQUAL(transport_output(t, now, &probe, frames,
			    sizeof(frames)),
	    1352 - WIRE_DATA_OVERHEAD);
	transport_figures(t, &before);
	while (transport_output(t, now, &number, frames, sizeof(frames)) > 0)
		;
	CU_ASSERT(number >= probe + 3);
	acked(t, now + 1000, 1, probe + 1, number);
	transport_figures(t, &f);
	CU_ASSERT_EQUAL(f.lost, 0);
	CU_ASSERT_EQUAL(f.sent, before.sent + number - probe);
	CU_ASSERT(f.window > before.window);
	CU_ASSERT_EQUAL(f.size, BASE);
	/* It is tried again, with as much waiting. */
	CU_ASSERT_EQUAL(transport_queue(t, record, RECORD_MAX), 0);
	CU_ASSERT_EQUAL(transport_output(t, now + 1000, &number, frames,
			    sizeof(frames)),
	    1352 - WIRE_DATA_OVERHEAD);
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
	CU_add_test(suite, "three tries", test_tries);
	CU_add_test(suite, "others than the probe", test_others);
	CU_add_test(suite, "no black hole", test_not_silent);
	CU_add_test(suite, "not without bulk", test_bulk);
	CU_add_test(suite, "a probe is lost", test_lost_probe);
	CU_add_test(suite, "not before an ACK", test_first_ack);
}
