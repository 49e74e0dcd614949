/*
 * The four processes and the descriptors each is started with.
 */
#ifndef COMMON_ROLE_H
#define COMMON_ROLE_H

enum role {
	ROLE_LAUNCHER,
	ROLE_NETD,
	ROLE_CRYPTOD,
	ROLE_UI,
	ROLE_COUNT
};

enum mode {
	MODE_CLIENT,
	MODE_BOOTNODE
};

/*
 * What a child finds open, besides 0, 1 and 2 (the terminal in ui,
 * /dev/null elsewhere). A descriptor that is not in the role's list does not
 * exist in that process.
 */
enum role_fd {
	FD_CONTROL = 3,	   /* all: the launcher */
	FD_CRYPTOD = 4,	   /* netd and ui: their end of the chain */
	FD_NETD = 4,	   /* cryptod: netd's end */
	FD_UDP = 5,	   /* netd: its socket, which it opens if need be */
	FD_UDP_SECOND = 6, /* netd: another, if it has two */
	FD_NETLINK = 7,	   /* netd of a client: news of addresses, it opens */
	FD_UI = 5,	   /* cryptod: ui's end */
	FD_STATE_DIR = 6,  /* cryptod, at start only: the state folder */
	FD_PASSPHRASE = 7, /* cryptod, at start only: /dev/null if none */
	/* cryptod of a client, which opens it; above the number that a new
	 * channel comes with. */
	FD_KNOWN_PEERS = 8
};

/* "gochat", "gochat-netd", "gochat-cryptod", "gochat-ui". */
const char *role_name(enum role);
/* "gochat", "netd", "cryptod", "ui": where all are of gochat. */
const char *role_short_name(enum role);
/* The executable: that of netd and of cryptod has "-bootnode" at the end of its
 * name in that mode. */
const char *role_program(enum role, enum mode);
/* "client" or "bootnode". */
const char *mode_name(enum mode);

#endif
