/*
 * Settings and log are read anew: the reader, and what the launcher does with
 * what it says. See reload.h.
 */
#include "launcher/reload.h"

#include "common/log.h"
#include "launcher/access_file.h"
#include "launcher/children.h"
#include "launcher/logfile.h"
#include "launcher/needs.h"
#include "launcher/send_fds.h"
#include "launcher/supervised.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <bsd/string.h>
#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So long does the spawner wait for a reader that it has killed. */
#define LAST_PATIENCE 200000000 /* nanoseconds */

/* What the reader says. With an error there is nothing else; otherwise
 * descriptors come with it: memory, and the log unless it is standard error. */
struct report {
	uint64_t size;		      /* of the memory */
	char error[OPTION_ERROR_MAX]; /* "" if all is well */
};

/* The memory: this, and then the prefixes of all lists. */
struct memory {
	struct options options;
	uint32_t counts[PREFIXES_COUNT];
	struct ipc_prefix prefixes[];
};
_Static_assert(sizeof(struct memory) == offsetof(struct memory, prefixes),
    "the prefixes are where they are looked for");

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(2 * sizeof(int))];
};

/* --- The reader ----------------------------------------------------------- */

static int
write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;
	ssize_t n;

	for (; len > 0; len -= (size_t)n, at += n) {
		n = write(fd, at, len);
		if (n == -1)
			return -1;
	}
	return 0;
}

/* Puts the settings into memory that nobody can change any more. Returns its
 * descriptor, or -1 with errno set. */
