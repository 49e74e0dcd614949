/*
 * The tables that filters are made from: for each process the system calls that
 * it makes after start-up, with the reason for each, in the filter.c of its
 * folder. filter.c makes a filter from the table; every other call ends the
 * process.
 */
#ifndef COMMON_FILTER_TABLE_H
#define COMMON_FILTER_TABLE_H

#include "common/processes.h"

#include <seccomp.h>
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

struct filter_entry {
	int nr;
	enum demand demand;
	unsigned int fds; /* FDS: bit n is descriptor n */
};

struct filter_table {
	const struct filter_entry *entries;
	size_t count;
};

/* Calls that every process needs; they come first in each table. */
#define EVERYBODY                                                    \
	{ SCMP_SYS(ppoll), ANY, 0 },		 /* main loop */     \
	    { SCMP_SYS(clock_gettime), ANY, 0 }, /* where no vDSO */ \
	    { SCMP_SYS(brk), ANY, 0 },		 /* malloc */        \
	    { SCMP_SYS(mmap), NOT_EXEC, 0 },	 /* malloc, large */ \
	    { SCMP_SYS(munmap), ANY, 0 },	 /* free, large */   \
	{                                                            \
		SCMP_SYS(exit_group), ANY, 0                         \
	}

/* Defines the table of a process, in a file of its folder, of entries. */
#define FILTER(process, e)                                  \
	const struct filter_table filter_##process = { (e), \
		sizeof(e) / sizeof((e)[0]) }

/* A process without a table cannot be linked. */
#define X(process, filter, role, modes, program, needs, fds, later, bytes) \
	extern const struct filter_table filter_##filter;
PROCESS_TABLE(X)
#undef X

/*
 * A second number of a call of the tables where registers have 32 bits: there
 * the call with wider times is another one, or the arguments are in another
 * place.
 */
struct narrow_call {
	int nr;
	int narrow;
	int only; /* the first one is not allowed there */
};

extern const struct narrow_call filter_narrow_calls[];
extern const size_t filter_narrow_count;

#ifdef GOCHAT_SANITIZE
/* Calls of the sanitizers' run time, in builds with sanitizers only. */
extern const int filter_sanitizer_calls[];
extern const size_t filter_sanitizer_count;
#endif

#endif
