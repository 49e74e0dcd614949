/*
 * The commands of a bootnode's console, in each view: one after the other, each
 * with its answer, as at the control socket.
 */
#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>

void console_suite(void);

#define T    "12:34:56 * "
#define E    "12:34:56 ! "
#define TIME "\"time\":\"" FIXTURE_UTC "\""

static const enum ui_kind kinds[] = { UI_PLAIN, UI_JSON, UI_TUI };
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* cryptod is asked. Returns the ticket, or 0 if it is not. */
static uint32_t
asked(struct fixture *f, enum operate what, uint32_t from)
{
	struct ipc_message_in in;
	const struct ipc_operate *o;

	if (fixture_next(f, &in) == IPC_NONE)
		return 0;
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_OPERATE);
	o = in.body;
	CU_ASSERT_EQUAL(o->what, what);
	CU_ASSERT_EQUAL(o->from, from);
	return o->ticket;
}

/* netd has answered; so many entries, if it is a list. */
static void
tell(struct fixture *f, enum operate what, uint32_t ticket, uint32_t next,
    uint32_t count)
{
	static const struct ipc_operated_entry entries[OPERATED_MAX] = {
		{ .room = { 0xde, 0xad }, .number = 3 }
	};
	const struct ipc_operated body = { .what = (uint8_t)what,
		.ticket = ticket,
		.next = next,
		.count = count };
	const bool lists = what == OPERATE_ROOMS || what == OPERATE_SESSIONS;

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_OPERATED, &body, entries,
			    lists ? count * sizeof(entries[0]) : 0),
	    0);
	f->ui->side->work(f->ui);
	ui_work(f->ui);
}

/* People read sentences. */
static void
test_plain(void)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	fixture_type(&f, "/rooms\n");
	tell(&f, OPERATE_ROOMS, asked(&f, OPERATE_ROOMS, 0), 0, 1);
	fixture_expect(&f, T "room dead0000      3 members\n" T "1 room\n");
	fixture_type(&f, "kick 192.0.2.1\n");
	tell(&f, OPERATE_KICK_ADDRESS, asked(&f, OPERATE_KICK_ADDRESS, 0), 0,
	    2);
	fixture_expect(&f, T "2 sessions ended; the client may come again\n");
	fixture_type(&f, "drain off\n");
	tell(&f, OPERATE_REFILL, asked(&f, OPERATE_REFILL, 0), 0, 0);
	fixture_expect(&f, T "clients are let in again\n");
	fixture_type(&f, "deny 192.0.2.1/8\n");
	CU_ASSERT_EQUAL(asked(&f, OPERATE_DENY, 0), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    E "line 4: \"deny\" takes an address, or a prefix with nothing"));
	fixture_close(&f);
}

/* Programs read what they would at the control socket. */
static void
test_json(void)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_JSON);
	fixture_type(&f, "{\"cmd\":\"rooms\"}\n");
	tell(&f, OPERATE_ROOMS, asked(&f, OPERATE_ROOMS, 0), 0, 1);
	fixture_expect(&f,
	    "{\"event\":\"room\"," TIME
	    ",\"room\":\"dead0000\",\"members\":3}\n"
	    "{\"event\":\"end\"," TIME ",\"count\":1}\n");
	fixture_type(&f, "{\"cmd\":\"rooms\",\"form\":\"text\"}\n");
	tell(&f, OPERATE_ROOMS, asked(&f, OPERATE_ROOMS, 0), 0, 0);
	fixture_expect(&f,
	    "{\"event\":\"line\"," TIME ",\"text\":\"0 rooms\"}\n"
	    "{\"event\":\"end\"," TIME ",\"count\":0}\n");
	fixture_type(&f, "{\"cmd\":\"kick\",\"Who\":\"::1\"}\n");
	fixture_expect(&f,
	    "{\"event\":\"error\"," TIME ",\"text\":\"line 3: \\\"kick\\\" "
	    "has no \\\"Who\\\"; nothing done\"}\n");
	CU_ASSERT_EQUAL(asked(&f, OPERATE_KICK_ADDRESS, 0), 0);
	fixture_close(&f);
}

/* Two nodes, in two answers. */
static void
tell_nodes(struct fixture *f)
{
	struct ipc_operated_node node = { .id = 0x4cb71327bf0ade2d,
		.capacity = 1000,
		.sessions = 12,
		.rooms = 3,
		.self = 1,
		.addr_count = 1,
		.version = "1.2.3",
		.addrs = { { .ip = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
		    .port = 7 } } };
	struct ipc_operated body = { .what = OPERATE_FLEET, .count = 1 };

	body.ticket = asked(f, OPERATE_FLEET, 0);
	body.next = 1;
	CU_ASSERT_EQUAL(fixture_tell(f, IPC_OPERATED, &body, &node,
			    sizeof(node)),
	    0);
	f->ui->side->work(f->ui);
	ui_work(f->ui);
	node.id = 5;
	node.self = 0;
	node.state = OPERATED_DRAINS;
	node.age_ms = 1500;
	body.ticket = asked(f, OPERATE_FLEET, 1);
	body.next = 0;
	CU_ASSERT_EQUAL(fixture_tell(f, IPC_OPERATED, &body, &node,
			    sizeof(node)),
	    0);
	f->ui->side->work(f->ui);
	ui_work(f->ui);
}

