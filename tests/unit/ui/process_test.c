/*
 * The ui process (ui/process.c): what the launcher tells it, when cryptod is
 * read, a new cryptod in the place of the old, and when the loop has something
 * to do or is over.
 */
#include "tests/unit/ui/trial.h"

#include "common/log.h"

#include "ui/leave.h"
#include "ui/trust.h"

#include "tests/unit/forked.h"
#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void ui_process_suite(void);

#define E     "12:34:56 ! "
#define ENDED E "the process with the keys ended; "

/* --- A new cryptod -------------------------------------------------------- */

/* The end of a channel to a new one; other: its own end. */
static int
new_channel(struct ipc_channel *other)
{
	struct ipc_channel ours;

	ipc_pair(&ours, ROLE_UI, other, ROLE_CRYPTOD);
	return ours.fd;
}

static int
tell_channel(struct trial *t, enum role role, int fd)
{
	const struct ipc_channel_end end = { .role = (uint8_t)role };

	return trial_tell(t, IPC_CHANNEL, &end, NULL, 0, fd);
}

/* The first room's. */
static const struct loop_channel *
first_channel(const struct trial *t)
{
	return &t->p->loop.channels[0];
}

/* The launcher may know of the death first: the user is told of it once, and
 * the new one has the number that the sandbox knows. */
static void
test_channel(void)
{
	struct ipc_channel other;
	struct trial t;
	int fd;

	trial_open(&t, UI_PLAIN);
	t.p->ui.front->was_ready = true;
	ui_rename(t.p->ui.front, "anne", 4);
	trial_expect(&t.cryptod, IPC_NICK);
	trial_output(&t);
	fd = new_channel(&other);
	CU_ASSERT_EQUAL(tell_channel(&t, ROLE_CRYPTOD, fd), 0);
	CU_ASSERT_EQUAL(t.p->ui.front->cryptod.fd, t.p->rooms_fd);
	CU_ASSERT_EQUAL(strncmp(trial_output(&t), ENDED, strlen(ENDED)), 0);
	/* It does not know the name that we took. */
	trial_expect(&other, IPC_NICK);
	ipc_close(&other);
	trial_close(&t);
}

static void
test_channel_after_end(void)
{
	struct ipc_channel other;
	struct trial t;

	trial_open(&t, UI_PLAIN);
	t.p->ui.front->was_ready = true;
	ipc_close(&t.p->ui.front->cryptod);
	first_channel(&t)->gone(t.p->ui.front, &t.p->ui.front->cryptod);
	CU_ASSERT_EQUAL(strncmp(trial_output(&t), ENDED, strlen(ENDED)), 0);
	CU_ASSERT_EQUAL(tell_channel(&t, ROLE_CRYPTOD, new_channel(&other)), 0);
	CU_ASSERT_EQUAL(t.p->ui.front->cryptod.fd, t.p->rooms_fd);
	CU_ASSERT_STRING_EQUAL(trial_output(&t), "");
	ui_quit(&t.p->ui);
	trial_expect(&other, IPC_QUIT);
	ipc_close(&other);
	trial_close(&t);
}

/* No other process talks to ui. */
static void
test_channel_refused(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	CU_ASSERT_EQUAL(tell_channel(&t, ROLE_NETD, -1), -1);
	t.p->ui.rooms[0] = NULL; /* that room is not open */
	CU_ASSERT_EQUAL(tell_channel(&t, ROLE_CRYPTOD, -1), -1);
	t.p->ui.rooms[0] = t.p->ui.front;
	CU_ASSERT_EQUAL(t.p->ui.front->cryptod.fd, t.p->rooms_fd);
	trial_close(&t);
}

static void
expect_read(struct trial *t, bool alive, bool gone)
{
	CU_ASSERT_EQUAL(first_channel(t)->may_read(t->p->ui.front, false),
	    alive);
	CU_ASSERT_EQUAL(first_channel(t)->may_read(t->p->ui.front, true), gone);
}

/* Of what a living one says only as much as there is room to show; of what a
 * dead one said all, as long as there can be a receipt for it. */
static void
test_may_read(void)
{
	static char much[OUTPUT_MARK + 1];
	struct ui *ui;
	struct trial t;

	trial_open(&t, UI_PLAIN);
	ui = &t.p->ui;
	CU_ASSERT_TRUE(first_channel(&t)->heard_out);
	expect_read(&t, true, true);
	ui->front->receipt_count = UI_RECEIPTS_MAX - 1;
	expect_read(&t, true, true);
	ui->front->receipt_count = UI_RECEIPTS_MAX;
	expect_read(&t, false, false);
	ui->phase = UI_QUITTING; /* it says goodbye */
	expect_read(&t, true, true);
	ui->front->receipt_count = 0;
	output_put(&ui->out, much, sizeof(much));
	ui->phase = UI_DRAINING;
	expect_read(&t, false, true);
	ui->phase = UI_FLUSHING; /* nothing more counts */
	expect_read(&t, false, false);
	trial_close(&t);
}

