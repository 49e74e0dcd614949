/*
 * A bootnode's addresses: the order in which they are tried (RFC 8305, section
 * 4), and the process that looks them up. No name here needs a server.
 */
#include "launcher/resolve.h"
#include "tests/unit/forked.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <CUnit/CUnit.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void resolve_suite(void);

/* Makes addresses: "6" is one more IPv6 address, "4" one of IPv4; small letters
 * repeat the first of the family. */
static size_t
make(const char *families, struct addr *addrs)
{
	uint8_t number[2] = { 0, 0 };
	size_t n;

	for (n = 0; families[n] != '\0'; n++) {
		bool again = families[n] == 'a';
		bool ipv4 = families[n] == '4' || again;

		addrs[n] = (struct addr){ .port = 9595 };
		if (ipv4)
			memset(addrs[n].ip + 10, 0xff, 2);
		else
			addrs[n].ip[0] = 0x20;
		addrs[n].ip[15] = again ? 1 : ++number[ipv4];
	}
	return n;
}

static void
expect(const char *in, const char *order)
{
	struct addr addrs[300];
	struct ipc_boot_addrs out;
	char text[8 * BOOT_ADDRS_MAX] = "";
	size_t len = 0;

	CU_ASSERT_EQUAL(resolve_order(addrs, make(in, addrs), &out), 0);
	for (size_t i = 0; i < out.count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%d.%d", i == 0 ? "" : " ",
		    addr_is_ipv4(&out.addrs[i]) ? 4 : 6, out.addrs[i].ip[15]);
	CU_ASSERT_STRING_EQUAL(text, order);
}

static void
test_turns(void)
{
	expect("", "");
	expect("4", "4.1");
	expect("66664", "6.1 4.1 6.2 6.3 6.4");
	expect("44466", "4.1 6.1 4.2 6.2 4.3");
	expect("64646", "6.1 4.1 6.2 4.2 6.3");
	expect("444", "4.1 4.2 4.3");
	expect("4a6a4", "4.1 6.1 4.2");
}

/* "6644+4" are two hosts. Returns how many addresses are left out. */
static size_t
expect_in_turns(const char *in, const char *order)
{
	struct ipc_boot_addrs hosts[ENDPOINTS_MAX], out;
	char text[8 * BOOT_ADDRS_MAX] = "", of[300];
	struct addr addrs[300];
	size_t len = 0, count = 0, left_out, n;

	for (;; in += n + 1) {
		n = strcspn(in, "+");
		snprintf(of, sizeof(of), "%.*s", (int)n, in);
		n = make(of, addrs);
		for (size_t i = 0; i < n; i++)
			addrs[i].ip[14] = (uint8_t)count;
		resolve_order(addrs, n, &hosts[count++]);
		if (in[n] == '\0')
			break;
	}
	left_out = resolve_in_turns(hosts, count, &out);
	for (size_t i = 0; i < out.count && i < 9; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
		    "%s%c%d.%d", i == 0 ? "" : " ", 'a' + out.addrs[i].ip[14],
		    addr_is_ipv4(&out.addrs[i]) ? 4 : 6, out.addrs[i].ip[15]);
	CU_ASSERT_STRING_EQUAL(text, order);
	return left_out;
}

/* The hosts take turns, and so do the families. A host that is not resolved
 * has none. */
static void
test_hosts_take_turns(void)
{
	static char many[2 * 33 + 1];

	CU_ASSERT_EQUAL(expect_in_turns("", ""), 0);
	CU_ASSERT_EQUAL(expect_in_turns("64+64", "a6.1 b4.1 a4.1 b6.1"), 0);
	CU_ASSERT_EQUAL(expect_in_turns("46+6+64", "a4.1 b6.1 c4.1 a6.1 c6.1"),
	    0);
	CU_ASSERT_EQUAL(expect_in_turns("++64+64", "c6.1 d4.1 c4.1 d6.1"), 0);
	CU_ASSERT_EQUAL(expect_in_turns("666+4", "a6.1 b4.1 a6.2 a6.3"), 0);
	/* Of many of the first, each of the others has its place. */
	memset(many, '6', sizeof(many) - 1);
	many[32] = '+';
	CU_ASSERT_EQUAL(expect_in_turns(many,
			    "a6.1 b6.1 a6.2 b6.2 a6.3 b6.3 a6.4 b6.4 a6.5"),
	    32);
}

