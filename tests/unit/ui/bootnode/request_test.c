/*
 * Requests of a bootnode's operator (ui/bootnode/request.c).
 */
#include "ui/bootnode/request.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void request_suite(void);

/* Reads a line. Returns what is wrong, or "". */
static const char *
read_line(struct request *r, const char *line)
{
	static char text[512];
	struct buf why = { 0 };
	int result = request_line(r, line, strlen(line), &why);

	(void)snprintf(text, sizeof(text), "%.*s", (int)why.len,
	    why.len > 0 ? why.bytes : "");
	CU_ASSERT_EQUAL(result == -1, why.len > 0);
	buf_free(&why);
	return text;
}

static void
test_commands(void)
{
	struct request r;

	CU_ASSERT_STRING_EQUAL(read_line(&r, "{\"cmd\":\"status\"}"), "");
	CU_ASSERT_EQUAL(r.command, REQUEST_STATUS);
	CU_ASSERT_FALSE(r.text);
	CU_ASSERT_STRING_EQUAL(read_line(&r,
				   "{\"cmd\":\"rooms\",\"form\":\"text\"}"),
	    "");
	CU_ASSERT_EQUAL(r.operate.what, OPERATE_ROOMS);
	CU_ASSERT_TRUE(r.text);
	CU_ASSERT_STRING_EQUAL(read_line(&r, "{\"cmd\":\"sessions\"}"), "");
	CU_ASSERT_EQUAL(r.operate.what, OPERATE_SESSIONS);
	CU_ASSERT_STRING_EQUAL(read_line(&r, "{\"cmd\":\"drain\"}"), "");
	CU_ASSERT_EQUAL(r.operate.what, OPERATE_DRAIN);
	CU_ASSERT_EQUAL(r.seconds, DRAIN_SECONDS);
	CU_ASSERT_STRING_EQUAL(read_line(&r,
				   "{\"cmd\":\"drain\",\"for\":\"0\"}"),
	    "");
	CU_ASSERT_EQUAL(r.seconds, 0);
	CU_ASSERT_STRING_EQUAL(read_line(&r,
				   "{\"cmd\":\"drain\",\"for\":\"off\"}"),
	    "");
	CU_ASSERT_EQUAL(r.operate.what, OPERATE_REFILL);
	CU_ASSERT_STRING_EQUAL(read_line(&r, "{\"cmd\":\"reload\"}"), "");
	CU_ASSERT_EQUAL(r.command, REQUEST_RELOAD);
}

static void
test_faults(void)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{ "", "the line is not JSON" },
		{ "{\"cmd\":\"rooms\"", "the line is not JSON" },
		{ "\xff", "the line is not JSON" },
		{ "[]", "the line is no object with \"cmd\"" },
		{ "{\"cmd\":7}", "the line is no object with \"cmd\"" },
		{ "{\"cmd\":\"say\"}",
		    "there is no command \"say\"; it can be \"status\", "
		    "\"rooms\", \"sessions\", \"fleet\", \"kick\"" },
		{ "{\"cmd\":\"rooms\",\"who\":\"x\"}",
		    "\"rooms\" has no \"who\"; nothing done" },
		{ "{\"cmd\":\"kick\"}", "\"kick\" needs \"who\"" },
		{ "{\"cmd\":\"kick\",\"who\":7}", "is not a string" },
		{ "{\"cmd\":\"kick\",\"who\":\"x\",\"Who\":\"y\"}",
		    "\"kick\" has no \"Who\"" },
		{ "{\"cmd\":\"rooms\",\"cmd\":\"rooms\"}", "not JSON" },
		{ "{\"cmd\":\"drain\",\"for\":\"-1\"}", "\"drain\" takes" },
		{ "{\"cmd\":\"drain\",\"for\":\"86401\"}", "\"drain\" takes" },
		{ "{\"cmd\":\"drain\",\"for\":\"1x\"}", "\"drain\" takes" },
	};
	struct request r;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(read_line(&r, cases[i].line), cases[i].why));
}

