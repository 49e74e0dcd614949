/*
 * The rules of messages between processes beyond their length, for each type
 * that has any: enums, counts, handles, slots, text.
 */
#include "common/log.h"
#include "common/sandbox.h"
#include "tests/unit/ipc_build.h"

#include <CUnit/CUnit.h>

#include <string.h>

void ipc_check_suite(void);

static void
test_handles_and_slots(void)
{
	static struct ipc_built m;
	size_t handles = 0, slots = 0;

	FOREACH_TYPE(type)
	{
		ipc_build(&m, type, ipc_shortest_tail(type));
		if (ipc_has_handle(type)) {
			m.body.handle = 0;
			CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
			m.body.handle = UINT32_MAX;
			CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
			handles++;
		}
		if (ipc_has_slot(type)) {
			m.body.slot.slot = SLOTS_MAX - 1;
			CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
			m.body.slot.slot = SLOTS_MAX;
			CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
			slots++;
		}
	}
	CU_ASSERT_EQUAL(handles, 27);
	CU_ASSERT_EQUAL(slots, 7);
}

/* A valid message with one change is accepted (0) or refused (-1). */
#define CHECK(type, result, change)                           \
	do {                                                  \
		ipc_build(&m, type, ipc_shortest_tail(type)); \
		change;                                       \
		CU_ASSERT_EQUAL(ipc_parse_built(&m), result); \
	} while (0)

/* Fills both fields and the rest with text, so that only the lengths are
 * wrong. */
#define FILL(c)                                     \
	(memset((c)->nick, 'n', sizeof((c)->nick)), \
	    memset((c)->room, 'r', sizeof((c)->room)))

static void
test_config(void)
{
	static struct ipc_built m;
	struct ipc_config_netd *n = &m.body.config_netd;
	struct ipc_config_cryptod *c = &m.body.config_cryptod;
	struct ipc_config_ui *u = &m.body.config_ui;
	struct ipc_limits *l = &m.body.limits;
	struct ipc_prefixes *p = &m.body.prefixes;

	CHECK(IPC_CONFIG_NETD, 0, n->mode = MODE_BOOTNODE);
	CHECK(IPC_CONFIG_NETD, -1, n->incarnation = 0);
	CHECK(IPC_CONFIG_NETD, -1, n->mode = MODE_BOOTNODE + 1);
	CHECK(IPC_CONFIG_NETD, 0, n->boot_addr_count = BOOT_ADDRS_MAX);
	CHECK(IPC_CONFIG_NETD, -1, n->boot_addr_count = BOOT_ADDRS_MAX + 1);
	CHECK(IPC_CONFIG_NETD, -1, n->bind_count = 0);
	CHECK(IPC_CONFIG_NETD, -1, n->bind_count = BINDS_MAX);
	CHECK(IPC_CONFIG_NETD, 0,
	    (n->mode = MODE_BOOTNODE, n->bind_count = BINDS_MAX));
	CHECK(IPC_CONFIG_NETD, -1,
	    (n->mode = MODE_BOOTNODE, n->bind_count = BINDS_MAX + 1));
	CHECK(IPC_CONFIG_NETD, 0, n->port_asked_for = 1);
	CHECK(IPC_CONFIG_NETD, -1, n->port_asked_for = 2);
	CHECK(IPC_CONFIG_NETD, -1, n->limits.heartbeat_ms = 0);
	CHECK(IPC_CONFIG_NETD, -1,
	    n->limits.heartbeat_ms = n->limits.timeout_ms);
	CHECK(IPC_CONFIG_NETD, 0, n->limits.max_peers = PEERS_MAX);
	CHECK(IPC_CONFIG_NETD, -1, n->limits.max_peers = PEERS_MAX + 1);
	CHECK(IPC_CONFIG_NETD, 0, n->limits.max_per_address = SESSIONS_MAX);
	CHECK(IPC_CONFIG_NETD, -1,
	    n->limits.max_per_address = SESSIONS_MAX + 1);
	CHECK(IPC_CONFIG_NETD, -1, n->prefixed = 1);
	CHECK(IPC_CONFIG_NETD, 0, (n->mode = MODE_BOOTNODE, n->prefixed = 1));
	CHECK(IPC_CONFIG_NETD, -1, (n->mode = MODE_BOOTNODE, n->prefixed = 2));

	CHECK(IPC_LIMITS, -1, l->heartbeat_ms = 0);
	CHECK(IPC_LIMITS, -1, l->heartbeat_ms = l->timeout_ms);
	CHECK(IPC_LIMITS, -1, l->max_peers = 0);
	CHECK(IPC_LIMITS, -1, l->max_peers = PEERS_MAX + 1);
	CHECK(IPC_LIMITS, -1, l->max_per_address = 0);
	CHECK(IPC_LIMITS, -1, l->max_per_address = SESSIONS_MAX + 1);
	CHECK(IPC_LIMITS, 0, l->prefixes[PREFIXES_LIFTED] = PREFIXES_MAX);
	CHECK(IPC_LIMITS, -1, l->prefixes[PREFIXES_LIFTED] = PREFIXES_MAX + 1);
	CHECK(IPC_PREFIXES, 0, p->list = PREFIXES_LIFTED);
	CHECK(IPC_PREFIXES, -1, p->list = PREFIXES_COUNT);
	CHECK(IPC_PREFIXES, -1, p->count = 0);
	CHECK(IPC_PREFIXES, -1, p->count = 2);

	CHECK(IPC_CONFIG_CRYPTOD, -1, c->mode = MODE_BOOTNODE + 1);
	CHECK(IPC_CONFIG_CRYPTOD, -1, c->incarnation = 0);
	CHECK(IPC_CONFIG_CRYPTOD, -1, c->nick_len = 0);
	CHECK(IPC_CONFIG_CRYPTOD, 0,
	    (c->nick_len = 0, c->mode = MODE_BOOTNODE));
	CHECK(IPC_CONFIG_CRYPTOD, 0, (c->nick_len = NICK_MAX, FILL(c)));
	CHECK(IPC_CONFIG_CRYPTOD, -1, (c->nick_len = NICK_MAX + 1, FILL(c)));
	CHECK(IPC_CONFIG_CRYPTOD, -1, (c->nick_len = UINT16_MAX, FILL(c)));
	CHECK(IPC_CONFIG_CRYPTOD, -1, c->nick_len = 2); /* with a NUL */
	CHECK(IPC_CONFIG_CRYPTOD, -1, c->nick[0] = (char)0xff);
	CHECK(IPC_CONFIG_CRYPTOD, 0,
	    (c->room_len = 2, memcpy(c->room, "\xc3\xa9", 2)));
	CHECK(IPC_CONFIG_CRYPTOD, -1, (c->room_len = 1, c->room[0] = '\xc3'));
	CHECK(IPC_CONFIG_CRYPTOD, 0, (c->room_len = ROOM_MAX, FILL(c)));
	CHECK(IPC_CONFIG_CRYPTOD, -1, (c->room_len = ROOM_MAX + 1, FILL(c)));
	CHECK(IPC_CONFIG_CRYPTOD, 0, memcpy(c->identity, "a-Z_9", 5));
	CHECK(IPC_CONFIG_CRYPTOD, -1, c->identity[0] = '/');
	CHECK(IPC_CONFIG_CRYPTOD, -1, memcpy(c->identity, "a.b", 3));
	CHECK(IPC_CONFIG_CRYPTOD, 0,
	    memset(c->identity, 'x', IDENTITY_NAME_MAX));
	CHECK(IPC_CONFIG_CRYPTOD, -1,
	    memset(c->identity, 'x', IDENTITY_NAME_MAX + 1));
	CHECK(IPC_CONFIG_UI, 0, u->identity[0] = 'x');
	CHECK(IPC_CONFIG_UI, -1, u->identity[0] = '.');

	CHECK(IPC_CHANNEL, 0, m.body.channel_end.role = ROLE_UI);
	CHECK(IPC_CHANNEL, -1, m.body.channel_end.role = ROLE_LAUNCHER);
	CHECK(IPC_CHANNEL, -1, m.body.channel_end.role = ROLE_COUNT);
	CHECK(IPC_CHANNEL, 0, m.body.channel_end.room = ROOMS_MAX - 1);
	CHECK(IPC_CHANNEL, -1, m.body.channel_end.room = ROOMS_MAX);
	CHECK(IPC_CHANNEL, -1, m.body.channel_end.incarnation = 0);
	CHECK(IPC_CONFIG_UI, -1, u->first_seq = 0);
	CHECK(IPC_CONFIG_UI, 0, u->kind = UI_JSON);
	CHECK(IPC_CONFIG_UI, -1, u->kind = UI_KIND_COUNT);
	CHECK(IPC_CONFIG_UI, -1, u->notify = NOTIFY_COUNT);
	CHECK(IPC_CONFIG_UI, -1, u->notify_for = NOTIFY_FOR_COUNT);
	CHECK(IPC_CONFIG_UI, -1, u->mouse = MOUSE_COUNT);
	CHECK(IPC_CONFIG_UI, 0,
	    memset(u->state_dir, 'x', STATE_DIR_SHOWN_MAX - 1));
	CHECK(IPC_CONFIG_UI, -1,
	    memset(u->state_dir, 'x', STATE_DIR_SHOWN_MAX));
	CHECK(IPC_CONFIG_UI, -1, u->mode = MODE_BOOTNODE + 1);
	CHECK(IPC_CONFIG_UI, 0, (u->nick_len = NICK_MAX, FILL(u)));
	CHECK(IPC_CONFIG_UI, -1, (u->nick_len = NICK_MAX + 1, FILL(u)));
	CHECK(IPC_CONFIG_UI, 0, (u->room_len = ROOM_MAX, FILL(u)));
	CHECK(IPC_CONFIG_UI, -1, (u->room_len = ROOM_MAX + 1, FILL(u)));
}

