/*
 * A gochat that nobody looks at: what systemd is told, the watchdog, and who
 * gets figures when.
 */
#include "launcher/service.h"

#include "launcher/figures.h"

#include "tests/unit/folder.h"
#include "tests/unit/launcher/household.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <CUnit/CUnit.h>

#include <bsd/string.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void watchdog_suite(void);

#define WITHIN (8 * USEC_PER_SEC)
#define BEAT   (WITHIN / WATCHDOG_BEATS)

static int manager; /* systemd's end */

/* Opens a service, with systemd and its watchdog. */
static void
open_service(struct household *h)
{
	int pair[2];

	household_open(h, MODE_BOOTNODE);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0,
				  pair),
	    0);
	manager = pair[0];
	h->s.service.notify.fd = pair[1];
	h->s.service.notify.watchdog = WITHIN;
	household_start(h, false);
}

static void
close_service(struct household *h)
{
	close(manager);
	close(h->s.service.notify.fd);
	household_close(h);
}

/* Returns how often systemd was told this since the last call. */
static unsigned int
told(const char *what)
{
	unsigned int count = 0;
	char text[128];
	ssize_t n;

	while ((n = recv(manager, text, sizeof(text), MSG_DONTWAIT)) > 0)
		count += strncmp(text, what, strlen(what)) == 0;
	return count;
}

static void
test_states(void)
{
	struct household h;

	open_service(&h);
	household_ready(&h, ROLE_UI);
	household_ready(&h, ROLE_NETD);
	household_pass(&h, WITHIN);
	CU_ASSERT_EQUAL(told(""), 0);
	household_ready(&h, ROLE_CRYPTOD);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(told("READY=1\n"), 1);
	household_exit(&h, ROLE_NETD, 1);
	household_pass(&h, 0);
	household_ready(&h, ROLE_NETD);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(told("READY"), 0);
	raise(SIGTERM);
	/* Also if the state is not to be had. */
	household_pass(&h, UPGRADE_PATIENCE);
	CU_ASSERT_EQUAL(told("STOPPING=1\n"), 1);
	household_exit(&h, ROLE_UI, 0);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(told("STOPPING"), 0);
	close_service(&h);
}

static void
test_beats(void)
{
	struct household h;

	open_service(&h);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(told("WATCHDOG=1"), 1);
	household_pass(&h, BEAT - 1);
	CU_ASSERT_EQUAL(told("WATCHDOG=1"), 0);
	household_pass(&h, 1);
	CU_ASSERT_EQUAL(told("WATCHDOG=1"), 1);
	household_pass(&h, 10 * BEAT);
	CU_ASSERT_EQUAL(told("WATCHDOG=1"), 10);
	FOREACH_CHILD (child, &h.s)
		CU_ASSERT_EQUAL(household_member(&h, child->role)
				    ->told[IPC_PING],
		    12);
	CU_ASSERT_EQUAL(household_logged(&h, "does not answer"), 0);
	close_service(&h);
}

/* A child that is stuck is asked once, and reported once. */
static void
test_silent(void)
{
	struct household h;
	struct member *ui;

	open_service(&h);
	household_all_ready(&h);
	ui = household_member(&h, ROLE_UI);
	household_pass(&h, BEAT / 2);
	ui->answers = false;
	(void)told("");
	household_pass(&h, BEAT / 2);
	/* It had answered the last time. */
	CU_ASSERT_EQUAL(told("WATCHDOG=1"), 1);
	household_pass(&h, 3 * BEAT);
	CU_ASSERT_EQUAL(told(""), 0);
	CU_ASSERT_EQUAL(ui->told[IPC_PING], 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->told[IPC_PING], 5);
	CU_ASSERT_EQUAL(household_logged(&h, "warn gochat-ui does not answer"),
	    1);
	ui->answers = true;
	household_say(&h, ROLE_UI, IPC_PONG, NULL, NULL);
	household_pass(&h, BEAT);
	CU_ASSERT_EQUAL(told("WATCHDOG=1"), 1);
	/* It is reported again if it is stuck again. */
	ui->answers = false;
	household_pass(&h, 2 * BEAT);
	CU_ASSERT_EQUAL(household_logged(&h, "does not answer"), 2);
	close_service(&h);
}

/* A new process owes no answer. */
static void
test_silent_replaced(void)
{
	struct household h;

	open_service(&h);
	household_all_ready(&h);
	household_member(&h, ROLE_NETD)->answers = false;
	household_pass(&h, 2 * BEAT);
	(void)told("");
	household_crash(&h, ROLE_NETD, SIGKILL);
	household_pass(&h, 0);
	household_ready(&h, ROLE_NETD);
	household_pass(&h, BEAT);
	CU_ASSERT_EQUAL(told("WATCHDOG=1"), 1);
	close_service(&h);
}

/* --- Figures -------------------------------------------------------------- */

