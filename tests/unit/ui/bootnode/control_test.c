/*
 * The control socket of a bootnode's ui, with cryptod's end in the test: whole
 * and broken requests, pages, who does not read, and who says nothing.
 */
#include "ui/bootnode/control.h"

#include "tests/unit/ipc_pair.h"
#include "ui/leave.h"
#include "ui/process.h"

#include <CUnit/CUnit.h>

#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void control_suite(void);

struct scene {
	struct process p;
	struct control ctl;
	struct ipc_channel cryptod;
	int operators[CONTROL_CONNECTIONS]; /* their ends */
};

static void
read_clocks(struct ui *ui)
{
	(void)ui;
}

/* Opens so many connections. */
static void
open_scene(struct scene *s, size_t count)
{
	const struct ipc_config_ui config = { .first_seq = 1,
		.mode = MODE_BOOTNODE };
	int pair[2];

	memset(s, 0, sizeof(*s));
	s->p.read_clocks = read_clocks;
	s->p.child.control.fd = -1;
	ui_init(&s->p.ui, &config, &view_plain);
	process_init(&s->p);
	control_init(&s->ctl, &s->p.ui, &s->p.loop.handlers, -1);
	ipc_pair(&s->p.ui.front->cryptod, ROLE_UI, &s->cryptod, ROLE_CRYPTOD);
	s->p.ui.front->cryptod.modes = s->cryptod.modes = IN_BOOTNODE;
	s->p.ui.now = 1000 * USEC_PER_SEC;
	for (size_t i = 0; i < count; i++) {
		CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX,
					  SOCK_STREAM | SOCK_NONBLOCK, 0, pair),
		    0);
		s->operators[i] = pair[0];
		s->ctl.connections[i].fd = pair[1];
		s->ctl.connections[i].moved_at = s->p.ui.now;
	}
}

static void
close_scene(struct scene *s, size_t count)
{
	control_free(&s->ctl);
	for (size_t i = 0; i < count; i++)
		close(s->operators[i]);
	ipc_close(&s->p.ui.front->cryptod);
	ipc_close(&s->cryptod);
	ui_free(&s->p.ui);
}

/* One turn of the loop, as far as the socket is concerned. */
static void
turn(struct scene *s)
{
	struct pollfd fds[1 + CONTROL_CONNECTIONS];

	s->p.ui.side->choose(&s->p.ui, fds);
	poll(fds, 1 + CONTROL_CONNECTIONS, 0);
	s->p.ui.side->serve(&s->p.ui, fds);
	s->p.ui.side->work(&s->p.ui);
}

static void
ask(struct scene *s, size_t i, const char *line)
{
	CU_ASSERT_EQUAL(send(s->operators[i], line, strlen(line), 0),
	    (ssize_t)strlen(line));
	turn(s);
	turn(s);
}

/* Returns what the operator has got since. */
static const char *
answer(struct scene *s, size_t i)
{
	static char text[65536];
	ssize_t n = recv(s->operators[i], text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

/* cryptod gets the question. Returns its ticket. */
static uint32_t
asked(struct scene *s, enum operate what, uint32_t from)
{
	struct ipc_message_in in;
	const struct ipc_operate *o;

	CU_ASSERT_EQUAL_FATAL(ipc_receive(&s->cryptod, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_OPERATE);
	o = in.body;
	CU_ASSERT_EQUAL(o->what, what);
	CU_ASSERT_EQUAL(o->from, from);
	return o->ticket;
}

static bool
nothing_asked(struct scene *s)
{
	struct ipc_message_in in;

	return ipc_receive(&s->cryptod, &in) == IPC_EMPTY;
}

static int
tell(struct scene *s, enum operate what, uint32_t ticket, uint32_t next,
    uint32_t count)
{
	static struct ipc_operated_entry entries[OPERATED_MAX];
	const bool lists = what == OPERATE_ROOMS || what == OPERATE_SESSIONS;
	const struct ipc_operated body = { .what = (uint8_t)what,
		.ticket = ticket,
		.next = next,
		.count = count };
	const struct ipc_message_in in = { IPC_OPERATED, &body,
		(const uint8_t *)entries,
		lists ? count * sizeof(entries[0]) : 0, -1, s->p.ui.now };
	int result = dispatch_message(&s->p.loop.handlers, NULL, &in);

	turn(s);
	return result;
}

/* A list comes page by page, and a request may come in pieces. */
static void
test_pages(void)
{
	struct scene s;
	uint32_t ticket;

	open_scene(&s, 1);
	ask(&s, 0, "{\"cmd\":");
	CU_ASSERT_TRUE(nothing_asked(&s));
	ask(&s, 0, "\"rooms\"}\n{\"cmd\":\"kick\",\"who\":\"192.0.2.1\"}\n");
	ticket = asked(&s, OPERATE_ROOMS, 0);
	CU_ASSERT_EQUAL(tell(&s, OPERATE_ROOMS, ticket, 70, 2), 0);
	ticket = asked(&s, OPERATE_ROOMS, 70);
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0),
	    "\"room\":\"00000000\",\"members\":0}\n{\"event\":\"room\""));
	/* The answer to somebody else's question is none. */
	CU_ASSERT_EQUAL(tell(&s, OPERATE_ROOMS, ticket + 9, 0, 1), 0);
	CU_ASSERT_STRING_EQUAL(answer(&s, 0), "");
	CU_ASSERT_EQUAL(tell(&s, OPERATE_ROOMS, ticket, 0, 1), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0), "\"count\":3}\n"));
	/* The next one had to wait. */
	turn(&s);
	ticket = asked(&s, OPERATE_KICK_ADDRESS, 0);
	CU_ASSERT_EQUAL(tell(&s, OPERATE_SESSIONS, ticket, 0, 0), -1);
	CU_ASSERT_EQUAL(tell(&s, OPERATE_KICK_ADDRESS, ticket, 0, 4), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0), "\"count\":4}\n"));
	close_scene(&s, 1);
}

