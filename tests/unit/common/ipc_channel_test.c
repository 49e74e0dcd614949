/*
 * Channels between processes over a real socketpair: what is queued when the
 * other end does not read, in which order it comes out, what is dropped, and
 * what ends a process.
 */
#include "common/ipc.h"
#include "tests/unit/ipc_pair.h"

#include "tests/unit/bytes.h"

#include <CUnit/CUnit.h>

#include <sys/resource.h>
#include <sys/wait.h>

#include <string.h>
#include <unistd.h>

void ipc_channel_suite(void);

/* netd sends both kinds to cryptod: RECORD_IN is kept, BOOT_SEALED dropped. */
struct fixture {
	struct ipc_channel netd;
	struct ipc_channel cryptod;
	uint64_t sent; /* numbers of messages */
	uint64_t received;
};

static void
set_up(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	ipc_pair(&f->netd, ROLE_NETD, &f->cryptod, ROLE_CRYPTOD);
}

static void
tear_down(struct fixture *f)
{
	ipc_close(&f->netd);
	ipc_close(&f->cryptod);
	ipc_close(&f->cryptod); /* a second close does no harm */
	CU_ASSERT_EQUAL(f->netd.queued, 0);
	CU_ASSERT_PTR_NULL(f->netd.first);
}

/* Sends a message with the next number, which len bytes of its record also
 * have. */
static int
send_kept(struct fixture *f, size_t len)
{
	static char text[TEXT_MAX];
	struct ipc_record body = { .handle = 1, .serial = (uint32_t)++f->sent };

	memset(text, 'a' + (int)(f->sent % 26), len);
	return ipc_send(&f->netd, IPC_RECORD_IN, &body, text, len);
}

static int
send_droppable(struct fixture *f)
{
	struct ipc_boot_sealed body = { .counter = ++f->sent };
	int result = ipc_send(&f->netd, IPC_BOOT_SEALED, &body, NULL, 0);

	if (result == -1)
		f->sent--;
	return result;
}

static void
check_message(struct fixture *f, const struct ipc_message_in *in)
{
	const struct ipc_record *record = in->body;
	const struct ipc_boot_sealed *sealed = in->body;
	char letter;

	f->received++;
	CU_ASSERT_EQUAL((uintptr_t)in->body % 8, 0);
	if (in->type == IPC_BOOT_SEALED) {
		CU_ASSERT_EQUAL(sealed->counter, f->received);
		return;
	}
	CU_ASSERT_EQUAL_FATAL(in->type, IPC_RECORD_IN);
	CU_ASSERT_EQUAL(record->serial, f->received);
	letter = (char)('a' + (int)(f->received % 26));
	for (size_t i = 0; i < in->tail_len; i++)
		if (in->tail[i] != letter)
			CU_FAIL("the record is another's");
}

/* Receives all that is in the socket; returns the result that ended it. */
static enum ipc_result
receive_all(struct fixture *f)
{
	struct ipc_message_in in;
	enum ipc_result result;

	while ((result = ipc_receive(&f->cryptod, &in)) == IPC_GOT)
		check_message(f, &in);
	return result;
}

static void
test_send_receive(void)
{
	struct ipc_message_in in;
	struct fixture f;

	set_up(&f);
	CU_ASSERT_EQUAL(ipc_receive(&f.cryptod, &in), IPC_EMPTY);
	CU_ASSERT_EQUAL(send_kept(&f, 1), 0);
	CU_ASSERT_EQUAL(send_kept(&f, TEXT_MAX), 0);
	CU_ASSERT_EQUAL(send_droppable(&f), 0);
	CU_ASSERT_EQUAL(ipc_poll_events(&f.netd), POLLIN);
	CU_ASSERT_EQUAL(receive_all(&f), IPC_EMPTY);
	CU_ASSERT_EQUAL(f.received, 3);
	CU_ASSERT_FALSE(ipc_congested(&f.netd));
	tear_down(&f);
}

