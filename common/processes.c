/*
 * The table of processes, as data. See processes.h.
 */
#include "common/processes.h"

#include "common/ipc_trust.h"

#include <string.h>

const struct process_row process_table[PROCESS_COUNT] = {
#define X(process, filter, role, modes, program, needs, fds, later, bytes) \
	[PROCESS_##process] = { ROLE_##role, (modes), (program), (needs),  \
		(fds), (later), (bytes) },
	PROCESS_TABLE(X)
#undef X
};

const struct channel_row channel_table[CHANNEL_COUNT] = {
#define X(a, a_fd, b, b_fd) { { ROLE_##a, ROLE_##b }, { a_fd, b_fd } },
	CHANNEL_TABLE(X)
#undef X
};

const char *
role_name(enum role role)
{
	static const char *const names[ROLE_COUNT] = {
#define X(role, name, with, each) [ROLE_##role] = (name),
		ROLE_TABLE(X)
#undef X
	};

	return role < ROLE_COUNT ? names[role] : "unknown process";
}

const char *
role_short_name(enum role role)
{
	const char *name = role_name(role), *dash = strchr(name, '-');

	return dash != NULL ? dash + 1 : name;
}

enum role
role_goes_with(enum role role)
{
	static const enum role with[ROLE_COUNT] = {
#define X(role, name, with, each) [ROLE_##role] = ROLE_##with,
		ROLE_TABLE(X)
#undef X
	};

	return with[role];
}

bool
role_is_for_each_room(enum role role)
{
	static const bool for_each[ROLE_COUNT] = {
#define X(role, name, with, each) [ROLE_##role] = (each),
		ROLE_TABLE(X)
#undef X
	};

	return for_each[role];
}

bool
roles_are_neighbours(enum role a, enum role b)
{
	for (size_t i = 0; i < CHANNEL_COUNT; i++) {
		const enum role *roles = channel_table[i].roles;

		if ((roles[0] == a && roles[1] == b) ||
		    (roles[0] == b && roles[1] == a))
			return true;
	}
	return false;
}

const char *
mode_name(enum mode mode)
{
	return mode == MODE_BOOTNODE ? "bootnode" : "client";
}
