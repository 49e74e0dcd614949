/*
 * People and their places. See people.h.
 */
#include "ui/people.h"

#include <stdlib.h>
#include <string.h>

const struct peer *
people_elsewhere(const struct model *m, const struct peer *p,
    const struct peer *after)
{
	bool on = after == NULL;

	for (size_t i = 0; i < m->high; i++) {
		const struct peer *q = m->peers[i];

		if (q == NULL || q == p || !model_is_same_person(p, q) ||
		    (!q->present && (p->present || !model_is_away(q))))
			continue;
		if (on)
			return q;
		on = q == after;
	}
	return NULL;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int
letter(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* Compares two numbers at the start of each; both pointers move behind them. */
static int
compare_numbers(const char **a, const char **b)
{
	size_t a_len, b_len;
	int order;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	a_len = strspn(*a, "0123456789");
	b_len = strspn(*b, "0123456789");
	if (a_len != b_len)
		return a_len < b_len ? -1 : 1;
	order = memcmp(*a, *b, a_len);
	*a += a_len;
	*b += b_len;
	return order;
}

int
people_order(const char *a, const char *b)
{
	const char *x = a, *y = b;
	int order = 0;

	while (order == 0 && *x != '\0' && *y != '\0')
		if (is_digit(*x) && is_digit(*y))
			order = compare_numbers(&x, &y);
		else
			order = letter(*x++) - letter(*y++);
	if (order == 0)
		order = letter(*x) - letter(*y);
	return order != 0 ? order : strcmp(a, b);
}

/* Compares by name; people of one name by key; and of one key the place that is
 * connected comes first. */
static int
compare_places(const void *a, const void *b)
{
	const struct peer *p = ((const struct person *)a)->p;
	const struct peer *q = ((const struct person *)b)->p;
	int order = people_order(p->shown, q->shown);

	if (order == 0)
		order = memcmp(p->fingerprint, q->fingerprint, FINGERPRINT_LEN);
	return order != 0 ? order
			  : model_is_connected(q) - model_is_connected(p);
}

static int
compare_people(const void *a, const void *b)
{
	const struct peer *p = ((const struct person *)a)->p;
	const struct peer *q = ((const struct person *)b)->p;
	int before = model_is_connected(q) - model_is_connected(p);

	return before != 0 ? before : people_order(p->shown, q->shown);
}

size_t
people_list(const struct model *m, struct person people[PEERS_MAX])
{
	size_t places = 0, count = 0;
	struct person *last = NULL;

	for (size_t i = 0; i < m->high; i++)
		if (m->peers[i] != NULL && m->peers[i]->present)
			people[places++] = (struct person){ m->peers[i], 1 };
	qsort(people, places, sizeof(people[0]), compare_places);
	for (size_t i = 0; i < places; i++) {
		if (last != NULL &&
		    model_is_same_person(last->p, people[i].p) &&
		    strcmp(last->p->shown, people[i].p->shown) == 0) {
			last->places += model_is_connected(people[i].p);
			continue;
		}
		people[count] = people[i];
		last = &people[count++];
	}
	qsort(people, count, sizeof(people[0]), compare_people);
	return count;
}

/* Returns one person for each key, and none for ours. */
static bool
counts(const struct model *m, const struct peer *p)
{
	const struct peer *q = NULL;

	if (p->us)
		return false;
	while ((q = people_elsewhere(m, p, q)) != NULL)
		if (model_is_connected(q) && q->handle < p->handle)
			return false;
	return true;
}

void
people_count(const struct model *m, unsigned int *here, unsigned int *relayed)
{
	*here = 1;
	*relayed = 0;
	for (size_t i = 0; i < m->high; i++) {
		const struct peer *p = m->peers[i];

		if (p == NULL || !p->present || !model_is_connected(p))
			continue;
		*here += p->others == 0 ? !p->us : counts(m, p);
		*relayed += p->kind == PATH_RELAY;
	}
}