/* Two names may lead to one address; and the time is that of the first that was
 * known. */
static void
test_hosts_alike(void)
{
	struct ipc_boot_addrs hosts[3] = { 0 }, out;
	struct addr addrs[2];

	for (size_t i = 0; i < 2; i++)
		resolve_order(addrs, make("64", addrs), &hosts[i]);
	hosts[0].took_us = 9;
	hosts[1].took_us = 4;
	CU_ASSERT_EQUAL(resolve_in_turns(hosts, 3, &out), 0);
	CU_ASSERT_EQUAL(out.count, 2);
	CU_ASSERT_EQUAL(out.took_us, 4);
}

/* However many addresses one family has, the best of the other are among
 * them. */
static void
test_many(void)
{
	char families[300] = "";
	struct addr addrs[300];
	struct ipc_boot_addrs out;
	size_t ipv4 = 0;

	memset(families, '6', 200);
	strcpy(families + 200, "4444");
	CU_ASSERT_EQUAL(resolve_order(addrs, make(families, addrs), &out),
	    204 - BOOT_ADDRS_MAX);
	CU_ASSERT_EQUAL(out.count, BOOT_ADDRS_MAX);
	for (size_t i = 0; i < out.count; i++)
		ipv4 += addr_is_ipv4(&out.addrs[i]);
	CU_ASSERT_EQUAL(ipv4, 4);
	CU_ASSERT_TRUE(addr_is_ipv4(&out.addrs[1]));
}

static struct endpoint
endpoint(const char *host)
{
	struct endpoint e = { .port = 9595 };

	snprintf(e.host, sizeof(e.host), "%s", host);
	return e;
}

static void
test_numeric(void)
{
	static const uint8_t ipv4[16] = { [10] = 0xff, 0xff, 192, 0, 2, 7 };
	static const uint8_t ipv6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 };
	struct endpoint e = endpoint("192.0.2.7");
	struct addr a;

	CU_ASSERT_EQUAL(resolve_numeric(&e, &a), 0);
	CU_ASSERT_EQUAL(memcmp(a.ip, ipv4, 16), 0);
	CU_ASSERT_EQUAL(a.port, 9595);
	e = endpoint("2001:db8::1");
	CU_ASSERT_EQUAL(resolve_numeric(&e, &a), 0);
	CU_ASSERT_EQUAL(memcmp(a.ip, ipv6, 16), 0);
	/* A name is no numeric address, even one that every system knows. */
	e = endpoint("localhost");
	CU_ASSERT_EQUAL(resolve_numeric(&e, &a), -1);
}

/* The user stays the same. The resolver sets a title, which needs a program
 * that has prepared for it: the C library would complain about that here. */
static int
start(const char *host)
{
	const struct endpoints e = { 1, { endpoint(host) } };
	const struct ipc_privileges same = { .drop = 0 };

	if (freopen("/dev/null", "w", stderr) == NULL)
		return -1;
	return resolve_start(&e, &same);
}

