/*
 * The worked example of common/PROTOCOL.md, section 8: the code that the
 * programs run computes every hex string in it again, from the inputs that the
 * section names. Random bytes are fixed here.
 */
#include "cryptod/client/boot_channel.h"
#include "cryptod/client/client.h"
#include "cryptod/identity.h"
#include "cryptod/join.h"
#include "precis/opaque_string.h"
#include "netd/bootnode/cookie.h"
#include "netd/transport/transport.h"
#include "tests/unit/bytes.h"
#include "tests/unit/document.h"
#include "tests/unit/example.h"
#include "tests/unit/message.h"

#include <sys/socket.h>

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void protocol_suite(void);

#define EXPECT(label, bytes, len) \
	CU_ASSERT_TRUE(document_confirms(label, bytes, len))

static int
set_up(void)
{
	if (crypto_setup() == -1 ||
	    document_open("common/PROTOCOL.md", "\n## 8. ") == -1)
		return -1;
	example_start();
	return 0;
}

static int
tear_down(void)
{
	example_end();
	document_close();
	return 0;
}

/* --- The room, and who is in it ------------------------------------------- */

static void
test_room(void)
{
	static const char domain[] = "gochat 1 room";
	uint8_t salt[HASH_LEN];

	crypto_hash(salt,
	    (struct piece[]){ { domain, sizeof(domain) },
		{ example_boot_key.public_key, X25519_LEN },
		{ EXAMPLE_ROOM, strlen(EXAMPLE_ROOM) } },
	    3);
	EXPECT("bootnode's key", example_boot_key.public_key, X25519_LEN);
	EXPECT("scrypt salt", salt, sizeof(salt));
	EXPECT("room tag", &example_room.tag, sizeof(example_room.tag));
	EXPECT("peer psk", example_room.psk, sizeof(example_room.psk));
	EXPECT("card key", example_room.card_key,
	    sizeof(example_room.card_key));
	EXPECT("transport key", example_room.transport_key,
	    sizeof(example_room.transport_key));
}

static void
test_room_name(void)
{
	static const char typed[] = "cafe\u0301\u30001";
	char used[ROOM_MAX + 1];
	uint32_t culprit;

	CU_ASSERT_EQUAL(opaque_string(used, ROOM_MAX, typed, strlen(typed),
			    &culprit),
	    OPAQUE_OK);
	EXPECT("room name as typed", typed, strlen(typed));
	EXPECT("room name as used", used, strlen(used));
}

static void
test_people(void)
{
	uint8_t fingerprint[FINGERPRINT_LEN];

	EXPECT("anna's identity key", anna.identity.public_key, 32);
	EXPECT("bert's identity key", bert.identity.public_key, 32);
	EXPECT("anna's commitment", anna.us.commitment, PEER_COMMITMENT_LEN);
	EXPECT("bert's commitment", bert.us.commitment, PEER_COMMITMENT_LEN);
	EXPECT("anna's peer id", &anna.id, sizeof(anna.id));
	EXPECT("bert's peer id", &bert.id, sizeof(bert.id));
	CU_ASSERT(memcmp(&anna.id, &bert.id, sizeof(anna.id)) < 0);
	identity_fingerprint(fingerprint, anna.identity.public_key);
	EXPECT("anna's fingerprint", fingerprint, sizeof(fingerprint));
	example_draws = "\xa5";
	anna.sealed_len =
	    card_seal(&anna.card, &example_room, &anna.id, anna.sealed);
	EXPECT("anna's sealed card", anna.sealed, anna.sealed_len);
	example_draws = "\xb5";
	bert.sealed_len =
	    card_seal(&bert.card, &example_room, &bert.id, bert.sealed);
	EXPECT("bert's sealed card", bert.sealed, bert.sealed_len);
}

/* --- Anna and the bootnode ------------------------------------------------ */

#define SESSION 0x1234567890000000ULL
#define NOW	(6000 * USEC_PER_SEC)

/* Anna's cryptod, and the other ends of its channels. */
static struct client client;
static struct ipc_channel netd_end;
static int ui_end;

/* The bootnode's side of the handshake. */
static struct noise boot_noise;
static uint8_t nonce[NONCE_LEN];

