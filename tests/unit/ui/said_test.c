/*
 * What was said, as cryptod tells of it: whom it is for while that is open,
 * and what cannot be true of it.
 */
#include "ui/ui.h"

#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

#include <string.h>

void said_suite(void);

/* The id that the fixture's peer n has. */
static struct peer_id
id_of(uint32_t n)
{
	struct peer_id id = { { (uint8_t)n, 0xee, (uint8_t)(n >> 8) } };

	return id;
}

/* So many texts were said, and cryptod has them. */
static void
begin(struct fixture *f, enum ui_kind kind, unsigned int texts)
{
	fixture_open(f, MODE_CLIENT, kind);
	fixture_tell_ready(f);
	fixture_tell_bootnode(f, BOOT_JOINED);
	while (texts-- > 0)
		ui_say(f->ui, "hello", 5);
	ui_work(f->ui);
	fixture_output(f);
}

/* It went to peer n so far, or to nobody if n is 0, and whoever comes. */
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

	return said_peers(&f->ui->said, seq, &open);
}

/* There is no text that it could be of. */
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

/* Those of the ui before this one are lower than any here. */
static void
test_numbers_before(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	said_init(&f.ui->said, 1ULL << 32 | 1);
	fixture_tell_ready(&f);
	CU_ASSERT_EQUAL(tell_also(&f, 0, 1), 0);
	CU_ASSERT_EQUAL(tell_also(&f, 7, 1), 0);
	CU_ASSERT_EQUAL(tell_all(&f, 8), 0);
	CU_ASSERT_EQUAL(tell_also(&f, 1ULL << 32, 1), -1);
	CU_ASSERT_EQUAL(tell_all(&f, 1ULL << 32 | 1), -1);
	fixture_close(&f);
}

/* Nobody is awaited twice, nor more than a room holds; nothing is changed by
 * what is refused. */
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
	for (uint32_t n = 2; n <= SENT_PEERS_MAX; n++)
		CU_ASSERT_EQUAL(tell_also(&f, 0, n), 0);
	CU_ASSERT_EQUAL(peers_of(&f, 2), SENT_PEERS_MAX);
	CU_ASSERT_EQUAL(tell_also(&f, 0, SENT_PEERS_MAX + 1), -1);
	/* Who has it makes room. */
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 2, 1), 0);
	CU_ASSERT_EQUAL(tell_also(&f, 0, SENT_PEERS_MAX + 1), 0);
	fixture_close(&f);
}

void
said_suite(void)
{
	CU_pSuite s = CU_add_suite("said", NULL, NULL);

	CU_add_test(s, "numbers", test_numbers);
	CU_add_test(s, "numbers of the ui before", test_numbers_before);
	CU_add_test(s, "peers", test_peers);
}
