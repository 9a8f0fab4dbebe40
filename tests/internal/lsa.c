/*
 * Requests to authentication packages: where their bytes may lie; every allocation of the LSA calls fails once.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ntsecapi.h>
#include <winbase.h>

#include "dlls/msv1_0/accounts.h"
#include "dlls/secur32/lsa_package.h"
#include "ntoskrnl/rtl/memory.h"
#include "wine/test.h"

#define MOST 120 /* more than any of them makes */

/* ---- where bytes may lie -------------------------------------------------------------------------------------------- */

static void test_buffer(void)
{
    UCHAR memory[192], *submitted = memory + 64, small[4];
    struct lsa_buffer buffer;
    const UCHAR *bytes;
    NTSTATUS status;

    memset(memory, 7, sizeof(memory));
    ok(lsa_buffer_copy(&buffer, NULL, 1) == STATUS_INVALID_PARAMETER, "NULL\n"); /* header lsa_package.h */
    lsa_buffer_free(&buffer);
    ok(lsa_buffer_copy(&buffer, submitted, LSA_MAX_SUBMIT + 1) == STATUS_INVALID_PARAMETER, "huge\n"); /* header lsa_package.h */
    lsa_buffer_free(&buffer);
    ok(!lsa_buffer_copy(&buffer, NULL, 0) && !lsa_read(&buffer, small, 1), "empty\n"); /* header lsa_package.h */
    lsa_buffer_free(&buffer);

    status = lsa_buffer_copy(&buffer, submitted, 64);
    ok(!status, "got %08x\n", status); /* header lsa_package.h */
    submitted[0] = 9; /* what the caller does to it now is of no consequence */
    ok(lsa_read(&buffer, small, 4) && small[0] == 7, "not a copy\n");                             /* header lsa_package.h */
    ok(!lsa_read(&buffer, (UCHAR[65]){0}, 65), "read behind the end\n");                         /* header lsa_package.h */

    ok(lsa_find(&buffer, submitted, 64, &bytes) && bytes == buffer.data, "all of it\n");         /* header lsa_package.h */
    ok(lsa_find(&buffer, submitted + 63, 1, &bytes) && bytes == buffer.data + 63, "the last\n"); /* header lsa_package.h */
    ok(!lsa_find(&buffer, submitted + 63, 2, &bytes), "one too many\n");                         /* header lsa_package.h */
    ok(!lsa_find(&buffer, submitted + 64, 1, &bytes), "behind it\n");                            /* header lsa_package.h */
    ok(!lsa_find(&buffer, submitted - 1, 2, &bytes), "before it\n");                             /* header lsa_package.h */
    ok(!lsa_find(&buffer, submitted - 1, 1, &bytes), "before it\n");                             /* header lsa_package.h */
    ok(!lsa_find(&buffer, (void *)(ULONG_PTR)-1, 2, &bytes), "around the end\n");                /* header lsa_package.h */
    ok(!lsa_find(&buffer, submitted + 1, SIZE_MAX, &bytes), "any length\n");                     /* header lsa_package.h */
    ok(!lsa_find(&buffer, &buffer, 8, &bytes), "other memory\n");                                /* header lsa_package.h */
    ok(!lsa_find(&buffer, NULL, 1, &bytes), "nowhere\n");                                        /* header lsa_package.h */
    ok(lsa_find(&buffer, (void *)8, 56, &bytes) && bytes == buffer.data + 8, "an offset\n");     /* header lsa_package.h */
    ok(!lsa_find(&buffer, (void *)8, 57, &bytes), "an offset\n");                                /* header lsa_package.h */
    ok(!lsa_find(&buffer, (void *)64, 1, &bytes), "an offset\n");                                /* header lsa_package.h */
    ok(!lsa_find(&buffer, (void *)65535, 1, &bytes), "an offset\n");                             /* header lsa_package.h */
    ok(lsa_find(&buffer, NULL, 0, &bytes) && lsa_find(&buffer, &buffer, 0, &bytes), "no bytes\n"); /* header lsa_package.h */
    lsa_buffer_free(&buffer);
}

