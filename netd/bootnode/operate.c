/*
 * The operator's questions and orders (common/ipc_operate.h): lists of rooms
 * and sessions, sessions that are to end, who is denied, and whether people are
 * let in. Each message makes netd look at a bounded number of slots, whatever
 * there is.
 */
#include "netd/bootnode/parts.h"

#include "common/log.h"

#include <string.h>

/* Slots that are looked at for one message, at most. */
#define SLOTS_A_PAGE 4096
/* Sessions that are ended by one message, at most: each is news for a room. */
#define KICKS_A_PAGE 256

/* An answer that is being made. */
struct page {
	struct bootnode *b;
	const struct ipc_operate *ask;
	uint64_t now;
	struct ipc_operated body;
	struct ipc_operated_entry entries[OPERATED_MAX];
};

static struct ipc_operated_entry *
add_entry(struct page *p, const struct session *s)
{
	struct ipc_operated_entry *e = &p->entries[p->body.count++];

	memset(e, 0, sizeof(*e));
	bootnode_alias(p->b, s, e->room);
	return e;
}

/* A room is told when its first member is. */
static void
list_room(struct page *p, struct session *s)
{
	if (s->room->members[0] == s)
		add_entry(p, s)->number = s->room->count;
}

static void
list_session(struct page *p, struct session *s)
{
	const uint64_t age = (p->now - s->time) / USEC_PER_MSEC;
	struct ipc_operated_entry *e = add_entry(p, s);

	e->id = s->peer;
	e->addr = s->at.addr;
	e->number = (uint32_t)clock_min(age, UINT32_MAX);
}

static bool
has_prefix(const uint8_t *bytes, const uint8_t *prefix, unsigned int bits)
{
	const uint8_t mask = (uint8_t)(0xff00u >> bits % 8);

	return memcmp(bytes, prefix, bits / 8) == 0 &&
	    (bits % 8 == 0 ||
		((bytes[bits / 8] ^ prefix[bits / 8]) & mask) == 0);
}

static bool
is_meant(const struct ipc_operate *ask, const struct session *s)
{
	if (ask->what == OPERATE_KICK_PEER)
		return has_prefix(s->peer.bytes, ask->id.bytes, ask->bits);
	return has_prefix(s->at.addr.ip, ask->addr.ip, ask->bits) &&
	    (ask->addr.port == 0 || ask->addr.port == s->at.addr.port);
}

/* The others are told that it fell silent: it did not say that it leaves, and
 * conversations that it has go on. It has no line of its own in the log, like
 * those that bootnode_sweep() ends: the launcher takes only so many in a
 * second, and the one with their number must be among them. */
static void
kick(struct page *p, struct session *s)
{
	if (!is_meant(p->ask, s))
		return;
	bootnode_end(p->b, p->now, s, LEAVE_TIMEOUT);
	p->body.count++;
}

static void
look_at(struct page *p, struct session *s)
{
	switch ((enum operate)p->ask->what) {
	case OPERATE_ROOMS:
		list_room(p, s);
		break;
	case OPERATE_SESSIONS:
		list_session(p, s);
		break;
	default:
		kick(p, s);
	}
}

/* Looks at slots until the page is full, or there are no more. */
static void
fill(struct page *p)
{
	const struct slots *slots = &p->b->registry.slots;
	const bool lists =
	    p->ask->what == OPERATE_ROOMS || p->ask->what == OPERATE_SESSIONS;
	const uint32_t max = lists ? OPERATED_MAX : KICKS_A_PAGE;
	uint32_t slot = p->ask->from, left = SLOTS_A_PAGE;
	struct session *s;

	for (; slot < slots->used && left > 0 && p->body.count < max;
	     slot++, left--) {
		s = registry_slot(&p->b->registry, slot);
		if (s != NULL &&
		    (s->state == SESSION_MEMBER ||
			(lists && s->state == SESSION_ADMITTED)))
			look_at(p, s);
	}
	p->body.next = slot < slots->used ? slot : 0;
}

/* The operator's console is told soon: it ends a bootnode that drains and has
 * no session, and one whose netd was started again has none. */
void
bootnode_set_draining(struct bootnode *b, uint64_t now, bool draining)
{
	if (b->stats.draining != draining) {
		if (draining)
			log_event(LOG_INFO, "draining", NULL);
		else
			log_event(LOG_INFO, "refilling", NULL);
		b->stats_due = true;
	}
	b->stats.draining = draining;
	if (b->node != NULL)
		node_drain(b, now, draining);
}

static void
deny(struct page *p)
{
	struct addr_prefix prefix = { .bits = p->ask->bits };
	int result;

	memcpy(prefix.ip, p->ask->addr.ip, sizeof(prefix.ip));
	result = bootnode_deny(p->b, p->now, &prefix);
	p->body.full = result == -1;
	p->body.count = result == 1;
	if (result == 1)
		log_event(LOG_INFO, "denying", "prefixes=%u",
		    p->b->lists[PREFIXES_DENIED].count);
}

/* A bootnode that is in no fleet has no nodes. */
static void
tell_fleet(struct bootnode *b, uint64_t now, const struct ipc_operate *ask)
{
	struct ipc_operated_node nodes[OPERATED_NODES_MAX];
	struct ipc_operated body = { .what = ask->what, .ticket = ask->ticket };

	if (b->node != NULL)
		body.count = node_list(b, now, ask->from, nodes, &body.next);
	b->io.tell(b->io.arg, IPC_NET_OPERATED, &body, nodes,
	    body.count * sizeof(nodes[0]));
}

int
bootnode_operate(void *self, const struct ipc_message_in *in)
{
	/* Messages that are sent meanwhile leave this one as it is. */
	const struct ipc_operate ask = *(const struct ipc_operate *)in->body;
	struct bootnode *b = self;
	struct page p = {
		.b = b,
		.ask = &ask,
		.now = in->now,
		.body = { .what = ask.what, .ticket = ask.ticket },
	};
	size_t len = 0;

	if (ask.what == OPERATE_FLEET) {
		tell_fleet(b, in->now, &ask);
		return 0;
	}
	if (ask.what == OPERATE_DRAIN || ask.what == OPERATE_REFILL)
		bootnode_set_draining(b, in->now, ask.what == OPERATE_DRAIN);
	else if (ask.what == OPERATE_DENY)
		deny(&p);
	else
		fill(&p);
	if (ask.what == OPERATE_ROOMS || ask.what == OPERATE_SESSIONS)
		len = p.body.count * sizeof(p.entries[0]);
	else if (ask.what != OPERATE_DENY && p.body.count > 0)
		log_event(LOG_INFO, "kicked", "count=%u", p.body.count);
	b->io.tell(b->io.arg, IPC_NET_OPERATED, &p.body, p.entries, len);
	return 0;
}
