/*
 * A private bootnode: nobody without one of its keys gets a datagram out of it,
 * whatever it is sent; who has one notices nothing; and a key can be taken
 * back. PROTOCOL.md section 2.17.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/parts.h"

#include "common/log.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

void bootnode_access_suite(void);

static const char *const names[] = { "anna", "bert", "carl" };
#define NAMES 3

static struct guest *
guest_of(struct world *w, uint32_t index, const char *name)
{
	struct guest *c = guest_new(w, index, 'x');

	c->access = name != NULL ? fake_access(name) : NULL;
	return c;
}

/* Gives it a packet, which leads to nothing. */
static void
check_silent(struct world *w, const struct guest *c, const uint8_t *buf,
    size_t len)
{
	uint64_t sent = w->sent, dropped = w->bootnode->stats.dropped;

	world_packet(w, &c->addr, buf, len);
	world_run(w);
	CU_ASSERT_EQUAL(w->sent, sent);
	CU_ASSERT_EQUAL(w->bootnode->stats.dropped, dropped + 1);
}

/* Every key lets somebody in, and the log says which. */
static void
test_each_key(void)
{
	struct world *w = world_private(names, NAMES);

	for (uint32_t i = 0; i < NAMES; i++) {
		struct guest *c = guest_of(w, i, names[i]);
		const struct session *s;

		CU_ASSERT_TRUE_FATAL(guest_enter(c));
		s = registry_find(&w->bootnode->registry, c->session);
		CU_ASSERT_PTR_NOT_NULL_FATAL(s);
		CU_ASSERT_STRING_EQUAL(access_name(&w->bootnode->access,
					   s->access),
		    names[i]);
	}
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_TRUE(guest_knows(&w->clients[0], 0, NAMES));
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_ACCESS], 0);
	guest_send(&w->clients[1], WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(w->clients[1].acks, 1);
	guest_send(&w->clients[1], WIRE_SYNC);
	CU_ASSERT_EQUAL(w->clients[1].acks, 2);
	guest_send(&w->clients[2], WIRE_LEAVE);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_TRUE(guest_knows(&w->clients[0], 0, 2));
	world_free(w);
}

/* Neither without a key nor with another one. */
static void
test_hello(void)
{
	struct world *w = world_private(names, NAMES);
	struct guest *none = guest_of(w, 0, NULL);
	struct guest *other = guest_of(w, 1, "dora");
	struct guest *anna = guest_of(w, 2, "anna");
	uint8_t buf[WIRE_MAX];
	size_t len;

	check_silent(w, none, buf, guest_hello(none, buf));
	check_silent(w, other, buf, guest_hello(other, buf));
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_ACCESS], 2);
	/* No byte that it covers can be another, nor of itself. */
	for (size_t i = WIRE_HEADER_LEN;
	     i < WIRE_HEADER_LEN + NONCE_LEN + SIPHASH_MAC; i++) {
		len = guest_hello(anna, buf);
		buf[i] ^= 0x10;
		check_silent(w, anna, buf, len);
	}
	CU_ASSERT_EQUAL(world_packet(w, &anna->addr, buf,
			    guest_hello(anna, buf)),
	    WIRE_COOKIE_LEN);
	world_free(w);
}

/* A HELLO that was recorded and sent again gets a COOKIE, but nobody gets on
 * from there without a key. */
static void
test_join(void)
{
	struct world *w = world_private(names, NAMES);
	struct guest *c = guest_of(w, 0, "anna");
	uint8_t buf[WIRE_MAX];
	size_t len;

	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	CU_ASSERT_EQUAL_FATAL(c->cookies, 1);
	c->attempt++;
	c->access = NULL;
	check_silent(w, c, buf, guest_join(c, buf));
	c->access = fake_access("dora");
	check_silent(w, c, buf, guest_join(c, buf));
	c->access = fake_access("anna");
	len = guest_join(c, buf);
	buf[len - SIPHASH_MAC - 1] ^= 1; /* of what is sealed */
	check_silent(w, c, buf, len);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_ACCESS], 3);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 0);
	/* The cookie of one key's HELLO does for another key's JOIN. */
	c->access = fake_access("bert");
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	world_run(w);
	CU_ASSERT_EQUAL(c->welcomes, 1);
	/* A copy of it gets the same answer. */
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	CU_ASSERT_EQUAL(c->welcomes, 2);
	world_free(w);
}