/* What is wrong is said, and the connection goes on; a line that does not end
 * ends it. */
static void
test_faulty(void)
{
	struct scene s;
	char long_line[CONTROL_LINE_MAX + 1];

	open_scene(&s, 1);
	ask(&s, 0, "nonsense\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0), "{\"event\":\"error\""));
	ask(&s, 0, "{\"cmd\":\"quit\"}\n");
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0), "it can be \\\"status"));
	CU_ASSERT_NOT_EQUAL(s.ctl.connections[0].fd, -1);
	memset(long_line, 'x', CONTROL_LINE_MAX);
	long_line[CONTROL_LINE_MAX] = '\0';
	ask(&s, 0, long_line);
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0), "too long"));
	turn(&s);
	CU_ASSERT_EQUAL(s.ctl.connections[0].fd, -1);
	CU_ASSERT_TRUE(nothing_asked(&s));
	close_scene(&s, 1);
}

/* Somebody who does not read gets no further page, keeps nobody else waiting,
 * and is sent away. */
static void
test_slow(void)
{
	struct scene s;
	uint32_t ticket = 1, pages = 0;
	struct ipc_message_in in;

	open_scene(&s, 2);
	ask(&s, 0, "{\"cmd\":\"sessions\"}\n");
	while (ipc_receive(&s.cryptod, &in) == IPC_GOT && ++pages < 1000) {
		ticket = ((const struct ipc_operate *)in.body)->ticket;
		CU_ASSERT_EQUAL(tell(&s, OPERATE_SESSIONS, ticket, 7,
				    OPERATED_MAX),
		    0);
	}
	CU_ASSERT(pages > 1 && pages < 1000);
	CU_ASSERT(s.ctl.connections[0].out.len - s.ctl.connections[0].written <
	    CONTROL_OUT_MARK + 256 * OPERATED_MAX);
	ask(&s, 1, "{\"cmd\":\"rooms\"}\n");
	ticket = asked(&s, OPERATE_ROOMS, 0);
	CU_ASSERT_EQUAL(tell(&s, OPERATE_ROOMS, ticket, 0, 0), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 1), "\"count\":0}\n"));
	s.p.ui.now += CONTROL_IDLE;
	CU_ASSERT(s.p.ui.side->deadline(&s.p.ui) <= s.p.ui.now);
	turn(&s);
	CU_ASSERT_EQUAL(s.ctl.connections[0].fd, -1);
	CU_ASSERT_EQUAL(s.ctl.connections[1].fd, -1); /* said nothing more */
	close_scene(&s, 2);
}

/* netd does not answer; or is gone. */
static void
test_late(void)
{
	struct scene s;

	open_scene(&s, 1);
	ask(&s, 0, "{\"cmd\":\"rooms\"}\n");
	CU_ASSERT_EQUAL(s.p.ui.side->deadline(&s.p.ui),
	    s.p.ui.now + INQUIRY_PATIENCE);
	s.p.ui.now += INQUIRY_PATIENCE;
	turn(&s);
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0), "netd does not answer"));
	ipc_close(&s.p.ui.front->cryptod);
	ask(&s, 0, "{\"cmd\":\"rooms\"}\n");
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(answer(&s, 0), "cryptod is being restarted"));
	close_scene(&s, 1);
}

