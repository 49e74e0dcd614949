/*
 * The questions to somebody who started gochat on a terminal and said nothing:
 * whether to open the rooms that are remembered, if there are any; or an
 * invite; or a bootnode, a room and its passphrase. A child of its own asks
 * (secret_child.h), so the launcher gets neither the passphrase nor the secret
 * of an invite.
 */
#ifndef LAUNCHER_FIRST_PROMPT_H
#define LAUNCHER_FIRST_PROMPT_H

#include "launcher/options.h"

/* The result of first_prompt() if the user left, by Ctrl-D. */
#define FIRST_PROMPT_LEFT 1
/* Its result if the rooms that are remembered are to be opened. */
#define FIRST_PROMPT_REMEMBERED 2

/*
 * Asks on the controlling terminal until what is typed can be used: what is
 * wrong is said, and asked again. An invite and a passphrase are not shown.
 * Options that were given stay: one for a passphrase is not asked for then, and
 * neither is an invite, which has the place of that and of a bootnode's key.
 * The first question offers o->offered rooms that are remembered, unless that
 * is 0, which it is if one of these options was given.
 *
 * Returns 0, with bootnode, room, secret and remember_first in *o, and the key
 * of an invite, and sets *fd as passphrase_open() or invitation_open() does, or
 * to -1 if there is no secret; *access likewise. Returns FIRST_PROMPT_LEFT,
 * FIRST_PROMPT_REMEMBERED, or -1 with one line in err. Forks, as
 * secret_by_child() does.
 */
int first_prompt(int *fd, int *access, struct options *o, char *err,
    size_t errlen);

#endif
