/*
 * The cost of access and privilege checks, beside the plain second evaluator of tests/differential and the kernel's faccessat.
 *
 * usage: access     Operations NAME:ACES:SIDS. The subject has SIDS groups; the DACL has ACES allow ACEs, each for one right, of which only the last
 *                   is for one of those groups, so that all of them are walked. Both evaluators are asked before anything is timed.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ntoskrnl/core.h"
#include "tests/differential/naive.h"

#include "driver.h"

enum
{
    RIGHT = 0x1,
    SID_SIZE = 28, /* S-1-5-21-a-b-c-RID */
    ACE_SIZE = 8 + SID_SIZE,
    FIRST_GROUP = 1000,
    FIRST_STRANGER = 500000
};

static GENERIC_MAPPING mapping = {RIGHT, RIGHT, RIGHT, STANDARD_RIGHTS_REQUIRED | RIGHT};

static void put_sid(UCHAR *place, ULONG rid)
{
    const ULONG domain[] = {21, 0x11111111, 0x22222222, 0x33333333, rid};

    memcpy(place, "\x01\x05\0\0\0\0\0\x05", 8);
    memcpy(place + 8, domain, sizeof(domain));
}

/* ---- the question ------------------------------------------------------------------------------------------------ */

struct question
{
    unsigned long aces, sids;
    UCHAR *group_sids;
    UCHAR *descriptor;
    size_t descriptor_size;
    PACCESS_TOKEN token;
    SECURITY_SUBJECT_CONTEXT subject;
    struct naive_group *naive_groups;
    struct naive_token naive_token;
};

static void *must(void *block)
{
    if (!block) bench_fail("no memory");
    return block;
}

static void make_descriptor(struct question *question)
{
    size_t acl_size = sizeof(ACL) + question->aces * ACE_SIZE;
    SECURITY_DESCRIPTOR_RELATIVE *header;
    unsigned long i;
    UCHAR *place;

    question->descriptor_size = sizeof(*header) + SID_SIZE + acl_size;
    header = must(calloc(1, question->descriptor_size));
    question->descriptor = (UCHAR *)header;
    *header = (SECURITY_DESCRIPTOR_RELATIVE){.Revision = SECURITY_DESCRIPTOR_REVISION,
                                             .Control = SE_SELF_RELATIVE | SE_DACL_PRESENT,
                                             .Owner = sizeof(*header),
                                             .Group = sizeof(*header),
                                             .Dacl = sizeof(*header) + SID_SIZE};
    put_sid(question->descriptor + header->Owner, FIRST_STRANGER - 1);
    place = question->descriptor + header->Dacl;
    *(ACL *)place = (ACL){.AclRevision = ACL_REVISION, .AclSize = (WORD)acl_size, .AceCount = (WORD)question->aces};
    for (i = 0, place += sizeof(ACL); i < question->aces; i++, place += ACE_SIZE)
    {
        *(ACCESS_ALLOWED_ACE *)place = (ACCESS_ALLOWED_ACE){.Header = {.AceSize = ACE_SIZE}, .Mask = RIGHT};
        put_sid(place + 8, i + 1 < question->aces ? FIRST_STRANGER + i : FIRST_GROUP + question->sids / 2);
    }
}

static void make_token(struct question *question)
{
    const SID **groups = must(calloc(question->sids, sizeof(*groups)));
    struct guise_logon logon = {.source = "bench",
                                .user_name = u"bench",
                                .domain_name = u"BENCH",
                                .groups = groups,
                                .group_count = question->sids,
                                .level = SecurityImpersonation};
    SID *user = must(calloc(1, SID_SIZE));
    unsigned long i;

    put_sid((UCHAR *)user, FIRST_GROUP - 1);
    logon.user = user;
    question->group_sids = must(calloc(question->sids, SID_SIZE));
    question->naive_groups = must(calloc(question->sids + 1, sizeof(*question->naive_groups)));
    question->naive_groups[0] = (struct naive_group){(UCHAR *)user, 0};
    for (i = 0; i < question->sids; i++)
    {
        put_sid(question->group_sids + i * SID_SIZE, FIRST_GROUP + i);
        groups[i] = (SID *)(question->group_sids + i * SID_SIZE);
        question->naive_groups[i + 1] = (struct naive_group){(UCHAR *)groups[i], SE_GROUP_ENABLED};
    }
    question->naive_token = (struct naive_token){.groups = question->naive_groups,
                                                 .group_count = question->sids + 1,
                                                 .integrity = SECURITY_MANDATORY_MEDIUM_RID,
                                                 .policy = TOKEN_MANDATORY_POLICY_NO_WRITE_UP};
    if (guise_create_logon_token(&logon, &question->token)) bench_fail("no token");
    free(groups);
    SeCaptureSubjectContextEx(NULL, PsGetCurrentProcess(), &question->subject);
    question->subject.ClientToken = question->token;
    question->subject.ImpersonationLevel = SecurityImpersonation;
}

