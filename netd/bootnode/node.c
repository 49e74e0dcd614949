/*
 * A node of a fleet: the rhythm of its records, and where JOINs are sent. See
 * node.h.
 */
#include "netd/bootnode/parts.h"
#include "netd/bootnode/token.h"

#include <stdio.h>
#include <stdlib.h>

/* What an operator is told of again and again is told this seldom. */
#define TROUBLE_SPACING (60 * USEC_PER_SEC)
/* At the start the engine is asked this often until it answers. */
#define START_SPACING (100 * USEC_PER_MSEC)

int
node_init(struct bootnode *b, const struct ipc_config_netd *config)
{
	struct node *n = calloc(1, sizeof(*n));
	struct fleet_record *self;

	if (n == NULL)
		return -1;
	b->node = n;
	self = &n->self;
	self->count = config->fleet_addr_count;
	memcpy(self->addrs, config->fleet_addrs, sizeof(self->addrs));
	self->id = fleet_record_id(self->addrs, self->count);
	self->incarnation = config->fleet_incarnation;
	self->capacity = config->max_sessions;
	(void)snprintf(self->version, sizeof(self->version), "%s",
	    GOCHAT_VERSION);
	fleet_view_init(&n->view, self);
	moves_init(&n->moves);
	reminders_init(&n->reminders);
	return 0;
}

void
node_free(struct bootnode *b)
{
	if (b->node == NULL)
		return;
	moves_free(&b->node->moves);
	reminders_free(&b->node->reminders);
	free(b->node);
}

void
node_begin(struct bootnode *b, uint64_t now)
{
	struct node *n = b->node;

	n->began = n->next_at = now;
	fleet_view_homes(&n->view, &n->homes, b->keys.fleet_name);
}

void
node_told(struct bootnode *b, const struct fleet_record *r, bool own)
{
	struct node *n = b->node;

	if (!own) {
		fleet_view_told(&n->view, r);
		return;
	}
	/* Other options may have made it another node. */
	if (r->id != n->self.id)
		return;
	n->self.incarnation = r->incarnation;
	n->self.sequence = n->written = r->sequence;
	fleet_view_own(&n->view, &n->self);
}

void
node_take_over(struct bootnode *b, uint64_t now)
{
	struct node *n = b->node;

	n->began = n->next_at = now;
	/* With others the view holds; alone, it may have been so in vain. */
	n->ready = fleet_view_living(&n->view) > 1;
	fleet_view_homes(&n->view, &n->homes, b->keys.fleet_name);
	moves_begin(b, now);
}

/* --- The rhythm ----------------------------------------------------------- */

/* True if there is a node that takes the rooms of this one. */
static bool
has_other(const struct node *n)
{
	for (size_t i = 1; i < n->view.count; i++)
		if (n->view.nodes[i].lives && !n->view.nodes[i].record.drains)
			return true;
	return false;
}

/* True if it drains, and the others know it. */
static bool
drains_now(const struct node *n, uint64_t now)
{
	return n->self.drains && now >= n->drains_at;
}

/* What this node sees of itself. */
static void
see_self(struct node *n, uint64_t now)
{
	struct fleet_record self = n->self;

	self.drains = drains_now(n, now);
	fleet_view_own(&n->view, &self);
}

static uint64_t
next_record(const struct node *n)
{
	if (n->left)
		return CLOCK_NEVER;
	return n->asking ? n->asked_at + FLEET_PATIENCE : n->next_at;
}

static void
make_record(struct bootnode *b, uint64_t now)
{
	struct node *n = b->node;
	uint8_t record[FLEET_RECORD_MAX];

	n->self.sequence++;
	n->self.sessions = b->registry.session_count;
	n->self.rooms = b->registry.room_count;
	see_self(n, now);
	n->asking = true;
	n->done = false;
	n->found = 0;
	n->asked_at = now;
	n->next_at = now + FLEET_RHYTHM;
	b->io.tell(b->io.arg, IPC_FLEET_SEAL, NULL, record,
	    fleet_record_put(record, &n->self));
}

/* Our record is to be there again before the others miss it. */
void
bootnode_fleetd_came(struct bootnode *b, uint64_t now)
{
	b->node->asking = false;
	b->node->next_at = now;
}

int
node_sealed(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	struct node *n = b->node;
	struct ipc_fleet_record body = { .id = n->self.id };

	if (n->left)
		return 0;
	memcpy(body.name, b->keys.fleet_name, sizeof(body.name));
	if (b->io.tell_fleetd(b->io.arg, IPC_FLEET_RECORD, &body, in->tail,
		in->tail_len) == -1)
		n->asking = false; /* there is no fleetd now */
	return 0;
}

int
node_found(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	struct node *n = b->node;

	/* More than there can be, or late: cryptod is not to be kept busy. */
	if (!n->asking || n->done || n->found == FLEET_NODES_MAX)
		return 0;
	n->found++;
	if (b->io.tell(b->io.arg, IPC_FLEET_OPEN, in->body, in->tail,
		in->tail_len) == 0)
		n->opening++;
	return 0;
}

