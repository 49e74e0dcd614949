/*
 * What the launcher does with messages of its children, and of the resolver.
 */
#include "launcher/listen.h"

#include "common/child.h"
#include "common/log.h"
#include "common/sandbox.h"
#include "launcher/children.h"
#include "launcher/logfile.h"
#include "launcher/resolve.h"

#include "tests/unit/folder.h"
#include "tests/unit/launcher/household_spawner.h"
#include "tests/unit/launcher/log_trial.h"

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void listen_suite(void);

/* --- READY ---------------------------------------------------------------- */

static void
test_ready(void)
{
	struct ipc_ready ready = { .port = 5000,
		.degraded = SANDBOX_STEPS & -SANDBOX_STEPS };
	struct household h;

	household_open(&h, MODE_BOOTNODE);
	household_start(&h, false);
	household_ready(&h, ROLE_UI);
	household_ready(&h, ROLE_CRYPTOD);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 0);
	CU_ASSERT_EQUAL(household_logged(&h, "runs without"), 0);
	household_say(&h, ROLE_NETD, IPC_READY, &ready, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "info event ready"), 1);
	CU_ASSERT_EQUAL(household_logged(&h, "info gochat-netd runs without"),
	    1);
	CU_ASSERT_EQUAL(h.s.rooms[0].port, 5000);
	/* Readiness is told once, and the port stays the first one. */
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	ready.port = 5001;
	household_say(&h, ROLE_NETD, IPC_READY, &ready, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "event ready"), 1);
	CU_ASSERT_EQUAL(h.s.rooms[0].port, 5000);
	household_close(&h);
}

/* --- Faults --------------------------------------------------------------- */

static void
accuse(struct household *h, enum role by, enum role culprit)
{
	struct ipc_fault fault = { .type = IPC_ACKED,
		.role = (uint8_t)culprit };

	household_say(h, by, IPC_FAULT, &fault, NULL);
	household_pass(h, 0);
}

/* A child may accuse its neighbours, and nobody else. */
static void
test_fault(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	accuse(&h, ROLE_CRYPTOD, ROLE_NETD);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->starts, 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error gochat-cryptod: message ACKED from "
			    "gochat-netd is not allowed: ending it"),
	    1);
	household_ready(&h, ROLE_NETD);
	household_pass(&h, 0);
	accuse(&h, ROLE_NETD, ROLE_UI);
	accuse(&h, ROLE_UI, ROLE_LAUNCHER);
	accuse(&h, ROLE_UI, ROLE_UI);
	FOREACH_CHILD (child, &h.s)
		CU_ASSERT_EQUAL(household_kills(&h, child->role), 0);
	household_close(&h);
}

/* A message that the table does not allow ends its sender. */
static void
test_not_allowed(void)
{
	static const uint16_t resolve[2] = { IPC_RESOLVE, 0 };
	struct household h;

	household_live(&h, MODE_BOOTNODE); /* a bootnode resolves nothing */
	CU_ASSERT_EQUAL(send(household_member(&h, ROLE_NETD)->channel.fd,
			    resolve, sizeof(resolve), 0),
	    (ssize_t)sizeof(resolve));
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error message RESOLVE from gochat-netd is not "
			    "allowed: ending it"),
	    1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 2);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 0);
	household_close(&h);
}

/* --- Reload --------------------------------------------------------------- */

/* ui asks while a reload is under way: it is told of the next one. The spawner
 * starts no reader here, so that each is refused. */
static void
test_reload(void)
{
	struct ipc_reload reload = { .ticket = 7 };
	struct member *ui;
	struct household h;

	household_live(&h, MODE_BOOTNODE);
	ui = household_member(&h, ROLE_UI);
	reload_want(&h.s, 0); /* SIGHUP */
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_RELOAD], 1);
	household_say(&h, ROLE_UI, IPC_RELOAD, &reload, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_RELOAD], 1);
	reload_not_started(&h.s, "no process");
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(ui->told[IPC_RELOADED], 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_RELOAD], 2);
	reload_not_started(&h.s, "no process");
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(ui->told[IPC_RELOADED], 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_RELOAD], 2); /* and no third */
	household_close(&h);
}

/* --- Addresses ------------------------------------------------------------ */

static void
ask_to_resolve(struct household *h)
{
	household_say(h, ROLE_NETD, IPC_RESOLVE, NULL, NULL);
	household_pass(h, 0);
}

static void
resolve(struct household *h, const struct resolved *r)
{
	CU_ASSERT_EQUAL(send(h->resolver, r, sizeof(*r), 0),
	    (ssize_t)sizeof(*r));
	household_pass(h, 0);
}

