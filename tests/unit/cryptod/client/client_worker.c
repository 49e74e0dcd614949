/*
 * A client's cryptod as a worker. See client_worker.h.
 */
#include "tests/unit/cryptod/client/client_worker.h"

#include "cryptod/client/client.h"
#include "cryptod/identity.h"
#include "cryptod/join.h"

#include <CUnit/CUnit.h>

#include <string.h>

static void
run(struct child *child, void *arg)
{
	struct known_peers known = { .fd = -1 };
	struct client_secrets *secrets = crypto_secret_alloc(sizeof(*secrets));
	struct client_worker *s = arg;

	secrets->identity = s->identity;
	secrets->passphrase = crypto_secret_alloc(sizeof(*secrets->passphrase));
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

	worker_start(&s->w, PROCESS_CRYPTOD_CLIENT, MODE_CLIENT, run, s);
	/* Nothing was said before. */
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
client_worker_join(struct client_worker *s, struct bootmsg_join *join)
{
	static uint8_t payload[WIRE_MAX];
	struct ipc_boot_cookie cookie = { .addr.port = 9595, .start = { 8 } };
	struct ipc_message_in in;
	size_t len;

	memcpy(cookie.boot_key, s->boot.public_key, X25519_LEN);
	ipc_send(client_worker_netd(s), IPC_BOOT_COOKIE, &cookie, NULL, 0);
	worker_says(client_worker_netd(s), IPC_BOOT_JOIN, &in);
	join_handshake(&s->noise, false, cookie.start, &s->boot, NULL);
	CU_ASSERT_EQUAL_FATAL(noise_read(&s->noise, in.tail, in.tail_len,
				  payload, &len),
	    0);
	CU_ASSERT_EQUAL_FATAL(bootmsg_get_join(payload, len, join), 0);
}
