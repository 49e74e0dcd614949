/*
 * Where everything is on the screen (ui/places.c, ui/tui/restore.c): what the
 * launcher is told, and what the next ui makes of it, whoever told that.
 */
#include "tests/unit/ipc_pair.h"
#include "tests/unit/ui/launcher_end.h"
#include "tests/unit/ui/tui/places.h"

#include "ui/places.h"
#include "ui/rooms.h"
#include "ui/tui/query.h"

#include <CUnit/CUnit.h>

#include <string.h>

void placed_suite(void);

#define LOST                                                            \
	"not sent, because another room than this one was the current " \
	"room: /room says where what you type goes\n"

static const uint8_t bob[FINGERPRINT_LEN] = { 0xab, 0x01 };
static const uint8_t eve[FINGERPRINT_LEN] = { 0xab, 0x02 };

/* Returns what the launcher is told, which has to be something. */
static struct ipc_places
told(struct fixture *f)
{
	struct ipc_places places = { 0 };
	struct ipc_message_in in;

	places_tell(f->ui);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f->launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_PLACES);
	memcpy(&places, in.body, sizeof(places));
	return places;
}

static void
told_nothing(struct fixture *f)
{
	struct ipc_message_in in;

	places_tell(f->ui);
	CU_ASSERT_EQUAL(ipc_receive(&f->launcher, &in), IPC_EMPTY);
}

static void
expect(const struct ipc_places *p, unsigned int at, enum place_kind kind,
    unsigned int room)
{
	CU_ASSERT_EQUAL(p->at[at].kind, kind);
	CU_ASSERT_EQUAL(p->at[at].room, room);
}

/* The launcher tells of a room, which is that of its number if it is open. */
static void
tell_room(struct fixture *f, unsigned int number, uint32_t serial)
{
	const struct ipc_room room = {
		.room = (uint8_t)number,
		.serial = serial,
	};
	struct room *closed;

	CU_ASSERT_EQUAL(launcher_tell(f, room, "", "yard", &closed), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->ui->rooms[number]);
}

static void
put(struct ipc_places *p, unsigned int at, unsigned int room, uint32_t serial,
    const uint8_t *person)
{
	p->at[at].room = (uint8_t)room;
	p->at[at].serial = serial;
	p->at[at].kind = person != NULL ? PLACE_PERSON : PLACE_ROOM;
	if (person != NULL)
		memcpy(p->at[at].person, person, FINGERPRINT_LEN);
}

static const struct pane *
pane_at(const struct fixture *f, unsigned int at)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->ui->tui->panes[at]);
	CU_ASSERT_EQUAL(f->ui->tui->panes[at]->number, at + 1);
	return f->ui->tui->panes[at];
}

/* A ui that was started after another, with rooms 0, 1 and 2 of the serials 5,
 * 6 and 7. */
static void
restart(struct fixture *f, enum ui_kind kind, const struct ipc_places *before)
{
	fixture_open(f, MODE_CLIENT, kind);
	f->ui->terminal = true;
	f->ui->config.restarted = 1;
	if (before != NULL)
		places_before(f->ui, before);
	for (unsigned int i = 0; i < 3; i++)
		tell_room(f, i, 5 + i);
}

/* --- What is told --------------------------------------------------------- */

static void
test_tell(void)
{
	struct ipc_places now;
	struct places p;

	places_open(&p, 80, 24);
	p.first->serial = 8;
	p.other->serial = 9;
	now = told(&p.desk.f);
	expect(&now, 0, PLACE_ROOM, 0);
	expect(&now, 1, PLACE_ROOM, 3);
	expect(&now, 2, PLACE_FREE, 0);
	CU_ASSERT(now.at[0].serial == 8 && now.at[1].serial == 9);
	CU_ASSERT(now.current == 0 && now.adrift == 0);
	told_nothing(&p.desk.f);
	desk_meet_bob(&p.desk);
	CU_ASSERT_TRUE(tui_query(p.first, model_peer(&p.first->model, 0x1001)));
	now = told(&p.desk.f);
	expect(&now, 2, PLACE_PERSON, 0);
	CU_ASSERT_EQUAL(memcmp(now.at[2].person,
			    p.desk.f.ui->tui->shown->person, FINGERPRINT_LEN),
	    0);
	CU_ASSERT_EQUAL(now.current, 2);
	tui_turn(p.other->pane);
	CU_ASSERT_EQUAL(told(&p.desk.f).current, 1);
	places_shut(&p);
	now = told(&p.desk.f);
	expect(&now, 1, PLACE_FREE, 0);
	CU_ASSERT_EQUAL(now.current, 0);
	places_close(&p);
}

