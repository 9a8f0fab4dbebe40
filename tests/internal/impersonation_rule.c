/*
 * The impersonation rule verdict by verdict, and what a token's layout promises. Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/rtl/memory.h"
#include "ntoskrnl/unix/idmap.h"

#define SERVER_UID     71001
#define CLIENT_UID     71002
#define SERVER_SESSION ((LUID){0x5e55, 0})
#define ENABLED_GROUP  (SE_GROUP_MANDATORY | SE_GROUP_ENABLED_BY_DEFAULT | SE_GROUP_ENABLED)

/* What differs between the tokens of a test. */
struct form
{
    uid_t uid;
    LUID session, origin;
    ULONG integrity;
    privilege_set privileges, enabled;
    TOKEN_TYPE type;
    SECURITY_IMPERSONATION_LEVEL level;
    ULONG session_number;
    const struct token_sid *groups;
    ULONG group_count;
};

static struct token *make_token(const struct form *form)
{
    struct token_template template = {.source = "Test",
                                      .origin = form->origin,
                                      .integrity = form->integrity,
                                      .privileges = form->privileges,
                                      .enabled = form->enabled,
                                      .enabled_by_default = form->enabled,
                                      .type = form->type,
                                      .level = form->level};
    struct token_sid sids[16];
    struct token *token;
    union id_sid user;
    ULONG i;

    idmap_uid_to_sid(form->uid, &user);
    sids[0] = (struct token_sid){&user.sid, 0};
    for (i = 0; i < form->group_count; i++) sids[i + 1] = form->groups[i];
    template.sids = sids;
    template.sid_count = form->group_count + 1;
    template.session = logon_session_create(&(struct logon_session_form){.id = form->session});
    template.security = template.default_security = object_security_create(&user.sid, NULL, NULL);
    token = token_create(&template);
    logon_session_release(template.session);
    object_security_release(template.security);
    token->session_number = form->session_number;
    return token;
}

static const struct form server = {
    .uid = SERVER_UID, .session = {0x5e55, 0}, .integrity = SECURITY_MANDATORY_MEDIUM_RID, .type = TokenPrimary};
static const struct form privileged = {.uid = SERVER_UID,
                                       .session = {0x5e55, 0},
                                       .integrity = SECURITY_MANDATORY_MEDIUM_RID,
                                       .privileges = PRIVILEGE_BIT(SE_IMPERSONATE_PRIVILEGE),
                                       .enabled = PRIVILEGE_BIT(SE_IMPERSONATE_PRIVILEGE),
                                       .type = TokenPrimary};
static const struct form disabled = {.uid = SERVER_UID,
                                     .session = {0x5e55, 0},
                                     .integrity = SECURITY_MANDATORY_MEDIUM_RID,
                                     .privileges = PRIVILEGE_BIT(SE_IMPERSONATE_PRIVILEGE),
                                     .type = TokenPrimary};
static const struct form client = {.uid = CLIENT_UID,
                                   .session = {0xc11e, 0},
                                   .integrity = SECURITY_MANDATORY_MEDIUM_RID,
                                   .type = TokenImpersonation,
                                   .level = SecurityDelegation};
static const struct form originated = {.uid = CLIENT_UID,
                                       .session = {0xc11e, 0},
                                       .origin = {0x5e55, 0},
                                       .integrity = SECURITY_MANDATORY_MEDIUM_RID,
                                       .type = TokenImpersonation,
                                       .level = SecurityDelegation};
static const struct form same_user = {.uid = SERVER_UID,
                                      .session = {0xc11e, 0},
                                      .integrity = SECURITY_MANDATORY_MEDIUM_RID,
                                      .type = TokenImpersonation,
                                      .level = SecurityDelegation};
static const struct form elevated = {.uid = SERVER_UID,
                                     .session = {0xc11e, 0},
                                     .integrity = SECURITY_MANDATORY_HIGH_RID,
                                     .type = TokenImpersonation,
                                     .level = SecurityDelegation};
static const struct form other_console = {.uid = SERVER_UID,
                                          .session = {0xc11e, 0},
                                          .integrity = SECURITY_MANDATORY_MEDIUM_RID,
                                          .type = TokenImpersonation,
                                          .level = SecurityDelegation,
                                          .session_number = 9};
static const struct form anonymous = {
    .uid = CLIENT_UID, .session = {0x3e6, 0}, .type = TokenImpersonation, .level = SecurityImpersonation};

