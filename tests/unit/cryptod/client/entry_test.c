/*
 * How a client's cryptod comes to the room's secret: from the room file, or
 * from ui, once, and the cryptod after it has it from the file.
 */
#include "cryptod/access.h"
#include "cryptod/client/client.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_worker.h"
#include "tests/unit/folder.h"

#include <CUnit/CUnit.h>

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
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

/* The secret of an invite may begin with any byte: one that is 0 is not the
 * memory of a secret that is still to come. */
static void
test_plain_invite(void)
{
	static const char bytes[INVITE_SECRET_LEN] = { 0, 1, (char)0xff };
	struct client_worker s;

	begin(&s, SECRET_INVITE, "");
	worker_stop(&s.w);
	folder_put(&folder, "room", bytes, sizeof(bytes));
	client_worker_begin(&s);
	client_worker_local(&s, 4545);
	client_worker_check_ready(&s, 4545, NICK);
	client_worker_cookie(&s);
	check_joins(&s, SECRET_INVITE, bytes, sizeof(bytes));
	worker_stop(&s.w);
	folder_remove(&folder);
}

/* Memory that nobody has written to has none. */
static void
test_blank(void)
{
	static const char blank[ROOM_FILE_BYTES];
	struct ipc_message_in in;
	struct client_worker s;

	begin(&s, SECRET_INVITE, "");
	worker_stop(&s.w);
	folder_put(&folder, "room", blank, sizeof(blank));
	client_worker_begin(&s);
	worker_says(client_worker_ui(&s), IPC_SECRET_WANTED, &in);
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

/* --- Access keys ---------------------------------------------------------- */

#define HEX_1 "01000000000000000000000000000000"
#define HEX_0 "00000000000000000000000000000000"
#define HEX_5 "0505050505050505050505050505050505050505050505050505050505050505"
#define HEX_6 "0606060606060606060606060606060606060606060606060606060606060606"

/* Memory with an access key is a file here. Returns its path. */
static const char *
memory(const char *text)
{
	static char at[300];

	(void)snprintf(at, sizeof(at), "%s/access", folder.path);
	folder_put(&folder, "access", text, strlen(text));
	return at;
}

static void
check_memory(const char *want)
{
	char text[256] = "";
	int fd = openat(folder.fd, "access", O_RDONLY | O_CLOEXEC);

	CU_ASSERT(read(fd, text, sizeof(text) - 1) >= 0);
	CU_ASSERT_STRING_EQUAL(text, want);
	close(fd);
}

/* netd is given what follows from the key of these bytes, before all else. */
static void
check_tells_netd(struct client_worker *s, uint8_t byte)
{
	uint8_t key[ACCESS_KEY_LEN], mac_key[SIPHASH_KEY];
	const struct ipc_boot_access *body;
	struct ipc_message_in in;

	memset(key, byte, sizeof(key));
	access_derive(mac_key, key);
	body = worker_says(client_worker_netd(s), IPC_BOOT_ACCESS, &in);
	CU_ASSERT_EQUAL(memcmp(body->mac_key, mac_key, SIPHASH_KEY), 0);
}

/* That of the options; a netd that comes later gets it as well. */
static void
test_access_of_options(void)
{
	struct client_worker s;

	folder_open(&folder);
	(void)snprintf(path, sizeof(path), "%s/room", folder.path);
	prepare(&s, SECRET_PASSPHRASE, WORDS);
	s.access = memory("anna " HEX_5 "\n");
	client_worker_begin(&s);
	check_tells_netd(&s, 5);
	worker_replace(&s.w, ROLE_NETD);
	check_tells_netd(&s, 5);
	worker_stop(&s.w);
	check_memory("anna " HEX_5 "\n");
	folder_remove(&folder);
}

/* That of the room file counts more, and other rooms get it, too. */
static void
test_access_of_file(void)
{
	static const char *const before[] = { "",
		"a-long-name-for-one-key " HEX_6 "\n" };
	struct client_worker s;

	for (size_t i = 0; i < 2; i++) {
		folder_open(&folder);
		(void)snprintf(path, sizeof(path), "%s/room", folder.path);
		prepare(&s, SECRET_PASSPHRASE,
		    "gochat room 1\naccess " HEX_5 "\npassphrase " WORDS "\n");
		s.access = memory(before[i]);
		client_worker_begin(&s);
		check_tells_netd(&s, 5);
		worker_stop(&s.w);
		check_memory("invite " HEX_5 "\n");
		folder_remove(&folder);
	}
}

/* That of an invite comes from ui; it is kept for the next cryptod. */
static void
test_access_of_invite(void)
{
	char bytes[INVITE_SECRET_LEN + ACCESS_KEY_LEN] = { 1 };
	struct ipc_message_in in;
	struct client_worker s;

	memset(bytes + INVITE_SECRET_LEN, 5, ACCESS_KEY_LEN);
	folder_open(&folder);
	(void)snprintf(path, sizeof(path), "%s/room", folder.path);
	prepare(&s, SECRET_INVITE, "");
	s.access = memory("");
	client_worker_begin(&s);
	worker_says(client_worker_ui(&s), IPC_SECRET_WANTED, &in);
	say_secret(&s, SECRET_INVITE, bytes, sizeof(bytes));
	check_tells_netd(&s, 5);
	client_worker_local(&s, 4545);
	client_worker_check_ready(&s, 4545, NICK);
	client_worker_cookie(&s);
	check_joins(&s, SECRET_INVITE, bytes, INVITE_SECRET_LEN);
	worker_stop(&s.w);
	check_file("gochat room 1\naccess " HEX_5 "\ninvite " HEX_1 "\n");
	check_memory("invite " HEX_5 "\n");
	client_worker_begin(&s);
	check_tells_netd(&s, 5);
	worker_stop(&s.w);
	folder_remove(&folder);
}

/* --- Rooms that are remembered -------------------------------------------- */

/* The launcher passes a file, and hears what became of it. */
static void
pass_file(struct client_worker *s, int flags, int error)
{
	int fd = openat(folder.fd, "kept", flags | O_CREAT | O_TRUNC, 0600);
	const struct ipc_room_kept *kept;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(ipc_send_fd(&s->w.launcher, IPC_ROOM_FILE, NULL, fd),
	    0);
	close(fd);
	kept = worker_says(&s->w.launcher, IPC_ROOM_KEPT, &in);
	CU_ASSERT_EQUAL(kept->error, error);
}

/* All that it takes is in the file, the secret, too, which cryptod itself has
 * forgotten by then. */
static void
test_kept(void)
{
	static const char *const files[] = { WORDS, FILE_TEXT };
	char want[512], text[512];
	struct client_worker s;
	ssize_t n;
	int fd;

	for (size_t i = 0; i < 2; i++) {
		folder_open(&folder);
		(void)snprintf(path, sizeof(path), "%s/room", folder.path);
		prepare(&s, SECRET_PASSPHRASE, files[i]);
		memcpy(s.config.bootnode, "b:9595", 6);
		s.config.remembered = 1;
		s.config.boot_key[0] = 1;
		memcpy(s.config.identity, "work", 4);
		s.access = i == 0 ? memory("anna " HEX_5 "\n") : NULL;
		client_worker_begin(&s);
		pass_file(&s, O_WRONLY, 0);
		(void)snprintf(want, sizeof(want),
		    "gochat room 1\nname " ROOM "\nbootnode b:9595\n"
		    "key " HEX_1 HEX_0 "\nidentity work\n%s"
		    "passphrase " WORDS "\n",
		    i == 0 ? "access " HEX_5 "\n" : "");
		fd = openat(folder.fd, "kept", O_RDONLY | O_CLOEXEC);
		n = read(fd, text, sizeof(text) - 1);
		text[n > 0 ? n : 0] = '\0';
		CU_ASSERT_STRING_EQUAL(text, want);
		close(fd);
		pass_file(&s, O_RDONLY, EBADF);
		worker_stop(&s.w);
		folder_remove(&folder);
	}
}

/* Of what cryptod's filter allows: writes to the number that the file is to be
 * put at, and to none below. */
static void
run_filtered(struct child *child, void *arg)
{
	const struct scmp_arg_cmp below = { .arg = 0,
		.op = SCMP_CMP_LT,
		.datum_a = FD_ARRIVED };
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);

	if (ctx == NULL ||
	    seccomp_rule_add_array(ctx, SCMP_ACT_KILL_PROCESS, SCMP_SYS(write),
		1, &below) != 0 ||
	    seccomp_load(ctx) != 0)
		_exit(254);
	seccomp_release(ctx);
	client_worker_run(child, arg);
}

