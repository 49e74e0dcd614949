/*
 * A bootnode hands its state over: to the next one, which may fail at each
 * step, or to systemd.
 */
#include "launcher/upgrade.h"

#include "launcher/successor.h"

#include "tests/unit/launcher/household_spawner.h"

#include <CUnit/CUnit.h>

#include <sys/mman.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void upgrade_suite(void);

static struct household h;
static int memory;   /* the file, as the test has it */
static int channel;  /* the next bootnode's end */
static int death[2]; /* in place of its pidfd: it is dead once it is readable */

static const struct ipc_kept_whole whole = { .bytes = 6,
	.sessions = 2,
	.rooms = 1 };

static void
live(void)
{
	household_live(&h, MODE_BOOTNODE);
	h.s.terminal.saved = false;
	memory = channel = death[0] = death[1] = -1;
}

static void
end(void)
{
	household_close(&h);
	for (size_t i = 0; i < 2; i++)
		if (death[i] != -1)
			close(death[i]);
	if (memory != -1)
		close(memory);
	if (channel != -1)
		close(channel);
}

/* The spawner has made the file. */
static void
give_memory(int fd)
{
	const struct spawned s = { .event = SPAWN_MEMORY };

	memory = fd;
	household_report(&h, &s, &memory, 1);
	household_pass(&h, 0);
}

static void
ask(void)
{
	raise(SIGUSR2);
	household_pass(&h, 0);
}

/* cryptod says all that it has to say. */
static void
keep(void)
{
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->told[IPC_HAND_OVER],
	    1);
	household_say(&h, ROLE_CRYPTOD, IPC_KEPT_PART, NULL, "sea");
	household_say(&h, ROLE_CRYPTOD, IPC_KEPT_PART, NULL, "led");
	household_say(&h, ROLE_CRYPTOD, IPC_KEPT_WHOLE, &whole, NULL);
	household_pass(&h, 0);
}

/* The spawner has started the next one. */
static void
start_next(void)
{
	const struct spawned s = { .event = SPAWN_SUCCESSOR, .pid = 77 };
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC,
				  0, pair),
	    0);
	CU_ASSERT_EQUAL_FATAL(pipe2(death, O_CLOEXEC), 0);
	channel = pair[1];
	household_report(&h, &s, (int[]){ pair[0], death[0] }, 2);
	close(pair[0]);
	household_pass(&h, 0);
}

static void
check_heard(enum successor_word word)
{
	struct successor_says heard = { .word = UINT32_MAX };

	CU_ASSERT_EQUAL(successor_hear(channel, &heard), 1);
	CU_ASSERT_EQUAL(heard.word, word);
}

/* As far as the next bootnode, which is not prepared yet. */
static void
begin(void)
{
	live();
	ask();
	CU_ASSERT_EQUAL(h.wishes[WISH_MEMORY], 1);
	give_memory(memfd_create("state", MFD_CLOEXEC));
	keep();
	CU_ASSERT_EQUAL(h.wishes[WISH_SUCCESSOR], 1);
	start_next();
	CU_ASSERT_EQUAL(household_logged(&h, "kept sessions=2 rooms=1 bytes=6"),
	    1);
	CU_ASSERT_EQUAL(household_logged(&h, "successor pid=77"), 1);
	check_heard(SUCCESSOR_WAIT);
}

static void
says(enum successor_word word)
{
	successor_say(channel, word, 0);
	household_pass(&h, 0);
}

static void
dies(void)
{
	if (channel != -1)
		close(channel);
	channel = -1;
	household_pass(&h, 0);
}

/* The spawner has killed it, and now it is dead. */
static void
is_dead(void)
{
	CU_ASSERT_EQUAL(h.wishes[WISH_END_SUCCESSOR], 1);
	CU_ASSERT_EQUAL(write(death[1], "", 1), 1);
	household_pass(&h, 0);
}

static unsigned int
serves(void)
{
	return household_member(&h, ROLE_CRYPTOD)->told[IPC_STAY];
}

/* --- The next one --------------------------------------------------------- */

