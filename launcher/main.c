/*
 * gochat: reads its options, opens what the others need, starts them, jails
 * itself and watches over them. It never sees a key or a message.
 */
#include "common/clock.h"
#include "common/filter_table.h"
#include "common/hex.h"
#include "common/invite.h"
#include "common/log.h"
#include "common/sandbox.h"
#include "launcher/access_file.h"
#include "launcher/activation.h"
#include "launcher/brief.h"
#include "launcher/children.h"
#include "launcher/configure.h"
#include "launcher/control_tool.h"
#include "launcher/die.h"
#include "launcher/logfile.h"
#include "launcher/needs.h"
#include "launcher/nodes.h"
#include "launcher/reachable.h"
#include "launcher/house.h"
#include "launcher/screen.h"
#include "launcher/state_dir.h"
#include "launcher/supervise.h"
#include "launcher/way_in.h"

#include <sys/resource.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Attempts to get into the foreground: without a shell nobody stops us, so they
 * must have an end. */
#define FOREGROUND_TRIES 100

static struct unix_socket control = { .fd = -1 };

/* A file that we open must not become a process's standard output. */
static void
fill_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd != -1 && fd <= STDERR_FILENO);
	if (fd == -1)
		die(EXIT_FAILURE, "cannot open /dev/null: %s",
		    needs_reason(errno));
	close(fd);
}

/* The answer was printed, or it could not be. */
static _Noreturn void
end_output(void)
{
	if (fflush(stdout) == EOF || ferror(stdout))
		die(1, "cannot write to standard output: %s", strerror(errno));
	exit(0);
}

static void
parse(struct options *o, int argc, char *argv[])
{
	char err[ERROR_MAX];
	char *empty[] = { NULL }; /* what libbsd leaves as NULL */
	bool terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	int result =
	    options_parse(o, argc, argv, environ != NULL ? environ : empty,
		AT_FDCWD, terminal, err, sizeof(err));

	switch (result) {
	case 0:
		return;
	case OPTIONS_HELP:
		options_help(stdout);
		end_output();
	case OPTIONS_VERSION:
		puts("gochat " GOCHAT_VERSION);
		end_output();
	case OPTIONS_NEW_KEY:
		if (access_file_new(STDOUT_FILENO, o->new_access_key) == -1)
			die(EXIT_FAILURE, "cannot write a new access key: %s",
			    strerror(errno));
		exit(0);
	case OPTIONS_CONTROL:
		exit(control_tool(o));
	case OPTIONS_NOTHING:
	case OPTIONS_NO_ROOM:
		if (way_in_find(o,
			result == OPTIONS_NOTHING && terminal &&
			    o->ui != UI_JSON,
			argc > 1))
			return;
		if (result == OPTIONS_NOTHING && isatty(STDERR_FILENO)) {
			brief_write_all(STDERR_FILENO, OPTIONS_NOTHING_ASKED,
			    sizeof(OPTIONS_NOTHING_ASKED) - 1,
			    clock_now() + USEC_PER_SEC);
			exit(EXIT_USAGE);
		}
		/* FALLTHROUGH */
	default:
		die(EXIT_USAGE, "%s (see --help)", err);
	}
}

/* These are copies: what ps shows is overwritten by setproctitle(3). */
static void
wipe_invites(char *argv[])
{
	for (int i = 1; argv[i] != NULL; i++)
		for (char *p = argv[i]; *p != '\0'; p++)
			if (invite_begins(p, strlen(p)))
				explicit_bzero(p, strlen(p));
}

/* The log would go to the tui's screen. */
static bool
logs_to_screen(const struct options *o)
{
	return o->ui == UI_TUI && o->log_file[0] == '\0' &&
	    isatty(STDERR_FILENO);
}

/*
 * The tui takes the terminal, so it waits for its turn, like every program that
 * a shell has started in the background and that writes to the terminal. Where
 * no shell can give it a turn nothing is stopped.
 */
static void
await_foreground(const struct options *o)
{
	for (int tries = 0;
	     o->ui == UI_TUI && tcgetpgrp(STDIN_FILENO) != getpgrp(); tries++) {
		if (tries == FOREGROUND_TRIES)
			die(EXIT_FAILURE,
			    "--ui tui: started in the background of a "
			    "terminal, where nobody can see it");
		raise(SIGTTOU);
	}
}

/* Where the log is on the screen of the tui, that has to show it: what is
 * written before is gone at once. */
static void
warn_of_argument(void)
{
	log_warn("an invite that is an argument can be seen by others in ps, "
		 "and stays in the shell's history: use --invite-file, or "
		 "--invite - to paste it");
}

/* A check keeps nothing, and looks at nothing that is kept: it has an empty
 * device in the folder's place. */
static void
open_state(struct supervisor *s, struct spawn_kit *kit, const struct options *o)
{
	char err[ERROR_MAX];

	if (o->check)
		kit->state_dir = open("/dev/null", O_RDONLY | O_CLOEXEC);
	else
		kit->state_dir =
		    state_dir_open(o->state_dir, getenv("XDG_STATE_HOME"),
			getenv("HOME"), s->state_dir, err, sizeof(err));
	if (kit->state_dir == -1)
		die(EXIT_FAILURE, "%s", o->check ? needs_reason(errno) : err);
}

