/*
 * The bootnode as its clients, strangers and cryptod meet it: every exchange of
 * PROTOCOL.md section 2. Bursts and noise are in load_test.c.
 */
#include "tests/unit/netd/bootnode/fake.h"

#include <CUnit/CUnit.h>

void bootnode_suite(void);
void bootnode_load_suite(CU_pSuite);

static void
test_cookie(void)
{
	struct world *w = world_new(256, 64);
	struct guest *c = guest_new(w, 0, 'x');
	uint8_t buf[WIRE_MAX];
	size_t len;

	CU_ASSERT_EQUAL(guest_hello(c, buf), WIRE_HELLO_LEN);
	CU_ASSERT_EQUAL(world_packet(w, &c->addr, buf, WIRE_HELLO_LEN),
	    WIRE_COOKIE_LEN);
	CU_ASSERT_EQUAL(c->cookies, 1);
	/* A HELLO has exactly 1200 bytes. */
	CU_ASSERT_EQUAL(world_packet(w, &c->addr, buf, WIRE_HELLO_LEN - 1), 0);
	CU_ASSERT_EQUAL(world_packet(w, &c->addr, buf, WIRE_HELLO_LEN + 1), 0);
	/* The cookie is wrong, or is for another nonce, or too old. */
	len = guest_join(c, buf);
	buf[WIRE_HEADER_LEN + NONCE_LEN + 6] ^= 1;
	CU_ASSERT_EQUAL(world_packet(w, &c->addr, buf, len), 0);
	guest_join(c, buf);
	buf[WIRE_HEADER_LEN] ^= 1;
	CU_ASSERT_EQUAL(world_packet(w, &c->addr, buf, len), 0);
	guest_join(c, buf);
	world_until(w, w->now + COOKIE_LIFE);
	CU_ASSERT_EQUAL(world_packet(w, &c->addr, buf, len), 0);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 0);
	CU_ASSERT_EQUAL(w->sent, 1);
	world_until(w, w->now + 60 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->stats.received, 6);
	CU_ASSERT_EQUAL(w->stats.dropped, 5);
	CU_ASSERT_EQUAL(w->stats.sent, 1);
	world_free(w);
}

static void
no_random(void *arg, void *out, size_t len)
{
	(void)arg;
	memset(out, 0, len);
}

static void
test_no_keys(void)
{
	struct ipc_config_netd config = { .bind_count = 1,
		.limits.timeout_ms = 15000,
		.limits.heartbeat_ms = 10000,
		.max_sessions = 60000,
		.limits.max_peers = 2,
		.limits.max_per_address = 2 };
	struct bootnode_io io = { .random = no_random };
	struct ipc_join_failed failed = { 0 };
	struct ipc_message_in in = { IPC_JOIN_FAILED, &failed, NULL, 0, -1,
		FAKE_START };
	struct dispatch handlers = { 0 };
	struct bootnode *b = bootnode_new(&config, &io, &handlers, FAKE_START);
	struct world *w = world_new(2, 2);
	struct guest *c = guest_new(w, 0, 'x');
	struct remote from = { .addr = c->addr };
	uint8_t buf[WIRE_MAX];

	/* It would crash if it tried to answer. */
	bootnode_packet(b, FAKE_START, &from, buf, guest_hello(c, buf));
	CU_ASSERT_EQUAL(dispatch_message(&handlers, NULL, &in), -1);
	bootnode_free(b);
	/* cryptod cannot say this. */
	CU_ASSERT_EQUAL(dispatch_message(&w->handlers, NULL, &in), -1);
	in.type = IPC_BOOT_JOIN;
	CU_ASSERT_EQUAL(dispatch_message(&w->handlers, NULL, &in), -1);
	in = (struct ipc_message_in){ IPC_BOOT_KEYS, &fake_keys, NULL, 0, -1,
		w->now };
	CU_ASSERT_EQUAL(dispatch_message(&w->handlers, NULL, &in), -1);
	world_free(w);
}

