/*
 * The main loop of a child. See loop.h.
 */
#include "common/loop.h"

#include "common/clock.h"
#include "common/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

/* The first channel is the control channel. */
#define POLLED_MAX (1 + LOOP_CHANNELS + LOOP_FDS)

void
loop_init(struct loop *l, struct child *child, void *self, uint64_t *now)
{
	memset(l, 0, sizeof(*l));
	l->child = child;
	l->self = self;
	l->now = now;
	*now = clock_now();
}

struct loop_channel *
loop_add(struct loop *l, struct ipc_channel *ch, int turn)
{
	size_t i = 0;

	while (i < l->channel_count && l->channels[i].channel != NULL)
		i++;
	if (i == LOOP_CHANNELS)
		__builtin_trap(); /* one too many */
	if (i == l->channel_count)
		l->channel_count++;
	l->channels[i] = (struct loop_channel){
		.channel = ch,
		.self = l->self,
		.turn = turn,
	};
	return &l->channels[i];
}

void
loop_remove(struct loop *l, const struct ipc_channel *ch)
{
	for (size_t i = 0; i < l->channel_count; i++)
		if (l->channels[i].channel == ch)
			l->channels[i].channel = NULL;
}

static bool
is_open(const struct loop_channel *c)
{
	return c->channel != NULL && c->channel->fd != -1;
}

static bool
may_read(const struct loop_channel *c, bool gone)
{
	return c->may_read == NULL || c->may_read(c->self, gone);
}

static void
flush(struct loop *l)
{
	ipc_flush(&l->child->control);
	for (size_t i = 0; i < l->channel_count; i++)
		if (is_open(&l->channels[i]))
			ipc_flush(l->channels[i].channel);
}

/* Hands a message on. Returns false if its receiver refuses it. */
static bool
hand_on(struct loop *l, void *self, struct ipc_message_in *in)
{
	in->now = *l->now = clock_now();
	if (dispatch_message(&l->handlers, self, in) == 0)
		return true;
	flush(l); /* the answers to what was right */
	return false;
}

static void
hand_on_from(struct loop *l, const struct loop_channel *c,
    struct ipc_message_in *in)
{
	if (hand_on(l, c->self, in))
		return;
	if (!c->wary)
		child_fault(l->child, c->channel, in->type);
	child_accuse(l->child, c->channel, in->type);
	c->gone(c->self, c->channel);
}

/* A process that ends with its neighbour does not close the channel: close() is
 * not in its filter. */
static enum ipc_result
receive(const struct loop *l, const struct loop_channel *c,
    struct ipc_message_in *in)
{
	if (c->wary)
		return child_receive_wary(l->child, c->channel, in);
	if (c->gone != NULL)
		return child_receive_from(l->child, c->channel, in);
	return child_receive(l->child, c->channel, in) ? IPC_GOT : IPC_EMPTY;
}

/* Takes the messages that have come, up to a fair share; or all of them, if the
 * channel is gone. */
static void
serve(struct loop *l, const struct loop_channel *c, bool gone)
{
	struct ipc_message_in in;

	for (int left = gone ? INT_MAX : c->turn;
	     left > 0 && is_open(c) && may_read(c, gone); left--)
		switch (receive(l, c, &in)) {
		case IPC_GOT:
			hand_on_from(l, c, &in);
			break;
		case IPC_CLOSED:
			c->gone(c->self, c->channel);
			return;
		default:
			return;
		}
}

static void
end(struct loop *l, const struct loop_channel *c)
{
	if (!is_open(c))
		return;
	if (c->heard_out) {
		serve(l, c, true);
		return;
	}
	ipc_close(c->channel);
	c->gone(c->self, c->channel);
}

void
loop_end(struct loop *l, struct ipc_channel *ch)
{
	for (size_t i = 0; i < l->channel_count; i++)
		if (l->channels[i].channel == ch)
			end(l, &l->channels[i]);
}

static void
serve_control(struct loop *l)
{
	struct ipc_channel *control = &l->child->control;
	struct ipc_message_in in;

	while (child_receive(l->child, control, &in))
		if (!hand_on(l, l->self, &in))
			child_fault(l->child, control, in.type);
}

/* Fills in the descriptors to wait for. Returns their number. */
static size_t
poll_set(struct loop *l, struct pollfd fds[POLLED_MAX])
{
	const struct ipc_channel *control = &l->child->control;
	size_t n = 0;

	l->polled = l->channel_count;
	fds[n++] = (struct pollfd){ control->fd, ipc_poll_events(control), 0 };
	for (size_t i = 0; i < l->channel_count; i++) {
		const struct loop_channel *c = &l->channels[i];
		struct pollfd *fd = &fds[n++];

		*fd = (struct pollfd){ -1, 0, 0 };
		if (c->off || !is_open(c))
			continue;
		fd->fd = c->channel->fd;
		fd->events = ipc_poll_events(c->channel);
		if (!may_read(c, false))
			fd->events &= (short)~POLLIN;
	}
	for (size_t i = 0; i < l->fd_count; i++)
		fds[n++] = l->fds[i];
	return n;
}

/* A neighbour that is gone comes first: the new end gets the number of the old
 * one. */
static void
serve_channels(struct loop *l, const struct pollfd *fds)
{
	const struct pollfd *of = fds + 1;

	for (size_t i = 0; i < l->polled; i++)
		if ((of[i].revents & (POLLHUP | POLLERR)) != 0 &&
		    l->channels[i].gone != NULL)
			end(l, &l->channels[i]);
	if (fds[0].revents != 0)
		serve_control(l);
	for (size_t i = 0; i < l->polled; i++)
		if (of[i].revents != 0)
			serve(l, &l->channels[i], false);
}

static void
serve_fds(struct loop *l, const struct pollfd *fds)
{
	bool any = false;

	for (size_t i = 0; i < l->fd_count; i++) {
		l->fds[i].revents = fds[i].revents;
		any |= fds[i].revents != 0;
	}
	if (any)
		l->ready(l->self);
}

/* Messages that wait here, where poll does not see them, are as good as any in
 * the socket. Returns whether there is one that may be taken. */
static bool
find_held(const struct loop *l, struct pollfd *of)
{
	bool any = false;

	for (size_t i = 0; i < l->polled; i++)
		if ((of[i].events & POLLIN) != 0 && of[i].fd != -1 &&
		    ipc_holds(l->channels[i].channel)) {
			of[i].revents |= POLLIN;
			any = true;
		}
	return any;
}

static void
wait_for_any(struct loop *l, struct pollfd *fds, size_t count)
{
	struct timespec ts;

	l->due = l->deadline != NULL ? l->deadline(l->self) : CLOCK_NEVER;
	if (find_held(l, fds + 1))
		l->due = *l->now;
	if (ppoll(fds, count, clock_timeout(*l->now, l->due, &ts),
		l->waiting) == -1 &&
	    errno != EINTR)
		fatal("poll: %s", strerror(errno));
	find_held(l, fds + 1);
	*l->now = clock_now();
}

void
loop_turn(struct loop *l)
{
	struct pollfd fds[POLLED_MAX];

	flush(l);
	wait_for_any(l, fds, poll_set(l, fds));
	if (l->woke == NULL || l->woke(l->self)) {
		serve_channels(l, fds);
		serve_fds(l, fds + 1 + l->polled);
	}
	if (l->work != NULL)
		l->work(l->self);
}