static const struct
{
    const struct form *server, *client;
    SECURITY_IMPERSONATION_LEVEL level;
    enum impersonation_verdict verdict;
} rules[] = {
    /* K1.1.1 */
    {&server, &client, SecurityAnonymous, IMPERSONATE_LOW_LEVEL},
    {&server, &client, SecurityIdentification, IMPERSONATE_LOW_LEVEL},
    /* K1.1.2: held is not enough, it must be enabled */
    {&privileged, &client, SecurityImpersonation, IMPERSONATE_PRIVILEGE},
    {&privileged, &client, SecurityDelegation, IMPERSONATE_PRIVILEGE},
    {&privileged, &elevated, SecurityImpersonation, IMPERSONATE_PRIVILEGE},
    {&disabled, &client, SecurityImpersonation, IDENTIFY_OTHER_USER},
    /* K1.1.3 */
    {&server, &originated, SecurityImpersonation, IMPERSONATE_ORIGIN},
    {&server, &originated, SecurityDelegation, IMPERSONATE_ORIGIN},
    /* K1.1.4 */
    {&server, &same_user, SecurityImpersonation, IMPERSONATE_SAME_USER},
    {&server, &elevated, SecurityImpersonation, IDENTIFY_INTEGRITY},
    /* K1.1.7 */
    {&server, &other_console, SecurityImpersonation, IMPERSONATE_SAME_USER},
    /* K1.1.5, K1.1.6: a network logon's origin is zero */
    {&server, &client, SecurityImpersonation, IDENTIFY_OTHER_USER},
    {&server, &client, SecurityDelegation, IDENTIFY_OTHER_USER},
    /* design 5.6: the anonymous logon is always less than the server */
    {&server, &anonymous, SecurityImpersonation, IMPERSONATE_ANONYMOUS},
};

static void test_rules(void)
{
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(rules); i++)
    {
        struct token *primary = make_token(rules[i].server), *token = make_token(rules[i].client);
        enum impersonation_verdict verdict = impersonation_judge(primary, token, rules[i].level);

        ok(verdict == rules[i].verdict, "rule %u: got %d, expected %d\n", i, verdict, rules[i].verdict); /* rows cite */
        ok(impersonation_allowed(verdict) == (rules[i].verdict < IDENTIFY_OTHER_USER), "rule %u\n", i);  /* rows cite */
        token_release(token);
        token_release(primary);
    }
}

/* ---- layout ------------------------------------------------------------------------------------------------------ */

static void test_membership(void)
{
    const struct token_sid groups[] = {{&sid_users.sid, ENABLED_GROUP},
                                       {&sid_everyone.sid, ENABLED_GROUP},
                                       {&sid_administrators.sid, SE_GROUP_USE_FOR_DENY_ONLY},
                                       {&sid_network.sid, 0},
                                       {&sid_everyone.sid, ENABLED_GROUP}};
    struct form form = client;
    struct token *token, *copy;
    union id_sid user, other;
    NTSTATUS status;

    form.groups = groups;
    form.group_count = ARRAYSIZE(groups);
    token = make_token(&form);
    idmap_uid_to_sid(CLIENT_UID, &user);
    idmap_uid_to_sid(SERVER_UID, &other);

    /* design 4: the set of SIDs, with what each counts for */
    ok(token_has_sid(token, &user.sid, false) && token_has_sid(token, &user.sid, true), "the user does not count\n");
    ok(!token_has_sid(token, &other.sid, false) && !token_has_sid(token, &other.sid, true), "a stranger counts\n");
    ok(token_has_sid(token, &sid_everyone.sid, false), "an enabled group does not count\n");
    ok(!token_has_sid(token, &sid_network.sid, false) && !token_has_sid(token, &sid_network.sid, true),
       "a disabled group counts\n");
    ok(!token_has_sid(token, &sid_administrators.sid, false), "a group for denying only grants\n");
    ok(token_has_sid(token, &sid_administrators.sid, true), "a group for denying only does not deny\n");

    /* K2.9.2 */
    ok(!SeTokenIsAdmin(token), "a group for denying only makes an administrator\n");

    /* design 5.2: denying has no form in ids */
    ok(token->identity->has_deny_only, "not noticed\n");

    /* design 4: duplicates share who they are; without its disabled groups one is somebody else */
    status = token_duplicate(token, false, TokenImpersonation, SecurityImpersonation, token->security, &copy);
    ok(!status && copy->identity == token->identity, "got %#x, another identity\n", status);
    token_release(copy);
    status = token_duplicate(token, true, TokenImpersonation, SecurityImpersonation, token->security, &copy);
    ok(!status && copy->identity->sid_count == token->identity->sid_count - 1, "got %#x, %u SIDs\n", status,
       copy->identity->sid_count);
    ok(token_has_sid(copy, &sid_administrators.sid, true), "dropping a denying group widens access\n");
    token_release(copy);
    token_release(token);
}

