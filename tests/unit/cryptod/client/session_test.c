/*
 * Peer sessions: how they begin, what they carry, and that they take only an
 * honest peer's next record. session_rekey_test.c has the rekeys.
 */
#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/session_pair.h"

#include <CUnit/CUnit.h>

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

void session_suite(void);

static void
test_establish(void)
{
	struct pair p;

	pair_init(&p);
	pair_start(&p);
	CU_ASSERT_FALSE(session_established(p.a.session));
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 0);
	/* a has finished the handshake, and learns from READY that b has,
	 * too. */
	CU_ASSERT_EQUAL(p.a.epochs, 1);
	CU_ASSERT_EQUAL(p.a.established, 0);
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), -1);
	p.a.said = 0;
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
	CU_ASSERT_EQUAL(p.b.established, 1);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 0);
	CU_ASSERT_EQUAL(p.a.established, 1);
	CU_ASSERT(STAILQ_EMPTY(&p.a.out) && STAILQ_EMPTY(&p.b.out));

	CU_ASSERT_EQUAL(p.a.records, 2);
	CU_ASSERT_EQUAL(p.b.records, 2);
	CU_ASSERT_STRING_EQUAL(p.a.peer_nick, "bj\xc3\xb8rn");
	CU_ASSERT_STRING_EQUAL(p.b.peer_nick, "anna");
	CU_ASSERT_EQUAL(memcmp(p.a.peer_key, p.b.key.public_key, 32), 0);
	CU_ASSERT_EQUAL(memcmp(p.b.peer_key, p.a.key.public_key, 32), 0);
	CU_ASSERT(p.a.epoch == 1 && p.b.epoch == 1);
	CU_ASSERT(!p.a.send_now && p.b.send_now);
	CU_ASSERT_EQUAL(memcmp(p.a.keys.tx, p.b.keys.rx, SIPHASH_KEY), 0);
	CU_ASSERT_EQUAL(memcmp(p.a.keys.rx, p.b.keys.tx, SIPHASH_KEY), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(p.a.keys.rx, p.a.keys.tx, SIPHASH_KEY), 0);
	CU_ASSERT_EQUAL(p.a.packets.connection_tx, p.b.packets.connection_rx);
	CU_ASSERT_EQUAL(p.a.packets.connection_rx, p.b.packets.connection_tx);
	CU_ASSERT_EQUAL(memcmp(p.a.packets.probe.tx, p.b.packets.probe.rx,
			    SIPHASH_KEY),
	    0);
	CU_ASSERT_EQUAL(memcmp(p.a.packets.probe.rx, p.b.packets.probe.tx,
			    SIPHASH_KEY),
	    0);
	CU_ASSERT_EQUAL(session_key_time(p.a.session), p.now);
	pair_free(&p);
}

static void
test_content(void)
{
	static const uint8_t receipt[8] = { [6] = 1, 2 };
	struct pair p;

	pair_establish(&p);
	for (int i = 0; i < 200; i++) {
		CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
		CU_ASSERT_EQUAL(pair_say(&p, &p.b), 0);
		if (i % 7 == 0)
			pair_settle(&p);
	}
	CU_ASSERT_EQUAL(session_send(p.b.session, p.now, SESSION_RECEIPT,
			    receipt, sizeof(receipt)),
	    0);
	CU_ASSERT_EQUAL(session_send(p.a.session, p.now, SESSION_BYE, NULL, 0),
	    0);
	pair_settle(&p);
	CU_ASSERT(p.a.heard == 200 && p.b.heard == 200);
	CU_ASSERT(!p.a.confused && !p.b.confused);
	CU_ASSERT_EQUAL(p.a.receipt, 0x102);
	CU_ASSERT(p.b.byes == 1 && p.a.byes == 0);
	/* The session is established once, without any rekey. */
	CU_ASSERT(p.a.established == 1 && p.b.established == 1);
	CU_ASSERT(p.a.epochs == 1 && p.b.epochs == 1);
	pair_free(&p);
}

