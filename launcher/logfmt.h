/*
 * How a line of the log is written: as logfmt for programs, and as a sentence
 * for a terminal. The text of a line may come from a process that was taken
 * over: these functions keep it to one line of printable ASCII in which nothing
 * can be mistaken for what the launcher itself writes.
 */
#ifndef LAUNCHER_LOGFMT_H
#define LAUNCHER_LOGFMT_H

#include "common/log.h"
#include "common/processes.h"

#include <stddef.h>

struct log_entry {
	enum role role;
	enum log_level level;
	bool event;	  /* text is that of log_event(), else plain */
	const char *text; /* of len bytes, anything */
	size_t len;
	/* Of the room whose child says it, from 1; 0: of none. ui gets it, and
	 * it is not written. */
	unsigned int room;
};

/* "error", "warn", "info" or "debug". */
const char *log_level_name(enum log_level);

/*
 * Writes "level=… process=… event=… key=value …" or "level=… process=…
 * msg="…"", without an end. An event that does not have the form of log_event()
 * is written as msg, whole. Values are quoted where they have to be, with the
 * escapes of JSON; without addresses the value of the key address is "-". Text
 * that does not fit is left out: of msg its end, of others the whole pair. size
 * is at least 128: enough for level, process and event. Returns the length.
 */
size_t logfmt_put(char *out, size_t size, const struct log_entry *,
    bool addresses);

/*
 * Writes the text that a terminal shows for the line: the text itself, or for
 * an event its msg, or its name and pairs. Returns the length, 0 for an event
 * that the views show or that the user has caused there.
 */
size_t logfmt_put_readable(char *out, size_t size, const struct log_entry *,
    bool addresses);

#endif