static void
test_resolve(void)
{
	struct resolved r = { .error = "no such name" };
	struct household h;

	household_live(&h, MODE_CLIENT);
	ask_to_resolve(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 1);
	CU_ASSERT_FALSE(children_awaited(&h.s));
	household_pass(&h, RESOLVE_SPACING);
	ask_to_resolve(&h); /* one runs already */
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 1);
	resolve(&h, &r);
	resolve(&h, &r);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "warn cannot resolve the bootnode b.example:9595: "
			    "no such name; still trying"),
	    1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->told[IPC_BOOT_ADDRS],
	    0);
	r.addrs.count = 2;
	r.addrs.addrs[1].port = 99;
	r.left_out = 3;
	resolve(&h, &r);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->addrs.count, 2);
	CU_ASSERT_EQUAL(household_logged(&h, "has 3 addresses too many"), 1);
	/* The resolver has done its work. */
	close(h.resolver);
	h.resolver = -1;
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.s.rooms[0].resolver, -1);
	/* A later netd gets these addresses, too. */
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.boot_addr_count,
	    2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)
			    ->netd.boot_addrs[1]
			    .port,
	    99);
	household_close(&h);
}

/* A resolver may not name more addresses than there is room for. */
static void
test_resolver_lies(void)
{
	struct resolved r = { .addrs.count = BOOT_ADDRS_MAX + 1 };
	struct household h;

	household_live(&h, MODE_CLIENT);
	ask_to_resolve(&h);
	resolve(&h, &r);
	CU_ASSERT_EQUAL(h.s.rooms[0].boot_addrs.count, 0);
	r.addrs.count = 0;
	memset(r.error, 'x', sizeof(r.error)); /* without a NUL */
	resolve(&h, &r);
	CU_ASSERT_EQUAL(household_logged(&h, "xxx; still trying"), 1);
	CU_ASSERT_NOT_EQUAL(h.s.rooms[0].resolver, -1);
	CU_ASSERT_EQUAL(send(h.resolver, &r, sizeof(r) - 1, 0),
	    (ssize_t)sizeof(r) - 1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.s.rooms[0].resolver, -1);
	household_close(&h);
}

/* Of two names one has an address, which netd gets; the log names the other.
 * Names are resolved again while one is still being tried. */
static void
test_resolve_some(void)
{
	struct resolved r = { .host = 1, .error = "no such name" };
	struct household h;

	household_open(&h, MODE_CLIENT);
	h.s.rooms[0].endpoints.count = 2;
	h.s.rooms[0].endpoints.at[1] = (struct endpoint){ "c.example", 95 };
	household_start(&h, true);
	household_all_ready(&h);
	resolve(&h, &r);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "warn cannot resolve the bootnode c.example:95: "
			    "no such name; still trying"),
	    1);
	household_pass(&h, RESOLVE_SPACING);
	ask_to_resolve(&h); /* there is nothing yet: they go on */
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 1);
	r = (struct resolved){ .addrs.count = 1 };
	resolve(&h, &r);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->addrs.count, 1);
	ask_to_resolve(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 2);
	/* One that is none of the room's is not looked at. */
	r.host = 2;
	resolve(&h, &r);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->told[IPC_BOOT_ADDRS],
	    1);
	household_close(&h);
}

/* Names are not resolved too often, and only if they may have another address
 * by now. */
static void
test_resolve_again(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	h.mood = SPAWNER_UNABLE;
	ask_to_resolve(&h);
	CU_ASSERT_EQUAL(household_logged(&h, "warn cannot start a resolver"),
	    1);
	CU_ASSERT_FALSE(h.s.ending);
	h.mood = SPAWNER_PROMPT;
	household_pass(&h, RESOLVE_SPACING - 1);
	ask_to_resolve(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 1);
	household_pass(&h, 1);
	ask_to_resolve(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 2);
	household_close(&h);

	household_live(&h, MODE_CLIENT);
	(void)snprintf(h.s.rooms[0].endpoints.at[0].host, HOST_MAX + 1,
	    "192.0.2.1");
	ask_to_resolve(&h);
	CU_ASSERT_EQUAL(h.wishes[WISH_RESOLVER], 0);
	household_close(&h);
}

/* --- The bootnode's key --------------------------------------------------- */

