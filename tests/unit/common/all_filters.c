/*
 * The filters of all processes. See all_filters.h.
 */
#include "tests/unit/common/all_filters.h"

const struct filter_table *const all_filters[PROCESS_COUNT] = {
#define X(process, filter, role, modes, program, needs, fds, later, bytes) \
	[PROCESS_##process] = &filter_##filter,
	PROCESS_TABLE(X)
#undef X
};
