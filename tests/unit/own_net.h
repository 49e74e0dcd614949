/*
 * A network of a process's own, where a test may set addresses as it likes:
 * nothing but loopback, with 192.0.2.7 on it. It needs root or the right to
 * make user namespaces.
 */
#ifndef TESTS_UNIT_OWN_NET_H
#define TESTS_UNIT_OWN_NET_H

#include <sys/types.h>

#include <stdbool.h>

/* This process has one from now on; sockets that are open stay where they
 * are. Returns false where none can be made. */
bool own_net_make(void);

/* This process is in that of another one from now on. */
bool own_net_enter(pid_t);

/* Another address of loopback, by a name of its own ("lo:2"), with a prefix of
 * 24 bits; takes the place of that which had the name. Returns whether the
 * kernel did it, as do the next ones. */
bool own_net_add(const char *name, const char *ip);
/* Another prefix. */
bool own_net_mask(const char *name, const char *mask);
/* Up or down: an address by its name, or loopback with all of them. */
bool own_net_set(const char *name, bool up);
/* The longest packet that loopback takes. */
bool own_net_mtu(int bytes);

#endif
