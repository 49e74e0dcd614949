/*
 * Who sends a bootnode most: the count is exact while there are places for all,
 * within the bound of the algorithm beyond that, and old datagrams are
 * forgotten.
 */
#include "netd/bootnode/sources.h"

#include <CUnit/CUnit.h>

#include <string.h>

void sources_suite(void);

#define START (1000 * USEC_PER_SEC)

static const uint64_t seed[2] = { 0x9e3779b97f4a7c15, 0xd1b54a32d192ed03 };

/* Returns the n-th IPv4 address, from some port. */
static struct addr
v4(uint32_t n)
{
	return (struct addr){
		.ip = { [10] = 0xff,
		    [11] = 0xff,
		    10,
		    (uint8_t)(n >> 16),
		    (uint8_t)(n >> 8),
		    (uint8_t)n },
		.port = (uint16_t)(n * 7 + 1),
	};
}

static void
receive(struct sources *s, uint64_t now, uint32_t n, unsigned int times)
{
	struct addr a = v4(n);

	while (times-- > 0)
		sources_received(s, now, &a);
}

static bool
is_of(const struct ipc_source *source, uint32_t n)
{
	struct addr a = v4(n);
	struct addr_block block = addr_block_of(&a);

	return memcmp(&source->block, &block, sizeof(block)) == 0;
}

/* Checks what the heap and the chains promise. */
static void
check(struct sources *s)
{
	unsigned int chained = 0, used = 0;
	uint8_t i;

	for (i = 1; i < SOURCES_PLACES; i++)
		CU_ASSERT(s->places[s->heap[(i - 1) / 2]].count <=
		    s->places[s->heap[i]].count);
	for (i = 0; i < SOURCES_PLACES; i++) {
		const struct source *p = &s->places[i];

		used += p->used;
		CU_ASSERT_EQUAL(s->heap[p->rank], i);
		CU_ASSERT(p->error <= p->count);
		CU_ASSERT(p->dropped <= p->count - p->error);
	}
	for (size_t c = 0; c < SOURCES_CHAINS; c++)
		for (i = s->chains[c]; i < SOURCES_PLACES && chained <= used;
		     i = s->places[i].next)
			chained++;
	CU_ASSERT_EQUAL(chained, used);
}

/* The count is exact while there are places for all, in whatever order they
 * send. */
static void
test_exact(void)
{
	struct ipc_source top[SOURCES_MAX];
	struct addr loudest = v4(63), stranger = v4(1000);
	struct sources s;
	uint64_t span;

	sources_init(&s, START, seed);
	CU_ASSERT_EQUAL(sources_top(&s, START, top, &span), 0);
	CU_ASSERT_EQUAL(span, 0);
	/* The n-th source sends n + 1 in all. */
	for (uint32_t round = 0; round < SOURCES_PLACES; round++)
		for (uint32_t n = round; n < SOURCES_PLACES; n++)
			receive(&s, START, n, 1);
	for (int i = 0; i < 5; i++) {
		sources_dropped(&s, &loudest);
		sources_dropped(&s, &stranger);
	}
	check(&s);
	CU_ASSERT_EQUAL(sources_top(&s, START + 7, top, &span), SOURCES_MAX);
	CU_ASSERT_EQUAL(span, 7);
	for (uint32_t i = 0; i < SOURCES_MAX; i++) {
		CU_ASSERT_TRUE(is_of(&top[i], 63 - i));
		CU_ASSERT_EQUAL(top[i].received, 64 - i);
		CU_ASSERT_EQUAL(top[i].dropped, i == 0 ? 5 : 0);
	}
}

/* All ports, and all addresses of an IPv6 customer below a /64, count as one
 * sender. */
static void
test_blocks(void)
{
	struct addr a = { .ip = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 1 } }, b = a;
	struct addr c = v4(1), d = v4(2);
	struct ipc_source top[SOURCES_MAX];
	char text[ADDR_BLOCK_TEXT_MAX];
	struct sources s;
	uint64_t span;

	sources_init(&s, START, seed);
	b.ip[7] = 2;
	for (unsigned int i = 0; i < 100; i++) {
		a.port = b.port = c.port = d.port = (uint16_t)i;
		a.ip[8] = b.ip[15] = (uint8_t)i;
		sources_received(&s, START, &a);
		sources_dropped(&s, &a);
		if (i % 2 == 0)
			sources_received(&s, START, &b);
		if (i % 4 == 0)
			sources_received(&s, START, &c);
		if (i % 5 == 0)
			sources_received(&s, START, &d);
	}
	CU_ASSERT_EQUAL(sources_top(&s, START, top, &span), 4);
	CU_ASSERT(top[0].received == 100 && top[0].dropped == 100);
	CU_ASSERT_STRING_EQUAL(addr_block_format(&top[0].block, text),
	    "2001:db8:0:1::/64");
	CU_ASSERT(top[1].received == 50 && top[1].dropped == 0);
	CU_ASSERT_STRING_EQUAL(addr_block_format(&top[1].block, text),
	    "2001:db8:0:2::/64");
	CU_ASSERT_EQUAL(top[2].received, 25);
	CU_ASSERT_STRING_EQUAL(addr_block_format(&top[2].block, text),
	    "10.0.0.1");
	CU_ASSERT_EQUAL(top[3].received, 20);
}

