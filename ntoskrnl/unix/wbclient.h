/*
 * What is called of libwbclient, declared here because it is looked up when winbind is configured, and a build needs nothing of Samba's.
 * tests/headers/check_wbclient compares it with <wbclient.h> of version 0.12 and later, whose functions have contexts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_UNIX_WBCLIENT_H
#define GUISE_NTOSKRNL_UNIX_WBCLIENT_H

#include <pwd.h>
#include <stddef.h>
#include <stdint.h>

enum
{
    WB_SUCCESS = 0,
    WB_NO_MEMORY = 3,
    WB_INVALID_SID = 4,
    WB_NOT_AVAILABLE = 6,
    WB_DOMAIN_NOT_FOUND = 7, /* or no such name or SID there, or its controller does not answer */
    WB_AUTH_ERROR = 10,
    WB_UNKNOWN_USER = 11,
    WB_UNKNOWN_GROUP = 12
};

enum
{
    WB_MAX_SUBAUTHORITIES = 15
};

struct wb_sid
{
    uint8_t revision, count, authority[6];
    uint32_t subauthorities[WB_MAX_SUBAUTHORITIES];
};

struct wb_sid_and_attributes
{
    struct wb_sid sid;
    uint32_t attributes;
};

enum
{
    WB_ID_UID = 1,
    WB_ID_GID = 2,
    WB_ID_BOTH = 3
};

struct wb_unix_id
{
    int type; /* WB_ID_* */
    uint32_t id;
};

enum
{
    WB_LEVEL_RESPONSE = 3
};

struct wb_attempt
{
    const char *account, *domain, *workstation;
    uint32_t flags, parameter_control;
    int level;
    union
    {
        struct
        {
            uint8_t challenge[8];
            uint32_t nt_size;
            uint8_t *nt;
            uint32_t lm_size;
            uint8_t *lm;
        } response;
        /* the other levels' need no more room */
    } password;
};

struct wb_account
{
    uint32_t user_flags;
    char *account_name, *upn, *full_name, *domain_name, *dns_domain;
    uint32_t account_control;
    uint8_t session_key[16], lm_session_key[8];
    uint16_t logon_count, bad_password_count;
    uint64_t logon_time, logoff_time, kickoff_time, password_set, password_can_change, password_must_change;
    char *logon_server, *script, *profile, *home, *home_drive;
    uint32_t sid_count; /* the user, its primary group, the others */
    struct wb_sid_and_attributes *sids;
};

struct wb_refusal
{
    uint32_t status; /* NTSTATUS */
    char *name;
    int32_t pam_error;
    char *text;
    uint8_t authoritative;
};

struct wb_details
{
    uint32_t interface_version;
    char *version, separator;
    char *netbios_name, *netbios_domain, *dns_domain;
};

/* Of a SID: as SID_NAME_USE. */
struct wb_translated_name
{
    int type;
    char *name;
    int domain_index;
};

/* A text of a question is cut there, without a word. */
#define WB_TEXT_SIZE 256

struct wb_context;
struct wb_domain_info;

/* Named as there; each of the context's functions is called by one thread at a time. */
struct wb_functions
{
    struct wb_context *(*wbcCtxCreate)(void);
    void (*wbcCtxFree)(struct wb_context *context);
    void (*wbcFreeMemory)(void *block);
    int (*wbcCtxAuthenticateUserEx)(struct wb_context *context, const struct wb_attempt *attempt,
                                    struct wb_account **account, struct wb_refusal **refusal);
    int (*wbcCtxGetpwsid)(struct wb_context *context, struct wb_sid *sid, struct passwd **entry);
    int (*wbcCtxSidsToUnixIds)(struct wb_context *context, const struct wb_sid *sids, uint32_t count,
                               struct wb_unix_id *ids);
    int (*wbcCtxLookupName)(struct wb_context *context, const char *domain, const char *name, struct wb_sid *sid, int *type);
    int (*wbcCtxLookupSid)(struct wb_context *context, const struct wb_sid *sid, char **domain, char **name, int *type);
    /* Version 0.15 does not write DOMAIN_COUNT. */
    int (*wbcCtxLookupSids)(struct wb_context *context, const struct wb_sid *sids, int count, struct wb_domain_info **domains,
                            int *domain_count, struct wb_translated_name **names);
    int (*wbcCtxInterfaceDetails)(struct wb_context *context, struct wb_details **details);
    int (*wbcCtxPingDc)(struct wb_context *context, const char *domain, struct wb_refusal **error);
};

#endif
