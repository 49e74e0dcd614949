/*
 * Conversations (ui/tui/query.c): private texts of one person are there, and
 * what is typed there goes to that key alone, however it is typed.
 */
#include "tests/unit/ui/launcher_end.h"
#include "tests/unit/ui/tui/places.h"

#include "ui/say.h"
#include "ui/tui/feed.h"
#include "ui/tui/query.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <string.h>

void query_suite(void);

static void
drain(struct places *p)
{
	places_pass(p, 2 * TUI_FRAME_TIME);
	desk_drain(&p->desk);
}

static const struct peer *
bob(const struct places *p)
{
	return model_peer(&p->first->model, 0x1001);
}

/* bob and eve are in the first room, and the conversation with bob is shown. */
static void
open_query(struct places *p, unsigned int columns, unsigned int rows)
{
	places_open(p, columns, rows);
	desk_meet_bob(&p->desk);
	CU_ASSERT_EQUAL(fixture_tell_peer(&p->desk.f, 2, PEER_CONNECTED, "eve"),
	    0);
	CU_ASSERT_TRUE(tui_query(p->first, bob(p)));
	drain(p);
}

static struct pane *
shown(const struct places *p)
{
	return p->desk.f.ui->tui->shown;
}

static void
hear(struct places *p, uint64_t seq, unsigned int flags, const char *text)
{
	desk_hear(&p->desk, seq, flags, text, strlen(text));
	desk_show(&p->desk);
}

static void
type(struct places *p, const char *keys)
{
	desk_type(&p->desk, keys);
	places_pass(p, 2 * BURST_TIME);
}

