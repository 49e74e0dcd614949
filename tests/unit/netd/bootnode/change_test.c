/*
 * What the operator changes while a bootnode runs: limits, who is denied, and
 * whose limit is lifted.
 */
#include "tests/unit/netd/bootnode/crowd.h"
#include "common/log.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void bootnode_change_suite(void);

#define MAX 16 /* sessions of one address */

static int
tell(struct world *w, enum ipc_type type, const void *body, const void *tail,
    size_t tail_len)
{
	struct ipc_message_in in = { type, body, tail, tail_len, -1, w->now };

	return dispatch_message(&w->handlers, NULL, &in);
}

/* The guests behind one address, of guest_behind(). */
static struct ipc_prefix
behind(struct world *w, uint8_t host, uint32_t sessions)
{
	const struct guest *c = guest_behind(w, FAKE_CLIENTS - 1, 'z', host);
	struct ipc_prefix p = { .bits = 128, .sessions = sessions };

	memcpy(p.ip, c->addr.ip, sizeof(p.ip));
	return p;
}

static int
tell_prefix(struct world *w, enum prefix_list list, const struct ipc_prefix *p)
{
	const struct ipc_prefixes part = { .list = (uint8_t)list, .count = 1 };

	return tell(w, IPC_PREFIXES, &part, p, sizeof(*p));
}

static int
tell_limits(struct world *w, uint32_t denied, uint32_t lifted)
{
	struct ipc_limits limits = w->config.limits;

	limits.prefixes[PREFIXES_DENIED] = denied;
	limits.prefixes[PREFIXES_LIFTED] = lifted;
	return tell(w, IPC_LIMITS, &limits, NULL, 0);
}

static void
deny(struct world *w, uint8_t host)
{
	const struct ipc_prefix p = behind(w, host, 0);

	CU_ASSERT_EQUAL(tell_prefix(w, PREFIXES_DENIED, &p), 0);
	CU_ASSERT_EQUAL(tell_limits(w, 1, 0), 0);
}

static void
lift(struct world *w, uint8_t host, uint32_t sessions)
{
	const struct ipc_prefix p = behind(w, host, sessions);

	CU_ASSERT_EQUAL(tell_prefix(w, PREFIXES_LIFTED, &p), 0);
	CU_ASSERT_EQUAL(tell_limits(w, 0, 1), 0);
}

static uint64_t
denied(const struct world *w)
{
	return w->bootnode->stats.drops[DROP_DENIED];
}

/* Nothing that comes from there is answered, whoever wrote it. */
static void
test_denied(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_behind(w, 0, 'x', 1);
	struct guest *d = guest_entered(w, 1, 'x');
	struct addr there = d->addr;
	uint8_t buf[WIRE_MAX];
	uint64_t sent;

	CU_ASSERT_TRUE(guest_enter(c));
	deny(w, 2);
	CU_ASSERT_TRUE(guest_enter(guest_behind(w, 2, 'x', 3)));
	sent = w->sent;
	CU_ASSERT_FALSE(guest_enter(guest_behind(w, 3, 'x', 2)));
	CU_ASSERT_EQUAL(w->sent, sent);
	/* A member's packets that come from there: no challenge, no goodbye. */
	there = guest_behind(w, 4, 'x', 2)->addr;
	world_packet(w, &there, buf, guest_control(d, WIRE_HEARTBEAT, buf));
	world_packet(w, &there, buf, guest_control(d, WIRE_LEAVE, buf));
	CU_ASSERT_EQUAL(w->sent, sent);
	CU_ASSERT(denied(w) >= 3);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 3);
	guest_send(d, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(d->ack.counter, d->counter);
	world_free(w);
}