static void
tell_sight(struct bootnode *b, uint64_t now, enum sight sight,
    const struct fleet_record *r)
{
	struct node *n = b->node;

	if (sight == SIGHT_CAME)
		event_node_came(&r->addrs[0], r->version,
		    fleet_view_living(&n->view));
	if (sight == SIGHT_TWIN && now >= n->twin_quiet_until) {
		n->twin_quiet_until = now + TROUBLE_SPACING;
		event_node_twin(&r->addrs[0]);
	}
	if (sight == SIGHT_FULL && now >= n->full_quiet_until) {
		n->full_quiet_until = now + TROUBLE_SPACING;
		event_fleet_full(&r->addrs[0]);
	}
}

/* The nodes have other homes for rooms than a round ago, perhaps. */
static void
agree(struct bootnode *b, uint64_t now)
{
	struct node *n = b->node;
	struct homes homes;

	fleet_view_homes(&n->view, &homes, b->keys.fleet_name);
	if (homes_equal(&homes, &n->homes))
		return;
	n->homes = homes;
	event_fleet_changed(homes.count);
	/* Others come here from another home, each when it is told so. */
	bootnode_settle(b, now);
	moves_begin(b, now);
}

/* All that the engine had is here and was opened. */
static void
end_round(struct bootnode *b, uint64_t now)
{
	struct node *n = b->node;
	const struct fleet_node *lost;

	n->asking = false;
	n->ready = true;
	n->written = n->self.sequence;
	fleet_view_round(&n->view, now);
	while ((lost = fleet_view_lost(&n->view)) != NULL)
		event_node_gone(&lost->record.addrs[0], lost->record.drains,
		    fleet_view_living(&n->view));
	if (n->away)
		event_engine_back();
	n->away = false;
	agree(b, now);
}

int
node_opened(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	const struct ipc_fleet_opened *opened = in->body;
	struct node *n = b->node;
	struct fleet_record r;

	if (n->opening == 0)
		return -1;
	n->opening--;
	/* A genuine record may be shown for another node's. */
	if (opened->good && fleet_record_get(in->tail, in->tail_len, &r) == 0 &&
	    r.id == opened->id)
		tell_sight(b, in->now, fleet_view_saw(&n->view, in->now, &r),
		    &r);
	if (n->asking && n->done && n->opening == 0)
		end_round(b, in->now);
	return 0;
}

int
node_round(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	const struct ipc_fleet_round *round = in->body;
	struct node *n = b->node;

	if (!n->asking || n->done)
		return 0;
	n->done = round->result == FLEET_ROUND_DONE;
	if (!n->done) {
		if (!n->ready) /* fleetd is about to have a connection */
			n->next_at = in->now + START_SPACING;
		b->stats.fleet_failures++;
		n->asking = false;
		return 0;
	}
	b->stats.fleet_rtt_us = round->rtt_us;
	if (n->opening == 0)
		end_round(b, in->now);
	return 0;
}

/* Returns since when the engine is not heard. */
static uint64_t
unheard(const struct node *n)
{
	return clock_max(n->began, n->view.round_at);
}

uint64_t
node_deadline(const struct bootnode *b)
{
	const struct node *n = b->node;
	uint64_t deadline = next_record(n);

	if (!b->has_keys)
		return CLOCK_NEVER;
	deadline = clock_min(deadline, moves_deadline(b));
	deadline = clock_min(deadline, reminders_deadline(b));
	if (!n->ready)
		deadline = clock_min(deadline, n->began + FLEET_START);
	if (n->self.drains && !n->view.nodes[0].record.drains)
		deadline = clock_min(deadline, n->drains_at);
	return deadline;
}

static void
tell_drained(struct bootnode *b, bool alone)
{
	const struct ipc_drained drained = { .alone = alone };

	b->io.drained(b->io.arg, &drained);
}

/* The others need not wait for six seconds to know it. */
static void
leave(struct bootnode *b)
{
	struct node *n = b->node;
	struct ipc_fleet_record body = { .id = n->self.id, .ends = 1 };

	n->leaves = n->asking = false;
	n->left = true;
	memcpy(body.name, b->keys.fleet_name, sizeof(body.name));
	b->io.tell_fleetd(b->io.arg, IPC_FLEET_RECORD, &body, NULL, 0);
	tell_drained(b, false);
}

/* All nodes of a fleet may be told to end at once: each had another one when it
 * was told, and has none now. */
static void
try_to_leave(struct bootnode *b)
{
	struct node *n = b->node;

	if (b->registry.session_count == 0) {
		leave(b);
	} else if (!has_other(n)) {
		n->leaves = false;
		tell_drained(b, true);
	}
}

