/*
 * gochat's processes, in one table: which processes there are, who talks to
 * whom, and what each of them needs and may have. The spawner, the launcher,
 * the sandbox, the figures and the tests follow it, and launcher/README.md
 * shows it.
 *
 * A process is a program in a mode: a bootnode has a netd, too, but a different
 * one than a client. Messages, the log and the figures call a process by its
 * role. A new process needs a row here; a folder with its main.c, filter.c and
 * README.md; a message with its configuration from the launcher; and everything
 * that the tests demand of each row.
 */
#ifndef COMMON_PROCESSES_H
#define COMMON_PROCESSES_H

#include <stdbool.h>
#include <stdint.h>

enum mode {
	MODE_CLIENT,
	MODE_BOOTNODE
};

/* Sets of modes. */
#define IN_MODE(mode) (1u << (mode))
#define IN_CLIENT     IN_MODE(MODE_CLIENT)
#define IN_BOOTNODE   IN_MODE(MODE_BOOTNODE)
#define IN_BOTH	      (IN_CLIENT | IN_BOOTNODE)

/*
 * The descriptors that a child finds open, or opens before its sandbox. 0, 1
 * and 2 (the terminal in ui, /dev/null elsewhere) are not among them. The same
 * number may be another thing in another process.
 */
enum process_fd {
	FD_CONTROL = 3,	   /* all: the launcher */
	FD_CRYPTOD = 4,	   /* netd: its end of the channel */
	FD_NETD = 4,	   /* cryptod: netd's end */
	FD_ROOMS = 4,	   /* ui: its ends to the rooms' cryptods, from here */
	FD_UDP = 5,	   /* netd: its socket, which a client's opens */
	FD_UDP_SECOND = 6, /* netd: another, if it has two */
	FD_NETLINK = 7,	   /* netd of a client: news of addresses, it opens */
	FD_FLEETD = 7, /* netd of a bootnode: its end, if it is in a fleet */
	FD_ENGINE = 5, /* fleetd, later: the connection to its engine */
	FD_CREDENTIALS = 6, /* fleetd, at start only: memory with those of it */
	FD_UI = 5,	    /* cryptod: ui's end */
	FD_LISTENER = 5,    /* ui of a bootnode: its control socket, if any */
	FD_STATE_DIR = 6,   /* cryptod, at start only: the state folder */
	FD_ARRIVED = 6,	    /* cryptod, later: what the launcher passes */
	FD_ROOM = 7,	    /* cryptod of a client: the room file */
	FD_KEPT = 7, /* cryptod of a bootnode, at start only: the state of
			    * the bootnode before it, if it was given any */
	/* This one is cryptod's of a client, which opens it; it is above the
	 * number that a new channel comes with. */
	FD_KNOWN_PEERS = 8,
	FD_ACCESS = 9, /* cryptod: memory with its access keys, if any */
	FD_END,	       /* above every number that a child finds or opens */
	/* An end that its process does not find: it comes by CHANNEL. */
	FD_COMES_LATER = -1
};

/* A set of descriptors: bit n is number n. */
#define FD(n) (1u << (n))

/* What a process needs beyond its channels. */
#define NEEDS_NOTHING	    0x00
#define NEEDS_TERMINAL	    0x01  /* 0 and 1, and words of the environment */
#define NEEDS_SOCKETS	    0x02  /* those of a bootnode's UDP ports */
#define NEEDS_STATE_DIR	    0x04  /* the state folder, until its sandbox */
#define NEEDS_ROOM_FILE	    0x08  /* with the room's secret */
#define NEEDS_LOCKED_MEMORY 0x10  /* it has keys, or a password */
#define NEEDS_ACCESS_KEYS   0x20  /* those of private bootnodes */
#define NEEDS_LISTENER	    0x40  /* the control socket, if there is one */
#define NEEDS_KEPT	    0x80  /* the state of the bootnode before it */
#define NEEDS_FLEET	    0x100 /* a fleet, or there is none; credentials */

