/*
 * Asks the exported routines, with a token object: SeAccessCheck where its parameters suffice, else
 * NtAccessCheckByTypeResultList.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "tests/differential/real.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ntifs.h"
#include "ntoskrnl/se/session.h"
#include "ntoskrnl/se/token.h"

#define GENERIC_RIGHTS (GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | GENERIC_ALL)

static void need(NTSTATUS status, const char *what)
{
    if (!status) return;
    fprintf(stderr, "differential: %s: %#x\n", what, status);
    exit(1);
}

static struct token *make_token(const struct triple *triple)
{
    struct token_sid sids[MAX_GROUPS];
    struct token_template template = {.source = "Test",
                                      .integrity = triple->integrity,
                                      .privileges = ~UINT64_C(0),
                                      .enabled = triple->privileges,
                                      .sids = sids,
                                      .sid_count = triple->group_count,
                                      .type = TokenImpersonation,
                                      .level = SecurityImpersonation};
    struct token *token;
    size_t i;

    for (i = 0; i < triple->group_count; i++)
        sids[i] = (struct token_sid){(const SID *)sid_at(triple->groups[i].sid), triple->groups[i].attributes};
    template.session = logon_session_system();
    template.security = template.default_security = object_security_create(sids[0].sid, NULL, NULL);
    token = token_create(&template);
    if (!token) need(STATUS_NO_MEMORY, "token_create");
    object_security_release(template.security);
    logon_session_release(template.session);
    atomic_store(&token->mandatory_policy, triple->policy);
    return token;
}

/* TOKEN with the restricting SIDs of TRIPLE, of which there is one at least; TOKEN is released. */
static struct token *restrict_token(struct token *token, const struct triple *triple)
{
    union
    {
        TOKEN_GROUPS groups;
        UCHAR room[sizeof(TOKEN_GROUPS) + MAX_RESTRICTING * sizeof(SID_AND_ATTRIBUTES)];
    } restricting;
    SID_AND_ATTRIBUTES *entries = restricting.groups.Groups;
    PACCESS_TOKEN restricted;
    size_t i;

    memset(&restricting, 0, sizeof(restricting));
    restricting.groups.GroupCount = triple->restricting_count;
    for (i = 0; i < triple->restricting_count; i++) entries[i].Sid = (PSID)sid_at(triple->restricting[i]);
    need(SeFilterToken(token, triple->write_restricted ? WRITE_RESTRICTED : 0, NULL, NULL, &restricting.groups,
                       &restricted),
         "SeFilterToken");
    token_release(token);
    return restricted;
}

static void note_privileges(const PRIVILEGE_SET *set, struct naive_answer *answer)
{
    const LUID_AND_ATTRIBUTES *entries = set ? set->Privilege : NULL;
    ULONG i;

    for (i = 0; set && i < set->PrivilegeCount; i++)
    {
        if (entries[i].Luid.LowPart == SE_SECURITY_PRIVILEGE) answer->security_used = true;
        if (entries[i].Luid.LowPart == SE_TAKE_OWNERSHIP_PRIVILEGE) answer->take_ownership_used = true;
    }
}

static void ask_one(const struct triple *triple, PSECURITY_DESCRIPTOR descriptor, struct token *token,
                    GENERIC_MAPPING *mapping, struct naive_answer *answer)
{
    /* As the client of a server, or as a process. */
    SECURITY_SUBJECT_CONTEXT subject = {.ClientToken = triple->number & 16 ? token : NULL,
                                        .ImpersonationLevel = SecurityImpersonation,
                                        .PrimaryToken = token};
    PRIVILEGE_SET *used = NULL;
    ACCESS_MASK granted = 0xdeadbeef;
    NTSTATUS status = 0xdeadbeef;
    BOOLEAN yes = SeAccessCheck(descriptor, &subject, FALSE, triple->desired, triple->previous, &used, mapping,
                                UserMode, &granted, &status);

    answer->whole.status = !yes == !status ? ~0u : (uint32_t)status;
    answer->whole.granted = granted;
    answer->nodes[0] = answer->whole;
    note_privileges(used, answer);
    SeFreePrivileges(used);
}

static void ask_each(const struct triple *triple, PSECURITY_DESCRIPTOR descriptor, struct token *token,
                     GENERIC_MAPPING *mapping, struct naive_answer *answer)
{
    PSID self = triple->self == SID_NONE ? NULL : (PSID)sid_at(triple->self);
    UCHAR room[sizeof(PRIVILEGE_SET) + 4 * sizeof(LUID_AND_ATTRIBUTES)];
    PRIVILEGE_SET *set = (PRIVILEGE_SET *)room;
    OBJECT_TYPE_LIST objects[MAX_NODES];
    ACCESS_MASK granted[MAX_NODES];
    NTSTATUS decisions[MAX_NODES];
    ULONG length = sizeof(room), i;
    NTSTATUS status;
    HANDLE handle;

    for (i = 0; i < triple->node_count; i++)
        objects[i] = (OBJECT_TYPE_LIST){triple->nodes[i].level, 0, (GUID *)guid_at(triple->nodes[i].guid)};
    need(handle_create(token, TOKEN_QUERY, 0, &handle), "handle_create");
    status = NtAccessCheckByTypeResultList(descriptor, self, handle, triple->desired, objects, triple->node_count,
                                           mapping, set, &length, granted, decisions);
    for (i = 0; i < triple->node_count; i++)
        answer->nodes[i] =
            status ? (struct naive_verdict){status, 0} : (struct naive_verdict){decisions[i], granted[i]};
    length = sizeof(room);
    status = NtAccessCheckByType(descriptor, self, handle, triple->desired, objects, triple->node_count, mapping, set,
                                 &length, &granted[0], &decisions[0]);
    answer->whole = status ? (struct naive_verdict){status, 0} : (struct naive_verdict){decisions[0], granted[0]};
    if (!status) note_privileges(set, answer);
    NtClose(handle);
}

bool public_access_check(const struct triple *triple, const struct naive_form *form, struct naive_answer *answer)
{
    GENERIC_MAPPING mapping = {triple->mapping.read, triple->mapping.write, triple->mapping.execute,
                               triple->mapping.all};
    PSECURITY_DESCRIPTOR descriptor = (PSECURITY_DESCRIPTOR)form->descriptor;
    bool one = !triple->node_count && triple->self == SID_NONE;
    bool each =
        triple->node_count && !triple->previous && triple->owner != SID_NONE && !(triple->desired & GENERIC_RIGHTS);
    struct token *token;

    if (!one && !each) return false;
    memset(answer, 0, sizeof(*answer));
    token = make_token(triple);
    if (triple->restricting_count) token = restrict_token(token, triple);
    if (one)
        ask_one(triple, descriptor, token, &mapping, answer);
    else
        ask_each(triple, descriptor, token, &mapping, answer);
    token_release(token);
    return true;
}
