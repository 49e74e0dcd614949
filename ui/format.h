/*
 * Small values as text, the same in both views: hex, fingerprints, times, and
 * the words for states and reasons (the json contract's words).
 */
#ifndef UI_FORMAT_H
#define UI_FORMAT_H

#include "ui/buf.h"

#include "common/hex.h"
#include "common/ipc_stats.h"
#include "common/ipc_status.h"

#include <stddef.h>
#include <stdint.h>

#define FORMAT_ID_MAX	       (PEER_ID_LEN * 2 + 1)
#define FORMAT_KEY_MAX	       (X25519_LEN * 2 + 1)
#define FORMAT_FINGERPRINT_MAX (FINGERPRINT_LEN * 5 / 2)
#define FORMAT_CHAIN_MAX       (CHAIN_LEN * 5 / 2)
#define FORMAT_UTC_MAX	       80 /* for any int; really 25 */
#define FORMAT_CLOCK_MAX       34 /* for any int; really 9 */
#define FORMAT_AGE_MAX	       32 /* for any number; really 8 or so */

/* Writes 40 hex digits in groups of 4. Returns out. */
char *format_fingerprint(char out[FORMAT_FINGERPRINT_MAX],
    const uint8_t fingerprint[FINGERPRINT_LEN]);

/* Writes 32 hex digits in the same way. */
char *format_chain(char out[FORMAT_CHAIN_MAX], const uint8_t chain[CHAIN_LEN]);

/* Writes RFC 3339, UTC, milliseconds; wall_ms is since 1970. Returns out. */
char *format_utc(char out[FORMAT_UTC_MAX], int64_t wall_ms);
/* Writes "12:34:56" in the local time zone; tzset() must have been called. */
char *format_clock(char out[FORMAT_CLOCK_MAX], int64_t wall_ms);

/* Writes "59 s", "12m05s", "23h59m", "4d03h"; hours up to 99. Returns out. */
char *format_age(char out[FORMAT_AGE_MAX], uint64_t msec);
/* Returns the part of what was sent that was lost, in thousandths, rounded. */
unsigned int format_loss(const struct ipc_net_peer *);

/* Each function takes a value that ipc_check() let through. */
const char *format_boot_status(unsigned int boot_status);
/* The bootnode's state now, in words for people; this is not that of an
 * event. */
const char *format_boot_words(unsigned int boot_status);
const char *format_peer_state(unsigned int peer_state);
/* The peer's state now, which is not that of an event: PATH is "connected". */
const char *format_presence(unsigned int peer_state);
const char *format_path(unsigned int path_kind);
/* The reason for which a bootnode drops a datagram; and refuses a client. Their
 * names for programs are in common/ipc_stats.h. */
const char *format_drop_meaning(unsigned int drop_cause);
const char *format_rejection_meaning(unsigned int rejection_cause);
/* The reason for which there is no path, in one clause. */
const char *format_failure(unsigned int failure);
/* The reason for which a peer left: the word for programs, and a clause for
 * people, which is empty if there is nothing to say. */
const char *format_left(unsigned int left_reason);
const char *format_left_meaning(unsigned int left_reason);
const char *format_undelivered(unsigned int undelivered_reason);
const char *format_leave(unsigned int leave_reason);
const char *format_mapping(unsigned int nat_mapping);
/* The consequences of such a NAT for the user, and what can be done. */
const char *format_nat_meaning(const struct ipc_net_status *);
/* The meaning of a refusal by a bootnode, and what to do. */
const char *format_refusal(unsigned int boot_refusal);

/* Appends a name as the first argument of a command: in quotes if it has
 * spaces, quotes or backslashes. */
void format_argument(struct buf *, const char *name);

#endif
