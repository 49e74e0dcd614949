/*
 * The shared part of the files of the path; nobody else includes this.
 *
 *	path.c			answers and nomination
 *	path_end.c		doubt, and the end
 *	path_schedule.c		which probe is sent when
 *	path_candidates.c	the table of candidates
 */
#ifndef NETD_CLIENT_PATH_PARTS_H
#define NETD_CLIENT_PATH_PARTS_H

#include "netd/client/path.h"

/* path.c */

/* The path in use is alive: the next keepalive is far. */
void path_rest_assured(struct path *, uint64_t now);
/* The other side nominates this candidate: it is in use from now on. */
enum path_change path_follow(struct path *, uint64_t now, int i);

/* path_schedule.c */

/* Returns the round trip of the path in use, of which there must be one. */
uint64_t path_current_rtt(const struct path *);
/* Returns how long the path in use has to answer before another takes its
 * place. */
uint64_t path_patience(const struct path *);
/* Returns when the next candidate is probed, after the one that is probed
 * now. */
uint64_t path_next_probe_time(const struct path *, uint64_t now);
/* A candidate that has never answered has its turn now. */
void path_note_try(const struct path *, struct candidate *, uint64_t now);
/* A candidate is asked now: returns the id of its probe. random as of
 * path_next(). */
uint64_t path_note_probe(struct candidate *, uint64_t random, uint64_t now);
/* Returns when the search for a path is given up. */
uint64_t path_give_up_time(const struct path *);

/* path_candidates.c */

/* Returns the first candidate of an address, or -1. */
int path_find(const struct path *, const struct addr *);
/* Returns the candidate of a pair of ends, or else the one of its address that
 * is not settled yet, or the relay's for NULL; or -1. */
int path_known(const struct path *, const struct remote *);
/* Returns the candidate that a probe belongs to, by where it came from and to,
 * or the relay's for NULL; a new one gets a place of its own; -1 if all are
 * taken. */
int path_place(struct path *, const struct lan *, const struct remote *);
/* An answer to a probe of this candidate came so: settles which address of
 * ours it is of. False if it is of another. */
bool path_settle(struct path *, int i, const struct remote *from);
/* None is settled any more, except those that differ in our address alone. */
void path_unsettle(struct path *);
/* True if it must not take the place of the one in use, whatever speaks for
 * it. */
bool path_is_inferior(const struct path *, size_t i);
/* True if it is better than the one in use. */
bool path_prefers(const struct path *, size_t i);
/* True if it is worth a probe. With a path, candidates that would be better
 * are, and those where the peer may have moved to. */
bool path_wants(const struct path *, size_t i);
/* Fills in what is known of its address. */
enum target_kind path_target_kind(const struct candidate *);
/* True if there is another than the one in use, the relay among them. */
bool path_has_other(const struct path *, uint64_t now);
/* Returns the candidate to be probed now, which has then had its turn; or
 * -1. */
int path_take_turn(struct path *, uint64_t now);

#endif
