/*
 * Answers of an engine, which are hostile input. Each is read as it comes and
 * has to be the one that is waited for next: its type, the number of its
 * elements, and their length. Nothing of it is kept here.
 *
 * hiredis' reader finds where an answer ends. It makes no objects: its
 * functions for that hand each element on, or refuse it before anything is
 * allocated. It takes memory for the element that is not complete yet, alone;
 * see REPLIES_ELEMENT_MAX.
 */
#ifndef FLEETD_REPLIES_H
#define FLEETD_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hiredis/read.h>

/* The longest element, or line, of any answer. The reader keeps what there is
 * of an element until its end has come, however long it claims to be; so it
 * gets no more bytes than this for one. */
#define REPLIES_ELEMENT_MAX 1024
/* So many answers are waited for at once. */
#define REPLIES_WANTS_MAX 4
/* The longest word that names an error. */
#define REPLIES_WORD_MAX 24
/* The longest sentence on what is wrong, with its NUL. */
#define REPLIES_WHY_MAX 80

enum replies_type {
	REPLIES_OK,	/* +OK */
	REPLIES_NUMBER, /* any number */
	REPLIES_LIST	/* strings */
};

struct replies_want {
	enum replies_type type;
	/* Of a list: how many elements, how long each, and whether one may be
	 * missing. */
	size_t count_min, count_max;
	size_t len_min, len_max;
	bool nil;
	/* Called for each, in their order; bytes is NULL for one that is
	 * missing. Returns 0, or -1 if the answer is wrong. */
	int (*element)(void *self, const char *bytes, size_t len);
};

struct replies {
	redisReader *reader;
	void *self;
	const struct replies_want *wants[REPLIES_WANTS_MAX];
	size_t want_count;
	bool seen; /* of the answer that is being read, something was right */
	size_t elements; /* so many of its elements are still to come */
	char why[REPLIES_WHY_MAX]; /* what is wrong */
};

/* Starts with an answer at its beginning; self is of the functions. Returns 0,
 * or -1 if there is no memory. */
int replies_open(struct replies *, void *self);
/* Gives all memory back. It may be closed already. */
void replies_close(struct replies *);

/* The answer after those that are waited for: the want stays the caller's. */
void replies_expect(struct replies *, const struct replies_want *);
/* True while an answer is to come. */
bool replies_pending(const struct replies *);

/* Takes what has come. Returns 0, or -1 if it is not what was waited for, or if
 * the engine answered with an error: then why says it, and nothing more may be
 * fed. */
int replies_feed(struct replies *, const uint8_t *, size_t len);

#endif
