/*
 * REFLECT in a client (netd/client/reflect.c): when it asks, which answers
 * count, and what netd tells cryptod for /status (netd/client/report.c).
 */
#include "netd/client/report.h"
#include "tests/unit/netd/client/bootclient_fake.h"
#include "tests/unit/message.h"

#include "netd/client/bootclient_parts.h"
#include "netd/client/links_parts.h"

#include <CUnit/CUnit.h>

#include <string.h>

void reflect_suite(void);

static const struct addr seen = { { [10] = 0xff, [11] = 0xff, 203, 0, 113, 1 },
	4545 };

struct client {
	struct fixture f;
	struct nat nat;
	struct links links;
	struct reflect reflect;
	struct report report;
};

/* Begins in a session, with a bootnode that has one port or two. */
static void
begin(struct client *c, bool two)
{
	struct ipc_boot_session s = { .session = SESSION, .observed = seen };
	struct ipc_config_netd config = { .relay = RELAY_AUTO };
	struct lan lan = { .count = 0 };

	memset(c, 0, sizeof(*c));
	fake_come_in(&c->f, 10000);
	nat_init(&c->nat, 0, &lan);
	links_init(&c->links, &fake_udp, &c->f.netd, &c->f.b, &c->nat, &config,
	    &lan);
	reflect_init(&c->reflect, &c->f.b, &c->nat);
	c->report = (struct report){
		.cryptod = &c->f.netd,
		.boot = &c->f.b,
		.links = &c->links,
		.nat = &c->nat,
		.reflect = &c->reflect,
	};
	s.reflect_port = two ? c->f.addr[1].port : 0;
	reflect_session(&c->reflect, c->f.now, &s);
}

/* Returns the only REFLECT that was sent to a port of the bootnode. */
static struct wire_reflect
asked(struct client *c, int n)
{
	struct wire_reflect r = { .type = WIRE_INVALID };

	CU_ASSERT_EQUAL(fake_collect(&c->f, n), 1);
	CU_ASSERT_EQUAL(wire_get_reflect(c->f.packet, c->f.len, &r), 0);
	CU_ASSERT_EQUAL(r.type, WIRE_REFLECT);
	CU_ASSERT_EQUAL(r.session, SESSION);
	CU_ASSERT_EQUAL(r.observed.port, 0);
	CU_ASSERT_TRUE(wire_mac_ok(c->f.packet, c->f.len, fake_mac_key));
	return r;
}

static bool
asked_nothing(struct client *c)
{
	return fake_collect(&c->f, 0) == 0 && fake_collect(&c->f, 1) == 0;
}

static void
give(struct client *c, const struct wire_reflect *r, const struct addr *from,
    const uint8_t *key)
{
	uint8_t buf[WIRE_MAX];

	reflect_packet(&c->reflect, c->f.now, from, buf,
	    wire_put_reflect(buf, r, key));
}

static void
answer(struct client *c, int n, struct wire_reflect r)
{
	r.type = WIRE_REFLECT_REPLY;
	r.observed = seen;
	give(c, &r, &c->f.addr[n], fake_mac_key);
}

static enum nat_mapping
mapping(const struct client *c)
{
	struct addr address;

	return nat_mapping(&c->nat, c->f.now, &address);
}

static void
until_deadline(struct client *c)
{
	CU_ASSERT_TRUE(reflect_is_looking(&c->reflect));
	reflect_timer(&c->reflect, reflect_deadline(&c->reflect) - 1);
	CU_ASSERT_TRUE(asked_nothing(c));
	c->f.now = reflect_deadline(&c->reflect);
	reflect_timer(&c->reflect, c->f.now);
}

/* At the start of a session only the second port is asked: the first one's
 * answer was in the WELCOME. */
static void
test_session(void)
{
	struct client c;

	begin(&c, true);
	answer(&c, 1, asked(&c, 1));
	CU_ASSERT_FALSE(reflect_is_looking(&c.reflect));
	CU_ASSERT_EQUAL(mapping(&c), NAT_INDEPENDENT);
	CU_ASSERT_EQUAL(c.f.b.dropped, 0);
	CU_ASSERT_TRUE(asked_nothing(&c));
	fake_end(&c.f);

	begin(&c, false);
	CU_ASSERT_TRUE(asked_nothing(&c));
	CU_ASSERT_FALSE(reflect_is_looking(&c.reflect));
	CU_ASSERT_EQUAL(mapping(&c), NAT_UNKNOWN);
	fake_end(&c.f);
}

