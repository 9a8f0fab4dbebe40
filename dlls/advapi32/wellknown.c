/*
 * Well-known SIDs by kind, by abbreviation and by name: one table.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <strings.h>

#include "dlls/advapi32/advapi32.h"

/* Source: [MS-DTYP] 2.4.2.4 and 2.5.1.1, and the page on well-known SIDs (7.5), which has the names. */
static const struct
{
    WELL_KNOWN_SID_TYPE kind;
    char abbreviation[3];
    const char *name; /* in English; NULL: none of its own */
    UCHAR authority;
    UCHAR count; /* of subauthorities */
    ULONG subauthorities[6];
} sids[] = {
    {WinNullSid, "", "NULL SID", 0, 1, {0}},
    {WinWorldSid, "WD", "Everyone", 1, 1, {0}},
    {WinLocalSid, "", "LOCAL", 2, 1, {0}},
    {WinConsoleLogonSid, "", "CONSOLE LOGON", 2, 1, {1}},
    {WinCreatorOwnerSid, "CO", "CREATOR OWNER", 3, 1, {0}},
    {WinCreatorGroupSid, "CG", "CREATOR GROUP", 3, 1, {1}},
    {WinCreatorOwnerServerSid, "", "CREATOR OWNER SERVER", 3, 1, {2}},
    {WinCreatorGroupServerSid, "", "CREATOR GROUP SERVER", 3, 1, {3}},
    {WinCreatorOwnerRightsSid, "OW", "OWNER RIGHTS", 3, 1, {4}},
    {WinNtAuthoritySid, "", NULL, 5, 0, {0}},
    {WinDialupSid, "", "DIALUP", 5, 1, {1}},
    {WinNetworkSid, "NU", "NETWORK", 5, 1, {2}},
    {WinBatchSid, "", "BATCH", 5, 1, {3}},
    {WinInteractiveSid, "IU", "INTERACTIVE", 5, 1, {4}},
    {WinServiceSid, "SU", "SERVICE", 5, 1, {6}},
    {WinAnonymousSid, "AN", "ANONYMOUS LOGON", 5, 1, {7}},
    {WinProxySid, "", "PROXY", 5, 1, {8}},
    {WinEnterpriseControllersSid, "ED", "ENTERPRISE DOMAIN CONTROLLERS", 5, 1, {9}},
    {WinSelfSid, "PS", "SELF", 5, 1, {10}},
    {WinAuthenticatedUserSid, "AU", "Authenticated Users", 5, 1, {11}},
    {WinRestrictedCodeSid, "RC", "RESTRICTED", 5, 1, {12}},
    {WinTerminalServerSid, "", "TERMINAL SERVER USER", 5, 1, {13}},
    {WinRemoteLogonIdSid, "", "REMOTE INTERACTIVE LOGON", 5, 1, {14}},
    {WinThisOrganizationSid, "", "This Organization", 5, 1, {15}},
    {WinIUserSid, "", "IUSR", 5, 1, {17}},
    {WinLocalSystemSid, "SY", "SYSTEM", 5, 1, {18}},
    {WinLocalServiceSid, "LS", "LOCAL SERVICE", 5, 1, {19}},
    {WinNetworkServiceSid, "NS", "NETWORK SERVICE", 5, 1, {20}},
    {WinWriteRestrictedCodeSid, "WR", "WRITE RESTRICTED", 5, 1, {33}},
    {WinOtherOrganizationSid, "", "Other Organization", 5, 1, {1000}},
    {WinBuiltinDomainSid, "", "BUILTIN", 5, 1, {32}},
    {WinBuiltinAdministratorsSid, "BA", "Administrators", 5, 2, {32, 544}},
    {WinBuiltinUsersSid, "BU", "Users", 5, 2, {32, 545}},
    {WinBuiltinGuestsSid, "BG", "Guests", 5, 2, {32, 546}},
    {WinBuiltinPowerUsersSid, "PU", "Power Users", 5, 2, {32, 547}},
    {WinBuiltinAccountOperatorsSid, "AO", "Account Operators", 5, 2, {32, 548}},
    {WinBuiltinSystemOperatorsSid, "SO", "Server Operators", 5, 2, {32, 549}},
    {WinBuiltinPrintOperatorsSid, "PO", "Print Operators", 5, 2, {32, 550}},
    {WinBuiltinBackupOperatorsSid, "BO", "Backup Operators", 5, 2, {32, 551}},
    {WinBuiltinReplicatorSid, "RE", "Replicator", 5, 2, {32, 552}},
    {WinBuiltinPreWindows2000CompatibleAccessSid, "RU", "Pre-Windows 2000 Compatible Access", 5, 2, {32, 554}},
    {WinBuiltinRemoteDesktopUsersSid, "RD", "Remote Desktop Users", 5, 2, {32, 555}},
    {WinBuiltinNetworkConfigurationOperatorsSid, "NO", "Network Configuration Operators", 5, 2, {32, 556}},
    {WinBuiltinIncomingForestTrustBuildersSid, "", "Incoming Forest Trust Builders", 5, 2, {32, 557}},
    {WinBuiltinPerfMonitoringUsersSid, "MU", "Performance Monitor Users", 5, 2, {32, 558}},
    {WinBuiltinPerfLoggingUsersSid, "LU", "Performance Log Users", 5, 2, {32, 559}},
    {WinBuiltinAuthorizationAccessSid, "", "Windows Authorization Access Group", 5, 2, {32, 560}},
    {WinBuiltinTerminalServerLicenseServersSid, "", "Terminal Server License Servers", 5, 2, {32, 561}},
    {WinBuiltinDCOMUsersSid, "", "Distributed COM Users", 5, 2, {32, 562}},
    {WinBuiltinIUsersSid, "IS", "IIS_IUSRS", 5, 2, {32, 568}},
    {WinBuiltinCryptoOperatorsSid, "CY", "Cryptographic Operators", 5, 2, {32, 569}},
    {WinBuiltinEventLogReadersGroup, "ER", "Event Log Readers", 5, 2, {32, 573}},
    {WinBuiltinCertSvcDComAccessGroup, "CD", "Certificate Service DCOM Access", 5, 2, {32, 574}},
    {WinBuiltinHyperVAdminsSid, "HA", "Hyper-V Administrators", 5, 2, {32, 578}},
    {WinBuiltinRemoteManagementUsersSid, "RM", "Remote Management Users", 5, 2, {32, 580}},
    {WinNTLMAuthenticationSid, "", "NTLM Authentication", 5, 2, {64, 10}},
    {WinSChannelAuthenticationSid, "", "SChannel Authentication", 5, 2, {64, 14}},
    {WinDigestAuthenticationSid, "", "Digest Authentication", 5, 2, {64, 21}},
    {WinUserModeDriversSid, "UD", "USER MODE DRIVERS", 5, 6, {84, 0, 0, 0, 0, 0}},
    {WinBuiltinAnyPackageSid, "AC", "ALL APPLICATION PACKAGES", 15, 2, {2, 1}},
    {WinUntrustedLabelSid, "", "Untrusted Mandatory Level", 16, 1, {SECURITY_MANDATORY_UNTRUSTED_RID}},
    {WinLowLabelSid, "LW", "Low Mandatory Level", 16, 1, {SECURITY_MANDATORY_LOW_RID}},
    {WinMediumLabelSid, "ME", "Medium Mandatory Level", 16, 1, {SECURITY_MANDATORY_MEDIUM_RID}},
    {WinMediumPlusLabelSid, "MP", "Medium Plus Mandatory Level", 16, 1, {SECURITY_MANDATORY_MEDIUM_PLUS_RID}},
    {WinHighLabelSid, "HI", "High Mandatory Level", 16, 1, {SECURITY_MANDATORY_HIGH_RID}},
    {WinSystemLabelSid, "SI", "System Mandatory Level", 16, 1, {SECURITY_MANDATORY_SYSTEM_RID}},
    {WinAuthenticationAuthorityAssertedSid, "AS", "Authentication authority asserted identity", 18, 1, {1}},
    {WinAuthenticationServiceAssertedSid, "SS", "Service asserted identity", 18, 1, {2}},
};

