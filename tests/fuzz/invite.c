/*
 * Fuzzes the reading of invites (common/invite.c), which anybody may have
 * written. What can be read, with a right checksum or a wrong one, is written
 * and read again as the same.
 */
#include "common/invite.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[INVITE_TEXT_MAX + 1];
	struct invite invite, again;
	size_t at = 0;

	memset(&invite, 0, sizeof(invite));
	memset(&again, 0, sizeof(again));
	switch (invite_parse(&invite, (const char *)data, size, &at)) {
	case INVITE_SOUND:
		break;
	case INVITE_EMPTY:
		REQUIRE(at == 0);
		return 0;
	case INVITE_CHECKSUM:
		REQUIRE(at <= size);
		break;
	default:
		REQUIRE(at >= 1 && at <= size + 1);
		return 0;
	}
	REQUIRE(invite_format(text, &invite) == strlen(text));
	REQUIRE(invite_parse(&again, text, strlen(text), &at) == INVITE_SOUND);
	REQUIRE(memcmp(&invite.key, &again.key, sizeof(invite.key)) == 0 &&
	    memcmp(&invite.secret, &again.secret, sizeof(invite.secret)) == 0 &&
	    invite.has_access == again.has_access &&
	    (!invite.has_access ||
		memcmp(&invite.access, &again.access, sizeof(invite.access)) ==
		    0) &&
	    strcmp(invite.room, again.room) == 0 &&
	    strcmp(invite.bootnode, again.bootnode) == 0);
	return 0;
}
