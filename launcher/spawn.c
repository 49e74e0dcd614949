/*
 * Starting a child. See spawn.h.
 */
#include "launcher/spawn.h"

#include "common/ipc.h"
#include "common/log.h"
#include "common/log_channel.h"
#include "launcher/needs.h"

#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <bsd/string.h>
#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The variables by which ui knows the terminal and the user's language. HOME is
 * not one of them: a description of the terminal in ~/.terminfo takes
 * TERMINFO. */
static const char *const ui_variables[] = {
	"TERM",
	"TERMINFO",
	"TERMINFO_DIRS",
	"COLORTERM",
	"NO_COLOR",
	"LANG",
	"LC_ALL",
	"LC_CTYPE",
	"TZ",
};
#define UI_VARIABLES (sizeof(ui_variables) / sizeof(ui_variables[0]))

static void
path_of(const struct spawn_paths *paths, enum process_id id,
    char out[SPAWN_PATH_MAX])
{
	snprintf(out, SPAWN_PATH_MAX, "%s/%.31s", paths->folder,
	    process_table[id].program);
}

/* Returns the name of a program that is not in the folder, or NULL. */
static const char *
missing_sibling(const struct spawn_paths *paths, const struct family *f)
{
	char path[SPAWN_PATH_MAX];

	for (unsigned int child = 0; child < f->count; child++) {
		enum process_id process = f->at[child].process;

		path_of(paths, process, path);
		if (access(path, X_OK) == -1)
			return process_table[process].program;
	}
	return NULL;
}

/* Goes up one folder. Returns false at the top. */
static bool
parent(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash == NULL)
		return false;
	*slash = '\0';
	return true;
}

bool
spawn_find_self(char *path, size_t size)
{
	const char *name = (const char *)getauxval(AT_EXECFN);
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *real;

	if (n > 0) {
		path[n] = '\0';
		return true;
	}
	real = name != NULL ? realpath(name, NULL) : NULL;
	n = real != NULL && strlcpy(path, real, size) < size;
	free(real);
	return n != 0;
}

const char *
spawn_find_from(const char *self, struct spawn_paths *paths,
    const struct family *f)
{
	size_t size = sizeof(paths->folder);

	if (strlcpy(paths->folder, self, size) < size) {
		if (parent(paths->folder) && missing_sibling(paths, f) == NULL)
			return NULL;
		/* True for bin/gochat of a tree that was moved after make
		 * install. */
		if (parent(paths->folder) &&
		    strlcat(paths->folder, "/libexec/gochat", size) < size &&
		    missing_sibling(paths, f) == NULL)
			return NULL;
	}
	strlcpy(paths->folder, GOCHAT_LIBEXECDIR, size);
	return missing_sibling(paths, f);
}

const char *
spawn_find(struct spawn_paths *paths, const struct family *f)
{
	char self[SPAWN_PATH_MAX];

	if (!spawn_find_self(self, sizeof(self)))
		self[0] = '\0';
	return spawn_find_from(self, paths, f);
}

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd == -1)
		return;
	/* If this is refused, the process is nobody in its namespace, and its
	 * rights to files are the same. */
	if (write(fd, text, strlen(text)) == -1)
		errno = 0;
	close(fd);
}

/* This is a new user namespace: the user keeps its number. */
static void
map_user(uid_t uid, gid_t gid)
{
	char text[64];

	snprintf(text, sizeof(text), "%u %u 1\n", uid, uid);
	write_file("/proc/self/uid_map", text);
	write_file("/proc/self/setgroups", "deny");
	snprintf(text, sizeof(text), "%u %u 1\n", gid, gid);
	write_file("/proc/self/gid_map", text);
}

static pid_t
clone_sibling(unsigned long flags, int *pidfd)
{
	return (pid_t)syscall(SYS_clone,
	    flags | CLONE_PARENT | CLONE_PIDFD | SIGCHLD, NULL, pidfd, NULL,
	    NULL);
}