/* There are three tries, a second apart; the answer to any of them counts. */
static void
test_tries(void)
{
	struct wire_reflect first, next;
	struct client c;

	begin(&c, true);
	first = asked(&c, 1);
	for (unsigned int i = 1; i < REFLECT_TRIES; i++) {
		until_deadline(&c);
		next = asked(&c, 1);
		CU_ASSERT_EQUAL(next.counter, first.counter);
		CU_ASSERT_EQUAL(c.f.now, NOW + i * REFLECT_RETRY);
	}
	answer(&c, 1, first);
	CU_ASSERT_EQUAL(mapping(&c), NAT_INDEPENDENT);
	fake_end(&c.f);

	begin(&c, true);
	first = asked(&c, 1);
	for (unsigned int i = 1; i < REFLECT_TRIES; i++) {
		until_deadline(&c);
		asked(&c, 1);
	}
	until_deadline(&c);
	CU_ASSERT_TRUE(asked_nothing(&c));
	CU_ASSERT_FALSE(reflect_is_looking(&c.reflect));
	answer(&c, 1, first); /* it is too late */
	CU_ASSERT_EQUAL(mapping(&c), NAT_UNKNOWN);
	fake_end(&c.f);
}

/* On a long way a question waits as long as its answer may take. */
static void
test_long_way(void)
{
	struct client c;

	begin(&c, false);
	c.f.b.rtt = (struct rtt){ .sampled = true,
		.latest = 4 * USEC_PER_SEC,
		.smoothed = 4 * USEC_PER_SEC };
	c.f.now += REFLECT_FRESH;
	reflect_look(&c.reflect, c.f.now);
	asked(&c, 0);
	CU_ASSERT(bootclient_pto(&c.f.b) >= 4 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(reflect_deadline(&c.reflect),
	    c.f.now + bootclient_pto(&c.f.b));
	fake_end(&c.f);
}

/* Another session begins with what it has: a bootnode without a second port is
 * not asked there, and what was asked before is not waited for. One that the
 * client did not take is none. */
static void
test_other_session(void)
{
	struct ipc_boot_session s = { .session = SESSION, .observed = seen };
	struct wire_reflect r;
	struct client c;

	begin(&c, true);
	r = asked(&c, 1);
	reflect_session(&c.reflect, c.f.now, &s);
	CU_ASSERT_FALSE(reflect_is_looking(&c.reflect));
	answer(&c, 1, r);
	CU_ASSERT_EQUAL(c.f.b.dropped, 1);
	CU_ASSERT_EQUAL(mapping(&c), NAT_UNKNOWN);
	s.session++;
	s.reflect_port = c.f.addr[1].port;
	reflect_session(&c.reflect, c.f.now, &s);
	CU_ASSERT_FALSE(reflect_is_looking(&c.reflect));
	CU_ASSERT_TRUE(asked_nothing(&c));
	fake_end(&c.f);
}

/* A packet that is not the bootnode's answer to this question changes
 * nothing. */
static void
test_forged(void)
{
	static const uint8_t other_key[SIPHASH_KEY] = "of another one.";
	struct wire_reflect r, bad;
	struct client c;
	uint8_t buf[WIRE_MAX];

	begin(&c, true);
	r = asked(&c, 1);
	r.type = WIRE_REFLECT_REPLY;
	r.observed = seen;
	give(&c, &r, &c.f.addr[1], other_key);
	give(&c, &r, &c.f.addr[0], fake_mac_key);
	give(&c, &r, &seen, fake_mac_key);
	bad = r;
	bad.type = WIRE_REFLECT;
	give(&c, &bad, &c.f.addr[1], fake_mac_key);
	bad = r;
	bad.counter++;
	give(&c, &bad, &c.f.addr[1], fake_mac_key);
	bad = r;
	bad.session++;
	give(&c, &bad, &c.f.addr[1], fake_mac_key);
	bad = r;
	memset(&bad.observed, 0, sizeof(bad.observed));
	give(&c, &bad, &c.f.addr[1], fake_mac_key);
	reflect_packet(&c.reflect, c.f.now, &c.f.addr[1], buf,
	    wire_put_reflect(buf, &r, fake_mac_key) - 1);
	CU_ASSERT_EQUAL(c.f.b.dropped, 8);
	CU_ASSERT_EQUAL(mapping(&c), NAT_UNKNOWN);
	give(&c, &r, &c.f.addr[1], fake_mac_key);
	CU_ASSERT_EQUAL(mapping(&c), NAT_INDEPENDENT);
	give(&c, &r, &c.f.addr[1], fake_mac_key); /* a copy */
	CU_ASSERT_EQUAL(c.f.b.dropped, 9);
	fake_end(&c.f);
}

/* Heartbeats use the same counter, and go on. */
static void
test_counter(void)
{
	struct client c;
	uint64_t counter;

	begin(&c, true);
	counter = asked(&c, 1).counter;
	fake_until_deadline(&c.f); /* SYNC or HEARTBEAT: whichever is first */
	CU_ASSERT_EQUAL(fake_collect(&c.f, 0), 1);
	CU_ASSERT(fake_control(&c.f).counter > counter);
	fake_end(&c.f);
}

/* Returns whether cryptod is told exactly this. */
static bool
told(struct client *c, enum nat_mapping verdict, uint32_t heard_age_ms)
{
	const struct ipc_net_status *s;
	struct ipc_message_in in;

	report_timer(&c->report, c->f.now);
	if (!fake_told(&c->f, IPC_NET_STATUS, &in))
		return false;
	s = in.body;
	return s->mapping == verdict && s->heard &&
	    s->heard_age_ms == heard_age_ms &&
	    addr_equal(&s->addr, &c->f.addr[0]) &&
	    addr_equal(&s->observed, &seen) && fake_told_nothing(&c->f);
}

/* A question of cryptod's waits for the look under way, but not for long. */
static void
test_report(void)
{
	struct client c;

	begin(&c, true);
	CU_ASSERT_EQUAL(report_deadline(&c.report), CLOCK_NEVER);
	report_ask(&c.report, MESSAGE(c.f.now, NULL));
	report_ask(&c.report, MESSAGE(c.f.now, NULL));
	report_timer(&c.report, c.f.now);
	CU_ASSERT_TRUE(fake_told_nothing(&c.f));
	answer(&c, 1, asked(&c, 1));
	CU_ASSERT_TRUE(told(&c, NAT_INDEPENDENT, 0));
	CU_ASSERT_EQUAL(report_deadline(&c.report), CLOCK_NEVER);
	fake_end(&c.f);

	begin(&c, true);
	report_ask(&c.report, MESSAGE(c.f.now, NULL));
	c.f.now = report_deadline(&c.report);
	CU_ASSERT_EQUAL(c.f.now, NOW + REPORT_WAIT);
	CU_ASSERT_TRUE(told(&c, NAT_UNKNOWN, REPORT_WAIT / USEC_PER_MSEC));
	fake_end(&c.f);
}

/* Before the bootnode has ever answered there is no age of its answer; an age
 * of more than 49 days is said to be that. */
static void
test_report_age(void)
{
	const struct ipc_net_status *s;
	struct ipc_message_in in;
	struct client c;

	begin(&c, false);
	c.f.b.heard_at = 0;
	report_ask(&c.report, MESSAGE(c.f.now, NULL));
	report_timer(&c.report, c.f.now);
	CU_ASSERT_TRUE_FATAL(fake_told(&c.f, IPC_NET_STATUS, &in));
	s = in.body;
	CU_ASSERT_FALSE(s->heard);
	CU_ASSERT_EQUAL(s->heard_age_ms, 0);
	c.f.b.heard_at = 1;
	c.f.now = 1 + (UINT32_MAX + 1ULL) * USEC_PER_MSEC;
	report_ask(&c.report, MESSAGE(c.f.now, NULL));
	report_timer(&c.report, c.f.now + REPORT_WAIT);
	CU_ASSERT_TRUE_FATAL(fake_told(&c.f, IPC_NET_STATUS, &in));
	s = in.body;
	CU_ASSERT_TRUE(s->heard);
	CU_ASSERT_EQUAL(s->heard_age_ms, UINT32_MAX);
	fake_end(&c.f);
}

/* Each peer that there is a path to comes first, in whichever place. */
static void
test_report_peers(void)
{
	static const size_t places[] = { 0, 7, CLIENT_PEERS_MAX - 1 };
	struct ipc_peer_add add = { .controlling = 1 };
	const struct ipc_net_peer *peer;
	struct ipc_message_in in;
	struct client c;

	begin(&c, false);
	for (size_t i = 0; i < 3; i++) {
		add.handle = peer_handle_make(1, places[i]);
		CU_ASSERT_EQUAL(links_add(&c.links, MESSAGE(c.f.now, &add)), 0);
	}
	for (size_t i = 0; i < 3; i += 2) { /* has a path: the relay */
		struct path *p = &c.links.at[places[i]]->path;

		p->state = PATH_UP;
		p->current = PATH_BY_RELAY;
		p->candidates[PATH_BY_RELAY].rtt_us = 1000 + (uint32_t)i;
	}
	report_ask(&c.report, MESSAGE(c.f.now, NULL));
	report_timer(&c.report, c.f.now);
	for (size_t i = 0; i < 3; i += 2) {
		CU_ASSERT_TRUE_FATAL(fake_told(&c.f, IPC_NET_PEER, &in));
		peer = in.body;
		CU_ASSERT_EQUAL(peer->handle, peer_handle_make(1, places[i]));
		CU_ASSERT_EQUAL(peer->rtt_us, 1000 + i);
	}
	CU_ASSERT_TRUE(fake_told(&c.f, IPC_NET_STATUS, &in));
	CU_ASSERT_TRUE(fake_told_nothing(&c.f));
	/* It is told once. */
	report_timer(&c.report, c.f.now + 2 * REPORT_WAIT);
	CU_ASSERT_TRUE(fake_told_nothing(&c.f));
	for (size_t i = 0; i < 3; i++) {
		struct ipc_peer body = { peer_handle_make(1, places[i]) };

		links_drop(&c.links, MESSAGE(c.f.now, &body));
	}
	fake_end(&c.f);
}

/* Looks older than a minute are repeated, at both ports. */
static void
test_look_again(void)
{
	struct client c;

	begin(&c, true);
	answer(&c, 1, asked(&c, 1));
	c.f.now = NOW + REFLECT_FRESH - 1;
	report_ask(&c.report, MESSAGE(c.f.now, NULL));
	CU_ASSERT_TRUE(told(&c, NAT_INDEPENDENT, 59999));
	CU_ASSERT_TRUE(asked_nothing(&c));
	c.f.now++;
	report_ask(&c.report, MESSAGE(c.f.now, NULL));
	answer(&c, 0, asked(&c, 0));
	report_timer(&c.report, c.f.now);
	CU_ASSERT_TRUE(fake_told_nothing(&c.f));
	answer(&c, 1, asked(&c, 1));
	CU_ASSERT_TRUE(told(&c, NAT_INDEPENDENT, 60000));
	fake_end(&c.f);
}

/* Without a session nobody is asked, and nobody waits. */
static void
test_lost(void)
{
	struct client c;

	begin(&c, true);
	asked(&c, 1);
	boot_lost(&c.f.b, c.f.now);
	CU_ASSERT_TRUE(fake_told_status(&c.f, BOOT_LOST, REFUSAL_NONE));
	CU_ASSERT_EQUAL(fake_collect(&c.f, 0), 1); /* HELLO */
	CU_ASSERT_FALSE(reflect_is_looking(&c.reflect));
	CU_ASSERT_EQUAL(reflect_deadline(&c.reflect), CLOCK_NEVER);
	c.f.now += 2 * REFLECT_FRESH;
	reflect_timer(&c.reflect, c.f.now);
	report_ask(&c.report, MESSAGE(c.f.now, NULL));
	CU_ASSERT_TRUE(told(&c, NAT_UNKNOWN, 120000));
	CU_ASSERT_TRUE(asked_nothing(&c));
	fake_end(&c.f);
}

void
reflect_suite(void)
{
	CU_pSuite suite =
	    CU_add_suite("reflect", fake_open_udp, fake_close_udp);

	CU_add_test(suite, "a session begins", test_session);
	CU_add_test(suite, "tries", test_tries);
	CU_add_test(suite, "a long way", test_long_way);
	CU_add_test(suite, "another session", test_other_session);
	CU_add_test(suite, "forged answers", test_forged);
	CU_add_test(suite, "counter", test_counter);
	CU_add_test(suite, "report", test_report);
	CU_add_test(suite, "report, how old", test_report_age);
	CU_add_test(suite, "report, with peers", test_report_peers);
	CU_add_test(suite, "look again", test_look_again);
	CU_add_test(suite, "lost", test_lost);
}
