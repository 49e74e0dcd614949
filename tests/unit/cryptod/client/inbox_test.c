/*
 * What peers said and ui has not confirmed (inbox.c): each text is told to ui
 * in order, recalled once it was shown, and told again to another ui; one
 * peer's are not another's.
 */
#include "cryptod/client/inbox.h"

#include "common/ipc.h"

#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <string.h>

void inbox_suite(void);

struct stage {
	struct inbox inbox;
	struct recall recall;
	struct ipc_channel cryptod, ui;
	uint64_t now;
};

static const struct recall_whom whom = { { { 0xa } }, { 0xaa }, 4, "then" };

static void
begin(struct stage *s)
{
	memset(s, 0, sizeof(*s));
	inbox_init(&s->inbox);
	recall_init(&s->recall);
	ipc_pair(&s->cryptod, ROLE_CRYPTOD, &s->ui, ROLE_UI);
}

static enum inbox_fate
forget(void *arg, peer_handle handle)
{
	(void)arg;
	(void)handle;
	return INBOX_FORGET;
}

static void
end(struct stage *s)
{
	inbox_show_again(&s->inbox, &s->cryptod, forget, NULL);
	CU_ASSERT_TRUE(STAILQ_EMPTY(&s->inbox));
	recall_free(&s->recall);
	ipc_close(&s->cryptod);
	ipc_close(&s->ui);
}

/* Text number seq of a peer comes, under the name "nn". */
static void
come(struct stage *s, peer_handle handle, uint64_t seq, bool tell)
{
	const struct ipc_message m = { .handle = handle,
		.seq = seq,
		.nick_len = 2,
		.flags = TEXT_FLAG_ACTION };
	const struct recall_time time = { ++s->now, 0 };
	const uint8_t tail[] = { 'n', 'n', (uint8_t)('0' + seq) };

	inbox_show(&s->inbox, tell ? &s->cryptod : NULL, &m, time, &whom, tail,
	    sizeof(tail));
}

/* The next that ui is told is that text; seq 0: it is told nothing. */
static void
expect(struct stage *s, peer_handle handle, uint64_t seq)
{
	const struct ipc_message *m;
	struct ipc_message_in in;

	if (seq == 0) {
		CU_ASSERT_EQUAL(ipc_receive(&s->ui, &in), IPC_EMPTY);
		return;
	}
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&s->ui, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_MESSAGE);
	m = in.body;
	CU_ASSERT_EQUAL(m->handle, handle);
	CU_ASSERT_EQUAL(m->seq, seq);
	CU_ASSERT_EQUAL(in.tail_len, 3);
	CU_ASSERT_EQUAL(in.tail[2], '0' + seq);
}

/* What was shown is recalled with the name that it was said under. */
static void
test_shown(void)
{
	const struct ipc_recall *r;
	struct ipc_message_in in;
	struct stage s;

	begin(&s);
	come(&s, 1, 1, true);
	come(&s, 2, 1, true);
	come(&s, 1, 2, true);
	come(&s, 1, 3, true);
	expect(&s, 1, 1);
	expect(&s, 2, 1);
	expect(&s, 1, 2);
	expect(&s, 1, 3);
	inbox_shown(&s.inbox, 1, 2, &s.recall);
	CU_ASSERT_EQUAL(s.recall.count, 2);
	inbox_shown(&s.inbox, 1, 2, &s.recall);
	CU_ASSERT_EQUAL(s.recall.count, 2);
	recall_tell(&s.recall, &s.cryptod);
	for (int seq = 1; seq <= 2; seq++) {
		CU_ASSERT_EQUAL_FATAL(ipc_receive(&s.ui, &in), IPC_GOT);
		r = in.body;
		CU_ASSERT_EQUAL(r->seq, 0); /* it is not ours */
		CU_ASSERT_EQUAL(r->flags, TEXT_FLAG_ACTION);
		CU_ASSERT_EQUAL(r->nick_len, 2);
		CU_ASSERT_EQUAL(in.tail_len, 3);
		CU_ASSERT_EQUAL(memcmp(in.tail, "nn", 2), 0);
		CU_ASSERT_EQUAL(in.tail[2], '0' + seq);
	}
	inbox_shown(&s.inbox, 2, 9, &s.recall);
	CU_ASSERT_EQUAL(s.recall.count, 3);
	CU_ASSERT_EQUAL(STAILQ_FIRST(&s.inbox)->message.seq, 3);
	end(&s);
}

/* Those that ui was not told wait for the name of their peer. */
static void
test_kept(void)
{
	struct stage s;

	begin(&s);
	come(&s, 1, 1, true);
	come(&s, 1, 2, false);
	come(&s, 2, 1, false);
	expect(&s, 1, 1);
	expect(&s, 0, 0);
	inbox_show_kept(&s.inbox, &s.cryptod, 1);
	expect(&s, 1, 2);
	inbox_show_kept(&s.inbox, &s.cryptod, 1); /* once */
	expect(&s, 0, 0);
	/* It goes with its peer; what ui has is to be shown yet. */
	come(&s, 1, 3, false);
	inbox_forget(&s.inbox, 1);
	inbox_show_kept(&s.inbox, &s.cryptod, 1);
	expect(&s, 0, 0);
	inbox_shown(&s.inbox, 1, 9, &s.recall);
	CU_ASSERT_EQUAL(s.recall.count, 2);
	inbox_show_kept(&s.inbox, &s.cryptod, 2);
	expect(&s, 2, 1);
	end(&s);
}

/* Tells those of peer 1, keeps those of 2, and forgets those of 3. */
static enum inbox_fate
by_number(void *arg, peer_handle handle)
{
	unsigned int *asked = arg;

	++*asked;
	return handle == 1 ? INBOX_TELL
	    : handle == 2  ? INBOX_KEEP
			   : INBOX_FORGET;
}

static void
test_again(void)
{
	unsigned int asked = 0;
	struct stage s;

	begin(&s);
	for (peer_handle h = 1; h <= 3; h++)
		for (uint64_t seq = 1; seq <= 2; seq++) {
			come(&s, h, seq, true);
			expect(&s, h, seq);
		}
	inbox_show_again(&s.inbox, &s.cryptod, by_number, &asked);
	CU_ASSERT_EQUAL(asked, 6);
	expect(&s, 1, 1);
	expect(&s, 1, 2);
	expect(&s, 0, 0);
	inbox_show_kept(&s.inbox, &s.cryptod, 1); /* it has them */
	inbox_show_kept(&s.inbox, &s.cryptod, 3); /* there are none */
	expect(&s, 0, 0);
	inbox_show_kept(&s.inbox, &s.cryptod, 2);
	expect(&s, 2, 1);
	expect(&s, 2, 2);
	end(&s);
}

void
inbox_suite(void)
{
	CU_pSuite s = CU_add_suite("inbox", NULL, NULL);

	CU_add_test(s, "shown", test_shown);
	CU_add_test(s, "kept", test_kept);
	CU_add_test(s, "another ui", test_again);
}
