/*
 * The page /whoami: what Windows and what the kernel say about the thread that serves the client.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "whoami.h"

#include <sddl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platform.h"

/* ---- text that grows ---------------------------------------------------------------------------------------------- */

struct page
{
    char *text;
    size_t used, room;
    bool failed;
};

static void add(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct page *page, const char *format, ...)
{
    va_list args;
    char *text;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (page->used + length + 1 > page->room)
    {
        size_t room = 2 * (page->used + length + 1);

        if (!(text = realloc(page->text, room)))
        {
            page->failed = true;
            return;
        }
        page->text = text;
        page->room = room;
    }
    va_start(args, format);
    page->used += vsnprintf(page->text + page->used, page->room - page->used, format, args);
    va_end(args);
}

/* ---- the token ----------------------------------------------------------------------------------------------------- */

static void *query_token(HANDLE token, TOKEN_INFORMATION_CLASS class)
{
    DWORD size = 0;
    void *data;

    GetTokenInformation(token, class, NULL, 0, &size);
    if (!size || !(data = malloc(size))) return NULL;
    if (GetTokenInformation(token, class, data, size, &size)) return data;
    free(data);
    return NULL;
}

static void add_sid(struct page *page, const char *label, PSID sid)
{
    char *text;

    if (!ConvertSidToStringSidA(sid, &text))
    {
        page->failed = true;
        return;
    }
    add(page, "%s: %s\n", label, text);
    LocalFree(text);
}

static void add_token(struct page *page, HANDLE token)
{
    static const char *const levels[] = {"Anonymous", "Identification", "Impersonation", "Delegation"};
    TOKEN_USER *user = query_token(token, TokenUser);
    TOKEN_GROUPS *groups = query_token(token, TokenGroups);
    SECURITY_IMPERSONATION_LEVEL level;
    DWORD size, i;

    if (user) add_sid(page, "sid", user->User.Sid);
    for (i = 0; groups && i < groups->GroupCount; i++) add_sid(page, "group", groups->Groups[i].Sid);
    if (!user || !groups || !GetTokenInformation(token, TokenImpersonationLevel, &level, sizeof(level), &size) ||
        (unsigned int)level >= sizeof(levels) / sizeof(levels[0]))
        page->failed = true;
    else
        add(page, "level: %s\n", levels[level]);
    free(user);
    free(groups);
}

/* ---- the thread ---------------------------------------------------------------------------------------------------- */

#define IDENTITY_ROOM (1024 * 1024) /* 65,536 groups have room */

/* As the client: nothing but opening the thread's token and reading who the kernel says the thread is. */
static SECURITY_STATUS look_as_client(struct auth *auth, struct platform_identity *identity, HANDLE *token, char *text, bool *done)
{
    SECURITY_STATUS status = ImpersonateSecurityContext(&auth->context);

    if (status != SEC_E_OK) return status;
    *done = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, token) && platform_read_identity(identity, text, IDENTITY_ROOM);
    if (RevertSecurityContext(&auth->context) != SEC_E_OK) platform_die("a thread could not revert");
    return SEC_E_OK;
}

static char *write_page(struct auth *auth, HANDLE token, const char *identity)
{
    struct page page = {0};

    add(&page, "account: %s\n", auth->account);
    add_token(&page, token);
    add(&page, "%s", identity);
    if (!page.failed) return page.text;
    free(page.text);
    return NULL;
}

char *make_whoami(struct auth *auth, int *status)
{
    struct platform_identity *identity = platform_open_identity();
    char *text = malloc(IDENTITY_ROOM), *page = NULL;
    HANDLE token = NULL;
    bool done = false;

    *status = 503;
    if (identity && text)
    {
        SECURITY_STATUS result = look_as_client(auth, identity, &token, text, &done);

        if (result == SEC_E_NO_IMPERSONATION) *status = 403;
        if (result != SEC_E_OK) platform_log("guise-httpd: %s cannot be impersonated: %08x", auth->account, (unsigned int)result);
    }
    if (done && !(page = write_page(auth, token, text))) platform_log("guise-httpd: the token of %s cannot be read", auth->account);
    if (token) CloseHandle(token);
    free(text);
    platform_close_identity(identity);
    return page;
}
