/*
 * The names in the tables of a bootnode's figures. See ipc_stats.h.
 */
#include "common/ipc_stats.h"

const char *
drop_name(size_t cause)
{
	static const char *const names[DROP_COUNT] = {
#define X(cause, name, words) [DROP_##cause] = (name),
		DROP_TABLE(X)
#undef X
	};

	return names[cause];
}

const char *
rejection_name(size_t cause)
{
	static const char *const names[REJECTION_COUNT] = {
#define X(cause, name, words) [REJECTION_##cause] = (name),
		REJECTION_TABLE(X)
#undef X
	};

	return names[cause];
}
