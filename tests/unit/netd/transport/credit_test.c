/*
 * The credit of the transport: how much it gives and takes, and that nobody
 * goes beyond it.
 */
#include "tests/unit/netd/transport/frames.h"

#include <CUnit/CUnit.h>

void transport_credit_suite(void);

/* Returns the CREDIT in the next packet, or 0 if there is none. */
static uint64_t
next_credit(struct transport *t, uint64_t now)
{
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	uint64_t number;
	struct getter g;
	size_t len;

	len = transport_output(t, now, &number, frames, sizeof(frames));
	get_init(&g, frames, len);
	if (len > 0 && frames[0] == ACK)
		get_ref(&g, 18 + 8 * (size_t)frames[13]);
	return get_u8(&g) == CREDIT ? get_u64(&g) : 0;
}

/* No byte beyond the credit is taken; more is given when half of it was
 * read. */
static void
test_credit(void)
{
	static uint8_t record[RECORD_MAX], bytes[1000];
	struct transport *t = frames_transport();
	uint64_t at = 0, read = 0, number = 0;

	bytes[0] = 998 >> 8;
	bytes[1] = 998 & 0xff;
	for (; at + 1000 <= CREDIT_WINDOW; at += 1000)
		CU_ASSERT_EQUAL(frames_input(t, number++, at, bytes, 1000), 0);
	CU_ASSERT_EQUAL(frames_input(t, number++, at, bytes,
			    (size_t)(CREDIT_WINDOW - at)),
	    0);
	CU_ASSERT_EQUAL(next_credit(t, NOW), 0); /* nothing was read */
	CU_ASSERT(transport_deadline(t) > NOW);
	while (transport_deadline(t) > NOW && transport_read(t, record) > 0)
		read += 1000;
	CU_ASSERT(read >= CREDIT_WINDOW / 2 && read < CREDIT_WINDOW / 2 + 1000);
	CU_ASSERT_EQUAL(next_credit(t, NOW), read + CREDIT_WINDOW);
	CU_ASSERT_EQUAL(next_credit(t, NOW), 0);
	/* All bytes up to the credit are taken, and not one more. */
	CU_ASSERT_EQUAL(frames_input(t, number++, read + CREDIT_WINDOW - 1,
			    bytes, 1),
	    0);
	CU_ASSERT_EQUAL(frames_input(t, number++, read + CREDIT_WINDOW, bytes,
			    1),
	    -1);
	CU_ASSERT_EQUAL(transport_deadline(t), CLOCK_NEVER);
	transport_free(t);
}

/* A side without credit sends nothing, and needs no timer; an old CREDIT that
 * comes late takes nothing away. */
static void
test_no_credit(void)
{
	static uint8_t record[RECORD_MAX];
	struct transport *t = frames_transport();
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	uint64_t number, now = NOW, queued = 0, in = 0;
	struct putter p;

	transport_path(t, now, 1000, TRANSPORT_BASE, TRANSPORT_BASE);
	for (; queued < 2 * CREDIT_WINDOW; queued += RECORD_MAX)
		CU_ASSERT_EQUAL(transport_queue(t, record, RECORD_MAX), 0);
	for (int i = 0; i < 1000; i++) {
		now += 10 * USEC_PER_MSEC;
		while (transport_output(t, now, &number, frames,
			   sizeof(frames)) > 0) {
			put_init(&p, frames, sizeof(frames));
			frames_put_ack(&p, number, 0, 0);
			CU_ASSERT_EQUAL(transport_input(t, now, in++, frames,
					    put_length(&p)),
			    0);
		}
	}
	CU_ASSERT_EQUAL(transport_deadline(t), CLOCK_NEVER);
	CU_ASSERT_FALSE(transport_idle(t));
	for (int i = 0; i < 2; i++) {
		put_init(&p, frames, sizeof(frames));
		put_u8(&p, CREDIT);
		put_u64(&p, i == 0 ? CREDIT_WINDOW + 10 : 5);
		CU_ASSERT_EQUAL(transport_input(t, now, in++, frames,
				    put_length(&p)),
		    0);
	}
	CU_ASSERT(
	    transport_output(t, now, &number, frames, sizeof(frames)) > 0);
	CU_ASSERT_EQUAL(frames[0], ACK);
	CU_ASSERT_EQUAL(frames[18], STREAM);
	CU_ASSERT_EQUAL(frames[28], 10);
	CU_ASSERT_EQUAL(transport_output(t, now, &number, frames,
			    sizeof(frames)),
	    0);
	transport_free(t);
}

/* The last CREDIT is lost, and nothing else is to be sent: it goes again until
 * it is acknowledged, and then there is silence. */
