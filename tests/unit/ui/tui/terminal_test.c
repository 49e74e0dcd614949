/*
 * What the terminal can do, by its name and the environment; its size, and raw
 * input, on a pseudo terminal (ui/tui/terminal.c).
 */
#include "ui/tui/terminal.h"

#include <sys/ioctl.h>

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

void tui_terminal_suite(void);

static const char *const variables[] = { "TERM", "COLORTERM", "NO_COLOR" };
static char *kept[3];

static void
put_variable(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static int
keep_environment(void)
{
	for (size_t i = 0; i < 3; i++) {
		const char *value = getenv(variables[i]);

		kept[i] = value != NULL ? strdup(value) : NULL;
		unsetenv(variables[i]);
	}
	return 0;
}

static int
put_environment_back(void)
{
	for (size_t i = 0; i < 3; i++) {
		put_variable(variables[i], kept[i]);
		free(kept[i]);
	}
	return 0;
}

/* The names are of terminals that every system knows. */
static struct terminal
probe(const char *name)
{
	struct terminal t = { .columns = 80, .rows = 24 };

	put_variable("TERM", name);
	CU_ASSERT_PTR_NULL(terminal_probe(&t));
	return t;
}

static void
test_colours(void)
{
	CU_ASSERT_EQUAL(probe("xterm-256color").colours, COLOURS_256);
	CU_ASSERT_EQUAL(probe("xterm").colours, COLOURS_16); /* it has 8 */
	CU_ASSERT_EQUAL(probe("vt100").colours, COLOURS_NONE);
	/* Terminfo knows less of some than they say themselves. */
	put_variable("COLORTERM", "truecolor");
	CU_ASSERT_EQUAL(probe("xterm").colours, COLOURS_256);
	CU_ASSERT_EQUAL(probe("vt100").colours, COLOURS_NONE);
	put_variable("COLORTERM", "24bit");
	CU_ASSERT_EQUAL(probe("xterm").colours, COLOURS_256);
	put_variable("COLORTERM", "yes");
	CU_ASSERT_EQUAL(probe("xterm").colours, COLOURS_16);
	put_variable("COLORTERM", NULL);
}

/* https://no-color.org: whatever its value, unless it is empty. */
static void
test_no_colour(void)
{
	put_variable("NO_COLOR", "");
	CU_ASSERT_EQUAL(probe("xterm-256color").colours, COLOURS_256);
	put_variable("NO_COLOR", "0");
	CU_ASSERT_EQUAL(probe("xterm-256color").colours, COLOURS_NONE);
	put_variable("COLORTERM", "truecolor");
	CU_ASSERT_EQUAL(probe("xterm").colours, COLOURS_NONE);
	put_variable("COLORTERM", NULL);
	put_variable("NO_COLOR", NULL);
}

/* A Linux console would print a link's address and the title. */
static void
test_links(void)
{
	CU_ASSERT_TRUE(probe("xterm").links);
	CU_ASSERT_TRUE(probe("xterm").title);
	CU_ASSERT_FALSE(probe("linux").links);
	CU_ASSERT_FALSE(probe("linux").title);
	/* Nothing is known of the size yet. */
	CU_ASSERT_EQUAL(probe("xterm").columns, 0);
	CU_ASSERT_EQUAL(probe("xterm").rows, 0);
}

static void
expect_refused(const char *name, const char *why)
{
	struct terminal t;
	const char *said;

	put_variable("TERM", name);
	said = terminal_probe(&t);
	CU_ASSERT_PTR_NOT_NULL_FATAL(said);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, why));
	CU_ASSERT_FALSE(t.links);
}

/* Whoever has such a terminal reads why there is no screen. */
static void
test_refused(void)
{
	expect_refused("no-such-terminal", "terminfo does not know");
	expect_refused("vt52", "does not understand ECMA-48");
	expect_refused("dumb", "does not understand ECMA-48");
}

