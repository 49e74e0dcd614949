/*
 * The ui process without its main loop: who is shown by which name, what is
 * said and when, receipts, back-pressure, quitting; in the plain view, since
 * json_test.c has the other. The clock is made up.
 */
#include "ui/ui.h"

#include <CUnit/CUnit.h>

#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void ui_model_suite(void);

/* A ui in plain and cryptod's end of its channel. */
struct fixture {
	struct ui *ui;
	struct ipc_channel cryptod;
	int in[2];  /* a pipe as its input */
	int out[2]; /* and one as its output */
};

static void
set_up(struct fixture *f, enum mode mode)
{
	struct ipc_config_ui config = {
		.first_seq = 1,
		.mode = (uint8_t)mode,
		.kind = UI_PLAIN,
		.nick_len = 5,
		.room_len = 4,
		.nick = "alice",
		.room = "room",
	};
	int fds[2];

	setenv("TZ", "UTC", 1);
	tzset();
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds), 0);
	CU_ASSERT_EQUAL_FATAL(pipe(f->in), 0);
	CU_ASSERT_EQUAL_FATAL(pipe2(f->out, O_NONBLOCK), 0);
	f->ui = calloc(1, sizeof(*f->ui));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->ui);
	ui_init(f->ui, &config);
	ipc_open(&f->ui->cryptod, fds[0], ROLE_UI, ROLE_CRYPTOD);
	ipc_open(&f->cryptod, fds[1], ROLE_CRYPTOD, ROLE_UI);
	f->ui->wall_ms = 1709210096007;
	f->ui->now = 1000 * USEC_PER_SEC;
}

static void
tear_down(struct fixture *f)
{
	ipc_close(&f->ui->cryptod);
	ipc_close(&f->cryptod);
	for (int i = 0; i < 2; i++) {
		close(f->in[i]);
		close(f->out[i]);
	}
	ui_free(f->ui);
	free(f->ui);
}

