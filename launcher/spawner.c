/*
 * The process that starts the children. See spawner.h.
 */
#include "launcher/send_fds.h"
#include "launcher/spawner_parts.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* The kernel ends ui with the launcher: the spawner waits this long for
 * that. */
#define PATIENCE 2 /* seconds */

/* --- What the launcher says ----------------------------------------------- */

/* Receives the next wish. Returns false if the launcher is gone, and none is
 * left. */
static bool
hear(struct spawner *sp, struct wish *wish)
{
	ssize_t n;

	/* See ipc_receive(): the launcher's last message is still there. */
	do
		n = recv(sp->launcher, wish, sizeof(*wish), 0);
	while (n == -1 && (errno == EINTR || errno == ECONNRESET));
	return n == (ssize_t)sizeof(*wish);
}

/* Notes what is to be undone on the terminal. */
static void
note_terminal(struct spawner *sp, const struct wish *wish)
{
	if (wish->kind == WISH_SCREEN_GIVEN)
		terminal_give_screen(&sp->terminal);
	else if (wish->kind == WISH_TERMINAL_RESTORED)
		sp->terminal.used = sp->terminal.screen = false;
}

/* ui is gone, and nobody listens any more, unless a successor does. */
static void
remove_sockets(const struct spawn_kit *kit)
{
	if (kit->control->fd != -1)
		close(kit->control->fd);
	if (kit->metrics->fd != -1)
		close(kit->metrics->fd);
	unix_socket_remove(kit->control);
	unix_socket_remove(kit->metrics);
}

/* --- After the launcher --------------------------------------------------- */

static void
forget_secrets(struct spawner *sp)
{
	room_store_end(&sp->rooms);
	room_memory_wipe(&sp->credentials, sp->kit->credentials);
}

/* The launcher died, rather than ended: see WISH_END. That may be noticed by a
 * report that cannot be sent, before its last wishes were heard. Output of ui
 * must not come after the terminal was put back. */
static void __attribute__((noreturn)) outlive_launcher(struct spawner *sp)
{
	struct pollfd ui = { sp->ui, POLLIN, 0 };
	struct pollfd launcher = { sp->its_pidfd, POLLIN, 0 };
	const struct timespec patience = { PATIENCE, 0 };
	struct wish wish;

	while (hear(sp, &wish))
		note_terminal(sp, &wish);
	activation_close(&sp->kit->sockets); /* another may want the ports */
	forget_secrets(sp);
	if (sp->terminal.used)
		ppoll(&ui, 1, &patience, NULL);
	terminal_restore(&sp->terminal);
	/* Our socket may be closed before the one that the launcher listens
	 * at. */
	if (ppoll(&launcher, 1, &patience, NULL) == 1 && sp->untold != -1)
		successor_say(sp->untold, SUCCESSOR_WAIT, 0); /* and serve */
	remove_sockets(sp->kit);
	_exit(0);
}

/* --- Messages ------------------------------------------------------- */

int
spawner_report(struct spawner *sp, const struct spawned *s, const int *fds,
    size_t count)
{
	if (send_fds(sp->launcher, s, sizeof(*s), fds, count, MSG_DONTWAIT) ==
	    0)
		return 0;
	if (errno == EPIPE || errno == ECONNRESET)
		outlive_launcher(sp);
	if (errno == EAGAIN) /* EAGAIN is about processes here */
		errno = ENOBUFS;
	return -1;
}

void
spawner_report_failure(struct spawner *sp, enum spawn_event event,
    unsigned int child, int error)
{
	const struct spawned s = {
		.event = (uint8_t)event,
		.child = (uint8_t)child,
		.error = error,
	};

	spawner_report(sp, &s, NULL, 0);
}

/* --- The process ---------------------------------------------------- */

/* A channel and the ends of it that are left: -1 is not made, or given away. */
struct link {
	struct family_link between;
	int ends[2];
};

struct links {
	size_t count;
	struct link at[FAMILY_LINKS_MAX];
};

void
spawner_close(int *fd)
{
	if (*fd != -1)
		close(*fd);
	*fd = -1;
}

static int
make_pair(int pair[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair);
}

/* True if a set has the child at an end. */
static bool
has_child(uint64_t set, const struct link *link, int end)
{
	return (set & CHILD_BIT(link->between.children[end])) != 0;
}

/* Makes all channels of open rooms of which at least one end is needed. */
static int
make_links(const struct family *f, const struct wish *wish, struct links *links)
{
	const uint64_t set = wish->children;
	struct family_link all[FAMILY_LINKS_MAX];
	size_t count = family_links(f, all);

	links->count = 0;
	for (size_t i = 0; i < count; i++) {
		struct link *link = &links->at[links->count];

		*link = (struct link){ all[i], { -1, -1 } };
		if ((!has_child(set, link, 0) && !has_child(set, link, 1)) ||
		    (wish->rooms >> f->at[all[i].children[0]].room & 1) == 0)
			continue;
		if (make_pair(link->ends) == -1)
			return -1;
		links->count++;
	}
	return 0;
}