/*
 * Like fork(2), but the child is one of our parent's, the launcher, which waits
 * for it; and it is in a pid namespace of its own if possible: a process that
 * is not root needs a user namespace for that.
 */
static pid_t
fork_isolated(struct spawned_child *child)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	unsigned long spaces = CLONE_NEWPID | (uid == 0 ? 0 : CLONE_NEWUSER);

	child->pid = clone_sibling(spaces, &child->pidfd);
	child->isolated = child->pid != -1;
	if (child->pid == -1)
		child->pid = clone_sibling(0, &child->pidfd);
	else if (child->pid == 0 && uid != 0) {
		prctl(PR_SET_DUMPABLE, 1); /* or the files are not ours */
		map_user(uid, gid);
	}
	return child->pid;
}

/* Puts the descriptors at their numbers and closes all others. *first is the
 * number that the first of them has, whatever happens. */
static int
place_fds(bool terminal, const struct spawn_fd *fds, size_t count, int *first)
{
	int moved[SPAWN_FDS_MAX], null, top = STDERR_FILENO;

	*first = fds[0].from;
	/* First they have to get out of the way of each other. */
	for (size_t i = 0; i < count; i++) {
		moved[i] = fcntl(fds[i].from, F_DUPFD_CLOEXEC, FD_END);
		if (moved[i] == -1)
			return -1;
	}
	*first = moved[0];
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null == -1)
		return -1;
	if (!terminal &&
	    (dup2(null, STDIN_FILENO) == -1 || dup2(null, STDOUT_FILENO) == -1))
		return -1;
#ifndef GOCHAT_SANITIZE /* whose reports go there */
	if (dup2(null, STDERR_FILENO) == -1)
		return -1;
#endif
	for (size_t i = 0; i < count; i++) {
		if (dup2(moved[i], fds[i].to) == -1)
			return -1;
		if (fds[i].to > top)
			top = fds[i].to;
	}
	/* Numbers below the top that were not given are closed, too. */
	for (int fd = STDERR_FILENO + 1; fd < top; fd++) {
		bool given = false;

		for (size_t i = 0; i < count; i++)
			given = given || fds[i].to == fd;
		if (!given)
			close(fd);
	}
	closefrom(top + 1);
	*first = fds[0].to;
	return 0;
}

static void
fill_environment(bool terminal, char **envp)
{
	size_t n = 0;

	for (size_t i = 0; terminal && i < UI_VARIABLES; i++) {
		const char *value = getenv(ui_variables[i]);

		if (value != NULL &&
		    asprintf(&envp[n], "%s=%s", ui_variables[i], value) != -1)
			n++;
	}
	envp[n] = NULL;
}

void
spawn_reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* The child's program does not run: this tells the launcher so in its place. */
static void __attribute__((noreturn))
tell_why(enum role role, const char *path, int control, int error)
{
	struct ipc_channel channel;

	ipc_open(&channel, control, role, ROLE_LAUNCHER, IN_BOTH);
	log_to_channel(&channel);
	log_error("cannot start %s: %s", path, needs_reason(error));
	_exit(1);
}

int
spawn(const struct spawn_paths *paths, enum process_id id, enum mode mode,
    const struct spawn_fd *fds, size_t count, struct spawned_child *child)
{
	const struct process_row *p = &process_table[id];
	const bool terminal = (p->needs & NEEDS_TERMINAL) != 0;
	char path[SPAWN_PATH_MAX], *envp[UI_VARIABLES + 1], title[64];
	char *argv[] = { title, NULL };
	pid_t pid = fork_isolated(child);
	int control;

	if (pid != 0)
		return pid == -1 ? -1 : 0;
	spawn_reset_signals();
	path_of(paths, id, path);
	fill_environment(terminal, envp);
	snprintf(title, sizeof(title), "%s: %s", role_name(p->role),
	    mode_name(mode));
	if (place_fds(terminal, fds, count, &control) == 0)
		execve(path, argv, envp);
	tell_why(p->role, path, control, errno);
}
