/*
 * From checked options to the configuration messages of the other three.
 */
#ifndef LAUNCHER_CONFIGURE_H
#define LAUNCHER_CONFIGURE_H

#include "launcher/options.h"

void configure_netd(struct ipc_config_netd *, const struct options *);
/* remembered: the key from known_bootnodes, or NULL. */
void configure_cryptod(struct ipc_config_cryptod *, const struct options *,
    const uint8_t *remembered);
void configure_ui(struct ipc_config_ui *, const struct options *);

/*
 * Whom to become: if we are root, _gochat if that user exists, else nobody.
 * Returns 0, or -1 if there is neither.
 */
int configure_privileges(struct ipc_privileges *);

#endif
