/*
 * The user's texts as cryptod reports on them: whom they are for while that is
 * open, reports that cannot be true, and what is known of them if cryptod dies.
 */
#include "ui/tui/tui.h"

#include "ui/say.h"

#include "common/child.h"
#include "tests/unit/ipc_pair.h"
#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>

void said_suite(void);

/* Returns the id of the fixture's peer n. */
static struct peer_id
id_of(uint32_t n)
{
	struct peer_id id = { { (uint8_t)n, 0xee, (uint8_t)(n >> 8) } };

	return id;
}

/* Says so many texts, which cryptod has. */
static void
begin(struct fixture *f, enum ui_kind kind, unsigned int texts)
{
	fixture_open(f, MODE_CLIENT, kind);
	fixture_tell_ready(f);
	fixture_tell_bootnode(f, BOOT_JOINED);
	while (texts-- > 0)
		ui_say(f->room, "hello", 5);
	ui_work(f->ui);
	fixture_output(f);
}

/* A text went to peer n so far, or to nobody if n is 0, and goes to everybody
 * who comes. */
static void
tell_open(struct fixture *f, uint64_t seq, uint32_t n)
{
	struct ipc_sent open = { .seq = seq, .peers = n > 0, .open = 1 };
	struct peer_id id = id_of(n);

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_SENT, &open, &id,
			    open.peers * sizeof(id)),
	    0);
}

static int
tell_also(struct fixture *f, uint64_t after, uint32_t n)
{
	struct ipc_sent_also also = { .after = after, .id = id_of(n) };

	return fixture_tell(f, IPC_SENT_ALSO, &also, NULL, 0);
}

static int
tell_all(struct fixture *f, uint64_t seq)
{
	struct ipc_sent_all all = { .seq = seq };

	return fixture_tell(f, IPC_SENT_ALL, &all, NULL, 0);
}

static uint32_t
peers_of(const struct fixture *f, uint64_t seq)
{
	bool open;

	return said_peers(&f->room->said, seq, &open);
}

/* A report must be about a text that exists. */
static void
test_numbers(void)
{
	struct fixture f;

	begin(&f, UI_PLAIN, 0);
	CU_ASSERT_EQUAL(tell_also(&f, 0, 1), -1);
	CU_ASSERT_EQUAL(tell_all(&f, 1), -1);
	fixture_close(&f);
	begin(&f, UI_PLAIN, 2);
	tell_open(&f, 1, 1);
	tell_open(&f, 2, 1);
	CU_ASSERT_EQUAL(tell_also(&f, UINT64_MAX, 2), -1);
	CU_ASSERT_EQUAL(tell_also(&f, 2, 2), -1);
	CU_ASSERT_EQUAL(tell_all(&f, UINT64_MAX), -1);
	CU_ASSERT_EQUAL(tell_all(&f, 3), -1);
	CU_ASSERT_EQUAL(peers_of(&f, 2), 1);
	CU_ASSERT_EQUAL(tell_also(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(peers_of(&f, 1), 1);
	CU_ASSERT_EQUAL(peers_of(&f, 2), 2);
	CU_ASSERT_EQUAL(tell_all(&f, 2), 0);
	fixture_close(&f);
}

/* Numbers of an earlier ui are lower than any here. */
static void
test_numbers_before(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	said_init(&f.room->said, 1ULL << 32 | 1);
	fixture_tell_ready(&f);
	CU_ASSERT_EQUAL(tell_also(&f, 0, 1), 0);
	CU_ASSERT_EQUAL(tell_also(&f, 7, 1), 0);
	CU_ASSERT_EQUAL(tell_all(&f, 8), 0);
	CU_ASSERT_EQUAL(tell_also(&f, 1ULL << 32, 1), -1);
	CU_ASSERT_EQUAL(tell_all(&f, 1ULL << 32 | 1), -1);
	fixture_close(&f);
}

/* No peer is awaited twice, and no more than a room holds; a refused report
 * changes nothing. */
static void
test_peers(void)
{
	struct fixture f;

	begin(&f, UI_PLAIN, 2);
	tell_open(&f, 1, 0);
	tell_open(&f, 2, 1);
	CU_ASSERT_EQUAL(tell_also(&f, 0, 1), -1);
	CU_ASSERT_EQUAL(peers_of(&f, 1), 0);
	CU_ASSERT_EQUAL(peers_of(&f, 2), 1);
	for (uint32_t n = 2; n <= CLIENT_PEERS_MAX; n++)
		CU_ASSERT_EQUAL(tell_also(&f, 0, n), 0);
	CU_ASSERT_EQUAL(peers_of(&f, 2), CLIENT_PEERS_MAX);
	CU_ASSERT_EQUAL(tell_also(&f, 0, CLIENT_PEERS_MAX + 1), -1);
	/* A peer that has the text makes room. */
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 2, 1), 0);
	CU_ASSERT_EQUAL(tell_also(&f, 0, CLIENT_PEERS_MAX + 1), 0);
	fixture_close(&f);
}

