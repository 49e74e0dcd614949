/*
 * What a bootnode sends to whom: nothing beyond what came from an address that
 * has not shown lately that it receives, three times what was asked with to
 * others, and what nobody asked for within a budget.
 */
#include "bootnode_fake.h"
#include "netd/bootnode_parts.h"

#include <CUnit/CUnit.h>

void bootnode_echo_suite(void);

#define PEERS 300

/* A room of so many. */
static struct world *
begin(uint32_t peers)
{
	struct world *w = world_new(600, 512);

	for (uint32_t i = 0; i < peers; i++)
		CU_ASSERT_TRUE(guest_enter(guest_new(w, i, 'x')));
	world_until(w, w->now + USEC_PER_SEC);
	return w;
}

/* Everybody else shows that they are there. */
static void
beat(struct world *w, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i < last; i++)
		guest_send(&w->clients[i], WIRE_HEARTBEAT);
}

/* A new guest behind the address that all of these have. */
static struct guest *
behind(struct world *w, uint32_t index, uint8_t host)
{
	struct guest *c = guest_new(w, index, 'x');

	c->addr.ip[14] = 0xee;
	c->addr.ip[15] = host;
	return c;
}

static uint64_t
heard_by(const struct world *w, uint32_t first, uint32_t last)
{
	uint64_t sum = 0;

	for (uint32_t i = first; i < last; i++)
		sum += w->clients[i].heard;
	return sum;
}

/* All others in a room change, as fast as nobody may, for a time. */
static void
churn(struct world *w, uint32_t first, uint32_t last, uint64_t time)
{
	uint64_t until = w->now + time;
	bool limits = w->no_limits;

	w->no_limits = true;
	while (w->now < until) {
		for (uint32_t i = first; i < last; i++)
			CU_ASSERT_TRUE(guest_enter(&w->clients[i]));
		world_until(w, w->now + FAKE_FLUSH);
	}
	w->no_limits = limits;
}

/*
 * A client whose address is not its own any more: it sends, and does not hear.
 * Whatever it sends, and whatever others do, from the first moment on the
 * address gets no more than that and TELL_BURST; and once the client is taken
 * for silent, no more than that.
 */
static void
test_forged_source(void)
{
	struct world *w = begin(100);
	struct guest *c = &w->clients[0];
	uint64_t echo, first, sent = 0, start;
	bool silent = false;

	guest_send(c, WIRE_HEARTBEAT);
	beat(w, 1, 100);
	c->mute = true;
	c->sync_len = WIRE_SYNC_MIN;
	echo = c->echo;
	/* The echoes that it has are good for a few. */
	for (int i = 0; i < 4; i++) {
		c->echo = echo;
		guest_asks(c, WIRE_SYNC);
	}
	start = w->now;
	first = c->heard;
	for (int i = 0; w->now < start + 60 * USEC_PER_SEC; i++) {
		for (int j = 0; j < 20; j++) {
			c->version = (uint32_t)(20 * i + j);
			c->roster_open = false;
			c->echo = echo;
			sent +=
			    guest_asks(c, j % 2 ? WIRE_SYNC : WIRE_HEARTBEAT);
			CU_ASSERT(c->heard - first <=
			    sent + (silent ? 0 : TELL_BURST));
		}
		world_until(w, w->now + USEC_PER_SEC);
		beat(w, 1, 100);
		churn(w, 60, 100, 5 * FAKE_FLUSH);
		CU_ASSERT(c->heard - first <= sent + (silent ? 0 : TELL_BURST));
		if (silent || w->now < start + 16 * USEC_PER_SEC)
			continue;
		/* All of it was used, to the last packet or two. */
		CU_ASSERT(c->heard - first > TELL_BURST);
		silent = true;
		first = c->heard;
		sent = 0;
	}
	CU_ASSERT_TRUE(silent);
	/* It hears again: the answer says so, and it asks once more. */
	c->mute = false;
	c->sync_len = 0;
	c->version = 0;
	c->roster_open = false;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->ack.flags, 0);
	CU_ASSERT_TRUE(guest_knows(c, 0, 100));
	world_free(w);
}

