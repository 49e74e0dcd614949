/*
 * cryptod of a bootnode. See run.h. After a slot's JOIN_REPLY (joins.h), netd
 * asks SEAL at any time, and SLOT_FREE at the end.
 */
#include "cryptod/bootnode/run.h"

#include "common/hex.h"
#include "common/log.h"
#include "common/loop.h"
#include "cryptod/bootnode/fleet_seal.h"
#include "cryptod/bootnode/handover.h"
#include "cryptod/bootnode/joins.h"
#include "cryptod/bootnode/keyring.h"
#include "cryptod/bootnode/slot_keys.h"

#include <string.h>

/* The number of messages that are taken in a turn. */
#define TURN 256

struct bootnode_state {
	struct loop loop;
	uint64_t now;
	const struct x25519_key *key;
	struct ipc_channel netd;
	struct ipc_channel ui;
	struct slot_keys keys;
	struct handover handover;
	struct joins joins;
	struct fleet_seal fleet;
	struct ipc_access_keys *access; /* in secret memory */
	int access_fd;			/* of the memory with other keys */
	bool asked;			/* by ui, and netd has not answered */
	bool late;			/* it has, but ui's channel was full */
	bool draining;			/* as the operator wants it */
	bool leaving;
	size_t ready_count;
	struct ipc_bootnode_ready ready[BINDS_MAX]; /* told to ui */
};

/* Of blocks whose sizes are powers of two. */
#define ACCESS_HEAP                                         \
	(2 *                                                \
	    (ACCESS_TEXT_MAX + sizeof(struct access_keys) + \
		sizeof(struct ipc_access_keys)))

size_t
cryptod_bootnode_heap(uint32_t max_sessions)
{
	/* All keys; the handshakes, in a block whose size is a power of two;
	 * the access keys, and their text while it is read; and a third more,
	 * for the memory that a handshake takes for a moment. */
	size_t needed =
	    (((size_t)max_sessions + SLOTS_RESERVE) * KEY_LEN +
		2 * JOINS_MAX * sizeof(struct noise) + ACCESS_HEAP) *
	    4 / 3;
	size_t heap = 1;

	while (heap < needed)
		heap *= 2;
	return heap;
}

static int
on_listening(void *self, const struct ipc_message_in *in)
{
	struct bootnode_state *b = self;
	const struct ipc_listening *listening = in->body;
	struct ipc_bootnode_ready *ready = &b->ready[b->ready_count];
	char key[2 * X25519_LEN + 1];

	if (b->ready_count == BINDS_MAX)
		return -1;
	if (b->ready_count == 0)
		log_event(LOG_INFO, "identity", "key=%s",
		    format_hex(key, b->key->public_key, X25519_LEN));
	b->ready_count++;
	ready->addr = listening->addr;
	memcpy(ready->key, b->key->public_key, sizeof(ready->key));
	ipc_send(&b->ui, IPC_BOOTNODE_READY, ready, NULL, 0);
	return 0;
}

static int
on_slot_free(void *self, const struct ipc_message_in *in)
{
	struct bootnode_state *b = self;
	const struct ipc_slot *body = in->body;

	slot_keys_end(&b->keys, body->slot);
	return 0;
}

/* The sealed packets, until they are sent. */
struct sealed {
	struct ipc_sealed body;
	size_t len;
	uint8_t bytes[SEALED_MAX * (WIRE_SEALED_MAX + TAG_LEN)];
};

static void
send_sealed(struct bootnode_state *b, struct sealed *s)
{
	if (s->body.count > 0)
		ipc_send(&b->netd, IPC_SEALED, &s->body, s->bytes, s->len);
	s->body.count = 0;
	s->len = 0;
}

/* Returns 0, or -1 if there is no session in this slot. */
static int
seal_for(struct bootnode_state *b, uint32_t slot, const uint8_t *plaintext,
    size_t len, struct sealed *s)
{
	uint64_t counter;
	const uint8_t *key = slot_keys_next(&b->keys, slot, &counter);
	uint8_t nonce[GCM_NONCE_LEN];

	if (key == NULL)
		return -1;
	crypto_counter_nonce(nonce, counter);
	crypto_seal(s->bytes + s->len, key, nonce, NULL, 0, plaintext, len);
	s->body.slots[s->body.count] = slot;
	s->body.counters[s->body.count] = counter;
	s->body.lens[s->body.count++] = (uint16_t)(len + TAG_LEN);
	s->len += len + TAG_LEN;
	if (s->body.count == SEALED_MAX)
		send_sealed(b, s);
	return 0;
}

