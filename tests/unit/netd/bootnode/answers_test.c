/*
 * What a bootnode makes of a JOIN's length, of what cryptod answers to it, and
 * of answers that nobody waits for any more; and what its WELCOME says of
 * times.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>

void bootnode_answers_suite(void);

/* PROTOCOL.md section 2.5: the card has 1 to 255 bytes, and there are 0 to 7
 * nodes to skip. */
#define NOISE_MAX (NK_OVERHEAD + BOOTMSG_JOIN_MAX)
#define NOISE_MIN (NOISE_MAX - 4 * JOIN_SKIPS_MAX - CARD_MAX + 1)

static uint64_t
dropped(const struct world *w, enum drop_cause why)
{
	return w->bootnode->stats.drops[why];
}

static void
get_cookie(struct guest *c)
{
	uint8_t buf[WIRE_MAX];

	c->attempt++;
	c->nonce[0]++;
	world_packet(c->world, &c->addr, buf, guest_hello(c, buf));
}

/* Only what may be a JOIN is work for cryptod. */
static void
test_lengths(void)
{
	static const uint8_t noise[NOISE_MAX + 1];
	static const size_t lens[] = { NOISE_MIN - 1, NOISE_MIN, NOISE_MAX,
		NOISE_MAX + 1 };
	struct world *w = world_new(256, 64);
	struct guest *c = guest_new(w, 0, 'x');
	struct wire_join join = { .noise = noise };
	uint8_t buf[WIRE_MAX];

	get_cookie(c);
	join.cookie = c->cookie;
	memcpy(join.nonce, c->nonce, sizeof(join.nonce));
	for (size_t i = 0; i < 4; i++) {
		join.noise_len = lens[i];
		world_packet(w, &c->addr, buf, wire_put_join(buf, &join));
		world_run(w);
		CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], i < 2 ? i : 2);
		CU_ASSERT_EQUAL(dropped(w, DROP_MALFORMED), i < 3 ? 1 : 2);
	}
	CU_ASSERT_EQUAL(dropped(w, DROP_JOIN), 2); /* nor is it one */
	world_free(w);
}

/* --- The test is cryptod -------------------------------------------------- */

/* The guest's JOIN is with cryptod, which is the test from now on. Returns its
 * slot. */
static uint32_t
ask_cryptod(struct guest *c)
{
	struct world *w = c->world;
	uint8_t buf[WIRE_MAX];
	uint32_t slot;

	world_run(w);
	get_cookie(c);
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	CU_ASSERT_EQUAL_FATAL(w->channel_end, 1);
	CU_ASSERT_EQUAL_FATAL(w->channel[0].type, IPC_JOIN_OPEN);
	slot = w->channel[0].body.join_open.slot;
	free(w->channel[0].tail);
	w->channel_end = 0;
	w->sealed[slot] = 1;
	return slot;
}

static int
say(struct world *w, enum ipc_type type, const void *body, size_t tail_len)
{
	static const uint8_t tail[2 * WIRE_MAX] = { 1 };
	struct ipc_message_in in = { type, body, tail, tail_len, -1, w->now };

	return dispatch_message(&w->handlers, NULL, &in);
}

static int
say_failed(struct world *w, uint32_t slot)
{
	const struct ipc_join_failed failed = { .slot = slot };

	w->sealed[slot] = 0;
	return say(w, IPC_JOIN_FAILED, &failed, 0);
}

static int
say_opened(struct world *w, uint32_t slot, size_t card_len)
{
	const struct ipc_join_opened opened = { .slot = slot, .attempt = 1 };

	return say(w, IPC_JOIN_OPENED, &opened, card_len);
}

static int
say_sealed(struct world *w, uint32_t slot, size_t noise_len)
{
	const struct ipc_join_sealed sealed = { .slot = slot };

	w->sealed[slot] = 2;
	return say(w, IPC_JOIN_SEALED, &sealed, noise_len);
}

