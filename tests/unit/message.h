/*
 * A message as a handler gets it, of this time: its body alone, or with a tail.
 */
#ifndef TESTS_UNIT_MESSAGE_H
#define TESTS_UNIT_MESSAGE_H

#include "common/ipc.h"

#define MESSAGE(at, of) MESSAGE_WITH(at, of, NULL, 0)
#define MESSAGE_WITH(at, of, bytes, len)      \
	(&(const struct ipc_message_in){      \
	    .body = (of),                     \
	    .tail = (const uint8_t *)(bytes), \
	    .tail_len = (len),                \
	    .fd = -1,                         \
	    .now = (at),                      \
	})

#endif
