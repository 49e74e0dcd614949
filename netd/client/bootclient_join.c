/*
 * How a client gets a session with the bootnode: HELLO, COOKIE, JOIN and
 * WELCOME. See bootclient.h and bootclient_parts.h.
 */
#include "netd/client/bootclient_parts.h"

#include "common/log.h"
#include "netd/random.h"

#include <string.h>

/* Returns the MTU of the link to the bootnode, if it is less than a HELLO
 * needs; or 0. */
static uint16_t
too_short(const struct bootclient *b)
{
	uint32_t mtu =
	    b->network == NULL ? 0 : network_mtu(b->network, &b->addr);

	return mtu < WIRE_MTU_MIN(addr_is_ipv4(&b->addr)) ? (uint16_t)mtu : 0;
}

void
boot_tell(struct bootclient *b, enum boot_status status, enum boot_refusal why)
{
	struct ipc_boot_status body = {
		.status = (uint8_t)status,
		.refusal = (uint8_t)why,
		.mtu = status == BOOT_UNREACHABLE ? too_short(b) : 0,
		.addr = status == BOOT_LOST ? b->session_addr : b->addr,
	};

	ipc_send(b->cryptod, IPC_BOOT_STATUS, &body, NULL, 0);
}

static uint32_t
usec_between(uint64_t from, uint64_t to)
{
	return (uint32_t)clock_min(to - from, UINT32_MAX);
}

/* --- HELLO ---------------------------------------------------------- */

uint64_t
boot_later(uint64_t now, uint64_t wait)
{
	uint64_t half = wait / 2;

	return now + wait - half / 2 + random_u64() % half;
}

static void
send_hello(struct bootclient *b, uint64_t now, struct boot_target *t)
{
	struct wire_hello h;
	uint8_t buf[WIRE_MAX];
	struct putter p;
	size_t len;

	if (t->secret == 0) {
		t->secret = random_u64();
		t->first_at = t->open_from = now;
	}
	t->asked_at = now;
	if (b->homing)
		b->home_hellos--;
	if (b->asked_from == 0)
		b->asked_from = now;
	if (!b->has_session && b->join_len == 0)
		b->addr = t->addr;
	put_init(&p, h.nonce, sizeof(h.nonce));
	put_u64(&p, t->secret + (now - t->first_at));
	len = wire_put_hello(buf, &h);
	if (b->has_access)
		len = wire_access_put(buf, len, b->access_key);
	udp_send(b->by_spare ? b->spare : b->udp, &t->addr, buf, len);
}

/* Returns the next address of this round that does not rest, or NULL at its
 * end. */
static struct boot_target *
next_target(struct bootclient *b, uint64_t now)
{
	while (b->turn < b->target_count) {
		struct boot_target *t = &b->targets[b->turn++];

		if (t->rests_until <= now &&
		    (!b->homing ||
			((t->is & BOOT_GOAL) != 0 && b->home_hellos > 0)))
			return t;
	}
	return NULL;
}

/* Returns when the next HELLO may go out after the one that goes out now. */
static uint64_t
hello_time(const struct bootclient *b, uint64_t now)
{
	uint64_t rested = CLOCK_NEVER, time = now + boot_hello_spacing(b);

	if (b->turn < b->target_count)
		return time;
	for (size_t i = 0; i < b->target_count; i++)
		rested = clock_min(rested, b->targets[i].rests_until);
	if (b->target_count > 0 && time < rested)
		time = rested;
	return time > b->round_at ? time : b->round_at;
}

/* The longest time from one round to the next. */
static uint64_t
round_max(const struct bootclient *b)
{
	uint64_t settle;

	if (b->interval == 0) /* there was no session yet */
		return JOIN_RETRY_MAX;
	/* Each client asks about once in the time over which they are to
	 * spread: so that is how they come when the bootnode is back. */
	if (b->spread > JOIN_RETRY_MAX)
		return b->spread;
	settle = bootmsg_settle_ms((uint32_t)(b->timeout / USEC_PER_MSEC),
		     (uint32_t)(b->interval / USEC_PER_MSEC)) *
	    USEC_PER_MSEC;
	return clock_max(clock_min(settle / SETTLE_ROUNDS, JOIN_RETRY_MAX),
	    JOIN_RETRY_MIN);
}

