/*
 * A bootnode's figures: each cause of a drop, by a datagram that has it, who
 * sends most, and how long the bootnode has run.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "common/log.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

#include <string.h>

void bootnode_stats_suite(void);

/* The operator asks for the figures. */
static const struct ipc_stats *
ask(struct world *w)
{
	struct ipc_message_in in = { IPC_NET_ASK, NULL, NULL, 0, -1, w->now };

	CU_ASSERT_EQUAL(dispatch_message(&w->handlers, NULL, &in), 0);
	world_run(w);
	return &w->stats;
}

static struct ipc_stats before;

/* Checks that so many more were dropped since the last look, all for this
 * cause. */
static void
expect_drops(const struct world *w, enum drop_cause cause, uint64_t count)
{
	const struct ipc_stats *now = &w->bootnode->stats;

	for (enum drop_cause i = 0; i < DROP_COUNT; i++)
		CU_ASSERT_EQUAL(now->drops[i] - before.drops[i],
		    i == cause ? count : 0);
	CU_ASSERT_EQUAL(now->dropped - before.dropped, count);
	before = *now;
}

static struct world *
begin(uint32_t max_per_address)
{
	memset(&before, 0, sizeof(before));
	return world_new(256, max_per_address);
}

static void
give(struct world *w, const struct guest *c, const uint8_t *packet, size_t len,
    enum drop_cause cause)
{
	world_packet(w, &c->addr, packet, len);
	world_run(w);
	expect_drops(w, cause, 1);
}

static void
test_form(void)
{
	static const enum wire_type types[] = { WIRE_HELLO, WIRE_JOIN,
		WIRE_HEARTBEAT, WIRE_SYNC, WIRE_LEAVE, WIRE_CHALLENGE_REPLY,
		WIRE_REFLECT };
	struct world *w = begin(64);
	struct guest *c = guest_entered(w, 0, 'x');
	struct addr multicast = { .ip = { 0xff, 2 }, .port = 1 };
	uint8_t buf[WIRE_MAX];
	size_t len;

	len = guest_control(c, WIRE_HEARTBEAT, buf);
	give(w, c, buf, len - 1, DROP_MALFORMED);
	give(w, c, buf, 0, DROP_MALFORMED);
	world_packet(w, &multicast, buf, len);
	expect_drops(w, DROP_MALFORMED, 1);
	buf[1]++; /* the version */
	give(w, c, buf, len, DROP_MALFORMED);
	memset(buf, 0, sizeof(buf));
	buf[1] = WIRE_VERSION;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		buf[0] = (uint8_t)types[i];
		give(w, c, buf, WIRE_HEADER_LEN + 1, DROP_MALFORMED);
	}
	give(w, c, buf, guest_control(c, WIRE_HEARTBEAT_ACK, buf),
	    DROP_UNEXPECTED);
	world_free(w);
}

static void
test_join(void)
{
	struct world *w = begin(2);
	struct guest *c = guest_entered(w, 0, 'x');
	uint8_t buf[WIRE_MAX];
	size_t len;

	guest_send(c, WIRE_HEARTBEAT);
	len = guest_join(c, buf);
	give(w, c, buf, len, DROP_REPLAYED);
	buf[WIRE_HEADER_LEN] ^= 1; /* the nonce that the cookie is for */
	give(w, c, buf, len, DROP_COOKIE);
	c->nonce[0] ^= 1;
	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	guest_join(c, buf);
	buf[len - 1] ^= 1;
	give(w, c, buf, len, DROP_JOIN);
	w->no_secret = true;
	CU_ASSERT_FALSE(guest_enter(c));
	expect_drops(w, DROP_JOIN, 1);
	/* First cryptod's channel is full; then cryptod does not answer. */
	w->channel_full = true;
	CU_ASSERT_FALSE(guest_enter(c));
	expect_drops(w, DROP_BUSY, 1);
	w->channel_full = false;
	w->stuck_at = IPC_JOIN_OPEN;
	for (int i = 0; i < 5; i++)
		CU_ASSERT_FALSE(guest_enter(c));
	expect_drops(w, DROP_LIMIT, 3);
	world_until(w, w->now + 6 * USEC_PER_SEC);
	expect_drops(w, DROP_BUSY, 2);
	world_free(w);
}

static size_t
put_reflect(const struct guest *c, uint64_t session, uint8_t *buf)
{
	struct wire_reflect r = { .type = WIRE_REFLECT, .session = session };

	return wire_put_reflect(buf, &r, MAC_KEY(c->token));
}

