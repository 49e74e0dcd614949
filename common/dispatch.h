/*
 * The receivers of messages: for each type that a process takes, a function of
 * the module that does the work, and the object that it is called with. A type
 * comes from one kind of sender, so there is one table for all channels.
 */
#ifndef COMMON_DISPATCH_H
#define COMMON_DISPATCH_H

#include "common/ipc.h"

/*
 * Takes a message that is valid by the table in ipc.h. Returns 0, or -1 if it
 * makes no sense now: whoever sent it is then at fault.
 */
typedef int message_handler(void *self, const struct ipc_message_in *);

struct handler {
	enum ipc_type type;
	message_handler *handle;
	void *self;
};

struct dispatch {
	struct {
		message_handler *handle; /* NULL: it is not taken */
		void *self;
	} by_type[IPC_TYPE_COUNT];
};

/* Adds handlers. There is one for a type at most, or the process ends. */
void dispatch_add(struct dispatch *, const struct handler *, size_t count);
/* Hands the message on. Returns what its handler does, or -1 if there is
 * none. */
int dispatch_message(const struct dispatch *, const struct ipc_message_in *);

#endif