static void
test_fleet(void)
{
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	fixture_type(&f, "fleet\n");
	tell_nodes(&f);
	fixture_expect(&f,
	    T "4cb71327bf0ade2d lives       12 of    1000 sessions       3 "
	      "rooms   0.0 s *\n" T "  1.2.3 192.0.2.1:7\n" T
	      "0000000000000005 drains      12 of    1000 sessions       3 "
	      "rooms   1.5 s\n" T "  1.2.3 192.0.2.1:7\n" T
	      "2 nodes; * this one\n");
	fixture_type(&f, "fleet\n");
	tell(&f, OPERATE_FLEET, asked(&f, OPERATE_FLEET, 0), 0, 0);
	fixture_expect(&f, T "this bootnode is in no fleet\n");
	fixture_close(&f);
	fixture_open(&f, MODE_BOOTNODE, UI_JSON);
	fixture_type(&f, "{\"cmd\":\"fleet\"}\n");
	tell_nodes(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "\"id\":\"4cb71327bf0ade2d\",\"state\":\"lives\",\"self\":true,"
	    "\"addresses\":[\"192.0.2.1:7\"],\"capacity\":1000,"
	    "\"sessions\":12,\"rooms\":3,\"heard_s\":0.0,"
	    "\"version\":\"1.2.3\"}\n"));
	fixture_close(&f);
}

/* Commands that come at once are obeyed one after the other, and a long list
 * comes page by page before the next one begins. */
static void
test_in_turn(void)
{
	static const char *const lines[] = { "rooms\nsessions\n",
		"{\"cmd\":\"rooms\"}\n{\"cmd\":\"sessions\"}\n" };
	struct fixture f;

	for (int json = 0; json < 2; json++) {
		fixture_open(&f, MODE_BOOTNODE, json ? UI_JSON : UI_PLAIN);
		fixture_type(&f, lines[json]);
		tell(&f, OPERATE_ROOMS, asked(&f, OPERATE_ROOMS, 0), 64, 64);
		tell(&f, OPERATE_ROOMS, asked(&f, OPERATE_ROOMS, 64), 0, 2);
		CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
		    json ? "\"count\":66}\n" : T "66 rooms\n"));
		tell(&f, OPERATE_SESSIONS, asked(&f, OPERATE_SESSIONS, 0), 0,
		    0);
		CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
		    json ? "\"count\":0}\n" : T "0 sessions\n"));
		fixture_close(&f);
	}
}

/* Nobody reads the console: no further page is asked for. */
static void
test_unread(void)
{
	static char much[OUTPUT_MARK + 1];
	struct fixture f;

	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	fixture_type(&f, "sessions\n");
	output_put(&f.ui->out, much, sizeof(much));
	tell(&f, OPERATE_SESSIONS, asked(&f, OPERATE_SESSIONS, 0), 64, 64);
	CU_ASSERT_EQUAL(asked(&f, OPERATE_SESSIONS, 64), 0);
	f.ui->now += 60 * USEC_PER_SEC;
	f.ui->side->work(f.ui);
	output_abandon(&f.ui->out);
	f.ui->side->work(f.ui);
	CU_ASSERT_NOT_EQUAL(asked(&f, OPERATE_SESSIONS, 64), 0);
	fixture_close(&f);
}

/* netd, or the launcher, says nothing: in each view there is an error, and the
 * next command is obeyed. */
static void
test_late(void)
{
	static const char *const lines[] = { "rooms\nreload\n",
		"{\"cmd\":\"rooms\"}\n{\"cmd\":\"reload\"}\n" };
	struct fixture f;

	for (int json = 0; json < 2; json++) {
		fixture_open(&f, MODE_BOOTNODE, json ? UI_JSON : UI_PLAIN);
		fixture_type(&f, lines[json]);
		CU_ASSERT_EQUAL(f.ui->side->deadline(f.ui),
		    f.ui->now + INQUIRY_PATIENCE);
		f.ui->now += INQUIRY_PATIENCE;
		f.ui->side->work(f.ui);
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(fixture_output(&f), "netd does not answer"));
		ui_work(f.ui);
		fixture_expect_on(&f.launcher, IPC_RELOAD);
		f.ui->now += INQUIRY_RELOAD_PATIENCE;
		f.ui->side->work(f.ui);
		CU_ASSERT_PTR_NOT_NULL(
		    strstr(fixture_output(&f), "the reload takes long"));
		fixture_close(&f);
	}
}

/* A bootnode that is told at its console to drain does so. */
static void
test_drain(void)
{
	struct ipc_stats stats = { .draining = 1, .sessions = 1 };
	struct fixture f;

	for (size_t i = 0; i < KINDS; i++) {
		fixture_open(&f, MODE_BOOTNODE, kinds[i]);
		f.ui->side->command(f.room, "drain", "60");
		tell(&f, OPERATE_DRAIN, asked(&f, OPERATE_DRAIN, 0), 0, 0);
		CU_ASSERT_EQUAL(f.operator.inquiries.drain_by,
		    f.ui->now + 60 * USEC_PER_SEC);
		fixture_tell(&f, IPC_STATS_SHOW, &stats, NULL, 0);
		CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
		stats.sessions = 0;
		fixture_tell(&f, IPC_STATS_SHOW, &stats, NULL, 0);
		CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
		stats.sessions = 1;
		fixture_close(&f);
	}
}

void
console_suite(void)
{
	CU_pSuite suite = CU_add_suite("console", NULL, NULL);

	CU_add_test(suite, "plain", test_plain);
	CU_add_test(suite, "the fleet", test_fleet);
	CU_add_test(suite, "json", test_json);
	CU_add_test(suite, "one after the other", test_in_turn);
	CU_add_test(suite, "nobody reads", test_unread);
	CU_add_test(suite, "no answer", test_late);
	CU_add_test(suite, "drain", test_drain);
}
