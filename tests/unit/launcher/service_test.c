/*
 * The sockets of a service: the one that figures are read from, and the one by
 * which it notifies systemd.
 */
#include "launcher/metrics.h"
#include "launcher/notify.h"

#include "tests/unit/folder.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <CUnit/CUnit.h>

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

void service_suite(void);

static struct folder folder;
static char path[300];

static void
begin(const char *name)
{
	folder_open(&folder);
	(void)snprintf(path, sizeof(path), "%s/%s", folder.path, name);
}

static int
open_at(struct metrics *m)
{
	int none = -1;

	return metrics_open(m, path, &none, folder.err, sizeof(folder.err));
}

static void
close_all(struct metrics *m)
{
	close(m->socket.fd);
	m->socket.fd = -1;
}

/* Returns a reader, connected. */
static int
reader(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) <
	    sizeof(sun.sun_path));
	CU_ASSERT_EQUAL_FATAL(connect(fd, (struct sockaddr *)&sun, sizeof(sun)),
	    0);
	return fd;
}

/* --- The metrics socket --------------------------------------------------- */

static void
test_answer(void)
{
	struct metrics m;
	char buf[16];
	int one, two;

	begin("m");
	CU_ASSERT_EQUAL_FATAL(open_at(&m), 0);
	CU_ASSERT_FALSE(metrics_accept(&m));
	one = reader();
	two = reader();
	/* Whatever readers write is ignored. */
	CU_ASSERT_EQUAL(write(one, "GET /", 5), 5);
	CU_ASSERT_TRUE(metrics_accept(&m));
	metrics_answer(&m, "figures", 7);
	CU_ASSERT_EQUAL(recv(one, buf, sizeof(buf), MSG_WAITALL), 7);
	CU_ASSERT_EQUAL(memcmp(buf, "figures", 7), 0);
	CU_ASSERT_EQUAL(recv(two, buf, sizeof(buf), MSG_WAITALL), 7);
	close(one);
	close(two);
	/* A reader that did not wait does no harm. */
	close(reader());
	CU_ASSERT_TRUE(metrics_accept(&m));
	metrics_answer(&m, "figures", 7);
	CU_ASSERT_FALSE(metrics_accept(&m));
	close_all(&m);
	folder_remove(&folder);
}

/* Only so many readers are served at a time, and the others are not lost. */
static void
test_crowd(void)
{
	int fds[METRICS_READERS + 1];
	struct metrics m;
	char buf[4];

	begin("m");
	CU_ASSERT_EQUAL_FATAL(open_at(&m), 0);
	for (size_t i = 0; i < METRICS_READERS + 1; i++)
		fds[i] = reader();
	CU_ASSERT_EQUAL(metrics_poll(&m), m.socket.fd);
	CU_ASSERT_TRUE(metrics_accept(&m));
	CU_ASSERT_EQUAL(m.count, METRICS_READERS);
	CU_ASSERT_EQUAL(metrics_poll(&m), -1);
	metrics_answer(&m, "a", 1);
	CU_ASSERT_EQUAL(metrics_poll(&m), m.socket.fd);
	CU_ASSERT_TRUE(metrics_accept(&m));
	CU_ASSERT_EQUAL(m.count, 1);
	metrics_answer(&m, "a", 1);
	for (size_t i = 0; i < METRICS_READERS + 1; i++) {
		CU_ASSERT_EQUAL(recv(fds[i], buf, sizeof(buf), MSG_WAITALL), 1);
		close(fds[i]);
	}
	close_all(&m);
	folder_remove(&folder);
}

/* A path that fits into an address to the byte, and one that does not; files
 * that are made later have the mode that the user wants. */
static void
test_long_path(void)
{
	const mode_t before = umask(0027);
	struct sockaddr_un sun;
	struct metrics m;
	size_t len;

	for (size_t more = 0; more < 2; more++) {
		begin("");
		len = strlen(path);
		memset(path + len, 'm', sizeof(sun.sun_path));
		path[sizeof(sun.sun_path) - 1 + more] = '\0';
		CU_ASSERT_EQUAL(open_at(&m), more == 0 ? 0 : -1);
		CU_ASSERT_EQUAL(umask(0027), 0027);
		if (more == 0) {
			close(reader());
			close_all(&m);
		} else {
			folder_check_error(&folder, path,
			    "its path is too long");
			CU_ASSERT_EQUAL(m.socket.fd, -1);
			CU_ASSERT_EQUAL(access(path, F_OK), -1);
		}
		folder_remove(&folder);
	}
	umask(before);
}

