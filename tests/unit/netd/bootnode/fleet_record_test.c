/*
 * The record of a node: what is written is read again, and nothing else is.
 */
#include "netd/bootnode/fleet_record.h"

#include <CUnit/CUnit.h>

void fleet_record_suite(void);

static struct fleet_record
example(void)
{
	struct fleet_record r = {
		.incarnation = 0x0102030405060708,
		.sequence = 9,
		.capacity = 1000,
		.sessions = 17,
		.rooms = 5,
		.count = 2,
		.addrs = { { .ip = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
			       .port = 9595 },
		    { .ip = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },
			.port = 9596 } },
		.version = "1.2.3",
	};

	r.id = fleet_record_id(r.addrs, r.count);
	return r;
}

static void
check_same(const struct fleet_record *a, const struct fleet_record *b)
{
	CU_ASSERT_EQUAL(a->id, b->id);
	CU_ASSERT_EQUAL(a->incarnation, b->incarnation);
	CU_ASSERT_EQUAL(a->sequence, b->sequence);
	CU_ASSERT_EQUAL(a->drains, b->drains);
	CU_ASSERT_EQUAL(a->capacity, b->capacity);
	CU_ASSERT_EQUAL(a->sessions, b->sessions);
	CU_ASSERT_EQUAL(a->rooms, b->rooms);
	CU_ASSERT_EQUAL_FATAL(a->count, b->count);
	for (size_t i = 0; i < a->count; i++)
		CU_ASSERT_TRUE(addr_equal(&a->addrs[i], &b->addrs[i]));
	CU_ASSERT_STRING_EQUAL(a->version, b->version);
}

static void
check_again(const struct fleet_record *r)
{
	uint8_t buf[FLEET_RECORD_MAX];
	struct fleet_record again;
	const size_t len = fleet_record_put(buf, r);

	CU_ASSERT(len > 0);
	CU_ASSERT_EQUAL_FATAL(fleet_record_get(buf, len, &again), 0);
	check_same(&again, r);
	/* No byte is missing, and none is left over. */
	for (size_t i = 0; i < len; i++)
		CU_ASSERT_EQUAL(fleet_record_get(buf, i, &again), -1);
	buf[len] = 0;
	CU_ASSERT_EQUAL(fleet_record_get(buf, len + 1, &again), -1);
}

static void
test_again(void)
{
	struct fleet_record r = example();

	check_again(&r);
	r.drains = true;
	check_again(&r);
	r.version[0] = '\0';
	check_again(&r);
	r.count = 1;
	r.id = fleet_record_id(r.addrs, 1);
	check_again(&r);
}

/* The longest one fits. */
static void
test_longest(void)
{
	struct fleet_record r = example();

	r.count = NODE_ADDRS_MAX;
	for (size_t i = 0; i < NODE_ADDRS_MAX; i++) {
		r.addrs[i] = r.addrs[1];
		r.addrs[i].port = (uint16_t)(1000 + i);
	}
	r.id = fleet_record_id(r.addrs, r.count);
	memset(r.version, 'v', FLEET_VERSION_MAX);
	r.sessions = r.rooms = r.capacity = UINT32_MAX;
	check_again(&r);
}

static void
check_bad(const struct fleet_record *r)
{
	uint8_t buf[FLEET_RECORD_MAX];
	struct fleet_record again;
	const size_t len = fleet_record_put(buf, r);

	CU_ASSERT(len > 0);
	CU_ASSERT_EQUAL(fleet_record_get(buf, len, &again), -1);
}

static void
test_bad_values(void)
{
	struct fleet_record r = example();

	r.id++;
	check_bad(&r);
	r = example();
	r.incarnation = 0;
	check_bad(&r);
	r = example();
	r.capacity = 0;
	check_bad(&r);
	r = example();
	r.count = 0;
	check_bad(&r);
	r = example();
	r.version[1] = ' ';
	check_bad(&r);
	r.version[1] = '\x1b';
	check_bad(&r);
	r.version[1] = '\x7f';
	check_bad(&r);
	r.version[1] = '\x80';
	check_bad(&r);
}

/* A client is sent to no address twice, and to none that it cannot use. */
static void
test_bad_addresses(void)
{
	struct fleet_record r = example();

	r.addrs[1] = r.addrs[0];
	r.id = fleet_record_id(r.addrs, r.count);
	check_bad(&r);
	r = example();
	r.addrs[1].port = 0;
	r.id = fleet_record_id(r.addrs, r.count);
	check_bad(&r);
	r = example();
	r.addrs[0].ip[12] = 224;
	r.id = fleet_record_id(r.addrs, r.count);
	check_bad(&r);
}

static void
test_bad_bytes(void)
{
	struct fleet_record r = example(), again;
	uint8_t buf[FLEET_RECORD_MAX];
	const size_t len = fleet_record_put(buf, &r);

	buf[0] = 2; /* another format */
	CU_ASSERT_EQUAL(fleet_record_get(buf, len, &again), -1);
	buf[0] = 1;
	buf[25] = 2; /* another flag */
	CU_ASSERT_EQUAL(fleet_record_get(buf, len, &again), -1);
	buf[25] = 1;
	CU_ASSERT_EQUAL(fleet_record_get(buf, len, &again), 0);
	CU_ASSERT_TRUE(again.drains);
	buf[38] = NODE_ADDRS_MAX + 1;
	CU_ASSERT_EQUAL(fleet_record_get(buf, len, &again), -1);
	buf[38] = 0xff;
	CU_ASSERT_EQUAL(fleet_record_get(buf, len, &again), -1);
	buf[38] = 2;
	buf[len - 6] = FLEET_VERSION_MAX + 1; /* the length of the version */
	CU_ASSERT_EQUAL(fleet_record_get(buf, len, &again), -1);
}

/* The id is that of the addresses, in their order, and of nothing else. */
static void
test_id(void)
{
	struct fleet_record r = example();
	const struct addr swapped[] = { r.addrs[1], r.addrs[0] };
	const uint64_t id = fleet_record_id(r.addrs, 2);

	CU_ASSERT_EQUAL(fleet_record_id(r.addrs, 2), id);
	CU_ASSERT_NOT_EQUAL(fleet_record_id(r.addrs, 1), id);
	CU_ASSERT_NOT_EQUAL(fleet_record_id(swapped, 2), id);
	r.addrs[0].port++;
	CU_ASSERT_NOT_EQUAL(fleet_record_id(r.addrs, 2), id);
}

static void
test_newer(void)
{
	struct fleet_record a = example(), b = a;

	CU_ASSERT_FALSE(fleet_record_newer(&a, &b));
	b.sequence++;
	CU_ASSERT_TRUE(fleet_record_newer(&b, &a));
	CU_ASSERT_FALSE(fleet_record_newer(&a, &b));
	a.incarnation++;
	CU_ASSERT_TRUE(fleet_record_newer(&a, &b));
	CU_ASSERT_FALSE(fleet_record_newer(&b, &a));
}

void
fleet_record_suite(void)
{
	CU_pSuite s = CU_add_suite("fleet_record", NULL, NULL);

	CU_ADD_TEST(s, test_again);
	CU_ADD_TEST(s, test_longest);
	CU_ADD_TEST(s, test_bad_values);
	CU_ADD_TEST(s, test_bad_addresses);
	CU_ADD_TEST(s, test_bad_bytes);
	CU_ADD_TEST(s, test_id);
	CU_ADD_TEST(s, test_newer);
}