/* Numbers of rooms in the plain view stay what they are. */
static void
test_tell_plain(void)
{
	struct ipc_channel cryptod;
	struct ipc_places now;
	struct room *other;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_PLAIN);
	other = fixture_open_room(&f, 3, "other", &cryptod);
	ui_turn_to(other);
	now = told(&f);
	expect(&now, 0, PLACE_ROOM, 0);
	expect(&now, 1, PLACE_FREE, 0);
	expect(&now, 3, PLACE_ROOM, 3);
	CU_ASSERT(now.current == 3 && now.adrift == 0);
	f.ui->adrift = true;
	CU_ASSERT_EQUAL(told(&f).adrift, 1);
	f.ui->front = f.room;
	f.ui->phase = UI_QUITTING;
	told_nothing(&f);
	fixture_shut(other, &cryptod);
	fixture_close(&f);
}

/* While keys are for nobody, or for a passphrase, the next ui does not take
 * them for a text. */
static void
test_tell_adrift(void)
{
	struct ipc_places now;
	struct places p;

	places_open(&p, 80, 24);
	CU_ASSERT_EQUAL(told(&p.desk.f).adrift, 0);
	tui_adrift(p.desk.f.ui, ADRIFT_GONE);
	CU_ASSERT_EQUAL(told(&p.desk.f).adrift, 1);
	p.desk.f.ui->now += USEC_PER_SEC;
	CU_ASSERT_EQUAL(told(&p.desk.f).adrift, 0);
	desk_type(&p.desk, "/join attic\r");
	now = told(&p.desk.f);
	CU_ASSERT_EQUAL(now.adrift, 1);
	desk_type(&p.desk, "secret");
	told_nothing(&p.desk.f); /* nothing of it */
	desk_type(&p.desk, "\033");
	places_pass(&p, USEC_PER_SEC);
	CU_ASSERT_EQUAL(told(&p.desk.f).adrift, 0);
	places_close(&p);
}

/* --- What is restored ----------------------------------------------------- */

/* Three rooms and a conversation are where they were, and what is typed goes to
 * the one that was shown. */
static void
test_restore(void)
{
	struct ipc_places before = { .current = 1 };
	struct fixture f;
	const char *text;
	size_t len;

	put(&before, 0, 2, 7, NULL);
	put(&before, 1, 1, 6, NULL);
	put(&before, 3, 0, 5, bob);
	put(&before, 4, 0, 5, NULL);
	restart(&f, UI_TUI, &before);
	CU_ASSERT_PTR_EQUAL(pane_at(&f, 0), f.ui->rooms[2]->pane);
	CU_ASSERT_PTR_EQUAL(pane_at(&f, 1), f.ui->rooms[1]->pane);
	CU_ASSERT_PTR_NULL(f.ui->tui->panes[2]);
	CU_ASSERT_TRUE(pane_at(&f, 3)->alone);
	CU_ASSERT_PTR_EQUAL(pane_at(&f, 3)->room, f.room);
	CU_ASSERT_STRING_EQUAL(query_name(pane_at(&f, 3)), "peer-ab01");
	CU_ASSERT_PTR_EQUAL(pane_at(&f, 4), f.room->pane);
	CU_ASSERT_PTR_EQUAL(f.ui->tui->shown, pane_at(&f, 1));
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.ui->rooms[1]);
	CU_ASSERT_EQUAL(f.ui->tui->adrift_until, 0);
	tui_keys(f.ui, "x", 1);
	text = editor_text(&pane_at(&f, 1)->editor, &len);
	CU_ASSERT(len == 1 && *text == 'x');
	/* Another room that comes does not change that. */
	tell_room(&f, 7, 9);
	CU_ASSERT_EQUAL(f.ui->tui->adrift_until, 0);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.ui->rooms[1]);
	f.ui->front = f.room;
	fixture_close(&f);
}

