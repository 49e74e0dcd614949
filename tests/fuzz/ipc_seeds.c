/*
 * Makes the corpus of ipc.c: of every row of the table in common/ipc.h a valid
 * message with the shortest tail and one with the longest. They hold numbers of
 * types, which follow the order of the table: so they are made with the program
 * and not kept.
 *
 *	ipc_seeds FOLDER
 */
#include "tests/fuzz/ipc_seeds.h"

#include "tests/unit/ipc_build.h"

#include <stdio.h>
#include <stdlib.h>

static int
put(const char *folder, enum ipc_type type, const char *kind, size_t tail_len)
{
	static struct ipc_built m;
	struct ipc_channel ch;
	char path[4096];
	FILE *file;
	int failed;

	ipc_build(&m, type, tail_len);
	ipc_receiver(&ch, type);
	(void)snprintf(path, sizeof(path), "%s/%s-%s", folder,
	    ipc_type_name(type), kind);
	file = fopen(path, "wb");
	if (file == NULL) {
		perror(path);
		return -1;
	}
	failed = fputc(ipc_seed_byte(&ch), file) == EOF ||
	    fwrite(&m.header, 1, m.len, file) != m.len;
	return fclose(file) == 0 && !failed ? 0 : -1;
}

int
main(int argc, char *argv[])
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return EXIT_FAILURE;
	}
	FOREACH_TYPE(type)
	{
		if (put(argv[1], type, "shortest", ipc_shortest_tail(type)) ==
			-1 ||
		    put(argv[1], type, "longest", ipc_rules[type].tail_max) ==
			-1)
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}