static void
test_given_way(void)
{
	char text[8] = "";

	begin();
	CU_ASSERT_EQUAL(pread(memory, text, sizeof(text), 0), 6);
	CU_ASSERT_STRING_EQUAL(text, "sealed");
	says(SUCCESSOR_SERVING); /* too early */
	CU_ASSERT_FALSE(h.s.ending);
	says(SUCCESSOR_PREPARED);
	check_heard(SUCCESSOR_GO);
	CU_ASSERT_FALSE(h.s.ending);
	successor_say(channel, SUCCESSOR_SERVING, 0);
	close(channel);
	close(memory);
	close(death[0]);
	close(death[1]);
	household_check_end(&h, 0, 0);
	CU_ASSERT_EQUAL(serves(), 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_END_SUCCESSOR], 0);
}

/* netd serves on once the next one is dead, and with all that it had. */
static void
test_dies_early(void)
{
	begin();
	dies();
	CU_ASSERT_EQUAL(household_logged(&h, "error not upgraded"), 1);
	CU_ASSERT_EQUAL(serves(), 0);
	is_dead();
	CU_ASSERT_EQUAL(serves(), 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
	ask();
	CU_ASSERT_EQUAL(h.wishes[WISH_MEMORY], 2);
	end();
}

static void
test_hangs(void)
{
	for (int started = 0; started < 2; started++) {
		begin();
		household_pass(&h, SUCCESSOR_START_PATIENCE - 1);
		if (started) {
			says(SUCCESSOR_STARTED);
			household_pass(&h, SUCCESSOR_PATIENCE - 1);
		}
		CU_ASSERT_EQUAL(h.wishes[WISH_END_SUCCESSOR], 0);
		household_pass(&h, 1);
		check_heard(SUCCESSOR_STAY);
		is_dead();
		CU_ASSERT_EQUAL(serves(), 1);
		end();
	}
}

/* One that cannot even be killed has been told to stay. */
static void
test_undying(void)
{
	begin();
	household_pass(&h, SUCCESSOR_START_PATIENCE);
	check_heard(SUCCESSOR_STAY);
	CU_ASSERT_EQUAL(serves(), 0);
	household_pass(&h, KILL_PATIENCE);
	CU_ASSERT_EQUAL(serves(), 1);
	end();
}

/* The state may have been used: this one does not use it any more. */
static void
test_dies_late(void)
{
	begin();
	says(SUCCESSOR_PREPARED);
	dies();
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
	is_dead();
	household_all_ready(&h);
	CU_ASSERT_EQUAL(serves(), 0);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 2);
	end();
}

static void
test_not_serving(void)
{
	begin();
	says(SUCCESSOR_PREPARED);
	household_pass(&h, SERVING_PATIENCE);
	check_heard(SUCCESSOR_GO);
	check_heard(SUCCESSOR_STAY);
	is_dead();
	household_all_ready(&h);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 2);
	end();
}

/* Its program cannot be run, or the spawner cannot start it; in time or not. */
static void
test_not_started(void)
{
	const struct spawned failed = { .event = SPAWN_SUCCESSOR,
		.error = EAGAIN };

	begin();
	successor_say(channel, SUCCESSOR_NOT_STARTED, ENOENT);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h,
			    "the new program cannot be started: No such file"),
	    1);
	is_dead();
	CU_ASSERT_EQUAL(serves(), 1);
	close(memory);
	ask();
	give_memory(memfd_create("state", MFD_CLOEXEC));
	household_member(&h, ROLE_CRYPTOD)->told[IPC_HAND_OVER] = 1;
	keep();
	household_report(&h, &failed, NULL, 0);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(serves(), 2);
	end();
}

/* It comes after its time: it must not take a closed channel for GO. */
static void
test_started_late(void)
{
	live();
	ask();
	give_memory(memfd_create("state", MFD_CLOEXEC));
	keep();
	household_pass(&h, SPAWN_PATIENCE);
	CU_ASSERT_EQUAL(serves(), 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_END_SUCCESSOR], 1);
	start_next();
	check_heard(SUCCESSOR_STAY);
	end();
}

/* --- What dies meanwhile -------------------------------------------------- */

/* Nobody takes the place of one that dies, before it is clear who serves. */
static void
test_held(void)
{
	begin();
	household_crash(&h, ROLE_NETD, SIGKILL);
	household_crash(&h, ROLE_CRYPTOD, SIGKILL);
	household_crash(&h, ROLE_UI, SIGKILL);
	household_pass(&h, USEC_PER_SEC);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 1);
	dies();
	is_dead();
	household_all_ready(&h);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->netd.restores, 0);
	end();
}

