/*
 * Standard input and output. See streams.h.
 */
#include "ui/streams.h"

#include "ui/errors.h"
#include "ui/phase.h"

#include "common/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* The bytes of keys taken at once. */
#define KEYS_MAX 4096

void
streams_choose(struct process *p)
{
	struct ui *ui = &p->ui;
	bool input = ui_reads_input(ui) && ui->now >= p->in_at;
	bool looked_at = p->connected && (input || !p->hung_up);

	/* This is done without events, too: to see that the writer or reader is
	 * gone. */
	p->loop.fds[WAIT_IN] =
	    (struct pollfd){ looked_at ? p->in : -1, input ? POLLIN : 0, 0 };
	p->loop.fds[WAIT_OUT] = (struct pollfd){ ui->out.gone ? -1 : p->out,
		output_pending(&ui->out) ? POLLOUT : 0, 0 };
}

uint64_t
streams_deadline(const struct process *p)
{
	return p->in_at > p->ui.now && ui_reads_input(&p->ui) ? p->in_at
							      : CLOCK_NEVER;
}

static int
read_keys(struct ui *ui, int fd)
{
	char bytes[KEYS_MAX];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n == -1)
		return errno == EINTR || errno == EAGAIN ? 0 : -1;
	if (n == 0)
		input_end(&ui->in);
	ui->view->keys(ui, bytes, (size_t)n);
	explicit_bzero(bytes, (size_t)n);
	return 0;
}

static void
read_input(struct process *p)
{
	struct ui *ui = &p->ui;

	if ((ui->view->keys != NULL ? read_keys(ui, p->in)
				    : input_read(&ui->in, p->in)) == 0)
		return;
	if (errno == EIO) {
		p->in_at = ui->now + STREAMS_RETRY;
		return;
	}
	ui_error(ui->front, "cannot read the input: %s", strerror(errno));
	input_end(&ui->in);
}

/* The input is not read, because its lines have to wait; and its writer is
 * gone. */
static void
hang_up(struct process *p)
{
	p->hung_up = true;
	if (p->ui.phase == UI_RUNNING && p->in_at <= p->ui.now)
		ui_drain(&p->ui);
}

static void
output_failed(struct process *p, int error)
{
	if (error != EPIPE) {
		log_error("cannot write the output: %s", strerror(error));
		p->exit_code = CHILD_UNABLE;
	}
	ui_output_gone(&p->ui);
}

static void
write_output(struct process *p, short revents)
{
	if (revents & POLLNVAL)
		output_failed(p, EBADF);
	else if (revents & (POLLERR | POLLHUP))
		output_failed(p, EPIPE);
	else if (output_write(&p->ui.out, p->out) == -1)
		output_failed(p, errno);
}

/* The output comes first: it makes room for the input's effects. */
void
streams_serve(struct process *p)
{
	const struct pollfd *in = &p->loop.fds[WAIT_IN];

	if (p->loop.fds[WAIT_OUT].revents != 0)
		write_output(p, p->loop.fds[WAIT_OUT].revents);
	if (in->revents != 0 && in->events != 0)
		read_input(p);
	else if (in->revents != 0)
		hang_up(p);
}
