/*
 * Fuzzes the reading of files of access keys (common/access.c). What can be
 * read is written and read again as the same.
 */
#include "common/access.h"

#include "tests/fuzz/fuzz.h"

#include <string.h>

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[ACCESS_KEYS_MAX * ACCESS_LINE_MAX + 1];
	static struct access_keys keys, again;
	enum access_fault fault;
	unsigned int line;
	size_t len = 0;

	fault = access_parse(&keys, ACCESS_KEYS_MAX, (const char *)data, size,
	    &line);
	REQUIRE(fault < ACCESS_FAULT_COUNT && line <= size);
	REQUIRE((fault == ACCESS_SOUND) == (keys.count > 0));
	if (fault != ACCESS_SOUND)
		return 0;
	for (size_t i = 0; i < keys.count; i++)
		len += access_format(text + len, &keys.at[i]);
	REQUIRE(
	    access_parse(&again, keys.count, text, len, &line) == ACCESS_SOUND);
	REQUIRE(memcmp(&keys, &again, sizeof(keys)) == 0);
	return 0;
}