/* Writes a packet of this type as a stranger may: of an unknown session. */
static size_t
stranger_says(struct guest *c, enum wire_type type, uint8_t *buf)
{
	static const uint8_t nested[WIRE_PROBE_LEN] = { WIRE_PROBE, 1 };
	struct wire_reflect reflect = { .type = type, .session = 7 };
	struct wire_relay relay = { .session = 7,
		.packet = nested,
		.packet_len = sizeof(nested) };

	switch (type) {
	case WIRE_HELLO:
		return guest_hello(c, buf);
	case WIRE_JOIN:
		return guest_join(c, buf);
	case WIRE_HEARTBEAT:
	case WIRE_SYNC:
	case WIRE_LEAVE:
		return guest_control(c, type, buf);
	case WIRE_CHALLENGE_REPLY:
		return guest_reply(c, buf);
	case WIRE_REFLECT:
		return wire_put_reflect(buf, &reflect, MAC_KEY(c->token));
	case WIRE_RELAY:
		return wire_put_relay(buf, &relay, MAC_KEY(c->token));
	default:
		memset(buf, 0, WIRE_MAX);
		buf[0] = (uint8_t)type;
		buf[1] = WIRE_VERSION;
		return 64;
	}
}

/* Every type there is, and bytes that are none, of every length; with the MAC
 * of another key, too. */
static void
test_every_type(void)
{
	struct world *w = world_private(names, NAMES);
	struct guest *c = guest_of(w, 0, NULL);
	uint8_t buf[WIRE_MAX + 16];

	c->session = 7;
	for (unsigned int type = 1; type < WIRE_TYPE_COUNT; type++) {
		c->access = NULL;
		check_silent(w, c, buf,
		    stranger_says(c, (enum wire_type)type, buf));
		c->access = fake_access("dora");
		check_silent(w, c, buf,
		    stranger_says(c, (enum wire_type)type, buf));
	}
	for (size_t len = 0; len <= WIRE_MAX; len++)
		for (unsigned int type = 0; type <= WIRE_TYPE_COUNT;
		     type += 5) {
			for (size_t i = 0; i < len; i++)
				buf[i] = (uint8_t)world_random(w);
			if (len > 2) {
				buf[0] = (uint8_t)type;
				buf[1] = WIRE_VERSION;
				buf[2] = 0;
			}
			check_silent(w, c, buf, len);
		}
	CU_ASSERT_EQUAL(w->sent, 0);
	world_free(w);
}

/* After a restart, clients learn it as soon as those of a public bootnode, and
 * strangers do not. */
static void
test_restarted(void)
{
	static const enum wire_type types[] = { WIRE_HEARTBEAT, WIRE_SYNC,
		WIRE_LEAVE };
	struct world *w = world_private(names, NAMES);
	struct guest *c = guest_of(w, 0, "bert");
	uint8_t buf[WIRE_MAX];

	CU_ASSERT_TRUE_FATAL(guest_enter(c));
	world_again(w);
	world_access(w, names, NAMES);
	for (unsigned int i = 0; i < 3; i++) {
		c->access = fake_access("bert");
		guest_send(c, types[i]);
		CU_ASSERT_EQUAL(c->rejects, i + 1);
		CU_ASSERT_EQUAL(c->reject.reason, REJECT_UNKNOWN_SESSION);
		CU_ASSERT(w->last_len <= WIRE_CONTROL_LEN);
		c->access = fake_access("dora");
		check_silent(w, c, buf, guest_control(c, types[i], buf));
		c->access = NULL;
		check_silent(w, c, buf, guest_control(c, types[i], buf));
	}
	c->access = fake_access("bert");
	CU_ASSERT_TRUE(guest_enter(c));
	world_free(w);
}