static void
test_join(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a, *b, *c;

	a = guest_new(w, 0, 'x');
	CU_ASSERT_TRUE(guest_enter(a));
	CU_ASSERT_EQUAL(a->welcome.version, 1);
	CU_ASSERT_EQUAL(a->welcome.timeout_ms, 15000);
	CU_ASSERT_EQUAL(a->welcome.interval_ms, 10000);
	CU_ASSERT_EQUAL(w->member.what, MEMBER_JOINED);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(a->rosters, 1);
	CU_ASSERT_TRUE(guest_knows(a, 0, 1));
	/* These are the COOKIE, the WELCOME and the roster, and nothing
	 * else. */
	CU_ASSERT_EQUAL(w->sent, 3);
	b = guest_entered(w, 1, 'x');
	CU_ASSERT_EQUAL(w->sent, 7);
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	CU_ASSERT_TRUE(guest_knows(b, 0, 2));
	CU_ASSERT_EQUAL(a->version, 2);
	CU_ASSERT_EQUAL(a->rosters, 1);
	c = guest_entered(w, 2, 'y');
	CU_ASSERT_TRUE(guest_knows(c, 2, 1));
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	world_until(w, w->now + USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->stats.sessions, 3);
	CU_ASSERT_EQUAL(w->stats.rooms, 2);
	CU_ASSERT_EQUAL(w->stats.joins, 3);
	world_free(w);
}

static void
test_join_again(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = guest_entered(w, 0, 'x'),
		     *b = guest_entered(w, 1, 'x');
	uint64_t old = b->session, sent;
	uint8_t buf[WIRE_MAX];
	size_t len;

	guest_send(b, WIRE_HEARTBEAT);
	/* The same JOIN again, or an older one, changes nothing for anybody. */
	len = guest_join(b, buf);
	sent = w->sent;
	world_packet(w, &b->addr, buf, len);
	world_run(w);
	b->attempt--;
	world_packet(w, &b->addr, buf, guest_join(b, buf));
	world_run(w);
	b->attempt++;
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(w->sent, sent);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_DROP], 1); /* the older one */
	/* A new attempt brings a new card; the peer has never left. */
	CU_ASSERT_TRUE(guest_enter(b));
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_NOT_EQUAL(b->session, old);
	CU_ASSERT_EQUAL(w->told[IPC_SLOT_FREE], 1);
	CU_ASSERT_EQUAL(a->version, 3);
	CU_ASSERT_EQUAL(a->left_graceful + a->left_timeout, 0);
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	CU_ASSERT_TRUE(guest_knows(b, 0, 2));
	CU_ASSERT_EQUAL(w->told[IPC_MEMBER], 2);
	/* A new attempt comes while the last one is still being sealed. */
	world_until(w, w->now + 2 * USEC_PER_SEC);
	w->stuck_at = IPC_JOIN_OPEN;
	guest_enter(b);
	w->stuck_at = IPC_NONE;
	CU_ASSERT_TRUE(guest_enter(b));
	world_until(w, w->now + FAKE_FLUSH);
	guest_send(b, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(b->acks, 2);
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	world_free(w);
}

/*
 * A WELCOME was lost, or is late: every copy of its JOIN is answered with the
 * same WELCOME, which is shorter, and has no other effect. Once the client was
 * heard, or from another address, a copy is not answered.
 */
