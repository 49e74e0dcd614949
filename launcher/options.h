/*
 * The user's options. The launcher calls options_parse() before anything else;
 * every value in struct options has been checked by then and later code trusts
 * it. Names are resolved elsewhere: hosts stay text here.
 */
#ifndef LAUNCHER_OPTIONS_H
#define LAUNCHER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/endpoints.h"
#include "common/ipc_messages.h"
#include "common/log.h"
#include "common/processes.h"
#include "launcher/engine_url.h"
#include "launcher/fleet_addresses.h"
#include "launcher/invitation.h"
#include "launcher/known_bootnodes.h"
#include "launcher/options_table.h"
#include "ui/nick.h"

#define OPTION_PATH_MAX	  4095 /* bytes */
#define METRICS_PATH_MAX  107  /* what the address of a unix socket takes */
#define OPTION_INVITE_MAX 2047 /* bytes; what is longer is cut */
#define OPTION_NAME_MAX	  64   /* of what options_name() writes */
#define OPTION_ERROR_MAX  512  /* of the line of an error, with its NUL */

/* Where a bootnode listens: hosts are numeric, port 0 is any. */
struct listen {
	unsigned int count; /* at least 1 */
	struct endpoint at[BINDS_MAX];
};

/* Results of options_parse() other than 0 and -1. */
#define OPTIONS_HELP	1
#define OPTIONS_VERSION 2
#define OPTIONS_NOTHING 3
#define OPTIONS_NO_ROOM 4
#define OPTIONS_NEW_KEY 5
#define OPTIONS_CONTROL 6

#define OPTION_ID(id, ...) OPT_##id,
enum option_id {
	OPTIONS_TABLE(OPTION_ID) OPT_COUNT
};
#undef OPTION_ID

/* Where a value came from, the weakest source first. */
enum option_source {
	SOURCE_DEFAULT,
	SOURCE_DOTENV,
	SOURCE_ENVIRONMENT,
	SOURCE_FLAG
};

struct option_origin {
	enum option_source source;
	unsigned int line; /* of .env, from 1; else 0 */
	bool prefixed;	   /* the variable's name was GOCHAT_ and its own */
};

/* Whether the log may contain the addresses of others. */
enum log_addresses {
	LOG_ADDRESSES_YES,
	LOG_ADDRESSES_NO
};

/* Who may connect to the control socket. */
enum control_mode {
	CONTROL_OF_OWNER,
	CONTROL_OF_GROUP
};

/* The enums are in the order of the words in the table. */
struct options {
	enum run_as run_as;
	enum mode mode; /* of the processes: a check has a client's */
	bool check;
	unsigned int bootnode_udp_port;
	struct endpoints bootnode;
	char room[ROOM_MAX + 1];
	char more_rooms[ROOMS_MAX - 1][ROOM_MAX + 1]; /* all different */
	unsigned int more_room_count;
	unsigned int local_udp_port; /* 0: any */
	bool local_udp_port_asked;   /* if taken: fail, do not take another */
	struct listen listen;
	unsigned int heartbeat_interval; /* seconds */
	unsigned int peer_timeout;	 /* seconds, more than the interval */
	char nick[NICK_MAX + 1];
	char identity[IDENTITY_NAME_MAX + 1]; /* "": the default one */
	enum ui_kind ui;
	enum notify_how notify;
	enum notify_for notify_for;
	enum mouse mouse;
	char passphrase_file[OPTION_PATH_MAX + 1]; /* "": none */
	bool passphrase_ask; /* never together with passphrase_file */
	/* At most one of these three is not "". */
	char invite_file[OPTION_PATH_MAX + 1];
	char invite[OPTION_INVITE_MAX + 1]; /* or "-"; to be wiped */
	char new_room[ROOM_MAX + 1];	    /* room is the same */
	enum secret_kind secret;	    /* of the room: set by main.c */
	bool remember;			    /* all rooms, for other runs, */
	bool remember_first;		    /* or the first one alone */
	/* Nothing is given: so rooms that are remembered are opened, or it is
	 * asked for one, and so many that are remembered are offered. Set by
	 * main.c. */
	bool remembered;
	bool prompt;
	unsigned int offered;
	uint8_t bootnode_key[BOOTNODE_KEY_SIZE];
	bool bootnode_key_given; /* else bootnode_key is all zero */
	enum relay relay;	 /* never RELAY_ONLY on a bootnode */
	unsigned int relay_rate; /* KiB a second; bootnode */
	unsigned int relay_rate_per_address; /* the same; 0: twice that */
	unsigned int max_sessions;
	unsigned int max_peers;
	unsigned int max_sessions_per_address;
	unsigned int join_rate; /* a minute; 0: as many as sessions */
	char deny_file[OPTION_PATH_MAX + 1]; /* "": none; bootnode */
	char lift_file[OPTION_PATH_MAX + 1]; /* "": none; bootnode */
	char state_dir[OPTION_PATH_MAX + 1]; /* "": see state_dir.h */
	enum log_level log_level;
	char log_file[OPTION_PATH_MAX + 1]; /* "": standard error */
	enum log_addresses log_addresses;
	char metrics_socket[METRICS_PATH_MAX + 1]; /* "": none; bootnode */
	char control_socket[METRICS_PATH_MAX + 1]; /* the same */
	enum control_mode control_mode;
	struct engine_url fleet; /* bootnode, as the next three */
	char fleet_auth_file[OPTION_PATH_MAX + 1]; /* "": no password */
	char fleet_ca_file[OPTION_PATH_MAX + 1];
	struct fleet_addresses fleet_addresses; /* count 0: not given */
	char control[METRICS_PATH_MAX + 1];	/* OPTIONS_CONTROL alone: */
	const char *words[2];			/* the command */
	unsigned int word_count; /* more is more than any takes */
	char access_key_file[OPTION_PATH_MAX + 1]; /* "": none */
	char new_access_key[ACCESS_NAME_MAX + 1];
	bool help;
	bool version;
	struct option_origin origin[OPT_COUNT];
};

