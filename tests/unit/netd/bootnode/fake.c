/*
 * The world around a bootnode: its ways out, cryptod, the clock. See
 * fake.h.
 */
#include "tests/unit/netd/bootnode/fake.h"
#include "netd/bootnode/parts.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>

const struct ipc_boot_keys fake_keys = {
	.public_key = "a key that everybody may know",
	.cookie_key = "and another one",
};

uint32_t
world_random(struct world *w)
{
	w->seed = w->seed * 6364136223846793005 + 1442695040888963407;
	return (uint32_t)(w->seed >> 33);
}

/* --- The bootnode's ways out --------------------------------------------- */

static void
fake_send(void *arg, const struct remote *remote, const uint8_t *packet,
    size_t len)
{
	struct world *w = arg;
	enum wire_type type = wire_type(packet, len);
	const struct addr *to = &remote->addr;
	struct guest *c;

	CU_ASSERT_FATAL(len > 0 && len <= WIRE_MAX && type != WIRE_INVALID);
	w->sent++;
	w->sent_by_type[type]++;
	w->sent_bytes += len;
	w->last_to = *to;
	w->last_socket = remote->socket;
	w->last_local = remote->local[15];
	w->last_len = len;
	memcpy(w->last, packet, len);
	if (to->port < 10000 || to->port >= 10000 + FAKE_CLIENTS)
		return;
	c = &w->clients[to->port - 10000];
	if (c->known == NULL || !addr_equal(to, &c->addr))
		return;
	if (type == WIRE_SEALED && world_random(w) % 100 < w->loss)
		return;
	guest_receive(c, packet, len);
}

static int
fake_tell(void *arg, enum ipc_type type, const void *body, const void *tail,
    size_t tail_len)
{
	size_t size = ipc_rules[type].body;
	struct world *w = arg;
	struct message *m = &w->channel[w->channel_end];
	struct ipc_message_in in;

	CU_ASSERT_FATAL(w->channel_end < FAKE_CHANNEL);
	if (w->channel_full && (type == IPC_JOIN_OPEN || type == IPC_STATS))
		return -1;
	CU_ASSERT_FATAL(size <= sizeof(m->body));
	m->type = type;
	if (size > 0)
		memcpy(&m->body, body, size);
	m->tail_len = tail_len;
	m->tail = malloc(tail_len + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m->tail);
	if (tail_len > 0)
		memcpy(m->tail, tail, tail_len);
	w->channel_end++;
	w->told[type]++;
	in =
	    (struct ipc_message_in){ type, &m->body, m->tail, tail_len, -1, 0 };
	CU_ASSERT_TRUE(ipc_check(&in));
	return 0;
}

static void
fake_random(void *arg, void *out, size_t len)
{
	uint8_t *p = out;

	while (len-- > 0)
		*p++ = (uint8_t)world_random(arg);
}

static void
fake_restored(void *arg, const struct ipc_restored *restored)
{
	struct world *w = arg;
	struct ipc_message_in in = { IPC_RESTORED, restored, NULL, 0, -1, 0 };

	CU_ASSERT_TRUE(ipc_check(&in));
	w->restored = *restored;
}

/* Checks that no room forgets a change before it has announced it. */
static void
check_logs(const struct world *w)
{
	const struct room *room;

	TAILQ_FOREACH (room, &w->bootnode->registry.dirty, dirty)
		CU_ASSERT(room->version - room->announced < room->log_size);
}

/* --- cryptod ------------------------------------------------------------- */

void
world_answer(struct world *w, enum ipc_type type, const void *body,
    const uint8_t *tail, size_t tail_len)
{
	struct ipc_message_in in = { type, body, tail, tail_len, -1, w->now };

	CU_ASSERT_EQUAL(dispatch_message(&w->handlers, NULL, &in), 0);
	check_logs(w);
}

void
fake_join_tag(uint8_t tag[AEAD_TAG_LEN],
    const uint8_t start[WIRE_JOIN_OVERHEAD], const uint8_t *noise, size_t len)
{
	uint8_t all[WIRE_JOIN_OVERHEAD + WIRE_MAX];

	CU_ASSERT_FATAL(len <= WIRE_MAX);
	memcpy(all, start, WIRE_JOIN_OVERHEAD);
	memcpy(all + WIRE_JOIN_OVERHEAD, noise, len);
	siphash(tag, fake_keys.public_key, all, WIRE_JOIN_OVERHEAD + len);
}

