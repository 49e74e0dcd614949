/*
 * What gochat needs of the system: it raises the limit on descriptors as far as
 * it may, and names what is short in words that a user can act on.
 */
#include "launcher/needs.h"
#include "tests/unit/forked.h"

#include <sys/resource.h>

#include <CUnit/CUnit.h>

#include <bsd/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void needs_suite(void);

struct limits {
	rlim_t soft, hard;
	int open_at;	   /* a descriptor that is taken, or -1 */
	rlim_t soft_after; /* 0: too few, and error says how many */
	const char *error;
	bool no_output;
};

/* Returns 0, or the number of the first check that fails. */
static int
check_limits(void *arg)
{
	const struct limits *l = arg;
	char err[256] = "";
	struct rlimit now = { l->soft, l->hard };

	closefrom(3);
	if (l->open_at != -1 && dup2(STDERR_FILENO, l->open_at) == -1)
		return 1;
	if (l->no_output) {
		close(STDOUT_FILENO);
		close(STDERR_FILENO);
	}
	if (setrlimit(RLIMIT_NOFILE, &now) == -1)
		return 2;
	if (needs_check(err, sizeof(err)) != (l->soft_after != 0 ? 0 : -1))
		return 3;
	if (l->soft_after == 0)
		return strstr(err, l->error) != NULL ? 0 : 4;
	if (getrlimit(RLIMIT_NOFILE, &now) == -1 ||
	    now.rlim_cur != l->soft_after)
		return 5;
	return now.rlim_max == l->hard && err[0] == '\0' ? 0 : 6;
}

static void
test_descriptors(void)
{
	enum {
		N = NEEDS_DESCRIPTORS
	};
	struct limits cases[] = {
		/* There are enough: the limit stays as the user has set it. */
		{ N, N, -1, N, NULL, false },
		{ N, 2 * N, -1, N, NULL, false },
		/* The limit is raised, up to the hard one. */
		{ N - 1, N, -1, N, NULL, false },
		{ 10, 2 * N, -1, 2 * N, NULL, false },
		/* A descriptor that is open already cannot be used. */
		{ N, N + 1, 9, N + 1, NULL, false },
		{ N, N, 9, 0, "only 27 of 28 descriptors can be used", false },
		{ 10, N - 1, -1, 0, "only 27 of 27 descriptors can be used",
		    false },
		{ 10, 12, -1, 0, "gochat needs 28: raise the limit (ulimit -n",
		    false },
		/* Nor can one beyond the limit, but it takes none away. */
		{ N, N, N + 2, N, NULL, false },
		/* Nor do those that stand for standard output and error, if
		 * they are closed: they are opened at the start. */
		{ N - 1, N - 1, -1, 0, "only 27 of 27", true },
	};

	CU_ASSERT_EQUAL(N, 28); /* the sentences above have this number */
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int failed = forked(check_limits, &cases[i]);

		if (failed != 0)
			fprintf(stderr, "\n  case %zu: check %d\n", i, failed);
		CU_ASSERT_EQUAL(failed, 0);
	}
}

static void
test_reasons(void)
{
	static const struct {
		int error;
		const char *word, *other;
	} cases[] = {
		{ EMFILE, "gochat needs 28", "LimitNOFILE=" },
		{ ETOOMANYREFS, "gochat needs 28", "ulimit -n" },
		{ ENFILE, "whole system", "fs.file-max" },
		{ EAGAIN, "processes are allowed",
		    "gochat needs 6 (ulimit -u" },
		{ ENOMEM, "gochat needs 96 MiB", "MemoryMax=" },
		{ ENOBUFS, "no memory is free", "MemoryMax=" },
		{ EACCES, "Permission denied", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *reason = needs_reason(cases[i].error);

		CU_ASSERT_PTR_NOT_NULL(strstr(reason, cases[i].word));
		CU_ASSERT_PTR_NOT_NULL(strstr(reason, cases[i].other));
	}
}

void
needs_suite(void)
{
	CU_pSuite suite = CU_add_suite("needs", NULL, NULL);

	CU_add_test(suite, "descriptors", test_descriptors);
	CU_add_test(suite, "what is short, in words", test_reasons);
}
