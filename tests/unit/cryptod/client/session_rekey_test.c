/*
 * Rekeys of peer sessions: when they are due, that nothing is lost or
 * mistaken while they happen, whatever the timing, and that old keys are
 * gone after them.
 */
#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/session_pair.h"

#include <CUnit/CUnit.h>
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

void session_rekey_suite(void);

/* Both ends heard every text, and have the same keys. */
static void
check_agreed(const struct pair *p, unsigned int epochs)
{
	CU_ASSERT_EQUAL(p->a.heard, p->b.said);
	CU_ASSERT_EQUAL(p->b.heard, p->a.said);
	CU_ASSERT(!p->a.confused && !p->b.confused);
	CU_ASSERT_EQUAL(p->a.epochs, epochs);
	CU_ASSERT_EQUAL(p->b.epochs, epochs);
	CU_ASSERT_EQUAL(p->a.epoch, p->b.epoch);
	CU_ASSERT(!p->a.send_now && p->b.send_now);
	CU_ASSERT_EQUAL(memcmp(p->a.keys.tx, p->b.keys.rx, SIPHASH_KEY), 0);
	CU_ASSERT_EQUAL(memcmp(p->a.keys.rx, p->b.keys.tx, SIPHASH_KEY), 0);
	CU_ASSERT(p->a.established == 1 && p->b.established == 1);
}

/* The clock makes a rekey due, and all of it is delivered. */
static void
rekey(struct pair *p)
{
	p->now += REKEY_AGE_USEC;
	CU_ASSERT_EQUAL(pair_say(p, &p->a), 0);
	pair_settle(p);
}

static void
test_age(void)
{
	struct peer_keys old;
	uint64_t start;
	struct pair p;

	pair_establish(&p);
	old = p.a.keys;
	start = p.now;
	p.now += REKEY_AGE_USEC - 1;
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_say(&p, &p.b), 0);
	pair_settle(&p);
	check_agreed(&p, 1);
	p.now++;
	/* b does not start a rekey; a does, at the next record in either
	 * direction. */
	CU_ASSERT_EQUAL(pair_say(&p, &p.b), 0);
	CU_ASSERT(STAILQ_EMPTY(&p.a.out));
	pair_settle(&p);
	check_agreed(&p, 2);
	CU_ASSERT_EQUAL(session_key_time(p.a.session), p.now);
	CU_ASSERT_EQUAL(session_key_time(p.b.session), p.now);
	CU_ASSERT_EQUAL(session_start_time(p.a.session), start);
	CU_ASSERT_EQUAL(session_start_time(p.b.session), start);
	CU_ASSERT_NOT_EQUAL(memcmp(&old, &p.a.keys, sizeof(old)), 0);
	p.now += REKEY_AGE_USEC;
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
	pair_settle(&p);
	check_agreed(&p, 3);
	pair_free(&p);
}

/* A rekey comes after so many records of either end, while some of the other
 * end are still on the way. */
