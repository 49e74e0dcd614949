/*
 * The control socket. See control.h.
 */
#include "ui/bootnode/control.h"

#include "ui/ask.h"
#include "ui/bootnode/answer.h"
#include "ui/leave.h"

#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define FOREACH_CONNECTION(c, ctl)                      \
	for (struct connection *c = (ctl)->connections; \
	     c < (ctl)->connections + CONTROL_CONNECTIONS; c++)

static size_t
left(const struct connection *c)
{
	return c->out.len - c->written;
}

static void
close_connection(struct connection *c)
{
	close(c->fd);
	buf_free(&c->out);
	memset(c, 0, sizeof(*c));
	c->fd = -1;
}

/* --- Requests ------------------------------------------------------------- */

static void
finish(struct control *ctl, struct connection *c)
{
	answer_end(&c->out, ctl->ui, &c->request, c->count);
	c->busy = c->more = c->awaits_stats = false;
	c->ticket = 0;
}

static void
fail(struct control *ctl, struct connection *c, const char *why, size_t len)
{
	answer_error(&c->out, ctl->ui, why, len);
	c->busy = c->more = c->awaits_stats = false;
	c->ticket = 0;
}

static void
take_ticket(struct control *ctl, struct connection *c, uint64_t patience)
{
	if (++ctl->ticket == 0)
		ctl->ticket = 1;
	c->ticket = ctl->ticket;
	c->answer_by = ctl->ui->now + patience;
}

/* Asks netd for the next page. */
static void
ask_page(struct control *ctl, struct connection *c)
{
	static const char none[] = "cryptod is being restarted: try again";
	struct room *room = ctl->ui->front;

	c->more = false;
	take_ticket(ctl, c, CONTROL_PATIENCE);
	c->request.operate.ticket = c->ticket;
	if (ipc_send(&room->cryptod, IPC_OPERATE, &c->request.operate, NULL,
		0) == -1)
		fail(ctl, c, none, sizeof(none) - 1);
}

/* Asks the launcher to read the settings again. */
static void
ask_reload(struct control *ctl, struct connection *c)
{
	struct ipc_reload body;

	take_ticket(ctl, c, CONTROL_RELOAD_PATIENCE);
	body.ticket = c->ticket;
	ipc_send(ctl->ui->launcher, IPC_RELOAD, &body, NULL, 0);
}

static void
begin(struct control *ctl, struct connection *c)
{
	c->busy = true;
	c->count = 0;
	if (c->request.command == REQUEST_STATUS) {
		c->awaits_stats = true;
		c->answer_by = ctl->ui->now + CONTROL_PATIENCE;
		ui_fetch_status(ctl->ui->front);
	} else if (c->request.command == REQUEST_RELOAD) {
		ask_reload(ctl, c);
	} else {
		ask_page(ctl, c);
	}
}

/* Takes a whole line, if there is one, or fails on one that is too long. */
static void
take_line(struct control *ctl, struct connection *c)
{
	static const char too_long[] = "the line is too long";
	struct buf why = { 0 };
	char *end = memchr(c->in, '\n', c->in_len);
	size_t len;

	if (end == NULL) {
		if (c->in_len == sizeof(c->in)) {
			fail(ctl, c, too_long, sizeof(too_long) - 1);
			c->in_len = 0;
			c->ended = true;
		}
		return;
	}
	len = (size_t)(end - c->in);
	if (request_line(&c->request, c->in, len, &why) == 0)
		begin(ctl, c);
	else
		fail(ctl, c, why.bytes, why.len);
	buf_free(&why);
	c->in_len -= len + 1;
	memmove(c->in, end + 1, c->in_len);
}

/* --- Answers -------------------------------------------------------------- */

static void
drained(struct control *ctl, const struct request *r)
{
	if (r->operate.what == OPERATE_REFILL) {
		ctl->drain_by = CLOCK_NEVER;
		return;
	}
	ctl->drain_by = ctl->ui->now + r->seconds * USEC_PER_SEC;
	ui_fetch_status(ctl->ui->front); /* it may be empty already */
}

