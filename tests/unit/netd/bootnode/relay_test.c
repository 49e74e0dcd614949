/*
 * RELAY at a bootnode: which packets are forwarded, to whom and as what, which
 * are not, and how much.
 */
#include "tests/unit/netd/bootnode/fake.h"

#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

void bootnode_relay_suite(void);

#define BURST (2 * FAKE_RELAY_RATE)
/* The part of it that is for probes alone. */
#define RESERVE (BURST / 8)

struct scene {
	struct world *w;
	struct guest *a, *b, *other; /* other is in another room */
	uint8_t inner[WIRE_MAX];
	size_t inner_len;
	uint8_t packet[WIRE_MAX];
	size_t len;
};

static void
put_probe(struct scene *s)
{
	static const uint8_t key[SIPHASH_KEY] = "known to us two";
	struct wire_probe probe = { .type = WIRE_PROBE, .id = 7 };

	s->inner_len = wire_put_probe(s->inner, &probe, key);
}

/* Makes a DATA packet so long that the RELAY has this many bytes. */
static void
put_data(struct scene *s, size_t relay_len)
{
	static const uint8_t key[SIPHASH_KEY] = "known to us two";
	static const uint8_t frames[WIRE_MAX];
	struct wire_data data = { .frames = frames,
		.frames_len =
		    relay_len - WIRE_RELAY_OVERHEAD - WIRE_DATA_OVERHEAD };

	s->inner_len = wire_put_data(s->inner, &data, key);
}

/* Makes the RELAY from a to b, as a would write it. */
static void
put_relay(struct scene *s)
{
	struct wire_relay r = { .session = s->a->session,
		.packet = s->inner,
		.packet_len = s->inner_len };

	memcpy(r.peer.bytes, s->b->token, PEER_ID_LEN);
	s->len = wire_put_relay(s->packet, &r, MAC_KEY(s->a->token));
}

static void
begin(struct scene *s)
{
	s->w = world_new(256, 64);
	s->a = guest_entered(s->w, 0, 'x');
	s->b = guest_entered(s->w, 1, 'x');
	s->other = guest_entered(s->w, 2, 'y');
	CU_ASSERT_EQUAL(s->a->welcome.relay_rate, FAKE_RELAY_RATE);
	put_probe(s);
	put_relay(s);
}

/* Gives it to the bootnode; returns the bytes that were sent on. */
static size_t
give(struct scene *s)
{
	return world_packet(s->w, &s->a->addr, s->packet, s->len);
}

static uint64_t
dropped(const struct scene *s, enum drop_cause why)
{
	return s->w->bootnode->stats.drops[why];
}

static void
test_forward(void)
{
	static const uint8_t types[] = { WIRE_PROBE, WIRE_PROBE_REPLY };
	struct wire_relay got;
	struct scene s;

	begin(&s);
	for (int i = 0; i < 3; i++) {
		if (i < 2)
			s.inner[0] = types[i];
		else
			put_data(&s, WIRE_MAX);
		put_relay(&s);
		/* An address that has proved itself gets a packet of the same
		 * length. */
		CU_ASSERT_EQUAL(give(&s), s.len);
		CU_ASSERT_TRUE(addr_equal(&s.w->last_to, &s.b->addr));
		CU_ASSERT_TRUE(
		    wire_mac_ok(s.w->last, s.w->last_len, MAC_KEY(s.b->token)));
		CU_ASSERT_EQUAL_FATAL(wire_get_relay(s.w->last, s.w->last_len,
					  &got),
		    0);
		CU_ASSERT_EQUAL(got.session, s.b->session);
		CU_ASSERT_EQUAL(memcmp(got.peer.bytes, s.a->token, PEER_ID_LEN),
		    0);
		CU_ASSERT_EQUAL(got.packet_len, s.inner_len);
		CU_ASSERT_EQUAL(memcmp(got.packet, s.inner, s.inner_len), 0);
	}
	CU_ASSERT_EQUAL(s.len, WIRE_MAX);
	CU_ASSERT_EQUAL(s.w->bootnode->stats.relayed, 3);
	CU_ASSERT_EQUAL(s.w->bootnode->stats.relayed_bytes,
	    2 * (WIRE_PROBE_LEN + WIRE_RELAY_OVERHEAD) + WIRE_MAX);
	world_free(s.w);
}

