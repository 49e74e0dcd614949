/*
 * Hostile text. See hostile.h.
 */
#include "tests/unit/hostile.h"

#include "common/utf8.h"

#include <CUnit/CUnit.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER	  "tests/hostile"
#define FILE_MAX  16384
#define COUNT_MIN 10

static int
is_file(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void
read_file(struct hostile *h, const char *name)
{
	char path[sizeof(FOLDER) + 64];
	FILE *f;

	snprintf(h->name, sizeof(h->name), "%.63s", name);
	snprintf(path, sizeof(path), "%s/%s", FOLDER, h->name);
	f = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	h->bytes = malloc(FILE_MAX);
	CU_ASSERT_PTR_NOT_NULL_FATAL(h->bytes);
	h->len = fread(h->bytes, 1, FILE_MAX, f);
	fclose(f);
	CU_ASSERT_NOT_EQUAL_FATAL(h->len, 0);
	h->valid = utf8_valid(h->bytes, h->len);
}

static void
make_long(struct hostile *h, const struct hostile *others, size_t count)
{
	size_t n;

	snprintf(h->name, sizeof(h->name), "long");
	h->bytes = malloc(FILE_MAX);
	CU_ASSERT_PTR_NOT_NULL_FATAL(h->bytes);
	h->len = 0;
	for (size_t i = 0; h->len < FILE_MAX; i = (i + 1) % count) {
		n = others[i].len;
		if (!others[i].valid)
			continue;
		if (n > FILE_MAX - h->len)
			n = FILE_MAX - h->len;
		memcpy(h->bytes + h->len, others[i].bytes, n);
		h->len += n;
	}
	while (!utf8_valid(h->bytes, h->len))
		h->bytes[--h->len] = ' ';
	h->valid = true;
}

size_t
hostile_read(struct hostile **all)
{
	struct dirent **names;
	int count = scandir(FOLDER, &names, is_file, alphasort);

	CU_ASSERT_FATAL(count >= COUNT_MIN);
	*all = calloc((size_t)count + 1, sizeof(**all));
	CU_ASSERT_PTR_NOT_NULL_FATAL(*all);
	for (int i = 0; i < count; i++) {
		read_file(&(*all)[i], names[i]->d_name);
		free(names[i]);
	}
	free(names);
	make_long(&(*all)[count], *all, (size_t)count);
	return (size_t)count + 1;
}

void
hostile_free(struct hostile *all, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(all[i].bytes);
	free(all);
}