static void
test_remember(void)
{
	struct ipc_remember remember = { { 3, 4 } };
	struct folder folder;
	struct household h;
	struct ipc_config_cryptod *cryptod;
	uint8_t found[X25519_LEN];
	char err[256];

	folder_open(&folder);
	household_live(&h, MODE_CLIENT);
	cryptod = &household_member(&h, ROLE_CRYPTOD)->cryptod;
	CU_ASSERT_FALSE(cryptod->remembered);
	CU_ASSERT_EQUAL_FATAL(known_bootnodes_open(&h.s.known, folder.fd, err,
				  sizeof(err)),
	    0);
	household_say(&h, ROLE_CRYPTOD, IPC_REMEMBER, &remember, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "info remembered the bootnode's "
			    "key"),
	    1);
	household_exit(&h, ROLE_CRYPTOD, 1);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(cryptod->remembered);
	CU_ASSERT_EQUAL(memcmp(cryptod->boot_key, remember.boot_key,
			    X25519_LEN),
	    0);
	/* The same once more is no news; another is no bootnode's. */
	household_ready(&h, ROLE_CRYPTOD);
	household_say(&h, ROLE_CRYPTOD, IPC_REMEMBER, &remember, NULL);
	household_pass(&h, 0);
	CU_ASSERT_FALSE(h.s.ending);
	remember.boot_key[0]++;
	household_say(&h, ROLE_CRYPTOD, IPC_REMEMBER, &remember, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "info remembered"), 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "error the bootnode b.example:9595 of room 1 has "
			    "another key than the one that is known"),
	    1);
	CU_ASSERT_TRUE(h.s.ending);
	close(h.s.known.fd);
	CU_ASSERT_EQUAL_FATAL(known_bootnodes_open(&h.s.known, folder.fd, err,
				  sizeof(err)),
	    0);
	CU_ASSERT_EQUAL(known_bootnodes_find(&h.s.known, "b.example:9595",
			    found, err, sizeof(err)),
	    1);
	CU_ASSERT_EQUAL(found[0], 3);
	close(h.s.known.fd);
	household_close(&h);
	folder_remove(&folder);
}

/* --- The log -------------------------------------------------------------- */

static unsigned int
lines(const struct folder *f)
{
	static char text[256 * 1024];
	unsigned int count = 0;
	int fd = openat(f->fd, "log", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text));

	close(fd);
	for (ssize_t i = 0; i < n; i++)
		count += text[i] == '\n';
	return count;
}

static void
chatter(struct household *h, unsigned int count)
{
	struct ipc_log line = { .level = LOG_WARN };

	while (count-- > 0) {
		household_say(h, ROLE_NETD, IPC_LOG, &line, "text");
		if (count % 50 == 0)
			household_pass(h, 0);
	}
}

/* One process cannot fill a disk: lines beyond a limit are only counted. */
static void
test_log(void)
{
	char path[300];
	struct folder folder;
	struct household h;

	folder_open(&folder);
	(void)snprintf(path, sizeof(path), "%s/log", folder.path);
	household_live(&h, MODE_CLIENT);
	CU_ASSERT_EQUAL_FATAL(logfile_open(path, LOG_INFO, true), 0);
	household_log(&h);
	chatter(&h, LOG_LINES_MAX);
	CU_ASSERT_EQUAL(lines(&folder), LOG_LINES_MAX);
	household_pass(&h, USEC_PER_SEC - 1);
	chatter(&h, 7);
	CU_ASSERT_EQUAL(lines(&folder), LOG_LINES_MAX);
	CU_ASSERT_EQUAL(household_logged(&h, "were left out"), 0);
	household_pass(&h, 1);
	chatter(&h, 1);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "warn 7 lines of gochat-netd were left out: too "
			    "many"),
	    1);
	CU_ASSERT_EQUAL(lines(&folder), LOG_LINES_MAX + 1);
	household_pass(&h, USEC_PER_SEC);
	chatter(&h, 1);
	CU_ASSERT_EQUAL(household_logged(&h, "were left out"), 1);
	CU_ASSERT_EQUAL_FATAL(logfile_open("", LOG_INFO, true), 0);
	household_close(&h);
	folder_remove(&folder);
}

/* What ui could not deliver is told on standard error, and stands nowhere in
 * the log: there is text in it. */
static void
test_farewell(void)
{
	struct household h;

	household_live(&h, MODE_CLIENT);
	log_trial_begin_pipe(LOG_DEBUG, true);
	household_log(&h);
	household_say(&h, ROLE_UI, IPC_FAREWELL, NULL, "not sent: hello");
	household_say(&h, ROLE_UI, IPC_FAREWELL, NULL, "nor this");
	household_exit(&h, ROLE_UI, CHILD_UNDELIVERED);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "hello"), 0);
	CU_ASSERT_STRING_EQUAL(log_trial_end(false),
	    "gochat: not sent: hello\ngochat: nor this\n");
	household_check_end(&h, EXIT_UNDELIVERED, 0);
}

