/*
 * The configuration of each process, made from the options.
 */
#include "launcher/configure.h"
#include "launcher/nodes.h"

#include "tests/unit/forked.h"
#include "tests/unit/launcher/options_trial.h"

#include <CUnit/CUnit.h>

#include <pwd.h>
#include <string.h>
#include <unistd.h>

void configure_suite(void);

/* Parses a client's options, with these flags. */
static struct options
options_with(const char *one, const char *other)
{
	struct trial t = { .flags = { "gochat", "--bootnode", "192.0.2.1",
			       "--room", "r", "--nick", "n" } };

	return trial_options(&t, one, other);
}

/* Each ui of a run numbers its messages from a number of its own, above all
 * that an earlier ui could have used. */
static void
test_ui(void)
{
	struct options o = options_with("--ui=json", NULL);
	struct ipc_config_ui c, next;
	struct room room = { .name = "r", .secret = SECRET_INVITE };

	configure_ui(&c, &o, 1, "/here", &room);
	CU_ASSERT_EQUAL(c.first_seq, 1);
	CU_ASSERT_FALSE(c.restarted);
	CU_ASSERT_EQUAL(c.kind, UI_JSON);
	CU_ASSERT_STRING_EQUAL(c.state_dir, "/here");
	CU_ASSERT_STRING_EQUAL(c.identity, "");
	CU_ASSERT_EQUAL(c.secret, SECRET_INVITE);
	CU_ASSERT_EQUAL(c.room_len, 1);
	CU_ASSERT_STRING_EQUAL(c.room, "r");
	configure_ui(&next, &o, 2, "/here", &room);
	CU_ASSERT_EQUAL(next.first_seq, 1 | 1ULL << 32);
	CU_ASSERT_TRUE(next.restarted);
	configure_ui(&next, &o, 4, "/here", &room);
	CU_ASSERT_EQUAL(next.first_seq, 1 | 3ULL << 32);
}

/* The name of the identity is for cryptod, which has the key, and for ui, which
 * shows the name. */
static void
test_identity(void)
{
	struct options o = options_with("--identity=work", NULL);
	struct room room = { .incarnation = 1, .identity = "work" };
	struct ipc_config_cryptod c;
	struct ipc_config_ui u;

	configure_cryptod(&c, &o, &room);
	CU_ASSERT_STRING_EQUAL(c.identity, "work");
	configure_ui(&u, &o, 1, "", &room);
	CU_ASSERT_STRING_EQUAL(u.identity, "work");
	/* One that is remembered has its own. */
	strcpy(room.identity, "home");
	configure_ui(&u, &o, 1, "", &room);
	CU_ASSERT_STRING_EQUAL(u.identity, "home");
}

static void
test_room_keep(void)
{
	char texts[ROOM_TEXTS_MAX];
	struct room room = { 0 };
	struct ipc_room r;

	for (int keep = KEEP_NOT; keep <= KEEP_DONE; keep++) {
		room.keep = (enum room_keep)keep;
		configure_room(&r, texts, &room);
		CU_ASSERT_EQUAL(r.remembered, keep == KEEP_DONE);
		CU_ASSERT_EQUAL(r.to_remember,
		    keep > KEEP_NOT && keep < KEEP_DONE);
	}
}

/* A key that was given counts more than a remembered one; the configuration
 * says which of the two it is. */
static void
test_key(void)
{
	struct room room = { .run = { 7 }, .incarnation = 3 };
	struct options o = options_with("--relay=only", NULL);
	struct ipc_config_cryptod c;

	configure_cryptod(&c, &o, &room);
	CU_ASSERT(!c.pinned && !c.remembered && c.hidden);
	CU_ASSERT_EQUAL(c.boot_key[0], 0);
	CU_ASSERT_EQUAL(c.incarnation, 3);
	CU_ASSERT_EQUAL(c.run[0], 7);
	room.remembered = true;
	room.boot_key[0] = 9;
	configure_cryptod(&c, &o, &room);
	CU_ASSERT(!c.pinned && c.remembered);
	CU_ASSERT_EQUAL(c.boot_key[0], 9);
	room.pinned = true;
	room.boot_key[0] = 5;
	configure_cryptod(&c, &o, &room);
	CU_ASSERT(c.pinned && !c.remembered);
	CU_ASSERT_EQUAL(c.boot_key[0], 5);
	o = options_with("--relay=auto", NULL);
	configure_cryptod(&c, &o, &room);
	CU_ASSERT_FALSE(c.hidden);
}

/* A new netd keeps the port of the one before. If the user asked for a port,
 * netd is told so, even if it got another one. */
