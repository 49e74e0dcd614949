/*
 * How the end of the program begins. See ending.h.
 */
#include "launcher/ending.h"

#include "launcher/supervised.h"

void
ending_begin(struct supervisor *s, uint64_t patience)
{
	uint64_t end_by = kernel_now(&s->kernel) + patience;

	if (!s->ending) {
		s->end_began = kernel_now(&s->kernel);
		service_stopping(s);
		upgrade_end(s);
	}
	if (!s->ending || (s->end_by != CLOCK_NEVER && end_by < s->end_by))
		s->end_by = end_by;
	s->ending = true;
}

/* If there is a ui left, it tells the user which messages were not
 * delivered. */
void
ending_give_up(struct supervisor *s)
{
	struct supervised *ui = supervised_of(s, ROLE_UI, 0);
	bool has_ui = supervised_all_ready(s) && ui->pid != 0;

	s->failed = true;
	ipc_send(&ui->channel, IPC_SHUTDOWN, NULL, NULL, 0);
	ending_begin(s, has_ui ? CAUSE_PATIENCE : 0);
}

/* Without a ui, between two of them, there is no goodbye. */
void
ending_ask(struct supervisor *s)
{
	struct supervised *ui = supervised_of(s, ROLE_UI, 0);

	/* Before the first ui, there is nobody to say goodbye to. */
	if (!supervised_all_ready(s) && ui->pid == 0)
		s->ui_ended = true;
	ipc_send(&ui->channel, IPC_SHUTDOWN, NULL, NULL, 0);
	ending_begin(s, ui->pid != 0 ? END_PATIENCE : 0);
}

void
ending_keep(struct supervisor *s)
{
	if (upgrade_keep(s))
		return;
	takeover_give_up(s);
	ending_ask(s);
}