/* The length of a record tells how many times 64 bytes it has, no more. */
static void
test_padding(void)
{
	static uint8_t content[SESSION_CONTENT_MAX + 1];
	size_t len, blocks;
	struct record *r;
	struct pair p;

	memset(content, 'x', sizeof(content));
	content[8] = content[9] = 0; /* flags; what comes before it is less */
	pair_establish(&p);
	for (len = SESSION_TEXT_HEADER + 2; len <= SESSION_CONTENT_MAX;
	     len += len < 300 ? 1 : 997) {
		content[SESSION_TEXT_HEADER - 1] =
		    len - SESSION_TEXT_HEADER > TEXT_MAX ? NICK_MAX : 1;
		CU_ASSERT_EQUAL(session_send(p.a.session, p.now, SESSION_TEXT,
				    content, len),
		    0);
		r = pair_take(&p.a);
		blocks = (3 + len + 63) / 64;
		CU_ASSERT_EQUAL(r->len, 2 + blocks * 64 + TAG_LEN);
		CU_ASSERT_EQUAL(pair_give(&p, &p.b, r->bytes, r->len), 0);
		free(r);
	}
	content[SESSION_TEXT_HEADER - 1] = NICK_MAX;
	CU_ASSERT_EQUAL(session_send(p.a.session, p.now, SESSION_TEXT, content,
			    SESSION_CONTENT_MAX),
	    0);
	r = pair_take(&p.a);
	CU_ASSERT(r->len <= RECORD_MAX);
	CU_ASSERT_EQUAL(pair_give(&p, &p.b, r->bytes, r->len), 0);
	free(r);
	CU_ASSERT_EQUAL(session_send(p.a.session, p.now, SESSION_TEXT, content,
			    SESSION_CONTENT_MAX + 1),
	    -1);
	CU_ASSERT_FALSE(session_established(p.a.session));
	pair_free(&p);
}

/* Neither side gets a session with a peer of another room. */
static void
test_wrong_psk(void)
{
	struct pair p;

	pair_init(&p);
	p.b.psk[0] ^= 1;
	pair_start(&p);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), -1);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 1);
	CU_ASSERT(p.a.established == 0 && p.b.established == 0);
	CU_ASSERT_EQUAL(p.b.epochs, 0);
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), -1);
	CU_ASSERT_EQUAL(pair_say(&p, &p.b), -1);
	pair_free(&p);
}

/* The prologue has the room's tag and both ids. */
static void
test_wrong_prologue(void)
{
	struct pair p;

	for (int i = 0; i < 3; i++) {
		pair_init(&p);
		if (i == 0)
			p.b.config.tag.bytes[31] ^= 1;
		else if (i == 1)
			p.b.config.us.bytes[15] ^= 1;
		else
			p.b.config.them.bytes[15] ^= 1;
		pair_start(&p);
		CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), -1);
		CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 1);
		pair_free(&p);
	}
}

static void
test_bad_nick(void)
{
	static const struct {
		const char *nick;
		size_t len;
	} bad[] = { { "", 0 }, { "a\0b", 3 }, { "\xff", 1 }, { "\xc3", 1 } };
	struct pair p;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		pair_init(&p);
		p.a.config.nick = bad[i].nick;
		p.a.config.nick_len = bad[i].len;
		pair_start(&p);
		CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
		CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 0);
		CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), -1);
		CU_ASSERT_EQUAL(p.b.established, 0);
		pair_free(&p);
	}
	pair_init(&p);
	memset(p.b.nick, 'n', NICK_MAX);
	p.b.config.nick_len = NICK_MAX;
	pair_start(&p);
	pair_settle(&p);
	CU_ASSERT_EQUAL(strlen(p.a.peer_nick), NICK_MAX);
	pair_free(&p);
}

