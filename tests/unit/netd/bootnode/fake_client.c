/*
 * The clients in the world around a bootnode: what they send, and how they take
 * what they receive. See fake.h.
 */
#include "tests/unit/netd/bootnode/fake.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>

static uint32_t
sum(const uint8_t *p, size_t len)
{
	uint32_t h = 2166136261;

	for (size_t i = 0; i < len; i++)
		h = (h ^ p[i]) * 16777619;
	return h;
}

static void
put_card(const struct guest *c, uint8_t card[FAKE_CARD_LEN])
{
	memset(card, (int)c->attempt, FAKE_CARD_LEN);
	memcpy(card, c->token, PEER_ID_LEN);
}

struct guest *
guest_new(struct world *w, uint32_t index, char room)
{
	struct guest *c = &w->clients[index];

	CU_ASSERT_FATAL(index < FAKE_CLIENTS && c->known == NULL);
	c->world = w;
	c->index = index;
	c->addr = (struct addr){
		.ip = { [10] = 0xff,
		    [11] = 0xff,
		    [12] = 10,
		    0,
		    (uint8_t)(index >> 8),
		    (uint8_t)(index + 1) },
		.port = (uint16_t)(10000 + index),
	};
	for (size_t i = 0; i < sizeof(c->token); i++)
		c->token[i] = (uint8_t)world_random(w);
	memcpy(c->token, &index, sizeof(index));
	c->tag.bytes[0] = (uint8_t)room;
	c->known = calloc(FAKE_CLIENTS, sizeof(struct known));
	CU_ASSERT_PTR_NOT_NULL_FATAL(c->known);
	return c;
}

/* Adds its access MAC. */
static size_t
signed_off(const struct guest *c, uint8_t *buf, size_t len)
{
	return c->access != NULL ? wire_access_put(buf, len, c->access) : len;
}

size_t
guest_hello(struct guest *c, uint8_t *buf)
{
	struct wire_hello hello;

	memcpy(hello.nonce, c->nonce, sizeof(hello.nonce));
	return signed_off(c, buf, wire_put_hello(buf, &hello));
}

/* The fake of Noise NK message 1 is in the clear, but cannot be forged. */
size_t
guest_join(struct guest *c, uint8_t *buf)
{
	uint8_t noise[WIRE_MAX] = { 0 }, card[FAKE_CARD_LEN];
	struct bootmsg_join join = {
		.tag = c->tag,
		.attempt = c->attempt,
		.flags = c->hidden ? JOIN_HIDDEN : 0,
		.skips = c->skips,
		.card = card,
		.card_len = sizeof(card),
	};
	struct wire_join packet = { .noise = noise,
		.cookie = c->cookie,
		.token = c->token_cookie };
	uint8_t start[WIRE_JOIN_OVERHEAD];
	size_t len;

	put_card(c, card);
	memcpy(join.token, c->token, sizeof(join.token));
	len = X25519_LEN +
	    bootmsg_put_join(noise + X25519_LEN, BOOTMSG_JOIN_MAX, &join);
	wire_join_start(start, c->nonce, &c->cookie, c->token_cookie);
	if (c->access != NULL)
		wire_access_mark(start);
	fake_join_tag(noise + len, start, noise, len);
	packet.noise_len = len + AEAD_TAG_LEN;
	memcpy(packet.nonce, c->nonce, sizeof(packet.nonce));
	return signed_off(c, buf, wire_put_join(buf, &packet));
}

size_t
guest_control(struct guest *c, enum wire_type type, uint8_t *buf)
{
	struct wire_control control = {
		.type = type,
		.session = c->session,
		.counter = ++c->counter,
		.version = c->version,
		.echo = c->echo,
		.len = c->sync_len != 0 ? c->sync_len
		    : c->access != NULL ? WIRE_MAX - SIPHASH_MAC
					: WIRE_MAX,
		.access = c->access != NULL,
	};

	if (c->roster_open && type == WIRE_SYNC) {
		control.version = c->roster_from;
		control.after = c->roster_after;
	}
	return signed_off(c, buf,
	    wire_put_control(buf, &control, MAC_KEY(c->token)));
}

size_t
guest_reply(struct guest *c, uint8_t *buf)
{
	struct wire_challenge_reply reply = {
		.session = c->session,
		.counter = ++c->counter,
		.cookie = c->challenge.cookie,
	};

	return wire_put_challenge_reply(buf, &reply, MAC_KEY(c->token));
}

void
guest_send(struct guest *c, enum wire_type type)
{
	uint8_t buf[WIRE_MAX];

	world_packet(c->world, &c->addr, buf, guest_control(c, type, buf));
	world_run(c->world);
}

