/*
 * The buffer of a stream, compared with the stream itself, whose bytes follow
 * from their offset.
 */
#include "netd/transport/stream.h"
#include "tests/unit/simnet.h"

#include <CUnit/CUnit.h>

#include <stdio.h>

void stream_suite(void);

#define WINDOW 20000
#define ROUNDS 200
#define STEPS  300

static uint8_t
byte_at(uint64_t offset)
{
	return (uint8_t)(offset * 31 + (offset >> 8));
}

/* Bytes are written in any order within a window that moves on, and read
 * back. */
static void
test_window(void)
{
	static uint8_t bytes[WINDOW];

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct stream s = { .first = 0 };
		uint64_t random = seed;
		bool ok = true;

		for (int step = 0; step < STEPS && ok; step++) {
			uint64_t at = s.first + simnet_random(&random) % WINDOW;
			size_t len = simnet_random(&random) % 2000;

			if (at + len > s.first + WINDOW)
				len = (size_t)(s.first + WINDOW - at);
			for (size_t i = 0; i < len; i++)
				bytes[i] = byte_at(at + i);
			ok = stream_write(&s, at, bytes, len) == 0;
			/* The bytes that were written last are there. */
			for (size_t i = 0; i < len; i++)
				bytes[i] = 0;
			if (len > 0)
				stream_copy(&s, at, bytes, len);
			for (size_t i = 0; i < len; i++)
				ok = ok && bytes[i] == byte_at(at + i);
			if (step % 7 == 0)
				stream_forget(&s,
				    s.first +
					simnet_random(&random) %
					    (s.end - s.first + 1));
		}
		CU_ASSERT_TRUE(ok);
		if (!ok)
			printf("\nseed %llu\n", (unsigned long long)seed);
		CU_ASSERT(s.size <= 2 * WINDOW);
		stream_free(&s);
	}
}

/* The buffer grows with its content, which stays, and is given back. */
static void
test_memory(void)
{
	uint8_t bytes[1000];
	struct stream s = { .first = 0 };
	uint64_t at = 0;

	for (int i = 0; i < 200; i++, at += sizeof(bytes)) {
		for (size_t k = 0; k < sizeof(bytes); k++)
			bytes[k] = byte_at(at + k);
		CU_ASSERT_EQUAL(stream_write(&s, at, bytes, sizeof(bytes)), 0);
		CU_ASSERT(s.size >= at + sizeof(bytes));
		CU_ASSERT(s.size <= 2 * (at + sizeof(bytes)) + 4096);
	}
	for (at = 0; at < s.end; at += sizeof(bytes)) {
		stream_copy(&s, at, bytes, sizeof(bytes));
		for (size_t k = 0; k < sizeof(bytes); k++)
			CU_ASSERT_EQUAL(bytes[k], byte_at(at + k));
	}
	stream_forget(&s, s.end);
	CU_ASSERT_EQUAL(s.size, 0);
	CU_ASSERT_EQUAL(stream_write(&s, s.end, bytes, 10), 0);
	stream_forget(&s, s.end);
	CU_ASSERT(s.size <= 32 * 1024);
	stream_free(&s);
}

void
stream_suite(void)
{
	CU_pSuite suite = CU_add_suite("stream", NULL, NULL);

	CU_add_test(suite, "a window that moves", test_window);
	CU_add_test(suite, "its memory", test_memory);
}