/* What was written to the output since last asked. */
static const char *
take_output(struct fixture *f)
{
	static char text[65536];
	ssize_t n;

	while (output_pending(&f->ui->out))
		CU_ASSERT_EQUAL_FATAL(output_write(&f->ui->out, f->out[1]), 0);
	n = read(f->out[0], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
check_output(struct fixture *f, const char *expected)
{
	const char *got = take_output(f);

	if (strcmp(got, expected) != 0)
		fprintf(stderr, "\n  got      %s  expected %s", got, expected);
	CU_ASSERT_STRING_EQUAL(got, expected);
}

static int
tell(struct fixture *f, enum ipc_type type, const void *body, const void *tail,
    size_t len)
{
	struct ipc_message_in in = { type, body, tail, len, -1 };

	CU_ASSERT(ipc_check(&in));
	return ui_dispatch(f->ui, &in);
}

/* Reads input as the main loop does: when the ui wants to. */
static void
read_input(struct fixture *f)
{
	struct pollfd pfd = { .fd = f->in[0], .events = POLLIN };

	while (ui_reads_input(f->ui) && poll(&pfd, 1, 0) == 1) {
		CU_ASSERT_EQUAL(input_read(&f->ui->in, f->in[0]), 0);
		ui_work(f->ui);
	}
}

static void
type(struct fixture *f, const char *bytes)
{
	size_t len = strlen(bytes), n;

	for (; len > 0; bytes += n, len -= n) {
		n = len < 4096 ? len : 4096;
		CU_ASSERT_EQUAL_FATAL(write(f->in[1], bytes, n), (ssize_t)n);
		read_input(f);
	}
}

static void
end_input(struct fixture *f)
{
	close(f->in[1]);
	f->in[1] = -1;
	read_input(f);
}

/* The next message to cryptod, or IPC_NONE. */
static enum ipc_type
next_message(struct fixture *f, struct ipc_message_in *in)
{
	return ipc_receive(&f->cryptod, in) == IPC_GOT ? in->type : IPC_NONE;
}

static void
check_say(struct fixture *f, uint64_t seq, const char *text)
{
	struct ipc_message_in in;
	const struct ipc_say *say;

	CU_ASSERT_EQUAL_FATAL(next_message(f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT_EQUAL(say->seq, seq);
	CU_ASSERT(in.tail_len == strlen(text) &&
	    memcmp(in.tail, text, in.tail_len) == 0);
}

static void
check_next(struct fixture *f, enum ipc_type expected)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(next_message(f, &in), expected);
}

static void
tell_bootnode(struct fixture *f, enum boot_status status)
{
	struct ipc_bootnode b = { .status = (uint8_t)status };

	CU_ASSERT_EQUAL(tell(f, IPC_BOOTNODE, &b, NULL, 0), 0);
	ui_work(f->ui);
}

static void
tell_ready(struct fixture *f)
{
	struct ipc_client_ready ready = { .port = 4545 };

	CU_ASSERT_EQUAL(tell(f, IPC_CLIENT_READY, &ready, NULL, 0), 0);
}

/* Peer number n, with a fingerprint that starts with its number. */
static int
tell_peer(struct fixture *f, uint32_t n, enum peer_state state,
    const char *nick)
{
	struct ipc_peer_state s = {
		.handle = 0x1000 | n,
		.state = (uint8_t)state,
		.kind = nick != NULL ? PATH_DIRECT : PATH_NONE,
		.failure =
		    state == PEER_FAILED ? FAILURE_RELAY_REFUSED : FAILURE_NONE,
		.rtt_us = 12345,
		.id.bytes = { (uint8_t)n, 0xee },
		.fingerprint = { 0xab, (uint8_t)n, 0xcd },
	};

	return tell(f, IPC_PEER, &s, nick, nick != NULL ? strlen(nick) : 0);
}

static int
tell_sent(struct fixture *f, uint64_t seq, uint32_t peers)
{
	struct ipc_sent sent = { seq, peers };

	return tell(f, IPC_SENT, &sent, NULL, 0);
}

static int
tell_undelivered(struct fixture *f, uint64_t seq, uint32_t n)
{
	struct ipc_undelivered u = {
		.seq = seq,
		.reason = UNDELIVERED_NO_PATH,
		.id.bytes = { (uint8_t)n, 0xee },
	};

	return tell(f, IPC_UNDELIVERED, &u, NULL, 0);
}

static int
tell_delivered(struct fixture *f, uint64_t seq, uint32_t n)
{
	struct ipc_delivered d = { .seq = seq };

	d.id.bytes[0] = (uint8_t)n;
	d.id.bytes[1] = 0xee;
	return tell(f, IPC_DELIVERED, &d, NULL, 0);
}

static void
check_shown(struct fixture *f, uint32_t n, const char *expected)
{
	const struct peer *p = model_peer(&f->ui->model, 0x1000 | n);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_STRING_EQUAL(p->shown, expected);
}

static void
join(struct fixture *f, uint32_t n, const char *nick, const char *shown)
{
	CU_ASSERT_EQUAL(tell_peer(f, n, PEER_CONNECTED, nick), 0);
	check_shown(f, n, shown);
}

static void
test_names(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	tell_ready(&f);
	join(&f, 1, "bob", "bob");
	join(&f, 2, "Bob", "Bob~ab02");
	join(&f, 3, "bоb", "bоb~ab03");	    /* Cyrillic o */
	join(&f, 4, "alice", "alice~ab04"); /* our own */
	join(&f, 5, "AIice", "AIice~ab05");
	join(&f, 6, "carol", "carol");
	join(&f, 7, "  ca  rol ", "ca rol");
	join(&f, 8, "x\x1b[2J", "peer-ab08");
	join(&f, 9, "peer-ab08", "peer-ab08~ab09");
	/* Stays so when the others are gone, and with a new path. */
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(tell_peer(&f, 2, PEER_PATH, "Bob"), 0);
	check_shown(&f, 2, "Bob~ab02");
	CU_ASSERT_PTR_NULL(model_peer(&f.ui->model, 0x1001));
	/* Whoever comes now is after those who are here. */
	join(&f, 10, "bob", "bob~ab0a");
	CU_ASSERT_EQUAL(tell_peer(&f, 6, PEER_LEFT, NULL), 0);
	join(&f, 11, "carol", "carol");
	tear_down(&f);
}

/* Nobody can be called what somebody else is shown as. */
static void
test_names_with_suffix(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	tell_ready(&f);
	join(&f, 1, "bob~ab02", "bob~ab02~ab01");
	join(&f, 2, "bob", "bob");
	join(&f, 3, "alice", "alice~ab03");
	join(&f, 4, "alice~ab03", "alice~ab03~ab04");
	join(&f, 5,
	    "alice\u223c"
	    "ab03",
	    "alice\u223c"
	    "ab03~ab05");
	/* The same first digits: as many more as it takes. */
	CU_ASSERT_EQUAL(tell_peer(&f, 0x103, PEER_CONNECTED, "alice"), 0);
	check_shown(&f, 0x103, "alice~ab03cd00");
	tear_down(&f);
}

static void
test_peer_messages_refused(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	CU_ASSERT_EQUAL(tell(&f, IPC_MESSAGE, &m, "x", 1), -1);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_PATH, "bob"), -1);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_LEFT, NULL), -1);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTING, NULL), 0);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_PATH, "bob"), -1);
	/* Its place is taken, by another generation or another id. */
	CU_ASSERT_EQUAL(tell_peer(&f, 0x1001, PEER_CONNECTING, NULL), 0);
	CU_ASSERT_EQUAL(tell_peer(&f, 0x2001, PEER_CONNECTING, NULL), -1);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	CU_ASSERT_EQUAL(tell(&f, IPC_MESSAGE, &m, "x", 1), -1);
	CU_ASSERT_EQUAL(tell_peer(&f, 0x2001, PEER_CONNECTING, NULL), 0);
	tear_down(&f);
}

