/*
 * What the launcher and the spawner say to each other, with the test in the
 * place of one of them.
 */
#include "launcher/spawner.h"

#include "common/clock.h"

#include "tests/unit/forked.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <CUnit/CUnit.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void spawner_talk_suite(void);

#define PATIENCE (10 * USEC_PER_SEC)

static int
lowest_free(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

/* A report as it is sent, with so many descriptors. */
static void
report(int fd, const void *bytes, size_t len, size_t count)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control = { .bytes = { 0 } };
	struct iovec iov = { (void *)(uintptr_t)bytes, len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	const int fds[2] = { STDERR_FILENO, STDERR_FILENO };
	struct cmsghdr *c;

	if (count > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	CU_ASSERT_EQUAL(sendmsg(fd, &msg, 0), (ssize_t)len);
}

static void
test_receive(void)
{
	const struct spawned sent = { .event = SPAWN_FAILED, .error = ENOMEM };
	struct spawned got;
	int pair[2], fds[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), 0);
	CU_ASSERT(fds[0] == -1 && fds[1] == -1);
	for (size_t count = 0; count <= 2; count++) {
		report(pair[1], &sent, sizeof(sent), count);
		CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), 1);
		CU_ASSERT_EQUAL(got.event, SPAWN_FAILED);
		CU_ASSERT_EQUAL(got.error, ENOMEM);
		for (size_t i = 0; i < 2; i++) {
			CU_ASSERT_EQUAL(fds[i] != -1, i < count);
			if (fds[i] == -1)
				continue;
			CU_ASSERT_EQUAL(fcntl(fds[i], F_GETFD), FD_CLOEXEC);
			close(fds[i]);
		}
	}
	/* Less than a report is none. */
	report(pair[1], &sent, sizeof(sent) - 1, 0);
	CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), -1);
	/* It is gone, and has left something unread of ours. */
	CU_ASSERT_EQUAL(spawner_tell(pair[0], WISH_SCREEN_GIVEN), 0);
	report(pair[1], &sent, sizeof(sent), 0);
	close(pair[1]);
	CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), 1);
	CU_ASSERT_EQUAL(spawner_receive(pair[0], &got, fds), -1);
	CU_ASSERT_EQUAL(errno, EPIPE);
	close(pair[0]);
}

/* One that has no number for what comes must not go on as if it had come. */
static int
receive_without_room(void *arg)
{
	const struct spawned sent = { .event = SPAWN_STARTED };
	struct spawned got;
	int pair[2], fds[2];
	struct rlimit few;

	(void)arg;
	closefrom(3);
	EXPECT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	report(pair[1], &sent, sizeof(sent), 2);
	few = (struct rlimit){ (rlim_t)lowest_free() + 1,
		(rlim_t)lowest_free() + 1 };
	EXPECT(setrlimit(RLIMIT_NOFILE, &few) == 0);
	EXPECT(spawner_receive(pair[0], &got, fds) == -1);
	EXPECT(errno == EMFILE);
	return 0;
}

static void
test_no_room(void)
{
	CU_ASSERT_EQUAL(forked(receive_without_room, NULL), 0);
}

/* A wish is not waited for, and one that nobody hears ends nobody. */
static int
ask_in_vain(void *arg)
{
	int pair[2];

	(void)arg;
	signal(SIGPIPE, SIG_DFL);
	EXPECT(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	while (spawner_tell(pair[0], WISH_SCREEN_GIVEN) == 0)
		;
	EXPECT(errno == EAGAIN);
	close(pair[1]);
	EXPECT(spawner_tell(pair[0], WISH_SCREEN_GIVEN) == -1);
	return 0;
}

static void
test_ask(void)
{
	CU_ASSERT_EQUAL(forked(ask_in_vain, NULL), 0);
}

/* The launcher's end waits for that of the spawner for 0.3 s, unless the
 * spawner is gone before. */
static void
test_end(void)
{
	uint64_t began = clock_now();
	struct wish wish;
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	spawner_end(pair[0]);
	CU_ASSERT(clock_now() - began >= 300 * USEC_PER_MSEC);
	CU_ASSERT(clock_now() - began < PATIENCE);
	CU_ASSERT_EQUAL(recv(pair[1], &wish, sizeof(wish), 0),
	    (ssize_t)sizeof(wish));
	CU_ASSERT_EQUAL(wish.kind, WISH_END);
	close(pair[1]);
	spawner_end(pair[0]);
	close(pair[0]);
}

void
spawner_talk_suite(void)
{
	CU_pSuite s = CU_add_suite("spawner_talk", NULL, NULL);

	CU_add_test(s, "what it reports", test_receive);
	CU_add_test(s, "no room for that", test_no_room);
	CU_add_test(s, "what it is asked", test_ask);
	CU_add_test(s, "its end", test_end);
}
