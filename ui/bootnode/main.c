/*
 * gochat-ui-bootnode: the console of a bootnode, and its control socket.
 */
#include "ui/bootnode/control.h"
#include "ui/start.h"

#include "common/filter_table.h"

#include <unistd.h>

int
main(void)
{
	static struct process p; /* all zero: see ui_init() */
	static struct control control;
	struct ipc_config_ui config = { 0 };

	start_process(&p, PROCESS_UI_BOOTNODE, &config);
	control_init(&control, &p.ui, &p.loop.handlers,
	    config.control ? FD_LISTENER : -1);
	p.loop.fd_count += CONTROL_FDS;
	child_enter_sandbox(&p.child, &filter_ui_bootnode);
	start_inside(&p, &config);
	process_run(&p);
	_exit(process_exit_code(&p));
}