/* A dead session stays dead: it does not even take a genuine record. */
static void
check_dead(struct pair *p, struct end *end, const struct record *genuine)
{
	CU_ASSERT_FALSE(session_established(end->session));
	CU_ASSERT_EQUAL(pair_give(p, end, genuine->bytes, genuine->len), -1);
	CU_ASSERT_EQUAL(pair_say(p, end), -1);
}

/* Makes two texts of a's; the test gives b something other than the first. */
static void
two_records(struct pair *p, struct record **first, struct record **second)
{
	pair_establish(p);
	CU_ASSERT_EQUAL(pair_say(p, &p->a), 0);
	CU_ASSERT_EQUAL(pair_say(p, &p->a), 0);
	*first = pair_take(&p->a);
	*second = pair_take(&p->a);
}

static void
test_order(void)
{
	struct record *first, *second;
	struct pair p;

	two_records(&p, &first, &second); /* dropped, so reordered */
	CU_ASSERT_EQUAL(pair_give(&p, &p.b, second->bytes, second->len), -1);
	check_dead(&p, &p.b, first);
	CU_ASSERT_EQUAL(p.b.heard, 0);
	pair_free(&p);
	free(first);
	free(second);

	two_records(&p, &first, &second); /* repeated */
	CU_ASSERT_EQUAL(pair_give(&p, &p.b, first->bytes, first->len), 0);
	CU_ASSERT_EQUAL(pair_give(&p, &p.b, first->bytes, first->len), -1);
	check_dead(&p, &p.b, second);
	CU_ASSERT_EQUAL(p.b.heard, 1);
	pair_free(&p);
	free(first);
	free(second);

	two_records(&p, &first, &second); /* sent back */
	CU_ASSERT_EQUAL(pair_give(&p, &p.a, first->bytes, first->len), -1);
	pair_free(&p);
	free(first);
	free(second);
}

/*
 * Somebody who has stolen our private key can pretend to be us, but not pretend
 * to us to be others: that takes their private key (key compromise
 * impersonation).
 */
static void
test_stolen_key(void)
{
	struct pair p;

	for (int i = 0; i < 2; i++) { /* whose key is stolen */
		struct end *victim = i == 0 ? &p.a : &p.b;
		struct end *mallory = i == 0 ? &p.b : &p.a;

		pair_init(&p);
		memcpy(mallory->key.private_key, victim->key.private_key, 32);
		pair_start(&p);
		CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
		if (i == 1)
			CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 0);
		CU_ASSERT_EQUAL(pair_deliver(&p, mallory), -1);
		CU_ASSERT_EQUAL(victim->established, 0);
		CU_ASSERT_FALSE(session_established(victim->session));
		pair_free(&p);
	}
}

/* A session begins again within the run, with the same key or another one. The
 * initiator shows its own key to nobody else. */
static void
test_known_key(void)
{
	static const uint8_t another[32] = { 1 };
	struct record *r;
	struct pair p;

	for (int i = 0; i < 2; i++) { /* whose peer is somebody else */
		pair_init(&p);
		p.a.config.known_key = p.b.key.public_key;
		p.b.config.known_key = p.a.key.public_key;
		pair_start(&p);
		pair_settle(&p);
		CU_ASSERT(p.a.established == 1 && p.b.established == 1);
		pair_free(&p);

		pair_init(&p);
		if (i == 0)
			p.a.config.known_key = another;
		else
			p.b.config.known_key = another;
		pair_start(&p);
		CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
		CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), i == 0 ? -1 : 0);
		if (i == 0) {
			r = pair_take(&p.a);
			CU_ASSERT_PTR_NULL(r);
		} else {
			CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), -1);
		}
		CU_ASSERT_EQUAL(p.a.established + p.b.established, 0);
		pair_free(&p);
	}
}

/* Somebody with another key shows a claim: the peer's own, which many have
 * seen, or one for that key. */
