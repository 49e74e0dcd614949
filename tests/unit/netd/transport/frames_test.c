/*
 * The transport and frames that none of ours would send: malformed,
 * overlapping, repeated.
 */
#include "tests/unit/netd/transport/frames.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void transport_frames_suite(void);

/* PROTOCOL.md section 3.3. */
#define HOLES_MAX 512
#define ACK_DELAY (5 * USEC_PER_MSEC)

/* --- Malformed ------------------------------------------------------------ */

/* Writes the frames of a case: the first packet to somebody who has sent 3. */
static size_t
malformed(int number, uint8_t *frames)
{
	uint8_t text[8] = { 0 };
	struct putter p;

	put_init(&p, frames, FRAMES_MAX);
	switch (number) {
	case 1: /* this frame does not exist */
		put_u8(&p, CREDIT + 1);
		break;
	case 2: /* bytes after the padding */
		put_u8(&p, 0);
		put_u8(&p, PING);
		break;
	case 3:
		put_u8(&p, 255);
		break;
	case 4: /* a good frame, then a bad one */
		put_u8(&p, PING);
		put_u8(&p, 9);
		break;
	case 5: /* acknowledges a number not sent yet */
		frames_put_ack(&p, 3, 0, 0);
		break;
	case 6: /* acknowledges the last there is */
		frames_put_ack(&p, UINT64_MAX, 0, 0);
		break;
	case 7: /* a range from below 0 */
		frames_put_ack(&p, 2, 0, 3);
		break;
	case 8: /* a gap that ends below 0 */
		frames_put_ack(&p, 2, 1, 0);
		put_u32(&p, 1);
		put_u32(&p, 0);
		break;
	case 9: /* a range after a gap, from below 0 */
		frames_put_ack(&p, 2, 1, 0);
		put_u32(&p, 0);
		put_u32(&p, 1);
		break;
	case 10: /* a gap of more than all numbers */
		frames_put_ack(&p, 2, 1, 0);
		put_u32(&p, UINT32_MAX);
		put_u32(&p, 0);
		break;
	case 11: /* one range too few */
		frames_put_ack(&p, 2, 1, 0);
		break;
	case 12: /* an empty piece */
		frames_put_stream(&p, 0, text, 0);
		break;
	case 13: /* the stream would end beyond all offsets */
		frames_put_stream(&p, UINT64_MAX, text, 1);
		break;
	case 14:
		frames_put_stream(&p, UINT64_MAX - 7, text, 8);
		break;
	case 15: /* a record of no bytes */
		frames_put_stream(&p, 0, text, 2);
		break;
	case 16: /* a record that is too long */
		text[0] = (RECORD_MAX + 1) >> 8;
		text[1] = (RECORD_MAX + 1) & 0xff;
		frames_put_stream(&p, 0, text, 2);
		break;
	case 17:
		memset(text, 0xff, sizeof(text));
		frames_put_stream(&p, 0, text, 8);
		break;
	case 18: /* longer than the packet */
		put_u8(&p, STREAM);
		put_u64(&p, 0);
		put_u16(&p, 2);
		put_u8(&p, 0);
		break;
	default:
		return 0;
	}
	return put_length(&p);
}

static bool
is_dead(struct transport *t)
{
	uint8_t frames[FRAMES_MAX] = { PING };
	uint64_t number;

	return transport_input(t, NOW, 99, frames, 1) == -1 &&
	    transport_output(t, NOW + USEC_PER_SEC, &number, frames,
		sizeof(frames)) == 0 &&
	    transport_deadline(t) == CLOCK_NEVER && transport_idle(t);
}

static void
test_malformed(void)
{
	uint8_t frames[FRAMES_MAX];
	size_t len;
	int number;

	for (number = 1; (len = malformed(number, frames)) > 0; number++) {
		struct transport *t = frames_transport();
		bool ok;

		frames_send(t, 2 * FRAMES_MAX);
		CU_ASSERT_FALSE(transport_idle(t));
		ok =
		    transport_input(t, NOW, 0, frames, len) == -1 && is_dead(t);
		CU_ASSERT_TRUE(ok);
		if (!ok)
			printf("\nmalformed frames %d\n", number);
		transport_free(t);
	}
	CU_ASSERT_EQUAL(number, 19);
}