/* At most three times what was asked with, however short or long that is. */
static void
test_factor(void)
{
	struct world *w = begin(PEERS);
	struct guest *c = &w->clients[0];
	uint64_t before;
	size_t len;

	c->mute = true;
	for (size_t i = WIRE_SYNC_MIN; i <= WIRE_MAX; i += 4) {
		c->version = 0;
		c->roster_open = false;
		c->sync_len = i;
		before = c->heard;
		len = guest_asks(c, WIRE_SYNC);
		CU_ASSERT_EQUAL(len, i);
		CU_ASSERT(c->heard - before <= WIRE_SYNC_FACTOR * len);
		if (i > 200)
			CU_ASSERT(c->heard - before > len);
		CU_ASSERT_EQUAL(c->ack.flags, 0);
		world_until(w, w->now + 20 * USEC_PER_MSEC);
	}
	world_free(w);
}

/* At joining, too: HELLO and JOIN, COOKIE, WELCOME and the first packets. */
static void
test_joining(void)
{
	struct world *w = begin(PEERS);
	struct guest *c = guest_new(w, PEERS, 'x');
	uint8_t buf[WIRE_MAX];

	c->mute = true;
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH * 2);
	CU_ASSERT_EQUAL(w->stats.sessions, PEERS);
	CU_ASSERT(c->heard <= 3 * (WIRE_HELLO_LEN + guest_join(c, buf)));
	CU_ASSERT(c->heard > 2 * WIRE_HELLO_LEN);
	CU_ASSERT_TRUE(c->roster_open);
	/* All of the rest in a few round trips. */
	c->mute = false;
	c->acks = 0;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_TRUE(guest_knows(c, 0, PEERS + 1));
	CU_ASSERT(c->acks <= 8);
	world_free(w);
}

/* The room changes while its roster is read. */
static void
test_changes(void)
{
	struct world *w = begin(PEERS);
	struct guest *c = guest_new(w, PEERS, 'x');
	uint32_t left = 10;

	c->mute = true;
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH * 2);
	for (uint32_t i = 0; i < left; i++) {
		CU_ASSERT_TRUE(c->roster_open || i > 5);
		guest_send(&w->clients[i], WIRE_LEAVE);
		if (i % 2) /* it does not hear of it */
			w->loss = 100;
		world_until(w, w->now + FAKE_FLUSH * 2);
		w->loss = 0;
		guest_send(c, WIRE_SYNC);
	}
	for (int i = 0; i < 3; i++)
		guest_send(c, WIRE_SYNC);
	CU_ASSERT_FALSE(c->roster_open);
	CU_ASSERT_TRUE(guest_knows(c, left, PEERS + 1 - left));
	world_free(w);
}

/* Lost acknowledgements, up to three in a row, cost nothing. */
static void
test_lost_acks(void)
{
	struct world *w = begin(10);
	struct guest *c = &w->clients[0];
	uint64_t echo;

	guest_send(c, WIRE_HEARTBEAT);
	echo = c->echo;
	for (int i = 0; i < 4; i++) {
		c->echo = echo;
		c->version = 0;
		c->mute = true;
		guest_send(c, WIRE_SYNC);
		CU_ASSERT_EQUAL(c->ack.flags, 0);
	}
	c->echo = echo;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->ack.flags, ACK_AGAIN);
	/* An echo is that of an address and of a session. */
	c->echo = w->clients[1].echo;
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->ack.flags, ACK_AGAIN);
	world_free(w);
}

#define OFFICE 64

/* What others do is told an address within a budget, which all of its sessions
 * share, and to who is there it is told beyond that if asked for. */
