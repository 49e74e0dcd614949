/*
 * REFLECT. See reflect.h.
 */
#include "netd/client/reflect.h"

#include <string.h>

void
reflect_init(struct reflect *r, struct bootclient *boot, struct nat *nat)
{
	memset(r, 0, sizeof(*r));
	r->boot = boot;
	r->nat = nat;
}

static bool
has_session(const struct reflect *r)
{
	return r->boot->phase == BOOT_SESSION && r->boot->session == r->session;
}

static void
ask(struct reflect *r, struct reflect_question *q, uint64_t now)
{
	struct wire_reflect reflect = {
		.type = WIRE_REFLECT,
		.session = r->session,
		.counter = q->counter,
	};
	uint8_t buf[WIRE_MAX];

	q->tries++;
	q->retry_at = now + bootclient_pto(r->boot);
	if (q->retry_at < now + REFLECT_RETRY)
		q->retry_at = now + REFLECT_RETRY;
	udp_send(r->boot->udp, &q->to, buf,
	    wire_put_reflect(buf, &reflect, r->boot->mac_key));
}

static void
begin(struct reflect *r, struct reflect_question *q, uint64_t now)
{
	q->open = true;
	q->counter = ++r->boot->counter;
	q->tries = 0;
	ask(r, q, now);
}

void
reflect_session(struct reflect *r, uint64_t now,
    const struct ipc_boot_session *s)
{
	r->session = s->session;
	r->count = 0;
	if (!has_session(r))
		return;
	memset(r->questions, 0, sizeof(r->questions));
	r->looked_at = now;
	r->questions[0].to = r->questions[1].to = r->boot->session_addr;
	r->questions[1].to.port = s->reflect_port;
	r->count = s->reflect_port != 0 ? 2 : 1;
	/* The WELCOME has the first one's answer. */
	nat_session(r->nat, now, &r->boot->session_addr, &s->observed);
	if (r->count == 2)
		begin(r, &r->questions[1], now);
}

void
reflect_look(struct reflect *r, uint64_t now)
{
	if (!has_session(r) || now - r->looked_at < REFLECT_FRESH)
		return;
	r->looked_at = now;
	for (size_t i = 0; i < r->count; i++)
		begin(r, &r->questions[i], now);
}

bool
reflect_is_looking(const struct reflect *r)
{
	return reflect_deadline(r) != CLOCK_NEVER;
}

void
reflect_packet(struct reflect *r, uint64_t now, const struct addr *from,
    const uint8_t *packet, size_t len)
{
	struct wire_reflect reply;
	struct reflect_question *q;

	for (q = r->questions; q < r->questions + r->count; q++)
		if (q->open && addr_equal(&q->to, from))
			break;
	if (wire_get_reflect(packet, len, &reply) == -1 ||
	    q == r->questions + r->count || !has_session(r) ||
	    reply.type != WIRE_REFLECT_REPLY || reply.session != r->session ||
	    reply.counter != q->counter || addr_is_unusable(&reply.observed) ||
	    !wire_mac_ok(packet, len, r->boot->mac_key)) {
		r->boot->dropped++;
		return;
	}
	q->open = false;
	nat_bootnode(r->nat, now, from, &reply.observed);
}

uint64_t
reflect_deadline(const struct reflect *r)
{
	uint64_t deadline = CLOCK_NEVER;

	if (!has_session(r))
		return CLOCK_NEVER;
	for (size_t i = 0; i < r->count; i++)
		if (r->questions[i].open)
			deadline =
			    clock_min(deadline, r->questions[i].retry_at);
	return deadline;
}

void
reflect_timer(struct reflect *r, uint64_t now)
{
	struct reflect_question *q;

	if (!has_session(r))
		return;
	for (q = r->questions; q < r->questions + r->count; q++) {
		if (!q->open || q->retry_at > now)
			continue;
		if (q->tries < REFLECT_TRIES)
			ask(r, q, now);
		else
			q->open = false;
	}
}
