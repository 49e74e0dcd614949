/*
 * What is late: messages of netd and ui about peers that are gone meanwhile
 * (peers.c), our goodbye to those who are not, and another ui.
 */
#include "cryptod/client/peer_table.h"
#include "cryptod/client/peers.h"
#include "cryptod/client/status.h"
#include "cryptod/client/told.h"

#include "tests/unit/bytes.h"
#include "tests/unit/cryptod/client/client_stage.h"
#include "tests/unit/message.h"

#include <CUnit/CUnit.h>

#include <string.h>
#include <time.h>

void peers_end_suite(void);

static void
begin(struct stage *s)
{
	stage_open(s, true);
	stage_listed(s);
	stage_connect(s);
	stage_take(s);
}

/* The peer says goodbye, and the bootnode lists it no more. */
static void
lose(struct stage *s)
{
	CU_ASSERT_EQUAL(session_send(s->them->session, s->c->now, SESSION_BYE,
			    NULL, 0),
	    0);
	s->p->in_roster = false;
	stage_exchange(s, s->them);
	CU_ASSERT_PTR_NULL(peer_of_id(s->c, &s->them->us.id));
}

/* Its last text is shown, though it is gone: it was said. */
static void
test_shown_late(void)
{
	struct ipc_receipt receipt = { .seq = 1 };
	struct ipc_message_in in;
	struct stage s;

	begin(&s);
	stage_hear(&s, 1, "the last");
	receipt.handle = s.p->handle;
	lose(&s);
	peers_receipt(s.c, &receipt);
	CU_ASSERT_TRUE(STAILQ_EMPTY(&s.c->inbox));
	recall_tell(&s.c->recall, &s.c->ui);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stage_ui(&s, IPC_RECALL, &in));
	CU_ASSERT_EQUAL(memcmp(in.tail + s.them->config.nick_len, "the last",
			    8),
	    0);
	stage_close(&s);
}

/* Another ui does not know who that was, and is not told the text. */
static void
test_not_shown(void)
{
	struct stage s;

	begin(&s);
	stage_hear(&s, 1, "the last");
	lose(&s);
	stage_take(&s);
	peers_tell_ui(s.c);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_MESSAGE), 0);
	CU_ASSERT_EQUAL(s.told[IPC_PEER], 0);
	CU_ASSERT_TRUE(STAILQ_EMPTY(&s.c->inbox));
	stage_close(&s);
}

/* It is told of those who are there, before their texts; and again after them,
 * since they may go by another name than then. */
static void
test_another_ui(void)
{
	struct peer *failed;
	struct stage s;

	begin(&s);
	stage_list_other(&s, 1)->state = PEER_LEFT;
	failed = stage_list_other(&s, 2);
	failed->state = PEER_FAILED;
	failed->failure = FAILURE_UNANSWERED;
	stage_take(&s);
	peers_tell_ui(s.c);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER), 2);
	stage_hear(&s, 1, "hello");
	stage_take(&s);
	peers_tell_ui(s.c);
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER), 3);
	CU_ASSERT_EQUAL(s.told[IPC_MESSAGE], 1);
	stage_close(&s);
}

/* netd still speaks of somebody whom it was told to drop. */
static void
test_dropped(void)
{
	struct ipc_path path = { .state = PATH_UP, .kind = PATH_DIRECT };
	struct ipc_acked acked = { .bytes = 1 };
	struct ipc_record record = { .handle = 0 };
	static const uint8_t nonsense[64];
	struct stage s;

	begin(&s);
	path.handle = acked.handle = record.handle = s.p->handle;
	acked.serial = record.serial = s.p->session_serial;
	s.p->known_to_netd = false;
	s.p->path_up = false;
	s.p->in_flight = 7;
	peers_path(s.c, MESSAGE(s.c->now, &path));
	CU_ASSERT_FALSE(s.p->path_up);
	peers_acked(s.c, MESSAGE(s.c->now, &acked));
	CU_ASSERT_EQUAL(s.p->in_flight, 7);
	peers_record(s.c,
	    MESSAGE_WITH(s.c->now, &record, nonsense, sizeof(nonsense)));
	CU_ASSERT_TRUE(session_established(s.p->session));
	s.p->known_to_netd = true;
	lose(&s);
	peers_path(s.c, MESSAGE(s.c->now, &path));
	peers_acked(s.c, MESSAGE(s.c->now, &acked));
	CU_ASSERT_EQUAL(stage_told(&s, IPC_PEER), 1); /* that it left */
	stage_close(&s);
}

/* We leave: whoever is there hears it, and ui hears what they do not get. */
static void
test_goodbye(void)
{
	const struct ipc_undelivered *u;
	struct ipc_message_in in;
	struct peer *other;
	struct stage s;

	begin(&s);
	other = stage_list_other(&s, 1); /* no session yet */
	stage_say(&s, 1, "not shown yet");
	peers_goodbye(s.c);
	for (int i = 0; i < 2; i++) {
		u = stage_ui(&s, IPC_UNDELIVERED, &in);
		CU_ASSERT_PTR_NOT_NULL_FATAL(u);
		CU_ASSERT_EQUAL(u->reason, UNDELIVERED_QUIT);
		CU_ASSERT_TRUE(u->counted);
		CU_ASSERT_EQUAL(memcmp(&u->id, i == 0 ? &s.p->id : &other->id,
				    PEER_ID_LEN),
		    0);
	}
	stage_exchange(&s, s.them);
	CU_ASSERT_EQUAL(s.them->byes, 1);
	stage_close(&s);
}