static void
test_status(void)
{
	static struct ipc_built m;
	struct ipc_boot_status *b = &m.body.boot_status;
	struct ipc_path *path = &m.body.path;

	for (unsigned int status = 0; status < 256; status++)
		CHECK(IPC_BOOT_STATUS, status < BOOT_REFUSED ? 0 : -1,
		    b->status = (uint8_t)status);
	for (unsigned int refusal = 0; refusal < 256; refusal++)
		CHECK(IPC_BOOT_STATUS,
		    refusal != REFUSAL_NONE && refusal < BOOT_REFUSAL_COUNT
			? 0
			: -1,
		    (b->status = BOOT_REFUSED, b->refusal = (uint8_t)refusal));
	CHECK(IPC_BOOT_STATUS, -1, b->refusal = REFUSAL_ROOM_FULL);
	CHECK(IPC_BOOT_STATUS, 0, b->mtu = 1200);
	CHECK(IPC_BOOT_STATUS, -1, (b->mtu = 1200, b->status = BOOT_LOST));
	CHECK(IPC_BOOTNODE, -1, m.body.bootnode.status = BOOT_STATUS_COUNT);
	CHECK(IPC_BOOTNODE, 0, m.body.bootnode.settling = 1);
	CHECK(IPC_BOOTNODE, -1, m.body.bootnode.settling = 2);
	CHECK(IPC_BOOTNODE, -1,
	    (m.body.bootnode.status = BOOT_REFUSED,
		m.body.bootnode.refusal = BOOT_REFUSAL_COUNT));
	CHECK(IPC_BOOTNODE, 0,
	    (m.body.bootnode.status = BOOT_REFUSED,
		m.body.bootnode.refusal = REFUSAL_ROOM_FULL));
	CHECK(IPC_BOOTNODE, -1, m.body.bootnode.status = BOOT_REFUSED);
	CHECK(IPC_BOOTNODE, -1,
	    (m.body.bootnode.status = BOOT_JOINED, m.body.bootnode.joined = 1,
		m.body.bootnode.refusal = REFUSAL_ROOM_FULL));
	CHECK(IPC_BOOTNODE, 0,
	    (m.body.bootnode.status = BOOT_REJOINED,
		m.body.bootnode.joined = 1));
	CHECK(IPC_BOOTNODE, -1, m.body.bootnode.status = BOOT_REJOINED);
	CHECK(IPC_BOOTNODE, 0, m.body.bootnode.joined = 1);
	CHECK(IPC_BOOTNODE, -1, m.body.bootnode.joined = 2);
	for (unsigned int state = 0; state < 5; state++)
		for (unsigned int kind = 0; kind < 6; kind++)
			CHECK(IPC_PATH,
			    state < PATH_STATE_COUNT &&
				    kind < PATH_KIND_COUNT &&
				    (state == PATH_UP) == (kind != PATH_NONE)
				? 0
				: -1,
			    (path->state = (uint8_t)state,
				path->kind = (uint8_t)kind,
				path->failure = state == PATH_FAILED));
	for (unsigned int failure = 0; failure < 256; failure++)
		CHECK(IPC_PATH,
		    failure != FAILURE_NONE && failure < PATH_FAILURE_COUNT
			? 0
			: -1,
		    (path->state = PATH_FAILED,
			path->failure = (uint8_t)failure));
	CHECK(IPC_PATH, -1, path->failure = FAILURE_NO_BOOTNODE);
	CHECK(IPC_CONFIG_NETD, -1, m.body.config_netd.relay = RELAY_ONLY + 1);
	CHECK(IPC_BOOT_SESSION, -1, m.body.boot_session.session = 0);
	CHECK(IPC_BOOT_SESSION, -1, m.body.boot_session.interval_ms = 0);
	CHECK(IPC_BOOT_SESSION, -1, m.body.boot_session.timeout_ms = 0);
	CHECK(IPC_BOOT_COOKIE, 0, m.body.boot_cookie.skips.count = JOIN_SKIPS_MAX);
	CHECK(IPC_BOOT_COOKIE, -1, m.body.boot_cookie.skips.count = JOIN_SKIPS_MAX + 1);
	CHECK(IPC_BOOT_REDIRECT, -1, m.body.boot_node.count = 0);
	CHECK(IPC_BOOT_REDIRECT, -1,
	    m.body.boot_node.count = NODE_ADDRS_MAX + 1);
	CHECK(IPC_BOOT_MOVE, -1, m.body.boot_node.count = 2);
	CHECK(IPC_BOOT_MOVE, -1, m.body.boot_node.addrs[0].port = 0);
	CHECK(IPC_BOOT_VERSION, 0, m.body.boot_version.sync = SYNC_ON);
	CHECK(IPC_BOOT_VERSION, -1, m.body.boot_version.sync = SYNC_COUNT);
	CHECK(IPC_LOG, 0, m.body.log.level = LOG_DEBUG);
	CHECK(IPC_LOG, -1, m.body.log.level = LOG_LEVEL_COUNT);
	CHECK(IPC_LOG, 0, m.body.log.event = 1);
	CHECK(IPC_LOG, -1, m.body.log.event = 2);
	CHECK(IPC_NOTICE, 0, m.body.notice.level = LOG_DEBUG);
	CHECK(IPC_NOTICE, -1, m.body.notice.level = LOG_LEVEL_COUNT);
	CHECK(IPC_NOTICE, 0, m.body.notice.room = ROOMS_MAX);
	CHECK(IPC_NOTICE, -1, m.body.notice.room = ROOMS_MAX + 1);
	CHECK(IPC_FAULT, 0, m.body.fault.role = ROLE_UI);
	CHECK(IPC_FAULT, -1, m.body.fault.role = ROLE_COUNT);
	CHECK(IPC_FAULT, 0, m.body.fault.room = ROOMS_MAX - 1);
	CHECK(IPC_FAULT, -1, m.body.fault.room = ROOMS_MAX);
}

