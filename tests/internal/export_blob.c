/*
 * Exported contexts that were altered, cut, repeated, or that come from elsewhere; tickets that were tampered with; every
 * allocation of both calls fails once. Whatever it is, it is refused with its code, and the block itself is as good as
 * before.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <dirent.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sspi.h>
#include <wine/test.h>

#include "dlls/msv1_0/crypto.h"
#include "dlls/msv1_0/sam.h"
#include "ntoskrnl/rtl/memory.h"

/* Where the parts of a block begin (dlls/secur32/export.c). */
enum
{
    AT_UID = 8,
    AT_BOOT = 12,
    AT_EXPIRY = 28,
    AT_ID = 36,
    AT_SEAL = 52
};

static char directory[] = "/tmp/guise-export-XXXXXX";
static char tickets[64];

static CredHandle credentials[2];
static CtxtHandle contexts[2]; /* client, server */

/* ---- a conversation ---------------------------------------------------------------------------------------------- */

static void write_config(void)
{
    char path[64];
    FILE *file;

    snprintf(path, sizeof(path), "%s/guise.conf", directory);
    if (!(file = fopen(path, "w"))) abort();
    fprintf(file, "[accounts]\nstore = %s/accounts.mdb\n[exports]\ndirectory = %s/exports\nlifetime = 100\n", directory,
            directory);
    fclose(file);
    setenv("GUISE_CONF", path, 1);
    snprintf(tickets, sizeof(tickets), "%s/exports/%u", directory, geteuid());
}

static BOOL make_store(void)
{
    static const WCHAR password[] = L"pw";
    struct sam_account account = {.name = "alice", .has_hash = true};
    const struct passwd *own = geteuid() ? getpwuid(geteuid()) : getpwnam("daemon");
    struct sam *sam;
    NTSTATUS status;
    char path[64];

    if (!own || strlen(own->pw_name) >= sizeof(account.unix_name)) return FALSE;
    strcpy(account.unix_name, own->pw_name);
    if (!crypto_md4(password, sizeof(password) - sizeof(WCHAR), account.nt_hash)) return FALSE;
    snprintf(path, sizeof(path), "%s/accounts.mdb", directory);
    if (sam_open(path, true, &sam)) return FALSE;
    status = sam_store(sam, &account, true);
    sam_close(sam);
    return !status;
}

static BOOL log_on(void)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {
        (UCHAR *)"alice", 5, (UCHAR *)"", 0, (UCHAR *)"pw", 2, SEC_WINNT_AUTH_IDENTITY_ANSI};
    BYTE tokens[2][4096];
    SecBuffer buffers[2] = {{0, SECBUFFER_TOKEN, tokens[0]}, {0, SECBUFFER_TOKEN, tokens[1]}};
    SecBufferDesc desc[2] = {{SECBUFFER_VERSION, 1, &buffers[0]}, {SECBUFFER_VERSION, 1, &buffers[1]}};
    SECURITY_STATUS status = SEC_I_CONTINUE_NEEDED;
    ULONG attributes;

    for (int i = 0; i < 2; i++)
        if (AcquireCredentialsHandleA(NULL, (char *)"NTLM", i ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                      i ? NULL : &identity, NULL, NULL, &credentials[i], NULL))
            return FALSE;
    for (int leg = 0; leg < 4 && status >= 0; leg++)
    {
        int side = leg & 1;
        CtxtHandle *context = leg < 2 ? NULL : &contexts[side];

        buffers[side].cbBuffer = sizeof(tokens[side]);
        if (side)
            status = AcceptSecurityContext(&credentials[1], context, &desc[0], 0, 0, &contexts[1], &desc[1], &attributes,
                                           NULL);
        else
            status = InitializeSecurityContextA(&credentials[0], context, NULL,
                                                ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY, 0, 0,
                                                leg ? &desc[1] : NULL, 0, &contexts[0], &desc[0], &attributes, NULL);
    }
    return status == SEC_E_OK;
}

static SECURITY_STATUS pass(CtxtHandle *from, CtxtHandle *to)
{
    char text[] = "a message", token[16];
    SecBuffer buffers[2] = {{sizeof(token), SECBUFFER_TOKEN, token}, {sizeof(text), SECBUFFER_DATA, text}};
    SecBufferDesc desc = {SECBUFFER_VERSION, 2, buffers};
    SECURITY_STATUS status = EncryptMessage(from, 0, &desc, 0);

    return status == SEC_E_OK ? DecryptMessage(to, &desc, 0, NULL) : status;
}

