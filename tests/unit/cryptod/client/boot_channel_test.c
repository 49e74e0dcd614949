/*
 * How a client's cryptod gets the keys of its room (boot_channel.c). They
 * depend on the bootnode's key: as long as that is unknown cryptod waits for
 * the first COOKIE, and keeps the keys only once the WELCOME has come.
 */
#include "cryptod/client/boot_channel.h"
#include "cryptod/join.h"
#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/ipc_pair.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>

void boot_channel_suite(void);

#define ROOM "kitchen"

struct trial {
	struct stage s;
	struct child child;
	struct ipc_channel launcher; /* the launcher's end */
	/* The last JOIN, and the bootnode's side of its handshake. */
	uint8_t start[WIRE_JOIN_OVERHEAD], message[WIRE_MAX];
	size_t len;
	struct noise noise;
	struct ipc_message_in in; /* which brought it, until the next */
};

static const struct room_secret words = { SECRET_PASSPHRASE, 5, "seven" };

/* A client that has never met a bootnode. */
static void
set_up(struct trial *t)
{
	struct client *c;

	memset(t, 0, sizeof(*t));
	stage_open(&t->s, true);
	c = t->s.c;
	c->child = &t->child;
	ipc_pair(&t->child.control, ROLE_CRYPTOD, &t->launcher, ROLE_LAUNCHER);
	memcpy(c->config.room, ROOM, strlen(ROOM));
	c->config.room_len = (uint16_t)strlen(ROOM);
	c->boot.ever_joined = c->boot.up = false;
	memset(&c->secrets->room, 0, sizeof(c->secrets->room));
	c->secrets->secret = crypto_secret_alloc(sizeof(words));
	*c->secrets->secret = words;
}

static void
tear_down(struct trial *t)
{
	crypto_secret_free(t->s.c->secrets->secret, sizeof(words));
	ipc_close(&t->child.control);
	ipc_close(&t->launcher);
	stage_close(&t->s);
}

/* netd brings a COOKIE of that bootnode. Returns false if cryptod refuses it;
 * otherwise *join is the content of the JOIN. */
static bool
join(struct trial *t, const struct x25519_key *boot, struct bootmsg_join *join)
{
	struct ipc_boot_cookie cookie = { .addr.port = 9595,
		.skips = { { 31, 32, 33 }, 3, { 0 } } };
	static uint8_t payload[WIRE_MAX];
	size_t len;

	memcpy(cookie.boot_key, boot->public_key, X25519_LEN);
	crypto_random(cookie.start, sizeof(cookie.start));
	CU_ASSERT_EQUAL(boot_cookie(t->s.c, MESSAGE(t->s.c->now, &cookie)), 0);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&t->s.netd, &t->in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(t->in.type, IPC_BOOT_JOIN);
	if (t->in.tail_len == 0)
		return false;
	memcpy(t->start, cookie.start, sizeof(t->start));
	memcpy(t->message, t->in.tail, t->in.tail_len);
	t->len = t->in.tail_len;
	join_handshake(&t->noise, false, cookie.start, boot, NULL);
	CU_ASSERT_EQUAL_FATAL(noise_read(&t->noise, t->in.tail, t->in.tail_len,
				  payload, &len),
	    0);
	CU_ASSERT_EQUAL_FATAL(bootmsg_get_join(payload, len, join), 0);
	return true;
}

static const struct bootmsg_welcome admitted = {
	.session = 7,
	.observed = { .ip = { [10] = 0xff, [11] = 0xff, 192, 0, 2, 1 },
	    .port = 4545 },
	.timeout_ms = 15000,
	.interval_ms = 10000,
	.version = 1,
	.relay_rate = 333,
	.reflect_port = 44,
	.echo = 55,
};

/* A WELCOME comes. */
static void
bring_welcome(struct trial *t, const uint8_t *message, size_t len)
{
	const struct ipc_boot_welcome body = { .addr.port = 9595 };

	CU_ASSERT_EQUAL(boot_welcome(t->s.c,
			    MESSAGE_WITH(t->s.c->now, &body, message, len)),
	    0);
}