/* While the screen covers standard error, ui shows the lines of the log, except
 * its own. */
static void
test_notice(void)
{
	const struct log_entry held = { ROLE_NETD, LOG_WARN, false, "text", 4,
		2 };
	const struct log_entry own = { ROLE_UI, LOG_WARN, false, "text", 4, 0 };
	struct household h;

	household_live(&h, MODE_CLIENT);
	logfile_hold();
	logfile_write(&held);
	logfile_write(&own);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_NOTICE], 1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->notice.room, 2);
	/* A line that comes while there is no ui is shown by the next one. */
	h.mood = SPAWNER_SILENT;
	household_exit(&h, ROLE_UI, 1);
	household_pass(&h, 0);
	logfile_write(&held);
	household_pass(&h, 0);
	household_start_member(&h, family_find(&h.s.family, ROLE_UI, 0));
	household_pass(&h, 0);
	household_ready(&h, ROLE_UI);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_NOTICE], 1);
	logfile_release(false);
	household_close(&h);
}

/* ui is told in which room a process says it, and that the launcher's own lines
 * are of none. */
static void
test_notice_of_room(void)
{
	const struct ipc_log line = { .level = LOG_WARN };
	struct household h;
	struct member *ui;

	household_live_two(&h);
	ui = household_member(&h, ROLE_UI);
	CU_ASSERT_EQUAL(h.room, 1);
	logfile_hold();
	household_say(&h, ROLE_CRYPTOD, IPC_LOG, &line, "text");
	household_pass(&h, 1);
	CU_ASSERT_EQUAL(ui->told[IPC_NOTICE], 1);
	CU_ASSERT_EQUAL(ui->notice.room, 2);
	h.room = 0;
	household_say(&h, ROLE_CRYPTOD, IPC_LOG, &line, "text");
	household_pass(&h, 1);
	CU_ASSERT_EQUAL(ui->told[IPC_NOTICE], 2);
	CU_ASSERT_EQUAL(ui->notice.room, 1);
	logfile_write(&(
	    struct log_entry){ ROLE_LAUNCHER, LOG_WARN, false, "text", 4, 0 });
	household_pass(&h, 1);
	CU_ASSERT_EQUAL(ui->told[IPC_NOTICE], 3);
	CU_ASSERT_EQUAL(ui->notice.room, 0);
	logfile_release(false);
	household_close(&h);
}

static void
write_line(enum log_level level, bool event, const char *text)
{
	logfile_write(&(struct log_entry){ ROLE_LAUNCHER, level, event, text,
	    strlen(text), 0 });
}

/* ui hears why a room is closed while it still knows what it is called, also if
 * all its processes have ended at once. */
static void
test_notice_first(void)
{
	struct household h;
	struct member *ui;

	household_live_two(&h);
	ui = household_member(&h, ROLE_UI);
	logfile_hold();
	log_to_function(write_line);
	household_crash(&h, ROLE_CRYPTOD, SIGSYS);
	household_exit(&h, ROLE_NETD, 0);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(ui->room.state, ROOM_CLOSED);
	CU_ASSERT_NOT_EQUAL(ui->told[IPC_NOTICE], 0);
	CU_ASSERT_EQUAL(ui->rooms_then, ui->told[IPC_ROOM] - 1);
	logfile_release(false);
	household_close(&h);
}

void
listen_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("listen", household_setup, household_cleanup);

	CU_add_test(s, "READY", test_ready);
	CU_add_test(s, "FAULT", test_fault);
	CU_add_test(s, "not allowed", test_not_allowed);
	CU_add_test(s, "RELOAD", test_reload);
	CU_add_test(s, "RESOLVE", test_resolve);
	CU_add_test(s, "a resolver that lies", test_resolver_lies);
	CU_add_test(s, "one of two names is resolved", test_resolve_some);
	CU_add_test(s, "not resolved too often", test_resolve_again);
	CU_add_test(s, "REMEMBER", test_remember);
	CU_add_test(s, "LOG", test_log);
	CU_add_test(s, "FAREWELL", test_farewell);
	CU_add_test(s, "NOTICE", test_notice);
	CU_add_test(s, "NOTICE of a room", test_notice_of_room);
	CU_add_test(s, "NOTICE before a room is closed", test_notice_first);
}
