/*
 * Negotiate and NTLM over HTTP (RFC 4559): the authentication of a connection through SSPI. One credential serves both: Negotiate takes what
 * clients of NTLM say, too.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auth.h"

#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "platform.h"

#define TOKEN_MAX 12288 /* what fits into a header */

static const char *const schemes[] = {[AUTH_NEGOTIATE] = "Negotiate", [AUTH_NTLM] = "NTLM"};

static SECURITY_STATUS acquire(const char *package, CredHandle *credential)
{
    TimeStamp expiry;

    return AcquireCredentialsHandleA(NULL, (char *)package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, credential, &expiry);
}

bool auth_start(struct auth_server *server)
{
    SECURITY_STATUS status = acquire("Negotiate", &server->credential);

    server->negotiates = status == SEC_E_OK;
    if (server->negotiates || (status == SEC_E_SECPKG_NOT_FOUND && (status = acquire("NTLM", &server->credential)) == SEC_E_OK)) return true;
    platform_log("guise-httpd: no credential: %08x", (unsigned int)status);
    return false;
}

void auth_stop(struct auth_server *server)
{
    FreeCredentialsHandle(&server->credential);
}

void auth_end(struct auth *auth)
{
    if (auth->has_context) DeleteSecurityContext(&auth->context);
    memset(auth, 0, sizeof(*auth));
}

/* ---- fields -------------------------------------------------------------------------------------------------------- */

/* What a client may choose from, Negotiate first. */
static void write_offer(const struct auth_server *server, char field[AUTH_FIELD_ROOM])
{
    snprintf(field, AUTH_FIELD_ROOM, "%sWWW-Authenticate: NTLM\r\n", server->negotiates ? "WWW-Authenticate: Negotiate\r\n" : "");
}

/* The token of a leg, in the client's scheme. */
static bool write_token(enum auth_scheme scheme, const void *token, size_t size, char field[AUTH_FIELD_ROOM])
{
    size_t length = snprintf(field, AUTH_FIELD_ROOM, "WWW-Authenticate: %s", schemes[scheme]);

    if (length + 1 + BASE64_LENGTH(size) + 3 > AUTH_FIELD_ROOM) return false;
    if (size)
    {
        field[length++] = ' ';
        base64_encode(token, size, field + length);
        length += BASE64_LENGTH(size);
    }
    strcpy(field + length, "\r\n");
    return true;
}

/* The token in "Negotiate dG9rZW4=" or "NTLM dG9rZW4="; SIZE 0: another scheme. False: not base64. */
static bool read_token(const struct auth_server *server, struct http_text value, enum auth_scheme *scheme, unsigned char token[TOKEN_MAX],
                       size_t *size)
{
    size_t start = 0;

    *size = 0;
    while (start < value.length && value.data[start] != ' ') start++;
    for (*scheme = server->negotiates ? AUTH_NEGOTIATE : AUTH_NTLM; *scheme <= AUTH_NTLM; ++*scheme)
        if (http_text_is_nocase((struct http_text){value.data, start}, schemes[*scheme])) break;
    if (*scheme > AUTH_NTLM) return true;
    while (start < value.length && value.data[start] == ' ') start++;
    return base64_decode(value.data + start, value.length - start, token, TOKEN_MAX, size);
}

/* ---- SSPI ---------------------------------------------------------------------------------------------------------- */

/* Whether STATUS says something about this server and nothing about the client. */
static bool is_servers_fault(SECURITY_STATUS status)
{
    return status == SEC_E_INSUFFICIENT_MEMORY || status == SEC_E_INTERNAL_ERROR || status == SEC_E_NO_AUTHENTICATING_AUTHORITY ||
           status == SEC_E_INVALID_HANDLE || status == SEC_E_UNSUPPORTED_FUNCTION;
}

static enum auth_result fail(struct auth *auth, SECURITY_STATUS status, const char *peer)
{
    platform_log("%s not authenticated: status %08x after %u legs, %lu bytes in, %lu bytes out", peer, (unsigned int)status,
                 auth->legs, auth->bytes_in, auth->bytes_out);
    auth_end(auth);
    return is_servers_fault(status) ? AUTH_BROKEN : AUTH_REFUSED;
}

static enum auth_result establish(struct auth *auth, const char *peer)
{
    SecPkgContext_NamesA names = {0};
    SECURITY_STATUS status = QueryContextAttributesA(&auth->context, SECPKG_ATTR_NAMES, &names);

    if (status != SEC_E_OK) return fail(auth, status, peer);
    snprintf(auth->account, sizeof(auth->account), "%s", names.sUserName);
    FreeContextBuffer(names.sUserName);
    auth->established = true;
    platform_log("%s authenticated %s: %u legs, %lu bytes in, %lu bytes out", peer, auth->account, auth->legs, auth->bytes_in,
                 auth->bytes_out);
    return AUTH_DONE;
}

static enum auth_result accept_token(struct auth_server *server, struct auth *auth, unsigned char *token, size_t size,
                                     const char *peer, char field[AUTH_FIELD_ROOM])
{
    unsigned char reply[TOKEN_MAX];
    SecBuffer in = {size, SECBUFFER_TOKEN, token}, out = {sizeof(reply), SECBUFFER_TOKEN, reply};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &in}, output = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status;
    TimeStamp expiry;
    ULONG attributes;

    status = AcceptSecurityContext(&server->credential, auth->has_context ? &auth->context : NULL, &input,
                                   ASC_REQ_CONNECTION, SECURITY_NATIVE_DREP, &auth->context, &output, &attributes, &expiry);
    auth->legs++;
    auth->bytes_in += size;
    if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) return fail(auth, status, peer); /* with an offer to begin anew */
    auth->has_context = true;
    auth->bytes_out += out.cbBuffer;
    *field = 0;
    if ((status == SEC_I_CONTINUE_NEEDED || out.cbBuffer) && !write_token(auth->scheme, reply, out.cbBuffer, field))
        return fail(auth, SEC_E_INTERNAL_ERROR, peer);
    return status == SEC_E_OK ? establish(auth, peer) : AUTH_NEEDED;
}

enum auth_result auth_step(struct auth_server *server, struct auth *auth, const struct http_request *request, const char *peer,
                           char field[AUTH_FIELD_ROOM])
{
    unsigned char token[TOKEN_MAX];
    enum auth_scheme scheme = AUTH_NTLM;
    size_t size = 0;

    write_offer(server, field);
    if (request->authorization.data && !read_token(server, request->authorization, &scheme, token, &size)) return AUTH_MALFORMED;
    if (!size)
    {
        /* A request without a token leaves an established connection as it is, and gives a handshake up. */
        if (!auth->established)
        {
            auth_end(auth);
            return AUTH_NEEDED;
        }
        *field = 0;
        return AUTH_DONE;
    }
    if (auth->established || scheme != auth->scheme) auth_end(auth); /* the client starts anew */
    auth->scheme = scheme;
    return accept_token(server, auth, token, size, peer, field);
}
