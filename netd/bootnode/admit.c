/*
 * A private bootnode: it answers nobody who has none of its access keys, and
 * ends the sessions of a key that was taken back. PROTOCOL.md section 2.17.
 */
#include "netd/bootnode/parts.h"

bool
bootnode_admits(struct bootnode *b, const struct remote *from,
    const uint8_t *packet, size_t len, uint16_t *number)
{
	if (access_allows(&b->access, packet, len, number))
		return true;
	bootnode_drop(b, DROP_ACCESS, from);
	return false;
}

int
bootnode_access_keys(void *self, const struct ipc_message_in *in)
{
	struct bootnode *b = self;

	access_set(&b->access, in->body);
	bootnode_look_again(b, in->now);
	return 0;
}
