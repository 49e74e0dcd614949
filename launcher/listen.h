/*
 * What the children and the resolver say, and what follows from it.
 */
#ifndef LAUNCHER_LISTEN_H
#define LAUNCHER_LISTEN_H

#include "launcher/supervisor.h"

/* Reads all that a child has said. */
void listen_child(struct supervisor *, struct supervised *);
/* The resolver of a room has found out something. */
void listen_resolver(struct supervisor *, struct room *);

#endif