/* A child finds the ends of its own room's channels. */
static bool
is_found(const struct link *link, int end)
{
	return link->between.numbers[end] != FD_COMES_LATER;
}

/* Chooses the descriptors that a child finds open, after its control channel.
 * Returns their number. */
static size_t
choose_fds(struct spawner *sp, const struct links *links, unsigned int child,
    struct spawn_fd *fds)
{
	const struct spawn_kit *kit = sp->kit;
	const unsigned int needs =
	    process_table[kit->family.at[child].process].needs;
	size_t n = 0;

	for (size_t i = 0; i < links->count; i++)
		for (int end = 0; end < 2; end++) {
			const struct link *link = &links->at[i];

			if (link->between.children[end] == child &&
			    is_found(link, end))
				fds[n++] = (struct spawn_fd){
					link->ends[end],
					link->between.numbers[end],
				};
		}
	if ((needs & NEEDS_STATE_DIR) != 0)
		fds[n++] = (struct spawn_fd){ kit->state_dir, FD_STATE_DIR };
	if ((needs & NEEDS_ROOM_FILE) != 0)
		fds[n++] = (struct spawn_fd){
			room_store_file(&sp->rooms, kit->family.at[child].room),
			FD_ROOM,
		};
	if ((needs & NEEDS_ACCESS_KEYS) != 0)
		fds[n++] = (struct spawn_fd){
			room_store_access(&sp->rooms,
			    kit->family.at[child].room),
			FD_ACCESS,
		};
	if ((needs & NEEDS_LISTENER) != 0 && kit->control->fd != -1)
		fds[n++] = (struct spawn_fd){ kit->control->fd, FD_LISTENER };
	if ((needs & NEEDS_KEPT) != 0 && sp->kept != -1)
		fds[n++] = (struct spawn_fd){ sp->kept, FD_KEPT };
	if ((needs & NEEDS_FLEET) != 0 && kit->credentials != -1)
		fds[n++] =
		    (struct spawn_fd){ kit->credentials, FD_CREDENTIALS };
	if ((needs & NEEDS_SOCKETS) != 0)
		for (size_t i = 0; i < kit->sockets.count; i++)
			fds[n++] = (struct spawn_fd){ kit->sockets.fds[i],
				i == 0 ? FD_UDP : FD_UDP_SECOND };
	return n;
}

/* When this child has ended, the terminal has to be put back from now on. */
static void
note_terminal_used(struct spawner *sp, int pidfd)
{
	spawner_close(&sp->ui);
	sp->ui = fcntl(pidfd, F_DUPFD_CLOEXEC, 0);
	sp->terminal.used = true;
}

/* Starts a child with its descriptors, and reports it. */
static int
start(struct spawner *sp, const struct links *links, unsigned int child)
{
	const struct spawn_kit *kit = sp->kit;
	const enum process_id id = kit->family.at[child].process;
	struct spawned s = { .event = SPAWN_STARTED, .child = (uint8_t)child };
	struct spawn_fd fds[SPAWN_FDS_MAX];
	struct spawned_child made;
	size_t count;
	int control[2], result;

	if (((process_table[id].needs & NEEDS_ROOM_FILE) != 0 &&
		room_store_file(&sp->rooms, kit->family.at[child].room) ==
		    -1) ||
	    ((process_table[id].needs & NEEDS_ACCESS_KEYS) != 0 &&
		room_store_access(&sp->rooms, kit->family.at[child].room) ==
		    -1))
		return -1;
	if (make_pair(control) == -1)
		return -1;
	fds[0] = (struct spawn_fd){ control[1], FD_CONTROL };
	count = 1 + choose_fds(sp, links, child, &fds[1]);
	result = spawn(&kit->paths, id, kit->mode, fds, count, &made);
	close(control[1]);
	if (result == 0) {
		s.pid = made.pid;
		s.isolated = made.isolated;
		if ((process_table[id].needs & NEEDS_TERMINAL) != 0)
			note_terminal_used(sp, made.pidfd);
		result = spawner_report(sp, &s,
		    (int[]){ control[0], made.pidfd }, 2);
		close(made.pidfd);
	}
	close(control[0]);
	return result;
}

/* The ends that are left belong to processes that live on, or that are for all
 * rooms. */
static int
hand_over(struct spawner *sp, const struct links *links, uint64_t set)
{
	int result = 0;

	for (size_t i = 0; i < links->count; i++)
		for (int end = 0; end < 2; end++) {
			const struct link *link = &links->at[i];
			const unsigned int *children = link->between.children;
			const struct spawned s = {
				.event = SPAWN_END_LEFT,
				.child = (uint8_t)children[end],
				.other = (uint8_t)children[1 - end],
			};

			if (result == 0 &&
			    !(has_child(set, link, end) && is_found(link, end)))
				result =
				    spawner_report(sp, &s, &link->ends[end], 1);
		}
	return result;
}

