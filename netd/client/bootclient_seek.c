/*
 * The bootnode of the session does not answer: another one is sought among its
 * addresses and those of the bootnodes that stand in for it. The session goes
 * on meanwhile, and nothing is reported before another one answers. See
 * bootclient.h and bootclient_parts.h.
 */
#include "netd/client/bootclient_parts.h"

/* A bootnode that spreads joins has so many clients that another could not take
 * all of them at once: those wait until the session is lost, and spread. */
bool
boot_seek(struct bootclient *b, uint64_t now)
{
	if (b->unanswered < SEEK_BEATS || b->target_count < 2 || b->spread > 0)
		return false;
	(void)boot_must_wait_more(b, now);
	boot_silent_home(b, now);
	boot_start_joining(b, now);
	b->silent_at = CLOCK_NEVER; /* that it is lost will say enough */
	b->seeking = true;
	return true;
}

void
boot_found(struct bootclient *b, const struct addr *at)
{
	boot_not_silent(b, at);
	if (b->seeking && b->has_session && !addr_equal(at, &b->session_addr))
		boot_end_session(b);
}

uint64_t
boot_hello_spacing(const struct bootclient *b)
{
	if (b->has_session && b->turn == 1)
		return clock_max(HELLO_SPACING, bootclient_pto(b));
	return HELLO_SPACING;
}
