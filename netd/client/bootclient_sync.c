/*
 * Asks the bootnode for what a client does not know yet of its room. See
 * bootclient.h and bootclient_parts.h.
 */
#include "netd/client/bootclient_parts.h"

#include <string.h>

/* A SYNC is so long that the answer is three times that: about 100 bytes for
 * each change. */
size_t
boot_sync_len(const struct bootclient *b)
{
	static const struct peer_id none;
	uint32_t missing = b->room_version - b->version;
	size_t len = WIRE_SYNC_MIN + BOOTMSG_ENTRY_MAX / WIRE_SYNC_FACTOR;
	size_t most = WIRE_MAX - (b->has_access ? SIPHASH_MAC : 0);

	if (b->version == 0 || missing == 0 ||
	    memcmp(&b->after, &none, sizeof(none)) != 0)
		return most;
	len += (size_t)40 * missing;
	return len < most ? len : most;
}

/* The last answer is here, and there is more. */
static void
sync_on(struct bootclient *b, uint64_t now)
{
	b->sync_at = clock_max(now, b->synced_at + SYNC_REST);
}

/* Asks for the missing part, at once or when the last question is over: the
 * bootnode may announce changes as often as it likes. */
static void
sync_soon(struct bootclient *b, uint64_t now)
{
	if (b->sync_at == CLOCK_NEVER)
		sync_on(b, now);
}

int
bootclient_version(void *self, const struct ipc_message_in *in)
{
	struct bootclient *b = self;
	const struct ipc_boot_version *v = in->body;

	if (!boot_in_session(b))
		return 0;
	b->version = v->version;
	b->roster_from = v->from;
	b->after = v->after;
	if (v->sync == SYNC_ON)
		sync_on(b, in->now);
	else if (v->sync == SYNC_MISSING)
		sync_soon(b, in->now);
	else if (b->version >= b->room_version)
		b->sync_at = CLOCK_NEVER;
	return 0;
}

void
boot_sync_acked(struct bootclient *b, uint64_t now,
    const struct wire_control *c)
{
	b->room_version = c->version;
	if ((c->flags & ACK_AGAIN) != 0 &&
	    (b->again_at == 0 || now - b->again_at >= AGAIN_REST)) {
		b->again_at = now;
		sync_on(b, now);
	} else if (c->version != b->version) {
		sync_soon(b, now);
	}
}

void
boot_sync_timer(struct bootclient *b, uint64_t now)
{
	if (now < b->sync_at)
		return;
	boot_send_control(b, now, WIRE_SYNC);
	b->synced_at = now;
	b->sync_at = now + boot_retry_time(b, SYNC_RETRY);
}
