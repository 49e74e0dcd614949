/*
 * A flock: clients of a fleet of bootnodes, in rooms of one size, on one socket
 * of any network, which follow where the fleet sends them: REDIRECT, token,
 * MOVE, another node when theirs falls silent. They stay by heartbeats, and
 * neither read rosters nor speak to each other.
 *
 *	swarm flock ADDRESS:PORT[,ADDRESS:PORT...] CLIENTS ROOM_SIZE
 *
 * A room is whole while all of its clients have sessions at the same node. When
 * all rooms are, the program prints a status, and then one for each line of its
 * standard input, which is one of these:
 *
 *	status		says how it is
 *	mark		the same, and counts from here on
 *	quit		ends
 *
 * The status is one line: how many have a session, how many rooms are whole,
 * the longest time for which one was not, how many redirects, moves and losses
 * there were, and how many sessions each node has.
 */
#ifndef TESTS_LOAD_FLOCK_H
#define TESTS_LOAD_FLOCK_H

/* Plays the flock of these arguments, those after "flock". Returns the exit
 * code. */
int flock_main(int argc, char *argv[]);

#endif