/* cryptod dies, and is restarted. */
static void
restart_cryptod(struct fixture *f)
{
	ipc_close(&f->room->cryptod);
	ipc_close(&f->cryptod);
	ui_cryptod_gone(f->room);
	ipc_pair(&f->room->cryptod, ROLE_UI, &f->cryptod, ROLE_CRYPTOD);
	ui_work(f->ui);
}

/* A text went to one peer, who has it, and to nobody who was on the way back:
 * nobody knows who that is. */
static void
test_open_and_gone(void)
{
	struct fixture f;

	begin(&f, UI_PLAIN, 1);
	tell_open(&f, 1, 1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), 0);
	fixture_expect_say(&f, 1, "hello");
	restart_cryptod(&f);
	fixture_expect(&f,
	    "12:34:56 ! the process with the keys ended; when it is back, "
	    "gochat sends again what was not delivered\n"
	    "12:34:56 ! people who had not returned yet do not get 1 of your "
	    "messages, and gochat does not know who they are; the last is "
	    "\"hello\"\n");
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	CU_ASSERT_EQUAL(said_open(&f.room->said), 0);
	fixture_expect_next(&f, IPC_NONE);
	fixture_close(&f);
}

/* A program is told by a last "sent", and then about the peers that are
 * known. */
static void
test_open_and_gone_json(void)
{
	struct ipc_message_in in;
	struct peer_id first = id_of(1);
	struct fixture f;

	begin(&f, UI_JSON, 2);
	tell_open(&f, 1, 1);
	tell_open(&f, 2, 0);
	fixture_expect_say(&f, 1, "hello");
	fixture_expect_say(&f, 2, "hello");
	fixture_output(&f);
	restart_cryptod(&f);
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), "\"event\":\"sent\""),
	    1);
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), CHILD_UNDELIVERED);
	/* One text goes to the peer that is known not to have it, the other to
	 * all. */
	CU_ASSERT_EQUAL_FATAL(fixture_next(&f, &in), IPC_SAY_TO);
	CU_ASSERT_EQUAL_FATAL(in.tail_len, sizeof(first));
	CU_ASSERT_EQUAL(memcmp(in.tail, &first, sizeof(first)), 0);
	fixture_expect_say(&f, 1, "hello");
	fixture_expect_say(&f, 2, "hello");
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), 0);
	fixture_expect(&f, "");
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	fixture_close(&f);
}

static void
test_open_and_gone_sent(void)
{
	struct fixture f;

	begin(&f, UI_JSON, 1);
	tell_open(&f, 1, 1);
	tell_also(&f, 0, 2);
	fixture_output(&f);
	restart_cryptod(&f);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "\"seq\":1,\"peers\":2,\"unknown\":true}\n"));
	fixture_close(&f);
}

