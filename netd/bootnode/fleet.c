/*
 * A node of a fleet: the rhythm of its records, and where JOINs are sent. See
 * fleet.h.
 */
#include "netd/bootnode/parts.h"
#include "netd/bootnode/token.h"

#include <stdlib.h>

/* What an operator is told of again and again is told this seldom. */
#define TROUBLE_SPACING (60 * USEC_PER_SEC)

int
fleet_init(struct bootnode *b, const struct ipc_config_netd *config)
{
	struct fleet *f = calloc(1, sizeof(*f));
	struct fleet_record *self;

	if (f == NULL)
		return -1;
	b->fleet = f;
	self = &f->self;
	self->count = config->fleet_addr_count;
	memcpy(self->addrs, config->fleet_addrs, sizeof(self->addrs));
	self->id = fleet_record_id(self->addrs, self->count);
	self->incarnation = config->fleet_incarnation;
	self->capacity = config->max_sessions;
	memcpy(self->version, GOCHAT_VERSION,
	    strnlen(GOCHAT_VERSION, FLEET_VERSION_MAX));
	fleet_view_init(&f->view, self);
	return 0;
}

void
fleet_free(struct bootnode *b)
{
	free(b->fleet);
}

void
fleet_begin(struct bootnode *b, uint64_t now)
{
	struct fleet *f = b->fleet;

	f->began = f->next_at = now;
	fleet_view_homes(&f->view, &f->homes, b->keys.fleet_name);
}

/* --- The rhythm ----------------------------------------------------------- */

static uint64_t
next_record(const struct fleet *f)
{
	return f->asking ? f->asked_at + FLEET_PATIENCE : f->next_at;
}

static void
make_record(struct bootnode *b, uint64_t now)
{
	struct fleet *f = b->fleet;
	uint8_t record[FLEET_RECORD_MAX];

	f->self.sequence++;
	f->self.sessions = b->registry.session_count;
	f->self.rooms = b->registry.room_count;
	fleet_view_own(&f->view, &f->self);
	f->asking = true;
	f->done = false;
	f->found = 0;
	f->asked_at = now;
	f->next_at = now + FLEET_RHYTHM;
	b->io.tell(b->io.arg, IPC_FLEET_SEAL, NULL, record,
	    fleet_record_put(record, &f->self));
}

int
fleet_sealed(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	struct fleet *f = b->fleet;
	struct ipc_fleet_record body = { .id = f->self.id };

	memcpy(body.name, b->keys.fleet_name, sizeof(body.name));
	if (b->io.tell_fleetd(b->io.arg, IPC_FLEET_RECORD, &body, in->tail,
		in->tail_len) == -1)
		f->asking = false; /* there is no fleetd now */
	return 0;
}

int
fleet_found(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	struct fleet *f = b->fleet;

	/* More than there can be, or late: cryptod is not to be kept busy. */
	if (!f->asking || f->done || f->found == FLEET_NODES_MAX)
		return 0;
	f->found++;
	if (b->io.tell(b->io.arg, IPC_FLEET_OPEN, in->body, in->tail,
		in->tail_len) == 0)
		f->opening++;
	return 0;
}

static void
tell_sight(struct bootnode *b, uint64_t now, enum sight sight,
    const struct fleet_record *r)
{
	struct fleet *f = b->fleet;

	if (sight == SIGHT_CAME)
		event_node_came(&r->addrs[0], r->version,
		    fleet_view_living(&f->view));
	if (sight == SIGHT_TWIN && now >= f->twin_quiet_until) {
		f->twin_quiet_until = now + TROUBLE_SPACING;
		event_node_twin(&r->addrs[0]);
	}
	if (sight == SIGHT_FULL && now >= f->full_quiet_until) {
		f->full_quiet_until = now + TROUBLE_SPACING;
		event_fleet_full(&r->addrs[0]);
	}
}

/* The nodes have other homes for rooms than a round ago, perhaps. */
static void
agree(struct bootnode *b, uint64_t now)
{
	struct fleet *f = b->fleet;
	struct homes homes;

	fleet_view_homes(&f->view, &homes, b->keys.fleet_name);
	if (homes_equal(&homes, &f->homes))
		return;
	f->homes = homes;
	event_fleet_changed(homes.count);
	/* Others come here from another home, each when it is told so. */
	bootnode_settle(b, now);
}

/* All that the engine had is here and was opened. */
static void
end_round(struct bootnode *b, uint64_t now)
{
	struct fleet *f = b->fleet;
	const struct fleet_node *lost;

	f->asking = false;
	f->ready = true;
	f->written = f->self.sequence;
	fleet_view_round(&f->view, now);
	while ((lost = fleet_view_lost(&f->view)) != NULL)
		event_node_gone(&lost->record.addrs[0], lost->record.drains,
		    fleet_view_living(&f->view));
	if (f->away)
		event_engine_back();
	f->away = false;
	agree(b, now);
}