/* Reads what is to be kicked. Returns 0 or -1. */
static int
read_who(struct request *r, const char *who)
{
	struct buf why = { 0 };
	int result = request_words(r, "kick", who, &why);

	buf_free(&why);
	return result;
}

static void
test_who(void)
{
	static const char *const wrong[] = { "", "4a53db7", "4a53db7g",
		"4a53db7df29677f2cf645e973577698a0", "1.2.3", "1.2.3.4:0",
		"1.2.3.4:65536", "1.2.3.4/33", "1.2.3.4:5/24", "::1/129",
		"[::1]", "[::1]:", "[::1", "host", "1.2.3.4/", "1.2.3.4/-1" };
	struct request r;

	CU_ASSERT_EQUAL(read_who(&r, "4A53db7d"), 0);
	CU_ASSERT_EQUAL(r.operate.what, OPERATE_KICK_PEER);
	CU_ASSERT_EQUAL(r.operate.bits, 32);
	CU_ASSERT_EQUAL(memcmp(r.operate.id.bytes, "\x4a\x53\xdb\x7d\0", 5), 0);
	CU_ASSERT_EQUAL(read_who(&r, "4a53db7df29677f2cf645e973577698a"), 0);
	CU_ASSERT_EQUAL(r.operate.bits, 128);
	CU_ASSERT_EQUAL(read_who(&r, "192.0.2.1"), 0);
	CU_ASSERT_EQUAL(r.operate.what, OPERATE_KICK_ADDRESS);
	CU_ASSERT_EQUAL(r.operate.bits, 128);
	CU_ASSERT_EQUAL(r.operate.addr.port, 0);
	CU_ASSERT_EQUAL(memcmp(r.operate.addr.ip + 10,
			    "\xff\xff\xc0\x00\x02\x01", 6),
	    0);
	CU_ASSERT_EQUAL(read_who(&r, "192.0.2.1:4545"), 0);
	CU_ASSERT_EQUAL(r.operate.addr.port, 4545);
	CU_ASSERT_EQUAL(read_who(&r, "192.0.2.0/24"), 0);
	CU_ASSERT_EQUAL(r.operate.bits, 120);
	CU_ASSERT_EQUAL(read_who(&r, "2001:db8::/32"), 0);
	CU_ASSERT_EQUAL(r.operate.bits, 32);
	CU_ASSERT_EQUAL(read_who(&r, "[2001:db8::1]:7"), 0);
	CU_ASSERT_EQUAL(r.operate.bits, 128);
	CU_ASSERT_EQUAL(r.operate.addr.port, 7);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(read_who(&r, wrong[i]), -1);
}

static void
test_deny(void)
{
	static const char *const wrong[] = { "4a53db7d", "192.0.2.1:4545",
		"[2001:db8::1]:7", "192.0.2.1/24", "2001:db8::1/32", "::/0",
		"::/80", "192.0.2.0/33" };
	struct buf why = { 0 };
	struct request r;

	CU_ASSERT_EQUAL(request_words(&r, "deny", "192.0.2.0/24", &why), 0);
	CU_ASSERT_EQUAL(r.operate.what, OPERATE_DENY);
	CU_ASSERT_EQUAL(r.operate.bits, 120);
	CU_ASSERT_EQUAL(request_words(&r, "deny", "0.0.0.0/0", &why), 0);
	CU_ASSERT_EQUAL(request_words(&r, "deny", "2000::/3", &why), 0);
	CU_ASSERT_EQUAL(why.len, 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(request_words(&r, "deny", wrong[i], &why), -1);
	buf_free(&why);
}

void
request_suite(void)
{
	CU_pSuite suite = CU_add_suite("request", NULL, NULL);

	CU_add_test(suite, "commands", test_commands);
	CU_add_test(suite, "faults", test_faults);
	CU_add_test(suite, "who", test_who);
	CU_add_test(suite, "deny", test_deny);
}