static void
test_other_messages_refused(void)
{
	struct ipc_client_ready ready = { .port = 1 };
	struct ipc_bootnode_ready listening = { .addr.port = 1 };
	struct ipc_undelivered u = { .seq = 1 };
	struct ipc_empty nothing;
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	CU_ASSERT_EQUAL(tell(&f, IPC_BOOTNODE_READY, &listening, NULL, 0), -1);
	CU_ASSERT_EQUAL(tell(&f, IPC_CLIENT_READY, &ready, NULL, 0), 0);
	CU_ASSERT_EQUAL(tell(&f, IPC_CLIENT_READY, &ready, NULL, 0), -1);
	CU_ASSERT_EQUAL(tell(&f, IPC_GOODBYE, &nothing, NULL, 0), -1);
	CU_ASSERT_EQUAL(tell_sent(&f, 1, 1), -1);
	CU_ASSERT_EQUAL(tell_delivered(&f, 1, 1), -1);
	tell_bootnode(&f, BOOT_JOINED);
	type(&f, "one\n");
	CU_ASSERT_EQUAL(tell_delivered(&f, 1, 1), -1);
	CU_ASSERT_EQUAL(tell_sent(&f, 2, 1), -1);
	CU_ASSERT_EQUAL(tell_sent(&f, 0, 1), -1);
	CU_ASSERT_EQUAL(tell_sent(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(tell_sent(&f, 1, 1), -1);
	CU_ASSERT_EQUAL(tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(tell(&f, IPC_UNDELIVERED, &u, NULL, 0), -1);
	tear_down(&f);
	set_up(&f, MODE_BOOTNODE);
	CU_ASSERT_EQUAL(tell(&f, IPC_CLIENT_READY, &ready, NULL, 0), -1);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTING, NULL), -1);
	CU_ASSERT_EQUAL(tell(&f, IPC_BOOTNODE_READY, &listening, NULL, 0), 0);
	tear_down(&f);
}

/* Nothing goes out before a bootnode answered; then 8 at a time, in order. */
static void
test_saying(void)
{
	char line[32];
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	for (int i = 1; i <= 100; i++) {
		snprintf(line, sizeof(line), "line %d\n", i);
		type(&f, line);
	}
	check_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(f.ui->said.held_count, SAID_HELD_MAX);
	CU_ASSERT(!ui_reads_input(f.ui));
	tell_bootnode(&f, BOOT_REFUSED);
	check_next(&f, IPC_NONE);
	tell_bootnode(&f, BOOT_JOINED);
	for (uint64_t seq = 1; seq <= 100; seq++) {
		snprintf(line, sizeof(line), "line %d", (int)seq);
		check_say(&f, seq, line);
		if (seq < SAID_UNSENT_MAX)
			continue;
		check_next(&f, IPC_NONE);
		CU_ASSERT_EQUAL(tell_sent(&f, seq - SAID_UNSENT_MAX + 1, 1), 0);
		ui_work(f.ui);
		read_input(&f);
	}
	CU_ASSERT(ui_reads_input(f.ui));
	CU_ASSERT_EQUAL(said_open(&f.ui->said), 100);
	CU_ASSERT_EQUAL(tell_delivered(&f, 2, 1), 0);
	CU_ASSERT_EQUAL(said_open(&f.ui->said), 99);
	CU_ASSERT_EQUAL(f.ui->said.oldest, 1);
	CU_ASSERT_EQUAL(tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(f.ui->said.oldest, 3);
	tear_down(&f);
}

/* Many lines in one read: taken as there is room, and nothing is read
 * before they are used up. */
static void
test_paste(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	tell_bootnode(&f, BOOT_JOINED);
	for (int i = 1; i <= 1000; i++)
		CU_ASSERT_EQUAL(write(f.in[1], "paste\n", 6), 6);
	for (uint64_t seq = 1; seq <= 1000; seq++) {
		read_input(&f);
		check_say(&f, seq, "paste");
		if (seq == 100)
			CU_ASSERT(!ui_reads_input(f.ui));
		CU_ASSERT_EQUAL(tell_sent(&f, seq, 0), 0);
		ui_work(f.ui);
		take_output(&f);
	}
	CU_ASSERT_EQUAL(f.ui->in.line, 1000);
	CU_ASSERT(ui_reads_input(f.ui));
	tear_down(&f);
}

/* Messages that nobody confirms are bounded too. */
static void
test_window(void)
{
	uint64_t seq = 0;
	struct ipc_message_in in;
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	tell_bootnode(&f, BOOT_JOINED);
	while (f.ui->said.held_count == 0 && seq < 2 * SAID_WINDOW) {
		type(&f, "x\n");
		while (next_message(&f, &in) == IPC_SAY)
			CU_ASSERT_EQUAL(tell_sent(&f, ++seq, 1), 0);
	}
	CU_ASSERT_EQUAL(seq, SAID_WINDOW);
	CU_ASSERT_EQUAL(tell_delivered(&f, 1, 1), 0);
	ui_work(f.ui);
	check_say(&f, SAID_WINDOW + 1, "x");
	tear_down(&f);
}

/* A peer that cannot be reached is told of, but not counted. */
static void
test_failed_peer(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	tell_bootnode(&f, BOOT_JOINED);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(tell_peer(&f, 2, PEER_FAILED, NULL), 0);
	type(&f, "hello\n");
	take_output(&f);
	CU_ASSERT_EQUAL(tell_undelivered(&f, 1, 2), -1);
	CU_ASSERT_EQUAL(tell_sent(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(tell_undelivered(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(said_open(&f.ui->said), 1);
	CU_ASSERT_EQUAL(tell_undelivered(&f, 2, 2), -1);
	CU_ASSERT_EQUAL(tell_delivered(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(said_open(&f.ui->said), 0);
	CU_ASSERT_EQUAL(tell_undelivered(&f, 1, 1), -1);
	check_output(&f,
	    "12:34:56 ! not delivered to peer 02ee0000 "
	    "(no path): \"hello\"\n");
	tear_down(&f);
}

static void
test_plain_input(void)
{
	struct fixture f;
	char *line = malloc(TEXT_MAX + 3);

	set_up(&f, MODE_CLIENT);
	tell_bootnode(&f, BOOT_JOINED);
	take_output(&f);
	type(&f, "\n//slash\n  /quit\r\n/dance now\na\xff\n");
	check_say(&f, 1, "/slash");
	check_say(&f, 2, "  /quit");
	check_output(&f,
	    "12:34:56 ! line 4: unknown command /dance now; not sent, see "
	    "/help\n"
	    "12:34:56 ! line 5: it is not valid UTF-8; not sent\n");
	memset(line, 'x', TEXT_MAX + 1);
	strcpy(line + TEXT_MAX + 1, "\n");
	type(&f, line);
	check_output(&f,
	    "12:34:56 ! line 6: it is longer than 16384 bytes, "
	    "the limit for a line; not sent\n");
	strcpy(line + TEXT_MAX, "\n");
	type(&f, line);
	line[TEXT_MAX] = '\0';
	check_say(&f, 3, line);
	type(&f, "no line feed");
	check_next(&f, IPC_NONE);
	end_input(&f);
	check_say(&f, 4, "no line feed");
	check_next(&f, IPC_NONE);
	check_output(&f, "");
	free(line);
	tear_down(&f);
}

static void
test_plain_output(void)
{
	static const char forged[] = "one\n12:34:56 <carol> forged\x1b[1m";
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct ipc_undelivered u = { .seq = 1, .reason = UNDELIVERED_LEFT };
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	tell_ready(&f);
	check_output(&f,
	    "12:34:56 * you are alice in room room (no passphrase), UDP port "
	    "4545, fingerprint 0000 0000 0000 0000 0000 0000 0000 0000 0000 "
	    "0000\n");
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTING, NULL), 0);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_FAILED, NULL), 0);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(tell(&f, IPC_MESSAGE, &m, forged, sizeof(forged) - 1),
	    0);
	check_output(&f,
	    "12:34:56 * peer 01ee0000 is connecting\n"
	    "12:34:56 * peer 01ee0000 cannot be reached (no direct path, "
	    "and the bootnode does not relay); still trying\n"
	    "12:34:56 * bob is here (direct, 12.3 ms)\n"
	    "12:34:56 <bob> one\n"
	    "         | 12:34:56 <carol> forged␛[1m\n");
	type(&f, "/peers\n");
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(take_output(&f), "* bob connected (direct, 12.3 ms), "));
	tell_bootnode(&f, BOOT_JOINED);
	take_output(&f);
	type(&f, "to bob\nto nobody\n");
	CU_ASSERT_EQUAL(tell_sent(&f, 1, 1), 0);
	CU_ASSERT_EQUAL(tell_sent(&f, 2, 0), 0);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_LEFT, NULL), 0);
	u.id.bytes[0] = 1;
	u.id.bytes[1] = 0xee;
	CU_ASSERT_EQUAL(tell(&f, IPC_UNDELIVERED, &u, NULL, 0), 0);
	check_output(&f,
	    "12:34:56 ! nobody is here yet: not sent to anyone: \"to nobody\""
	    "\n12:34:56 * bob left\n"
	    "12:34:56 ! not delivered to bob (left): \"to bob\"\n");
	tear_down(&f);
}

static void
test_plain_bootnode(void)
{
	struct ipc_member m = { .what = MEMBER_JOINED, .room = { 0xab } };
	struct ipc_stats stats = { .sessions = 1, .heartbeats = 5 };
	struct fixture f;

	set_up(&f, MODE_BOOTNODE);
	CU_ASSERT_EQUAL(tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0), 0);
	check_output(&f, "12:34:56 peer 00000000 joined room ab000000\n");
	m.what = MEMBER_LEFT;
	m.reason = LEAVE_TIMEOUT;
	CU_ASSERT_EQUAL(tell(&f, IPC_MEMBER_SHOW, &m, NULL, 0), 0);
	check_output(&f,
	    "12:34:56 peer 00000000 left room ab000000 (timeout)\n");
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &stats, NULL, 0), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(take_output(&f), "1 sessions in 0 "));
	stats.heartbeats++;
	CU_ASSERT_EQUAL(tell(&f, IPC_STATS_SHOW, &stats, NULL, 0), 0);
	check_output(&f, "");
	type(&f, "hello\n");
	check_output(&f,
	    "12:34:56 ! line 1: a bootnode does not chat; not "
	    "sent\n");
	/* A bootnode goes on without an operator. */
	end_input(&f);
	CU_ASSERT_EQUAL(f.ui->phase, UI_RUNNING);
	check_next(&f, IPC_NONE);
	tear_down(&f);
}

