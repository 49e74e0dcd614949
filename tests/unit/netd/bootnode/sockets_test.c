/*
 * A bootnode with two sockets: each client is served by the one it came to,
 * WELCOME names the other one, and REFLECT shows each client its address.
 * PROTOCOL.md section 2.14.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

void bootnode_sockets_suite(void);

static struct guest *
entered(struct world *w, uint32_t index, uint8_t socket)
{
	struct guest *c;

	w->socket = socket;
	c = guest_entered(w, index, 'x');
	CU_ASSERT_EQUAL(w->last_socket, socket);
	return c;
}

static size_t
put_reflect(const struct guest *c, enum wire_type type, uint64_t counter,
    uint8_t *buf)
{
	struct wire_reflect r = {
		.type = type,
		.session = c->session,
		.counter = counter,
	};

	return wire_put_reflect(buf, &r, MAC_KEY(c->token));
}

/* Everything for a client leaves by the socket that it came to. */
static void
test_answers(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = entered(w, 0, 0), *b = entered(w, 1, 1);

	CU_ASSERT_EQUAL(a->welcome.reflect_port, FAKE_PORT + 1);
	CU_ASSERT_EQUAL(b->welcome.reflect_port, FAKE_PORT);
	/* The roster for b was sent last, by its socket; a was told of b by its
	 * own. */
	CU_ASSERT_TRUE(guest_knows(a, 0, 2));
	CU_ASSERT_TRUE(guest_knows(b, 0, 2));
	CU_ASSERT_TRUE(addr_equal(&w->last_to, &b->addr));
	CU_ASSERT_EQUAL(w->last_socket, 1);
	guest_send(b, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(b->acks, 1);
	CU_ASSERT_EQUAL(w->last_socket, 1);
	w->socket = 0;
	guest_send(b, WIRE_LEAVE);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_TRUE(guest_knows(a, 0, 1));
	CU_ASSERT_TRUE(addr_equal(&w->last_to, &a->addr));
	CU_ASSERT_EQUAL(w->last_socket, 0);
	world_free(w);
}

/* Packets for a client also leave from the address that it came to, whatever
 * others came to. */
static void
test_addresses(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a, *b;

	w->local = 1;
	a = entered(w, 0, 0);
	CU_ASSERT_EQUAL(w->last_local, 1);
	w->local = 2;
	b = entered(w, 1, 0);
	CU_ASSERT_EQUAL(w->last_local, 2);
	guest_send(b, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(b->acks, 1);
	CU_ASSERT_EQUAL(w->last_local, 2);
	guest_send(b, WIRE_LEAVE);
	CU_ASSERT_EQUAL(w->last_local, 2);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_TRUE(guest_knows(a, 0, 1)); /* told from its own address */
	CU_ASSERT_EQUAL(w->last_local, 1);
	/* Another address of the bootnode is another path. */
	guest_send(a, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(a->acks, 0);
	CU_ASSERT_EQUAL(a->challenges, 1);
	CU_ASSERT_EQUAL(w->last_local, 2);
	world_free(w);
}

/* The other socket is another path: there the client has to answer a
 * challenge. */
static void
test_move(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = entered(w, 0, 0);
	uint8_t buf[WIRE_MAX];

	w->socket = 1;
	guest_send(a, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(a->acks, 0);
	CU_ASSERT_EQUAL(a->challenges, 1);
	CU_ASSERT_EQUAL(w->last_socket, 1);
	world_packet(w, &a->addr, buf, guest_reply(a, buf));
	CU_ASSERT_EQUAL(a->acks, 1);
	guest_send(a, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(a->acks, 2);
	world_until(w, w->now + FAKE_FLUSH);
	CU_ASSERT_EQUAL(w->last_socket, 1);
	w->socket = 0;
	guest_send(a, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(a->acks, 2);
	CU_ASSERT_EQUAL(a->challenges, 2);
	world_free(w);
}

static void
test_reflect(void)
{
	struct addr other = { .ip = { 0x20, 1 }, .port = 9 };
	struct world *w = world_new(256, 64);
	struct guest *a = entered(w, 0, 0);
	const struct addr *from[] = { &a->addr, &other };
	uint8_t buf[WIRE_MAX];
	struct wire_reflect r;
	size_t len;

	/* From anywhere, on either socket, with any counter: an answer goes
	 * where the question came from, and is no longer. */
	for (uint8_t i = 0; i < 4; i++) {
		w->socket = i / 2;
		len = put_reflect(a, WIRE_REFLECT, 9U - i, buf);
		CU_ASSERT_EQUAL(world_packet(w, from[i % 2], buf, len), len);
		CU_ASSERT_TRUE(addr_equal(&w->last_to, from[i % 2]));
		CU_ASSERT_EQUAL(w->last_socket, i / 2);
		CU_ASSERT_EQUAL(wire_get_reflect(w->last, w->last_len, &r), 0);
		CU_ASSERT_TRUE(
		    wire_mac_ok(w->last, w->last_len, MAC_KEY(a->token)));
		CU_ASSERT_EQUAL(r.type, WIRE_REFLECT_REPLY);
		CU_ASSERT_EQUAL(r.session, a->session);
		CU_ASSERT_EQUAL(r.counter, 9U - i);
		CU_ASSERT_TRUE(addr_equal(&r.observed, from[i % 2]));
	}
	/* The session has not moved, and its counter has not risen. */
	w->socket = 0;
	guest_send(a, WIRE_HEARTBEAT);
	CU_ASSERT_EQUAL(a->acks, 1);
	CU_ASSERT_EQUAL(a->counter, 1);
	world_free(w);
}

/* REFLECT is no sign of life, either: a client that sends nothing else is
 * removed. */
static void
test_reflect_is_no_heartbeat(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = entered(w, 0, 0);
	uint8_t buf[WIRE_MAX];
	size_t len;

	for (int i = 0; i < 14; i++) {
		len = put_reflect(a, WIRE_REFLECT, 1, buf);
		CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), len);
		world_until(w, w->now + USEC_PER_SEC);
	}
	world_until(w, w->now + 2 * USEC_PER_SEC);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), 0);
	world_free(w);
}

/* Strangers hear nothing, not even a REJECT. */
static void
test_reflect_forged(void)
{
	struct world *w = world_new(256, 64);
	struct guest *a = entered(w, 0, 0), stranger = *a;
	uint8_t buf[WIRE_MAX];
	size_t len;

	len = put_reflect(a, WIRE_REFLECT, 1, buf);
	for (size_t i = 0; i < len; i++) {
		buf[i] ^= 1;
		CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), 0);
		buf[i] ^= 1;
	}
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len - 1), 0);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len + 1), 0);
	stranger.session ^= 1U << 30;
	put_reflect(&stranger, WIRE_REFLECT, 1, buf);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), 0);
	put_reflect(a, WIRE_REFLECT_REPLY, 1, buf);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), 0);
	put_reflect(a, WIRE_REFLECT, 1, buf);
	CU_ASSERT_EQUAL(world_packet(w, &a->addr, buf, len), len);
	world_free(w);
}

