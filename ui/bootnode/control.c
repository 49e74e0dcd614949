/*
 * The control socket. See control.h.
 */
#include "ui/bootnode/control.h"

#include "ui/bootnode/console.h"
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
	struct inquiry *q = c->inquiry;

	close(c->fd);
	inquiry_drop(q);
	buf_free(&c->out);
	memset(c, 0, sizeof(*c));
	c->inquiry = q;
	c->fd = -1;
}

/* --- Requests ------------------------------------------------------------- */

/* Takes a whole line, if there is one, or fails on one that is too long. */
static void
take_line(struct control *ctl, struct connection *c)
{
	static const char too_long[] = "the line is too long";
	struct inquiry *q = c->inquiry;
	struct buf why = { 0 };
	char *end = memchr(c->in, '\n', c->in_len);
	size_t len;

	if (end == NULL) {
		if (c->in_len == sizeof(c->in)) {
			inquiry_fail(q, too_long, sizeof(too_long) - 1);
			c->in_len = 0;
			c->ended = true;
		}
		return;
	}
	len = (size_t)(end - c->in);
	if (request_line(&q->request, c->in, len, &why) == 0) {
		q->answer.text = q->request.text;
		inquiry_begin(&ctl->inquiries, q);
	} else {
		inquiry_fail(q, why.bytes, why.len);
	}
	buf_free(&why);
	c->in_len -= len + 1;
	memmove(c->in, end + 1, c->in_len);
}

static void
stats_told(struct ui *ui, const struct ipc_stats *stats)
{
	inquiries_stats(&ui->control->inquiries, stats);
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
	return ctl->inquiries.ui->front->cryptod.fd != -1 &&
	    ctl->inquiries.ui->phase < UI_QUITTING &&
	    free_connection(ctl) != NULL;
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
	c->moved_at = ctl->inquiries.ui->now;
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
	c->moved_at = ctl->inquiries.ui->now;
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
	c->moved_at = ctl->inquiries.ui->now;
	if (left(c) == 0) {
		c->written = 0;
		buf_free(&c->out);
	}
	return true;
}

static bool
is_idle(const struct connection *c, uint64_t now)
{
	return now >= c->moved_at + CONTROL_IDLE && !inquiry_waits(c->inquiry);
}

static void
work_on(struct control *ctl, struct connection *c)
{
	struct inquiries *qs = &ctl->inquiries;

	if (!c->inquiry->busy && left(c) == 0)
		take_line(ctl, c);
	inquiry_work(qs, c->inquiry, left(c) <= CONTROL_OUT_MARK);
	if (!write_some(ctl, c) || is_idle(c, qs->ui->now) ||
	    (c->ended && !c->inquiry->busy && left(c) == 0 &&
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
	console_work(ui);
	if (ui->now >= ctl->inquiries.drain_by)
		ui_quit(ui);
}

static uint64_t
deadline(const struct ui *ui)
{
	const struct control *ctl = ui->control;
	uint64_t at =
	    ui->phase < UI_QUITTING ? ctl->inquiries.drain_by : CLOCK_NEVER;

	for (size_t i = 0; i < CONTROL_CONNECTIONS; i++) {
		const struct connection *c = &ctl->connections[i];

		if (c->fd == -1)
			continue;
		at = clock_min(at,
		    inquiry_waits(c->inquiry) ? c->inquiry->answer_by
					      : c->moved_at + CONTROL_IDLE);
	}
	return clock_min(at, console_deadline(ui));
}

static const struct ui_side side = {
	.choose = choose,
	.serve = serve,
	.work = work,
	.deadline = deadline,
	.stats_told = stats_told,
	.command = console_command,
	.object = console_object,
	.takes_commands = console_takes,
	.awaits_stats = console_awaits_stats,
};

void
control_init(struct control *ctl, struct ui *ui, struct dispatch *handlers,
    int listener)
{
	memset(ctl, 0, sizeof(*ctl));
	ctl->listener = listener;
	inquiries_init(&ctl->inquiries, ui, handlers);
	for (size_t i = 0; i < CONTROL_CONNECTIONS; i++) {
		struct connection *c = &ctl->connections[i];

		c->fd = -1;
		c->inquiry = &ctl->inquiries.all[i];
		c->inquiry->answer.out = &c->out;
	}
	ui->control = ctl;
	ui->side = &side;
}

void
control_free(struct control *ctl)
{
	FOREACH_CONNECTION(c, ctl)
	if (c->fd != -1)
		close_connection(c);
}
