/*
 * The way from HELLO to WELCOME. netd keeps nothing about an address before it
 * has brought back its cookie; then cryptod opens the JOIN, the registry judges
 * it, and cryptod seals the WELCOME. PROTOCOL.md section 2.
 */
#include "netd/bootnode/parts.h"
#include "netd/bootnode/cookie.h"

/* Noise NK message 1 with the payload of a JOIN. */
#define JOIN_NOISE_MAX (NK_OVERHEAD + BOOTMSG_JOIN_MAX)
#define JOIN_NOISE_MIN (JOIN_NOISE_MAX - 4 * JOIN_SKIPS_MAX - CARD_MAX + 1)
/* The number of sessions of one private address that is reported to the
 * operator. */
#define MASQUERADE_MIN	   8
#define MASQUERADE_SPACING (USEC_PER_SEC)

/* A nonce as the number that a REJECT repeats. */
static uint64_t
nonce_number(const uint8_t nonce[NONCE_LEN])
{
	struct getter g;

	get_init(&g, nonce, NONCE_LEN);
	return get_u64(&g);
}

void
bootnode_hello(struct bootnode *b, uint64_t now, const struct remote *from,
    const uint8_t *packet, size_t len)
{
	struct wire_cookie_reply reply;
	struct wire_hello hello;
	uint8_t buf[WIRE_MAX];
	uint16_t access;

	if (wire_get_hello(packet, len, &hello) == -1) {
		bootnode_drop(b, DROP_MALFORMED, from);
		return;
	}
	if (!bootnode_admits(b, from, packet, len, &access))
		return;
	memcpy(reply.nonce, hello.nonce, sizeof(reply.nonce));
	cookie_make(&reply.cookie, b->keys.cookie_key, now, COOKIE_FOR_JOIN,
	    &from->addr, nonce_number(hello.nonce));
	memcpy(reply.bootnode_key, b->keys.public_key,
	    sizeof(reply.bootnode_key));
	bootnode_send(b, from, buf, wire_put_cookie_reply(buf, &reply));
}

/* Returns what the operator is told. */
static enum rejection_cause
cause_of(const struct bootnode *b, enum verdict verdict)
{
	if (b->stats.draining)
		return REJECTION_DRAINING;
	if (verdict == VERDICT_ROOM_FULL)
		return REJECTION_ROOM_FULL;
	return verdict == VERDICT_ADDRESS_FULL ? REJECTION_ADDRESS_FULL
					       : REJECTION_BOOTNODE_FULL;
}

/* A JOIN that was opened is not admitted. If it is over a limit that a client
 * must know of, its sender is told so, with the key that only the author of the
 * JOIN has. */
static void
refuse(struct bootnode *b, uint64_t now, const struct session *s,
    enum verdict verdict, const uint8_t key[SIPHASH_KEY])
{
	static const enum wire_reject_reason reasons[] = {
		[VERDICT_ROOM_FULL] = REJECT_ROOM_FULL,
		[VERDICT_ADDRESS_FULL] = REJECT_ADDRESS_FULL,
		[VERDICT_BOOTNODE_FULL] = REJECT_BOOTNODE_FULL,
	};

	if (verdict == VERDICT_DROP || verdict == VERDICT_TOO_OFTEN) {
		bootnode_drop(b,
		    verdict == VERDICT_DROP ? DROP_REPLAYED : DROP_JOIN_RATE,
		    &s->at);
		return;
	}
	b->stats.rejected++;
	b->stats.rejections[cause_of(b, verdict)]++;
	event_rejected(&b->rejects, now, &s->at.addr, reasons[verdict]);
	bootnode_reject(b, &s->at, reasons[verdict], s->nonce, key);
}

/*
 * A copy of the JOIN of this session: its client has no WELCOME yet, and gets
 * the same one, which any copy of its JOIN answers. A client that was heard has
 * it, and this is somebody's replay. The same holds once the session is gone.
 */
static void
welcome_again(struct bootnode *b, const struct session *s,
    const struct remote *from)
{
	if (s != NULL && s->welcome != NULL)
		bootnode_send(b, &s->at, s->welcome, s->welcome_len);
	else
		bootnode_drop(b, DROP_REPLAYED, from);
}

