/*
 * Rules for the bodies between the processes of a bootnode. See
 * ipc_check_parts.h.
 */
#include "common/ipc_check_parts.h"

#include <string.h>

bool
ipc_check_slot(const struct ipc_message_in *in)
{
	BODY(ipc_slot); /* every slot message starts with it */

	return b->slot < SLOTS_MAX;
}

static bool
are_slots(const uint8_t *slots, size_t count)
{
	uint32_t slot;

	for (size_t i = 0; i < count; i++) {
		memcpy(&slot, slots + i * sizeof(slot), sizeof(slot));
		if (slot >= SLOTS_MAX)
			return false;
	}
	return true;
}

bool
ipc_check_seal(const struct ipc_message_in *in)
{
	BODY(ipc_seal);

	size_t len = b->count * sizeof(uint32_t);

	for (size_t i = 0; i < SEAL_PAGES_MAX; i++) {
		if (b->lens[i] > WIRE_SEALED_MAX ||
		    (i > 0 && b->lens[i] > 0 && b->lens[i - 1] == 0))
			return false;
		len += b->lens[i];
	}
	return b->count > 0 && b->count <= SEAL_SLOTS_MAX && b->lens[0] > 0 &&
	    len == in->tail_len && are_slots(in->tail, b->count);
}

bool
ipc_check_member(const struct ipc_message_in *in)
{
	BODY(ipc_member);

	return b->what == MEMBER_JOINED ||
	    (b->what == MEMBER_LEFT &&
		(b->reason == LEAVE_GRACEFUL || b->reason == LEAVE_TIMEOUT));
}

bool
ipc_check_access_keys(const struct ipc_message_in *in)
{
	BODY(ipc_access_keys);

	if (b->private > 1 || b->count > ACCESS_KEYS_MAX ||
	    (b->count > 0) != b->private)
		return false;
	for (size_t i = 0; i < b->count; i++)
		if (!access_name_is_valid(b->at[i].name,
			strnlen(b->at[i].name, sizeof(b->at[i].name))))
			return false;
	return true;
}

bool
ipc_check_boot_keys(const struct ipc_message_in *in)
{
	BODY(ipc_boot_keys);

	return b->fresh <= 1;
}

bool
ipc_check_join_reply(const struct ipc_message_in *in)
{
	BODY(ipc_join_reply);

	return ipc_check_slot(in) && b->redirects <= 1;
}

bool
ipc_check_join_opened(const struct ipc_message_in *in)
{
	BODY(ipc_join_opened);

	return ipc_check_slot(in) && b->hidden <= 1 &&
	    b->skips.count <= JOIN_SKIPS_MAX && in->tail_len > 0;
}

bool
ipc_check_sealed(const struct ipc_message_in *in)
{
	BODY(ipc_sealed);

	size_t len = 0;

	if (b->count == 0 || b->count > SEALED_MAX)
		return false;
	for (size_t i = 0; i < b->count; i++) {
		if (b->slots[i] >= SLOTS_MAX || b->lens[i] <= AEAD_TAG_LEN ||
		    b->lens[i] > WIRE_SEALED_MAX + AEAD_TAG_LEN)
			return false;
		len += b->lens[i];
	}
	return len == in->tail_len;
}

bool
ipc_check_operate(const struct ipc_message_in *in)
{
	BODY(ipc_operate);

	return b->what < OPERATE_COUNT && b->bits <= 128 &&
	    (b->what != OPERATE_KICK_PEER || b->bits >= OPERATE_ID_BITS_MIN);
}

static bool
are_nodes(const struct ipc_message_in *in, uint32_t count)
{
	struct ipc_operated_node node;

	if (count > OPERATED_NODES_MAX || in->tail_len != count * sizeof(node))
		return false;
	for (size_t at = 0; at < in->tail_len; at += sizeof(node)) {
		memcpy(&node, in->tail + at, sizeof(node));
		if (node.state >= OPERATED_STATE_COUNT || node.self > 1 ||
		    node.addr_count > FLEET_ADDRS_MAX)
			return false;
		for (size_t i = 0; i < sizeof(node.version); i++)
			if (node.version[i] != '\0' &&
			    (node.version[i] <= ' ' || node.version[i] > '~'))
				return false;
	}
	return true;
}

bool
ipc_check_operated(const struct ipc_message_in *in)
{
	BODY(ipc_operated);
	const bool lists =
	    b->what == OPERATE_ROOMS || b->what == OPERATE_SESSIONS;

	if (b->what >= OPERATE_COUNT || b->full > 1)
		return false;
	if (b->what == OPERATE_FLEET)
		return are_nodes(in, b->count);
	return (!lists || b->count <= OPERATED_MAX) &&
	    in->tail_len ==
	    (lists ? b->count * sizeof(struct ipc_operated_entry) : 0);
}
