/*
 * guise-httpd: connections, and who works on them.
 *
 * The first thread waits for all connections at once and collects headers, so that a slow client holds no worker; a
 * complete request goes through a queue to a bounded pool of workers. A connection belongs to one thread at a time.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_HTTPD_SERVER_H
#define GUISE_HTTPD_SERVER_H

#include "auth.h"
#include "http.h"
#include "platform.h"

#define CONNECTIONS_MAX     512   /* more are answered 503 */
#define REQUESTS_MAX        1000  /* of one connection */
#define IDLE_MILLISECONDS   30000 /* between requests */
#define LINGER_MILLISECONDS 2000  /* for the peer to read the last answer */
#define ANSWER_MILLISECONDS 10000 /* for an answer, */
#define ANSWER_BYTES_PER_MS 8     /* and longer for a long one */

enum connection_state
{
    CONNECTION_READING,  /* the first thread's */
    CONNECTION_BUSY,     /* a worker's, or in a queue */
    CONNECTION_LINGERING /* the first thread's; the answer is sent, input is thrown away */
};

struct connection
{
    struct connection *next; /* in the queue or among the returned */
    enum connection_state state;
    platform_socket socket;
    char peer[PLATFORM_PEER_ROOM];
    uint64_t deadline;
    unsigned int requests;
    bool keep;            /* another request may come */
    size_t header_length; /* of the request in the buffer; 0 while it is incomplete */
    size_t used;
    char buffer[HTTP_HEADER_MAX];
    struct auth auth;
    const char *fields; /* of every answer to the request that is being served, or NULL */
};

struct server
{
    platform_socket listener;
    struct platform_root *root;
    unsigned int header_milliseconds; /* for a whole header, 408 afterwards */
    struct auth_server auth;
    struct connection *connections[CONNECTIONS_MAX]; /* the first thread's */
    size_t count;

    struct platform_monitor *monitor; /* guards what follows */
    struct connection *queue, **queue_end, *returned;
    bool stopping;
};

/* Serves until a stop is requested. False: could not start. */
bool server_run(struct server *server, unsigned int threads);

/* One request of a connection, from its complete header to the answer; sets KEEP: serve.c. */
void serve_request(struct server *server, struct connection *connection);

/* ---- answers: answer.c ----------------------------------------------------------------------------------------------- */

struct answer
{
    int status;
    const char *fields;   /* further fields with their line ends, or NULL */
    const char *type;     /* NULL: text/plain */
    const char *body;     /* NULL: the reason phrase */
    uint64_t body_length; /* with a body of its own, or of what the caller sends after the header */
    bool header_only;     /* HEAD, or the caller sends the body */
};

/* Sends the header, and the body if it is there; clears KEEP when that fails. */
bool send_answer(struct connection *connection, const struct answer *answer);
uint64_t answer_deadline(uint64_t body_length);

/* Copies text that came from outside so that it cannot be taken for another line of the log. */
const char *printable(const char *text, size_t length, char *copy, size_t room);

#endif