/* --- The launcher --------------------------------------------------------- */

static void
expect_named(struct trial *t, const struct ipc_notice *notice, const char *text,
    const char *shown)
{
	char expected[128];

	CU_ASSERT_EQUAL(trial_tell(t, IPC_NOTICE, notice, text, strlen(text),
			    -1),
	    0);
	(void)snprintf(expected, sizeof(expected), "12:34:56 [room] ! %s\n",
	    shown);
	CU_ASSERT_STRING_EQUAL(trial_output(t), expected);
}

/* What a process of another room says comes with the name of that room, if it
 * is still open. */
static void
test_notice(void)
{
	struct ipc_notice notice = { .level = LOG_WARN };
	struct ipc_config_ui config;
	struct room *other;
	struct trial t;

	trial_open(&t, UI_PLAIN);
	CU_ASSERT_EQUAL(trial_tell(&t, IPC_NOTICE, &notice, "a line, and more",
			    6, -1),
	    0);
	CU_ASSERT_STRING_EQUAL(trial_output(&t), E "a line\n");
	notice.room = 3;
	CU_ASSERT_EQUAL(trial_tell(&t, IPC_NOTICE, &notice, "gone", 4, -1), 0);
	CU_ASSERT_STRING_EQUAL(trial_output(&t), E "gone\n");
	config = t.p->ui.config;
	memset(config.room, 0, sizeof(config.room));
	memcpy(config.room, "yard", 4);
	config.room_len = 4;
	other = room_open(&t.p->ui, 2, &config);
	CU_ASSERT_EQUAL(trial_tell(&t, IPC_NOTICE, &notice, "text", 4, -1), 0);
	CU_ASSERT_STRING_EQUAL(trial_output(&t),
	    "12:34:56 [room] ! yard: text\n");
	expect_named(&t, &notice, "no room 1: room 3",
	    "yard: no room 1: room 3");
	/* The launcher's lines have numbers, which are not those of the tui. */
	notice.room = 0;
	expect_named(&t, &notice, "closing room 3", "closing room yard");
	expect_named(&t, &notice, "a of room 3 is ended: room 1 has",
	    "a of room yard is ended: room room has");
	expect_named(&t, &notice, "room 33, room 2, room 0, room 17, room ",
	    "room 33, room 2, room 0, room 17, room ");
	expect_named(&t, &notice, "room 3: room 99999999999999999999",
	    "room yard: room 99999999999999999999");
	room_close(other);
	trial_close(&t);
}

static void
test_shutdown(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	CU_ASSERT_EQUAL(trial_tell(&t, IPC_SHUTDOWN, NULL, NULL, 0, -1), 0);
	trial_expect(&t.cryptod, IPC_QUIT);
	CU_ASSERT_EQUAL(t.p->ui.phase, UI_QUITTING);
	trial_close(&t);
}

/* Only a tui has asked for it. */
static void
test_no_screen(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	CU_ASSERT_EQUAL(trial_tell(&t, IPC_SCREEN, NULL, NULL, 0, -1), -1);
	trial_close(&t);
}

static void
test_stop(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	trial_work(&t);
	trial_expect(&t.launcher, IPC_NONE);
	t.p->ui.stop_wanted = true;
	trial_work(&t);
	trial_work(&t);
	trial_expect(&t.launcher, IPC_STOP);
	trial_expect(&t.launcher, IPC_NONE);
	/* Who is done ends, and need not be stopped. */
	t.p->ui.stop_wanted = true;
	t.p->ui.phase = UI_DONE;
	trial_work(&t);
	trial_expect(&t.launcher, IPC_NONE);
	trial_close(&t);
}

/* Before the first cryptod is there, the launcher knows better than this ui
 * what is on the screen. */
static void
test_places(void)
{
	const struct ipc_places before = { .current = 5, .adrift = 1 };
	struct trial t;

	trial_open(&t, UI_PLAIN);
	t.p->connected = false;
	trial_work(&t);
	trial_expect(&t.launcher, IPC_NONE);
	CU_ASSERT_EQUAL(trial_tell(&t, IPC_PLACES_BEFORE, &before, NULL, 0, -1),
	    0);
	CU_ASSERT_EQUAL(t.p->ui.places_before.current, 5);
	CU_ASSERT_TRUE(t.p->ui.adrift);
	t.p->connected = true;
	trial_work(&t);
	trial_expect(&t.launcher, IPC_PLACES);
	trial_work(&t);
	trial_expect(&t.launcher, IPC_NONE);
	trial_close(&t);
}

