/*
 * Rules for the bodies of figures: those of /status, a bootnode's, and the
 * operator's. See ipc_check.c.
 */
#include "common/ipc_check_parts.h"

#include <string.h>

static bool
is_set(const struct addr *a)
{
	return a->port != 0;
}

static bool
is_net_peer(const struct ipc_net_peer *b)
{
	return b->handle != 0 && b->lost <= b->sent;
}

static bool
is_net_status(const struct ipc_net_status *b)
{
	return b->mapping < NAT_MAPPING_COUNT && b->heard <= 1 &&
	    (b->mapping == NAT_UNKNOWN || is_set(&b->observed));
}

bool
ipc_check_status_peer(const struct ipc_message_in *in)
{
	BODY(ipc_status_peer);

	return is_net_peer(&b->net) && b->rekey_age_ms <= b->session_age_ms;
}

bool
ipc_check_status(const struct ipc_message_in *in)
{
	BODY(ipc_status);

	return is_net_status(&b->net) && b->boot_status < BOOT_STATUS_COUNT &&
	    b->boot_status != BOOT_REJOINED && b->has_key <= 1;
}

static bool
is_source(const struct ipc_source *s)
{
	struct addr addr = { .port = 0 };
	struct addr_block block;

	memcpy(addr.ip, s->block.ip, sizeof(addr.ip));
	block = addr_block_of(&addr);
	return memcmp(&block, &s->block, sizeof(block)) == 0 &&
	    s->received > 0 && s->dropped <= s->received;
}

static bool
are_stats(const struct ipc_stats *b)
{
	uint64_t dropped = 0, rejected = 0;

	if (b->asked > 1 || b->sessions > SESSIONS_MAX ||
	    b->rooms > b->sessions || b->source_count > SOURCES_MAX)
		return false;
	for (size_t i = 0; i < DROP_COUNT; i++)
		dropped += b->drops[i];
	for (size_t i = 0; i < REJECTION_COUNT; i++)
		rejected += b->rejections[i];
	for (size_t i = 0; i < b->source_count; i++)
		if (!is_source(&b->sources[i]))
			return false;
	return dropped == b->dropped && rejected == b->rejected;
}

bool
ipc_check_figures(const struct ipc_message_in *in)
{
	BODY(ipc_figures);

	return are_stats(&b->stats) && b->stats.source_count == 0;
}

bool
ipc_check_net_peer(const struct ipc_message_in *in)
{
	return is_net_peer(in->body);
}

bool
ipc_check_net_status(const struct ipc_message_in *in)
{
	return is_net_status(in->body);
}

bool
ipc_check_stats(const struct ipc_message_in *in)
{
	return are_stats(in->body);
}
