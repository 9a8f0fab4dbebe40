/*
 * NtCreateToken, and on tokens made by it what tokens of one's own would not show: groups that may be disabled, owners, users
 * that only deny, the space for defaults, what duplicates and filtered tokens carry on.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"
#include "client_token.h"
#include "token_value.h"

#define CHANGE_NOTIFY 23
#define SHUTDOWN      19

static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}};
static SID dialup = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {1}};
static SID batch = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {3}};
static SID service = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {6}};
static SID user = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {8}}; /* Proxy: nobody's */
static SID stranger = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 5}}, {4}};

static ACL empty_dacl = {ACL_REVISION, 0, sizeof(ACL), 0, 0};

/* What the tests vary of a token. */
struct recipe
{
    TOKEN_TYPE type;
    ULONG user_attributes;
    PSID owner, primary_group;
    LUID session;
};

static LUID own_session(void)
{
    HANDLE process = process_token_handle(TOKEN_QUERY);
    TOKEN_STATISTICS statistics = {.TokenId = {0, 0}};
    ULONG length;

    NtQueryInformationToken(process, TokenStatistics, &statistics, sizeof(statistics), &length);
    NtClose(process);
    return statistics.AuthenticationId;
}

static struct recipe plain(void)
{
    struct recipe recipe = {TokenImpersonation, 0, &service, &everyone, own_session()};

    return recipe;
}

/* Everyone is mandatory, Batch enabled, Service an owner, Dialup disabled. */
static NTSTATUS create(const struct recipe *recipe, HANDLE *token)
{
    struct
    {
        TOKEN_GROUPS groups;
        SID_AND_ATTRIBUTES more[3];
    } groups = {{4, {{&everyone, SE_GROUP_MANDATORY | SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT}}},
                {{&batch, SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT},
                 {&service, SE_GROUP_OWNER | SE_GROUP_ENABLED | SE_GROUP_ENABLED_BY_DEFAULT},
                 {&dialup, 0}}};
    struct
    {
        TOKEN_PRIVILEGES privileges;
        LUID_AND_ATTRIBUTES more;
    } privileges = {{2, {{{CHANGE_NOTIFY, 0}, SE_PRIVILEGE_ENABLED | SE_PRIVILEGE_ENABLED_BY_DEFAULT}}}, {{SHUTDOWN, 0}, 0}};
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityImpersonation, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    TOKEN_USER token_user = {{&user, recipe->user_attributes}};
    TOKEN_OWNER owner = {recipe->owner};
    TOKEN_PRIMARY_GROUP group = {recipe->primary_group};
    TOKEN_DEFAULT_DACL dacl = {&empty_dacl};
    TOKEN_SOURCE source = {.SourceName = "Test", .SourceIdentifier = {4711, 0}};
    LARGE_INTEGER never = {.QuadPart = -1};
    LUID session = recipe->session;

    *token = NULL;
    return NtCreateToken(token, TOKEN_ALL_ACCESS, &attributes, recipe->type, &session, &never, &token_user, &groups.groups,
                         &privileges.privileges, &owner, &group, &dacl, &source);
}

static HANDLE make(void)
{
    struct recipe recipe = plain();
    HANDLE token;
    NTSTATUS status = create(&recipe, &token);

    ok(!status, "got %#x\n", status); /* header winnt.h */
    return token;
}

static BOOL enabled(HANDLE token, PSID sid)
{
    DWORD attributes = group_attributes(token, sid);

    return attributes != ~0u && attributes & SE_GROUP_ENABLED;
}

/* ---- what was asked for is what there is ----------------------------------------------------------------------------- */