/* --- The loop ------------------------------------------------------------- */

static uint64_t
deadline(struct trial *t)
{
	return t->p->loop.deadline(t->p);
}

/* The nearest of what ui waits for, and of the time to try the input again. */
static void
test_deadline(void)
{
	struct trial t;
	uint64_t now;

	trial_open(&t, UI_PLAIN);
	now = t.p->ui.now;
	CU_ASSERT_EQUAL(deadline(&t), CLOCK_NEVER);
	t.p->in_at = now + 5;
	CU_ASSERT_EQUAL(deadline(&t), now + 5);
	t.p->ui.front->return_by = now + 4;
	CU_ASSERT_EQUAL(deadline(&t), now + 4);
	t.p->ui.front->return_by = now + 6;
	CU_ASSERT_EQUAL(deadline(&t), now + 5);
	t.p->in_at = now;
	CU_ASSERT_EQUAL(deadline(&t), now + 6);
	/* Nothing is read any more, whenever. */
	t.p->in_at = now + 5;
	t.p->ui.phase = UI_QUITTING;
	CU_ASSERT_EQUAL(deadline(&t), now + 6);
	trial_close(&t);
}

/* Its time is that of the clock, after each wait and before work. */
static void
test_clock(void)
{
	struct trial t;
	uint64_t now;

	trial_open(&t, UI_PLAIN);
	now = t.p->ui.now;
	trial_wait(7);
	CU_ASSERT_TRUE(t.p->loop.woke(t.p));
	CU_ASSERT_EQUAL(t.p->ui.now, now + 7);
	trial_wait(7);
	trial_work(&t);
	CU_ASSERT_EQUAL(t.p->ui.now, now + 14);
	trial_close(&t);
}

/* After its goodbye cryptod is nobody to wait for. */
static void
test_off(void)
{
	struct trial t;

	trial_open(&t, UI_PLAIN);
	trial_work(&t);
	CU_ASSERT_FALSE(first_channel(&t)->off);
	ui_quit(&t.p->ui);
	trial_work(&t);
	CU_ASSERT_FALSE(first_channel(&t)->off);
	ui_goodbye(t.p->ui.front);
	trial_work(&t);
	CU_ASSERT_TRUE(first_channel(&t)->off);
	trial_close(&t);
}

static void
read_real_clock(struct ui *ui)
{
	ui->now = clock_now();
}

/* Goes round until it is over: a line that leaves, cryptod's goodbye, and the
 * last of the output. */
static int
run(void *arg)
{
	static const char line[] = "/quit\n";
	static char written[256];
	struct trial t;
	ssize_t n;

	(void)arg;
	alarm(60);
	trial_open(&t, UI_PLAIN);
	t.p->read_clocks = read_real_clock;
	EXPECT(write(t.in, line, strlen(line)) == (ssize_t)strlen(line));
	ipc_send(&t.cryptod, IPC_GOODBYE, NULL, NULL, 0);
	process_run(t.p);
	EXPECT(t.p->ui.phase == UI_DONE);
	n = read(t.out, written, sizeof(written) - 1);
	EXPECT(n > 4 && strcmp(written + n - 4, "bye\n") == 0);
	EXPECT(process_exit_code(t.p) == 0);
	t.p->ui.outcome.to_nobody = true;
	EXPECT(process_exit_code(t.p) == CHILD_UNDELIVERED);
	t.p->exit_code = CHILD_UNABLE;
	EXPECT(process_exit_code(t.p) == CHILD_UNABLE);
	return 0;
}

static void
test_run(void)
{
	CU_ASSERT_EQUAL(forked(run, NULL), 0);
}

void
ui_process_suite(void)
{
	CU_pSuite s = CU_add_suite("ui_process", NULL, NULL);

	CU_add_test(s, "a new cryptod", test_channel);
	CU_add_test(s, "a new one, after the end", test_channel_after_end);
	CU_add_test(s, "a channel to another", test_channel_refused);
	CU_add_test(s, "when cryptod is read", test_may_read);
	CU_add_test(s, "a line of the log", test_notice);
	CU_add_test(s, "to be ended", test_shutdown);
	CU_add_test(s, "what is on the screen", test_places);
	CU_add_test(s, "a screen for nobody", test_no_screen);
	CU_add_test(s, "to be stopped", test_stop);
	CU_add_test(s, "deadlines", test_deadline);
	CU_add_test(s, "the clock", test_clock);
	CU_add_test(s, "cryptod after its goodbye", test_off);
	CU_add_test(s, "from start to end", test_run);
}
