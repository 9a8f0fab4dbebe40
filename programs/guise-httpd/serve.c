/*
 * Serving one request: authenticate, then /whoami or a file that the client opens.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "whoami.h"

static void answer_status(struct connection *connection, int status, const char *fields, bool head)
{
    send_answer(connection, &(struct answer){.status = status, .fields = fields, .header_only = head});
}

/* ---- files --------------------------------------------------------------------------------------------------------- */

/*
 * Opens the file as the client. Nothing but the open happens while the thread is the client: the descriptor keeps the rights it was
 * opened with, as a handle does (K10.1).
 */
static int open_as_client(struct server *server, struct auth *auth, const char *path, platform_file *file)
{
    SECURITY_STATUS status = ImpersonateSecurityContext(&auth->context);
    enum platform_open_result result;

    if (status != SEC_E_OK)
    {
        platform_log("guise-httpd: %s cannot be impersonated: %08x", auth->account, (unsigned int)status);
        return status == SEC_E_NO_IMPERSONATION ? 403 : 503;
    }
    result = platform_open_file(server->root, path, file);
    if (RevertSecurityContext(&auth->context) != SEC_E_OK) platform_die("a thread could not revert");

    switch (result)
    {
    case PLATFORM_OPENED: return 200;
    case PLATFORM_NOT_FOUND: return 404;
    case PLATFORM_REFUSED: return 403;
    default: return 503;
    }
}

static const char *type_of(const char *path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"}, {".txt", "text/plain; charset=utf-8"}, {".css", "text/css"},
        {".js", "text/javascript"}, {".json", "application/json"}, {".png", "image/png"}, {".jpg", "image/jpeg"},
        {".svg", "image/svg+xml"}, {".pdf", "application/pdf"},
    };
    const char *dot = strrchr(path, '.');
    size_t i;

    for (i = 0; dot && i < sizeof(types) / sizeof(types[0]); i++)
        if (!strcmp(dot, types[i][0])) return types[i][1];
    return "application/octet-stream";
}

/* The file as far as it was long when the header was sent; a file that shrinks ends the connection. */
static void send_file(struct connection *connection, platform_file file, uint64_t size)
{
    uint64_t deadline = answer_deadline(size);
    char block[65536];
    int got;

    while (size)
    {
        got = platform_read(file, block, size < sizeof(block) ? size : sizeof(block));
        if (got <= 0 || !platform_send(connection->socket, block, got, deadline))
        {
            connection->keep = false;
            return;
        }
        size -= got;
    }
}

static int serve_file(struct server *server, struct connection *connection, const char *path, bool head)
{
    enum platform_open_result result;
    platform_file file;
    uint64_t size;
    int status = open_as_client(server, &connection->auth, path, &file);

    if (status == 200 && (result = platform_check_file(server->root, file, &size)) != PLATFORM_OPENED)
    {
        platform_close_file(file);
        status = result == PLATFORM_NOT_FOUND ? 404 : result == PLATFORM_REFUSED ? 403 : 503;
    }
    if (status != 200)
    {
        answer_status(connection, status, NULL, head);
        return status;
    }
    if (send_answer(connection, &(struct answer){.status = 200, .type = type_of(path), .body_length = size, .header_only = true}) && !head)
        send_file(connection, file, size);
    platform_close_file(file);
    return 200;
}

/* ---- requests ------------------------------------------------------------------------------------------------------ */

static int serve_whoami(struct connection *connection, bool head)
{
    int status = 200;
    char *page = make_whoami(&connection->auth, &status);

    if (page)
    {
        status = 200;
        send_answer(connection, &(struct answer){.status = 200, .body = page, .body_length = strlen(page), .header_only = head});
    }
    else answer_status(connection, status, NULL, head);
    free(page);
    return status;
}

static int serve_target(struct server *server, struct connection *connection, const struct http_request *request, bool head)
{
    char path[HTTP_PATH_MAX];

    if (!http_decode_path(request->target, path))
    {
        answer_status(connection, 400, NULL, head);
        return 400;
    }
    return !strcmp(path, "whoami") ? serve_whoami(connection, head) : serve_file(server, connection, path, head);
}

static int serve_authenticated(struct server *server, struct connection *connection, const struct http_request *request, bool head)
{
    char field[AUTH_FIELD_ROOM];
    int status;

    switch (auth_step(&server->auth, &connection->auth, request, connection->peer, field))
    {
    case AUTH_DONE:
        connection->fields = field;
        status = serve_target(server, connection, request, head);
        connection->fields = NULL;
        return status;
    case AUTH_NEEDED: status = 401; break;
    case AUTH_REFUSED:
        status = 401;
        connection->keep = false;
        break;
    case AUTH_MALFORMED:
        status = 400;
        connection->keep = false;
        break;
    default:
        status = 503;
        connection->keep = false;
    }
    answer_status(connection, status, status == 401 ? field : NULL, head);
    return status;
}

void serve_request(struct server *server, struct connection *connection)
{
    struct http_request request;
    char target[512], method[32];
    int status = http_parse(connection->buffer, connection->header_length, &request);
    bool head;

    if (status)
    {
        connection->keep = false;
        answer_status(connection, status, NULL, false);
        platform_log("%s - \"?\" %d", connection->peer, status);
        return;
    }
    connection->keep = request.keep_alive && ++connection->requests < REQUESTS_MAX && !platform_stop_requested();
    head = http_text_is(request.method, "HEAD");
    if (!head && !http_text_is(request.method, "GET"))
    {
        status = 405;
        answer_status(connection, status, "Allow: GET, HEAD\r\n", false);
    }
    else status = serve_authenticated(server, connection, &request, head);

    platform_log("%s %s \"%s %s\" %d", connection->peer, connection->auth.established ? connection->auth.account : "-",
                 printable(request.method.data, request.method.length, method, sizeof(method)),
                 printable(request.target.data, request.target.length, target, sizeof(target)), status);
}