/* Sends until the first message waits in the queue. */
static void
fill_socket(struct fixture *f)
{
	while (f->netd.first == NULL && f->sent < 100000)
		CU_ASSERT_EQUAL(send_kept(f, 4000), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->netd.first);
	CU_ASSERT_EQUAL(ipc_poll_events(&f->netd), POLLIN | POLLOUT);
}

/* Reads and flushes in turns until nothing waits. */
static void
drain(struct fixture *f)
{
	do {
		CU_ASSERT_EQUAL_FATAL(receive_all(f), IPC_EMPTY);
		ipc_flush(&f->netd);
	} while (f->netd.first != NULL);
	CU_ASSERT_EQUAL(receive_all(f), IPC_EMPTY);
	CU_ASSERT_EQUAL(f->received, f->sent);
	CU_ASSERT_EQUAL(f->netd.queued, 0);
	CU_ASSERT_EQUAL(ipc_poll_events(&f->netd), POLLIN);
}

static void
test_queue(void)
{
	uint64_t queued_from;
	struct fixture f;

	set_up(&f);
	fill_socket(&f);
	queued_from = f.sent;
	/* Below the mark nothing is dropped, and no message overtakes
	 * another. */
	for (int i = 0; i < 20; i++) {
		CU_ASSERT_EQUAL(send_droppable(&f), 0);
		CU_ASSERT_EQUAL(send_kept(&f, 100), 0);
	}
	CU_ASSERT_FALSE(ipc_congested(&f.netd));
	CU_ASSERT(f.netd.queued > 40 * IPC_HEADER_LEN);
	/* A full socket takes nothing more, and no message is lost. */
	ipc_flush(&f.netd);
	CU_ASSERT_PTR_NOT_NULL(f.netd.first);
	CU_ASSERT_EQUAL(receive_all(&f), IPC_EMPTY);
	CU_ASSERT_EQUAL(f.received, queued_from - 1);
	drain(&f);
	CU_ASSERT_EQUAL(f.netd.dropped, 0);
	tear_down(&f);
}

/* When the socket has room again, queued messages go before newer ones. */
static void
test_order(void)
{
	struct fixture f;

	set_up(&f);
	fill_socket(&f);
	CU_ASSERT_EQUAL(receive_all(&f), IPC_EMPTY);
	CU_ASSERT_EQUAL(send_kept(&f, 1), 0);
	CU_ASSERT_EQUAL(send_droppable(&f), 0);
	CU_ASSERT_EQUAL(receive_all(&f), IPC_EMPTY);
	drain(&f);
	tear_down(&f);
}

static void
test_congestion(void)
{
	struct fixture f;
	size_t queued;

	set_up(&f);
	fill_socket(&f);
	while (!ipc_congested(&f.netd))
		CU_ASSERT_EQUAL_FATAL(send_kept(&f, 4000), 0);
	CU_ASSERT(f.netd.queued > IPC_QUEUE_MARK);
	CU_ASSERT(f.netd.queued <= IPC_QUEUE_MARK + 4100);
	queued = f.netd.queued;
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(send_droppable(&f), -1);
	CU_ASSERT_EQUAL(f.netd.dropped, 3);
	CU_ASSERT_EQUAL(f.netd.queued, queued);
	CU_ASSERT_EQUAL(send_kept(&f, 4000), 0);
	CU_ASSERT(f.netd.queued > queued);
	drain(&f);
	CU_ASSERT_EQUAL(send_droppable(&f), 0);
	CU_ASSERT_EQUAL(f.netd.dropped, 3);
	CU_ASSERT_EQUAL(receive_all(&f), IPC_EMPTY);
	tear_down(&f);
}

