/*
 * The tables that filters are made from. See filter_table.c.
 */
#ifndef COMMON_FILTER_TABLE_H
#define COMMON_FILTER_TABLE_H

#include "common/role.h"

#include <stddef.h>

/* What an entry demands of the call's arguments. */
enum demand {
	ANY,
	FDS,	  /* argument 0 is one of the descriptors in the set */
	NOT_EXEC, /* argument 2, a protection, is without PROT_EXEC */
	TERMINAL, /* argument 1 reads or sets terminal attributes, or asks who
		   * has the terminal */
	SELF	  /* argument 0 is this process */
};

struct entry {
	int nr;
	enum demand demand;
	unsigned int fds; /* FDS: bit n is descriptor n */
};

#define FD(n) (1u << (n))

struct filter_table {
	const struct entry *entries;
	size_t count;
};

extern const struct filter_table filter_tables[ROLE_COUNT];

/*
 * What a call of the tables is besides, or instead, where registers have 32
 * bits: there the call with wider times is another one, or the arguments are
 * elsewhere.
 */
struct narrow_call {
	int nr;
	int narrow;
	int only; /* the first one is not allowed there */
};

extern const struct narrow_call filter_narrow_calls[];
extern const size_t filter_narrow_count;

#ifdef GOCHAT_SANITIZE
/* What the sanitizers' run time needs, in builds with them only. */
extern const int filter_sanitizer_calls[];
extern const size_t filter_sanitizer_count;
#endif

#endif
