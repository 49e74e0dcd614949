/*
 * What a bootnode can be told anew while it runs. See settings.h.
 */
#include "launcher/settings.h"

#include "launcher/configure.h"
#include "launcher/options_parse.h"
#include "launcher/supervised.h"

#include <stdio.h>
#include <string.h>

static const bool reloaded[OPT_COUNT] = {
#define X(id) [OPT_##id] = true,
	OPTIONS_RELOADED(X)
#undef X
};

int
settings_read(struct settings *s, char *err, size_t errlen)
{
	static const enum option_id ids[PREFIXES_COUNT] = {
		[PREFIXES_DENIED] = OPT_DENY_FILE,
		[PREFIXES_LIFTED] = OPT_LIFT_FILE,
	};
	const char *const paths[PREFIXES_COUNT] = {
		[PREFIXES_DENIED] = s->options.deny_file,
		[PREFIXES_LIFTED] = s->options.lift_file,
	};
	char name[OPTION_NAME_MAX], why[OPTION_ERROR_MAX];

	for (unsigned int i = 0; i < PREFIXES_COUNT; i++)
		if (*paths[i] != '\0' &&
		    prefix_file_read(&s->lists[i], i, paths[i], why,
			sizeof(why)) == -1) {
			(void)snprintf(err, errlen, "%s: %s",
			    options_name(&s->options, ids[i], name,
				sizeof(name)),
			    why);
			settings_free(s);
			return -1;
		}
	return 0;
}

void
settings_free(struct settings *s)
{
	for (unsigned int i = 0; i < PREFIXES_COUNT; i++)
		prefix_file_free(&s->lists[i]);
}

static bool
is_same(const struct options *a, const struct options *b, enum option_id id)
{
	const struct option_spec *spec = &option_specs[id];

	return memcmp((const char *)a + spec->offset,
		   (const char *)b + spec->offset, spec->size) == 0;
}

int
settings_check(const struct options *before, const struct options *now,
    char *err, size_t errlen)
{
	char name[OPTION_NAME_MAX], was[OPTION_NAME_MAX];

	for (unsigned int id = 0; id < OPT_COUNT; id++)
		if (!reloaded[id] && !is_same(before, now, id)) {
			(void)snprintf(err, errlen,
			    "%s: expected the value of the start (%s), as "
			    "this option does not change while gochat runs; "
			    "put it back, or restart gochat",
			    options_name(now, id, name, sizeof(name)),
			    options_name(before, id, was, sizeof(was)));
			return -1;
		}
	/* The tui's screen would be in the way. */
	if ((before->log_file[0] == '\0') == (now->log_file[0] == '\0'))
		return 0;
	(void)snprintf(err, errlen,
	    "%s: expected %s, as at the start; put it back, or restart gochat",
	    options_name(now, OPT_LOG_FILE, name, sizeof(name)),
	    before->log_file[0] == '\0' ? "no file" : "a file");
	return -1;
}

const char *
settings_changes(const struct options *before, const struct options *now,
    char names[SETTINGS_NAMES_MAX])
{
	size_t len = 0;

	(void)snprintf(names, SETTINGS_NAMES_MAX, "none");
	for (unsigned int id = 0; id < OPT_COUNT; id++)
		if (reloaded[id] && !is_same(before, now, id) &&
		    len < SETTINGS_NAMES_MAX)
			len += (size_t)snprintf(names + len,
			    SETTINGS_NAMES_MAX - len, "%s%s",
			    len > 0 ? "," : "", option_specs[id].variable);
	return names;
}

static void
tell_list(struct ipc_channel *ch, enum prefix_list list,
    const struct prefix_file *f)
{
	for (uint32_t sent = 0, n; sent < f->count; sent += n) {
		struct ipc_prefixes part = { .list = (uint8_t)list };

		n = f->count - sent < PREFIXES_PART ? f->count - sent
						    : PREFIXES_PART;
		part.count = (uint16_t)n;
		ipc_send(ch, IPC_PREFIXES, &part, f->at + sent,
		    n * sizeof(*f->at));
	}
}

void
settings_tell(struct supervisor *s, struct supervised *netd)
{
	const struct settings *settings = s->settings;
	struct ipc_limits limits;

	configure_limits(&limits, &settings->options);
	for (unsigned int i = 0; i < PREFIXES_COUNT; i++) {
		tell_list(&netd->channel, i, &settings->lists[i]);
		limits.prefixes[i] = settings->lists[i].count;
	}
	ipc_send(&netd->channel, IPC_LIMITS, &limits, NULL, 0);
}
