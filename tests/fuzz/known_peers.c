/*
 * Fuzzes the lines of known_peers (cryptod/client/known_peers.c), whose
 * nicknames come from peers.
 */
#include "cryptod/client/known_peers.h"

#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct known_peers known = { .fd = -1 }, again = { .fd = -1 };
	char *copy = (char *)fuzz_copy(data, size);
	size_t lines, taken, bad, end;
	char line[KNOWN_PEERS_LINE];

	bad = known_peers_read(&known, copy, size, &lines, &taken);
	REQUIRE(bad <= lines && known.count <= lines);
	REQUIRE(bad != 0 || taken <= size);
	for (size_t i = 0; i < known.count; i++) {
		const struct known_key *k = &known.entries[i];

		REQUIRE(k->nick_len > 0 && k->nick_len <= NICK_MAX);
		REQUIRE(utf8_valid(k->nick, k->nick_len));
		/* A line that was written reads back as the same. */
		end = known_peers_line(line, k, (enum known_word)k->value);
		REQUIRE(end <= sizeof(line));
		REQUIRE(
		    known_peers_read(&again, line, end, &lines, &taken) == 0);
		REQUIRE(taken == end && again.count == i + 1);
		REQUIRE(memcmp(&again.entries[i], k, sizeof(*k)) == 0);
	}
	known_peers_free(&known);
	known_peers_free(&again);
	free(copy);
	return 0;
}
