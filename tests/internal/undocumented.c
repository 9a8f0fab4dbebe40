/*
 * Exports of the 2003 list that have no page: what ours do, without a word on what Windows' do. Links the objects of the core.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <winternl.h>

#include "ntoskrnl/ps/ps.h"

static BOOL has_ace(PACL acl, ULONG index, const SID *sid, ACCESS_MASK mask)
{
    ACCESS_ALLOWED_ACE *ace;

    return !RtlGetAce(acl, index, (PVOID *)&ace) && ace->Header.AceType == ACCESS_ALLOWED_ACE_TYPE &&
           ace->Header.AceFlags == 0 && ace->Mask == mask && RtlEqualSid(&ace->SidStart, (PSID)sid);
}

static void test_dacls(void)
{
    /* design 4 */
    ok(RtlValidAcl(SePublicDefaultDacl) && SePublicDefaultDacl->AceCount == 3, "%u ACEs\n",
       SePublicDefaultDacl->AceCount);
    ok(has_ace(SePublicDefaultDacl, 0, &sid_everyone.sid, GENERIC_EXECUTE), "no Everyone\n");
    ok(has_ace(SePublicDefaultDacl, 1, &sid_local_system.sid, GENERIC_ALL), "no system\n");
    ok(has_ace(SePublicDefaultDacl, 2, &sid_administrators.sid, GENERIC_ALL), "no Administrators\n");
    ok(RtlValidAcl(SeSystemDefaultDacl) && SeSystemDefaultDacl->AceCount == 2, "%u ACEs\n",
       SeSystemDefaultDacl->AceCount);
    ok(has_ace(SeSystemDefaultDacl, 0, &sid_local_system.sid, GENERIC_ALL), "no system\n");
    ok(has_ace(SeSystemDefaultDacl, 1, &sid_administrators.sid, GENERIC_READ | GENERIC_EXECUTE | READ_CONTROL),
       "no Administrators\n");
}

static void test_data(void)
{
    PEPROCESS process = PsGetCurrentProcess();
    UCHAR room[SECURITY_MAX_SID_SIZE];
    UNICODE_STRING name = RTL_CONSTANT_STRING(u"trustedinstaller");
    ULONG length = sizeof(room);

    /* design 4 */
    ok(PsInitialSystemProcess == process, "got %p\n", PsInitialSystemProcess);
    ok(PsGetThreadProcess(PsGetCurrentThread()) == process, "another process\n");
    ok(PsGetProcessSessionId(process) == 0, "got %u\n", PsGetProcessSessionId(process));
    ok(!PsGetProcessSecurityPort(process), "got %p\n", PsGetProcessSecurityPort(process));
    ok(!PsSetProcessSecurityPort(process, &length), "not kept\n");
    ok(PsGetProcessSecurityPort(process) == &length, "got %p\n", PsGetProcessSecurityPort(process));
    PsSetProcessSecurityPort(process, NULL);
    ok(!RtlCreateServiceSid(&name, room, &length) && RtlEqualSid(room, SeExports->SeTrustedInstallerSid),
       "another TrustedInstaller\n");
    ok(!SeExports->SeAppSiloSid, "got %p\n", SeExports->SeAppSiloSid);
}

static void test_security_errors(void)
{
    /* design 2 */
    ok(RtlMapSecurityErrorToNtStatus(SEC_E_OK) == STATUS_SUCCESS, "got %#x\n", RtlMapSecurityErrorToNtStatus(SEC_E_OK));
    ok(RtlMapSecurityErrorToNtStatus(SEC_E_LOGON_DENIED) == STATUS_LOGON_FAILURE, "got %#x\n",
       RtlMapSecurityErrorToNtStatus(SEC_E_LOGON_DENIED));
    ok(RtlMapSecurityErrorToNtStatus(SEC_E_CERT_EXPIRED) == SEC_E_CERT_EXPIRED, "got %#x\n",
       RtlMapSecurityErrorToNtStatus(SEC_E_CERT_EXPIRED));
}

START_TEST(undocumented)
{
    test_dacls();
    test_data();
    test_security_errors();
}
