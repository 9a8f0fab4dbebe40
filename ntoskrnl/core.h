/*
 * What the DLLs and security packages may call of the core beyond its documented exports.
 *
 * Everything named guise_* here is exported from libntoskrnl as `-private` in ntoskrnl.spec: it is an agreement among
 * Guise's own libraries of one version (guise_core_version() is compared when they load), not an interface for programs.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_NTOSKRNL_CORE_H
#define GUISE_NTOSKRNL_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <ntifs.h>

#define GUISE_CORE_VERSION 1

/* The version the loaded libntoskrnl was built with; callers compare it with GUISE_CORE_VERSION. */
unsigned int guise_core_version(void);

/* ---- memory ---------------------------------------------------------------------------------------------------- */

/* Zeroed memory or NULL. Every allocation of Guise's own goes through these, so that a test can make each one fail. */
void *guise_alloc(size_t size);
void *guise_memdup(const void *data, size_t size);
char *guise_strdup(const char *text);
void guise_free(void *block);
/* For blocks that held a secret: wipes SIZE bytes first. NULL is allowed. */
void guise_free_secret(void *block, size_t size);

/* ---- the last error of a thread: ntoskrnl/ps/last_error.c -------------------------------------------------------- */

ULONG guise_get_last_error(void);
void guise_set_last_error(ULONG error);

/* ---- acting as the process (design 5.10) ----------------------------------------------------------------------- */

/*
 * Between the two the calling thread has the process's credential whatever it carries. Nests. Signals and cancellation
 * are off inside; no user call-back may run inside. A few ns on a thread that does not impersonate. A client
 * that cannot be put back ends the process.
 */
void guise_process_begin(void);
void guise_process_end(void);

/* Whether the calling thread carries anybody but the process now. One TLS test. */
bool guise_thread_carries_client(void);

/*
 * For callers whose faults are caught outside the core (the Unix half under Wine): after a call, makes the kernel agree with what the calling
 * thread's record says (without one: the process), and closes a bracket that a fault has left open. FAULTED: the call is known not to have come to its end.
 * Where that cannot be done the process ends.
 */
void guise_thread_reassert(bool faulted);

/* ---- configuration: ntoskrnl/unix/config.c --------------------------------------------------------------------- */

enum guise_identification
{
    IDENTIFICATION_ENFORCE,   /* Identification and Anonymous carry the anonymous account */
    IDENTIFICATION_TOKEN_ONLY /* they leave the ids alone: Windows' answer for those who only read the token */
};

/* How much is asked of what a client may say about the channel or about the name it wants to reach. */
enum guise_check
{
    CHECK_APPLICATION, /* what the program asks for with its calls */
    CHECK_OFF,         /* nothing is compared */
    CHECK_SUPPORTED,   /* what the client says must be right; it may say nothing */
    CHECK_REQUIRED     /* it must say it, too */
};

/* Where audit events go. */
enum guise_audit
{
    AUDIT_NONE,
    AUDIT_STDERR,
    AUDIT_SYSLOG,
    AUDIT_FILE
};

/* Who knows accounts; those after the first are asked about a domain's users alone, but for NTLM's proofs. */
enum guise_accounts
{
    ACCOUNTS_FILES,   /* the account store */
    ACCOUNTS_WINBIND, /* Samba's winbind: proofs of NTLM, SIDs and ids */
    ACCOUNTS_SSSD,    /* SIDs and ids */
    ACCOUNTS_NSS,     /* DOMAIN\\user and user@realm by name */
    ACCOUNTS_KINDS
};

struct guise_account_order
{
    size_t count; /* each at most once */
    enum guise_accounts source[ACCOUNTS_KINDS];
};