static void
test_closed(void)
{
	struct ipc_message_in in;
	struct fixture f;

	set_up(&f);
	CU_ASSERT_EQUAL(send_kept(&f, 10), 0);
	ipc_close(&f.netd);
	CU_ASSERT_EQUAL(send_kept(&f, 10), -1);
	CU_ASSERT_EQUAL(ipc_receive(&f.netd, &in), IPC_CLOSED);
	/* The messages that were sent before are still there. */
	f.sent = 1;
	CU_ASSERT_EQUAL(receive_all(&f), IPC_CLOSED);
	CU_ASSERT_EQUAL(f.received, 1);
	tear_down(&f);

	set_up(&f);
	fill_socket(&f);
	ipc_close(&f.cryptod);
	ipc_flush(&f.netd);
	CU_ASSERT_EQUAL(ipc_receive(&f.netd, &in), IPC_CLOSED);
	tear_down(&f);

	set_up(&f);
	ipc_close(&f.cryptod);
	CU_ASSERT_EQUAL(send_kept(&f, 10), -1);
	CU_ASSERT_PTR_NULL(f.netd.first);
	tear_down(&f);
}

/* The other end has said something, and ended with a message unread. The kernel
 * calls that a connection reset, and what was said still counts. */
static void
test_last_words(void)
{
	struct fixture f;
	struct ipc_message_in in;

	set_up(&f);
	CU_ASSERT_EQUAL(ipc_send(&f.cryptod, IPC_NET_ASK, NULL, NULL, 0), 0);
	send_kept(&f, 5);
	ipc_close(&f.netd);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.cryptod, &in), IPC_GOT);
	check_message(&f, &in);
	CU_ASSERT_EQUAL(ipc_receive(&f.cryptod, &in), IPC_CLOSED);
	tear_down(&f);
}

/* Messages that share calls wait for a flush, or until they are as many as one
 * call takes; they stay in order, and all of a call are received at once. */
static void
test_shared_calls(void)
{
	struct ipc_message_in in;
	struct fixture f;

	set_up(&f);
	ipc_share_calls(&f.netd);
	ipc_share_calls(&f.cryptod);
	CU_ASSERT_EQUAL(ipc_receive(&f.cryptod, &in), IPC_EMPTY);
	CU_ASSERT_EQUAL(send_kept(&f, 7), 0);
	CU_ASSERT_EQUAL(send_droppable(&f), 0);
	CU_ASSERT_EQUAL(ipc_receive(&f.cryptod, &in), IPC_EMPTY);
	ipc_flush(&f.netd);
	CU_ASSERT_PTR_NULL(f.netd.first);
	CU_ASSERT_FALSE(ipc_holds(&f.cryptod));
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.cryptod, &in), IPC_GOT);
	check_message(&f, &in);
	CU_ASSERT_TRUE(ipc_holds(&f.cryptod));
	CU_ASSERT_EQUAL(receive_all(&f), IPC_EMPTY);
	CU_ASSERT_EQUAL(f.received, 2);
	CU_ASSERT_FALSE(ipc_holds(&f.cryptod));
	for (int i = 0; i < IPC_BATCH + 1; i++)
		CU_ASSERT_EQUAL(send_kept(&f, 4000), 0);
	CU_ASSERT_EQUAL(f.netd.waiting, 1);
	CU_ASSERT_EQUAL(receive_all(&f), IPC_EMPTY);
	CU_ASSERT_EQUAL(f.received, 2 + IPC_BATCH);
	fill_socket(&f);
	drain(&f);
	CU_ASSERT_EQUAL(f.netd.waiting, 0);
	/* What was sent, and what is held, is lost with its channel only. */
	send_kept(&f, 5);
	send_kept(&f, 5);
	ipc_flush(&f.netd);
	ipc_close(&f.netd);
	CU_ASSERT_EQUAL(receive_all(&f), IPC_CLOSED);
	CU_ASSERT_EQUAL(f.received, f.sent);
	tear_down(&f);
}

