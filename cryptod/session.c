/*
 * Peer sessions. See session.h. A record is a byte of kind, a byte of epoch
 * and a body; in the first handshake the body is a Noise message, after it a
 * sealed content: type, length, bytes, zeros up to the padding.
 */
#include "cryptod/session.h"

#include "common/codec.h"
#include "common/utf8.h"
#include "cryptod/packet_keys.h"

#include <string.h>

enum record_kind {
	RECORD_HANDSHAKE = 1,
	RECORD_SEALED = 2
};

#define RECORD_HEADER  2
#define CONTENT_HEADER 3 /* type, length */
#define PLAIN_MAX                                                       \
	((CONTENT_HEADER + SESSION_CONTENT_MAX + SESSION_PADDING - 1) / \
	    SESSION_PADDING * SESSION_PADDING)
_Static_assert(RECORD_HEADER + PLAIN_MAX + TAG_LEN <= RECORD_MAX,
    "the longest text does not fit into a record");

/* One direction's keys. */
struct direction {
	uint8_t epoch;
	uint8_t key[KEY_LEN];
	uint64_t counter;
};

struct session { /* in secret memory */
	const struct session_config *config;
	struct session_io io;
	bool initiator;
	bool established;
	bool dead;
	bool claim;		 /* it is: of another key than the id's */
	struct noise *handshake; /* while one is under way */
	uint8_t epoch;		 /* of the last one finished */
	uint8_t last_hash[HASH_LEN];
	uint8_t static_key[32]; /* the peer's; if claim, whoever's */
	struct direction tx;
	struct direction rx;
	struct direction rx_next; /* initiator, until the peer uses it */
	bool has_rx_next;
	uint64_t key_time;
	uint64_t start_time;
	uint64_t rekeys_since; /* responder: counted from */
	unsigned int rekeys;
	size_t nick_len;
	char nick[NICK_MAX]; /* the peer's */
};

_Static_assert(sizeof(struct session) <= SESSION_BLOCK &&
	sizeof(struct noise) <= SESSION_BLOCK,
    "SESSION_BLOCK is too small");

static int seal(struct session *, enum session_type, const void *, size_t);

static void
start_handshake(struct session *s)
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

static void
end_handshake(struct session *s)
{
	crypto_secret_free(s->handshake, sizeof(*s->handshake));
	s->handshake = NULL;
}

bool
session_initiates(const struct session_config *config)
{
	return memcmp(&config->us, &config->them, sizeof(config->us)) < 0;
}

struct session *
session_new(const struct session_config *config, const struct session_io *io,
    uint64_t now)
{
	struct session *s = crypto_secret_alloc(sizeof(*s));

	s->config = config;
	s->io = *io;
	s->initiator = session_initiates(config);
	s->key_time = now;
	start_handshake(s);
	return s;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	end_handshake(s);
	crypto_secret_free(s, sizeof(*s));
}

bool
session_established(const struct session *s)
{
	return s != NULL && s->established && !s->dead;
}

bool
session_is_handshake(const uint8_t *record, size_t len)
{
	return len > RECORD_HEADER && record[0] == RECORD_HANDSHAKE;
}

uint64_t
session_key_time(const struct session *s)
{
	return s->key_time;
}

uint64_t
session_start_time(const struct session *s)
{
	return s->start_time;
}

bool
session_is_claim(const struct session *s, uint8_t key[X25519_LEN])
{
	if (s->claim)
		memcpy(key, s->static_key, X25519_LEN);
	return s->claim;
}

/* What a handshake message carries besides keys: nothing in the first, which
 * is readable; in the others, what ties our key to our id, and our nickname.
 * Returns its length. */
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
 * Writes the next handshake message and sends it, as a record of its own the
 * first time, inside the session when rekeying.
 */
