/*
 * Messages of the children and the resolver, and what follows from them.
 */
#ifndef LAUNCHER_LISTEN_H
#define LAUNCHER_LISTEN_H

#include "launcher/supervisor.h"

/* Reads all messages of a child. */
void listen_child(struct supervisor *, struct supervised *);
/* Reads a result of a room's resolver. */
void listen_resolver(struct supervisor *, struct room *);

#endif