/* A session ends at once; its room is told, its client is not. */
static void
test_sessions_end(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_behind(w, 0, 'x', 1);
	struct guest *d = guest_entered(w, 1, 'x');
	unsigned int acks;
	uint64_t heard;

	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + USEC_PER_SEC);
	heard = c->heard;
	acks = c->acks;
	deny(w, 1);
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 1);
	CU_ASSERT_EQUAL(d->left_timeout, 1);
	guest_send(c, WIRE_HEARTBEAT);
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->acks, acks);
	CU_ASSERT_EQUAL(c->heard, heard);
	CU_ASSERT_EQUAL(c->rejects, 0);
	/* It is taken back, and the client is told to come again. */
	CU_ASSERT_EQUAL(tell_limits(w, 0, 0), 0);
	guest_send(c, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(c->rejects, 1);
	CU_ASSERT_TRUE(guest_enter(c));
	world_free(w);
}

/* The operator denies one more, until the lists come again. */
static void
test_deny_at_once(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_behind(w, 0, 'x', 1);
	struct guest *d = guest_entered(w, 1, 'x');
	const struct ipc_prefix listed = behind(w, 2, 0);
	struct addr_prefix there = { .bits = 128 };

	CU_ASSERT_TRUE(guest_enter(c));
	CU_ASSERT_EQUAL(tell_prefix(w, PREFIXES_DENIED, &listed), 0);
	CU_ASSERT_EQUAL(tell_limits(w, 1, 0), 0);
	memcpy(there.ip, c->addr.ip, sizeof(there.ip));
	CU_ASSERT_EQUAL(bootnode_deny(w->bootnode, w->now, &there), 1);
	CU_ASSERT_EQUAL(bootnode_deny(w->bootnode, w->now, &there), 0);
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 1);
	CU_ASSERT_EQUAL(d->left_timeout, 1);
	CU_ASSERT_FALSE(guest_enter(c));
	CU_ASSERT_FALSE(guest_enter(guest_behind(w, 2, 'x', 2)));
	/* The lists come again, as they were. */
	CU_ASSERT_EQUAL(tell_prefix(w, PREFIXES_DENIED, &listed), 0);
	CU_ASSERT_EQUAL(tell_limits(w, 1, 0), 0);
	CU_ASSERT_TRUE(guest_enter(c));
	CU_ASSERT_FALSE(guest_enter(guest_behind(w, 3, 'x', 2)));
	world_free(w);
}

/* A JOIN that cryptod is opening leads to nothing, and takes no place. */
static void
test_pending(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_behind(w, 0, 'x', 1);

	w->stuck_at = IPC_JOIN_OPEN;
	CU_ASSERT_FALSE(guest_enter(c));
	deny(w, 1);
	world_until(w, w->now + USEC_PER_SEC);
	w->stuck_at = IPC_NONE;
	world_run(w);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_DROP], 1);
	CU_ASSERT_EQUAL(c->welcomes, 0);
	world_free(w);
}

static char first_line[LOG_TEXT_MAX];
static unsigned int line_count;

static void
on_line(enum log_level level, bool event, const char *text)
{
	(void)level;
	(void)event;
	if (line_count++ == 0)
		(void)snprintf(first_line, sizeof(first_line), "%s", text);
}

/* Many sessions are ended in portions, and none is forgotten. The log has their
 * number alone: a line for each would be too many for the launcher, which then
 * leaves out the last. The operator's view hears of each. */
static void
test_portions(void)
{
	struct world *w = world_new(600, 512);

	for (uint32_t i = 0; i < 400; i++)
		CU_ASSERT_TRUE(
		    guest_enter(guest_behind(w, i, (char)('a' + i % 20), 1)));
	w->told[IPC_MEMBER] = line_count = 0;
	log_to_function(on_line);
	deny(w, 1);
	bootnode_timer(w->bootnode, w->now);
	CU_ASSERT(w->bootnode->registry.session_count > 0);
	CU_ASSERT(bootnode_deadline(w->bootnode) < w->now + USEC_PER_SEC);
	world_until(w, w->now + 100 * USEC_PER_MSEC);
	log_to_function(NULL);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	CU_ASSERT_EQUAL(w->told[IPC_MEMBER], 400);
	CU_ASSERT_EQUAL(line_count, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(first_line, "denied sessions=400 "));
	world_free(w);
}

