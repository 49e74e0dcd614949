/*
 * Keys of bootnodes as text and the file that remembers them. options_parse()
 * reads keys with the first half; the launcher uses the file
 * before it forks, to find a key, and again when a new key was seen.
 */
#include "launcher/known_bootnodes.h"

#include "common/hex.h"
#include "common/text_line.h"

#include <sys/stat.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME "known_bootnodes"
/* The longest line: the address, a blank, the key and a newline; and another
 * newline in front if the line before has none. */
#define LINE_MAX_SIZE (1 + ENDPOINT_TEXT_MAX + 2 * BOOTNODE_KEY_SIZE + 1)

int
bootnode_key_parse(uint8_t key[BOOTNODE_KEY_SIZE], const char *text, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	if (len != 2 * BOOTNODE_KEY_SIZE)
		return -1;
	memset(key, 0, BOOTNODE_KEY_SIZE);
	for (size_t i = 0; i < len; i++) {
		const char *digit =
		    strchr(digits, tolower((unsigned char)text[i]));

		if (text[i] == '\0' || digit == NULL)
			return -1;
		key[i / 2] = (uint8_t)(key[i / 2] << 4 | (digit - digits));
	}
	return 0;
}

/* Reads the whole file. Returns 0, or -1 with the reason in err. */
static int
read_text(struct known_bootnodes *k, char *err, size_t errlen)
{
	ssize_t n = 1;

	k->size = 0;
	while (n > 0 && k->size < sizeof(k->text)) {
		n = pread(k->fd, k->text + k->size, sizeof(k->text) - k->size,
		    (off_t)k->size);
		if (n > 0)
			k->size += (size_t)n;
	}
	if (n == -1)
		(void)snprintf(err, errlen, "%s in the state folder: %s",
		    FILE_NAME, strerror(errno));
	else if (k->size > KNOWN_BOOTNODES_FILE_MAX)
		(void)snprintf(err, errlen,
		    "%s in the state folder: expected at most %d bytes",
		    FILE_NAME, KNOWN_BOOTNODES_FILE_MAX);
	else
		return 0;
	return -1;
}

int
known_bootnodes_open(struct known_bootnodes *k, int state_dirfd, char *err,
    size_t errlen)
{
	struct stat st;

	k->size = 0;
	k->fd = openat(state_dirfd, FILE_NAME,
	    O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
		O_NONBLOCK,
	    0600);
	if (k->fd == -1) {
		/* O_NOFOLLOW causes ELOOP. */
		(void)snprintf(err, errlen, "%s in the state folder%s%s",
		    FILE_NAME,
		    errno == ELOOP ? " is a symbolic link, which is not "
				     "followed: put the file in its place"
				   : ": ",
		    errno == ELOOP ? "" : strerror(errno));
		return -1;
	}
	if (fstat(k->fd, &st) == -1)
		(void)snprintf(err, errlen, "%s in the state folder: %s",
		    FILE_NAME, strerror(errno));
	else if (!S_ISREG(st.st_mode))
		(void)snprintf(err, errlen,
		    "%s in the state folder: expected a regular file",
		    FILE_NAME);
	else if (st.st_uid != geteuid() || (st.st_mode & 022) != 0)
		(void)snprintf(err, errlen,
		    "%s in the state folder: others may write to it: make it "
		    "yours and run chmod 600 on it",
		    FILE_NAME);
	else if (read_text(k, err, errlen) == 0)
		return 0;
	(void)close(k->fd);
	k->fd = -1;
	return -1;
}

/*
 * Checks one line, which has no end left, against the address. Returns 1 with
 * key filled in if the line has the address, 0 if it has another one or none,
 * -1 if it is malformed.
 */
static int
check_line(const char *line, size_t len, const char *address,
    uint8_t key[BOOTNODE_KEY_SIZE])
{
	const char *blank = memchr(line, ' ', len);
	char text[ENDPOINT_TEXT_MAX];
	struct endpoint e;
	size_t named;

	if (text_says_nothing(line, len))
		return 0;
	if (blank == NULL || memchr(line, '\0', len) != NULL)
		return -1;
	named = (size_t)(blank - line);
	if (named >= sizeof(text))
		return -1;
	memcpy(text, line, named);
	text[named] = '\0';
	if (endpoint_parse(&e, text, 0) == -1 || e.port == 0 ||
	    bootnode_key_parse(key, blank + 1, len - named - 1) == -1)
		return -1;
	return strcmp(endpoint_format(&e, text), address) == 0;
}

