/*
 * Fuzzes the plain and json interfaces (ui/) from both sides. The low bits of
 * the first byte say which interface and side:
 *	standard input: the rest is what another program writes
 *	a peer: its nickname up to the first NUL, then the text of a message
 * What the ui sends to cryptod must be allowed, what it writes must be lines
 * of JSON or text that steers no terminal.
 */
#include "ui/ask.h"
#include "ui/trust.h"
#include "ui/ui.h"

#include "common/utf8.h"
#include "tests/fuzz/fuzz.h"
#include "ui/text.h"

#include <sys/ioctl.h>

#include <jansson.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#define HANDLE 0x1001

static struct ui ui;
static struct dispatch handlers;
static struct ipc_channel cryptod;

static void
tell(enum ipc_type type, const void *body, const void *tail, size_t len)
{
	struct ipc_message_in in = { type, body, tail, len, -1, 0 };

	if (ipc_check(&in))
		REQUIRE(dispatch_message(&handlers, ui.front, &in) == 0);
}

static void
set_up(bool json)
{
	struct ipc_config_ui config = {
		.first_seq = 1,
		.mode = MODE_CLIENT,
		.kind = json ? UI_JSON : UI_PLAIN,
		.nick_len = 2,
		.room_len = 4,
		.nick = "me",
		.room = "room",
	};
	struct ipc_client_ready ready = { .port = 4545 };
	int fds[2];

	REQUIRE(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == 0);
	memset(&ui, 0, sizeof(ui));
	memset(&handlers, 0, sizeof(handlers));
	ui_add_handlers(&handlers);
	ui_init(&ui, &config, json ? &view_json : &view_plain);
	ipc_open(&ui.front->cryptod, fds[0], ROLE_UI, ROLE_CRYPTOD, IN_CLIENT);
	ipc_open(&cryptod, fds[1], ROLE_CRYPTOD, ROLE_UI, IN_CLIENT);
	ui.now = USEC_PER_SEC;
	tell(IPC_CLIENT_READY, &ready, "me", 2);
}

static void
tear_down(void)
{
	ipc_close(&ui.front->cryptod);
	ipc_close(&cryptod);
	ui_free(&ui);
}

/* Takes the messages that ui sent, and answers as cryptod would. */
static void
answer(void)
{
	struct ipc_message_in in;
	enum ipc_result result;

	while ((result = ipc_receive(&cryptod, &in)) == IPC_GOT) {
		const struct ipc_status status = { 0 };
		const struct peer_id id = { { 1 } };
		struct ipc_sent sent = { .peers = 1 };

		if (in.type == IPC_SAY) {
			sent.seq = ((const struct ipc_say *)in.body)->seq;
			tell(IPC_SENT, &sent, &id, sizeof(id));
		} else if (in.type == IPC_SAFETY_ASK) {
			struct ipc_safety safety = { .handle = HANDLE };

			memset(safety.digits, '7', sizeof(safety.digits));
			tell(IPC_SAFETY, &safety, NULL, 0);
		} else if (in.type == IPC_SET_VERIFIED) {
			tell(IPC_VERIFIED, in.body, NULL, 0);
		} else if (in.type == IPC_STATUS_ASK) {
			tell(IPC_STATUS, &status, NULL, 0);
		} else if (in.type == IPC_QUIT) {
			tell(IPC_GOODBYE, NULL, NULL, 0);
			return;
		}
	}
	REQUIRE(result == IPC_EMPTY);
}

static void
check_line(const char *line, size_t len, bool json)
{
	json_t *event;
	uint32_t c;
	size_t n;

	REQUIRE(utf8_valid(line, len));
	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(line + i, len - i, &c);
		REQUIRE(n > 0 && c >= 0x20 && (c < 0x7f || c >= 0xa0));
		REQUIRE(!text_is_invisible(c) ||
		    (!json && (c == 0x200d || (c >= 0xfe00 && c <= 0xfe0f))));
		REQUIRE(!text_is_unknown(c));
	}
	if (!json)
		return;
	event = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	REQUIRE(json_is_object(event));
	REQUIRE(json_is_string(json_object_get(event, "event")));
	json_decref(event);
}

