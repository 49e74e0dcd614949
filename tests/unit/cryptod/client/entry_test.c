/*
 * How a client's cryptod comes to the room's secret: from the room file, or
 * from ui, once, and the cryptod after it has it from the file.
 */
#include "cryptod/client/client.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_worker.h"
#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void entry_suite(void);

#define WORDS	  "open sesame"
#define FILE_TEXT "gochat room 1\npassphrase " WORDS "\n"

static struct folder folder;
static char path[300];

static void
prepare(struct client_worker *s, enum secret_kind kind, const char *text)
{
	client_worker_prepare(s);
	s->config.secret = (uint8_t)kind;
	s->room_file = path;
	folder_put(&folder, "room", text, strlen(text));
}

static void
begin(struct client_worker *s, enum secret_kind kind, const char *text)
{
	folder_open(&folder);
	(void)snprintf(path, sizeof(path), "%s/room", folder.path);
	prepare(s, kind, text);
	client_worker_begin(s);
}

static void
say_secret(struct client_worker *s, enum secret_kind kind, const char *text,
    size_t len)
{
	const struct ipc_secret body = { .kind = (uint8_t)kind };

	CU_ASSERT_EQUAL(ipc_send(client_worker_ui(s), IPC_SECRET, &body, text,
			    len),
	    0);
}

/* The JOIN that comes is for the room with this secret. */
static void
check_joins(struct client_worker *s, enum secret_kind kind, const char *text,
    size_t len)
{
	struct room_secret secret = { .kind = kind, .len = len };
	struct bootmsg_join join;
	struct room room;

	memcpy(secret.bytes, text, len);
	room_derive(&room, s->boot.public_key, ROOM, strlen(ROOM), &secret);
	client_worker_joins(s, &join);
	CU_ASSERT_EQUAL(memcmp(&room.tag, &join.tag, ROOM_TAG_LEN), 0);
}

static void
check_file(const char *want)
{
	char text[ROOM_FILE_BYTES + 1] = "";
	int fd = openat(folder.fd, "room", O_RDONLY | O_CLOEXEC);

	CU_ASSERT(read(fd, text, sizeof(text) - 1) >= 0);
	CU_ASSERT_STRING_EQUAL(text, want);
	close(fd);
}

/* cryptod takes part in nothing before it has the secret; the cookie that came
 * meanwhile is answered then. */
static void
test_wanted(void)
{
	struct ipc_message_in in;
	struct client_worker s;

	begin(&s, SECRET_PASSPHRASE, "");
	worker_says(client_worker_ui(&s), IPC_SECRET_WANTED, &in);
	client_worker_local(&s, 4545);
	client_worker_check_ready(&s, 4545, NICK);
	client_worker_cookie(&s);
	worker_is_silent(&s.w, client_worker_netd(&s));
	say_secret(&s, SECRET_PASSPHRASE, WORDS, strlen(WORDS));
	check_joins(&s, SECRET_PASSPHRASE, WORDS, strlen(WORDS));
	check_file(FILE_TEXT);
	/* A second answer counts for nothing, and nobody is asked again. */
	say_secret(&s, SECRET_PASSPHRASE, "other", 5);
	worker_settles(&s.w);
	check_file(FILE_TEXT);
	worker_replace(&s.w, ROLE_UI);
	client_worker_check_ready(&s, 4545, NICK);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	worker_is_silent(&s.w, client_worker_ui(&s));
	worker_stop(&s.w);

	/* The next cryptod does not ask. */
	client_worker_begin(&s);
	client_worker_local(&s, 4545);
	client_worker_check_ready(&s, 4545, NICK);
	client_worker_cookie(&s);
	check_joins(&s, SECRET_PASSPHRASE, WORDS, strlen(WORDS));
	worker_stop(&s.w);
	folder_remove(&folder);
}

/* An invite's secret is bytes; a bootnode whose key is known makes no
 * difference. A ui that comes later is asked, too. */
static void
test_invite(void)
{
	static const char bytes[INVITE_SECRET_LEN] = { 1, 0, (char)0xff };
	const struct ipc_invite *invite;
	struct ipc_message_in in;
	struct client_worker s;

	begin(&s, SECRET_INVITE, "");
	worker_says(client_worker_ui(&s), IPC_SECRET_WANTED, &in);
	worker_stop(&s.w);
	s.config.pinned = 1;
	memcpy(s.config.boot_key, s.boot.public_key, X25519_LEN);
	memcpy(s.config.bootnode, "b:9595", 6);
	client_worker_begin(&s);
	worker_says(client_worker_ui(&s), IPC_SECRET_WANTED, &in);
	worker_replace(&s.w, ROLE_UI);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	worker_says(client_worker_ui(&s), IPC_SECRET_WANTED, &in);
	say_secret(&s, SECRET_INVITE, bytes, sizeof(bytes));
	client_worker_local(&s, 4545);
	client_worker_check_ready(&s, 4545, NICK);
	client_worker_cookie(&s);
	check_joins(&s, SECRET_INVITE, bytes, sizeof(bytes));
	ipc_send(client_worker_ui(&s), IPC_INVITE_ASK, NULL, NULL, 0);
	invite = worker_says(client_worker_ui(&s), IPC_INVITE, &in);
	CU_ASSERT_EQUAL(invite->state, INVITE_MADE);
	worker_stop(&s.w);
	folder_remove(&folder);
}

/* What the options gave is there alone. */
static void
test_plain(void)
{
	struct client_worker s;

	begin(&s, SECRET_PASSPHRASE, WORDS);
	client_worker_local(&s, 4545);
	client_worker_check_ready(&s, 4545, NICK);
	client_worker_cookie(&s);
	check_joins(&s, SECRET_PASSPHRASE, WORDS, strlen(WORDS));
	/* Nobody has asked. */
	say_secret(&s, SECRET_PASSPHRASE, "other", 5);
	worker_settles(&s.w);
	check_file(WORDS);
	worker_stop(&s.w);
	folder_remove(&folder);
}

/* ui asked for a passphrase and brings an invite: one of the two is wrong. */
static void
test_other_kind(void)
{
	static const char bytes[INVITE_SECRET_LEN];
	struct ipc_message_in in;
	struct client_worker s;

	begin(&s, SECRET_PASSPHRASE, "");
	worker_says(client_worker_ui(&s), IPC_SECRET_WANTED, &in);
	say_secret(&s, SECRET_INVITE, bytes, sizeof(bytes));
	worker_blames(&s.w, ROLE_UI, IPC_SECRET);
	folder_remove(&folder);
}

void
entry_suite(void)
{
	CU_pSuite s = CU_add_suite("entry", crypto_setup, NULL);

	CU_add_test(s, "a secret that is wanted", test_wanted);
	CU_add_test(s, "an invite's", test_invite);
	CU_add_test(s, "one of the options", test_plain);
	CU_add_test(s, "another kind", test_other_kind);
}
