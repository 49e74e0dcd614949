/*
 * The end of the ui process: it reports the texts that were not sent by then,
 * and those that may not have arrived.
 */
#ifndef UI_LEAVE_H
#define UI_LEAVE_H

#include "ui/ui.h"

/* These leave this room, now, as ui_quit() does all. From the first on it need
 * not be in front; the second sends QUIT, and reports the texts that were not
 * sent. */
void room_depart(struct room *);
void room_leave(struct room *);
/* Leaves all rooms, now: sends QUIT; reports the held texts as not sent. */
void ui_quit(struct ui *);
/* The launcher has ended the room's processes, whether or not it was left;
 * room->ended is set. Reports what was not sent, or may not have arrived. */
void room_ended(struct room *);
/* The rooms that have not said GOODBYE never will: ends. */
void ui_give_up(struct ui *);
/* The room's cryptod said GOODBYE, or never will. With the last room, the
 * process ends. */
void ui_goodbye(struct room *);

#endif