static void
test_receipts(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 7 };
	char text[OUTPUT_PIECE];
	struct ipc_message_in in;
	const struct ipc_receipt *r;
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	take_output(&f);
	memset(text, 'x', sizeof(text));
	CU_ASSERT_EQUAL(tell(&f, IPC_MESSAGE, &m, text, sizeof(text)), 0);
	ui_work(f.ui);
	check_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(output_write(&f.ui->out, f.out[1]), 0);
	CU_ASSERT(output_pending(&f.ui->out));
	ui_work(f.ui);
	check_next(&f, IPC_NONE); /* part of it is not written yet */
	CU_ASSERT_EQUAL(output_write(&f.ui->out, f.out[1]), 0);
	CU_ASSERT(!output_pending(&f.ui->out));
	ui_work(f.ui);
	CU_ASSERT_EQUAL_FATAL(next_message(&f, &in), IPC_RECEIPT);
	r = in.body;
	CU_ASSERT_EQUAL(r->handle, 0x1001);
	CU_ASSERT_EQUAL(r->seq, 7);
	check_next(&f, IPC_NONE);
	tear_down(&f);
}

/* An output that nobody reads stops the reading of cryptod, not more. */
static void
test_back_pressure(void)
{
	static char text[TEXT_MAX];
	struct ipc_message m = { .handle = 0x1001 };
	struct fixture f;
	int messages = 0;

	set_up(&f, MODE_CLIENT);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	memset(text, 'x', sizeof(text));
	while (ui_reads_cryptod(f.ui) && messages < 1000) {
		m.seq = (uint64_t)++messages;
		CU_ASSERT_EQUAL(tell(&f, IPC_MESSAGE, &m, text, sizeof(text)),
		    0);
	}
	CU_ASSERT_EQUAL(messages, OUTPUT_MARK / TEXT_MAX);
	CU_ASSERT(!ui_reads_input(f.ui));
	ui_work(f.ui);
	check_next(&f, IPC_NONE);
	while (output_write(&f.ui->out, f.out[1]) == 0 &&
	    read(f.out[0], text, sizeof(text)) > 0)
		ui_work(f.ui);
	for (; messages > 0; messages--)
		check_next(&f, IPC_RECEIPT);
	check_next(&f, IPC_NONE);
	CU_ASSERT(ui_reads_cryptod(f.ui));
	tear_down(&f);
}