static void
test_status_answers(void)
{
	static struct ipc_built m;
	struct ipc_net_peer *peer = &m.body.net_peer;
	struct ipc_net_status *net = &m.body.net_status;
	struct ipc_status_peer *shown = &m.body.status_peer;
	struct ipc_status *status = &m.body.status;

	CHECK(IPC_NET_PEER, 0, peer->lost = peer->sent = 7);
	CHECK(IPC_NET_PEER, -1, peer->lost = 1);
	for (unsigned int mapping = 0; mapping < 256; mapping++) {
		CHECK(IPC_NET_STATUS, mapping < NAT_MAPPING_COUNT ? 0 : -1,
		    (net->mapping = (uint8_t)mapping, net->observed.port = 1));
		CHECK(IPC_STATUS, mapping < NAT_MAPPING_COUNT ? 0 : -1,
		    (status->net.mapping = (uint8_t)mapping,
			status->net.observed.port = 1));
		CHECK(IPC_STATUS,
		    mapping < BOOT_STATUS_COUNT && mapping != BOOT_REJOINED
			? 0
			: -1,
		    status->boot_status = (uint8_t)mapping);
	}
	/* A verdict about the NAT needs an address that somebody saw. */
	CHECK(IPC_NET_STATUS, -1, net->mapping = NAT_NONE);
	CHECK(IPC_STATUS, -1, status->net.mapping = NAT_DEPENDENT);
	CHECK(IPC_NET_STATUS, 0, net->heard = 1);
	CHECK(IPC_NET_STATUS, -1, net->heard = 2);
	CHECK(IPC_STATUS, -1, status->net.heard = 2);
	CHECK(IPC_STATUS, 0, status->has_key = 1);
	CHECK(IPC_STATUS, -1, status->has_key = 2);
	CHECK(IPC_STATUS_PEER, -1, shown->net.lost = 1);
	CHECK(IPC_STATUS_PEER, 0,
	    shown->session_age_ms = shown->rekey_age_ms = 5);
	CHECK(IPC_STATUS_PEER, -1, shown->rekey_age_ms = 1);
}