/* What this machine and its domain are called; in UTF-8. */
struct guise_names
{
    char *netbios_name;   /* [ntlm] netbios-name, default: winbind's where that is asked, else the host name up to the first dot, upper case, 15 characters */
    char *netbios_domain; /* [ntlm] netbios-domain, default: winbind's, else netbios-name */
    char *dns_name;       /* [ntlm] dns-name, default: host name */
    char *dns_domain;     /* [ntlm] dns-domain, default: winbind's, else what follows the first dot of dns-name, may be "" */
    /*
     * Where the store's accounts and the machine's own users are: the domain above, but the computer where that domain has accounts of its
     * own ([accounts] accounts with winbind or sssd): nobody here is to be taken for somebody there. The DNS name is "" then.
     */
    const char *account_domain, *account_dns_domain;
};

struct guise_config
{
    char *impersonation_account; /* [credentials] impersonation-account, default "_guise" */
    char *anonymous_account;     /* [credentials] anonymous-account, default "_guise-anon" */
    bool allow_root;             /* [credentials] allow-root = no */
    enum guise_identification identification; /* [credentials] identification = enforce | token-only */
    bool drop_deny_only_groups;  /* [credentials] deny-only-groups = refuse | drop */
    unsigned int remote_timeout; /* [credentials] remote-timeout, milliseconds, 1000 */
    unsigned int setid_wait;     /* [credentials] setid-wait, milliseconds, 1000 */
    bool require_interposition;  /* [credentials] interposition = auto | require */
    bool restore_dumpable;       /* [credentials] restore-dumpable = no */
    bool everyone_includes_anonymous; /* [lsa] everyone-includes-anonymous = no (K1.9.1) */
    enum guise_audit audit_sink; /* [audit] sink = none | stderr | syslog | file */
    char *audit_file;            /* [audit] file, default /var/log/guise-audit.log: for sink = file */
    struct guise_account_order accounts; /* [accounts] accounts = files nss */
    unsigned int winbind_timeout;   /* [accounts] winbind-timeout, milliseconds, 5000: for one question about a domain */
    unsigned int domain_cache;      /* [accounts] domain-cache, seconds that an answer about a domain's user is used again, 60; 0 = never */
    unsigned int domain_cache_size; /* [accounts] domain-cache-size, users, 256 */
    char *account_store;         /* [accounts] store, default /var/lib/guise/accounts.mdb */
    unsigned int lookup_cache;   /* [accounts] lookup-cache, milliseconds that an answer of NSS is used again, 1000; 0 = never */
    unsigned int lockout_threshold; /* [accounts] lockout-threshold, failed logons that lock an account, 0 = never */
    unsigned int lockout_window;    /* [accounts] lockout-window, seconds, 900 */
    struct guise_names names;    /* of guise_get_names() alone: NULL where winbind is to be asked */
    bool is_member; /* [accounts] accounts has winbind or sssd: the domain's accounts have SIDs and names */
    unsigned int max_clock_skew; /* [ntlm] max-lifetime, seconds, 129600 (36 hours) */
    bool allow_anonymous;        /* [ntlm] allow-anonymous = no: ASC_REQ_ALLOW_NULL_SESSION alone is not enough */
    bool require_128bit;         /* [ntlm] require-128-bit = yes */
    enum guise_check channel_bindings; /* [ntlm] channel-bindings = application | off | when-supported | require */
    enum guise_check target_name;      /* [ntlm] target-name, the same; application and off look at nothing here */
    char *target_hosts;                /* [ntlm] target-hosts, further names of this machine, separated by blanks */
    unsigned int lm_compatibility_level; /* [ntlm] lm-compatibility-level, 0 to 5, 5: version 2 alone is sent and accepted */
    char *kerberos_keytab;             /* [kerberos] keytab, a name as krb5.conf has them; "" = krb5.conf's */
    enum guise_check kerberos_channel_bindings; /* [kerberos] channel-bindings, as those of [ntlm] */
    char *export_directory;            /* [exports] directory, default /run/guise: keys of exported contexts */
    unsigned int export_lifetime;      /* [exports] lifetime, seconds in which an exported context must be imported, 300; 0 = no exports */
    char *package_directory;           /* [packages] directory of plug-ins that are named without a path; "" = none */
};

/*
 * The configuration, read once inside the bracket when first asked for. STATUS_SUCCESS, or the failure of the first read
 * ever after (one line on the log names file, line and key): callers then refuse what they were asked.
 */