#define ALL	100000
#define SENDERS 1000
#define LOUD	3

/* Of 100,000 datagrams three senders send 10, 5 and 3 in a hundred. The others
 * come from a thousand addresses or, if forged is set, each from another
 * one. */
static void
crowd(struct sources *s, bool forged, uint32_t sent[SENDERS])
{
	uint64_t random = 1;
	uint32_t n, hundred;

	memset(sent, 0, SENDERS * sizeof(sent[0]));
	for (uint32_t i = 0; i < ALL; i++) {
		random = random * 6364136223846793005 + 1442695040888963407;
		hundred = (uint32_t)(random >> 33) % 100;
		n = hundred < 10   ? 0
		    : hundred < 15 ? 1
		    : hundred < 18
		    ? 2
		    : LOUD + (uint32_t)(random >> 40) % (SENDERS - LOUD);
		if (n < LOUD || !forged)
			sent[n]++;
		else
			n = SENDERS + i;
		receive(s, START, n, 1);
	}
}

/* Checks how far a count is off, and that it is never too large. */
static void
check_bound(struct sources *s, const uint32_t sent[SENDERS])
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SOURCES_PLACES; i++) {
		const struct source *p = &s->places[i];
		uint32_t n = (uint32_t)p->block.ip[13] << 16 |
		    (uint32_t)p->block.ip[14] << 8 | p->block.ip[15];
		uint64_t really = n < SENDERS ? sent[n] : 1;

		sum += p->count;
		CU_ASSERT(p->count >= really);
		CU_ASSERT(p->count - p->error <= really);
		CU_ASSERT(p->error <= ALL / SOURCES_PLACES);
	}
	CU_ASSERT_EQUAL(sum, ALL);
}

static void
test_bound(void)
{
	static uint32_t sent[SENDERS];
	struct ipc_source top[SOURCES_MAX];
	struct sources s;
	uint64_t span;

	for (int forged = 0; forged < 2; forged++) {
		sources_init(&s, START, seed);
		crowd(&s, forged, sent);
		check(&s);
		check_bound(&s, sent);
		CU_ASSERT_EQUAL(sources_top(&s, START, top, &span),
		    SOURCES_MAX);
		for (uint32_t i = 0; i < LOUD; i++) {
			CU_ASSERT_TRUE(is_of(&top[i], i));
			CU_ASSERT(top[i].received <= sent[i]);
			CU_ASSERT(
			    top[i].received + ALL / SOURCES_PLACES >= sent[i]);
		}
		/* Nobody is blamed for datagrams of others. */
		if (forged)
			CU_ASSERT_EQUAL(top[LOUD].received, 1);
	}
}

