/*
 * How a message gets from its type to its receiver. See dispatch.h.
 */
#include "common/dispatch.h"

void
dispatch_add(struct dispatch *d, const struct handler *handlers, size_t count)
{
	for (const struct handler *h = handlers; h < handlers + count; h++) {
		if (d->by_type[h->type].handle != NULL)
			__builtin_trap(); /* a type has two handlers */
		d->by_type[h->type].handle = h->handle;
		d->by_type[h->type].self = h->self;
	}
}

int
dispatch_message(const struct dispatch *d, void *self,
    const struct ipc_message_in *in)
{
	message_handler *handle = d->by_type[in->type].handle;

	if (d->by_type[in->type].self != NULL)
		self = d->by_type[in->type].self;
	return handle != NULL ? handle(self, in) : -1;
}
