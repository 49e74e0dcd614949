/*
 * A ui without its process. See fixture.h.
 */
#include "tests/unit/ui/fixture.h"

#include "ui/command.h"
#include "ui/tui/tui.h"

#include "tests/unit/ipc_pair.h"

#include <CUnit/CUnit.h>

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

void
fixture_open(struct fixture *f, enum mode mode, enum ui_kind kind)
{
	struct ipc_config_ui config = {
		.first_seq = 1,
		.mode = (uint8_t)mode,
		.kind = (uint8_t)kind,
		.nick_len = 5,
		.room_len = 4,
		.nick = "alice",
		.room = "r\"om",
	};

	static const struct terminal terminal = { COLOURS_256, true, true, 80,
		24 };

	setenv("TZ", "UTC", 1);
	tzset();
	CU_ASSERT_EQUAL_FATAL(pipe2(f->in, O_CLOEXEC), 0);
	CU_ASSERT_EQUAL_FATAL(pipe2(f->out, O_NONBLOCK | O_CLOEXEC), 0);
	f->ui = calloc(1, sizeof(*f->ui));
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->ui);
	ui_init(f->ui, &config, kind == UI_JSON ? &view_json : &view_plain);
	memset(&f->handlers, 0, sizeof(f->handlers));
	f->room = f->ui->front;
	ui_add_handlers(&f->handlers);
	if (mode == MODE_BOOTNODE)
		control_init(&f->operator, f->ui, &f->handlers, -1);
	if (kind == UI_TUI)
		tui_open(f->ui, &config, &terminal);
	ipc_pair(&f->room->cryptod, ROLE_UI, &f->cryptod, ROLE_CRYPTOD);
	ipc_pair(&f->control, ROLE_UI, &f->launcher, ROLE_LAUNCHER);
	if (mode == MODE_BOOTNODE)
		f->room->cryptod.modes = f->cryptod.modes = f->control.modes =
		    f->launcher.modes = IN_BOOTNODE;
	f->ui->launcher = &f->control;
	f->ui->wall_ms = FIXTURE_WALL_MS;
	f->ui->now = 1000 * USEC_PER_SEC;
}

void
fixture_close(struct fixture *f)
{
	ipc_close(&f->room->cryptod);
	ipc_close(&f->cryptod);
	ipc_close(&f->control);
	ipc_close(&f->launcher);
	for (int i = 0; i < 2; i++) {
		close(f->in[i]);
		close(f->out[i]);
	}
	ui_free(f->ui);
	free(f->ui);
}

struct room *
fixture_open_room(struct fixture *f, unsigned int number, const char *name,
    struct ipc_channel *cryptod)
{
	struct ipc_config_ui config = f->ui->config;
	struct room *room;

	memset(config.room, 0, sizeof(config.room));
	memcpy(config.room, name, strlen(name));
	config.room_len = (uint16_t)strlen(name);
	room = room_open(f->ui, number, &config);
	ipc_pair(&room->cryptod, ROLE_UI, cryptod, ROLE_CRYPTOD);
	return room;
}

void
fixture_shut(struct room *room, struct ipc_channel *cryptod)
{
	ipc_close(&room->cryptod);
	ipc_close(cryptod);
	room_close(room);
}

/* As after a restart, with a line before that Enter no longer waits for. */
void
fixture_keep_drafts(struct fixture *f)
{
	f->room->past.awaited = true;
	f->room->pane->draft.enter_by = 1;
}

