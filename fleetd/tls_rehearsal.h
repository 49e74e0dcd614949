/*
 * Connections of this process to itself, before the sandbox: OpenSSL sets up at
 * first use what it needs, by system calls that no filter allows later.
 */
#ifndef FLEETD_TLS_REHEARSAL_H
#define FLEETD_TLS_REHEARSAL_H

/* Makes one connection of each version, which takes some milliseconds. Returns
 * 0, or -1 if OpenSSL fails. */
int tls_rehearse(void);

#endif
