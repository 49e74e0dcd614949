/*
 * Valid messages between processes. See ipc_build.h.
 */
#include "tests/unit/ipc_build.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

static size_t
shorter(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The values of a valid body that are not zero, by the length of the tail; a
 * handle at its start comes by itself. */

static void
zeros(struct ipc_built *m, size_t tail_len)
{
	(void)m;
	(void)tail_len;
}

static void
fill_config_netd(struct ipc_built *m, size_t tail_len)
{
	struct ipc_config_netd *b = &m->body.config_netd;

	(void)tail_len;
	b->incarnation = 1;
	b->bind_count = 1;
	b->limits.heartbeat_ms = 10000;
	b->limits.timeout_ms = 15000;
}

static void
fill_prefixes(struct ipc_built *m, size_t tail_len)
{
	m->body.prefixes.count =
	    (uint16_t)(tail_len / sizeof(struct ipc_prefix));
}

static void
fill_operate(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.operate.what = OPERATE_SESSIONS;
}

static void
fill_operated(struct ipc_built *m, size_t tail_len)
{
	m->body.operated.count =
	    (uint32_t)(tail_len / sizeof(struct ipc_operated_entry));
}

static void
fill_limits(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.limits = (struct ipc_limits){
		.heartbeat_ms = 10000,
		.timeout_ms = 15000,
		.max_peers = 2,
		.max_per_address = 1,
	};
}

static void
fill_config_cryptod(struct ipc_built *m, size_t tail_len)
{
	struct ipc_config_cryptod *b = &m->body.config_cryptod;

	(void)tail_len;
	b->incarnation = 1;
	b->nick_len = 1;
	b->nick[0] = 'n';
}

static void
fill_config_ui(struct ipc_built *m, size_t tail_len)
{
	struct ipc_config_ui *b = &m->body.config_ui;

	(void)tail_len;
	b->first_seq = 1;
	b->nick_len = 1;
	b->nick[0] = 'n';
}

static void
fill_channel(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.channel_end.role = ROLE_NETD;
	m->body.channel_end.incarnation = 1;
}

/* The longest tail has the longest of both texts. */
static void
fill_room_open(struct ipc_built *m, size_t tail_len)
{
	struct ipc_room_open *b = &m->body.room_open;

	b->room_len = (uint16_t)shorter(tail_len, ROOM_MAX);
	b->bootnode_len = (uint16_t)(tail_len - b->room_len);
}

static void
fill_room(struct ipc_built *m, size_t tail_len)
{
	struct ipc_room *b = &m->body.room;

	b->room_len = (uint16_t)shorter(tail_len, ROOM_MAX);
	b->bootnode_len = (uint16_t)(tail_len - b->room_len);
}

static void
fill_room_is(struct ipc_built *m, size_t tail_len)
{
	struct ipc_room_is *b = &m->body.room_is;

	b->room_len = (uint16_t)shorter(tail_len - 1, ROOM_MAX);
	b->bootnode_len = (uint16_t)(tail_len - b->room_len);
}

static void
fill_secret(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.secret.kind = SECRET_PASSPHRASE;
}

static void
fill_boot_session(struct ipc_built *m, size_t tail_len)
{
	struct ipc_boot_session *b = &m->body.boot_session;

	(void)tail_len;
	b->session = 1;
	b->interval_ms = 10000;
	b->timeout_ms = 15000;
}

static void
fill_boot_node(struct ipc_built *m, size_t tail_len)
{
	struct ipc_boot_node *b = &m->body.boot_node;

	(void)tail_len;
	b->count = 1;
	b->addrs[0] = (struct addr){ .ip = { 0x20 }, .port = 9595 };
}

/* SENT and SAY_TO begin alike. */
static void
fill_peers(struct ipc_built *m, size_t tail_len)
{
	m->body.sent.peers = (uint32_t)(tail_len / PEER_ID_LEN);
}

/* The longest tail has the longest name and the longest text. */
static uint8_t
said_under(size_t tail_len)
{
	return tail_len > TEXT_MAX ? NICK_MAX : 1;
}

static void
fill_message(struct ipc_built *m, size_t tail_len)
{
	m->body.message.nick_len = said_under(tail_len);
}

static void
fill_say(struct ipc_built *m, size_t tail_len)
{
	m->body.say.nick_len = said_under(tail_len);
}

static void
fill_peer_session(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.peer_session.serial = 1;
}

static void
fill_peer_keys(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.peer_keys.epoch = 1;
}

static void
fill_peer_false(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.peer_false.attempt = 1;
}

/* Messages of a session begin alike. */
static void
fill_serial(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.session_up.serial = 1;
}

static void
fill_handshake(struct ipc_built *m, size_t tail_len)
{
	m->body.handshake.number =
	    tail_len == 0 ? HANDSHAKE_BEGIN : HANDSHAKE_1;
	m->body.handshake.attempt = tail_len == 0 ? 0 : 1;
}

static void
fill_peer(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.peer_state.state = PEER_CONNECTED;
	m->body.peer_state.kind = PATH_LAN;
}

static void
fill_recall(struct ipc_built *m, size_t tail_len)
{
	m->body.recall.nick_len = (uint8_t)shorter(tail_len - 1, NICK_MAX);
}

static void
fill_recall_missed(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.recall_missed.seq = 1;
}

static void
fill_safety(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	memset(m->body.safety.digits, '0', SAFETY_DIGITS);
}

static void
fill_seal(struct ipc_built *m, size_t tail_len)
{
	struct ipc_seal *seal = &m->body.seal;
	size_t left;

	seal->count = tail_len >= SEAL_SLOTS_MAX * 4 + SEAL_PAGES_MAX
	    ? SEAL_SLOTS_MAX
	    : 1;
	left = tail_len - seal->count * sizeof(uint32_t);
	for (size_t i = 0; i < SEAL_PAGES_MAX; i++) {
		seal->lens[i] = (uint16_t)shorter(left, WIRE_SEALED_MAX);
		left -= seal->lens[i];
	}
}

static void
fill_sealed(struct ipc_built *m, size_t tail_len)
{
	const size_t most = WIRE_SEALED_MAX + AEAD_TAG_LEN;
	struct ipc_sealed *sealed = &m->body.sealed;

	for (size_t i = 0; i < SEALED_MAX && tail_len > 0; i++) {
		sealed->lens[i] = (uint16_t)shorter(tail_len, most);
		tail_len -= sealed->lens[i];
		sealed->count++;
	}
}

static void
fill_member(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.member.what = MEMBER_JOINED;
}

static void
fill_kept_whole(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.kept_whole.bytes = 1;
}

static void
fill_config_fleetd(struct ipc_built *m, size_t tail_len)
{
	(void)tail_len;
	m->body.config_fleetd.mode = MODE_BOOTNODE;
}

static void
fill_fleet_opened(struct ipc_built *m, size_t tail_len)
{
	m->body.fleet_opened.good = tail_len > 0;
}

enum begins {
	NEITHER,
	HANDLE,
	SLOT
};

/* How each message is built, one for every row of the table in common/ipc.h.
 * The shortest tail is that of a valid message as it is built here. */
static const struct {
	void (*fill)(struct ipc_built *, size_t tail_len);
	size_t shortest;
	enum begins begins;
} builders[IPC_TYPE_COUNT] = {
	[IPC_PRIVILEGES] = { zeros, 0, NEITHER },
	[IPC_CONFIG_NETD] = { fill_config_netd, 0, NEITHER },
	[IPC_PREFIXES] = { fill_prefixes, sizeof(struct ipc_prefix), NEITHER },
	[IPC_LIMITS] = { fill_limits, 0, NEITHER },
	[IPC_BOOT_ADDRS] = { zeros, 0, NEITHER },
	[IPC_CONFIG_CRYPTOD] = { fill_config_cryptod, 0, NEITHER },
	[IPC_CONFIG_UI] = { fill_config_ui, 0, NEITHER },
	[IPC_CHANNEL] = { fill_channel, 0, NEITHER },
	[IPC_SHUTDOWN] = { zeros, 0, NEITHER },
	[IPC_NOTICE] = { zeros, 1, NEITHER },
	[IPC_SCREEN] = { zeros, 0, NEITHER },
	[IPC_SCREEN_ASK] = { zeros, 0, NEITHER },
	[IPC_STOP] = { zeros, 0, NEITHER },
	[IPC_LOG] = { zeros, 0, NEITHER },
	[IPC_FAREWELL] = { zeros, 0, NEITHER },
	[IPC_READY] = { zeros, 0, NEITHER },
	[IPC_VIOLATION] = { zeros, 0, NEITHER },
	[IPC_FAULT] = { zeros, 0, NEITHER },
	[IPC_RESOLVE] = { zeros, 0, NEITHER },
	[IPC_FIGURES_ASK] = { zeros, 0, NEITHER },
	[IPC_FIGURES] = { zeros, 0, NEITHER },
	[IPC_PING] = { zeros, 0, NEITHER },
	[IPC_PONG] = { zeros, 0, NEITHER },
	[IPC_REMEMBER] = { zeros, 0, NEITHER },
	[IPC_ROOM_OPEN] = { fill_room_open, 1, NEITHER },
	[IPC_ROOM_CLOSE] = { zeros, 0, NEITHER },
	[IPC_ROOM_KEEP] = { zeros, 0, NEITHER },
	[IPC_ROOM_FORGET] = { zeros, 0, NEITHER },
	[IPC_PLACES] = { zeros, 0, NEITHER },
	[IPC_PLACES_BEFORE] = { zeros, 0, NEITHER },
	[IPC_ROOM] = { fill_room, 0, NEITHER },
	[IPC_ROOM_IS] = { fill_room_is, 2, NEITHER },
	[IPC_ROOM_FILE] = { zeros, 0, NEITHER },
	[IPC_ROOM_KEPT] = { zeros, 0, NEITHER },
	[IPC_LOCAL] = { zeros, 0, NEITHER },
	[IPC_BOOT_COOKIE] = { zeros, 0, NEITHER },
	[IPC_BOOT_WELCOME] = { zeros, 0, NEITHER },
	[IPC_BOOT_SEALED] = { zeros, 0, NEITHER },
	[IPC_BOOT_STATUS] = { zeros, 0, NEITHER },
	[IPC_PATH] = { zeros, 0, HANDLE },
	[IPC_RECORD_IN] = { fill_serial, 1, HANDLE },
	[IPC_ACKED] = { fill_serial, 0, HANDLE },
	[IPC_HANDSHAKE_IN] = { fill_handshake, 0, HANDLE },
	[IPC_SESSION_UP] = { fill_serial, 0, HANDLE },
	[IPC_LEFT] = { zeros, 0, NEITHER },
	[IPC_NET_PEER] = { zeros, 0, HANDLE },
	[IPC_NET_STATUS] = { zeros, 0, NEITHER },
	[IPC_BOOT_ACCESS] = { zeros, 0, NEITHER },
	[IPC_BOOT_JOIN] = { zeros, 0, NEITHER },
	[IPC_BOOT_SESSION] = { fill_boot_session, 0, NEITHER },
	[IPC_BOOT_REDIRECT] = { fill_boot_node, 0, NEITHER },
	[IPC_BOOT_MOVE] = { fill_boot_node, 0, NEITHER },
	[IPC_BOOT_VERSION] = { zeros, 0, NEITHER },
	[IPC_PEER_ADD] = { zeros, 0, HANDLE },
	[IPC_PEER_UPDATE] = { zeros, 0, HANDLE },
	[IPC_PEER_KEYS] = { fill_peer_keys, 0, HANDLE },
	[IPC_HANDSHAKE_OUT] = { fill_handshake, 0, HANDLE },
	[IPC_PEER_SESSION] = { fill_peer_session, 0, HANDLE },
	[IPC_PEER_CHECK] = { zeros, 0, HANDLE },
	[IPC_PEER_OPEN] = { zeros, 0, HANDLE },
	[IPC_PEER_FALSE] = { fill_peer_false, 0, HANDLE },
	[IPC_PEER_REST] = { zeros, 0, HANDLE },
	[IPC_PEER_DROP] = { zeros, 0, HANDLE },
	[IPC_RECORD_OUT] = { fill_serial, 1, HANDLE },
	[IPC_LEAVE] = { zeros, 0, NEITHER },
	[IPC_NET_ASK] = { zeros, 0, NEITHER },
	[IPC_CLIENT_READY] = { zeros, 1, NEITHER },
	[IPC_KNOWN_PEER] = { zeros, 1, NEITHER },
	[IPC_BOOTNODE] = { zeros, 0, NEITHER },
	[IPC_SETTLED] = { zeros, 0, NEITHER },
	[IPC_PEER] = { fill_peer, 1, HANDLE },
	[IPC_STRANGER] = { zeros, 0, NEITHER },
	[IPC_PEER_CLAIM] = { zeros, 0, HANDLE },
	[IPC_MESSAGE] = { fill_message, 2, HANDLE },
	[IPC_FORK] = { zeros, 0, HANDLE },
	[IPC_SENT] = { fill_peers, 0, NEITHER },
	[IPC_SENT_ALSO] = { zeros, 0, NEITHER },
	[IPC_SENT_ALL] = { zeros, 0, NEITHER },
	[IPC_DELIVERED] = { zeros, 0, NEITHER },
	[IPC_DELIVERED_LATE] = { zeros, 0, NEITHER },
	[IPC_UNDELIVERED] = { zeros, 0, NEITHER },
	[IPC_STATUS_PEER] = { zeros, 0, HANDLE },
	[IPC_STATUS] = { zeros, 0, NEITHER },
	[IPC_SAFETY] = { fill_safety, 0, HANDLE },
	[IPC_INVITE] = { zeros, 1, NEITHER },
	[IPC_VERIFIED] = { zeros, 0, HANDLE },
	[IPC_SECRET_WANTED] = { zeros, 0, NEITHER },
	[IPC_GOODBYE] = { zeros, 0, NEITHER },
	[IPC_RECALL] = { fill_recall, 2, NEITHER },
	[IPC_RECALL_MISSED] = { fill_recall_missed, 0, NEITHER },
	[IPC_RECALL_DRAFT] = { zeros, 0, NEITHER },
	[IPC_RECALL_END] = { zeros, 0, NEITHER },
	[IPC_STATUS_ASK] = { zeros, 0, NEITHER },
	[IPC_SAY_TO] = { fill_peers, PEER_ID_LEN, NEITHER },
	[IPC_SAY] = { fill_say, 2, NEITHER },
	[IPC_NICK] = { zeros, 1, NEITHER },
	[IPC_INVITE_ASK] = { zeros, 0, NEITHER },
	[IPC_SAFETY_ASK] = { zeros, 0, HANDLE },
	[IPC_SET_VERIFIED] = { zeros, 0, HANDLE },
	[IPC_RECEIPT] = { zeros, 0, HANDLE },
	[IPC_DRAFT] = { zeros, 0, NEITHER },
	[IPC_SECRET] = { fill_secret, 1, NEITHER },
	[IPC_QUIT] = { zeros, 0, NEITHER },
	[IPC_LISTENING] = { zeros, 0, NEITHER },
	[IPC_JOIN_OPEN] = { zeros, 0, SLOT },
	[IPC_JOIN_REPLY] = { zeros, 0, SLOT },
	[IPC_JOIN_DROP] = { zeros, 0, SLOT },
	[IPC_SLOT_FREE] = { zeros, 0, SLOT },
	[IPC_SEAL] = { fill_seal, sizeof(uint32_t) + 1, NEITHER },
	[IPC_MEMBER] = { fill_member, 0, NEITHER },
	[IPC_STATS] = { zeros, 0, NEITHER },
	[IPC_ACCESS_AGAIN] = { zeros, 0, NEITHER },
	[IPC_ACCESS_KEYS] = { zeros, 0, NEITHER },
	[IPC_BOOT_KEYS] = { zeros, 0, NEITHER },
	[IPC_JOIN_OPENED] = { zeros, 1, SLOT },
	[IPC_JOIN_FAILED] = { zeros, 0, SLOT },
	[IPC_JOIN_SEALED] = { zeros, 0, SLOT },
	[IPC_SEALED] = { fill_sealed, AEAD_TAG_LEN + 1, NEITHER },
	[IPC_OPERATE] = { fill_operate, 0, NEITHER },
	[IPC_NET_OPERATE] = { fill_operate, 0, NEITHER },
	[IPC_NET_OPERATED] = { fill_operated, sizeof(struct ipc_operated_entry),
	    NEITHER },
	[IPC_OPERATED] = { fill_operated, sizeof(struct ipc_operated_entry),
	    NEITHER },
	[IPC_HAND_OVER] = { zeros, 0, NEITHER },
	[IPC_STAY] = { zeros, 0, NEITHER },
	[IPC_HOLD] = { zeros, 0, NEITHER },
	[IPC_HELD] = { zeros, 0, NEITHER },
	[IPC_KEPT] = { zeros, 1, NEITHER },
	[IPC_KEPT_END] = { zeros, 0, NEITHER },
	[IPC_KEPT_PART] = { zeros, 1, NEITHER },
	[IPC_KEPT_WHOLE] = { fill_kept_whole, 0, NEITHER },
	[IPC_RESTORE] = { zeros, 1, NEITHER },
	[IPC_RESTORE_END] = { zeros, 0, NEITHER },
	[IPC_REFUSED] = { zeros, 0, NEITHER },
	[IPC_RESTORED] = { zeros, 0, NEITHER },
	[IPC_SERVE] = { zeros, 0, NEITHER },
	[IPC_RELOAD] = { zeros, 0, NEITHER },
	[IPC_RELOADED] = { zeros, 0, NEITHER },
	[IPC_CONFIG_FLEETD] = { fill_config_fleetd, 0, NEITHER },
	[IPC_ENGINE_ASK] = { zeros, 0, NEITHER },
	[IPC_ENGINE] = { zeros, 0, NEITHER },
	[IPC_NO_ENGINE] = { zeros, 0, NEITHER },
	[IPC_FLEET_SEAL] = { zeros, 1, NEITHER },
	[IPC_FLEET_SEALED] = { zeros, 1, NEITHER },
	[IPC_FLEET_RECORD] = { zeros, 1, NEITHER },
	[IPC_FLEET_FOUND] = { zeros, 1, NEITHER },
	[IPC_FLEET_ROUND] = { zeros, 0, NEITHER },
	[IPC_FLEET_OPEN] = { zeros, 1, NEITHER },
	[IPC_FLEET_OPENED] = { fill_fleet_opened, 0, NEITHER },
	[IPC_DRAIN] = { zeros, 0, NEITHER },
	[IPC_DRAINED] = { zeros, 0, NEITHER },
	[IPC_BOOTNODE_READY] = { zeros, 0, NEITHER },
	[IPC_MEMBER_SHOW] = { fill_member, 0, NEITHER },
	[IPC_STATS_SHOW] = { zeros, 0, NEITHER },
};

bool
ipc_can_build(enum ipc_type type)
{
	return builders[type].fill != NULL;
}

bool
ipc_has_handle(enum ipc_type type)
{
	return builders[type].begins == HANDLE;
}

bool
ipc_has_slot(enum ipc_type type)
{
	return builders[type].begins == SLOT;
}

size_t
ipc_shortest_tail(enum ipc_type type)
{
	return builders[type].shortest;
}

void
ipc_build(struct ipc_built *m, enum ipc_type type, size_t tail_len)
{
	size_t body = ipc_rules[type].body;
	size_t slots = 0; /* bytes of slots, which are zero, before the text */

	memset(m, 0, sizeof(*m));
	m->header.type = (uint16_t)type;
	m->len = IPC_HEADER_LEN + body + tail_len;
	if (ipc_has_handle(type))
		m->body.handle = 0x1001;
	if (!ipc_can_build(type))
		abort();
	builders[type].fill(m, tail_len);
	if (type == IPC_SEAL)
		slots =
		    shorter(tail_len, m->body.seal.count * sizeof(uint32_t));
	memset(m->body.bytes + body + slots, 'a', tail_len - slots);
}

static enum role
first_role(unsigned int set)
{
	return (enum role)__builtin_ctz(set);
}

void
ipc_receiver(struct ipc_channel *ch, enum ipc_type type)
{
	const struct ipc_rule *rule = &ipc_rules[type];

	ipc_open(ch, -1, first_role(rule->to), first_role(rule->from),
	    (rule->modes & IN_CLIENT) != 0 ? IN_CLIENT : IN_BOOTNODE);
	ch->state = (rule->when & AT_WORK) != 0 ? AT_WORK : AT_START;
}

/* The copy is on the heap, so that its body is aligned and sanitizers see its
 * end. */
int
ipc_parse_as(const struct ipc_built *m, size_t len, struct ipc_channel *ch)
{
	uint8_t *buf = malloc(4 + len);
	struct ipc_message_in in;
	int result;

	if (buf == NULL)
		abort();
	memcpy(buf + 4, &m->header, len);
	result = ipc_parse(ch, buf + 4, len, &in);
	if (result == 0) {
		CU_ASSERT_EQUAL(in.type, m->header.type);
		CU_ASSERT_PTR_EQUAL(in.body, buf + 4 + IPC_HEADER_LEN);
		CU_ASSERT_PTR_EQUAL(in.tail + in.tail_len, buf + 4 + len);
		CU_ASSERT_EQUAL(in.tail_len,
		    len - IPC_HEADER_LEN - ipc_rules[in.type].body);
	}
	free(buf);
	return result;
}

int
ipc_parse_built(const struct ipc_built *m)
{
	struct ipc_channel ch;

	ipc_receiver(&ch, (enum ipc_type)m->header.type);
	return ipc_parse_as(m, m->len, &ch);
}