/* Who waits at the end gets nothing any more, and is not kept waiting. */
static void
test_close(void)
{
	struct metrics m;
	char buf[4];
	int fd;

	begin("m");
	CU_ASSERT_EQUAL_FATAL(open_at(&m), 0);
	fd = reader();
	CU_ASSERT_TRUE(metrics_accept(&m));
	metrics_close(&m);
	CU_ASSERT_EQUAL(m.socket.fd, -1);
	CU_ASSERT_EQUAL(metrics_poll(&m), -1);
	CU_ASSERT_EQUAL(recv(fd, buf, sizeof(buf), 0), 0);
	close(fd);
	/* There may be none. */
	metrics_close(&m);
	unix_socket_remove(&m.socket);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	folder_remove(&folder);
}

static void
test_path(void)
{
	struct metrics m, other;
	struct stat st;

	begin("m");
	CU_ASSERT_EQUAL_FATAL(open_at(&m), 0);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0660);
	/* A socket that another process has is not taken away. */
	CU_ASSERT_EQUAL(open_at(&other), -1);
	folder_check_error(&folder, path, "another process has it");
	CU_ASSERT_EQUAL(other.socket.fd, -1);
	/* The socket of a run that ended badly is replaced. */
	close_all(&m);
	CU_ASSERT_EQUAL_FATAL(open_at(&m), 0);
	/* The end of one run does not take away the socket of the next. */
	unix_socket_remove(&m.socket);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	close(m.socket.fd);
	unix_socket_remove(&m.socket);
	CU_ASSERT_EQUAL(stat(path, &st), -1);
	/* A file is neither replaced nor removed. */
	folder_put(&folder, "m", "x", 1);
	CU_ASSERT_EQUAL(open_at(&other), -1);
	folder_check_error(&folder, path, "something else");
	unix_socket_remove(&m.socket);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	folder_remove(&folder);

	begin("not/there");
	CU_ASSERT_EQUAL(open_at(&m), -1);
	folder_check_error(&folder, path, "No such file");
	folder_remove(&folder);
}

/* A process that listens and does not accept still has the socket. */
static void
test_busy(void)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), one;
	struct metrics m;

	begin("m");
	CU_ASSERT_FATAL(strlcpy(sun.sun_path, path, sizeof(sun.sun_path)) <
	    sizeof(sun.sun_path));
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&sun, sizeof(sun)),
	    0);
	CU_ASSERT_EQUAL_FATAL(listen(fd, 0), 0);
	one = reader(); /* there is no room for another */
	CU_ASSERT_EQUAL(open_at(&m), -1);
	folder_check_error(&folder, path, "another process has it");
	close(one);
	close(fd);
	folder_remove(&folder);
}

/* --- systemd's socket ----------------------------------------------------- */

static void
set(const char *socket_name, const char *usec, const char *pid)
{
	if (socket_name != NULL)
		setenv("NOTIFY_SOCKET", socket_name, 1);
	else
		unsetenv("NOTIFY_SOCKET");
	if (usec != NULL)
		setenv("WATCHDOG_USEC", usec, 1);
	else
		unsetenv("WATCHDOG_USEC");
	if (pid != NULL)
		setenv("WATCHDOG_PID", pid, 1);
	else
		unsetenv("WATCHDOG_PID");
}

static int
open_notify(struct notify *n)
{
	return notify_open(n, 4711, folder.err, sizeof(folder.err));
}

/* Opens a manager's socket; its name begins with @ if it is abstract. */
static int
manager(const char *name)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_FATAL(strlcpy(sun.sun_path, name, sizeof(sun.sun_path)) <
	    sizeof(sun.sun_path));
	if (*name == '@')
		sun.sun_path[0] = '\0';
	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&sun,
				  (socklen_t)(offsetof(struct sockaddr_un,
						  sun_path) +
				      strlen(name))),
	    0);
	return fd;
}

static void
check_told(int fd, const char *text)
{
	char buf[64] = "";

	CU_ASSERT_EQUAL(recv(fd, buf, sizeof(buf), MSG_DONTWAIT),
	    (ssize_t)strlen(text));
	CU_ASSERT_STRING_EQUAL(buf, text);
}

