/*
 * What passes between processes: every row of the table in common/ipc.h is
 * accepted from whom and at the lengths that the row says, and from nobody
 * else and at no other; mutations. ipc_check_test.c has the rules of bodies.
 */
#include "tests/unit/bytes.h"
#include "tests/unit/ipc_build.h"

#include <CUnit/CUnit.h>

#include <string.h>

void ipc_suite(void);

static void
test_roles(void)
{
	static struct ipc_built m;
	bool allowed;

	FOREACH_ROW(r)
	{
		ipc_build(&m, r->type, ipc_shortest_tail(r->type));
		for (unsigned int from = 0; from < ROLE_COUNT; from++)
			for (unsigned int to = 0; to < ROLE_COUNT; to++) {
				allowed = (r->from & 1u << from) != 0 &&
				    (r->to & 1u << to) != 0;
				CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len,
						    (enum role)from,
						    (enum role)to),
				    allowed ? 0 : -1);
			}
		/* DESIGN.md section 2: nothing between netd and ui. */
		CU_ASSERT((r->from & BY_N) == 0 || (r->to & BY_U) == 0);
		CU_ASSERT((r->from & BY_U) == 0 || (r->to & BY_N) == 0);
		CU_ASSERT_EQUAL(r->from & r->to, 0);
	}
}

static void
test_lengths(void)
{
	static struct ipc_built m;
	enum role from, to;
	size_t shortest;

	FOREACH_ROW(r)
	{
		from = ipc_first_role(r->from);
		to = ipc_first_role(r->to);
		shortest = ipc_shortest_tail(r->type);
		ipc_build(&m, r->type, shortest);
		CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, from, to), 0);
		for (size_t len = 0; len < m.len; len++)
			CU_ASSERT_EQUAL(ipc_parse_as(&m, len, from, to), -1);
		ipc_build(&m, r->type, r->tail_max);
		CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, from, to), 0);
		ipc_build(&m, r->type, r->tail_max + 1);
		CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, from, to), -1);
	}
}

static void
test_headers(void)
{
	static struct ipc_built m;
	struct ipc_message_in in;

	FOREACH_ROW(r)
	{
		ipc_build(&m, r->type, ipc_shortest_tail(r->type));
		for (unsigned int bit = 0; bit < 16; bit++) {
			m.header.zero = (uint16_t)(1u << bit);
			CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
		}
		m.header.zero = 0;
		CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
		CU_ASSERT_STRING_NOT_EQUAL(ipc_type_name(r->type), "unknown");
	}
	for (unsigned int type = 0; type <= UINT16_MAX; type++) {
		if (type > IPC_NONE && type < IPC_TYPE_COUNT)
			continue;
		m.header.type = (uint16_t)type;
		CU_ASSERT_EQUAL(ipc_parse((uint8_t *)&m.header, 4,
				    ROLE_LAUNCHER, ROLE_UI, &in),
		    -1);
		CU_ASSERT_EQUAL(in.type, IPC_NONE);
	}
	CU_ASSERT_STRING_EQUAL(ipc_type_name(IPC_NONE), "unknown");
	CU_ASSERT_STRING_EQUAL(ipc_type_name(IPC_TYPE_COUNT), "unknown");
	CU_ASSERT_STRING_EQUAL(ipc_type_name(IPC_RECORD_IN), "RECORD_IN");
}

static void
test_mutations(void)
{
	static struct ipc_built m;
	static uint8_t buf[IPC_HEADER_LEN + sizeof(m.body)];
	const struct ipc_row *r;
	uint64_t seed = 3;
	enum role from, to;

	for (int i = 0; i < MUTATIONS; i++) {
		r = &ipc_rows[random_next(&seed) % ipc_row_count];
		ipc_build(&m, r->type, ipc_shortest_tail(r->type));
		memcpy(buf, &m.header, m.len);
		m.len = bytes_mutate(&seed, buf, m.len, sizeof(buf));
		memcpy(&m.header, buf, m.len);
		from = (enum role)(random_next(&seed) % ROLE_COUNT);
		to = (enum role)(random_next(&seed) % ROLE_COUNT);
		if (random_next(&seed) % 4 != 0) {
			from = ipc_first_role(r->from);
			to = ipc_first_role(r->to);
		}
		if (ipc_parse_as(&m, m.len, from, to) == -1)
			continue;
		r = ipc_row_of((enum ipc_type)m.header.type);
		CU_ASSERT((r->from & 1u << from) != 0);
		CU_ASSERT((r->to & 1u << to) != 0);
		CU_ASSERT(m.len - IPC_HEADER_LEN - r->body <= r->tail_max);
	}
}

void
ipc_suite(void)
{
	CU_pSuite suite = CU_add_suite("ipc", NULL, NULL);

	CU_add_test(suite, "who to whom", test_roles);
	CU_add_test(suite, "lengths", test_lengths);
	CU_add_test(suite, "headers", test_headers);
	CU_add_test(suite, "mutations", test_mutations);
}