/* ---- blocks and tickets ------------------------------------------------------------------------------------------ */

static SecBuffer export_server(void)
{
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    SECURITY_STATUS status = ExportSecurityContext(&contexts[1], 0, &packed, NULL);

    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.1 */
    if (status != SEC_E_OK) abort();
    return packed;
}

static SECURITY_STATUS import_bytes(const void *bytes, ULONG size, CtxtHandle *handle)
{
    SecBuffer packed = {size, SECBUFFER_EMPTY, (void *)bytes};

    return ImportSecurityContextA((char *)"NTLM", &packed, NULL, handle);
}

/* The block is imported, once, and works. */
static void check_good(SecBuffer *packed)
{
    SECURITY_STATUS status;
    CtxtHandle handle;

    /* callers cite */
    status = import_bytes(packed->pvBuffer, packed->cbBuffer, &handle);
    ok(status == SEC_E_OK, "got %08lx\n", status);
    if (status == SEC_E_OK)
    {
        SecPkgContext_NamesA names = {NULL};

        /* callers cite */
        status = QueryContextAttributesA(&handle, SECPKG_ATTR_NAMES, &names);
        ok(status == SEC_E_OK && names.sUserName && strstr(names.sUserName, "alice"), "got %08lx\n", status);
        FreeContextBuffer(names.sUserName);
        DeleteSecurityContext(&handle);
    }
    /* callers cite */
    status = import_bytes(packed->pvBuffer, packed->cbBuffer, &handle);
    ok(status == SEC_E_NO_CREDENTIALS, "a second time: got %08lx\n", status);
    FreeContextBuffer(packed->pvBuffer);
}

static unsigned int count_tickets(void)
{
    DIR *list = opendir(tickets);
    unsigned int count = 0;
    const struct dirent *entry;

    while (list && (entry = readdir(list))) count += entry->d_name[0] != '.';
    if (list) closedir(list);
    return count;
}

static void only_ticket(char path[400])
{
    DIR *list = opendir(tickets);
    const struct dirent *entry;

    path[0] = 0;
    while (list && (entry = readdir(list)))
        if (entry->d_name[0] != '.') snprintf(path, 400, "%s/%s", tickets, entry->d_name);
    if (list) closedir(list);
}

static void remove_all(void)
{
    static const char *const names[] = {"guise.conf", "accounts.mdb", "accounts.mdb-lock"};
    char path[400];

    while (count_tickets())
    {
        only_ticket(path);
        if (remove(path)) break;
    }
    rmdir(tickets);
    snprintf(path, sizeof(path), "%s/exports", directory);
    rmdir(path);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
        snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
        unlink(path);
    }
    rmdir(directory);
}

/* ---- the tests --------------------------------------------------------------------------------------------------- */

/* What a block answers whose bit was changed there. */
static SECURITY_STATUS expected(ULONG at)
{
    if (at < AT_UID || at >= AT_SEAL) return SEC_E_UNKNOWN_CREDENTIALS;
    return at < AT_BOOT ? SEC_E_NOT_OWNER : SEC_E_NO_CREDENTIALS;
}

static void test_bits(void)
{
    SecBuffer packed = export_server();
    BYTE *copy = malloc(packed.cbBuffer);
    CtxtHandle handle = {3, 4};
    ULONG wrong = 0;

    for (ULONG bit = 0; bit < packed.cbBuffer * 8; bit++)
    {
        SECURITY_STATUS status;

        memcpy(copy, packed.pvBuffer, packed.cbBuffer);
        copy[bit / 8] ^= 1 << bit % 8;
        status = import_bytes(copy, packed.cbBuffer, &handle);
        if (status == expected(bit / 8)) continue;
        if (!wrong++) trace("bit %lu of byte %lu: got %08lx\n", bit % 8, bit / 8, status);
    }
    ok(!wrong, "%lu bits\n", wrong); /* S2.14.2 */
    ok(handle.dwLower == 3 && handle.dwUpper == 4, "the handle was written\n"); /* S2.14.2 */
    ok(count_tickets() == 1, "%u tickets\n", count_tickets()); /* design 7.4 */
    check_good(&packed); /* S2.14.2 */
    ok(!count_tickets(), "%u tickets\n", count_tickets()); /* design 7.4 */
    free(copy);
}