static void
check_claim(bool initiates, bool own)
{
	struct end *mallory, *honest;
	struct x25519_key real;
	uint8_t key[32];
	struct pair p;

	pair_init(&p);
	mallory = initiates ? &p.a : &p.b;
	honest = initiates ? &p.b : &p.a;
	real = mallory->key;
	crypto_keypair(&mallory->key);
	if (own)
		claim_complete(&mallory->us, mallory->key.public_key);
	pair_start(&p);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), initiates ? 0 : -1);
	if (initiates)
		CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), -1);
	CU_ASSERT_EQUAL(pair_deliver(&p, honest), 1); /* there is no answer */
	CU_ASSERT_TRUE(session_is_claim(honest->session, key));
	CU_ASSERT_EQUAL(memcmp(key, mallory->key.public_key, 32), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(key, real.public_key, 32), 0);
	CU_ASSERT_EQUAL(p.a.established + p.b.established, 0);
	pair_free(&p);
}

static void
test_claim(void)
{
	uint8_t key[32];
	struct pair p;

	for (int i = 0; i < 4; i++)
		check_claim(i % 2 == 0, i / 2 == 0);
	/* Within a session, the peer itself does so. */
	pair_establish(&p);
	p.a.us.claim.opening[0] ^= 1;
	p.now += REKEY_AGE_USEC;
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), -1);
	CU_ASSERT_FALSE(session_is_claim(p.b.session, key));
	pair_free(&p);
}

/* All parts together are shorter than a claim and a nickname. */
static void
test_short_payload(void)
{
	uint8_t key[32];
	struct pair p;

	pair_init(&p);
	p.b.config.nick_len = 0;
	pair_start(&p);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.a), 0);
	CU_ASSERT_EQUAL(pair_deliver(&p, &p.b), -1);
	CU_ASSERT_FALSE(session_is_claim(p.a.session, key));
	pair_free(&p);
}

/* A handshake record counts once, and only at its time. */
static void
test_handshake_again(void)
{
	struct record *first;
	struct pair p;

	pair_init(&p);
	pair_start(&p);
	first = pair_take(&p.a);
	CU_ASSERT_EQUAL(pair_give(&p, &p.b, first->bytes, first->len), 0);
	CU_ASSERT_EQUAL(pair_give(&p, &p.b, first->bytes, first->len), -1);
	pair_free(&p);

	pair_establish(&p);
	CU_ASSERT_EQUAL(pair_give(&p, &p.b, first->bytes, first->len), -1);
	pair_free(&p);

	/* The initiator takes no message 1. */
	pair_init(&p);
	pair_start(&p);
	CU_ASSERT_EQUAL(pair_give(&p, &p.a, first->bytes, first->len), -1);
	pair_free(&p);
	free(first);
}

/* Contents that an authentic peer may not send, though session_send() seals
 * them. */