/* ---- a store -------------------------------------------------------------------------------------------------------- */

static char folder[PATH_MAX], store[PATH_MAX + 16], config[PATH_MAX + 16];

static bool make_store(void)
{
    struct sam_account account = {.name = "alice", .unix_name = "daemon", .has_hash = true, .has_lm_hash = true};
    const char *top = getenv("TMPDIR");
    struct sam *sam;
    NTSTATUS status;
    FILE *file;

    snprintf(folder, sizeof(folder), "%s/lsa.XXXXXX", top ? top : "/tmp");
    if (!mkdtemp(folder)) return false;
    snprintf(store, sizeof(store), "%s/accounts.mdb", folder);
    snprintf(config, sizeof(config), "%s/guise.conf", folder);
    if (!(file = fopen(config, "w"))) return false;
    fprintf(file, "[accounts]\nstore = %s\n[ntlm]\nnetbios-name = SERVER\ndns-name = server.example\n", store);
    if (fclose(file) || setenv("GUISE_CONF", config, 1)) return false;
    if (!ntlm_ntowf_v1(u"Password", 8, account.nt_hash) || !ntlm_lmowf_v1(u"Password", 8, account.lm_hash)) return false;
    if (sam_open(store, true, &sam)) return false;
    status = sam_store(sam, &account, true);
    sam_close(sam);
    return !status;
}

static void remove_store(void)
{
    char lock[sizeof(store) + 8];

    snprintf(lock, sizeof(lock), "%s-lock", store);
    unlink(lock);
    unlink(store);
    unlink(config);
    rmdir(folder);
}

/* ---- no memory ------------------------------------------------------------------------------------------------------ */

static HANDLE lsa;

static NTSTATUS connect_and_close(void)
{
    HANDLE made = NULL;
    NTSTATUS status = LsaConnectUntrusted(&made);

    ok(!status == !!made, "written\n"); /* S2.18.1 */
    return status ? status : LsaDeregisterLogonProcess(made);
}

static NTSTATUS log_on(void)
{
    HANDLE token = NULL;
    PSID sid = NULL;
    PVOID profile = NULL;
    DWORD size;
    BOOL result = LogonUserExExW((WCHAR *)u"alice", NULL, (WCHAR *)u"Password", Interactive, 0, NULL, &token, &sid, &profile,
                                 &size, NULL);

    ok(result == !!token && result == !!sid && result == !!profile, "written\n"); /* S1.3.5 */
    if (!result) return guise_get_last_error() == ERROR_NOT_ENOUGH_MEMORY ? STATUS_NO_MEMORY : STATUS_UNSUCCESSFUL;
    NtClose(token);
    LsaFreeReturnBuffer(profile);
    guise_free(sid);
    return STATUS_SUCCESS;
}

/* A wrong password stays wrong whatever fails. */
static NTSTATUS log_on_wrongly(void)
{
    HANDLE token = NULL;
    BOOL result = LogonUserExExW((WCHAR *)u"alice", NULL, (WCHAR *)u"password", Interactive, 0, NULL, &token, NULL, NULL,
                                 NULL, NULL);

    ok(!result && !token, "a token\n"); /* S2.18.4 */
    if (guise_get_last_error() == ERROR_LOGON_FAILURE) return STATUS_SUCCESS;
    return guise_get_last_error() == ERROR_NOT_ENOUGH_MEMORY ? STATUS_NO_MEMORY : STATUS_UNSUCCESSFUL;
}

static BOOL password_is(const WCHAR *password)
{
    HANDLE token;

    if (!LogonUserExExW((WCHAR *)u"alice", NULL, (WCHAR *)password, Interactive, 0, NULL, &token, NULL, NULL, NULL, NULL))
        return FALSE;
    NtClose(token);
    return TRUE;
}