static void
test_budget(void)
{
	struct world *w = begin(40);
	uint32_t last = 40 + OFFICE;
	struct guest *c;
	uint64_t heard;

	for (uint32_t i = 40; i < last; i++)
		CU_ASSERT_TRUE(guest_enter(behind(w, i, 1)));
	/* Full, once each has shown that it is there; then nobody does. (The
	 * first echo may have been that of a SYNC.) */
	world_until(w, w->now + 5 * USEC_PER_SEC);
	beat(w, 0, last);
	beat(w, 40, last);
	heard = heard_by(w, 40, last);
	for (int i = 0; i < 9; i++) {
		churn(w, 0, 40, 5 * FAKE_FLUSH);
		world_until(w, w->now + USEC_PER_SEC);
		beat(w, 0, 40);
	}
	CU_ASSERT(heard_by(w, 40, last) - heard > TELL_BURST - 2 * WIRE_MAX);
	CU_ASSERT(heard_by(w, 40, last) - heard <= TELL_BURST);
	c = &w->clients[50];
	guest_send(c, WIRE_HEARTBEAT);
	CU_ASSERT_NOT_EQUAL(c->version, c->room_version);
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->version, c->room_version);
	CU_ASSERT_TRUE(guest_knows(c, 0, last));
	world_free(w);
}

/*
 * The address of 64 sessions is somebody else's now. Whoever had it has kept four
 * echoes of each that earn something yet, brings one after the other, and in
 * their rooms all change all the time: each session earns once more.
 */
static void
test_kept_echoes(void)
{
	struct world *w = begin(40);
	uint32_t last = 40 + OFFICE;
	uint64_t kept[4][OFFICE], heard, sent = 0;

	for (uint32_t i = 40; i < last; i++)
		CU_ASSERT_TRUE(guest_enter(behind(w, i, 1)));
	world_until(w, w->now + 5 * USEC_PER_SEC);
	beat(w, 0, last);
	beat(w, 40, last);
	for (uint32_t i = 40; i < last; i++) {
		struct guest *c = &w->clients[i];

		for (int k = 0; k < 4; k++) {
			kept[k][i - 40] = c->echo;
			c->echo = 1; /* none is used */
			if (k < 3)
				guest_send(c, WIRE_HEARTBEAT);
		}
		c->mute = true;
	}
	heard = heard_by(w, 40, last);
	for (int k = 0; k < 4; k++) {
		for (uint32_t i = 40; i < last; i++) {
			w->clients[i].echo = kept[k][i - 40];
			sent += guest_asks(&w->clients[i], WIRE_HEARTBEAT);
			churn(w, 0, 8, FAKE_FLUSH);
		}
		CU_ASSERT(heard_by(w, 40, last) - heard <=
		    sent + TELL_BURST + OFFICE * WIRE_ECHO_WORTH);
		for (int i = 0; i < 2; i++) {
			world_until(w, w->now + 6 * USEC_PER_SEC);
			beat(w, 0, 40);
		}
	}
	CU_ASSERT(heard_by(w, 40, last) - heard >
	    sent + TELL_BURST + (OFFICE - 1) * WIRE_ECHO_WORTH - WIRE_MAX);
	world_free(w);
}

/* As a client does: soon after it was told much. */
static void
beat_if_told(struct world *w, uint32_t first, uint32_t last,
    uint64_t heard[FAKE_CLIENTS])
{
	for (uint32_t i = first; i < last; i++) {
		struct guest *c = &w->clients[i];

		if (c->heard - heard[i] <= WIRE_ECHO_WORTH / 2)
			continue;
		guest_send(c, WIRE_HEARTBEAT);
		heard[i] = c->heard;
	}
}

/* 64 people behind one address, whose heartbeats go on: each hears at once of
 * everything that people do, four times a second. */
static void
test_office(void)
{
	struct world *w = begin(40);
	uint32_t last = 40 + OFFICE;
	uint64_t heard[FAKE_CLIENTS] = { 0 };

	for (uint32_t i = 40; i < last; i++)
		CU_ASSERT_TRUE(guest_enter(behind(w, i, 1)));
	world_until(w, w->now + 5 * USEC_PER_SEC);
	for (uint32_t i = 0; i < last; i++)
		guest_send(&w->clients[i], WIRE_SYNC);
	for (uint32_t i = 0; i < 600; i++) {
		world_until(w, w->now + USEC_PER_SEC / 4);
		if (i % 4 == 0)
			beat_if_told(w, 40, last, heard);
		/* Each once in 10 s or so. */
		for (uint32_t j = i * 37 % 40; j < last; j += 40)
			guest_send(&w->clients[j], WIRE_HEARTBEAT);
		CU_ASSERT_TRUE(guest_enter(&w->clients[i % 40]));
		world_until(w, w->now + FAKE_FLUSH);
		for (uint32_t j = 40; j < last; j++)
			CU_ASSERT_EQUAL(w->clients[j].version,
			    w->clients[i % 40].version);
	}
	world_free(w);
}

