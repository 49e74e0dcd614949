/*
 * A client's side of the bootnode. See bootclient.h.
 */
#include "netd/bootclient.h"

#include "common/log.h"
#include "netd/random.h"

#include <string.h>

static void
tell(struct bootclient *b, enum boot_status status, enum boot_refusal why)
{
	struct ipc_boot_status body = {
		.status = (uint8_t)status,
		.refusal = (uint8_t)why,
		.addr = b->addr,
	};

	ipc_send(b->cryptod, IPC_BOOT_STATUS, &body, NULL, 0);
}

static void
send_control(struct bootclient *b, enum wire_type type)
{
	struct wire_control c = {
		.type = type,
		.session = b->session,
		.counter = ++b->counter,
		.version = b->version,
	};
	uint8_t buf[WIRE_MAX];

	udp_send(b->udp, &b->addr, buf, wire_put_control(buf, &c, b->mac_key));
}

/* --- Joining -------------------------------------------------------- */

static void
retry_later(struct bootclient *b, uint64_t now)
{
	b->retry_at = now + b->retry_after;
	b->retry_after =
	    clock_min(b->retry_after + b->retry_after / 4, JOIN_RETRY_MAX);
}

/* One attempt: a HELLO to the next of its addresses. */
static void
send_hello(struct bootclient *b, uint64_t now)
{
	struct wire_hello h;
	uint8_t buf[WIRE_MAX];

	b->phase = BOOT_HELLO;
	b->join_sent = false;
	retry_later(b, now);
	if (b->addr_count == 0) /* not resolved yet */
		return;
	b->addr = b->addrs[b->addr_turn++ % b->addr_count];
	random_bytes(b->nonce, sizeof(b->nonce));
	memcpy(h.nonce, b->nonce, sizeof(h.nonce));
	udp_send(b->udp, &b->addr, buf, wire_put_hello(buf, &h));
}

/* cryptod writes a fresh JOIN each time: no two are alike. It may be at its
 * scrypt still, or refuse the key; bootclient_join() shortens the wait. */
static void
ask_for_join(struct bootclient *b, uint64_t now)
{
	struct ipc_boot_cookie body = { .addr = b->addr };

	b->retry_at = now + JOIN_RETRY_MAX;
	memcpy(body.boot_key, b->boot_key, sizeof(body.boot_key));
	ipc_send(b->cryptod, IPC_BOOT_COOKIE, &body, NULL, 0);
}

static void
retry_joining(struct bootclient *b, uint64_t now)
{
	if (b->join_sent && now - b->cookie_at < COOKIE_FRESH)
		ask_for_join(b, now);
	else
		send_hello(b, now);
}

static void
start_joining(struct bootclient *b, uint64_t now)
{
	b->retry_after = JOIN_RETRY_MIN;
	b->silent_at = now + JOIN_SILENT;
	send_hello(b, now);
}

void
bootclient_init(struct bootclient *b, struct udp *udp,
    struct ipc_channel *cryptod, const struct ipc_config_netd *config,
    uint64_t now)
{
	memset(b, 0, sizeof(*b));
	b->udp = udp;
	b->cryptod = cryptod;
	b->own_interval = config->heartbeat_ms * USEC_PER_MSEC;
	b->timeout = config->timeout_ms * USEC_PER_MSEC;
	bootclient_addrs(b, now, config->boot_addrs, config->boot_addr_count);
}

void
bootclient_addrs(struct bootclient *b, uint64_t now, const struct addr *addrs,
    size_t count)
{
	memcpy(b->addrs, addrs, count * sizeof(*addrs));
	b->addr_count = count;
	b->addr_turn = 0;
	if (b->phase == BOOT_HELLO)
		start_joining(b, now);
}

static void
on_cookie(struct bootclient *b, uint64_t now, const uint8_t *packet, size_t len)
{
	struct wire_cookie_reply c;

	if (wire_get_cookie_reply(packet, len, &c) == -1 ||
	    b->phase != BOOT_HELLO ||
	    memcmp(c.nonce, b->nonce, NONCE_LEN) != 0) {
		b->dropped++;
		return;
	}
	b->phase = BOOT_JOINING;
	b->silent_at = CLOCK_NEVER;
	b->cookie = c.cookie;
	b->cookie_at = now;
	memcpy(b->boot_key, c.bootnode_key, sizeof(b->boot_key));
	ask_for_join(b, now);
}

int
bootclient_join(struct bootclient *b, uint64_t now,
    const struct ipc_boot_join *body, const uint8_t *noise, size_t len)
{
	struct wire_join j = {
		.cookie = b->cookie,
		.noise = noise,
		.noise_len = len,
	};
	uint8_t buf[WIRE_MAX];

	/* Another attempt, or leaving, has begun: the answer is late. */
	if (b->phase != BOOT_JOINING || !addr_equal(&body->addr, &b->addr))
		return 0;
	memcpy(j.nonce, b->nonce, sizeof(j.nonce));
	retry_later(b, now);
	b->join_sent = true;
	udp_send(b->udp, &b->addr, buf, wire_put_join(buf, &j));
	return 0;
}

