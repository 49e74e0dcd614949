/*
 * The launcher's side of the other three: starting and configuring them, and
 * what they say. See supervise.h.
 */
#include "launcher/supervise.h"

#include "common/log.h"
#include "common/sandbox.h"
#include "launcher/configure.h"
#include "launcher/logfile.h"
#include "launcher/needs.h"
#include "launcher/resolve.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
children_signal(struct supervisor *s, enum role role, int sig)
{
	if (s->children[role].pid != 0)
		syscall(SYS_pidfd_send_signal, s->children[role].pidfd, sig,
		    NULL, 0);
}

void
children_kill(struct supervisor *s, enum role role)
{
	struct supervised *child = &s->children[role];

	if (!child->killed)
		child->due = clock_now() + KILL_PATIENCE;
	child->killed = true;
	children_signal(s, role, SIGKILL);
}

void
children_end(struct supervisor *s, enum role role)
{
	ipc_close(&s->children[role].channel);
	children_kill(s, role);
}

/* --- Starting -------------------------------------------------------- */

static void
configure(struct supervisor *s, enum role role)
{
	struct ipc_channel *ch = &s->children[role].channel;
	struct ipc_config_netd netd;
	struct ipc_config_cryptod cryptod;
	struct ipc_config_ui ui;

	ipc_send(ch, IPC_PRIVILEGES, &s->privileges, NULL, 0);
	switch (role) {
	case ROLE_NETD:
		configure_netd(&netd, s->options, s->sockets_given,
		    s->incarnation, s->port, &s->boot_addrs);
		memcpy(netd.alias_key, s->alias_key, sizeof(netd.alias_key));
		ipc_send(ch, IPC_CONFIG_NETD, &netd, NULL, 0);
		break;
	case ROLE_CRYPTOD:
		configure_cryptod(&cryptod, s->options, s->run, s->incarnation,
		    s->remembered ? s->boot_key : NULL);
		ipc_send(ch, IPC_CONFIG_CRYPTOD, &cryptod, NULL, 0);
		break;
	default:
		configure_ui(&ui, s->options, s->ui_starts, s->state_dir);
		ipc_send(ch, IPC_CONFIG_UI, &ui, NULL, 0);
	}
}

static void
started(struct supervisor *s, const struct spawned *spawned, const int fds[2])
{
	enum role role = (enum role)spawned->role;
	struct supervised *child = &s->children[role];

	s->starting &= ~ROLE_BIT(role);
	if (role == ROLE_LAUNCHER) { /* its resolver */
		s->resolver = fds[0];
		return;
	}
	*child = (struct supervised){
		.pid = spawned->pid,
		.pidfd = fds[1],
		.due = clock_now() + READY_PATIENCE,
		.violation = -1,
	};
	ipc_open(&child->channel, fds[0], ROLE_LAUNCHER, role,
	    IN_MODE(s->options->mode));
	service_started(s, role);
	if (role == ROLE_UI)
		s->terminal.used = true;
	if (!spawned->isolated)
		log_info("%s runs without a pid namespace: the system refused "
			 "it",
		    role_name(role));
	if (s->ending) /* too late */
		children_end(s, role);
	else
		configure(s, role);
}

/* One that lives on has a new neighbour: its end of their channel. */
static void
pass_on(struct supervisor *s, const struct spawned *spawned, int fd)
{
	enum role role = (enum role)spawned->role;
	struct ipc_channel_end end = {
		.role = spawned->other,
		.incarnation = s->incarnation,
	};

	if (ipc_send_end(&s->children[role].channel, &end, fd) == -1)
		children_kill(s, role); /* and start it anew */
	close(fd);
}

/* One could not be started, and with it what was to come after it. */
static int
not_started(struct supervisor *s, const struct spawned *spawned)
{
	const char *why = needs_reason(spawned->error);

	if (spawned->role == ROLE_LAUNCHER) {
		log_warn("cannot start a resolver: %s", why);
		s->starting &= ~RESOLVER_BIT;
		return 0;
	}
	log_error("cannot start %s: %s",
	    spawned->role < ROLE_COUNT ? role_name((enum role)spawned->role)
				       : "the spawner",
	    why);
	s->starting = 0;
	return -1;
}

/* Does without the spawner from now on. Returns -1 if that is the end. */
static int
lose_spawner(struct supervisor *s, const char *why)
{
	unsigned int missing = s->starting & ALL_ROLES;
	enum role first = ROLE_UI;

	close(s->spawner);
	s->spawner = -1;
	s->starting = 0;
	while (first > ROLE_NETD && (missing & ROLE_BIT(first)) == 0)
		first--;
	if (missing != 0)
		log_error("cannot start %s: the spawner %s", role_name(first),
		    why);
	else if (!s->ending)
		log_event(LOG_ERROR, "died",
		    "child=spawner msg=the spawner %s: what dies now cannot be "
		    "started anew",
		    why);
	/* Under systemd all is, at once. */
	return missing == 0 && s->service.notify.fd == -1 ? 0 : -1;
}

