/*
 * The end of any question. See question.h.
 */
#include "ui/tui/question.h"

#include "ui/tui/tui.h"

#include <stdlib.h>
#include <string.h>

void
question_end(struct question *q)
{
	free(q->paste);
	free(q->draft);
	memset(q, 0, sizeof(*q));
}

void
question_restore(struct ui *ui)
{
	struct question *q = &ui->tui->shown->question;
	const char *text;
	struct buf line = { 0 };
	size_t len;

	text = editor_text(&ui->tui->shown->editor, &len);
	buf_puts(&line, q->draft != NULL ? q->draft : "");
	buf_put(&line, text, len);
	/* If the two are too long together, the one that is being typed
	 * stays. */
	if (q->draft != NULL)
		editor_set(&ui->tui->shown->editor, line.bytes, line.len,
		    line.len);
	buf_free(&line);
	question_end(q);
}