/* A room at the same bootnode as another gets the key that its cryptod has. */
static void
share_access(struct spawner *sp, const struct wish *wish)
{
	const struct family *f = &sp->kit->family;

	if (wish->access == 0 || wish->access > ROOMS_MAX)
		return;
	for (unsigned int child = 0; child < f->count; child++)
		if ((wish->children & CHILD_BIT(child)) != 0 &&
		    family_role(f, child) == ROLE_CRYPTOD)
			room_store_share(&sp->rooms, f->at[child].room,
			    wish->access - 1);
}

/* If the channels cannot be made, the first child counts as not started. */
static void
start_children(struct spawner *sp, const struct wish *wish)
{
	const struct family *f = &sp->kit->family;
	const uint64_t set = wish->children & family_all(f);
	unsigned int at = 0;
	struct links links;
	int result;

	if (set == 0)
		return;
	while ((set & CHILD_BIT(at)) == 0)
		at++;
	share_access(sp, wish);
	result = make_links(f, wish, &links);
	for (unsigned int child = at; result == 0 && child < f->count; child++)
		if ((set & CHILD_BIT(child)) != 0) {
			at = child;
			result = start(sp, &links, child);
		}
	spawner_close(&sp->kept); /* none gets it twice */
	if (result == 0)
		result = hand_over(sp, &links, set);
	if (result == -1)
		spawner_report_failure(sp, SPAWN_FAILED, at, errno);
	for (size_t i = 0; i < links.count; i++)
		for (int end = 0; end < 2; end++)
			spawner_close(&links.at[i].ends[end]);
}

static void
grant(struct spawner *sp, const struct wish *wish)
{
	switch ((enum wish_kind)wish->kind) {
	case WISH_CHILDREN:
		start_children(sp, wish);
		break;
	case WISH_SCREEN_GIVEN:
	case WISH_TERMINAL_RESTORED:
		note_terminal(sp, wish);
		break;
	case WISH_RESOLVER:
	case WISH_CONNECTOR:
	case WISH_RELOAD:
		spawner_grant_reader(sp, wish);
		break;
	case WISH_MEMORY:
	case WISH_SUCCESSOR:
	case WISH_END_SUCCESSOR:
		spawner_grant_successor(sp, wish);
		break;
	case WISH_FORGET_ROOM:
	case WISH_KEEP_ROOM:
	case WISH_NAME_FILE:
	case WISH_FORGET_FILE:
		spawner_grant_room(sp, wish);
		break;
	case WISH_STOP_JOB:
		kill(0, SIGTSTP);
		break;
	case WISH_END:
		forget_secrets(sp);
		remove_sockets(sp->kit);
		_exit(0);
	}
}

static void __attribute__((noreturn)) run(struct spawner *sp)
{
	struct wish wish;

	while (hear(sp, &wish))
		grant(sp, &wish);
	outlive_launcher(sp);
}

/* The terminal's signals are the launcher's business. */
static void
ignore_signals(void)
{
	static const int ignored[] = { SIGINT, SIGQUIT, SIGHUP, SIGTERM,
		SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, SIGUSR1, SIGUSR2 };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
}

int
spawner_start(const struct spawn_kit *kit)
{
	struct spawner sp = {
		.kit = kit,
		.ui = -1,
		.reader = -1,
		.kept = kit->kept,
		.memory = -1,
		.successor = -1,
		.untold = -1,
		.terminal = *kit->terminal,
	};
	int pair[2];
	pid_t pid;

	if (make_pair(pair) == -1)
		return -1;
	pid = fork();
	if (pid == -1) {
		close(pair[0]);
		close(pair[1]);
		return -1;
	}
	if (pid > 0) {
		close(pair[1]);
		return pair[0];
	}
	ignore_signals();
	signal(SIGCHLD, SIG_IGN); /* the resolver needs no burial */
	close(pair[0]);
	sp.launcher = pair[1];
	if (prctl(PR_SET_DUMPABLE, 0) == -1 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1) {
		spawner_report_failure(&sp, SPAWN_FAILED, SPAWN_ITSELF, errno);
		_exit(1);
	}
	if (kit->predecessor != -1)
		close(kit->predecessor); /* the launcher's alone */
	setproctitle("spawner");
	room_store_init(&sp.rooms, kit->state_dir, kit->secret, kit->access,
	    kit->files);
	room_memory_pin(&sp.credentials, kit->credentials);
	sp.its_pidfd = (int)syscall(SYS_pidfd_open, getppid(), 0);
	run(&sp);
}
