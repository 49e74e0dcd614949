/*
 * The start of the ui process. See start.h.
 */
#include "ui/start.h"

#include "ui/ascii.h"
#include "ui/errors.h"
#include "ui/foreground.h"
#include "ui/tui/tui.h"

#include "common/log.h"

#include <jansson.h>

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Opens the tui, if the terminal can show it; else the plain view has to do. */
static void
open_screen(struct process *p, const struct ipc_config_ui *config)
{
	struct terminal terminal;
	const char *why;

	why = terminal_probe(&terminal);
	if (why != NULL) {
		ui_error(p->ui.front,
		    "the full screen is not possible, --ui plain is used: %s",
		    why);
		return;
	}
	foreground_catch(p);
	tui_open(&p->ui, config, &terminal);
}

/* A command may have a passphrase in it. */
static void
wipe_and_free(void *p)
{
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

static const struct view *
choose_view(const struct ipc_config_ui *config)
{
	if (config->check)
		return check_view((enum ui_kind)config->kind);
	return config->kind == UI_JSON ? &view_json : &view_plain;
}

void
start_outside(struct process *p, const struct ipc_config_ui *config)
{
	struct ui *ui = &p->ui;

	ui_init(ui, config, choose_view(config));
	process_init(p);
	p->hung_up = ui->check.wanted; /* nobody reads the input */
	ui->terminal = isatty(p->in) == 1;
	json_object_seed(0);
	json_set_alloc_funcs(malloc, wipe_and_free);
	p->read_clocks(ui);
	if (config->kind != UI_JSON && ascii_is_wanted())
		ui_use_ascii(ui);
	if (config->kind == UI_TUI)
		open_screen(p, config);
}

static void
read_clocks(struct ui *ui)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ui->wall_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	ui->now = clock_now();
}

void
start_process(struct process *p, enum process_id process,
    struct ipc_config_ui *config)
{
	p->in = STDIN_FILENO;
	p->out = STDOUT_FILENO;
	p->rooms_fd = FD_ROOMS;
	p->read_clocks = read_clocks;
	child_start(&p->child, process, IPC_CONFIG_UI, config, sizeof(*config),
	    &config->mode);
	start_outside(p, config);
}

/* The tui shows nothing that its own process logs. */
static void
tell_of_ascii(struct ui *ui)
{
	static const char text[] =
	    "the locale (LC_ALL, LC_CTYPE or LANG) is not UTF-8: characters "
	    "outside ASCII are shown as ? or <U+00E9>";

	if (ui->tui != NULL)
		ui->view->notice(ui->front, text);
	else
		log_warn("%s", text);
}

void
start_inside(struct process *p, const struct ipc_config_ui *config)
{
	struct ui *ui = &p->ui;

	p->read_clocks(ui);
	if (ui->tui != NULL)
		foreground_ask(p);
	if (ui->ascii && ui->mode == MODE_CLIENT && !config->restarted)
		tell_of_ascii(ui);
	/* A client's user is told when everything is back. */
	if (config->restarted && ui->mode == MODE_BOOTNODE)
		ui_error(ui->front, "ui ended and was restarted");
	ui->outcome.unknown = config->restarted;
}
