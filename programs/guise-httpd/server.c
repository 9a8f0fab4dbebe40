/*
 * guise-httpd: the first thread's loop over all connections, and the pool of workers.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "server.h"

#include <stdlib.h>
#include <string.h>

#define ACCEPTS_AT_ONCE   64   /* before the others have their turn */
#define STOP_MILLISECONDS 3000 /* for answers that are being sent when the server is asked to stop */

/* ---- workers --------------------------------------------------------------------------------------------------------- */

static struct connection *take_request(struct server *server)
{
    struct connection *connection;

    platform_enter(server->monitor);
    while (!server->queue && !server->stopping) platform_wait_for(server->monitor);
    if ((connection = server->queue))
    {
        if (!(server->queue = connection->next)) server->queue_end = &server->queue;
    }
    platform_leave(server->monitor);
    return connection;
}

static void give_back(struct server *server, struct connection *connection)
{
    platform_enter(server->monitor);
    connection->next = server->returned;
    server->returned = connection;
    platform_leave(server->monitor);
    platform_wake();
}

static void work(void *arg)
{
    struct server *server = arg;
    struct connection *connection;

    while ((connection = take_request(server)))
    {
        serve_request(server, connection);
        connection->used -= connection->header_length;
        memmove(connection->buffer, connection->buffer + connection->header_length, connection->used);
        connection->header_length = 0;
        give_back(server, connection);
    }
}

static void hand_over(struct server *server, struct connection *connection)
{
    connection->state = CONNECTION_BUSY;
    connection->next = NULL;
    platform_enter(server->monitor);
    *server->queue_end = connection;
    server->queue_end = &connection->next;
    platform_notify_one(server->monitor);
    platform_leave(server->monitor);
}

/* ---- connections: the first thread ------------------------------------------------------------------------------------ */

static void start_reading(struct server *server, struct connection *connection)
{
    connection->state = CONNECTION_READING;
    connection->deadline = platform_milliseconds() +
                           (connection->used || !connection->requests ? server->header_milliseconds : IDLE_MILLISECONDS);
    /* Requests may come in one piece (pipelining). */
    if ((connection->header_length = http_header_length(connection->buffer, connection->used))) hand_over(server, connection);
}

static void linger(struct connection *connection)
{
    auth_end(&connection->auth);
    platform_end_sending(connection->socket);
    connection->state = CONNECTION_LINGERING;
    connection->deadline = platform_milliseconds() + LINGER_MILLISECONDS;
}

/* A last answer of the first thread: tried once, for it waits for nobody. */
static void end_with(struct connection *connection, int status)
{
    connection->keep = false;
    send_answer(connection, &(struct answer){.status = status});
    platform_log("%s - \"?\" %d", connection->peer, status);
    linger(connection);
}

/* True: the connection is at its end. */
static bool read_more(struct server *server, struct connection *connection)
{
    int got = platform_receive(connection->socket, connection->buffer + connection->used, HTTP_HEADER_MAX - connection->used);

    if (got == -2) return false;
    if (got <= 0) return true;
    if (!connection->used) connection->deadline = platform_milliseconds() + server->header_milliseconds;
    connection->used += got;
    if ((connection->header_length = http_header_length(connection->buffer, connection->used))) hand_over(server, connection);
    else if (connection->used == HTTP_HEADER_MAX) end_with(connection, 431);
    return false;
}

static bool throw_away(struct connection *connection)
{
    int got = platform_receive(connection->socket, connection->buffer, HTTP_HEADER_MAX);

    return got != -2 && got <= 0;
}

static bool run_out_of_time(struct connection *connection)
{
    if (connection->state == CONNECTION_LINGERING || !connection->used) return true;
    end_with(connection, 408);
    return false;
}

static void end_connection(struct server *server, size_t index)
{
    struct connection *connection = server->connections[index];

    auth_end(&connection->auth);
    platform_close_socket(connection->socket);
    free(connection);
    server->connections[index] = server->connections[--server->count];
}

