/*
 * NTLM over HTTP: the authentication of a connection through SSPI.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "auth.h"

#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "platform.h"

#define TOKEN_MAX 12288 /* what fits into a header */

bool auth_start(struct auth_server *server)
{
    static char package[] = "NTLM";
    TimeStamp expiry;
    SECURITY_STATUS status =
        AcquireCredentialsHandleA(NULL, package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &server->credential, &expiry);

    if (status == SEC_E_OK) return true;
    platform_log("guise-httpd: no NTLM credential: %08x", (unsigned int)status);
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

static bool write_challenge(char field[AUTH_FIELD_ROOM], const void *token, size_t size)
{
    static const char start[] = "WWW-Authenticate: NTLM";
    char *text = field + sizeof(start) - 1;

    memcpy(field, start, sizeof(start));
    if (size)
    {
        if (sizeof(start) + 1 + BASE64_LENGTH(size) + 2 > AUTH_FIELD_ROOM) return false;
        *text++ = ' ';
        base64_encode(token, size, text);
        text += BASE64_LENGTH(size);
    }
    strcpy(text, "\r\n");
    return true;
}

/* The token in "NTLM dG9rZW4="; SIZE 0: another scheme. False: not base64. */
static bool read_token(struct http_text value, unsigned char token[TOKEN_MAX], size_t *size)
{
    struct http_text scheme = {value.data, value.length < 4 ? value.length : 4};
    size_t start = 4;

    *size = 0;
    if (!http_text_is_nocase(scheme, "NTLM") || (value.length > 4 && value.data[4] != ' ')) return true;
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
    bool written = true;

    status = AcceptSecurityContext(&server->credential, auth->has_context ? &auth->context : NULL, &input,
                                   ASC_REQ_CONNECTION, SECURITY_NATIVE_DREP, &auth->context, &output, &attributes, &expiry);
    auth->legs++;
    auth->bytes_in += size;
    if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED) auth->has_context = true;
    if (status == SEC_I_CONTINUE_NEEDED)
    {
        auth->bytes_out += out.cbBuffer;
        written = write_challenge(field, reply, out.cbBuffer);
    }
    if (!written) return fail(auth, SEC_E_INTERNAL_ERROR, peer);
    if (status == SEC_E_OK) return establish(auth, peer);
    if (status == SEC_I_CONTINUE_NEEDED) return AUTH_NEEDED;
    write_challenge(field, NULL, 0);
    return fail(auth, status, peer);
}

enum auth_result auth_step(struct auth_server *server, struct auth *auth, const struct http_request *request, const char *peer,
                           char field[AUTH_FIELD_ROOM])
{
    unsigned char token[TOKEN_MAX];
    size_t size = 0;

    write_challenge(field, NULL, 0);
    if (request->authorization.data && !read_token(request->authorization, token, &size)) return AUTH_MALFORMED;
    if (!size)
    {
        /* A request without a token leaves an established connection as it is, and gives a handshake up. */
        if (auth->established) return AUTH_DONE;
        auth_end(auth);
        return AUTH_NEEDED;
    }
    if (auth->established) auth_end(auth); /* the client starts anew */
    return accept_token(server, auth, token, size, peer, field);
}
