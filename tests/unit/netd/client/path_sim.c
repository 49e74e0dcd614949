/*
 * Two hosts and their NATs. See path_sim.h.
 */
#include "tests/unit/netd/client/path_sim.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A probe on its way. */
struct letter {
	struct addr to;
	bool local; /* within the LAN */
	bool relayed;
	bool reply;
	uint8_t flags;
	uint64_t id;
	uint64_t ask;
};

const uint8_t path_targets_key[SIPHASH_KEY] = "nobody knows it";

struct addr
path_ipv4(unsigned int a, unsigned int b, unsigned int c, unsigned int d,
    uint16_t port)
{
	return (struct addr){ .ip = { [10] = 0xff,
				  [11] = 0xff,
				  [12] = (uint8_t)a,
				  [13] = (uint8_t)b,
				  [14] = (uint8_t)c,
				  [15] = (uint8_t)d },
		.port = port };
}

void
path_pair_init(struct path_pair *p, bool controlling)
{
	memset(p, 0, sizeof(*p));
	p->now = PATH_START;
	p->peer.addr = path_ipv4(192, 0, 2, 7, 4545);
	p->other.addr = path_ipv4(192, 0, 2, 8, 4545);
	targets_init(&p->targets, path_targets_key);
	path_init(&p->path, &p->targets, controlling, RELAY_AUTO, p->now, 0);
	path_add(&p->path, &p->lan, p->now, &p->peer.addr);
}

enum path_change
path_hears(struct path *p, uint64_t now, const struct remote *from,
    uint8_t flags, uint64_t id)
{
	struct path_probe answer;
	enum path_change change =
	    path_answered(p, now, from, flags, id, 0, &answer);

	CU_ASSERT_FALSE(answer.due);
	return change;
}

