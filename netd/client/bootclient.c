/*
 * A client's session with the bootnode: heartbeats, LEAVE, and the packets that
 * come from it. See bootclient.h and bootclient_parts.h.
 */
#include "netd/client/bootclient_parts.h"
#include "netd/random.h"

#include <string.h>

uint64_t
boot_next_counter(struct bootclient *b, uint64_t now)
{
	b->counter++;
	b->sent_at[b->counter % SENT_TIMES] = now;
	return b->counter;
}

void
boot_send_control(struct bootclient *b, uint64_t now, enum wire_type type)
{
	struct wire_control c = {
		.type = type,
		.session = b->session,
		.counter = boot_next_counter(b, now),
		.version = b->version,
		.echo = b->echo,
		.after = b->after,
		.len = boot_sync_len(b),
		.access = b->has_access,
	};
	uint8_t buf[WIRE_MAX];
	size_t len;

	if (type == WIRE_SYNC && b->roster_from != 0)
		c.version = b->roster_from;
	b->sealed_len = 0;
	b->asked = c.counter;
	len = wire_put_control(buf, &c, b->mac_key);
	if (c.access)
		len = wire_access_put(buf, len, b->access_key);
	udp_send(b->udp, &b->session_addr, buf, len);
}

void
bootclient_init(struct bootclient *b, struct udp *udp,
    struct ipc_channel *cryptod, const struct ipc_config_netd *config,
    uint64_t now)
{
	memset(b, 0, sizeof(*b));
	b->udp = udp;
	b->cryptod = cryptod;
	b->own_interval = config->limits.heartbeat_ms * USEC_PER_MSEC;
	b->access_awaited = config->access;
	b->took.resolve_us = config->resolve_us;
	rtt_init(&b->rtt);
	bootclient_addrs(b, now, config->boot_addrs, config->boot_addr_count);
}

uint64_t
bootclient_pto(const struct bootclient *b)
{
	return clock_min(rtt_pto(&b->rtt, 0), ANSWER_MAX);
}

uint64_t
bootclient_rtt(const struct bootclient *b)
{
	return b->rtt.sampled ? b->rtt.smoothed : 0;
}

uint64_t
bootclient_patience(const struct bootclient *b)
{
	uint64_t patience = clock_min(2 * b->rtt.smoothed, LEAVE_FOR_MAX);

	return clock_max(patience, LEAVE_FOR);
}

uint64_t
boot_retry_time(const struct bootclient *b, uint64_t least)
{
	uint64_t pto = bootclient_pto(b);

	return clock_max(pto, least);
}

/*
 * Returns the time between two heartbeats. One that is lost is sent again in
 * time, before the bootnode gives us up; where the round trip is too long for
 * that, they follow each other so closely that two in a row may be lost.
 */
static uint64_t
beat_spacing(const struct bootclient *b)
{
	uint64_t pto = bootclient_pto(b), spacing = b->timeout / 4;

	if (b->timeout > pto && b->timeout - pto > spacing)
		spacing = b->timeout - pto;
	spacing = clock_min(spacing, b->interval);
	return clock_max(spacing, INTERVAL_MIN);
}

static void
start_leaving(struct bootclient *b, uint64_t now)
{
	uint64_t patience = bootclient_patience(b);

	b->phase = BOOT_LEAVING;
	b->leave_until = now + patience;
	b->leave_retry = patience / LEAVE_COPIES;
	b->retry_at = now + b->leave_retry;
	boot_send_control(b, now, WIRE_LEAVE);
}

