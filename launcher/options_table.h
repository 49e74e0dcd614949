/*
 * The options, all of them, in one table: the enum of their ids, the parsing
 * of flags, environment and .env, --help and the tests all come from it.
 *
 * X(id, variable, flag, kind, field, min, max, choices, modes,
 *   argument, value, shown, help)
 *
 *   variable  name in the environment and in .env, or NULL
 *   flag      name after "--", or NULL
 *   kind      how the value is checked: KIND_* below
 *   field     where in struct options it goes
 *   min, max  range of a number; length in bytes of a room's name or a path;
 *             columns of a nickname; lowest and highest port of an address
 *   choices   of a choice: its words, in the order of the enum
 *   modes     where it means something: FOR_*
 *   argument  what --help calls the value
 *   value     the default, checked like any other value, or NULL
 *   shown     what --help says of the default; NULL: the value itself
 *   help      what it is for; --help adds what is allowed
 *
 * MODE stays first, since it decides which of the others count, and
 * BOOTNODE_UDP_PORT before the addresses that use it.
 */
#ifndef LAUNCHER_OPTIONS_TABLE_H
#define LAUNCHER_OPTIONS_TABLE_H

#include <stddef.h>

/* clang-format off */
#define OPTIONS_TABLE(X)						\
X(MODE, "MODE", "mode", CHOICE, run_as, 0, 0,				\
    "client|bootnode|check", FOR_ALL, "MODE", "client", NULL,		\
    "the role of this gochat; a check asks whether a bootnode lets "	\
    "clients in, and ends")						\
X(BOOTNODE_UDP_PORT, "BOOTNODE_UDP_PORT", NULL, NUMBER,			\
    bootnode_udp_port, 1, 65535, NULL, FOR_ALL, "PORT", "9595", NULL,	\
    "port of --bootnode or --listen if the address names none")		\
X(BOOTNODE, "BOOTNODE", "bootnode", HOSTS, bootnode, 0, 0,		\
    NULL, FOR_ENTRY, "HOST[:PORT]", NULL, OPTION_BY_NAME,		\
    "the bootnode through which you meet the others, or several of one "	\
    "key that stand in for each other")			\
X(ROOM, "ROOM", "room", ROOM, room, 1, ROOM_MAX,			\
    NULL, FOR_CLIENT, "ROOM", NULL, OPTION_BY_NAME,			\
    "name of the room to join; may be given several times")		\
X(LOCAL_UDP_PORT, "LOCAL_UDP_PORT", "port", NUMBER, local_udp_port,	\
    0, 65535, NULL, FOR_CLIENT, "PORT", "4545", "default 4545, or any "	\
    "free port if that is taken",					\
    "local UDP port, 0 for any")					\
X(LISTEN, "LISTEN", "listen", LISTEN, listen, 0, 65535,			\
    NULL, FOR_BOOTNODE, "ADDRESS[:PORT]", "0.0.0.0",			\
    "default 0.0.0.0:9595",						\
    "where the bootnode listens, port 0 for any; may be given twice, or "	\
    "as two with a comma")						\
X(HEARTBEAT_INTERVAL, "HEARTBEAT_INTERVAL", "heartbeat-interval",	\
    NUMBER, heartbeat_interval, 1, 3600, NULL, FOR_BOTH, "SECONDS", "10", \
    NULL, "seconds between two heartbeats to the bootnode")		\
X(PEER_TIMEOUT, "PEER_TIMEOUT", "peer-timeout", NUMBER,			\
    peer_timeout, 2, 36000, NULL, FOR_BOTH, "SECONDS", "15", NULL,	\
    "seconds of silence after which the bootnode drops a client, more "	\
    "than the heartbeat interval")					\
X(NICK, "NICK", "nick", NICK, nick, 1, NICK_COLUMNS,			\
    NULL, FOR_CLIENT, "NICK", NULL, "default from the login name",	\
    "the name that others see")						\
X(UI, "UI", "ui", CHOICE, ui, 0, 0,					\
    "plain|json|tui", FOR_ALL, "UI", NULL,				\
    "default tui on a terminal, else plain",				\
    "the user interface")						\