/* All addresses are in one chain: slower, and nothing else. */
static void
test_collisions(void)
{
	static const uint64_t none[2] = { 0, 0 };
	struct ipc_source top[SOURCES_MAX];
	struct sources s;
	uint64_t span;

	sources_init(&s, START, none);
	/* An even one would have halves of a block count for less. */
	CU_ASSERT(s.seed[0] == 1 && s.seed[1] == 1);
	for (uint32_t round = 0; round < 50; round++)
		for (uint32_t n = 0; n < 2 * SOURCES_PLACES; n++)
			receive(&s, START, n << 8, n < 5 ? 100 : 1);
	check(&s);
	CU_ASSERT_EQUAL(sources_top(&s, START, top, &span), SOURCES_MAX);
	for (uint32_t i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(top[i].received, 5000);
	CU_ASSERT(top[5].received <= 50);
}

/* Counts are halved, and so is the time that they stand for. */
static void
test_age(void)
{
	struct ipc_source top[SOURCES_MAX];
	struct addr loudest = v4(1);
	struct sources s;
	uint64_t span, now;

	sources_init(&s, START, seed);
	receive(&s, START, 1, 1001);
	receive(&s, START + 1, 2, 100);
	for (int i = 0; i < 1001; i++)
		sources_dropped(&s, &loudest);
	sources_top(&s, START + SOURCES_PERIOD - 1, top, &span);
	CU_ASSERT(top[0].received == 1001 && top[0].dropped == 1001);
	CU_ASSERT_EQUAL(span, SOURCES_PERIOD - 1);
	sources_top(&s, START + SOURCES_PERIOD, top, &span);
	CU_ASSERT(top[0].received == 500 && top[0].dropped == 500);
	CU_ASSERT_EQUAL(top[1].received, 50);
	CU_ASSERT_EQUAL(span, SOURCES_PERIOD / 2);
	/* Several periods at once are the same as one after the other. */
	sources_top(&s, START + 3 * SOURCES_PERIOD + 5, top, &span);
	CU_ASSERT(top[0].received == 125 && top[0].dropped == 125);
	CU_ASSERT_EQUAL(span, SOURCES_PERIOD / 8 + SOURCES_PERIOD * 3 / 4 + 5);
	check(&s);
	CU_ASSERT_EQUAL(sources_top(&s, START + 20 * SOURCES_PERIOD, top,
			    &span),
	    0);
	CU_ASSERT_EQUAL(sources_top(&s, START + 9999 * SOURCES_PERIOD, top,
			    &span),
	    0);
	/* A source that sends 100 a second is always told as such. */
	sources_init(&s, START, seed);
	for (now = START; now < START + 300 * USEC_PER_SEC;
	     now += 10 * USEC_PER_MSEC) {
		receive(&s, now, 1, 1);
		receive(&s, now, 2 + (uint32_t)(now / 10000), 1);
		if (now < START + USEC_PER_SEC)
			continue;
		sources_top(&s, now, top, &span);
		CU_ASSERT(top[0].received * USEC_PER_SEC > 98 * span);
		CU_ASSERT(top[0].received * USEC_PER_SEC < 102 * span);
	}
}

/* A late drop may belong to a time before the source lost its place. */
static void
test_dropped_late(void)
{
	struct ipc_source top[SOURCES_MAX];
	struct addr late = v4(0);
	struct sources s;
	uint64_t span;

	sources_init(&s, START, seed);
	receive(&s, START, 0, 3);
	for (uint32_t n = 1; n <= SOURCES_PLACES; n++)
		receive(&s, START, n, 4);
	sources_dropped(&s, &late);
	receive(&s, START, 0, 1);
	for (int i = 0; i < 3; i++)
		sources_dropped(&s, &late);
	check(&s);
	sources_top(&s, START, top, &span);
	for (size_t i = 0; i < SOURCES_MAX; i++)
		CU_ASSERT(top[i].dropped <= top[i].received);
}

/* Who takes the place of another goes on from its count, and has neither its
 * datagrams nor what was dropped of them. */
static void
test_place_taken(void)
{
	struct ipc_source top[SOURCES_MAX];
	struct addr quiet = v4(0), late = v4(SOURCES_PLACES);
	struct source *p;
	struct sources s;
	uint64_t span;

	sources_init(&s, START, seed);
	receive(&s, START, 0, 5);
	for (int i = 0; i < 5; i++)
		sources_dropped(&s, &quiet);
	for (uint32_t n = 1; n < SOURCES_PLACES; n++)
		receive(&s, START, n, 9);
	receive(&s, START, SOURCES_PLACES, 7);
	check(&s);
	p = &s.places[0];
	CU_ASSERT(p->count == 12 && p->error == 5 && p->dropped == 0);
	for (int i = 0; i < 9; i++)
		sources_dropped(&s, &late);
	CU_ASSERT_EQUAL(p->dropped, 7);
	/* The one before is not found there any more. */
	sources_dropped(&s, &quiet);
	CU_ASSERT_EQUAL(p->dropped, 7);
	/* It has sent most, but not certainly. */
	CU_ASSERT_EQUAL(sources_top(&s, START, top, &span), SOURCES_MAX);
	for (uint32_t i = 0; i < SOURCES_MAX; i++)
		CU_ASSERT(top[i].received == 9 && top[i].dropped == 0);
	/* Half of all of it is left after a period. */
	sources_top(&s, START + SOURCES_PERIOD, top, &span);
	CU_ASSERT(p->count == 6 && p->error == 2 && p->dropped == 3);
	check(&s);
}

void
sources_suite(void)
{
	CU_pSuite suite = CU_add_suite("sources", NULL, NULL);

	CU_add_test(suite, "exact", test_exact);
	CU_add_test(suite, "address blocks", test_blocks);
	CU_add_test(suite, "bound of the error", test_bound);
	CU_add_test(suite, "collisions", test_collisions);
	CU_add_test(suite, "age", test_age);
	CU_add_test(suite, "dropped late", test_dropped_late);
	CU_add_test(suite, "a place that another had", test_place_taken);
}
