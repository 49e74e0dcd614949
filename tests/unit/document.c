/*
 * Examples in a document. See document.h.
 */
#include "tests/unit/document.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOCUMENT_MAX (256 * 1024)
#define ITEM_MAX     8192

static struct {
	char *text;
	const char *section;
	const char *end; /* NULL: the document's */
	int asked;
} document;

int
document_open(const char *path, const char *heading)
{
	FILE *f = fopen(path, "r");

	if (f == NULL)
		return -1;
	document.text = calloc(1, DOCUMENT_MAX);
	if (document.text == NULL ||
	    fread(document.text, 1, DOCUMENT_MAX, f) == DOCUMENT_MAX)
		abort();
	fclose(f);
	document.asked = 0;
	document.section = strstr(document.text, heading);
	if (document.section == NULL)
		return -1;
	document.end = strstr(document.section + 1, "\n## ");
	return 0;
}

void
document_close(void)
{
	free(document.text);
	document.text = NULL;
}

/* Reads bytes of a line after the n that are there; returns the new number, or
 * 0 if the line does not have the form. */
static size_t
read_line(const char *p, uint8_t out[ITEM_MAX], size_t n)
{
	unsigned long times;
	unsigned int byte;
	char *end;

	for (p += strspn(p, " "); *p != '\n' && *p != ';' && *p != '\0';
	     p += strspn(p, " ")) {
		if (sscanf(p, "%2x", &byte) != 1)
			return 0;
		p += 2;
		times = 1;
		if (*p == '*') {
			times = strtoul(p + 1, &end, 10);
			p = end;
		}
		if (times > ITEM_MAX - n)
			return 0;
		memset(out + n, (int)byte, times);
		n += times;
	}
	return n;
}

static size_t
find(const char *label, uint8_t out[ITEM_MAX])
{
	const char *p = document.section;
	char line[80];
	size_t n = 0;

	snprintf(line, sizeof(line), "\n%s\n    ", label);
	p = strstr(p, line);
	if (p == NULL || (document.end != NULL && p > document.end))
		return 0;
	p += strlen(label) + 2;
	for (; p != NULL && strncmp(p, "    ", 4) == 0; p++) {
		n = read_line(p, out, n);
		p = strchr(p, '\n');
		if (p == NULL)
			break;
	}
	return n;
}

bool
document_confirms(const char *label, const void *bytes, size_t len)
{
	static uint8_t have[ITEM_MAX];
	const uint8_t *p = bytes;

	document.asked++;
	if (find(label, have) == len && memcmp(have, bytes, len) == 0)
		return true;
	fprintf(stderr, "\n%s", label);
	for (size_t i = 0; i < len; i++)
		fprintf(stderr, "%s%02x", i % 32 == 0 ? "\n    " : "", p[i]);
	fprintf(stderr, "\n");
	return false;
}

int
document_left(void)
{
	const char *p = document.section;
	bool fenced = false;
	int items = 0;

	for (; p != NULL && p != document.end; p = strchr(p + 1, '\n')) {
		if (strncmp(p, "\n```", 4) == 0)
			fenced = !fenced;
		else if (fenced && p[1] != ' ' && p[1] != '\n' && p[1] != '\0')
			items++;
	}
	return items - document.asked;
}