/* Moves with a cookie of its own or a kept one; true if it was challenged. */
static bool
moves(struct guest *c, uint8_t to, struct wire_cookie *kept)
{
	struct world *w = c->world;
	unsigned int challenges = c->challenges;
	uint8_t buf[WIRE_MAX];

	c->addr.ip[13] = to;
	if (kept == NULL) {
		world_packet(w, &c->addr, buf,
		    guest_control(c, WIRE_HEARTBEAT, buf));
		if (c->challenges == challenges)
			return false;
	} else {
		c->challenge.cookie = *kept;
	}
	world_packet(w, &c->addr, buf, guest_reply(c, buf));
	world_run(w);
	return true;
}

/* A session that is at a new address all the time is news a few times, and then
 * once in 10 s. What it sends beyond that is not answered. */
static void
test_moves(void)
{
	struct world *w = begin(40);
	struct guest *c = behind(w, 40, 1);
	uint64_t heard, sent = w->sent;
	unsigned int moved = 0, challenged = 0;

	CU_ASSERT_TRUE(guest_enter(c));
	for (uint8_t i = 1; i <= 20; i++)
		moved += moves(c, i, NULL);
	CU_ASSERT_EQUAL(moved, 4);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_RATE], 16);
	/* Nor is it who has the answer to an old CHALLENGE. */
	sent = w->sent;
	moves(c, 4, &c->challenge.cookie);
	CU_ASSERT_EQUAL(w->sent, sent + 1); /* where it is */
	moves(c, 5, &c->challenge.cookie);
	CU_ASSERT_EQUAL(w->sent, sent + 1);
	heard = heard_by(w, 0, 40);
	for (uint32_t i = 0; i < 400; i++) {
		world_until(w, w->now + USEC_PER_SEC / 4);
		if (i % 20 == 0)
			beat(w, 0, 40);
		challenged += moves(c, (uint8_t)(100 + i % 100), NULL);
	}
	CU_ASSERT(challenged >= 1 && challenged <= 11);
	CU_ASSERT(heard_by(w, 0, 40) - heard <=
	    40 * (20 * WIRE_CONTROL_LEN + 12 * 100));
	world_free(w);
}

/*
 * Who had an address for a moment has kept cookies for it, some to join and one
 * to move. All that comes of them is a few answers, each three times as long as
 * what it took, and one TELL_BURST; and soon nothing but answers.
 */