/* The session's own MAC says enough, whatever comes after it; a forged one is
 * no better for an access MAC. */
static void
test_session(void)
{
	struct world *w = world_private(names, NAMES);
	struct guest *c = guest_of(w, 0, "carl");
	uint8_t buf[WIRE_MAX];
	size_t len;

	CU_ASSERT_TRUE_FATAL(guest_enter(c));
	c->access = NULL;
	guest_send(c, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(c->acks, 1);
	c->access = fake_access("carl");
	len = guest_control(c, WIRE_HEARTBEAT, buf);
	CU_ASSERT_EQUAL(len, WIRE_CONTROL_LEN + SIPHASH_MAC);
	buf[30] ^= 1;
	check_silent(w, c, buf, len);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_FORGED], 1);
	world_free(w);
}

/* Another key is given, one is taken back: its sessions end, and nobody else's;
 * who had it gets no answer any more. */
static void
test_taken_back(void)
{
	static const char *const others[] = { "dora", "carl", "anna" };
	struct world *w = world_private(names, NAMES);
	uint8_t buf[WIRE_MAX];
	struct guest *dora;

	for (uint32_t i = 0; i < NAMES; i++)
		CU_ASSERT_TRUE_FATAL(guest_enter(guest_of(w, i, names[i])));
	world_until(w, w->now + FAKE_FLUSH);
	world_access(w, others, 3);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 2);
	CU_ASSERT_FALSE(w->clients[0].known[1].present);
	CU_ASSERT_TRUE(w->clients[2].known[0].present);
	check_silent(w, &w->clients[1], buf,
	    guest_control(&w->clients[1], WIRE_HEARTBEAT, buf));
	check_silent(w, &w->clients[1], buf, guest_hello(&w->clients[1], buf));
	guest_send(&w->clients[0], WIRE_HEARTBEAT);
	guest_send(&w->clients[2], WIRE_HEARTBEAT);
	CU_ASSERT(w->clients[0].acks == 1 && w->clients[2].acks == 1);
	dora = guest_of(w, 4, "dora");
	CU_ASSERT_TRUE(guest_enter(dora));
	world_free(w);
}

/* The keys become these while cryptod opens a JOIN that was made with the first
 * of them all. Returns whose it is. */
static struct guest *
joins_while(struct world *w, const char *const keys[], size_t count)
{
	struct guest *c = guest_of(w, 0, "anna");
	uint8_t buf[WIRE_MAX];

	world_packet(w, &c->addr, buf, guest_hello(c, buf));
	c->attempt++;
	w->stuck_at = IPC_JOIN_OPEN;
	world_packet(w, &c->addr, buf, guest_join(c, buf));
	world_access(w, keys, count);
	world_until(w, w->now + FAKE_FLUSH);
	w->stuck_at = IPC_NONE;
	world_run(w);
	return c;
}

/* A key is taken back while cryptod opens a JOIN that was made with it. */
static void
test_taken_back_meanwhile(void)
{
	struct world *w = world_private(names, NAMES);
	struct guest *c = joins_while(w, names + 1, NAMES - 1);

	CU_ASSERT_EQUAL(c->welcomes, 0);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_ACCESS], 1);
	world_free(w);
}

/* A bootnode that becomes private ends the sessions of all, since it does not
 * know who of them has a key; the other way round everybody stays. */
static void
test_opened_and_closed(void)
{
	struct world *w = world_new(256, 64);
	struct guest *none = guest_of(w, 0, NULL);
	struct guest *anna = guest_of(w, 1, "anna");

	/* A public one lets in who has a key, too. */
	CU_ASSERT_TRUE(guest_enter(none));
	CU_ASSERT_TRUE(guest_enter(anna));
	guest_send(anna, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(anna->acks, 1);
	world_access(w, names, NAMES);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	CU_ASSERT_TRUE(guest_enter(anna));
	CU_ASSERT_FALSE(guest_enter(none));
	world_access(w, NULL, 0);
	world_until(w, w->now + 3 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 1);
	guest_send(anna, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(anna->acks, 2);
	CU_ASSERT_TRUE(guest_enter(none));
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 2);
	/* It has forgotten whose key it was. */
	world_access(w, names, NAMES);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	world_free(w);
}

/* A bootnode becomes public while cryptod opens a JOIN that was made with a
 * key. */
static void
test_opened_meanwhile(void)
{
	struct world *w = world_private(names, NAMES);
	struct guest *c = joins_while(w, NULL, 0);

	CU_ASSERT_EQUAL(c->welcomes, 1);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 1);
	CU_ASSERT_EQUAL(w->bootnode->stats.drops[DROP_ACCESS], 0);
	world_free(w);
}