/* Anything else is not answered, and counted by its cause. */
static void
test_drop(void)
{
	static const uint8_t forbidden[] = { WIRE_HELLO, WIRE_HEARTBEAT,
		WIRE_RELAY, WIRE_SEALED, 0, 255 };
	struct addr elsewhere;
	struct scene s;

	begin(&s);
	for (size_t i = 0; i < sizeof(forbidden); i++) {
		s.inner[0] = forbidden[i];
		put_relay(&s);
		CU_ASSERT_EQUAL(give(&s), 0);
	}
	put_probe(&s);
	s.inner_len--;
	put_relay(&s);
	CU_ASSERT_EQUAL(give(&s), 0);
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_MALFORMED), 7);

	put_probe(&s);
	put_relay(&s);
	s.packet[s.len - 1] ^= 1; /* the MAC */
	CU_ASSERT_EQUAL(give(&s), 0);
	put_relay(&s);
	s.packet[WIRE_HEADER_LEN] ^= 1; /* the session */
	CU_ASSERT_EQUAL(give(&s), 0);
	put_relay(&s);
	elsewhere = s.a->addr;
	elsewhere.port++;
	CU_ASSERT_EQUAL(world_packet(s.w, &elsewhere, s.packet, s.len), 0);
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_FORGED), 3);

	for (int i = 0; i < 3; i++) {
		struct guest *b = s.b;

		/* The target is the sender itself, somebody of another room, or
		 * one who has left. */
		s.b = i == 0 ? s.a : i == 1 ? s.other : b;
		if (i == 2)
			guest_send(b, WIRE_LEAVE);
		put_relay(&s);
		CU_ASSERT_EQUAL(give(&s), 0);
		s.b = b;
	}
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_NOBODY), 3);
	CU_ASSERT_EQUAL(s.w->bootnode->stats.relayed, 0);
	CU_ASSERT_EQUAL(s.w->bootnode->stats.dropped, 13);
	world_free(s.w);
}

/* A member that has no WELCOME yet gets nothing. */
static void
test_unwelcomed(void)
{
	struct scene s;

	begin(&s);
	s.b = guest_new(s.w, 3, 'x');
	s.w->stuck_at = IPC_JOIN_REPLY;
	CU_ASSERT_FALSE(guest_enter(s.b));
	put_relay(&s);
	CU_ASSERT_EQUAL(give(&s), 0);
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_NOBODY), 1);
	world_free(s.w);
}

static void
test_refused(void)
{
	struct scene s;

	begin(&s);
	s.w->bootnode->relay_rate = 0; /* as with --relay never */
	CU_ASSERT_EQUAL(give(&s), 0);
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_REFUSED), 1);
	world_free(s.w);
}

/* Sends as long as packets go through; returns how many bytes did. */
static size_t
exhaust(struct scene *s)
{
	size_t bytes = 0, n;

	while ((n = give(s)) > 0)
		bytes += n;
	return bytes;
}

/* The other client sends. */
static void
swap(struct scene *s)
{
	struct guest *a = s->a;

	s->a = s->b;
	s->b = a;
	put_relay(s);
}

