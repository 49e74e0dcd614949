/*
 * Valid messages between processes. See ipc_build.h.
 */
#include "tests/unit/ipc_build.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

const struct ipc_row ipc_rows[] = {
#define X(name, from, to, body, tail, full) \
	{ IPC_##name, from, to, sizeof(body), tail },
	IPC_TABLE(X)
#undef X
};
const size_t ipc_row_count = sizeof(ipc_rows) / sizeof(ipc_rows[0]);

bool
ipc_has_handle(enum ipc_type type)
{
	return type == IPC_PATH || type == IPC_RECORD_IN || type == IPC_ACKED ||
	    type == IPC_PEER_ADD || type == IPC_PEER_UPDATE ||
	    type == IPC_PEER_KEYS || type == IPC_PEER_CHECK ||
	    type == IPC_PEER_OPEN || type == IPC_PEER_FALSE ||
	    type == IPC_PEER_SESSION || type == IPC_SESSION_UP ||
	    type == IPC_HANDSHAKE_IN || type == IPC_HANDSHAKE_OUT ||
	    type == IPC_PEER_REST || type == IPC_PEER_DROP ||
	    type == IPC_RECORD_OUT || type == IPC_PEER || type == IPC_MESSAGE ||
	    type == IPC_RECEIPT || type == IPC_NET_PEER ||
	    type == IPC_STATUS_PEER || type == IPC_SAFETY_ASK ||
	    type == IPC_SAFETY || type == IPC_SET_VERIFIED ||
	    type == IPC_VERIFIED || type == IPC_PEER_CLAIM || type == IPC_FORK;
}

bool
ipc_has_slot(enum ipc_type type)
{
	return type == IPC_JOIN_OPEN || type == IPC_JOIN_REPLY ||
	    type == IPC_JOIN_DROP || type == IPC_SLOT_FREE ||
	    type == IPC_JOIN_OPENED || type == IPC_JOIN_FAILED ||
	    type == IPC_JOIN_SEALED;
}

size_t
ipc_shortest_tail(enum ipc_type type)
{
	switch (type) {
	case IPC_SAY_TO:
		return PEER_ID_LEN;
	case IPC_MESSAGE:
	case IPC_SAY:
		return 2; /* a name and a text */
	case IPC_SEAL:
		return sizeof(uint32_t) + 1;
	case IPC_SEALED:
		return AEAD_TAG_LEN + 1;
	case IPC_JOIN_OPENED:
	case IPC_RECORD_IN:
	case IPC_RECORD_OUT:
	case IPC_NOTICE:
	case IPC_CLIENT_READY:
	case IPC_NICK:
	case IPC_KNOWN_PEER:
	case IPC_PEER: /* of a connected peer */
		return 1;
	case IPC_RECALL: /* a nickname and a text */
		return 2;
	default:
		return 0;
	}
}

const struct ipc_row *
ipc_row_of(enum ipc_type type)
{
	FOREACH_ROW(r)
	if (r->type == type)
		return r;
	abort();
}

static size_t
shorter(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
fill_seal(struct ipc_seal *seal, size_t tail_len)
{
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
fill_sealed(struct ipc_sealed *sealed, size_t tail_len)
{
	const size_t most = WIRE_SEALED_MAX + AEAD_TAG_LEN;

	for (size_t i = 0; i < SEALED_MAX && tail_len > 0; i++) {
		sealed->lens[i] = (uint16_t)shorter(tail_len, most);
		tail_len -= sealed->lens[i];
		sealed->count++;
	}
}

/* The longest tail has the longest name and the longest text. */
static uint8_t
said_under(size_t tail_len)
{
	return tail_len > TEXT_MAX ? NICK_MAX : 1;
}

void
ipc_build(struct ipc_built *m, enum ipc_type type, size_t tail_len)
{
	const struct ipc_row *r = ipc_row_of(type);
	size_t slots = 0; /* bytes of them, which are zero, before the text */

	memset(m, 0, sizeof(*m));
	m->header.type = (uint16_t)type;
	m->len = IPC_HEADER_LEN + r->body + tail_len;
	if (ipc_has_handle(type))
		m->body.handle = 0x1001;
	switch (type) {
	case IPC_CONFIG_NETD:
		m->body.config_netd.incarnation = 1;
		m->body.config_netd.bind_count = 1;
		m->body.config_netd.heartbeat_ms = 10000;
		m->body.config_netd.timeout_ms = 15000;
		break;
	case IPC_CONFIG_CRYPTOD:
		m->body.config_cryptod.incarnation = 1;
		m->body.config_cryptod.nick_len = 1;
		m->body.config_cryptod.nick[0] = 'n';
		break;
	case IPC_CHANNEL:
		m->body.channel_end.role = ROLE_NETD;
		m->body.channel_end.incarnation = 1;
		break;
	case IPC_CONFIG_UI:
		m->body.config_ui.first_seq = 1;
		m->body.config_ui.nick_len = 1;
		m->body.config_ui.nick[0] = 'n';
		break;
	case IPC_BOOT_SESSION:
		m->body.boot_session.session = 1;
		m->body.boot_session.interval_ms = 10000;
		m->body.boot_session.timeout_ms = 15000;
		break;
	case IPC_SENT:
	case IPC_SAY_TO:
		m->body.sent.peers = (uint32_t)(tail_len / PEER_ID_LEN);
		break;
	case IPC_MESSAGE:
		m->body.message.nick_len = said_under(tail_len);
		break;
	case IPC_SAY:
		m->body.say.nick_len = said_under(tail_len);
		break;
	case IPC_PEER_SESSION:
		m->body.peer_session.serial = 1;
		break;
	case IPC_PEER_KEYS:
		m->body.peer_keys.epoch = 1;
		break;
	case IPC_PEER_FALSE:
		m->body.peer_false.attempt = 1;
		break;
	case IPC_SESSION_UP:
	case IPC_ACKED:
	case IPC_RECORD_IN:
	case IPC_RECORD_OUT:
		m->body.session_up.serial = 1;
		break;
	case IPC_HANDSHAKE_IN:
	case IPC_HANDSHAKE_OUT:
		m->body.handshake.number =
		    tail_len == 0 ? HANDSHAKE_BEGIN : HANDSHAKE_1;
		m->body.handshake.attempt = tail_len == 0 ? 0 : 1;
		break;
	case IPC_PEER:
		m->body.peer_state.state = PEER_CONNECTED;
		m->body.peer_state.kind = PATH_LAN;
		break;
	case IPC_RECALL:
		m->body.recall.nick_len =
		    (uint8_t)shorter(tail_len - 1, NICK_MAX);
		break;
	case IPC_RECALL_MISSED:
		m->body.recall_missed.seq = 1;
		break;
	case IPC_SAFETY:
		memset(m->body.safety.digits, '0', SAFETY_DIGITS);
		break;
	case IPC_SEAL:
		fill_seal(&m->body.seal, tail_len);
		slots =
		    shorter(tail_len, m->body.seal.count * sizeof(uint32_t));
		break;
	case IPC_SEALED:
		fill_sealed(&m->body.sealed, tail_len);
		break;
	case IPC_MEMBER:
	case IPC_MEMBER_SHOW:
		m->body.member.what = MEMBER_JOINED;
		break;
	default:
		break;
	}
	memset(m->body.bytes + r->body + slots, 'a', tail_len - slots);
}

/* The copy is on the heap, so that its body is aligned and sanitizers see its
 * end. */
int
ipc_parse_as(const struct ipc_built *m, size_t len, enum role from,
    enum role to)
{
	uint8_t *buf = malloc(4 + len);
	struct ipc_message_in in;
	int result;

	if (buf == NULL)
		abort();
	memcpy(buf + 4, &m->header, len);
	result = ipc_parse(buf + 4, len, from, to, &in);
	if (result == 0) {
		CU_ASSERT_EQUAL(in.type, m->header.type);
		CU_ASSERT_PTR_EQUAL(in.body, buf + 4 + IPC_HEADER_LEN);
		CU_ASSERT_PTR_EQUAL(in.tail + in.tail_len, buf + 4 + len);
		CU_ASSERT_EQUAL(in.tail_len,
		    len - IPC_HEADER_LEN - ipc_row_of(in.type)->body);
	}
	free(buf);
	return result;
}

enum role
ipc_first_role(unsigned int set)
{
	return (enum role)__builtin_ctz(set);
}

int
ipc_parse_built(const struct ipc_built *m)
{
	const struct ipc_row *r = ipc_row_of((enum ipc_type)m->header.type);

	return ipc_parse_as(m, m->len, ipc_first_role(r->from),
	    ipc_first_role(r->to));
}