/* The number of JOINs that cryptod may have to open at a time. It is less than
 * what makes netd stop reading: clients that are there must not be lost because
 * too many others come at once. */
#define JOINS_WAITING_MAX 384
_Static_assert(JOINS_WAITING_MAX < SLOTS_RESERVE, "they have no slots");

/* True if the sender of a JOIN has shown that it receives. A node of a fleet
 * that does not know the others yet lets nobody show it: it would take him in
 * where nobody else comes. */
static bool
may_ask(const struct bootnode *b, uint64_t now, const struct wire_join *join,
    const struct remote *from, uint64_t nonce)
{
	if (b->node != NULL && !b->node->ready)
		return false;
	if (join->token)
		return b->node != NULL &&
		    node_admits(b, &join->cookie, &from->addr);
	return cookie_valid(&join->cookie, b->keys.cookie_key, now,
	    COOKIE_FOR_JOIN, &from->addr, nonce);
}

void
bootnode_join(struct bootnode *b, uint64_t now, const struct remote *from,
    const uint8_t *packet, size_t len)
{
	struct ipc_join_open body;
	struct wire_join join;
	enum verdict verdict;
	struct session *s;
	uint64_t nonce, key;
	uint16_t access;

	if (wire_get_join(packet, len, &join) == -1 ||
	    join.noise_len < JOIN_NOISE_MIN ||
	    join.noise_len > JOIN_NOISE_MAX) {
		bootnode_drop(b, DROP_MALFORMED, from);
		return;
	}
	nonce = nonce_number(join.nonce);
	if (!may_ask(b, now, &join, from, nonce)) {
		bootnode_drop(b, DROP_COOKIE, from);
		return;
	}
	/* The cookie was for somebody whose HELLO was admitted, by this node or
	 * another of its fleet: so a stranger does not have us try all keys on
	 * a packet as long as this. */
	if (!bootnode_admits(b, from, packet, len, &access))
		return;
	key = bootnode_join_key(b, packet, len);
	switch (bootnode_join_known(b, now, key, &s)) {
	case JOIN_USED:
		welcome_again(b, s, from);
		return;
	case JOIN_UNDER_WAY:
		bootnode_drop(b, DROP_REPLAYED, from);
		return;
	case JOIN_NEW:
		break;
	}
	/* Before it counts: it will come again, and it is not its source's
	 * fault that there are so many. */
	if (b->registry.pending_count >= JOINS_WAITING_MAX) {
		bootnode_drop(b, DROP_BUSY, from);
		return;
	}
	if (!bootnode_may_join(b, now, &from->addr)) {
		bootnode_drop(b, DROP_JOIN_RATE, from);
		return;
	}
	/* At this point no answer would be one that its sender should
	 * believe. */
	verdict = registry_begin(&b->registry, now, from, nonce, &s);
	if (verdict != VERDICT_OK) {
		bootnode_drop(b,
		    verdict == VERDICT_DROP ? DROP_LIMIT : DROP_BUSY, from);
		return;
	}
	/* If it is young enough then; a token does not prove a port. */
	s->proven = join.token ? 0 : cookie_made(&join.cookie);
	s->access = access;
	body.slot = s->slot;
	memcpy(body.start, packet, sizeof(body.start));
	if (b->io.tell(b->io.arg, IPC_JOIN_OPEN, &body, join.noise,
		join.noise_len) == -1) {
		registry_release(&b->registry, s);
		bootnode_drop(b, DROP_BUSY, from);
		return;
	}
	bootnode_begin(b, now, s, key);
}

/* Returns the session whose JOIN cryptod was asked to open in this slot, or
 * NULL. */
static struct session *
asked(struct bootnode *b, uint32_t slot)
{
	struct session *s = registry_slot(&b->registry, slot);

	if (s == NULL || s->redirected ||
	    (s->state != SESSION_PENDING && s->state != SESSION_ABANDONED))
		return NULL;
	return s;
}

int
bootnode_join_failed(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	const struct ipc_join_failed *failed = in->body;
	struct session *s = asked(b, failed->slot);

	if (s == NULL)
		return -1;
	if (s->state == SESSION_PENDING)
		bootnode_drop(b, DROP_JOIN, &s->at);
	registry_release(&b->registry, s);
	return 0;
}