static void
test_join_copied(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = guest_entered(w, 0, 'x'), *b;
	uint8_t buf[WIRE_MAX], welcome[WIRE_MAX];
	struct addr other;
	uint64_t sent;
	size_t len;

	b = guest_entered(w, 1, 'x');
	len = guest_join(b, buf);
	for (unsigned int i = 0; i < 3; i++) {
		uint64_t session = b->session, bytes = w->sent_bytes;

		world_packet(w, &b->addr, buf, len);
		world_run(w);
		CU_ASSERT_EQUAL(b->welcomes, 2 + i);
		CU_ASSERT_EQUAL(b->session, session);
		CU_ASSERT(w->sent_bytes - bytes < len);
		if (i > 0) {
			CU_ASSERT_EQUAL(memcmp(welcome, w->last, w->last_len),
			    0);
		}
		memcpy(welcome, w->last, w->last_len);
		world_until(w, w->now + USEC_PER_SEC);
	}
	CU_ASSERT_EQUAL(w->stats.joins, 2);
	CU_ASSERT_EQUAL(w->stats.sessions, 2);
	CU_ASSERT_EQUAL(a->version, 2);
	other = b->addr;
	other.port++;
	sent = w->sent;
	world_packet(w, &other, buf, len);
	world_run(w);
	CU_ASSERT_EQUAL(w->sent, sent);
	guest_send(b, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(b->acks, 1);
	sent = w->sent;
	world_packet(w, &b->addr, buf, len);
	world_run(w);
	CU_ASSERT_EQUAL(w->sent, sent);
	world_free(w);
}

static void
test_heartbeat(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = guest_entered(w, 0, 'x');
	uint8_t buf[WIRE_MAX], wrong[WIRE_MAX];
	size_t len;

	len = guest_control(a, WIRE_HEARTBEAT, buf);
	/* Each bit counts: a heartbeat with a wrong one gets no answer, or a
	 * REJECT. */
	for (size_t i = WIRE_HEADER_LEN + 8; i < len; i++) {
		memcpy(wrong, buf, len);
		wrong[i] ^= 0x10;
		CU_ASSERT_EQUAL(world_packet(w, &a->addr, wrong, len), 0);
	}
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len - 1), 0);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len + 1), 0);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), len);
	CU_ASSERT_EQUAL(a->acks, 1);
	CU_ASSERT_EQUAL(a->ack.type, WIRE_HEARTBEAT_ACK);
	CU_ASSERT_EQUAL(a->ack.counter, a->counter);
	CU_ASSERT_EQUAL(a->ack.version, 1);
	/* A replayed heartbeat is ignored. */
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), 0);
	a->counter--;
	len = guest_control(a, WIRE_HEARTBEAT, buf);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), 0);
	/* A HEARTBEAT_ACK is not for the bootnode. */
	len = guest_control(a, WIRE_HEARTBEAT_ACK, buf);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), 0);
	/* Heartbeats keep the session, however late each is within the
	 * timeout. */
	for (int i = 0; i < 5; i++) {
		world_until(w, w->now + 14 * USEC_PER_SEC);
		guest_send(a, WIRE_HEARTBEAT);
	}
	CU_ASSERT_EQUAL(a->acks, 6);
	CU_ASSERT_EQUAL(a->rejects, 0);
	world_until(w, w->now + 16 * USEC_PER_SEC);
	guest_send(a, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(a->acks, 6);
	CU_ASSERT_EQUAL(a->rejects, 1);
	CU_ASSERT_EQUAL(a->reject.reason, REJECT_UNKNOWN_SESSION);
	CU_ASSERT_EQUAL(a->reject.id, a->session);
	CU_ASSERT_EQUAL(w->last_len, WIRE_REJECT_LEN);
	CU_ASSERT_EQUAL(w->stats.sessions, 0);
	CU_ASSERT_EQUAL(w->stats.rooms, 0);
	world_free(w);
}

