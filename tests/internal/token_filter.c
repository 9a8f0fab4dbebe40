/*
 * What of filtering only the core can show: tokens whose restricting SIDs have none in common, and who counts for what. Links
 * the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include "ntoskrnl/ps/ps.h"
#include "ntoskrnl/rtl/luid.h"
#include "ntoskrnl/se/access.h"

static struct token *filtered(struct token *source, ULONG flags, const struct sid_constant *disable,
                              const struct sid_constant *restrict_to)
{
    const struct token_sid disabled = {disable ? &disable->sid : NULL, 0}, restricting = {restrict_to ? &restrict_to->sid : NULL, 0};
    const struct token_filter filter = {.flags = flags,
                                        .disable = &disabled,
                                        .disable_count = disable != NULL,
                                        .restrict_to = &restricting,
                                        .restrict_count = restrict_to != NULL};

    return token_filter(source, &filter, source->security);
}

/* Whether TOKEN may have a right that Everyone and the system have. */
static bool granted(struct token *token)
{
    const struct ace_allowed aces[] = {{READ_CONTROL, &sid_everyone.sid}, {READ_CONTROL, &sid_local_system.sid}};
    struct object_security *security = object_security_create_allowing(&sid_anonymous.sid, &sid_anonymous.sid, aces, 2);
    SECURITY_SUBJECT_CONTEXT subject = {.PrimaryToken = token};
    ACCESS_MASK mask = 0;
    NTSTATUS status = access_check(security, &subject, READ_CONTROL, &token_type, &mask);

    object_security_release(security);
    return !status && mask == READ_CONTROL;
}

START_TEST(token_filter)
{
    struct token *primary = primary_token(), *world, *nobody, *again, *writing, *fully;

    /* K2.2.4, design 5.2: what is restricted stays so, also when nothing is left that grants */
    world = filtered(primary, 0, NULL, &sid_everyone);
    ok(token_is_restricted(world) && granted(world), "the restricting SID does not grant\n");
    nobody = filtered(world, 0, NULL, &sid_network);
    ok(token_is_restricted(nobody) && !nobody->identity->restricted_count, "got %u SIDs\n", nobody->identity->restricted_count);
    ok(!granted(nobody), "nobody in common, and it is granted\n");
    again = filtered(nobody, 0, NULL, &sid_everyone);
    ok(token_is_restricted(again) && !granted(again), "restricted by nobody, then by Everyone, and it is granted\n");
    token_release(again);
    again = filtered(nobody, DISABLE_MAX_PRIVILEGE, NULL, NULL);
    ok(token_is_restricted(again) && !granted(again), "it is not restricted any more\n");
    token_release(again);
    token_release(nobody);

    /* K2.2.1, design 5.2: restricted in all it does, it does not become so for writing only */
    writing = filtered(primary, WRITE_RESTRICTED, NULL, &sid_network);
    ok(token_is_write_restricted(writing) && granted(writing), "reading is restricted\n");
    again = filtered(writing, 0, NULL, &sid_network);
    ok(!token_is_write_restricted(again) && !granted(again), "reading is not restricted\n");
    token_release(again);
    fully = filtered(world, WRITE_RESTRICTED, NULL, &sid_everyone);
    ok(!token_is_write_restricted(fully), "it is restricted for writing only\n");
    token_release(fully);
    token_release(writing);
    token_release(world);

    /* K2.2.2, design 5.2: an owner that is for denying only owns nothing any more */
    again = filtered(primary, 0, &sid_administrators, NULL);
    ok(!SeTokenIsAdmin(again) && !again->owner, "owner %u\n", again->owner);
    ok(sid_equal(again->default_security->sd.owner, token_user(again)), "new objects have another owner\n");
    token_release(again);

    /* K2.2.1, design 5.1: the lesser token of an administrator */
    again = filtered(primary, LUA_TOKEN, NULL, NULL);
    ok(!SeTokenIsAdmin(again) && token_integrity(again) <= SECURITY_MANDATORY_MEDIUM_RID, "level %#x\n", token_integrity(again));
    ok(!token_privilege_enabled(again, SE_DEBUG_PRIVILEGE) && token_privilege_enabled(again, SE_CHANGE_NOTIFY_PRIVILEGE),
       "got privileges %#llx\n", (unsigned long long)again->enabled);
    token_release(again);

    /* K2.2.2 */
    ok(luid_equal(token_authentication_id(primary), primary->identity->session->form.id), "another session\n");
    token_release(primary);
}