/*
 * Returns the port of our other socket, for this client's REFLECTs, or 0: the
 * socket has to serve the address that the client knows.
 */
static uint16_t
reflect_port(const struct bootnode *b, const struct remote *client)
{
	const struct addr *here = &b->bind[client->socket], *other;
	struct addr known = *here;

	if (b->bind_count < 2)
		return 0;
	if (remote_has_local(client))
		memcpy(known.ip, client->local, sizeof(known.ip));
	other = &b->bind[1 - client->socket];
	if (memcmp(known.ip, other->ip, sizeof(known.ip)) == 0)
		return other->port;
	if (!addr_is_unspecified(other))
		return 0;
	/* [::] takes IPv4 as well. */
	return !addr_is_ipv4(other) || addr_is_ipv4(&client->addr) ? other->port
								   : 0;
}

/* Returns how long the room still has to settle. */
static uint32_t
settle_ms(const struct bootnode *b, uint64_t now)
{
	uint64_t left = clock_max(b->settled_at, now) - now;

	return (uint32_t)((left + USEC_PER_MSEC - 1) / USEC_PER_MSEC);
}

/* Has cryptod seal the WELCOME of a session just admitted. */
static void
reply(struct bootnode *b, uint64_t now, const struct session *s)
{
	struct bootmsg_welcome welcome = {
		.session = s->id,
		.observed = s->at.addr,
		.timeout_ms = b->timeout_ms,
		.interval_ms = b->interval_ms,
		.settle_ms = settle_ms(b, now),
		.version = s->room->version,
		.reflect_port = reflect_port(b, &s->at),
		.relay_rate = b->relay_rate,
		.echo = bootnode_echo(b, s, s->echoes),
	};
	struct ipc_join_reply body = { .slot = s->slot };
	uint8_t payload[BOOTMSG_WELCOME_MAX];

	b->io.tell(b->io.arg, IPC_JOIN_REPLY, &body, payload,
	    bootmsg_put_welcome(payload, sizeof(payload), &welcome));
}

/*
 * Many sessions come from one private address: from a container engine, or a
 * forward, that puts its own address in place of the clients'. Or it is a
 * household behind a NAT, on whose far side the bootnode is; so it is reported
 * once, and as a guess. In IPv6 limits are those of a network, which may be a
 * LAN of many.
 */
static void
notice_masquerade(struct bootnode *b, uint64_t now, const struct session *s,
    enum verdict verdict)
{
	uint32_t block = registry_from_block(s), count;
	bool full = verdict == VERDICT_ADDRESS_FULL;

	if (b->masquerade_told || !addr_is_private(&s->at.addr) ||
	    (block < MASQUERADE_MIN && !full))
		return;
	/* This may look at many sessions. */
	if (now < b->masquerade_at)
		return;
	b->masquerade_at = now + MASQUERADE_SPACING;
	count = registry_from_ip(&b->registry, s);
	if (count < MASQUERADE_MIN && !(full && count == block))
		return;
	b->masquerade_told = true;
	event_masqueraded(&s->at.addr, count);
}

/* True if an opened JOIN may be admitted. An old one may not, and uses up
 * nothing of its sender's limits. */
static enum verdict
may_admit(struct bootnode *b, uint64_t now, const struct session *s,
    const struct ipc_join_opened *opened, uint32_t *repeated)
{
	struct session *old;
	enum verdict verdict = registry_attempt(&b->registry, s, opened, &old);

	if (verdict == VERDICT_REPEAT)
		*repeated = old->slot;
	if (verdict == VERDICT_OK && b->stats.draining &&
	    (b->node == NULL || node_admits_nobody(b, now)))
		return VERDICT_BOOTNODE_FULL;
	if (verdict == VERDICT_OK && old == NULL &&
	    bootnode_left_since(b, now, opened))
		return VERDICT_DROP;
	if (verdict == VERDICT_OK &&
	    (!bootnode_may_return(b, now, &opened->tag, &opened->id) ||
		!bootnode_may_enter(b, now, &s->at.addr, &opened->tag)))
		return VERDICT_TOO_OFTEN;
	return verdict;
}

/* cryptod has opened a JOIN that leads to nothing. */
static void
drop_opened(struct bootnode *b, struct session *s)
{
	bootnode_tell_slot(b, IPC_JOIN_DROP, s->slot);
	registry_release(&b->registry, s);
}