static int
send_handshake(struct session *s)
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
		return seal(s, (enum session_type)(SESSION_REKEY_1 + message),
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
	 * when the byte goes round. */
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
	end_handshake(s);

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

static bool
is_nick(const uint8_t *nick, size_t len)
{
	return len > 0 && len <= NICK_MAX &&
	    utf8_valid((const char *)nick, len);
}

/*
 * The payload of message 2 or 3. If the key of this handshake is not the one
 * of the peer's id, it is somebody else's, who may be anybody in the room.
 */
static int
take_payload(struct session *s, const uint8_t *payload, size_t len)
{
	struct claim claim;
	struct getter g;

	get_init(&g, payload, len);
	get_bytes(&g, &claim, sizeof(claim));
	if (g.bad || !is_nick(g.p, g.left))
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

static void
establish(struct session *s)
{
	if (s->established)
		return;
	s->established = true;
	s->io.established(s->io.arg, s->static_key, s->nick, s->nick_len);
}

/* A Noise message of the handshake under way came. */
static int
receive_handshake(struct session *s, uint64_t now, const uint8_t *message,
    size_t len)
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
		return payload_len == 0 ? send_handshake(s) : -1;
	if (take_payload(s, payload, payload_len) == -1)
		return -1;
	/* Neither a rekey nor a session that begins again may turn the peer
	 * into somebody else. */
	if (rekey && !crypto_equal(s->handshake->rs, s->static_key, 32))
		return -1;
	if (s->config->known_key != NULL &&
	    !crypto_equal(s->handshake->rs, s->config->known_key, 32))
		return -1;
	if (s->initiator && send_handshake(s) == -1)
		return -1;
	finish_handshake(s, now);
	if (s->initiator)
		return 0;
	establish(s);
	return seal(s, SESSION_READY, NULL, 0);
}

/* Seals content under the newest key and sends it. */
static int
seal(struct session *s, enum session_type type, const void *content, size_t len)
{
	static uint8_t plain[PLAIN_MAX];
	static uint8_t record[RECORD_HEADER + PLAIN_MAX + TAG_LEN];
	uint8_t nonce[GCM_NONCE_LEN];
	struct putter p;
	size_t padded = (CONTENT_HEADER + len + SESSION_PADDING - 1) /
	    SESSION_PADDING * SESSION_PADDING;

	if (len > SESSION_CONTENT_MAX || s->tx.counter >= RECORDS_LIMIT) {
		s->dead = true;
		return -1;
	}
	put_init(&p, plain, sizeof(plain));
	put_u8(&p, type);
	put_u16(&p, (unsigned int)len);
	put_bytes(&p, content, len);
	memset(plain + CONTENT_HEADER + len, 0, padded - CONTENT_HEADER - len);
	record[0] = RECORD_SEALED;
	record[1] = s->tx.epoch;
	crypto_counter_nonce(nonce, s->tx.counter++);
	crypto_seal(record + RECORD_HEADER, s->tx.key, nonce, record,
	    RECORD_HEADER, plain, padded);
	crypto_wipe(plain, padded);
	s->io.record(s->io.arg, record, RECORD_HEADER + padded + TAG_LEN);
	return 0;
}

/* The lower id starts rekeys; both sides' use counts. */
static int
rekey_if_due(struct session *s, uint64_t now)
{
	if (!s->initiator || s->handshake != NULL || s->has_rx_next ||
	    !s->established)
		return 0;
	if (now - s->key_time < REKEY_AGE_USEC &&
	    s->tx.counter < REKEY_RECORDS && s->rx.counter < REKEY_RECORDS)
		return 0;
	start_handshake(s);
	return send_handshake(s);
}

int
session_send(struct session *s, uint64_t now, enum session_type type,
    const void *content, size_t len)
{
	if (!session_established(s))
		return -1;
	if (seal(s, type, content, len) == -1)
		return -1;
	return rekey_if_due(s, now);
}

/*
 * A rekey costs us more than asking for it, so there are not many more than
 * the limits of an honest peer lead to. Its clock may be far from ours: an
 * outage holds up messages. So it is a number in a time that counts.
 */
static bool
is_too_often(struct session *s, uint64_t now)
{
	if (s->tx.counter >= REKEY_RECORDS / 2 ||
	    s->rx.counter >= REKEY_RECORDS / 2)
		return false;
	if (now - s->rekeys_since >= REKEY_AGE_USEC) {
		s->rekeys_since = now;
		s->rekeys = 0;
	}
	return ++s->rekeys > REKEYS_MAX;
}

/* One that is private is no link of a chain. */
static bool
is_text(const uint8_t *content, size_t len)
{
	static const uint8_t no_link[SESSION_TEXT_HEADER - 9];
	uint8_t flags = len > SESSION_TEXT_HEADER ? content[8] : 0;

	return len > SESSION_TEXT_HEADER && (flags & ~TEXT_FLAGS) == 0 &&
	    ((flags & TEXT_FLAG_PRIVATE) == 0 ||
		memcmp(content + 9, no_link, sizeof(no_link)) == 0) &&
	    utf8_valid((const char *)content + SESSION_TEXT_HEADER,
		len - SESSION_TEXT_HEADER);
}

/* Content that is authentic. */
static int
receive_content(struct session *s, uint64_t now, enum session_type type,
    const uint8_t *content, size_t len)
{
	switch (type) {
	case SESSION_READY:
		establish(s);
		return len == 0 ? 0 : -1;
	case SESSION_TEXT:
		if (!is_text(content, len))
			return -1;
		break;
	case SESSION_RECEIPT:
		if (len != 8)
			return -1;
		break;
	case SESSION_BYE:
		if (len != 0)
			return -1;
		break;
	case SESSION_NICK:
		if (!is_nick(content, len))
			return -1;
		break;
	case SESSION_REKEY_1:
		if (s->initiator || s->handshake != NULL ||
		    is_too_often(s, now))
			return -1;
		start_handshake(s);
		return receive_handshake(s, now, content, len);
	case SESSION_REKEY_2:
	case SESSION_REKEY_3:
		if (s->handshake == NULL ||
		    s->handshake->next !=
			(unsigned int)(type - SESSION_REKEY_1))
			return -1;
		return receive_handshake(s, now, content, len);
	default:
		return -1;
	}
	if (!s->established) /* READY is always the first */
		return -1;
	s->io.content(s->io.arg, type, content, len);
	return 0;
}

/* Counters arrive without a gap, so the next one is the only one tried. */
static int
open_record(struct session *s, const uint8_t *record, size_t len,
    uint8_t *plain)
{
	uint8_t nonce[GCM_NONCE_LEN];

	if (s->has_rx_next && record[1] == s->rx_next.epoch) {
		s->rx = s->rx_next; /* confirmed: the old key goes */
		crypto_wipe(&s->rx_next, sizeof(s->rx_next));
		s->has_rx_next = false;
	}
	if (s->epoch == 0 || record[1] != s->rx.epoch ||
	    s->rx.counter >= RECORDS_LIMIT)
		return -1;
	crypto_counter_nonce(nonce, s->rx.counter++);
	return crypto_open(plain, s->rx.key, nonce, record, RECORD_HEADER,
	    record + RECORD_HEADER, len - RECORD_HEADER);
}

static int
receive_sealed(struct session *s, uint64_t now, const uint8_t *record,
    size_t len)
{
	static uint8_t plain[PLAIN_MAX];
	size_t plain_len, content_len;
	struct getter g;
	const uint8_t *content;
	uint8_t type;
	int result;

	if (len < RECORD_HEADER + SESSION_PADDING + TAG_LEN ||
	    len > RECORD_HEADER + PLAIN_MAX + TAG_LEN)
		return -1;
	plain_len = len - RECORD_HEADER - TAG_LEN;
	if (plain_len % SESSION_PADDING != 0 ||
	    open_record(s, record, len, plain) == -1)
		return -1;
	get_init(&g, plain, plain_len);
	type = get_u8(&g);
	content_len = get_u16(&g);
	content = get_ref(&g, content_len);
	/* The padding leaves room for more than content may have. */
	if (content == NULL || content_len > SESSION_CONTENT_MAX) {
		crypto_wipe(plain, plain_len);
		return -1;
	}
	result = receive_content(s, now, (enum session_type)type, content,
	    content_len);
	crypto_wipe(plain, plain_len);
	return result;
}

int
session_receive(struct session *s, uint64_t now, const uint8_t *record,
    size_t len)
{
	int result = -1;

	if (s->dead)
		return -1;
	if (len <= RECORD_HEADER)
		result = -1;
	else if (record[0] == RECORD_HANDSHAKE && record[1] == 0 &&
	    s->epoch == 0)
		result = receive_handshake(s, now, record + RECORD_HEADER,
		    len - RECORD_HEADER);
	else if (record[0] == RECORD_SEALED)
		result = receive_sealed(s, now, record, len);
	if (result == 0)
		result = rekey_if_due(s, now);
	if (result == -1)
		s->dead = true;
	return result;
}

int
session_start(struct session *s)
{
	return s->initiator ? send_handshake(s) : 0;
}