/* The launcher is told nothing about who sends what. */
static void
test_figures(void)
{
	static struct ipc_built m;
	struct ipc_figures *f = &m.body.figures;

	CHECK(IPC_FIGURES, 0,
	    (f->stats.sessions = 2, f->stats.rooms = 1, f->queued = 5));
	CHECK(IPC_FIGURES, 0, f->stats.drops[0] = f->stats.dropped = 3);
	CHECK(IPC_FIGURES, -1, f->stats.dropped = 1);
	CHECK(IPC_FIGURES, -1, f->stats.rooms = 1);
	CHECK(IPC_FIGURES, -1,
	    (f->stats.source_count = 1, f->stats.sources[0].received = 1));
}

static void
test_stats(void)
{
	static const enum ipc_type types[] = { IPC_STATS, IPC_STATS_SHOW };
	static struct ipc_built m;
	struct ipc_stats *s = &m.body.stats;
	struct ipc_source *from = s->sources;

	for (size_t i = 0; i < 2; i++) {
		CHECK(types[i], 0, s->asked = 1);
		CHECK(types[i], -1, s->asked = 2);
		CHECK(types[i], 0, s->sessions = s->rooms = SESSIONS_MAX);
		CHECK(types[i], -1, s->sessions = SESSIONS_MAX + 1);
		CHECK(types[i], -1, (s->sessions = 1, s->rooms = 2));
		/* The drops by cause add up to all drops. */
		CHECK(types[i], -1, s->dropped = 1);
		CHECK(types[i], -1, s->drops[DROP_COUNT - 1] = 1);
		CHECK(types[i], 0,
		    (s->drops[0] = 2, s->drops[DROP_COUNT - 1] = 1,
			s->dropped = 3));
		CHECK(types[i], -1, s->source_count = 1);
		CHECK(types[i], 0,
		    (s->source_count = 1, from->received = from->dropped = 1));
		CHECK(types[i], -1,
		    (s->source_count = 1, from->received = 1,
			from->dropped = 2));
		/* A /64 is no address, and sources beyond the count are not
		 * read. */
		CHECK(types[i], -1,
		    (s->source_count = 1, from->received = 1,
			from->block.ip[8] = 1));
		CHECK(types[i], 0, from->block.ip[8] = 1);
		CHECK(types[i], 0,
		    (s->source_count = 1, from->received = 1,
			memcpy(from->block.ip + 10, "\xff\xff\x0a\0\0\1", 6)));
		CHECK(types[i], -1, s->source_count = SOURCES_MAX + 1);
		CHECK(types[i], -1, s->source_count = UINT32_MAX);
	}
}

/* A process's messages at its start. */
static void
test_starts(void)
{
	static struct ipc_built m;

	CHECK(IPC_PRIVILEGES, 0, m.body.privileges.drop = 1);
	CHECK(IPC_PRIVILEGES, -1, m.body.privileges.drop = 2);
	CHECK(IPC_READY, 0, m.body.ready.degraded = SANDBOX_STEPS);
	CHECK(IPC_READY, -1, m.body.ready.degraded = SANDBOX_STEPS + 1);
	CHECK(IPC_READY, -1, m.body.ready.degraded = 0x80);
	CHECK(IPC_CONFIG_CRYPTOD, -1,
	    m.body.config_cryptod.secret = SECRET_KIND_COUNT);
	CHECK(IPC_CONFIG_CRYPTOD, -1, m.body.config_cryptod.pinned = 2);
	CHECK(IPC_CONFIG_CRYPTOD, -1, m.body.config_cryptod.remembered = 2);
	CHECK(IPC_CONFIG_UI, -1, m.body.config_ui.secret = SECRET_KIND_COUNT);
	CHECK(IPC_CONFIG_UI, -1, m.body.config_ui.restarted = 2);
	CHECK(IPC_ACCESS_KEYS, -1, m.body.access_keys.private = 1);
	CHECK(IPC_ACCESS_KEYS, -1, m.body.access_keys.count = 1);
	CHECK(IPC_ACCESS_KEYS, -1,
	    (m.body.access_keys.private = 2, m.body.access_keys.count = 1));
	CHECK(IPC_ACCESS_KEYS, 0,
	    (m.body.access_keys.private = 1, m.body.access_keys.count = 1,
		m.body.access_keys.at[0].name[0] = 'a'));
	CHECK(IPC_ACCESS_KEYS, -1,
	    (m.body.access_keys.private = 1, m.body.access_keys.count = 2,
		m.body.access_keys.at[0].name[0] = 'a'));
	CHECK(IPC_ACCESS_KEYS, -1,
	    (m.body.access_keys.private = 1, m.body.access_keys.count = 1,
		memset(m.body.access_keys.at[0].name, 'a',
		    sizeof(m.body.access_keys.at[0].name))));
	CHECK(IPC_ACCESS_KEYS, -1,
	    (m.body.access_keys.private = 1,
		m.body.access_keys.count = ACCESS_KEYS_MAX + 1));
	CHECK(IPC_BOOT_KEYS, 0, m.body.boot_keys.fresh = 1);
	CHECK(IPC_BOOT_KEYS, -1, m.body.boot_keys.fresh = 2);
	CHECK(IPC_JOIN_OPENED, 0, m.body.join_opened.hidden = 1);
	CHECK(IPC_JOIN_OPENED, -1, m.body.join_opened.hidden = 2);
	CHECK(IPC_JOIN_OPENED, 0, m.body.join_opened.skips.count = JOIN_SKIPS_MAX);
	CHECK(IPC_JOIN_OPENED, -1, m.body.join_opened.skips.count = JOIN_SKIPS_MAX + 1);
	CHECK(IPC_JOIN_REPLY, 0, m.body.join_reply.redirects = 1);
	CHECK(IPC_JOIN_REPLY, -1, m.body.join_reply.redirects = 2);
	CHECK(IPC_JOIN_REPLY, -1, m.body.join_reply.slot = SLOTS_MAX);
}