static uint64_t
may_ask_from(const struct bootclient *b)
{
	return clock_max(b->join_after, b->spread_until);
}

/*
 * RFC 8305: one address after the other is asked, and the first that answers is
 * taken. The bootnode does not have to keep anything for a HELLO, so earlier
 * ones go on meanwhile.
 */
void
boot_say_hello(struct bootclient *b, uint64_t now)
{
	struct boot_target *t;

	b->phase = BOOT_HELLO;
	if (b->access_awaited) {
		b->retry_at = CLOCK_NEVER;
		return;
	}
	if (now < may_ask_from(b)) {
		b->round_at = b->retry_at = may_ask_from(b);
		return;
	}
	if (b->turn >= b->target_count && now >= b->round_at) {
		b->turn = 0;
		b->by_spare = b->try_spare && !b->by_spare;
		b->round_at = boot_later(now, b->retry_after);
		b->retry_after = clock_min(b->retry_after + b->retry_after / 4,
		    round_max(b));
	}
	t = next_target(b, now);
	if (t != NULL)
		send_hello(b, now, t);
	b->retry_at = hello_time(b, now);
}

void
boot_forget_attempts(struct bootclient *b)
{
	for (size_t i = 0; i < b->target_count; i++)
		b->targets[i].secret = 0;
	b->join_len = 0;
}

void
boot_try_port(struct bootclient *b, uint64_t now)
{
	b->port_at = CLOCK_NEVER;
	if (b->target_count == 0) /* nobody was asked yet */
		return;
	if (b->spare == NULL) {
		log_warn(
		    "the bootnode does not answer on UDP port %u, which "
		    "--port names; perhaps it answers on another: try --port 0",
		    b->udp->port);
		return;
	}
	log_warn(
	    "the bootnode does not answer on UDP port %u: trying port %u as "
	    "well",
	    b->udp->port, b->spare->port);
	b->try_spare = true;
	b->turn = b->target_count;
	b->retry_at = b->round_at = now;
}

void
boot_new_round(struct bootclient *b, uint64_t now)
{
	b->retry_after = clock_max(b->spread / 4, JOIN_RETRY_MIN);
	b->turn = b->target_count;
	b->round_at = now;
}

bool
boot_must_wait(struct bootclient *b, uint64_t now)
{
	uint64_t wait;

	if (now - b->joined_at >= SESSION_YOUNG) {
		b->young = 0;
		return false;
	}
	wait = clock_min(JOIN_WAIT_MIN << b->young, JOIN_WAIT_MAX);
	if (wait < JOIN_WAIT_MAX)
		b->young++;
	b->join_after = boot_later(now, wait);
	return true;
}

bool
boot_must_wait_more(struct bootclient *b, uint64_t now)
{
	if (boot_must_wait(b, now) && b->young > 1)
		return true;
	b->join_after = now;
	return false;
}

void
boot_start_joining(struct bootclient *b, uint64_t now)
{
	uint64_t from = clock_max(now, may_ask_from(b));

	boot_stop_homing(b);
	boot_forget_attempts(b);
	boot_new_round(b, now);
	b->asked_from = 0;
	b->try_spare = b->by_spare = false;
	/* Whoever is spread asks seldom, and one HELLO may be lost. */
	b->port_at = from + clock_max(OTHER_PORT_AFTER, 2 * b->retry_after);
	b->silent_at = from + JOIN_SILENT;
	b->resolve_at = from + RESOLVE_AFTER;
	boot_say_hello(b, now);
}

int
bootclient_access(void *self, const struct ipc_message_in *in)
{
	struct bootclient *b = self;
	const struct ipc_boot_access *access = in->body;

	if (!b->access_awaited && !access->has)
		return 0;
	b->access_awaited = false;
	b->has_access = access->has;
	memcpy(b->access_key, access->mac_key, sizeof(b->access_key));
	if ((b->phase == BOOT_HELLO || b->phase == BOOT_JOINING) &&
	    !b->leave_asked)
		boot_start_joining(b, in->now);
	return 0;
}