static void
test_tokens(void)
{
	size_t bytes, total = 0;
	struct scene s;

	begin(&s);
	put_data(&s, 1000);
	put_relay(&s);
	bytes = exhaust(&s);
	CU_ASSERT(bytes > BURST - RESERVE - 1000);
	CU_ASSERT(bytes <= BURST - RESERVE);
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_RATE), 1);
	/* A probe still goes through: the path is not dead. */
	put_probe(&s);
	put_relay(&s);
	CU_ASSERT_EQUAL(give(&s), s.len);
	/* Nobody else loses by it. */
	put_data(&s, 1000);
	swap(&s);
	CU_ASSERT_EQUAL(give(&s), s.len);
	swap(&s);
	/* This is what a client may send in ten seconds, a little at a time. */
	for (int i = 0; i < 10000; i++) {
		s.w->now += USEC_PER_MSEC;
		total += give(&s);
	}
	CU_ASSERT(total > 10 * FAKE_RELAY_RATE - 2000);
	CU_ASSERT(total <= 10 * FAKE_RELAY_RATE + 1000);
	/* However long it was quiet, a client gets no more than the burst; and
	 * nothing goes to one that has not shown for long that it receives. */
	s.w->now += 5 * USEC_PER_SEC + 1;
	CU_ASSERT_EQUAL(give(&s), 0);
	guest_send(s.b, WIRE_HEARTBEAT);
	bytes = exhaust(&s);
	CU_ASSERT(bytes > BURST - RESERVE - 1000);
	CU_ASSERT(bytes <= BURST - RESERVE);
	world_free(s.w);
}

/* Makes them the two that talk, both from here on in a room of their own. */
static void
two_from(struct scene *s, uint32_t index, char room, const struct addr *at)
{
	s->a = guest_new(s->w, index, room);
	memcpy(s->a->addr.ip, at->ip, sizeof(at->ip));
	CU_ASSERT_TRUE_FATAL(guest_enter(s->a));
	s->b = guest_entered(s->w, index + 1, room);
	put_data(s, 1000);
	put_relay(s);
}

/* What is said of one address, and of a /48 of four, holds for all sessions
 * together, and is counted for itself. Where more sessions may be, it is that
 * many times more. */
static void
test_shared(void)
{
	struct addr at = { .ip = { 0x20, 0x01, 0x0d, 0xb8 } };
	struct prefix lifted = { .ip = { 0x20, 0x01, 0x0d, 0xb8 },
		.sessions = 128,
		.bits = 64 };
	struct prefixes list = { &lifted, 1 };
	struct scene s;

	s.w = world_new(256, 64);
	s.w->bootnode->relay_per_address = FAKE_RELAY_RATE;
	two_from(&s, 0, 'a', &at);
	CU_ASSERT(exhaust(&s) > BURST - RESERVE - 1000);
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_ADDRESS), 0);
	two_from(&s, 10, 'b', &at);
	CU_ASSERT(exhaust(&s) < 1000);
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_ADDRESS), 1);
	for (uint32_t i = 1; i < 4; i++) {
		at.ip[7] = (uint8_t)i;
		two_from(&s, 10 + 10 * i, (char)('b' + i), &at);
		CU_ASSERT(exhaust(&s) > BURST - RESERVE - 1000);
	}
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_ADDRESS), 1);
	at.ip[7] = 4;
	two_from(&s, 60, 'g', &at);
	/* Each has left its reserve, and a little time has passed. */
	CU_ASSERT(exhaust(&s) < BURST - RESERVE - 1000);
	CU_ASSERT_EQUAL(dropped(&s, DROP_RELAY_ADDRESS), 2);
	/* The first one's limit is lifted. */
	s.w->bootnode->registry.lifted = &list;
	at.ip[7] = 0;
	world_until(s.w, s.w->now + 2 * USEC_PER_SEC);
	two_from(&s, 70, 'h', &at);
	CU_ASSERT(exhaust(&s) > BURST - RESERVE - 1000);
	two_from(&s, 80, 'i', &at);
	CU_ASSERT(exhaust(&s) > BURST - RESERVE - 1000);
	two_from(&s, 90, 'j', &at);
	CU_ASSERT(exhaust(&s) <= 2 * RESERVE);
	world_free(s.w);
}

void
bootnode_relay_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_relay", NULL, NULL);

	CU_add_test(suite, "what is forwarded", test_forward);
	CU_add_test(suite, "what is not", test_drop);
	CU_add_test(suite, "a member not yet welcomed", test_unwelcomed);
	CU_add_test(suite, "a bootnode that does not relay", test_refused);
	CU_add_test(suite, "tokens", test_tokens);
	CU_add_test(suite, "tokens of a source", test_shared);
}