/* --- For the next ui ------------------------------------------------------ */

static int64_t
wall_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* When a text was said, by both clocks, and by whom: what is known of that one
 * now, which may be the id alone. */
static void
test_told(void)
{
	const struct peer_id nobody = { { 0x99 } };
	int64_t before = wall_ms();
	struct recall_whom whom;
	struct recall_time time;
	struct stage s;

	begin(&s);
	time = told_time(s.c);
	CU_ASSERT_EQUAL(time.at, s.c->now);
	CU_ASSERT(time.wall_ms >= before && time.wall_ms <= wall_ms());
	whom = told_whom(s.c, &s.p->id);
	CU_ASSERT_EQUAL(memcmp(&whom.id, &s.p->id, PEER_ID_LEN), 0);
	CU_ASSERT_EQUAL(memcmp(whom.fingerprint, s.p->fingerprint,
			    FINGERPRINT_LEN),
	    0);
	CU_ASSERT_EQUAL(whom.nick_len, s.them->config.nick_len);
	CU_ASSERT_EQUAL(memcmp(whom.nick, s.them->nick, whom.nick_len), 0);
	whom = told_whom(s.c, &nobody);
	CU_ASSERT_EQUAL(memcmp(&whom.id, &nobody, PEER_ID_LEN), 0);
	CU_ASSERT_EQUAL(whom.nick_len, 0);
	stage_close(&s);
}

/* --- Figures -------------------------------------------------------------- */

/* What the user is told of the one peer that is connected. */
static struct ipc_status_peer
ask_status(struct stage *s, const struct ipc_net_peer *net)
{
	const struct ipc_net_status end = { .heard = 1 };
	const struct ipc_status_peer *told;
	struct ipc_status_peer peer;
	struct ipc_message_in in;

	status_ask(s->c, MESSAGE(s->c->now, NULL));
	if (net != NULL)
		status_net_peer(s->c, MESSAGE(s->c->now, net));
	status_net(s->c, MESSAGE(s->c->now, &end));
	told = stage_ui(s, IPC_STATUS_PEER, &in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(told);
	peer = *told;
	CU_ASSERT_EQUAL(stage_told(s, IPC_STATUS_PEER), 0);
	return peer;
}

/* netd's are passed on; without them there is what cryptod knows. Those of
 * before are not told again. */
static void
test_figures(void)
{
	struct ipc_net_peer net = { .rtt_us = 4000 };
	struct ipc_status_peer peer;
	struct stage s;

	begin(&s);
	stage_list_other(&s, 1); /* not connected */
	s.p->path.rtt_us = 2000;
	s.c->now += 90 * USEC_PER_MSEC;
	net.handle = s.p->handle;
	peer = ask_status(&s, &net);
	CU_ASSERT_EQUAL(peer.net.handle, s.p->handle);
	CU_ASSERT_EQUAL(peer.net.rtt_us, 4000);
	CU_ASSERT_EQUAL(peer.session_age_ms, 90);
	CU_ASSERT_EQUAL(peer.rekey_age_ms, 90);
	CU_ASSERT_EQUAL(peer.texts.last, 0);
	stage_hear(&s, 1, "hello");
	peer = ask_status(&s, NULL);
	CU_ASSERT_EQUAL(peer.net.handle, s.p->handle);
	CU_ASSERT_EQUAL(peer.net.rtt_us, 2000);
	CU_ASSERT_EQUAL(peer.texts.last, 1);
	stage_close(&s);
}

/* A peer whose state is known and whose session is not there is not connected
 * any more. */
static void
test_no_figures(void)
{
	const struct ipc_net_status net = { .heard = 1 };
	struct stage s;

	begin(&s);
	stage_path(&s, PATH_PROBING);
	stage_take(&s);
	status_ask(s.c, MESSAGE(s.c->now, NULL));
	status_net(s.c, MESSAGE(s.c->now, &net));
	CU_ASSERT_EQUAL(stage_told(&s, IPC_STATUS), 1);
	CU_ASSERT_EQUAL(s.told[IPC_STATUS_PEER], 0);
	stage_close(&s);
}

void
peers_end_suite(void)
{
	CU_pSuite s = CU_add_suite("peers_end", crypto_setup, NULL);

	CU_add_test(s, "shown late", test_shown_late);
	CU_add_test(s, "not shown", test_not_shown);
	CU_add_test(s, "another ui", test_another_ui);
	CU_add_test(s, "dropped", test_dropped);
	CU_add_test(s, "goodbye", test_goodbye);
	CU_add_test(s, "who said it, and when", test_told);
	CU_add_test(s, "figures", test_figures);
	CU_add_test(s, "no figures", test_no_figures);
}
