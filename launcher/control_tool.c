/*
 * The operator's tool. See control_tool.h.
 */
#include "launcher/control_tool.h"

#include "common/operator_table.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bsd/string.h>

#define EXIT_FAILED 1
#define EXIT_USAGE  2
/* The time without a byte after which the answer is given up. */
#define PATIENCE_MS 20000
/* The longest line of an answer. */
#define LINE_BYTES 65536

struct command {
	const char *name;
	const char *member; /* of the request, that has the argument; or NULL */
	const char *arguments;
	bool needed;
};

/* clang-format off */
#define NEEDED_BARE	false
#define NEEDED_OPTIONAL false
#define NEEDED_NEEDED	true
/* clang-format on */

static const struct command commands[] = {
#define X(command, name, member, takes, arguments, ...) \
	{ name, member, arguments, NEEDED_##takes },
	OPERATOR_COMMANDS(X)
#undef X
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void complain(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

static void
complain(const char *format, ...)
{
	va_list ap;

	(void)fflush(stdout);
	(void)fputs("gochat: ", stderr);
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
}

static int
usage(const char *what)
{
	char list[256] = "";

	for (size_t i = 0; i < COMMANDS; i++) {
		(void)strlcat(list, i > 0 ? ", " : "", sizeof(list));
		(void)strlcat(list, commands[i].name, sizeof(list));
		(void)strlcat(list, *commands[i].arguments != '\0' ? " " : "",
		    sizeof(list));
		(void)strlcat(list, commands[i].arguments, sizeof(list));
	}
	complain("--control: %s; the commands are %s", what, list);
	return EXIT_USAGE;
}

/* What an argument is made of needs no escape in json. */
static bool
is_plain(const char *text)
{
	return *text != '\0' && strlen(text) <= 64 &&
	    text[strspn(text,
		"0123456789abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ.:/[]-")] == '\0';
}

/* Writes the request. Returns NULL, or what is wrong. */
static const char *
make_request(char *line, size_t size, const struct options *o)
{
	const struct command *c = NULL;
	const char *argument = o->word_count > 1 ? o->words[1] : NULL;

	if (o->word_count == 0)
		return "expected a command after it";
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, o->words[0]) == 0)
			c = &commands[i];
	if (c == NULL)
		return "there is no such command";
	if (o->word_count > (c->member != NULL ? 2u : 1u))
		return "the command takes fewer arguments";
	if (argument == NULL && c->needed)
		return "the command needs an argument";
	if (argument != NULL && !is_plain(argument))
		return "the argument cannot be right";
	(void)snprintf(line, size, "{\"cmd\":\"%s\"%s%s%s%s%s%s}\n", c->name,
	    argument != NULL ? ",\"" : "", argument != NULL ? c->member : "",
	    argument != NULL ? "\":\"" : "", argument != NULL ? argument : "",
	    argument != NULL ? "\"" : "",
	    o->ui == UI_JSON ? "" : ",\"form\":\"text\"");
	return NULL;
}

/* --- The answer ----------------------------------------------------------- */

/* Prints a string of json, from after its first quote on. A control character
 * that is left has no business on a terminal. */
static void
print_string(FILE *out, const char *s)
{
	unsigned int c;

	for (; *s != '\0' && *s != '"'; s++) {
		if (*s != '\\') {
			(void)fputc(*s, out);
		} else if (s[1] == 'u' && strlen(s) > 5) {
			c = '?';
			(void)sscanf(s + 2, "%4x", &c);
			(void)fputc(c >= ' ' && c <= '~' ? (int)c : '?', out);
			s += 5;
		} else if (s[1] == '"' || s[1] == '\\' || s[1] == '/') {
			(void)fputc(*++s, out);
		} else if (*++s == '\0') {
			return;
		}
	}
}

static bool
is_event(const char *line, const char *name)
{
	static const char begin[] = "{\"event\":\"";
	const size_t len = strlen(name);

	return strncmp(line, begin, sizeof(begin) - 1) == 0 &&
	    strncmp(line + sizeof(begin) - 1, name, len) == 0 &&
	    line[sizeof(begin) - 1 + len] == '"';
}

static void
print_text(FILE *out, const char *line)
{
	static const char member[] = "\"text\":\"";
	const char *text = strstr(line, member);

	if (text != NULL)
		print_string(out, text + sizeof(member) - 1);
	(void)fputc('\n', out);
}

/* Prints a line. Returns the exit code if it is the last, else -1. */
static int
take_line(const char *line, bool json)
{
	const bool failed = is_event(line, "error");

	if (json) {
		puts(line);
	} else if (failed) {
		(void)fflush(stdout);
		(void)fputs("gochat: ", stderr);
		print_text(stderr, line);
	} else if (is_event(line, "line")) {
		print_text(stdout, line);
	}
	if (failed)
		return EXIT_FAILED;
	return is_event(line, "end") ? 0 : -1;
}

/* Waits for bytes, and reads them after the len that are there. Returns how
 * many, or -1 after an error. */
static ssize_t
read_more(int fd, char *buf, size_t len)
{
	struct pollfd pfd = { fd, POLLIN, 0 };
	ssize_t n;

	if (len == LINE_BYTES) {
		complain("a line of the answer is too long");
		return -1;
	}
	if (poll(&pfd, 1, PATIENCE_MS) == 0) {
		complain("the bootnode does not answer");
		return -1;
	}
	n = read(fd, buf + len, LINE_BYTES - len);
	if (n == -1)
		complain("cannot read the answer: %s", strerror(errno));
	else if (n == 0)
		complain("the bootnode has ended the connection");
	return n > 0 ? n : -1;
}

static int
print_answer(int fd, bool json)
{
	static char buf[LINE_BYTES + 1];
	size_t len = 0;
	char *end;
	ssize_t n;
	int code;

	for (;;) {
		while ((end = memchr(buf, '\n', len)) != NULL) {
			*end++ = '\0';
			code = take_line(buf, json);
			if (code != -1)
				return code;
			len -= (size_t)(end - buf);
			memmove(buf, end, len);
		}
		n = read_more(fd, buf, len);
		if (n == -1)
			return EXIT_FAILED;
		len += (size_t)n;
	}
}

static int
reach(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)strlcpy(sun.sun_path, path, sizeof(sun.sun_path));
	if (fd == -1 ||
	    connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) == -1) {
		complain("cannot reach the bootnode at %s: %s", path,
		    strerror(errno));
		if (fd != -1)
			close(fd);
		return -1;
	}
	return fd;
}

int
control_tool(const struct options *o)
{
	char line[256];
	const char *wrong = make_request(line, sizeof(line), o);
	int fd, code = EXIT_FAILED;

	if (wrong != NULL)
		return usage(wrong);
	fd = reach(o->control);
	if (fd == -1)
		return EXIT_FAILED;
	if (send(fd, line, strlen(line), MSG_NOSIGNAL) != (ssize_t)strlen(line))
		complain("cannot send the command: %s", strerror(errno));
	else
		code = print_answer(fd, o->ui == UI_JSON);
	close(fd);
	if (fflush(stdout) == EOF || ferror(stdout)) {
		complain("cannot write to standard output: %s",
		    strerror(errno));
		return EXIT_FAILED;
	}
	return code;
}