int
known_bootnodes_find(const struct known_bootnodes *k, const char *address,
    uint8_t key[BOOTNODE_KEY_SIZE], char *err, size_t errlen)
{
	uint8_t seen[BOOTNODE_KEY_SIZE];
	const char *line = k->text, *last = k->text + k->size;
	int found = 0;

	for (unsigned int number = 1; line < last; number++) {
		const char *end = memchr(line, '\n', (size_t)(last - line));
		int is_it;

		if (end == NULL)
			end = last;
		is_it = check_line(line, (size_t)(end - line), address, seen);
		if (is_it == -1) {
			(void)snprintf(err, errlen,
			    "%s in the state folder, line %u: expected "
			    "host:port and 64 hexadecimal digits",
			    FILE_NAME, number);
			return -1;
		}
		if (is_it && found &&
		    memcmp(key, seen, BOOTNODE_KEY_SIZE) != 0) {
			(void)snprintf(err, errlen,
			    "%s in the state folder, line %u: a second key for "
			    "%s: remove the one that is wrong",
			    FILE_NAME, number, address);
			return -1;
		}
		if (is_it && !found) {
			memcpy(key, seen, BOOTNODE_KEY_SIZE);
			found = 1;
		}
		line = end + 1;
	}
	return found;
}

int
known_bootnodes_append(struct known_bootnodes *k, const char *address,
    const uint8_t key[BOOTNODE_KEY_SIZE], char *err, size_t errlen)
{
	char line[LINE_MAX_SIZE + 1], hex[2 * BOOTNODE_KEY_SIZE + 1];
	ssize_t written;
	int len;

	len = snprintf(line, sizeof(line), "%s%s %s\n",
	    k->size > 0 && k->text[k->size - 1] != '\n' ? "\n" : "", address,
	    format_hex(hex, key, BOOTNODE_KEY_SIZE));
	if (len < 0 || (size_t)len >= sizeof(line) ||
	    k->size + (size_t)len > KNOWN_BOOTNODES_FILE_MAX) {
		(void)snprintf(err, errlen,
		    "%s in the state folder: full: remove lines of bootnodes "
		    "no longer in use",
		    FILE_NAME);
		return -1;
	}
	/* The line is one write, so that the lines of two clients do not
	 * mix. */
	written = write(k->fd, line, (size_t)len);
	if (written > 0) {
		memcpy(k->text + k->size, line, (size_t)written);
		k->size += (size_t)written;
	}
	if (written == len)
		return 0;
	/* Without a locale for messages, strerror(3) opens no translation. */
	(void)snprintf(err, errlen, "%s in the state folder: %s", FILE_NAME,
	    written == -1 ? strerror(errno) : "the disk is full");
	return -1;
}

/* --- Lists ---------------------------------------------------------------- */

int
known_bootnodes_find_all(const struct known_bootnodes *k,
    const struct endpoints *list, uint8_t key[BOOTNODE_KEY_SIZE], char *err,
    size_t errlen)
{
	char text[ENDPOINT_TEXT_MAX], first[ENDPOINT_TEXT_MAX] = "";
	uint8_t seen[BOOTNODE_KEY_SIZE];

	for (size_t i = 0; i < list->count; i++) {
		int found = known_bootnodes_find(k,
		    endpoint_format(&list->at[i], text), seen, err, errlen);

		if (found == -1)
			return -1;
		if (found == 0)
			continue;
		if (first[0] == '\0') {
			memcpy(first, text, sizeof(first));
			memcpy(key, seen, BOOTNODE_KEY_SIZE);
		} else if (memcmp(key, seen, BOOTNODE_KEY_SIZE) != 0) {
			(void)snprintf(err, errlen,
			    "%s in the state folder: %s and %s have different "
			    "keys there, so they cannot stand in for each "
			    "other: leave one out",
			    FILE_NAME, first, text);
			return -1;
		}
	}
	return first[0] != '\0';
}

int
known_bootnodes_append_all(struct known_bootnodes *k,
    const struct endpoints *list, const uint8_t key[BOOTNODE_KEY_SIZE],
    unsigned int *added, char *err, size_t errlen)
{
	char text[ENDPOINT_TEXT_MAX];
	uint8_t before[BOOTNODE_KEY_SIZE];

	*added = 0;
	for (size_t i = 0; i < list->count; i++) {
		int found = known_bootnodes_find(k,
		    endpoint_format(&list->at[i], text), before, err, errlen);

		if (found == 1)
			continue;
		if (found == -1 ||
		    known_bootnodes_append(k, text, key, err, errlen) == -1)
			return -1;
		++*added;
	}
	return 0;
}