/* A packet with all kinds of frames is cut anywhere: only whole frames are
 * good. */
static void
test_truncated(void)
{
	uint8_t frames[FRAMES_MAX], record[RECORD_MAX];
	size_t ends[4] = { 0 }, len;
	struct putter p;

	put_init(&p, frames, sizeof(frames));
	frames_put_ack(&p, 2, 1, 0);
	put_u32(&p, 0);
	put_u32(&p, 0);
	ends[0] = put_length(&p);
	frames_put_stream(&p, 0, "\0\3abc", 5);
	ends[1] = put_length(&p);
	put_u8(&p, PING);
	ends[2] = put_length(&p);
	frames_put_stream(&p, 100, "early", 5);
	len = ends[3] = put_length(&p);
	for (size_t cut = 1; cut <= len; cut++) {
		struct transport *t = frames_transport();
		uint8_t *exact = malloc(cut);
		bool whole = false;

		CU_ASSERT_PTR_NOT_NULL_FATAL(exact);
		for (size_t i = 0; i < 4; i++)
			whole = whole || ends[i] == cut;
		memcpy(exact, frames, cut); /* for the sanitizer */
		frames_send(t, 2 * FRAMES_MAX);
		CU_ASSERT_EQUAL(transport_input(t, NOW, 0, exact, cut),
		    whole ? 0 : -1);
		CU_ASSERT_EQUAL(transport_read(t, record),
		    cut >= ends[1] ? 3 : 0);
		free(exact);
		transport_free(t);
	}
}

/* --- Pieces --------------------------------------------------------------- */

/* A stream is cut into three pieces with one byte of overlap, in every way and
 * order, some twice. */
static void
test_overlap(void)
{
	static const uint8_t orders[][4] = {
		{ 0, 1, 2, 0 },
		{ 0, 2, 1, 2 },
		{ 1, 0, 2, 1 },
		{ 1, 2, 0, 1 },
		{ 2, 0, 1, 0 },
		{ 2, 1, 0, 0 },
		{ 2, 2, 1, 0 },
		{ 1, 1, 2, 0 },
	};
	static const char stream[] = "\0\7seventh\0\1e\0\5ighth";
	const size_t len = sizeof(stream) - 1;
	uint8_t record[RECORD_MAX];

	for (size_t a = 1; a < len - 1; a++) {
		for (size_t o = 0; o < 8; o++) {
			size_t b = a + (len - a) / 2;
			size_t at[3] = { 0, a - 1, b - 1 };
			size_t end[3] = { a, b, len };
			struct transport *t = frames_transport();

			for (uint64_t i = 0; i < 4; i++) {
				size_t n = orders[o][i];

				if (at[n] == end[n])
					continue;
				CU_ASSERT_EQUAL(frames_input(t, i, at[n],
						    stream + at[n],
						    end[n] - at[n]),
				    0);
			}
			CU_ASSERT_EQUAL(transport_read(t, record), 7);
			CU_ASSERT_EQUAL(memcmp(record, "seventh", 7), 0);
			CU_ASSERT_EQUAL(transport_read(t, record), 1);
			CU_ASSERT_EQUAL(record[0], 'e');
			CU_ASSERT_EQUAL(transport_read(t, record), 5);
			CU_ASSERT_EQUAL(memcmp(record, "ighth", 5), 0);
			CU_ASSERT_EQUAL(transport_read(t, record), 0);
			transport_free(t);
		}
	}
}

/* A piece of which a part was read before is taken without that part, which has
 * no place any more: it does not get into what is waiting where it was. */
