/*
 * The distance of two words. See edit_distance.h.
 */
#include "common/edit_distance.h"

#include <string.h>

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t d[EDIT_DISTANCE_MAX + 1][EDIT_DISTANCE_MAX + 1];

	for (size_t i = 0; i <= a_len; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= b_len; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= a_len; i++)
		for (size_t j = 1; j <= b_len; j++) {
			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
			    d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[a_len][b_len];
}

size_t
edit_distance_of_name(const char *word, size_t len, const char *name)
{
	size_t name_len = strlen(name), d;

	if (len > EDIT_DISTANCE_MAX)
		return EDIT_DISTANCE_FAR;
	d = edit_distance(word, len, name, name_len);
	return d < EDIT_DISTANCE_FAR && d * 2 <= name_len ? d
							  : EDIT_DISTANCE_FAR;
}