static bool
same_ip(const struct addr *a, const struct addr *b)
{
	return memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

static void
expect(struct path_world *w, bool true_or_stop, const char *what)
{
	if (true_or_stop || !w->ok)
		return;
	w->ok = false;
	CU_FAIL("the simulation broke a rule");
	printf("\n%s, %llu us after the start\n", what,
	    (unsigned long long)(w->now - PATH_START));
}

/* --- NATs ----------------------------------------------------------------- */

/* Returns the address from which a datagram to another comes; opens the way
 * back. */
static struct addr
nat_out(struct nat *n, const struct addr *inside, const struct addr *to)
{
	struct addr outside = n->ip;
	size_t i;

	for (i = 0; i < n->mapped; i++)
		if (addr_equal(&n->mappings[i].inside, inside) &&
		    (n->kind != NAT_SYMMETRIC ||
			addr_equal(&n->mappings[i].to, to)))
			break;
	CU_ASSERT_FATAL(i < NAT_ROOM && n->permitted < NAT_ROOM);
	if (i == n->mapped) {
		n->mapped++;
		n->mappings[i].inside = *inside;
		n->mappings[i].to = *to;
		n->mappings[i].port = (uint16_t)(n->first_port + 7 * i);
	}
	outside.port = n->mappings[i].port;
	for (i = 0; i < n->permitted; i++)
		if (n->permits[i].port == outside.port &&
		    addr_equal(&n->permits[i].remote, to))
			return outside;
	n->permits[n->permitted].port = outside.port;
	n->permits[n->permitted].remote = *to;
	n->permitted++;
	return outside;
}

/* Returns whether the NAT lets a datagram in, and fills in for whom. */
static bool
nat_in(const struct nat *n, uint16_t port, const struct addr *from,
    struct addr *inside)
{
	bool found = false;

	for (size_t i = 0; i < n->mapped && !found; i++)
		if (n->mappings[i].port == port) {
			*inside = n->mappings[i].inside;
			found = true;
		}
	if (!found || n->kind == NAT_FULL_CONE)
		return found;
	for (size_t i = 0; i < n->permitted; i++)
		if (n->permits[i].port == port &&
		    (n->kind == NAT_RESTRICTED
			    ? same_ip(&n->permits[i].remote, from)
			    : addr_equal(&n->permits[i].remote, from)))
			return true;
	return false;
}

/* --- The way of a datagram ------------------------------------------------ */

static bool
is_private(const struct addr *a)
{
	return a->ip[12] == 192 && a->ip[13] == 168 && addr_is_ipv4(a);
}

static bool
is_at(const struct addr *a, const uint8_t ip[16])
{
	return a->port != 0 && memcmp(a->ip, ip, sizeof(a->ip)) == 0;
}

/* Returns the address that it leaves from: the named one, if the host has
 * that. */
static struct addr
source(const struct host *h, const struct remote *to)
{
	const struct addr none = { .port = 0 };

	if (!remote_has_local(to))
		return addr_is_ipv4(&to->addr) ? h->addr : h->addr6;
	return is_at(&h->addr, to->local)  ? h->addr
	    : is_at(&h->addr6, to->local)  ? h->addr6
	    : is_at(&h->second, to->local) ? h->second
					   : none;
}

/* Returns whether it leaves, and fills in the address that it then comes
 * from. */
static bool
leave(struct path_world *w, struct host *h, const struct remote *remote,
    bool *local, struct addr *from)
{
	const struct addr *to = &remote->addr;

	*local = h->lan.count > 0 && addr_in_prefix(to, &h->lan.prefixes[0]);
	*from = source(h, remote);
	if (from->port == 0 || (*local && w->lan_down))
		return false;
	if (!*local && h->nat != NULL && addr_is_ipv4(to))
		*from = nat_out(h->nat, &h->addr, to);
	return *local || !is_private(to);
}

/* Returns the host where it arrives, or -1, and fills in at which address. */
static int
arrive(const struct path_world *w, int sender, const struct addr *to,
    bool local, const struct addr *from, uint8_t at[16])
{
	struct addr inside = *to;

	for (int i = 0; i < 2 && !local; i++) {
		const struct nat *n = &w->nats[i];

		if (n->kind == NAT_NONE || !same_ip(&n->ip, to))
			continue;
		if (n == w->hosts[sender].nat && !n->hairpin)
			return -1;
		if (!nat_in(n, to->port, from, &inside))
			return -1;
	}
	memcpy(at, inside.ip, sizeof(inside.ip));
	for (int i = 0; i < 2; i++)
		if ((i != sender || !local) &&
		    (addr_equal(&w->hosts[i].addr, &inside) ||
			addr_equal(&w->hosts[i].addr6, &inside) ||
			addr_equal(&w->hosts[i].second, &inside)))
			return i;
	return -1;
}

static void
send_probe(struct path_world *w, int sender, const struct path_probe *probe)
{
	struct simnet_packet p = { .to = sender };
	struct letter letter = { .to = probe->to.addr,
		.relayed = probe->relayed,
		.reply = probe->reply,
		.flags = probe->flags,
		.id = probe->id,
		.ask = probe->ask };

	if (probe->relayed ? !w->relay_up : w->direct_down)
		return;
	if (!probe->relayed &&
	    !leave(w, &w->hosts[sender], &probe->to, &letter.local, &p.from))
		return;
	memcpy(p.bytes, &letter, sizeof(letter));
	simnet_send(&w->net, w->now, &p);
}

static void
note_change(struct host *h, enum path_state before, enum path_change change)
{
	if (change == PATH_CHANGED) {
		h->changes++;
		h->changed = true;
	}
	if (before == PATH_UP && h->path.state != PATH_UP)
		h->was_down = true;
}

static void
receive(struct path_world *w, const struct simnet_packet *p)
{
	struct path_probe answer;
	enum path_change change = PATH_SAME;
	enum path_state before;
	struct letter letter;
	struct host *h;
	int to;

	struct remote remote = { .addr = p->from }, *from = &remote;

	memcpy(&letter, p->bytes, sizeof(letter));
	if (letter.relayed) {
		to = 1 - p->to;
		from = NULL;
	} else {
		to = arrive(w, p->to, &letter.to, letter.local, &p->from,
		    remote.local);
	}
	if (to == -1 || to == p->to)
		return;
	h = &w->hosts[to];
	if (h->asleep || !path_allows(h->mode, letter.relayed))
		return;
	before = h->path.state;
	if (letter.reply) {
		change = path_answered(&h->path, w->now, from, letter.flags,
		    letter.id, letter.ask, &answer);
		expect(w,
		    !answer.due ||
			(letter.ask != 0 && (to == 1 || answer.ask == 0)),
		    "answers without end");
	} else {
		path_probed(&h->path, &h->lan, w->now,
		    1 + simnet_random(&w->random), from, letter.flags,
		    letter.id, &answer);
	}
	if (answer.due) {
		expect(w,
		    (answer.relayed || remote_equal(&answer.to, &remote)) &&
			answer.relayed == letter.relayed && answer.reply &&
			answer.id == (letter.reply ? letter.ask : letter.id),
		    "an answer to somebody else");
		send_probe(w, to, &answer);
	}
	note_change(h, before, change);
}

/* --- Time ----------------------------------------------------------------- */

static void
work(struct path_world *w, int n)
{
	struct host *h = &w->hosts[n];
	enum path_state before = h->path.state;
	struct path_probe probe;

	if (h->asleep)
		return;
	note_change(h, before, path_timer(&h->path, w->now));
	while (w->ok &&
	    path_next(&h->path, w->now, 1 + simnet_random(&w->random),
		&probe)) {
		expect(w, !probe.reply, "a probe that is an answer");
		/* The first nomination of a path does not wait. */
		expect(w,
		    h->probes == 0 || w->now >= h->probed_at + PROBE_FAST ||
			((probe.flags & PROBE_NOMINATE) != 0 && h->changed),
		    "two probes within 20 ms");
		h->changed = false;
		h->probes++;
		h->relayed += probe.relayed;
		h->seeking += (probe.flags & PROBE_SEEKING) != 0;
		expect(w, path_allows(h->mode, probe.relayed),
		    "a way that its mode forbids");
		h->probed_at = w->now;
		send_probe(w, n, &probe);
	}
	expect(w, path_deadline(&h->path) > w->now,
	    "it has a deadline in the past");
}

static uint64_t
deadline(const struct host *h)
{
	return h->asleep ? CLOCK_NEVER : path_deadline(&h->path);
}

void
path_world_run(struct path_world *w, uint64_t until)
{
	struct simnet_packet *p;
	uint64_t next;

	while (w->ok) {
		while ((p = simnet_receive(&w->net, w->now)) != NULL) {
			receive(w, p);
			free(p);
		}
		work(w, 0);
		work(w, 1);
		next = clock_min(simnet_next(&w->net),
		    clock_min(deadline(&w->hosts[0]), deadline(&w->hosts[1])));
		if (next > until)
			break;
		w->now = next;
	}
	w->now = until;
}

/* --- Setting up ----------------------------------------------------------- */

static void
set_lan(struct host *h)
{
	h->lan.count = 1;
	memcpy(h->lan.prefixes[0].ip, h->addr.ip, sizeof(h->addr.ip));
	h->lan.prefixes[0].bits = 96 + 24;
}

void
path_world_init(struct path_world *w, uint64_t seed, unsigned int loss,
    enum nat_kind kind0, enum nat_kind kind1)
{
	const struct simnet_mix mix = { .loss = loss,
		.delay = 15 * USEC_PER_MSEC,
		.jitter = 5 * USEC_PER_MSEC };
	const enum nat_kind kinds[2] = { kind0, kind1 };

	memset(w, 0, sizeof(*w));
	simnet_init(&w->net, seed, &mix);
	w->random = seed;
	w->now = PATH_START;
	w->ok = true;
	w->nats[0].ip = path_ipv4(203, 0, 113, 1, 0);
	w->nats[1].ip = path_ipv4(198, 51, 100, 1, 0);
	for (unsigned int i = 0; i < 2; i++) {
		struct host *h = &w->hosts[i];

		targets_init(&h->targets, path_targets_key);
		w->nats[i].kind = kinds[i];
		w->nats[i].first_port = 30000;
		if (kinds[i] == NAT_NONE) {
			h->addr = path_ipv4(192, 0, 2 + i, 10, 4545);
			continue;
		}
		h->nat = &w->nats[i];
		h->addr = path_ipv4(192, 168, 1 + i, 10 + i, 4545);
		set_lan(h);
	}
}

void
path_world_join(struct path_world *w, bool hairpin)
{
	struct host *h = &w->hosts[1];

	w->nats[0].hairpin = hairpin;
	w->nats[1].kind = NAT_NONE;
	h->nat = &w->nats[0];
	h->addr = path_ipv4(192, 168, 1, 11, 4545);
	set_lan(h);
}

/* Returns the address at which the bootnode sees the host. */
static struct addr
observe(struct host *h)
{
	const struct addr bootnode = path_ipv4(192, 0, 2, 1, 9595);

	return h->nat == NULL ? h->addr : nat_out(h->nat, &h->addr, &bootnode);
}

void
path_world_meet(struct path_world *w)
{
	struct addr observed[2];

	for (int i = 0; i < 2; i++) {
		struct host *h = &w->hosts[i];

		observed[i] = observe(h);
		path_init(&h->path, &h->targets, i == 0, h->mode, w->now,
		    w->way);
		path_relay(&h->path, w->now, w->relay_up);
	}
	for (int i = 0; i < 2; i++) {
		struct host *h = &w->hosts[i];
		const struct host *other = &w->hosts[1 - i];

		path_add(&h->path, &h->lan, w->now, &observed[1 - i]);
		path_add_host(&h->path, &h->lan, w->now, &other->addr);
		if (other->addr6.port != 0)
			path_add_host(&h->path, &h->lan, w->now, &other->addr6);
	}
}

void
path_world_relay(struct path_world *w, bool up)
{
	w->relay_up = up;
	for (int i = 0; i < 2; i++) {
		struct host *h = &w->hosts[i];
		enum path_state before = h->path.state;

		note_change(h, before, path_relay(&h->path, w->now, up));
	}
}

void
path_world_move(struct path_world *w, int n)
{
	struct host *h = &w->hosts[n], *other = &w->hosts[1 - n];
	struct addr observed;

	h->addr.ip[15]++;
	path_lost(&h->path, w->now);
	h->was_down = true;
	observed = observe(h);
	path_add(&other->path, &other->lan, w->now, &observed);
	path_add_host(&other->path, &other->lan, w->now, &h->addr);
	path_suspect(&other->path, w->now);
	path_restart(&other->path, w->now);
}

void
path_world_reboot(struct path_world *w, int n)
{
	w->nats[n].mapped = w->nats[n].permitted = 0;
	w->nats[n].first_port = (uint16_t)(w->nats[n].first_port + 3);
}

bool
path_world_both(const struct path_world *w, enum path_state state)
{
	return w->hosts[0].path.state == state &&
	    w->hosts[1].path.state == state;
}

bool
path_world_both_kind(const struct path_world *w, enum path_kind kind)
{
	for (int i = 0; i < 2; i++)
		if (path_current(&w->hosts[i].path) == NULL ||
		    path_current(&w->hosts[i].path)->kind != kind)
			return false;
	return true;
}

bool
path_world_matches(struct path_world *w)
{
	for (int i = 0; i < 2; i++) {
		const struct candidate *c = path_current(&w->hosts[i].path);
		const struct candidate *back =
		    path_current(&w->hosts[1 - i].path);
		struct addr from;
		uint8_t at[16];
		bool local;

		if (c != NULL && back != NULL && c->kind == PATH_RELAY &&
		    back->kind == PATH_RELAY)
			continue;
		if (c == NULL || back == NULL || c->kind == PATH_RELAY ||
		    back->kind == PATH_RELAY ||
		    !leave(w, &w->hosts[i], &c->at, &local, &from) ||
		    arrive(w, i, &c->at.addr, local, &from, at) != 1 - i ||
		    !addr_equal(&from, &back->at.addr) ||
		    memcmp(at, back->at.local, sizeof(at)) != 0)
			return false;
	}
	return true;
}