/*
 * Fills in *o from flags, then the environment, then .env, then defaults
 * (docs/options.md); a variable with GOCHAT_ before its name is stronger than
 * one without. An empty variable counts as not set. An option that means
 * nothing in the mode is an error as a flag; elsewhere it is ignored and its
 * field holds the default, or zero if there is none.
 *
 * argv and envp end with NULL and argv[0] is skipped; neither is changed or
 * kept. dotenv_dirfd is the folder of .env: AT_FDCWD for the current one, -1
 * for no .env at all. terminal says that standard input and output are
 * terminals: the tui needs that, and TERM in envp.
 *
 * Returns 0; OPTIONS_HELP, OPTIONS_VERSION or, with the name in new_access_key,
 * OPTIONS_NEW_KEY if that was asked for, with the rest of *o undefined; or with
 * one line in err: -1; OPTIONS_NOTHING if nothing is given by which a client
 * could enter a room; or OPTIONS_NO_ROOM if a variable gives the bootnode, and
 * nothing the room. The line names the option as the user wrote it, its source
 * and what was expected. The line has neither the program's name in front nor a
 * newline, and its bytes are printable ASCII. The exit code for the last three
 * is 2. After the last two, all that was given is in *o, and what is missing
 * can still be set.
 */
int options_parse(struct options *o, int argc, char *const argv[],
    char *const envp[], int dotenv_dirfd, bool terminal, char *err,
    size_t errlen);

/*
 * Sets an option to what a text says, as if it had been given. Returns 0, or -1
 * with one line in err that quotes the text and says what is expected.
 */
int options_set(struct options *o, enum option_id, const char *text, char *err,
    size_t errlen);

/*
 * Takes what an invite says in place of bootnode, room and bootnode_key.
 * Returns 0, or -1 with one line in err, if its bootnode or room cannot be one.
 */
int options_invited(struct options *o, const struct invitation *, char *err,
    size_t errlen);

/*
 * Names an option the way its value was given, for errors found later:
 * "--port", "ROOM in the environment", "ROOM in .env line 3", "--port by
 * default". Returns buf; OPTION_NAME_MAX bytes are always enough.
 */
const char *options_name(const struct options *o, enum option_id id, char *buf,
    size_t len);

/* True for the options by which a room is entered by name: a client has all of
 * them, or another way in. */
bool option_is_by_name(const struct option_spec *);

/* Prints the text of --help, at most 80 columns wide. */
void options_help(FILE *out);

#endif