static void
make_client(void)
{
	int netd[2], ui[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, netd) == -1 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ui) == -1)
		abort();
	ipc_open(&client.netd, netd[0], ROLE_CRYPTOD, ROLE_NETD, IN_CLIENT);
	ipc_open(&client.ui, ui[0], ROLE_CRYPTOD, ROLE_UI, IN_CLIENT);
	ipc_open(&netd_end, netd[1], ROLE_NETD, ROLE_CRYPTOD, IN_CLIENT);
	ui_end = ui[1];
	client.secrets = crypto_secret_alloc(sizeof(*client.secrets));
	client.secrets->identity = anna.identity;
	client.secrets->room = example_room;
	client.secrets->us = anna.us;
	client.id = anna.id;
	client.card = anna.card;
	client.have_local = true;
	client.boot.known = true;
	memcpy(client.config.boot_key, example_boot_key.public_key, X25519_LEN);
	example_draws = "\xa8"; /* the beginning of the chain of her texts */
	outbox_init(&client.outbox);
	recall_init(&client.recall);
}

static void
free_client(void)
{
	ipc_close(&client.netd);
	ipc_close(&client.ui);
	ipc_close(&netd_end);
	close(ui_end);
	crypto_secret_free(client.secrets, sizeof(*client.secrets));
}

/* Returns the next message of Anna's cryptod to netd. */
static const void *
from_client(enum ipc_type type, struct ipc_message_in *in)
{
	if (ipc_receive(&netd_end, in) != IPC_GOT || in->type != type)
		abort();
	return in->body;
}

static void
test_join(void)
{
	struct ipc_boot_cookie cookie = { .addr = example_bootnode };
	struct wire_cookie_reply reply;
	struct wire_hello hello;
	uint8_t packet[WIRE_MAX], payload[WIRE_MAX], key[SIPHASH_KEY];
	struct wire_reject reject = { REJECT_ROOM_FULL, 0xa6a6a6a6a6a6a6a6 };
	const struct ipc_boot_join *sent;
	struct ipc_message_in in;
	struct wire_join join = { .token = false };
	size_t len;

	memset(nonce, 0xa6, sizeof(nonce));
	memcpy(hello.nonce, nonce, sizeof(nonce));
	EXPECT("HELLO", packet, wire_put_hello(packet, &hello));

	memset(key, 0xc3, sizeof(key));
	memcpy(reply.nonce, nonce, sizeof(nonce));
	cookie_make(&reply.cookie, key, NOW, COOKIE_FOR_JOIN, &anna.observed,
	    0xa6a6a6a6a6a6a6a6);
	memcpy(reply.bootnode_key, example_boot_key.public_key, X25519_LEN);
	EXPECT("COOKIE", packet, wire_put_cookie_reply(packet, &reply));

	make_client();
	memcpy(cookie.boot_key, example_boot_key.public_key, X25519_LEN);
	wire_join_start(cookie.start, nonce, &reply.cookie, false);
	example_draws = "\xa5\xa3"; /* the card's nonce, the ephemeral key */
	CU_ASSERT_EQUAL(boot_cookie(&client, MESSAGE(client.now, &cookie)), 0);
	sent = from_client(IPC_BOOT_JOIN, &in);
	memcpy(join.nonce, nonce, sizeof(nonce));
	join.cookie = reply.cookie;
	join.noise = in.tail;
	join.noise_len = in.tail_len;
	EXPECT("JOIN", packet, wire_put_join(packet, &join));

	join_handshake(&boot_noise, false, cookie.start, &example_boot_key,
	    NULL);
	CU_ASSERT_EQUAL(noise_read(&boot_noise, in.tail, in.tail_len, payload,
			    &len),
	    0);
	EXPECT("JOIN payload", payload, len);

	/* The key that both have so far, for a refusal. */
	noise_export(&boot_noise, "gochat 1 reject", key, sizeof(key));
	CU_ASSERT_EQUAL(memcmp(key, sent->reject_key, sizeof(key)), 0);
	EXPECT("reject key", key, sizeof(key));
	EXPECT("REJECT", packet, wire_put_reject(packet, &reject, key));
}