int
fleet_opened(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	const struct ipc_fleet_opened *opened = in->body;
	struct fleet *f = b->fleet;
	struct fleet_record r;

	if (f->opening == 0)
		return -1;
	f->opening--;
	/* A genuine record may be shown for another node's. */
	if (opened->good && fleet_record_get(in->tail, in->tail_len, &r) == 0 &&
	    r.id == opened->id)
		tell_sight(b, in->now, fleet_view_saw(&f->view, in->now, &r),
		    &r);
	if (f->asking && f->done && f->opening == 0)
		end_round(b, in->now);
	return 0;
}

int
fleet_round(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	const struct ipc_fleet_round *round = in->body;
	struct fleet *f = b->fleet;

	if (!f->asking || f->done)
		return 0;
	f->done = round->result == FLEET_ROUND_DONE;
	if (!f->done) {
		b->stats.fleet_failures++;
		f->asking = false;
		return 0;
	}
	b->stats.fleet_rtt_us = round->rtt_us;
	if (f->opening == 0)
		end_round(b, in->now);
	return 0;
}

/* Returns since when the engine is not heard. */
static uint64_t
unheard(const struct fleet *f)
{
	return clock_max(f->began, f->view.round_at);
}

uint64_t
fleet_deadline(const struct bootnode *b)
{
	const struct fleet *f = b->fleet;
	uint64_t deadline = next_record(f);

	if (!b->has_keys)
		return CLOCK_NEVER;
	if (!f->ready)
		deadline = clock_min(deadline, f->began + FLEET_START);
	return deadline;
}

void
fleet_timer(struct bootnode *b, uint64_t now)
{
	struct fleet *f = b->fleet;

	if (!b->has_keys)
		return;
	if (!f->ready && now - f->began >= FLEET_START)
		f->ready = true;
	if (!f->away && now - unheard(f) > ENGINE_GAP) {
		f->away = true;
		event_engine_away(fleet_view_living(&f->view));
	}
	if (next_record(f) <= now)
		make_record(b, now);
}

void
fleet_figures(const struct bootnode *b, uint64_t now, struct ipc_stats *s)
{
	const struct fleet *f = b->fleet;

	s->fleet_nodes = fleet_view_living(&f->view);
	s->fleet_lease_ms =
	    b->has_keys ? (now - unheard(f)) / USEC_PER_MSEC : 0;
}

void
fleet_drain(struct bootnode *b, uint64_t now, bool drains)
{
	struct fleet *f = b->fleet;

	f->self.drains = drains;
	fleet_view_own(&f->view, &f->self);
	f->next_at = now;
	agree(b, now);
}

/* --- JOINs ---------------------------------------------------------------- */

/* While the engine is away, the others do not see our newer records: they name
 * the last one that it has. */
bool
fleet_admits(const struct bootnode *b, const struct wire_cookie *token,
    const struct addr *from)
{
	const struct fleet *f = b->fleet;

	return token_valid(token, b->keys.fleet_token_key, &f->self, f->written,
	    from);
}

static void
redirect(struct bootnode *b, struct session *s, const struct fleet_record *home)
{
	struct bootmsg_redirect r = { .count = home->count };
	struct ipc_join_reply body = { .slot = s->slot, .redirects = 1 };
	uint8_t payload[BOOTMSG_REDIRECT_MAX];

	token_make(&r.token, b->keys.fleet_token_key, home, &s->at.addr);
	memcpy(r.addrs, home->addrs, sizeof(r.addrs));
	s->redirected = true;
	b->io.tell(b->io.arg, IPC_JOIN_REPLY, &body, payload,
	    bootmsg_put_redirect(payload, sizeof(payload), &r));
}

bool
fleet_redirects(struct bootnode *b, struct session *s,
    const struct ipc_join_opened *join)
{
	const struct fleet *f = b->fleet;
	const uint64_t self = f->self.id;
	uint64_t rank = homes_rank(&f->homes, &join->tag, join->skip);
	const struct fleet_node *node;

	s->skipped =
	    join->skip > 0 && homes_rank(&f->homes, &join->tag, 0) != self;
	/* It was sent around often enough: JOIN_SKIP_MAX says so. */
	if (rank == self || join->skip == JOIN_SKIP_MAX)
		return false;
	node = fleet_view_find(&f->view, rank);
	if (node == NULL)
		return false;
	redirect(b, s, &node->record);
	return true;
}

void
fleet_redirect(struct bootnode *b, struct session *s, const uint8_t *noise,
    size_t len)
{
	uint8_t packet[WIRE_MAX];
	const size_t packet_len = bootnode_put_welcome(packet, s, noise, len);

	if (s->state == SESSION_PENDING && len > 0) {
		bootnode_send(b, &s->at, packet, packet_len);
		b->stats.redirects++;
	} else if (s->state == SESSION_PENDING) {
		/* The key makes no secret: this is no client of ours. */
		bootnode_drop(b, DROP_JOIN, &s->at);
	}
	registry_release(&b->registry, s);
}
