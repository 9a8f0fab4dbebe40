/*
 * Well-known SIDs by kind and by abbreviation: one table.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <strings.h>

#include "dlls/advapi32/advapi32.h"

/* Source: [MS-DTYP] 2.4.2.4 and 2.5.1.1, and the page on well-known SIDs (7.5). */
static const struct
{
    WELL_KNOWN_SID_TYPE kind;
    char abbreviation[3];
    UCHAR authority;
    UCHAR count; /* of subauthorities */
    ULONG subauthorities[6];
} sids[] = {
    {WinNullSid, "", 0, 1, {0}},
    {WinWorldSid, "WD", 1, 1, {0}},
    {WinLocalSid, "", 2, 1, {0}},
    {WinConsoleLogonSid, "", 2, 1, {1}},
    {WinCreatorOwnerSid, "CO", 3, 1, {0}},
    {WinCreatorGroupSid, "CG", 3, 1, {1}},
    {WinCreatorOwnerServerSid, "", 3, 1, {2}},
    {WinCreatorGroupServerSid, "", 3, 1, {3}},
    {WinCreatorOwnerRightsSid, "OW", 3, 1, {4}},
    {WinNtAuthoritySid, "", 5, 0, {0}},
    {WinDialupSid, "", 5, 1, {1}},
    {WinNetworkSid, "NU", 5, 1, {2}},
    {WinBatchSid, "", 5, 1, {3}},
    {WinInteractiveSid, "IU", 5, 1, {4}},
    {WinServiceSid, "SU", 5, 1, {6}},
    {WinAnonymousSid, "AN", 5, 1, {7}},
    {WinProxySid, "", 5, 1, {8}},
    {WinEnterpriseControllersSid, "ED", 5, 1, {9}},
    {WinSelfSid, "PS", 5, 1, {10}},
    {WinAuthenticatedUserSid, "AU", 5, 1, {11}},
    {WinRestrictedCodeSid, "RC", 5, 1, {12}},
    {WinTerminalServerSid, "", 5, 1, {13}},
    {WinRemoteLogonIdSid, "", 5, 1, {14}},
    {WinThisOrganizationSid, "", 5, 1, {15}},
    {WinIUserSid, "", 5, 1, {17}},
    {WinLocalSystemSid, "SY", 5, 1, {18}},
    {WinLocalServiceSid, "LS", 5, 1, {19}},
    {WinNetworkServiceSid, "NS", 5, 1, {20}},
    {WinWriteRestrictedCodeSid, "WR", 5, 1, {33}},
    {WinOtherOrganizationSid, "", 5, 1, {1000}},
    {WinBuiltinDomainSid, "", 5, 1, {32}},
    {WinBuiltinAdministratorsSid, "BA", 5, 2, {32, 544}},
    {WinBuiltinUsersSid, "BU", 5, 2, {32, 545}},
    {WinBuiltinGuestsSid, "BG", 5, 2, {32, 546}},
    {WinBuiltinPowerUsersSid, "PU", 5, 2, {32, 547}},
    {WinBuiltinAccountOperatorsSid, "AO", 5, 2, {32, 548}},
    {WinBuiltinSystemOperatorsSid, "SO", 5, 2, {32, 549}},
    {WinBuiltinPrintOperatorsSid, "PO", 5, 2, {32, 550}},
    {WinBuiltinBackupOperatorsSid, "BO", 5, 2, {32, 551}},
    {WinBuiltinReplicatorSid, "RE", 5, 2, {32, 552}},
    {WinBuiltinPreWindows2000CompatibleAccessSid, "RU", 5, 2, {32, 554}},
    {WinBuiltinRemoteDesktopUsersSid, "RD", 5, 2, {32, 555}},
    {WinBuiltinNetworkConfigurationOperatorsSid, "NO", 5, 2, {32, 556}},
    {WinBuiltinIncomingForestTrustBuildersSid, "", 5, 2, {32, 557}},
    {WinBuiltinPerfMonitoringUsersSid, "MU", 5, 2, {32, 558}},
    {WinBuiltinPerfLoggingUsersSid, "LU", 5, 2, {32, 559}},
    {WinBuiltinAuthorizationAccessSid, "", 5, 2, {32, 560}},
    {WinBuiltinTerminalServerLicenseServersSid, "", 5, 2, {32, 561}},
    {WinBuiltinDCOMUsersSid, "", 5, 2, {32, 562}},
    {WinBuiltinIUsersSid, "IS", 5, 2, {32, 568}},
    {WinBuiltinCryptoOperatorsSid, "CY", 5, 2, {32, 569}},
    {WinBuiltinEventLogReadersGroup, "ER", 5, 2, {32, 573}},
    {WinBuiltinCertSvcDComAccessGroup, "CD", 5, 2, {32, 574}},
    {WinBuiltinHyperVAdminsSid, "HA", 5, 2, {32, 578}},
    {WinBuiltinRemoteManagementUsersSid, "RM", 5, 2, {32, 580}},
    {WinNTLMAuthenticationSid, "", 5, 2, {64, 10}},
    {WinSChannelAuthenticationSid, "", 5, 2, {64, 14}},
    {WinDigestAuthenticationSid, "", 5, 2, {64, 21}},
    {WinUserModeDriversSid, "UD", 5, 6, {84, 0, 0, 0, 0, 0}},
    {WinBuiltinAnyPackageSid, "AC", 15, 2, {2, 1}},
    {WinUntrustedLabelSid, "", 16, 1, {SECURITY_MANDATORY_UNTRUSTED_RID}},
    {WinLowLabelSid, "LW", 16, 1, {SECURITY_MANDATORY_LOW_RID}},
    {WinMediumLabelSid, "ME", 16, 1, {SECURITY_MANDATORY_MEDIUM_RID}},
    {WinMediumPlusLabelSid, "MP", 16, 1, {SECURITY_MANDATORY_MEDIUM_PLUS_RID}},
    {WinHighLabelSid, "HI", 16, 1, {SECURITY_MANDATORY_HIGH_RID}},
    {WinSystemLabelSid, "SI", 16, 1, {SECURITY_MANDATORY_SYSTEM_RID}},
    {WinAuthenticationAuthorityAssertedSid, "AS", 18, 1, {1}},
    {WinAuthenticationServiceAssertedSid, "SS", 18, 1, {2}},
};

static void copy_entry(size_t index, SID *sid)
{
    *sid = (SID){.Revision = SID_REVISION,
                 .SubAuthorityCount = sids[index].count,
                 .IdentifierAuthority = {{0, 0, 0, 0, 0, sids[index].authority}}};
    memcpy(sid->SubAuthority, sids[index].subauthorities, sids[index].count * sizeof(ULONG));
}

bool well_known_sid(WELL_KNOWN_SID_TYPE kind, SID *sid)
{
    size_t i;

    for (i = 0; i < ARRAYSIZE(sids); i++)
    {
        if (sids[i].kind != kind) continue;
        copy_entry(i, sid);
        return true;
    }
    return false;
}

bool abbreviated_sid(const char *abbreviation, SID *sid)
{
    size_t i;

    for (i = 0; i < ARRAYSIZE(sids); i++)
    {
        if (!sids[i].abbreviation[0] || strcasecmp(sids[i].abbreviation, abbreviation)) continue;
        copy_entry(i, sid);
        return true;
    }
    return false;
}
