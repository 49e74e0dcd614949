/*
 * Rules for the bodies between the processes of a bootnode that is in a fleet.
 * See ipc_check_parts.h.
 */
#include "common/ipc_check_parts.h"

#include <string.h>

bool
ipc_check_config_fleetd(const struct ipc_message_in *in)
{
	BODY(ipc_config_fleetd);

	return b->mode == MODE_BOOTNODE && b->kind < ENGINE_KIND_COUNT &&
	    memchr(b->host, '\0', sizeof(b->host)) != NULL &&
	    (b->host[0] != '\0') == (b->kind == ENGINE_TLS);
}

/* A record, sealed or not: there is one. */
bool
ipc_check_fleet_bytes(const struct ipc_message_in *in)
{
	return in->tail_len > 0;
}

bool
ipc_check_fleet_record(const struct ipc_message_in *in)
{
	BODY(ipc_fleet_record);

	return b->ends <= 1 && (in->tail_len > 0) == !b->ends;
}

bool
ipc_check_fleet_round(const struct ipc_message_in *in)
{
	BODY(ipc_fleet_round);

	return b->result < FLEET_RESULT_COUNT &&
	    b->found <= (b->result == FLEET_ROUND_DONE ? FLEET_NODES_MAX : 0);
}

bool
ipc_check_fleet_opened(const struct ipc_message_in *in)
{
	BODY(ipc_fleet_opened);

	return b->good <= 1 && (in->tail_len > 0) == b->good;
}

bool
ipc_check_drained(const struct ipc_message_in *in)
{
	BODY(ipc_drained);

	return b->alone <= 1;
}