static void test_lengths(void)
{
    SecBuffer packed = export_server();
    BYTE *longer = calloc(1, packed.cbBuffer + 1);
    CtxtHandle handle;
    ULONG taken = 0;

    for (ULONG size = 0; size < packed.cbBuffer; size++)
    {
        BYTE *copy = malloc(size ? size : 1); /* of its own: a byte too many is seen */

        memcpy(copy, packed.pvBuffer, size);
        taken += import_bytes(copy, size, &handle) != SEC_E_UNKNOWN_CREDENTIALS;
        free(copy);
    }
    memcpy(longer, packed.pvBuffer, packed.cbBuffer);
    taken += import_bytes(longer, packed.cbBuffer + 1, &handle) != SEC_E_UNKNOWN_CREDENTIALS;
    ok(!taken, "%lu lengths\n", taken); /* S2.14.2 */
    check_good(&packed); /* S2.14.2 */
    free(longer);
}

/* Two blocks: the secret of one does not open the other. */
static void test_mixed(void)
{
    SecBuffer one = export_server(), other = export_server();
    BYTE *mixed = malloc(one.cbBuffer);
    CtxtHandle handle;
    SECURITY_STATUS status;

    ok(one.cbBuffer == other.cbBuffer, "%lu and %lu bytes\n", one.cbBuffer, other.cbBuffer); /* S2.14.1 */
    memcpy(mixed, one.pvBuffer, AT_SEAL);
    memcpy(mixed + AT_SEAL, (BYTE *)other.pvBuffer + AT_SEAL, one.cbBuffer - AT_SEAL);
    status = import_bytes(mixed, one.cbBuffer, &handle);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.14.2 */
    check_good(&one); /* S2.14.2 */
    check_good(&other); /* S2.14.2 */
    free(mixed);
}

/* What may become of a ticket. */
static void test_tickets(void)
{
    SecBuffer packed = export_server();
    char path[400], moved[160];
    CtxtHandle handle;
    SECURITY_STATUS status;
    struct stat info;
    FILE *file;

    only_ticket(path);
    ok(!stat(path, &info) && (info.st_mode & 07777) == 0600 && info.st_uid == geteuid(), "mode %o\n",
       info.st_mode); /* design 7.4 */
    ok(!stat(tickets, &info) && (info.st_mode & 07777) == 0700, "mode %o\n", info.st_mode); /* design 7.4 */

    ok(!chmod(path, 0604), "chmod\n"); /* design 7.4 */
    status = import_bytes(packed.pvBuffer, packed.cbBuffer, &handle);
    ok(status == SEC_E_NO_CREDENTIALS, "others may read: got %08lx\n", status); /* design 7.4 */
    chmod(path, 0600);

    snprintf(moved, sizeof(moved), "%s/moved", directory);
    ok(!rename(path, moved) && !symlink(moved, path), "symlink\n"); /* design 7.4 */
    status = import_bytes(packed.pvBuffer, packed.cbBuffer, &handle);
    ok(status < 0, "a link: got %08lx\n", status); /* design 7.4 */
    unlink(path);
    rename(moved, path);

    ok(!chmod(tickets, 0711), "chmod\n"); /* design 7.4 */
    status = import_bytes(packed.pvBuffer, packed.cbBuffer, &handle);
    ok(status == SEC_E_INTERNAL_ERROR, "others may look: got %08lx\n", status); /* design 7.4 */
    status = ExportSecurityContext(&contexts[1], SECPKG_CONTEXT_EXPORT_DELETE_OLD, &(SecBuffer){0, SECBUFFER_EMPTY, NULL},
                                   NULL);
    ok(status == SEC_E_INTERNAL_ERROR, "others may look: got %08lx\n", status); /* design 7.4 */
    status = pass(&contexts[0], &contexts[1]);
    ok(status == SEC_E_OK, "the context is gone: %08lx\n", status); /* S2.14.1 */
    chmod(tickets, 0700);
    check_good(&packed); /* S2.14.2 */

    /* A forged ticket: the right name, another key. */
    packed = export_server();
    only_ticket(path);
    if ((file = fopen(path, "r+")))
    {
        fputs("0123456789abcdef0123456789abcdef", file);
        fclose(file);
    }
    status = import_bytes(packed.pvBuffer, packed.cbBuffer, &handle);
    ok(status == SEC_E_UNKNOWN_CREDENTIALS, "got %08lx\n", status); /* S2.14.2 */
    unlink(path);
    status = import_bytes(packed.pvBuffer, packed.cbBuffer, &handle);
    ok(status == SEC_E_NO_CREDENTIALS, "got %08lx\n", status); /* S2.14.2 */
    FreeContextBuffer(packed.pvBuffer);
}