static void
test_move(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = guest_entered(w, 0, 'x'),
		     *b = guest_entered(w, 1, 'x');
	struct addr old = a->addr, thief = { .ip = { 0x20, 1 }, .port = 9 };
	uint8_t buf[WIRE_MAX];
	size_t len;

	/* Somebody passes on a heartbeat that never arrived: the thief gets a
	 * challenge, and the session stays where it is. */
	len = guest_control(a, WIRE_HEARTBEAT, buf);
	CU_ASSERT_EQUAL(world_packet(w, &thief, buf, len), WIRE_CHALLENGE_LEN);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), len);
	CU_ASSERT_EQUAL(b->version, 2);
	/* The stolen heartbeat does not even count as heard. */
	world_until(w, w->now + 14 * USEC_PER_SEC);
	guest_send(b, WIRE_HEARTBEAT);
	len = guest_control(a, WIRE_HEARTBEAT, buf);
	world_packet(w, &thief, buf, len);
	world_until(w, w->now + 2 * USEC_PER_SEC);
	CU_ASSERT_TRUE(guest_knows(b, 1, 1));
	CU_ASSERT_EQUAL(b->left_timeout, 1);
	CU_ASSERT_EQUAL(w->member.what, MEMBER_LEFT);
	CU_ASSERT_EQUAL(w->member.reason, LEAVE_TIMEOUT);

	CU_ASSERT_TRUE(guest_enter(a));
	world_until(w, w->now + FAKE_FLUSH);
	a->addr.ip[15] = 200; /* it really moves */
	len = guest_control(a, WIRE_HEARTBEAT, buf);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len),
	    WIRE_CHALLENGE_LEN);
	CU_ASSERT_EQUAL(a->challenges, 1);
	/* The answer counts only from the new address, and with the MAC. */
	len = guest_reply(a, buf);
	CU_ASSERT_EQUAL(world_packet(w, &old, buf, len), 0);
	buf[len - 1] ^= 1;
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), 0);
	buf[len - 1] ^= 1;
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), WIRE_CONTROL_LEN);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), 0);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(b->version, 5);
	CU_ASSERT_TRUE(guest_knows(b, 0, 2));
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	world_free(w);
}

