/*
 * Answers: the header, the short body that goes with it, and text for the log.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "server.h"

#include <stdio.h>
#include <string.h>

static const char *reason(int status)
{
    static const struct
    {
        int status;
        const char *reason;
    } reasons[] = {
        {200, "OK"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {413, "Content Too Large"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };
    size_t i;

    for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].status == status) return reasons[i].reason;
    return "Unknown";
}

uint64_t answer_deadline(uint64_t body_length)
{
    return platform_milliseconds() + ANSWER_MILLISECONDS + body_length / ANSWER_BYTES_PER_MS;
}

bool send_answer(struct connection *connection, const struct answer *answer)
{
    const char *fields = answer->fields ? answer->fields : connection->fields ? connection->fields : "", *type = answer->type ? answer->type : "text/plain; charset=utf-8";
    char header[AUTH_FIELD_ROOM + 1024], own_body[64], date[32];
    const char *body = answer->body;
    uint64_t length = answer->body_length, deadline;
    int header_length;

    if (!body && !length && answer->status != 200)
    {
        length = snprintf(own_body, sizeof(own_body), "%d %s\n", answer->status, reason(answer->status));
        body = own_body;
    }
    platform_date(date);
    header_length = snprintf(header, sizeof(header),
                             "HTTP/1.1 %d %s\r\nDate: %s\r\nServer: guise-httpd\r\n%sContent-Type: %s\r\n"
                             "X-Content-Type-Options: nosniff\r\nContent-Length: %llu\r\nConnection: %s\r\n\r\n",
                             answer->status, reason(answer->status), date, fields, type, (unsigned long long)length,
                             connection->keep ? "keep-alive" : "close");
    deadline = answer_deadline(answer->header_only ? 0 : length);
    if (header_length < (int)sizeof(header) && platform_send(connection->socket, header, header_length, deadline) &&
        (answer->header_only || !body || platform_send(connection->socket, body, length, deadline)))
        return true;
    connection->keep = false;
    return false;
}

const char *printable(const char *text, size_t length, char *copy, size_t room)
{
    size_t i;

    for (i = 0; i < length && i < room - 1; i++) copy[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f || text[i] == '"' ? '?' : text[i];
    copy[i] = 0;
    return copy;
}
