/*
 * Logging by message to the launcher. See log_channel.h.
 */
#include "common/log_channel.h"

#include "common/ipc.h"
#include "common/log.h"

#include <string.h>

static struct ipc_channel *log_channel;

static void
send_line(enum log_level level, bool event, const char *text)
{
	struct ipc_log body = { .level = (uint8_t)level, .event = event };

	ipc_send(log_channel, IPC_LOG, &body, text, strlen(text));
}

void
log_to_channel(struct ipc_channel *channel)
{
	log_channel = channel;
	log_to_function(send_line);
}

void
log_farewell(const char *text)
{
	size_t len = strlen(text);

	if (log_channel != NULL)
		ipc_send(log_channel, IPC_FAREWELL, NULL, text,
		    len < LOG_TEXT_MAX ? len : LOG_TEXT_MAX);
}