static void
test_sync(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = guest_entered(w, 0, 'x'), *b;
	unsigned int rosters;
	uint64_t sent;

	w->loss = 100;
	b = guest_entered(w, 1, 'x');
	w->loss = 0;
	CU_ASSERT_EQUAL(a->version, 1);
	CU_ASSERT_EQUAL(b->version, 0);
	guest_send(a, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(a->room_version, 2);
	rosters = a->rosters;
	guest_send(a, WIRE_SYNC); /* by events */
	CU_ASSERT_EQUAL(a->version, 2);
	CU_ASSERT_EQUAL(a->rosters, rosters);
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	guest_send(b, WIRE_SYNC);
	CU_ASSERT_TRUE(guest_knows(b, 0, 2));
	/* A client that is up to date gets an ACK and no more. */
	sent = w->sent;
	guest_send(a, WIRE_SYNC);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(w->sent, sent + 1);
	/* The version is too old for the log, or lies in the future: the whole
	 * roster is sent. */
	w->loss = 100;
	w->no_limits = true;
	for (uint32_t i = 0; i < 20; i++) {
		CU_ASSERT_TRUE(guest_enter(b));
		world_until(w, w->now + FAKE_FLUSH);
	}
	world_until(w, w->now + USEC_PER_SEC);
	w->loss = 0;
	guest_send(a, WIRE_SYNC);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(a->rosters, rosters + 1);
	CU_ASSERT_EQUAL(a->version, 22);
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	a->version = 1000;
	guest_send(a, WIRE_SYNC);
	CU_ASSERT_EQUAL(a->version, 22);
	/* There are too many SYNCs: each gets an ACK at most. */
	for (int i = 0; i < 40; i++) {
		a->version = 1000;
		sent = w->sent;
		guest_send(a, WIRE_SYNC);
	}
	CU_ASSERT_EQUAL(w->sent, sent + 1);
	world_until(w, w->now + 200 * USEC_PER_MSEC);
	guest_send(a, WIRE_SYNC);
	CU_ASSERT_EQUAL(a->version, 22);
	/* A peer that has left since is told as left, once or twice. */
	b->counter = 0;
	w->loss = 100;
	guest_send(b, WIRE_LEAVE);
	world_until(w, w->now + USEC_PER_SEC);
	w->loss = 0;
	guest_send(a, WIRE_SYNC);
	CU_ASSERT_TRUE(guest_knows(a, 0, 1));
	CU_ASSERT_EQUAL(a->left_timeout, 0);
	world_free(w);
}

static void
test_leave(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = guest_entered(w, 0, 'x'),
		     *b = guest_entered(w, 1, 'x');
	uint8_t buf[WIRE_MAX];
	size_t len;

	len = guest_control(b, WIRE_LEAVE, buf);
	buf[len - 1] ^= 1;
	CU_ASSERT_EQUAL(world_packet(w, &b->addr, buf, len), 0);
	buf[len - 1] ^= 1;
	CU_ASSERT_EQUAL(world_packet(w, &b->addr, buf, len), len);
	CU_ASSERT_EQUAL(b->ack.type, WIRE_LEAVE_ACK);
	CU_ASSERT_EQUAL(b->ack.counter, b->counter);
	CU_ASSERT_EQUAL(w->told[IPC_SLOT_FREE], 1);
	world_run(w);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(a->left_graceful, 1);
	CU_ASSERT_TRUE(guest_knows(a, 0, 1));
	CU_ASSERT_EQUAL(w->member.reason, LEAVE_GRACEFUL);
	/* The ACK was lost: the client asks again and is content with the
	 * REJECT. */
	CU_ASSERT_EQUAL(world_packet(w, &b->addr, buf, len), WIRE_REJECT_LEN);
	CU_ASSERT_EQUAL(b->reject.reason, REJECT_UNKNOWN_SESSION);
	guest_send(a, WIRE_LEAVE);
	world_until(w, w->now + 2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->stats.rooms, 0);
	world_free(w);
}

static void
expect_reject(struct guest *c, enum wire_reject_reason reason)
{
	struct getter g;

	c->rejects = 0;
	CU_ASSERT_FALSE(guest_enter(c));
	CU_ASSERT_EQUAL(c->rejects, 1);
	CU_ASSERT_EQUAL(c->reject.reason, reason);
	get_init(&g, c->nonce, NONCE_LEN);
	CU_ASSERT_EQUAL(c->reject.id, get_u64(&g));
}

static void
test_limits(void)
{
	struct world *w = world_new(2, 2);
	struct guest *c = guest_new(w, 10, 'x'), *d = guest_new(w, 11, 'y');

	guest_entered(w, 0, 'x');
	guest_entered(w, 1, 'x');
	expect_reject(c, REJECT_ROOM_FULL);
	memcpy(c->addr.ip, d->addr.ip, sizeof(c->addr.ip));
	c->tag.bytes[0] = 'z';
	CU_ASSERT_TRUE(guest_enter(c));
	CU_ASSERT_TRUE(guest_enter(d));
	c = guest_new(w, 12, 'v');
	memcpy(c->addr.ip, d->addr.ip, sizeof(c->addr.ip));
	expect_reject(c, REJECT_ADDRESS_FULL);
	guest_send(d, WIRE_LEAVE);
	CU_ASSERT_TRUE(guest_enter(c));
	world_until(w, w->now + 2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->stats.rejected, 2);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_DROP], 2);
	/* One address may not keep cryptod busy, either. */
	w->stuck_at = IPC_JOIN_OPEN;
	w->told[IPC_JOIN_OPEN] = 0;
	for (int i = 0; i < 5; i++)
		CU_ASSERT_FALSE(guest_enter(c));
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 2);
	world_free(w);
}

static int
message(struct world *w, enum ipc_type type, const void *body, size_t tail_len)
{
	static const uint8_t tail[WIRE_MAX];
	struct ipc_message_in in = { type, body, tail, tail_len, -1, w->now };

	return dispatch_message(&w->handlers, NULL, &in);
}

