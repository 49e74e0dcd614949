/*
 * What is due when, on a client's side of the bootnode. See bootclient.h and
 * bootclient_parts.h.
 */
#include "netd/client/bootclient_parts.h"

/* Returns when a session that is not heard is lost. The bootnode may have heard
 * us last a round trip after its answer was sent. */
static uint64_t
session_ends(const struct bootclient *b)
{
	if (!b->has_session)
		return CLOCK_NEVER;
	return b->heard_at + b->timeout +
	    clock_min(b->rtt.smoothed, ANSWER_MAX);
}

/* While we move, the session goes on. */
static uint64_t
joining_deadline(const struct bootclient *b)
{
	uint64_t d = clock_min(clock_min(session_ends(b), b->port_at),
	    clock_min(b->retry_at, b->silent_at));

	if (boot_in_session(b))
		d = clock_min(d, clock_min(b->heartbeat_at, b->sync_at));
	return clock_min(d, boot_homing_deadline(b));
}

uint64_t
bootclient_deadline(const struct bootclient *b)
{
	switch (b->phase) {
	case BOOT_HELLO:
	case BOOT_JOINING:
		return b->leave_asked ? b->leave_until : joining_deadline(b);
	case BOOT_SESSION:
		return clock_min(clock_min(session_ends(b), b->rejoin_at),
		    clock_min(boot_doubt_deadline(b),
			clock_min(b->heartbeat_at, b->sync_at)));
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
	if (now >= session_ends(b)) {
		boot_silent_home(b, now);
		boot_lost(b, now);
		return;
	}
	if (now >= b->rejoin_at) {
		if (b->moving)
			boot_go_home(b, now);
		else
			bootclient_rejoin(b, now);
		return;
	}
	if (now >= b->heartbeat_at && boot_seek(b, now))
		return;
	boot_sync_timer(b, now);
	if (now >= b->heartbeat_at)
		boot_beat(b, now);
	boot_doubt_timer(b, now);
}

/* The session that is being replaced: it goes on if we move. */
static void
old_session_timer(struct bootclient *b, uint64_t now)
{
	if (now >= session_ends(b))
		boot_end_session(b);
	if (!boot_in_session(b))
		return;
	boot_sync_timer(b, now);
	if (now >= b->heartbeat_at)
		boot_beat(b, now);
}

static void
joining_timer(struct bootclient *b, uint64_t now)
{
	if (now >= b->silent_at) {
		b->silent_at = CLOCK_NEVER;
		boot_tell(b, BOOT_UNREACHABLE, REFUSAL_NONE);
	}
	if (now >= b->port_at)
		boot_try_port(b, now);
	if (now >= b->resolve_at) {
		b->wants_addrs = true;
		b->resolve_at = now + RESOLVE_EVERY;
	}
	old_session_timer(b, now);
	boot_homing_timer(b, now);
	if (b->phase != BOOT_SESSION && now >= b->retry_at)
		boot_retry_joining(b, now);
}

void
bootclient_timer(struct bootclient *b, uint64_t now)
{
	switch (b->phase) {
	case BOOT_HELLO:
	case BOOT_JOINING:
		if (!b->leave_asked)
			joining_timer(b, now);
		else if (now >= b->leave_until)
			b->phase = BOOT_GONE;
		break;
	case BOOT_SESSION:
		session_timer(b, now);
		break;
	case BOOT_LEAVING:
		if (now >= b->leave_until) {
			b->phase = BOOT_GONE;
		} else if (now >= b->retry_at) {
			boot_send_control(b, now, WIRE_LEAVE);
			b->retry_at = now + b->leave_retry;
		}
		break;
	case BOOT_GONE:
		break;
	}
}