static void test_contents(void)
{
    HANDLE token = make();
    TOKEN_STATISTICS *statistics = token_value(token, TokenStatistics);
    TOKEN_GROUPS *groups = token_value(token, TokenGroups);
    TOKEN_PRIVILEGES *privileges = token_value(token, TokenPrivileges);
    TOKEN_USER *token_user = token_value(token, TokenUser);
    TOKEN_OWNER *owner = token_value(token, TokenOwner);
    TOKEN_PRIMARY_GROUP *group = token_value(token, TokenPrimaryGroup);
    TOKEN_DEFAULT_DACL *dacl = token_value(token, TokenDefaultDacl);
    TOKEN_SOURCE *source = token_value(token, TokenSource);
    LUID session = own_session();

    /* DDI NtQueryInformationToken, header winnt.h */
    ok(RtlEqualSid(token_user->User.Sid, &user) && !token_user->User.Attributes, "another user\n");
    ok(groups->GroupCount == 4 && RtlEqualSid((groups->Groups + 3)->Sid, &dialup), "got %u groups\n", groups->GroupCount);
    ok(enabled(token, &everyone) && enabled(token, &batch) && !enabled(token, &dialup), "other groups are enabled\n");
    ok(group_attributes(token, &service) & SE_GROUP_OWNER, "got %#x\n", group_attributes(token, &service));
    ok(privileges->PrivilegeCount == 2, "got %u privileges\n", privileges->PrivilegeCount);
    ok(RtlEqualSid(owner->Owner, &service) && RtlEqualSid(group->PrimaryGroup, &everyone), "another owner or group\n");
    ok(dacl->DefaultDacl && dacl->DefaultDacl->AclSize == sizeof(ACL), "another default DACL\n");
    ok(!memcmp(source->SourceName, "Test\0\0\0", 8) && source->SourceIdentifier.LowPart == 4711, "another source\n");
    ok(!memcmp(&statistics->AuthenticationId, &session, sizeof(session)), "another logon session\n");
    ok(statistics->TokenType == TokenImpersonation && statistics->ImpersonationLevel == SecurityImpersonation, "got %d, %d\n",
       statistics->TokenType, statistics->ImpersonationLevel);
    ok(statistics->GroupCount == 4 && statistics->PrivilegeCount == 2, "got %u, %u\n", statistics->GroupCount,
       statistics->PrivilegeCount);
    ok(memcmp(&statistics->TokenId, &statistics->ModifiedId, sizeof(LUID)) != 0, "the ids are one\n");
    free(statistics), free(groups), free(privileges), free(token_user), free(owner), free(group), free(dacl), free(source);
    NtClose(token);
}

static void test_refusals(void)
{
    struct recipe recipe = plain();
    HANDLE token;
    NTSTATUS status;

    /* sdk TOKEN_OWNER, header winnt.h: an owner has SE_GROUP_OWNER, or is the user */
    recipe.owner = &batch;
    status = create(&recipe, &token);
    ok(status == STATUS_INVALID_OWNER, "got %#x\n", status);
    recipe.owner = &stranger;
    status = create(&recipe, &token);
    ok(status == STATUS_INVALID_OWNER, "got %#x\n", status);
    recipe.owner = &user;
    status = create(&recipe, &token);
    ok(!status, "got %#x\n", status);
    NtClose(token);

    /* sdk TOKEN_PRIMARY_GROUP: one of the groups in the token */
    recipe.primary_group = &stranger;
    status = create(&recipe, &token);
    ok(status == STATUS_INVALID_PRIMARY_GROUP, "got %#x\n", status);
    recipe.primary_group = &dialup;
    status = create(&recipe, &token);
    ok(!status, "got %#x\n", status);
    NtClose(token);

    /* sdk TOKEN_STATISTICS: the logon session that the token is a representation of */
    recipe.session = (LUID){0x7fff4711, 0x77};
    status = create(&recipe, &token);
    ok(status == STATUS_NO_SUCH_LOGON_SESSION, "got %#x\n", status);
}

/* win32 secauthz/privilege-constants: SeCreateTokenPrivilege is needed */
static void test_without_privilege(void)
{
    struct recipe recipe = plain();
    HANDLE token;
    NTSTATUS status = create(&recipe, &token);

    ok(status == STATUS_PRIVILEGE_NOT_HELD && !token, "got %#x\n", status); /* win32 secauthz/privilege-constants */
}