X(NOTIFY, "NOTIFY", "notify", CHOICE, notify, 0, 0,			\
    "off|bell|osc9", FOR_CLIENT, "HOW", "bell", NULL,			\
    "how the tui tells you of a message while you look elsewhere: not at " \
    "all, by the bell, or by a desktop notification without the text")	\
X(NOTIFY_FOR, "NOTIFY_FOR", "notify-for", CHOICE, notify_for, 0, 0,	\
    "mentions|all", FOR_CLIENT, "WHAT", "mentions", NULL,		\
    "which messages --notify is for: private ones and those with your "	\
    "name, or all")							\
X(MOUSE, "MOUSE", "mouse", CHOICE, mouse, 0, 0,				\
    "on|off", FOR_CLIENT, "MOUSE", "on", NULL,				\
    "the wheel scrolls in the tui; the terminal then selects text with "	\
    "Shift held down")							\
X(PASSPHRASE_FILE, "PASSPHRASE_FILE", "passphrase-file", PATH,		\
    passphrase_file, 1, OPTION_PATH_MAX, NULL, FOR_CLIENT, "FILE", NULL,\
    NULL, "file that holds the room's passphrase, mode 0600")		\
X(PASSPHRASE, NULL, "passphrase", SWITCH, passphrase_ask, 0, 0,		\
    NULL, FOR_CLIENT, NULL, NULL, NULL,					\
    "ask for the room's passphrase on the terminal")			\
X(INVITE_FILE, "INVITE_FILE", "invite-file", PATH, invite_file,		\
    1, OPTION_PATH_MAX, NULL, FOR_CLIENT, "FILE", NULL, NULL,		\
    "file that holds an invite, mode 0600, in place of --bootnode and "	\
    "--room")								\
X(INVITE, NULL, "invite", INVITE, invite, 0, 0,				\
    NULL, FOR_CLIENT, "INVITE", NULL, NULL,				\
    "an invite, or - to read one from standard input")			\
X(NEW_ROOM, NULL, "new-room", ROOM, new_room, 1, ROOM_MAX,		\
    NULL, FOR_CLIENT, "ROOM", NULL, NULL,				\
    "name of a room to make, in place of --room; its invite is shown")	\
X(REMEMBER, NULL, "remember", SWITCH, remember, 0, 0,			\
    NULL, FOR_CLIENT, NULL, NULL, NULL,					\
    "remember the rooms, for a start without any")			\
X(BOOTNODE_KEY, "BOOTNODE_KEY", "bootnode-key", KEY, bootnode_key,	\
    0, 0, NULL, FOR_ENTRY, "KEY", NULL,					\
    "default the key seen at first",					\
    "the key that the bootnode must have")				\
X(ACCESS_KEY_FILE, "ACCESS_KEY_FILE", "access-key-file", PATH,		\
    access_key_file, 1, OPTION_PATH_MAX, NULL, FOR_ALL, "FILE", NULL, NULL, \
    "file of mode 0600 with lines NAME KEY: the keys of a private "	\
    "bootnode, of which a client has one")				\
X(NEW_ACCESS_KEY, NULL, "new-access-key", ACCESS_NAME, new_access_key,	\
    1, ACCESS_NAME_MAX, NULL, FOR_BOTH, "NAME", NULL, NULL,		\
    "print a new access key, as a line for such a file, and exit")	\
X(IDENTITY, "IDENTITY", "identity", IDENTITY, identity,			\
    1, IDENTITY_NAME_MAX, NULL, FOR_CLIENT, "NAME", NULL,		\
    "default the one for all rooms",					\
    "another identity, so that your key does not link your rooms")	\
X(RELAY, "RELAY", "relay", CHOICE, relay, 0, 0,				\
    "auto|never|only", FOR_BOTH, "RELAY", "auto", NULL,			\
    "whether packets go through the bootnode where there is no direct "	\
    "path; a bootnode takes auto and never")				\
X(RELAY_RATE, "RELAY_RATE", "relay-rate", NUMBER, relay_rate,		\
    1, 1048576, NULL, FOR_BOOTNODE, "KIB", "128", NULL,			\
    "KiB a second that the bootnode relays for each client")		\
