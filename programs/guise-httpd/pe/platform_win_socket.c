/*
 * guise-httpd on Windows: sockets.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "platform_win.h"

#include <winsock2.h>
#include <ws2tcpip.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A datagram socket of 127.0.0.1 that is connected to itself: WSAPoll() waits for sockets and for nothing else. */
static SOCKET wake = INVALID_SOCKET;

static bool set_not_blocking(SOCKET socket)
{
    return !ioctlsocket(socket, FIONBIO, &(u_long){1});
}

bool platform_start_sockets(void)
{
    struct sockaddr_in self = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int length = sizeof(self), error;
    WSADATA data;

    if ((error = WSAStartup(MAKEWORD(2, 2), &data)))
    {
        platform_log("guise-httpd: no Winsock: error %d", error);
        return false;
    }
    wake = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    if (wake != INVALID_SOCKET && !bind(wake, (struct sockaddr *)&self, sizeof(self)) &&
        !getsockname(wake, (struct sockaddr *)&self, &length) && !connect(wake, (struct sockaddr *)&self, sizeof(self)) &&
        set_not_blocking(wake))
        return true;
    platform_log("guise-httpd: no socket to wake with: error %d", WSAGetLastError());
    return false;
}

void platform_wake(void)
{
    /* Full buffers wake as well. */
    send(wake, "", 1, 0);
}

/* ---- listening ------------------------------------------------------------------------------------------------------- */

static unsigned int port_of(SOCKET socket)
{
    union
    {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } name;
    int length = sizeof(name);

    if (getsockname(socket, &name.any, &length)) return 0;
    return ntohs(name.any.sa_family == AF_INET6 ? name.v6.sin6_port : name.v4.sin_port);
}

static SOCKET bind_and_listen(const struct addrinfo *info)
{
    SOCKET listener = socket(info->ai_family, info->ai_socktype, info->ai_protocol);
    int error;

    if (listener == INVALID_SOCKET) return INVALID_SOCKET;
    /* Else another process could listen here too, which SO_REUSEADDR would invite. */
    setsockopt(listener, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (const char *)&(BOOL){TRUE}, sizeof(BOOL));
    if (!bind(listener, info->ai_addr, (int)info->ai_addrlen) && !listen(listener, SOMAXCONN) && set_not_blocking(listener)) return listener;
    error = WSAGetLastError();
    closesocket(listener);
    WSASetLastError(error);
    return INVALID_SOCKET;
}

platform_socket platform_listen(const char *where, unsigned int *port)
{
    static const struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST, .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP};
    struct addrinfo *info;
    char address[256];
    const char *service;
    SOCKET listener;
    int error;

    if (!platform_split_where(where, address, &service))
    {
        platform_log("guise-httpd: %s is not ADDRESS:PORT", where);
        return PLATFORM_NO_SOCKET;
    }
    if ((error = getaddrinfo(address, service, &hints, &info)))
    {
        platform_log("guise-httpd: %s: error %d", where, error);
        return PLATFORM_NO_SOCKET;
    }
    if ((listener = bind_and_listen(info)) == INVALID_SOCKET) platform_log("guise-httpd: %s: error %d", where, WSAGetLastError());
    else *port = port_of(listener);
    freeaddrinfo(info);
    return listener == INVALID_SOCKET ? PLATFORM_NO_SOCKET : (platform_socket)listener;
}

platform_socket platform_accept(platform_socket listener, char peer[PLATFORM_PEER_ROOM])
{
    struct sockaddr_storage name;
    int length = sizeof(name);
    SOCKET socket = accept(listener, (struct sockaddr *)&name, &length);
    char address[48] = "?", service[8] = "?";

    if (socket == INVALID_SOCKET) return PLATFORM_NO_SOCKET;
    if (!set_not_blocking(socket))
    {
        closesocket(socket);
        return PLATFORM_NO_SOCKET;
    }
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, (const char *)&(BOOL){TRUE}, sizeof(BOOL));
    getnameinfo((struct sockaddr *)&name, length, address, sizeof(address), service, sizeof(service), NI_NUMERICHOST | NI_NUMERICSERV);
    snprintf(peer, PLATFORM_PEER_ROOM, "%s:%s", address, service);
    return socket;
}

/* ---- connections ------------------------------------------------------------------------------------------------------ */

int platform_receive(platform_socket socket, void *data, size_t size)
{
    int got = recv(socket, data, size > INT_MAX ? INT_MAX : (int)size, 0);

    if (got >= 0) return got;
    return WSAGetLastError() == WSAEWOULDBLOCK ? -2 : -1;
}

bool platform_send(platform_socket socket, const void *data, size_t size, uint64_t deadline)
{
    const char *rest = data;
    uint64_t now;
    int sent;

    while (size)
    {
        sent = send(socket, rest, size > INT_MAX ? INT_MAX : (int)size, 0);
        if (sent > 0)
        {
            rest += sent;
            size -= sent;
            continue;
        }
        if (WSAGetLastError() != WSAEWOULDBLOCK || (now = platform_milliseconds()) >= deadline) return false;
        WSAPoll(&(WSAPOLLFD){.fd = socket, .events = POLLOUT}, 1, deadline - now > INT_MAX ? INT_MAX : (int)(deadline - now));
    }
    return true;
}

void platform_shutdown(platform_socket socket)
{
    shutdown(socket, SD_BOTH);
}

void platform_end_sending(platform_socket socket)
{
    shutdown(socket, SD_SEND);
}

void platform_close_socket(platform_socket socket)
{
    closesocket(socket);
}

void platform_wait(struct platform_poll *sockets, size_t count, int milliseconds)
{
    WSAPOLLFD *polls = malloc((count + 1) * sizeof(*polls));
    char dummy[64];
    size_t i;

    for (i = 0; i < count; i++) sockets[i].ready = false;
    if (!polls)
    {
        Sleep(100); /* memory may come back */
        return;
    }
    for (i = 0; i < count; i++) polls[i] = (WSAPOLLFD){.fd = sockets[i].socket, .events = POLLIN};
    polls[count] = (WSAPOLLFD){.fd = wake, .events = POLLIN};
    if (WSAPoll(polls, (ULONG)count + 1, milliseconds) > 0)
        for (i = 0; i < count; i++) sockets[i].ready = polls[i].revents != 0;
    while (recv(wake, dummy, sizeof(dummy), 0) > 0) {}
    free(polls);
}
