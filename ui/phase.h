/*
 * The phases of the process, up to its end.
 */
#ifndef UI_PHASE_H
#define UI_PHASE_H

#include "ui/ui.h"

/* The phase begins, and lasts so long. */
void ui_enter(struct ui *, enum ui_phase, uint64_t time);
/* No more input comes than what can be read already: quits when all of it was
 * taken and delivered, or UI_DRAIN_TIME after the last call. */
void ui_drain(struct ui *);

#endif