/* The bootnode that had the last JOIN admits us. */
static void
welcome(struct trial *t)
{
	uint8_t payload[WIRE_MAX], message[WIRE_MAX];
	size_t len = bootmsg_put_welcome(payload, sizeof(payload), &admitted);

	len = noise_write(&t->noise, payload, len, message);
	bring_welcome(t, message, len);
	CU_ASSERT_TRUE(t->s.c->boot.have_session);
}

/* Returns whether the tag is that of our room at this bootnode. */
static bool
is_room_of(const struct bootmsg_join *join, const struct x25519_key *boot)
{
	struct room room;

	room_derive(&room, boot->public_key, ROOM, strlen(ROOM), &words);
	return memcmp(&room.tag, &join->tag, sizeof(room.tag)) == 0;
}

/* Returns whether the id that the bootnode makes of this is ours. */
static bool
is_our_id(const struct trial *t, const struct bootmsg_join *join)
{
	struct peer_id id;

	claim_id(&id, join->token, join->commitment);
	return memcmp(&id, &t->s.c->id, sizeof(id)) == 0 &&
	    claim_holds(&t->s.c->secrets->us.claim,
		t->s.c->secrets->identity.public_key, &id);
}

/* One bootnode answers and is never heard again; another admits us. */
static void
test_first_meeting(void)
{
	struct x25519_key one, other;
	struct bootmsg_join first, second, third;
	struct client_secrets *s;
	struct ipc_message_in in;
	struct trial t;

	set_up(&t);
	s = t.s.c->secrets;
	crypto_keypair(&one);
	crypto_keypair(&other);
	CU_ASSERT_TRUE(join(&t, &one, &first));
	CU_ASSERT_TRUE(is_room_of(&first, &one));
	CU_ASSERT_PTR_NOT_NULL(s->secret); /* no key is proved yet */
	CU_ASSERT_TRUE(join(&t, &other, &second));
	CU_ASSERT_TRUE(is_room_of(&second, &other));
	CU_ASSERT_NOT_EQUAL(memcmp(&first.tag, &second.tag, ROOM_TAG_LEN), 0);
	/* Nothing that the first has seen of us is of use to it at the
	 * second. */
	CU_ASSERT_NOT_EQUAL(memcmp(first.token, second.token, PEER_TOKEN_LEN),
	    0);
	CU_ASSERT_NOT_EQUAL(memcmp(first.commitment, second.commitment,
				PEER_COMMITMENT_LEN),
	    0);
	CU_ASSERT_TRUE(is_our_id(&t, &second));
	CU_ASSERT_EQUAL(memcmp(&second.tag, &s->room.tag, ROOM_TAG_LEN), 0);
	CU_ASSERT_PTR_NOT_NULL(s->secret);
	welcome(&t);
	CU_ASSERT_PTR_NULL(s->secret);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&t.launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_REMEMBER);
	CU_ASSERT_EQUAL(memcmp(in.body, other.public_key, X25519_LEN), 0);
	/* From now on the room is that of this bootnode, and of no other. */
	CU_ASSERT_EQUAL(ipc_receive(&t.s.netd, &in), IPC_GOT); /* session */
	CU_ASSERT_FALSE(join(&t, &one, &third));
	CU_ASSERT_TRUE(join(&t, &other, &third));
	CU_ASSERT_EQUAL(memcmp(&second.tag, &third.tag, ROOM_TAG_LEN), 0);
	CU_ASSERT_EQUAL(memcmp(second.token, third.token, PEER_TOKEN_LEN), 0);
	CU_ASSERT_TRUE(is_our_id(&t, &third));
	tear_down(&t);
}

/* The same key again is no reason for another scrypt. */
static void
test_once_for_a_key(void)
{
	struct bootmsg_join first;
	struct x25519_key boot;
	struct trial t;

	set_up(&t);
	crypto_keypair(&boot);
	CU_ASSERT_TRUE(join(&t, &boot, &first));
	t.s.c->secrets->secret->bytes[0] ^= 1; /* nobody reads this again */
	for (int i = 0; i < 3; i++) {
		struct bootmsg_join again;

		CU_ASSERT_TRUE(join(&t, &boot, &again));
		CU_ASSERT_EQUAL(memcmp(&first.tag, &again.tag, ROOM_TAG_LEN),
		    0);
	}
	tear_down(&t);
}