static void
test_signal(void)
{
	struct ipc_figures figures = { 0 };
	struct household h;
	struct member *netd;

	household_live(&h, MODE_BOOTNODE);
	netd = household_member(&h, ROLE_NETD);
	raise(SIGUSR1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(netd->told[IPC_FIGURES_ASK], 1);
	/* Only one question is open at a time. */
	raise(SIGUSR1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(netd->told[IPC_FIGURES_ASK], 1);
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_process_up"), 0);
	household_say(&h, ROLE_NETD, IPC_FIGURES, &figures, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_process_up"), 4);
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_heartbeats_total"), 1);
	/* The answer is complete. */
	household_pass(&h, 2 * FIGURES_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_process_up"), 4);
	raise(SIGUSR1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(netd->told[IPC_FIGURES_ASK], 2);
	household_close(&h);
}

/* A process that does not answer is left out, and not asked twice. */
static void
test_no_answer(void)
{
	struct ipc_figures figures = { 0 };
	struct household h;
	struct member *netd;

	household_live(&h, MODE_BOOTNODE);
	netd = household_member(&h, ROLE_NETD);
	raise(SIGUSR1);
	household_pass(&h, FIGURES_PATIENCE - 1);
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_process_up"), 0);
	household_pass(&h, 1);
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_process_up"), 4);
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_heartbeats_total"), 0);
	raise(SIGUSR1);
	household_pass(&h, FIGURES_PATIENCE);
	CU_ASSERT_EQUAL(netd->told[IPC_FIGURES_ASK], 1);
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_process_up"), 8);
	/* The answer is too late: nobody waits. */
	household_say(&h, ROLE_NETD, IPC_FIGURES, &figures, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_process_up"), 8);
	raise(SIGUSR1);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(netd->told[IPC_FIGURES_ASK], 2);
	household_close(&h);
}

static void
put_path(char *path, size_t size, const struct folder *folder)
{
	CU_ASSERT_FATAL(strlcpy(path, folder->path, size) < size);
	CU_ASSERT_FATAL(strlcat(path, "/m", size) < size);
}

/* A reader of the metrics socket gets what SIGUSR1 writes to the log. */
static void
test_reader(void)
{
	struct ipc_figures figures = { 0 };
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	char text[FIGURES_TEXT_MAX + 1] = "";
	struct folder folder;
	struct household h;
	int fd, none = -1;

	folder_open(&folder);
	household_live(&h, MODE_BOOTNODE);
	put_path(sun.sun_path, sizeof(sun.sun_path), &folder);
	CU_ASSERT_EQUAL_FATAL(metrics_open(&h.s.service.metrics, sun.sun_path,
				  &none, folder.err, sizeof(folder.err)),
	    0);
	household_pass(&h, USEC_PER_SEC);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->told[IPC_FIGURES_ASK],
	    0);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&sun, sizeof(sun)),
	    0);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->told[IPC_FIGURES_ASK],
	    1);
	household_say(&h, ROLE_NETD, IPC_FIGURES, &figures, NULL);
	household_pass(&h, 0);
	CU_ASSERT(recv(fd, text, sizeof(text) - 1, MSG_WAITALL) > 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "gochat_heartbeats_total 0"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "gochat_uptime_seconds 1\n"));
	CU_ASSERT_EQUAL(household_logged(&h, "gochat_process_up"), 0);
	close(fd);
	metrics_close(&h.s.service.metrics);
	household_close(&h);
	folder_remove(&folder);
}

/* A client is never a service; a bootnode is one, and has a metrics socket if
 * that is wanted. */
static void
test_open(void)
{
	struct options o = { .mode = MODE_CLIENT };
	struct folder folder;
	struct service v = { 0 };
	int none = -1;

	folder_open(&folder);
	setenv("NOTIFY_SOCKET", "relative", 1); /* which is wrong */
	put_path(o.metrics_socket, sizeof(o.metrics_socket), &folder);
	CU_ASSERT_EQUAL(service_open(&v, &o, 1, &none, folder.err,
			    sizeof(folder.err)),
	    0);
	CU_ASSERT(v.notify.fd == -1 && v.metrics.socket.fd == -1);
	CU_ASSERT_EQUAL(v.beat_at, CLOCK_NEVER);
	CU_ASSERT_EQUAL(v.figures_due, CLOCK_NEVER);
	o.mode = MODE_BOOTNODE;
	CU_ASSERT_EQUAL(service_open(&v, &o, 1, &none, folder.err,
			    sizeof(folder.err)),
	    -1);
	folder_check_error(&folder, "NOTIFY_SOCKET", "expected");
	unsetenv("NOTIFY_SOCKET");
	CU_ASSERT_EQUAL(service_open(&v, &o, 1, &none, folder.err,
			    sizeof(folder.err)),
	    0);
	CU_ASSERT_NOT_EQUAL(v.metrics.socket.fd, -1);
	metrics_close(&v.metrics);
	o.metrics_socket[0] = '\0';
	CU_ASSERT_EQUAL(service_open(&v, &o, 1, &none, folder.err,
			    sizeof(folder.err)),
	    0);
	CU_ASSERT_EQUAL(v.metrics.socket.fd, -1);
	folder_remove(&folder);
}

void
watchdog_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("watchdog", household_setup, household_cleanup);

	CU_add_test(s, "what systemd is told", test_states);
	CU_add_test(s, "beats", test_beats);
	CU_add_test(s, "one is silent", test_silent);
	CU_add_test(s, "one that was silent is replaced", test_silent_replaced);
	CU_add_test(s, "SIGUSR1", test_signal);
	CU_add_test(s, "no answer", test_no_answer);
	CU_add_test(s, "the metrics socket", test_reader);
	CU_add_test(s, "which are opened", test_open);
}
