/*
 * The reference for the first screen: one process without a jail, which does
 * with ncurses what the tui does first. It takes the terminal, fills a screen
 * and waits for a key.
 */
#include <curses.h>
#include <locale.h>

int
main(void)
{
	setlocale(LC_CTYPE, "");
	if (initscr() == NULL)
		return 1;
	raw();
	noecho();
	start_color();
	init_pair(1, COLOR_GREEN, COLOR_BLACK);
	for (int row = 0; row < LINES; row++) {
		attrset(COLOR_PAIR(row % 2));
		mvprintw(row, 0, "row %d of the first screen", row + 1);
	}
	refresh();
	getch();
	endwin();
	return 0;
}
