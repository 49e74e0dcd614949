/*
 * Fuzzes peer sessions (cryptod/client/session.c). The input is a script for
 * two ends that know each other: texts, authentic content of any kind, records
 * delivered, damaged or made up, time that passes. Keys are random, so bytes
 * differ from run to run; the effect of the script does not.
 */
#include "common/utf8.h"
#include "cryptod/client/session.h"

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/fuzz_crypto.h"

#define QUEUE 32 /* records on their way */

struct end {
	struct session *session;
	struct session_config config;
	struct session_io io;
	unsigned int first, count;
	struct {
		size_t len;
		uint8_t bytes[RECORD_MAX];
	} queue[QUEUE];
};

static struct x25519_key keys[2];
static struct claimant people[2]; /* the first has the lower id */
static uint8_t psk[KEY_LEN];
static struct end ends[2];

static void
on_record(void *arg, const uint8_t *record, size_t len)
{
	struct end *e = arg;
	unsigned int at = (e->first + e->count) % QUEUE;

	REQUIRE(len > 0 && len <= RECORD_MAX);
	if (e->count == QUEUE)
		return; /* lost, and the other end gives up */
	e->queue[at].len = len;
	memcpy(e->queue[at].bytes, record, len);
	e->count++;
}

static void
on_keys(void *arg, uint8_t epoch, bool send_now, const struct peer_keys *k,
    const struct packet_keys *packets)
{
	(void)arg;
	(void)packets;
	(void)send_now;
	REQUIRE(epoch != 0 && memcmp(k->tx, k->rx, SIPHASH_KEY) != 0);
}

static void
on_established(void *arg, const uint8_t static_key[32], const char *nick,
    size_t nick_len)
{
	const struct end *e = arg;

	REQUIRE(memcmp(static_key, keys[e == &ends[0]].public_key, 32) == 0);
	REQUIRE(nick_len == 4 && memcmp(nick, "nick", 4) == 0);
}

static void
on_content(void *arg, enum session_type type, const uint8_t *content,
    size_t len)
{
	const struct end *e = arg;

	REQUIRE(session_established(e->session));
	switch (type) {
	case SESSION_TEXT:
		REQUIRE(
		    len > SESSION_TEXT_HEADER && len <= SESSION_CONTENT_MAX);
		break;
	case SESSION_RECEIPT:
		REQUIRE(len == 8);
		break;
	case SESSION_BYE:
		REQUIRE(len == 0);
		break;
	case SESSION_NICK:
		REQUIRE(len > 0 && len <= NICK_MAX &&
		    utf8_valid((const char *)content, len));
		break;
	default:
		abort();
	}
	for (size_t i = 0; i < len; i++) /* all of it is there */
		(void)*(volatile const uint8_t *)(content + i);
}

static void
make_people(void)
{
	do {
		for (int i = 0; i < 2; i++) {
			crypto_keypair(&keys[i]);
			claim_complete(&people[i], keys[i].public_key);
		}
	} while (memcmp(&people[0].id, &people[1].id, PEER_ID_LEN) > 0);
}

static void
start(void)
{
	for (uint8_t i = 0; i < 2; i++) {
		struct end *e = &ends[i];

		e->first = e->count = 0;
		e->config = (struct session_config){
			.identity = &keys[i],
			.claim = &people[i].claim,
			.psk = psk,
			.us = people[i].id,
			.them = people[1 - i].id,
			.nick = "nick",
			.nick_len = 4,
		};
		e->io = (struct session_io){ on_record, on_keys, on_established,
			on_content, e };
		e->session = session_new(&e->config, &e->io, 0);
	}
	REQUIRE(session_start(ends[0].session) == 0);
	REQUIRE(session_start(ends[1].session) == 0);
}

static void
give(struct end *to, uint64_t now, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = fuzz_copy(bytes, len);

	if (session_receive(to->session, now, copy, len) == -1)
		REQUIRE(!session_established(to->session));
	free(copy);
}

static void
deliver(struct end *from, struct end *to, uint64_t now)
{
	unsigned int at = from->first;

	if (from->count == 0)
		return;
	from->first = (at + 1) % QUEUE;
	from->count--;
	give(to, now, from->queue[at].bytes, from->queue[at].len);
}

static void
damage(struct end *from, unsigned int at, uint8_t bits)
{
	size_t len = from->queue[from->first].len;

	if (from->count > 0)
		from->queue[from->first].bytes[at % len] ^= bits;
}

/* Does one step: the low bit says whose it is, the rest which one. */
static void
step(struct getter *g, uint64_t *now)
{
	unsigned int op = get_u8(g), at;
	struct end *e = &ends[op & 1], *other = &ends[1 - (op & 1)];
	enum session_type type;
	const uint8_t *bytes;
	size_t len;

	switch (op >> 1 & 7) {
	case 0:
	case 1:
		deliver(e, other, *now);
		break;
	case 2:
		while (e->count > 0)
			deliver(e, other, *now);
		break;
	case 3:
	case 4: /* content of any type */
		type = (enum session_type)get_u8(g);
		len = get_u8(g);
		bytes = fuzz_take(g, len, &len);
		session_send(e->session, *now, type, bytes, len);
		break;
	case 5:
		at = get_u8(g);
		damage(e, at, get_u8(g));
		break;
	case 6:
		len = get_u8(g);
		bytes = fuzz_take(g, len, &len);
		give(e, *now, bytes, len);
		break;
	case 7:
		*now += get_u8(g) * 1000000ULL;
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t now = 0;
	struct getter g;

	if (fuzz_crypto_init())
		make_people();
	start();
	get_init(&g, data, size);
	while (g.left > 0)
		step(&g, &now);
	session_free(ends[0].session);
	session_free(ends[1].session);
	return 0;
}