/* A terminal; the test's end of it in *master. */
static int
open_terminal(int *master)
{
	int slave;

	*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	CU_ASSERT_FATAL(
	    *master != -1 && grantpt(*master) == 0 && unlockpt(*master) == 0);
	slave = open(ptsname(*master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	CU_ASSERT_FATAL(slave != -1);
	return slave;
}

/* Of this size now; whether that is another than before. */
static bool
measure(struct terminal *t, int fd, unsigned short columns, unsigned short rows)
{
	const struct winsize size = { .ws_col = columns, .ws_row = rows };

	CU_ASSERT_EQUAL_FATAL(ioctl(fd, TIOCSWINSZ, &size), 0);
	return terminal_measure(t, fd);
}

static void
expect_size(const struct terminal *t, unsigned int columns, unsigned int rows)
{
	CU_ASSERT_EQUAL(t->columns, columns);
	CU_ASSERT_EQUAL(t->rows, rows);
}

static void
test_size(void)
{
	struct terminal t = { 0 };
	int master, slave = open_terminal(&master);

	CU_ASSERT_TRUE(measure(&t, slave, 132, 43));
	expect_size(&t, 132, 43);
	CU_ASSERT_FALSE(measure(&t, slave, 132, 43));
	CU_ASSERT_TRUE(measure(&t, slave, 131, 43));
	CU_ASSERT_TRUE(measure(&t, slave, 131, 44));
	expect_size(&t, 131, 44);
	CU_ASSERT_TRUE(measure(&t, slave, 1, 1));
	expect_size(&t, 1, 1);
	close(slave);
	close(master);
}

/* One that does not know its size, or only half of it, and no terminal. */
static void
test_no_size(void)
{
	static const unsigned short halves[][2] = { { 0, 0 }, { 132, 0 },
		{ 0, 43 } };
	struct terminal t;
	int master, slave = open_terminal(&master), pipes[2];

	for (size_t i = 0; i < sizeof(halves) / sizeof(halves[0]); i++) {
		t = (struct terminal){ .columns = 1, .rows = 1 };
		CU_ASSERT_TRUE(measure(&t, slave, halves[i][0], halves[i][1]));
		expect_size(&t, 80, 24);
	}
	CU_ASSERT_EQUAL_FATAL(pipe(pipes), 0);
	t = (struct terminal){ 0 };
	CU_ASSERT_TRUE(terminal_measure(&t, pipes[0]));
	expect_size(&t, 80, 24);
	CU_ASSERT_FALSE(terminal_measure(&t, pipes[0]));
	CU_ASSERT_EQUAL(terminal_raw(pipes[0]), -1);
	close(pipes[0]);
	close(pipes[1]);
	close(slave);
	close(master);
}

/* That all of this can be read within a second. */
static void
expect_read(int fd, const char *bytes, size_t len)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char got[64];

	CU_ASSERT_EQUAL_FATAL(poll(&p, 1, 1000), 1);
	CU_ASSERT_EQUAL_FATAL(read(fd, got, sizeof(got)), (ssize_t)len);
	CU_ASSERT(memcmp(got, bytes, len) == 0);
}

/* Modes that a program before us may have left behind. */
static void
make_odd(int fd)
{
	struct termios t;

	CU_ASSERT_EQUAL_FATAL(tcgetattr(fd, &t), 0);
	t.c_lflag &= ~(tcflag_t)ICANON;
	t.c_cc[VMIN] = 7;
	t.c_cc[VTIME] = 1;
	CU_ASSERT_EQUAL_FATAL(tcsetattr(fd, TCSANOW, &t), 0);
}

/* Each byte as it comes, whatever it is; what was typed before is there, and
 * nothing is echoed. */
static void
test_raw(void)
{
	static const char keys[] = "b\r\n\003\004\021\023\032\034\177\xff";
	int master, slave = open_terminal(&master);
	struct pollfd p = { .fd = master, .events = POLLIN };
	struct termios t;

	make_odd(slave);
	CU_ASSERT_EQUAL(write(master, "a", 1), 1);
	expect_read(master, "a", 1); /* the echo of before */
	CU_ASSERT_EQUAL(terminal_raw(slave), 0);
	expect_read(slave, "a", 1);
	CU_ASSERT_EQUAL(write(master, keys, sizeof(keys)), sizeof(keys));
	expect_read(slave, keys, sizeof(keys));
	CU_ASSERT_EQUAL(poll(&p, 1, 0), 0);
	CU_ASSERT_EQUAL(tcgetattr(slave, &t), 0);
	CU_ASSERT_EQUAL(t.c_cc[VMIN], 1);
	CU_ASSERT_EQUAL(t.c_cc[VTIME], 0);
	close(slave);
	close(master);
}

void
tui_terminal_suite(void)
{
	CU_pSuite s = CU_add_suite("tui_terminal", keep_environment,
	    put_environment_back);

	CU_add_test(s, "colours", test_colours);
	CU_add_test(s, "no colours are wanted", test_no_colour);
	CU_add_test(s, "links and title", test_links);
	CU_add_test(s, "terminals that cannot do it", test_refused);
	CU_add_test(s, "its size", test_size);
	CU_add_test(s, "no size", test_no_size);
	CU_add_test(s, "raw input", test_raw);
}
