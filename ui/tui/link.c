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

/* Whether the bracket at the end closes one inside. */
static bool
closes(const char *url, size_t n)
{
	char close = url[n - 1], open = close == ')' ? '(' : '[';
	int depth = 0;

	for (size_t i = 0; i < n; i++)
		depth += (url[i] == open) - (url[i] == close);
	return depth >= 0;
}

/* Without what ends the sentence around it. */
static size_t
trim(const char *url, size_t n)
{
	for (; n > 0; n--) {
		if (strchr(".,;:!?'", url[n - 1]) != NULL)
			continue;
		if ((url[n - 1] == ')' || url[n - 1] == ']') && !closes(url, n))
			continue;
		break;
	}
	return n;
}

/* The length of the scheme at s, or 0. */
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