/* The bootnode's key is known at the start: the passphrase is gone before
 * anybody on the network has said a word. */
static void
test_known_at_start(void)
{
	struct bootmsg_join first;
	struct x25519_key boot;
	struct trial t;

	set_up(&t);
	crypto_keypair(&boot);
	boot_derive(t.s.c, boot.public_key);
	boot_keep(t.s.c);
	CU_ASSERT_PTR_NULL(t.s.c->secrets->secret);
	t.s.c->boot.known = true;
	memcpy(t.s.c->config.boot_key, boot.public_key, X25519_LEN);
	CU_ASSERT_TRUE(join(&t, &boot, &first));
	CU_ASSERT_TRUE(is_room_of(&first, &boot));
	tear_down(&t);
}

/* A sealed JOIN opens only with its own nonce and cookie, and so only for its
 * own address. */
static void
test_sealed_for_one(void)
{
	uint8_t payload[WIRE_MAX];
	struct bootmsg_join first;
	struct x25519_key boot;
	struct noise noise;
	struct trial t;
	size_t len;

	set_up(&t);
	crypto_keypair(&boot);
	CU_ASSERT_TRUE(join(&t, &boot, &first));
	for (size_t i = 0; i < sizeof(t.start); i++) {
		t.start[i] ^= 1;
		join_handshake(&noise, false, t.start, &boot, NULL);
		CU_ASSERT_EQUAL(noise_read(&noise, t.message, t.len, payload,
				    &len),
		    -1);
		t.start[i] ^= 1;
	}
	tear_down(&t);
}

/* A bootnode shows a key that makes no secret. It gets no JOIN, its answers
 * count for nothing, and the next bootnode is asked as ever. */
static void
test_no_secret(void)
{
	struct ipc_boot_welcome body = { .addr.port = 9595 };
	struct x25519_key none = { .public_key = { 0 } }, boot;
	uint8_t message[WIRE_MAX] = { 0 };
	struct ipc_message_in in;
	struct bootmsg_join said;
	struct trial t;

	set_up(&t);
	crypto_keypair(&boot);
	CU_ASSERT_FALSE(join(&t, &none, &said));
	CU_ASSERT_FALSE(t.s.c->boot.joining);
	CU_ASSERT_EQUAL(boot_welcome(t.s.c,
			    MESSAGE_WITH(t.s.c->now, &body, message,
				sizeof(message))),
	    0);
	CU_ASSERT_FALSE(t.s.c->boot.have_session);
	CU_ASSERT_EQUAL(ipc_receive(&t.s.netd, &in), IPC_EMPTY);
	CU_ASSERT_EQUAL(ipc_receive(&t.launcher, &in), IPC_EMPTY);
	CU_ASSERT_PTR_NOT_NULL(t.s.c->secrets->secret);
	CU_ASSERT_TRUE(join(&t, &boot, &said));
	CU_ASSERT_TRUE(t.s.c->boot.joining);
	welcome(&t);
	tear_down(&t);
}

/* A client that knows the bootnode, and so needs no scrypt. */
static void
set_up_known(struct trial *t, const struct x25519_key *boot)
{
	set_up(t);
	boot_keep(t->s.c);
	t->s.c->boot.known = true;
	memcpy(t->s.c->config.boot_key, boot->public_key, X25519_LEN);
}

/* netd hears of the session what the bootnode said, and with which keys its
 * control packets and a REJECT are made. */
