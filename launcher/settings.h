/*
 * What a bootnode can be told anew while it runs: the options that
 * OPTIONS_RELOADED names, and the files that they name. Whatever is to be read
 * again at a reload is added here, and nowhere else.
 */
#ifndef LAUNCHER_SETTINGS_H
#define LAUNCHER_SETTINGS_H

#include "launcher/options.h"
#include "launcher/prefix_file.h"

#define SETTINGS_NAMES_MAX 512 /* of settings_changes() */

struct supervised;
struct supervisor;

struct settings {
	struct options options;
	struct prefix_file lists[PREFIXES_COUNT];
};

/* Reads the files that the options name. Returns 0, or -1 with one line in
 * err. */
int settings_read(struct settings *, char *err, size_t errlen);
void settings_free(struct settings *);

/* Returns 0 if the options of a running bootnode may become these. Otherwise
 * returns -1, and the line in err names the first that may not change, and says
 * what to do. */
int settings_check(const struct options *before, const struct options *now,
    char *err, size_t errlen);

/* Writes the variables of the options that differ, with a comma between; or
 * "none". */
const char *settings_changes(const struct options *before,
    const struct options *now, char names[SETTINGS_NAMES_MAX]);

/* Tells a bootnode's netd, which has READY, all that it must know of them. */
void settings_tell(struct supervisor *, struct supervised *netd);

#endif