static int
pack(const struct settings *s, uint64_t *size)
{
	struct memory head = { .options = s->options };
	int fd = memfd_create("settings", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int result = fd;

	*size = sizeof(head);
	for (size_t i = 0; i < PREFIXES_COUNT; i++) {
		head.counts[i] = s->lists[i].count;
		*size += s->lists[i].count * sizeof(*s->lists[i].at);
	}
	if (result != -1)
		result = write_all(fd, &head, sizeof(head));
	for (size_t i = 0; i < PREFIXES_COUNT && result != -1; i++)
		result = write_all(fd, s->lists[i].at,
		    s->lists[i].count * sizeof(*s->lists[i].at));
	if (result != -1)
		result = fcntl(fd, F_ADD_SEALS,
		    F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	if (result != -1)
		return fd;
	if (fd != -1)
		close(fd);
	return -1;
}

/* Returns 0, or -1 with the reason in the report. */
static int
read_settings(const struct reload_kit *kit, struct settings *s,
    struct report *r)
{
	int result = options_parse(&s->options, kit->argc, kit->argv, environ,
	    AT_FDCWD, kit->terminal, r->error, sizeof(r->error));

	if (result != 0)
		return -1;
	if (settings_check(kit->options, &s->options, r->error,
		sizeof(r->error)) == -1)
		return -1;
	return settings_read(s, r->error, sizeof(r->error));
}

/* The launcher does not get the access keys, not even a descriptor of them. If
 * it takes the settings, the part of the memory that they are in counts from
 * then on. */
static void
read_access(const struct settings *s, const struct reload_access *to,
    struct report *r)
{
	char why[OPTION_ERROR_MAX], name[OPTION_NAME_MAX];

	if (r->error[0] == '\0' &&
	    access_file_again(to->fd, to->part, s->options.access_key_file, why,
		sizeof(why)) == -1)
		(void)snprintf(r->error, sizeof(r->error), "%s: %.400s",
		    options_name(&s->options, OPT_ACCESS_KEY_FILE, name,
			sizeof(name)),
		    why);
}

static void __attribute__((noreturn)) read_and_say(const struct reload_kit *kit,
    int to, const struct reload_access *access)
{
	static struct settings s;
	struct report r = { .size = 0 };
	size_t count = 0;
	int fds[2];

	if (read_settings(kit, &s, &r) == 0) {
		fds[count++] = pack(&s, &r.size);
		if (s.options.log_file[0] != '\0')
			fds[count++] = logfile_open_file(s.options.log_file);
		for (size_t i = 0; i < count; i++)
			if (fds[i] == -1)
				(void)snprintf(r.error, sizeof(r.error),
				    "%s%.200s: %s",
				    i == 0 ? "memory for the settings"
					   : "the log file ",
				    i == 0 ? "" : s.options.log_file,
				    needs_reason(errno));
		read_access(&s, access, &r);
	}
	send_fds(to, &r, sizeof(r), fds, r.error[0] == '\0' ? count : 0, 0);
	_exit(0);
}

static void __attribute__((noreturn))
be_reader(const struct reload_kit *kit, int socket, struct reload_access access)
{
	setproctitle("reader");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Neither takes the number of the other before that has moved. */
	access.fd = fcntl(access.fd, F_DUPFD, 5);
	if (access.fd == -1 || dup2(socket, 3) == -1 ||
	    dup2(access.fd, 4) == -1)
		_exit(1);
	closefrom(5);
	access.fd = 4;
	read_and_say(kit, 3, &access);
}

/* A killed process runs no more of its program, even if it cannot end because
 * it waits for a disk; one that is just running may go on for a moment. */
static void
end_reader(int *reader)
{
	const struct timespec patience = { 0, LAST_PATIENCE };
	struct pollfd pfd = { *reader, POLLIN, 0 };

	if (*reader == -1)
		return;
	if (syscall(SYS_pidfd_send_signal, *reader, SIGKILL, NULL, 0) == 0)
		ppoll(&pfd, 1, &patience, NULL);
	close(*reader);
	*reader = -1;
}

/* Returns -1 with errno set if the reader could not be ended later, and kills
 * it. One that has ended already needs no end. */
static int
keep_reader(int *reader, pid_t pid)
{
	*reader = (int)syscall(SYS_pidfd_open, pid, 0);
	if (*reader != -1 || errno == ESRCH)
		return 0;
	kill(pid, SIGKILL);
	return -1;
}

int
reload_start(const struct reload_kit *kit, const struct reload_access *to,
    int *reader)
{
	int pair[2], error;
	pid_t pid;

	end_reader(reader);
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		return -1;
	pid = fork();
	if (pid == 0)
		be_reader(kit, pair[1], *to);
	if (pid != -1 && keep_reader(reader, pid) == 0) {
		close(pair[1]);
		return pair[0];
	}
	error = errno;
	close(pair[0]);
	close(pair[1]);
	errno = error;
	return -1;
}

/* --- The launcher --------------------------------------------------------- */

/* Everything is over: taken without a reason, refused with one. */
static void
finish(struct supervisor *s, const char *status, const char *why)
{
	struct reload *r = &s->reload;
	const struct ipc_reload body = { .ticket = r->asked_by };

	if (r->asked_by != 0)
		ipc_send(&supervised_of(s, ROLE_UI, 0)->channel, IPC_RELOADED,
		    &body, why, strlen(why));
	r->asked_by = 0;
	if (r->fd != -1)
		close(r->fd);
	r->fd = -1;
	r->asked = false;
	service_reloaded(s, status);
}

/* The log says so, and the operator's console, if the log is not on it. */
static void
refuse(struct supervisor *s, const char *why)
{
	struct supervised *ui = supervised_of(s, ROLE_UI, 0);
	const struct ipc_notice notice = { .level = LOG_ERROR };
	char text[LOG_TEXT_MAX];
	size_t len;

	(void)snprintf(text, sizeof(text),
	    "the reload is refused, and everything stays as it was: %.400s",
	    why);
	len = strlen(text);
	log_event(LOG_ERROR, "reload_refused", "%s%s", "msg=", text);
	if (s->options->ui == UI_JSON || !logfile_is_standard_error())
		ipc_send(&ui->channel, IPC_NOTICE, &notice, text, len);
	finish(s, "Reload refused; the log says why.", text);
}

/* Copies the settings. Returns 0, or -1 without memory, or if they are not in
 * there. */
static int
unpack(struct settings *s, const struct memory *m, uint64_t size)
{
	const struct ipc_prefix *from = m->prefixes;
	uint64_t left = (size - sizeof(*m)) / sizeof(*from);

	*s = (struct settings){ .options = m->options };
	for (size_t i = 0; i < PREFIXES_COUNT; i++) {
		const uint32_t count = m->counts[i];

		if (count > left || count > PREFIXES_MAX)
			return -1;
		s->lists[i].at = calloc(count + 1, sizeof(*from));
		if (s->lists[i].at == NULL)
			return -1;
		s->lists[i].count = count;
		memcpy(s->lists[i].at, from, count * sizeof(*from));
		from += count;
		left -= count;
	}
	return 0;
}

/* A netd that hangs would have more and more to read, and in the end so much
 * that the launcher gives up. */
static bool
netd_reads(struct supervisor *s)
{
	return !ipc_congested(&supervised_of(s, ROLE_NETD, 0)->channel);
}

/* Has cryptod read the access keys again, unless there are none and were none,
 * from the part of the memory that the reader has filled. One that is not in
 * its sandbox yet was started with what counted before, and reads this after
 * that; one that is started from now on reads that part itself. */
static void
tell_access(struct supervisor *s, bool private_before)
{
	struct supervised *cryptod = supervised_of(s, ROLE_CRYPTOD, 0);
	const struct ipc_access_again again = {
		.access = s->options->access_key_file[0] != '\0',
		.part = s->access_part = !s->access_part,
	};

	if (private_before || again.access)
		ipc_send(&cryptod->channel, IPC_ACCESS_AGAIN, &again, NULL, 0);
}

/* Makes the settings those that count. */
static void
take(struct supervisor *s, struct settings *now, int log)
{
	struct supervised *netd = supervised_of(s, ROLE_NETD, 0);
	const bool private = s->options->access_key_file[0] != '\0';
	char names[SETTINGS_NAMES_MAX];

	settings_changes(s->options, &now->options, names);
	settings_free(s->settings);
	*s->settings = *now; /* and the lists with it */
	memset(now->lists, 0, sizeof(now->lists));
	logfile_change(log, now->options.log_level,
	    now->options.log_addresses == LOG_ADDRESSES_YES);
	if (netd->channel.state == AT_WORK) /* else it is told then */
		settings_tell(s, netd);
	tell_access(s, private);
	log_event(LOG_INFO, "reloaded", "changed=%s denied=%u lifted=%u", names,
	    s->settings->lists[PREFIXES_DENIED].count,
	    s->settings->lists[PREFIXES_LIFTED].count);
	finish(s, "Reloaded.", "");
}

static void
accept_settings(struct supervisor *s, const struct report *r, int fds[2])
{
	static struct settings now;
	const bool reads = netd_reads(s);
	void *m = MAP_FAILED;
	int result = -1;

	if (reads && fds[0] != -1 && r->size >= sizeof(struct memory) &&
	    (fds[1] != -1) == !logfile_is_standard_error())
		m = mmap(NULL, r->size, PROT_READ, MAP_PRIVATE, fds[0], 0);
	if (m != MAP_FAILED) {
		result = unpack(&now, m, r->size);
		munmap(m, r->size);
	}
	if (result == 0) {
		take(s, &now, fds[1]);
		fds[1] = -1; /* it is kept */
		return;
	}
	settings_free(&now);
	refuse(s,
	    reads ? "the settings cannot be passed on"
		  : "gochat-netd does not read what it was told before; is it "
		    "stopped?");
}

void
reload_want(struct supervisor *s, uint32_t ticket)
{
	s->reload.wanted = true;
	if (ticket != 0)
		s->reload.wanted_by = ticket;
}

void
reload_turn(struct supervisor *s)
{
	struct reload *r = &s->reload;

	/* While an upgrade is under way, it waits for its end: the next
	 * bootnode has read the settings by itself. */
	if (!r->wanted || r->asked || r->fd != -1 || s->ending ||
	    !supervised_all_ready(s) || upgrade_is_under_way(s))
		return;
	r->wanted = false;
	r->asked_by = r->wanted_by;
	r->wanted_by = 0;
	r->asked = true;
	r->due = kernel_now(&s->kernel) + RELOAD_PATIENCE;
	service_reloading(s);
	if (children_reload(s) == -1)
		reload_not_started(s, "the spawner is gone");
}

void
reload_started(struct supervisor *s, int fd)
{
	if (!s->reload.asked) { /* too late */
		close(fd);
		return;
	}
	s->reload.asked = false;
	s->reload.fd = fd;
}

void
reload_not_started(struct supervisor *s, const char *why)
{
	if (s->reload.asked)
		refuse(s, why);
}

void
reload_heard(struct supervisor *s)
{
	struct report r;
	union control control;
	struct iovec iov = { &r, sizeof(r) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n =
	    recvmsg(s->reload.fd, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *c = n > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	int fds[2] = { -1, -1 };

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (c != NULL && c->cmsg_type == SCM_RIGHTS)
		memcpy(fds, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	if (n != (ssize_t)sizeof(r)) {
		refuse(s, "the process that reads the settings has died");
	} else if (r.error[0] != '\0') {
		r.error[sizeof(r.error) - 1] = '\0';
		refuse(s, r.error);
	} else {
		accept_settings(s, &r, fds);
	}
	for (size_t i = 0; i < 2; i++)
		if (fds[i] != -1)
			close(fds[i]);
}

uint64_t
reload_deadline(const struct supervisor *s)
{
	return s->reload.fd != -1 ? s->reload.due : CLOCK_NEVER;
}

void
reload_overdue(struct supervisor *s)
{
	if (reload_deadline(s) <= kernel_now(&s->kernel))
		refuse(s,
		    "reading takes too long: is a file on a disk that does "
		    "not answer?");
}
