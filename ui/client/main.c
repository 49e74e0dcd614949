/*
 * gochat-ui: the terminal's process of a client.
 */
#include "ui/start.h"

#include "common/filter_table.h"

#include <unistd.h>

int
main(void)
{
	static struct process p; /* all zero: see ui_init() */
	struct ipc_config_ui config = { 0 };

	start_process(&p, PROCESS_UI_CLIENT, &config);
	child_enter_sandbox(&p.child, &filter_ui_client);
	start_inside(&p, &config);
	process_run(&p);
	_exit(process_exit_code(&p));
}