static void
test_old_part(void)
{
	static uint8_t stream[4000], record[RECORD_MAX];
	static const size_t at[][2] = { { 0, 1000 }, { 1000, 2000 },
		{ 2000, 2100 }, { 2200, 3200 }, { 3200, 4000 } };
	struct transport *t = frames_transport();

	/* Two records, as large as the buffer of both. */
	memset(stream, 'a', 2000);
	memset(stream + 2000, 'b', 2000);
	for (size_t i = 0; i < 4000; i += 2000) {
		stream[i] = 1998 >> 8;
		stream[i + 1] = 1998 & 0xff;
	}
	for (uint64_t i = 0; i < 5; i++) {
		CU_ASSERT_EQUAL(frames_input(t, i, at[i][0], stream + at[i][0],
				    at[i][1] - at[i][0]),
		    0);
		CU_ASSERT_EQUAL(transport_read(t, record), i == 1 ? 1998 : 0);
	}
	CU_ASSERT_EQUAL(frames_input(t, 5, 1100, stream + 1100, 1100), 0);
	CU_ASSERT_EQUAL(transport_read(t, record), 1998);
	CU_ASSERT_EQUAL(memcmp(record, stream + 2002, 1998), 0);
	transport_free(t);
}

/* A packet with a number that came before is ignored, whatever it carries. */
static void
test_duplicate(void)
{
	struct transport *t = frames_transport();
	uint8_t record[RECORD_MAX], bad = 77;

	CU_ASSERT_EQUAL(frames_input(t, 4, 0, "\0\1a", 3), 0);
	CU_ASSERT_EQUAL(frames_input(t, 4, 3, "\0\1b", 3), 0);
	CU_ASSERT_EQUAL(transport_input(t, NOW, 4, &bad, 1), 0);
	CU_ASSERT_EQUAL(transport_read(t, record), 1);
	CU_ASSERT_EQUAL(record[0], 'a');
	CU_ASSERT_EQUAL(transport_read(t, record), 0);
	CU_ASSERT_EQUAL(frames_input(t, 5, 3, "\0\1b", 3), 0);
	CU_ASSERT_EQUAL(transport_read(t, record), 1);
	CU_ASSERT_EQUAL(record[0], 'b');
	transport_free(t);
}

/* Returns how many packets the next packet acknowledges. */
static uint64_t
count_acked(struct transport *t)
{
	uint8_t frames[FRAMES_MAX];
	uint64_t number, count;
	struct getter g;
	unsigned int more;
	size_t len;

	transport_ack_now(t);
	len = transport_output(t, NOW, &number, frames, sizeof(frames));
	get_init(&g, frames, len);
	if (get_u8(&g) != ACK)
		return 0;
	get_u64(&g);
	get_u32(&g);
	more = get_u8(&g);
	count = get_u32(&g) + 1ULL;
	for (; more > 0; more--) {
		get_u32(&g);
		count += get_u32(&g) + 1ULL;
	}
	CU_ASSERT_FALSE(g.bad);
	return count;
}

/* Pieces that come early wait, within the credit, until the hole is filled. */
static void
test_early(void)
{
	static uint8_t record[RECORD_MAX], bytes[1000];
	const uint64_t pieces = CREDIT_WINDOW / 1000 - 1;
	struct transport *t = frames_transport();

	/* Each piece is one record of 998 bytes. */
	bytes[0] = 998 >> 8;
	bytes[1] = 998 & 0xff;
	for (uint64_t i = 1; i <= pieces; i++)
		CU_ASSERT_EQUAL(frames_input(t, i, 1000 * i, bytes, 1000), 0);
	CU_ASSERT_EQUAL(count_acked(t), pieces);
	CU_ASSERT_EQUAL(transport_read(t, record), 0);
	CU_ASSERT_EQUAL(frames_input(t, 0, 0, bytes, 1000), 0);
	for (uint64_t i = 0; i < pieces + 1; i++)
		CU_ASSERT_EQUAL(transport_read(t, record), 998);
	CU_ASSERT_EQUAL(transport_read(t, record), 0);
	transport_free(t);

	/* An error shows when the hole is filled. */
	t = frames_transport();
	memset(bytes, 0, sizeof(bytes));
	CU_ASSERT_EQUAL(frames_input(t, 1, 1000, bytes, 1000), 0);
	bytes[0] = 998 >> 8;
	bytes[1] = 998 & 0xff;
	CU_ASSERT_EQUAL(frames_input(t, 2, 0, bytes, 1000), -1);
	CU_ASSERT_TRUE(is_dead(t));
	transport_free(t);
}