/* The number of rooms that a client may be in at a time. */
#define ROOMS_MAX 16

/* What the launcher holds of each room: channel and pidfd of both processes,
 * and a resolver. */
#define LAUNCHER_ROOM_FDS 5

/* The number of children of a role: one for all rooms of a client, or one for
 * each. A bootnode counts as one room. */
#define FOR_ALL_ROOMS false
#define FOR_EACH_ROOM true

/* How large a file the process may make: none at all, so many bytes, any. */
#define FILES_NONE UINT64_C(0)
#define FILES_ANY  UINT64_MAX

/* The number of connections that the launcher may have at a time, in addition
 * to its other descriptors. */
#define LAUNCHER_CONNECTIONS 8

/* The same for the control socket of a bootnode's ui. */
#define CONTROL_CONNECTIONS 8

/* clang-format off */
/*
 * X(ROLE, name, goes with, for how many rooms): a process is restarted together
 * with the role that it goes with, in its room. netd has nothing of worth that
 * cryptod does not have, too, and its keys are those of cryptod's sessions. ui
 * has what is on the screen and what was said and is not yet delivered: it
 * lives on. So does fleetd, whose connection to the engine takes time to make.
 * Children are started from the last to the first, because somebody waits for
 * ui's screen.
 */
#define ROLE_TABLE(X)							\
	X(LAUNCHER,	"gochat",		LAUNCHER, FOR_ALL_ROOMS) \
	X(NETD,		"gochat-netd",		CRYPTOD,  FOR_EACH_ROOM) \
	X(CRYPTOD,	"gochat-cryptod",	CRYPTOD,  FOR_EACH_ROOM) \
	X(UI,		"gochat-ui",		UI,	  FOR_ALL_ROOMS)	\
	X(FLEETD,	"gochat-fleetd",	FLEETD,	  FOR_EACH_ROOM)

/*
 * X(PROCESS, filter, role, modes,
 *     executable,
 *     needs,
 *     descriptors in its sandbox, other than 0, 1 and 2,
 *     how many more come later, how large a file it may make)
 *
 * Its filter is filter_ with that name, in its folder; its AppArmor profile has
 * the name of the executable. The launcher's descriptors are what it opened.
 */
#define PROCESS_TABLE(X)						\
	X(LAUNCHER, launcher, LAUNCHER, IN_BOTH,			\
	    "gochat",							\
	    NEEDS_NOTHING,						\
	    ~0u,							\
	    4 + LAUNCHER_CONNECTIONS + ROOMS_MAX * LAUNCHER_ROOM_FDS,	\
	    FILES_ANY)							\
	X(NETD_CLIENT, netd_client, NETD, IN_CLIENT,			\
	    "gochat-netd",						\
	    NEEDS_NOTHING,						\
	    FD(FD_CONTROL) | FD(FD_CRYPTOD) | FD(FD_UDP) |		\
	    FD(FD_UDP_SECOND) | FD(FD_NETLINK),				\
	    0, FILES_NONE)						\
	X(NETD_BOOTNODE, netd_bootnode, NETD, IN_BOOTNODE,		\
	    "gochat-netd-bootnode",					\
	    NEEDS_SOCKETS,						\
	    FD(FD_CONTROL) | FD(FD_CRYPTOD) | FD(FD_UDP) |		\
	    FD(FD_UDP_SECOND) | FD(FD_FLEETD),				\
	    1, FILES_NONE)						\
	X(CRYPTOD_CLIENT, cryptod_client, CRYPTOD, IN_CLIENT,		\
	    "gochat-cryptod",						\
	    NEEDS_STATE_DIR | NEEDS_ROOM_FILE | NEEDS_ACCESS_KEYS |	\
	    NEEDS_LOCKED_MEMORY,					\
	    FD(FD_CONTROL) | FD(FD_NETD) | FD(FD_UI) |			\
	    FD(FD_ROOM) | FD(FD_KNOWN_PEERS) | FD(FD_ACCESS),		\
	    1, KNOWN_PEERS_BYTES)					\
	X(CRYPTOD_BOOTNODE, cryptod_bootnode, CRYPTOD, IN_BOOTNODE,	\
	    "gochat-cryptod-bootnode",					\
	    NEEDS_STATE_DIR | NEEDS_ACCESS_KEYS | NEEDS_LOCKED_MEMORY |	\
	    NEEDS_KEPT,							\
	    FD(FD_CONTROL) | FD(FD_NETD) | FD(FD_UI) | FD(FD_ACCESS),	\
	    1, FILES_NONE)						\
	X(UI_CLIENT, ui_client, UI, IN_CLIENT,				\
	    "gochat-ui",						\
	    NEEDS_TERMINAL,						\
	    FD(FD_CONTROL),						\
	    ROOMS_MAX + 1, FILES_ANY)					\
	X(UI_BOOTNODE, ui_bootnode, UI, IN_BOOTNODE,			\
	    "gochat-ui-bootnode",					\
	    NEEDS_TERMINAL | NEEDS_LISTENER,				\
	    FD(FD_CONTROL) | FD(FD_LISTENER),				\
	    2 + CONTROL_CONNECTIONS, FILES_ANY)				\
	X(FLEETD, fleetd, FLEETD, IN_BOOTNODE,				\
	    "gochat-fleetd",						\
	    NEEDS_FLEET | NEEDS_LOCKED_MEMORY,				\
	    FD(FD_CONTROL) | FD(FD_NETD) | FD(FD_ENGINE),		\
	    2, FILES_NONE)

