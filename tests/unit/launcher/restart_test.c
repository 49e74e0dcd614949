/*
 * What the restart of one process means for the others: the launcher's policy,
 * cryptod's inbox for the next ui, and the texts that ui keeps for the next
 * cryptod.
 */
#include "cryptod/client/inbox.h"
#include "launcher/restart.h"
#include "ui/model.h"
#include "ui/said.h"

#include "tests/unit/ipc_pair.h"

#include <sys/socket.h>

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void restart_suite(void);

/* --- The launcher's policy ------------------------------------------------ */

/* Five restarts in any 60 s are allowed, the sixth is too many; and restarts
 * are forgotten. */
static void
test_limit(void)
{
	uint64_t start = 1000 * USEC_PER_SEC, now = start;
	struct restarts r = { 0 };

	for (int i = 0; i < RESTARTS_MAX; i++, now += USEC_PER_SEC)
		CU_ASSERT_TRUE(restart_note(&r, now));
	CU_ASSERT_FALSE(restart_note(&r, now));
	CU_ASSERT_FALSE(restart_note(&r, start + RESTARTS_WITHIN - 1));
	CU_ASSERT_TRUE(restart_note(&r, start + RESTARTS_WITHIN));
	/* The second of the five still counts. */
	CU_ASSERT_FALSE(restart_note(&r, start + RESTARTS_WITHIN + 1));
	CU_ASSERT_TRUE(restart_note(&r, start + 3 * RESTARTS_WITHIN));
}

/* --- A channel whose messages are counted --------------------------------- */

static const struct peer_id anna = { { 0xa } }, bert = { { 0xb } };

/* The next message is SAY_TO of this number for one peer. */
static bool
is_for(struct ipc_channel *ch, uint64_t seq, const struct peer_id *id)
{
	struct ipc_message_in in;
	const struct ipc_say_to *to;

	if (ipc_receive(ch, &in) != IPC_GOT || in.type != IPC_SAY_TO)
		return false;
	to = in.body;
	return to->seq == seq && to->peers == 1 &&
	    memcmp(in.tail, id, sizeof(*id)) == 0;
}

/* Returns the number of the next SAY or MESSAGE, or 0. */
static uint64_t
next_seq(struct ipc_channel *ch, const char *text)
{
	struct ipc_message_in in;
	const struct ipc_message *message;
	const struct ipc_say *say;
	size_t nick;

	if (ipc_receive(ch, &in) != IPC_GOT)
		return 0;
	message = in.body;
	say = in.body;
	nick = in.type == IPC_SAY ? say->nick_len : message->nick_len;
	CU_ASSERT_EQUAL(nick, 1);
	CU_ASSERT_EQUAL(in.tail_len - nick, strlen(text));
	CU_ASSERT_EQUAL(memcmp(in.tail + nick, text, in.tail_len - nick), 0);
	return in.type == IPC_SAY ? say->seq : message->seq;
}

/* --- cryptod's inbox ------------------------------------------------------ */

static enum inbox_fate
fate(void *arg, peer_handle handle)
{
	(void)arg;
	if (handle == 0x1003)
		return INBOX_KEEP;
	return handle == 0x1001 ? INBOX_TELL : INBOX_FORGET;
}

static void
show_some(struct inbox *box, struct ipc_channel *ui, peer_handle handle,
    uint64_t seq, const char *text)
{
	struct ipc_message m = { .handle = handle, .nick_len = 1, .seq = seq };
	const struct recall_time now = { 1, 1 };
	const struct recall_whom whom = { .id.bytes = { 1 } };
	uint8_t tail[16] = { 'N' };

	memcpy(tail + 1, text, strlen(text));
	inbox_show(box, ui, &m, now, &whom, tail, 1 + strlen(text));
}

