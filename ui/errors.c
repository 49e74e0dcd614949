/*
 * Errors. See errors.h.
 */
#include "ui/errors.h"

#include <stdarg.h>
#include <stdio.h>

#define ERROR_TEXT_MAX 1024

static void __attribute__((format(printf, 3, 0))) show_error(struct room *room,
    const char *before, const char *format, va_list ap)
{
	char text[ERROR_TEXT_MAX];
	size_t n = (size_t)snprintf(text, sizeof(text), "%s", before);

	vsnprintf(text + n, sizeof(text) - n, format, ap);
	room->ui->view->error(room, text);
}

void
ui_error(struct room *room, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	show_error(room, "", format, ap);
	va_end(ap);
}

void
ui_line_error(struct room *room, const char *format, ...)
{
	char before[40] = "";
	va_list ap;

	if (!room->ui->terminal) {
		room->ui->outcome.refused = true;
		snprintf(before, sizeof(before),
		    "line %llu: ", (unsigned long long)room->ui->turns.line);
	}
	va_start(ap, format);
	show_error(room, before, format, ap);
	va_end(ap);
}
