/*
 * A private bootnode: it answers nobody who has none of its access keys, and
 * ends the sessions of a key that was taken back. PROTOCOL.md section 2.17.
 */
#include "netd/bootnode/parts.h"

/* Sessions are looked at in portions, so that packets are not kept waiting: so
 * many slots at a time, of which so many have a session that ends, and then not
 * for this long. cryptod has to keep up, too. */
#define SWEEP_SLOTS   8192
#define SWEEP_ENDS    256
#define SWEEP_SPACING (5 * USEC_PER_MSEC)

bool
bootnode_admits(struct bootnode *b, const struct remote *from,
    const uint8_t *packet, size_t len, uint16_t *number)
{
	if (access_allows(&b->access, packet, len, number))
		return true;
	bootnode_drop(b, DROP_ACCESS, from);
	return false;
}

int
bootnode_access_keys(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;

	access_set(&b->access, in->body);
	b->sweep_slot = 0;
	b->sweep_at = in->now;
	return 0;
}

uint64_t
bootnode_sweep_deadline(const struct bootnode *b)
{
	return b->sweep_slot != SLOT_NONE ? b->sweep_at : CLOCK_NEVER;
}

/* Returns true if the session has ended. One that is PENDING is looked at when
 * cryptod has opened its JOIN. */
static bool
end_if_not_held(struct bootnode *b, uint64_t now, struct session *s)
{
	if (s == NULL ||
	    (s->state != SESSION_ADMITTED && s->state != SESSION_MEMBER) ||
	    access_holds(&b->access, s->access))
		return false;
	/* For the others in its room it is silent from now on. */
	bootnode_leave(b, now, s, LEAVE_TIMEOUT);
	b->swept++;
	return true;
}

void
bootnode_sweep(struct bootnode *b, uint64_t now)
{
	uint32_t looked = 0, ended = 0;
	struct session *s;

	if (now < bootnode_sweep_deadline(b))
		return;
	b->sweep_at = now + SWEEP_SPACING;
	while (looked++ < SWEEP_SLOTS && ended < SWEEP_ENDS) {
		if (!registry_had_slot(&b->registry, b->sweep_slot)) {
			if (b->swept > 0)
				event_revoked(b->swept);
			b->sweep_slot = SLOT_NONE;
			b->swept = 0;
			return;
		}
		s = registry_slot(&b->registry, b->sweep_slot++);
		ended += end_if_not_held(b, now, s);
	}
}