/* Epoch 0 is the time before there is any. */
static void
test_epochs(void)
{
	static struct ipc_built m;
	struct ipc_peer_session *s = &m.body.peer_session;
	struct ipc_peer_keys *k = &m.body.peer_keys;

	CHECK(IPC_PEER_KEYS, 0, k->send_now = 1);
	CHECK(IPC_PEER_KEYS, -1, k->send_now = 2);
	CHECK(IPC_PEER_KEYS, -1, k->epoch = 0);
	CHECK(IPC_PEER_SESSION, 0, (s->has_stream = 1, s->epoch = UINT8_MAX));
	CHECK(IPC_PEER_SESSION, -1, s->has_stream = 1);
	CHECK(IPC_PEER_SESSION, -1, s->epoch = 1); /* no stream */
}

static void
put_last_slot(struct ipc_built *m, uint32_t slot)
{
	memcpy(m->body.bytes + sizeof(struct ipc_seal) +
		(SEAL_SLOTS_MAX - 1) * sizeof(slot),
	    &slot, sizeof(slot));
}

static void
test_counts(void)
{
	static struct ipc_built m;
	struct ipc_peer_add *add = &m.body.peer_add;

	CHECK(IPC_BOOT_ADDRS, 0, m.body.boot_addrs.count = BOOT_ADDRS_MAX);
	CHECK(IPC_BOOT_ADDRS, -1, m.body.boot_addrs.count = BOOT_ADDRS_MAX + 1);
	CHECK(IPC_LOCAL, 0, m.body.local.count = CANDIDATES_MAX);
	CHECK(IPC_LOCAL, -1, m.body.local.count = CANDIDATES_MAX + 1);
	CHECK(IPC_PEER_ADD, 0, add->count = CANDIDATES_MAX);
	CHECK(IPC_PEER_ADD, -1, add->count = CANDIDATES_MAX + 1);
	CHECK(IPC_PEER_ADD, 0, add->controlling = 1);
	CHECK(IPC_PEER_ADD, -1, add->controlling = 2);
	CHECK(IPC_PEER_SESSION, -1, m.body.peer_session.serial = 0);
	CHECK(IPC_PEER_SESSION, 0, m.body.peer_session.confirmed = 1);
	CHECK(IPC_PEER_SESSION, -1, m.body.peer_session.confirmed = 2);
	CHECK(IPC_PEER_SESSION, -1,
	    (m.body.peer_session.has_stream = 2,
		m.body.peer_session.epoch = 1));
	CHECK(IPC_SENT, 0, m.body.sent.open = 1);
	CHECK(IPC_SENT, -1, m.body.sent.open = 2);
	CHECK(IPC_SESSION_UP, -1, m.body.session_up.serial = 0);
	CHECK(IPC_RECORD_IN, -1, m.body.session_up.serial = 0);
	CHECK(IPC_ACKED, -1, m.body.session_up.serial = 0);
	CHECK(IPC_PEER_FALSE, -1, m.body.peer_false.attempt = 0);
	CHECK(IPC_PEER_FALSE, -1, m.body.peer_false.way = HANDSHAKE_WAYS);
	CHECK(IPC_HANDSHAKE_IN, -1, m.body.handshake.way = HANDSHAKE_WAYS);
	/* BEGIN has neither a number nor a record; the others have both. */
	CHECK(IPC_HANDSHAKE_OUT, -1, m.body.handshake.attempt = 1);
	CHECK(IPC_HANDSHAKE_OUT, -1, m.body.handshake.number = HANDSHAKE_1);
	CHECK(IPC_HANDSHAKE_IN, -1, m.body.handshake.by_session = 2);
	CHECK(IPC_HANDSHAKE_IN, -1,
	    m.body.handshake.number = HANDSHAKE_NUMBER_COUNT);
	CHECK(IPC_PEER_UPDATE, 0, m.body.peer_update.count = CANDIDATES_MAX);
	CHECK(IPC_PEER_UPDATE, -1,
	    m.body.peer_update.count = CANDIDATES_MAX + 1);

	/* SEAL has the slots, then at least a byte and at most a packet's
	 * worth. */
	CHECK(IPC_SEAL, -1, m.body.seal.count = 0);
	CHECK(IPC_SEAL, -1, m.body.seal.count = 2);
	CHECK(IPC_SEAL, -1, m.body.seal.count = UINT16_MAX);
	ipc_build(&m, IPC_SEAL, 4 + WIRE_SEALED_MAX);
	m.body.seal.count = 1;
	m.body.seal.lens[0] = WIRE_SEALED_MAX;
	m.body.seal.lens[1] = 0;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
	m.len++;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	m.body.seal.lens[0]++;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	m.body.seal.lens[0] = m.body.seal.lens[2] = 0; /* a gap */
	m.body.seal.lens[1] = m.body.seal.lens[3] = WIRE_SEALED_MAX;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	ipc_build(&m, IPC_SEAL, SEAL_SLOTS_MAX * 4 + SEAL_PAGES_MAX);
	put_last_slot(&m, SLOTS_MAX - 1);
	CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
	put_last_slot(&m, SLOTS_MAX);
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	ipc_build(&m, IPC_SEAL, SEAL_SLOTS_MAX * 4 + 8);
	m.body.seal.count = SEAL_SLOTS_MAX + 1;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);

	/* SEALED has ciphertexts for slots; all have one length, at most a
	 * packet's. */
	CHECK(IPC_SEALED, -1, m.body.sealed.count = 0);
	CHECK(IPC_SEALED, -1, m.body.sealed.count = 2);
	CHECK(IPC_SEALED, -1, m.body.sealed.slots[0] = SLOTS_MAX);
	CHECK(IPC_SEALED, 0, m.body.sealed.slots[1] = SLOTS_MAX);
	ipc_build(&m, IPC_SEALED, 2 * (AEAD_TAG_LEN + 1) + 5);
	m.body.sealed.count = 2;
	m.body.sealed.lens[0] = AEAD_TAG_LEN + 1;
	m.body.sealed.lens[1] = AEAD_TAG_LEN + 6;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
	m.body.sealed.slots[1] = SLOTS_MAX;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	m.body.sealed.slots[1] = 0;
	m.len--; /* shorter than its parts */
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	m.len++;
	m.body.sealed.lens[0]--; /* a ciphertext without a byte */
	m.body.sealed.lens[1]++;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	ipc_build(&m, IPC_SEALED, WIRE_SEALED_MAX + AEAD_TAG_LEN);
	CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
	m.len++;
	m.body.sealed.lens[0]++;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	ipc_build(&m, IPC_SEALED, (SEALED_MAX + 1) * (AEAD_TAG_LEN + 1));
	m.body.sealed.count = SEALED_MAX + 1;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
}

