/*
 * What a ui that was restarted is told. See recalled.h.
 */
#include "tests/unit/ui/recalled.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void
recalled_begin(struct fixture *f, enum ui_kind kind)
{
	fixture_open(f, MODE_CLIENT, kind);
	said_init(&f->room->said, 1ULL << 32 | 1);
	f->room->past.awaited = true;
	if (f->ui->tui != NULL)
		f->ui->tui->ask_at = CLOCK_NEVER;
	fixture_tell_ready(f);
}

int
recalled_text(struct fixture *f, struct ipc_recall r, const char *nick,
    const char *text)
{
	char tail[256];
	size_t len = (size_t)snprintf(tail, sizeof(tail), "%s%s", nick, text);

	r.wall_ms = RECALLED_WALL_MS;
	r.nick_len = (uint8_t)strlen(nick);
	return fixture_tell(f, IPC_RECALL, &r, tail, len);
}

int
recalled_missed(struct fixture *f, uint64_t seq, uint8_t n, const char *nick)
{
	struct ipc_recall_missed m = { .seq = seq,
		.reason = UNDELIVERED_LEFT,
		.id.bytes = { n, 0xee },
		.fingerprint = { 0xab, n, 0xcd } };

	return fixture_tell(f, IPC_RECALL_MISSED, &m, nick, strlen(nick));
}

void
recalled_end(struct fixture *f)
{
	CU_ASSERT_EQUAL(fixture_tell(f, IPC_RECALL_END, NULL, NULL, 0), 0);
}

const struct entry *
recalled_entry(struct fixture *f, uint64_t n)
{
	const struct entry *e = history_entry(&f->room->pane->history, n + 1);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	return e;
}