static void
open_all(struct supervisor *s, struct spawn_kit *kit, struct options *o)
{
	const bool argument =
	    o->invite[0] != '\0' && strcmp(o->invite, "-") != 0;
	struct given_others given;
	bool by_systemd;
	char path[STATE_DIR_PATH_MAX], err[ERROR_MAX];
	const char *missing;

	if (logfile_open(o->log_file, o->log_level,
		o->log_addresses == LOG_ADDRESSES_YES) == -1)
		die(EXIT_FAILURE, "cannot open the log file %s: %s",
		    o->log_file, strerror(errno));
	die_to_log();
	if (settings_read(s->settings, err, sizeof(err)) == -1)
		die(EXIT_USAGE, "%s", err);
	missing = spawn_find(&kit->paths, &kit->family);
	if (missing != NULL)
		die(EXIT_FAILURE,
		    "the programs that gochat starts, such as %s, are neither "
		    "in the folder of gochat nor in " GOCHAT_LIBEXECDIR,
		    missing);
	if (activation_take(&kit->sockets, &given, o->mode, err, sizeof(err)) ==
	    -1)
		die(EXIT_FAILURE, "%s", err);
	by_systemd =
	    kit->sockets.count > 0 && given.fds[GIVEN_PREDECESSOR] == -1;
	if (configure_privileges(&s->privileges) == -1)
		die(EXIT_FAILURE,
		    "started as root, and there is neither a "
		    "user _gochat nor a user nobody to become");
	open_state(s, kit, o);
	way_in_open(s, kit, o);
	if (reachable_open(s, kit, &control, &given, err, sizeof(err)) == -1)
		die(EXIT_FAILURE, "%s", err);
	if (fleet_open(s, kit, err, sizeof(err)) == -1)
		die(EXIT_USAGE, "%s", err);
	if (logs_to_screen(o))
		logfile_hold();
	if (argument)
		warn_of_argument();
	if (by_systemd && o->origin[OPT_LISTEN].source != SOURCE_DEFAULT)
		log_warn("%s is not used: systemd has opened the port",
		    options_name(o, OPT_LISTEN, path, sizeof(path)));
	log_event(LOG_INFO, "started", "version=" GOCHAT_VERSION " mode=%s",
	    o->check ? "check" : mode_name(o->mode));
}

/* Starts the spawner, and with it the others, before the launcher is jailed. */
static void
start_all(struct supervisor *s, struct spawn_kit *kit)
{
	s->spawner = spawner_start(kit);
	if (s->spawner == -1)
		die(EXIT_FAILURE, "cannot start the spawner: %s",
		    needs_reason(errno));
	close(kit->state_dir);
	if (kit->secret != -1)
		close(kit->secret);
	if (kit->access != -1)
		close(kit->access);
	activation_close(&kit->sockets);
	if (kit->control->fd != -1)
		close(kit->control->fd);
	if (kit->credentials != -1)
		close(kit->credentials);
	if (kit->kept != -1)
		close(kit->kept);
	supervise_start(s,
	    kit->mode == MODE_CLIENT && s->rooms[0].known &&
		nodes_unresolved(&s->rooms[0]));
}

/* Whatever the reason for the end: ui is gone, and now its screen is gone,
 * too. */
static void
finish(struct supervisor *s, int code)
{
	screen_restore(s);
	logfile_release(code != 0);
	metrics_close(&s->service.metrics);
	if (s->spawner != -1)
		spawner_end(s->spawner);
}

static struct supervisor supervisor;

static void
finish_fatal(void)
{
	supervise_end_ui(&supervisor);
	finish(&supervisor, EXIT_FAILURE);
}

int
main(int argc, char *argv[])
{
	static struct settings settings;
	struct options *const o = &settings.options;
	struct supervisor *s = &supervisor;
	struct spawn_kit kit = { .secret = -1,
		.access = -1,
		.credentials = -1,
		.kept = -1,
		.predecessor = -1 };
	const struct rlimit none = { 0, 0 };
	char err[ERROR_MAX], *name;
	int code;

	brief_init();
	fill_standard_fds();
	if (needs_check(err, sizeof(err)) == -1)
		die(EXIT_FAILURE, "%s", err);
	name = strdup(argv[0]);
	setproctitle_init(argc, argv, environ);
	if (name != NULL)
		argv[0] = name; /* where it was, titles stand from now on */
	setrlimit(RLIMIT_CORE, &none); /* of the others, too, from the start */
	parse(o, argc, argv);
	way_in_check(o);
	wipe_invites(argv);
	/* And ps shows no arguments. */
	setproctitle("%s", o->check ? "check" : mode_name(o->mode));
	s->kernel = kernel_real;
	s->self = getpid();
	s->settings = &settings;
	s->options = o;
	kit.mode = o->mode;
	kit.reload = (struct reload_kit){ argc, argv,
		isatty(STDIN_FILENO) && isatty(STDOUT_FILENO), o };
	if (!spawn_find_self(kit.successor.path, sizeof(kit.successor.path)))
		kit.successor.path[0] = '\0';
	kit.successor.argv = argv;
	family_make(&s->family, o->mode, o->mode == MODE_CLIENT ? ROOMS_MAX : 1,
	    o->fleet.given);
	kit.family = s->family;
	kit.user = &s->privileges;
	kit.engine = &o->fleet;
	kit.terminal = &s->terminal;
	kit.metrics = &s->service.metrics.socket;
	kit.control = &control;
	if (getentropy(s->run_key, sizeof(s->run_key)) == -1 ||
	    getentropy(s->alias_key, sizeof(s->alias_key)) == -1)
		die(EXIT_FAILURE, "no random numbers: %s", strerror(errno));
	children_init(s);
	await_foreground(o);
	open_all(s, &kit, o);
	terminal_save(&s->terminal);
	supervise_signals();
	s->buried_by = CLOCK_NEVER;
	s->check_by = o->check ? clock_now() + CHECK_PATIENCE : 0;
	log_at_fatal(finish_fatal);
	start_all(s, &kit);
	children_log_refused(role_name(ROLE_LAUNCHER),
	    sandbox_enter(PROCESS_LAUNCHER, &filter_launcher, &s->privileges));
	code = supervise(s);
	finish(s, code);
	return code;
}
