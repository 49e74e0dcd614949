/*
 * Seals everything that a session sends. See session_parts.h.
 */
#include "cryptod/client/session_parts.h"

#include <string.h>

/* Seals content under the newest key and sends it. */
int
session_seal(struct session *s, enum session_type type, const void *content,
    size_t len)
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