static void
test_notify(void)
{
	struct notify n;
	char abstract[64];
	int fd;

	begin("n");
	set(NULL, "5000000", NULL);
	CU_ASSERT_EQUAL(open_notify(&n), 0);
	CU_ASSERT_EQUAL(n.fd, -1);
	CU_ASSERT_EQUAL(n.watchdog, 0);
	notify_send(&n, "READY=1"); /* nobody is there */

	fd = manager(path);
	set(path, "5000000", "4711");
	CU_ASSERT_EQUAL_FATAL(open_notify(&n), 0);
	CU_ASSERT_EQUAL(n.watchdog, 5000000);
	notify_send(&n, "READY=1\nSTATUS=x");
	check_told(fd, "READY=1\nSTATUS=x");
	close(n.fd);
	set(path, "5000000", "4712"); /* meant for another process */
	CU_ASSERT_EQUAL_FATAL(open_notify(&n), 0);
	CU_ASSERT_EQUAL(n.watchdog, 0);
	close(n.fd);
	set(path, NULL, NULL);
	CU_ASSERT_EQUAL_FATAL(open_notify(&n), 0);
	CU_ASSERT_EQUAL(n.watchdog, 0);
	close(fd);
	notify_send(&n, "STOPPING=1"); /* nobody is there: no harm */
	close(n.fd);

	(void)snprintf(abstract, sizeof(abstract), "@gochat-test-%d",
	    (int)getpid());
	fd = manager(abstract);
	set(abstract, NULL, NULL);
	CU_ASSERT_EQUAL_FATAL(open_notify(&n), 0);
	notify_send(&n, "READY=1");
	check_told(fd, "READY=1");
	close(fd);
	close(n.fd);
	set(NULL, NULL, NULL);
	folder_remove(&folder);
}

/* A manager that does not read holds nothing up. */
static void
test_deaf(void)
{
	struct notify n;
	int fd;

	begin("n");
	fd = manager(path);
	set(path, NULL, NULL);
	CU_ASSERT_EQUAL_FATAL(open_notify(&n), 0);
	for (int i = 0; i < 10000; i++)
		notify_send(&n, "WATCHDOG=1");
	check_told(fd, "WATCHDOG=1");
	close(fd);
	close(n.fd);
	set(NULL, NULL, NULL);
	folder_remove(&folder);
}

static void
test_wrong(void)
{
	static const char *const names[] = {
		"relative", "vsock:2:1",
		("/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	};
	static const char *const numbers[] = { "0", "-1", "x", "1.5", "1s" };
	static const char *const soon = "999999"; /* us: too often */
	struct notify n;

	begin("n");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		set(names[i], NULL, NULL);
		CU_ASSERT_EQUAL(open_notify(&n), -1);
		folder_check_error(&folder, "NOTIFY_SOCKET", "expected");
	}
	set(path, NULL, NULL);
	CU_ASSERT_EQUAL(open_notify(&n), -1);
	folder_check_error(&folder, "NOTIFY_SOCKET", "No such file");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		set(path, numbers[i], NULL);
		CU_ASSERT_EQUAL(open_notify(&n), -1);
		folder_check_error(&folder, "WATCHDOG_USEC", "a number");
		set(path, "5000000", numbers[i]);
		CU_ASSERT_EQUAL(open_notify(&n), -1);
		folder_check_error(&folder, "WATCHDOG_PID", "a number");
	}
	set(path, soon, NULL);
	CU_ASSERT_EQUAL(open_notify(&n), -1);
	folder_check_error(&folder, "WATCHDOG_USEC", "a number");
	set(NULL, NULL, NULL);
	folder_remove(&folder);
}

void
service_suite(void)
{
	CU_pSuite s = CU_add_suite("service", NULL, NULL);

	CU_add_test(s, "readers of the metrics socket", test_answer);
	CU_add_test(s, "a crowd of readers", test_crowd);
	CU_add_test(s, "the path of the metrics socket", test_path);
	CU_add_test(s, "a long path", test_long_path);
	CU_add_test(s, "the end of it", test_close);
	CU_add_test(s, "a socket that nobody serves", test_busy);
	CU_add_test(s, "notifications", test_notify);
	CU_add_test(s, "a manager that does not read", test_deaf);
	CU_add_test(s, "wrong variables", test_wrong);
}
