/*
 * The filters of all processes, by their rows in the table.
 */
#ifndef TESTS_UNIT_COMMON_ALL_FILTERS_H
#define TESTS_UNIT_COMMON_ALL_FILTERS_H

#include "common/filter_table.h"

extern const struct filter_table *const all_filters[PROCESS_COUNT];

#endif
