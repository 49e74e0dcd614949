/*
 * The reference that the bootnode's heartbeats are measured against: the
 * barest UDP server, and a client that keeps it busy.
 *
 *	echo serve PORT
 *	echo ask PORT COUNT
 *
 * Datagrams have the size of a HEARTBEAT, WINDOW of them are under way.
 */
#include "common/wire.h"

#include <sys/socket.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW 64

static int
open_socket(const char *port,
    int (*use)(int, const struct sockaddr *, socklen_t))
{
	struct sockaddr_in a = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)atoi(port)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd == -1 || use(fd, (struct sockaddr *)&a, sizeof(a)) == -1) {
		perror("echo");
		exit(EXIT_FAILURE);
	}
	return fd;
}

static void
serve(const char *port)
{
	int fd = open_socket(port, bind);
	struct sockaddr_in from;
	uint8_t buf[WIRE_MAX];

	for (;;) {
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(fd, buf, sizeof(buf), 0,
		    (struct sockaddr *)&from, &len);

		if (n > 0)
			sendto(fd, buf, (size_t)n, 0, (struct sockaddr *)&from,
			    len);
	}
}

static void
ask(const char *port, long count)
{
	int fd = open_socket(port, connect);
	uint8_t buf[WIRE_CONTROL_LEN] = { 0 };
	struct timeval patience = { .tv_sec = 1 };
	long sent = 0, heard = 0;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	while (heard < count) {
		while (sent < count && sent < heard + WINDOW) {
			send(fd, buf, sizeof(buf), 0);
			sent++;
		}
		if (recv(fd, buf, sizeof(buf), 0) == -1) {
			perror("echo: no answer");
			exit(EXIT_FAILURE);
		}
		heard++;
	}
}

int
main(int argc, char *argv[])
{
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		serve(argv[2]);
	if (argc == 4 && strcmp(argv[1], "ask") == 0)
		ask(argv[2], atol(argv[3]));
	return EXIT_SUCCESS;
}
