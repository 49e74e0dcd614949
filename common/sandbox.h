/*
 * The sandbox: the same steps for every process, with a table for each
 * (docs/architecture.md). The caller of sandbox_enter() has opened everything
 * that it will ever need.
 */
#ifndef COMMON_SANDBOX_H
#define COMMON_SANDBOX_H

#include "common/ipc_messages.h"
#include "common/processes.h"

#include <linux/filter.h>

#include <stdbool.h>

struct filter_table;

/* Steps that the system may refuse (inside a container, for example). */
#define SANDBOX_NO_USER	      0x01 /* no other user to become */
#define SANDBOX_NO_NAMESPACES 0x02
#define SANDBOX_NO_LANDLOCK   0x04
#define SANDBOX_NO_MLOCK      0x08 /* cryptod: only the secure heap is locked */
#define SANDBOX_NO_USER_NS    0x10 /* the other namespaces it has */
#define SANDBOX_STEPS	      0x1f /* all of these */

/*
 * Enters the sandbox of a process, with its filter. Ends the process with an
 * error if a mandatory step fails. Returns the SANDBOX_ bits of the steps that
 * the system refused.
 *
 * From here on a system call that the filter does not list ends the
 * process by SIGSYS, after it named the call to the launcher on FD_CONTROL.
 */
unsigned int sandbox_enter(enum process_id, const struct filter_table *,
    const struct ipc_privileges *);

/* Program, C library and architecture, each with its version, for a report of
 * a system call that a filter does not allow. */
const char *sandbox_build_name(void);

/* A name for each bit, in order, for the log; NULL past the last. */
const char *sandbox_step_name(unsigned int bit);

/*
 * The steps, each in a file of its own; each returns 0, or -1 with errno set.
 */
/* Makes the C library do what it puts off until first use. Cannot fail. */
void sandbox_settle_libc(void);
/* Becomes the user, if it says so, for good. *same is set if there is no other
 * user to become (in a user namespace that maps none). */
int sandbox_become_user(const struct ipc_privileges *, bool *same);
int sandbox_drop_capabilities(void);
/* Puts the process into fresh network, mount and ipc namespaces with an empty
 * root, and a fresh user namespace unless it is root. */
int sandbox_unshare(void);
/* Makes a user namespace alone, for a process that was root. */
int sandbox_unshare_user(void);
/* allow_signals: the process keeps the right to signal other processes. */
int sandbox_landlock(bool allow_signals);
/* Loads the filter (filter.h). no_new_privs must be set. launcher: a violation
 * has no other process to be reported to. */
int sandbox_seccomp(bool launcher, const struct sock_fprog *);

#endif
