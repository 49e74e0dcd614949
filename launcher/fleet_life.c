/*
 * fleetd's life, which is nobody else's. See fleet.h.
 */
#include "launcher/fleet.h"

#include "common/log.h"
#include "launcher/supervised.h"

/* --- fleetd --------------------------------------------------------------- */

static struct supervised *
fleetd(struct supervisor *s)
{
	return supervised_of(s, ROLE_FLEETD, 0);
}

uint64_t
fleet_bit(const struct supervisor *s)
{
	const unsigned int child = family_find(&s->family, ROLE_FLEETD, 0);

	return child < s->family.count ? CHILD_BIT(child) : 0;
}

/* What was wanted or asked was the last one's. */
void
fleet_started(struct supervisor *s)
{
	s->fleet.wanted = false;
	s->fleet.silent = 0;
	s->fleet.ping_at = CLOCK_NEVER;
}

void
fleet_ready(struct supervisor *s)
{
	s->fleet.ping_at = kernel_now(&s->kernel) + FLEETD_PING;
}

void
fleet_pong(struct supervisor *s)
{
	s->fleet.silent = 0;
}

static void
ping(struct supervisor *s)
{
	struct fleet *f = &s->fleet;
	struct supervised *child = fleetd(s);

	f->ping_at = kernel_now(&s->kernel) + FLEETD_PING;
	if (f->silent == FLEETD_SILENT) {
		log_error("%s does not answer: ending it",
		    supervised_name(s, child));
		f->ping_at = CLOCK_NEVER;
		supervised_kill(s, child);
	} else if (child->channel.fd != -1) {
		f->silent++;
		ipc_send(&child->channel, IPC_PING, NULL, NULL, 0);
	}
}

/* --- Its end, and the next one -------------------------------------------- */

static void
give_up(struct supervisor *s)
{
	s->fleet.given_up = true;
	s->fleet.again_at = CLOCK_NEVER;
	log_error("the bootnode serves on without its fleet: %s is not "
		  "started again",
	    role_name(ROLE_FLEETD));
}

static void
rest(struct supervisor *s)
{
	s->fleet.again_at = kernel_now(&s->kernel) + FLEETD_REST;
	log_error("the bootnode serves on without its fleet: %s is started "
		  "again in %d s",
	    role_name(ROLE_FLEETD), (int)(FLEETD_REST / USEC_PER_SEC));
}

void
fleet_died(struct supervisor *s, bool violated)
{
	struct fleet *f = &s->fleet;

	f->ping_at = CLOCK_NEVER;
	f->wanted = false;
	f->silent = 0;
	if (violated)
		give_up(s);
	else if (restart_note(&f->restarts, kernel_now(&s->kernel)))
		s->ended |= fleet_bit(s);
	else
		rest(s);
}

void
fleet_not_started(struct supervisor *s)
{
	rest(s);
}

void
fleet_left_behind(struct supervisor *s)
{
	give_up(s);
}

/* --- Time ----------------------------------------------------------------- */

uint64_t
fleet_deadline(const struct supervisor *s)
{
	const struct fleet *f = &s->fleet;

	if (s->ending)
		return CLOCK_NEVER;
	return clock_min(clock_min(f->due, f->start_at),
	    clock_min(f->again_at, f->ping_at));
}

void
fleet_overdue(struct supervisor *s)
{
	const uint64_t now = kernel_now(&s->kernel);
	struct fleet *f = &s->fleet;

	if (s->ending)
		return;
	if (now >= f->due)
		fleet_give_up_connector(s);
	if (now >= f->start_at)
		fleet_connect(s);
	if (now >= f->ping_at)
		ping(s);
	if (now >= f->again_at) {
		f->again_at = CLOCK_NEVER;
		s->ended |= fleet_bit(s);
	}
}

static void
postpone(uint64_t *at, uint64_t by)
{
	if (*at != CLOCK_NEVER)
		*at += by;
}

void
fleet_postpone(struct supervisor *s, uint64_t by)
{
	postpone(&s->fleet.due, by);
	postpone(&s->fleet.start_at, by);
	postpone(&s->fleet.again_at, by);
	postpone(&s->fleet.ping_at, by);
}
