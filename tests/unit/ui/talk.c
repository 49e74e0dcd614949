/*
 * A room for the tests of commands. See talk.h.
 */
#include "tests/unit/ui/talk.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void
talk_open(struct fixture *f)
{
	fixture_open(f, MODE_CLIENT, UI_PLAIN);
	f->ui->terminal = true;
	fixture_tell_bootnode(f, BOOT_JOINED);
	fixture_tell_ready(f);
	CU_ASSERT_EQUAL(fixture_tell_peer(f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(f, 2, PEER_CONNECTED, "anna b"), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(f, 3, PEER_CONNECTING, NULL), 0);
	fixture_output(f);
}

void
talk_expect_said(struct fixture *f, const char *line, uint64_t seq,
    const char *text)
{
	fixture_command(f, line);
	ui_work(f->ui);
	fixture_expect_say(f, seq, text);
	fixture_expect(f, "");
}

void
talk_expect_error(struct fixture *f, const char *line, const char *error)
{
	char expected[1024];

	fixture_command(f, line);
	ui_work(f->ui);
	snprintf(expected, sizeof(expected), TALK_ERROR "%s\n", error);
	fixture_expect(f, expected);
	fixture_expect_next(f, IPC_NONE);
}

void
talk_expect_private(struct fixture *f, const char *line, uint8_t n,
    const char *text)
{
	struct peer_id id = { .bytes = { n, 0xee } };
	struct ipc_message_in in;
	const struct ipc_say *say;

	fixture_command(f, line);
	ui_work(f->ui);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY_TO);
	CU_ASSERT(
	    in.tail_len == sizeof(id) && memcmp(in.tail, &id, sizeof(id)) == 0);
	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT_EQUAL(say->flags, TEXT_FLAG_PRIVATE);
	CU_ASSERT(in.tail_len == say->nick_len + strlen(text) &&
	    memcmp(in.tail + say->nick_len, text, strlen(text)) == 0);
	fixture_expect_next(f, IPC_NONE);
}