int
node_leave(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;
	struct node *n = b->node;

	if (n->leaves || n->left)
		return 0;
	if (!bootnode_is_held(b))
		bootnode_set_draining(b, in->now, true);
	n->leaves = n->self.drains && has_other(n);
	if (!n->leaves)
		tell_drained(b, true);
	return 0;
}

void
node_timer(struct bootnode *b, uint64_t now)
{
	struct node *n = b->node;

	if (!b->has_keys)
		return;
	if (!n->ready && now - n->began >= FLEET_START)
		n->ready = true;
	if (!n->away && now - unheard(n) > ENGINE_GAP) {
		n->away = true;
		event_engine_away(fleet_view_living(&n->view));
	}
	if (next_record(n) <= now)
		make_record(b, now);
	if (n->view.nodes[0].record.drains != drains_now(n, now)) {
		see_self(n, now);
		agree(b, now);
	}
	if (n->leaves && drains_now(n, now))
		try_to_leave(b);
	moves_timer(b, now);
	reminders_timer(b, now);
}

void
node_figures(const struct bootnode *b, uint64_t now, struct ipc_stats *s)
{
	const struct node *n = b->node;

	s->fleet_nodes = fleet_view_living(&n->view);
	s->fleet_lease_ms =
	    b->has_keys ? (now - unheard(n)) / USEC_PER_MSEC : 0;
}

void
node_drain(struct bootnode *b, uint64_t now, bool drains)
{
	struct node *n = b->node;

	if (drains == n->self.drains)
		return;
	n->self.drains = drains;
	n->drains_at = has_other(n) ? now + DRAIN_NOTICE : now;
	n->next_at = now;
	see_self(n, now);
	agree(b, now);
}

bool
node_admits_nobody(const struct bootnode *b, uint64_t now)
{
	return drains_now(b->node, now);
}

/* --- For the operator ----------------------------------------------------- */

static void
list_node(const struct fleet_node *from, uint64_t now, bool self,
    struct ipc_operated_node *to)
{
	const struct fleet_record *r = &from->record;
	const uint64_t age = self ? 0 : (now - from->seen) / USEC_PER_MSEC;

	*to = (struct ipc_operated_node){
		.id = r->id,
		.capacity = r->capacity,
		.sessions = r->sessions,
		.rooms = r->rooms,
		.age_ms = (uint32_t)clock_min(age, UINT32_MAX),
		.self = self,
		.addr_count = (uint8_t)r->count,
	};
	to->state = !from->lives ? OPERATED_GONE
	    : r->drains		 ? OPERATED_DRAINS
				 : OPERATED_LIVES;
	memcpy(to->version, r->version, sizeof(to->version));
	memcpy(to->addrs, r->addrs, r->count * sizeof(r->addrs[0]));
}

uint32_t
node_list(const struct bootnode *b, uint64_t now, uint32_t from,
    struct ipc_operated_node nodes[OPERATED_NODES_MAX], uint32_t *next)
{
	const struct fleet_view *v = &b->node->view;
	uint32_t count = 0;

	for (; from < v->count && count < OPERATED_NODES_MAX; from++)
		list_node(&v->nodes[from], now, from == 0, &nodes[count++]);
	*next = from < v->count ? from : 0;
	return count;
}

/* --- JOINs ---------------------------------------------------------------- */

/* While the engine is away, the others do not see our newer records: they name
 * the last one that it has. */
bool
node_admits(const struct bootnode *b, const struct wire_cookie *token,
    const struct addr *from)
{
	const struct node *n = b->node;

	return token_valid(token, b->keys.fleet_token_key, &n->self, n->written,
	    from);
}

static void
redirect(struct bootnode *b, struct session *s, const struct fleet_record *home)
{
	struct bootmsg_redirect r = { .name = homes_name(home->id),
		.count = home->count };
	struct ipc_join_reply body = { .slot = s->slot, .redirects = 1 };
	uint8_t payload[BOOTMSG_REDIRECT_MAX];

	token_make(&r.token, b->keys.fleet_token_key, home, &s->at.addr);
	memcpy(r.addrs, home->addrs, sizeof(r.addrs));
	s->redirected = true;
	b->io.tell(b->io.arg, IPC_JOIN_REPLY, &body, payload,
	    bootmsg_put_redirect(payload, sizeof(payload), &r));
}

bool
node_redirects(struct bootnode *b, struct session *s,
    const struct ipc_join_opened *join)
{
	const struct node *n = b->node;
	const uint64_t self = n->self.id;
	const uint64_t home = homes_find(&n->homes, &join->tag, NULL);
	const uint64_t next = homes_find(&n->homes, &join->tag, &join->skips);
	const struct fleet_node *node;

	s->skipped = join->skips.count > 0 && home != self;
	if (next == self || join->skips.count == JOIN_SKIPS_MAX)
		return false;
	node = fleet_view_find(&n->view, next);
	if (node == NULL)
		return false;
	redirect(b, s, &node->record);
	return true;
}

void
node_redirect(struct bootnode *b, struct session *s, const uint8_t *noise,
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