/* --- COOKIE, JOIN, WELCOME ------------------------------------------- */

/*
 * True if this is the answer to a HELLO that went to this address, and not too
 * old. Then *sent is when that was sent.
 */
static bool
is_awaited(const struct bootclient *b, uint64_t now,
    const struct boot_target *t, const uint8_t nonce[NONCE_LEN], uint64_t *sent)
{
	struct getter g;
	uint64_t since;

	get_init(&g, nonce, NONCE_LEN);
	since = get_u64(&g) - t->secret;
	*sent = t->first_at + since;
	return t->secret != 0 && since <= t->asked_at - t->first_at &&
	    *sent >= t->open_from && *sent >= b->awake_from &&
	    now - *sent <= ANSWER_MAX;
}

/* The other port is ours now. Peers learn it from our card, which the JOIN has;
 * those that we talk to from the old one notice nothing. */
static void
use_spare(struct bootclient *b)
{
	struct udp *old = b->udp;

	log_info("the bootnode answers on UDP port %u, which replaces port %u",
	    b->spare->port, old->port);
	b->udp = b->spare;
	b->spare = old;
	hosts_port(b->hosts, b->udp->port);
	ipc_send(b->cryptod, IPC_LOCAL, &b->hosts->local, NULL, 0);
}

int
boot_want_join(struct bootclient *b, const struct boot_pass *pass,
    const struct addr *to)
{
	struct ipc_boot_cookie body = { .addr = *to, .skips = b->skips };

	memcpy(body.boot_key, b->boot_key, sizeof(body.boot_key));
	wire_join_start(body.start, pass->nonce, &pass->cookie, pass->token);
	if (b->has_access)
		wire_access_mark(body.start);
	if (ipc_send(b->cryptod, IPC_BOOT_COOKIE, &body, NULL, 0) == -1)
		return -1;
	b->phase = BOOT_JOINING;
	b->addr = *to;
	b->pass = *pass;
	b->join_len = 0;
	/* cryptod always answers, but its scrypt may not be done yet. */
	b->retry_at = CLOCK_NEVER;
	return 0;
}

void
boot_on_cookie(struct bootclient *b, uint64_t now, const struct udp *udp,
    const struct addr *from, const uint8_t *packet, size_t len)
{
	struct boot_target *t = boot_target_at(b, from);
	struct boot_pass pass = { .token = false };
	struct wire_cookie_reply c;
	uint64_t sent;

	if (wire_get_cookie_reply(packet, len, &c) == -1 || t == NULL ||
	    !is_awaited(b, now, t, c.nonce, &sent)) {
		b->dropped++;
		return;
	}
	if (b->phase != BOOT_HELLO) /* another was first */
		return;
	if (udp == b->spare)
		use_spare(b);
	boot_found(b, from);
	memcpy(b->boot_key, c.bootnode_key, sizeof(b->boot_key));
	memcpy(pass.nonce, c.nonce, sizeof(pass.nonce));
	pass.cookie = c.cookie;
	if (boot_want_join(b, &pass, from) == -1)
		return;
	t->open_from = sent + 1;
	rtt_path(&b->rtt, now > sent ? now - sent : 1);
	b->silent_at = b->port_at = CLOCK_NEVER;
	b->try_spare = b->by_spare = false;
	b->cookie_at = now;
	b->took.cookie_us = usec_between(b->asked_from, now);
}

static void
send_join(struct bootclient *b, uint64_t now)
{
	uint64_t wait = bootclient_pto(b), most;

	if (wait < JOIN_RETRY_MIN)
		wait = JOIN_RETRY_MIN;
	most = clock_max(wait, JOIN_RETRY_MAX);
	wait = clock_min(wait << b->join_copies++, most);
	b->retry_at = boot_later(now, wait);
	udp_send(b->udp, &b->addr, b->join, b->join_len);
}

static void
say_hello_again(struct bootclient *b, uint64_t now)
{
	if (b->phase == BOOT_JOINING)
		b->port_at = now + OTHER_PORT_AFTER;
	boot_say_hello(b, now);
}