static void
test_inbox(void)
{
	static const char *const texts[] = { "one", "two", "three", "four" };
	struct ipc_channel ui, cryptod;
	struct recall recall;
	struct inbox box;

	ipc_pair(&ui, ROLE_CRYPTOD, &cryptod, ROLE_UI);
	inbox_init(&box);
	recall_init(&recall);
	for (uint64_t i = 0; i < 4; i++) {
		show_some(&box, &ui, 0x1001, i + 1, texts[i]);
		CU_ASSERT_EQUAL(next_seq(&cryptod, texts[i]), i + 1);
	}
	show_some(&box, &ui, 0x1002, 1, "gone");
	CU_ASSERT_EQUAL(next_seq(&cryptod, "gone"), 1);
	show_some(&box, &ui, 0x1003, 1, "away");
	CU_ASSERT_EQUAL(next_seq(&cryptod, "away"), 1);
	/* A receipt is for all texts before it, and for one peer. */
	inbox_shown(&box, 0x1001, 2, &recall);
	inbox_show_again(&box, &ui, fate, NULL);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "three"), 3);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "four"), 4);
	CU_ASSERT_EQUAL(next_seq(&cryptod, ""), 0);
	inbox_shown(&box, 0x1001, 4, &recall);
	/* Texts that are kept are sent to ui on request, once, and only that
	 * peer's. */
	show_some(&box, NULL, 0x1003, 2, "back");
	show_some(&box, NULL, 0x1001, 5, "five");
	CU_ASSERT_EQUAL(next_seq(&cryptod, ""), 0);
	inbox_show_kept(&box, &ui, 0x1003);
	inbox_show_kept(&box, &ui, 0x1003);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "away"), 1);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "back"), 2);
	CU_ASSERT_EQUAL(next_seq(&cryptod, ""), 0);
	/* Texts that ui has may still be shown; the others can be forgotten. */
	inbox_forget(&box, 0x1001);
	inbox_forget(&box, 0x1003);
	inbox_shown(&box, 0x1003, 1, &recall);
	CU_ASSERT_EQUAL(STAILQ_FIRST(&box)->message.seq, 2);
	inbox_shown(&box, 0x1003, 2, &recall);
	CU_ASSERT_TRUE(STAILQ_EMPTY(&box)); /* that of who is gone, too */
	/* Only texts that were shown are recalled. */
	CU_ASSERT_EQUAL(recall.count, 6);
	recall_free(&recall);
	ipc_close(&ui);
	ipc_close(&cryptod);
}

/* --- What ui said --------------------------------------------------------- */

static struct said said;

static void
say(const char *text)
{
	said_hold(&said, 0, NULL, 0, NULL, text, strlen(text));
}

static void
test_said_again(void)
{
	const struct peer_id both[] = { anna, bert };
	struct ipc_channel ui, cryptod;

	ipc_pair(&ui, ROLE_UI, &cryptod, ROLE_CRYPTOD);
	memset(&said, 0, sizeof(said));
	said_init(&said, 1);
	said_name(&said, "N", 1);
	say("settled");
	say("sent to two");
	say("sent");
	say("not answered");
	said_pump(&said, &ui);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "settled"), 1);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "sent to two"), 2);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "sent"), 3);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "not answered"), 4);
	CU_ASSERT_EQUAL(said_sent(&said, 1, &anna, 1, false), 0);
	CU_ASSERT_EQUAL(said_settled(&said, 1, &bert), -1);
	CU_ASSERT_EQUAL(said_settled(&said, 1, &anna), 0);
	CU_ASSERT_EQUAL(said_settled(&said, 1, &anna), -1);
	CU_ASSERT_EQUAL(said_sent(&said, 2, both, 2, false), 0);
	CU_ASSERT_EQUAL(said_settled(&said, 2, &anna), 0);
	CU_ASSERT_EQUAL(said_sent(&said, 3, &anna, 1, false), 0);

	/* cryptod dies: nothing is sent before there is another one. */
	ipc_close(&ui);
	ipc_close(&cryptod);
	said_unsend(&said, NULL, NULL);
	say("said meanwhile");
	said_pump(&said, &ui);
	CU_ASSERT_EQUAL(said_open(&said), 4);
	ipc_pair(&ui, ROLE_UI, &cryptod, ROLE_CRYPTOD);
	said_pump(&said, &ui);
	/* Each text goes to those it was owed; one that was not sent yet goes
	 * to all. */
	CU_ASSERT_TRUE(is_for(&cryptod, 2, &bert));
	CU_ASSERT_EQUAL(next_seq(&cryptod, "sent to two"), 2);
	CU_ASSERT_TRUE(is_for(&cryptod, 3, &anna));
	CU_ASSERT_EQUAL(next_seq(&cryptod, "sent"), 3);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "not answered"), 4);
	CU_ASSERT_EQUAL(next_seq(&cryptod, "said meanwhile"), 5);
	CU_ASSERT_EQUAL(next_seq(&cryptod, ""), 0);
	/* The user knows that two of the texts were sent. */
	CU_ASSERT_EQUAL(said_sent(&said, 2, &bert, 1, false), 1);
	CU_ASSERT_EQUAL(said_sent(&said, 3, &anna, 1, false), 1);
	CU_ASSERT_EQUAL(said_sent(&said, 4, both, 2, false), 0);
	CU_ASSERT_EQUAL(said_settled(&said, 2, &anna), -1);
	CU_ASSERT_EQUAL(said_settled(&said, 2, &bert), 0);
	CU_ASSERT_EQUAL(said_open(&said), 3);
	said_free(&said);
	ipc_close(&ui);
	ipc_close(&cryptod);
}

