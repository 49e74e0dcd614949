/*
 * A client's way into a room. See client.h.
 */
#include "tests/load/client.h"

#include "cryptod/access.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CARD_BYTES 57 /* of a card with one IPv4 address */

static struct {
	bool has;
	uint8_t key[SIPHASH_KEY];
} access_mac;

void
give_up(const char *what)
{
	fprintf(stderr, "swarm: %s\n", what);
	exit(EXIT_FAILURE);
}

void
entrant_access(const char *path)
{
	struct access_keys *keys = crypto_secret_alloc(sizeof(*keys));
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1)
		give_up(strerror(errno));
	if (!access_read(keys, 1, fd, 0))
		give_up("the file of the access key is empty");
	close(fd);
	access_derive(access_mac.key, keys->at[0].key);
	access_mac.has = true;
	crypto_secret_free(keys, sizeof(*keys));
}

/* The packet gets its access MAC, if there is a key. */
static size_t
with_access(uint8_t *buf, size_t len)
{
	return access_mac.has ? wire_access_put(buf, len, access_mac.key) : len;
}

void
entrant_init(struct entrant *e, const struct room_tag *tag)
{
	memset(e, 0, sizeof(*e));
	e->tag = *tag;
	crypto_random(e->token, sizeof(e->token));
	crypto_random(e->commitment, sizeof(e->commitment));
	claim_id(&e->id, e->token, e->commitment);
}

size_t
entrant_hello(const struct entrant *e, uint8_t *buf)
{
	struct wire_hello hello;

	memcpy(hello.nonce, e->nonce, sizeof(hello.nonce));
	return with_access(buf, wire_put_hello(buf, &hello));
}

/* Writes a JOIN with this cookie, or token, for the bootnode of the entrant. */
static size_t
put_join(struct entrant *e, const struct wire_cookie *cookie, bool token,
    uint8_t *buf)
{
	uint8_t payload[BOOTMSG_JOIN_MAX], card[CARD_BYTES] = { 1 };
	uint8_t message[BOOTMSG_JOIN_MAX + NOISE_OVERHEAD_MAX];
	uint8_t start[WIRE_JOIN_OVERHEAD];
	struct bootmsg_join join = { .tag = e->tag,
		.card = card,
		.card_len = sizeof(card),
		.attempt = ++e->attempt,
		.skips = e->skips };
	struct wire_join j = { .cookie = *cookie, .token = token };
	size_t len;

	memcpy(join.token, e->token, sizeof(join.token));
	memcpy(join.commitment, e->commitment, sizeof(join.commitment));
	len = bootmsg_put_join(payload, sizeof(payload), &join);
	wire_join_start(start, e->nonce, cookie, token);
	if (access_mac.has)
		wire_access_mark(start);
	join_handshake(&e->noise, true, start, NULL, e->bootnode_key);
	j.noise_len = noise_write(&e->noise, payload, len, message);
	j.noise = message;
	memcpy(j.nonce, e->nonce, NONCE_LEN);
	return with_access(buf, wire_put_join(buf, &j));
}

size_t
entrant_join(struct entrant *e, const uint8_t *cookie, size_t len, uint8_t *buf)
{
	struct wire_cookie_reply c;

	if (wire_get_cookie_reply(cookie, len, &c) == -1 ||
	    memcmp(c.nonce, e->nonce, NONCE_LEN) != 0)
		return 0;
	memcpy(e->bootnode_key, c.bootnode_key, sizeof(e->bootnode_key));
	return put_join(e, &c.cookie, false, buf);
}

size_t
entrant_join_sent(struct entrant *e, const struct wire_cookie *token,
    uint8_t *buf)
{
	return put_join(e, token, true, buf);
}

size_t
entrant_control(uint8_t *buf, const struct wire_control *control,
    const uint8_t mac_key[SIPHASH_KEY])
{
	struct wire_control c = *control;

	c.access = access_mac.has;
	if (c.access && c.len > WIRE_MAX - SIPHASH_MAC)
		c.len = WIRE_MAX - SIPHASH_MAC;
	return with_access(buf, wire_put_control(buf, &c, mac_key));
}

enum answer
entrant_answer(struct entrant *e, const uint8_t *packet, size_t len,
    struct admission *a, struct bootmsg_redirect *r)
{
	uint8_t payload[WIRE_MAX], tx[KEY_LEN];
	struct bootmsg_welcome w;
	struct wire_welcome wire;
	size_t payload_len;

	if (wire_get_welcome(packet, len, &wire) == -1 ||
	    memcmp(wire.nonce, e->nonce, NONCE_LEN) != 0)
		return ANSWER_TO_ANOTHER;
	if (noise_read(&e->noise, wire.noise, wire.noise_len, payload,
		&payload_len) == -1)
		return ANSWER_FALSE;
	if (bootmsg_get_redirect(payload, payload_len, r) == 0)
		return ANSWER_REDIRECT;
	if (bootmsg_get_welcome(payload, payload_len, &w) == -1)
		return ANSWER_FALSE;
	noise_split(&e->noise, tx, a->rx_key);
	join_control_key(&e->noise, a->mac_key);
	a->session = w.session;
	a->echo = w.echo;
	return ANSWER_WELCOME;
}

int
entrant_welcome(struct entrant *e, const uint8_t *packet, size_t len,
    struct admission *a)
{
	struct bootmsg_redirect nowhere;

	switch (entrant_answer(e, packet, len, a, &nowhere)) {
	case ANSWER_WELCOME:
		return 0;
	case ANSWER_TO_ANOTHER:
		return 1;
	default:
		return -1;
	}
}