static void
test_members(void)
{
	static struct ipc_built m;
	struct ipc_peer_state *p = &m.body.peer_state;
	struct ipc_member *member = &m.body.member;

	for (unsigned int what = 0; what < 256; what++) {
		CHECK(IPC_MEMBER, what == MEMBER_JOINED ? 0 : -1,
		    member->what = (uint8_t)what);
		CHECK(IPC_MEMBER_SHOW,
		    what == LEAVE_GRACEFUL || what == LEAVE_TIMEOUT ? 0 : -1,
		    (member->what = MEMBER_LEFT,
			member->reason = (uint8_t)what));
	}
	CHECK(IPC_PEER, -1, p->state = PEER_STATE_COUNT);
	CHECK(IPC_PEER, -1, p->kind = PATH_KIND_COUNT);
	CHECK(IPC_PEER, -1, p->kind = PATH_NONE);
	CHECK(IPC_PEER, -1, m.len--); /* connected, but without a name */
	CHECK(IPC_PEER, 0, (m.len--, p->state = PEER_CONNECTING));
	CHECK(IPC_PEER, -1, (p->state = PEER_LEFT, p->kind = PATH_NONE));
	CHECK(IPC_PEER, -1, p->left = LEFT_LOST);
	for (unsigned int why = 0; why < 256; why++)
		CHECK(IPC_PEER, why > 0 && why < LEFT_REASON_COUNT ? 0 : -1,
		    (p->state = PEER_LEFT, p->kind = PATH_NONE,
			p->left = (uint8_t)why));
	CHECK(IPC_PEER, -1, p->failure = FAILURE_UNANSWERED);
	CHECK(IPC_PEER, -1, (p->state = PEER_FAILED, p->kind = PATH_NONE));
	CHECK(IPC_PEER, 0,
	    (p->state = PEER_FAILED, p->kind = PATH_NONE,
		p->failure = FAILURE_UNANSWERED));
	CHECK(IPC_PEER, -1,
	    (p->state = PEER_FAILED, p->failure = PATH_FAILURE_COUNT));
	CHECK(IPC_PEER, -1, m.body.bytes[sizeof(*p)] = 0xff);
	CHECK(IPC_UNDELIVERED, 0,
	    m.body.undelivered.reason = UNDELIVERED_COUNT - 1);
	CHECK(IPC_UNDELIVERED, -1,
	    m.body.undelivered.reason = UNDELIVERED_COUNT);
	CHECK(IPC_UNDELIVERED, 0, m.body.undelivered.counted = 1);
	CHECK(IPC_UNDELIVERED, -1, m.body.undelivered.counted = 2);
}

