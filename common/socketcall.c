/*
 * The calls of sockets that jailed processes make, on i386 alone. There the C
 * library makes them all by one system call, socketcall, whose arguments are in
 * memory: no filter could tell one descriptor from another. Linux has had a
 * separate call for each since 4.3, and these definitions come before those of
 * the C library, for the whole program.
 */
#include <sys/socket.h>
#include <sys/syscall.h>

#include <unistd.h>

#ifdef SYS_socketcall
ssize_t
sendmsg(int fd, const struct msghdr *msg, int flags)
{
	return syscall(SYS_sendmsg, fd, msg, flags);
}

ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	return syscall(SYS_recvmsg, fd, msg, flags);
}

int
sendmmsg(int fd, struct mmsghdr *msgs, unsigned int count, int flags)
{
	return (int)syscall(SYS_sendmmsg, fd, msgs, count, flags);
}

int
accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	return (int)syscall(SYS_accept4, fd, addr, len, flags);
}
#endif