/* So do many short ones: receipts are bounded. */
static void
test_receipts_bounded(void)
{
	struct ipc_message m = { .handle = 0x1001 };
	struct fixture f;
	int messages = 0;

	set_up(&f, MODE_CLIENT);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTED, "b"), 0);
	while (ui_reads_cryptod(f.ui) && messages <= UI_RECEIPTS_MAX) {
		m.seq = (uint64_t)++messages;
		CU_ASSERT_EQUAL(tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	}
	CU_ASSERT_EQUAL(messages, UI_RECEIPTS_MAX);
	tear_down(&f);
}

static void
test_quit(void)
{
	struct ipc_empty nothing;
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	type(&f, "held\n/quit\nmore\n");
	check_next(&f, IPC_QUIT);
	check_output(&f,
	    "12:34:56 ! not sent, no bootnode answered: "
	    "\"held\"\n");
	CU_ASSERT(!ui_reads_input(f.ui));
	ui_quit(f.ui);
	check_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(tell(&f, IPC_GOODBYE, &nothing, NULL, 0), 0);
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	CU_ASSERT(!ui_reads_cryptod(f.ui));
	check_output(&f, "12:34:56 * bye\n");
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DONE);
	tear_down(&f);
}

/* No goodbye, and nobody reads the output: ends all the same. */
static void
test_quit_deadlines(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	ui_quit(f.ui);
	f.ui->now += UI_GOODBYE_TIME - 1;
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_QUITTING);
	f.ui->now += 1;
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	f.ui->now += UI_FLUSH_TIME - 1;
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_FLUSHING);
	f.ui->now += 1;
	ui_work(f.ui);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DONE);
	check_output(&f,
	    "12:34:56 ! no goodbye from the others\n"
	    "12:34:56 * bye\n");
	tear_down(&f);
}