static int
resolved_at_once(void *arg)
{
	int fd = start("192.0.519"), status; /* not in its usual form */
	struct resolved r;

	(void)arg;
	if (fd == -1 || recv(fd, &r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return 1;
	if (r.addrs.count != 1 || r.addrs.addrs[0].port != 9595 ||
	    r.left_out != 0 || r.error[0] != '\0')
		return 2;
	/* The resolver is done, and ends. */
	if (recv(fd, &r, sizeof(r), 0) != 0)
		return 3;
	return wait(&status) != -1 && status == 0 ? 0 : 4;
}

static void
test_resolver(void)
{
	CU_ASSERT_EQUAL(forked(resolved_at_once, NULL), 0);
}

/* Each name has a resolver: one that fails does not hold up the next. An
 * address has none. */
static int
others_go_on(void *arg)
{
	const struct endpoints list = { 4,
		{ endpoint("fe80::1%no-such-one"), endpoint("192.0.2.9"),
		    endpoint("192.0.519"), endpoint("fe80::1%nor-this") } };
	const struct ipc_privileges same = { .drop = 0 };
	unsigned int failed = 0, found = 0;
	struct resolved r;
	int fd;

	(void)arg;
	EXPECT(freopen("/dev/null", "w", stderr) != NULL);
	fd = resolve_start(&list, &same);
	EXPECT(fd != -1);
	for (int i = 0; i < 3; i++) {
		EXPECT(recv(fd, &r, sizeof(r), 0) == (ssize_t)sizeof(r));
		if (r.addrs.count == 0)
			failed |= 1U << r.host;
		else
			found |= 1U << r.host;
	}
	EXPECT(failed == (1U | 8U) && found == 4U);
	/* Nobody listens: those that still try end at their next attempt. */
	close(fd);
	while (wait(NULL) != -1)
		;
	return 0;
}

static void
test_others_go_on(void)
{
	CU_ASSERT_EQUAL(forked(others_go_on, NULL), 0);
}

/* Returns the number in the line of a file of /proc that begins with a word, or
 * -1 if there is none. */
static long long
proc_number(pid_t pid, const char *file, const char *word, int base)
{
	char path[64], line[256];
	long long found = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, word, strlen(word)) == 0)
			found = strtoll(line + strlen(word), NULL, base);
	if (f != NULL)
		fclose(f);
	return found;
}

static pid_t
only_child(void)
{
	char path[64];
	int pid = -1;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	f = fopen(path, "re");
	if (f == NULL || fscanf(f, "%d", &pid) != 1)
		pid = -1;
	if (f != NULL)
		fclose(f);
	return pid;
}

/* Waits until the process sleeps; returns false if it has ended, or did not
 * sleep in ten seconds. */