#define LINK	"before 1a hash of 16 byt" /* a private text has none */
#define NO_LINK "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static void
test_bad_content(void)
{
	static const uint8_t zeros[200];
	static uint8_t long_nick[NICK_MAX + 1];
	static char named[34 + NICK_MAX + 2];	 /* with too long a name */
	static char text[34 + 1 + TEXT_MAX + 1]; /* one byte too long */
	static const struct {
		unsigned int type;
		const char *content;
		size_t len;
	} bad[] = {
		{ 0, "", 0 },
		{ SESSION_READY, "x", 1 },
		{ SESSION_TEXT, "", 0 },
		{ SESSION_TEXT, "1234567", 7 },
		{ SESSION_TEXT, "12345678", 8 },
		{ SESSION_TEXT, "12345678\0", 9 },
		{ SESSION_TEXT, "number 2\0" LINK, 33 },
		{ SESSION_TEXT, "number 2\0" LINK "\1", 34 },
		{ SESSION_TEXT, "number 2\0" LINK "\1n", 35 },
		{ SESSION_TEXT, "number 2\4" LINK "\1na", 36 },
		{ SESSION_TEXT, "number 2\x80" LINK "\1na", 36 },
		{ SESSION_TEXT, "number 2\0" LINK "\1n\xff", 36 },
		{ SESSION_TEXT, "number 2\0" LINK "\1na\0b", 38 },
		{ SESSION_TEXT, "number 2\2" LINK "\1na", 36 },
		{ SESSION_TEXT, "before 1\0" LINK "\1na", 36 },
		{ SESSION_TEXT, "before 0\0" LINK "\1na", 36 },
		{ SESSION_TEXT, "\0\0\0\0\0\0\0\0\0" NO_LINK "\1na", 36 },
		/* Nicknames. */
		{ SESSION_TEXT, "number 2\0" LINK "\0a", 35 },
		{ SESSION_TEXT, "number 2\0" LINK "\3na", 36 },
		{ SESSION_TEXT, "number 2\0" LINK "\xffna", 36 },
		{ SESSION_TEXT,
		    "number 2\0" LINK "\1\xff"
		    "a",
		    36 },
		{ SESSION_TEXT, "number 2\0" LINK "\2n\0a", 37 },
		{ SESSION_TEXT, named, 34 + NICK_MAX + 2 },
		{ SESSION_TEXT, text, 34 + 1 + TEXT_MAX + 1 },
		{ SESSION_NICK, "", 0 },
		{ SESSION_NICK, "a\xff", 2 },
		{ SESSION_NICK, (const char *)long_nick, NICK_MAX + 1 },
		{ SESSION_RECEIPT, "1234567", 7 },
		{ SESSION_RECEIPT, "123456789", 9 },
		{ SESSION_BYE, "x", 1 },
		{ SESSION_REKEY_1, "", 0 },
		{ SESSION_REKEY_1, (const char *)zeros, 48 },
		{ SESSION_REKEY_2, (const char *)zeros, 101 },
		{ SESSION_REKEY_3, (const char *)zeros, 69 },
		{ SESSION_TYPE_COUNT, "", 0 },
		{ 255, "12345678a", 9 },
	};
	struct pair p;

	memset(long_nick, 'n', sizeof(long_nick));
	memset(named, 'n', sizeof(named));
	memcpy(named, "number 2\0" LINK, 33);
	named[33] = (char)(NICK_MAX + 1);
	memset(text, 'n', sizeof(text));
	memcpy(text, "number 2\0" LINK, 33);
	text[33] = 1;
	for (size_t i = 0; i < 2 * sizeof(bad) / sizeof(bad[0]); i++) {
		struct end *from, *to;

		pair_establish(&p);
		from = i % 2 == 0 ? &p.a : &p.b;
		to = i % 2 == 0 ? &p.b : &p.a;
		CU_ASSERT_EQUAL(session_send(from->session, p.now,
				    (enum session_type)bad[i / 2].type,
				    bad[i / 2].content, bad[i / 2].len),
		    0);
		CU_ASSERT_EQUAL(pair_deliver(&p, from), -1);
		CU_ASSERT(to->heard == 0 && to->byes == 0 && to->receipt == 0);
		CU_ASSERT_FALSE(session_established(to->session));
		pair_free(&p);
	}
}

/*
 * A dead session cannot be used again, and a new one costs a handshake. So the
 * secret memory of one is saved, and restored afterwards. A record that is
 * refused does not change the objects that it points to.
 */
static void
try_record(struct pair *p, struct end *to, const uint8_t *bytes, size_t len)
{
	size_t size = CRYPTO_secure_actual_size(to->session);
	static uint8_t kept[8192];

	CU_ASSERT_FATAL(size <= sizeof(kept));
	memcpy(kept, to->session, size);
	CU_ASSERT_EQUAL(pair_give(p, to, bytes, len), -1);
	CU_ASSERT_FALSE(session_established(to->session));
	memcpy(to->session, kept, size);
}

/* Every truncation, a flipped bit in every byte, and mutations are refused;
 * after all of them the genuine record is taken. */