/* While both neighbours are being restarted, the file comes with the number of
 * one of them. */
static void
test_kept_alone(void)
{
	struct ipc_message_in in;
	struct client_worker s;

	folder_open(&folder);
	(void)snprintf(path, sizeof(path), "%s/room", folder.path);
	prepare(&s, SECRET_PASSPHRASE, WORDS);
	s.config.remembered = 1;
	worker_start(&s.w, PROCESS_CRYPTOD_CLIENT, MODE_CLIENT, run_filtered,
	    &s);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	worker_lose(&s.w, ROLE_NETD);
	worker_lose(&s.w, ROLE_UI);
	worker_settles(&s.w);
	pass_file(&s, O_WRONLY, 0);
	worker_replace(&s.w, ROLE_UI);
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	pass_file(&s, O_WRONLY, 0);
	worker_stop(&s.w);
	folder_remove(&folder);
}

/* Before all of it is known, nothing is written. */
static void
test_too_early(void)
{
	struct ipc_message_in in;
	struct client_worker s;

	begin(&s, SECRET_PASSPHRASE, "");
	worker_says(client_worker_ui(&s), IPC_SECRET_WANTED, &in);
	pass_file(&s, O_WRONLY, EAGAIN);
	say_secret(&s, SECRET_PASSPHRASE, WORDS, strlen(WORDS));
	worker_settles(&s.w);
	pass_file(&s, O_WRONLY, EAGAIN);
	worker_stop(&s.w);
	folder_remove(&folder);
}