/* Returns the port that WELCOME names, for these two addresses and a client
 * that came to 20::local, or to an unknown address. */
static uint16_t
port_named(struct addr first, struct addr second, uint8_t count, bool ipv6,
    uint8_t local)
{
	struct world *w = world_new(256, 64);
	struct guest *a = guest_new(w, 0, 'x');
	uint16_t port;

	if (ipv6)
		a->addr.ip[0] = 0x20;
	w->local = local;
	w->bootnode->bind_count = count;
	w->bootnode->bind[0] = first;
	w->bootnode->bind[1] = second;
	CU_ASSERT_TRUE_FATAL(guest_enter(a));
	port = a->welcome.reflect_port;
	world_free(w);
	return port;
}

static void
test_port_named(void)
{
	const struct addr any4 = { { [10] = 0xff, [11] = 0xff }, 1 };
	const struct addr any6 = { { 0 }, 2 };
	const struct addr one = { { 0x20, [15] = 1 }, 3 };
	const struct addr same = { { 0x20, [15] = 1 }, 4 };
	const struct addr two = { { 0x20, [15] = 2 }, 5 };

	CU_ASSERT_EQUAL(port_named(one, same, 1, false, 0), 0);
	CU_ASSERT_EQUAL(port_named(one, same, 2, false, 0), 4);
	CU_ASSERT_EQUAL(port_named(one, two, 2, false, 0), 0);
	CU_ASSERT_EQUAL(port_named(one, any6, 2, false, 0), 2);
	CU_ASSERT_EQUAL(port_named(any6, any4, 2, false, 0), 1);
	CU_ASSERT_EQUAL(port_named(any4, any6, 2, false, 0), 2);
	CU_ASSERT_EQUAL(port_named(any6, any4, 2, true, 0), 0);
	/* The address that the client came to is known. */
	CU_ASSERT_EQUAL(port_named(any6, two, 2, true, 2), 5);
	CU_ASSERT_EQUAL(port_named(any6, two, 2, true, 1), 0);
	CU_ASSERT_EQUAL(port_named(any6, two, 2, true, 0), 0);
}

void
bootnode_sockets_suite(void)
{
	CU_pSuite suite = CU_add_suite("bootnode_sockets", NULL, NULL);

	CU_add_test(suite, "answers", test_answers);
	CU_add_test(suite, "answers from several addresses", test_addresses);
	CU_add_test(suite, "move to the other socket", test_move);
	CU_add_test(suite, "REFLECT", test_reflect);
	CU_add_test(suite, "REFLECT is no heartbeat",
	    test_reflect_is_no_heartbeat);
	CU_add_test(suite, "REFLECT forged", test_reflect_forged);
	CU_add_test(suite, "the port named", test_port_named);
}
