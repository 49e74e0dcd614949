/*
 * The sealed channel from the bootnode to a client. See boot_channel.h.
 */
#include "cryptod/client/boot_channel.h"

#include "common/log.h"
#include "cryptod/client/members.h"
#include "cryptod/client/pump.h"
#include "cryptod/client/settle.h"
#include "cryptod/join.h"

#include <string.h>

static void
tell_ui(struct client *c, enum boot_status status, enum boot_refusal refusal)
{
	struct ipc_bootnode *body = &c->boot.status;

	body->status = (uint8_t)status;
	body->refusal = (uint8_t)refusal;
	body->settling = settle_awaits(c);
	body->joined = c->boot.ever_joined || status == BOOT_JOINED;
	body->access = c->secrets->has_access;
	body->mtu = status == BOOT_UNREACHABLE ? c->boot.mtu : 0;
	body->addr = c->boot.addr;
	memcpy(body->key, c->boot.key, sizeof(body->key));
	body->took = c->boot.took;
	c->boot.told = true;
	boot_tell_ui(c);
}

void
boot_tell_ui(struct client *c)
{
	if (c->boot.told)
		ipc_send(&c->ui, IPC_BOOTNODE, &c->boot.status, NULL, 0);
}

/* Tells netd which version heartbeats carry, and whether to ask for more. */
static void
tell_version(struct client *c, enum boot_sync sync)
{
	struct ipc_boot_version body = {
		.version = c->boot.version,
		.sync = (uint8_t)sync,
	};

	if (c->boot.roster_open) {
		body.from = c->boot.roster_from;
		body.after = c->boot.roster_after;
	}

	ipc_send(&c->netd, IPC_BOOT_VERSION, &body, NULL, 0);
}

/* True if the key is that of --bootnode-key, or the remembered one, or if it is
 * the first. */
static bool
key_is_right(struct client *c, const uint8_t *key)
{
	enum boot_refusal why =
	    c->config.pinned ? REFUSAL_KEY_PINNED : REFUSAL_KEY_CHANGED;

	if (!c->boot.known || crypto_equal(key, c->config.boot_key, X25519_LEN))
		return true;
	if (!c->boot.refused_told) {
		log_event(LOG_ERROR, "refused", "reason=%s",
		    why == REFUSAL_KEY_PINNED ? "key_pinned" : "key_changed");
		tell_ui(c, BOOT_REFUSED, why);
	}
	c->boot.refused_told = true;
	return false;
}

void
boot_derive(struct client *c, const uint8_t key[X25519_LEN])
{
	struct client_secrets *s = c->secrets;

	if (s->secret == NULL ||
	    (s->have_room && crypto_equal(s->room_key, key, X25519_LEN)))
		return;
	room_derive(&s->room, key, c->config.room, c->config.room_len,
	    s->secret);
	memcpy(s->room_key, key, X25519_LEN);
	s->have_room = true;
	claim_make(&s->us, &s->identity, c->config.run, key);
	c->id = s->us.id;
}

void
boot_keep(struct client *c)
{
	crypto_secret_free(c->secrets->secret, sizeof(*c->secrets->secret));
	c->secrets->secret = NULL;
}