static void
on_welcome(struct bootclient *b, const uint8_t *packet, size_t len)
{
	struct ipc_boot_welcome body = { .addr = b->addr };
	struct wire_welcome w;

	if (wire_get_welcome(packet, len, &w) == -1 ||
	    b->phase != BOOT_JOINING ||
	    memcmp(w.nonce, b->nonce, NONCE_LEN) != 0) {
		b->dropped++;
		return;
	}
	ipc_send(b->cryptod, IPC_BOOT_WELCOME, &body, w.noise, w.noise_len);
}

static void
start_leaving(struct bootclient *b, uint64_t now)
{
	b->phase = BOOT_LEAVING;
	b->leave_until = now + LEAVE_FOR;
	b->retry_at = now + LEAVE_RETRY;
	send_control(b, WIRE_LEAVE);
}

int
bootclient_session(struct bootclient *b, uint64_t now,
    const struct ipc_boot_session *s)
{
	/* Another attempt, perhaps elsewhere, or leaving has begun. */
	if (b->phase != BOOT_JOINING)
		return 0;
	b->phase = BOOT_SESSION;
	b->lost_told = false;
	b->session = s->session;
	memcpy(b->mac_key, s->mac_key, sizeof(b->mac_key));
	b->interval =
	    clock_min(b->own_interval, s->interval_ms * USEC_PER_MSEC);
	if (b->interval < INTERVAL_MIN)
		b->interval = INTERVAL_MIN;
	b->timeout = s->timeout_ms * USEC_PER_MSEC;
	b->counter = b->acked = 0;
	b->version = 0;
	b->heard_at = now;
	b->heartbeat_at = now + b->interval;
	b->sync_at = now + SYNC_RETRY;
	if (b->leave_asked)
		start_leaving(b, now);
	return 0;
}

/* --- The session ---------------------------------------------------- */

static void
lost(struct bootclient *b, uint64_t now)
{
	if (!b->lost_told)
		tell(b, BOOT_LOST, REFUSAL_NONE);
	b->lost_told = true;
	explicit_bzero(b->mac_key, sizeof(b->mac_key));
	start_joining(b, now);
	b->silent_at = CLOCK_NEVER; /* that it is lost says enough */
}

/* Asks for what is missing, at once or when the last asking is over. */
static void
sync_soon(struct bootclient *b, uint64_t now)
{
	if (b->sync_at == CLOCK_NEVER)
		b->sync_at = now;
}

int
bootclient_version(struct bootclient *b, uint64_t now,
    const struct ipc_boot_version *v)
{
	if (b->phase != BOOT_SESSION)
		return 0;
	b->version = v->version;
	if (v->sync)
		sync_soon(b, now);
	else
		b->sync_at = CLOCK_NEVER;
	return 0;
}

static void
on_control(struct bootclient *b, uint64_t now, const uint8_t *packet,
    size_t len)
{
	struct wire_control c;

	if (wire_get_control(packet, len, &c) == -1 ||
	    c.session != b->session || !wire_mac_ok(packet, len, b->mac_key) ||
	    c.counter > b->counter) {
		b->dropped++;
		return;
	}
	if (c.type == WIRE_LEAVE_ACK && b->phase == BOOT_LEAVING) {
		b->phase = BOOT_GONE;
		return;
	}
	if (c.type != WIRE_HEARTBEAT_ACK || b->phase != BOOT_SESSION ||
	    c.counter <= b->acked)
		return;
	b->acked = c.counter;
	b->heard_at = now;
	b->heartbeat_at = now + b->interval;
	if (c.version != b->version)
		sync_soon(b, now);
}

static void
on_sealed(struct bootclient *b, const uint8_t *packet, size_t len)
{
	struct ipc_boot_sealed body;
	struct wire_sealed s;

	/* The roster may be here before cryptod has read the WELCOME; it is
	 * cryptod that tells whether it is ours. */
	if (wire_get_sealed(packet, len, &s) == -1 ||
	    (b->phase != BOOT_JOINING &&
		(b->phase != BOOT_SESSION || s.session != b->session))) {
		b->dropped++;
		return;
	}
	body.counter = s.counter;
	ipc_send(b->cryptod, IPC_BOOT_SEALED, &body, s.sealed, s.sealed_len);
}

