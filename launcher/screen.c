/*
 * The process that has the terminal. See screen.h.
 */
#include "launcher/screen.h"

#include "launcher/supervised.h"

void
screen_restore(struct supervisor *s)
{
	terminal_restore(&s->terminal);
	if (s->spawner != -1)
		spawner_tell(s->spawner, WISH_TERMINAL_RESTORED);
}

void
screen_give(struct supervisor *s)
{
	if (!kernel_has_terminal(&s->kernel, &s->terminal))
		return;
	terminal_give_screen(&s->terminal);
	if (s->spawner != -1)
		spawner_tell(s->spawner, WISH_SCREEN_GIVEN);
	ipc_send(&supervised_of(s, ROLE_UI, 0)->channel, IPC_SCREEN, NULL, NULL,
	    0);
}