static void
test_restore_conversation(void)
{
	struct ipc_places before = { .current = 3 };
	struct ipc_recall text = { .fingerprint = { 0xab, 0x01 },
		.id.bytes = { 1, 0xee },
		.flags = TEXT_FLAG_PRIVATE };
	static const char said[] = "bobpsst";
	struct fixture f;

	put(&before, 0, 0, 5, NULL);
	put(&before, 3, 0, 5, bob);
	restart(&f, UI_TUI, &before);
	CU_ASSERT_PTR_EQUAL(f.ui->tui->shown, pane_at(&f, 3));
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.room);
	/* What they had said alone is there again, with the name. */
	f.room->past.awaited = true;
	fixture_tell_ready(&f);
	text.nick_len = 3;
	CU_ASSERT_EQUAL(fixture_tell(&f, IPC_RECALL, &text, said,
			    sizeof(said) - 1),
	    0);
	CU_ASSERT_TRUE(history_empty(&f.room->pane->history));
	CU_ASSERT_FALSE(history_empty(&pane_at(&f, 3)->history));
	CU_ASSERT_STRING_EQUAL(query_name(pane_at(&f, 3)), "bob");
	fixture_close(&f);
}

/* The room that was shown is gone, or its number is another room's by now: what
 * is typed is dropped until the user has paused, as without any word of the
 * earlier ui. */
static void
test_restore_gone(void)
{
	struct ipc_places before = { .current = 1 };
	struct fixture f;

	put(&before, 0, 0, 5, NULL);
	put(&before, 1, 1, 4, NULL);
	restart(&f, UI_TUI, &before);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.room);
	CU_ASSERT(f.ui->tui->adrift_until > f.ui->now);
	fixture_close(&f);
	restart(&f, UI_TUI, NULL);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.room);
	CU_ASSERT(f.ui->tui->adrift_until > f.ui->now);
	fixture_close(&f);
	/* Or the earlier ui dropped it itself: the rest of a passphrase. */
	put(&before, 1, 1, 6, NULL);
	before.adrift = 1;
	restart(&f, UI_TUI, &before);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.ui->rooms[1]);
	CU_ASSERT(f.ui->tui->adrift_until > f.ui->now);
	f.ui->front = f.room;
	fixture_close(&f);
}

/* The room that was shown is gone, and there is one left: that it is the only
 * one does not make it the one that is meant. */
static void
test_restore_last(void)
{
	struct ipc_places before = { .current = 1 };
	struct fixture f;

	put(&before, 0, 0, 5, NULL);
	put(&before, 1, 1, 6, NULL);
	fixture_open(&f, MODE_CLIENT, UI_TUI);
	f.ui->config.restarted = 1;
	places_before(f.ui, &before);
	tell_room(&f, 0, 5);
	CU_ASSERT(f.ui->tui->adrift_until > f.ui->now);
	fixture_close(&f);
	before.current = 0;
	fixture_open(&f, MODE_CLIENT, UI_TUI);
	f.ui->config.restarted = 1;
	places_before(f.ui, &before);
	tell_room(&f, 0, 5);
	CU_ASSERT_EQUAL(f.ui->tui->adrift_until, 0);
	fixture_close(&f);
}

/* An earlier ui that was taken over may tell anything that the table allows. */
static void
test_restore_nonsense(void)
{
	struct ipc_places before = { .current = PLACES_MAX - 1 };
	struct fixture f;
	size_t rooms = 0;

	for (unsigned int i = 0; i < PLACES_MAX; i++)
		put(&before, i, 0, 5, i % 2 == 0 ? bob : NULL);
	restart(&f, UI_TUI, &before);
	CU_ASSERT_EQUAL(pane_count(f.ui->tui), 4);
	CU_ASSERT_PTR_EQUAL(f.ui->tui->shown, f.room->pane);
	fixture_close(&f);
	/* More conversations than there can be. */
	memset(&before, 0, sizeof(before));
	for (unsigned int i = 0; i < PLACES_MAX; i++) {
		uint8_t person[FINGERPRINT_LEN] = { (uint8_t)i };

		put(&before, i, i % 3, 5 + i % 3, person);
	}
	before.current = PLACES_MAX - 1;
	restart(&f, UI_TUI, &before);
	CU_ASSERT_EQUAL(pane_count(f.ui->tui), 3 + QUERIES_MAX);
	FOREACH_PANE (pane, f.ui->tui) {
		CU_ASSERT_PTR_EQUAL(pane, f.ui->tui->panes[pane->number - 1]);
		rooms += !pane->alone;
	}
	CU_ASSERT_EQUAL(rooms, 3);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.room);
	fixture_close(&f);
}