/* Before the state is there, a death ends the attempt. */
static void
test_dies_before(void)
{
	live();
	ask();
	give_memory(memfd_create("state", MFD_CLOEXEC));
	household_crash(&h, ROLE_NETD, SIGKILL);
	household_pass(&h, 0);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(household_logged(&h, "error not upgraded"), 1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_NETD)->starts, 2);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->starts, 1);
	CU_ASSERT_EQUAL(serves(), 1);
	end();
}

static void
test_end_wanted(void)
{
	begin();
	raise(SIGTERM);
	household_pass(&h, 0);
	check_heard(SUCCESSOR_STAY);
	CU_ASSERT_EQUAL(h.wishes[WISH_END_SUCCESSOR], 1);
	CU_ASSERT_TRUE(h.s.ending);
	end();
}

/* --- The state ------------------------------------------------------------ */

/* All parts are taken before netd is told to serve. */
static void
test_not_written(void)
{
	live();
	ask();
	give_memory(open("/dev/null", O_RDONLY | O_CLOEXEC));
	household_say(&h, ROLE_CRYPTOD, IPC_KEPT_PART, NULL, "sealed");
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(serves(), 0);
	household_say(&h, ROLE_CRYPTOD, IPC_KEPT_WHOLE, &whole, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(serves(), 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_SUCCESSOR], 0);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
	end();
}

/* A cryptod that hangs may have netd wait: only a restart helps. */
static void
test_slow(void)
{
	live();
	ask();
	give_memory(memfd_create("state", MFD_CLOEXEC));
	household_pass(&h, UPGRADE_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h, "it takes too long"), 1);
	household_all_ready(&h);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->starts, 2);
	CU_ASSERT_EQUAL(serves(), 0);
	end();
}

/* A netd that was taken over sends more than there can be. */
static void
test_too_long(void)
{
	static struct options small;

	live();
	small = *h.s.options;
	small.max_sessions = 0;
	h.s.options = &small;
	ask();
	give_memory(memfd_create("state", MFD_CLOEXEC));
	h.s.upgrade.bytes = 32 * 1024 * 1024 - 5;
	household_say(&h, ROLE_CRYPTOD, IPC_KEPT_PART, NULL, "sealed");
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.s.upgrade.error, EFBIG);
	household_say(&h, ROLE_CRYPTOD, IPC_KEPT_WHOLE, &whole, NULL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(serves(), 1);
	CU_ASSERT_EQUAL(h.wishes[WISH_SUCCESSOR], 0);
	/* The spawner closes the file. */
	CU_ASSERT_EQUAL(h.wishes[WISH_END_SUCCESSOR], 1);
	end();
}

/* A cryptod that has more to send than there is time for goes on. */
static void
test_too_much(void)
{
	live();
	ask();
	give_memory(memfd_create("state", MFD_CLOEXEC));
	household_pass(&h, UPGRADE_PATIENCE - PART_PATIENCE / 2);
	household_say(&h, ROLE_CRYPTOD, IPC_KEPT_PART, NULL, "sealed");
	household_pass(&h, PART_PATIENCE / 2);
	CU_ASSERT_EQUAL(household_logged(&h, "it takes too long"), 1);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
	CU_ASSERT_EQUAL(serves(), 1);
	end();
}

static void
test_no_memory(void)
{
	const struct spawned failed = { .event = SPAWN_MEMORY,
		.error = EMFILE };

	live();
	ask();
	household_report(&h, &failed, NULL, 0);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "error not upgraded"), 1);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_CRYPTOD)->told[IPC_HAND_OVER],
	    0);
	CU_ASSERT_EQUAL(household_kills(&h, ROLE_CRYPTOD), 0);
	end();
}

static void
check_refused(const char *why)
{
	const unsigned int before = household_logged(&h, why);

	ask();
	CU_ASSERT_EQUAL(household_logged(&h, why), before + 1);
}

static void
test_refused(void)
{
	live();
	h.s.terminal.saved = true;
	check_refused("SIGUSR2: its terminal cannot");
	h.s.terminal.saved = false;
	h.s.self = 1;
	check_refused("SIGUSR2: with this process the container");
	h.s.self = 999;
	h.s.service.notify.fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	check_refused("SIGUSR2: use systemctl restart");
	close(h.s.service.notify.fd);
	h.s.service.notify.fd = -1;
	CU_ASSERT_EQUAL(h.wishes[WISH_MEMORY], 0);
	ask();
	check_refused("SIGUSR2: an upgrade is under way");
	end();
	household_live(&h, MODE_CLIENT);
	ask();
	CU_ASSERT_EQUAL(h.wishes[WISH_MEMORY], 0);
	CU_ASSERT_EQUAL(household_logged(&h, "SIGUSR2"), 0);
	household_close(&h);
}

