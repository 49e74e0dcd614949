/*
 * The end of settling: a peer that is not back by then is not in the room, and
 * the texts that were open to it are for nobody else.
 */
#ifndef CRYPTOD_CLIENT_SETTLE_OVER_H
#define CRYPTOD_CLIENT_SETTLE_OVER_H

#include "cryptod/client/settle.h"

/* To be called at settle_deadline(). */
void settle_timer(struct client *);

#endif