X(RELAY_RATE_PER_ADDRESS, "RELAY_RATE_PER_ADDRESS",			\
    "relay-rate-per-address", NUMBER, relay_rate_per_address,		\
    1, 2097152, NULL, FOR_BOOTNODE, "KIB", NULL,			\
    "default twice the relay rate",					\
    "KiB a second that the bootnode relays for all of a source address") \
X(MAX_SESSIONS, "MAX_SESSIONS", "max-sessions", NUMBER, max_sessions,	\
    1, SESSIONS_MAX, NULL, FOR_BOOTNODE, "NUMBER", "65000", NULL,	\
    "sessions that the bootnode may have")				\
X(MAX_PEERS, "MAX_PEERS", "max-peers", NUMBER, max_peers, 2, 4096,	\
    NULL, FOR_BOOTNODE, "NUMBER", "256", NULL,				\
    "peers that fit in a room")						\
X(MAX_SESSIONS_PER_ADDRESS, "MAX_SESSIONS_PER_ADDRESS",			\
    "max-sessions-per-address", NUMBER, max_sessions_per_address,	\
    1, 65535, NULL, FOR_BOOTNODE, "NUMBER", "64", NULL,			\
    "sessions that one source address may have")			\
X(JOIN_RATE, "JOIN_RATE", "join-rate", NUMBER, join_rate,		\
    1, 1000000, NULL, FOR_BOOTNODE, "NUMBER", NULL,			\
    "default the number of its sessions",				\
    "joins a minute from one source address, after twice its sessions")	\
X(DENY_FILE, "DENY_FILE", "deny-file", PATH, deny_file,			\
    1, OPTION_PATH_MAX, NULL, FOR_BOOTNODE, "FILE", NULL, NULL,		\
    "file of addresses and prefixes that get no answer")		\
X(LIFT_FILE, "LIFT_FILE", "lift-file", PATH, lift_file,			\
    1, OPTION_PATH_MAX, NULL, FOR_BOOTNODE, "FILE", NULL, NULL,		\
    "file of prefixes, and how many sessions each address there may have") \
X(STATE_DIR, "STATE_DIR", "state-dir", PATH, state_dir,			\
    1, OPTION_PATH_MAX, NULL, FOR_BOTH, "FOLDER", NULL,			\
    "default $XDG_STATE_HOME/gochat or ~/.local/state/gochat",		\
    "folder of the identity and the remembered keys")			\
X(LOG_LEVEL, "LOG_LEVEL", "log-level", CHOICE, log_level, 0, 0,		\
    "error|warn|info|debug", FOR_ALL, "LEVEL", "info", NULL,		\
    "how much to log; a check logs warnings unless the flag says "	\
    "otherwise")							\
X(LOG_FILE, "LOG_FILE", "log-file", PATH, log_file,			\
    1, OPTION_PATH_MAX, NULL, FOR_BOTH, "FILE", NULL,			\
    "default standard error, or the screen of the tui",			\
    "file that the log is added to")					\
X(LOG_ADDRESSES, "LOG_ADDRESSES", "log-addresses", CHOICE,		\
    log_addresses, 0, 0, "yes|no", FOR_BOTH, "WHETHER", "yes", NULL,	\
    "whether the log contains the addresses of clients and peers")	\
X(METRICS_SOCKET, "METRICS_SOCKET", "metrics-socket", PATH,		\
    metrics_socket, 1, METRICS_PATH_MAX, NULL, FOR_BOOTNODE, "PATH", NULL, \
    NULL, "unix socket that gives the figures, in the text format of "	\
    "Prometheus")							\
X(CONTROL_SOCKET, "CONTROL_SOCKET", "control-socket", PATH,		\
    control_socket, 1, METRICS_PATH_MAX, NULL, FOR_BOOTNODE, "PATH", NULL, \
    NULL, "unix socket by which the operator asks and orders")		\
X(CONTROL_SOCKET_MODE, "CONTROL_SOCKET_MODE", "control-socket-mode",	\
    CHOICE, control_mode, 0, 0, "0600|0660", FOR_BOOTNODE, "MODE", "0600", \
    NULL, "who may connect to it")					\