static int
on_seal(void *self, const struct ipc_message_in *in)
{
	struct bootnode_state *b = self;
	const struct ipc_seal *body = in->body;
	const uint8_t *page;
	struct sealed s;
	uint32_t slot;

	memset(&s.body, 0, sizeof(s.body));
	s.len = 0;
	for (size_t i = 0; i < body->count; i++) {
		memcpy(&slot, in->tail + i * sizeof(slot), sizeof(slot));
		page = in->tail + body->count * sizeof(slot);
		for (size_t k = 0; k < SEAL_PAGES_MAX && body->lens[k] > 0;
		     k++) {
			if (seal_for(b, slot, page, body->lens[k], &s) == -1)
				return -1;
			page += body->lens[k];
		}
	}
	send_sealed(b, &s);
	return 0;
}

static int
on_member(void *self, const struct ipc_message_in *in)
{
	struct bootnode_state *b = self;
	ipc_send(&b->ui, IPC_MEMBER_SHOW, in->body, NULL, 0);
	return 0;
}

static int
on_stats(void *self, const struct ipc_message_in *in)
{
	struct bootnode_state *b = self;
	struct ipc_stats stats = *(const struct ipc_stats *)in->body;

	if (stats.asked)
		b->asked = false;
	stats.asked |= b->late;
	b->late = ipc_send(&b->ui, IPC_STATS_SHOW, &stats, NULL, 0) == -1 &&
	    stats.asked;
	return 0;
}

static int
on_status_ask(void *self, const struct ipc_message_in *in)
{
	struct bootnode_state *b = self;
	(void)in;
	b->asked = true;
	ipc_send(&b->netd, IPC_NET_ASK, NULL, NULL, 0);
	return 0;
}

/* Passes on what the operator asks. */
static int
on_operate(void *self, const struct ipc_message_in *in)
{
	const struct ipc_operate *ask = in->body;
	struct bootnode_state *b = self;

	if (ask->what == OPERATE_DRAIN || ask->what == OPERATE_REFILL)
		b->draining = ask->what == OPERATE_DRAIN;
	ipc_send(&b->netd, IPC_NET_OPERATE, ask, NULL, 0);
	return 0;
}

static int
on_operated(void *self, const struct ipc_message_in *in)
{
	struct bootnode_state *b = self;

	ipc_send(&b->ui, IPC_OPERATED, in->body, in->tail, in->tail_len);
	return 0;
}

static int
on_quit(void *self, const struct ipc_message_in *in)
{
	struct bootnode_state *b = self;
	(void)in;
	if (b->leaving)
		return 0; /* a ui after the one that asked */
	b->leaving = true;
	ipc_send(&b->ui, IPC_GOODBYE, NULL, NULL, 0);
	return 0;
}

/* The launcher has had the file read again. */
static int
on_access_again(void *self, const struct ipc_message_in *in)
{
	struct bootnode_state *b = self;
	const struct ipc_access_again *again = in->body;

	crypto_secret_free(b->access, sizeof(*b->access));
	b->access = keyring_read(b->access_fd, again->part, again->access);
	if (b->netd.fd != -1)
		ipc_send(&b->netd, IPC_ACCESS_KEYS, b->access, NULL, 0);
	return 0;
}

static void
tell_keys(struct bootnode_state *b, bool fresh)
{
	struct ipc_boot_keys keys = { .fresh = fresh };

	/* From the first packet on, a private bootnode is one. */
	if (b->access->private)
		ipc_send(&b->netd, IPC_ACCESS_KEYS, b->access, NULL, 0);
	memcpy(keys.public_key, b->key->public_key, sizeof(keys.public_key));
	crypto_random(keys.cookie_key, sizeof(keys.cookie_key));
	fleet_seal_keys(&b->fleet, &keys);
	ipc_send(&b->netd, IPC_BOOT_KEYS, &keys, NULL, 0);
	crypto_wipe(&keys, sizeof(keys));
}

/* --- The other ends, gone and come ------------------------------------ */

/* All sessions are gone with netd: the clients join again. */
static void
netd_gone(struct bootnode_state *b)
{
	handover_netd_gone(&b->handover);
	slot_keys_end_all(&b->keys);
	joins_end_all(&b->joins);
	b->ready_count = 0;
}

/* Forgets a neighbour's last messages, which are of no use to the next one. */
static void
gone(void *self, struct ipc_channel *ch)
{
	struct bootnode_state *b = self;

	if (ch == &b->netd)
		netd_gone(b);
}

static void
netd_came(struct bootnode_state *b, int fd)
{
	const struct ipc_operate drain = { .what = OPERATE_DRAIN };

	loop_end(&b->loop, &b->netd);
	child_reopen(b->loop.child, &b->netd, FD_NETD, fd);
	ipc_share_calls(&b->netd);
	tell_keys(b, false); /* clients of the last one */
	if (b->draining)
		ipc_send(&b->netd, IPC_NET_OPERATE, &drain, NULL, 0);
	if (b->asked) /* the last one, in vain */
		ipc_send(&b->netd, IPC_NET_ASK, NULL, NULL, 0);
}