static void
test_lost_credit(void)
{
	static uint8_t record[RECORD_MAX], bytes[1000];
	struct transport *t = frames_transport();
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	uint64_t now = NOW, number = 0, read = 0, last = 0;
	struct putter p;

	bytes[0] = 998 >> 8;
	bytes[1] = 998 & 0xff;
	for (; read + 1000 <= CREDIT_WINDOW; read += 1000)
		CU_ASSERT_EQUAL(frames_input(t, number++, read, bytes, 1000),
		    0);
	while (transport_read(t, record) > 0)
		;
	CU_ASSERT_EQUAL(next_credit(t, now), read + CREDIT_WINDOW);
	for (int i = 0; i < 5; i++) {
		CU_ASSERT(transport_deadline(t) > now);
		now = transport_deadline(t);
		CU_ASSERT_NOT_EQUAL_FATAL(now, CLOCK_NEVER);
		transport_timer(t, now);
		CU_ASSERT_EQUAL(next_credit(t, now), read + CREDIT_WINDOW);
		while (
		    transport_output(t, now, &last, frames, sizeof(frames)) > 0)
			;
	}
	put_init(&p, frames, sizeof(frames));
	frames_put_ack(&p, last, 0, (uint32_t)last);
	CU_ASSERT_EQUAL(transport_input(t, now, number, frames, put_length(&p)),
	    0);
	CU_ASSERT_EQUAL(transport_deadline(t), CLOCK_NEVER);
	CU_ASSERT_TRUE(transport_idle(t));
	transport_free(t);
}

/* Three packets that were sent after it have arrived, or another path is there:
 * it comes again at once. */
static void
test_lost_at_once(void)
{
	static const uint8_t record[100];
	uint8_t frames[TRANSPORT_FRAMES_MAX];
	const uint64_t rtt = 100 * USEC_PER_MSEC, now = NOW + rtt;
	struct transport *t = frames_transport();
	uint64_t number, credit, in;
	struct putter p;

	transport_path(t, NOW, (uint32_t)rtt, TRANSPORT_BASE, TRANSPORT_BASE);
	in = frames_owe_credit(t);
	credit = next_credit(t, NOW);
	CU_ASSERT(credit > CREDIT_WINDOW);
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(transport_queue(t, record, sizeof(record)), 0);
		transport_output(t, NOW, &number, frames, sizeof(frames));
	}
	CU_ASSERT_EQUAL(next_credit(t, now), 0);
	put_init(&p, frames, sizeof(frames));
	frames_put_ack(&p, number, 0, 2);
	CU_ASSERT_EQUAL(transport_input(t, now, in, frames, put_length(&p)), 0);
	CU_ASSERT_EQUAL(next_credit(t, now), credit);
	CU_ASSERT_EQUAL(next_credit(t, now), 0);
	transport_path(t, now, (uint32_t)rtt, TRANSPORT_BASE, TRANSPORT_BASE);
	CU_ASSERT_EQUAL(next_credit(t, now), credit);
	/* Once it is there, it is not sent again for yet another. */
	put_init(&p, frames, sizeof(frames));
	frames_put_ack(&p, number + 2, 0, 0);
	CU_ASSERT_EQUAL(transport_input(t, now, in + 1, frames, put_length(&p)),
	    0);
	transport_path(t, now, (uint32_t)rtt, TRANSPORT_BASE, TRANSPORT_BASE);
	CU_ASSERT_EQUAL(next_credit(t, now), 0);
	transport_free(t);
}

/* Many peers send all that their credit allows except the first byte. There is
 * a bound for all of them together; one that comes late still gets its credit,
 * and memory is given back. */
static void
test_pool(void)
{
	static struct transport *many[250];
	static uint8_t bytes[1000], record[RECORD_MAX];
	struct transport *late;
	uint64_t number;

	bytes[0] = 998 >> 8;
	bytes[1] = 998 & 0xff;
	CU_ASSERT_EQUAL(frames_pool.used, 0);
	for (size_t i = 0; i < 250; i++) {
		many[i] = frames_transport();
		number = 0;
		for (uint64_t at = 1000; at + 1000 <= CREDIT_WINDOW; at += 1000)
			CU_ASSERT_EQUAL(frames_input(many[i], number++, at,
					    bytes, 1000),
			    0);
	}
	CU_ASSERT(frames_pool.used > TRANSPORT_POOL - CREDIT_WINDOW);
	CU_ASSERT(frames_pool.used <= TRANSPORT_POOL);
	late = frames_transport();
	for (number = 0; number < 60; number++)
		CU_ASSERT_EQUAL(frames_input(late, number, number * 1000, bytes,
				    1000),
		    0);
	for (number = 0; number < 60; number++)
		CU_ASSERT_EQUAL(transport_read(late, record), 998);
	transport_free(late);
	/* There was not room for all of the last one: its rest comes again. */
	CU_ASSERT_EQUAL(frames_input(many[249], 1000, 0, bytes, 1000), 0);
	for (number = 0; transport_read(many[249], record) > 0; number++)
		;
	CU_ASSERT(number >= 32 && number < 70);
	for (size_t i = 0; i < 250; i++)
		transport_free(many[i]);
	CU_ASSERT_EQUAL(frames_pool.used, 0);
}

void
transport_credit_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport_credit", NULL, NULL);

	CU_add_test(suite, "credit given", test_credit);
	CU_add_test(suite, "credit taken", test_no_credit);
	CU_add_test(suite, "a CREDIT is lost", test_lost_credit);
	CU_add_test(suite, "and is found to be", test_lost_at_once);
	CU_add_test(suite, "one pool for all", test_pool);
}