/* Whatever fails, one of the two passwords is good, and the answer says which. */
static NTSTATUS change(void)
{
    SECURITY_STATUS status = ChangeAccountPasswordW((WCHAR *)u"NTLM", NULL, (WCHAR *)u"alice", (WCHAR *)u"Password",
                                                    (WCHAR *)u"Another", FALSE, 0, NULL);

    guise_fail_allocation(0);
    ok(password_is(status ? u"Password" : u"Another"), "neither\n"); /* S1.3.2 */
    if (status) return status == SEC_E_INSUFFICIENT_MEMORY ? STATUS_NO_MEMORY : STATUS_UNSUCCESSFUL;
    status = ChangeAccountPasswordA((char *)"NTLM", NULL, (char *)"alice", (char *)"Another", (char *)"Password", FALSE, 0, NULL);
    ok(!status, "got %08x\n", status); /* S1.3.2 */
    return STATUS_SUCCESS;
}

static NTSTATUS call(void)
{
    ULONG message = MsV1_0Lm20ChallengeRequest, size;
    NTSTATUS status, protocol;
    void *answer;

    status = LsaCallAuthenticationPackage(lsa, 0, &message, sizeof(message), &answer, &size, &protocol);
    ok(!status && !protocol == !!answer, "written\n"); /* S2.18.3 */
    LsaFreeReturnBuffer(answer);
    return protocol;
}

static NTSTATUS enumerate(void)
{
    LUID *ids = NULL;
    ULONG count;
    NTSTATUS status = LsaEnumerateLogonSessions(&count, &ids);

    ok(!status == !!ids, "written\n"); /* S2.18.6 */
    LsaFreeReturnBuffer(ids);
    return status;
}

static HANDLE alice;

static NTSTATUS describe(void)
{
    SECURITY_LOGON_SESSION_DATA *data = NULL;
    TOKEN_STATISTICS statistics;
    NTSTATUS status;
    ULONG size;

    NtQueryInformationToken(alice, TokenStatistics, &statistics, sizeof(statistics), &size);
    status = LsaGetLogonSessionData(&statistics.AuthenticationId, &data);
    ok(!status == !!data, "written\n"); /* S2.18.6 */
    LsaFreeReturnBuffer(data);
    return status;
}

static NTSTATUS own_user(void)
{
    SecurityUserData *data = NULL;
    NTSTATUS status = GetSecurityUserInfo(NULL, 0, &data);

    ok(!status == !!data, "written\n"); /* S1.2.4 */
    LsaFreeReturnBuffer(data);
    return status;
}

static void test_no_memory(void)
{
    static const struct
    {
        const char *name;
        NTSTATUS (*run)(void);
    } operations[] = {{"connect", connect_and_close}, {"log on", log_on}, {"wrong password", log_on_wrongly}, {"change", change},
                      {"call", call}, {"enumerate", enumerate}, {"describe", describe}, {"own user", own_user}};

    for (size_t i = 0; i < ARRAYSIZE(operations); i++)
    {
        NTSTATUS status = STATUS_SUCCESS;
        unsigned int failed = 0;

        for (long nth = 1; nth <= MOST; nth++)
        {
            guise_fail_allocation(nth);
            status = operations[i].run();
            guise_fail_allocation(0);
            if (status) failed++;
            ok(!status || status == STATUS_NO_MEMORY, "%s, allocation %ld: got %08x\n", operations[i].name, nth,
               status); /* S2.18.4 */
        }
        ok(failed && !status, "%s: %u failed, then %08x\n", operations[i].name, failed, status); /* S2.18.4 */
    }
}

START_TEST(lsa)
{
    test_buffer();
    if (!make_store())
    {
        ok(FALSE, "no store\n"); /* design 5 */
        return;
    }
    ok(!LsaConnectUntrusted(&lsa), "no connection\n"); /* S2.18.1 */
    ok(LogonUserExExW((WCHAR *)u"alice", NULL, (WCHAR *)u"Password", Interactive, 0, NULL, &alice, NULL, NULL, NULL, NULL),
       "error %u\n", guise_get_last_error()); /* S1.3.5 */
    test_no_memory();
    NtClose(alice);
    LsaDeregisterLogonProcess(lsa);
    remove_store();
}