static void
test_session(void)
{
	const struct ipc_boot_session *session;
	uint8_t key[SIPHASH_KEY];
	struct bootmsg_join said;
	struct ipc_message_in in;
	struct x25519_key boot;
	struct trial t;

	crypto_keypair(&boot);
	set_up_known(&t, &boot);
	t.s.c->boot.version = 9;
	t.s.c->boot.roster_open = true;
	replay_mark(&t.s.c->boot.replay, 0);
	CU_ASSERT_TRUE(join(&t, &boot, &said));
	welcome(&t);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&t.s.netd, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_BOOT_SESSION);
	session = in.body;
	CU_ASSERT_EQUAL(session->session, 7);
	CU_ASSERT_EQUAL(session->interval_ms, 10000);
	CU_ASSERT_EQUAL(session->timeout_ms, 15000);
	CU_ASSERT_EQUAL(session->relay_rate, 333);
	CU_ASSERT_EQUAL(session->reflect_port, 44);
	CU_ASSERT_EQUAL(session->echo, 55);
	CU_ASSERT_TRUE(addr_equal(&session->observed, &admitted.observed));
	join_control_key(&t.noise, key);
	CU_ASSERT_EQUAL(memcmp(session->mac_key, key, SIPHASH_KEY), 0);
	/* It is known, and its room is another one now. */
	CU_ASSERT_EQUAL(ipc_receive(&t.launcher, &in), IPC_EMPTY);
	CU_ASSERT_EQUAL(t.s.c->boot.version, 0);
	CU_ASSERT_FALSE(t.s.c->boot.roster_open);
	CU_ASSERT_TRUE(replay_ok(&t.s.c->boot.replay, 0));
	tear_down(&t);
}

/* What the JOIN says of us, and the key of a REJECT that answers it. */
static void
test_join(void)
{
	const struct ipc_boot_join *sent;
	uint8_t key[SIPHASH_KEY];
	struct bootmsg_join said;
	struct x25519_key boot;
	struct trial t;

	crypto_keypair(&boot);
	for (int hidden = 0; hidden < 2; hidden++) {
		set_up_known(&t, &boot);
		t.s.c->config.hidden = hidden == 1;
		t.s.c->boot.attempt = 70;
		CU_ASSERT_TRUE(join(&t, &boot, &said));
		CU_ASSERT_EQUAL(said.flags, hidden ? JOIN_HIDDEN : 0);
		CU_ASSERT_EQUAL(said.attempt, 71);
		CU_ASSERT_EQUAL(said.skips.count, 3);
		CU_ASSERT_EQUAL(said.skips.names[2], 33);
		sent = t.in.body;
		CU_ASSERT_EQUAL(sent->addr.port, 9595);
		join_reject_key(&t.noise, key);
		CU_ASSERT_EQUAL(memcmp(sent->reject_key, key, SIPHASH_KEY), 0);
		tear_down(&t);
	}
}

/* A WELCOME counts if it answers our JOIN, and once. */
static void
test_false_welcome(void)
{
	uint8_t payload[WIRE_MAX], message[WIRE_MAX];
	struct bootmsg_welcome none = admitted;
	struct bootmsg_join said;
	struct x25519_key boot;
	struct trial t;
	size_t len;

	crypto_keypair(&boot);
	set_up_known(&t, &boot);
	memset(message, 7, sizeof(message));
	bring_welcome(&t, message, 100); /* there was no JOIN */
	CU_ASSERT_TRUE(join(&t, &boot, &said));
	bring_welcome(&t, message, 100);
	CU_ASSERT_FALSE(t.s.c->boot.have_session);
	CU_ASSERT_TRUE(join(&t, &boot, &said));
	none.session = 0;
	len = bootmsg_put_welcome(payload, sizeof(payload), &none);
	len = noise_write(&t.noise, payload, len, message);
	bring_welcome(&t, message, len);
	CU_ASSERT_FALSE(t.s.c->boot.have_session);
	CU_ASSERT_TRUE(join(&t, &boot, &said));
	welcome(&t);
	CU_ASSERT_FALSE(t.s.c->boot.joining);
	tear_down(&t);
}

/* Another node has the room: netd hears which, and there is no session. The key
 * is proved: the next node has to have the same. */