/* The end of input waits until everybody has what was said. */
static void
test_end_of_input(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	tell_bootnode(&f, BOOT_JOINED);
	type(&f, "last words\n");
	end_input(&f);
	CU_ASSERT_EQUAL(f.ui->phase, UI_DRAINING);
	check_say(&f, 1, "last words");
	CU_ASSERT_EQUAL(tell_sent(&f, 1, 2), 0);
	CU_ASSERT_EQUAL(tell_delivered(&f, 1, 1), 0);
	ui_work(f.ui);
	check_next(&f, IPC_NONE);
	CU_ASSERT_EQUAL(tell_delivered(&f, 1, 2), 0);
	ui_work(f.ui);
	check_next(&f, IPC_QUIT);
	tear_down(&f);
	/* Nothing was said: no reason to wait. */
	set_up(&f, MODE_CLIENT);
	end_input(&f);
	check_next(&f, IPC_QUIT);
	tear_down(&f);
}

static void
test_end_of_input_deadline(void)
{
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	type(&f, "one\ntwo\n");
	end_input(&f);
	f.ui->now += UI_DRAIN_TIME - 1;
	ui_work(f.ui);
	check_next(&f, IPC_NONE);
	check_output(&f, "");
	f.ui->now += 1;
	ui_work(f.ui);
	check_next(&f, IPC_QUIT);
	check_output(&f,
	    "12:34:56 ! not sent, no bootnode answered: \"one\"\n"
	    "12:34:56 ! not sent, no bootnode answered: \"two\"\n");
	tear_down(&f);
}