/* What room it is, cryptod reads out of the file. */
static void
test_identified(void)
{
	const struct ipc_room_is *is;
	struct ipc_message_in in;
	struct client_worker s;

	folder_open(&folder);
	(void)snprintf(path, sizeof(path), "%s/room", folder.path);
	prepare(&s, SECRET_NONE,
	    "gochat room 1\nname cellar\nbootnode c:95\nkey " HEX_1 HEX_0 "\n");
	s.config.file = 3;
	s.config.room_len = 0;
	worker_start(&s.w, PROCESS_CRYPTOD_CLIENT, MODE_CLIENT,
	    client_worker_run, &s);
	s.w.launcher.state = AT_START;
	is = worker_says(&s.w.launcher, IPC_ROOM_IS, &in);
	CU_ASSERT(is->boot_key[0] == 1 && is->secret == SECRET_NONE);
	CU_ASSERT(is->bootnode_len == 4 && is->room_len == 6);
	CU_ASSERT_EQUAL(memcmp(in.tail, "c:95cellar", 10), 0);
	s.w.launcher.state = AT_WORK;
	worker_says(client_worker_ui(&s), IPC_RECALL_END, &in);
	/* The key is the one that is remembered. */
	memset(s.boot.public_key, 0, sizeof(s.boot.public_key));
	client_worker_local(&s, 4545);
	client_worker_check_ready(&s, 4545, NICK);
	client_worker_cookie(&s);
	worker_says(client_worker_netd(&s), IPC_BOOT_JOIN, &in);
	CU_ASSERT_EQUAL(in.tail_len, 0);
	worker_stop(&s.w);
	folder_remove(&folder);
}

static void
test_not_identified(void)
{
	static const struct {
		const char *text, *line;
	} cases[] = {
		{ "gochat room 1\nname cellar\nbootnode c:95\n",
		    "rooms/0003 in the state folder, line 3: expected name, "
		    "bootnode and key in all" },
		{ "gochat room 1\nkey 1\n",
		    "rooms/0003 in the state folder, line 2: expected one key "
		    "of 64 hexadecimal digits" },
		{ "",
		    "rooms/0003 in the state folder, line 1: expected "
		    "\"gochat room 1\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct client_worker s;

		folder_open(&folder);
		(void)snprintf(path, sizeof(path), "%s/room", folder.path);
		prepare(&s, SECRET_NONE, cases[i].text);
		s.config.file = 3;
		worker_start(&s.w, PROCESS_CRYPTOD_CLIENT, MODE_CLIENT,
		    client_worker_run, &s);
		worker_logs(&s.w, cases[i].line);
		worker_ends(&s.w, CHILD_NO_ROOM);
		check_file(cases[i].text);
		folder_remove(&folder);
	}
}

void
entry_suite(void)
{
	CU_pSuite s = CU_add_suite("entry", crypto_setup, NULL);

	CU_add_test(s, "a secret that is wanted", test_wanted);
	CU_add_test(s, "an invite's", test_invite);
	CU_add_test(s, "one of the options", test_plain);
	CU_add_test(s, "an invite of the options", test_plain_invite);
	CU_add_test(s, "memory without a secret", test_blank);
	CU_add_test(s, "another kind", test_other_kind);
	CU_add_test(s, "an access key of the options", test_access_of_options);
	CU_add_test(s, "one of the room file", test_access_of_file);
	CU_add_test(s, "one of an invite", test_access_of_invite);
	CU_add_test(s, "a room that is remembered", test_kept);
	CU_add_test(s, "while its neighbours are gone", test_kept_alone);
	CU_add_test(s, "and is not known yet", test_too_early);
	CU_add_test(s, "a room out of its file", test_identified);
	CU_add_test(s, "a file that is no room", test_not_identified);
}