/* The list of those who are denied has no room. */
static void
test_full(void)
{
	struct ipc_operated body = { .what = OPERATE_DENY, .full = 1 };
	const struct ipc_message_in in = { IPC_OPERATED, &body, NULL, 0, -1,
		0 };
	struct scene s;

	open_scene(&s, 1);
	ask(&s, 0, "{\"cmd\":\"deny\",\"prefix\":\"192.0.2.0/24\"}\n");
	body.ticket = asked(&s, OPERATE_DENY, 0);
	CU_ASSERT_EQUAL(dispatch_message(&s.p.loop.handlers, NULL, &in), 0);
	turn(&s);
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0), "is full; nothing done"));
	close_scene(&s, 1);
}

/* A bootnode that drains ends with the last session, or when its time is
 * over. */
static void
test_drain(void)
{
	struct ipc_stats stats = { .draining = 1, .sessions = 1 };
	struct scene s;
	uint32_t ticket;

	for (int late = 0; late < 2; late++) {
		open_scene(&s, 1);
		ask(&s, 0, "{\"cmd\":\"drain\",\"for\":\"60\"}\n");
		ticket = asked(&s, OPERATE_DRAIN, 0);
		CU_ASSERT_EQUAL(tell(&s, OPERATE_DRAIN, ticket, 0, 0), 0);
		CU_ASSERT_EQUAL(s.ctl.inquiries.drain_by,
		    s.p.ui.now + 60 * USEC_PER_SEC);
		stats.sessions = 1;
		s.p.ui.side->stats_told(&s.p.ui, &stats);
		CU_ASSERT_EQUAL(s.p.ui.phase, UI_RUNNING);
		stats.sessions = 0;
		if (late)
			s.p.ui.now += 60 * USEC_PER_SEC;
		else
			s.p.ui.side->stats_told(&s.p.ui, &stats);
		turn(&s);
		CU_ASSERT_EQUAL(s.p.ui.phase, UI_QUITTING);
		close_scene(&s, 1);
	}
}

/* The launcher is asked. Returns the ticket. */
static uint32_t
reload_asked(struct ipc_channel *launcher)
{
	struct ipc_message_in in;

	CU_ASSERT_EQUAL_FATAL(ipc_receive(launcher, &in), IPC_GOT);
	CU_ASSERT_EQUAL_FATAL(in.type, IPC_RELOAD);
	return ((const struct ipc_reload *)in.body)->ticket;
}

/* The launcher says how the reload went. */
static void
reloaded(struct scene *s, uint32_t ticket, const char *why)
{
	const struct ipc_reload body = { .ticket = ticket };
	const struct ipc_message_in in = { IPC_RELOADED, &body,
		(const uint8_t *)why, strlen(why), -1, s->p.ui.now };

	CU_ASSERT_EQUAL(dispatch_message(&s->p.loop.handlers, NULL, &in), 0);
	turn(s);
}

/* One reload answers all who asked before it began, and nobody who asked
 * later. */
static void
test_reload(void)
{
	struct ipc_channel launcher;
	uint32_t first, second, third;
	struct scene s;

	open_scene(&s, 3);
	ipc_pair(s.p.ui.launcher, ROLE_UI, &launcher, ROLE_LAUNCHER);
	s.p.ui.launcher->modes = launcher.modes = IN_BOOTNODE;
	ask(&s, 0, "{\"cmd\":\"reload\"}\n");
	first = reload_asked(&launcher);
	ask(&s, 1, "{\"cmd\":\"reload\",\"form\":\"text\"}\n");
	second = reload_asked(&launcher);
	ask(&s, 2, "{\"cmd\":\"reload\"}\n");
	third = reload_asked(&launcher);
	CU_ASSERT_TRUE(nothing_asked(&s)); /* netd has nothing to do with it */
	CU_ASSERT_EQUAL(first + 1, second);
	reloaded(&s, second, "");
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0), "{\"event\":\"end\""));
	CU_ASSERT_PTR_NOT_NULL(
	    strstr(answer(&s, 1), "the settings are read again"));
	CU_ASSERT_STRING_EQUAL(answer(&s, 2), "");
	reloaded(&s, third, "the reload is refused: because");
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 2),
	    "\"text\":\"the reload is refused: because\"}\n"));
	ask(&s, 0, "{\"cmd\":\"reload\"}\n");
	s.p.ui.now += INQUIRY_RELOAD_PATIENCE;
	turn(&s);
	CU_ASSERT_PTR_NOT_NULL(strstr(answer(&s, 0), "takes long"));
	ipc_close(s.p.ui.launcher);
	ipc_close(&launcher);
	close_scene(&s, 3);
}

void
control_suite(void)
{
	CU_pSuite suite = CU_add_suite("control", NULL, NULL);

	CU_add_test(suite, "pages", test_pages);
	CU_add_test(suite, "faulty lines", test_faulty);
	CU_add_test(suite, "slow readers", test_slow);
	CU_add_test(suite, "no answer", test_late);
	CU_add_test(suite, "full", test_full);
	CU_add_test(suite, "drain", test_drain);
	CU_add_test(suite, "reload", test_reload);
}
