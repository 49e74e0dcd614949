/*
 * gochat: reads its options, opens what the others need, starts them, jails
 * itself and watches over them. It never sees a key or a message.
 */
#include "common/log.h"
#include "common/sandbox.h"
#include "launcher/configure.h"
#include "launcher/logfile.h"
#include "launcher/passphrase.h"
#include "launcher/resolve.h"
#include "launcher/spawn.h"
#include "launcher/state_dir.h"
#include "launcher/supervise.h"
#include "launcher/terminal.h"

#include <sys/resource.h>
#include <sys/socket.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXIT_USAGE 2
#define ERROR_MAX  512

/* What the launcher opens for the others. */
struct inheritance {
	struct spawn_paths paths;
	struct ipc_privileges privileges;
	int state_dir;
	int passphrase;
	bool remembered;
	uint8_t boot_key[X25519_LEN];
};

static void __attribute__((format(printf, 2, 3), noreturn))
die(int code, const char *format, ...)
{
	va_list ap;

	fputs("gochat: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(code);
}

/* What we open must not become somebody's standard output. */
static void
fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd != -1 && fd <= STDERR_FILENO);
	if (fd != -1)
		close(fd);
}

static void
parse(struct options *o, int argc, char *argv[])
{
	char err[ERROR_MAX];
	char *empty[] = { NULL }; /* what libbsd leaves as NULL */

	switch (options_parse(o, argc, argv, environ != NULL ? environ : empty,
	    AT_FDCWD, err, sizeof(err))) {
	case 0:
		return;
	case OPTIONS_HELP:
		options_help(stdout);
		exit(0);
	case OPTIONS_VERSION:
		puts("gochat " GOCHAT_VERSION);
		exit(0);
	default:
		die(EXIT_USAGE, "%s (see --help)", err);
	}
}

/* The key remembered for this bootnode, and where to remember one. */
static void
open_known(struct inheritance *in, struct supervisor *s,
    const struct options *o)
{
	char err[ERROR_MAX];
	int found;

	endpoint_format(&o->bootnode, s->bootnode);
	if (known_bootnodes_open(&s->known, in->state_dir, err, sizeof(err)) ==
	    -1)
		die(EXIT_FAILURE, "%s", err);
	found = known_bootnodes_find(&s->known, s->bootnode, in->boot_key, err,
	    sizeof(err));
	if (found == -1)
		die(EXIT_FAILURE, "%s", err);
	in->remembered = found == 1;
	if (!in->remembered)
		return;
	close(s->known.fd); /* nothing to add */
	s->known.fd = -1;
}

static void
open_all(struct inheritance *in, struct supervisor *s, const struct options *o)
{
	char path[STATE_DIR_PATH_MAX], err[ERROR_MAX];

	if (spawn_find(&in->paths) == -1)
		die(EXIT_FAILURE,
		    "gochat-netd, gochat-cryptod and gochat-ui "
		    "are neither beside gochat nor in " GOCHAT_LIBEXECDIR);
	if (configure_privileges(&in->privileges) == -1)
		die(EXIT_FAILURE,
		    "started as root, and there is neither a "
		    "user _gochat nor a user nobody to become");
	in->state_dir = state_dir_open(o->state_dir, getenv("XDG_STATE_HOME"),
	    getenv("HOME"), path, err, sizeof(err));
	if (in->state_dir == -1)
		die(EXIT_FAILURE, "%s", err);
	s->known.fd = -1;
	if (o->mode == MODE_CLIENT && !o->bootnode_key_given)
		open_known(in, s, o);
	if (passphrase_open(&in->passphrase, o->passphrase_file,
		o->passphrase_ask, err, sizeof(err)) == -1)
		die(EXIT_FAILURE, "%s", err);
	if (in->passphrase == -1)
		in->passphrase = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (logfile_open(o->log_file, o->log_level) == -1)
		die(EXIT_FAILURE, "cannot open the log file %s: %s",
		    o->log_file, strerror(errno));
}

static void
make_pair(int pair[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == -1)
		die(EXIT_FAILURE, "socketpair: %s", strerror(errno));
}

