/*
 * The list of peers. See peerlist.h.
 */
#include "ui/tui/peerlist.h"

#include "ui/tui/gutter.h"
#include "ui/tui/query.h"
#include "ui/tui/tui.h"

#include "ui/people.h"

#include <stdio.h>
#include <string.h>

/* With this many columns or more, there is room for round trip times, too. */
#define RTT_FROM_COLUMNS 28
#define WORD_COLUMNS	 8
#define RTT_COLUMNS	 6

bool
peerlist_empty(const struct model *m)
{
	for (size_t i = 0; i < m->high; i++)
		if (m->peers[i] != NULL && m->peers[i]->present)
			return false;
	return true;
}

static void
format_rtt(char out[16], uint32_t rtt_us)
{
	if (rtt_us < 10000)
		snprintf(out, 16, "%.1fms", rtt_us / 1000.0);
	else if (rtt_us < 1000000)
		snprintf(out, 16, "%.0fms", rtt_us / 1000.0);
	else
		snprintf(out, 16, "%.1fs", rtt_us / 1e6);
}

static const struct {
	enum style style;
	const char *word;
} paths[PATH_KIND_COUNT] = {
	[PATH_LAN] = { STYLE_LAN, "lan" },
	[PATH_DIRECT] = { STYLE_DIRECT, "direct" },
	[PATH_RELAY] = { STYLE_RELAY, "relay" },
};

static void
put_path(struct grid_place *at, const struct peer *p, bool with_rtt)
{
	char rtt[16], text[40];

	if (p->state == PEER_FAILED) {
		at->style = STYLE_ERROR;
		grid_puts(at, with_rtt ? "no path      " : "no path ");
		return;
	}
	if (!model_is_connected(p)) {
		at->style = STYLE_ABSENT;
		grid_puts(at, with_rtt ? "connecting   " : "connects");
		return;
	}
	format_rtt(rtt, p->rtt_us);
	at->style = paths[p->kind].style;
	if (with_rtt)
		snprintf(text, sizeof(text), "%-6s %*s", paths[p->kind].word,
		    RTT_COLUMNS, rtt);
	else
		snprintf(text, sizeof(text), "%-*s", WORD_COLUMNS,
		    paths[p->kind].word);
	grid_puts(at, text);
}

/* Puts the name as it fits: the number of places, if there are several, stays.
 * The user's own places have < and >, which no name has. */
static void
put_name(const struct ui *ui, struct grid_place *at,
    const struct person *person, unsigned int end)
{
	const struct peer *p = person->p;
	unsigned int columns = end - at->column;
	struct buf name = { 0 };
	char places[16] = "";

	if (person->places > 1) {
		/* The blank goes first. */
		bool blank =
		    cluster_columns(p->shown, strlen(p->shown)) + 3 <= columns;

		snprintf(places, sizeof(places), "%s×%u", blank ? " " : "",
		    person->places);
		columns -=
		    (unsigned int)cluster_columns(places, strlen(places));
	}
	if (p->us)
		buf_puts(&name, columns >= 5 ? "<you>" : "");
	else
		gutter_name(&name, p->shown, p->fingerprint, columns);
	at->style = p->known && model_is_connected(p)
	    ? tui_nick_style(ui->front, p)
	    : STYLE_ABSENT;
	grid_put(at, name.bytes, name.len);
	buf_free(&name);
	at->style = STYLE_ABSENT;
	grid_puts(at, places);
}

static void
put_person(const struct ui *ui, struct grid_place at,
    const struct person *person)
{
	const struct peer *p = person->p;
	bool with_rtt = at.end - at.column >= RTT_FROM_COLUMNS - 1;
	unsigned int path_columns = with_rtt ? 7 + RTT_COLUMNS : WORD_COLUMNS;
	unsigned int path_at = at.end - path_columns;

	at.style = STYLE_VERIFIED;
	grid_puts(&at, p->verified && !p->us ? "✓" : " ");
	put_name(ui, &at, person, path_at - 1);
	grid_blank(&at, path_at);
	put_path(&at, p, with_rtt);
}

/* Lists those whom the pane is about: of a conversation, the one person, by as
 * many names as they have. */
static size_t
list(const struct pane *pane, struct person people[PEERS_MAX])
{
	size_t all = people_list(&pane->room->model, people), count = 0;

	if (!pane->alone)
		return all;
	for (size_t i = 0; i < all; i++)
		if (people[i].p->known &&
		    memcmp(people[i].p->fingerprint, pane->person,
			FINGERPRINT_LEN) == 0)
			people[count++] = people[i];
	return count;
}

/* Puts the name of somebody who is not in the list. */
static void
put_absent(struct grid_place at, const struct pane *pane)
{
	struct buf name = { 0 };

	at.style = STYLE_ABSENT;
	grid_puts(&at, " ");
	gutter_name(&name, query_name(pane), pane->person,
	    at.end - at.column - WORD_COLUMNS - 1);
	grid_put(&at, name.bytes, name.len);
	grid_blank(&at, at.end - WORD_COLUMNS);
	grid_puts(&at, query_presence(query_peer(pane)));
	buf_free(&name);
}

void
peerlist_put(const struct ui *ui, struct grid *grid, unsigned int row,
    unsigned int rows, unsigned int column)
{
	struct person people[PEERS_MAX];
	const struct pane *pane = ui->tui->shown;
	size_t count = list(pane, people);
	char more[40];

	for (unsigned int i = 0; i < rows; i++) {
		struct grid_place at = { grid, row + i, column, grid->columns,
			STYLE_RULE, 0 };

		grid_puts(&at, "│");
		if (i + 1 == rows && count > rows) {
			snprintf(more, sizeof(more), " %zu more: /names",
			    count - i);
			at.style = STYLE_ABSENT;
			grid_puts(&at, more);
		} else if (i < count) {
			put_person(ui, at, &people[i]);
		} else if (i == 0 && pane->alone) {
			put_absent(at, pane);
		}
	}
}