/* ---- adjusting groups ------------------------------------------------------------------------------------------------- */

static void test_groups(void)
{
    struct
    {
        TOKEN_GROUPS groups;
        SID_AND_ATTRIBUTES more[2];
        BYTE room[256];
    } wanted = {{2, {{&batch, 0}}}, {{&dialup, SE_GROUP_ENABLED}}, {0}}, previous;
    HANDLE token = make();
    ULONG length = 0;
    NTSTATUS status;

    /* sdk AdjustTokenGroups: what was changed comes back and can be given back */
    status = NtAdjustGroupsToken(token, FALSE, &wanted.groups, sizeof(DWORD), &previous.groups, &length);
    ok(status == STATUS_BUFFER_TOO_SMALL && length > sizeof(DWORD), "got %#x, length %u\n", status, length);
    ok(enabled(token, &batch) && !enabled(token, &dialup), "something was adjusted\n");
    status = NtAdjustGroupsToken(token, FALSE, &wanted.groups, sizeof(previous), &previous.groups, &length);
    ok(!status && previous.groups.GroupCount == 2, "got %#x, %u groups\n", status, previous.groups.GroupCount);
    ok(!enabled(token, &batch) && enabled(token, &dialup), "got %#x, %#x\n", group_attributes(token, &batch),
       group_attributes(token, &dialup));
    status = NtAdjustGroupsToken(token, FALSE, &previous.groups, 0, NULL, NULL);
    ok(!status && enabled(token, &batch) && !enabled(token, &dialup), "got %#x, it is not as before\n", status);

    /* sdk AdjustTokenGroups: the others are adjusted all the same */
    wanted.more[0].Sid = &stranger;
    status = NtAdjustGroupsToken(token, FALSE, &wanted.groups, 0, NULL, NULL);
    ok(status == STATUS_NOT_ALL_ASSIGNED && !enabled(token, &batch), "got %#x\n", status);

    /* sdk AdjustTokenGroups: back to the default */
    status = NtAdjustGroupsToken(token, TRUE, NULL, 0, NULL, NULL);
    ok(!status && enabled(token, &batch) && !enabled(token, &dialup), "got %#x\n", status);

    /* sdk AdjustTokenGroups: a mandatory group stays enabled, and none of the others is touched */
    wanted.more[0].Sid = &everyone;
    wanted.more[0].Attributes = 0;
    status = NtAdjustGroupsToken(token, FALSE, &wanted.groups, 0, NULL, NULL);
    ok(status == STATUS_CANT_DISABLE_MANDATORY && enabled(token, &everyone), "got %#x\n", status);
    NtClose(token);
}

/* ---- the defaults of new objects --------------------------------------------------------------------------------------- */

static void test_defaults(void)
{
    HANDLE token = make();
    TOKEN_STATISTICS *statistics = token_value(token, TokenStatistics);
    ULONG size = statistics->DynamicAvailable + 64;
    ACL *dacl = calloc(1, size);
    TOKEN_DEFAULT_DACL set = {dacl};
    TOKEN_OWNER owner = {&user};
    NTSTATUS status;

    /* K2.1.1 */
    ok(statistics->DynamicCharged >= statistics->DynamicAvailable, "got %u of %u\n", statistics->DynamicAvailable,
       statistics->DynamicCharged);
    RtlCreateAcl(dacl, size / 4 * 4, ACL_REVISION);
    status = NtSetInformationToken(token, TokenDefaultDacl, &set, sizeof(set));
    ok(status == STATUS_ALLOTTED_SPACE_EXCEEDED, "got %#x\n", status);

    /* K2.8.1 */
    status = NtSetInformationToken(token, TokenOwner, &owner, sizeof(owner));
    ok(!status, "got %#x\n", status);
    owner.Owner = &service;
    status = NtSetInformationToken(token, TokenOwner, &owner, sizeof(owner));
    ok(!status, "got %#x\n", status);
    owner.Owner = &batch;
    status = NtSetInformationToken(token, TokenOwner, &owner, sizeof(owner));
    ok(status == STATUS_INVALID_OWNER, "got %#x\n", status);
    free(dacl);
    free(statistics);
    NtClose(token);
}

