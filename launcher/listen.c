/*
 * Messages of the children and the resolver. See listen.h.
 */
#include "launcher/listen.h"

#include "common/log.h"
#include "launcher/children.h"
#include "launcher/logfile.h"
#include "launcher/resolve.h"
#include "launcher/screen.h"
#include "launcher/supervised.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The bootnode does not answer: if it has a name, that may have another address
 * by now. netd does not ask often. */
static void
on_resolve(struct supervisor *s, const struct supervised *netd)
{
	struct room *room = supervised_room(s, netd);
	uint64_t now = kernel_now(&s->kernel);

	if (room->resolver != -1 || room->resolving ||
	    s->options->mode != MODE_CLIENT ||
	    endpoint_is_numeric(&s->options->bootnode) ||
	    now - room->resolved_at < RESOLVE_SPACING)
		return;
	room->resolved_at = now;
	children_resolve(s, (unsigned int)(room - s->rooms));
}

static void
on_fault(struct supervisor *s, const struct supervised *reporter,
    const struct ipc_fault *fault)
{
	enum role culprit = (enum role)fault->role;
	unsigned int child = family_neighbour(&s->family,
	    (unsigned int)(reporter - s->children), culprit, fault->room);

	log_error("%s: message %s from %s is not allowed: ending it",
	    role_name(reporter->role),
	    ipc_type_name((enum ipc_type)fault->type), role_name(culprit));
	if (child < s->family.count)
		supervised_kill(s, &s->children[child]);
}

static void
on_ready(struct supervisor *s, struct supervised *child,
    const struct ipc_ready *ready)
{
	const bool first = !supervised_all_ready(s);
	struct room *room = supervised_room(s, child);

	child->due = CLOCK_NEVER;
	s->ready |= supervised_bit(s, child);
	if (first && supervised_all_ready(s) && !s->ending)
		service_ready(s);
	/* The first netd has not read a byte from the network at this point. */
	if (child->role == ROLE_NETD && room->port == 0)
		room->port = ready->port;
	children_log_refused(child->role, ready->degraded);
	log_debug("%s is in its sandbox", role_name(child->role));
}

static void
on_remember(struct room *room, const struct ipc_remember *remember)
{
	char err[256];

	room->remembered = true;
	memcpy(room->boot_key, remember->boot_key, sizeof(room->boot_key));
	if (room->known.fd == -1)
		return;
	if (known_bootnodes_append(&room->known, room->bootnode,
		remember->boot_key, err, sizeof(err)) == -1)
		log_warn("%s", err);
	else
		log_info("remembered the bootnode's key in known_bootnodes");
	close(room->known.fd); /* only once: a second key would be a conflict */
	room->known.fd = -1;
}

static void
on_log(const struct supervisor *s, struct supervised *child,
    const struct ipc_message_in *in)
{
	const struct ipc_log *line = in->body;
	const struct log_entry entry = {
		.role = child->role,
		.level = (enum log_level)line->level,
		.event = line->event,
		.text = (const char *)in->tail,
		.len = in->tail_len,
	};
	uint64_t now = kernel_now(&s->kernel);

	if (now - child->log_time >= USEC_PER_SEC) {
		if (child->log_lost > 0)
			log_warn("%u lines of %s were left out: too many",
			    child->log_lost, role_name(child->role));
		child->log_time = now;
		child->log_lines = child->log_lost = 0;
	}
	if (++child->log_lines > LOG_LINES_MAX)
		child->log_lost++;
	else
		logfile_write(&entry);
}

static void
on_message(struct supervisor *s, struct supervised *child,
    const struct ipc_message_in *in)
{
	const struct ipc_violation *violation = in->body;

	switch (in->type) {
	case IPC_STOP:
		s->stop_asked = true;
		break;
	case IPC_SCREEN_ASK:
		screen_give(s);
		break;
	case IPC_LOG:
		on_log(s, child, in);
		break;
	case IPC_FAREWELL:
		logfile_farewell((const char *)in->tail, in->tail_len);
		break;
	case IPC_READY:
		on_ready(s, child, in->body);
		break;
	case IPC_VIOLATION:
		child->violation = violation->syscall;
		break;
	case IPC_FAULT:
		on_fault(s, child, in->body);
		break;
	case IPC_RESOLVE:
		on_resolve(s, child);
		break;
	case IPC_FIGURES:
		service_figures(s, in->body);
		break;
	case IPC_PONG:
		service_pong(s, child);
		break;
	case IPC_REMEMBER:
		on_remember(supervised_room(s, child), in->body);
		break;
	default:
		break;
	}
}

void
listen_child(struct supervisor *s, struct supervised *child)
{
	struct ipc_message_in in;

	for (int i = 0; i < LISTEN_MAX; i++) {
		switch (ipc_receive(&child->channel, &in)) {
		case IPC_GOT:
			on_message(s, child, &in);
			continue;
		case IPC_EMPTY:
			return;
		case IPC_CLOSED:
			ipc_close(&child->channel);
			return;
		case IPC_FAULTY:
			log_error("message %s from %s is not allowed: ending "
				  "it",
			    ipc_type_name(in.type), role_name(child->role));
			ipc_close(&child->channel);
			supervised_kill(s, child);
			return;
		}
	}
}

/* The name has been resolved. */
static void
resolved(struct supervisor *s, struct room *room, const struct resolved *r)
{
	const unsigned int number = (unsigned int)(room - s->rooms);

	if (r->left_out > 0)
		log_warn("the bootnode %s has %u addresses too many: the first "
			 "%d are tried",
		    logfile_address(room->bootnode), r->left_out,
		    BOOT_ADDRS_MAX);
	room->boot_addrs = r->addrs; /* a later netd gets them, too */
	ipc_send(&supervised_of(s, ROLE_NETD, number)->channel, IPC_BOOT_ADDRS,
	    &r->addrs, NULL, 0);
}

void
listen_resolver(struct supervisor *s, struct room *room)
{
	struct resolved r;
	struct iovec iov = { &r, sizeof(r) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(room->resolver, &msg, MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof(r)) {
		close(room->resolver);
		room->resolver = -1;
		return;
	}
	r.error[sizeof(r.error) - 1] = '\0';
	if (r.addrs.count > BOOT_ADDRS_MAX)
		return;
	if (r.addrs.count > 0)
		resolved(s, room, &r);
	else if (!room->complained)
		log_warn("cannot resolve the bootnode %s: %s; still trying",
		    logfile_address(room->bootnode), r.error);
	room->complained = true;
}
