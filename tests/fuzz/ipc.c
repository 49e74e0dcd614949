/*
 * Fuzzes the checks of messages between processes (common/ipc.c,
 * common/ipc_check*.c): what a process that was taken over could send. The
 * first byte says from whom to whom; the message follows.
 */
#include "common/ipc.h"

#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ipc_message_in in;
	enum role from, to;
	uint8_t *copy;

	if (size < 1)
		return 0;
	from = (enum role)(data[0] & 3);
	to = (enum role)(data[0] >> 2 & 3);
	/* The header has 4 bytes; the body after it is aligned to 8. */
	copy = malloc(4 + size - 1);
	REQUIRE(copy != NULL);
	memcpy(copy + 4, data + 1, size - 1);
	if (ipc_parse(copy + 4, size - 1, from, to, &in) == 0) {
		REQUIRE(in.type > IPC_NONE && in.type < IPC_TYPE_COUNT);
		REQUIRE(in.body == copy + 4 + IPC_HEADER_LEN);
		REQUIRE(in.tail + in.tail_len == copy + 4 + size - 1);
		REQUIRE(ipc_check(&in));
		REQUIRE(from != to);
		/* netd and ui have no channel. */
		REQUIRE(from != ROLE_NETD || to != ROLE_UI);
		REQUIRE(from != ROLE_UI || to != ROLE_NETD);
	}
	free(copy);
	return 0;
}