X(FLEET, "FLEET", "fleet", ENGINE, fleet, 0, 0,				\
    NULL, FOR_BOOTNODE, "URL", NULL, NULL,				\
    "the Redis or Valkey server by which the bootnodes of a fleet know "	\
    "of each other")							\
X(FLEET_AUTH_FILE, "FLEET_AUTH_FILE", "fleet-auth-file", PATH,		\
    fleet_auth_file, 1, OPTION_PATH_MAX, NULL, FOR_BOOTNODE, "FILE", NULL, \
    NULL, "file of mode 0600 with the password of that server, or a "	\
    "user, a blank and the password")					\
X(FLEET_CA_FILE, "FLEET_CA_FILE", "fleet-ca-file", PATH,		\
    fleet_ca_file, 1, OPTION_PATH_MAX, NULL, FOR_BOOTNODE, "FILE",	\
    "/etc/ssl/certs/ca-certificates.crt", NULL,				\
    "file of certificates, in PEM, that may sign that of a rediss:// "	\
    "server")								\
X(FLEET_ADDRESS, "FLEET_ADDRESS", "fleet-address", ADDRESSES,		\
    fleet_addresses, 0, 0, NULL, FOR_BOOTNODE, "ADDRESS[:PORT]", NULL,	\
    "default those that it listens on",					\
    "where clients reach this bootnode of a fleet; several with commas, "	\
    "two for each of IPv4 and IPv6")					\
X(CONTROL, NULL, "control", PATH, control, 1, METRICS_PATH_MAX, NULL,	\
    FOR_BOTH, "PATH", NULL, NULL,					\
    "send the command that follows to the bootnode with this control "	\
    "socket, print the answer, and exit")				\
X(HELP, NULL, "help", SWITCH, help, 0, 0,				\
    NULL, FOR_ALL, NULL, NULL, NULL, "print this and exit")		\
X(VERSION, NULL, "version", SWITCH, version, 0, 0,			\
    NULL, FOR_ALL, NULL, NULL, NULL, "print the version and exit")
/* clang-format on */

/* X(id): options of a bootnode that SIGHUP changes, settings.h. A change of any
 * other is refused. */
#define OPTIONS_RELOADED(X)                                                    \
	X(HEARTBEAT_INTERVAL)                                                  \
	X(PEER_TIMEOUT)                                                        \
	X(RELAY) X(RELAY_RATE) X(RELAY_RATE_PER_ADDRESS) X(MAX_PEERS)          \
	    X(MAX_SESSIONS_PER_ADDRESS) X(JOIN_RATE) X(DENY_FILE) X(LIFT_FILE) \
		X(ACCESS_KEY_FILE) X(LOG_LEVEL) X(LOG_FILE) X(LOG_ADDRESSES)

/* X(letter, id): flags of one letter, after one dash. */
#define OPTION_LETTERS(X) X('h', HELP) X('V', VERSION)

/* The text that --help shows for the options by which a room is entered by
 * name: all of them, or none. */
#define OPTION_BY_NAME "no default"

enum option_kind {
	KIND_CHOICE,
	KIND_NUMBER,
	KIND_ROOM,
	KIND_NICK,
	KIND_IDENTITY,
	KIND_ACCESS_NAME,
	KIND_HOSTS,
	KIND_LISTEN,
	KIND_ENGINE,
	KIND_ADDRESSES,
	KIND_KEY,
	KIND_PATH,
	KIND_INVITE,
	KIND_SWITCH
};

/* The value that each kind expects, in the words of errors and of --help. */
#define WANT_STRING_(x)		       #x
#define WANT_STRING(x)		       WANT_STRING_(x)
#define WANT_RANGE(min, max)	       WANT_STRING(min) " to " WANT_STRING(max)
#define WANT_CHOICE(min, max, choices) "one of " choices
#define WANT_NUMBER(min, max, choices) "a number from " WANT_RANGE(min, max)
#define WANT_ROOM(min, max, choices) \
	WANT_RANGE(min, max) " bytes of UTF-8, no blank first or last"
#define WANT_NICK(min, max, choices) NICK_RULE
#define WANT_IDENTITY(min, max, choices) \
	WANT_RANGE(min, max) " of A-Z, a-z, 0-9, - and _"
