/*
 * Fuzz target: the condition of a callback ACE and a resource attribute that it may name (MS-DTYP 2.4.4.17, 2.4.10.1).
 *
 * The input is the size of the attribute (two bytes, little-endian), the attribute, the condition.
 *
 * Covers: ntoskrnl/se/condition.c ntoskrnl/se/claim.c
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ntoskrnl/se/condition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A SACL with the one attribute, in memory of just its size. */
static ACL *make_sacl(const uint8_t *claim, size_t size)
{
    size_t ace_size = offsetof(SYSTEM_RESOURCE_ATTRIBUTE_ACE, SidStart) + sid_length(&sid_everyone.sid) + ((size + 3) & ~(size_t)3);
    size_t acl_size = sizeof(ACL) + ace_size;
    SYSTEM_RESOURCE_ATTRIBUTE_ACE *ace;
    ACL *acl = calloc(1, acl_size);
    uint8_t *sid;

    if (!acl) abort();
    *acl = (ACL){.AclRevision = ACL_REVISION_DS, .AclSize = (WORD)acl_size, .AceCount = 1};
    ace = (SYSTEM_RESOURCE_ATTRIBUTE_ACE *)(acl + 1);
    ace->Header = (ACE_HEADER){.AceType = SYSTEM_RESOURCE_ATTRIBUTE_ACE_TYPE, .AceSize = (WORD)ace_size};
    sid = (uint8_t *)ace + offsetof(SYSTEM_RESOURCE_ATTRIBUTE_ACE, SidStart);
    memcpy(sid, &sid_everyone, sid_length(&sid_everyone.sid));
    if (size) memcpy(sid + sid_length(&sid_everyone.sid), claim, size);
    if (!acl_valid(acl)) abort();
    return acl;
}

static enum truth evaluate(const uint8_t *code, size_t size, const ACL *sacl, bool denying)
{
    static const struct token_sid sids[] = {{&sid_local_system.sid, 0},
                                            {&sid_everyone.sid, SE_GROUP_ENABLED},
                                            {&sid_users.sid, SE_GROUP_USE_FOR_DENY_ONLY}};
    static const struct access_sids groups = {.sids = sids, .count = 3};
    struct condition_context context = {.sids = &groups, .denying = denying, .sacl = sacl};

    return condition_evaluate(code, size, &context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t claim_size;
    enum truth truth;
    uint8_t *code;
    ACL *sacl;

    if (size < 2 || size > 32768) return 0;
    claim_size = data[0] | data[1] << 8;
    data += 2;
    size -= 2;
    if (claim_size > size) return 0;
    sacl = make_sacl(data, claim_size);
    size -= claim_size;
    if (!(code = malloc(size ? size : 1))) abort();
    if (size) memcpy(code, data + claim_size, size);

    /* The same bytes give the same answer, and bytes without the mark none. */
    truth = evaluate(code, size, sacl, true);
    if (truth != evaluate(code, size, sacl, true)) abort();
    if (truth != TRUTH_UNKNOWN && (size < 4 || memcmp(code, "artx", 4))) abort();
    evaluate(code, size, sacl, false);
    evaluate(code, size, NULL, false);
    free(code);
    free(sacl);
    return 0;
}
