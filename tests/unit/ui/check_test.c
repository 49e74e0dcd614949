/*
 * A check (ui/check.c): one line, the exit code, and that it ends.
 */
#include "ui/check.h"

#include "common/child.h"
#include "tests/unit/ui/fixture.h"
#include "ui/leave.h"

#include <CUnit/CUnit.h>

#include <string.h>

void ui_check_suite(void);

static void
open_check(struct fixture *f, enum ui_kind kind)
{
	fixture_open(f, MODE_CLIENT, kind);
	f->ui->config.check = f->ui->check.wanted = true;
	f->ui->view = check_view(kind);
	ui_work(f->ui);
	fixture_tell_ready(f);
}

static void
tell_sent_on(struct fixture *f, enum boot_status status,
    enum boot_refusal refusal, uint32_t redirects)
{
	const struct ipc_bootnode b = {
		.status = (uint8_t)status,
		.refusal = (uint8_t)refusal,
		.joined = status == BOOT_JOINED,
		.addr = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2,
			      1 },
		    9595 },
		.key = { 0xab },
		.took = { 1500, 2000, 4000, redirects },
	};

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_BOOTNODE, &b, NULL, 0), 0);
}

static void
tell(struct fixture *f, enum boot_status status, enum boot_refusal refusal)
{
	tell_sent_on(f, status, refusal, 0);
}

/* Nothing more is shown, and the process ends with this code. */
static void
expect_end(struct fixture *f, int code)
{
	ui_goodbye(f->room);
	ui_work(f->ui);
	fixture_expect(f, "");
	ui_work(f->ui);
	CU_ASSERT_EQUAL(f->ui->phase, UI_DONE);
	CU_ASSERT_EQUAL(outcome_exit_code(f->ui), code);
	fixture_close(f);
}

static void
test_passed(void)
{
	struct fixture f;

	open_check(&f, UI_PLAIN);
	fixture_expect(&f, "");
	CU_ASSERT_FALSE(ui_reads_input(f.ui));
	tell(&f, BOOT_JOINED, REFUSAL_NONE);
	fixture_expect(&f,
	    "ok: bootnode 192.0.2.1:9595 let us in after 7.5 ms (name 1.5 ms, "
	    "COOKIE 2.0 ms, WELCOME 4.0 ms)\n");
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	fixture_expect_next(&f, IPC_QUIT);
	/* What comes after that is no news. */
	tell(&f, BOOT_LOST, REFUSAL_NONE);
	tell(&f, BOOT_REFUSED, REFUSAL_BOOTNODE_FULL);
	expect_end(&f, 0);
}

/* The first node of the fleet was not the one of the room. */
static void
test_sent_on(void)
{
	struct fixture f;

	open_check(&f, UI_PLAIN);
	tell_sent_on(&f, BOOT_JOINED, REFUSAL_NONE, 1);
	fixture_expect(&f,
	    "ok: bootnode 192.0.2.1:9595 let us in after 7.5 ms (name 1.5 ms, "
	    "COOKIE 2.0 ms, WELCOME 4.0 ms); 1 other sent us on\n");
	expect_end(&f, 0);
}

static void
test_passed_json(void)
{
	struct fixture f;

	open_check(&f, UI_JSON);
	tell(&f, BOOT_JOINED, REFUSAL_NONE);
	fixture_expect(&f,
	    "{\"event\":\"check\",\"time\":\"" FIXTURE_UTC "\",\"ok\":true,"
	    "\"address\":\"192.0.2.1:9595\",\"key\":\"ab000000000000000000000000"
	    "00000000000000000000000000000000000000\",\"name_ms\":1.5,"
	    "\"cookie_ms\":2.0,\"welcome_ms\":4.0,\"total_ms\":7.5,\"redirects\":0}\n");
	expect_end(&f, 0);
}

static void
test_refused(void)
{
	struct fixture f;

	open_check(&f, UI_PLAIN);
	tell(&f, BOOT_REFUSED, REFUSAL_BOOTNODE_FULL);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "failed: bootnode 192.0.2.1:9595 refused: it is full"));
	fixture_expect_next(&f, IPC_QUIT);
	expect_end(&f, CHILD_UNDELIVERED);
	open_check(&f, UI_JSON);
	tell(&f, BOOT_REFUSED, REFUSAL_KEY_PINNED);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "\"ok\":false,\"reason\":\"bootnode 192.0.2.1:9595 refused: its key "
	    "is not that of --bootnode-key"));
	expect_end(&f, CHILD_UNDELIVERED);
}

/* It waits for its whole time, and no longer. */
static void
test_silent(void)
{
	struct fixture f;

	open_check(&f, UI_PLAIN);
	tell(&f, BOOT_UNREACHABLE, REFUSAL_NONE);
	CU_ASSERT_EQUAL(ui_deadline(f.ui), f.ui->now + CHECK_TIME);
	f.ui->now += CHECK_TIME - 1;
	ui_work(f.ui);
	fixture_expect(&f, "");
	f.ui->now += 1;
	ui_work(f.ui);
	fixture_expect(&f,
	    "failed: bootnode 192.0.2.1:9595 does not answer; if it is private, "
	    "--access-key-file has to give its access key; gave up after 10 "
	    "s\n");
	expect_end(&f, CHILD_UNDELIVERED);
	open_check(&f, UI_PLAIN);
	f.ui->now += CHECK_TIME;
	ui_work(f.ui);
	fixture_expect(&f,
	    "failed: the bootnode answers, but lets nobody in: there was no "
	    "WELCOME; gave up after 10 s\n");
	expect_end(&f, CHILD_UNDELIVERED);
}

/* A signal ends it: that is no success. */
static void
test_interrupted(void)
{
	struct fixture f;

	open_check(&f, UI_PLAIN);
	ui_quit(f.ui);
	ui_goodbye(f.room);
	fixture_expect(&f, "failed: it was ended before there was an answer\n");
	expect_end(&f, CHILD_UNDELIVERED);
	/* Nobody reads what it says. */
	open_check(&f, UI_PLAIN);
	ui_output_gone(f.ui);
	expect_end(&f, CHILD_UNDELIVERED);
}

void
ui_check_suite(void)
{
	CU_pSuite suite = CU_add_suite("ui, check", NULL, NULL);

	CU_add_test(suite, "passed", test_passed);
	CU_add_test(suite, "sent on", test_sent_on);
	CU_add_test(suite, "passed, json", test_passed_json);
	CU_add_test(suite, "refused", test_refused);
	CU_add_test(suite, "silent", test_silent);
	CU_add_test(suite, "interrupted", test_interrupted);
}
