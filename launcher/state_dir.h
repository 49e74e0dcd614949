/*
 * The state folder: identity, bootnode key and remembered keys. The launcher
 * opens it before it forks; its files belong to cryptod, apart from
 * known_bootnodes.
 */
#ifndef LAUNCHER_STATE_DIR_H
#define LAUNCHER_STATE_DIR_H

#include <stddef.h>

#define STATE_DIR_PATH_MAX 4096 /* with its NUL */

/*
 * Open the state folder, making what is missing of its path with mode 0700.
 *
 * It is asked, if neither NULL nor "" (STATE_DIR); else xdg_state_home/gochat,
 * if that is an absolute path ($XDG_STATE_HOME); else home/.local/state/gochat
 * ($HOME); if home is NULL or "" too, the home of the user from passwd(5).
 *
 * Returns an O_DIRECTORY descriptor, closed on exec, which the caller closes,
 * with path filled in; or -1 with one line in err that says what to do: it
 * is no folder, is owned by somebody else, or can be written by others.
 */
int state_dir_open(const char *asked, const char *xdg_state_home,
    const char *home, char path[STATE_DIR_PATH_MAX], char *err, size_t errlen);

/* Opens the state folder if it is there, and nobody else can change it. Returns
 * a descriptor as above, or -1. */
int state_dir_look(const char *asked, const char *xdg_state_home,
    const char *home);

#endif
