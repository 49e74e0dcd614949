/*
 * The channels between processes: sending, queueing, receiving, and the
 * checks of the table in ipc.h.
 */
#include "common/ipc_check_parts.h"

#include "common/log.h"

#include <sys/socket.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ipc_header {
	uint16_t type;
	uint16_t zero;
};
_Static_assert(sizeof(struct ipc_header) == IPC_HEADER_LEN, "header");

struct ipc_queued {
	struct ipc_queued *next;
	size_t len;
	uint8_t bytes[];
};

/* Room for a message: one that is too long shows by one byte more than the
 * longest one has. The header is 4 bytes, and bodies have to be aligned to
 * 8. */
struct ipc_buffer {
	_Alignas(8) uint8_t pad[4];
	uint8_t bytes[IPC_HEADER_LEN + IPC_BODY_MAX + 1];
};

/* Messages that one call has received. Only the bytes that came are touched. */
struct ipc_batch {
	unsigned int count;
	unsigned int next; /* to be handed on */
	struct mmsghdr messages[IPC_BATCH];
	struct iovec iov[IPC_BATCH];
	struct ipc_buffer buffers[IPC_BATCH];
};

/* In GNU C a body type without members has size 0: the message has no body. */
const struct ipc_rule ipc_rules[IPC_TYPE_COUNT] = {
#define X(name, from, to, modes, when, body, tail, check, full)             \
	[IPC_##name] = { #name, from, to, modes, when, sizeof(struct body), \
		tail, ipc_check_##check, full },
	IPC_TABLE(X)
#undef X
};

#define X(name, from, to, modes, when, body, tail, check, full)      \
	_Static_assert(sizeof(struct body) + (tail) <= IPC_BODY_MAX, \
	    #name " is too long");
IPC_TABLE(X)
#undef X

const char *
ipc_type_name(enum ipc_type type)
{
	if (type <= IPC_NONE || type >= IPC_TYPE_COUNT)
		return "unknown";
	return ipc_rules[type].name;
}

void
ipc_open(struct ipc_channel *ch, int fd, enum role self, enum role other,
    unsigned int modes)
{
	memset(ch, 0, sizeof(*ch));
	ch->fd = fd;
	ch->self = self;
	ch->other = other;
	ch->modes = modes;
	ch->state = self == ROLE_LAUNCHER || other == ROLE_LAUNCHER ? AT_START
								    : AT_WORK;
	ch->last = &ch->first;
}

static void
dequeue(struct ipc_channel *ch)
{
	struct ipc_queued *q = ch->first;

	ch->queued -= q->len;
	ch->waiting--;
	ch->first = q->next;
	if (ch->first == NULL)
		ch->last = &ch->first;
	explicit_bzero(q->bytes, q->len); /* keys, or text */
	free(q);
}

void
ipc_close(struct ipc_channel *ch)
{
	if (ch->fd == -1)
		return;
	close(ch->fd);
	ch->fd = -1;
	while (ch->first != NULL)
		dequeue(ch);
	free(ch->batch);
	ch->batch = NULL;
}

void
ipc_share_calls(struct ipc_channel *ch)
{
	struct ipc_batch *b = calloc(1, sizeof(*b));

	if (b == NULL)
		fatal("out of memory");
	for (size_t i = 0; i < IPC_BATCH; i++) {
		b->iov[i] = (struct iovec){ b->buffers[i].bytes,
			sizeof(b->buffers[i].bytes) };
		b->messages[i].msg_hdr.msg_iov = &b->iov[i];
		b->messages[i].msg_hdr.msg_iovlen = 1;
	}
	ch->batch = b;
}

bool
ipc_holds(const struct ipc_channel *ch)
{
	return ch->batch != NULL && ch->batch->next < ch->batch->count;
}

/* The channel to the launcher carries the log itself: an error of it cannot be
 * logged there. */
static void __attribute__((noreturn))
channel_fatal(const struct ipc_channel *ch, const char *why)
{
	if (ch->other == ROLE_LAUNCHER)
		_exit(1);
	fatal("channel to %s: %s", role_name(ch->other), why);
}

/* Sends messages in one call, with or without a queue. Returns the number sent,
 * 0 when it would block, -1 when the end is gone. */
static int
send_now(struct ipc_channel *ch, struct mmsghdr *messages, unsigned int count)
{
	const int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
	int n;

	for (;;) {
		if (ch->batch != NULL)
			n = sendmmsg(ch->fd, messages, count, flags);
		else
			n = sendmsg(ch->fd, &messages->msg_hdr, flags) == -1
			    ? -1
			    : 1;
		if (n > 0)
			return n;
		if (errno == EINTR)
			continue;
		if (errno == EAGAIN || errno == ENOBUFS)
			return 0;
		if (errno == EPIPE || errno == ECONNRESET)
			return -1;
		channel_fatal(ch, strerror(errno));
	}
}

static void
enqueue(struct ipc_channel *ch, const struct iovec *iov, size_t count)
{
	struct ipc_queued *q;
	size_t len = 0, at = 0;

	for (size_t i = 0; i < count; i++)
		len += iov[i].iov_len;
	q = malloc(sizeof(*q) + len);
	if (q == NULL || ch->queued + len > IPC_QUEUE_LIMIT)
		channel_fatal(ch, "it does not read");
	for (size_t i = 0; i < count; at += iov[i].iov_len, i++)
		if (iov[i].iov_len > 0)
			memcpy(q->bytes + at, iov[i].iov_base, iov[i].iov_len);
	q->len = len;
	q->next = NULL;
	*ch->last = q;
	ch->last = &q->next;
	ch->queued += len;
	ch->waiting++;
}

/* Room for one descriptor in a message. */
union ipc_control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

int
ipc_send_fd(struct ipc_channel *ch, enum ipc_type type, const void *body,
    int fd)
{
	struct ipc_header header = { .type = (uint16_t)type };
	struct iovec iov[2] = {
		{ &header, sizeof(header) },
		{ (void *)(uintptr_t)body, ipc_rules[type].body },
	};
	union ipc_control control = { .bytes = { 0 } };
	struct msghdr msg = {
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (ch->fd == -1 || ch->first != NULL) {
		errno = ch->fd == -1 ? EPIPE : ENOBUFS;
		return -1;
	}
	return sendmsg(ch->fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT) == -1 ? -1
									: 0;
}

/* Whether the message may go from one end of the channel to the other in this
 * state. */
static bool
may_pass(const struct ipc_channel *ch, enum ipc_type type, enum role from,
    enum role to, unsigned int state)
{
	const struct ipc_rule *rule = &ipc_rules[type];

	return (rule->from & 1u << from) != 0 && (rule->to & 1u << to) != 0 &&
	    (ch->modes & ~rule->modes) == 0 && (rule->when & state) != 0 &&
	    !ch->passed[type];
}

static void
note_passed(struct ipc_channel *ch, enum ipc_type type)
{
	ch->passed[type] = (ipc_rules[type].when & ONCE) != 0;
	if (type == IPC_READY)
		ch->state = AT_WORK;
}

/* A child reads messages that belong to its work after its start, whenever they
 * were sent. */
static bool
may_send(const struct ipc_channel *ch, enum ipc_type type)
{
	return may_pass(ch, type, ch->self, ch->other,
	    ch->self == ROLE_LAUNCHER ? ch->state | AT_WORK : ch->state);
}

int
ipc_send(struct ipc_channel *ch, enum ipc_type type, const void *body,
    const void *tail, size_t tail_len)
{
	const struct ipc_rule *rule = &ipc_rules[type];
	struct ipc_header header = { .type = (uint16_t)type };
	struct iovec iov[3] = {
		{ &header, sizeof(header) },
		{ (void *)(uintptr_t)body, rule->body },
		{ (void *)(uintptr_t)tail, tail_len },
	};
	struct mmsghdr message = { .msg_hdr = { .msg_iov = iov,
				       .msg_iovlen = 3 } };

	if (!may_send(ch, type) || tail_len > rule->tail_max)
		__builtin_trap(); /* the table has no such case */
	if (ch->fd == -1)
		return -1;
	if (ch->first == NULL && ch->batch == NULL) {
		switch (send_now(ch, &message, 1)) {
		case 1:
			note_passed(ch, type);
			return 0;
		case -1:
			return -1;
		}
	}
	if (rule->when_full == IPC_DROP && ipc_congested(ch)) {
		ch->dropped++;
		return -1;
	}
	enqueue(ch, iov, 3);
	note_passed(ch, type);
	if (ch->batch != NULL && ch->waiting % IPC_BATCH == 0)
		ipc_flush(ch);
	return 0;
}

bool
ipc_congested(const struct ipc_channel *ch)
{
	return ch->queued > IPC_QUEUE_MARK;
}

short
ipc_poll_events(const struct ipc_channel *ch)
{
	return ch->first != NULL ? POLLIN | POLLOUT : POLLIN;
}

void
ipc_flush(struct ipc_channel *ch)
{
	struct mmsghdr messages[IPC_BATCH];
	struct iovec iov[IPC_BATCH];
	struct ipc_queued *q;
	unsigned int count;
	int n;

	while (ch->first != NULL) {
		count = 0;
		for (q = ch->first; q != NULL && count < IPC_BATCH;
		     q = q->next, count++) {
			iov[count] = (struct iovec){ q->bytes, q->len };
			messages[count] =
			    (struct mmsghdr){ .msg_hdr = {
						  .msg_iov = &iov[count],
						  .msg_iovlen = 1,
					      } };
		}
		n = send_now(ch, messages, count);
		if (n <= 0)
			return;
		while (n-- > 0)
			dequeue(ch);
	}
}

int
ipc_parse(struct ipc_channel *ch, const uint8_t *buf, size_t len,
    struct ipc_message_in *in)
{
	const struct ipc_rule *rule;
	struct ipc_header header;

	memset(in, 0, sizeof(*in));
	if (len < sizeof(header))
		return -1;
	memcpy(&header, buf, sizeof(header));
	if (header.type == IPC_NONE || header.type >= IPC_TYPE_COUNT ||
	    header.zero != 0)
		return -1;
	in->type = (enum ipc_type)header.type;
	rule = &ipc_rules[in->type];
	len -= sizeof(header);
	if (!may_pass(ch, in->type, ch->other, ch->self, ch->state) ||
	    len < rule->body || len - rule->body > rule->tail_max)
		return -1;
	in->body = buf + sizeof(header);
	in->tail = buf + sizeof(header) + rule->body;
	in->tail_len = len - rule->body;
	in->fd = -1;
	if (!ipc_check(in))
		return -1;
	note_passed(ch, in->type);
	return 0;
}

bool
ipc_check(const struct ipc_message_in *in)
{
	return ipc_rules[in->type].check(in);
}

static bool
comes_with_fd(enum ipc_type type)
{
	return (ipc_rules[type].when & WITH_FD) != 0;
}

/* Returns the descriptor that came with a message, or -1. */
static int
received_fd(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd;

	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
	    c->cmsg_type != SCM_RIGHTS || c->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	return fd;
}

/* Receives from the kernel. ECONNRESET comes once, if the other end has ended
 * without reading everything: its last messages, which may say why, are still
 * there. */
static ssize_t
receive_one(struct ipc_channel *ch, struct msghdr *msg)
{
	ssize_t n;

	do
		n = recvmsg(ch->fd, msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	while (n == -1 && (errno == EINTR || errno == ECONNRESET));
	return n;
}

static ssize_t
receive_batch(struct ipc_channel *ch, const uint8_t **bytes)
{
	struct ipc_batch *b = ch->batch;
	int n;

	if (b->next == b->count) {
		b->next = b->count = 0;
		do
			n = recvmmsg(ch->fd, b->messages, IPC_BATCH,
			    MSG_DONTWAIT, NULL);
		while (n == -1 && (errno == EINTR || errno == ECONNRESET));
		if (n <= 0)
			return n;
		b->count = (unsigned int)n;
	}
	*bytes = b->buffers[b->next].bytes;
	return b->messages[b->next++].msg_len;
}

enum ipc_result
ipc_receive(struct ipc_channel *ch, struct ipc_message_in *in)
{
	static struct ipc_buffer buffer;
	union ipc_control control;
	struct iovec iov = { buffer.bytes, sizeof(buffer.bytes) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	const uint8_t *bytes = buffer.bytes;
	ssize_t n;
	int fd;

	memset(in, 0, sizeof(*in));
	if (ch->fd == -1)
		return IPC_CLOSED;
	/* Only the launcher passes descriptors; the kernel drops others'. */
	if (ch->other == ROLE_LAUNCHER) {
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	n = ch->batch != NULL ? receive_batch(ch, &bytes)
			      : receive_one(ch, &msg);
	if (n == -1 && errno == EAGAIN)
		return IPC_EMPTY;
	if (n <= 0)
		return IPC_CLOSED;
	if (ipc_parse(ch, bytes, (size_t)n, in) == -1)
		return IPC_FAULTY;
	fd = ch->other == ROLE_LAUNCHER ? received_fd(&msg) : -1;
	in->fd = fd;
	return (fd != -1) == comes_with_fd(in->type) ? IPC_GOT : IPC_FAULTY;
}
