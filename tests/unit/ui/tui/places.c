/*
 * A desk with several rooms. See places.h.
 */
#include "tests/unit/ui/tui/places.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void
places_about(struct places *p, struct room *room)
{
	p->desk.f.room = room;
}

/* Returns the other end of the room's channel. */
static struct ipc_channel *
channel(struct places *p, const struct room *room)
{
	return room == p->first ? &p->desk.f.cryptod : &p->cryptod;
}

void
places_pass(struct places *p, uint64_t usec)
{
	const char *bytes;

	p->desk.f.ui->now += usec;
	ui_work(p->desk.f.ui);
	bytes = fixture_output(&p->desk.f);
	vt_write(&p->desk.vt, bytes, strlen(bytes));
}

static void
settle(struct places *p, struct room *room)
{
	struct ipc_message_in in;

	places_about(p, room);
	if (!room->model.ready)
		fixture_tell_ready(&p->desk.f);
	fixture_tell_bootnode(&p->desk.f, BOOT_JOINED);
	room->past.awaited = false;
	while (ipc_receive(channel(p, room), &in) == IPC_GOT)
		;
	places_pass(p, 0);
}

void
places_open(struct places *p, unsigned int columns, unsigned int rows)
{
	desk_open(&p->desk, columns, rows);
	p->desk.f.ui->tui->ask_at = CLOCK_NEVER;
	p->desk.f.ui->terminal = true;
	p->first = p->desk.f.room;
	p->other = fixture_open_room(&p->desk.f, 3, "kitchen", &p->cryptod);
	settle(p, p->other);
	settle(p, p->first);
	desk_show(&p->desk);
}

void
places_shut(struct places *p)
{
	places_about(p, p->first);
	fixture_shut(p->other, &p->cryptod);
	p->other = NULL;
}

void
places_close(struct places *p)
{
	if (p->other != NULL)
		places_shut(p);
	desk_close(&p->desk);
}

bool
places_is_shown(const struct places *p, const struct room *room)
{
	const struct ui *ui = p->desk.f.ui;

	return ui->front == room && ui->tui->shown == room->pane;
}

/* Reads all that the room's cryptod was told: its texts, and the last draft. */
static void
read_all(struct places *p, const struct room *room, struct buf *said,
    char draft[256])
{
	struct ipc_channel *ch = channel(p, room);
	struct ipc_message_in in;

	draft[0] = '\0';
	while (ipc_receive(ch, &in) == IPC_GOT) {
		const struct ipc_say *say = in.body;

		if (in.type == IPC_DRAFT)
			snprintf(draft, 256, "=%.*s", (int)in.tail_len,
			    (const char *)in.tail);
		if (in.type != IPC_SAY)
			continue;
		buf_puts(said, "/");
		buf_put(said, (const char *)in.tail + say->nick_len,
		    in.tail_len - say->nick_len);
	}
	buf_put(said, "", 1);
}

void
places_expect_said(struct places *p, const struct room *room, const char *texts)
{
	struct buf said = { 0 };
	char draft[256];

	read_all(p, room, &said, draft);
	if (strcmp(said.bytes, texts) != 0)
		fprintf(stderr, "\n  said %s instead of %s", said.bytes, texts);
	CU_ASSERT_STRING_EQUAL(said.bytes, texts);
	buf_free(&said);
}

void
places_expect_draft(struct places *p, const struct room *room, const char *text)
{
	struct buf said = { 0 };
	char draft[256];

	read_all(p, room, &said, draft);
	buf_free(&said);
	if (text == NULL)
		CU_ASSERT_STRING_EQUAL(draft, "");
	if (text != NULL)
		CU_ASSERT_TRUE(draft[0] == '=' && strcmp(draft + 1, text) == 0);
}

void
places_expect_typed(struct places *p, const char *text)
{
	size_t len;
	const char *line = editor_text(&p->desk.f.ui->tui->shown->editor, &len);

	if (len != strlen(text) || memcmp(line, text, len) != 0)
		fprintf(stderr, "\n  typed %s instead of %s", line, text);
	CU_ASSERT(len == strlen(text) && memcmp(line, text, len) == 0);
}