static void
test_recall(void)
{
	static struct ipc_built m;
	struct ipc_recall *r = &m.body.recall;
	char *tail = (char *)m.body.bytes + sizeof(*r);

	CHECK(IPC_RECALL, 0, r->flags = TEXT_FLAGS);
	CHECK(IPC_RECALL, -1, r->flags = TEXT_FLAGS + 1);
	CHECK(IPC_RECALL, -1, r->wall_ms = -1);
	/* A peer's text has a name and no mark, ours a mark and no name. */
	CHECK(IPC_RECALL, -1, r->sent = 1);
	CHECK(IPC_RECALL, -1, r->seq = 1);
	CHECK(IPC_RECALL, 0, (r->seq = 1, r->nick_len = 0));
	CHECK(IPC_RECALL, 0, (r->seq = 1, r->flags = TEXT_FLAG_PRIVATE));
	CHECK(IPC_RECALL, 0,
	    (r->seq = 1, r->nick_len = 0, r->sent = 1, r->peers = 2,
		r->delivered = 2));
	CHECK(IPC_RECALL, -1,
	    (r->seq = 1, r->nick_len = 0, r->sent = 1, r->peers = 2,
		r->delivered = 3));
	CHECK(IPC_RECALL, -1,
	    (r->seq = 1, r->nick_len = 0, r->sent = 0, r->peers = 1));
	CHECK(IPC_RECALL, 0,
	    (r->seq = 1, r->nick_len = 0, r->sent = 1, r->peers = 3,
		r->delivered = 1, r->left = 2));
	CHECK(IPC_RECALL, -1,
	    (r->seq = 1, r->nick_len = 0, r->sent = 1, r->peers = 3,
		r->delivered = 1, r->left = 3));
	CHECK(IPC_RECALL, -1, (r->seq = 1, r->nick_len = 0, r->left = 1));
	CHECK(IPC_RECALL, 0,
	    (r->seq = 1, r->nick_len = 0, r->sent = 1, r->others = 1));
	CHECK(IPC_RECALL, -1, (r->seq = 1, r->nick_len = 0, r->others = 1));
	CHECK(IPC_RECALL, -1, r->others = 1);
	CHECK(IPC_RECALL, -1, (r->seq = 1, r->nick_len = 0, r->open = 1));
	CHECK(IPC_RECALL, -1, r->nick_len = 2); /* no text */
	CHECK(IPC_RECALL, -1, r->nick_len = UINT8_MAX);
	CHECK(IPC_RECALL, -1, tail[0] = (char)0xff);
	CHECK(IPC_RECALL, -1, tail[1] = '\0');
	ipc_build(&m, IPC_RECALL, NICK_MAX + TEXT_MAX);
	CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
	r->nick_len--;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1); /* the text is too long */

	CHECK(IPC_RECALL_MISSED, -1, m.body.recall_missed.seq = 0);
	CHECK(IPC_RECALL_MISSED, -1,
	    m.body.recall_missed.reason = UNDELIVERED_COUNT);
	CHECK(IPC_DRAFT, -1, m.body.draft.cursor = 1);
	CHECK(IPC_RECALL_DRAFT, -1, m.body.draft.cursor = 1);
	ipc_build(&m, IPC_DRAFT, 1);
	m.body.draft.cursor = 1;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
	m.body.bytes[sizeof(m.body.draft)] = '\0';
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
}

static void
check_text(const char *bytes, size_t len, int result)
{
	static struct ipc_built m;

	ipc_build(&m, IPC_SAY, 1 + len);
	memcpy(m.body.bytes + sizeof(struct ipc_say) + 1, bytes, len);
	CU_ASSERT_EQUAL(ipc_parse_built(&m), result);
	ipc_build(&m, IPC_MESSAGE, 1 + len);
	memcpy(m.body.bytes + sizeof(struct ipc_message) + 1, bytes, len);
	CU_ASSERT_EQUAL(ipc_parse_built(&m), result);
	if (len == 0 || len > NICK_MAX)
		return;
	/* The name under which a text is said is checked, too. */
	ipc_build(&m, IPC_MESSAGE, len + 1);
	m.body.message.nick_len = (uint8_t)len;
	memcpy(m.body.bytes + sizeof(struct ipc_message), bytes, len);
	CU_ASSERT_EQUAL(ipc_parse_built(&m), result);
}

static void
test_text(void)
{
#define TEXT(bytes, result) check_text(bytes, sizeof(bytes) - 1, result)
	TEXT("plain, \xc3\xa9, \xe2\x82\xac, \xf0\x9f\x98\x80", 0);
	TEXT("\x1b[2J", 0); /* ui makes this safe */
	TEXT("", -1);
	TEXT("a\0b", -1);
	TEXT("\x80", -1);
	TEXT("\xc3", -1);
	TEXT("\xc0\xaf", -1); /* overlong */
	TEXT("\xe0\x80\xaf", -1);
	TEXT("\xf0\x80\x80\xaf", -1);
	TEXT("\xed\xa0\x80", -1);     /* surrogate */
	TEXT("\xf4\x90\x80\x80", -1); /* above U+10FFFF */
	TEXT("\xf8\x88\x80\x80\x80", -1);
	TEXT("ok\xff", -1);
#undef TEXT
}

static void
test_trust(void)
{
	static struct ipc_built m;

	CHECK(IPC_SAY, 0, m.body.say.flags = TEXT_FLAGS);
	CHECK(IPC_SAY, -1, m.body.say.flags = TEXT_FLAGS + 1);
	CHECK(IPC_MESSAGE, 0, m.body.message.flags = TEXT_FLAGS);
	CHECK(IPC_MESSAGE, -1, m.body.message.flags = 0x80);
	CHECK(IPC_MESSAGE, 0, m.body.message.after_gap = 1);
	CHECK(IPC_MESSAGE, -1, m.body.message.after_gap = 2);
	CHECK(IPC_MESSAGE, -1, m.body.message.nick_len = 0);
	CHECK(IPC_MESSAGE, -1, m.body.message.nick_len = 2); /* no text */
	CHECK(IPC_SAY, -1, m.body.say.nick_len = 0);
	CHECK(IPC_SAY, -1, m.body.say.nick_len = NICK_MAX + 1);
	CHECK(IPC_PEER, 0, m.body.peer_state.verified = 1);
	CHECK(IPC_PEER, -1, m.body.peer_state.verified = 2);
	CHECK(IPC_KNOWN_PEER, -1, m.body.known_peer.verified = 2);
	CHECK(IPC_KNOWN_PEER, -1, m.len--);
	CHECK(IPC_NICK, -1, m.len--);
	CHECK(IPC_CLIENT_READY, -1, m.len--);
	CHECK(IPC_SET_VERIFIED, -1, m.body.verified.verified = 2);
	CHECK(IPC_VERIFIED, -1, m.body.verified.verified = 2);
	CHECK(IPC_SAFETY, -1, m.body.safety.verified = 2);
	CHECK(IPC_SAFETY, -1, m.body.safety.digits[SAFETY_DIGITS - 1] = 'a');
	CHECK(IPC_SAFETY, -1, m.body.safety.digits[0] = 0);
}

