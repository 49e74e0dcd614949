/*
 * Names of roles and modes. See role.h.
 */
#include "common/role.h"

#include <string.h>

const char *
role_name(enum role role)
{
	static const char *const names[ROLE_COUNT] = {
		[ROLE_LAUNCHER] = "gochat",
		[ROLE_NETD] = "gochat-netd",
		[ROLE_CRYPTOD] = "gochat-cryptod",
		[ROLE_UI] = "gochat-ui",
	};

	return role < ROLE_COUNT ? names[role] : "unknown process";
}

const char *
role_short_name(enum role role)
{
	const char *name = role_name(role), *dash = strchr(name, '-');

	return dash != NULL ? dash + 1 : name;
}

const char *
role_program(enum role role, enum mode mode)
{
	if (mode == MODE_BOOTNODE && role == ROLE_NETD)
		return "gochat-netd-bootnode";
	if (mode == MODE_BOOTNODE && role == ROLE_CRYPTOD)
		return "gochat-cryptod-bootnode";
	return role_name(role);
}

const char *
mode_name(enum mode mode)
{
	return mode == MODE_BOOTNODE ? "bootnode" : "client";
}
