/*
 * How far apart two words are: for errors that name what may have been meant.
 */
#ifndef COMMON_EDIT_DISTANCE_H
#define COMMON_EDIT_DISTANCE_H

#include <stddef.h>

/* Bytes that are compared; a longer word is like none. */
#define EDIT_DISTANCE_MAX 31

/*
 * How many bytes were left out, added, mistaken or, two that stand together,
 * exchanged: the distance of "optimal string alignment". Neither word is longer
 * than EDIT_DISTANCE_MAX.
 */
size_t edit_distance(const char *a, size_t a_len, const char *b, size_t b_len);

/* The distance of a word that is not meant for a name. */
#define EDIT_DISTANCE_FAR 3

/*
 * How far a word is from a name that a person may have mistyped: as
 * edit_distance(), or EDIT_DISTANCE_FAR if that is more than two, or more than
 * half of the name, or if the word is longer than EDIT_DISTANCE_MAX. The name,
 * which ends with NUL, is not.
 */
size_t edit_distance_of_name(const char *word, size_t len, const char *name);

#endif
