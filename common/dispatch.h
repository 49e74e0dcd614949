/*
 * The receivers of messages: for each type that a process takes, a function of
 * the module that does the work, and the object that it is called with. A type
 * comes from one kind of sender, so there is one table for all channels.
 */
#ifndef COMMON_DISPATCH_H
#define COMMON_DISPATCH_H

#include "common/ipc.h"

/*
 * Takes a message that is valid by the table in ipc.h. Returns 0, or -1 if the
 * message makes no sense now: its sender is then at fault.
 */
typedef int message_handler(void *self, const struct ipc_message_in *);

struct handler {
	enum ipc_type type;
	message_handler *handle;
	void *self;
};

struct dispatch {
	struct {
		message_handler *handle; /* NULL: the type is not taken */
		void *self;
	} by_type[IPC_TYPE_COUNT];
};

/* Adds handlers; self NULL: that of the channel. A second handler for a type
 * ends the process. */
void dispatch_add(struct dispatch *, const struct handler *, size_t count);
/* Hands the message to its handler, with self if it was added without, and
 * returns the handler's result, or -1 if there is none. */
int dispatch_message(const struct dispatch *, void *self,
    const struct ipc_message_in *);

#endif