size_t
guest_asks(struct guest *c, enum wire_type type)
{
	uint8_t buf[WIRE_MAX];
	size_t len = guest_control(c, type, buf);

	world_packet(c->world, &c->addr, buf, len);
	world_run(c->world);
	return len;
}

bool
guest_enter(struct guest *c)
{
	unsigned int cookies = c->cookies, welcomes = c->welcomes;
	uint8_t buf[WIRE_MAX];

	c->attempt++;
	for (size_t i = 0; i < sizeof(c->nonce); i++)
		c->nonce[i] = (uint8_t)world_random(c->world);
	world_packet(c->world, &c->addr, buf, guest_hello(c, buf));
	if (c->cookies != cookies + 1)
		return false;
	world_packet(c->world, &c->addr, buf, guest_join(c, buf));
	world_run(c->world);
	return c->welcomes == welcomes + 1;
}

struct guest *
guest_entered(struct world *w, uint32_t index, char room)
{
	struct guest *c = guest_new(w, index, room);

	CU_ASSERT_TRUE_FATAL(guest_enter(c));
	world_until(w, w->now + FAKE_FLUSH);
	return c;
}

/* What others may know of where it is. */
static struct addr
known_address(const struct guest *c)
{
	return c->hidden ? (struct addr){ .port = 0 } : c->addr;
}

bool
guest_knows(const struct guest *c, uint32_t first, uint32_t count)
{
	uint8_t card[FAKE_CARD_LEN];

	for (uint32_t i = 0; i < FAKE_CLIENTS; i++) {
		const struct guest *other = &c->world->clients[i];
		const struct addr addr = known_address(other);
		const struct known *k = &c->known[i];

		if (k->present != (i >= first && i < first + count))
			return false;
		if (!k->present)
			continue;
		put_card(other, card);
		if (!addr_equal(&k->addr, &addr) ||
		    k->card != sum(card, sizeof(card)))
			return false;
	}
	return true;
}

static void
learn(struct guest *c, const struct bootmsg_entry *e)
{
	struct known *k;
	uint32_t index;

	memcpy(&index, e->id.bytes, sizeof(index));
	CU_ASSERT_FATAL(index < FAKE_CLIENTS);
	k = &c->known[index];
	if (e->what == MEMBER_LEFT) {
		k->present = k->in_roster = false;
		c->left_graceful += e->reason == LEAVE_GRACEFUL;
		c->left_timeout += e->reason == LEAVE_TIMEOUT;
		return;
	}
	k->addr = e->observed;
	if (e->what == MEMBER_MOVED)
		return;
	k->present = k->in_roster = true;
	k->card = sum(e->card, e->card_len);
}

static void
ask_on(struct guest *c)
{
	if (c->asks || c->mute)
		return;
	c->asks = true;
	c->world->asking++;
}

/* Reads a roster as a client does: see cryptod/client/boot_channel.c. */
static void
take_roster(struct guest *c, const struct bootmsg_head *h, struct getter *g)
{
	static const struct peer_id start;
	struct bootmsg_entry e = { .id = h->after };

	/* That would be the version of who knows nothing. */
	CU_ASSERT_NOT_EQUAL(h->version, 0);
	if (!c->roster_open) {
		if (memcmp(&h->after, &start, sizeof(start)) != 0)
			return;
		for (uint32_t i = 0; i < FAKE_CLIENTS; i++)
			c->known[i].in_roster = false;
		c->roster_open = true;
		c->roster_gap = false;
		c->roster_after = start;
		c->roster_from = c->version = h->version;
	}
	if (h->version < c->version ||
	    memcmp(&h->after, &c->roster_after, sizeof(start)) != 0)
		return;
	while (g->left > 0) {
		CU_ASSERT_EQUAL_FATAL(bootmsg_get_entry(g, h->kind, &e), 0);
		learn(c, &e);
	}
	c->roster_after = e.id;
	if ((h->flags & BOOTMSG_MORE) != 0)
		ask_on(c);
	if ((h->flags & BOOTMSG_LAST) == 0)
		return;
	for (uint32_t i = 0; i < FAKE_CLIENTS; i++)
		c->known[i].present = c->known[i].in_roster;
	c->roster_open = false;
	c->rosters++;
	if (c->roster_gap)
		ask_on(c);
}

static void
take_events(struct guest *c, const struct bootmsg_head *h, struct getter *g)
{
	uint32_t version = h->version;
	struct bootmsg_entry e;

	CU_ASSERT_FATAL(g->left > 0);
	c->events++;
	c->roster_gap |= version > c->version + 1;
	while (g->left > 0) {
		CU_ASSERT_EQUAL_FATAL(bootmsg_get_entry(g, h->kind, &e), 0);
		if (e.what == MEMBER_OVERTAKEN) {
			c->overtaken += e.count;
			version += e.count;
		} else {
			if (version == c->version + 1)
				learn(c, &e);
			version++;
		}
		if (h->version <= c->version + 1 && version - 1 > c->version)
			c->version = version - 1;
	}
	if ((h->flags & BOOTMSG_MORE) != 0)
		ask_on(c);
}

