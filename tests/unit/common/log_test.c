/*
 * Lines of the log, from whoever writes one to the launcher's end of the
 * channel; and fatal(), after which nothing goes on.
 */
#include "common/log.h"
#include "common/log_channel.h"
#include "tests/unit/forked.h"
#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void log_suite(void);

/* --- To a function -------------------------------------------------------- */

static struct {
	unsigned int count;
	enum log_level level;
	bool event;
	char text[2 * LOG_TEXT_MAX];
} last;

static void
on_log(enum log_level level, bool event, const char *text)
{
	last.count++;
	last.level = level;
	last.event = event;
	snprintf(last.text, sizeof(last.text), "%s", text);
}

static void
check_last(enum log_level level, bool event, const char *text)
{
	CU_ASSERT_EQUAL(last.count, 1);
	CU_ASSERT_EQUAL(last.level, level);
	CU_ASSERT_EQUAL(last.event, event);
	CU_ASSERT_STRING_EQUAL(last.text, text);
	last.count = 0;
}

/* Each has its level, and only an event is one. */
static void
test_levels(void)
{
	log_to_function(on_log);
	log_error("%s", "");
	check_last(LOG_ERROR, false, "");
	log_error("%s %d", "one", 1);
	check_last(LOG_ERROR, false, "one 1");
	log_warn("two");
	check_last(LOG_WARN, false, "two");
	log_info("three");
	check_last(LOG_INFO, false, "three");
	log_debug("four");
	check_last(LOG_DEBUG, false, "four");
	log_event(LOG_WARN, "five", "n=%d", 5);
	check_last(LOG_WARN, true, "five n=5");
	/* Without a log nothing is said, and nothing happens. */
	log_to_function(NULL);
	log_error("six");
	CU_ASSERT_EQUAL(last.count, 0);
}

/* A text loses its end; it still is one. */
static void
test_long(void)
{
	char want[LOG_TEXT_MAX];

	log_to_function(on_log);
	log_info("%0*d", LOG_TEXT_MAX - 1, 0);
	memset(want, '0', sizeof(want));
	want[LOG_TEXT_MAX - 1] = '\0';
	check_last(LOG_INFO, false, want);
	log_info("%0*d", 3 * LOG_TEXT_MAX, 0);
	check_last(LOG_INFO, false, want);
	log_to_function(NULL);
}

/* An event is whole pairs or none of the last: half a value is a wrong one.
 * Here of a name, and of a value, that just fits, and one byte more. */
static void
test_long_event(void)
{
	char name[LOG_TEXT_MAX + 1], want[LOG_TEXT_MAX];

	log_to_function(on_log);
	memset(name, 'n', sizeof(name));
	name[LOG_TEXT_MAX - 1] = '\0';
	log_event(LOG_INFO, name, NULL);
	check_last(LOG_INFO, true, name);
	log_event(LOG_INFO, name, "a=1"); /* the blank has no room */
	CU_ASSERT_EQUAL(last.count, 0);
	name[LOG_TEXT_MAX - 2] = '\0';
	log_event(LOG_INFO, name, "a=1");
	check_last(LOG_INFO, true, name);
	memset(name, 'n', sizeof(name));
	name[LOG_TEXT_MAX] = '\0';
	log_event(LOG_INFO, name, NULL);
	CU_ASSERT_EQUAL(last.count, 0);

	snprintf(want, sizeof(want), "x a=%0*d", LOG_TEXT_MAX - 5, 0);
	log_event(LOG_INFO, "x", "a=%0*d", LOG_TEXT_MAX - 5, 0);
	check_last(LOG_INFO, true, want);
	log_event(LOG_INFO, "x", "a=%0*d", LOG_TEXT_MAX - 4, 0);
	check_last(LOG_INFO, true, "x");
	log_to_function(NULL);
}

/* --- To the launcher ------------------------------------------------------ */

/* Whether the next message is this one. */
static bool
is_told(struct ipc_channel *launcher, enum ipc_type type, const char *text,
    size_t len)
{
	struct ipc_message_in in;

	return ipc_receive(launcher, &in) == IPC_GOT && in.type == type &&
	    in.tail_len == len && memcmp(in.tail, text, len) == 0;
}

/* The same of a line of the log. */
static bool
is_logged(struct ipc_channel *launcher, enum log_level level, bool event,
    const char *text)
{
	struct ipc_message_in in;
	const struct ipc_log *line;

	if (ipc_receive(launcher, &in) != IPC_GOT || in.type != IPC_LOG)
		return false;
	line = in.body;
	return line->level == level && line->event == event &&
	    in.tail_len == strlen(text) &&
	    memcmp(in.tail, text, in.tail_len) == 0;
}

/* In a process of its own: the log remembers its channel. */
static int
log_to_launcher(void *arg)
{
	struct ipc_channel ui, launcher;
	char text[LOG_TEXT_MAX + 2];

	(void)arg;
	ipc_pair(&ui, ROLE_UI, &launcher, ROLE_LAUNCHER);
	log_to_channel(&ui);
	log_warn("a line");
	EXPECT(is_logged(&launcher, LOG_WARN, false, "a line"));
	log_event(LOG_DEBUG, "an_event", NULL);
	EXPECT(is_logged(&launcher, LOG_DEBUG, true, "an_event"));
	log_farewell("not delivered: hello");
	EXPECT(is_told(&launcher, IPC_FAREWELL, "not delivered: hello", 20));
	/* One that is longer than the longest loses its end. */
	memset(text, 'x', sizeof(text));
	text[LOG_TEXT_MAX + 1] = '\0';
	log_farewell(text);
	EXPECT(is_told(&launcher, IPC_FAREWELL, text, LOG_TEXT_MAX));
	text[LOG_TEXT_MAX] = '\0';
	log_farewell(text);
	EXPECT(is_told(&launcher, IPC_FAREWELL, text, LOG_TEXT_MAX));
	return 0;
}

static void
test_channel(void)
{
	CU_ASSERT_EQUAL(forked(log_to_launcher, NULL), 0);
}

/* --- The end -------------------------------------------------------------- */

static int told[2];

static void
tell_line(enum log_level level, bool event, const char *text)
{
	dprintf(told[1], "%d %d %s|", level, event, text);
}

static void
tell_end(void)
{
	dprintf(told[1], "the end|");
}

static int
end_with_reason(void *arg)
{
	log_to_function(tell_line);
	log_at_fatal(arg == NULL ? NULL : tell_end);
	fatal("no %s", "way");
}

/* The reason is logged, then what has to be put back is, and that is all. */
static void
test_fatal(void)
{
	char got[64] = "";

	CU_ASSERT_EQUAL_FATAL(pipe(told), 0);
	CU_ASSERT_EQUAL(forked(end_with_reason, NULL), 1);
	CU_ASSERT(read(told[0], got, sizeof(got) - 1) > 0);
	CU_ASSERT_STRING_EQUAL(got, "0 0 no way|");
	memset(got, 0, sizeof(got));
	CU_ASSERT_EQUAL(forked(end_with_reason, told), 1);
	CU_ASSERT(read(told[0], got, sizeof(got) - 1) > 0);
	CU_ASSERT_STRING_EQUAL(got, "0 0 no way|the end|");
	close(told[0]);
	close(told[1]);
}

void
log_suite(void)
{
	CU_pSuite suite = CU_add_suite("log", NULL, NULL);

	CU_add_test(suite, "levels", test_levels);
	CU_add_test(suite, "a long text", test_long);
	CU_add_test(suite, "a long event", test_long_event);
	CU_add_test(suite, "to the launcher", test_channel);
	CU_add_test(suite, "what is fatal", test_fatal);
}