static void
test_welcome(void)
{
	struct bootmsg_welcome w = { SESSION, anna.observed, 15000, 10000,
		12000, 2, 131072, 9596, 0x5b5b5b5b5b5b5b5b };
	struct ipc_boot_welcome body = { .addr = example_bootnode };
	uint8_t packet[WIRE_MAX], payload[WIRE_MAX], noise[WIRE_MAX];
	struct wire_control c = { WIRE_HEARTBEAT, SESSION, 1, 2, .echo = 0 };
	const struct ipc_boot_session *session;
	struct wire_welcome welcome;
	struct ipc_message_in in;
	size_t len;

	len = bootmsg_put_welcome(payload, sizeof(payload), &w);
	EXPECT("WELCOME payload", payload, len);
	example_draws = "\xc2";
	welcome.noise_len = noise_write(&boot_noise, payload, len, noise);
	welcome.noise = noise;
	memcpy(welcome.nonce, nonce, sizeof(nonce));
	EXPECT("WELCOME", packet, wire_put_welcome(packet, &welcome));

	CU_ASSERT_EQUAL(boot_welcome(&client,
			    MESSAGE_WITH(client.now, &body, noise,
				welcome.noise_len)),
	    0);
	session = from_client(IPC_BOOT_SESSION, &in);
	c.echo = session->echo;
	EXPECT("control key", session->mac_key, SIPHASH_KEY);
	EXPECT("HEARTBEAT", packet,
	    wire_put_control(packet, &c, session->mac_key));
	c.type = WIRE_HEARTBEAT_ACK;
	c.echo = 0x5c5c5c5c5c5c5c5c;
	EXPECT("HEARTBEAT_ACK", packet,
	    wire_put_control(packet, &c, session->mac_key));
}

static void
put_member(struct putter *p, const struct person *who)
{
	struct bootmsg_entry e = { .what = MEMBER_JOINED,
		.id = who->id,
		.observed = who->observed,
		.card = who->sealed,
		.card_len = who->sealed_len };

	bootmsg_put_entry(p, &e);
}

static void
test_roster(void)
{
	struct bootmsg_head head = { BOOTMSG_ROSTER, BOOTMSG_LAST, 2,
		{ { 0 } } };
	uint8_t plain[WIRE_SEALED_MAX], sealed[WIRE_MAX], packet[WIRE_MAX];
	uint8_t tx[KEY_LEN], rx[KEY_LEN], gcm_nonce[GCM_NONCE_LEN];
	struct wire_sealed s = { SESSION, 0, sealed, 0 };
	struct ipc_boot_sealed body = { .counter = 0 };
	const struct ipc_boot_version *version;
	const struct ipc_peer_add *add;
	struct ipc_message_in in;
	struct putter p;

	put_init(&p, plain, sizeof(plain));
	bootmsg_put_head(&p, &head);
	put_member(&p, &anna);
	put_member(&p, &bert);
	EXPECT("roster", plain, put_length(&p));
	noise_split(&boot_noise, tx, rx);
	EXPECT("sealing key", tx, sizeof(tx));
	crypto_counter_nonce(gcm_nonce, 0);
	crypto_seal(sealed, tx, gcm_nonce, NULL, 0, plain, put_length(&p));
	s.sealed_len = put_length(&p) + TAG_LEN;
	EXPECT("SEALED", packet, wire_put_sealed(packet, &s));

	/* Anna reads the roster, and learns of Bert. */
	CU_ASSERT_EQUAL(boot_sealed(&client,
			    MESSAGE_WITH(client.now, &body, sealed,
				s.sealed_len)),
	    0);
	add = from_client(IPC_PEER_ADD, &in);
	CU_ASSERT_TRUE(addr_equal(&add->observed, &bert.observed));
	CU_ASSERT_EQUAL(add->count, 1);
	CU_ASSERT_TRUE(addr_equal(&add->hosts[0], &bert.card.hosts[0]));
	version = from_client(IPC_BOOT_VERSION, &in);
	CU_ASSERT_EQUAL(version->version, 2);
	free_client();
}

/* --- Anna and Bert -------------------------------------------------------- */

static struct packet_keys pair; /* as Anna's netd gets them */

static void
test_pair(void)
{
	struct room_side us = { .id = anna.id };
	struct room_side them = { .id = bert.id };
	struct wire_probe probe = { .type = WIRE_PROBE,
		.flags = PROBE_NOMINATE,
		.number = 1ULL << 32,
		.id = 0x0102030405060708 };
	uint8_t packet[WIRE_MAX], ids[16];
	struct packet_keys other;
	struct putter p;

	memcpy(us.nonce, anna.card.nonce, sizeof(us.nonce));
	memcpy(them.nonce, bert.card.nonce, sizeof(them.nonce));
	room_pair(&example_room, &us, &them, &pair);
	room_pair(&example_room, &them, &us, &other);
	EXPECT("probe key, anna to bert", pair.probe.tx, SIPHASH_KEY);
	EXPECT("probe key, bert to anna", other.probe.tx, SIPHASH_KEY);
	put_init(&p, ids, sizeof(ids));
	put_u64(&p, pair.connection_tx);
	put_u64(&p, pair.connection_rx);
	EXPECT("connection ids", ids, sizeof(ids));
	CU_ASSERT_EQUAL(pair.connection_rx, other.connection_tx);

	probe.connection = pair.connection_tx;
	EXPECT("PROBE", packet, wire_put_probe(packet, &probe, pair.probe.tx));
	probe.type = WIRE_PROBE_REPLY;
	probe.flags = 0;
	probe.ask = 0x1112131415161718;
	probe.observed = anna.observed;
	probe.connection = pair.connection_rx;
	EXPECT("PROBE_REPLY", packet,
	    wire_put_probe(packet, &probe, pair.probe.rx));
	probe.flags = PROBE_NOMINATE;
	probe.number++;
	probe.id = probe.ask;
	probe.ask = 0;
	probe.observed = bert.observed;
	probe.connection = pair.connection_tx;
	EXPECT("PROBE_REPLY, anna's", packet,
	    wire_put_probe(packet, &probe, pair.probe.tx));
}

