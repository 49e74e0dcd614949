/*
 * Packets of a session's client after its WELCOME: HEARTBEAT, SYNC, LEAVE,
 * REFLECT, and the answer to a CHALLENGE. All carry a MAC that netd checks by
 * itself. PROTOCOL.md section 2.
 */
#include "netd/bootnode/parts.h"
#include "netd/bootnode/cookie.h"

/* A packet is of no session that is here. A private bootnode says so only to
 * who has one of its keys. */
static void
unknown_session(struct bootnode *b, const struct remote *from,
    const uint8_t *packet, size_t len, uint64_t session)
{
	uint16_t access;

	if (!bootnode_admits(b, from, packet, len, &access))
		return;
	bootnode_drop(b, DROP_SESSION, from);
	bootnode_reject(b, from, REJECT_UNKNOWN_SESSION, session, NULL);
}

/*
 * Returns the session that really sent this packet, now and not earlier, from
 * any address; or NULL, and the packet has been dealt with. The session's own
 * MAC says enough; the access MAC behind it is not looked at.
 */
static struct session *
authenticated(struct bootnode *b, const struct remote *from,
    const uint8_t *packet, size_t len, uint64_t session, uint64_t counter)
{
	struct session *s = registry_find(&b->registry, session);

	if (s == NULL) {
		unknown_session(b, from, packet, len, session);
		return NULL;
	}
	if (!wire_mac_ok(packet, len - wire_access_len(packet, len),
		s->mac_key)) {
		bootnode_drop(b, DROP_FORGED, from);
		return NULL;
	}
	if (counter <= s->counter) {
		bootnode_drop(b, DROP_REPLAYED, from);
		return NULL;
	}
	return s;
}

/* The number of echoes that may come back: the newest may be on its way yet, or
 * lost. */
#define ECHOES_GOOD 4
/* An echo after which so many others came is replaced, by an acknowledgement
 * that would not be needed otherwise: then there is time for one to be lost. */
#define ECHO_OLD 2
_Static_assert(ECHO_OLD < ECHOES_GOOD, "no echo is replaced in time");

uint64_t
bootnode_echo(const struct bootnode *b, const struct session *s,
    uint32_t number)
{
	return cookie_echo(b->keys.cookie_key, number, &s->at.addr, s->id);
}

/* Another echo is given out, or takes the place of one. */
static void
next_echo(struct session *s)
{
	s->echoes++;
	if (s->fresh < ECHOES_GOOD)
		s->fresh++;
}

/* Returns how many came after this echo, or -1 if it is not good. */
static int
echo_age(const struct bootnode *b, const struct session *s, uint64_t echo)
{
	for (uint32_t i = 0; i < ECHOES_GOOD && i <= s->echoes; i++)
		if (echo == bootnode_echo(b, s, s->echoes - i))
			return (int)i;
	return -1;
}

/* So many joins a second are served, and something is left for the clients that
 * are there: a join is 200 us of CPU time over two processes. */
#define JOINS_PER_SECOND 4000

/* Returns the time, in seconds, over which clients are to spread their joins if
 * all sessions are lost at once; 0 if it is less than the interval, over which
 * their heartbeats are spread in any case. */
static uint8_t
spread(const struct bootnode *b)
{
	uint32_t seconds = b->registry.session_count / JOINS_PER_SECOND;

	if (seconds <= b->interval_ms / 1000)
		return 0;
	return seconds < UINT8_MAX ? (uint8_t)seconds : UINT8_MAX;
}

/* Sends HEARTBEAT_ACK or LEAVE_ACK. */
static void
acknowledge(struct bootnode *b, enum wire_type type, const struct remote *to,
    struct session *s, uint64_t counter, uint8_t flags)
{
	struct wire_control ack;
	uint8_t packet[WIRE_MAX];

	next_echo(s);
	ack = (struct wire_control){
		.type = type,
		.session = s->id,
		.counter = counter,
		.version = s->room->announced,
		.echo = bootnode_echo(b, s, s->echoes),
		.flags = flags,
		.spread = type == WIRE_HEARTBEAT_ACK ? spread(b) : 0,
	};
	bootnode_send(b, to, packet,
	    wire_put_control(packet, &ack, s->mac_key));
}

/* Limits for the moves of a session: so many at once, and then one each time
 * this time has passed. Each is news for everybody in its room. */
#define MOVE_BURST   4
#define MOVE_SPACING (10 * USEC_PER_SEC)

static bool
may_move(uint64_t now, const struct session *s)
{
	return clock_max(s->move_time, now) - now <=
	    (MOVE_BURST - 1) * MOVE_SPACING;
}

/*
 * A packet of this session came from another address than before. Its MAC says
 * that the client wrote it, not that the client is there: somebody may have
 * caught it and sent it on. So nothing is believed, not even that the client
 * lives, before the address has answered.
 */
static void
challenge(struct bootnode *b, uint64_t now, const struct session *s,
    const struct remote *to)
{
	struct wire_challenge packet = { .session = s->id };
	uint8_t buf[WIRE_MAX];

	cookie_make(&packet.cookie, b->keys.cookie_key, now, COOKIE_FOR_MOVE,
	    &to->addr, s->id);
	bootnode_send(b, to, buf, wire_put_challenge(buf, &packet));
}