static void
open_join(struct world *w, const struct ipc_join_open *body,
    const uint8_t *noise, size_t len)
{
	uint32_t slot = body->slot;
	struct ipc_join_opened opened = { .slot = slot };
	struct ipc_join_failed failed = { .slot = slot };
	uint8_t tag[AEAD_TAG_LEN];
	struct bootmsg_join join;

	CU_ASSERT_EQUAL(w->sealed[slot], 0);
	w->sealed[slot] = 1;
	CU_ASSERT_FATAL(len >= NK_OVERHEAD);
	fake_join_tag(tag, body->start, noise, len - AEAD_TAG_LEN);
	if (memcmp(tag, noise + len - AEAD_TAG_LEN, sizeof(tag)) != 0 ||
	    bootmsg_get_join(noise + X25519_LEN, len - NK_OVERHEAD, &join)) {
		w->sealed[slot] = 0;
		world_answer(w, IPC_JOIN_FAILED, &failed, NULL, 0);
		return;
	}
	opened.attempt = join.attempt;
	opened.hidden = (join.flags & JOIN_HIDDEN) != 0;
	opened.skips = join.skips;
	memcpy(opened.reject_key, MAC_KEY(join.token), SIPHASH_KEY);
	opened.tag = join.tag;
	memcpy(opened.id.bytes, join.token, PEER_ID_LEN);
	memcpy(w->mac_keys[slot], MAC_KEY(join.token), SIPHASH_KEY);
	world_answer(w, IPC_JOIN_OPENED, &opened, join.card, join.card_len);
}

static void
seal(struct world *w, const struct message *m)
{
	const struct ipc_seal *seal = &m->body.seal;
	uint8_t out[SEALED_MAX * (WIRE_SEALED_MAX + AEAD_TAG_LEN)] = { 0 };
	struct ipc_sealed body = { .count = 0 };
	const uint8_t *page;
	size_t at = 0;
	uint32_t slot;

	for (size_t i = 0; i < seal->count; i++) {
		memcpy(&slot, m->tail + i * sizeof(slot), sizeof(slot));
		/* The slot must be one that cryptod has keys for. */
		CU_ASSERT_FATAL(w->sealed[slot] > 1);
		page = m->tail + seal->count * sizeof(slot);
		for (size_t k = 0; k < SEAL_PAGES_MAX && seal->lens[k] > 0;
		     page += seal->lens[k++]) {
			CU_ASSERT_FATAL(seal->lens[k] <= WIRE_SEALED_MAX);
			memcpy(out + at, page, seal->lens[k]);
			body.slots[body.count] = slot;
			body.counters[body.count] = w->sealed[slot]++;
			body.lens[body.count] = seal->lens[k] + AEAD_TAG_LEN;
			at += body.lens[body.count++];
			if (body.count < SEALED_MAX)
				continue;
			world_answer(w, IPC_SEALED, &body, out, at);
			at = body.count = 0;
		}
	}
	if (body.count > 0)
		world_answer(w, IPC_SEALED, &body, out, at);
}