/* Starts one of them; fds[0] is filled in with its control channel. */
static void
start(struct supervisor *s, const struct inheritance *in, enum role role,
    enum mode mode, struct spawn_fd *fds, size_t count)
{
	struct supervised *child = &s->children[role];
	bool isolated;
	int pair[2];

	make_pair(pair);
	fds[0] = (struct spawn_fd){ pair[1], FD_CONTROL };
	child->violation = -1;
	child->pid = spawn(&in->paths, role, mode, fds, count, &isolated);
	if (child->pid == -1)
		die(EXIT_FAILURE, "cannot start %s: %s", role_name(role),
		    strerror(errno));
	if (!isolated)
		log_info("%s runs without a pid namespace: the system refused "
			 "it",
		    role_name(role));
	close(pair[1]);
	ipc_open(&child->channel, pair[0], ROLE_LAUNCHER, role);
	ipc_send(&child->channel, IPC_PRIVILEGES, &in->privileges, NULL, 0);
}

static void
start_all(struct supervisor *s, const struct inheritance *in, enum mode mode)
{
	int chain[2], front[2];

	make_pair(chain);
	make_pair(front);
	start(s, in, ROLE_NETD, mode,
	    (struct spawn_fd[]){ { 0, 0 }, { chain[0], FD_CRYPTOD } }, 2);
	start(s, in, ROLE_CRYPTOD, mode,
	    (struct spawn_fd[]){ { 0, 0 }, { chain[1], FD_NETD },
		{ front[0], FD_UI }, { in->state_dir, FD_STATE_DIR },
		{ in->passphrase, FD_PASSPHRASE } },
	    5);
	start(s, in, ROLE_UI, mode,
	    (struct spawn_fd[]){ { 0, 0 }, { front[1], FD_CRYPTOD } }, 2);
	close(chain[0]);
	close(chain[1]);
	close(front[0]);
	close(front[1]);
	close(in->state_dir);
	close(in->passphrase);
}

static void
configure_all(struct supervisor *s, const struct inheritance *in,
    const struct options *o)
{
	struct ipc_config_netd netd;
	struct ipc_config_cryptod cryptod;
	struct ipc_config_ui ui;

	configure_netd(&netd, o);
	configure_cryptod(&cryptod, o, in->remembered ? in->boot_key : NULL);
	configure_ui(&ui, o);
	ipc_send(&s->children[ROLE_NETD].channel, IPC_CONFIG_NETD, &netd, NULL,
	    0);
	ipc_send(&s->children[ROLE_CRYPTOD].channel, IPC_CONFIG_CRYPTOD,
	    &cryptod, NULL, 0);
	ipc_send(&s->children[ROLE_UI].channel, IPC_CONFIG_UI, &ui, NULL, 0);
}

static void
enter_sandbox(struct supervisor *s, const struct inheritance *in)
{
	struct sandbox_pids pids = { .count = 4,
		.pids = { s->self, s->children[ROLE_NETD].pid,
		    s->children[ROLE_CRYPTOD].pid, s->children[ROLE_UI].pid } };

	supervise_log_refused(ROLE_LAUNCHER,
	    sandbox_enter_launcher(&in->privileges, &pids));
}

int
main(int argc, char *argv[])
{
	static struct options o;
	static struct supervisor s;
	struct inheritance in = { .remembered = false };
	const struct rlimit none = { 0, 0 };
	struct terminal terminal;
	int code;

	fill_standard_fds();
	setproctitle_init(argc, argv, environ);
	setrlimit(RLIMIT_CORE, &none); /* of the others, too, from the start */
	parse(&o, argc, argv);
	setproctitle("%s", mode_name(o.mode)); /* and no arguments in ps */
	s.self = getpid();
	open_all(&in, &s, &o);
	terminal_save(&terminal);
	supervise_signals();
	start_all(&s, &in, o.mode);
	configure_all(&s, &in, &o);
	s.resolver = -1;
	if (o.mode == MODE_CLIENT && !endpoint_is_numeric(&o.bootnode))
		s.resolver = resolve_start(&o.bootnode, &in.privileges);
	enter_sandbox(&s, &in);
	code = supervise(&s);
	terminal_restore(&terminal);
	return code;
}