static void
test_fleet(void)
{
	static struct ipc_built m;
	struct ipc_config_netd *n = &m.body.config_netd;
	struct ipc_config_fleetd *f = &m.body.config_fleetd;
	struct ipc_fleet_round *r = &m.body.fleet_round;

	CHECK(IPC_CONFIG_NETD, -1, n->fleet = 1);
	CHECK(IPC_CONFIG_NETD, -1,
	    (n->fleet = n->fleet_addr_count = 1, n->fleet_incarnation = 1));
	n->mode = MODE_BOOTNODE;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
	n->fleet_addr_count = FLEET_ADDRS_MAX + 1;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	n->fleet_addr_count = 0;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	n->fleet_addr_count = FLEET_ADDRS_MAX;
	n->fleet_incarnation = 0;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
	CHECK(IPC_CONFIG_FLEETD, -1, f->mode = MODE_CLIENT);
	CHECK(IPC_CONFIG_FLEETD, -1, f->kind = ENGINE_KIND_COUNT);
	CHECK(IPC_CONFIG_FLEETD, -1, f->kind = ENGINE_TLS);
	CHECK(IPC_CONFIG_FLEETD, -1, f->host[0] = 'h');
	CHECK(IPC_CONFIG_FLEETD, 0, (f->kind = ENGINE_TLS, f->host[0] = 'h'));
	CHECK(IPC_CONFIG_FLEETD, -1,
	    (f->kind = ENGINE_TLS, memset(f->host, 'h', sizeof(f->host))));
	CHECK(IPC_FLEET_RECORD, -1, m.len--);
	CHECK(IPC_FLEET_RECORD, -1, m.body.fleet_record.ends = 1);
	CHECK(IPC_FLEET_RECORD, 0, (m.body.fleet_record.ends = 1, m.len--));
	CHECK(IPC_FLEET_RECORD, -1, (m.body.fleet_record.ends = 2, m.len--));
	CHECK(IPC_FLEET_ROUND, 0, r->found = FLEET_NODES_MAX);
	CHECK(IPC_FLEET_ROUND, -1, r->found = FLEET_NODES_MAX + 1);
	CHECK(IPC_FLEET_ROUND, -1, r->result = FLEET_RESULT_COUNT);
	CHECK(IPC_FLEET_ROUND, -1,
	    (r->found = 1, r->result = FLEET_ROUND_AWAY));
	CHECK(IPC_DRAINED, 0, m.body.drained.alone = 1);
	CHECK(IPC_DRAINED, -1, m.body.drained.alone = 2);
	CHECK(IPC_FLEET_OPENED, -1, m.body.fleet_opened.good = 1);
	CHECK(IPC_FLEET_OPENED, -1, m.body.fleet_opened.good = 2);
	ipc_build(&m, IPC_FLEET_OPENED, 1);
	CU_ASSERT_EQUAL(ipc_parse_built(&m), 0);
	m.body.fleet_opened.good = 0;
	CU_ASSERT_EQUAL(ipc_parse_built(&m), -1);
}

static void
test_handover(void)
{
	static struct ipc_built m;
	struct ipc_restored *r = &m.body.restored;
	struct ipc_restore_end *e = &m.body.restore_end;

	CHECK(IPC_CONFIG_NETD, -1, m.body.config_netd.restores = 1);
	CHECK(IPC_CONFIG_NETD, 0,
	    (m.body.config_netd.mode = MODE_BOOTNODE,
		m.body.config_netd.restores = 1));
	CHECK(IPC_CONFIG_CRYPTOD, -1, m.body.config_cryptod.kept = 1);
	CHECK(IPC_CONFIG_CRYPTOD, 0,
	    (m.body.config_cryptod.mode = MODE_BOOTNODE,
		m.body.config_cryptod.kept = 1));
	CHECK(IPC_KEPT, -1, m.len--);
	CHECK(IPC_KEPT_PART, -1, m.len--);
	CHECK(IPC_KEPT_END, -1, m.body.kept_end.sessions = SESSIONS_MAX + 1);
	CHECK(IPC_KEPT_END, -1, m.body.kept_end.rooms = 1);
	CHECK(IPC_RESTORE, -1, m.len--);
	CHECK(IPC_RESTORE_END, -1, e->result = KEPT_RESULT_COUNT);
	CHECK(IPC_RESTORE_END, -1, e->rooms = 1);
	CHECK(IPC_KEPT_WHOLE, -1, m.body.kept_whole.bytes = 0);
	CHECK(IPC_KEPT_WHOLE, -1, m.body.kept_whole.rooms = 1);
	CHECK(IPC_RESTORED, 0, (r->sessions = 2, r->rooms = 2));
	CHECK(IPC_RESTORED, -1, (r->sessions = 2, r->rooms = 3));
	CHECK(IPC_RESTORED, -1, r->result = KEPT_RESULT_COUNT);
	CHECK(IPC_RESTORED, -1, (r->result = KEPT_TOO_OLD, r->sessions = 1));
}

void
ipc_check_suite(void)
{
	CU_pSuite suite = CU_add_suite("ipc_check", NULL, NULL);

	CU_add_test(suite, "handles and slots", test_handles_and_slots);
	CU_add_test(suite, "configuration", test_config);
	CU_add_test(suite, "starts", test_starts);
	CU_add_test(suite, "epochs", test_epochs);
	CU_add_test(suite, "states", test_status);
	CU_add_test(suite, "answers to /status", test_status_answers);
	CU_add_test(suite, "figures of a bootnode", test_stats);
	CU_add_test(suite, "figures for the operator", test_figures);
	CU_add_test(suite, "counts", test_counts);
	CU_add_test(suite, "members and peers", test_members);
	CU_add_test(suite, "text", test_text);
	CU_add_test(suite, "names and keys", test_trust);
	CU_add_test(suite, "what is recalled", test_recall);
	CU_add_test(suite, "a fleet", test_fleet);
	CU_add_test(suite, "what is handed over", test_handover);
}
