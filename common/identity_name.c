/*
 * Names of identities. See identity_name.h.
 */
#include "common/identity_name.h"

#include <string.h>

bool
identity_name_is_valid(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_";
	size_t len = strspn(name, allowed);

	return len > 0 && len <= IDENTITY_NAME_MAX && name[len] == '\0';
}