/* A call on the socket to it has failed. */
static int
no_word_with_spawner(struct supervisor *s, const char *what)
{
	char why[256];

	if (errno == EPIPE || errno == ECONNRESET)
		return lose_spawner(s, "is gone");
	if (errno == EAGAIN) /* it reads nothing */
		return lose_spawner(s, "does not answer");
	(void)snprintf(why, sizeof(why), "cannot be %s: %s", what,
	    needs_reason(errno));
	return lose_spawner(s, why);
}

int
children_start(struct supervisor *s, unsigned int roles)
{
	if ((roles & ROLE_BIT(ROLE_NETD)) != 0)
		s->incarnation++;
	if ((roles & ROLE_BIT(ROLE_UI)) != 0)
		s->ui_starts++;
	if (s->spawner == -1) {
		log_error("nothing can be started any more: the spawner is "
			  "gone");
		return -1;
	}
	s->starting |= roles;
	s->answer_by = clock_now() + SPAWN_PATIENCE;
	if (spawner_ask(s->spawner, roles) == 0)
		return 0;
	return no_word_with_spawner(s, "asked");
}

int
children_arrive(struct supervisor *s)
{
	struct spawned spawned = { 0 };
	int fds[2], result;

	if (s->spawner == -1) /* lost since the poll */
		return 0;
	while ((result = spawner_receive(s->spawner, &spawned, fds)) == 1) {
		switch ((enum spawn_event)spawned.event) {
		case SPAWN_STARTED:
			started(s, &spawned, fds);
			break;
		case SPAWN_END_LEFT:
			pass_on(s, &spawned, fds[0]);
			break;
		case SPAWN_FAILED:
			if (not_started(s, &spawned) == -1)
				return -1;
			break;
		}
	}
	if (result == 0)
		return 0;
	return no_word_with_spawner(s, "heard");
}

int
children_overdue(struct supervisor *s)
{
	return lose_spawner(s, "does not answer");
}

void
children_notice(struct supervisor *s)
{
	struct ipc_channel *ui = &s->children[ROLE_UI].channel;
	enum log_level level;
	const char *text;
	size_t len;

	while (ui->fd != -1 && (text = logfile_take(&level, &len)) != NULL) {
		struct ipc_log notice = { .level = (uint8_t)level };

		ipc_send(ui, IPC_NOTICE, &notice, text,
		    len < LOG_TEXT_MAX ? len : LOG_TEXT_MAX);
	}
}

/* --- What they say ---------------------------------------------------- */

/* The bootnode does not answer: if it has a name, perhaps that has another
 * address by now. netd does not ask often. */
static void
on_resolve(struct supervisor *s)
{
	uint64_t now = clock_now();

	if (s->resolver != -1 || (s->starting & RESOLVER_BIT) != 0 ||
	    s->options->mode != MODE_CLIENT ||
	    endpoint_is_numeric(&s->options->bootnode) ||
	    now - s->resolved_at < RESOLVE_SPACING)
		return;
	s->resolved_at = now;
	children_start(s, RESOLVER_BIT);
}

/* Those that have a channel to each other. */
static bool
are_neighbours(enum role a, enum role b)
{
	return a != b && a != ROLE_LAUNCHER && b != ROLE_LAUNCHER &&
	    (a == ROLE_CRYPTOD || b == ROLE_CRYPTOD);
}

static void
on_fault(struct supervisor *s, enum role reporter,
    const struct ipc_fault *fault)
{
	enum role culprit = (enum role)fault->role;

	log_error("%s: message %s from %s is not allowed: ending it",
	    role_name(reporter), ipc_type_name((enum ipc_type)fault->type),
	    role_name(culprit));
	if (are_neighbours(reporter, culprit))
		children_kill(s, culprit);
}

void
supervise_log_refused(enum role role, unsigned int steps)
{
	for (unsigned int bit = 0; sandbox_step_name(bit) != NULL; bit++)
		if ((steps & 1u << bit) != 0)
			log_info("%s runs without %s: the system refused it",
			    role_name(role), sandbox_step_name(bit));
}