int
bootclient_session(void *self, const struct ipc_message_in *in)
{
	struct bootclient *b = self;
	const struct ipc_boot_session *s = in->body;
	bool leaves = b->leave_asked || b->phase >= BOOT_LEAVING;

	/* Another JOIN is being written, perhaps for another address, or there
	 * is no JOIN any more. */
	if (b->join_len == 0)
		return 0;
	boot_leave_behind(b, in->now);
	b->phase = BOOT_SESSION;
	b->join_len = 0;
	b->lost_told = false;
	b->has_session = true;
	b->seeking = false;
	b->session_addr = b->addr;
	boot_arrived(b);
	b->relay_rate =
	    s->relay_rate < RELAY_RATE_MAX ? s->relay_rate : RELAY_RATE_MAX;
	b->session = s->session;
	memcpy(b->mac_key, s->mac_key, sizeof(b->mac_key));
	b->interval =
	    clock_min(b->own_interval, s->interval_ms * USEC_PER_MSEC);
	if (b->interval < INTERVAL_MIN)
		b->interval = INTERVAL_MIN;
	b->timeout = clock_min(s->timeout_ms * USEC_PER_MSEC, TIMEOUT_MAX);
	b->timeout = clock_max(b->timeout, TIMEOUT_MIN);
	b->counter = b->acked = b->asked = b->challenged = 0;
	b->doubt_from = b->doubt_began = 0;
	b->rejoin_at = CLOCK_NEVER;
	b->version = b->room_version = b->roster_from = 0;
	memset(&b->after, 0, sizeof(b->after));
	b->echo = s->echo;
	b->sealed_len = b->synced_at = b->again_at = 0;
	b->heard_at = b->joined_at = in->now;
	b->unanswered = 0;
	b->beat_at = b->join_at;
	b->heartbeat_at = b->beat_at + beat_spacing(b);
	/* The roster came before its WELCOME did, and meant nothing yet, if
	 * this WELCOME is the answer to a copy. */
	b->sync_at = b->join_copies > 1 ? in->now : in->now + SYNC_RETRY;
	if (leaves)
		start_leaving(b, in->now);
	return 0;
}

/* --- The session ---------------------------------------------------- */

void
bootclient_spare(struct bootclient *b, struct udp *udp, struct hosts *hosts)
{
	b->spare = udp;
	b->hosts = hosts;
}

void
boot_end_session(struct bootclient *b)
{
	if (!b->lost_told)
		boot_tell(b, BOOT_LOST, REFUSAL_NONE);
	b->lost_told = true;
	b->has_session = false;
	explicit_bzero(b->mac_key, sizeof(b->mac_key));
}

void
boot_lost(struct bootclient *b, uint64_t now)
{
	boot_must_wait(b, now);
	b->spread_until = b->spread > 0 ? now + random_u64() % b->spread : 0;
	boot_end_session(b);
	boot_start_joining(b, now);
	b->silent_at = CLOCK_NEVER; /* that it is lost says enough */
}

void
bootclient_rejoin(struct bootclient *b, uint64_t now)
{
	uint64_t silent_at = b->silent_at;

	if (b->phase == BOOT_LEAVING || b->phase == BOOT_GONE || b->leave_asked)
		return;
	if (b->phase == BOOT_SESSION && now < b->rejoin_at) {
		/* The session stays good while the next one is being made. */
		if (b->rejoin_at == CLOCK_NEVER && boot_must_wait(b, now))
			b->rejoin_at = b->join_after;
		if (b->rejoin_at != CLOCK_NEVER)
			return;
	}
	boot_start_joining(b, now);
	b->silent_at = silent_at;
}

void
bootclient_touch(struct bootclient *b, uint64_t now)
{
	b->heartbeat_at = now;
	if (b->phase == BOOT_HELLO || b->join_len > 0) {
		boot_new_round(b, now);
		b->retry_at = now;
	}
}

void
bootclient_was_us(struct bootclient *b)
{
	b->spread = b->spread_until = 0;
}

void
bootclient_woke(struct bootclient *b, uint64_t now)
{
	b->awake_from = now;
	rtt_init(&b->rtt);
}

void
bootclient_stranger(struct bootclient *b, uint64_t now)
{
	if (b->phase != BOOT_SESSION || now < b->beat_at + STRANGER_REST)
		return;
	b->heartbeat_at = clock_min(b->heartbeat_at, now + STRANGER_WAIT);
}

