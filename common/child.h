/*
 * The life of a child process, the same for netd, cryptod and ui: it starts
 * with nothing but its descriptors, takes its configuration, opens what only it
 * may have (the caller does this), enters the sandbox, and only then reads
 * bytes that somebody else can have written.
 */
#ifndef COMMON_CHILD_H
#define COMMON_CHILD_H

#include "common/ipc.h"

/* The exit code of a process that ended because the other end of one of its
 * channels was gone: such an end is never the cause of anything. */
#define CHILD_ORPHANED 4
/* ui ended in order, but could not show anything: there is no reason to start
 * it again. */
#define CHILD_UNABLE 5
/* ui ended in order, but not everything that was said was delivered. */
#define CHILD_UNDELIVERED 6

/* cryptod ended because the room file is not one. */
#define CHILD_NO_ROOM 7

struct filter_table;

struct child {
	enum process_id process;
	enum role role; /* of the process */
	enum mode mode;
	struct ipc_privileges privileges;
	uint16_t port;		    /* netd: told with READY */
	struct ipc_channel control; /* to the launcher */
};

/*
 * Starts as that process: opens the control channel, sends the log there,
 * ignores the terminal's signals, and waits for the configuration message of
 * the given type, whose body it copies to config (its size is in the table).
 * mode is the member of config that holds the mode. Ends the process if the
 * launcher is gone, or if the process does not run in that mode.
 */
void child_start(struct child *, enum process_id, enum ipc_type config_type,
    void *config, size_t config_size, const uint8_t *mode);

/* Takes steps 4 to 8 of the sandbox, with the filter of the process; then tells
 * the launcher READY. */
void child_enter_sandbox(struct child *, const struct filter_table *);

/* Opens a channel to another child, in the mode of the configuration. */
void child_open(struct child *, struct ipc_channel *, int fd, enum role other);

/*
 * Receives from a channel of this child. Returns true with *in filled in, or
 * false if there is nothing now. If the other end is gone, ends the process
 * quietly (the launcher knows why); if what came is not allowed, reports the
 * other end to the launcher and ends the process. PING is answered here.
 */
bool child_receive(struct child *, struct ipc_channel *,
    struct ipc_message_in *in);

/*
 * Receives like child_receive(), from a channel whose other end may be
 * restarted: returns IPC_GOT, IPC_EMPTY, or IPC_CLOSED if the other end is
 * gone, and then closes the channel.
 */
enum ipc_result child_receive_from(struct child *, struct ipc_channel *,
    struct ipc_message_in *in);

/*
 * Opens the channel again with the descriptor of a CHANNEL message, put at the
 * number want, which the filter knows. The channel is closed before, or never
 * had a descriptor; it stays that of the same room.
 */
void child_reopen(struct child *, struct ipc_channel *, int want, int fd);

/*
 * The same for a channel whose other end the process can do without: if what
 * came is not allowed, reports the other end to the launcher, which ends it,
 * and goes on as if it were gone.
 */
enum ipc_result child_receive_wary(struct child *, struct ipc_channel *,
    struct ipc_message_in *in);

/* Reports the other end of a channel for a message whose content or timing is
 * not allowed, and closes the channel. */
void child_accuse(struct child *, struct ipc_channel *, enum ipc_type);

/* Reports a message whose content or timing is not allowed, and ends. */
void child_fault(struct child *, const struct ipc_channel *, enum ipc_type)
    __attribute__((noreturn));

#endif