/* One end of the session, and what it sends. */
struct end {
	struct session *session;
	struct session_config config;
	uint8_t record[RECORD_MAX]; /* the last */
	size_t len;
	struct peer_keys keys;
	struct packet_keys packets;
	bool send_now;
	uint8_t content[64];
	size_t content_len;
};

static struct end ends[2];
/* Bert's READY and Anna's TEXT. */
static uint8_t ready[RECORD_MAX], said[RECORD_MAX];
static size_t ready_len, said_len;

static void
on_record(void *arg, const uint8_t *record, size_t len)
{
	struct end *e = arg;

	memcpy(e->record, record, len);
	e->len = len;
}

static void
on_keys(void *arg, uint8_t epoch, bool send_now, const struct peer_keys *keys,
    const struct packet_keys *packets)
{
	struct end *e = arg;

	CU_ASSERT_EQUAL(epoch, 1);
	e->packets = *packets;
	e->keys = *keys;
	e->send_now = send_now;
}

static void
on_established(void *arg, const uint8_t static_key[32], const char *nick,
    size_t nick_len)
{
	const struct person *them = arg == &ends[0] ? &bert : &anna;

	CU_ASSERT_EQUAL(memcmp(static_key, them->identity.public_key, 32), 0);
	CU_ASSERT_EQUAL(nick_len, 4);
	CU_ASSERT_EQUAL(memcmp(nick, them->nick, 4), 0);
}

static void
on_content(void *arg, enum session_type type, const uint8_t *content,
    size_t len)
{
	struct end *e = arg;

	CU_ASSERT_EQUAL(type, SESSION_TEXT);
	memcpy(e->content, content, len);
	e->content_len = len;
}

static void
make_end(struct end *e, const struct person *us, const struct person *them)
{
	struct session_io io = { on_record, on_keys, on_established, on_content,
		e };

	e->config = (struct session_config){ &us->identity, &us->us.claim,
		example_room.psk, example_room.tag, us->id, them->id, NULL,
		us->nick, strlen(us->nick) };
	e->session = session_new(&e->config, &io, NOW);
}

/* The last record of one end is the other's next one. */
static void
hand_over(const struct end *from, struct end *to)
{
	CU_ASSERT_EQUAL(session_receive(to->session, NOW, from->record,
			    from->len),
	    0);
}

/* Checks the packet with a record of the handshake. */
static void
expect_handshake(const char *label, enum handshake_number number,
    const struct end *from, uint64_t connection, const uint8_t *key)
{
	struct wire_handshake h = {
		.number = number,
		.connection = connection,
		.attempt = 0x1112131415161718,
		.record = from->record,
		.record_len = from->len,
	};
	uint8_t packet[WIRE_MAX];

	EXPECT(label, packet, wire_put_handshake(packet, &h, key));
}

static void
expect_packet_keys(const struct end *a)
{
	uint8_t ids[16];
	struct putter p;

	EXPECT("session's probe key, anna to bert", a->packets.probe.tx,
	    SIPHASH_KEY);
	EXPECT("session's probe key, bert to anna", a->packets.probe.rx,
	    SIPHASH_KEY);
	put_init(&p, ids, sizeof(ids));
	put_u64(&p, a->packets.connection_tx);
	put_u64(&p, a->packets.connection_rx);
	EXPECT("session's connection ids", ids, sizeof(ids));
}