static bool
sleeps(pid_t pid)
{
	char path[64], state = 'R';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (int i = 0; i < 10000 && state == 'R'; i++) {
		f = fopen(path, "re");
		if (f == NULL || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = 'X';
		if (f != NULL)
			fclose(f);
		poll(NULL, 0, 1);
	}
	return state == 'S';
}

/* The resolver says why it failed, and goes on trying; while it waits, its
 * rights can be seen. */
static int
tries_on(void *arg)
{
	/* An address within an interface that does not exist. */
	int fd = start("fe80::1%no-such-one");
	struct resolved r;
	pid_t pid;

	(void)arg;
	if (fd == -1 || recv(fd, &r, sizeof(r), 0) != (ssize_t)sizeof(r))
		return 1;
	if (r.addrs.count != 0 || r.error[0] == '\0')
		return 2;
	pid = only_child();
	if (pid == -1)
		return 3;
	if (!sleeps(pid) || recv(fd, &r, sizeof(r), MSG_DONTWAIT) != -1)
		return 4;
	if (proc_number(pid, "limits", "Max file size", 10) != 0 ||
	    proc_number(pid, "limits", "Max processes", 10) != 0)
		return 5;
	if (proc_number(pid, "status", "NoNewPrivs:", 10) != 1 ||
	    proc_number(pid, "status", "CapPrm:", 16) != 0 ||
	    proc_number(pid, "status", "CapEff:", 16) != 0)
		return 6;
	/* Ctrl-C is not for it: the launcher ends it. */
	if ((proc_number(pid, "status", "SigIgn:", 16) & 1 << (SIGINT - 1)) ==
	    0)
		return 7;
	return write(*(int *)arg, &pid, sizeof(pid)) == (ssize_t)sizeof(pid)
	    ? 0
	    : 8;
}

/* Waits until a process has ended, buried or not. */
static bool
await_end(pid_t pid)
{
	char path[64], state = 'R';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	for (int i = 0; i < 10000 && state != 'Z' && state != 'X'; i++) {
		f = fopen(path, "re");
		if (f == NULL || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = 'X';
		if (f != NULL)
			fclose(f);
		poll(NULL, 0, 1);
	}
	return state == 'Z' || state == 'X';
}

static void
test_tries_on(void)
{
	int fds[2];
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	CU_ASSERT_EQUAL(forked(tries_on, &fds[1]), 0);
	/* It ends with who started it. */
	CU_ASSERT_EQUAL_FATAL(read(fds[0], &pid, sizeof(pid)),
	    (ssize_t)sizeof(pid));
	CU_ASSERT_TRUE(await_end(pid));
	close(fds[0]);
	close(fds[1]);
}

/* Root's is another user, and has no descriptor of root's. */
static int
is_another_user(void *arg)
{
	const struct endpoints e = { 1, { endpoint("fe80::1%no-such-one") } };
	const struct ipc_privileges nobody = { .drop = 1,
		.uid = 65534,
		.gid = 65534 };
	struct resolved r;
	char path[64], target[64];
	int fd, count = 0;
	pid_t pid;

	(void)arg;
	EXPECT(freopen("/dev/null", "w", stderr) != NULL);
	EXPECT(dup2(STDERR_FILENO, 100) == 100);
	fd = resolve_start(&e, &nobody);
	EXPECT(fd != -1);
	EXPECT(recv(fd, &r, sizeof(r), 0) == (ssize_t)sizeof(r));
	pid = only_child();
	EXPECT(pid != -1);
	EXPECT(proc_number(pid, "status", "Uid:", 10) == 65534);
	EXPECT(proc_number(pid, "status", "Gid:", 10) == 65534);
	for (int i = 0; i < 128; i++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, i);
		count += readlink(path, target, sizeof(target)) > 0;
	}
	EXPECT(count == 4); /* no terminal, and the socket */
	return 0;
}

static void
test_user(void)
{
	if (geteuid() == 0)
		CU_ASSERT_EQUAL(forked(is_another_user, NULL), 0);
}

/* Whoever asks for one is told that there is none, and loses nothing. */
static int
start_in_vain(void *arg)
{
	const struct endpoints e = { 1, { endpoint("192.0.519") } };
	const struct ipc_privileges same = { .drop = 0 };
	const struct rlimit none = { 0, 0 };
	int lowest = dup(STDERR_FILENO);

	(void)arg;
	close(lowest);
	/* Root has no limit of processes. */
	if (geteuid() == 0)
		EXPECT(setresuid(12345, 12345, 12345) == 0);
	EXPECT(setrlimit(RLIMIT_NPROC, &none) == 0);
	EXPECT(resolve_start(&e, &same) == -1);
	EXPECT(errno == EAGAIN);
	EXPECT(dup(STDERR_FILENO) == lowest);
	return 0;
}

static void
test_not_started(void)
{
	CU_ASSERT_EQUAL(forked(start_in_vain, NULL), 0);
}

void
resolve_suite(void)
{
	CU_pSuite suite = CU_add_suite("resolve", NULL, NULL);

	CU_add_test(suite, "families take turns", test_turns);
	CU_add_test(suite, "hosts take turns", test_hosts_take_turns);
	CU_add_test(suite, "hosts with the same address", test_hosts_alike);
	CU_add_test(suite, "more than are tried", test_many);
	CU_add_test(suite, "an address is no name", test_numeric);
	CU_add_test(suite, "the resolver answers and goes", test_resolver);
	CU_add_test(suite, "one name does not hold up the others",
	    test_others_go_on);
	CU_add_test(suite, "the resolver tries on, with no rights",
	    test_tries_on);
	CU_add_test(suite, "the resolver is another user", test_user);
	CU_add_test(suite, "the resolver cannot be started", test_not_started);
}
