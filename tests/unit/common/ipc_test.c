/*
 * Messages between processes. Every row of the table in common/ipc.h is
 * accepted from the senders, in the modes, at the time and at the lengths that
 * the row says, and never otherwise; then mutations. ipc_check_test.c has the
 * rules of bodies.
 */
#include "tests/unit/bytes.h"
#include "tests/unit/ipc_build.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void ipc_suite(void);

/* Each row has a builder, and the message that it makes is taken. */
static void
test_builders(void)
{
	static struct ipc_built m;

	FOREACH_TYPE(type)
	{
		if (!ipc_can_build(type)) {
			printf("\n    %s has no builder in ipc_build.c",
			    ipc_type_name(type));
			CU_FAIL();
			continue;
		}
		ipc_build(&m, type, ipc_shortest_tail(type));
		CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
	}
}

static void
test_roles(void)
{
	static struct ipc_built m;
	struct ipc_channel ch;
	bool allowed;

	FOREACH_TYPE(type)
	{
		const struct ipc_rule *r = &ipc_rules[type];

		ipc_build(&m, type, ipc_shortest_tail(type));
		for (unsigned int from = 0; from < ROLE_COUNT; from++)
			for (unsigned int to = 0; to < ROLE_COUNT; to++) {
				allowed = (r->from & 1u << from) != 0 &&
				    (r->to & 1u << to) != 0;
				ipc_receiver(&ch, type);
				ch.other = (enum role)from;
				ch.self = (enum role)to;
				CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, &ch),
				    allowed ? 0 : -1);
			}
		/* No message goes between netd and ui. */
		CU_ASSERT((r->from & BY_N) == 0 || (r->to & BY_U) == 0);
		CU_ASSERT((r->from & BY_U) == 0 || (r->to & BY_N) == 0);
		/* fleetd speaks with netd alone. */
		CU_ASSERT(
		    (r->from & BY_F) == 0 || (r->to & ~(BY_L | BY_N)) == 0);
		CU_ASSERT_EQUAL(r->from & r->to, 0);
	}
}

/* While the mode is unknown, only messages of all modes are taken. */
static void
test_modes(void)
{
	static const unsigned int modes[] = { IN_CLIENT, IN_BOOTNODE, IN_BOTH };
	static struct ipc_built m;
	size_t refused = 0;
	struct ipc_channel ch;
	bool allowed;

	FOREACH_TYPE(type)
	{
		ipc_build(&m, type, ipc_shortest_tail(type));
		for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
			allowed =
			    (ipc_rules[type].modes & modes[i]) == modes[i];
			ipc_receiver(&ch, type);
			ch.modes = modes[i];
			CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, &ch),
			    allowed ? 0 : -1);
			refused += !allowed;
		}
	}
	CU_ASSERT(refused > 0);
}

static void
test_states(void)
{
	static struct ipc_built m;
	struct ipc_channel ch;
	size_t at_start = 0;
	bool allowed;

	FOREACH_TYPE(type)
	{
		ipc_build(&m, type, ipc_shortest_tail(type));
		for (unsigned int state = AT_START; state <= AT_WORK; state++) {
			allowed = (ipc_rules[type].when & state) != 0;
			ipc_receiver(&ch, type);
			ch.state = state;
			CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, &ch),
			    allowed ? 0 : -1);
			at_start += allowed && state == AT_START;
		}
	}
	/* Before a child is jailed only these may pass: its configuration, the
	 * log, what its room is, and how it ended. */
	CU_ASSERT_EQUAL(at_start, 10);
}

/* A message that may pass once is refused when it comes again; a new channel
 * takes it. */
static void
test_once(void)
{
	static struct ipc_built m;
	struct ipc_channel ch;
	bool once;

	FOREACH_TYPE(type)
	{
		once = (ipc_rules[type].when & ONCE) != 0;
		ipc_build(&m, type, ipc_shortest_tail(type));
		ipc_receiver(&ch, type);
		CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, &ch), 0);
		CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, &ch), once ? -1 : 0);
		CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, &ch), once ? -1 : 0);
		/* A message that was refused has not passed. */
		ipc_receiver(&ch, type);
		CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len - 1, &ch) == 0 && once,
		    false);
		CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, &ch), 0);
		/* All that a child gets at its start comes once. */
		CU_ASSERT(ipc_rules[type].when != AT_START);
	}
}

/* READY is the end of the start, for both ends. */
static void
test_ready(void)
{
	static struct ipc_built m, log, figures;
	struct ipc_channel ch;

	ipc_build(&m, IPC_READY, 0);
	ipc_build(&log, IPC_LOG, 0);
	ipc_build(&figures, IPC_FIGURES, 0);
	ipc_open(&ch, -1, ROLE_LAUNCHER, ROLE_NETD, IN_CLIENT);
	CU_ASSERT_EQUAL(ipc_parse_as(&log, log.len, &ch), 0);
	CU_ASSERT_EQUAL(ipc_parse_as(&figures, figures.len, &ch), -1);
	CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, &ch), 0);
	CU_ASSERT_EQUAL(ipc_parse_as(&log, log.len, &ch), 0);
	CU_ASSERT_EQUAL(ipc_parse_as(&figures, figures.len, &ch), 0);
	CU_ASSERT_EQUAL(ipc_parse_as(&m, m.len, &ch), -1);
}