static void
test_port(void)
{
	struct options o = options_with("--relay=auto", NULL);
	struct room room = { .incarnation = 1, .has_port_wanted = true };
	const struct endpoints list = { 1, { { "192.0.2.1", 9595 } } };
	struct ipc_config_netd c;

	nodes_set(&room, &list);
	configure_netd(&c, &o, 0, &room);
	CU_ASSERT(c.bind_count == 1 && !c.port_asked_for);
	CU_ASSERT_EQUAL(c.boot_addr_count, 1);
	CU_ASSERT_EQUAL(c.boot_addrs[0].ip[15], 1);
	room.incarnation = 2;
	room.port = 4747;
	configure_netd(&c, &o, 0, &room);
	CU_ASSERT(c.bind[0].port == 4747 && !c.port_asked_for);
	CU_ASSERT_EQUAL(c.incarnation, 2);
	o = options_with("--port", "4848");
	room.port = 0;
	configure_netd(&c, &o, 0, &room);
	CU_ASSERT(c.bind[0].port == 4848 && c.port_asked_for);
	/* It is for one room. */
	room.has_port_wanted = false;
	configure_netd(&c, &o, 0, &room);
	CU_ASSERT(c.bind[0].port == 0 && !c.port_asked_for);
	/* Addresses that the resolver found replace the one in the option. */
	room.boot_addrs.count = 1;
	room.boot_addrs.addrs[0].ip[15] = 77;
	configure_netd(&c, &o, 0, &room);
	CU_ASSERT_EQUAL(c.boot_addr_count, 1);
	CU_ASSERT_EQUAL(c.boot_addrs[0].ip[15], 77);
}

static void
test_bootnode(void)
{
	struct trial t = { .flags = { "gochat", "--mode", "bootnode",
			       "--listen", "192.0.2.1:9595", "--listen",
			       "192.0.2.1:9596", "--relay", "never" } };
	struct room room = { .incarnation = 1 };
	struct ipc_config_netd c;

	trial_check_text("a bootnode", trial_run(&t), "");
	/* It has the sockets, whatever the options call them. */
	configure_netd(&c, &t.o, 2, &room);
	CU_ASSERT(c.bind_count == 2 && c.bind[0].port == 0);
	CU_ASSERT_EQUAL(c.limits.relay_rate, 0);
	t.o.relay = RELAY_AUTO;
	configure_netd(&c, &t.o, 1, &room);
	CU_ASSERT_EQUAL(c.bind_count, 1);
	CU_ASSERT_EQUAL(c.limits.relay_rate, t.o.relay_rate * 1024);
}

#define STRANGE_USER 54321

static int
nobody_known(void *arg)
{
	struct trial t = { .flags = { "gochat", "--bootnode", "b", "--room",
			       "r" } };

	(void)arg;
	if (setuid(STRANGE_USER) == -1)
		return 2;
	if (*trial_run(&t) != '\0')
		return 3;
	return strcmp(t.o.nick, "anonymous") == 0 ? 0 : 1;
}

/* A user without a name gets a nickname. Only root can become such a user. */
static void
test_anonymous(void)
{
	if (geteuid() == 0)
		CU_ASSERT_EQUAL(forked(nobody_known, NULL), 0);
}

/* Who is not root stays who it is, and there is nothing to give up. */
static int
ask_as_another(void *arg)
{
	struct ipc_privileges p;

	(void)arg;
	EXPECT(geteuid() != 0 || setuid(STRANGE_USER) == 0);
	memset(&p, 0xff, sizeof(p));
	EXPECT(configure_privileges(&p) == 0);
	EXPECT(p.drop == 0 && p.uid == 0 && p.gid == 0);
	return 0;
}

/* Root becomes gochat's own user if the system has it, otherwise nobody. */
static void
test_privileges(void)
{
	const struct passwd *pw;
	struct ipc_privileges p;

	CU_ASSERT_EQUAL(forked(ask_as_another, NULL), 0);
	if (geteuid() != 0)
		return;
	memset(&p, 0xff, sizeof(p));
	CU_ASSERT_EQUAL(configure_privileges(&p), 0);
	pw = getpwnam("_gochat");
	if (pw == NULL)
		pw = getpwnam("nobody");
	CU_ASSERT_PTR_NOT_NULL_FATAL(pw);
	CU_ASSERT_EQUAL(p.drop, 1);
	CU_ASSERT_EQUAL(p.uid, pw->pw_uid);
	CU_ASSERT_EQUAL(p.gid, pw->pw_gid);
	CU_ASSERT_NOT_EQUAL(p.uid, 0);
}

void
configure_suite(void)
{
	CU_pSuite suite = CU_add_suite("configure", NULL, NULL);

	CU_add_test(suite, "ui", test_ui);
	CU_add_test(suite, "a room that is to be remembered", test_room_keep);
	CU_add_test(suite, "identity", test_identity);
	CU_add_test(suite, "the bootnode's key", test_key);
	CU_add_test(suite, "ports and addresses", test_port);
	CU_add_test(suite, "a bootnode's", test_bootnode);
	CU_add_test(suite, "a user without a name", test_anonymous);
	CU_add_test(suite, "another user", test_privileges);
}