/* Messages of cryptod's that cannot be meant are refused. */
static void
test_faults(void)
{
	struct ipc_join_opened opened = { .slot = 0 };
	struct ipc_join_sealed welcome = { .slot = 7 };
	struct ipc_join_failed failed = { .slot = 0 };
	struct ipc_sealed sealed = {
		.count = 1,
		.slots = { 7 },
		.lens = { 60 },
	};
	struct world *w = world_new(256, 64);
	struct guest *a = guest_new(w, 0, 'x');

	w->stuck_at = IPC_JOIN_OPEN;
	guest_enter(a);
	CU_ASSERT_EQUAL(message(w, IPC_JOIN_OPENED, &opened, 0), -1);
	w->stuck_at = IPC_NONE;
	world_run(w);
	CU_ASSERT_EQUAL(a->welcomes, 1);
	/* Nothing is sealed for a client that cryptod has no key for yet. */
	w->stuck_at = IPC_JOIN_REPLY;
	CU_ASSERT_FALSE(guest_enter(guest_new(w, 1, 'y')));
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(w->told[IPC_SEAL], 1);
	w->stuck_at = IPC_NONE;
	world_run(w);
	/* These slots were not asked for, or never given out. */
	CU_ASSERT_EQUAL(message(w, IPC_JOIN_OPENED, &opened, 9), -1);
	CU_ASSERT_EQUAL(message(w, IPC_JOIN_FAILED, &failed, 0), -1);
	CU_ASSERT_EQUAL(message(w, IPC_JOIN_SEALED, &welcome, 60), -1);
	CU_ASSERT_EQUAL(message(w, IPC_SEALED, &sealed, 60), -1);
	world_free(w);
}

/* cryptod is slow, or the channel to it is full. */
static void
test_cryptod(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = guest_new(w, 0, 'x'), *b = guest_new(w, 1, 'x');

	w->channel_full = true;
	CU_ASSERT_FALSE(guest_enter(a));
	w->channel_full = false;
	w->stuck_at = IPC_JOIN_OPEN;
	CU_ASSERT_FALSE(guest_enter(a));
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 1);
	world_until(w, w->now + 6 * USEC_PER_SEC);
	/* The late answer goes nowhere, and certainly not to the next
	 * client. */
	CU_ASSERT_FALSE(guest_enter(b));
	w->stuck_at = IPC_NONE;
	world_run(w);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_OPEN], 2);
	CU_ASSERT_EQUAL(w->told[IPC_JOIN_DROP], 1);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(a->welcomes, 0);
	CU_ASSERT_EQUAL(b->welcomes, 1);
	CU_ASSERT_TRUE(guest_knows(b, 1, 1));
	/* The client is admitted, but its WELCOME is never sealed: it leaves
	 * like any silent one. */
	CU_ASSERT_TRUE(guest_enter(a));
	world_until(w, w->now + FAKE_FLUSH);
	guest_send(a, WIRE_LEAVE);
	w->stuck_at = IPC_JOIN_REPLY;
	CU_ASSERT_FALSE(guest_enter(a));
	CU_ASSERT_EQUAL(w->told[IPC_SLOT_FREE], 1);
	world_until(w, w->now + 40 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->told[IPC_SLOT_FREE], 3);
	w->stuck_at = IPC_NONE;
	world_run(w);
	world_until(w, w->now + 2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->stats.sessions, 0);
	/* The client's key makes no secret. */
	w->no_secret = true;
	CU_ASSERT_FALSE(guest_enter(b));
	world_until(w, w->now + 2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(w->stats.sessions, 0);
	CU_ASSERT_EQUAL(w->told[IPC_SLOT_FREE], 4);
	world_free(w);
}

void
bootnode_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode", NULL, NULL);

	CU_add_test(suite, "HELLO and cookies", test_cookie);
	CU_add_test(suite, "out of order", test_no_keys);
	CU_add_test(suite, "JOIN, WELCOME, roster, events", test_join);
	CU_add_test(suite, "JOIN again", test_join_again);
	CU_add_test(suite, "a copy of a JOIN", test_join_copied);
	CU_add_test(suite, "HEARTBEAT", test_heartbeat);
	CU_add_test(suite, "CHALLENGE and move", test_move);
	CU_add_test(suite, "SYNC", test_sync);
	CU_add_test(suite, "LEAVE", test_leave);
	CU_add_test(suite, "limits", test_limits);
	CU_add_test(suite, "faults of cryptod", test_faults);
	CU_add_test(suite, "cryptod late or full", test_cryptod);
	bootnode_load_suite(suite);
}
