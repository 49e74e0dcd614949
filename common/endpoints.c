/*
 * Lists of hosts with a port as text. See endpoints.h.
 */
#include "common/endpoints.h"

#include <stdio.h>
#include <string.h>

/* Bytes of an entry that are shown: in an invite, the secret is behind a key
 * with more digits than that. */
#define SHOWN_MAX 40

static bool
has(const struct endpoints *list, const struct endpoint *e)
{
	for (size_t i = 0; i < list->count; i++)
		if (endpoint_is_same(&list->at[i], e))
			return true;
	return false;
}

static size_t
text_len(const struct endpoints *list)
{
	char text[ENDPOINT_TEXT_MAX];
	size_t len = 0;

	for (size_t i = 0; i < list->count; i++)
		len += (i > 0) + strlen(endpoint_format(&list->at[i], text));
	return len;
}

/* Reads one entry and adds it. Returns NULL, or what is wrong with it. */
static const char *
add(struct endpoints *list, const char *text, size_t len, uint16_t default_port)
{
	char copy[ENDPOINT_TEXT_MAX + 1];
	struct endpoint e;

	if (len == 0)
		return "is empty";
	if (list->count == ENDPOINTS_MAX)
		return "is one too many: at most 8 bootnodes can be named";
	if (len >= sizeof(copy))
		return "is too long";
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (endpoint_parse(&e, copy, default_port) == -1 || e.port == 0)
		return "is no host";
	if (has(list, &e))
		return "is there twice";
	list->at[list->count++] = e;
	return text_len(list) < ENDPOINTS_TEXT_MAX
	    ? NULL
	    : "is too much: all have more than 511 bytes";
}

/* Names the entry of this number and what is wrong with it. */
static void
explain(char why[ENDPOINTS_WHY_MAX], size_t number, const char *entry,
    size_t len, const char *wrong)
{
	char shown[SHOWN_MAX + 1];
	size_t n;

	_Static_assert(ENDPOINTS_MAX == 8 && ENDPOINTS_TEXT_MAX == 512,
	    "the texts say so");
	for (n = 0; n < len && n < SHOWN_MAX; n++)
		shown[n] = entry[n] > ' ' && entry[n] <= '~' ? entry[n] : '?';
	shown[n] = '\0';
	if (len == 0)
		(void)snprintf(why, ENDPOINTS_WHY_MAX, "entry %zu %s", number,
		    wrong);
	else
		(void)snprintf(why, ENDPOINTS_WHY_MAX, "entry %zu, %s%s, %s",
		    number, shown, n < len ? "..." : "", wrong);
}

int
endpoints_parse(struct endpoints *list, const char *text, uint16_t default_port,
    char why[ENDPOINTS_WHY_MAX])
{
	const char *entry = text;
	size_t len;

	why[0] = '\0';
	list->count = 0;
	for (size_t number = 1;; number++, entry += len + 1) {
		const char *wrong;

		len = strcspn(entry, ",");
		wrong = add(list, entry, len, default_port);
		if (wrong != NULL) {
			if (strchr(text, ',') != NULL)
				explain(why, number, entry, len, wrong);
			return -1;
		}
		if (entry[len] == '\0')
			return 0;
	}
}

const char *
endpoints_format(const struct endpoints *list, char buf[ENDPOINTS_TEXT_MAX])
{
	char text[ENDPOINT_TEXT_MAX];
	size_t len = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < list->count; i++)
		len += (size_t)snprintf(buf + len, ENDPOINTS_TEXT_MAX - len,
		    "%s%s", i > 0 ? "," : "",
		    endpoint_format(&list->at[i], text));
	return buf;
}

bool
endpoints_have_name(const struct endpoints *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!endpoint_is_numeric(&list->at[i]))
			return true;
	return false;
}

bool
endpoints_meet(const struct endpoints *a, const struct endpoints *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (has(a, &b->at[i]))
			return true;
	return false;
}