static void
on_ready(struct supervisor *s, enum role role, const struct ipc_ready *ready)
{
	s->children[role].due = CLOCK_NEVER;
	if (s->ready != ALL_ROLES && (s->ready | ROLE_BIT(role)) == ALL_ROLES &&
	    !s->ending)
		service_ready(s);
	s->ready |= ROLE_BIT(role);
	/* Of the first, which had not read a byte from the network. */
	if (role == ROLE_NETD && s->port == 0)
		s->port = ready->port;
	supervise_log_refused(role, ready->degraded);
	log_debug("%s is in its sandbox", role_name(role));
}

static void
on_remember(struct supervisor *s, const struct ipc_remember *remember)
{
	char err[256];

	s->remembered = true;
	memcpy(s->boot_key, remember->boot_key, sizeof(s->boot_key));
	if (s->known.fd == -1)
		return;
	if (known_bootnodes_append(&s->known, s->bootnode, remember->boot_key,
		err, sizeof(err)) == -1)
		log_warn("%s", err);
	else
		log_info("remembered the bootnode's key in known_bootnodes");
	close(s->known.fd); /* once: a second key would be a conflict */
	s->known.fd = -1;
}

static void
on_log(struct supervised *child, enum role role,
    const struct ipc_message_in *in)
{
	const struct ipc_log *line = in->body;
	const struct log_entry entry = {
		.role = role,
		.level = (enum log_level)line->level,
		.event = line->event,
		.text = (const char *)in->tail,
		.len = in->tail_len,
	};
	uint64_t now = clock_now();

	if (now - child->log_time >= USEC_PER_SEC) {
		if (child->log_lost > 0)
			log_warn("%u lines of %s were left out: too many",
			    child->log_lost, role_name(role));
		child->log_time = now;
		child->log_lines = child->log_lost = 0;
	}
	if (++child->log_lines > LOG_LINES_MAX)
		child->log_lost++;
	else
		logfile_write(&entry);
}

static void
on_message(struct supervisor *s, enum role role,
    const struct ipc_message_in *in)
{
	const struct ipc_violation *violation = in->body;

	switch (in->type) {
	case IPC_STOP:
		s->stop_asked = true;
		break;
	case IPC_SCREEN_ASK:
		supervise_give_screen(s);
		break;
	case IPC_LOG:
		on_log(&s->children[role], role, in);
		break;
	case IPC_FAREWELL:
		logfile_farewell((const char *)in->tail, in->tail_len);
		break;
	case IPC_READY:
		on_ready(s, role, in->body);
		break;
	case IPC_VIOLATION:
		s->children[role].violation = violation->syscall;
		break;
	case IPC_FAULT:
		on_fault(s, role, in->body);
		break;
	case IPC_RESOLVE:
		on_resolve(s);
		break;
	case IPC_FIGURES:
		service_figures(s, in->body);
		break;
	case IPC_PONG:
		service_pong(s, role);
		break;
	case IPC_REMEMBER:
		on_remember(s, in->body);
		break;
	default:
		break;
	}
}

void
children_listen(struct supervisor *s, enum role role)
{
	struct supervised *child = &s->children[role];
	struct ipc_message_in in;

	for (int i = 0; i < LISTEN_MAX; i++) {
		switch (ipc_receive(&child->channel, &in)) {
		case IPC_GOT:
			on_message(s, role, &in);
			continue;
		case IPC_EMPTY:
			return;
		case IPC_CLOSED:
			ipc_close(&child->channel);
			return;
		case IPC_FAULTY:
			log_error("message %s from %s is not allowed: ending "
				  "it",
			    ipc_type_name(in.type), role_name(role));
			ipc_close(&child->channel);
			children_kill(s, role);
			return;
		}
	}
}

void
children_resolved(struct supervisor *s)
{
	struct ipc_channel *netd = &s->children[ROLE_NETD].channel;
	struct resolved r;
	struct iovec iov = { &r, sizeof(r) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(s->resolver, &msg, MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof(r)) {
		close(s->resolver);
		s->resolver = -1;
		return;
	}
	r.error[sizeof(r.error) - 1] = '\0';
	if (r.addrs.count > BOOT_ADDRS_MAX)
		return;
	if (r.addrs.count > 0) {
		if (r.left_out > 0)
			log_warn("the bootnode %s has %u addresses too many: "
				 "the first %d are tried",
			    logfile_address(s->bootnode), r.left_out,
			    BOOT_ADDRS_MAX);
		s->boot_addrs = r.addrs; /* for a netd to come, too */
		ipc_send(netd, IPC_BOOT_ADDRS, &r.addrs, NULL, 0);
	} else if (!s->resolver_complained)
		log_warn("cannot resolve the bootnode %s: %s; still trying",
		    logfile_address(s->bootnode), r.error);
	s->resolver_complained = true;
}