/* ---- duplicates ---------------------------------------------------------------------------------------------------------- */

static HANDLE duplicate(HANDLE token, BOOLEAN effective_only)
{
    HANDLE copy = NULL;
    NTSTATUS status = NtDuplicateToken(token, 0, NULL, effective_only, TokenImpersonation, &copy);

    ok(!status, "got %#x\n", status); /* DDI NtDuplicateToken */
    return copy;
}

static void test_effective_only(void)
{
    HANDLE token = make(), copy = duplicate(token, TRUE);
    TOKEN_PRIVILEGES *privileges = token_value(copy, TokenPrivileges);

    /* DDI NtDuplicateToken: what is disabled is not in it */
    ok(group_attributes(copy, &dialup) == ~0u, "a disabled group came along\n");
    ok(enabled(copy, &batch) && enabled(copy, &everyone), "enabled groups are gone\n");
    ok(privileges->PrivilegeCount == 1 && privileges->Privileges[0].Luid.LowPart == CHANGE_NOTIFY, "got %u privileges\n",
       privileges->PrivilegeCount);
    free(privileges);
    NtClose(copy);
    NtClose(token);
}

/* Everything that is about how much a token may be trusted. */
struct trust
{
    ULONG integrity, policy, session, ui_access, origin;
};

static struct trust trust_of(HANDLE token)
{
    struct trust trust = {0};
    TOKEN_MANDATORY_LABEL *label = token_value(token, TokenIntegrityLevel);
    TOKEN_MANDATORY_POLICY *policy = token_value(token, TokenMandatoryPolicy);
    ULONG *session = token_value(token, TokenSessionId), *ui_access = token_value(token, TokenUIAccess);
    TOKEN_ORIGIN *origin = token_value(token, TokenOrigin);

    trust.integrity = *RtlSubAuthoritySid(label->Label.Sid, 0);
    trust.policy = policy->Policy;
    trust.session = *session;
    trust.ui_access = *ui_access;
    trust.origin = origin->OriginatingLogonSession.LowPart;
    free(label), free(policy), free(session), free(ui_access), free(origin);
    return trust;
}

static BOOL make_special(HANDLE token)
{
    SID low = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 16}}, {SECURITY_MANDATORY_LOW_RID}};
    TOKEN_MANDATORY_LABEL label = {{&low, SE_GROUP_INTEGRITY}};
    TOKEN_MANDATORY_POLICY policy = {TOKEN_MANDATORY_POLICY_VALID_MASK};
    TOKEN_ORIGIN origin = {{0x4711, 0}};
    ULONG session = 5, ui_access = 1;

    return !NtSetInformationToken(token, TokenSessionId, &session, sizeof(session)) &&
           !NtSetInformationToken(token, TokenUIAccess, &ui_access, sizeof(ui_access)) &&
           !NtSetInformationToken(token, TokenOrigin, &origin, sizeof(origin)) &&
           !NtSetInformationToken(token, TokenMandatoryPolicy, &policy, sizeof(policy)) &&
           !NtSetInformationToken(token, TokenIntegrityLevel, &label, sizeof(label));
}