/* Texts of an earlier ui are settled without this one. */
static void
test_said_earlier(void)
{
	uint64_t first = 1ULL << 32 | 1;

	memset(&said, 0, sizeof(said));
	said_init(&said, first);
	CU_ASSERT_TRUE(said_earlier(&said, 7));
	CU_ASSERT_FALSE(said_earlier(&said, 0));
	CU_ASSERT_FALSE(said_earlier(&said, first));
	CU_ASSERT_EQUAL(said_settled(&said, 7, &anna), 0);
	CU_ASSERT_EQUAL(said_settled(&said, first, &anna), -1);
	CU_ASSERT_EQUAL(said_sent(&said, 7, &anna, 1, false), -1);
	CU_ASSERT_FALSE(said_was_sent(&said, 7));
	CU_ASSERT_PTR_NOT_NULL(said_excerpt(&said, 7));
	said_free(&said);
}

/* --- Whom ui knows -------------------------------------------------------- */

struct told {
	unsigned int count;
	enum peer_state state;
	enum left_reason left;
};

static void
on_tell(void *arg, const struct peer *p)
{
	struct told *told = arg;

	told->count++;
	told->state = (enum peer_state)p->state;
	told->left = (enum left_reason)p->left;
}

static const struct peer *
tell(struct model *m, peer_handle handle, uint8_t id, enum peer_state state,
    const char *nick)
{
	struct ipc_peer_state s = {
		.handle = handle,
		.state = (uint8_t)state,
		.kind = nick != NULL ? PATH_LAN : PATH_NONE,
		.id = { { id } },
		.fingerprint = { id },
	};

	return model_peer_state(m, &s, nick, nick != NULL ? strlen(nick) : 0);
}