static void
test_session(void)
{
	struct world *w = begin(64);
	struct guest *c = guest_entered(w, 0, 'x');
	uint8_t buf[WIRE_MAX];
	size_t len;

	len = guest_control(c, WIRE_HEARTBEAT, buf);
	world_packet(w, &c->addr, buf, len);
	expect_drops(w, DROP_REPLAYED, 0);
	give(w, c, buf, len, DROP_REPLAYED);
	len = guest_control(c, WIRE_HEARTBEAT, buf);
	buf[len - 1] ^= 1;
	give(w, c, buf, len, DROP_FORGED);
	buf[WIRE_HEADER_LEN] ^= 1;
	give(w, c, buf, len, DROP_SESSION);
	len = put_reflect(c, c->session, buf);
	buf[len - 1] ^= 1;
	give(w, c, buf, len, DROP_FORGED);
	give(w, c, buf, put_reflect(c, c->session ^ 1, buf), DROP_SESSION);
	/* The client has moved, and the answer belongs to another challenge. */
	c->addr.ip[15] ^= 0x80;
	world_packet(w, &c->addr, buf, guest_control(c, WIRE_SYNC, buf));
	CU_ASSERT_EQUAL(c->challenges, 1);
	c->challenge.cookie.mac[0] ^= 1;
	give(w, c, buf, guest_reply(c, buf), DROP_COOKIE);
	c->addr.ip[15] ^= 0x80;
	for (int i = 0; i < 32; i++) {
		c->version = 1000;
		guest_send(c, WIRE_SYNC);
	}
	expect_drops(w, DROP_RATE, 0);
	c->version = 1000;
	give(w, c, buf, guest_control(c, WIRE_SYNC, buf), DROP_RATE);
	world_free(w);
}

static void
test_no_keys(void)
{
	struct world *w = begin(64);
	struct guest *c = guest_new(w, 0, 'x');
	uint8_t buf[WIRE_MAX];

	w->bootnode->has_keys = false; /* as before cryptod's first message */
	give(w, c, buf, guest_hello(c, buf), DROP_BUSY);
	world_free(w);
}

/* The figures tell who sends, and how much of that is dropped. */
static void
test_sources(void)
{
	struct world *w = begin(64);
	struct guest *a = guest_entered(w, 0, 'x'), *b = guest_new(w, 1, 'x');
	const struct ipc_stats *stats;
	struct addr_block block;
	uint8_t buf[WIRE_MAX];
	size_t len;

	for (int i = 0; i < 8; i++)
		guest_send(a, WIRE_HEARTBEAT);
	len = guest_control(b, WIRE_HEARTBEAT, buf);
	for (int i = 0; i < 20; i++)
		world_packet(w, &b->addr, buf, len - (size_t)i % 2);
	world_until(w, w->now + 10 * USEC_PER_SEC);
	stats = ask(w);
	CU_ASSERT_EQUAL(stats->sources_ms, (w->now - FAKE_START) / 1000);
	CU_ASSERT_EQUAL_FATAL(stats->source_count, 2);
	block = addr_block_of(&b->addr);
	CU_ASSERT_EQUAL(memcmp(&stats->sources[0].block, &block, sizeof(block)),
	    0);
	CU_ASSERT_EQUAL(stats->sources[0].received, 20);
	CU_ASSERT_EQUAL(stats->sources[0].dropped, 20);
	block = addr_block_of(&a->addr);
	CU_ASSERT_EQUAL(memcmp(&stats->sources[1].block, &block, sizeof(block)),
	    0);
	CU_ASSERT_EQUAL(stats->sources[1].received, 2 + 8);
	CU_ASSERT_EQUAL(stats->sources[1].dropped, 0);
	/* Nobody sends any more. */
	world_until(w, w->now + 3600 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(ask(w)->source_count, 0);
	CU_ASSERT_EQUAL(w->stats.received, 2 + 8 + 20);
	CU_ASSERT_EQUAL(w->stats.uptime_ms, (w->now - FAKE_START) / 1000);
	world_free(w);
}

/* Figures come after a change, each minute, and when asked; and again if they
 * were lost. */
static void
test_told(void)
{
	struct world *w = begin(64);
	uint64_t told;

	for (uint32_t i = 0; i < 10; i++)
		guest_entered(w, i, 'x');
	world_until(w, w->now + USEC_PER_SEC);
	told = w->told[IPC_STATS];
	CU_ASSERT(told == 1 || told == 2);
	CU_ASSERT_EQUAL(w->stats.sessions, 10);
	CU_ASSERT_EQUAL(w->stats.asked, 0);
	ask(w);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], told + 1);
	CU_ASSERT_EQUAL(w->stats.asked, 1);
	w->channel_full = true;
	ask(w);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], told + 1);
	w->channel_full = false;
	w->stats.asked = 0;
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], told + 2);
	CU_ASSERT_EQUAL(w->stats.asked, 1);
	/* All clients fall silent: more figures follow that. */
	world_until(w, w->now + 60 * USEC_PER_SEC);
	told = w->told[IPC_STATS];
	CU_ASSERT_EQUAL(w->stats.sessions, 0);
	world_until(w, w->now + 600 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], told + 10);
	CU_ASSERT_EQUAL(w->stats.asked, 0);
	world_free(w);
}

/* With nothing to tell, each minute. */
static void
test_each_minute(void)
{
	struct world *w = begin(64);

	world_until(w, FAKE_START + 60 * USEC_PER_SEC - 1);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], 0);
	world_until(w, FAKE_START + 60 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], 1);
	CU_ASSERT_EQUAL(w->stats.uptime_ms, 60000);
	/* Something new is told a second after the last. */
	CU_ASSERT_TRUE(guest_enter(guest_new(w, 0, 'x')));
	world_until(w, FAKE_START + 61 * USEC_PER_SEC - 1);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], 1);
	world_until(w, FAKE_START + 61 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->told[IPC_STATS], 2);
	world_free(w);
}

