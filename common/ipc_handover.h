/*
 * Bodies of the messages by which a bootnode hands its state to the program
 * that takes its place. netd writes records of its registry to cryptod; cryptod
 * adds its keys, seals all of it with a key that only the two cryptods can
 * make, and sends the parts to the launcher, which keeps them in a memory file.
 * The next cryptod reads that file, and gives netd its records back. Which
 * records there are is netd's and cryptod's business: netd/bootnode/kept.h and
 * cryptod/bootnode/kept.h. See ipc.h and ipc_messages.h.
 */
#ifndef COMMON_IPC_HANDOVER_H
#define COMMON_IPC_HANDOVER_H

#include "common/ipc_messages.h"

/* The structs have no padding: see ipc_messages.h. */
#pragma GCC diagnostic push
#pragma GCC diagnostic error "-Wpadded"

/* Bytes of records in a message; and sealed, with what that adds at most. */
#define KEPT_BYTES_MAX 16000
#define KEPT_PART_MAX  (KEPT_BYTES_MAX + 128)

/* What has become of the state. */
enum kept_result {
	KEPT_TAKEN,	    /* all of it was taken over */
	KEPT_OTHER_VERSION, /* it has another format than this version reads */
	KEPT_OTHER_KEY,	    /* of another bootnode; or of this one, changed */
	KEPT_DAMAGED,	    /* it is cut off, or says what cannot be */
	KEPT_TOO_OLD,	    /* the sessions would have timed out meanwhile */
	KEPT_RESULT_COUNT
};

/* cryptod has netd hold so often, and answers everything that it was asked
 * before it says the next HOLD: first JOINs are opened, then WELCOMEs sealed.
 * After the last one netd has no question left, and writes its records. */
#define HANDOVER_HOLDS 3

/* cryptod has netd hold, and netd answers, both of an attempt: what belongs to
 * an earlier one may still be on its way. */
struct ipc_hold {
	uint32_t attempt;
};

/* netd has sent its last record. */
struct ipc_kept_end {
	uint32_t sessions; /* that are in the records */
	uint32_t rooms;
};

/* cryptod has sent its last record back, or knows why there will be none. */
struct ipc_restore_end {
	uint8_t result; /* enum kept_result */
	uint8_t unused[3];
	uint32_t sessions; /* that were in the records */
	uint32_t rooms;
};

/* The launcher has got all parts. */
struct ipc_kept_whole {
	uint64_t bytes; /* in all parts */
	uint32_t sessions;
	uint32_t rooms;
};

/* netd has the state, or is empty if the result is another. It waits for
 * SERVE. */
struct ipc_restored {
	uint8_t result; /* enum kept_result */
	uint8_t unused[3];
	uint32_t sessions; /* that are here now */
	uint32_t rooms;
};

#pragma GCC diagnostic pop

#endif
