/*
 * The plain view of names and keys. See plain.h.
 */
#include "ui/plain.h"

#include "ui/format.h"

#include <stdarg.h>
#include <stdio.h>

static void put(struct ui *ui, char mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
put(struct ui *ui, char mark, const char *format, ...)
{
	char clock[FORMAT_CLOCK_MAX], text[512];
	struct buf line = { 0 };
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	buf_printf(&line, "%s %c %s", format_clock(clock, ui->wall_ms), mark,
	    text);
	output_line(&ui->out, &line);
}

/* Who types sees what is typed, but not to whom a command sent it. */
void
plain_said(struct ui *ui, uint64_t seq, unsigned int flags,
    const struct peer *to, const char *text, size_t len)
{
	(void)seq;
	(void)flags;
	(void)text;
	(void)len;
	if (to != NULL)
		put(ui, '*', "to %s alone", to->shown);
}

void
plain_renamed(struct ui *ui, const struct peer *p, const char *before)
{
	if (p == NULL)
		put(ui, '*', "you are now called %s", ui->model.own);
	else
		put(ui, '*', "%s is now called %s", before, p->shown);
}

void
plain_key_changed(struct ui *ui, const struct peer *p,
    const struct known_peer *before)
{
	char text[FORMAT_FINGERPRINT_MAX];

	put(ui, '!', "THE KEY OF %s IS NOT THE ONE KNOWN BY THIS NAME",
	    p->shown);
	put(ui, '!', "known, %s: %s",
	    before->verified ? "and verified" : "not verified",
	    format_fingerprint(text, before->fingerprint));
	put(ui, '!', "now: %s", format_fingerprint(text, p->fingerprint));
	put(ui, '!',
	    "somebody else goes by this name, or it is a new installation: "
	    "ask, by another way");
}

void
plain_safety(struct ui *ui, const struct peer *p, const struct ipc_safety *s)
{
	char own[FORMAT_FINGERPRINT_MAX], text[FORMAT_FINGERPRINT_MAX];
	const char *d = s->digits;

	put(ui, '*', "your fingerprint: %s", format_fingerprint(own, s->own));
	put(ui, '*', "that of %s: %s (%s)", p->shown,
	    format_fingerprint(text, s->fingerprint),
	    s->verified ? "verified" : "not verified");
	put(ui, '*', "the safety number of you both, the same on both sides:");
	for (int line = 0; line < 2; line++, d += SAFETY_DIGITS / 2)
		put(ui, '*', "  %.5s %.5s %.5s %.5s %.5s %.5s", d, d + 5,
		    d + 10, d + 15, d + 20, d + 25);
}

void
plain_verified(struct ui *ui, const struct peer *p)
{
	put(ui, '*', "%s is marked as %s", p->shown,
	    p->verified ? "verified" : "not verified");
}

void
plain_notice(struct ui *ui, const char *text)
{
	put(ui, '*', "%s", text);
}