/* What is not complete, or not in order, comes into force in no part. */
static void
test_refused(void)
{
	struct world *w = world_new(256, MAX);
	struct ipc_prefix p = behind(w, 1, 0);

	CU_ASSERT_EQUAL(tell_limits(w, 1, 0), -1);
	CU_ASSERT_EQUAL(tell_prefix(w, PREFIXES_DENIED, &p), 0);
	CU_ASSERT_EQUAL(tell_prefix(w, PREFIXES_DENIED, &p), -1);
	CU_ASSERT_EQUAL(tell_limits(w, 2, 0), -1);
	CU_ASSERT_EQUAL(tell_limits(w, 0, 1), -1);
	CU_ASSERT_TRUE(guest_enter(guest_behind(w, 0, 'x', 1)));
	CU_ASSERT_EQUAL(tell_limits(w, 1, 0), 0);
	CU_ASSERT_FALSE(guest_enter(guest_behind(w, 1, 'x', 1)));
	world_free(w);
}

/* A bootnode that is to have lists serves nobody before it has them. */
static void
test_promised(void)
{
	struct world *w = world_new(256, MAX);

	w->config.prefixed = 1;
	world_again(w);
	CU_ASSERT_FALSE(guest_enter(guest_new(w, 0, 'x')));
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_BUSY], 1);
	CU_ASSERT_EQUAL(tell_limits(w, 0, 0), 0);
	CU_ASSERT_TRUE(guest_enter(guest_new(w, 1, 'x')));
	world_free(w);
}

/* A shorter timeout is for those who come: the others were told the longer one.
 * A longer one is for all. */
static void
test_timeout(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_entered(w, 0, 'x'), *d;

	w->config.limits.timeout_ms = 4000;
	w->config.limits.heartbeat_ms = 1000;
	CU_ASSERT_EQUAL(tell_limits(w, 0, 0), 0);
	d = guest_entered(w, 1, 'x');
	CU_ASSERT_EQUAL(d->welcome.timeout_ms, 4000);
	CU_ASSERT_EQUAL(d->welcome.interval_ms, 1000);
	world_until(w, w->now + 10 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 2);
	guest_send(c, WIRE_HEARTBEAT);
	w->config.limits.timeout_ms = 60000;
	CU_ASSERT_EQUAL(tell_limits(w, 0, 0), 0);
	world_until(w, w->now + 40 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 2);
	world_until(w, w->now + 30 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	world_free(w);
}

/* Who is there stays, however small a room has become. */
static void
test_smaller(void)
{
	struct world *w = world_new(256, MAX);

	for (uint32_t i = 0; i < 8; i++)
		CU_ASSERT_TRUE(guest_enter(guest_behind(w, i, 'x', 1)));
	w->config.limits.max_peers = 2;
	w->config.limits.max_per_address = 2;
	CU_ASSERT_EQUAL(tell_limits(w, 0, 0), 0);
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 8);
	CU_ASSERT_FALSE(guest_enter(guest_new(w, 20, 'x')));
	world_free(w);
}

static uint32_t
enter(struct world *w, uint32_t first, uint32_t count, uint8_t host)
{
	uint32_t in = 0;

	for (uint32_t i = first; i < first + count; i++)
		in += guest_enter(guest_behind(w, i, 'x', host));
	return in;
}

/* A source whose limit is lifted has as many sessions as it says, all in one
 * room if they like, and joins for them. Others have what they had. */
static void
test_lifted(void)
{
	struct world *w = world_new(200, MAX);

	lift(w, 1, 180);
	CU_ASSERT_EQUAL(enter(w, 0, 190, 1), 180);
	CU_ASSERT_EQUAL(enter(w, 200, 20, 2), MAX);
	/* It is taken back: nobody goes, and nobody comes. */
	CU_ASSERT_EQUAL(tell_limits(w, 0, 0), 0);
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 180 + MAX);
	CU_ASSERT_EQUAL(enter(w, 230, 1, 1), 0);
	world_free(w);
}

static char log_last[LOG_TEXT_MAX];
static unsigned int log_crowds;

