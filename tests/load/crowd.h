/*
 * A crowd: up to millions of clients of one bootnode on loopback, in many rooms
 * of one size, on one socket. Each has an address of its own in 127.0.0.0/8.
 * They stay by heartbeats, evenly spread over the interval, and neither read
 * rosters nor speak to each other.
 *
 *	swarm crowd PORT CLIENTS ROOM_SIZE INTERVAL
 *
 * When all have joined, the program prints a line, and then takes a command
 * from each line of its standard input, and prints a line when it is done:
 *
 *	beat SECONDS RATE	sends so many heartbeats a second for so long
 *	leave COUNT		so many leave, those that came last
 *	storm SECONDS		waits until the bootnode, which is restarted
 *				after this, has rejected all of them, and all
 *				have joined again, but not for longer
 *	quit			ends
 */
#ifndef TESTS_LOAD_CROWD_H
#define TESTS_LOAD_CROWD_H

/* Plays the crowd of these arguments, those after "crowd". Returns the exit
 * code. */
int crowd_main(int argc, char *argv[]);

#endif