static int
on_operated(void *self, const struct ipc_message_in *in)
{
	static const char full[] =
	    "the list of those who are denied is full; nothing done";
	const struct ipc_operated *body = in->body;
	struct control *ctl = self;
	struct ipc_operated_entry e;

	FOREACH_CONNECTION(c, ctl)
	{
		if (c->ticket == 0 || c->ticket != body->ticket)
			continue;
		if (body->what != c->request.operate.what)
			return -1;
		for (size_t at = 0; at < in->tail_len; at += sizeof(e)) {
			memcpy(&e, in->tail + at, sizeof(e));
			answer_entry(&c->out, ctl->ui, &c->request, &e);
		}
		c->ticket = 0;
		c->count += body->count;
		c->request.operate.from = body->next;
		c->more = body->next != 0;
		if (c->request.command == REQUEST_DRAIN)
			drained(ctl, &c->request);
		if (body->full)
			fail(ctl, c, full, sizeof(full) - 1);
		else if (!c->more)
			finish(ctl, c);
	}
	return 0;
}

/* One reload is for all who asked before it began. */
static int
on_reloaded(void *self, const struct ipc_message_in *in)
{
	const struct ipc_reload *body = in->body;
	struct control *ctl = self;

	FOREACH_CONNECTION(c, ctl)
	{
		if (c->ticket == 0 || c->request.command != REQUEST_RELOAD ||
		    (int32_t)(body->ticket - c->ticket) < 0)
			continue;
		if (in->tail_len == 0)
			finish(ctl, c);
		else
			fail(ctl, c, (const char *)in->tail, in->tail_len);
	}
	return 0;
}

static void
stats_told(struct ui *ui, const struct ipc_stats *stats)
{
	struct control *ctl = ui->control;

	if (stats->asked)
		FOREACH_CONNECTION(c, ctl)
	if (c->awaits_stats) {
		answer_figures(&c->out, ui, c->request.text, stats);
		finish(ctl, c);
	}
	/* A ui before this one was told to. */
	if (stats->draining && ctl->drain_by == CLOCK_NEVER)
		ctl->drain_by = ui->now + DRAIN_SECONDS * USEC_PER_SEC;
	if (stats->draining && stats->sessions == 0)
		ui_quit(ui);
}

/* --- Descriptors ---------------------------------------------------------- */

static struct connection *
free_connection(struct control *ctl)
{
	FOREACH_CONNECTION(c, ctl)
	if (c->fd == -1)
		return c;
	return NULL;
}

/* While there is no channel to cryptod, its number is free, and a connection
 * must not get it. */
static bool
may_accept(struct control *ctl)
{
	return ctl->ui->front->cryptod.fd != -1 &&
	    ctl->ui->phase < UI_QUITTING && free_connection(ctl) != NULL;
}

static void
accept_one(struct control *ctl)
{
	struct connection *c;
	int fd;

	if (!may_accept(ctl))
		return;
	c = free_connection(ctl);
	fd = accept4(ctl->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd == -1)
		return;
	c->fd = fd;
	c->moved_at = ctl->ui->now;
}

static void
read_some(struct control *ctl, struct connection *c)
{
	struct iovec iov = { c->in + c->in_len, sizeof(c->in) - c->in_len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n = recvmsg(c->fd, &msg, MSG_DONTWAIT);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		c->ended = true;
		return;
	}
	c->in_len += (size_t)n;
	c->moved_at = ctl->ui->now;
}

