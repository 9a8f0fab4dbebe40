/*
 * libFuzzer target: requests to MSV1_0. Whatever is submitted, nothing outside it is read, and nobody gets a token whose
 * password was not in it.
 *
 * The first byte chooses what becomes of the rest: the type of logon (low four bits), a message instead of a logon (0x10),
 * and whether its pointers, which are offsets from its start, are made addresses (0x20).
 *
 * Covers: dlls/msv1_0/logon.c dlls/secur32/lsa_buffer.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ntsecapi.h>
#include <ntstatus.h>

#include "dlls/msv1_0/accounts.h"
#include "dlls/secur32/lsa_package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PASSWORD u"Password"

static char folder[] = "/tmp/guise-fuzz-XXXXXX", store[64], config[64];
static struct sam *kept; /* keeps the store open: it is quicker */
static HANDLE lsa;

static void must(bool so)
{
    if (!so) abort();
}

static void remove_files(void)
{
    char lock[72];

    snprintf(lock, sizeof(lock), "%s-lock", store);
    unlink(lock);
    unlink(store);
    unlink(config);
    rmdir(folder);
}

static void set_up(void)
{
    struct sam_account account = {.name = "alice", .unix_name = "daemon", .has_hash = true};
    FILE *file;

    must(mkdtemp(folder));
    snprintf(store, sizeof(store), "%s/accounts.mdb", folder);
    snprintf(config, sizeof(config), "%s/guise.conf", folder);
    must((file = fopen(config, "w")));
    fprintf(file, "[accounts]\nstore = %s\n[ntlm]\nnetbios-name = SERVER\nlm-compatibility-level = 0\nmax-lifetime = 2000000000\n", store);
    must(!fclose(file) && !setenv("GUISE_CONF", config, 1));
    atexit(remove_files);
    must(ntlm_ntowf_v1(PASSWORD, 8, account.nt_hash));
    must(!sam_open(store, true, &kept) && !sam_store(kept, &account, true));
    must(!LsaConnectUntrusted(&lsa));
}

/* Offsets of pointers in the requests: two words after a counted string's start. */
static void make_addresses(UCHAR *request, size_t size)
{
    static const size_t slots[] = {16, 32, 48, 64, 80};

    for (size_t i = 0; i < ARRAYSIZE(slots); i++)
    {
        ULONG_PTR value;

        if (size < slots[i] + sizeof(value)) return;
        memcpy(&value, request + slots[i], sizeof(value));
        if (!value || value > size) continue;
        value += (ULONG_PTR)request;
        memcpy(request + slots[i], &value, sizeof(value));
    }
}

/* What a logon with a password must have had in it. */
static void check_password(const UCHAR *request, size_t size)
{
    MSV1_0_INTERACTIVE_LOGON message;
    ULONG_PTR at;

    must(size >= sizeof(message));
    memcpy(&message, request, sizeof(message));
    must(message.Password.Length == 16);
    at = (ULONG_PTR)message.Password.Buffer;
    if (at > size) at -= (ULONG_PTR)request;
    must(at <= size && size - at >= 16 && !memcmp(request + at, PASSWORD, 16));
}

static NTSTATUS log_on(UCHAR *request, size_t size, ULONG type)
{
    TOKEN_SOURCE source = {{'f', 'u', 'z', 'z'}, {0, 0}};
    QUOTA_LIMITS quotas;
    NTSTATUS status, substatus;
    HANDLE token = NULL;
    void *profile;
    ULONG length;
    LUID session;

    status = LsaLogonUser(lsa, NULL, (SECURITY_LOGON_TYPE)type, 0, request, (ULONG)size, NULL, &source, &profile, &length,
                          &session, &token, &quotas, &substatus);
    must(!status == !!token && !status == !!profile);
    if (!status)
    {
        ULONG kind;

        memcpy(&kind, request, sizeof(kind));
        if (kind == MsV1_0InteractiveLogon) check_password(request, size);
        else must(kind == MsV1_0Lm20Logon || kind == MsV1_0NetworkLogon); /* never a mere name */
        NtClose(token);
    }
    LsaFreeReturnBuffer(profile);
    return status;
}

static void call(UCHAR *request, size_t size)
{
    struct sam_account account;
    NTSTATUS status = 1, done;
    void *answer;
    ULONG length;

    done = LsaCallAuthenticationPackage(lsa, 0, request, (ULONG)size, &answer, &length, &status);
    must(!done && !status == !!answer);
    LsaFreeReturnBuffer(answer);
    /* A password that was changed is put back. */
    must(!sam_find(kept, "alice", &account) && ntlm_ntowf_v1(PASSWORD, 8, account.nt_hash));
    must(!sam_store(kept, &account, false));
}

/* The first counted string of most requests, as packages read it that want UTF-8 (Kerberos). */
static void read_text(const UCHAR *request, size_t size)
{
    struct lsa_buffer buffer;
    UNICODE_STRING string;
    char *text;
    NTSTATUS status;

    if (size < 8 + sizeof(string) || lsa_buffer_copy(&buffer, request, (ULONG)size)) return;
    memcpy(&string, request + 8, sizeof(string));
    status = lsa_read_text(&buffer, &string, &text);
    must(!status == !!text && (!text || strlen(text) <= 3 * (string.Length / sizeof(WCHAR))));
    lsa_free_text(text);
    lsa_buffer_free(&buffer);
}

/* The way in is open. */
static void check_valid(void)
{
    struct
    {
        MSV1_0_INTERACTIVE_LOGON message;
        WCHAR user[5], password[8];
    } request = {.message = {.MessageType = MsV1_0InteractiveLogon}};

    memcpy(request.user, u"alice", sizeof(request.user));
    memcpy(request.password, PASSWORD, sizeof(request.password));
    request.message.UserName = (UNICODE_STRING){sizeof(request.user), sizeof(request.user), request.user};
    request.message.Password = (UNICODE_STRING){sizeof(request.password), sizeof(request.password), request.password};
    must(!log_on((UCHAR *)&request, sizeof(request), Interactive));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    UCHAR *request;

    if (!kept)
    {
        set_up();
        check_valid();
    }
    if (!size || size > 4096) return 0;
    if (!(request = malloc(size > 1 ? size - 1 : 1))) return 0; /* a block of its own: a byte too many is seen */
    memcpy(request, data + 1, size - 1);
    if (data[0] & 0x20) make_addresses(request, size - 1);
    read_text(request, size - 1);
    if (data[0] & 0x10) call(request, size - 1);
    else log_on(request, size - 1, data[0] & 0xf);
    free(request);
    return 0;
}