static void test_carried(void)
{
    static const struct trust special = {SECURITY_MANDATORY_LOW_RID, TOKEN_MANDATORY_POLICY_VALID_MASK, 5, 1, 0x4711};
    HANDLE token = make(), copies[3];
    struct trust trust;
    NTSTATUS status;
    int i;

    if (!make_special(token)) skip("without SeTcbPrivilege\n");
    else
    {
        copies[0] = duplicate(token, FALSE);
        copies[1] = duplicate(token, TRUE);
        status = NtFilterToken(token, DISABLE_MAX_PRIVILEGE, NULL, NULL, NULL, &copies[2]);
        ok(!status, "got %#x\n", status); /* K2.2.6 */
        for (i = 0; i < 3; i++)
        {
            trust = trust_of(copies[i]);
            /* DDI NtDuplicateToken, DDI SeFilterToken: a copy of the token but for what was asked to be otherwise */
            ok(!memcmp(&trust, &special, sizeof(trust)), "copy %d: level %#x, policy %u, session %u, UI access %u, origin %#x\n", i,
               trust.integrity, trust.policy, trust.session, trust.ui_access, trust.origin);
            NtClose(copies[i]);
        }
    }
    NtClose(token);
}

/* ---- filtered tokens in access checks ------------------------------------------------------------------------------------- */

enum
{
    RIGHT_READ = 1,
    RIGHT_WRITE = 2
};

static GENERIC_MAPPING mapping = {RIGHT_READ, RIGHT_WRITE, 0, RIGHT_READ | RIGHT_WRITE};

/* Whether DESIRED is granted by a DACL that denies DENIED everything and then grants ALLOWED everything. */
static BOOL may(HANDLE token, ACCESS_MASK desired, PSID denied, PSID allowed)
{
    struct
    {
        ACL acl;
        UCHAR room[128];
    } dacl;
    SECURITY_DESCRIPTOR descriptor;
    PRIVILEGE_SET privileges;
    ULONG length = sizeof(privileges);
    ACCESS_MASK granted;
    NTSTATUS status, decision = STATUS_ACCESS_DENIED;

    RtlCreateAcl(&dacl.acl, sizeof(dacl), ACL_REVISION);
    if (denied) RtlAddAccessDeniedAce(&dacl.acl, ACL_REVISION, RIGHT_READ | RIGHT_WRITE, denied);
    RtlAddAccessAllowedAce(&dacl.acl, ACL_REVISION, RIGHT_READ | RIGHT_WRITE, allowed);
    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, &dacl.acl, FALSE);
    RtlSetOwnerSecurityDescriptor(&descriptor, &stranger, FALSE);
    RtlSetGroupSecurityDescriptor(&descriptor, &stranger, FALSE);
    status = NtAccessCheck(&descriptor, token, desired, &mapping, &privileges, &length, &granted, &decision);
    ok(!status, "got %#x\n", status); /* K3.4.1 */
    return !decision;
}

static HANDLE filter(HANDLE token, ULONG flags, PSID disable, PSID restrict_to)
{
    TOKEN_GROUPS disabled = {1, {{disable, 0}}}, restricting = {1, {{restrict_to, 0}}};
    HANDLE filtered = NULL;
    NTSTATUS status = NtFilterToken(token, flags, disable ? &disabled : NULL, NULL, restrict_to ? &restricting : NULL, &filtered);

    ok(!status, "got %#x\n", status); /* K2.2.6 */
    return filtered;
}