/* Asserts that this is said to bob alone, and nothing else. */
static void
expect_alone(struct places *p, unsigned int flags, const char *text)
{
	const struct peer_id id = { .bytes = { 1, 0xee } };
	const struct ipc_say *say;
	struct ipc_message_in in;

	CU_ASSERT_EQUAL_FATAL(fixture_next(&p->desk.f, &in), IPC_SAY_TO);
	CU_ASSERT(
	    in.tail_len == sizeof(id) && memcmp(in.tail, &id, sizeof(id)) == 0);
	CU_ASSERT_EQUAL_FATAL(fixture_next(&p->desk.f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT_EQUAL(say->flags, TEXT_FLAG_PRIVATE | flags);
	CU_ASSERT(in.tail_len == say->nick_len + strlen(text) &&
	    memcmp(in.tail + say->nick_len, text, strlen(text)) == 0);
	fixture_expect_next(&p->desk.f, IPC_NONE);
	places_expect_said(p, p->other, "");
}

/* It has a place, a name, and a look of its own. */
static void
test_look(void)
{
	struct places p;

	open_query(&p, 120, 24);
	CU_ASSERT_EQUAL(shown(&p)->number, 3);
	CU_ASSERT(desk_row_with(&p.desk,
		      " ║to bob · r\"om · alice · 0000 0000 · bootnode "
		      "connected · here") == 0);
	CU_ASSERT(desk_row_with(&p.desk, " 3║bob ") == 3);
	CU_ASSERT(desk_row_with(&p.desk, "eve") == -1);
	CU_ASSERT(desk_row_with(&p.desk, "to bob>") == 23);
	desk_resize(&p.desk, 40, 10);
	CU_ASSERT(desk_row_with(&p.desk, " 3:║to bob · r\"om") == 0);
	desk_resize(&p.desk, 20, 5);
	CU_ASSERT(desk_row_with(&p.desk, " 3:║to bob · here") == 0);
	places_close(&p);
}

/* On the smallest screen, too, it says to whom it is, and where something is
 * unread. */
static void
test_small(void)
{
	struct places p;

	open_query(&p, 20, 5);
	CU_ASSERT_EQUAL(fixture_tell_peer(&p.desk.f, 1, PEER_CONNECTED,
			    "bertholdine-the-second"),
	    0);
	hear(&p, 1, 0, "alice?");
	places_pass(&p, TUI_FRAME_TIME);
	CU_ASSERT(desk_row_with(&p.desk, " 3:║to be… · act 1*") == 0);
	CU_ASSERT(desk_row_with(&p.desk, "to berthold…>") == 4);
	desk_resize(&p.desk, 14, 5);
	CU_ASSERT(desk_row_with(&p.desk, "to be…>") == 4);
	desk_resize(&p.desk, 13, 5);
	CU_ASSERT(desk_row_with(&p.desk, ">") == -1);
	desk_resize(&p.desk, 80, 5);
	CU_ASSERT(desk_row_with(&p.desk, "to bertholdine-the…>") == 4);
	places_close(&p);
}

/* What the person and the user say to each other alone is there; the rest is
 * in the room. */
static void
test_texts(void)
{
	struct places p;

	open_query(&p, 80, 24);
	hear(&p, 1, TEXT_FLAG_PRIVATE, "for you");
	CU_ASSERT(desk_row_with(&p.desk, "for you") > 0);
	hear(&p, 2, 0, "for all");
	CU_ASSERT(desk_row_with(&p.desk, "for all") == -1);
	CU_ASSERT_EQUAL(p.first->pane->unread.count, 1);
	type(&p, "\0331");
	CU_ASSERT(desk_row_with(&p.desk, "for all") > 0);
	CU_ASSERT(desk_row_with(&p.desk, "for you") == -1);
	drain(&p);
	type(&p, "/msg bob hereby\r");
	CU_ASSERT(desk_row_with(&p.desk, "hereby") == -1);
	expect_alone(&p, 0, "hereby");
	hear(&p, 3, TEXT_FLAG_PRIVATE, "again");
	CU_ASSERT_EQUAL(p.desk.f.ui->tui->panes[2]->unread.count, 1);
	CU_ASSERT_TRUE(p.desk.f.ui->tui->panes[2]->unread.notable);
	type(&p, "/msg eve you\r");
	CU_ASSERT(desk_row_with(&p.desk, "[to eve alone] you") > 0);
	places_close(&p);
}

/* Everything that is said there goes to the person alone. */
static void
test_says(void)
{
	struct places p;

	open_query(&p, 80, 24);
	type(&p, "a text\r");
	expect_alone(&p, 0, "a text");
	CU_ASSERT(desk_row_with(&p.desk, "[to bob alone] a text") > 0);
	type(&p, "/me waves\r");
	expect_alone(&p, TEXT_FLAG_ACTION, "waves");
	type(&p, "/say /etc\r");
	expect_alone(&p, 0, "/etc");
	type(&p, "//tmp\r");
	expect_alone(&p, 0, "/tmp");
	desk_paste(&p.desk, "one\rtwo");
	type(&p, "y");
	expect_alone(&p, 0, "one\ntwo");
	places_expect_typed(&p, "");
	places_close(&p);
}

/* Other commands are those of the room, and their answers are seen. */
static void
test_commands(void)
{
	struct places p;

	open_query(&p, 80, 24);
	type(&p, "/names\r");
	CU_ASSERT(desk_row_with(&p.desk, "eve") > 0);
	type(&p, "/nonsense\r");
	CU_ASSERT(desk_row_with(&p.desk, "! │ unknown command") > 0);
	fixture_expect_next(&p.desk.f, IPC_NONE);
	places_close(&p);
}

/* What became of a text is told with it, wherever it is. */
static void
test_marks(void)
{
	struct places p;

	open_query(&p, 80, 24);
	type(&p, "a text\r");
	CU_ASSERT_EQUAL(fixture_tell_sent(&p.desk.f, 1, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_delivered(&p.desk.f, 1, 1), 0);
	desk_show(&p.desk);
	CU_ASSERT(desk_row_with(&p.desk, "a text  ✓1/1") > 0);
	type(&p, "another\r");
	CU_ASSERT_EQUAL(fixture_tell_sent(&p.desk.f, 2, 1), 0);
	CU_ASSERT_EQUAL(fixture_tell_undelivered(&p.desk.f, 2, 1), 0);
	type(&p, "\0331");
	CU_ASSERT(desk_row_with(&p.desk, "not delivered") == -1);
	type(&p, "\0333");
	CU_ASSERT(desk_row_with(&p.desk, "not delivered to bob") > 0);
	places_close(&p);
}

/* Who takes the name does not get what was meant for its owner. */
static void
test_key(void)
{
	struct places p;

	open_query(&p, 80, 24);
	CU_ASSERT_EQUAL(fixture_tell_peer(&p.desk.f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_peer(&p.desk.f, 3, PEER_CONNECTED, "bob"),
	    0);
	drain(&p);
	type(&p, "the secret\r");
	fixture_expect_next(&p.desk.f, IPC_NONE);
	CU_ASSERT(desk_row_with(&p.desk, "bob is not here; not sent") > 0);
	CU_ASSERT(desk_row_with(&p.desk, "│ bob       not here") > 0);
	places_close(&p);
}

/* The owner of the key is followed through other names and places. */
static void
test_other_name(void)
{
	struct places p;

	open_query(&p, 80, 24);
	CU_ASSERT_EQUAL(fixture_tell_peer(&p.desk.f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(fixture_tell_place(&p.desk.f, 1, 1, PEER_CONNECTED,
			    "robert"),
	    0);
	drain(&p);
	desk_show(&p.desk);
	CU_ASSERT(desk_row_with(&p.desk, "║to robert ") == 0);
	CU_ASSERT(desk_row_with(&p.desk, "to robert>") == 23);
	type(&p, "you?\r");
	expect_alone(&p, 0, "you?");
	places_close(&p);
}

/* While the person may be on the way back a text waits for the key, whatever
 * its name; it is said, or becomes an error, once the room has settled. */
static void
test_settled(void)
{
	struct places p;

	for (int back = 0; back < 2; back++) {
		open_query(&p, 80, 24);
		CU_ASSERT_EQUAL(fixture_tell_peer(&p.desk.f, 1, PEER_LEFT,
				    NULL),
		    0);
		p.first->model.settling = true;
		drain(&p);
		type(&p, "/me waits\r");
		CU_ASSERT_EQUAL(p.first->later.count, 1);
		if (back)
			CU_ASSERT_EQUAL(fixture_tell_place(&p.desk.f, 1, 1,
					    PEER_CONNECTED, "robert"),
			    0);
		p.first->model.settling = false;
		places_pass(&p, 2 * TUI_FRAME_TIME);
		CU_ASSERT_EQUAL(p.first->later.count, 0);
		desk_show(&p.desk);
		if (back)
			expect_alone(&p, TEXT_FLAG_ACTION, "waits");
		else
			CU_ASSERT(
			    desk_row_with(&p.desk, "not sent to bob,") > 0);
		places_close(&p);
	}
}

/* The room takes no more texts. */
static void
fill(struct places *p)
{
	for (int i = 0; i < FIXTURE_WAITING; i++) {
		ui_say(p->first, "x", 1);
		places_pass(p, 0);
	}
	CU_ASSERT_FALSE(ui_takes_lines(p->first));
	drain(p);
}

/* All of these were sent. */
static void
make_room(struct places *p)
{
	for (uint64_t seq = 1; seq <= FIXTURE_WAITING; seq++) {
		CU_ASSERT_EQUAL(fixture_tell_sent(&p->desk.f, seq, 0), 0);
		if (seq == FIXTURE_WAITING)
			drain(p);
		places_pass(p, 0);
	}
}

/* Asserts that our text of that number was said so, in this pane. */
static void
expect_entry(const struct pane *pane, uint64_t seq, unsigned int flags,
    const char *text)
{
	const struct entry *e =
	    history_own(&pane->history, FIXTURE_WAITING + seq);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(e->text, text);
	CU_ASSERT_EQUAL(e->flags, flags);
}

/* A line that waits there, and is taken while another pane is shown, is as
 * private as any. */
static void
test_waits(void)
{
	struct places p;
	struct pane *pane;

	open_query(&p, 80, 24);
	pane = shown(&p);
	fill(&p);
	type(&p, "waits\r");
	type(&p, "behind\r");
	CU_ASSERT_TRUE(pane->ahead.waiting);
	type(&p, "\0331");
	make_room(&p);
	CU_ASSERT_FALSE(pane->ahead.waiting);
	expect_entry(pane, 1, TEXT_FLAG_PRIVATE, "waits");
	expect_entry(pane, 2, TEXT_FLAG_PRIVATE, "behind");
	places_close(&p);
}

/* Lines behind /query are for the person, and those behind /part for the room,
 * also if all had to wait. */
static void
test_typed_ahead(void)
{
	static const char *const lines[] = { "to all\r", "/query bob\r",
		"for bob\r", "/part\r", "all\r", "/query bob\r", "again\r" };
	struct places p;

	places_open(&p, 80, 24);
	desk_meet_bob(&p.desk);
	fill(&p);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		type(&p, lines[i]);
	make_room(&p);
	expect_entry(p.first->pane, 1, 0, "to all");
	expect_entry(p.first->pane, 3, 0, "all");
	CU_ASSERT_TRUE(shown(&p)->alone);
	expect_entry(shown(&p), 4, TEXT_FLAG_PRIVATE, "again");
	CU_ASSERT_PTR_NULL(
	    history_own(&p.first->pane->history, FIXTURE_WAITING + 2));
	CU_ASSERT_EQUAL(pane_count(p.desk.f.ui->tui), 3);
	places_close(&p);
}

static void
expect_told(const struct pane *pane, const char *text)
{
	const struct history *h = &pane->history;

	CU_ASSERT_FALSE_FATAL(history_empty(h));
	CU_ASSERT_STRING_EQUAL(history_entry(h, h->next - 1)->text, text);
}

/* A room is left, or ends: its conversations go with it, and the pane that is
 * shown then tells all of it. */
static void
test_room_left(void)
{
	struct places p;

	open_query(&p, 80, 24);
	tui_turn(p.other->pane);
	p.first->close_asked = true;
	view_tui.room(p.first, ROOM_CLOSED);
	expect_told(p.other->pane,
	    "you left room r\"om, which closes the conversation with bob");
	CU_ASSERT_EQUAL(fixture_tell_peer(&p.desk.f, 3, PEER_CONNECTED, "a b"),
	    0);
	for (uint32_t i = 2; i < 4; i++)
		CU_ASSERT_TRUE(tui_query(p.first,
		    model_peer(&p.first->model, 0x1000 | i)));
	tui_turn(p.other->pane);
	view_tui.room(p.first, ROOM_CLOSED);
	expect_told(p.other->pane,
	    "you left room r\"om, which closes the conversations with bob, eve "
	    "and \"a b\"");
	tui_turn(p.first->pane);
	CU_ASSERT_PTR_EQUAL(launcher_close(&p.desk.f, 3), p.other);
	expect_told(p.first->pane, "gochat had to close room kitchen");
	places_close(&p);
}

/* A name that nobody has is no reason to show anything else. */
static void
test_nobody(void)
{
	struct places p;

	open_query(&p, 80, 24);
	type(&p, "/query nobody\r");
	CU_ASSERT_TRUE(shown(&p)->alone);
	expect_told(shown(&p), "nobody is called nobody. Here: bob, eve");
	type(&p, "still you\r");
	expect_alone(&p, 0, "still you");
	type(&p, "\0332/query bob\r"); /* who is in the other room */
	places_pass(&p, 2 * BURST_TIME);
	CU_ASSERT_TRUE(places_is_shown(&p, p.other));
	places_close(&p);
}

/* What is being typed there is not kept as the room's line, and the room does
 * not come to the front between its letters. */
static void
test_line(void)
{
	struct places p;

	open_query(&p, 80, 24);
	type(&p, "the sec");
	places_pass(&p, 2 * DRAFT_TIME);
	places_expect_draft(&p, p.first, NULL);
	tui_turned(p.first);
	CU_ASSERT_TRUE(shown(&p)->alone);
	/* No ui before this one has left a start of it. */
	p.first->past.awaited = true;
	type(&p, "ret\r");
	p.first->past.awaited = false;
	expect_alone(&p, 0, "the secret");
	type(&p, "half");
	type(&p, "\0331");
	places_expect_typed(&p, "");
	places_expect_draft(&p, p.first, NULL);
	places_close(&p);
}

/* /part closes it, and texts are in the room again. */
static void
test_part(void)
{
	struct places p;

	open_query(&p, 80, 24);
	CU_ASSERT_TRUE(tui_part(p.desk.f.ui));
	CU_ASSERT_TRUE(places_is_shown(&p, p.first));
	CU_ASSERT_FALSE(tui_part(p.desk.f.ui));
	CU_ASSERT_EQUAL(pane_count(p.desk.f.ui->tui), 2);
	hear(&p, 1, TEXT_FLAG_PRIVATE, "for you");
	CU_ASSERT(desk_row_with(&p.desk, "[to you alone] for you") > 0);
	CU_ASSERT_TRUE(tui_query(p.first, bob(&p)));
	CU_ASSERT_EQUAL(shown(&p)->number, 3);
	CU_ASSERT(desk_row_with(&p.desk, "for you") > 0);
	places_close(&p);
}

/* It goes with its room. */
static void
test_room_closed(void)
{
	struct places p;

	places_open(&p, 80, 24);
	places_about(&p, p.other);
	desk_meet_bob(&p.desk);
	CU_ASSERT_TRUE(tui_query(p.other, model_peer(&p.other->model, 0x1001)));
	CU_ASSERT_EQUAL(pane_count(p.desk.f.ui->tui), 3);
	places_shut(&p);
	CU_ASSERT_EQUAL(pane_count(p.desk.f.ui->tui), 1);
	CU_ASSERT_TRUE(places_is_shown(&p, p.first));
	places_close(&p);
}

/* Nobody talks to himself, nor to somebody who has no key yet; and there is an
 * end to it. */
static void
test_refused(void)
{
	struct places p;
	char name[16];

	places_open(&p, 80, 24);
	CU_ASSERT_EQUAL(fixture_tell_place(&p.desk.f, 1, FIXTURE_OWN_KEY,
			    PEER_CONNECTED, "alice"),
	    0);
	CU_ASSERT_FALSE(tui_query(p.first, bob(&p)));
	CU_ASSERT_EQUAL(fixture_tell_peer(&p.desk.f, 2, PEER_CONNECTING, NULL),
	    0);
	CU_ASSERT_FALSE(
	    tui_query(p.first, model_peer(&p.first->model, 0x1002)));
	for (uint32_t n = 3; n < 3 + QUERIES_MAX + 1; n++) {
		snprintf(name, sizeof(name), "peer%u", n);
		CU_ASSERT_EQUAL(fixture_tell_peer(&p.desk.f, n, PEER_CONNECTED,
				    name),
		    0);
		CU_ASSERT_EQUAL(tui_query(p.first,
				    model_peer(&p.first->model, 0x1000 | n)),
		    n < 3 + QUERIES_MAX);
	}
	CU_ASSERT_TRUE(tui_query(p.first, model_peer(&p.first->model, 0x1003)));
	CU_ASSERT_EQUAL(pane_count(p.desk.f.ui->tui), 2 + QUERIES_MAX);
	places_close(&p);
}

/* /rooms has it with its number and what is unread, and /room turns to it,
 * unless a room is called like the person. */
static void
test_rooms(void)
{
	struct places p;

	open_query(&p, 80, 24);
	type(&p, "/rooms\r");
	CU_ASSERT(desk_row_with(&p.desk, "> 3 bob alone, in r\"om: here") > 0);
	CU_ASSERT(desk_row_with(&p.desk, "  1 r\"om: connected") > 0);
	tui_turn(p.first->pane);
	hear(&p, 1, TEXT_FLAG_PRIVATE, "psst");
	tui_turn(p.other->pane);
	hear(&p, 2, 0, "hello");
	type(&p, "/rooms\r");
	CU_ASSERT(
	    desk_row_with(&p.desk,
		"  3 bob alone, in r\"om: here, 1 unread, also for you") > 0);
	CU_ASSERT(desk_row_with(&p.desk, "  1 r\"om: connected, 1 unread") > 0);
	CU_ASSERT(desk_row_with(&p.desk, "> 2 kitchen: ") > 0);
	type(&p, "/room bob\r");
	CU_ASSERT_TRUE(shown(&p)->alone);
	type(&p, "/room \"r\\\"om\"\r");
	CU_ASSERT_PTR_EQUAL(shown(&p), p.first->pane);
	strcpy(p.other->handle, "bob");
	type(&p, "/room bob\r");
	CU_ASSERT_PTR_EQUAL(shown(&p), p.other->pane);
	type(&p, "/room eve\r");
	CU_ASSERT(desk_row_with(&p.desk, "you are in no room called eve") > 0);
	places_close(&p);
}

/* However long the room's name is, the person's state is there. */
static void
test_rooms_wide(void)
{
	struct places p;

	open_query(&p, 80, 24);
	memset(p.first->handle, 'x', ROOM_HANDLE_MAX - 1);
	type(&p, "/rooms\r");
	CU_ASSERT(desk_row_with(&p.desk, "> 3 bob alone, in") > 0);
	CU_ASSERT(desk_row_with(&p.desk, "xxx…: here") > 0);
	desk_resize(&p.desk, 40, 10);
	CU_ASSERT(desk_row_with(&p.desk, "    xxxx") > 0);
	places_close(&p);
}

/* Two people of one name in two rooms: a text must not go to the wrong one. */
static void
test_rooms_unclear(void)
{
	static const uint8_t another[FINGERPRINT_LEN] = { 7 };
	struct places p;
	struct pane *pane;

	open_query(&p, 80, 24);
	pane = query_reopen(p.other, another);
	strcpy(pane->name, "bob");
	tui_turn(p.first->pane);
	type(&p, "/room bob\r");
	CU_ASSERT_PTR_EQUAL(shown(&p), p.first->pane);
	CU_ASSERT(desk_row_with(&p.desk, "2 conversations are with") > 0);
	type(&p, "/room 4\r");
	CU_ASSERT_PTR_EQUAL(shown(&p), pane);
	places_close(&p);
}

void
query_suite(void)
{
	CU_pSuite s = CU_add_suite("query", NULL, NULL);

	CU_add_test(s, "rooms and conversations", test_rooms);
	CU_add_test(s, "rooms with long names", test_rooms_wide);
	CU_add_test(s, "two people of one name", test_rooms_unclear);
	CU_add_test(s, "the look", test_look);
	CU_add_test(s, "the look when small", test_small);
	CU_add_test(s, "what is there", test_texts);
	CU_add_test(s, "what is said there", test_says);
	CU_add_test(s, "commands", test_commands);
	CU_add_test(s, "marks", test_marks);
	CU_add_test(s, "another key", test_key);
	CU_add_test(s, "another name", test_other_name);
	CU_add_test(s, "the room has settled", test_settled);
	CU_add_test(s, "a line that waits", test_waits);
	CU_add_test(s, "lines behind commands", test_typed_ahead);
	CU_add_test(s, "its room is left", test_room_left);
	CU_add_test(s, "with nobody", test_nobody);
	CU_add_test(s, "the line that is typed", test_line);
	CU_add_test(s, "its end", test_part);
	CU_add_test(s, "the end of its room", test_room_closed);
	CU_add_test(s, "refusals", test_refused);
}
