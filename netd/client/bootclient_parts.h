/*
 * The shared part of the files of the client's side of the bootnode; nobody
 * else includes this.
 *
 *	bootclient_join.c	HELLO, COOKIE, JOIN, WELCOME
 *	bootclient.c		the session, leaving
 *	bootclient_time.c	what is due when
 *	bootclient_addrs.c	which addresses there are
 *	bootclient_seek.c	another bootnode, if the one of the session is
 *				silent
 *	bootclient_home.c	another node of the fleet, which has the room
 *	bootclient_silent.c	the nodes that have not answered
 *	bootclient_sync.c	what is asked for with SYNC
 *	bootclient_doubt.c	REJECT and CHALLENGE, which anybody can send
 *	bootclient_relay.c	RELAY
 */
#ifndef NETD_CLIENT_BOOTCLIENT_PARTS_H
#define NETD_CLIENT_BOOTCLIENT_PARTS_H

#include "netd/client/bootclient.h"

/* Sends BOOT_STATUS to cryptod. */
void boot_tell(struct bootclient *, enum boot_status, enum boot_refusal);

/* Asks the next address, if it is allowed now. */
void boot_say_hello(struct bootclient *, uint64_t now);
/* Asks all addresses again from now on, and soon once more. */
void boot_new_round(struct bootclient *, uint64_t now);
/* Makes a first attempt, now or when it is allowed: see join_after. */
void boot_start_joining(struct bootclient *, uint64_t now);
/* The session ends, or is to be replaced: true if the next join has to wait
 * since this session is young. */
bool boot_must_wait(struct bootclient *, uint64_t now);
/* The same where it took some time to come to that, or where the bootnode has
 * said where to go: the first one in a row does not wait. */
bool boot_must_wait_more(struct bootclient *, uint64_t now);
/* Returns a time about so much later, up to a quarter more or less. */
uint64_t boot_later(uint64_t now, uint64_t wait);
/* Nobody has answered for OTHER_PORT_AFTER: reports what that means. */
void boot_try_port(struct bootclient *, uint64_t now);
/* The last attempt has had no answer in time. */
void boot_retry_joining(struct bootclient *, uint64_t now);
/* The JOIN was rejected: another attempt later. */
void boot_refused(struct bootclient *, uint64_t now, enum wire_reject_reason);

/* A COOKIE came, or a WELCOME. */
void boot_on_cookie(struct bootclient *, uint64_t now, const struct udp *,
    const struct addr *from, const uint8_t *packet, size_t len);
void boot_on_welcome(struct bootclient *, uint64_t now, const uint8_t *packet,
    size_t len);

/* Has cryptod write a JOIN with this pass to this address. Returns -1 if its
 * channel is full, as if a packet had been lost. */
int boot_want_join(struct bootclient *, const struct boot_pass *,
    const struct addr *);
/* Questions that are under way count no more. */
void boot_forget_attempts(struct bootclient *);

/* Returns the one with this address, or NULL. */
struct boot_target *boot_target_at(struct bootclient *, const struct addr *);
/* These addresses, which may be new, are also this to us, BOOT_; and no others
 * are. A round that is under way has to begin again. */
void boot_mark(struct bootclient *, uint8_t what, const struct addr *,
    size_t count);
/* Forgets what is nothing to us, and puts the others in the order in which they
 * are asked. */
void boot_arrange(struct bootclient *);

/* True while the session's packets are sent and taken. */
bool boot_in_session(const struct bootclient *);
/* We have stopped going to the node that we were sent to, if we were. */
void boot_stop_homing(struct bootclient *);
/* There is a session: its node is the home. The LEAVE of the one before comes
 * first, if we were moved. */
void boot_arrived(struct bootclient *);
void boot_leave_behind(struct bootclient *, uint64_t now);
/* Goes where MOVE has said. */
void boot_go_home(struct bootclient *, uint64_t now);
/* Returns when the node that we were sent to has had its time, or CLOCK_NEVER;
 * the other is called at that time. */
uint64_t boot_homing_deadline(const struct bootclient *);
void boot_homing_timer(struct bootclient *, uint64_t now);

/* The node of the session, or the one that we were sent to, does not answer. */
void boot_silent_home(struct bootclient *, uint64_t now);
void boot_silent_goal(struct bootclient *, uint64_t now);
/* A node has answered at this address. */
void boot_not_silent(struct bootclient *, const struct addr *);
/* True if one of these is of a node that has not answered less than this time
 * ago, at most SILENT_REST; or if too many have not. */
bool boot_are_silent(const struct bootclient *, uint64_t now, uint64_t rest,
    const struct addr *, size_t count);

/* A heartbeat is due: if too many have had no answer, and there are others to
 * ask, these are asked, and true is returned. */
bool boot_seek(struct bootclient *, uint64_t now);
/* A bootnode has answered at this address: if another was sought, the session
 * is lost. */
void boot_found(struct bootclient *, const struct addr *);
/* Returns the time between the HELLO that goes out now and the next one. While
 * there is a session, its bootnode has the time that an answer may take. */
uint64_t boot_hello_spacing(const struct bootclient *);

/* Reports that the session is lost. */
void boot_end_session(struct bootclient *);
/* A session is lost for good: reports that, and joins again. */
void boot_lost(struct bootclient *, uint64_t now);
/* Sends a HEARTBEAT now; the time until the next one starts again. */
void boot_beat(struct bootclient *, uint64_t now);
/* Sends a HEARTBEAT, SYNC or LEAVE. */
void boot_send_control(struct bootclient *, uint64_t now, enum wire_type);
/* Returns the counter of a packet, which the acknowledgement repeats. */
uint64_t boot_next_counter(struct bootclient *, uint64_t now);
/* Returns when a packet without an answer is sent again: not before this
 * time. */
uint64_t boot_retry_time(const struct bootclient *, uint64_t least);

/* Returns how many bytes a SYNC has now. */
size_t boot_sync_len(const struct bootclient *);
/* An acknowledgement says which version the room has. */
void boot_sync_acked(struct bootclient *, uint64_t now,
    const struct wire_control *);
/* Sends a SYNC if it is time. */
void boot_sync_timer(struct bootclient *, uint64_t now);

/* A REJECT or CHALLENGE came. */
void boot_on_reject(struct bootclient *, uint64_t now, const uint8_t *packet,
    size_t len);
void boot_on_challenge(struct bootclient *, uint64_t now, const uint8_t *packet,
    size_t len);
/* Something with this counter was acknowledged. */
void boot_doubt_acked(struct bootclient *, uint64_t counter);
/* Returns when a doubt is to be decided, or CLOCK_NEVER; the other is called at
 * that time. */
uint64_t boot_doubt_deadline(const struct bootclient *);
void boot_doubt_timer(struct bootclient *, uint64_t now);

#endif