static void test_filtered(void)
{
    HANDLE token = make(), filtered;
    PVOID object;

    /* K2.2.2: a SID that only denies grants nothing and goes on denying, also the user's */
    filtered = filter(token, 0, &batch, NULL);
    ok(may(token, RIGHT_READ, NULL, &batch) && !may(filtered, RIGHT_READ, NULL, &batch), "Batch still grants\n");
    ok(!may(filtered, RIGHT_READ, &batch, &everyone), "Batch denies no more\n");
    ok(may(filtered, RIGHT_READ, &stranger, &everyone), "Everyone may not\n");
    NtClose(filtered);
    filtered = filter(token, 0, &user, NULL);
    ok(may(token, RIGHT_READ, NULL, &user) && !may(filtered, RIGHT_READ, NULL, &user), "the user is still granted\n");
    ok(!may(filtered, RIGHT_READ, &user, &everyone), "the user is not denied any more\n");
    NtClose(filtered);

    /* K2.2.4: both lists must grant */
    filtered = filter(token, 0, NULL, &batch);
    ok(may(filtered, RIGHT_READ, NULL, &batch) && !may(filtered, RIGHT_READ, NULL, &everyone), "not an intersection\n");
    NtClose(filtered);

    /* K2.2.1, sdk CreateRestrictedToken: the restricting SIDs are asked about write access only */
    filtered = filter(token, WRITE_RESTRICTED, NULL, &batch);
    ok(may(filtered, RIGHT_READ, NULL, &everyone), "reading is restricted\n");
    ok(!may(filtered, RIGHT_WRITE, NULL, &everyone) && may(filtered, RIGHT_WRITE, NULL, &batch), "writing is not restricted\n");
    /* K2.9.3 */
    ObReferenceObjectByHandle(filtered, 0, *SeTokenObjectType, KernelMode, &object, NULL);
    ok(SeTokenIsRestricted(object) && SeTokenIsWriteRestricted(object), "got %d, %d\n", SeTokenIsRestricted(object),
       SeTokenIsWriteRestricted(object));
    ObDereferenceObject(object);
    NtClose(filtered);
    NtClose(token);
}

/* A user that only denies from the start. */
static void test_deny_only_user(void)
{
    struct recipe recipe = plain();
    TOKEN_USER *token_user;
    HANDLE token;
    NTSTATUS status;

    recipe.user_attributes = SE_GROUP_USE_FOR_DENY_ONLY;
    status = create(&recipe, &token);
    ok(!status, "got %#x\n", status); /* header winnt.h */
    token_user = token_value(token, TokenUser);
    /* header winnt.h: SE_GROUP_USE_FOR_DENY_ONLY */
    ok(token_user->User.Attributes == SE_GROUP_USE_FOR_DENY_ONLY, "got %#x\n", token_user->User.Attributes);
    ok(!may(token, RIGHT_READ, NULL, &user) && may(token, RIGHT_READ, NULL, &everyone), "the user is granted\n");
    free(token_user);
    NtClose(token);
}

static void test_compare(void)
{
    HANDLE token = make(), same = make(), copy = duplicate(token, FALSE), filtered = filter(token, 0, &batch, NULL);
    TOKEN_GROUPS off = {1, {{&batch, 0}}};
    BOOLEAN equal = 77;
    NTSTATUS status;

    /* K2.5.1 */
    status = NtCompareTokens(token, copy, &equal);
    ok(!status && equal == TRUE, "got %#x, %d\n", status, equal);
    status = NtCompareTokens(token, same, &equal);
    ok(!status && equal == TRUE, "got %#x, %d\n", status, equal);
    status = NtCompareTokens(token, filtered, &equal);
    ok(!status && equal == FALSE, "got %#x, %d\n", status, equal);
    NtAdjustGroupsToken(copy, FALSE, &off, 0, NULL, NULL);
    status = NtCompareTokens(token, copy, &equal);
    ok(!status && equal == FALSE, "got %#x, %d\n", status, equal);
    NtClose(token), NtClose(same), NtClose(copy), NtClose(filtered);
}

START_TEST(token_create)
{
    struct recipe recipe = plain();
    HANDLE token;
    NTSTATUS status;

    if (child_argument())
    {
        test_without_privilege();
        return;
    }
    if (!run_without_privileges("token_create")) win_skip("no process without privileges\n");
    status = create(&recipe, &token);
    if (status == STATUS_PRIVILEGE_NOT_HELD)
    {
        skip("without SeCreateTokenPrivilege\n");
        return;
    }
    NtClose(token);
    test_contents();
    test_refusals();
    test_groups();
    test_defaults();
    test_effective_only();
    test_carried();
    test_filtered();
    test_deny_only_user();
    test_compare();
}