static void
check_damage(struct pair *p, struct end *to, const struct record *r,
    uint64_t seed)
{
	uint8_t buf[1024];
	size_t len;

	CU_ASSERT_FATAL(r->len < sizeof(buf) / 2);
	for (size_t i = 0; i < r->len; i++) {
		try_record(p, to, r->bytes, i);
		memcpy(buf, r->bytes, r->len);
		buf[i] ^= (uint8_t)(1u << i % 8);
		try_record(p, to, buf, r->len);
	}
	for (int i = 0; i < MUTATIONS; i++) {
		memcpy(buf, r->bytes, r->len);
		len = bytes_mutate(&seed, buf, r->len, sizeof(buf));
		if (len != r->len || memcmp(buf, r->bytes, len) != 0)
			try_record(p, to, buf, len);
	}
	CU_ASSERT_EQUAL(pair_give(p, to, r->bytes, r->len), 0);
}

static void
test_damaged_handshake(void)
{
	struct record *r;
	struct pair p;

	pair_init(&p);
	pair_start(&p);
	r = pair_take(&p.a);
	check_damage(&p, &p.b, r, 4);
	free(r);
	pair_settle(&p);
	CU_ASSERT_TRUE(session_established(p.a.session));
	CU_ASSERT_TRUE(session_established(p.b.session));
	pair_free(&p);
}

static void
test_damaged_record(void)
{
	struct record *r;
	struct pair p;

	pair_establish(&p);
	CU_ASSERT_EQUAL(pair_say(&p, &p.a), 0);
	r = pair_take(&p.a);
	CU_ASSERT_EQUAL(r->len, SEALED_MIN);
	check_damage(&p, &p.b, r, 5);
	CU_ASSERT_EQUAL(p.b.heard, 1);
	free(r);
	pair_free(&p);
}

/* Sealed records before there are keys, and lengths that no record can have. */
static void
test_lengths(void)
{
	static const uint8_t zeros[RECORD_MAX + 1];
	uint8_t sealed[SEALED_MIN] = { 2, 0 };
	struct pair p;

	pair_init(&p);
	pair_start(&p);
	try_record(&p, &p.a, sealed, sizeof(sealed));
	try_record(&p, &p.b, sealed, sizeof(sealed));
	sealed[1] = 1;
	try_record(&p, &p.b, sealed, sizeof(sealed));
	for (size_t len = 0; len <= sizeof(zeros); len += 61)
		try_record(&p, &p.b, zeros, len);
	pair_settle(&p);
	for (unsigned int kind = 0; kind < 256; kind++) {
		sealed[0] = (uint8_t)kind;
		try_record(&p, &p.b, sealed, sizeof(sealed));
	}
	pair_free(&p);
}

void
session_suite(void)
{
	CU_pSuite suite = CU_add_suite("session", crypto_setup, NULL);

	CU_add_test(suite, "established", test_establish);
	CU_add_test(suite, "texts, receipts, goodbye", test_content);
	CU_add_test(suite, "padding", test_padding);
	CU_add_test(suite, "wrong psk", test_wrong_psk);
	CU_add_test(suite, "wrong room or ids", test_wrong_prologue);
	CU_add_test(suite, "bad nicknames", test_bad_nick);
	CU_add_test(suite, "dropped, repeated, sent back", test_order);
	CU_add_test(suite, "a stolen key", test_stolen_key);
	CU_add_test(suite, "known key", test_known_key);
	CU_add_test(suite, "another key than the id's", test_claim);
	CU_add_test(suite, "a claim without a name", test_short_payload);
	CU_add_test(suite, "handshake again", test_handshake_again);
	CU_add_test(suite, "bad content", test_bad_content);
	CU_add_test(suite, "lengths and kinds", test_lengths);
	CU_add_test(suite, "damaged handshake", test_damaged_handshake);
	CU_add_test(suite, "damaged record", test_damaged_record);
}