/* The answer to the packet with this counter is here. */
static void
measure(struct bootclient *b, uint64_t now, uint64_t counter)
{
	uint64_t sent = b->sent_at[counter % SENT_TIMES];

	if (b->counter - counter < SENT_TIMES && sent >= b->awake_from)
		rtt_sample(&b->rtt, now - sent, 0);
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
	if (c.type != WIRE_HEARTBEAT_ACK || !boot_in_session(b) ||
	    c.counter <= b->acked)
		return;
	b->acked = c.counter;
	boot_doubt_acked(b, c.counter);
	b->heard_at = now;
	b->unanswered = 0;
	measure(b, now, c.counter);
	b->heartbeat_at = b->beat_at + beat_spacing(b);
	b->echo = c.echo;
	b->spread = c.spread * USEC_PER_SEC;
	boot_sync_acked(b, now, &c);
}

static void
on_sealed(struct bootclient *b, uint64_t now, const uint8_t *packet, size_t len)
{
	struct ipc_boot_sealed body;
	struct wire_sealed s;

	/* The roster may be here before cryptod has read the WELCOME; only
	 * cryptod can tell whether it is ours. */
	if (wire_get_sealed(packet, len, &s) == -1 ||
	    (b->join_len == 0 &&
		(!boot_in_session(b) || s.session != b->session))) {
		b->dropped++;
		return;
	}
	b->sealed_len += len;
	if (boot_in_session(b) && b->sealed_len > SEALED_QUOTA)
		b->heartbeat_at = clock_min(b->heartbeat_at,
		    clock_max(now, b->beat_at + INTERVAL_MIN));
	body.counter = s.counter;
	ipc_send(b->cryptod, IPC_BOOT_SEALED, &body, s.sealed, s.sealed_len);
}

void
bootclient_packet(struct bootclient *b, uint64_t now, const struct udp *udp,
    const struct addr *from, const uint8_t *packet, size_t len)
{
	enum wire_type type = wire_type(packet, len);

	if (type == WIRE_COOKIE) {
		boot_on_cookie(b, now, udp, from, packet, len);
		return;
	}
	if (!addr_equal(from, &b->addr) &&
	    !(b->has_session && addr_equal(from, &b->session_addr))) {
		b->dropped++;
		return;
	}
	switch (type) {
	case WIRE_WELCOME:
		boot_on_welcome(b, now, packet, len);
		break;
	case WIRE_HEARTBEAT_ACK:
	case WIRE_LEAVE_ACK:
		on_control(b, now, packet, len);
		break;
	case WIRE_SEALED:
		on_sealed(b, now, packet, len);
		break;
	case WIRE_CHALLENGE:
		boot_on_challenge(b, now, packet, len);
		break;
	case WIRE_REJECT:
		boot_on_reject(b, now, packet, len);
		break;
	default:
		b->dropped++;
	}
}

/* --- Leaving --------------------------------------------------------- */

int
bootclient_leave(struct bootclient *b, uint64_t now)
{
	if (b->phase == BOOT_LEAVING || b->phase == BOOT_GONE || b->leave_asked)
		return -1;
	if (b->has_session) {
		start_leaving(b, now);
	} else if (b->join_len > 0) {
		/* The bootnode has us in its list already. */
		b->leave_asked = true;
		b->leave_until = now + bootclient_patience(b);
	} else {
		b->phase = BOOT_GONE;
	}
	return 0;
}

bool
bootclient_wants_addrs(struct bootclient *b)
{
	bool wanted = b->wants_addrs;

	b->wants_addrs = false;
	return wanted;
}

const struct addr *
bootclient_at(const struct bootclient *b)
{
	return b->has_session ? &b->session_addr : &b->addr;
}

bool
bootclient_gone(const struct bootclient *b)
{
	return b->phase == BOOT_GONE;
}

void
boot_beat(struct bootclient *b, uint64_t now)
{
	boot_send_control(b, now, WIRE_HEARTBEAT);
	b->beat_at = now;
	b->unanswered++;
	/* An answer puts this off to the next one. */
	b->heartbeat_at = now +
	    clock_min(boot_retry_time(b, HEARTBEAT_RETRY), beat_spacing(b));
}
