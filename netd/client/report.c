/*
 * netd's part of the answer to /status. See report.h.
 */
#include "netd/client/report.h"

int
report_ask(void *self, const struct ipc_message_in *in)
{
	struct report *r = self;

	if (r->asked) /* by a ui that died meanwhile */
		return 0;
	r->asked = true;
	r->answer_at = in->now + REPORT_WAIT;
	reflect_look(r->reflect, in->now);
	return 0;
}

uint64_t
report_deadline(const struct report *r)
{
	return r->asked ? r->answer_at : CLOCK_NEVER;
}

static void
tell_peers(const struct report *r)
{
	struct ipc_net_peer body;

	for (size_t i = 0; i < CLIENT_PEERS_MAX; i++)
		if (links_figures(r->links, i, &body))
			ipc_send(r->cryptod, IPC_NET_PEER, &body, NULL, 0);
}

static void
tell_net(const struct report *r, uint64_t now)
{
	struct ipc_net_status body = {
		.addr = *bootclient_at(r->boot),
		.heard = r->boot->heard_at != 0,
	};
	uint64_t age = (now - r->boot->heard_at) / USEC_PER_MSEC;

	if (body.heard)
		body.heard_age_ms = (uint32_t)clock_min(age, UINT32_MAX);
	body.mapping = (uint8_t)nat_mapping(r->nat, now, &body.observed);
	ipc_send(r->cryptod, IPC_NET_STATUS, &body, NULL, 0);
}

void
report_timer(struct report *r, uint64_t now)
{
	if (!r->asked || (reflect_is_looking(r->reflect) && now < r->answer_at))
		return;
	r->asked = false;
	tell_peers(r);
	tell_net(r, now);
}
