/*
 * guise-httpd on Unix: sockets.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "platform.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform_unix.h"

/* ---- listening ------------------------------------------------------------------------------------------------------- */

static unsigned int port_of(int fd)
{
    union
    {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name;
    socklen_t length = sizeof(name);

    if (getsockname(fd, &name.any, &length)) return 0;
    return ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
}

static int bind_and_listen(const struct addrinfo *info)
{
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, info->ai_protocol), on = 1, error;

    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (!bind(fd, info->ai_addr, info->ai_addrlen) && !listen(fd, SOMAXCONN)) return fd;
    error = errno;
    close(fd);
    errno = error;
    return -1;
}

platform_socket platform_listen(const char *where, unsigned int *port)
{
    static const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
    struct addrinfo *info;
    char address[256];
    const char *service;
    int fd, error;

    if (!platform_split_where(where, address, &service))
    {
        platform_log("guise-httpd: %s is not ADDRESS:PORT", where);
        return PLATFORM_NO_SOCKET;
    }
    if ((error = getaddrinfo(address, service, &hints, &info)))
    {
        platform_log("guise-httpd: %s: %s", where, gai_strerror(error));
        return PLATFORM_NO_SOCKET;
    }
    if ((fd = bind_and_listen(info)) < 0) platform_log("guise-httpd: %s: %s", where, strerror(errno));
    else *port = port_of(fd);
    freeaddrinfo(info);
    return fd < 0 ? PLATFORM_NO_SOCKET : fd;
}

platform_socket platform_accept(platform_socket listener, char peer[PLATFORM_PEER_ROOM])
{
    struct sockaddr_storage name;
    socklen_t length = sizeof(name);
    int fd = accept4(listener, (struct sockaddr *)&name, &length, SOCK_CLOEXEC | SOCK_NONBLOCK), on = 1;
    char address[48] = "?", service[8] = "?";

    if (fd < 0) return PLATFORM_NO_SOCKET;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    getnameinfo((struct sockaddr *)&name, length, address, sizeof(address), service, sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(peer, PLATFORM_PEER_ROOM, "%s:%s", address, service);
    return fd;
}

/* ---- connections ------------------------------------------------------------------------------------------------------ */

int platform_receive(platform_socket socket, void *data, size_t size)
{
    ssize_t got;

    do got = recv(socket, data, size, MSG_DONTWAIT);
    while (got < 0 && errno == EINTR);
    if (got >= 0) return got;
    return errno == EAGAIN || errno == EWOULDBLOCK ? -2 : -1;
}

bool platform_send(platform_socket socket, const void *data, size_t size, uint64_t deadline)
{
    const char *rest = data;
    uint64_t now;
    ssize_t sent;

    while (size)
    {
        sent = send(socket, rest, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
        {
            rest += sent;
            size -= sent;
            continue;
        }
        if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return false;
        if ((now = platform_milliseconds()) >= deadline) return false;
        poll(&(struct pollfd){.fd = socket, .events = POLLOUT}, 1, deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now));
    }
    return true;
}

void platform_shutdown(platform_socket socket)
{
    shutdown(socket, SHUT_RDWR);
}

void platform_end_sending(platform_socket socket)
{
    shutdown(socket, SHUT_WR);
}

void platform_close_socket(platform_socket socket)
{
    close(socket);
}

void platform_wait(struct platform_poll *sockets, size_t count, int milliseconds)
{
    struct pollfd *polls = malloc((count + 1) * sizeof(*polls));
    char dummy[64];
    size_t i;

    for (i = 0; i < count; i++) sockets[i].ready = false;
    if (!polls)
    {
        poll(NULL, 0, 100); /* memory may come back */
        return;
    }
    polls[count] = (struct pollfd){.fd = platform_wake_pipe[0], .events = POLLIN};
    for (i = 0; i < count; i++) polls[i] = (struct pollfd){.fd = sockets[i].socket, .events = POLLIN};
    if (poll(polls, count + 1, milliseconds) > 0)
        for (i = 0; i < count; i++) sockets[i].ready = polls[i].revents != 0;
    while (read(platform_wake_pipe[0], dummy, sizeof(dummy)) > 0) {}
    free(polls);
}
