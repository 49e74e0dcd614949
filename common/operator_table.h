/*
 * The commands of a bootnode's operator, all of them, in one table: for
 * gochat --control (launcher/control_tool.c), the control socket and the
 * console (ui/bootnode/request.c, ui/command.c), and the completions of shells.
 *
 * X(command, name, member, takes, arguments, help, more, example)
 *
 *   command    after REQUEST_, in enum request_command
 *   name       the word that is typed
 *   member     of the object that a program sends, with the argument; NULL: it
 *              takes none
 *   takes      BARE, OPTIONAL or NEEDED
 *   arguments  as a usage has them, or ""
 *   help       what it does, in at most 48 bytes of ASCII
 *   more       sentences: what else is to be known
 *   example    of the argument, or NULL
 */
#ifndef COMMON_OPERATOR_TABLE_H
#define COMMON_OPERATOR_TABLE_H

#include <stddef.h>

/* The time after which a bootnode that drains ends at the latest, if the
 * operator names none, and the most that can be named. */
#define DRAIN_SECONDS	  300
#define DRAIN_SECONDS_MAX 86400

/* clang-format off */
#define OPERATOR_COMMANDS(X)						\
X(STATUS, "status", NULL, BARE, "",					\
    "address, key, and all figures",					\
    "Shows where the bootnode listens and its key, its totals, what it "\
    "dropped and why, and who sends most.",				\
    NULL)								\
X(ROOMS, "rooms", NULL, BARE, "",					\
    "the rooms, and how many are in each",				\
    "Rooms go by the alias that the log has, which is another one in "	\
    "each run.",							\
    NULL)								\
X(SESSIONS, "sessions", NULL, BARE, "",				\
    "who is here: peer, room, address",					\
    "Shows for each session its peer, its room, when it was heard, and "\
    "its address.",							\
    NULL)								\
X(FLEET, "fleet", NULL, BARE, "",					\
    "the nodes of the fleet, and how full they are",			\
    "Shows for each node its id, how it is, its sessions and how many "	\
    "it may have, its rooms, when it was heard, its version and its "	\
    "addresses.",							\
    NULL)								\
X(KICK, "kick", "who", NEEDED, "PEER|ADDRESS",				\
    "ends sessions; their clients may come again",			\
    "PEER is the id of a peer, or its first 8 digits or more. ADDRESS "	\
    "is v4, v4:port, v6, [v6]:port, or a prefix. Conversations go on. "	\
    "To keep somebody out, use deny.",					\
    "192.0.2.0/24")							\
X(DRAIN, "drain", "for", OPTIONAL, "[SECONDS|off]",			\
    "lets nobody in, then ends; off: goes on",				\
    "The bootnode ends with the last session, or after SECONDS, which "	\
    "are 300 if you give none. off lets people in again.",		\
    "60")								\
X(DENY, "deny", "prefix", NEEDED, "PREFIX",				\
    "ends sessions from there, and lets nobody in",			\
    "PREFIX is an address, or a prefix. It is denied until the next "	\
    "reload, or until netd is started again. To keep somebody out for "	\
    "good, write it into the file of --deny-file as well.",		\
    "2001:db8::/32")							\
X(RELOAD, "reload", NULL, BARE, "",					\
    "reads the settings again",						\
    "The log says what has changed. If the settings are refused, the "	\
    "reason is shown, and nothing changes.",				\
    NULL)
/* clang-format on */

#endif
