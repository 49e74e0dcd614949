/*
 * A bootnode's figures as lines for people. See figures.h.
 */
#include "ui/figures.h"

#include "ui/format.h"
#include "ui/ui.h"

#include <stdarg.h>
#include <stdio.h>

#define NEWS_INTERVAL (60 * USEC_PER_SEC)
#define LINE_MAX      128

struct lines {
	struct ui *ui;
	figures_line *put;
};

static void put_line(const struct lines *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
put_line(const struct lines *l, const char *format, ...)
{
	char text[LINE_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	l->put(l->ui, text);
}

static void
put_totals(const struct lines *l, const struct ipc_stats *s)
{
	const struct {
		const char *name;
		uint64_t value;
	} totals[] = {
		{ "joins", s->joins },
		{ "joins rejected", s->rejected },
		{ "heartbeats", s->heartbeats },
		{ "received", s->received },
		{ "sent", s->sent },
		{ "relayed", s->relayed },
		{ "bytes relayed", s->relayed_bytes },
		{ "dropped", s->dropped },
	};

	for (size_t i = 0; i < sizeof(totals) / sizeof(totals[0]); i += 2)
		put_line(l, "%-14s %16llu    %-14s %16llu", totals[i].name,
		    (unsigned long long)totals[i].value, totals[i + 1].name,
		    (unsigned long long)totals[i + 1].value);
}

static void
put_drops(const struct lines *l, const struct ipc_stats *s)
{
	for (unsigned int i = 0; i < DROP_COUNT; i++)
		if (s->drops[i] > 0)
			put_line(l, "  %-15s %13llu    %s", format_drop(i),
			    (unsigned long long)s->drops[i],
			    format_drop_meaning(i));
}

double
figures_per_second(uint64_t count, uint64_t ms)
{
	return ms == 0 ? 0 : (double)count * 1000 / (double)ms;
}

static void
put_sources(const struct lines *l, const struct ipc_stats *s)
{
	char text[ADDR_BLOCK_TEXT_MAX];

	if (s->source_count == 0)
		return;
	put_line(l, "%-33s%16s%17s", "most of late from", "received/s",
	    "dropped/s");
	for (size_t i = 0; i < s->source_count; i++)
		put_line(l, "  %-31s%16.1f%17.1f",
		    addr_block_format(&s->sources[i].block, text),
		    figures_per_second(s->sources[i].received, s->sources_ms),
		    figures_per_second(s->sources[i].dropped, s->sources_ms));
}

void
figures_all(struct ui *ui, const struct ipc_stats *s, figures_line *put)
{
	const struct lines l = { ui, put };
	char age[FORMAT_AGE_MAX];

	ui->figures.told = *s;
	put_line(&l, "up %s, %u sessions in %u rooms",
	    format_age(age, s->uptime_ms), s->sessions, s->rooms);
	put_totals(&l, s);
	put_drops(&l, s);
	put_sources(&l, s);
}

static bool
is_news(const struct ipc_stats *a, const struct ipc_stats *b)
{
	return a->sessions != b->sessions || a->rooms != b->rooms ||
	    a->joins != b->joins || a->rejected != b->rejected ||
	    a->dropped != b->dropped;
}

void
figures_news(struct ui *ui, const struct ipc_stats *s, figures_line *put)
{
	const struct lines l = { ui, put };
	struct figures *f = &ui->figures;

	if (ui->now < f->next || !is_news(&f->told, s))
		return;
	f->told = *s;
	f->next = ui->now + NEWS_INTERVAL;
	put_line(&l,
	    "%u sessions in %u rooms; %llu joins, %llu rejected, %llu dropped",
	    s->sessions, s->rooms, (unsigned long long)s->joins,
	    (unsigned long long)s->rejected, (unsigned long long)s->dropped);
}