const char *
fixture_output(struct fixture *f)
{
	static char text[65536];
	size_t len = 0;
	ssize_t n;

	do {
		CU_ASSERT_EQUAL_FATAL(output_write(&f->ui->out, f->out[1]), 0);
		n = read(f->out[0], text + len, sizeof(text) - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	CU_ASSERT_FALSE_FATAL(output_pending(&f->ui->out));
	text[len] = '\0';
	return text;
}

void
fixture_expect(struct fixture *f, const char *output)
{
	const char *got = fixture_output(f);

	if (strcmp(got, output) != 0)
		fprintf(stderr, "\n  got      %s  expected %s", got, output);
	CU_ASSERT_STRING_EQUAL(got, output);
}

unsigned int
fixture_count(const char *output, const char *what)
{
	unsigned int count = 0;

	for (; (output = strstr(output, what)) != NULL; output++)
		count++;
	return count;
}

void
fixture_command(struct fixture *f, const char *line)
{
	command_line(f->room, line, strlen(line));
}

void
fixture_expect_typed(struct fixture *f, const char *text)
{
	size_t len;
	const char *line = editor_text(&f->room->pane->editor, &len);

	CU_ASSERT(len == strlen(text) && memcmp(line, text, len) == 0);
}

static int
tell(struct fixture *f, enum ipc_type type, const void *body, const void *tail,
    size_t len)
{
	/* A message that was received has a tail, even if it is empty. */
	struct ipc_message_in in = { type, body, tail != NULL ? tail : "", len,
		-1, f->ui->now };

	CU_ASSERT(ipc_check(&in));
	/* The fixture's channel has one mode. */
	if ((ipc_rules[type].modes & IN_MODE(f->ui->mode)) == 0)
		return -1;
	return dispatch_message(&f->handlers, f->room, &in);
}

int
fixture_tell(struct fixture *f, enum ipc_type type, const void *body,
    const void *tail, size_t len)
{
	const struct peer *p;
	struct ipc_message m;

	if (type != IPC_MESSAGE)
		return tell(f, type, body, tail, len);
	memcpy(&m, body, sizeof(m));
	p = model_peer(&f->room->model, m.handle);
	return fixture_tell_said(f, &m, p != NULL && p->known ? p->nick : "x",
	    tail, len);
}

int
fixture_tell_said(struct fixture *f, const struct ipc_message *message,
    const char *nick, const char *text, size_t len)
{
	static char tail[NICK_MAX + TEXT_MAX];
	struct ipc_message m = *message;

	m.nick_len = (uint8_t)strlen(nick);
	CU_ASSERT_FATAL(m.nick_len + len <= sizeof(tail));
	memcpy(tail, nick, m.nick_len);
	memcpy(tail + m.nick_len, text, len);
	return tell(f, IPC_MESSAGE, &m, tail, m.nick_len + len);
}

void
fixture_read(struct fixture *f)
{
	struct pollfd pfd = { .fd = f->in[0], .events = POLLIN };

	while (ui_reads_input(f->ui) && poll(&pfd, 1, 0) == 1) {
		CU_ASSERT_EQUAL(input_read(&f->ui->in, f->in[0]), 0);
		ui_work(f->ui);
	}
}

void
fixture_feed(struct fixture *f, const char *bytes, size_t len)
{
	size_t n;

	for (; len > 0; bytes += n, len -= n) {
		n = len < 4096 ? len : 4096;
		CU_ASSERT_EQUAL_FATAL(write(f->in[1], bytes, n), (ssize_t)n);
		fixture_read(f);
	}
}

void
fixture_type(struct fixture *f, const char *text)
{
	fixture_feed(f, text, strlen(text));
}

void
fixture_end_input(struct fixture *f)
{
	close(f->in[1]);
	f->in[1] = -1;
	fixture_read(f);
}

enum ipc_type
fixture_next(struct fixture *f, struct ipc_message_in *in)
{
	return ipc_receive(&f->cryptod, in) == IPC_GOT ? in->type : IPC_NONE;
}

void
fixture_expect_say(struct fixture *f, uint64_t seq, const char *text)
{
	struct ipc_message_in in;
	const struct ipc_say *say;

	CU_ASSERT_EQUAL_FATAL(fixture_next(f, &in), IPC_SAY);
	say = in.body;
	CU_ASSERT_EQUAL(say->seq, seq);
	CU_ASSERT(in.tail_len - say->nick_len == strlen(text) &&
	    memcmp(in.tail + say->nick_len, text,
		in.tail_len - say->nick_len) == 0);
}

void
fixture_expect_next(struct fixture *f, enum ipc_type expected)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(fixture_next(f, &in), expected);
}

void
fixture_tell_bootnode(struct fixture *f, enum boot_status status)
{
	struct ipc_bootnode b = {
		.status = (uint8_t)status,
		.refusal =
		    status == BOOT_REFUSED ? REFUSAL_ROOM_FULL : REFUSAL_NONE,
		.joined = status == BOOT_JOINED || status == BOOT_REJOINED,
	};

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_BOOTNODE, &b, NULL, 0), 0);
	ui_work(f->ui);
}

void
fixture_tell_ready(struct fixture *f)
{
	struct ipc_client_ready ready = { .port = 4545 };

	CU_ASSERT_EQUAL(fixture_tell(f, IPC_CLIENT_READY, &ready, "alice", 5),
	    0);
}

int
fixture_tell_place(struct fixture *f, uint32_t n, uint32_t key,
    enum peer_state state, const char *nick)
{
	struct ipc_peer_state s = {
		.handle = 0x1000 | n,
		.state = (uint8_t)state,
		.kind = nick != NULL ? PATH_DIRECT : PATH_NONE,
		.failure =
		    state == PEER_FAILED ? FAILURE_RELAY_REFUSED : FAILURE_NONE,
		.left = state == PEER_LEFT ? LEFT_LOST : LEFT_NONE,
		.rtt_us = 12345,
		.id.bytes = { (uint8_t)n, 0xee },
		.fingerprint = { 0xab, (uint8_t)key, 0xcd,
		    (uint8_t)(key >> 8) },
	};

	if (key == FIXTURE_OWN_KEY)
		memset(s.fingerprint, 0, sizeof(s.fingerprint));
	return fixture_tell(f, IPC_PEER, &s, nick,
	    nick != NULL ? strlen(nick) : 0);
}

int
fixture_tell_peer(struct fixture *f, uint32_t n, enum peer_state state,
    const char *nick)
{
	return fixture_tell_place(f, n, (uint8_t)n, state, nick);
}

int
fixture_tell_sent(struct fixture *f, uint64_t seq, uint32_t peers)
{
	struct ipc_sent sent = { .seq = seq, .peers = peers };
	struct peer_id ids[CLIENT_PEERS_MAX] = { { { 0 } } };

	for (uint32_t n = 0; n < peers; n++) {
		ids[n].bytes[0] = (uint8_t)(n + 1);
		ids[n].bytes[1] = 0xee;
	}
	return fixture_tell(f, IPC_SENT, &sent, ids, peers * sizeof(ids[0]));
}

int
fixture_tell_undelivered(struct fixture *f, uint64_t seq, uint32_t n)
{
	struct ipc_undelivered u = {
		.counted = 1,
		.seq = seq,
		.reason = UNDELIVERED_NO_PATH,
		.id.bytes = { (uint8_t)n, 0xee },
	};

	return fixture_tell(f, IPC_UNDELIVERED, &u, NULL, 0);
}

int
fixture_tell_delivered(struct fixture *f, uint64_t seq, uint32_t n)
{
	struct ipc_delivered d = { .seq = seq };

	d.id.bytes[0] = (uint8_t)n;
	d.id.bytes[1] = 0xee;
	return fixture_tell(f, IPC_DELIVERED, &d, NULL, 0);
}

void
fixture_expect_on(struct ipc_channel *ch, enum ipc_type type)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL(ipc_receive(ch, &in) == IPC_GOT ? in.type : IPC_NONE,
	    type);
}
