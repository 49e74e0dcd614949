/*
 * gochat-ui: the terminal's process. Takes its configuration, enters the
 * sandbox, then waits for the user, the output, the launcher and cryptod.
 */
#include "ui/start.h"

#include "common/filter_table.h"

#include <time.h>
#include <unistd.h>

static void
read_clocks(struct ui *ui)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ui->wall_ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
	ui->now = clock_now();
}

int
main(void)
{
	static struct process p; /* all zero: see ui_init() */
	struct ipc_config_ui config = { 0 };

	p.in = STDIN_FILENO;
	p.out = STDOUT_FILENO;
	p.rooms_fd = FD_ROOMS;
	p.read_clocks = read_clocks;
	child_start(&p.child, PROCESS_UI, IPC_CONFIG_UI, &config,
	    sizeof(config), &config.mode);
	start_outside(&p, &config);
	child_enter_sandbox(&p.child, &filter_ui);
	start_inside(&p, &config);
	process_run(&p);
	_exit(process_exit_code(&p));
}
