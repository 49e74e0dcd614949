/*
 * The reference for the way of a line: as many processes as a line
 * passes in gochat, joined in the same way, that do nothing but pass it on.
 *
 *	stdin - ui - cryptod - netd = UDP = netd - cryptod - ui - stdout
 *
 * Each line has at most LINE_MAX_LEN bytes, and comes in one write(). The
 * chain ends when stdin does.
 */
#include <sys/prctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PROCESSES    6
#define UDP_AFTER    3 /* after so many comes the network */
#define LINE_MAX_LEN 4096

static void
must(int result, const char *what)
{
	if (result == -1) {
		perror(what);
		exit(EXIT_FAILURE);
	}
}

/* A UDP socket on loopback, not connected yet. *own is its address. */
static int
open_udp(struct sockaddr_in *own)
{
	socklen_t len = sizeof(*own);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*own = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	must(fd, "chain: socket");
	must(bind(fd, (struct sockaddr *)own, len), "chain: bind");
	must(getsockname(fd, (struct sockaddr *)own, &len),
	    "chain: getsockname");
	return fd;
}

/* Two UDP sockets that hear nobody but each other. */
static void
udp_pair(int pair[2])
{
	struct sockaddr_in address[2];

	for (int i = 0; i < 2; i++)
		pair[i] = open_udp(&address[i]);
	for (int i = 0; i < 2; i++)
		must(connect(pair[i], (struct sockaddr *)&address[1 - i],
			 sizeof(address[0])),
		    "chain: connect");
}

/* One process of the chain waits as gochat's do, and passes lines on. It ends
 * when its input does. */
static void
pass_on(int from, int to)
{
	struct pollfd ready = { .fd = from, .events = POLLIN };
	uint8_t line[LINE_MAX_LEN];

	for (;;) {
		ssize_t n;

		must(ppoll(&ready, 1, NULL, NULL), "chain: ppoll");
		n = read(from, line, sizeof(line));
		if (n <= 0)
			exit(n == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
		if (write(to, line, (size_t)n) != n)
			exit(EXIT_FAILURE);
	}
}

int
main(void)
{
	int from[PROCESSES], to[PROCESSES];

	from[0] = STDIN_FILENO;
	to[PROCESSES - 1] = STDOUT_FILENO;
	for (int i = 1; i < PROCESSES; i++) {
		int pair[2];

		if (i == UDP_AFTER)
			udp_pair(pair);
		else
			must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair),
			    "chain: socketpair");
		to[i - 1] = pair[0];
		from[i] = pair[1];
	}
	/* The first process is this one, and takes the others with it. */
	for (int i = 1; i < PROCESSES; i++) {
		pid_t pid = fork();

		must(pid, "chain: fork");
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			pass_on(from[i], to[i]);
		}
	}
	pass_on(from[0], to[0]);
}
