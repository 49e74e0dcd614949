/*
 * A tool of the build: prints the table of look-alikes that nick.c includes. It
 * asks ICU for the UTS #39 skeleton of every code point and keeps those that
 * stand for themselves in NFD but not in the skeleton; nick.c decomposes first,
 * so it never looks up others. Only this program and the one for joining
 * letters are linked with ICU.
 *
 *	gen_confusables [FILE]		(standard output without one)
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#define ENTRIES_MAX  20000
#define POOL_MAX     65536 /* offsets have 16 bits */
#define SKELETON_MAX 256   /* UTF-16 units */

struct entry {
	uint32_t code_point;
	size_t at;
	size_t len;
};

struct table {
	struct entry entries[ENTRIES_MAX];
	size_t count;
	char pool[POOL_MAX];
	size_t pool_len;
};

static void
die(const char *what)
{
	fprintf(stderr, "gen_confusables: %s\n", what);
	exit(1);
}

/* Returns the place of the bytes in the pool; adds them if they are not there
 * yet. */
static size_t
pool_find(struct table *t, const char *bytes, size_t len)
{
	const char *found = memmem(t->pool, t->pool_len, bytes, len);

	if (found != NULL)
		return (size_t)(found - t->pool);
	if (len > POOL_MAX - t->pool_len)
		die("the pool is too small");
	memcpy(t->pool + t->pool_len, bytes, len);
	t->pool_len += len;
	return t->pool_len - len;
}

static void
add(struct table *t, uint32_t c, const UChar *skeleton, int32_t len)
{
	UErrorCode status = U_ZERO_ERROR;
	char bytes[SKELETON_MAX * 3];
	int32_t n;

	u_strToUTF8(bytes, sizeof(bytes), &n, skeleton, len, &status);
	if (U_FAILURE(status) || t->count == ENTRIES_MAX)
		die("a skeleton or the table is too long");
	t->entries[t->count].code_point = c;
	t->entries[t->count].at = pool_find(t, bytes, (size_t)n);
	t->entries[t->count].len = (size_t)n;
	t->count++;
}

static void
walk(struct table *t)
{
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&status);
	USpoofChecker *spoof = uspoof_open(&status);
	UChar self[2], skeleton[SKELETON_MAX];
	int32_t self_len, len;

	if (U_FAILURE(status))
		die(u_errorName(status));
	for (UChar32 c = 0; c <= 0x10ffff; c++) {
		if (!u_isdefined(c) || u_charType(c) == U_SURROGATE ||
		    unorm2_getDecomposition(nfd, c, skeleton, SKELETON_MAX,
			&status) >= 0)
			continue;
		self_len = 0;
		U16_APPEND_UNSAFE(self, self_len, c);
		len = uspoof_getSkeleton(spoof, 0, self, self_len, skeleton,
		    SKELETON_MAX, &status);
		if (U_FAILURE(status))
			die(u_errorName(status));
		if (len != self_len || u_memcmp(self, skeleton, len) != 0)
			add(t, (uint32_t)c, skeleton, len);
	}
	uspoof_close(spoof);
}

static void
print(const struct table *t, FILE *out)
{
	fprintf(out,
	    "/* Made by gen_confusables from ICU " U_ICU_VERSION ". */\n");
	fprintf(out, "static const unsigned char confusable_pool[] = {");
	for (size_t i = 0; i < t->pool_len; i++)
		fprintf(out, "%s%d,", i % 16 == 0 ? "\n\t" : " ",
		    (unsigned char)t->pool[i]);
	fprintf(out,
	    "\n};\n\nstatic const struct confusable "
	    "confusables[] = {\n");
	for (size_t i = 0; i < t->count; i++)
		fprintf(out, "\t{ 0x%04x, %zu, %zu },\n",
		    t->entries[i].code_point, t->entries[i].at,
		    t->entries[i].len);
	fprintf(out, "};\n");
}

int
main(int argc, char **argv)
{
	static struct table table;
	FILE *out = argc > 1 ? fopen(argv[1], "w") : stdout;

	if (out == NULL)
		die("cannot write the file");
	walk(&table);
	print(&table, out);
	if (ferror(out) || fclose(out) != 0)
		die("cannot write the file");
	return 0;
}