/* Of a domain: what every one has (MS-DTYP 2.4.2.4). */
static const struct
{
    WELL_KNOWN_SID_TYPE kind;
    ULONG rid;
} accounts[] = {
    {WinAccountAdministratorSid, 500},
    {WinAccountGuestSid, 501},
    {WinAccountKrbtgtSid, 502},
    {WinAccountDomainAdminsSid, 512},
    {WinAccountDomainUsersSid, 513},
    {WinAccountDomainGuestsSid, 514},
    {WinAccountComputersSid, 515},
    {WinAccountControllersSid, 516},
    {WinAccountCertAdminsSid, 517},
    {WinAccountSchemaAdminsSid, 518},
    {WinAccountEnterpriseAdminsSid, 519},
    {WinAccountPolicyAdminsSid, 520},
    {WinAccountReadonlyControllersSid, 521},
    {WinAccountCloneableControllersSid, 522},
    {WinAccountProtectedUsersSid, 525},
    {WinAccountKeyAdminsSid, 526},
    {WinAccountEnterpriseKeyAdminsSid, 527},
    {WinAccountRasAndIasServersSid, 553},
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

bool domain_account_sid(WELL_KNOWN_SID_TYPE kind, const SID *domain, union sid_room *sid)
{
    size_t i, end = offsetof(SID, SubAuthority) + (domain ? domain->SubAuthorityCount : 0) * sizeof(ULONG);

    if (!sid_is_valid(domain) || domain->SubAuthorityCount == SID_MAX_SUB_AUTHORITIES) return false;
    for (i = 0; i < ARRAYSIZE(accounts); i++)
    {
        if (accounts[i].kind != kind) continue;
        memcpy(sid, domain, end);
        memcpy(sid->room + end, &accounts[i].rid, sizeof(accounts[i].rid));
        sid->sid.SubAuthorityCount++;
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

/* ---- names -------------------------------------------------------------------------------------------------------- */

/* The authorities that say who somebody is have names; S-1-5-32 is a domain of its own. */
static const char *domain_of(size_t index)
{
    bool is_builtin = sids[index].subauthorities[0] == SECURITY_BUILTIN_DOMAIN_RID;

    switch (sids[index].authority)
    {
    case 5: return is_builtin ? "BUILTIN" : "NT AUTHORITY";
    case 15: return "APPLICATION PACKAGE AUTHORITY";
    case 16: return "Mandatory Label";
    default: return "";
    }
}

static SID_NAME_USE use_of(size_t index)
{
    if (sids[index].authority == 16) return SidTypeLabel;
    if (sids[index].authority != 5 || sids[index].subauthorities[0] != SECURITY_BUILTIN_DOMAIN_RID)
        return SidTypeWellKnownGroup;
    return sids[index].count == 1 ? SidTypeDomain : SidTypeAlias;
}

static bool copy_name(size_t index, struct well_known_name *known)
{
    known->name = sids[index].name;
    known->domain = domain_of(index);
    known->use = use_of(index);
    return true;
}

bool well_known_name_of_sid(const SID *sid, struct well_known_name *known)
{
    union sid_room entry;
    size_t i;

    for (i = 0; i < ARRAYSIZE(sids); i++)
    {
        if (!sids[i].name) continue;
        copy_entry(i, &entry.sid);
        if (EqualSid((PSID)sid, &entry.sid)) return copy_name(i, known);
    }
    return false;
}

bool well_known_sid_of_name(const char *domain, const char *name, SID *sid, struct well_known_name *known)
{
    size_t i;

    for (i = 0; i < ARRAYSIZE(sids); i++)
    {
        if (!sids[i].name || strcasecmp(sids[i].name, name)) continue;
        if (domain && strcasecmp(domain_of(i), domain)) continue;
        copy_entry(i, sid);
        return copy_name(i, known);
    }
    return false;
}
