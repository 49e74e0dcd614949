/*
 * The outcome of the user's texts. See outcome.h.
 */
#include "ui/outcome.h"

#include "ui/ui.h"

#include "common/child.h"

void
outcome_undelivered(struct outcome *o)
{
	o->undelivered++;
}

void
outcome_delivered_late(struct outcome *o)
{
	if (o->undelivered > 0)
		o->undelivered--;
}

int
outcome_exit_code(const struct ui *ui)
{
	const struct outcome *o = &ui->outcome;
	bool all = o->undelivered == 0 && !o->to_nobody && !o->not_sent &&
	    !o->refused && !o->unknown && !o->stayed_out;

	if (ui->check.wanted)
		return ui->check.passed ? 0 : CHILD_UNDELIVERED;
	if (all || ui->tui != NULL || ui->mode == MODE_BOOTNODE)
		return 0;
	return CHILD_UNDELIVERED;
}