static void
test_records(void)
{
	struct pair p;

	pair_establish(&p);
	for (uint64_t i = 0; i < REKEY_RECORDS - 1; i++) {
		CU_ASSERT_EQUAL_FATAL(pair_say(&p, &p.a), 0);
		CU_ASSERT_EQUAL_FATAL(pair_deliver(&p, &p.a), 0);
	}
	for (int i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(pair_say(&p, &p.b), 0);
	CU_ASSERT(p.a.epochs == 1 && p.b.epochs == 1);
	CU_ASSERT(STAILQ_EMPTY(&p.a.out));
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
	/* The record is sent, and with it the start of a rekey. */
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
	CU_ASSERT_EQUAL(p.a.records, 2 + REKEY_RECORDS + 2);
	pair_settle(&p);
	check_agreed(&p, 2);

	for (uint64_t i = 0; i < REKEY_RECORDS - 2; i++) {
		CU_ASSERT_EQUAL_FATAL(pair_say(&p, &p.b), 0);
		CU_ASSERT_EQUAL_FATAL(pair_deliver(&p, &p.b), 0);
	}
	CU_ASSERT(STAILQ_EMPTY(&p.a.out)); /* READY was one, too */
	CU_ASSERT_EQUAL(pair_say(&p, &p.b), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 0);
	CU_ASSERT_FALSE(STAILQ_EMPTY(&p.a.out));
	pair_settle(&p);
	check_agreed(&p, 3);
	pair_free(&p);
}

/* Does one step of a schedule: 0 and 1 say a text, 2 and 3 deliver one. */
static void
step(struct pair *p, unsigned int what)
{
	struct end *end = what % 2 == 0 ? &p->a : &p->b;

	int result = what < 2 ? pair_say(p, end) : pair_deliver(p, end);

	CU_ASSERT_NOT_EQUAL(result, -1);
}

#define STEPS 5 /* 4^5 schedules */

/* After a rekey has become due, texts and deliveries of both ends come in every
 * possible order. */
static void
test_every_schedule(void)
{
	struct pair p;

	for (unsigned int schedule = 0; schedule < 1u << 2 * STEPS;
	     schedule++) {
		pair_establish(&p);
		p.now += REKEY_AGE_USEC;
		CU_ASSERT_EQUAL(pair_say(&p, &p.b), 0);
		CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
		for (unsigned int i = 0; i < STEPS; i++)
			step(&p, schedule >> 2 * i & 3);
		pair_settle(&p);
		check_agreed(&p, 2);
		pair_free(&p);
	}
}

#define SEEDS 200

/* Long runs, in which the clock moves on, too. */
static void
test_random_schedules(void)
{
	uint64_t seed, rekeys = 0;
	struct pair p;

	for (uint64_t n = 1; n <= SEEDS; n++) {
		seed = n;
		pair_establish(&p);
		for (int i = 0; i < 200; i++) {
			step(&p, random_next(&seed) % 6);
			if (random_next(&seed) % 8 == 0)
				p.now += random_next(&seed) % REKEY_AGE_USEC;
		}
		pair_settle(&p);
		CU_ASSERT(p.a.epochs > 1);
		check_agreed(&p, p.a.epochs);
		rekeys += p.a.epochs - 1;
		pair_free(&p);
	}
	CU_ASSERT(rekeys > SEEDS * 4);
}

/* The epoch is one byte: a session of many hours begins at 0 again. */
static void
test_many(void)
{
	struct pair p;

	pair_establish(&p);
	for (unsigned int i = 0; i < 600; i++) {
		rekey(&p);
		CU_ASSERT_EQUAL(pair_say(&p, &p.b), 0);
		pair_settle(&p);
		check_agreed(&p, i + 2);
		CU_ASSERT_NOT_EQUAL(p.a.epoch, 0); /* is the first keys' */
	}
	pair_free(&p);
}

/* A record that was sealed before the rekey comes again after it, as it is, or
 * with the number of the new epoch. */
static void
check_old_key(bool to_a, bool relabel)
{
	struct record *r;
	struct end *from;
	struct pair p;

	pair_establish(&p);
	from = to_a ? &p.b : &p.a;
	CU_ASSERT_EQUAL(pair_say(&p, from), 0);
	r = pair_take(from);
	CU_ASSERT_EQUAL(pair_give(&p, to_a ? &p.a : &p.b, r->bytes, r->len), 0);
	rekey(&p);
	CU_ASSERT_EQUAL(p.a.epochs, 2);
	CU_ASSERT_EQUAL(r->bytes[1], 1);
	if (relabel)
		r->bytes[1] = 2;
	CU_ASSERT_EQUAL(pair_give(&p, to_a ? &p.a : &p.b, r->bytes, r->len),
	    -1);
	free(r);
	pair_free(&p);
}

static void
test_old_keys(void)
{
	for (int i = 0; i < 4; i++)
		check_old_key(i % 2 != 0, i / 2 != 0);
}

/* --- What a leak gives away ----------------------------------------------- */

/* Everything that cryptod has of a session at some time. */
struct leak {
	size_t len;
	uint8_t bytes[8192];
};

static void
leak_all(struct leak *leak, const struct pair *p)
{
	const struct end *ends[] = { &p->a, &p->b };

	leak->len = 0;
	for (size_t i = 0; i < 2; i++) {
		size_t len = OPENSSL_secure_actual_size(ends[i]->session);

		CU_ASSERT_FATAL(leak->len + len + sizeof(ends[i]->key) +
			sizeof(ends[i]->psk) <=
		    sizeof(leak->bytes));
		memcpy(leak->bytes + leak->len, ends[i]->session, len);
		leak->len += len;
		memcpy(leak->bytes + leak->len, &ends[i]->key,
		    sizeof(ends[i]->key));
		leak->len += sizeof(ends[i]->key);
		memcpy(leak->bytes + leak->len, ends[i]->psk,
		    sizeof(ends[i]->psk));
		leak->len += sizeof(ends[i]->psk);
	}
}

/* Returns whether any 32 bytes of the leak open a sealed record. */
static bool
leak_opens(const struct leak *leak, const struct record *r, uint64_t counter)
{
	uint8_t nonce[GCM_NONCE_LEN], plain[RECORD_MAX];

	crypto_counter_nonce(nonce, counter);
	for (size_t at = 0; at + KEY_LEN <= leak->len; at++)
		if (crypto_open(plain, leak->bytes + at, nonce, r->bytes, 2,
			r->bytes + 2, r->len - 2) == 0)
			return true;
	return false;
}

/* Says and delivers a text, and returns its record: in each epoch the first of
 * a's, and of b's apart from READY. */
static struct record *
tap(struct pair *p, struct end *from)
{
	struct record *r;

	CU_ASSERT_EQUAL_FATAL(pair_say(p, from), 0);
	r = pair_take(from);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_EQUAL(pair_give(p, from == &p->a ? &p->b : &p->a, r->bytes,
			    r->len),
	    0);
	return r;
}

static bool
leak_opens_either(const struct leak *leak, struct record *r[2])
{
	bool a = leak_opens(leak, r[0], 0), b = leak_opens(leak, r[1], 1);

	return a || b;
}

static bool
leak_opens_both(const struct leak *leak, struct record *r[2])
{
	return leak_opens(leak, r[0], 0) && leak_opens(leak, r[1], 1);
}

/* Keys that leak after a rekey do not open earlier texts, and keys that leaked
 * before it do not open later ones. */
static void
test_leak(void)
{
	static struct leak before, after;
	struct record *old[2], *new[2];
	struct pair p;

	pair_establish(&p);
	old[0] = tap(&p, &p.a);
	old[1] = tap(&p, &p.b);
	leak_all(&before, &p);
	CU_ASSERT_TRUE(leak_opens_both(&before, old));
	p.now += REKEY_AGE_USEC;
	CU_ASSERT_EQUAL(pair_say(&p, &p.b), 0);
	pair_settle(&p);
	CU_ASSERT_EQUAL(p.a.epochs, 2);
	new[0] = tap(&p, &p.a);
	new[1] = tap(&p, &p.b);
	leak_all(&after, &p);
	CU_ASSERT_TRUE(leak_opens_both(&after, new));
	CU_ASSERT_FALSE(leak_opens_either(&after, old));
	CU_ASSERT_FALSE(leak_opens_either(&before, new));
	for (int i = 0; i < 2; i++) {
		free(old[i]);
		free(new[i]);
	}
	pair_free(&p);
}

/* The peer's key stays the same in all of a session. */
static void
test_static_key(void)
{
	struct pair p;

	pair_establish(&p);
	crypto_keypair(&p.a.key);
	p.now += REKEY_AGE_USEC;
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0); /* the text */
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0); /* message 1 */
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), -1);
	CU_ASSERT_EQUAL(p.b.epochs, 1);
	pair_free(&p);

	pair_establish(&p);
	crypto_keypair(&p.b.key);
	p.now += REKEY_AGE_USEC;
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), -1);
	CU_ASSERT_EQUAL(p.a.epochs, 1);
	pair_free(&p);
}