/*
 * X(role, number, other, number): a channel between two children of a room, and
 * the number that its end has in each. A child for all rooms has one to each
 * room's child of the other role, which is the first in the row; it finds none
 * of them, and gets each when the room has its processes. There is none to a
 * process that the run does not have. All have one to the launcher as well.
 */
#define CHANNEL_TABLE(X)						\
	X(NETD,		FD_CRYPTOD,	CRYPTOD,	FD_NETD)	\
	X(CRYPTOD,	FD_UI,		UI,		FD_COMES_LATER)	\
	X(NETD,		FD_FLEETD,	FLEETD,		FD_NETD)
/* clang-format on */

enum role {
#define X(role, name, with, each) ROLE_##role,
	ROLE_TABLE(X)
#undef X
	ROLE_COUNT
};

enum process_id {
#define X(process, filter, role, modes, program, needs, fds, later, bytes) \
	PROCESS_##process,
	PROCESS_TABLE(X)
#undef X
	PROCESS_COUNT
};

/* A row of the table. */
struct process_row {
	enum role role;
	unsigned int modes;
	const char *program; /* its executable and its AppArmor profile */
	unsigned int needs;
	uint32_t fds;
	unsigned int fds_later;
	uint64_t file_bytes; /* that a file of its may have */
};

extern const struct process_row process_table[PROCESS_COUNT];

/* A row of the channels. */
struct channel_row {
	enum role roles[2];
	int numbers[2]; /* of the ends, in the processes */
};

enum {
#define X(a, a_fd, b, b_fd) CHANNEL_##a##_##b,
	CHANNEL_TABLE(X)
#undef X
	CHANNEL_COUNT
};

extern const struct channel_row channel_table[CHANNEL_COUNT];

/* "gochat", "gochat-netd", and so on. */
const char *role_name(enum role);
/* "gochat", "netd", and so on: for places where everything is of gochat. */
const char *role_short_name(enum role);
/* Returns the role that must be restarted before this one can be; the role
 * itself if it goes with none. */
enum role role_goes_with(enum role);
/* Whether each room has a child of the role. */
bool role_is_for_each_room(enum role);
/* Whether the two have a channel to each other, the launcher's aside. */
bool roles_are_neighbours(enum role, enum role);
/* "client" or "bootnode". */
const char *mode_name(enum mode);

#endif
