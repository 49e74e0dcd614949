/*
 * cryptod's part in handing a bootnode's state to the bootnode that takes its
 * place, and in taking it over. kept.h has the bytes.
 *
 *	The old one: HAND_OVER from the launcher; HOLD and HELD, until netd has
 *	no question left; KEPT and KEPT_END from netd; KEPT_PARTs and KEPT_WHOLE
 *	to the launcher. If nothing comes of it, STAY from the launcher, and
 *	SERVE to netd.
 *
 *	The new one: RESTORE and RESTORE_END to netd; REFUSED, if netd has no
 *	use for it.
 */
#ifndef CRYPTOD_BOOTNODE_HANDOVER_H
#define CRYPTOD_BOOTNODE_HANDOVER_H

#include "common/ipc.h"
#include "cryptod/bootnode/kept.h"
#include "cryptod/bootnode/slot_keys.h"

#include <stdbool.h>

/* A state in memory, mapped to be read; bytes is NULL if there is none. */
struct kept_memory {
	uint8_t *bytes;
	size_t len;
};

struct handover {
	const struct x25519_key *key;
	struct slot_keys *keys;
	uint32_t slots; /* no key is taken over for one at or above it */
	struct ipc_channel *netd, *launcher;
	/* The old one: */
	struct kept_writer writer;
	uint32_t attempt;	 /* the number of this one */
	unsigned int holds;	 /* that netd was asked in it */
	bool writes_keys;	 /* netd has sent all of its records, */
	uint32_t next_slot;	 /* and keys of slots below this are written */
	struct ipc_kept_end end; /* as netd told it */
	/* The new one: */
	bool restores;
	struct kept_memory memory;
	struct kept_reader reader;
};

/* Everything that is pointed to lasts as long. If given is true, the state in
 * the memory, which may be none, is taken over: the memory is the callee's. */
void handover_init(struct handover *, const struct x25519_key *,
    struct slot_keys *, uint32_t slots, struct ipc_channel *netd,
    struct ipc_channel *launcher, bool given, struct kept_memory);

/* The handlers of messages, whose self is a struct handover. */
int handover_begin(void *, const struct ipc_message_in *);   /* HAND_OVER */
int handover_stay(void *, const struct ipc_message_in *);    /* STAY */
int handover_held(void *, const struct ipc_message_in *);    /* HELD */
int handover_kept(void *, const struct ipc_message_in *);    /* KEPT */
int handover_refused(void *, const struct ipc_message_in *); /* REFUSED */
int handover_end(void *, const struct ipc_message_in *);     /* KEPT_END */

/* Sends as much as the channels take. The other returns now if there is room
 * for more, and else CLOCK_NEVER. */
void handover_work(struct handover *);
uint64_t handover_deadline(const struct handover *, uint64_t now);
/* True while a state is on its way in either direction: nothing else may change
 * it. */
bool handover_is_busy(const struct handover *);
/* netd is gone, and the state of this bootnode with it. */
void handover_netd_gone(struct handover *);

#endif
