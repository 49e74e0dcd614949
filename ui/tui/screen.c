/*
 * The client's screen. See screen.h.
 */
#include "ui/tui/screen.h"

#include "ui/tui/bars.h"
#include "ui/tui/messages.h"
#include "ui/tui/peerlist.h"
#include "ui/tui/roomlist.h"
#include "ui/tui/tui.h"

#include <string.h>

/* Narrower terminals have no list of peers. */
#define LIST_MIN_COLUMNS  60
#define LIST_COLUMNS	  20
#define LIST_WIDE_COLUMNS 28
#define WIDE_COLUMNS	  100

/* A question has as many rows as it needs, and if they are few that of the top
 * bar, too; one is left for the messages. */
static void
make_room(struct screen_areas *a, const struct question *q,
    unsigned int columns, unsigned int rows)
{
	unsigned int most = rows - a->input_rows - 1;

	a->status = bars_question_rows(q, columns, most - a->top);
	if (bars_question_rows(q, columns, most) > a->status) {
		a->status = bars_question_rows(q, columns, most);
		a->top = 0;
	}
}

struct screen_areas
screen_areas(const struct ui *ui, unsigned int columns, unsigned int rows,
    const struct inputline *input)
{
	struct screen_areas a = { .input_rows =
				      inputline_rows(input, columns) };
	unsigned int most = rows / 4;

	if (most < 1)
		most = 1;
	if (a.input_rows > most)
		a.input_rows = most;
	a.status = rows >= 3;
	a.top = rows >= 4;
	if (a.status > 0 && question_shown(ui) != NULL)
		make_room(&a, question_shown(ui), columns, rows);
	a.message_rows = rows > 1 ? rows - a.top - a.status - a.input_rows : 1;
	if (columns >= LIST_MIN_COLUMNS && !peerlist_empty(&ui->front->model))
		a.list_columns =
		    columns >= WIDE_COLUMNS ? LIST_WIDE_COLUMNS : LIST_COLUMNS;
	a.room_columns = roomlist_columns(ui, columns);
	a.message_columns = columns - a.room_columns - a.list_columns;
	return a;
}

static void
put_messages(const struct ui *ui, struct grid *grid,
    const struct screen_areas *a)
{
	const struct tui *t = ui->tui;
	struct scroll_window window = messages_window(&t->shown->history,
	    a->message_columns, a->message_rows);
	const char *find =
	    t->shown->search.active && t->shown->search.what[0] != '\0'
	    ? t->shown->search.what
	    : NULL;

	messages_put(&t->shown->scroll, &window, find, grid, a->top,
	    a->room_columns, a->message_columns);
}

void
screen_compose(const struct ui *ui, struct grid *grid)
{
	struct inputline input = inputline_now(ui);
	struct screen_areas a =
	    screen_areas(ui, grid->columns, grid->rows, &input);
	unsigned int row = 0;

	if (a.top > 0)
		bars_top(ui, grid, row);
	row += a.top;
	if (a.room_columns > 0)
		roomlist_put(ui, grid, row, a.message_rows, a.room_columns);
	put_messages(ui, grid, &a);
	if (a.list_columns > 0)
		peerlist_put(ui, grid, row, a.message_rows,
		    a.room_columns + a.message_columns);
	row += a.message_rows;
	if (a.status > 0)
		bars_status(ui, grid, row, a.status);
	row += a.status;
	if (row < grid->rows)
		inputline_put(&input, grid, row, a.input_rows);
}