static void
check_output(bool json)
{
	struct output *out = &ui.out;
	size_t len = out->buf.len - out->start;
	const char *line = out->buf.bytes + out->start, *end;

	for (; len > 0; len -= (size_t)(end + 1 - line), line = end + 1) {
		end = memchr(line, '\n', len);
		REQUIRE(end != NULL);
		check_line(line, (size_t)(end - line), json);
	}
	out->written += out->buf.len - out->start;
	out->start = out->buf.len = 0;
}

/* Lets ui read from the pipe; returns false if ui wants no more. */
static bool
read_pipe(int fd, bool json)
{
	int left = 0;

	while (ioctl(fd, FIONREAD, &left) == 0 && left > 0) {
		if (!ui_reads_input(&ui))
			return false;
		REQUIRE(input_read(&ui.in, fd) == 0);
		ui_work(&ui);
		answer();
		ui_work(&ui);
		check_output(json);
	}
	return true;
}

static void
from_input(const uint8_t *data, size_t size, bool json)
{
	int fds[2];
	size_t n;

	REQUIRE(pipe(fds) == 0);
	do {
		n = size < PIPE_BUF ? size : PIPE_BUF;
		REQUIRE(write(fds[1], data, n) == (ssize_t)n);
		data += n;
		size -= n;
	} while (read_pipe(fds[0], json) && size > 0);
	close(fds[0]);
	close(fds[1]);
	input_end(&ui.in);
	ui_work(&ui);
	answer();
	check_output(json);
}

static void
from_peer(const uint8_t *data, size_t size, bool json)
{
	const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
	size_t nick = end != NULL ? (size_t)(end - data) : 0;
	struct ipc_peer_state peer = {
		.handle = HANDLE,
		.state = PEER_CONNECTED,
		.kind = PATH_DIRECT,
		.id = { { 1 } },
	};
	const struct ipc_status_peer figures = { .net.handle = HANDLE };
	const struct ipc_known_peer known = { .verified = 1,
		.fingerprint = { 1 } };
	struct ipc_message message = { .handle = HANDLE,
		.nick_len = (uint8_t)nick,
		.seq = 1 };
	static uint8_t tail[NICK_MAX + TEXT_MAX];
	struct ipc_message_in in = { IPC_PEER, &peer, data, nick, -1, 0 };

	if (end == NULL || nick > NICK_MAX || !ipc_check(&in))
		return;
	tell(IPC_KNOWN_PEER, &known, data, nick);
	tell(IPC_PEER, &peer, data, nick);
	size -= nick + 1;
	if (size > 0 && size <= NICK_MAX) /* ui takes that name, too */
		tell(IPC_PEER, &peer, end + 1, size);
	if (size <= TEXT_MAX) {
		memcpy(tail, data, nick);
		memcpy(tail + nick, end + 1, size);
	}
	for (; size <= TEXT_MAX && message.flags <= TEXT_FLAGS;
	     message.flags++, message.seq++)
		tell(IPC_MESSAGE, &message, tail, nick + size);
	ui_rename(ui.front, (const char *)data, nick);
	ui_ask_safety(ui.front, model_peer(&ui.front->model, HANDLE));
	ui_set_verified(ui.front, model_peer(&ui.front->model, HANDLE), true);
	answer();
	ui_ask_status(ui.front);
	tell(IPC_STATUS_PEER, &figures, NULL, 0);
	answer();
	peer.state = PEER_LEFT;
	peer.left = LEFT_GOODBYE;
	tell(IPC_PEER, &peer, data, nick);
	check_output(json);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;
	bool json;

	if (size < 1)
		return 0;
	json = (data[0] & 1) != 0;
	copy = fuzz_copy(data + 1, size - 1);
	set_up(json);
	check_output(json);
	if ((data[0] & 2) == 0)
		from_input(copy, size - 1, json);
	else
		from_peer(copy, size - 1, json);
	tear_down();
	free(copy);
	return 0;
}
