/*
 * HTTP/1.1 requests: finding the end of a header, taking it apart, and the path in its target.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "http.h"

#include <string.h>

/* ---- text ------------------------------------------------------------------------------------------------------------ */

bool http_text_is(struct http_text text, const char *word)
{
    return text.length == strlen(word) && !memcmp(text.data, word, text.length);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

bool http_text_is_nocase(struct http_text text, const char *word)
{
    size_t i;

    if (text.length != strlen(word)) return false;
    for (i = 0; i < text.length; i++)
        if (lower(text.data[i]) != lower(word[i])) return false;
    return true;
}

/* RFC 9110 5.6.2 */
static bool is_token(struct http_text text)
{
    size_t i;

    for (i = 0; i < text.length; i++)
    {
        char c = text.data[i];

        if ((c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z')) continue;
        if (!c || !strchr("!#$%&'*+-.^_`|~", c)) return false;
    }
    return text.length > 0;
}

static struct http_text trim(struct http_text text)
{
    while (text.length && (text.data[0] == ' ' || text.data[0] == '\t'))
    {
        text.data++;
        text.length--;
    }
    while (text.length && (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\t')) text.length--;
    return text;
}

/* Takes what is before the first C off REST, and C with it; false: there is no C. */
static bool take_until(struct http_text *rest, char c, struct http_text *part)
{
    const char *found = rest->length ? memchr(rest->data, c, rest->length) : NULL;

    if (!found) return false;
    part->data = rest->data;
    part->length = found - rest->data;
    rest->data = found + 1;
    rest->length -= part->length + 1;
    return true;
}

/* The next line without its CR LF; false: it does not end so, or has a CR or a NUL inside. */
static bool take_line(struct http_text *rest, struct http_text *line)
{
    if (!take_until(rest, '\n', line) || !line->length || line->data[line->length - 1] != '\r') return false;
    line->length--;
    return !memchr(line->data, '\r', line->length) && !memchr(line->data, 0, line->length);
}

/* ---- header ------------------------------------------------------------------------------------------------------------ */

static size_t skip_empty_lines(const char *data, size_t length)
{
    size_t skipped = 0;

    while (length - skipped >= 2 && data[skipped] == '\r' && data[skipped + 1] == '\n') skipped += 2;
    return skipped;
}

size_t http_header_length(const char *data, size_t length)
{
    static const char end[] = "\r\n\r\n";
    size_t start = skip_empty_lines(data, length);
    const char *at;

    while (length - start >= 4 && (at = memchr(data + start, '\r', length - start - 3)))
    {
        if (!memcmp(at, end, 4)) return at + 4 - data;
        start = at + 1 - data;
    }
    return 0;
}

static int parse_request_line(struct http_text line, struct http_request *request)
{
    if (!take_until(&line, ' ', &request->method) || !take_until(&line, ' ', &request->target) || !is_token(request->method) ||
        !request->target.length)
        return 400;
    if (line.length != 8 || memcmp(line.data, "HTTP/", 5) || line.data[6] != '.') return 400;
    if (line.data[5] != '1' || line.data[7] < '0' || line.data[7] > '9') return 505;
    request->minor = line.data[7] == '0' ? 0 : 1;
    request->keep_alive = request->minor == 1;
    return 0;
}

/* Connection is a list of words; "close" wins (RFC 9112 9.3). */
static void parse_connection(struct http_text value, bool *closes, bool *keeps)
{
    struct http_text word;

    while (value.length)
    {
        if (!take_until(&value, ',', &word))
        {
            word = value;
            value.length = 0;
        }
        word = trim(word);
        if (http_text_is_nocase(word, "close")) *closes = true;
        if (http_text_is_nocase(word, "keep-alive")) *keeps = true;
    }
}

/* What the fields say that more than one line of them may not say, or that ends the connection. */
struct fields
{
    unsigned int hosts, lengths, authorizations;
    bool closes, keeps, has_body;
};

static int parse_field(struct http_text line, struct http_request *request, struct fields *fields)
{
    struct http_text name;
    size_t i;

    /* A space before the colon and a continued line are the ways to smuggle a request (RFC 9112 5.1, 5.2): no token has one. */
    if (!take_until(&line, ':', &name) || !is_token(name)) return 400;
    line = trim(line);
    for (i = 0; i < line.length; i++)
        if ((unsigned char)line.data[i] < ' ' && line.data[i] != '\t') return 400;

    if (http_text_is_nocase(name, "host")) fields->hosts++;
    else if (http_text_is_nocase(name, "connection")) parse_connection(line, &fields->closes, &fields->keeps);
    else if (http_text_is_nocase(name, "transfer-encoding")) fields->has_body = true;
    else if (http_text_is_nocase(name, "content-length"))
    {
        fields->lengths++;
        if (!line.length) return 400;
        for (i = 0; i < line.length; i++)
        {
            if (line.data[i] < '0' || line.data[i] > '9') return 400;
            if (line.data[i] != '0') fields->has_body = true;
        }
    }
    else if (http_text_is_nocase(name, "authorization"))
    {
        fields->authorizations++;
        request->authorization = line;
    }
    return 0;
}

int http_parse(const char *header, size_t length, struct http_request *request)
{
    size_t start = skip_empty_lines(header, length);
    struct http_text rest = {header + start, length - start}, line;
    struct fields fields = {0};
    unsigned int count = 0;
    int status;

    memset(request, 0, sizeof(*request));
    if (!take_line(&rest, &line)) return 400;
    if ((status = parse_request_line(line, request))) return status;
    for (;;)
    {
        if (!take_line(&rest, &line)) return 400;
        if (!line.length) break;
        if (++count > HTTP_FIELDS_MAX) return 431;
        if ((status = parse_field(line, request, &fields))) return status;
    }
    if (fields.hosts > 1 || fields.lengths > 1 || fields.authorizations > 1) return 400;
    if (request->minor && !fields.hosts) return 400;
    if (fields.has_body) return 413;
    if (fields.keeps) request->keep_alive = true;
    if (fields.closes) request->keep_alive = false;
    return 0;
}

/* ---- path ------------------------------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One decoded character, 0 for what may not be in a path. */
static char take_character(struct http_text *rest)
{
    char c = rest->data[0];
    int high, low;

    rest->data++;
    rest->length--;
    if (c == '%')
    {
        if (rest->length < 2 || (high = hex_digit(rest->data[0])) < 0 || (low = hex_digit(rest->data[1])) < 0) return 0;
        c = (char)(high << 4 | low);
        rest->data += 2;
        rest->length -= 2;
    }
    return (unsigned char)c < ' ' || c == 0x7f || c == '\\' ? 0 : c;
}

/* The path of an absolute target (RFC 9112 3.2.2), from its slash on. */
static bool skip_authority(struct http_text *target)
{
    struct http_text scheme = {target->data, target->length < 7 ? target->length : 7};
    const char *slash;

    if (!http_text_is_nocase(scheme, "http://")) return true;
    if (!(slash = memchr(target->data + 7, '/', target->length - 7))) return false;
    target->length -= slash - target->data;
    target->data = slash;
    return true;
}

/* Whether a segment that is complete may stay; an empty one is forgotten. */
static bool end_segment(const char *path, size_t start, size_t length)
{
    struct http_text segment = {path + start, length - start};

    return !http_text_is(segment, ".") && !http_text_is(segment, "..");
}

bool http_decode_path(struct http_text target, char path[HTTP_PATH_MAX])
{
    size_t length = 0, start = 0;
    struct http_text query;
    char c;

    if (!skip_authority(&target)) return false;
    if (take_until(&target, '?', &query)) target = query;
    if (!target.length || target.data[0] != '/') return false;
    while (target.length)
    {
        if (!(c = take_character(&target)) || length == HTTP_PATH_MAX - 1) return false;
        if (c != '/')
        {
            path[length++] = c;
            continue;
        }
        if (!end_segment(path, start, length)) return false;
        if (length > start) path[length++] = '/';
        start = length;
    }
    path[length] = 0;
    return end_segment(path, start, length);
}
