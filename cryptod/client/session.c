/*
 * Peer sessions. See session.h. A record is a byte of kind, a byte of epoch
 * and a body; in the first handshake the body is a Noise message, after it a
 * sealed content: type, length, bytes, zeros up to the padding.
 */
#include "cryptod/client/session_parts.h"

#include "common/utf8.h"

#include <string.h>

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
	session_start_handshake(s);
	return s;
}

void
session_free(struct session *s)
{
	if (s == NULL)
		return;
	session_end_handshake(s);
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
	session_start_handshake(s);
	return session_send_handshake(s);
}

int
session_send(struct session *s, uint64_t now, enum session_type type,
    const void *content, size_t len)
{
	if (!session_established(s))
		return -1;
	if (session_seal(s, type, content, len) == -1)
		return -1;
	return rekey_if_due(s, now);
}

/*
 * A rekey costs us more than it costs to ask for it, so there are not many more
 * than the limits of an honest peer lead to. Its clock may be far from ours: an
 * outage holds up messages. So their number in a longer time counts.
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

/* A private text is no link of a chain; and no text comes after itself. */
static bool
is_text(const uint8_t *content, size_t len)
{
	static const uint8_t no_link[SESSION_TEXT_HEADER - 10];
	const uint8_t *nick = content + SESSION_TEXT_HEADER, *text;
	uint64_t seq, before;
	struct getter g;
	size_t nick_len;
	uint8_t flags;

	if (len <= SESSION_TEXT_HEADER)
		return false;
	get_init(&g, content, SESSION_TEXT_HEADER);
	seq = get_u64(&g);
	flags = get_u8(&g);
	before = get_u64(&g);
	nick_len = nick[-1];
	text = nick + nick_len;
	len -= SESSION_TEXT_HEADER;
	return (flags & ~TEXT_FLAGS) == 0 && before < seq &&
	    ((flags & TEXT_FLAG_PRIVATE) == 0 ||
		memcmp(content + 9, no_link, sizeof(no_link)) == 0) &&
	    len > nick_len && len - nick_len <= TEXT_MAX &&
	    session_is_nick(nick, nick_len) &&
	    utf8_valid((const char *)text, len - nick_len);
}

/* Takes content that is authentic. */
static int
receive_content(struct session *s, uint64_t now, enum session_type type,
    const uint8_t *content, size_t len)
{
	switch (type) {
	case SESSION_READY:
		session_establish(s);
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
		if (!session_is_nick(content, len))
			return -1;
		break;
	case SESSION_REKEY_1:
		if (s->initiator || s->handshake != NULL ||
		    is_too_often(s, now))
			return -1;
		session_start_handshake(s);
		return session_receive_handshake(s, now, content, len);
	case SESSION_REKEY_2:
	case SESSION_REKEY_3:
		if (s->handshake == NULL ||
		    s->handshake->next !=
			(unsigned int)(type - SESSION_REKEY_1))
			return -1;
		return session_receive_handshake(s, now, content, len);
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
		result = session_receive_handshake(s, now,
		    record + RECORD_HEADER, len - RECORD_HEADER);
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
	return s->initiator ? session_send_handshake(s) : 0;
}