/* The room that was chosen by /room. */
static void
test_restore_plain(void)
{
	struct ipc_places before = { .current = 2 };
	struct ipc_message_in in;
	struct ipc_channel cryptod;
	struct fixture f;

	put(&before, 0, 0, 5, NULL);
	put(&before, 1, 1, 6, NULL);
	put(&before, 2, 2, 7, NULL);
	restart(&f, UI_PLAIN, &before);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.ui->rooms[2]);
	CU_ASSERT_FALSE(f.ui->adrift);
	CU_ASSERT_PTR_NOT_NULL(strstr(fixture_output(&f),
	    "[yard] * what you type goes to this room now\n"));
	ipc_pair(&f.ui->front->cryptod, ROLE_UI, &cryptod, ROLE_CRYPTOD);
	fixture_type(&f, "for the third\n");
	CU_ASSERT(ipc_receive(&cryptod, &in) == IPC_GOT && in.type == IPC_SAY);
	ipc_close(&f.ui->front->cryptod);
	ipc_close(&cryptod);
	f.ui->front = f.room;
	fixture_close(&f);
	put(&before, 2, 2, 4, NULL);
	restart(&f, UI_PLAIN, &before);
	CU_ASSERT_PTR_EQUAL(f.ui->front, f.room);
	fixture_output(&f);
	fixture_type(&f, "for which?\n");
	fixture_expect(&f, "12:34:56 [r\"om] ! " LOST);
	fixture_close(&f);
}

/* A room that is closed later is not a restart: what was not being typed is not
 * dropped. */
static void
test_closed_later(void)
{
	struct ipc_places before = { .current = 1 };
	struct room *closed;
	struct fixture f;

	put(&before, 0, 0, 5, eve);
	put(&before, 1, 1, 6, NULL);
	restart(&f, UI_TUI, &before);
	closed = launcher_close(&f, 1);
	CU_ASSERT_PTR_EQUAL_FATAL(closed, f.ui->rooms[1]);
	room_close(closed);
	CU_ASSERT_EQUAL(f.ui->tui->adrift_until, 0);
	fixture_close(&f);
}

/* A program that named no room meant the first one, and has to name one once
 * that is closed: no later room takes its place. */
static void
test_first_closed(void)
{
	static const char say[] = "{\"cmd\":\"say\",\"text\":\"a\"}\n";
	struct ipc_places before;
	struct ipc_message_in in;
	struct fixture f;

	fixture_open(&f, MODE_CLIENT, UI_JSON);
	before = told(&f);
	CU_ASSERT_EQUAL(before.first_closed, 0);
	f.ui->first = NULL; /* as room_close() leaves it */
	CU_ASSERT_EQUAL(told(&f).first_closed, 1);
	fixture_close(&f);

	for (uint8_t closed = 0; closed < 2; closed++) {
		fixture_open(&f, MODE_CLIENT, UI_JSON);
		before.first_closed = closed;
		places_before(f.ui, &before);
		tell_room(&f, 0, 1);
		fixture_tell_ready(&f);
		fixture_tell_bootnode(&f, BOOT_JOINED);
		while (fixture_next(&f, &in) != IPC_NONE)
			;
		fixture_type(&f, say);
		CU_ASSERT_EQUAL(fixture_next(&f, &in),
		    closed ? IPC_NONE : IPC_SAY);
		fixture_close(&f);
	}
}

void
placed_suite(void)
{
	CU_pSuite s = CU_add_suite("placed", NULL, NULL);

	CU_add_test(s, "told", test_tell);
	CU_add_test(s, "told by plain", test_tell_plain);
	CU_add_test(s, "keys are for nobody", test_tell_adrift);
	CU_add_test(s, "restored", test_restore);
	CU_add_test(s, "a conversation", test_restore_conversation);
	CU_add_test(s, "the room is gone", test_restore_gone);
	CU_add_test(s, "one room is left", test_restore_last);
	CU_add_test(s, "nonsense", test_restore_nonsense);
	CU_add_test(s, "restored in plain", test_restore_plain);
	CU_add_test(s, "closed later", test_closed_later);
	CU_add_test(s, "the first room is closed", test_first_closed);
}
