/*
 * The reasons why a peer counts as left, as cryptod reports them (peer.c,
 * peers.c, members.c).
 */
#include "cryptod/client/members.h"
#include "cryptod/client/peers.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

void left_suite(void);

/* Returns the reason that ui is told for the peer's leaving. */
static unsigned int
reason(struct stage *s)
{
	const struct ipc_peer_state *state;
	struct ipc_message_in in;

	while ((state = stage_ui(s, IPC_PEER, &in)) != NULL)
		if (state->state == PEER_LEFT)
			return state->left;
	return LEFT_NONE;
}

static void
set_up(struct stage *s)
{
	stage_open(s, true);
	stage_listed(s);
	stage_connect(s);
}

static void
unlist(struct stage *s)
{
	const struct peer_id id = s->p->id; /* it may go with the call */

	members_left(s->c, &id, LEAVE_TIMEOUT);
}

static void
test_goodbye(void)
{
	struct stage s;

	set_up(&s);
	CU_ASSERT_EQUAL(session_send(s.them->session, s.c->now, SESSION_BYE,
			    NULL, 0),
	    0);
	stage_exchange(&s, s.them);
	CU_ASSERT_EQUAL(reason(&s), LEFT_GOODBYE);
	stage_close(&s);
}

static void
test_unlisted(void)
{
	struct stage s;

	stage_open(&s, true);
	stage_listed(&s);
	unlist(&s);
	CU_ASSERT_EQUAL(reason(&s), LEFT_UNLISTED);
	stage_close(&s);
}

/* The bootnode's word alone is no reason; with a dead path it is one. */
static void
test_lost(void)
{
	struct stage s;

	set_up(&s);
	unlist(&s);
	CU_ASSERT_EQUAL(reason(&s), LEFT_NONE);
	stage_path(&s, PATH_FAILED);
	CU_ASSERT_EQUAL(reason(&s), LEFT_LOST);
	stage_close(&s);
}

static void
test_silent(void)
{
	struct stage s;

	set_up(&s);
	s.c->boot.up = false;
	stage_path(&s, PATH_PROBING);
	CU_ASSERT_EQUAL(reason(&s), LEFT_NONE);
	stage_path(&s, PATH_FAILED);
	CU_ASSERT_EQUAL(reason(&s), LEFT_SILENT);
	stage_close(&s);
}

/* A client that looked for the peer in vain trusts the room's keys again. A
 * peer whose probes come through is there, and has the session's keys. */
static void
test_stalled(void)
{
	struct ipc_path stalled = { .state = PATH_FAILED,
		.failure = FAILURE_STALLED };
	struct stage s;

	set_up(&s);
	stage_take(&s);
	stalled.handle = s.p->handle;
	peers_path(s.c, MESSAGE(s.c->now, &stalled));
	stage_take(&s);
	CU_ASSERT_EQUAL(s.p->state, PEER_FAILED);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_OPEN], 0);
	stage_path(&s, PATH_FAILED);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_PEER_OPEN], 1);
	stage_close(&s);
}

static void
test_protocol(void)
{
	static const uint8_t nonsense[100] = { 2, 1 };
	struct ipc_record body;
	struct stage s;

	set_up(&s);
	unlist(&s);
	body = (struct ipc_record){ s.p->handle, s.p->session_serial };
	peers_record(s.c,
	    MESSAGE_WITH(s.c->now, &body, nonsense, sizeof(nonsense)));
	CU_ASSERT_EQUAL(reason(&s), LEFT_PROTOCOL);
	stage_close(&s);
}

/* The peer's text comes before its path is up again: ui, which has forgotten
 * the peer, is first told who it is. */
static void
test_back(void)
{
	struct ipc_message_in in;
	struct stage s;

	set_up(&s);
	unlist(&s);
	stage_path(&s, PATH_FAILED);
	stage_hear(&s, 1, "from the void");
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 0);
	stage_path(&s, PATH_UP);
	CU_ASSERT_PTR_NOT_NULL(stage_ui(&s, IPC_MESSAGE, &in));
	stage_close(&s);
}

/* The text of a peer that leaves again before there is a path is not lost. */
static void
test_gone_again(void)
{
	struct stage s;

	set_up(&s);
	unlist(&s);
	stage_path(&s, PATH_FAILED);
	stage_hear(&s, 1, "from the void");
	stage_path(&s, PATH_FAILED);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 1);
	stage_close(&s);
}

/* A ui has died before it showed a peer's text. The next ui gets the text when
 * the peer is back, and not before: the peer does not send it again over the
 * same stream, and the receipt for later texts includes it. */
static void
test_unshown(void)
{
	struct stage s;

	set_up(&s);
	stage_hear(&s, 1, "one");
	unlist(&s);
	stage_path(&s, PATH_FAILED);
	CU_ASSERT_EQUAL(s.p->state, PEER_LEFT);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 1); /* and never shown */
	peers_tell_ui(s.c);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 1);
	stage_listed(&s);
	stage_path(&s, PATH_UP);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 2);
	stage_hear(&s, 2, "two");
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 3);
	stage_shown(&s, 2);
	CU_ASSERT_EQUAL(s.them->receipt, 2);
	stage_close(&s);
}

/* A restarted ui does not get the text of a peer that is only connecting, until
 * the peer's path is up. */
static void
test_unshown_unnamed(void)
{
	struct stage s;

	set_up(&s);
	unlist(&s);
	stage_path(&s, PATH_FAILED);
	stage_hear(&s, 1, "from the void");
	CU_ASSERT_EQUAL(s.p->state, PEER_CONNECTING);
	peers_tell_ui(s.c);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 0);
	stage_path(&s, PATH_UP);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 1);
	stage_close(&s);
}

/* A slow ui that has the text does not get it twice. */
static void
test_unshown_once(void)
{
	struct stage s;

	set_up(&s);
	stage_hear(&s, 1, "one");
	unlist(&s);
	stage_path(&s, PATH_FAILED);
	stage_hear(&s, 2, "two");
	stage_path(&s, PATH_UP);
	stage_take(&s);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 2);
	stage_close(&s);
}

/* When the peer's entry goes, so does a text that nobody will be shown. */
static void
test_unshown_for_good(void)
{
	struct stage s;

	set_up(&s);
	stage_hear(&s, 1, "one");
	unlist(&s);
	stage_path(&s, PATH_FAILED);
	peers_tell_ui(s.c);
	CU_ASSERT_FALSE(STAILQ_EMPTY(&s.c->inbox));
	peer_free(s.p);
	CU_ASSERT_TRUE(STAILQ_EMPTY(&s.c->inbox));
	stage_close(&s);
}

void
left_suite(void)
{
	CU_pSuite suite = CU_add_suite("left", crypto_setup, NULL);

	CU_add_test(suite, "goodbye", test_goodbye);
	CU_add_test(suite, "listed no more", test_unlisted);
	CU_add_test(suite, "lost", test_lost);
	CU_add_test(suite, "silent", test_silent);
	CU_add_test(suite, "probes come through", test_stalled);
	CU_add_test(suite, "its session broke", test_protocol);
	CU_add_test(suite, "a text before the path is back", test_back);
	CU_add_test(suite, "a text, and gone again", test_gone_again);
	CU_add_test(suite, "a text that was not shown", test_unshown);
	CU_add_test(suite, "one before the path is back", test_unshown_unnamed);
	CU_add_test(suite, "not shown yet", test_unshown_once);
	CU_add_test(suite, "not shown, and gone", test_unshown_for_good);
}