/* A card has 1 to 255 bytes; no other is taken, and no answer twice. */
static void
test_cards(void)
{
	struct world *w = world_new(256, 64);
	uint32_t slot = ask_cryptod(guest_new(w, 0, 'x'));

	CU_ASSERT_EQUAL(say_opened(w, slot, 0), -1);
	CU_ASSERT_EQUAL(say_opened(w, slot, CARD_MAX + 1), -1);
	CU_ASSERT_EQUAL(w->bootnode->stats.joins, 0);
	CU_ASSERT_EQUAL(say_opened(w, slot, CARD_MAX), 0);
	CU_ASSERT_EQUAL(w->bootnode->stats.joins, 1);
	CU_ASSERT_EQUAL(say_opened(w, slot, CARD_MAX), -1);
	CU_ASSERT_EQUAL(say_failed(w, slot), -1);
	w->sealed[slot] = 1;
	world_free(w);
}

/* What cryptod says too late: that a JOIN failed is nothing more to be counted,
 * one that it opened is dropped there; and only then the slot is free. */
static void
test_late(void)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_new(w, 0, 'x');
	uint32_t slot = ask_cryptod(c);

	world_until(w, w->now + PENDING_TIMEOUT - 1);
	CU_ASSERT_EQUAL(dropped(w, DROP_BUSY), 0);
	world_until(w, w->now + 1);
	CU_ASSERT_EQUAL(dropped(w, DROP_BUSY), 1);
	CU_ASSERT_NOT_EQUAL(ask_cryptod(c), slot);
	CU_ASSERT_EQUAL(say_failed(w, slot), 0);
	CU_ASSERT_EQUAL(dropped(w, DROP_JOIN), 0);
	CU_ASSERT_EQUAL(say_failed(w, slot), -1);
	CU_ASSERT_EQUAL(ask_cryptod(c), slot);
	world_until(w, w->now + PENDING_TIMEOUT);
	CU_ASSERT_EQUAL(say_opened(w, slot, 4), 0);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_DROP], 1);
	CU_ASSERT_EQUAL(w->bootnode->stats.joins, 0);
	world_run(w);
	CU_ASSERT_EQUAL(ask_cryptod(c), slot);
	CU_ASSERT_EQUAL(say_failed(w, slot), 0);
	CU_ASSERT_EQUAL(dropped(w, DROP_JOIN), 1);
	world_free(w);
}

/* A JOIN that cryptod has not opened was not used: the very same is opened when
 * it comes again. */
static void
test_failed(void)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_new(w, 0, 'x');
	uint32_t slot = ask_cryptod(c);
	uint8_t buf[WIRE_MAX];
	size_t len = guest_join(c, buf);

	world_packet(w, &c->addr, buf, len); /* it is with cryptod yet */
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 1);
	CU_ASSERT_EQUAL(dropped(w, DROP_REPLAYED), 1);
	CU_ASSERT_EQUAL(say_failed(w, slot), 0);
	world_packet(w, &c->addr, buf, len);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 2);
	world_run(w);
	CU_ASSERT_EQUAL(c->welcomes, 1);
	world_free(w);
}

/* A WELCOME of the longest kind is sent, and sent again to a copy of its JOIN;
 * a longer one is not, nor one for nobody. */