int
boot_cookie(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_boot_cookie *cookie = in->body;
	uint8_t payload[BOOTMSG_JOIN_MAX];
	uint8_t message[BOOTMSG_JOIN_MAX + NOISE_OVERHEAD_MAX];
	uint8_t card[CARD_MAX];
	struct client_secrets *s = c->secrets;
	struct bootmsg_join join = {
		.flags = c->config.hidden ? JOIN_HIDDEN : 0,
		.skips = cookie->skips,
		.card = card,
	};
	struct ipc_boot_join body = { .addr = cookie->addr };
	size_t len;

	if (!c->have_local)
		return -1;
	if (c->leaving)
		return 0;
	if (!c->boot.up) /* else the session goes on where it is */
		c->boot.addr = cookie->addr;
	memcpy(c->boot.key, cookie->boot_key, sizeof(c->boot.key));
	if (!key_is_right(c, cookie->boot_key)) {
		ipc_send(&c->netd, IPC_BOOT_JOIN, &body, NULL, 0);
		return 0;
	}
	if (s->wanted) {
		c->boot.cookie = *cookie;
		c->boot.cookie_waits = true;
		return 0;
	}
	boot_derive(c, cookie->boot_key);
	join.tag = s->room.tag;
	memcpy(join.token, s->us.token, sizeof(join.token));
	memcpy(join.commitment, s->us.commitment, sizeof(join.commitment));
	join.attempt = ++c->boot.attempt;
	join.card_len = card_seal(&c->card, &s->room, &c->id, card);
	len = bootmsg_put_join(payload, sizeof(payload), &join);
	join_handshake(&s->join, true, cookie->start, NULL, cookie->boot_key);
	len = noise_write(&s->join, payload, len, message);
	crypto_wipe(payload, sizeof(payload));
	crypto_wipe(&join, sizeof(join));
	c->boot.joining = len > 0; /* 0: a key that makes no secret */
	join_reject_key(&s->join, body.reject_key);
	ipc_send(&c->netd, IPC_BOOT_JOIN, &body, message, len);
	crypto_wipe(&body, sizeof(body));
	return 0;
}

void
boot_enter(struct client *c)
{
	const struct ipc_boot_cookie cookie = c->boot.cookie;
	const struct ipc_message_in in = { .body = &cookie };

	if (c->boot.known) {
		boot_derive(c, c->config.boot_key);
		boot_keep(c);
	}
	if (!c->boot.cookie_waits)
		return;
	c->boot.cookie_waits = false;
	boot_cookie(c, &in);
}

/* The bootnode proved its key: remembers it. */
static void
take_key(struct client *c)
{
	struct ipc_remember remember;

	if (c->boot.known)
		return;
	memcpy(remember.boot_key, c->boot.key, sizeof(remember.boot_key));
	memcpy(c->config.boot_key, c->boot.key, sizeof(c->config.boot_key));
	c->boot.known = true;
	boot_keep(c);
	ipc_send(&c->child->control, IPC_REMEMBER, &remember, NULL, 0);
}

static void
tell_node(struct client *c, enum ipc_type type, const struct addr *addrs,
    size_t count, const struct bootmsg_redirect *r)
{
	struct ipc_boot_node body = { .count = (uint8_t)count };

	memcpy(body.addrs, addrs, count * sizeof(*addrs));
	if (r != NULL) {
		body.token = r->token;
		body.name = r->name;
	}
	ipc_send(&c->netd, type, &body, NULL, 0);
}

/* Another node of the fleet has the room, and the same key. */
static void
redirect(struct client *c, const struct bootmsg_redirect *r)
{
	crypto_wipe(&c->secrets->join, sizeof(c->secrets->join));
	c->boot.joining = false;
	take_key(c);
	tell_node(c, IPC_BOOT_REDIRECT, r->addrs, r->count, r);
}

static void
start_session(struct client *c, const struct bootmsg_welcome *w, uint8_t spread)
{
	struct client_secrets *s = c->secrets;
	struct ipc_boot_session body = {
		.session = w->session,
		.interval_ms = w->interval_ms,
		.timeout_ms = w->timeout_ms,
		.reflect_port = w->reflect_port,
		.observed = w->observed,
		.relay_rate = w->relay_rate,
		.echo = w->echo,
	};
	uint8_t tx[KEY_LEN];

	noise_split(&s->join, tx, s->boot_rx);
	join_control_key(&s->join, body.mac_key);
	crypto_wipe(tx, sizeof(tx));
	crypto_wipe(&s->join, sizeof(s->join));
	c->boot.joining = false;
	c->boot.have_session = true;
	c->boot.version = 0; /* the roster is on its way */
	c->boot.roster_open = false;
	members_unseen(c);
	settle_welcome(c, w, spread);
	if (c->boot.moves)
		settle_moved(c);
	c->boot.moves = false;
	memset(&c->boot.replay, 0, sizeof(c->boot.replay));
	ipc_send(&c->netd, IPC_BOOT_SESSION, &body, NULL, 0);
	crypto_wipe(&body, sizeof(body));
	take_key(c);
}