static void
on_log(enum log_level level, bool event, const char *text)
{
	(void)event;
	if (strncmp(text, "crowded ", 8) != 0)
		return;
	CU_ASSERT_EQUAL(level, LOG_WARN);
	(void)snprintf(log_last, sizeof(log_last), "%s", text);
	log_crowds++;
}

/* The operator hears at three quarters of the limit, once an hour for each
 * source, and sees how many are so. */
static void
test_crowded(void)
{
	struct world *w = world_new(256, MAX);
	struct ipc_stats stats;

	log_to_function(on_log);
	log_crowds = 0;
	CU_ASSERT_EQUAL(enter(w, 0, 11, 1), 11);
	CU_ASSERT_EQUAL(log_crowds, 0);
	CU_ASSERT_EQUAL(enter(w, 11, 5, 1), 5);
	CU_ASSERT_EQUAL(log_crowds, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(log_last, " sessions=12 limit=16 msg="));
	/* Another one, but not at the same moment. */
	CU_ASSERT_EQUAL(enter(w, 20, 12, 2), 12);
	CU_ASSERT_EQUAL(log_crowds, 1);
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(enter(w, 32, 1, 2), 1);
	CU_ASSERT_EQUAL(log_crowds, 2);
	bootnode_figures(w->bootnode, w->now, &stats);
	CU_ASSERT_EQUAL(stats.crowded, 2);
	/* With another limit it is none. */
	lift(w, 1, 100);
	world_until(w, w->now + USEC_PER_SEC);
	bootnode_figures(w->bootnode, w->now, &stats);
	CU_ASSERT_EQUAL(stats.crowded, 1);
	guest_send(&w->clients[32], WIRE_LEAVE);
	guest_send(&w->clients[31], WIRE_LEAVE);
	bootnode_figures(w->bootnode, w->now, &stats);
	CU_ASSERT_EQUAL(stats.crowded, 0);
	CU_ASSERT_EQUAL(log_crowds, 2);
	log_to_function(NULL);
	world_free(w);
}

/* The joins that are let through now, of so many. */
static uint64_t
opened(struct world *w, struct guest *c, unsigned int joins)
{
	uint64_t before = w->told[IPC_JOIN_OPEN];

	for (unsigned int i = 0; i < joins; i++) {
		c->tag.bytes[1]++;
		guest_enter(c);
	}
	return w->told[IPC_JOIN_OPEN] - before;
}

/* JOIN_RATE says how many joins come after the first, and not how many those
 * are; a lifted source has as many as it may have sessions. */
static void
test_join_rate(void)
{
	struct world *w = world_new(256, MAX);
	struct guest *c = guest_behind(w, 0, 'x', 1);

	w->loss = 100;
	w->config.limits.join_rate = 4;
	CU_ASSERT_EQUAL(tell_limits(w, 0, 0), 0);
	CU_ASSERT_EQUAL(opened(w, c, 100), 2 * MAX);
	world_until(w, w->now + 60 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(opened(w, c, 100), 4);
	lift(w, 1, 40);
	/* What it did before counts, but at the new rate. */
	CU_ASSERT_EQUAL(opened(w, c, 1), 0);
	world_until(w, w->now + 60 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(opened(w, c, 100), 40);
	world_free(w);
}

void
bootnode_change_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_change", NULL, NULL);

	CU_add_test(suite, "who is denied gets no answer", test_denied);
	CU_add_test(suite, "sessions of who is denied end", test_sessions_end);
	CU_add_test(suite, "one more is denied", test_deny_at_once);
	CU_add_test(suite, "a JOIN of who is denied", test_pending);
	CU_add_test(suite, "many end in portions", test_portions);
	CU_add_test(suite, "what is not complete", test_refused);
	CU_add_test(suite, "nobody before the lists", test_promised);
	CU_add_test(suite, "another timeout", test_timeout);
	CU_add_test(suite, "smaller limits", test_smaller);
	CU_add_test(suite, "a limit that is lifted", test_lifted);
	CU_add_test(suite, "a source that is crowded", test_crowded);
	CU_add_test(suite, "the rate of joins", test_join_rate);
}