/* A token may be of no use, if our address is another there: so a JOIN with one
 * is sent again once, and HELLOs begin. */
void
boot_retry_joining(struct bootclient *b, uint64_t now)
{
	if (b->phase == BOOT_JOINING && b->join_copies < JOIN_COPIES &&
	    now - b->cookie_at < COOKIE_FRESH) {
		send_join(b, now);
		if (!b->pass.token)
			return;
	}
	say_hello_again(b, now); /* the WELCOME is still good if it comes */
}

/* The bootnode does not have the right key: the other addresses are asked. */
static void
refuse_target(struct bootclient *b, uint64_t now)
{
	struct boot_target *t = boot_target_at(b, &b->addr);

	if (t != NULL)
		t->rests_until = now + REFUSED_REST;
	b->phase = BOOT_HELLO;
	b->retry_at = b->turn < b->target_count ? now : hello_time(b, now);
}

int
bootclient_join(void *self, const struct ipc_message_in *in)
{
	struct bootclient *b = self;
	const struct ipc_boot_join *body = in->body;
	struct wire_join j = {
		.cookie = b->pass.cookie,
		.token = b->pass.token,
		.noise = in->tail,
		.noise_len = in->tail_len,
	};

	/* Another attempt, or leaving, has begun: the answer is late. */
	if (b->phase != BOOT_JOINING || b->join_len > 0 ||
	    !addr_equal(&body->addr, &b->addr))
		return 0;
	if (in->tail_len == 0) {
		refuse_target(b, in->now);
		return 0;
	}
	if (in->now - b->cookie_at >= COOKIE_FRESH) {
		boot_say_hello(b, in->now);
		return 0;
	}
	memcpy(j.nonce, b->pass.nonce, sizeof(j.nonce));
	memcpy(b->reject_key, body->reject_key, sizeof(b->reject_key));
	b->join_len = wire_put_join(b->join, &j);
	if (b->has_access)
		b->join_len =
		    wire_access_put(b->join, b->join_len, b->access_key);
	b->join_at = in->now;
	b->join_copies = 0;
	send_join(b, in->now);
	return 0;
}

void
boot_on_welcome(struct bootclient *b, uint64_t now, const uint8_t *packet,
    size_t len)
{
	struct ipc_boot_welcome body = { .addr = b->addr, .took = b->took };
	struct wire_welcome w;

	if (wire_get_welcome(packet, len, &w) == -1 || b->join_len == 0 ||
	    memcmp(w.nonce, b->pass.nonce, NONCE_LEN) != 0) {
		b->dropped++;
		return;
	}
	if (b->pass.token && b->join_copies == 1) /* there was no COOKIE */
		rtt_path(&b->rtt, now > b->join_at ? now - b->join_at : 1);
	body.took.welcome_us = usec_between(b->cookie_at, now);
	body.took.redirects = b->redirects;
	body.spread = (uint8_t)(b->spread / USEC_PER_SEC);
	ipc_send(b->cryptod, IPC_BOOT_WELCOME, &body, w.noise, w.noise_len);
}

static enum boot_refusal
refusal(enum wire_reject_reason reason)
{
	switch (reason) {
	case REJECT_ROOM_FULL:
		return REFUSAL_ROOM_FULL;
	case REJECT_ADDRESS_FULL:
		return REFUSAL_ADDRESS_FULL;
	default:
		return REFUSAL_BOOTNODE_FULL;
	}
}

void
boot_refused(struct bootclient *b, uint64_t now, enum wire_reject_reason reason)
{
	boot_forget_attempts(b);
	if (boot_in_session(b)) {
		b->home_until = now; /* it stays where it is */
		return;
	}
	boot_tell(b, BOOT_REFUSED, refusal(reason));
	boot_stop_homing(b);
	b->phase = BOOT_HELLO;
	b->retry_after = JOIN_RETRY_MAX;
	b->turn = b->target_count;
	b->retry_at = b->round_at = boot_later(now, JOIN_RETRY_MAX);
}