static void
cryptod(struct world *w, const struct message *m)
{
	struct ipc_join_sealed sealed;
	uint8_t noise[WIRE_MAX] = { 0 };

	switch (m->type) {
	case IPC_JOIN_OPEN:
		open_join(w, &m->body.join_open, m->tail, m->tail_len);
		break;
	case IPC_JOIN_REPLY:
		sealed.slot = m->body.join_reply.slot;
		memcpy(sealed.mac_key, w->mac_keys[sealed.slot], SIPHASH_KEY);
		CU_ASSERT_EQUAL(w->sealed[sealed.slot], 1);
		w->sealed[sealed.slot] = m->body.join_reply.redirects ? 0 : 2;
		memcpy(noise + X25519_LEN, m->tail, m->tail_len);
		world_answer(w, IPC_JOIN_SEALED, &sealed, noise,
		    w->no_secret ? 0 : m->tail_len + NK_OVERHEAD);
		break;
	case IPC_JOIN_DROP:
	case IPC_SLOT_FREE:
		CU_ASSERT_NOT_EQUAL(w->sealed[m->body.slot.slot], 0);
		/* cryptod must have opened that JOIN, or have that session. */
		CU_ASSERT_EQUAL(m->type == IPC_JOIN_DROP,
		    w->sealed[m->body.slot.slot] == 1);
		w->sealed[m->body.slot.slot] = 0;
		break;
	case IPC_SEAL:
		seal(w, m);
		break;
	case IPC_FLEET_SEAL:
		fake_seal_record(w, m);
		break;
	case IPC_FLEET_OPEN:
		fake_open_record(w, m);
		break;
	case IPC_MEMBER:
		w->member = m->body.member;
		break;
	case IPC_STATS:
		w->stats = m->body.stats;
		break;
	case IPC_NET_OPERATED:
		w->operated = m->body.operated;
		memcpy(w->entries, m->tail, m->tail_len);
		break;
	case IPC_HELD:
		world_answer(w, IPC_HOLD, &m->body.hold, NULL, 0);
		break;
	case IPC_KEPT:
		CU_ASSERT_FATAL(w->kept_count < FAKE_PARTS);
		w->kept[w->kept_count] = *m;
		w->kept[w->kept_count].tail = malloc(m->tail_len);
		CU_ASSERT_PTR_NOT_NULL_FATAL(w->kept[w->kept_count].tail);
		memcpy(w->kept[w->kept_count++].tail, m->tail, m->tail_len);
		break;
	case IPC_REFUSED:
		memset(w->sealed, 0, sizeof(w->sealed));
		break;
	case IPC_KEPT_END:
		w->kept_end = m->body.kept_end;
		break;
	default:
		CU_FAIL("a message that no cryptod is sent");
	}
}

/* --- The world ----------------------------------------------------------- */

static void
start_bootnode(struct world *w, bool fresh)
{
	struct bootnode_io io = { fake_send, fake_tell, fake_tell_fleetd,
		fake_random, fake_restored, fake_drained, w };
	struct ipc_boot_keys keys = fake_keys;

	memset(&w->handlers, 0, sizeof(w->handlers));
	w->bootnode = bootnode_new(&w->config, &io, &w->handlers, w->now);
	CU_ASSERT_PTR_NOT_NULL_FATAL(w->bootnode);
	keys.fresh = fresh;
	world_answer(w, IPC_BOOT_KEYS, &keys, NULL, 0);
}

const uint8_t *
fake_access(const char *name)
{
	static uint8_t keys[256][SIPHASH_KEY];
	uint8_t *key = keys[(uint8_t)(name[0] + 16 * name[1])];

	siphash(key, fake_keys.public_key, name, strlen(name));
	return key;
}

void
world_access(struct world *w, const char *const names[], size_t count)
{
	struct ipc_access_keys keys = { .private = count > 0 };
	struct ipc_message_in in = { IPC_ACCESS_KEYS, &keys, NULL, 0, -1,
		w->now };

	keys.count = (uint16_t)count;
	for (size_t i = 0; i < count; i++) {
		memcpy(keys.at[i].mac_key, fake_access(names[i]), SIPHASH_KEY);
		memcpy(keys.at[i].name, names[i], strlen(names[i]));
	}
	CU_ASSERT_TRUE(ipc_check(&in));
	world_answer(w, IPC_ACCESS_KEYS, &keys, NULL, 0);
}

struct world *
world_private(const char *const names[], size_t count)
{
	struct world *w = world_new(256, 64);

	world_access(w, names, count);
	world_until(w, w->now);
	return w;
}

/* Makes the world without a bootnode. */
static struct world *
empty_world(uint32_t max_peers, uint32_t max_per_address)
{
	struct world *w = calloc(1, sizeof(*w));

	CU_ASSERT_PTR_NOT_NULL_FATAL(w);
	w->config = (struct ipc_config_netd){
		.mode = MODE_BOOTNODE,
		.bind_count = 2,
		.bind = { { .port = FAKE_PORT }, { .port = FAKE_PORT + 1 } },
		.limits.heartbeat_ms = 10000,
		.limits.timeout_ms = 15000,
		.max_sessions = FAKE_SLOTS - SLOTS_RESERVE,
		.limits.max_peers = max_peers,
		.limits.max_per_address = max_per_address,
		.limits.relay_rate = FAKE_RELAY_RATE,
		.alias_key = "a key of the run",
	};
	w->now = FAKE_START;
	w->clients = calloc(FAKE_CLIENTS, sizeof(struct guest));
	w->channel = calloc(FAKE_CHANNEL, sizeof(struct message));
	CU_ASSERT_FATAL(w->clients != NULL && w->channel != NULL);
	return w;
}