/* The number of holes is bounded: a packet that makes one too many counts as
 * lost, and one that fills a hole does not. */
static void
test_holes(void)
{
	struct transport *t = frames_transport();
	uint8_t record[RECORD_MAX];
	uint64_t number = 0;

	for (uint64_t i = 1; i <= 2 * HOLES_MAX; i++)
		CU_ASSERT_EQUAL(frames_input(t, number++, 4 * i, "\0\2", 2), 0);
	CU_ASSERT_EQUAL(count_acked(t), HOLES_MAX);
	/* The first of all does, too, with as little as it is. */
	CU_ASSERT_EQUAL(frames_input(t, number++, 0, "\0\2", 2), 0);
	CU_ASSERT_EQUAL(frames_input(t, number++, 2, "ab", 2), 0);
	for (uint64_t i = 1; i <= 2 * HOLES_MAX; i++)
		CU_ASSERT_EQUAL(frames_input(t, number++, 4 * i, "\0\2ab", 4),
		    0);
	for (uint64_t i = 0; i <= 2 * HOLES_MAX; i++)
		CU_ASSERT_EQUAL(transport_read(t, record), 2);
	transport_free(t);
}

/* --- Acknowledging -------------------------------------------------------- */

static void
test_ack_time(void)
{
	struct transport *t = frames_transport();
	uint8_t frames[FRAMES_MAX], ping = PING;
	uint64_t number;
	struct putter p;

	/* After one packet the ACK may wait. */
	CU_ASSERT_EQUAL(transport_deadline(t), CLOCK_NEVER);
	CU_ASSERT_EQUAL(transport_input(t, NOW, 0, &ping, 1), 0);
	CU_ASSERT_EQUAL(transport_output(t, NOW, &number, frames,
			    sizeof(frames)),
	    0);
	CU_ASSERT_EQUAL(transport_deadline(t), NOW + ACK_DELAY);
	transport_timer(t, NOW + ACK_DELAY);
	CU_ASSERT(transport_output(t, NOW + ACK_DELAY, &number, frames,
		      sizeof(frames)) > 0);
	CU_ASSERT_EQUAL(frames[0], ACK);
	CU_ASSERT_EQUAL(number, 0);
	CU_ASSERT_EQUAL(transport_deadline(t), CLOCK_NEVER);
	/* After the second it may not. */
	transport_input(t, NOW, 1, &ping, 1);
	transport_input(t, NOW, 2, &ping, 1);
	CU_ASSERT(
	    transport_output(t, NOW, &number, frames, sizeof(frames)) > 0);
	CU_ASSERT_EQUAL(number, 1);
	/* After one that is out of order it may not, either. */
	transport_input(t, NOW, 9, &ping, 1);
	CU_ASSERT(
	    transport_output(t, NOW, &number, frames, sizeof(frames)) > 0);
	/* An ACK is never acknowledged. */
	put_init(&p, frames, sizeof(frames));
	frames_put_ack(&p, 2, 0, 1);
	CU_ASSERT_EQUAL(transport_input(t, NOW, 10, frames, put_length(&p)), 0);
	CU_ASSERT_EQUAL(transport_input(t, NOW, 10, frames, put_length(&p)), 0);
	CU_ASSERT_EQUAL(transport_deadline(t), CLOCK_NEVER);
	CU_ASSERT_EQUAL(transport_output(t, NOW + USEC_PER_SEC, &number, frames,
			    sizeof(frames)),
	    0);
	transport_free(t);
}

void
transport_frames_suite(void)
{
	CU_pSuite suite = CU_add_suite("transport_frames", NULL, NULL);

	CU_add_test(suite, "malformed", test_malformed);
	CU_add_test(suite, "truncated", test_truncated);
	CU_add_test(suite, "overlapping pieces", test_overlap);
	CU_add_test(suite, "pieces that are partly old", test_old_part);
	CU_add_test(suite, "duplicates", test_duplicate);
	CU_add_test(suite, "early pieces", test_early);
	CU_add_test(suite, "too many holes", test_holes);
	CU_add_test(suite, "when an ACK is due", test_ack_time);
}