/* Returns false if the other end is gone. */
static bool
write_some(struct control *ctl, struct connection *c)
{
	struct iovec iov = { c->out.bytes + c->written, left(c) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t n;

	if (left(c) == 0)
		return true;
	n = sendmsg(c->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n == -1)
		return errno == EAGAIN || errno == EINTR;
	c->written += (size_t)n;
	c->moved_at = ctl->ui->now;
	if (left(c) == 0) {
		c->written = 0;
		buf_free(&c->out);
	}
	return true;
}

static bool
is_idle(const struct connection *c, uint64_t now)
{
	return now >= c->moved_at + CONTROL_IDLE &&
	    !(c->ticket != 0 || c->awaits_stats);
}

static void
fail_late(struct control *ctl, struct connection *c)
{
	static const char netd[] =
	    "netd does not answer, or is being restarted: try again";
	static const char reload[] =
	    "the reload takes long; the log will say how it went";

	if (c->request.command == REQUEST_RELOAD)
		fail(ctl, c, reload, sizeof(reload) - 1);
	else
		fail(ctl, c, netd, sizeof(netd) - 1);
}

static void
work_on(struct control *ctl, struct connection *c)
{
	if (!c->busy && left(c) == 0)
		take_line(ctl, c);
	if (c->busy && c->more && left(c) <= CONTROL_OUT_MARK)
		ask_page(ctl, c);
	if ((c->ticket != 0 || c->awaits_stats) && ctl->ui->now >= c->answer_by)
		fail_late(ctl, c);
	if (!write_some(ctl, c) || is_idle(c, ctl->ui->now) ||
	    (c->ended && !c->busy && left(c) == 0 &&
		memchr(c->in, '\n', c->in_len) == NULL))
		close_connection(c);
}

/* --- The process's loop --------------------------------------------------- */

static void
choose(struct ui *ui, struct pollfd *fds)
{
	struct control *ctl = ui->control;
	struct pollfd *fd = fds + 1;

	fds[0] =
	    (struct pollfd){ may_accept(ctl) ? ctl->listener : -1, POLLIN, 0 };
	FOREACH_CONNECTION(c, ctl)
	{
		short events = (short)((left(c) > 0 ? POLLOUT : 0) |
		    (!c->ended && c->in_len < sizeof(c->in) ? POLLIN : 0));

		/* Without anything to wait for, poll(2) tells of its end again
		 * and again. */
		*fd++ = (struct pollfd){ events != 0 ? c->fd : -1, events, 0 };
	}
}

static void
serve(struct ui *ui, const struct pollfd *fds)
{
	struct control *ctl = ui->control;
	const struct pollfd *fd = fds + 1;

	FOREACH_CONNECTION(c, ctl)
	{
		if (c->fd != -1 && fd->fd == c->fd &&
		    (fd->revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			read_some(ctl, c);
		fd++;
	}
	if (fds[0].revents != 0)
		accept_one(ctl);
}

static void
work(struct ui *ui)
{
	struct control *ctl = ui->control;

	FOREACH_CONNECTION(c, ctl)
	if (c->fd != -1)
		work_on(ctl, c);
	if (ui->now >= ctl->drain_by)
		ui_quit(ui);
}

static uint64_t
deadline(const struct ui *ui)
{
	const struct control *ctl = ui->control;
	uint64_t at = ui->phase < UI_QUITTING ? ctl->drain_by : CLOCK_NEVER;

	for (size_t i = 0; i < CONTROL_CONNECTIONS; i++) {
		const struct connection *c = &ctl->connections[i];

		if (c->fd == -1)
			continue;
		at = clock_min(at,
		    c->ticket != 0 || c->awaits_stats
			? c->answer_by
			: c->moved_at + CONTROL_IDLE);
	}
	return at;
}

static const struct ui_side side = {
	.choose = choose,
	.serve = serve,
	.work = work,
	.deadline = deadline,
	.stats_told = stats_told,
};

void
control_init(struct control *ctl, struct process *p, int listener)
{
	const struct handler handlers[] = {
		{ IPC_OPERATED, on_operated, ctl },
		{ IPC_RELOADED, on_reloaded, ctl },
	};

	memset(ctl, 0, sizeof(*ctl));
	ctl->ui = &p->ui;
	ctl->listener = listener;
	ctl->drain_by = CLOCK_NEVER;
	FOREACH_CONNECTION(c, ctl)
	c->fd = -1;
	p->ui.control = ctl;
	p->ui.side = &side;
	p->loop.fd_count = WAIT_COUNT + 1 + CONTROL_CONNECTIONS;
	dispatch_add(&p->loop.handlers, handlers,
	    sizeof(handlers) / sizeof(handlers[0]));
}

void
control_free(struct control *ctl)
{
	FOREACH_CONNECTION(c, ctl)
	if (c->fd != -1)
		close_connection(c);
}
