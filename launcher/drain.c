/*
 * A bootnode of a fleet drains before it ends. See drain.h.
 */
#include "launcher/drain.h"

#include "common/clock.h"
#include "common/log.h"
#include "launcher/ending.h"
#include "launcher/supervised.h"

void
drain_init(struct drain *d)
{
	d->due = CLOCK_NEVER;
}

/* systemd kills what has not ended in time, unless it is told that more is
 * needed: sd_notify(3). */
static void
ask_for_time(struct supervisor *s)
{
	notify_send(&s->service.notify,
	    "EXTEND_TIMEOUT_USEC=40000000\nSTATUS=Its rooms move to other "
	    "nodes of the fleet.");
}

bool
drain_begin(struct supervisor *s)
{
	struct supervised *netd = supervised_of(s, ROLE_NETD, 0);

	if (s->fleet.addresses.count == 0 || !supervised_all_ready(s) ||
	    netd->pid == 0 || netd->channel.state != AT_WORK)
		return false;
	s->drain.due = kernel_now(&s->kernel) + DRAIN_PATIENCE;
	ipc_send(&netd->channel, IPC_DRAIN, NULL, NULL, 0);
	ask_for_time(s);
	return true;
}

void
drain_over(struct supervisor *s, const struct ipc_drained *drained)
{
	if (s->drain.due == CLOCK_NEVER)
		return;
	s->drain.due = CLOCK_NEVER;
	if (drained->alone)
		ending_keep(s);
	else
		ending_ask(s);
}

void
drain_died(struct supervisor *s, const struct supervised *child)
{
	if (s->drain.due == CLOCK_NEVER || child->role == ROLE_FLEETD)
		return;
	s->drain.due = CLOCK_NEVER;
	if (!s->ending)
		ending_ask(s);
}

uint64_t
drain_deadline(const struct supervisor *s)
{
	return s->drain.due;
}

void
drain_overdue(struct supervisor *s)
{
	if (kernel_now(&s->kernel) < s->drain.due)
		return;
	s->drain.due = CLOCK_NEVER;
	if (s->ending)
		return;
	log_warn("not all rooms have moved to other nodes in %d s: their "
		 "clients join again",
	    (int)(DRAIN_PATIENCE / USEC_PER_SEC));
	ending_ask(s);
}
