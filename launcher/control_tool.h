/*
 * gochat --control PATH COMMAND: what a bootnode's operator asks and orders, by
 * the bootnode's control socket. Its protocol is in ui/bootnode/README.md.
 */
#ifndef LAUNCHER_CONTROL_TOOL_H
#define LAUNCHER_CONTROL_TOOL_H

#include "launcher/options.h"

/* Sends the command, and prints the answer. Returns the exit code: 0, 1 if that
 * failed, or 2 for a command that there is not. */
int control_tool(const struct options *);

#endif