static BOOLEAN ask(struct question *question, BOOLEAN locked)
{
    ACCESS_MASK granted;
    NTSTATUS status;

    return SeAccessCheck(question->descriptor, &question->subject, locked, RIGHT, 0, NULL, &mapping, UserMode, &granted,
                         &status);
}

static bool ask_naive(struct question *question)
{
    struct naive_request request = {.descriptor = question->descriptor,
                                    .length = question->descriptor_size,
                                    .token = &question->naive_token,
                                    .desired = RIGHT,
                                    .mapping = {RIGHT, RIGHT, RIGHT, STANDARD_RIGHTS_REQUIRED | RIGHT}};
    static struct naive_answer answer;

    naive_access_check(&request, &answer);
    return answer.whole.status == NAIVE_SUCCESS;
}

/* Both say yes, and no to a DACL whose last ACE is for somebody else. */
static void prove(struct question *question)
{
    ULONG *rid = (ULONG *)(question->descriptor + question->descriptor_size - sizeof(ULONG)), right = *rid;

    if (!ask(question, FALSE) || !ask_naive(question)) bench_fail("what the last ACE grants is refused");
    *rid = FIRST_STRANGER - 2;
    if (ask(question, FALSE) || ask_naive(question)) bench_fail("what no ACE grants is granted");
    *rid = right;
}

/* The one that was asked last; the next is made when another is. */
static struct question *question_of(unsigned long aces, unsigned long sids)
{
    static struct question *last;

    if (last && last->aces == aces && last->sids == sids) return last;
    last = must(calloc(1, sizeof(*last))); /* the few that a run needs are kept */
    last->aces = aces;
    last->sids = sids;
    make_descriptor(last);
    make_token(last);
    prove(last);
    return last;
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

static uint64_t run_check(unsigned long aces, unsigned long sids, unsigned long count)
{
    struct question *question = question_of(aces, sids);
    uint64_t begin = bench_now(1);

    while (count--) ask(question, FALSE);
    return bench_now(1) - begin;
}

static uint64_t run_naive(unsigned long aces, unsigned long sids, unsigned long count)
{
    struct question *question = question_of(aces, sids);
    uint64_t begin = bench_now(1);

    while (count--) ask_naive(question);
    return bench_now(1) - begin;
}

/* The kernel's check of one file by its mode. */
static uint64_t run_faccessat(unsigned long aces, unsigned long sids, unsigned long count)
{
    char path[] = "/tmp/guise-bench-XXXXXX";
    int file = mkstemp(path);
    uint64_t begin, end;

    (void)aces;
    (void)sids;
    if (file < 0) bench_fail("no file in /tmp");
    begin = bench_now(1);
    while (count--)
        if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS)) bench_fail("faccessat");
    end = bench_now(1);
    close(file);
    unlink(path);
    return end - begin;
}

static uint64_t run_privilege(unsigned long aces, unsigned long sids, unsigned long count)
{
    PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{{SE_CHANGE_NOTIFY_PRIVILEGE, 0}, 0}}};
    struct question *question = question_of(1, 10);
    uint64_t begin = bench_now(1);

    (void)aces;
    (void)sids;
    while (count--)
        if (!SePrivilegeCheck(&set, &question->subject, UserMode)) bench_fail("SePrivilegeCheck");
    return bench_now(1) - begin;
}

int main(void)
{
    static const struct bench_op ops[] = {{"check", run_check},
                                          {"naive", run_naive},
                                          {"faccessat", run_faccessat},
                                          {"privilege", run_privilege},
                                          {NULL, NULL}};

    return bench_serve(ops);
}
