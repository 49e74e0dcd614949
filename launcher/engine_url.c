/*
 * Where the engine of a fleet is. See engine_url.h.
 */
#include "launcher/engine_url.h"

#include <bsd/stdlib.h>
#include <bsd/string.h>
#include <stdio.h>
#include <string.h>

/* Returns what follows the start, or NULL if the text begins otherwise. */
static const char *
after(const char *text, const char *start)
{
	const size_t len = strlen(start);

	return strncasecmp(text, start, len) == 0 ? text + len : NULL;
}

static int
parse_path(struct engine_url *u, const char *path)
{
	u->kind = ENGINE_UNIX;
	if (*path != '/' || path[1] == '\0')
		return -1;
	return strlcpy(u->path, path, sizeof(u->path)) < sizeof(u->path) ? 0
									 : -1;
}

static int
parse_db(struct engine_url *u, const char *text)
{
	const char *reason = NULL;

	if (*text == '\0') /* it ends with a slash */
		return 0;
	if (text[strspn(text, "0123456789")] != '\0')
		return -1;
	u->db = (uint32_t)strtonum(text, 0, ENGINE_DB_MAX, &reason);
	return reason == NULL ? 0 : -1;
}

static int
parse_host(struct engine_url *u, const char *text)
{
	const size_t len = strcspn(text, "/");
	char host[ENDPOINT_TEXT_MAX];

	if (len >= sizeof(host))
		return -1;
	memcpy(host, text, len);
	host[len] = '\0';
	if (endpoint_parse(&u->at, host, ENGINE_PORT) == -1 || u->at.port == 0)
		return -1;
	return text[len] == '/' ? parse_db(u, text + len + 1) : 0;
}

int
engine_url_parse(struct engine_url *u, const char *text,
    char why[ENGINE_URL_WHY_MAX])
{
	const char *plain = after(text, "redis://"),
		   *tls = after(text, "rediss://"),
		   *path = after(text, "unix:");

	memset(u, 0, sizeof(*u));
	u->given = true;
	why[0] = '\0';
	if (path != NULL)
		return parse_path(u, path);
	if (plain == NULL && tls == NULL)
		return -1;
	if (strchr(text, '@') != NULL) {
		(void)strlcpy(why,
		    "it has a user or a password, which others could see: they "
		    "go into the file of --fleet-auth-file",
		    ENGINE_URL_WHY_MAX);
		return -1;
	}
	u->kind = tls != NULL ? ENGINE_TLS : ENGINE_TCP;
	return parse_host(u, tls != NULL ? tls : plain);
}

const char *
engine_url_format(const struct engine_url *u, char buf[ENGINE_URL_MAX])
{
	char at[ENDPOINT_TEXT_MAX], db[16] = "";

	buf[0] = '\0';
	if (!u->given)
		return buf;
	if (u->db != 0)
		(void)snprintf(db, sizeof(db), "/%u", (unsigned int)u->db);
	if (u->kind == ENGINE_UNIX)
		(void)snprintf(buf, ENGINE_URL_MAX, "unix:%s", u->path);
	else
		(void)snprintf(buf, ENGINE_URL_MAX, "%s://%s%s",
		    u->kind == ENGINE_TLS ? "rediss" : "redis",
		    endpoint_format(&u->at, at), db);
	return buf;
}