struct world *
world_new(uint32_t max_peers, uint32_t max_per_address)
{
	struct world *w = empty_world(max_peers, max_per_address);

	start_bootnode(w, true);
	return w;
}

struct world *
world_fleet(void)
{
	struct world *w = empty_world(256, 256);

	w->config.fleet = 1;
	w->config.fleet_addr_count = 1;
	w->config.fleet_addrs[0] = (struct addr){
		.ip = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
		.port = FAKE_PORT,
	};
	w->config.fleet_incarnation = 1000;
	start_bootnode(w, true);
	world_until(w, w->now);
	return w;
}

void
world_again(struct world *w)
{
	world_run(w);
	bootnode_free(w->bootnode);
	memset(w->sealed, 0, sizeof(w->sealed));
	start_bootnode(w, false);
}

void
world_restart(struct world *w)
{
	bootnode_free(w->bootnode);
	w->config.restores = 1;
	start_bootnode(w, false);
	w->config.restores = 0;
}

void
world_forget_kept(struct world *w)
{
	for (size_t i = 0; i < w->kept_count; i++)
		free(w->kept[i].tail);
	w->kept_count = 0;
}

void
world_free(struct world *w)
{
	world_forget_kept(w);
	w->stuck_at = IPC_NONE;
	world_run(w);
	bootnode_free(w->bootnode);
	for (uint32_t i = 0; i < FAKE_CLIENTS; i++)
		free(w->clients[i].known);
	free(w->clients);
	free(w->channel);
	free(w);
}

static void
run_cryptod(struct world *w)
{
	struct message *m;

	while (w->channel_first < w->channel_end) {
		m = &w->channel[w->channel_first];
		if (m->type == w->stuck_at)
			return;
		w->channel_first++;
		cryptod(w, m);
		free(m->tail);
	}
	w->channel_first = w->channel_end = 0;
}

void
world_run(struct world *w)
{
	uint8_t buf[WIRE_MAX];
	struct guest *c;

	do
		run_cryptod(w);
	while (fake_round(w));
	while (w->asking > 0) {
		for (uint32_t i = 0; i < FAKE_CLIENTS; i++) {
			c = &w->clients[i];
			if (!c->asks)
				continue;
			c->asks = false;
			w->asking--;
			world_packet(w, &c->addr, buf,
			    guest_control(c, WIRE_SYNC, buf));
		}
		run_cryptod(w);
	}
}

void
world_until(struct world *w, uint64_t now)
{
	uint64_t deadline;

	while ((deadline = bootnode_deadline(w->bootnode)) <= now) {
		if (deadline > w->now)
			w->now = deadline;
		bootnode_timer(w->bootnode, w->now);
		/* The bootnode has done all that was due, and does not spin. */
		CU_ASSERT_FATAL(bootnode_deadline(w->bootnode) > w->now);
		world_run(w);
	}
	w->now = now;
}

/* Lifts the limits on what a peer has done lately. */
static void
forget(struct bootnode *b)
{
	struct recent fresh;
	struct session *s;

	CU_ASSERT_EQUAL_FATAL(recent_init(&fresh, b->joins.count), 0);
	memcpy(fresh.secret, b->joins.secret, sizeof(fresh.secret));
	recent_clear(&b->joins);
	b->joins = fresh;
	TAILQ_FOREACH (s, &b->registry.heard, order)
		s->move_time = 0;
}

size_t
world_packet(struct world *w, const struct addr *from, const void *packet,
    size_t len)
{
	struct remote remote = { .addr = *from, .socket = w->socket };
	uint64_t before = w->sent_bytes;

	if (w->local != 0) {
		remote.local[0] = 0x20;
		remote.local[15] = w->local;
	}
	if (w->no_limits)
		forget(w->bootnode);
	bootnode_packet(w->bootnode, w->now, &remote, packet, len);
	check_logs(w);
	return (size_t)(w->sent_bytes - before);
}