/* The token inside, not another one. */
static void test_token(void)
{
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    HANDLE token = NULL, process = NULL;
    SECURITY_STATUS status;
    CtxtHandle handle;

    status = ExportSecurityContext(&contexts[1], 0, &packed, &token);
    ok(status == SEC_E_OK && token, "got %08lx, token %p\n", status, token); /* S2.14.1 */
    ok(!NtOpenProcessToken(NtCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE | TOKEN_IMPERSONATE, &process),
       "no token of the process\n"); /* S2.14.2 */
    status = ImportSecurityContextA((char *)"NTLM", &packed, process, &handle);
    ok(status == SEC_E_NOT_OWNER, "got %08lx\n", status); /* S2.14.2 */
    status = ImportSecurityContextA((char *)"NTLM", &packed, (HANDLE)(ULONG_PTR)0x7ffffffc, &handle);
    ok(status == SEC_E_NOT_OWNER, "got %08lx\n", status); /* S2.14.2 */
    status = ImportSecurityContextA((char *)"NTLM", &packed, token, &handle);
    ok(status == SEC_E_OK, "got %08lx\n", status); /* S2.14.2 */
    if (status == SEC_E_OK) DeleteSecurityContext(&handle);
    NtClose(token);
    NtClose(process);
    FreeContextBuffer(packed.pvBuffer);
}

static BOOL export_with_failure(long nth)
{
    SecBuffer packed = {0, SECBUFFER_EMPTY, NULL};
    HANDLE token = NULL;
    SECURITY_STATUS status;

    guise_fail_allocation(nth);
    status = ExportSecurityContext(&contexts[1], SECPKG_CONTEXT_EXPORT_DELETE_OLD, &packed, &token);
    guise_fail_allocation(0);
    if (status == SEC_E_OK)
    {
        NtClose(token);
        status = import_bytes(packed.pvBuffer, packed.cbBuffer, &contexts[1]);
        ok(status == SEC_E_OK, "allocation %ld: got %08lx\n", nth, status); /* S2.14.2 */
        FreeContextBuffer(packed.pvBuffer);
        return FALSE;
    }
    ok(status == SEC_E_INSUFFICIENT_MEMORY, "allocation %ld: got %08lx\n", nth, status); /* S2.14.1 */
    ok(!packed.pvBuffer && !token && !count_tickets(), "allocation %ld: something was left\n", nth); /* S2.14.1 */
    return TRUE;
}

static BOOL import_with_failure(long nth)
{
    SecBuffer packed = export_server();
    CtxtHandle handle = {5, 6};
    SECURITY_STATUS status;

    guise_fail_allocation(nth);
    status = import_bytes(packed.pvBuffer, packed.cbBuffer, &handle);
    guise_fail_allocation(0);
    if (status == SEC_E_OK)
    {
        DeleteSecurityContext(&handle);
        FreeContextBuffer(packed.pvBuffer);
        return FALSE;
    }
    ok(status == SEC_E_INSUFFICIENT_MEMORY, "allocation %ld: got %08lx\n", nth, status); /* S2.14.2 */
    ok(handle.dwLower == 5 && handle.dwUpper == 6, "allocation %ld: the handle was written\n", nth); /* S2.14.2 */
    check_good(&packed); /* S2.14.2 */
    return TRUE;
}

START_TEST(export_blob)
{
    long nth;

    if (!mkdtemp(directory)) abort();
    write_config();
    if (!make_store() || !log_on())
    {
        ok(FALSE, "no conversation\n"); /* design 7 */
        remove_all();
        return;
    }
    ok(pass(&contexts[0], &contexts[1]) == SEC_E_OK, "a message\n"); /* S2.12.7 */
    test_bits();
    test_lengths();
    test_mixed();
    test_tickets();
    test_token();
    for (nth = 1; nth < 200 && export_with_failure(nth); nth++) {}
    ok(nth > 3 && nth < 200, "ended at allocation %ld\n", nth); /* S2.14.1 */
    for (nth = 1; nth < 200 && import_with_failure(nth); nth++) {}
    ok(nth > 5 && nth < 200, "ended at allocation %ld\n", nth); /* S2.14.2 */
    ok(pass(&contexts[0], &contexts[1]) == SEC_E_OK, "a message\n"); /* S2.14.1 */

    for (int i = 0; i < 2; i++)
    {
        DeleteSecurityContext(&contexts[i]);
        FreeCredentialsHandle(&credentials[i]);
    }
    remove_all();
}