static void test_large_set(void)
{
    enum
    {
        COUNT = 65536
    };
    struct token_sid *sids = malloc((COUNT + 1) * sizeof(*sids));
    union id_sid *groups = malloc((COUNT + 1) * sizeof(*groups)), absent;
    struct token_template template = {.source = "Test", .type = TokenImpersonation, .level = SecurityImpersonation};
    struct token *token;
    ULONG i, found = 0;

    for (i = 0; i <= COUNT; i++)
    {
        if (i)
            idmap_gid_to_sid(i * 7919u, &groups[i]);
        else
            idmap_uid_to_sid(CLIENT_UID, &groups[i]);
        sids[i] = (struct token_sid){&groups[i].sid, i ? ENABLED_GROUP : 0};
    }
    template.sids = sids;
    template.sid_count = COUNT + 1;
    template.session = logon_session_create(&(struct logon_session_form){.id = SERVER_SESSION});
    template.security = template.default_security = object_security_create(&groups[0].sid, NULL, NULL);
    token = token_create(&template);

    /* design 4: as many groups as Linux knows */
    for (i = 0; i <= COUNT; i++) found += token_has_sid(token, &groups[i].sid, false);
    ok(found == COUNT + 1, "found %u of %u\n", found, COUNT + 1);
    idmap_gid_to_sid(3, &absent);
    ok(!token_has_sid(token, &absent.sid, false), "found a group that is not there\n");

    token_release(token);
    logon_session_release(template.session);
    object_security_release(template.security);
    free(groups);
    free(sids);
}

/* ---- handles ----------------------------------------------------------------------------------------------------- */

static void test_handles(void)
{
    struct token *token = make_token(&client);
    HANDLE first = NULL, handle = NULL;
    unsigned int i, same = 0, stale = 0;

    handle_create(token, TOKEN_QUERY, 0, &first);
    NtClose(first);
    for (i = 0; i < 2000; i++)
    {
        NTSTATUS status = handle_create(token, TOKEN_QUERY, 0, &handle);

        ok(!status && !((ULONG_PTR)handle & 3), "got %#x, handle %p\n", status, handle); /* design 4 */
        same += handle == first;
        stale += NtClose(first) != STATUS_INVALID_HANDLE;
        NtClose(handle);
    }

    /* design 4: a closed handle stays closed while its slot is used again */
    ok(!same && !stale, "the closed handle came back %u times, was open %u times\n", same, stale);
    token_release(token);
}

/* ---- allocation failures ----------------------------------------------------------------------------------------- */

/* A duplicate of the process token that nobody has used yet. */
static struct token *fresh_self(void)
{
    struct token *primary = primary_token(), *copy = NULL;
    struct object_security *security = token_default_security(primary);
    NTSTATUS status = token_duplicate(primary, false, TokenImpersonation, SecurityImpersonation, security, &copy);

    ok(!status, "got %#x\n", status); /* K1.18.1 */
    object_security_release(security);
    token_release(primary);
    return copy;
}

/* Whether the thread impersonates TOKEN with the values test_no_memory() uses. */
static bool unchanged(PETHREAD thread, struct token *token)
{
    SECURITY_IMPERSONATION_LEVEL level;
    BOOLEAN copy_on_open, effective_only;
    PACCESS_TOKEN now = PsReferenceImpersonationToken(thread, &copy_on_open, &effective_only, &level);

    PsDereferenceImpersonationToken(now);
    return now == token && copy_on_open && effective_only && level == SecurityImpersonation;
}

static void test_no_memory(void)
{
    struct token *before = fresh_self(), *after;
    PETHREAD thread = PsGetCurrentThread();
    NTSTATUS status;
    HANDLE handle;
    unsigned int nth;

    status = PsImpersonateClient(thread, before, TRUE, TRUE, SecurityImpersonation);
    ok(!status, "got %#x\n", status); /* K1.2.6 */

    /* K1.2.6: the thread is as it was */
    for (nth = 1, status = STATUS_NO_MEMORY; status && nth < 20; nth++)
    {
        after = fresh_self();
        guise_fail_allocation(nth);
        status = PsImpersonateClient(thread, after, FALSE, FALSE, SecurityIdentification);
        guise_fail_allocation(0);
        ok(!status || status == STATUS_NO_MEMORY, "allocation %u: got %#x\n", nth, status);
        ok(!status || unchanged(thread, before), "allocation %u: the record changed\n", nth);
        token_release(after);
    }
    ok(!status && nth > 2, "got %#x after %u failures\n", status, nth - 2); /* K1.2.6 */

    /* DDI NtOpenThreadTokenEx: a copy that cannot be made is not opened, and the thread keeps its token */
    PsImpersonateClient(thread, before, TRUE, TRUE, SecurityImpersonation);
    for (nth = 1, status = STATUS_NO_MEMORY; status && nth < 20; nth++)
    {
        guise_fail_allocation(nth);
        status = NtOpenThreadToken(NtCurrentThread(), TOKEN_QUERY, TRUE, &handle);
        guise_fail_allocation(0);
        ok(!status || status == STATUS_NO_MEMORY, "allocation %u: got %#x\n", nth, status);
        ok(!status || unchanged(thread, before), "allocation %u: the record changed\n", nth);
    }
    ok(!status && nth > 2, "got %#x after %u failures\n", status, nth - 2); /* DDI NtOpenThreadTokenEx */
    NtClose(handle);
    PsRevertToSelf();
    token_release(before);
}

START_TEST(impersonation_rule)
{
    test_rules();
    test_membership();
    test_large_set();
    test_handles();
    test_no_memory();
}