/* What nobody confirmed before the goodbye is not passed over. */
static void
test_unconfirmed(void)
{
	struct ipc_empty nothing;
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	tell_bootnode(&f, BOOT_JOINED);
	take_output(&f);
	type(&f, "one\ntwo\n");
	CU_ASSERT_EQUAL(tell_sent(&f, 1, 1), 0);
	ui_quit(f.ui);
	CU_ASSERT_EQUAL(tell(&f, IPC_GOODBYE, &nothing, NULL, 0), 0);
	check_output(&f,
	    "12:34:56 ! it is not known whether everybody got "
	    "the last 2 of your messages\n12:34:56 * bye\n");
	tear_down(&f);
}

static void
test_output_gone(void)
{
	struct ipc_message m = { .handle = 0x1001, .seq = 1 };
	struct fixture f;

	set_up(&f, MODE_CLIENT);
	CU_ASSERT_EQUAL(tell_peer(&f, 1, PEER_CONNECTED, "bob"), 0);
	CU_ASSERT_EQUAL(tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	ui_output_gone(f.ui);
	ui_work(f.ui);
	check_next(&f, IPC_QUIT); /* and no receipt */
	m.seq = 2;
	CU_ASSERT_EQUAL(tell(&f, IPC_MESSAGE, &m, "x", 1), 0);
	ui_work(f.ui);
	check_next(&f, IPC_NONE);
	CU_ASSERT(!output_pending(&f.ui->out));
	tear_down(&f);
}

void
ui_model_suite(void)
{
	CU_pSuite s = CU_add_suite("ui model", NULL, NULL);

	CU_add_test(s, "names of peers", test_names);
	CU_add_test(s, "names with a suffix", test_names_with_suffix);
	CU_add_test(s, "peers: what is refused", test_peer_messages_refused);
	CU_add_test(s, "others: what is refused", test_other_messages_refused);
	CU_add_test(s, "saying", test_saying);
	CU_add_test(s, "a paste of many lines", test_paste);
	CU_add_test(s, "window of messages", test_window);
	CU_add_test(s, "a peer that failed", test_failed_peer);
	CU_add_test(s, "plain input", test_plain_input);
	CU_add_test(s, "plain output", test_plain_output);
	CU_add_test(s, "plain bootnode", test_plain_bootnode);
	CU_add_test(s, "receipts", test_receipts);
	CU_add_test(s, "back-pressure", test_back_pressure);
	CU_add_test(s, "receipts are bounded", test_receipts_bounded);
	CU_add_test(s, "quit", test_quit);
	CU_add_test(s, "quit without an answer", test_quit_deadlines);
	CU_add_test(s, "end of input", test_end_of_input);
	CU_add_test(s, "end of input, deadline", test_end_of_input_deadline);
	CU_add_test(s, "unconfirmed at the end", test_unconfirmed);
	CU_add_test(s, "output gone", test_output_gone);
}
