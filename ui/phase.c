/*
 * The phases of the process. See phase.h.
 */
#include "ui/phase.h"

void
ui_enter(struct ui *ui, enum ui_phase phase, uint64_t time)
{
	ui->phase = phase;
	ui->deadline = ui->now + time;
}

void
ui_drain(struct ui *ui)
{
	if (ui->mode == MODE_CLIENT) /* a bootnode needs no operator */
		ui_enter(ui, UI_DRAINING, UI_DRAIN_TIME);
}