/* A rekey's handshake includes the hash of the one before: the first message of
 * the first handshake, which fits otherwise, starts no second one. */
static void
test_bound_to_session(void)
{
	struct record *first;
	struct pair p;

	pair_init(&p);
	pair_start(&p);
	first = pair_take(&p.a);
	CU_ASSERT_EQUAL(pair_give(&p, &p.b, first->bytes, first->len), 0);
	pair_settle(&p);
	CU_ASSERT_TRUE(session_established(p.a.session));
	CU_ASSERT_EQUAL(session_send(p.a.session, p.now, SESSION_REKEY_1,
			    first->bytes + 2, first->len - 2),
	    0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), -1);
	CU_ASSERT_PTR_NULL(pair_take(&p.b));
	free(first);
	pair_free(&p);
}

/* An initiator that gets no answer to its rekey may not go on for ever. */
static void
test_limit(void)
{
	struct pair p;
	uint64_t sent = 0;

	pair_establish(&p);
	p.b.discard = true;
	while (pair_say(&p, &p.b) == 0 && sent <= RECORDS_LIMIT)
		sent++;
	CU_ASSERT_EQUAL(sent, RECORDS_LIMIT - 1); /* READY was one, too */
	CU_ASSERT_FALSE(session_established(p.b.session));
	CU_ASSERT_EQUAL(pair_say(&p, &p.b), -1);
	CU_ASSERT_EQUAL(p.b.records, 2 + sent);
	pair_free(&p);
}

