/*
 * How far apart two words are: for errors that name what may have been meant.
 */
#ifndef COMMON_EDIT_DISTANCE_H
#define COMMON_EDIT_DISTANCE_H

#include <stddef.h>

/* The number of bytes that are compared; a longer word resembles nothing. */
#define EDIT_DISTANCE_MAX 31

/*
 * Returns the distance of "optimal string alignment": how many bytes were left
 * out, added, replaced, or exchanged with their neighbour. Neither word may be
 * longer than EDIT_DISTANCE_MAX.
 */
size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len);

/* The distance of a word that does not resemble the name. */
#define EDIT_DISTANCE_FAR 3

/*
 * Returns how far a word is from a name that a person may have mistyped:
 * edit_distance(), or EDIT_DISTANCE_FAR if that is more than two, or more than
 * half of the name, or if the word is longer than EDIT_DISTANCE_MAX. The name,
 * which ends with NUL, is never longer than that.
 */
size_t edit_distance_of_name(const char *word, size_t len, const char *name);

#endif