int
boot_welcome(void *self, const struct ipc_message_in *in)
{
	const struct ipc_boot_welcome *welcome = in->body;
	struct client *c = self;
	struct bootmsg_redirect r;
	struct bootmsg_welcome w;
	uint8_t payload[WIRE_MAX];
	size_t payload_len;

	if (!c->boot.joining ||
	    noise_read(&c->secrets->join, in->tail, in->tail_len, payload,
		&payload_len) == -1) {
		log_debug("a WELCOME that does not answer our JOIN");
	} else if (bootmsg_get_redirect(payload, payload_len, &r) == 0) {
		redirect(c, &r);
	} else if (bootmsg_get_welcome(payload, payload_len, &w) == 0) {
		c->boot.addr = welcome->addr;
		c->boot.took = welcome->took;
		start_session(c, &w, welcome->spread);
	} else {
		log_debug("a WELCOME that says nothing known");
	}
	return 0;
}

static void
now_joined(struct client *c)
{
	if (c->boot.up)
		return;
	c->boot.up = true;
	tell_ui(c, c->boot.ever_joined ? BOOT_REJOINED : BOOT_JOINED,
	    REFUSAL_NONE);
	c->boot.ever_joined = true;
	pump_all(c);
}

/*
 * Takes members with ids from one to another. They count at once; members who
 * have gone are removed once the whole roster was read, from the lowest id to
 * the highest, since its parts are of different times. Changes since the first
 * part come as EVENTS, and may well be told twice.
 */
static void
read_roster(struct client *c, const struct bootmsg_head *head, struct getter *g)
{
	static const struct peer_id start;
	struct boot_channel *b = &c->boot;
	bool first = memcmp(&head->after, &start, sizeof(start)) == 0, next;
	struct bootmsg_entry e = { .id = head->after };
	struct peer_id last;

	if (head->version < b->version || (!b->roster_open && !first))
		return;
	if (!b->roster_open) {
		b->roster_open = true;
		b->roster_gap = false;
		b->roster_from = b->version = head->version;
		b->roster_after = start;
	}
	next = memcmp(&head->after, &b->roster_after, sizeof(start)) == 0;
	while (g->left > 0) {
		last = e.id;
		if (bootmsg_get_entry(g, head->kind, &e) == -1 ||
		    memcmp(&e.id, &last, sizeof(last)) <= 0)
			return; /* a roster comes to an end */
		members_joined(c, &e, b->roster_from);
	}
	if (!next)
		return; /* what is before it was lost, or this is a copy */
	b->roster_after = e.id;
	if ((head->flags & BOOTMSG_LAST) == 0) {
		tell_version(c,
		    (head->flags & BOOTMSG_MORE) != 0 ? SYNC_ON : SYNC_MISSING);
		return;
	}
	b->roster_open = false;
	members_roster_end(c, b->roster_from);
	tell_version(c, b->roster_gap ? SYNC_ON : SYNC_NOTHING);
	now_joined(c);
}

/* Takes a change of the room. Returns how many versions it makes. */
static uint32_t
apply(struct client *c, const struct bootmsg_entry *e, uint32_t version)
{
	switch (e->what) {
	case MEMBER_JOINED:
		members_joined(c, e, version);
		break;
	case MEMBER_MOVED:
		members_moved(c, e);
		break;
	case MEMBER_LEFT:
		members_left(c, &e->id, e->reason);
		break;
	case MEMBER_OVERTAKEN:
		return e->count;
	}
	return 1;
}