/* False: nobody waits to be accepted. */
static bool accept_connection(struct server *server)
{
    struct connection *connection;
    char peer[PLATFORM_PEER_ROOM];
    platform_socket socket = platform_accept(server->listener, peer);

    if (socket == PLATFORM_NO_SOCKET) return false;
    connection = server->count < CONNECTIONS_MAX ? calloc(1, sizeof(*connection)) : NULL;
    if (!connection)
    {
        static const char busy[] = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n";

        platform_send(socket, busy, sizeof(busy) - 1, 0);
        platform_close_socket(socket);
        platform_log("%s - \"?\" 503: %zu connections are open", peer, server->count);
        return true;
    }
    connection->socket = socket;
    memcpy(connection->peer, peer, sizeof(peer));
    server->connections[server->count++] = connection;
    start_reading(server, connection);
    return true;
}

static void take_returned(struct server *server)
{
    struct connection *connection, *next;

    platform_enter(server->monitor);
    connection = server->returned;
    server->returned = NULL;
    platform_leave(server->monitor);
    for (; connection; connection = next)
    {
        next = connection->next;
        if (connection->keep) start_reading(server, connection);
        else linger(connection);
    }
}

/* ---- the loop ------------------------------------------------------------------------------------------------------------ */

static int milliseconds_left(const struct server *server)
{
    uint64_t now = platform_milliseconds(), first = UINT64_MAX;
    size_t i;

    for (i = 0; i < server->count; i++)
        if (server->connections[i]->state != CONNECTION_BUSY && server->connections[i]->deadline < first)
            first = server->connections[i]->deadline;
    if (first == UINT64_MAX) return -1;
    return first <= now ? 0 : first - now > 60000 ? 60000 : (int)(first - now);
}

/* One round: wait, then look at each connection that is not a worker's, from the last on, as ending one moves the last into its place. */
static void run_once(struct server *server)
{
    struct platform_poll polls[CONNECTIONS_MAX + 1] = {{.socket = server->listener}};
    size_t place[CONNECTIONS_MAX] = {0}, count = 1, i;
    uint64_t now;

    for (i = 0; i < server->count; i++)
    {
        if (server->connections[i]->state == CONNECTION_BUSY) continue;
        polls[count].socket = server->connections[i]->socket;
        place[i] = count++;
    }
    platform_wait(polls, count, milliseconds_left(server));
    now = platform_milliseconds();
    for (i = server->count; i-- > 0;)
    {
        struct connection *connection = server->connections[i];
        bool ended = false;

        if (!place[i]) continue;
        if (polls[place[i]].ready)
            ended = connection->state == CONNECTION_LINGERING ? throw_away(connection) : read_more(server, connection);
        if (!ended && connection->state != CONNECTION_BUSY && now >= connection->deadline) ended = run_out_of_time(connection);
        if (ended) end_connection(server, i);
    }
    for (i = 0; polls[0].ready && i < ACCEPTS_AT_ONCE; i++) polls[0].ready = accept_connection(server);
    take_returned(server);
}

/* Lets the workers finish what they have, for a while; then breaks the connections they send on. */
static void finish(struct server *server)
{
    uint64_t deadline = platform_milliseconds() + STOP_MILLISECONDS;
    bool broken = false;
    size_t i;

    for (;;)
    {
        take_returned(server);
        for (i = server->count; i-- > 0;)
            if (server->connections[i]->state != CONNECTION_BUSY) end_connection(server, i);
        if (!server->count) return;
        platform_wait(NULL, 0, 50);
        if (broken || platform_milliseconds() < deadline) continue;
        for (i = 0; i < server->count; i++) platform_shutdown(server->connections[i]->socket);
        broken = true;
    }
}

static void end_workers(struct server *server, struct platform_thread **workers, unsigned int count)
{
    platform_enter(server->monitor);
    server->stopping = true;
    platform_notify_all(server->monitor);
    platform_leave(server->monitor);
    while (count--) platform_join(workers[count]);
}

bool server_run(struct server *server, unsigned int threads)
{
    struct platform_thread **workers = calloc(threads, sizeof(*workers));
    unsigned int count = 0;

    server->queue_end = &server->queue;
    server->monitor = platform_new_monitor();
    if (workers && server->monitor)
    {
        while (count < threads && (workers[count] = platform_start_thread(work, server))) count++;
        if (count == threads)
        {
            while (!platform_stop_requested()) run_once(server);
            finish(server);
        }
        end_workers(server, workers, count);
    }
    platform_free_monitor(server->monitor);
    free(workers);
    return threads && count == threads;
}