/* A message of a call that is not allowed is refused, and no other of them. */
static void
test_shared_faulty(void)
{
	struct ipc_message_in in;
	struct fixture f;

	set_up(&f);
	ipc_share_calls(&f.cryptod);
	CU_ASSERT_EQUAL(send_kept(&f, 5), 0);
	CU_ASSERT_EQUAL(write(f.netd.fd, "no", 2), 2);
	CU_ASSERT_EQUAL(send_kept(&f, 5), 0);
	CU_ASSERT_EQUAL_FATAL(ipc_receive(&f.cryptod, &in), IPC_GOT);
	check_message(&f, &in);
	CU_ASSERT_EQUAL(ipc_receive(&f.cryptod, &in), IPC_FAULTY);
	CU_ASSERT_EQUAL(receive_all(&f), IPC_EMPTY);
	CU_ASSERT_EQUAL(f.received, 2);
	tear_down(&f);
}

/* Writes bytes that ipc_send() would not send. */
static void
test_faulty(void)
{
	static const uint8_t long_one[4 + IPC_HEADER_LEN + IPC_BODY_MAX +
	    100] = { IPC_RECORD_OUT };
	struct ipc_record record = { .handle = 1, .serial = 1 };
	uint8_t wrong[IPC_HEADER_LEN + sizeof(record) + 2] = { 0 };
	struct ipc_message_in in;
	struct fixture f;
	uint16_t type;

	set_up(&f);
	type = IPC_RECORD_OUT; /* cryptod may send it; netd may not */
	memcpy(wrong, &type, sizeof(type));
	memcpy(wrong + IPC_HEADER_LEN, &record, sizeof(record));
	memcpy(wrong + sizeof(wrong) - 2, "na", 2);
	CU_ASSERT_EQUAL(write(f.cryptod.fd, wrong, sizeof(wrong)),
	    sizeof(wrong));
	CU_ASSERT_EQUAL(ipc_receive(&f.netd, &in), IPC_GOT);
	CU_ASSERT_EQUAL(write(f.netd.fd, wrong, sizeof(wrong)), sizeof(wrong));
	CU_ASSERT_EQUAL(ipc_receive(&f.cryptod, &in), IPC_FAULTY);
	CU_ASSERT_EQUAL(in.type, IPC_RECORD_OUT);
	for (size_t len = 1; len < IPC_HEADER_LEN; len++) {
		CU_ASSERT_EQUAL(write(f.cryptod.fd, wrong, len), (ssize_t)len);
		CU_ASSERT_EQUAL(ipc_receive(&f.netd, &in), IPC_FAULTY);
		CU_ASSERT_EQUAL(in.type, IPC_NONE);
	}
	CU_ASSERT_EQUAL(write(f.cryptod.fd, long_one, sizeof(long_one)),
	    sizeof(long_one));
	CU_ASSERT_EQUAL(ipc_receive(&f.netd, &in), IPC_FAULTY);
	/* After a bad message the receiver still takes a good one. */
	CU_ASSERT_EQUAL(send_kept(&f, 5), 0);
	CU_ASSERT_EQUAL(receive_all(&f), IPC_EMPTY);
	tear_down(&f);
}

/* Runs step in a child; returns its wait status. */
static int
in_child(void (*function)(struct fixture *), struct fixture *f)
{
	const struct rlimit no_core = { 0, 0 };
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		close(STDERR_FILENO);
		function(f);
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	return status;
}

static void
send_not_allowed(struct fixture *f)
{
	struct ipc_record body = { .handle = 1, .serial = 1 };

	ipc_send(&f->netd, IPC_RECORD_OUT, &body, "a", 1);
}

static void
send_in_wrong_mode(struct fixture *f)
{
	struct ipc_listening body = { .addr.port = 1 };

	ipc_send(&f->netd, IPC_LISTENING, &body, NULL, 0);
}

static void
send_again(struct fixture *f)
{
	struct ipc_channel netd = f->netd;

	/* The first call is fine, and the second ends the process. */
	if (ipc_send(&netd, IPC_LEFT, NULL, NULL, 0) == 0)
		ipc_send(&netd, IPC_LEFT, NULL, NULL, 0);
}

