/*
 * To be dropped at the merge with what sends these: weak stand-ins.
 */
#include "ui/ui.h"

#define STAND_IN __attribute__((weak))

int STAND_IN
ui_say_as(struct ui *ui, unsigned int flags, const struct peer *to,
    const char *text, size_t len)
{
	if (flags != 0 || to != NULL) {
		ui_line_error(ui, "cannot be sent yet");
		return -1;
	}
	ui_say(ui, text, len);
	return 0;
}

int STAND_IN
ui_rename(struct ui *ui, const char *nick, size_t len)
{
	(void)nick;
	(void)len;
	ui_line_error(ui, "cannot be told yet");
	return -1;
}

void STAND_IN
ui_ask_safety(struct ui *ui, const struct peer *p)
{
	(void)p;
	ui_line_error(ui, "cannot be told yet");
}

void STAND_IN
ui_set_verified(struct ui *ui, const struct peer *p, bool verified)
{
	(void)p;
	(void)verified;
	ui_line_error(ui, "cannot be told yet");
}
