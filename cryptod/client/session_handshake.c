/*
 * The handshake of a session, and those of its rekeys: the contents of their
 * messages, and the keys that come of them. See session.h and session_parts.h;
 * PROTOCOL.md sections 5.3 to 5.5.
 */
#include "cryptod/client/session_parts.h"

#include "common/utf8.h"
#include "cryptod/client/packet_keys.h"

#include <string.h>

void
session_start_handshake(struct session *s)
{
	struct {
		char domain[16];
		struct room_tag tag;
		struct peer_id lower, higher;
		uint8_t last_hash[HASH_LEN]; /* 0 the first time */
	} prologue = {
		.domain = "gochat 1 peer",
		.tag = s->config->tag,
		.lower = s->initiator ? s->config->us : s->config->them,
		.higher = s->initiator ? s->config->them : s->config->us,
	};

	_Static_assert(sizeof(prologue) == 112, "padding");
	memcpy(prologue.last_hash, s->last_hash, HASH_LEN);
	s->handshake = crypto_secret_alloc(sizeof(*s->handshake));
	noise_init(s->handshake, NOISE_XXPSK3, s->initiator, &prologue,
	    sizeof(prologue), s->config->identity, NULL, s->config->psk);
}

void
session_end_handshake(struct session *s)
{
	crypto_secret_free(s->handshake, sizeof(*s->handshake));
	s->handshake = NULL;
}

/* Writes the payload of a handshake message, which comes with the keys: nothing
 * in the first, which is readable; in the others, the claim that ties our key
 * to our id, and our nickname. Returns its length. */
#define PAYLOAD_MAX (CLAIM_LEN + NICK_MAX)

static size_t
put_payload(const struct session *s, uint8_t payload[PAYLOAD_MAX])
{
	struct putter p;

	if (s->handshake->next == 0)
		return 0;
	put_init(&p, payload, PAYLOAD_MAX);
	put_bytes(&p, s->config->claim, CLAIM_LEN);
	put_bytes(&p, s->config->nick, s->config->nick_len);
	return put_length(&p);
}

/*
 * Writes the next handshake message and sends it: as a record of its own the
 * first time, inside the session when rekeying.
 */
int
session_send_handshake(struct session *s)
{
	uint8_t buf[RECORD_HEADER + PAYLOAD_MAX + NOISE_OVERHEAD_MAX];
	uint8_t payload[PAYLOAD_MAX];
	unsigned int message = s->handshake->next;
	size_t len;

	len = put_payload(s, payload);
	len = noise_write(s->handshake, payload, len, buf + RECORD_HEADER);
	if (len == 0)
		return -1;
	if (s->established)
		return session_seal(s,
		    (enum session_type)(SESSION_REKEY_1 + message),
		    buf + RECORD_HEADER, len);
	buf[0] = RECORD_HANDSHAKE;
	buf[1] = 0;
	s->io.record(s->io.arg, buf, RECORD_HEADER + len);
	return 0;
}

static void
export_packet_keys(const struct session *s, struct packet_keys *keys)
{
	struct packet_material m;

	noise_export(s->handshake, "gochat 1 session packets", &m, sizeof(m));
	packet_keys_take(keys, &m, s->initiator);
	crypto_wipe(&m, sizeof(m));
}

/* Both sides have all of a handshake: new keys. The responder knows that the
 * initiator has them, and uses them at once; the initiator's peer still sends
 * with the old ones until it has read the last message. */