static void
test_redirect(void)
{
	const struct bootmsg_redirect r = { .token = { 90, "a token's MAC.." },
		.count = 2,
		.addrs = { { .ip = { 0x20 }, .port = 1 },
		    { .ip = { 0x20, 1 }, .port = 2 } } };
	const struct ipc_boot_node *node;
	uint8_t payload[WIRE_MAX], message[WIRE_MAX];
	struct x25519_key boot, other;
	struct ipc_message_in in;
	struct bootmsg_join said;
	struct trial t;
	size_t len;

	set_up(&t);
	crypto_keypair(&boot);
	crypto_keypair(&other);
	CU_ASSERT_TRUE(join(&t, &boot, &said));
	len = bootmsg_put_redirect(payload, sizeof(payload), &r);
	len = noise_write(&t.noise, payload, len, message);
	bring_welcome(&t, message, len);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&t.s.netd, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_BOOT_REDIRECT);
	node = in.body;
	CU_ASSERT_EQUAL(node->count, 2);
	CU_ASSERT_EQUAL(memcmp(&node->token, &r.token, sizeof(r.token)), 0);
	CU_ASSERT_TRUE(addr_equal(&node->addrs[1], &r.addrs[1]));
	CU_ASSERT_FALSE(t.s.c->boot.have_session);
	CU_ASSERT_FALSE(t.s.c->boot.up);
	CU_ASSERT_PTR_NULL(t.s.c->secrets->secret);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&t.launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_REMEMBER);
	bring_welcome(&t, message, len); /* it counts once */
	CU_ASSERT_EQUAL(ipc_receive(&t.s.netd, &in), IPC_EMPTY);
	CU_ASSERT_FALSE(join(&t, &other, &said));
	CU_ASSERT_TRUE(join(&t, &boot, &said));
	welcome(&t);
	tear_down(&t);
}

/* Who leaves does not join; and who has no address cannot have been sent a
 * COOKIE. */
static void
test_no_join(void)
{
	const struct ipc_boot_cookie cookie = { .addr.port = 9595 };
	struct ipc_message_in in;
	struct trial t;

	set_up(&t);
	t.s.c->leaving = true;
	CU_ASSERT_EQUAL(boot_cookie(t.s.c, MESSAGE(t.s.c->now, &cookie)), 0);
	t.s.c->have_local = false;
	CU_ASSERT_EQUAL(boot_cookie(t.s.c, MESSAGE(t.s.c->now, &cookie)), -1);
	CU_ASSERT_EQUAL(ipc_receive(&t.s.netd, &in), IPC_EMPTY);
	tear_down(&t);
}

/* The user is told once that a bootnode has another key. */
static void
test_refused(void)
{
	struct x25519_key boot, other;
	struct bootmsg_join said;
	struct trial t;

	crypto_keypair(&boot);
	crypto_keypair(&other);
	set_up_known(&t, &boot);
	CU_ASSERT_FALSE(join(&t, &other, &said));
	CU_ASSERT_EQUAL(stage_told(&t.s, IPC_BOOTNODE), 1);
	CU_ASSERT_FALSE(join(&t, &other, &said));
	CU_ASSERT_EQUAL(stage_told(&t.s, IPC_BOOTNODE), 0);
	CU_ASSERT_FALSE(t.s.c->boot.joining);
	tear_down(&t);
}

void
boot_channel_suite(void)
{
	CU_pSuite suite = CU_add_suite("boot_channel", crypto_setup, NULL);

	CU_add_test(suite, "a room at the first meeting", test_first_meeting);
	CU_add_test(suite, "one scrypt for a key", test_once_for_a_key);
	CU_add_test(suite, "a room at the start", test_known_at_start);
	CU_add_test(suite, "a key that makes no secret", test_no_secret);
	CU_add_test(suite, "a JOIN is sealed for its cookie",
	    test_sealed_for_one);
	CU_add_test(suite, "the session", test_session);
	CU_add_test(suite, "what a JOIN says", test_join);
	CU_add_test(suite, "a false WELCOME", test_false_welcome);
	CU_add_test(suite, "sent to another node", test_redirect);
	CU_add_test(suite, "no JOIN", test_no_join);
	CU_add_test(suite, "another key", test_refused);
}