static void
take_sealed(struct guest *c, const uint8_t *packet, size_t len)
{
	struct bootmsg_head h;
	struct wire_sealed s;
	struct getter g;

	CU_ASSERT_EQUAL_FATAL(wire_get_sealed(packet, len, &s), 0);
	/* It comes only after the client's WELCOME, and in its own session. */
	CU_ASSERT_EQUAL(s.session, c->session);
	/* A counter is good once. */
	CU_ASSERT(s.counter > c->sealed);
	c->sealed = s.counter;
	get_init(&g, s.sealed, s.sealed_len - AEAD_TAG_LEN);
	CU_ASSERT_EQUAL_FATAL(bootmsg_get_head(&g, &h), 0);
	if (h.kind == BOOTMSG_MOVE) {
		CU_ASSERT_EQUAL(bootmsg_get_move(&g, c->move.addrs,
				    &c->move.count),
		    0);
		c->moves++;
		return;
	}
	c->room_version = h.version;
	if (h.kind == BOOTMSG_ROSTER)
		take_roster(c, &h, &g);
	else
		take_events(c, &h, &g);
}

static void
take_welcome(struct guest *c, const uint8_t *packet, size_t len)
{
	struct wire_welcome w;

	CU_ASSERT_EQUAL_FATAL(wire_get_welcome(packet, len, &w), 0);
	if (memcmp(w.nonce, c->nonce, NONCE_LEN) != 0)
		return; /* for an attempt that it has given up */
	if (bootmsg_get_redirect(w.noise + X25519_LEN,
		w.noise_len - NK_OVERHEAD, &c->redirect) == 0) {
		c->redirects++;
		return;
	}
	CU_ASSERT_EQUAL_FATAL(bootmsg_get_welcome(w.noise + X25519_LEN,
				  w.noise_len - NK_OVERHEAD, &c->welcome),
	    0);
	CU_ASSERT_TRUE(addr_equal(&c->welcome.observed, &c->addr));
	c->session = c->welcome.session;
	c->sealed = 0;
	c->echo = c->welcome.echo;
	c->roster_open = false;
	c->counter = 0;
	c->version = 0;
	c->welcomes++;
}

void
guest_receive(struct guest *c, const uint8_t *packet, size_t len)
{
	struct wire_cookie_reply cookie;

	c->heard += len;
	switch (wire_type(packet, len)) {
	case WIRE_COOKIE:
		CU_ASSERT_EQUAL(wire_get_cookie_reply(packet, len, &cookie), 0);
		if (memcmp(cookie.nonce, c->nonce, NONCE_LEN) != 0)
			break;
		CU_ASSERT_EQUAL(memcmp(cookie.bootnode_key,
				    fake_keys.public_key, X25519_LEN),
		    0);
		c->cookie = cookie.cookie;
		c->cookies++;
		break;
	case WIRE_WELCOME:
		take_welcome(c, packet, len);
		break;
	case WIRE_SEALED:
		take_sealed(c, packet, len);
		break;
	case WIRE_HEARTBEAT_ACK:
	case WIRE_LEAVE_ACK:
		CU_ASSERT_TRUE(wire_mac_ok(packet, len, MAC_KEY(c->token)));
		CU_ASSERT_EQUAL(wire_get_control(packet, len, &c->ack), 0);
		c->room_version = c->ack.version;
		c->echo = c->ack.echo;
		if ((c->ack.flags & ACK_AGAIN) != 0)
			ask_on(c);
		c->acks++;
		break;
	case WIRE_REJECT:
		CU_ASSERT_EQUAL(wire_get_reject(packet, len, &c->reject), 0);
		/* The client that wrote the JOIN can tell that this answers
		 * it. */
		CU_ASSERT_TRUE(c->reject.reason == REJECT_UNKNOWN_SESSION ||
		    wire_mac_ok(packet, len, MAC_KEY(c->token)));
		c->rejects++;
		break;
	case WIRE_RELAY: /* the test looks at it */
		break;
	case WIRE_CHALLENGE:
		CU_ASSERT_EQUAL(wire_get_challenge(packet, len, &c->challenge),
		    0);
		c->challenges++;
		break;
	case WIRE_REFLECT_REPLY:
		CU_ASSERT_TRUE(wire_mac_ok(packet, len, MAC_KEY(c->token)));
		break;
	default:
		CU_FAIL("a packet that no client is sent");
	}
}
