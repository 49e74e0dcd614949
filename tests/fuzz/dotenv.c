/*
 * Fuzzes the reader of .env files (launcher/dotenv.c): such a file comes with
 * the folder that gochat is started in. The input is the file.
 */
#include "launcher/dotenv.h"

#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char folder_name[] = "/tmp/gochat-fuzz-XXXXXX";
static int folder = -1;

static void
clean_up(void)
{
	unlinkat(folder, ".env", 0);
	rmdir(folder_name);
}

static void
set_up(void)
{
	if (folder != -1)
		return;
	REQUIRE(mkdtemp(folder_name) != NULL);
	folder = open(folder_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	REQUIRE(folder != -1);
	atexit(clean_up);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int line = 0;
	struct dotenv d;
	char err[256] = "";
	int fd;

	set_up();
	fd = openat(folder, ".env", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);
	REQUIRE(fd != -1 && write(fd, data, size) == (ssize_t)size);
	close(fd);
	if (dotenv_load(&d, folder, err, sizeof(err)) == -1) {
		REQUIRE(strncmp(err, ".env", 4) == 0);
		return 0;
	}
	REQUIRE(err[0] == '\0' && size <= DOTENV_FILE_MAX);
	for (size_t i = 0; i < d.count; i++) {
		const struct dotenv_entry *e = &d.entries[i];

		REQUIRE(e->line > line);
		line = e->line;
		REQUIRE(strlen(e->name) > 0);
		REQUIRE(strlen(e->name) + strlen(e->value) <= DOTENV_LINE_MAX);
		REQUIRE(strpbrk(e->name, " \t\"'=#") == NULL);
		REQUIRE(strcmp(dotenv_find(&d, e->name)->name, e->name) == 0);
	}
	dotenv_free(&d);
	return 0;
}
