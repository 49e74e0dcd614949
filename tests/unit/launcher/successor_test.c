/*
 * The bootnode that takes this one's place: what it finds at its start, and the
 * words on the channel to it.
 */
#include "launcher/successor.h"

#include "tests/unit/forked.h"

#include <CUnit/CUnit.h>

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void successor_suite(void);

#define WAIT_MS 10000

/* Ends with 0 if all is where it is to be, and nothing else. */
static char script[] =
    "test \"$LISTEN_PID\" = $$ || exit 1\n"
    "test \"$LISTEN_FDS\" = 3 || exit 2\n"
    "test \"$LISTEN_FDNAMES\" = "
    "gochat-udp:gochat-state:gochat-predecessor || exit 3\n"
    "test \"$(cat <&4)\" = sealed || exit 4\n"
    "for fd in 3 4 5; do test -e /proc/$$/fd/$fd || exit 5; done\n"
    "for fd in 6 7 8 9; do test -e /proc/$$/fd/$fd && exit 6; done\n"
    "test \"$1\" = word || exit 7\n"
    "exit 0\n";

/* With the state at 3, so that it has to make room. */
static int
start_script(void *arg)
{
	static char sh[] = "sh", c[] = "-c", word[] = "word";
	char *argv[] = { sh, c, script, sh, word, NULL };
	struct successor_kit kit = { "/bin/sh", argv };
	struct given_sockets ports = { 1, { socket(AF_INET, SOCK_DGRAM, 0) } };
	int state = memfd_create("state", 0), status, channel;
	struct successor_gifts gifts = { &ports, { -1, -1, -1, -1 } };
	struct spawned_child child;

	(void)arg;
	EXPECT(write(state, "sealed", 6) == 6);
	EXPECT(lseek(state, 0, SEEK_SET) == 0);
	EXPECT(dup2(state, GIVEN_FIRST_FD) != -1);
	gifts.others[GIVEN_STATE] = GIVEN_FIRST_FD;
	EXPECT(successor_start(&kit, &gifts, &channel, &child) == 0);
	EXPECT(child.pidfd != -1);
	EXPECT(waitpid(child.pid, &status, 0) == child.pid);
	EXPECT(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
test_start(void)
{
	CU_ASSERT_EQUAL(forked(start_script, NULL), 0);
}

/* It says why, and ends; or there is nothing to start. */
static void
test_no_program(void)
{
	char name[] = "gochat", *argv[] = { name, NULL };
	struct successor_kit kit = { "/nowhere/gochat", argv };
	const struct given_sockets none = { 0 };
	const struct successor_gifts gifts = { &none, { -1, -1, -1, -1 } };
	struct successor_says says = { 0 };
	struct spawned_child child;
	struct pollfd pfd;
	int channel;

	CU_ASSERT_EQUAL_FATAL(successor_start(&kit, &gifts, &channel, &child),
	    0);
	pfd = (struct pollfd){ channel, POLLIN, 0 };
	CU_ASSERT_EQUAL(poll(&pfd, 1, WAIT_MS), 1);
	CU_ASSERT_EQUAL(successor_hear(channel, &says), 1);
	CU_ASSERT_EQUAL(says.word, SUCCESSOR_NOT_STARTED);
	CU_ASSERT_EQUAL(says.error, ENOENT);
	CU_ASSERT_EQUAL(waitpid(child.pid, NULL, 0), child.pid);
	CU_ASSERT_EQUAL(successor_hear(channel, &says), -1);
	close(channel);
	close(child.pidfd);
	kit.path[0] = '\0';
	CU_ASSERT_EQUAL(successor_start(&kit, &gifts, &channel, &child), -1);
	CU_ASSERT_EQUAL(errno, ENOENT);
}

static void
test_words(void)
{
	struct successor_says says = { 0 };
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	CU_ASSERT_EQUAL(successor_hear(pair[0], &says), 0);
	for (uint32_t word = 0; word <= SUCCESSOR_SERVING; word++) {
		successor_say(pair[1], (enum successor_word)word, 7);
		CU_ASSERT_EQUAL(successor_hear(pair[0], &says), 1);
		CU_ASSERT(says.word == word && says.error == 7);
	}
	successor_say(pair[1], (enum successor_word)(SUCCESSOR_SERVING + 1), 0);
	CU_ASSERT_EQUAL(successor_hear(pair[0], &says), -1);
	CU_ASSERT_EQUAL(send(pair[1], "x", 1, 0), 1);
	CU_ASSERT_EQUAL(successor_hear(pair[0], &says), -1);
	close(pair[1]);
	CU_ASSERT_EQUAL(successor_hear(pair[0], &says), -1);
	successor_say(pair[0], SUCCESSOR_GO, 0); /* and nobody hears */
	close(pair[0]);
}

void
successor_suite(void)
{
	CU_pSuite s = CU_add_suite("successor", NULL, NULL);

	CU_add_test(s, "what it finds", test_start);
	CU_add_test(s, "no program", test_no_program);
	CU_add_test(s, "words", test_words);
}
