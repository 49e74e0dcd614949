/*
 * Packets in the bootnode's name that need no key: REJECT of a session, and
 * CHALLENGE. Somebody who can see our packets can forge both, so a REJECT is
 * only a reason to ask, and a CHALLENGE counts as the answer to our question.
 * See bootclient.h and bootclient_parts.h.
 */
#include "netd/client/bootclient_parts.h"

/* Asks whether the session is there. */
static void
ask(struct bootclient *b, uint64_t now)
{
	b->doubt_beats++;
	b->doubt_rejected = false;
	boot_beat(b, now);
	b->doubt_until = now + boot_retry_time(b, DOUBT_WAIT);
}

static void
on_unknown_session(struct bootclient *b, uint64_t now)
{
	if (b->phase == BOOT_LEAVING) {
		b->phase = BOOT_GONE; /* as good as an answer */
		return;
	}
	if (b->phase != BOOT_SESSION)
		return;
	if (b->doubt_from != 0) {
		b->doubt_rejected = true;
		return;
	}
	if (b->doubt_began != 0 && now < b->doubt_began + DOUBT_REST)
		return;
	b->doubt_began = now;
	b->doubt_beats = 0;
	b->doubt_from = b->counter + 1;
	ask(b, now);
}

void
boot_doubt_acked(struct bootclient *b, uint64_t counter)
{
	if (counter >= b->doubt_from)
		b->doubt_from = 0;
}

uint64_t
boot_doubt_deadline(const struct bootclient *b)
{
	return b->doubt_from != 0 ? b->doubt_until : CLOCK_NEVER;
}

void
boot_doubt_timer(struct bootclient *b, uint64_t now)
{
	if (now < boot_doubt_deadline(b))
		return;
	/* Nothing at all came back: heartbeats go on as usual. */
	if (!b->doubt_rejected)
		b->doubt_from = 0;
	else if (b->doubt_beats < DOUBT_BEATS)
		ask(b, now);
	else
		boot_lost(b, now);
}

void
boot_on_reject(struct bootclient *b, uint64_t now, const uint8_t *packet,
    size_t len)
{
	struct wire_reject r;
	struct getter g;

	if (wire_get_reject(packet, len, &r) == -1) {
		b->dropped++;
		return;
	}
	if (r.reason == REJECT_UNKNOWN_SESSION) {
		if (r.id == b->session)
			on_unknown_session(b, now);
		return;
	}
	get_init(&g, b->pass.nonce, sizeof(b->pass.nonce));
	if (b->join_len > 0 && r.id == get_u64(&g) &&
	    wire_mac_ok(packet, len, b->reject_key))
		boot_refused(b, now, r.reason);
	else
		b->dropped++;
}

void
boot_on_challenge(struct bootclient *b, uint64_t now, const uint8_t *packet,
    size_t len)
{
	struct wire_challenge_reply reply;
	struct wire_challenge c;
	uint8_t buf[WIRE_MAX];

	/* Accepts one CHALLENGE for each HEARTBEAT or SYNC that is not answered
	 * yet. */
	if (wire_get_challenge(packet, len, &c) == -1 || !boot_in_session(b) ||
	    c.session != b->session || b->asked <= b->acked ||
	    b->asked <= b->challenged) {
		b->dropped++;
		return;
	}
	b->challenged = b->asked;
	reply.session = b->session;
	reply.counter = boot_next_counter(b, now);
	reply.cookie = c.cookie;
	udp_send(b->udp, &b->session_addr, buf,
	    wire_put_challenge_reply(buf, &reply, b->mac_key));
}
