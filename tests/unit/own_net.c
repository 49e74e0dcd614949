/*
 * A network of a process's own. See own_net.h.
 */
#include "tests/unit/own_net.h"

#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* In the network that this process is in now. */
static bool
change(unsigned long request, const char *name, struct ifreq *r)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool done;

	strcpy(r->ifr_name, name);
	done = ioctl(fd, request, r) == 0;
	close(fd);
	return done;
}

static bool
set_sockaddr(unsigned long request, const char *name, const char *ip)
{
	struct sockaddr_in sin = { .sin_family = AF_INET };
	struct ifreq r = { .ifr_flags = 0 };

	inet_pton(AF_INET, ip, &sin.sin_addr);
	memcpy(&r.ifr_addr, &sin, sizeof(sin));
	return change(request, name, &r);
}

bool
own_net_make(void)
{
	if (unshare(CLONE_NEWNET) == -1 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1)
		return false;
	return own_net_set("lo", true) && own_net_add("lo:1", "192.0.2.7");
}

static int
open_namespace(pid_t pid, const char *kind)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, kind);
	return open(path, O_RDONLY | O_CLOEXEC);
}

bool
own_net_enter(pid_t pid)
{
	int user = open_namespace(pid, "user");
	int net = open_namespace(pid, "net");
	bool entered;

	/* Refused if it is our own, as that of root's processes is. */
	(void)setns(user, CLONE_NEWUSER);
	entered = setns(net, CLONE_NEWNET) == 0;
	close(user);
	close(net);
	return entered;
}

bool
own_net_add(const char *name, const char *ip)
{
	return set_sockaddr(SIOCSIFADDR, name, ip) &&
	    own_net_mask(name, "255.255.255.0");
}

bool
own_net_mask(const char *name, const char *mask)
{
	return set_sockaddr(SIOCSIFNETMASK, name, mask);
}

bool
own_net_set(const char *name, bool up)
{
	struct ifreq r = { .ifr_flags = up ? IFF_UP : 0 };

	return change(SIOCSIFFLAGS, name, &r);
}

bool
own_net_mtu(int bytes)
{
	struct ifreq r = { .ifr_mtu = bytes };

	return change(SIOCSIFMTU, "lo", &r);
}