static void
test_kept_cookies(void)
{
	struct world *w = begin(100);
	struct wire_cookie kept;
	uint64_t heard, sent = 0, kept_at, before;
	uint8_t buf[WIRE_MAX];
	bool late = false;
	struct guest *c;

	for (uint32_t i = 100; i < 110; i++) {
		c = behind(w, i, 1);
		c->attempt++;
		c->nonce[0] = (uint8_t)i;
		sent += guest_hello(c, buf);
		world_packet(w, &c->addr, buf, guest_hello(c, buf));
		c->mute = true;
	}
	for (uint32_t i = 100; i < 110; i++) {
		c = &w->clients[i];
		sent += guest_join(c, buf);
		world_packet(w, &c->addr, buf, guest_join(c, buf));
		world_run(w);
		CU_ASSERT_EQUAL(c->welcomes, 1);
		world_until(w, w->now + FAKE_FLUSH);
		churn(w, 50, 100, 5 * FAKE_FLUSH);
		sent += guest_asks(c, WIRE_LEAVE);
		beat(w, 0, 100);
	}
	heard = heard_by(w, 100, 110);
	CU_ASSERT(heard > TELL_BURST);
	CU_ASSERT(heard <= WIRE_SYNC_FACTOR * sent + TELL_BURST);
	/* The same by moving between that address and one's own. */
	c = guest_new(w, 110, 'x');
	w->no_limits = true;
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_TRUE(moves(c, 0xee, NULL));
	kept = c->challenge.cookie;
	kept_at = w->now;
	CU_ASSERT_TRUE(moves(c, 0xef, NULL));
	heard = 0;
	for (int i = 0; i < 8; i++) {
		before = c->heard;
		late = w->now - kept_at >= 10 * USEC_PER_SEC;
		moves(c, 0xee, &kept);
		CU_ASSERT_EQUAL(addr_equal(&w->last_to, &c->addr), true);
		churn(w, 50, 100, 5 * FAKE_FLUSH);
		/* It stays, it says. */
		for (int j = 0; j < 5; j++) {
			world_until(w, w->now + USEC_PER_SEC);
			moves(c, 0xee, &kept);
		}
		heard += c->heard - before;
		CU_ASSERT(!late || c->heard - before <= 6 * WIRE_CONTROL_LEN);
		CU_ASSERT_TRUE(moves(c, 0xef, NULL));
		beat(w, 0, 100);
	}
	CU_ASSERT(late && heard > 8 * 6 * WIRE_CONTROL_LEN);
	CU_ASSERT(heard <= TELL_BURST + 8 * 6 * WIRE_CONTROL_LEN);
	world_free(w);
}

/* A cookie that was kept for a while brings a WELCOME, which is shorter than the
 * JOIN. Who is slow, but there, gets all of the rest for the asking. */
static void
test_kept_joins(void)
{
	struct world *w = begin(100);
	uint64_t heard, sent = 0;
	uint8_t buf[WIRE_MAX];
	struct guest *c;

	for (uint32_t i = 100; i < 228; i++) {
		c = behind(w, i, 1);
		c->attempt++;
		c->nonce[0] = (uint8_t)i;
		world_packet(w, &c->addr, buf, guest_hello(c, buf));
		c->mute = true;
	}
	heard = heard_by(w, 100, 228);
	world_until(w, w->now + 10 * USEC_PER_SEC);
	for (uint32_t i = 100; i < 227; i++) {
		/* For as long as they are good. */
		world_until(w, w->now + USEC_PER_SEC * 4 / 5);
		if (i % 10 == 0)
			beat(w, 0, 100);
		c = &w->clients[i];
		sent += guest_join(c, buf);
		world_packet(w, &c->addr, buf, guest_join(c, buf));
		world_run(w);
		CU_ASSERT_EQUAL(c->welcomes, 1);
		world_until(w, w->now + FAKE_FLUSH);
		sent += guest_asks(c, WIRE_LEAVE);
	}
	CU_ASSERT(heard_by(w, 100, 227) - heard <= sent);
	c = &w->clients[227];
	c->mute = false;
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	world_run(w);
	CU_ASSERT_EQUAL(c->rosters, 0);
	guest_send(c, WIRE_SYNC);
	guest_send(c, WIRE_SYNC);
	CU_ASSERT_EQUAL(c->version, c->room_version);
	world_free(w);
}

void
bootnode_echo_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_echo", NULL, NULL);

	CU_add_test(suite, "a source that is forged", test_forged_source);
	CU_add_test(suite, "three times the question", test_factor);
	CU_add_test(suite, "three times the joining", test_joining);
	CU_add_test(suite, "changes while it is read", test_changes);
	CU_add_test(suite, "lost acknowledgements", test_lost_acks);
	CU_add_test(suite, "a budget for what others do", test_budget);
	CU_add_test(suite, "echoes that were kept", test_kept_echoes);
	CU_add_test(suite, "an office", test_office);
	CU_add_test(suite, "moves", test_moves);
	CU_add_test(suite, "cookies that were kept", test_kept_cookies);
	CU_add_test(suite, "cookies to join that were kept", test_kept_joins);
}
