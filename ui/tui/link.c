/*
 * Finding URLs. See link.h.
 */
#include "ui/tui/link.h"

#include <string.h>

static bool
is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z');
}

/* RFC 3986 section 2: unreserved, reserved and the percent sign. */
static bool
may_be_in_url(char c)
{
	return is_alphanumeric(c) ||
	    (c != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=%", c) != NULL);
}

/* Returns how many more brackets of a kind are closed than opened. */
static long
excess(const char *url, size_t n, char open, char close)
{
	long count = 0;

	for (size_t i = 0; i < n; i++)
		count += (url[i] == close) - (url[i] == open);
	return count;
}

/* Leaves out the end of the sentence around it: punctuation, and brackets that
 * close none inside. */
static size_t
trim(const char *url, size_t n)
{
	long round = excess(url, n, '(', ')'),
	     square = excess(url, n, '[', ']');

	for (; n > 0; n--) {
		if (url[n - 1] == ')' && round > 0)
			round--;
		else if (url[n - 1] == ']' && square > 0)
			square--;
		else if (strchr(".,;:!?'", url[n - 1]) == NULL)
			break;
	}
	return n;
}

/* Returns the length of the scheme at s, or 0. */
static size_t
scheme(const char *s, size_t len)
{
	if (len > 8 && strncasecmp(s, "https://", 8) == 0)
		return 8;
	if (len > 7 && strncasecmp(s, "http://", 7) == 0)
		return 7;
	return 0;
}

bool
link_find(const char *s, size_t len, size_t *at, size_t *n)
{
	size_t prefix, end;

	for (size_t i = 0; i < len; i++) {
		if ((s[i] | 0x20) != 'h' ||
		    (i > 0 && is_alphanumeric(s[i - 1])))
			continue;
		prefix = scheme(s + i, len - i);
		if (prefix == 0 ||
		    !(is_alphanumeric(s[i + prefix]) || s[i + prefix] == '['))
			continue;
		end = i + prefix;
		while (end < len && may_be_in_url(s[end]))
			end++;
		*at = i;
		*n = trim(s + i, end - i);
		return true;
	}
	return false;
}