/* A time series has no sources, and answers nobody. */
static void
test_figures(void)
{
	static const struct ipc_source none[SOURCES_MAX];
	struct world *w = begin(64);
	struct ipc_stats f;

	guest_send(guest_entered(w, 0, 'x'), WIRE_HEARTBEAT);
	guest_entered(w, 1, 'y');
	world_until(w, w->now + USEC_PER_SEC);
	w->channel_full = true;
	ask(w); /* that answer is owed */
	w->now += 5 * USEC_PER_SEC;
	bootnode_figures(w->bootnode, w->now, &f);
	CU_ASSERT_EQUAL(f.uptime_ms, (w->now - FAKE_START) / 1000);
	CU_ASSERT(f.sessions == 2 && f.rooms == 2 && f.joins == 2);
	CU_ASSERT(f.received == 5 && f.heartbeats == 1 && f.dropped == 0);
	CU_ASSERT_EQUAL(f.sent, w->sent);
	CU_ASSERT(f.asked == 0 && f.sources_ms == 0 && f.source_count == 0);
	CU_ASSERT_EQUAL(memcmp(f.sources, none, sizeof(none)), 0);
	w->channel_full = false;
	world_free(w);
}

/* --- Many from one address ------------------------------------------------ */

static unsigned int masqueraded;

static void
on_log(enum log_level level, bool event, const char *text)
{
	static const char name[] = "masqueraded address=";

	if (strncmp(text, name, sizeof(name) - 1) != 0)
		return;
	masqueraded++;
	CU_ASSERT_TRUE(event);
	CU_ASSERT_EQUAL(level, LOG_WARN);
}

/* Returns how often the remark is made while so many clients come from one
 * address, or each from a neighbour address in the same network; more than
 * limit are refused. */
static unsigned int
said_of(struct addr at, bool same, uint32_t count, uint32_t limit)
{
	struct world *w = begin(limit);
	struct guest *c;

	masqueraded = 0;
	log_to_function(on_log);
	for (uint32_t i = 0; i < count; i++) {
		c = guest_new(w, i, (char)('a' + i % 4));
		memcpy(c->addr.ip, at.ip, sizeof(at.ip));
		if (!same)
			c->addr.ip[15] = (uint8_t)(at.ip[15] + i);
		CU_ASSERT_EQUAL(guest_enter(c), i < limit);
	}
	log_to_function(NULL);
	world_free(w);
	return masqueraded;
}

#define IPV4(...)                                        \
	{                                                \
		.ip = { [10] = 0xff, 0xff, __VA_ARGS__ } \
	}

/* A private address is remarked on once, at the eighth client or when the first
 * is refused. */
static void
test_masqueraded(void)
{
	static const struct addr engines[] = { IPV4(172, 17, 0, 1),
		{ .ip = { 0xfd, 1, 2, 3, [15] = 1 } } };
	static const struct addr others[] = { IPV4(203, 0, 113, 1),
		IPV4(127, 0, 0, 1), { .ip = { 0x20, 1, [15] = 1 } } };
	struct world *w;

	for (size_t i = 0; i < sizeof(engines) / sizeof(engines[0]); i++) {
		CU_ASSERT_EQUAL(said_of(engines[i], true, 7, 64), 0);
		CU_ASSERT_EQUAL(said_of(engines[i], true, 8, 64), 1);
		CU_ASSERT_EQUAL(said_of(engines[i], true, 30, 20), 1);
		CU_ASSERT_EQUAL(said_of(engines[i], true, 2, 2), 0);
		CU_ASSERT_EQUAL(said_of(engines[i], true, 4, 2), 1);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CU_ASSERT_EQUAL(said_of(others[i], true, 30, 20), 0);
	/* In a LAN all share one limit in IPv6, but not their addresses. */
	CU_ASSERT_EQUAL(said_of(engines[1], false, 30, 20), 0);
	CU_ASSERT_EQUAL(said_of(engines[1], false, 4, 2), 0);
	/* As many clients come, each from an address of its own. */
	w = begin(64);
	masqueraded = 0;
	log_to_function(on_log);
	for (uint32_t i = 0; i < 30; i++)
		guest_entered(w, i, 'x');
	log_to_function(NULL);
	CU_ASSERT_EQUAL(masqueraded, 0);
	world_free(w);
}

void
bootnode_stats_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_stats", NULL, NULL);

	CU_add_test(suite, "dropped: form", test_form);
	CU_add_test(suite, "dropped: JOIN", test_join);
	CU_add_test(suite, "dropped: of a session", test_session);
	CU_add_test(suite, "dropped: no keys yet", test_no_keys);
	CU_add_test(suite, "who sends most", test_sources);
	CU_add_test(suite, "when they are told", test_told);
	CU_add_test(suite, "each minute", test_each_minute);
	CU_add_test(suite, "for a time series", test_figures);
	CU_add_test(suite, "many from one address", test_masqueraded);
}