static void
finish_handshake(struct session *s, uint64_t now)
{
	struct direction tx = { 0 }, rx = { 0 };
	uint8_t keys[2][SIPHASH_KEY];
	bool first = !s->established;
	struct packet_keys packets;
	struct peer_keys data;

	/* Epoch 0 is the time before the first keys, and does not come back
	 * when the byte wraps. */
	s->epoch = s->epoch == UINT8_MAX ? 1 : (uint8_t)(s->epoch + 1);
	tx.epoch = rx.epoch = s->epoch;
	noise_split(s->handshake, tx.key, rx.key);
	noise_export(s->handshake, "gochat 1 data packets", keys, sizeof(keys));
	memcpy(data.tx, keys[s->initiator ? 0 : 1], SIPHASH_KEY);
	memcpy(data.rx, keys[s->initiator ? 1 : 0], SIPHASH_KEY);
	if (first)
		export_packet_keys(s, &packets);
	memcpy(s->last_hash, s->handshake->hash, HASH_LEN);
	memcpy(s->static_key, s->handshake->rs, sizeof(s->static_key));
	session_end_handshake(s);

	s->tx = tx;
	if (s->initiator && s->established) {
		s->rx_next = rx;
		s->has_rx_next = true;
	} else {
		s->rx = rx;
	}
	s->key_time = now;
	if (first)
		s->start_time = now;
	s->io.keys(s->io.arg, s->epoch, !s->initiator, &data,
	    first ? &packets : NULL);
	crypto_wipe(&tx, sizeof(tx));
	crypto_wipe(&rx, sizeof(rx));
	crypto_wipe(keys, sizeof(keys));
	crypto_wipe(&data, sizeof(data));
	crypto_wipe(&packets, sizeof(packets));
}

bool
session_is_nick(const uint8_t *nick, size_t len)
{
	return len > 0 && len <= NICK_MAX &&
	    utf8_valid((const char *)nick, len);
}

/*
 * Reads the payload of message 2 or 3. If the key of this handshake is not the
 * one of the peer's id, it belongs to somebody else, perhaps to anybody in the
 * room.
 */
static int
take_payload(struct session *s, const uint8_t *payload, size_t len)
{
	struct claim claim;
	struct getter g;

	get_init(&g, payload, len);
	get_bytes(&g, &claim, sizeof(claim));
	if (g.bad || !session_is_nick(g.p, g.left))
		return -1;
	if (!claim_holds(&claim, s->handshake->rs, &s->config->them)) {
		s->claim = !s->established; /* a rekey is the peer's */
		memcpy(s->static_key, s->handshake->rs, sizeof(s->static_key));
		return -1;
	}
	memcpy(s->nick, g.p, g.left);
	s->nick_len = g.left;
	return 0;
}

void
session_establish(struct session *s)
{
	if (s->established)
		return;
	s->established = true;
	s->io.established(s->io.arg, s->static_key, s->nick, s->nick_len);
}

/* A Noise message of the handshake under way came. */
int
session_receive_handshake(struct session *s, uint64_t now,
    const uint8_t *message, size_t len)
{
	uint8_t payload[PAYLOAD_MAX + NOISE_OVERHEAD_MAX];
	bool rekey = s->established;
	size_t payload_len;
	unsigned int number;

	if (s->handshake == NULL || len > sizeof(payload))
		return -1;
	number = s->handshake->next;
	/* Messages 0 and 2 are the initiator's. */
	if ((number % 2 == 0) == s->initiator)
		return -1;
	if (noise_read(s->handshake, message, len, payload, &payload_len) == -1)
		return -1;
	if (number == 0)
		return payload_len == 0 ? session_send_handshake(s) : -1;
	if (take_payload(s, payload, payload_len) == -1)
		return -1;
	/* Neither a rekey nor a session that begins again may turn the peer
	 * into somebody else. */
	if (rekey && !crypto_equal(s->handshake->rs, s->static_key, 32))
		return -1;
	if (s->config->known_key != NULL &&
	    !crypto_equal(s->handshake->rs, s->config->known_key, 32))
		return -1;
	if (s->initiator && session_send_handshake(s) == -1)
		return -1;
	finish_handshake(s, now);
	if (s->initiator)
		return 0;
	session_establish(s);
	return session_seal(s, SESSION_READY, NULL, 0);
}
