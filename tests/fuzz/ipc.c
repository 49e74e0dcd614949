/*
 * Fuzzes the checks of messages between processes (common/ipc.c,
 * common/ipc_check*.c): what a process that was taken over could send. The
 * first byte says who sends to whom, in which mode and when; the message
 * follows. ipc_seeds.c makes the corpus.
 */
#include "tests/fuzz/ipc_seeds.h"

#include "tests/fuzz/fuzz.h"

static void
check_taken(const struct ipc_channel *ch, const struct ipc_message_in *in)
{
	const struct ipc_rule *rule = &ipc_rules[in->type];

	REQUIRE(in->type > IPC_NONE && in->type < IPC_TYPE_COUNT);
	REQUIRE(ipc_check(in));
	REQUIRE((rule->modes & ch->modes) == ch->modes);
	REQUIRE(ch->self != ch->other);
	/* netd and ui have no channel. */
	REQUIRE(ch->other != ROLE_NETD || ch->self != ROLE_UI);
	REQUIRE(ch->other != ROLE_UI || ch->self != ROLE_NETD);
	/* fleetd has one to netd alone. */
	REQUIRE(ch->other != ROLE_FLEETD || ch->self == ROLE_NETD ||
	    ch->self == ROLE_LAUNCHER);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ipc_message_in in, again;
	struct ipc_channel ch;
	uint8_t *copy;
	bool once;

	if (size < 1)
		return 0;
	ipc_seed_receiver(&ch, data[0]);
	/* The header has 4 bytes; the body after it is aligned to 8. */
	copy = malloc(4 + size - 1);
	REQUIRE(copy != NULL);
	memcpy(copy + 4, data + 1, size - 1);
	if (ipc_parse(&ch, copy + 4, size - 1, &in) == 0) {
		REQUIRE(in.body == copy + 4 + IPC_HEADER_LEN);
		REQUIRE(in.tail + in.tail_len == copy + 4 + size - 1);
		check_taken(&ch, &in);
		once = (ipc_rules[in.type].when & ONCE) != 0;
		REQUIRE(ipc_parse(&ch, copy + 4, size - 1, &again) ==
		    (once ? -1 : 0));
	}
	free(copy);
	return 0;
}
