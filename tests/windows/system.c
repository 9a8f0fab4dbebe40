/*
 * Not a test: what a log must say of the machine that it comes from. @system and @file are what guise-report reads, the
 * traces are for people. None names the user, the machine or the domain.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <stdio.h>
#include <string.h>

#include <windows.h>
#include "wine/test.h"

static void tell_windows(void)
{
    LONG(WINAPI *get_version)(OSVERSIONINFOEXW *) = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "RtlGetVersion");
    const char *(CDECL *wine_version)(void) = (void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "wine_get_version");
    OSVERSIONINFOEXW info = {.dwOSVersionInfoSize = sizeof(info)};
    const char *product;
    char release[32] = "";
    DWORD revision = 0, size = sizeof(revision);
    HKEY key;

    ok(get_version && !get_version(&info), "no version\n"); /* DDI RtlGetVersion */
    if (!RegOpenKeyExA(HKEY_LOCAL_MACHINE, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", 0, KEY_QUERY_VALUE, &key))
    {
        RegQueryValueExA(key, "UBR", NULL, NULL, (BYTE *)&revision, &size);
        size = sizeof(release) - 1;
        RegQueryValueExA(key, "ReleaseId", NULL, NULL, (BYTE *)release, &size);
        RegCloseKey(key);
    }
    product = info.wProductType == VER_NT_WORKSTATION ? "workstation" : info.wProductType == VER_NT_SERVER ? "server" : "domain controller";
    if (wine_version) printf("@system Wine %s\n", wine_version());
    else
        printf("@system Windows %lu.%lu.%lu.%lu %s, %u bit\n", info.dwMajorVersion, info.dwMinorVersion, info.dwBuildNumber, revision,
               product, (unsigned int)sizeof(void *) * 8);
    trace("windows = %lu.%lu.%lu.%lu %s\n", info.dwMajorVersion, info.dwMinorVersion, info.dwBuildNumber, revision, product);
    trace("windows.release = %s\n", release);
    trace("windows.code-page = %u\n", GetACP());
    trace("windows.language = %04x\n", GetSystemDefaultLangID());
}

static void tell_files(void)
{
    static const char *const names[] = {"ntdll.dll",   "kernel32.dll", "kernelbase.dll", "advapi32.dll", "secur32.dll",
                                        "sspicli.dll", "msv1_0.dll",   "lsasrv.dll",     "kerberos.dll", "schannel.dll",
                                        "netapi32.dll", "ntoskrnl.exe"};
    HMODULE version = LoadLibraryA("version.dll");
    DWORD(WINAPI *get_size)(const char *, DWORD *) = (void *)GetProcAddress(version, "GetFileVersionInfoSizeA");
    BOOL(WINAPI *get_info)(const char *, DWORD, DWORD, void *) = (void *)GetProcAddress(version, "GetFileVersionInfoA");
    BOOL(WINAPI *query)(const void *, const char *, void **, UINT *) = (void *)GetProcAddress(version, "VerQueryValueA");
    char path[MAX_PATH + 32];
    BYTE block[8192];

    for (size_t i = 0; i < ARRAYSIZE(names); i++)
    {
        VS_FIXEDFILEINFO *info;
        UINT length = GetSystemDirectoryA(path, MAX_PATH);
        DWORD unused, size;

        if (!length || length >= MAX_PATH) return;
        sprintf(path + length, "\\%s", names[i]);
        if (!(size = get_size(path, &unused)) || size > sizeof(block)) continue;
        if (!get_info(path, 0, sizeof(block), block) || !query(block, "\\", (void **)&info, &length)) continue;
        printf("@file %s %lu.%lu.%lu.%lu\n", names[i], info->dwFileVersionMS >> 16, info->dwFileVersionMS & 0xffff,
              info->dwFileVersionLS >> 16, info->dwFileVersionLS & 0xffff);
    }
}

static const char *kind_of_user(PSID sid)
{
    static const SID_IDENTIFIER_AUTHORITY nt = {SECURITY_NT_AUTHORITY};
    const SID_IDENTIFIER_AUTHORITY *authority = GetSidIdentifierAuthority(sid);

    if (memcmp(authority, &nt, sizeof(nt))) return "of another authority";
    switch (*GetSidSubAuthority(sid, 0))
    {
    case SECURITY_LOCAL_SYSTEM_RID: return "LocalSystem";
    case SECURITY_LOCAL_SERVICE_RID: return "LocalService";
    case SECURITY_NETWORK_SERVICE_RID: return "NetworkService";
    case SECURITY_NT_NON_UNIQUE: return "account";
    default: return "other";
    }
}

static void tell_token(void)
{
    static BYTE buffer[8192];
    TOKEN_PRIVILEGES *privileges = (TOKEN_PRIVILEGES *)buffer;
    TOKEN_MANDATORY_LABEL *label = (TOKEN_MANDATORY_LABEL *)buffer;
    TOKEN_ELEVATION_TYPE elevation;
    HANDLE token;
    DWORD size;

    ok(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token), "error %lu\n", GetLastError()); /* sdk OpenProcessToken */
    if (GetTokenInformation(token, TokenUser, buffer, sizeof(buffer), &size))
        trace("token.user = %s\n", kind_of_user(((TOKEN_USER *)buffer)->User.Sid));
    if (GetTokenInformation(token, TokenElevationType, &elevation, sizeof(elevation), &size))
        trace("token.elevation = %s\n", elevation == TokenElevationTypeFull      ? "full"
                                        : elevation == TokenElevationTypeLimited ? "limited"
                                                                                 : "default");
    if (GetTokenInformation(token, TokenIntegrityLevel, buffer, sizeof(buffer), &size))
        trace("token.integrity = %lu\n", *GetSidSubAuthority(label->Label.Sid, 0));
    if (GetTokenInformation(token, TokenPrivileges, buffer, sizeof(buffer), &size))
    {
        for (DWORD i = 0; i < privileges->PrivilegeCount; i++)
        {
            char name[64];

            size = sizeof(name);
            if (!LookupPrivilegeNameA(NULL, &privileges->Privileges[i].Luid, name, &size)) continue;
            trace("token.privilege.%s = %s\n", name,
                  privileges->Privileges[i].Attributes & SE_PRIVILEGE_ENABLED ? "enabled" : "disabled");
        }
    }
    CloseHandle(token);
}

START_TEST(system)
{
    tell_windows();
    tell_files();
    tell_token();
}