/* Messages for a child's work are refused before it has told READY. */
static void
send_too_early(struct fixture *f)
{
	struct ipc_channel control;

	ipc_open(&control, f->netd.fd, ROLE_NETD, ROLE_LAUNCHER, IN_CLIENT);
	ipc_send(&control, IPC_RESOLVE, NULL, NULL, 0);
}

static void
send_too_long(struct fixture *f)
{
	static const char record[RECORD_MAX + 1];
	struct ipc_record body = { .handle = 1, .serial = 1 };

	ipc_send(&f->netd, IPC_RECORD_IN, &body, record, sizeof(record));
}

static void
send_far_too_much(struct fixture *f)
{
	for (int i = 0; i < 2 * IPC_QUEUE_LIMIT / TEXT_MAX; i++)
		send_kept(f, TEXT_MAX);
}

/* The launcher does not wait for READY: it sends at once, and the child reads
 * later. */
static void
test_launcher_is_early(void)
{
	struct ipc_privileges privileges = { 0 };
	struct ipc_channel launcher, ui;
	struct ipc_ready ready = { 0 };
	struct ipc_message_in in;

	ipc_pair(&launcher, ROLE_LAUNCHER, &ui, ROLE_UI);
	launcher.state = ui.state = AT_START;
	CU_ASSERT_EQUAL(ipc_send(&launcher, IPC_PRIVILEGES, &privileges, NULL,
			    0),
	    0);
	CU_ASSERT_EQUAL(ipc_send(&launcher, IPC_SHUTDOWN, NULL, NULL, 0), 0);
	CU_ASSERT_EQUAL(ipc_receive(&ui, &in), IPC_GOT);
	CU_ASSERT_EQUAL(ipc_send(&ui, IPC_READY, &ready, NULL, 0), 0);
	CU_ASSERT_EQUAL(ipc_receive(&ui, &in), IPC_GOT);
	CU_ASSERT_EQUAL(in.type, IPC_SHUTDOWN);
	CU_ASSERT_EQUAL(ipc_receive(&launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL(launcher.state, AT_WORK);
	CU_ASSERT_EQUAL(ipc_send(&ui, IPC_STOP, NULL, NULL, 0), 0);
	CU_ASSERT_EQUAL(ipc_receive(&launcher, &in), IPC_GOT);
	ipc_close(&launcher);
	ipc_close(&ui);
}

static void
test_fatal(void)
{
	struct fixture f;
	int status;

	set_up(&f);
	/* A bug of ours is a trap, or a report of a sanitizer. */
	CU_ASSERT_NOT_EQUAL(in_child(send_not_allowed, &f), 0);
	CU_ASSERT_NOT_EQUAL(in_child(send_too_long, &f), 0);
	CU_ASSERT_NOT_EQUAL(in_child(send_in_wrong_mode, &f), 0);
	CU_ASSERT_NOT_EQUAL(in_child(send_again, &f), 0);
	CU_ASSERT_NOT_EQUAL(in_child(send_too_early, &f), 0);
	/* Nobody reads: the sender ends, before it uses up the memory. */
	status = in_child(send_far_too_much, &f);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	tear_down(&f);
}

void
ipc_channel_suite(void)
{
	CU_pSuite suite = CU_add_suite("ipc_channel", NULL, NULL);

	CU_add_test(suite, "send and receive", test_send_receive);
	CU_add_test(suite, "queue", test_queue);
	CU_add_test(suite, "order", test_order);
	CU_add_test(suite, "congestion", test_congestion);
	CU_add_test(suite, "closed", test_closed);
	CU_add_test(suite, "last words", test_last_words);
	CU_add_test(suite, "shared calls", test_shared_calls);
	CU_add_test(suite, "faulty in a shared call", test_shared_faulty);
	CU_add_test(suite, "faulty messages", test_faulty);
	CU_add_test(suite, "sent before READY", test_launcher_is_early);
	CU_add_test(suite, "what ends the sender", test_fatal);
}
