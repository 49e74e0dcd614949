/*
 * A client's cryptod as a worker. See client_worker.h.
 */
#include "tests/unit/cryptod/client/client_worker.h"

#include "cryptod/client/client.h"
#include "cryptod/client/entry.h"
#include "cryptod/claim.h"
#include "cryptod/identity.h"
#include "cryptod/join.h"

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The descriptor that the worker appends to known_peers by. */
#define KNOWN_FD 150
/* And that of the room file. */
#define ROOM_FD 151
/* And that of the access key's memory. */
#define ACCESS_FD 152

void
client_worker_run(struct child *child, void *arg)
{
	struct known_peers known = { .fd = -1 };
	struct client_secrets *secrets = crypto_secret_alloc(sizeof(*secrets));
	struct client_worker *s = arg;

	if (s->folder != NULL)
		known_peers_open(&known,
		    open(s->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		    KNOWN_FD);
	secrets->identity = s->identity;
	secrets->secret = crypto_secret_alloc(sizeof(*secrets->secret));
	if (s->room_file != NULL) {
		dup2(open(s->room_file, O_RDWR | O_CLOEXEC), ROOM_FD);
		child->control.state = AT_START;
		entry_identify(child, &s->config, ROOM_FD);
		child->control.state = AT_WORK;
		entry_read(secrets, ROOM_FD,
		    (enum secret_kind)s->config.secret);
	}
	if (s->access != NULL) {
		dup2(open(s->access, O_RDWR | O_CLOEXEC), ACCESS_FD);
		entry_read_access(secrets, ACCESS_FD);
	}
	cryptod_client_run(child, &s->config, secrets, &known);
}

struct ipc_channel *
client_worker_netd(struct client_worker *s)
{
	return worker_end(&s->w, ROLE_NETD);
}

struct ipc_channel *
client_worker_ui(struct client_worker *s)
{
	return worker_end(&s->w, ROLE_UI);
}

void
client_worker_prepare(struct client_worker *s)
{
	memset(s, 0, sizeof(*s));
	s->config = (struct ipc_config_cryptod){
		.mode = MODE_CLIENT,
		.run = { 5 },
		.incarnation = 3,
		.nick_len = strlen(NICK),
		.nick = NICK,
		.room_len = strlen(ROOM),
		.room = ROOM,
	};
	crypto_keypair(&s->identity);
	crypto_keypair(&s->boot);
}

void
client_worker_begin(struct client_worker *s)
{
	struct ipc_message_in in;

	worker_start(&s->w, PROCESS_CRYPTOD_CLIENT, MODE_CLIENT,
	    client_worker_run, s);
	/* No texts were said before. */
	worker_says(client_worker_ui(s), IPC_RECALL_END, &in);
}

void
client_worker_local(struct client_worker *s, uint16_t port)
{
	const struct ipc_local body = { .port = port,
		.count = 1,
		.hosts = { { .port = port } } };

	CU_ASSERT_EQUAL(ipc_send(client_worker_netd(s), IPC_LOCAL, &body, NULL,
			    0),
	    0);
}

void
client_worker_check_ready(struct client_worker *s, uint16_t port,
    const char *nick)
{
	const struct ipc_client_ready *ready;
	uint8_t fingerprint[FINGERPRINT_LEN];
	struct ipc_message_in in;

	ready = worker_says(client_worker_ui(s), IPC_CLIENT_READY, &in);
	identity_fingerprint(fingerprint, s->identity.public_key);
	CU_ASSERT_EQUAL(ready->port, port);
	CU_ASSERT_EQUAL(memcmp(ready->fingerprint, fingerprint,
			    FINGERPRINT_LEN),
	    0);
	CU_ASSERT_EQUAL(in.tail_len, strlen(nick));
	CU_ASSERT_EQUAL(memcmp(in.tail, nick, in.tail_len), 0);
}

void
client_worker_open(struct client_worker *s)
{
	client_worker_prepare(s);
	client_worker_begin(s);
	client_worker_local(s, 4545);
	client_worker_check_ready(s, 4545, NICK);
}

void
client_worker_cookie(struct client_worker *s)
{
	struct ipc_boot_cookie cookie = { .addr.port = 9595, .start = { 8 } };

	memcpy(cookie.boot_key, s->boot.public_key, X25519_LEN);
	ipc_send(client_worker_netd(s), IPC_BOOT_COOKIE, &cookie, NULL, 0);
}

void
client_worker_join(struct client_worker *s, struct bootmsg_join *join)
{
	client_worker_cookie(s);
	client_worker_joins(s, join);
}

void
client_worker_joins(struct client_worker *s, struct bootmsg_join *join)
{
	static uint8_t payload[WIRE_MAX];
	const struct ipc_boot_cookie cookie = { .start = { 8 } };
	struct ipc_message_in in;
	size_t len;

	worker_says(client_worker_netd(s), IPC_BOOT_JOIN, &in);
	join_handshake(&s->noise, false, cookie.start, &s->boot, NULL);
	CU_ASSERT_EQUAL_FATAL(noise_read(&s->noise, in.tail, in.tail_len,
				  payload, &len),
	    0);
	CU_ASSERT_EQUAL_FATAL(bootmsg_get_join(payload, len, join), 0);
}

static size_t
write_welcome(struct client_worker *s, uint8_t *message)
{
	const struct bootmsg_welcome w = {
		.session = 7,
		.observed = { .ip = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
		    .port = 4545 },
		.timeout_ms = 30000,
		.interval_ms = 10000,
		.version = 1,
	};
	uint8_t payload[BOOTMSG_WELCOME_MAX];
	size_t len = bootmsg_put_welcome(payload, sizeof(payload), &w);

	return noise_write(&s->noise, payload, len, message);
}

void
client_worker_welcome(struct client_worker *s)
{
	static const struct room_secret none;
	const struct ipc_boot_welcome body = { .addr.port = 9595 };
	const struct ipc_boot_session *session;
	struct bootmsg_join join;
	uint8_t message[WIRE_MAX];
	struct ipc_message_in in;
	size_t len;

	client_worker_open(s);
	client_worker_join(s, &join);
	room_derive(&s->room, s->boot.public_key, ROOM, strlen(ROOM), &none);
	CU_ASSERT_EQUAL(memcmp(&s->room.tag, &join.tag, ROOM_TAG_LEN), 0);
	claim_id(&s->id, join.token, join.commitment);
	len = write_welcome(s, message);
	ipc_send(client_worker_netd(s), IPC_BOOT_WELCOME, &body, message,
	    len - 1);
	worker_is_silent(&s->w, client_worker_netd(s));
	ipc_send(client_worker_netd(s), IPC_BOOT_WELCOME, &body, message, len);
	session = worker_says(client_worker_netd(s), IPC_BOOT_SESSION, &in);
	CU_ASSERT_EQUAL(session->session, 7);
	CU_ASSERT_EQUAL(session->interval_ms, 10000);
	/* The bootnode has proved its key. */
	worker_says(&s->w.launcher, IPC_REMEMBER, &in);
	CU_ASSERT_EQUAL(memcmp(in.body, s->boot.public_key, X25519_LEN), 0);
}

static void
put_member(struct putter *p, const struct room *room, const struct peer_id *id)
{
	const struct card card = { .incarnation = 1,
		.serial = 1,
		.nonce = { id->bytes[0] } };
	uint8_t sealed[CARD_MAX];
	const struct bootmsg_entry e = { .what = MEMBER_JOINED,
		.id = *id,
		.card = sealed,
		.card_len = card_seal(&card, room, id, sealed) };

	bootmsg_put_entry(p, &e);
}

/* The roster: we are in it, and that one. */
static void
roster(struct client_worker *s, const struct peer_id *other)
{
	const struct bootmsg_head head = { .kind = BOOTMSG_ROSTER,
		.flags = BOOTMSG_LAST,
		.version = 1 };
	const struct ipc_boot_sealed body = { .counter = 0 };
	uint8_t tx[KEY_LEN], rx[KEY_LEN], nonce[GCM_NONCE_LEN];
	uint8_t plain[WIRE_SEALED_MAX], sealed[WIRE_MAX];
	bool first = memcmp(&s->id, other, sizeof(*other)) < 0;
	struct putter p;

	noise_split(&s->noise, tx, rx);
	put_init(&p, plain, sizeof(plain));
	bootmsg_put_head(&p, &head);
	put_member(&p, &s->room, first ? &s->id : other);
	put_member(&p, &s->room, first ? other : &s->id);
	crypto_counter_nonce(nonce, 0);
	crypto_seal(sealed, tx, nonce, NULL, 0, plain, put_length(&p));
	ipc_send(client_worker_netd(s), IPC_BOOT_SEALED, &body, sealed,
	    put_length(&p) + TAG_LEN);
}

peer_handle
client_worker_list(struct client_worker *s, const struct peer_id *other)
{
	const struct ipc_bootnode *bootnode;
	const struct ipc_peer_state *state;
	const struct ipc_peer_add *add;
	struct ipc_message_in in;
	peer_handle handle;

	roster(s, other);
	add = worker_says(client_worker_netd(s), IPC_PEER_ADD, &in);
	handle = add->handle;
	CU_ASSERT_EQUAL(memcmp(&add->peer, other, sizeof(*other)), 0);
	state = worker_says_yet(client_worker_ui(s), IPC_PEER, &in);
	CU_ASSERT_EQUAL(state->handle, handle);
	CU_ASSERT_EQUAL(state->state, PEER_CONNECTING);
	bootnode = worker_says_yet(client_worker_ui(s), IPC_BOOTNODE, &in);
	CU_ASSERT_EQUAL(bootnode->status, BOOT_JOINED);
	worker_says_yet(client_worker_netd(s), IPC_BOOT_VERSION, &in);
	return handle;
}
