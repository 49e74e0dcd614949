/*
 * The first byte of an input of ipc.c: the sender and the receiver of the
 * message, the mode and the state.
 */
#ifndef TESTS_FUZZ_IPC_SEEDS_H
#define TESTS_FUZZ_IPC_SEEDS_H

#include "common/ipc.h"

_Static_assert(ROLE_COUNT <= 8, "a role has three bits");

/* The byte has three bits of the sender, three of the receiver, one of the mode
 * and one of the state. */
static inline uint8_t
ipc_seed_byte(const struct ipc_channel *ch)
{
	unsigned int mode = ch->modes == IN_BOOTNODE ? 0x40 : 0;
	unsigned int state = ch->state == AT_START ? 0x80 : 0;

	return (uint8_t)(ch->other | ch->self << 3 | mode | state);
}

static inline void
ipc_seed_receiver(struct ipc_channel *ch, uint8_t byte)
{
	ipc_open(ch, -1, (enum role)(byte >> 3 & 7), (enum role)(byte & 7),
	    (byte & 0x40) != 0 ? IN_BOOTNODE : IN_CLIENT);
	ch->state = (byte & 0x80) != 0 ? AT_START : AT_WORK;
}

#endif