static void
ui_came(struct bootnode_state *b, int fd)
{
	loop_end(&b->loop, &b->ui);
	child_reopen(b->loop.child, &b->ui, FD_UI, fd);
	ipc_share_calls(&b->ui);
	for (size_t i = 0; i < b->ready_count; i++)
		ipc_send(&b->ui, IPC_BOOTNODE_READY, &b->ready[i], NULL, 0);
	if (b->leaving)
		ipc_send(&b->ui, IPC_GOODBYE, NULL, NULL, 0);
}

static int
on_channel(void *self, const struct ipc_message_in *in)
{
	const struct ipc_channel_end *end = in->body;

	if (end->role == ROLE_NETD)
		netd_came(self, in->fd);
	else if (end->role == ROLE_UI)
		ui_came(self, in->fd);
	else
		return -1;
	return 0;
}

/* What comes in from either side leads to messages to netd; and what netd hands
 * over, to messages to the launcher. */
static bool
may_read_netd(const void *self, bool gone_by)
{
	const struct bootnode_state *b = self;

	(void)gone_by;
	return !ipc_congested(&b->netd) &&
	    !ipc_congested(&b->loop.child->control);
}

static bool
may_read_ui(const void *self, bool gone_by)
{
	const struct bootnode_state *b = self;

	(void)gone_by;
	return !ipc_congested(&b->netd) && !handover_is_busy(&b->handover);
}

static void
listen_to(struct bootnode_state *b, struct ipc_channel *ch,
    bool (*may_read)(const void *, bool))
{
	struct loop_channel *c = loop_add(&b->loop, ch, TURN);

	c->may_read = may_read;
	c->gone = gone;
}

static void
work(void *self)
{
	struct bootnode_state *b = self;

	handover_work(&b->handover);
}

static uint64_t
deadline(const void *self)
{
	const struct bootnode_state *b = self;

	return handover_deadline(&b->handover, b->now);
}

void
cryptod_bootnode_run(struct child *child,
    const struct cryptod_bootnode_start *start)
{
	static struct bootnode_state b;
	const struct handler handlers[] = {
		{ IPC_CHANNEL, on_channel, &b },
		{ IPC_ACCESS_AGAIN, on_access_again, &b },
		{ IPC_LISTENING, on_listening, &b },
		{ IPC_JOIN_OPEN, joins_open, &b.joins },
		{ IPC_JOIN_REPLY, joins_reply, &b.joins },
		{ IPC_JOIN_DROP, joins_drop, &b.joins },
		{ IPC_SLOT_FREE, on_slot_free, &b },
		{ IPC_SEAL, on_seal, &b },
		{ IPC_FLEET_SEAL, fleet_seal_record, &b.fleet },
		{ IPC_FLEET_OPEN, fleet_open_record, &b.fleet },
		{ IPC_MEMBER, on_member, &b },
		{ IPC_STATS, on_stats, &b },
		{ IPC_STATUS_ASK, on_status_ask, &b },
		{ IPC_OPERATE, on_operate, &b },
		{ IPC_NET_OPERATED, on_operated, &b },
		{ IPC_QUIT, on_quit, &b },
		{ IPC_HAND_OVER, handover_begin, &b.handover },
		{ IPC_STAY, handover_stay, &b.handover },
		{ IPC_HELD, handover_held, &b.handover },
		{ IPC_KEPT, handover_kept, &b.handover },
		{ IPC_KEPT_END, handover_end, &b.handover },
		{ IPC_REFUSED, handover_refused, &b.handover },
	};

	b.key = start->key;
	crypto_keep(b.key);
	joins_init(&b.joins, b.key, &b.keys, &b.netd);
	fleet_seal_init(&b.fleet, b.key, &b.netd);
	b.access = start->access;
	b.access_fd = start->access_fd;
	handover_init(&b.handover, b.key, &b.keys, start->slots, &b.netd,
	    &child->control, start->kept, start->memory);
	loop_init(&b.loop, child, &b, &b.now);
	dispatch_add(&b.loop.handlers, handlers,
	    sizeof(handlers) / sizeof(handlers[0]));
	child_open(child, &b.netd, FD_NETD, ROLE_NETD);
	ipc_share_calls(&b.netd);
	child_open(child, &b.ui, FD_UI, ROLE_UI);
	ipc_share_calls(&b.ui);
	listen_to(&b, &b.netd, may_read_netd);
	listen_to(&b, &b.ui, may_read_ui);
	b.loop.work = work;
	b.loop.deadline = deadline;
	tell_keys(&b, start->fresh);
	work(&b);
	for (;;)
		loop_turn(&b.loop);
}