#define WANT_ACCESS_NAME(min, max, choices) \
	WANT_RANGE(min, max) " of A-Z, a-z, 0-9, -, _ and ."
#define WANT_HOST		      "host, host:port or [v6]:port"
#define WANT_HOSTS(min, max, choices) WANT_HOST ", or several with commas"
#define WANT_LISTEN(min, max, choices) \
	"one or two numeric addresses: v4, v4:port or [v6]:port"
#define WANT_ENGINE(min, max, choices) \
	"redis://HOST[:PORT][/DB], rediss://HOST[:PORT][/DB] or unix:/PATH"
#define WANT_ADDRESSES(min, max, choices) \
	"numeric addresses with commas: v4, v4:port or [v6]:port"
#define WANT_KEY(min, max, choices)    "64 hexadecimal digits"
#define WANT_PATH(min, max, choices)   "a path of " WANT_RANGE(min, max) " bytes"
#define WANT_INVITE(min, max, choices) "gochat://... or -"
#define WANT_SWITCH(min, max, choices) "no value"

/* A row of the table. */
struct option_spec {
	const char *variable, *flag;
	enum option_kind kind;
	size_t offset, size; /* of the field in struct options */
	unsigned int min, max;
	const char *choices;
	unsigned int modes;
	const char *argument, *value, *shown, *help;
	const char *want; /* what is expected, in words */
};

/* What --mode says. A check is a client that leaves as soon as it is let in. */
enum run_as {
	AS_CLIENT,
	AS_BOOTNODE,
	AS_CHECK
};

#define FOR_CLIENT   (1U << AS_CLIENT)
#define FOR_BOOTNODE (1U << AS_BOOTNODE)
#define FOR_CHECK    (1U << AS_CHECK)
#define FOR_BOTH     (FOR_CLIENT | FOR_BOOTNODE)
#define FOR_ENTRY    (FOR_CLIENT | FOR_CHECK)
#define FOR_ALL	     (FOR_BOTH | FOR_CHECK)

/* Makes a row of an array of struct option_spec. */
#define OPTION_ROW(id, var, flag, kind, field, min, max, choices, modes, arg, \
    value, shown, help)                                                       \
	[OPT_##id] = { var, flag, KIND_##kind,                                \
		offsetof(struct options, field),                              \
		sizeof(((struct options *)NULL)->field), min, max, choices,   \
		modes, arg, value, shown, help,                               \
		WANT_##kind(min, max, choices) },

/* The text for a user who gave no options. */
#define OPTIONS_NOTHING_ASKED                                                   \
	"usage: gochat --bootnode HOST --room ROOM   talk to those who are in " \
	"a room\n"                                                              \
	"       gochat --invite-file FILE            enter a room by invite\n"  \
	"       gochat --mode bootnode               run a server where they "  \
	"meet\n"                                                                \
	"More: gochat --help, man gochat\n"

/* The text of --help before and after the options. */
#define OPTIONS_USAGE                                                         \
	"usage: gochat [FLAG...]\n"                                           \
	"       gochat --bootnode HOST[:PORT] --room ROOM [FLAG...]\n"        \
	"       gochat --bootnode HOST[:PORT] --new-room ROOM [FLAG...]\n"    \
	"       gochat --invite-file FILE [FLAG...]\n"                        \
	"       gochat --invite - [FLAG...]\n"                                \
	"       gochat --mode bootnode [--listen ADDRESS[:PORT]] [FLAG...]\n" \
	"       gochat --control PATH COMMAND [ARGUMENT] [--ui json]\n"       \
	"       gochat --mode check --bootnode HOST[:PORT] [FLAG...]\n"       \
	"\n"                                                                  \
	"End-to-end encrypted group chat on the terminal. A value comes "     \
	"from its flag,\nelse from its variable in the environment, else "    \
	"from its variable in .env in\nthe current folder; otherwise it is "  \
	"the default. A variable with\nGOCHAT_ before its name takes "        \
	"precedence over one without.\n"

#define OPTIONS_EXIT_STATUS                                                  \
	"\nExit status: 0 clean end, 1 failure, 2 wrong usage, 3 a process " \
	"was killed by\nits sandbox, 4 a message may not have been delivered.\n"

#endif