int
bootnode_join_opened(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	uint64_t now = in->now;
	const struct ipc_join_opened *opened = in->body;
	struct session *s = asked(b, opened->slot);
	uint8_t alias[ROOM_ALIAS_LEN];
	enum verdict verdict;
	uint64_t random;
	uint32_t replaced = SLOT_NONE;

	if (s == NULL || in->tail_len == 0 || in->tail_len > CARD_MAX)
		return -1;
	if (s->state == SESSION_PENDING &&
	    !access_holds(&b->access, s->access)) {
		/* Its key was taken back meanwhile. */
		bootnode_drop(b, DROP_ACCESS, &s->at);
		drop_opened(b, s);
		return 0;
	}
	if (s->state == SESSION_ABANDONED) {
		drop_opened(b, s);
		return 0;
	}
	if (b->node != NULL && node_redirects(b, s, opened))
		return 0;
	verdict = may_admit(b, now, s, opened, &replaced);
	if (verdict == VERDICT_OK) {
		b->io.random(b->io.arg, &random, sizeof(random));
		verdict = registry_admit(&b->registry, now, s, opened, in->tail,
		    in->tail_len, random, &replaced);
		notice_masquerade(b, now, s, verdict);
	}
	if (verdict == VERDICT_REPEAT)
		welcome_again(b, registry_slot(&b->registry, replaced), &s->at);
	else if (verdict != VERDICT_OK)
		refuse(b, now, s, verdict, opened->reject_key);
	if (verdict != VERDICT_OK) {
		drop_opened(b, s);
		return 0;
	}
	b->stats.joins++;
	bootnode_notice_crowd(b, now, s);
	bootnode_use(b, now, s);
	if (s->skipped)
		reminders_add(b, now, s->room);
	if (replaced != SLOT_NONE) {
		bootnode_tell_slot(b, IPC_SLOT_FREE, replaced);
		bootnode_alias(b, s, alias);
		event_rejoined(alias, &s->peer, &s->at.addr,
		    access_name(&b->access, s->access));
	} else {
		bootnode_tell_member(b, MEMBER_JOINED, LEAVE_GRACEFUL, s);
	}
	/* All had been silent at once: our own network was away. */
	if (b->deserted)
		bootnode_settle(b, now);
	b->deserted = false;
	reply(b, now, s);
	bootnode_changed(b, now, s->room);
	return 0;
}

size_t
bootnode_put_welcome(uint8_t out[WIRE_MAX], const struct session *s,
    const uint8_t *noise, size_t noise_len)
{
	struct wire_welcome welcome = {
		.noise = noise,
		.noise_len = noise_len,
	};
	struct putter p;

	put_init(&p, welcome.nonce, sizeof(welcome.nonce));
	put_u64(&p, s->nonce);
	return wire_put_welcome(out, &welcome);
}

int
bootnode_join_sealed(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	uint64_t now = in->now;
	const struct ipc_join_sealed *sealed = in->body;
	struct session *s = registry_slot(&b->registry, sealed->slot);
	uint8_t packet[WIRE_MAX];
	size_t len;

	if (!registry_had_slot(&b->registry, sealed->slot))
		return -1;
	if (s != NULL && s->redirected) {
		node_redirect(b, s, in->tail, in->tail_len);
		return 0;
	}
	if (s == NULL || s->state != SESSION_ADMITTED)
		return 0; /* replaced or silent meanwhile */
	if (in->tail_len == 0) {
		/* The key makes no secret: this is no client of ours. */
		bootnode_drop(b, DROP_JOIN, &s->at);
		bootnode_leave(b, now, s, LEAVE_TIMEOUT);
		return 0;
	}
	len = bootnode_put_welcome(packet, s, in->tail, in->tail_len);
	if (len == 0 || len > WELCOME_MAX)
		return -1;
	bootnode_send(b, &s->at, packet, len);
	registry_welcome(&b->registry, now, s, sealed->mac_key, packet, len);
	bootnode_relay_start(b, now, s);
	s->fresh = 1; /* that of the WELCOME */
	/* A member that is not proven by its cookie will ask, with its echo. */
	s->roster_due = bootnode_prove_by_cookie(b, now, s, s->proven);
	return 0;
}
