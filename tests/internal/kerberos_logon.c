/*
 * What a KDC's refusals mean for a logon: the codes, and what is said better in the data of a KRB-ERROR.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <wine/test.h>

#include "dlls/kerberos/password.h"

static void test_codes(void)
{
    static const struct
    {
        krb5_error_code code;
        NTSTATUS status, substatus;
    } cases[] = {
        {0, STATUS_SUCCESS, 77},
        {KRB5KDC_ERR_PADATA_TYPE_NOSUPP, STATUS_NO_S4U_PROT_SUPPORT, 0},
        {KRB5KDC_ERR_PREAUTH_FAILED, STATUS_LOGON_FAILURE, 0},
        {KRB5KRB_AP_ERR_SKEW, STATUS_TIME_DIFFERENCE_AT_DC, 0},
        {KRB5_KDC_UNREACH, STATUS_NO_LOGON_SERVERS, 0},
        {KRB5KDC_ERR_CLIENT_REVOKED, STATUS_ACCOUNT_RESTRICTION, STATUS_ACCOUNT_DISABLED},
        {KRB5KDC_ERR_KEY_EXP, STATUS_ACCOUNT_RESTRICTION, STATUS_PASSWORD_EXPIRED},
        {KRB5_RC_TYPE_EXISTS, STATUS_INTERNAL_ERROR, 77}, /* one that says nothing about anybody: never a success */
    };

    for (size_t i = 0; i < ARRAYSIZE(cases); i++)
    {
        NTSTATUS substatus = 77;

        ok(krb_logon_status(cases[i].code, &substatus) == cases[i].status && substatus == cases[i].substatus, "case %d: %08x\n", (int)i, substatus); /* design 7.9 */
    }
    ok(sec_status_from_nt(STATUS_NO_S4U_PROT_SUPPORT) == SEC_E_NO_S4U_PROT_SUPPORT, "another code\n"); /* S8.2.1 */
}

/* STATUS_ACCOUNT_DISABLED, as METHOD-DATA (Samba) and as KERB-ERROR-DATA. */
#define PAIR 0x30, 0x15, 0xa1, 3, 2, 1, 3, 0xa2, 14, 4, 12, 0x72, 0, 0, 0xc0, 0, 0, 0, 0, 1, 0, 0, 0

static void test_data(void)
{
    static const UCHAR list[] = {0x30, 0x17, PAIR}, single[] = {PAIR};
    static const UCHAR second[] = {0x30, 0x23, 0x30, 0x0a, 0xa1, 3, 2, 1, 2, 0xa2, 3, 4, 1, 9, PAIR};
    UCHAR changed[sizeof(list)];

    ok(krb_extended_status(list, sizeof(list)) == STATUS_ACCOUNT_DISABLED, "a list\n");      /* MS-KILE 2.2.2 */
    ok(krb_extended_status(single, sizeof(single)) == STATUS_ACCOUNT_DISABLED, "one pair\n"); /* MS-KILE 2.2.2 */
    ok(krb_extended_status(second, sizeof(second)) == STATUS_ACCOUNT_DISABLED, "behind another one\n"); /* MS-KILE 2.2.2 */
    ok(!krb_extended_status(second, 14) && !krb_extended_status(NULL, 0), "nothing\n");       /* MS-KILE 2.2.2 */
    for (size_t size = 0; size < sizeof(list); size++) ok(!krb_extended_status(list, size), "%d bytes\n", (int)size); /* MS-KILE 2.2.2 */
    for (size_t i = 0; i < 13; i++) /* all that is not the status itself */
    {
        memcpy(changed, list, sizeof(list));
        changed[i] ^= 4;
        ok(!krb_extended_status(changed, sizeof(changed)), "byte %d\n", (int)i); /* MS-KILE 2.2.2 */
    }
}

START_TEST(kerberos_logon)
{
    test_codes();
    test_data();
}