static void
read_events(struct client *c, const struct bootmsg_head *head, struct getter *g)
{
	struct boot_channel *b = &c->boot;
	uint32_t version = head->version;
	struct bootmsg_entry e;

	if (version > b->version + 1) {
		/* Something was lost. Before the first roster netd keeps asking
		 * until there is a version to tell it. */
		b->roster_gap = true;
		if (b->version != 0)
			tell_version(c, SYNC_MISSING);
		return;
	}
	while (g->left > 0) {
		if (bootmsg_get_entry(g, head->kind, &e) == -1)
			return;
		if (version > b->version || e.what == MEMBER_OVERTAKEN)
			version += apply(c, &e, version);
		else
			version++;
		if (version - 1 > b->version)
			b->version = version - 1;
	}
	if ((head->flags & BOOTMSG_MORE) != 0)
		tell_version(c, SYNC_ON);
	else
		tell_version(c, b->roster_open ? SYNC_MISSING : SYNC_NOTHING);
	if (!b->roster_open)
		now_joined(c);
}

/* The room has another home in the fleet. */
static void
read_move(struct client *c, struct getter *g)
{
	struct addr addrs[NODE_ADDRS_MAX];
	size_t count;

	if (bootmsg_get_move(g, addrs, &count) == -1)
		return;
	c->boot.moves = true;
	tell_node(c, IPC_BOOT_MOVE, addrs, count, NULL);
}

int
boot_sealed(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_boot_sealed *body = in->body;
	size_t len = in->tail_len;
	uint8_t plain[WIRE_MAX], nonce[GCM_NONCE_LEN];
	struct bootmsg_head head;
	struct getter g;

	if (!c->boot.have_session || len < TAG_LEN || len > sizeof(plain) ||
	    !replay_ok(&c->boot.replay, body->counter))
		return 0;
	crypto_counter_nonce(nonce, body->counter);
	if (crypto_open(plain, c->secrets->boot_rx, nonce, NULL, 0, in->tail,
		len) == -1)
		return 0;
	replay_mark(&c->boot.replay, body->counter);
	get_init(&g, plain, len - TAG_LEN);
	if (bootmsg_get_head(&g, &head) == -1)
		return 0;
	if (head.kind == BOOTMSG_ROSTER)
		read_roster(c, &head, &g);
	else if (head.kind == BOOTMSG_EVENTS)
		read_events(c, &head, &g);
	else
		read_move(c, &g);
	return 0;
}

void
boot_tell_settled(struct client *c)
{
	c->boot.status.settling = false;
	ipc_send(&c->ui, IPC_SETTLED, NULL, NULL, 0);
}

void
boot_ask_changes(struct client *c)
{
	if (c->boot.up && !c->boot.roster_open)
		tell_version(c, SYNC_ON);
}

int
boot_status(void *self, const struct ipc_message_in *in)
{
	struct client *c = self;
	const struct ipc_boot_status *status = in->body;

	if (status->status == BOOT_JOINED || status->status == BOOT_REJOINED)
		return -1; /* that is not for netd to say */
	if (status->status == BOOT_UNREACHABLE)
		settle_unanswered(c);
	if (status->status == BOOT_LOST) {
		c->boot.up = c->boot.moves = false;
		settle_lost(c);
	}
	c->boot.addr = status->addr;
	c->boot.mtu = status->mtu;
	tell_ui(c, (enum boot_status)status->status,
	    (enum boot_refusal)status->refusal);
	return 0;
}

void
boot_gone(struct client *c)
{
	if (c->boot.up)
		tell_ui(c, BOOT_LOST, REFUSAL_NONE);
	settle_lost(c);
	c->boot.up = false;
	c->boot.joining = c->boot.cookie_waits = c->boot.moves = false;
	c->boot.have_session = false;
	crypto_wipe(&c->secrets->join, sizeof(c->secrets->join));
	crypto_wipe(c->secrets->boot_rx, sizeof(c->secrets->boot_rx));
}