static void
test_model_kept(void)
{
	static struct model m;
	struct ipc_config_ui config = { .nick_len = 1, .nick = "n" };
	struct ipc_client_ready ready = { .port = 4545 };
	struct told told = { 0 };
	const struct peer *p;

	model_init(&m, &config);
	CU_ASSERT_EQUAL(model_ready(&m, &ready, "n", 1), 0);
	CU_ASSERT_EQUAL(model_ready(&m, &ready, "n", 1), -1);
	tell(&m, 0x1000, 1, PEER_CONNECTED, "anna");
	tell(&m, 0x1001, 2, PEER_CONNECTED, "bert");
	tell(&m, 0x1002, 3, PEER_CONNECTED, "carl");
	tell(&m, 0x1002, 3, PEER_LEFT, NULL);
	CU_ASSERT_TRUE(model_is_new(&m, 0x1001, 5));

	model_cryptod_gone(&m, on_tell, &told);
	CU_ASSERT_EQUAL(told.count, 2);
	CU_ASSERT_EQUAL(told.state, PEER_CONNECTING);
	CU_ASSERT_PTR_NULL(model_peer(&m, 0x1001));
	CU_ASSERT_EQUAL(model_ready(&m, &ready, "n", 1), 1);
	CU_ASSERT_EQUAL(model_ready(&m, &ready, "n", 1), -1);

	/* The next cryptod gives Bert Anna's handle, and knows one more
	 * Bert. */
	p = tell(&m, 0x1000, 2, PEER_CONNECTING, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_STRING_EQUAL(p->shown, "bert");
	CU_ASSERT_FALSE(model_is_new(&m, 0x1000, 5));
	CU_ASSERT_TRUE(model_is_new(&m, 0x1000, 6));
	p = tell(&m, 0x1001, 4, PEER_CONNECTED, "bert");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_STRING_NOT_EQUAL(p->shown, "bert");
	CU_ASSERT_TRUE(model_is_new(&m, 0x1001, 1));
	/* Anna keeps her name, even when cryptod dies again. */
	model_cryptod_gone(&m, on_tell, &told);
	CU_ASSERT_EQUAL(told.count, 4);
	p = tell(&m, 0x1007, 1, PEER_CONNECTED, "anna");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_STRING_EQUAL(p->shown, "anna");
	model_not_returned(&m, on_tell, &told);
	CU_ASSERT_EQUAL(told.count, 6);
	CU_ASSERT_EQUAL(told.state, PEER_LEFT);
	CU_ASSERT_EQUAL(told.left, LEFT_NOT_BACK);
	CU_ASSERT_PTR_NOT_NULL(model_peer(&m, 0x1007));
	model_free(&m);
}

/* --- Descriptors with a message ------------------------------------------- */

static int
open_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 64; fd++)
		count += lseek(fd, 0, SEEK_CUR) != -1 || dup2(fd, fd) == fd;
	return count;
}

static void
test_channel_end(void)
{
	struct ipc_channel_end end = { .role = ROLE_NETD, .incarnation = 2 };
	struct ipc_channel launcher, cryptod, netd, other;
	struct ipc_message_in in;
	int before, pair[2];

	ipc_pair(&launcher, ROLE_LAUNCHER, &cryptod, ROLE_CRYPTOD);
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	CU_ASSERT_EQUAL(ipc_send_fd(&launcher, IPC_CHANNEL, &end, pair[1]), 0);
	close(pair[1]);
	CU_ASSERT_EQUAL(ipc_receive(&cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_CHANNEL);
	CU_ASSERT_NOT_EQUAL_FATAL(in.fd, -1);
	CU_ASSERT_EQUAL(write(in.fd, "x", 1), 1);
	CU_ASSERT_EQUAL(read(pair[0], (char[1]){ 0 }, 1), 1);
	close(in.fd);
	/* A CHANNEL without a descriptor is not valid. */
	CU_ASSERT_EQUAL(ipc_send(&launcher, IPC_CHANNEL, &end, NULL, 0), 0);
	CU_ASSERT_EQUAL(ipc_receive(&cryptod, &in), IPC_FAULTY);

	/* Only the launcher passes descriptors. */
	ipc_pair(&netd, ROLE_NETD, &other, ROLE_CRYPTOD);
	before = open_fds();
	netd.other = ROLE_LAUNCHER; /* a netd that breaks the rules */
	CU_ASSERT_EQUAL(ipc_send_fd(&netd, IPC_CHANNEL, &end, pair[0]), 0);
	CU_ASSERT_EQUAL(ipc_receive(&other, &in), IPC_FAULTY);
	CU_ASSERT_EQUAL(open_fds(), before);
	close(pair[0]);
	ipc_close(&launcher);
	ipc_close(&cryptod);
	ipc_close(&netd);
	ipc_close(&other);
}

void
restart_suite(void)
{
	CU_pSuite s = CU_add_suite("restart", NULL, NULL);

	CU_add_test(s, "not too often", test_limit);
	CU_add_test(s, "inbox for the next ui", test_inbox);
	CU_add_test(s, "said again to the next cryptod", test_said_again);
	CU_add_test(s, "said by an earlier ui", test_said_earlier);
	CU_add_test(s, "peers kept for the next cryptod", test_model_kept);
	CU_add_test(s, "the end of a new channel", test_channel_end);
}