static void
test_lengths(void)
{
	static struct ipc_built m;
	size_t tail_max;

	FOREACH_TYPE(type)
	{
		tail_max = ipc_rules[type].tail_max;
		ipc_build(&m, type, ipc_shortest_tail(type));
		CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
		for (size_t len = m.len; len-- > 0;) {
			m.len = len;
			CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
		}
		ipc_build(&m, type, tail_max);
		CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
		ipc_build(&m, type, tail_max + 1);
		CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	}
}

static void
test_headers(void)
{
	static struct ipc_built m;
	struct ipc_message_in in;
	struct ipc_channel ch;

	FOREACH_TYPE(type)
	{
		ipc_build(&m, type, ipc_shortest_tail(type));
		for (unsigned int bit = 0; bit < 16; bit++) {
			m.header.zero = (uint16_t)(1u << bit);
			CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
		}
		m.header.zero = 0;
		CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
		CU_ASSERT_STRING_NOT_EQUAL(ipc_type_name(type), "unknown");
	}
	ipc_open(&ch, -1, ROLE_UI, ROLE_LAUNCHER, IN_CLIENT);
	for (unsigned int type = 0; type <= UINT16_MAX; type++) {
		if (type > IPC_NONE && type < IPC_TYPE_COUNT)
			continue;
		m.header.type = (uint16_t)type;
		CU_ASSERT_EQUAL(ipc_parse(&ch, (uint8_t *)&m.header, 4, &in),
		    -1);
		CU_ASSERT_EQUAL(in.type, IPC_NONE);
	}
	CU_ASSERT_STRING_EQUAL(ipc_type_name(IPC_NONE), "unknown");
	CU_ASSERT_STRING_EQUAL(ipc_type_name(IPC_TYPE_COUNT), "unknown");
	CU_ASSERT_STRING_EQUAL(ipc_type_name(IPC_RECORD_IN), "RECORD_IN");
}

/* Returns a channel of any roles, mode and state, or, three times in four, one
 * that takes the type. */
static void
any_receiver(uint64_t *seed, struct ipc_channel *ch, enum ipc_type type)
{
	ipc_receiver(ch, type);
	if (random_next(seed) % 4 != 0)
		return;
	ch->other = (enum role)(random_next(seed) % ROLE_COUNT);
	ch->self = (enum role)(random_next(seed) % ROLE_COUNT);
	ch->modes = (unsigned int)(random_next(seed) % IN_BOTH + 1);
	ch->state = random_next(seed) % 2 == 0 ? AT_START : AT_WORK;
}

static void
test_mutations(void)
{
	static struct ipc_built m;
	static uint8_t buf[IPC_HEADER_LEN + sizeof(m.body)];
	const struct ipc_rule *r;
	struct ipc_channel ch;
	enum ipc_type type;
	unsigned int state;
	uint64_t seed = 3;

	for (int i = 0; i < MUTATIONS; i++) {
		type = (enum ipc_type)(
		    1 + random_next(&seed) % (IPC_TYPE_COUNT - 1));
		ipc_build(&m, type, ipc_shortest_tail(type));
		memcpy(buf, &m.header, m.len);
		m.len = bytes_mutate(&seed, buf, m.len, sizeof(buf));
		memcpy(&m.header, buf, m.len);
		any_receiver(&seed, &ch, type);
		state = ch.state;
		if (ipc_parse_as(&m, m.len, &ch) == -1)
			continue;
		r = &ipc_rules[m.header.type];
		CU_ASSERT((r->from & 1u << ch.other) != 0);
		CU_ASSERT((r->to & 1u << ch.self) != 0);
		CU_ASSERT_EQUAL(r->modes & ch.modes, ch.modes);
		CU_ASSERT((r->when & state) != 0);
		CU_ASSERT(m.len - IPC_HEADER_LEN - r->body <= r->tail_max);
	}
}

void
ipc_suite(void)
{
	CU_pSuite suite = CU_add_suite("ipc", NULL, NULL);

	CU_add_test(suite, "a builder for each row", test_builders);
	CU_add_test(suite, "who to whom", test_roles);
	CU_add_test(suite, "in which mode", test_modes);
	CU_add_test(suite, "at the start, and at work", test_states);
	CU_add_test(suite, "once, or often", test_once);
	CU_add_test(suite, "the end of the start", test_ready);
	CU_add_test(suite, "lengths", test_lengths);
	CU_add_test(suite, "headers", test_headers);
	CU_add_test(suite, "mutations", test_mutations);
}