static void
on_challenge(struct bootclient *b, const uint8_t *packet, size_t len)
{
	struct wire_challenge_reply reply;
	struct wire_challenge c;
	uint8_t buf[WIRE_MAX];

	if (wire_get_challenge(packet, len, &c) == -1 ||
	    b->phase != BOOT_SESSION || c.session != b->session) {
		b->dropped++;
		return;
	}
	reply.session = b->session;
	reply.counter = ++b->counter;
	reply.cookie = c.cookie;
	udp_send(b->udp, &b->addr, buf,
	    wire_put_challenge_reply(buf, &reply, b->mac_key));
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

/*
 * A REJECT is not authentic: whoever can see our packets can forge one. So
 * the most it does is to make us join again, which the real bootnode takes.
 */
static void
on_reject(struct bootclient *b, uint64_t now, const uint8_t *packet, size_t len)
{
	struct wire_reject r;
	struct getter g;

	if (wire_get_reject(packet, len, &r) == -1) {
		b->dropped++;
		return;
	}
	get_init(&g, b->nonce, sizeof(b->nonce));
	if (r.reason == REJECT_UNKNOWN_SESSION) {
		if (r.id != b->session)
			return;
		if (b->phase == BOOT_LEAVING)
			b->phase = BOOT_GONE;
		else if (b->phase == BOOT_SESSION)
			lost(b, now);
	} else if (b->phase == BOOT_JOINING && r.id == get_u64(&g)) {
		tell(b, BOOT_REFUSED, refusal(r.reason));
		b->phase = BOOT_HELLO;
		b->retry_after = JOIN_RETRY_MAX;
		b->retry_at = now + b->retry_after;
	}
}

void
bootclient_packet(struct bootclient *b, uint64_t now, const struct addr *from,
    const uint8_t *packet, size_t len)
{
	if (!addr_equal(from, &b->addr)) {
		b->dropped++;
		return;
	}
	switch (wire_type(packet, len)) {
	case WIRE_COOKIE:
		on_cookie(b, now, packet, len);
		break;
	case WIRE_WELCOME:
		on_welcome(b, packet, len);
		break;
	case WIRE_HEARTBEAT_ACK:
	case WIRE_LEAVE_ACK:
		on_control(b, now, packet, len);
		break;
	case WIRE_SEALED:
		on_sealed(b, packet, len);
		break;
	case WIRE_CHALLENGE:
		on_challenge(b, packet, len);
		break;
	case WIRE_REJECT:
		on_reject(b, now, packet, len);
		break;
	default:
		b->dropped++;
	}
}

/* --- Leaving, time -------------------------------------------------- */

int
bootclient_leave(struct bootclient *b, uint64_t now)
{
	if (b->phase == BOOT_LEAVING || b->phase == BOOT_GONE || b->leave_asked)
		return -1;
	if (b->phase == BOOT_SESSION) {
		start_leaving(b, now);
	} else if (b->phase == BOOT_JOINING && b->join_sent) {
		/* The bootnode has us in its list already. */
		b->leave_asked = true;
		b->leave_until = now + LEAVE_FOR;
	} else {
		b->phase = BOOT_GONE;
	}
	return 0;
}

bool
bootclient_gone(const struct bootclient *b)
{
	return b->phase == BOOT_GONE;
}

uint64_t
bootclient_deadline(const struct bootclient *b)
{
	switch (b->phase) {
	case BOOT_HELLO:
	case BOOT_JOINING:
		if (b->leave_asked)
			return b->leave_until;
		return clock_min(b->retry_at, b->silent_at);
	case BOOT_SESSION:
		return clock_min(b->heard_at + b->timeout,
		    clock_min(b->heartbeat_at, b->sync_at));
	case BOOT_LEAVING:
		return clock_min(b->retry_at, b->leave_until);
	case BOOT_GONE:
		break;
	}
	return CLOCK_NEVER;
}

static void
session_timer(struct bootclient *b, uint64_t now)
{
	if (now >= b->heard_at + b->timeout) {
		lost(b, now);
		return;
	}
	if (now >= b->sync_at) {
		send_control(b, WIRE_SYNC);
		b->sync_at = now + SYNC_RETRY;
	}
	if (now >= b->heartbeat_at) {
		send_control(b, WIRE_HEARTBEAT);
		/* An answer puts this off to the next interval. */
		b->heartbeat_at = now + clock_min(HEARTBEAT_RETRY, b->interval);
	}
}

void
bootclient_timer(struct bootclient *b, uint64_t now)
{
	switch (b->phase) {
	case BOOT_HELLO:
	case BOOT_JOINING:
		if (b->leave_asked) {
			if (now >= b->leave_until)
				b->phase = BOOT_GONE;
			break;
		}
		if (now >= b->silent_at) {
			b->silent_at = CLOCK_NEVER;
			tell(b, BOOT_UNREACHABLE, REFUSAL_NONE);
		}
		if (now >= b->retry_at)
			retry_joining(b, now);
		break;
	case BOOT_SESSION:
		session_timer(b, now);
		break;
	case BOOT_LEAVING:
		if (now >= b->leave_until) {
			b->phase = BOOT_GONE;
		} else if (now >= b->retry_at) {
			send_control(b, WIRE_LEAVE);
			b->retry_at = now + LEAVE_RETRY;
		}
		break;
	case BOOT_GONE:
		break;
	}
}