static void
test_session(void)
{
	uint8_t text[SESSION_TEXT_HEADER + 4 + 5];
	struct end *a = &ends[0], *b = &ends[1];
	struct chain chain;
	struct chain_link link;
	struct putter p;

	make_end(a, &anna, &bert);
	make_end(b, &bert, &anna);
	example_draws = "\xa2\xb2"; /* the ephemeral keys */
	session_start(a->session);
	EXPECT("handshake record 1", a->record, a->len);
	expect_handshake("HANDSHAKE 1", HANDSHAKE_1, a, pair.connection_tx,
	    pair.probe.tx);
	hand_over(a, b);
	EXPECT("handshake record 2", b->record, b->len);
	expect_handshake("HANDSHAKE 2", HANDSHAKE_2, b, pair.connection_rx,
	    pair.probe.rx);
	hand_over(b, a);
	EXPECT("handshake record 3", a->record, a->len);
	hand_over(a, b);
	EXPECT("READY record", b->record, b->len);
	memcpy(ready, b->record, ready_len = b->len);
	hand_over(b, a);
	expect_packet_keys(a);
	EXPECT("epoch 1 data key, anna to bert", a->keys.tx, SIPHASH_KEY);
	EXPECT("epoch 1 data key, bert to anna", a->keys.rx, SIPHASH_KEY);
	CU_ASSERT_EQUAL(memcmp(a->keys.tx, b->keys.rx, SIPHASH_KEY), 0);
	CU_ASSERT_TRUE(!a->send_now && b->send_now);

	example_draws = "\xa8";
	chain_begin(&chain);
	link = chain_add(&chain,
	    &(struct chain_text){ 1, 0, { anna.nick, 4 }, { "hello", 5 } });
	EXPECT("chain", chain.hash, CHAIN_LEN);
	put_init(&p, text, sizeof(text));
	put_u64(&p, 1);
	put_u8(&p, 0);
	put_u64(&p, link.before);
	put_bytes(&p, link.chain, CHAIN_LEN);
	put_u8(&p, 4);
	put_bytes(&p, anna.nick, 4);
	put_bytes(&p, "hello", 5);
	CU_ASSERT_EQUAL(session_send(a->session, NOW, SESSION_TEXT, text,
			    put_length(&p)),
	    0);
	EXPECT("TEXT record", a->record, a->len);
	memcpy(said, a->record, said_len = a->len);
	hand_over(a, b);
	CU_ASSERT_EQUAL(b->content_len, sizeof(text));
	CU_ASSERT_EQUAL(memcmp(b->content, text, sizeof(text)), 0);
	session_free(a->session);
	session_free(b->session);
}

/* Returns the next DATA packet of a transport, with the keys of epoch 1. */
static size_t
output(struct transport *t, uint64_t now, uint64_t connection,
    const uint8_t *key, uint8_t *packet, struct wire_data *d)
{
	static uint8_t frames[1164];

	*d = (struct wire_data){
		.epoch = 1,
		.connection = connection,
		.frames = frames,
	};
	d->frames_len =
	    transport_output(t, now, &d->number, frames, sizeof(frames));
	return wire_put_data(packet, d, key);
}

static void
test_transport(void)
{
	struct transport_pool pool = { 0 };
	struct transport *a = transport_new(&pool), *b = transport_new(&pool);
	const struct end *e = &ends[0];
	uint8_t packet[WIRE_MAX];
	struct wire_data d;
	size_t len;

	transport_queue(b, ready, ready_len);
	len = output(b, NOW, e->packets.connection_rx, e->keys.rx, packet, &d);
	EXPECT("DATA, bert's first", packet, len);
	CU_ASSERT_EQUAL(transport_input(a, NOW, d.number, d.frames,
			    d.frames_len),
	    0);
	/* Anna says something 2 ms later. */
	transport_queue(a, said, said_len);
	len = output(a, NOW + 2000, e->packets.connection_tx, e->keys.tx,
	    packet, &d);
	EXPECT("DATA, anna's first", packet, len);
	CU_ASSERT_EQUAL(transport_input(b, NOW + 2000, d.number, d.frames,
			    d.frames_len),
	    0);
	CU_ASSERT_EQUAL(transport_acked(b), ready_len);
	transport_free(a);
	transport_free(b);
}

/* --- All of it ------------------------------------------------------------ */

static void
test_complete(void)
{
	CU_ASSERT_EQUAL(document_left(), 0);
}

void
protocol_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("protocol: the worked example", set_up, tear_down);

	CU_add_test(s, "room", test_room);
	CU_add_test(s, "room name", test_room_name);
	CU_add_test(s, "people", test_people);
	CU_add_test(s, "joining", test_join);
	CU_add_test(s, "welcome and heartbeats", test_welcome);
	CU_add_test(s, "roster", test_roster);
	CU_add_test(s, "probes", test_pair);
	CU_add_test(s, "session", test_session);
	CU_add_test(s, "data packets", test_transport);
	CU_add_test(s, "nothing in the document is unchecked", test_complete);
}