/* The mark says neither that all have it, nor that more may come. */
static void
test_open_and_gone_tui(void)
{
	const struct entry *e;
	struct fixture f;

	begin(&f, UI_TUI, 1);
	tell_open(&f, 1, 1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	e = history_own(&f.room->pane->history, 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT(e->mark.open && !e->mark.unknown);
	restart_cryptod(&f);
	CU_ASSERT(!e->mark.open && e->mark.unknown);
	CU_ASSERT(e->mark.peers == 1 && e->mark.delivered == 1);
	fixture_close(&f);
}

/* About a text that is not open, all is known. */
static void
test_closed_and_gone(void)
{
	struct fixture f;

	begin(&f, UI_PLAIN, 2);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	tell_open(&f, 2, 0);
	restart_cryptod(&f);
	CU_ASSERT_EQUAL(fixture_count(fixture_output(&f), "!"), 1);
	CU_ASSERT_EQUAL(outcome_exit_code(f.ui), 0);
	fixture_close(&f);
}

/* It was reported as lost, and counted; of what a ui before us said we have not
 * counted anything, and of what was never said nothing can arrive. */
static void
test_delivered_late(void)
{
	struct ipc_delivered d = { .seq = 10, .id.bytes = { 1, 0xee } };
	struct fixture f;

	begin(&f, UI_PLAIN, 0);
	said_init(&f.room->said, 10);
	fixture_type(&f, "x\ny\n");
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 10, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&f, 10, 1), 0);
	CU_ASSERT_EQUAL(f.ui->outcome.undelivered, 1);
	fixture_output(&f);
	d.seq = 12;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_DELIVERED_LATE, &d, NULL, 0), -1);
	d.seq = 9;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_DELIVERED_LATE, &d, NULL, 0), 0);
	CU_ASSERT_EQUAL(f.ui->outcome.undelivered, 1);
	d.seq = 11;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_DELIVERED_LATE, &d, NULL, 0), 0);
	CU_ASSERT_EQUAL(f.ui->outcome.undelivered, 0);
	d.seq = 10;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_DELIVERED_LATE, &d, NULL, 0), 0);
	CU_ASSERT_EQUAL(f.ui->outcome.undelivered, 0);
	fixture_close(&f);
}

/* For another one, and for all: only of what was said. */
static void
test_sent_refused(void)
{
	struct ipc_sent_also also = { .after = 1, .id.bytes = { 1, 0xee } };
	struct ipc_sent sent = { .seq = 1, .open = 1 };
	struct ipc_sent_all all = { .seq = 2 };
	struct fixture f;

	begin(&f, UI_PLAIN, 1);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT, &sent, NULL, 0), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALSO, &also, NULL, 0), -1);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALL, &all, NULL, 0), -1);
	also.after = 0;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALSO, &also, NULL, 0), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALSO, &also, NULL, 0), -1);
	all.seq = 1;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_SENT_ALL, &all, NULL, 0), 0);
	CU_ASSERT_FALSE(f.ui->outcome.to_nobody); /* bob is somebody */
	CU_ASSERT_EQUAL(said_open(&f.room->said), 1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(said_open(&f.room->said), 0);
	fixture_close(&f);
}

void
said_suite(void)
{
	CU_pSuite s = CU_add_suite("said", NULL, NULL);

	CU_add_test(s, "numbers", test_numbers);
	CU_add_test(s, "numbers of the ui before", test_numbers_before);
	CU_add_test(s, "peers", test_peers);
	CU_add_test(s, "delivered after all", test_delivered_late);
	CU_add_test(s, "sent, to whom", test_sent_refused);
	CU_add_test(s, "open, and cryptod gone", test_open_and_gone);
	CU_add_test(s, "the same in json", test_open_and_gone_json);
	CU_add_test(s, "the last sent", test_open_and_gone_sent);
	CU_add_test(s, "the same in the tui", test_open_and_gone_tui);
	CU_add_test(s, "closed, and cryptod gone", test_closed_and_gone);
}