static void
test_sealed(void)
{
	const size_t most = WELCOME_MAX - WIRE_WELCOME_OVERHEAD;
	struct world *w = world_new(256, 64);
	struct guest *c = guest_new(w, 0, 'x');
	uint8_t buf[WIRE_MAX];
	uint32_t slot = ask_cryptod(c);
	size_t len;

	CU_ASSERT_EQUAL(say_sealed(w, slot, 100), 0); /* is not admitted */
	CU_ASSERT_EQUAL(say_sealed(w, slot + 1, 100), -1);
	CU_ASSERT_EQUAL(w->sent_by_type[WIRE_WELCOME], 0);
	w->sealed[slot] = 1;
	CU_ASSERT_EQUAL(say_opened(w, slot, 4), 0);
	len = guest_join(c, buf);
	c->nonce[0]++; /* what is no WELCOME is for another attempt */
	CU_ASSERT_EQUAL(say_sealed(w, slot, most + 1), -1);
	CU_ASSERT_EQUAL(w->sent_by_type[WIRE_WELCOME], 0);
	CU_ASSERT_EQUAL(say_sealed(w, slot, most), 0);
	CU_ASSERT_EQUAL(w->sent_by_type[WIRE_WELCOME], 1);
	CU_ASSERT_EQUAL(w->last_len, WELCOME_MAX);
	world_packet(w, &c->addr, buf, len);
	CU_ASSERT_EQUAL(w->sent_by_type[WIRE_WELCOME], 2);
	CU_ASSERT_EQUAL(w->last_len, WELCOME_MAX);
	/* None of the rest is for this cryptod. */
	while (w->channel_first < w->channel_end)
		free(w->channel[w->channel_first++].tail);
	world_free(w);
}

/* --- Secrets -------------------------------------------------------------- */

/* Nobody outside knows which keys share places, nor which blocks a chain: each
 * table has a secret of its own, and each run others. */
static void
test_secrets(void)
{
	struct world *w = world_new(256, 64);
	uint8_t secrets[2][4][SIPHASH_KEY];

	for (int run = 0; run < 2; run++) {
		const struct bootnode *b = w->bootnode;

		memcpy(secrets[run][0], b->joins.secret, SIPHASH_KEY);
		memcpy(secrets[run][1], b->known.secret, SIPHASH_KEY);
		memcpy(secrets[run][2], b->registry.told.secret, SIPHASH_KEY);
		memcpy(secrets[run][3], b->sources.seed, SIPHASH_KEY);
		world_again(w);
	}
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < i; k++)
			CU_ASSERT_NOT_EQUAL(memcmp(secrets[i / 4][i % 4],
						secrets[k / 4][k % 4],
						SIPHASH_KEY),
			    0);
	world_free(w);
}

/* --- Times ---------------------------------------------------------------- */

/* The interval that WELCOME asks for, with this configuration. */
static uint32_t
interval(uint32_t heartbeat_ms, uint32_t timeout_ms)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_new(w, 0, 'x');
	uint32_t ms;

	w->config.limits.heartbeat_ms = heartbeat_ms;
	w->config.limits.timeout_ms = timeout_ms;
	world_again(w);
	CU_ASSERT_TRUE(guest_enter(c));
	CU_ASSERT_EQUAL(c->welcome.timeout_ms, timeout_ms);
	ms = c->welcome.interval_ms;
	world_free(w);
	return ms;
}

/* Within the timeout a heartbeat may be lost and sent again. */
static void
test_interval(void)
{
	CU_ASSERT_EQUAL(interval(9999, 15000), 9999);
	CU_ASSERT_EQUAL(interval(10000, 15000), 10000);
	CU_ASSERT_EQUAL(interval(10001, 15000), 10000);
	CU_ASSERT_EQUAL(interval(10000, 14997), 9998);
	CU_ASSERT_EQUAL(interval(10000, 60000), 10000);
	CU_ASSERT_EQUAL(interval(60000, 60000), 40000);
}

void
bootnode_answers_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_answers", NULL, NULL);

	CU_add_test(suite, "lengths of a JOIN", test_lengths);
	CU_add_test(suite, "lengths of a card", test_cards);
	CU_add_test(suite, "answers that are late", test_late);
	CU_add_test(suite, "a JOIN that failed", test_failed);
	CU_add_test(suite, "lengths of a WELCOME", test_sealed);
	CU_add_test(suite, "secrets of its tables", test_secrets);
	CU_add_test(suite, "the interval that it asks for", test_interval);
}
