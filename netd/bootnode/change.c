/*
 * What the operator changes while the bootnode runs: its limits, who is denied,
 * whose limit is lifted. All of it comes into force at once. Then the sessions
 * that are there are looked at, one after the other: those that are denied by
 * now end.
 */
#include "netd/bootnode/parts.h"

/* Sessions are looked at in portions, so that packets are not kept waiting: so
 * many slots at a time, of which so many may end, and then none for this long.
 * cryptod has to keep up, too. */
#define SWEEP_SLOTS   8192
#define SWEEP_ENDS    256
#define SWEEP_SPACING (5 * USEC_PER_MSEC)

void
bootnode_set_limits(struct bootnode *b, const struct ipc_limits *l)
{
	struct registry *r = &b->registry;
	/* A third of the timeout is left for a heartbeat that is lost and sent
	 * again. */
	uint32_t fits = l->timeout_ms - l->timeout_ms / 3;

	b->timeout_ms = l->timeout_ms;
	b->interval_ms = l->heartbeat_ms < fits ? l->heartbeat_ms : fits;
	b->join_rate = l->join_rate;
	b->relay_rate = l->relay_rate;
	b->relay_per_address = l->relay_per_address;
	r->max_peers = l->max_peers;
	r->max_per_address = l->max_per_address;
	/* Those who are here were told the timeout of when they came: they may
	 * be silent for as long. */
	r->timeout =
	    clock_max(r->timeout, (uint64_t)l->timeout_ms * USEC_PER_MSEC);
}

bool
bootnode_denies(const struct bootnode *b, const struct addr *addr)
{
	return prefixes_find(&b->lists[PREFIXES_DENIED], addr->ip) != NULL;
}

int
bootnode_prefixes(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	const struct ipc_prefixes *part = in->body;

	return prefixes_add(&b->next[part->list], part->list, in->tail,
	    part->count);
}

int
bootnode_limits(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	const struct ipc_limits *limits = in->body;

	for (size_t i = 0; i < PREFIXES_COUNT; i++)
		if (b->next[i].count != limits->prefixes[i])
			return -1;
	for (size_t i = 0; i < PREFIXES_COUNT; i++) {
		prefixes_clear(&b->lists[i]);
		b->lists[i] = b->next[i];
		b->next[i] = (struct prefixes){ 0 };
	}
	bootnode_set_limits(b, limits);
	b->open = true;
	bootnode_look_again(b, in->now);
	return 0;
}

int
bootnode_deny(struct bootnode *b, uint64_t now,
    const struct addr_prefix *prefix)
{
	int result = prefixes_insert(&b->lists[PREFIXES_DENIED], prefix);

	if (result == 1)
		bootnode_look_again(b, now);
	return result;
}

void
bootnode_look_again(struct bootnode *b, uint64_t now)
{
	b->sweep_slot = 0;
	b->sweep_at = now;
}

uint64_t
bootnode_sweep_deadline(const struct bootnode *b)
{
	return b->sweep_slot != SLOT_NONE ? b->sweep_at : CLOCK_NEVER;
}

/* Returns true if the session has ended. Nobody tells its client; for others in
 * its room it is silent from now on. It has no line of its own in the log: the
 * launcher takes only so many in a second, and end_sweep()'s must be among
 * them. One that is PENDING is looked at again when cryptod has opened its
 * JOIN: whether its key still holds. */
static bool
look_at(struct bootnode *b, uint64_t now, struct session *s)
{
	const bool here =
	    s->state == SESSION_ADMITTED || s->state == SESSION_MEMBER;
	const bool denied = bootnode_denies(b, &s->at.addr);

	if (here)
		registry_recount(&b->registry, s);
	if (here && (denied || !access_holds(&b->access, s->access))) {
		b->swept_denied += denied;
		b->swept_revoked += !denied;
		bootnode_end(b, now, s, LEAVE_TIMEOUT);
		return true;
	}
	if (s->state != SESSION_PENDING || !denied)
		return false;
	bootnode_drop(b, DROP_DENIED, &s->at);
	registry_abandon(&b->registry, s);
	return true;
}

static void
end_sweep(struct bootnode *b)
{
	if (b->swept_denied > 0)
		event_ended_denied(b->swept_denied);
	if (b->swept_revoked > 0)
		event_revoked(b->swept_revoked);
	b->swept_denied = b->swept_revoked = 0;
	b->sweep_slot = SLOT_NONE;
}

void
bootnode_sweep(struct bootnode *b, uint64_t now)
{
	uint32_t looked = 0, ended = 0;
	struct session *s;

	if (bootnode_sweep_deadline(b) > now)
		return;
	while (looked++ < SWEEP_SLOTS && ended < SWEEP_ENDS) {
		if (!registry_had_slot(&b->registry, b->sweep_slot)) {
			end_sweep(b);
			return;
		}
		s = registry_slot(&b->registry, b->sweep_slot++);
		ended += s != NULL && look_at(b, now, s);
	}
	b->sweep_at = now + SWEEP_SPACING;
}