/* --- systemd -------------------------------------------------------------- */

static int manager;

static void
live_as_service(void)
{
	int pair[2];

	live();
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0,
				  pair),
	    0);
	h.s.service.notify.fd = pair[0];
	manager = pair[1];
	raise(SIGTERM);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(h.wishes[WISH_MEMORY], 1);
	CU_ASSERT_FALSE(h.s.ending);
}

static void
end_service(void)
{
	CU_ASSERT_TRUE(h.s.ending);
	CU_ASSERT_EQUAL(household_member(&h, ROLE_UI)->told[IPC_SHUTDOWN], 1);
	close(manager);
	close(h.s.service.notify.fd);
	end();
}

/* Its first words are with the descriptor. */
static void
test_stored(void)
{
	union spawned_control control;
	char text[128] = "";
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr msg = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	live_as_service();
	give_memory(memfd_create("state", MFD_CLOEXEC));
	keep();
	CU_ASSERT(recvmsg(manager, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) > 0);
	CU_ASSERT_STRING_EQUAL(text,
	    "FDSTORE=1\nFDNAME=gochat-state\nFDPOLL=0");
	CU_ASSERT_PTR_NOT_NULL_FATAL(CMSG_FIRSTHDR(&msg));
	close(*(int *)(void *)CMSG_DATA(CMSG_FIRSTHDR(&msg)));
	end_service();
}

/* The end does not wait for long, or for what is broken; and not at all if it
 * is wanted twice. */
static void
test_not_stored(void)
{
	live_as_service();
	household_pass(&h, UPGRADE_PATIENCE);
	CU_ASSERT_EQUAL(household_logged(&h, "warn the state is not kept"), 1);
	end_service();
	live_as_service();
	give_memory(memfd_create("state", MFD_CLOEXEC));
	household_crash(&h, ROLE_CRYPTOD, SIGKILL);
	household_pass(&h, 0);
	CU_ASSERT_EQUAL(household_logged(&h, "warn the state is not kept"), 1);
	end_service();
	live_as_service();
	give_memory(memfd_create("state", MFD_CLOEXEC));
	household_pass(&h, UPGRADE_PATIENCE);
	CU_ASSERT_EQUAL(serves(), 1); /* or it would not hear ui's goodbye */
	end_service();
	live_as_service();
	household_pass(&h, SAME_WISH + 1);
	raise(SIGTERM);
	household_pass(&h, 0);
	CU_ASSERT_TRUE(h.s.ending);
	close(manager);
	close(h.s.service.notify.fd);
	end();
}

void
upgrade_suite(void)
{
	CU_pSuite s =
	    CU_add_suite("upgrade", household_setup, household_cleanup);

	CU_add_test(s, "the next one serves", test_given_way);
	CU_add_test(s, "it dies before it is prepared", test_dies_early);
	CU_add_test(s, "it hangs", test_hangs);
	CU_add_test(s, "it hangs in the kernel", test_undying);
	CU_add_test(s, "it dies once told to serve", test_dies_late);
	CU_add_test(s, "it does not serve in time", test_not_serving);
	CU_add_test(s, "it cannot be started", test_not_started);
	CU_add_test(s, "it is started too late", test_started_late);
	CU_add_test(s, "deaths while it starts", test_held);
	CU_add_test(s, "deaths before the state is there", test_dies_before);
	CU_add_test(s, "an end meanwhile", test_end_wanted);
	CU_add_test(s, "a state that cannot be written", test_not_written);
	CU_add_test(s, "a state that does not come", test_slow);
	CU_add_test(s, "a state that takes too long", test_too_much);
	CU_add_test(s, "a state that is too long", test_too_long);
	CU_add_test(s, "no memory file", test_no_memory);
	CU_add_test(s, "refused", test_refused);
	CU_add_test(s, "kept by systemd", test_stored);
	CU_add_test(s, "not kept", test_not_stored);
}
