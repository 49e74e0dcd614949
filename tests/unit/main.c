/*
 * The unit tests: all suites, or those named as arguments.
 */
#include "tests/unit/suites.h"

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>

#include <bsd/unistd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	void (*add)(void);
} suites[] = {
#define X(name) { #name, name##_suite },
	SUITES(X)
#undef X
};

int
main(int argc, char *argv[])
{
	unsigned int failures;
	int added = 0;

	setproctitle_init(argc, argv, environ);
	if (CU_initialize_registry() != CUE_SUCCESS)
		return EXIT_FAILURE;
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		int wanted = argc == 1;

		for (int arg = 1; arg < argc; arg++)
			wanted |= strcmp(argv[arg], suites[i].name) == 0;
		if (wanted)
			suites[i].add();
		added += wanted;
	}
	if (added == 0) {
		fprintf(stderr, "no such suite\n");
		return EXIT_FAILURE;
	}
	CU_basic_set_mode(CU_BRM_NORMAL);
	CU_basic_run_tests();
	failures =
	    CU_get_number_of_failures() + CU_get_number_of_suites_failed();
	CU_cleanup_registry();
	return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
