/*
 * Descriptors that the launcher passes: the ends of channels to processes that
 * were restarted. They come with CHANNEL and with nothing else, one with each,
 * and from nobody but the launcher.
 */
#include "common/log.h"
#include "tests/unit/forked.h"
#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <sys/socket.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

void ipc_descriptor_suite(void);

static const struct ipc_channel_end of_netd = { .incarnation = 2,
	.role = ROLE_NETD };

/* A message as it is sent, with so many descriptors of a pipe. */
static void
send_raw(int channel, enum ipc_type type, const void *body, size_t len,
    size_t count, int fd)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(2 * sizeof(int))];
	} control = { .bytes = { 0 } };
	uint16_t header[2] = { (uint16_t)type, 0 };
	struct iovec iov[2] = { { header, sizeof(header) },
		{ (void *)(uintptr_t)body, len } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	const int fds[2] = { fd, fd };
	struct cmsghdr *c;

	if (count > 0) {
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(count * sizeof(int));
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(c), fds, count * sizeof(int));
	}
	CU_ASSERT_EQUAL(sendmsg(channel, &msg, 0),
	    (ssize_t)(sizeof(header) + len));
}

/* It is the file that was sent, and no program that is executed inherits it. */
static void
test_channel(void)
{
	struct ipc_channel launcher, cryptod;
	const struct ipc_channel_end *end;
	struct ipc_message_in in;
	int fds[2];
	char byte;

	ipc_pair(&launcher, ROLE_LAUNCHER, &cryptod, ROLE_CRYPTOD);
	CU_ASSERT_EQUAL_FATAL(pipe(fds), 0);
	CU_ASSERT_EQUAL(ipc_send_fd(&launcher, IPC_CHANNEL, &of_netd, fds[1]),
	    0);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_CHANNEL);
	end = in.body;
	CU_ASSERT_EQUAL(end->incarnation, 2);
	CU_ASSERT_EQUAL(end->role, ROLE_NETD);
	CU_ASSERT_NOT_EQUAL_FATAL(in.fd, -1);
	CU_ASSERT_EQUAL(fcntl(in.fd, F_GETFD), FD_CLOEXEC);
	CU_ASSERT_EQUAL(write(in.fd, "x", 1), 1);
	CU_ASSERT_EQUAL(read(fds[0], &byte, 1), 1);
	close(in.fd);
	/* The next message has none. */
	CU_ASSERT_EQUAL(ipc_send(&launcher, IPC_PING, NULL, NULL, 0), 0);
	CU_ASSERT_EQUAL(ipc_receive(&cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.fd, -1);
	close(fds[0]);
	close(fds[1]);
	ipc_close(&launcher);
	ipc_close(&cryptod);
}

/* What is not as it should be is the launcher's fault. */
static void
test_faulty(void)
{
	static const struct {
		enum ipc_type type;
		size_t descriptors;
		enum ipc_result result;
	} cases[] = {
		{ IPC_CHANNEL, 0, IPC_FAULTY },
		{ IPC_CHANNEL, 1, IPC_GOT },
		{ IPC_CHANNEL, 2, IPC_FAULTY },
		{ IPC_ROOM_FILE, 0, IPC_FAULTY },
		{ IPC_ROOM_FILE, 1, IPC_GOT },
		{ IPC_PING, 0, IPC_GOT },
		{ IPC_PING, 1, IPC_FAULTY },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool channel = cases[i].type == IPC_CHANNEL;
		struct ipc_channel launcher, cryptod;
		struct ipc_message_in in;

		ipc_pair(&launcher, ROLE_LAUNCHER, &cryptod, ROLE_CRYPTOD);
		send_raw(launcher.fd, cases[i].type, &of_netd,
		    channel ? sizeof(of_netd) : 0, cases[i].descriptors,
		    STDERR_FILENO);
		CU_ASSERT_EQUAL(ipc_receive(&cryptod, &in), cases[i].result);
		if (in.fd > STDERR_FILENO)
			close(in.fd);
		ipc_close(&launcher);
		ipc_close(&cryptod);
	}
}

/* Not a descriptor, but something else comes with the message: who the sender
 * is. */