static unsigned int lefts, revoked; /* lines, and sessions */

static void
on_log(enum log_level level, bool event, const char *text)
{
	(void)level;
	(void)event;
	lefts += strncmp(text, "left ", 5) == 0;
	if (strncmp(text, "revoked sessions=", 17) == 0)
		revoked += (unsigned int)strtoul(text + 17, NULL, 10);
}

/* Many sessions end a few at a time, and all of them in the end. The log has
 * their number alone. */
static void
test_many_end(void)
{
	struct world *w = world_private(names, NAMES);
	uint32_t left;

	for (uint32_t i = 0; i < FAKE_CLIENTS; i++) {
		struct guest *c = guest_of(w, i, names[i % 2]);

		c->tag.bytes[0] = (uint8_t)(i / 8);
		CU_ASSERT_TRUE(guest_enter(c));
	}
	world_until(w, w->now + FAKE_FLUSH);
	lefts = revoked = 0;
	log_to_function(on_log);
	world_access(w, names + 2, 1);
	bootnode_timer(w->bootnode, w->now);
	left = w->bootnode->registry.session_count;
	CU_ASSERT(left > 0 && left < FAKE_CLIENTS);
	world_until(w, w->now + USEC_PER_SEC);
	log_to_function(NULL);
	CU_ASSERT_EQUAL(w->bootnode->registry.session_count, 0);
	CU_ASSERT_EQUAL(revoked, FAKE_CLIENTS);
	CU_ASSERT_EQUAL(lefts, 0);
	world_free(w);
}

/* As many keys as there can be, all others each time, more often than there are
 * numbers for them: none has two holders. */
static void
test_numbers(void)
{
	static struct access a;
	static struct ipc_access_keys keys;
	bool seen[UINT16_MAX + 1];
	uint16_t first = 0;

	keys.private = 1;
	keys.count = ACCESS_KEYS_MAX;
	for (unsigned int round = 0; round < 600; round++) {
		for (size_t i = 1; i < ACCESS_KEYS_MAX; i++) {
			memcpy(keys.at[i].mac_key, &round, sizeof(round));
			keys.at[i].mac_key[8] = (uint8_t)i;
		}
		access_set(&a, &keys);
		memset(seen, 0, sizeof(seen));
		for (size_t i = 0; i < a.count; i++) {
			CU_ASSERT_NOT_EQUAL(a.at[i].number, ACCESS_PUBLIC);
			CU_ASSERT_FALSE(seen[a.at[i].number]);
			seen[a.at[i].number] = true;
		}
		/* The one that stays keeps its own. */
		if (round == 0)
			first = a.at[0].number;
		CU_ASSERT_EQUAL(a.at[0].number, first);
	}
}

void
bootnode_access_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_access", NULL, NULL);

	CU_add_test(suite, "each key lets in", test_each_key);
	CU_add_test(suite, "HELLO", test_hello);
	CU_add_test(suite, "JOIN", test_join);
	CU_add_test(suite, "every type", test_every_type);
	CU_add_test(suite, "restarted", test_restarted);
	CU_add_test(suite, "in a session", test_session);
	CU_add_test(suite, "a key taken back", test_taken_back);
	CU_add_test(suite, "taken back meanwhile", test_taken_back_meanwhile);
	CU_add_test(suite, "opened and closed", test_opened_and_closed);
	CU_add_test(suite, "opened meanwhile", test_opened_meanwhile);
	CU_add_test(suite, "many end", test_many_end);
	CU_add_test(suite, "numbers", test_numbers);
}