/* The initiator's clock runs ahead, and with each text it begins a rekey that
 * is not due by the responder's clock. */
static int
rekey_early(struct pair *p)
{
	uint64_t now = p->now;
	int result;

	p->now += REKEY_AGE_USEC;
	CU_ASSERT_EQUAL(pair_say(p, &p->a), 0);
	p->now = now;
	CU_ASSERT_EQUAL(pair_deliver(p, &p->a), 0); /* the text */
	result = pair_deliver(p, &p->a);	    /* REKEY 1 */
	if (result == 0)
		pair_settle(p);
	return result;
}

/* PROTOCOL.md section 5.4: the 17th rekey within the time ends the session. */
static void
test_too_often(void)
{
	struct pair p;

	pair_establish(&p);
	for (int times = 0; times < 3; times++) {
		for (int i = 0; i < REKEYS_MAX; i++)
			CU_ASSERT_EQUAL(rekey_early(&p), 0);
		p.now += REKEY_AGE_USEC;
	}
	for (int i = 0; i < REKEYS_MAX; i++)
		CU_ASSERT_EQUAL(rekey_early(&p), 0);
	CU_ASSERT_EQUAL(rekey_early(&p), -1);
	CU_ASSERT_FALSE(session_established(p.b.session));
	pair_free(&p);
}

void
session_rekey_suite(void)
{
	CU_pSuite suite = CU_add_suite("session_rekey", crypto_setup, NULL);

	CU_add_test(suite, "due by age", test_age);
	CU_add_test(suite, "due by records", test_records);
	CU_add_test(suite, "every schedule", test_every_schedule);
	CU_add_test(suite, "random schedules", test_random_schedules);
	CU_add_test(suite, "many rekeys", test_many);
	CU_add_test(suite, "old keys", test_old_keys);
	CU_add_test(suite, "a leak of everything", test_leak);
	CU_add_test(suite, "static key changed", test_static_key);
	CU_add_test(suite, "bound to its session", test_bound_to_session);
	CU_add_test(suite, "limit of records", test_limit);
	CU_add_test(suite, "too often", test_too_often);
}
