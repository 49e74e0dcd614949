/*
 * Who is in the room: who is shown by which name, and what cryptod may not
 * say.
 */
#include "tests/unit/ui/fixture.h"

#include <CUnit/CUnit.h>

void ui_model_suite(void);

static void
check_shown(struct fixture *f, uint32_t n, const char *expected)
{
	const struct peer *p = model_peer(&f->ui->model, 0x1000 | n);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_STRING_EQUAL(p->shown, expected);
}

static void
join(struct fixture *f, uint32_t n, const char *nick, const char *shown)
{
	CU_ASSERT_EQUAL(fixture_tell_peer(f, n, PEER_CONNECTED, nick), 0);
	check_shown(f, n, shown);
}

static void
test_names(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	join(&f, 1, "bob", "bob");
	join(&f, 2, "Bob", "Bob~ab02");
	join(&f, 3, "bоb", "bоb~ab03");	    /* Cyrillic o */
	join(&f, 4, "alice", "alice~ab04"); /* our own */
	join(&f, 5, "AIice", "AIice~ab05");
	join(&f, 6, "carol", "carol");
	join(&f, 7, "  ca  rol ", "ca rol");
	join(&f, 8, "x\x1b[2J", "peer-ab08");
	join(&f, 9, "peer-ab08", "peer-ab08~ab09");
	/* Stays so when the others are gone, and with a new path. */
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 2, PEER_PATH, "Bob"), 0);
	check_shown(&f, 2, "Bob~ab02");
	CU_ASSERT_PTR_NULL(model_peer(&f.ui->model, 0x1001));
	/* A peer that comes now is after those who are here. */
	join(&f, 10, "bob", "bob~ab0a");
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 6, PEER_LEFT, NULL), 0);
	join(&f, 11, "carol", "carol~ab0b"); /* not the key known by it */
	fixture_close(&f);
}

/* Nobody can be called what somebody else is shown as. */
static void
test_names_with_suffix(void)
{
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	fixture_tell_ready(&f);
	join(&f, 1, "bob~ab02", "bob~ab02~ab01");
	join(&f, 2, "bob", "bob");
	join(&f, 3, "alice", "alice~ab03");
	join(&f, 4, "alice~ab03", "alice~ab03~ab04");
	join(&f, 5,
	    "alice\u223c"
	    "ab03",
	    "alice\u223c"
	    "ab03~ab05");
	/* The same first digits: as many more as it takes. */
	CU_ASSERT_EQUAL(fixture_tell_place(&f, 6, 0x103, PEER_CONNECTED,
			    "alice"),
	    0);
	check_shown(&f, 6, "alice~ab03cd01");
	fixture_close(&f);
}

static void
test_peer_messages_refused(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_PATH, "bob"), -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_LEFT, NULL), -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_PATH, "bob"), -1);
	/* The peer's place is taken, by another generation or another id. */
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 0x1001, PEER_CONNECTING, NULL),
	    0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 0x2001, PEER_CONNECTING, NULL),
	    -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_MESSAGE, &m, "x", 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 0x2001, PEER_CONNECTING, NULL),
	    0);
	fixture_close(&f);
}

static void
test_other_messages_refused(void)
{
	struct ipc_client_ready ready = { .port = 1 };
	struct ipc_bootnode_ready listening = { .addr.port = 1 };
	struct ipc_undelivered u = { .seq = 1 };
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_BOOTNODE_READY, &listening, NULL,
			    0),
	    -1);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_CLIENT_READY, &ready, "alice", 5),
	    0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_CLIENT_READY, &ready, "alice", 5),
	    -1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), -1);
	fixture_tell_bootnode(&f, BOOT_JOINED);
	fixture_type(&f, "one\n");
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 2, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 0, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_sent(&f, 1, 1), -1);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_UNDELIVERED, &u, NULL, 0), -1);
	fixture_close(&f);
	fixture_open(&f, MODE_BOOTNODE, UI_PLAIN);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_CLIENT_READY, &ready, "alice", 5),
	    -1);
	CU_ASSERT_EQUAL(fixture_tell_peer(&f, 1, PEER_CONNECTING, NULL), -1);
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_BOOTNODE_READY, &listening, NULL,
			    0),
	    0);
	fixture_close(&f);
}

void
ui_model_suite(void)
{
	CU_pSuite s = CU_add_suite("ui model", NULL, NULL);

	CU_add_test(s, "names of peers", test_names);
	CU_add_test(s, "names with a suffix", test_names_with_suffix);
	CU_add_test(s, "peers: what is refused", test_peer_messages_refused);
	CU_add_test(s, "others: what is refused", test_other_messages_refused);
}