NTSTATUS guise_get_config(const struct guise_config **config);

/*
 * The names, for ever the same once they are known (ntoskrnl/unix/machine_names.c). Where winbind has to be asked first, that is done with no lock
 * held, within [accounts] winbind-timeout. STATUS_NO_LOGON_SERVERS: it does not say; another time it may. STATUS_NO_MEMORY, or the configuration's failure.
 */
NTSTATUS guise_get_names(const struct guise_names **names);

/* ---- diagnostics: ntoskrnl/unix/log.c -------------------------------------------------------------------------- */

/* One line for the operator on stderr (or the journal). Never a secret. printf format of glibc. */
void guise_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for what may well be meant: no warning. */
void guise_notice(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* GUISE_DEBUG=+sspi,+token,... in WINEDEBUG's style. Channels: sspi negotiate ntlm kerberos token. */
bool guise_trace_on(const char *channel);
void guise_trace_line(const char *channel, const char *function, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#define GUISE_TRACE(channel, ...) \
    do { if (guise_trace_on(channel)) guise_trace_line(channel, __func__, __VA_ARGS__); } while (0)

/* ---- Unix accounts: ntoskrnl/unix/accounts.c ------------------------------------------------------------------- */

struct unix_account
{
    char *name;
    char *full_name;    /* the first field of pw_gecos; empty if there is none, NULL where nobody asked */
    uid_t uid;
    gid_t gid;          /* the primary group */
    size_t group_count; /* supplementary groups as NSS gives them (getgrouplist), sorted, unique, without gid */
    gid_t *groups;
};

/*
 * Looks an account up through NSS inside the bracket, with all its groups. No lock may be held. The account is shared and must not be
 * changed; by name, an answer may be as old as [accounts] lookup-cache. Dropped with guise_account_free().
 * STATUS_NO_SUCH_USER: no such account. STATUS_NO_MEMORY. STATUS_UNSUCCESSFUL: the look-up failed; never an empty group set.
 */
NTSTATUS guise_account_by_name(const char *name, struct unix_account **account);
NTSTATUS guise_account_by_uid(uid_t uid, struct unix_account **account);
void guise_account_free(struct unix_account *account);

/*
 * The SIDs of Unix users and groups by name, and back: ntoskrnl/unix/account_names.c. The name is the caller's (guise_free).
 * STATUS_NONE_MAPPED: no such account, or a SID that is none's. STATUS_NO_MEMORY. STATUS_UNSUCCESSFUL: the look-up failed.
 * STATUS_NO_LOGON_SERVERS: on a member of a domain, NSS did not answer within winbind-timeout.
 */
NTSTATUS guise_unix_name_of_sid(const SID *sid, char **name, bool *group);
NTSTATUS guise_unix_sid_of_name(const char *name, bool group, UCHAR room[SECURITY_MAX_SID_SIZE]);

/* ---- a domain's accounts: ntoskrnl/unix/domain.c, ntoskrnl/unix/winbind.c ------------------------------------------- */

struct token_sid
{
    const SID *sid;
    ULONG attributes; /* SE_GROUP_* */
};

/* A group that a domain says its user is in. */
struct guise_domain_group
{
    const SID *sid;
    ULONG attributes; /* SE_GROUP_* */
    bool has_gid;     /* out: it is a group of Unix's, too */
    gid_t gid;
};

struct guise_domain_user
{
    const SID *sid;
    const char *name, *domain, *dns_domain; /* UTF-8, may be NULL: for NSS, which knows no SIDs */
};

/*
 * The Unix account of a domain's user, with the gids of its groups beside those that NSS has for it, as [accounts] accounts says. Answers within
 * winbind-timeout whatever happens to those who are asked; an answer may be as old as domain-cache. No lock may be held. The account is as that of
 * guise_account_by_name().
 * STATUS_NO_SUCH_USER: nobody has one. STATUS_NO_LOGON_SERVERS: somebody who has to be asked does not answer. STATUS_NO_MEMORY.
 */
NTSTATUS guise_domain_account(const struct guise_domain_user *user, struct guise_domain_group *groups, size_t count,
                              struct unix_account **account);

enum
{
    GUISE_DOMAIN_TEXT_SIZE = 256 /* the longest DNS name */
};

/* An account, a group or a domain (whose name is empty), as its domain calls it. Texts are UTF-8. */
struct guise_domain_name
{
    SID_NAME_USE use;
    union
    {
        SID sid;
        UCHAR room[SECURITY_MAX_SID_SIZE];
    } id;
    char domain[GUISE_DOMAIN_TEXT_SIZE]; /* its NetBIOS name */
    char name[4 * 256 + 1];              /* 256 characters are the most (MS-ADA3 2.221) */
};

/*
 * What a SID of a domain's is called, and whose SID a name is: DOMAIN\NAME; the domain's own where NAME is empty; NAME alone where it is USER@REALM (DOMAIN NULL).
 * They are asked in the order of [accounts] accounts who know SIDs, within winbind-timeout; an answer may be as old as domain-cache. No lock may be held.
 * ntoskrnl/unix/domain_names.c.
 * STATUS_NONE_MAPPED: nobody has it, or it is this machine's to say (a SID that is no domain's, its names), or what is said contradicts itself.
 * STATUS_NO_LOGON_SERVERS: who has to be asked does not answer. STATUS_NO_MEMORY.
 */
NTSTATUS guise_domain_name_of_sid(const SID *sid, struct guise_domain_name *found);
NTSTATUS guise_domain_sid_of_name(const char *domain, const char *name, struct guise_domain_name *found);

/* An answer to an NTLM challenge, by whom and for whom is UTF-8. */
struct guise_domain_attempt
{
    const char *user, *domain, *workstation; /* as the client wrote them */
    const UCHAR *challenge;                  /* 8 bytes: what the responses were made for */
    const UCHAR *nt, *lm;
    size_t nt_size, lm_size;
};

#define GUISE_DOMAIN_KEY_SIZE 16

/* When things end for an account, as whoever keeps it says: FILETIME, INT64_MAX for never, 0 for what is not said. */
struct guise_account_times
{
    LONGLONG logoff, kickoff, password_set, password_can_change, password_must_change;
};

/* What a domain says of an account that has proved itself. Texts are UTF-8, "" if nothing is said. */
struct guise_domain_logon
{
    const char *account_name, *domain_name; /* never empty */
    const char *full_name, *dns_domain, *upn, *logon_server;
    ULONG user_flags;      /* LOGON_* */
    ULONG account_control; /* USER_* of MS-SAMR 2.2.1.12 */
    UCHAR session_key[GUISE_DOMAIN_KEY_SIZE], lm_session_key[8];
    struct guise_account_times times;
    size_t sid_count;             /* at least 2: */
    const struct token_sid *sids; /* the user, its primary group, the others */
};

/*
 * Asks winbind whether ATTEMPT is right. What says no is the domain's NTSTATUS. STATUS_NO_LOGON_SERVERS: winbind or its controller do not answer within
 * winbind-timeout. STATUS_INVALID_NETWORK_RESPONSE, STATUS_TOO_MANY_CONTEXT_IDS: an answer that no logon can be made of. STATUS_NO_MEMORY. The
 * caller owns the logon.
 */
NTSTATUS guise_domain_log_on(const struct guise_domain_attempt *attempt, struct guise_domain_logon **logon);
void guise_domain_logon_free(struct guise_domain_logon *logon);

/* ---- SIDs as text: ntoskrnl/rtl/sid.c --------------------------------------------------------------------------- */

/* "S-1-", the authority and 15 subauthorities, terminated. */
#define GUISE_SID_TEXT_SIZE 186

void guise_sid_to_text(const SID *sid, char text[GUISE_SID_TEXT_SIZE]);
/* False: TEXT is no SID in S-R-I-S form (numbers decimal, or 0x and hexadecimal). SID has room for SECURITY_MAX_SID_SIZE bytes. */
bool guise_sid_from_text(const char *text, SID *sid);

/* ---- text: ntoskrnl/rtl/upcase.c --------------------------------------------------------------------------------- */

/* Windows' upper case of one character; surrogates stay as they are. */
WCHAR guise_upcase(WCHAR c);

/* ---- tokens made by a logon: ntoskrnl/se/logon.c --------------------------------------------------------------- */

struct guise_logon
{
    const char *source;                 /* TOKEN_SOURCE name, at most 8 characters: "NtLmSsp" */
    const WCHAR *user_name;             /* kept in the logon session for names (GetUserNameEx and the like) */
    const WCHAR *domain_name;
    const SID *user;                    /* NULL: the SID of account->uid (S-1-22-1-uid) */
    const SID *const *groups;           /* further SIDs of the logon (S-1-5-64-10, domain groups), may be NULL */
    size_t group_count;
    const struct unix_account *account; /* NULL: no Unix account: good for access checks and Identification only */
    SECURITY_IMPERSONATION_LEVEL level; /* what the client permits (S9.1.4) */
};

/*
 * The access token of a client that has proved who it is over the network: type TokenImpersonation at LEVEL, a logon session
 * of its own, groups Everyone, Network, Authenticated Users, the logon SID, the caller's and S-1-22-2-gid for each Unix group
 * (right behind the domain's group that it belongs to, with its attributes: whoever is denied the one is denied the other),
 * privilege ChangeNotify, origin zero (K1.1.6). The credential object (design 5.2) is made here, so that nothing is looked up
 * later. The caller owns one reference (ObDereferenceObject).
 * STATUS_ACCESS_DENIED: the account is one that is never carried (design 5.8; a line on the log). STATUS_NO_MEMORY.
 */
NTSTATUS guise_create_logon_token(const struct guise_logon *logon, PACCESS_TOKEN *token);

/* What tells one kind of logon from another. Texts may be NULL. */
struct guise_logon_kind
{
    ULONG type;            /* SECURITY_LOGON_TYPE: its well-known SID is in the token */
    TOKEN_TYPE token_type; /* a primary token has no level */
    LUID source_id;        /* of TOKEN_SOURCE; zero: a new one */
    LUID origin;           /* whose session gave explicit credentials; zero for network logons (K1.1.6) */
    const struct guise_domain_group *domain_groups; /* of a domain's user, its primary group first; may be NULL */
    size_t domain_group_count;
    const TOKEN_GROUPS *local_groups; /* further groups with their attributes, checked by the caller; may be NULL */
    const WCHAR *package, *server, *dns_domain, *upn; /* for LsaGetLogonSessionData */
    const struct guise_account_times *times;          /* the same; NULL: nothing is known of any */
};

/* The same with a kind; guise_create_logon_token() makes Network ones. The logon's source may fill its eight characters. */
NTSTATUS guise_create_session_token(const struct guise_logon *logon, const struct guise_logon_kind *kind,
                                    PACCESS_TOKEN *token);

/* Who a token stands for, by name. The names lie in the token. */
struct guise_token_names
{
    const WCHAR *user_name, *domain_name, *dns_domain, *upn; /* as its logon gave them, or NULL */
    bool has_uid;     /* its user is a Unix account: the process's token, which no logon named */
    uid_t uid;
    bool has_account; /* a Unix account stands behind it: that one, or the one that a client is carried as */
    uid_t account;
};

void guise_query_token_names(PACCESS_TOKEN token, struct guise_token_names *names);
/* Of the account that it was made for. False: its logon said nothing, or it was imported. */
bool guise_query_token_times(PACCESS_TOKEN token, struct guise_account_times *times);

/*
 * NtQueryInformationToken with the answer written to PLACE, and its pointers as they have to be at ADDRESS, where the caller will copy it: nothing is
 * locked then. PLACE is aligned and has room for LENGTH bytes. A handle in the answer (TokenLinkedToken) is one of the core's.
 */
NTSTATUS guise_query_token(HANDLE handle, TOKEN_INFORMATION_CLASS class, void *place, void *address, ULONG length, ULONG *returned);

/* The token of a null session: S-1-5-7, Everyone only if configured (K1.9.1); carries the anonymous account at any level. */
NTSTATUS guise_create_anonymous_token(const char *source, SECURITY_IMPERSONATION_LEVEL level, PACCESS_TOKEN *token);

/* A new handle to TOKEN with ACCESS granted, without a check: for the one who made it. Closed with NtClose. */
NTSTATUS guise_open_token(PACCESS_TOKEN token, ACCESS_MASK access, HANDLE *handle);

/* ---- logon sessions and callers: ntoskrnl/se/session.c, ntoskrnl/se/lsa.c ----------------------------------------- */

/* A live logon session of this process. What is pointed at stays until guise_release_session(). */
struct guise_session
{
    LUID id;
    ULONG type;     /* SECURITY_LOGON_TYPE, 0 for a session that no logon made */
    LONGLONG start; /* FILETIME; 0: unknown */
    const SID *user;
    bool has_uid; /* USER is a Unix account: the process's own session, which no logon named */
    uid_t uid;
    const WCHAR *user_name, *domain_name, *package, *server, *dns_domain, *upn; /* may be NULL */
    bool has_times;
    struct guise_account_times times;
    struct logon_session *body;
};

/* STATUS_NO_SUCH_LOGON_SESSION. */
NTSTATUS guise_find_session(LUID id, struct guise_session *session);
void guise_release_session(struct guise_session *session);
/* The number of sessions there are; their ids are written if ROOM is enough for all of them. */
size_t guise_list_sessions(LUID *ids, size_t room);

/* What an authority sees of the calling thread: its effective token. */
struct guise_caller
{
    LUID session;
    UCHAR user[SECURITY_MAX_SID_SIZE]; /* its SID */
    bool nameless;                     /* at level Anonymous: nobody in particular */
    bool administrator;                /* and may act as one: not at Identification */
    bool tcb;                          /* SeTcbPrivilege, enabled, in the primary and in the effective token */
} __attribute__((aligned(4)));

NTSTATUS guise_query_caller(struct guise_caller *caller); /* STATUS_NO_MEMORY */

/* A connection to the LSA: an object with a handle, closed with NtClose. STATUS_INVALID_HANDLE: it is none. */
NTSTATUS guise_open_port(bool trusted, HANDLE *handle);
NTSTATUS guise_query_port(HANDLE handle, bool *trusted);

/* ---- a client's token for another process: ntoskrnl/se/transfer.c ------------------------------------------------ */

/* All that a network logon gave its token. */
struct guise_client
{
    char source[TOKEN_SOURCE_LENGTH + 1];
    SECURITY_IMPERSONATION_LEVEL level;
    bool anonymous; /* the null session: nothing below counts */
    LONGLONG expiration;
    const WCHAR *user_name, *domain_name, *package, *server, *dns_domain, *upn; /* may be NULL */
    ULONG sid_count, owner, primary_group; /* indices into sids, where the user comes first */
    const struct token_sid *sids;
    bool has_account;
    struct unix_account account; /* its name may be NULL */
};

/*
 * What TOKEN is; the pointers lie in it. STATUS_NOT_SUPPORTED: no client's token, or one that was adjusted or filtered
 * since its logon.
 */
NTSTATUS guise_describe_client(PACCESS_TOKEN token, struct guise_client *client);

/*
 * The same client's token in this process, with a logon session and a logon SID of its own; one reference is the
 * caller's. Whom this process never carries (design 5.8) is refused: STATUS_ACCESS_DENIED. STATUS_INVALID_PARAMETER: no
 * logon gives such a token. STATUS_NO_MEMORY.
 */
NTSTATUS guise_create_client(const struct guise_client *client, PACCESS_TOKEN *token);

/* References an object through the token pointer kept by a package: same as ObReferenceObject / ObDereferenceObject. */
void guise_reference_token(PACCESS_TOKEN token);
void guise_dereference_token(PACCESS_TOKEN token);

#endif
