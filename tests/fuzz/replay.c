/*
 * Runs a fuzz target over files, without libFuzzer: make check does so over
 * every corpus, and a crash that fuzzing found is looked at with it.
 *
 *	replay-TARGET FILE...
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

#define INPUT_MAX (1024 * 1024)

static int
replay(const char *name)
{
	static uint8_t buf[INPUT_MAX];
	FILE *file = fopen(name, "rb");
	uint8_t *input;
	size_t len;

	if (file == NULL) {
		perror(name);
		return -1;
	}
	len = fread(buf, 1, sizeof(buf), file);
	fclose(file);
	input = fuzz_copy(buf, len);
	LLVMFuzzerTestOneInput(input, len);
	free(input);
	return 0;
}

int
main(int argc, char *argv[])
{
	int failed = 0;

	if (argc < 2) {
		fprintf(stderr, "usage: %s FILE...\n", argv[0]);
		return EXIT_FAILURE;
	}
	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	printf("%s: %d inputs\n", argv[0], argc - 1);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