static void
test_credentials(void)
{
	struct ipc_channel launcher, cryptod;
	struct ipc_message_in in;
	const int on = 1;

	ipc_pair(&launcher, ROLE_LAUNCHER, &cryptod, ROLE_CRYPTOD);
	CU_ASSERT_EQUAL(setsockopt(cryptod.fd, SOL_SOCKET, SO_PASSCRED, &on,
			    sizeof(on)),
	    0);
	CU_ASSERT_EQUAL(ipc_send(&launcher, IPC_PING, NULL, NULL, 0), 0);
	CU_ASSERT_EQUAL(ipc_receive(&cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.fd, -1);
	ipc_close(&launcher);
	ipc_close(&cryptod);
}

/* A neighbour that was taken over cannot give us any: not one is open here
 * afterwards that was not before. */
static int
receive_from_neighbour(void *arg)
{
	struct ipc_channel *cryptod = arg;
	struct ipc_message_in in;
	int lowest = dup(STDERR_FILENO);

	close(lowest);
	EXPECT(ipc_receive(cryptod, &in) == IPC_GOT);
	EXPECT(in.type == IPC_LEFT);
	EXPECT(in.fd == -1);
	EXPECT(dup(STDERR_FILENO) == lowest);
	return 0;
}

static void
test_of_neighbour(void)
{
	struct ipc_channel netd, cryptod;

	ipc_pair(&netd, ROLE_NETD, &cryptod, ROLE_CRYPTOD);
	send_raw(netd.fd, IPC_LEFT, NULL, 0, 1, STDERR_FILENO);
	CU_ASSERT_EQUAL(forked(receive_from_neighbour, &cryptod), 0);
	ipc_close(&netd);
	ipc_close(&cryptod);
}

/* An end cannot wait in a queue, nor overtake what does: the launcher is told
 * that it was not sent. */
static void
test_queue(void)
{
	struct ipc_channel launcher, ui;
	const struct ipc_notice line = { .level = LOG_WARN };
	struct ipc_message_in in;
	char text[LOG_TEXT_MAX];

	ipc_pair(&launcher, ROLE_LAUNCHER, &ui, ROLE_UI);
	memset(text, 'x', sizeof(text));
	while (launcher.first == NULL)
		ipc_send(&launcher, IPC_NOTICE, &line, text, sizeof(text));
	CU_ASSERT_EQUAL(ipc_send_fd(&launcher, IPC_CHANNEL, &of_netd,
			    STDERR_FILENO),
	    -1);
	while (ipc_receive(&ui, &in) == IPC_GOT)
		;
	CU_ASSERT_EQUAL(ipc_send_fd(&launcher, IPC_CHANNEL, &of_netd,
			    STDERR_FILENO),
	    -1);
	CU_ASSERT_EQUAL(ipc_receive(&ui, &in), IPC_EMPTY);
	ipc_flush(&launcher);
	CU_ASSERT_EQUAL(ipc_send_fd(&launcher, IPC_CHANNEL, &of_netd,
			    STDERR_FILENO),
	    0);
	ipc_close(&ui);
	ipc_close(&launcher);
}

/* Nor is it waited for: until there is room, or somebody to read. */
static int
send_in_vain(void *arg)
{
	static const char page[4096];
	struct ipc_channel ends[2];

	(void)arg;
	ipc_pair(&ends[0], ROLE_LAUNCHER, &ends[1], ROLE_UI);
	signal(SIGPIPE, SIG_DFL);
	while (send(ends[0].fd, page, sizeof(page), MSG_DONTWAIT) != -1)
		;
	EXPECT(ends[0].first == NULL);
	EXPECT(
	    ipc_send_fd(&ends[0], IPC_CHANNEL, &of_netd, STDERR_FILENO) == -1);
	ipc_close(&ends[1]);
	EXPECT(
	    ipc_send_fd(&ends[0], IPC_CHANNEL, &of_netd, STDERR_FILENO) == -1);
	ipc_close(&ends[0]);
	EXPECT(
	    ipc_send_fd(&ends[0], IPC_CHANNEL, &of_netd, STDERR_FILENO) == -1);
	return 0;
}

static void
test_not_sent(void)
{
	CU_ASSERT_EQUAL(forked(send_in_vain, NULL), 0);
}

/* Where there is no message, none is described. */
static void
test_nothing(void)
{
	struct ipc_channel launcher, ui;
	struct ipc_message_in in;

	ipc_pair(&launcher, ROLE_LAUNCHER, &ui, ROLE_UI);
	memset(&in, 0xff, sizeof(in));
	CU_ASSERT_EQUAL(ipc_receive(&ui, &in), IPC_EMPTY);
	CU_ASSERT_EQUAL(in.type, IPC_NONE);
	CU_ASSERT_PTR_NULL(in.body);
	ipc_close(&launcher);
	memset(&in, 0xff, sizeof(in));
	CU_ASSERT_EQUAL(ipc_receive(&ui, &in), IPC_CLOSED);
	CU_ASSERT_EQUAL(in.type, IPC_NONE);
	ipc_close(&ui);
	memset(&in, 0xff, sizeof(in));
	CU_ASSERT_EQUAL(ipc_receive(&ui, &in), IPC_CLOSED);
	CU_ASSERT_EQUAL(in.type, IPC_NONE);
}

void
ipc_descriptor_suite(void)
{
	CU_pSuite suite = CU_add_suite("ipc_descriptor", NULL, NULL);

	CU_add_test(suite, "the end of a channel", test_channel);
	CU_add_test(suite, "none, or too many", test_faulty);
	CU_add_test(suite, "something else", test_credentials);
	CU_add_test(suite, "a neighbour's", test_of_neighbour);
	CU_add_test(suite, "behind others", test_queue);
	CU_add_test(suite, "one that cannot be sent", test_not_sent);
	CU_add_test(suite, "no message", test_nothing);
}