static void
leave(struct bootnode *b, uint64_t now, const struct remote *from,
    struct session *s, uint64_t counter)
{
	/* A LEAVE may come from any address: one that was caught and sent on
	 * still does what its author wanted. */
	acknowledge(b, WIRE_LEAVE_ACK, from, s, counter, 0);
	bootnode_leave(b, now, s, LEAVE_GRACEFUL);
}

static void
alive(struct bootnode *b, uint64_t now, struct session *s, uint64_t counter)
{
	s->counter = counter;
	registry_heard(&b->registry, now, s);
}

static void
heartbeat_ack(struct bootnode *b, struct session *s, uint64_t counter,
    uint8_t flags)
{
	acknowledge(b, WIRE_HEARTBEAT_ACK, &s->at, s, counter, flags);
}

/* The sealed packets are the answer; the session's echo counts as given out
 * once more in any case, so an address that is silent is answered no more
 * often. */
static void
synced(struct bootnode *b, uint64_t now, struct session *s,
    const struct wire_control *c, int age)
{
	bool ack = age == -1 || age >= ECHO_OLD;
	size_t may = WIRE_SYNC_FACTOR * c->len - (ack ? WIRE_CONTROL_LEN : 0);
	bool answered = age != -1 && bootnode_sync(b, now, s, c, may);

	if (ack || !answered)
		heartbeat_ack(b, s, c->counter, age == -1 ? ACK_AGAIN : 0);
	else
		next_echo(s);
}

void
bootnode_control(struct bootnode *b, uint64_t now, const struct remote *from,
    const uint8_t *packet, size_t len)
{
	struct wire_control c;
	struct session *s;
	int age;

	if (wire_get_control(packet, len, &c) == -1) {
		bootnode_drop(b, DROP_MALFORMED, from);
		return;
	}
	s = authenticated(b, from, packet, len, c.session, c.counter);
	if (s == NULL)
		return;
	if (c.type == WIRE_LEAVE) {
		leave(b, now, from, s, c.counter);
		return;
	}
	if (!remote_equal(from, &s->at)) {
		if (may_move(now, s))
			challenge(b, now, s, from);
		else
			bootnode_drop(b, DROP_RATE, from);
		return;
	}
	age = echo_age(b, s, c.echo);
	if (age != -1)
		bootnode_prove(now, s, (unsigned int)age);
	alive(b, now, s, c.counter);
	if (c.type == WIRE_SYNC) {
		synced(b, now, s, &c, age);
		return;
	}
	b->stats.heartbeats++;
	heartbeat_ack(b, s, c.counter, 0);
}

void
bootnode_challenge_reply(struct bootnode *b, uint64_t now,
    const struct remote *from, const uint8_t *packet, size_t len)
{
	struct wire_challenge_reply c;
	uint8_t alias[ROOM_ALIAS_LEN];
	struct session *s;

	if (wire_get_challenge_reply(packet, len, &c) == -1) {
		bootnode_drop(b, DROP_MALFORMED, from);
		return;
	}
	s = authenticated(b, from, packet, len, c.session, c.counter);
	if (s == NULL)
		return;
	if (!cookie_valid(&c.cookie, b->keys.cookie_key, now, COOKIE_FOR_MOVE,
		&from->addr, s->id)) {
		bootnode_drop(b, DROP_COOKIE, from);
		return;
	}
	if (!remote_equal(from, &s->at)) {
		if (!may_move(now, s)) {
			bootnode_drop(b, DROP_RATE, from);
			return;
		}
		if (registry_move(&b->registry, now, s, from) == -1) {
			bootnode_drop(b, DROP_BUSY, from);
			return;
		}
		s->move_time = clock_max(s->move_time, now) + MOVE_SPACING;
		bootnode_prove_by_cookie(b, now, s, cookie_made(&c.cookie));
		bootnode_alias(b, s, alias);
		event_moved(alias, &s->peer, &from->addr);
	}
	alive(b, now, s, c.counter);
	heartbeat_ack(b, s, c.counter, 0);
	bootnode_changed(b, now, s->room);
}

/*
 * The client asks which address we see, on this socket. The answer is no longer
 * than the question, and nothing is believed about the address that it came
 * from: the session stays where it is, and somebody who sends a caught question
 * on learns only what he knows. There is no REJECT: an address without a
 * session gets no answer.
 */
void
bootnode_reflect(struct bootnode *b, uint64_t now, const struct remote *from,
    const uint8_t *packet, size_t len)
{
	struct wire_reflect reflect;
	const struct session *s;
	uint8_t buf[WIRE_MAX];

	(void)now;
	if (wire_get_reflect(packet, len, &reflect) == -1) {
		bootnode_drop(b, DROP_MALFORMED, from);
		return;
	}
	s = registry_find(&b->registry, reflect.session);
	if (s == NULL) {
		bootnode_drop(b, DROP_SESSION, from);
		return;
	}
	if (!wire_mac_ok(packet, len, s->mac_key)) {
		bootnode_drop(b, DROP_FORGED, from);
		return;
	}
	reflect.type = WIRE_REFLECT_REPLY;
	reflect.observed = from->addr;
	bootnode_send(b, from, buf,
	    wire_put_reflect(buf, &reflect, s->mac_key));
}
