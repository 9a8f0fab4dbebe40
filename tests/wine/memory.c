/*
 * Every kind of block that secur32.dll gives: one of the process heap, of exactly the size of what is in it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <wine/test.h>

#include "both_sides.h"

#define WSIZE(text) ((lstrlenW(text) + 1) * sizeof(WCHAR))
#define ASIZE(text) (strlen(text) + 1)

static unsigned int kinds;

/* SIZE 0: only that it is a block, of any size. */
static void check_block(const void *block, SIZE_T size, const char *what)
{
    SIZE_T found;

    kinds++;
    ok(block != NULL, "%s: none\n", what); /* design 3 */
    if (!block) return;
    ok(HeapValidate(GetProcessHeap(), 0, block), "%s: no block of the heap\n", what); /* design 3 */
    found = HeapSize(GetProcessHeap(), 0, block);
    ok(size ? found == size : found != (SIZE_T)-1, "%s: %lu bytes, the block has %lu\n", what, (ULONG)size, (ULONG)found); /* design 3 */
}

/* A pointer into a block. */
static void check_inside(const void *block, const void *pointer, SIZE_T size, const char *what)
{
    SIZE_T offset = (const char *)pointer - (const char *)block;

    ok(offset <= HeapSize(GetProcessHeap(), 0, block) && HeapSize(GetProcessHeap(), 0, block) - offset >= size, "%s: not in its block\n", what); /* design 3 */
}

static void check_text(WCHAR *text, const char *what)
{
    check_block(text, text ? WSIZE(text) : 0, what);
    FreeContextBuffer(text);
}

static void test_packages(void)
{
    SecPkgInfoW *wide;
    SecPkgInfoA *ansi;
    ULONG count, i;
    SIZE_T size;

    ok(EnumerateSecurityPackagesW(&count, &wide) == SEC_E_OK && count, "no packages\n"); /* design 3 */
    for (size = i = 0; i < count; i++)
    {
        size += sizeof(*wide) + WSIZE(wide[i].Name) + WSIZE(wide[i].Comment);
        check_inside(wide, wide[i].Comment, WSIZE(wide[i].Comment), "a comment");
    }
    check_block(wide, size, "packages, W");
    FreeContextBuffer(wide);
    ok(EnumerateSecurityPackagesA(&count, &ansi) == SEC_E_OK && count, "no packages\n"); /* design 3 */
    for (size = i = 0; i < count; i++) size += sizeof(*ansi) + ASIZE(ansi[i].Name) + ASIZE(ansi[i].Comment);
    check_block(ansi, size, "packages, A");
    FreeContextBuffer(ansi);
    ok(QuerySecurityPackageInfoW((WCHAR *)L"NTLM", &wide) == SEC_E_OK, "no NTLM\n"); /* design 3 */
    check_block(wide, sizeof(*wide) + WSIZE(wide->Name) + WSIZE(wide->Comment), "a package, W");
    FreeContextBuffer(wide);
    ok(QuerySecurityPackageInfoA((char *)"NTLM", &ansi) == SEC_E_OK, "no NTLM\n"); /* design 3 */
    check_block(ansi, sizeof(*ansi) + ASIZE(ansi->Name) + ASIZE(ansi->Comment), "a package, A");
    FreeContextBuffer(ansi);
}

static void test_attributes(CtxtHandle *server)
{
    SecPkgContext_NamesW names;
    SecPkgContext_NamesA names_a;
    SecPkgContext_NativeNamesW native;
    SecPkgContext_PackageInfoW package;
    SecPkgContext_NegotiationInfoA negotiation;
    SecPkgContext_KeyInfoW key_info;
    SecPkgContext_AuthorityW authority;
    SecPkgContext_SessionKey key;
    SecPkgContext_DceInfo dce;
    SecPkgContext_ClientSpecifiedTarget target;

#define QUERY(AW, attribute, answer) \
    ok(QueryContextAttributes##AW(server, SECPKG_ATTR_##attribute, answer) == SEC_E_OK, #attribute " is not answered\n") /* design 3 */
    QUERY(W, NAMES, &names);
    check_text(names.sUserName, "NAMES, W");
    QUERY(A, NAMES, &names_a);
    check_block(names_a.sUserName, ASIZE(names_a.sUserName), "NAMES, A");
    FreeContextBuffer(names_a.sUserName);
    QUERY(W, NATIVE_NAMES, &native);
    check_text(native.sClientName, "NATIVE_NAMES, client");
    check_text(native.sServerName, "NATIVE_NAMES, server");
    QUERY(W, PACKAGE_INFO, &package);
    check_block(package.PackageInfo, sizeof(SecPkgInfoW) + WSIZE(package.PackageInfo->Name) + WSIZE(package.PackageInfo->Comment), "PACKAGE_INFO");
    check_inside(package.PackageInfo, package.PackageInfo->Name, WSIZE(package.PackageInfo->Name), "PACKAGE_INFO's name");
    FreeContextBuffer(package.PackageInfo);
    QUERY(A, NEGOTIATION_INFO, &negotiation);
    check_block(negotiation.PackageInfo, 0, "NEGOTIATION_INFO");
    FreeContextBuffer(negotiation.PackageInfo);
    QUERY(W, KEY_INFO, &key_info);
    check_text(key_info.sSignatureAlgorithmName, "KEY_INFO, signature");
    check_text(key_info.sEncryptAlgorithmName, "KEY_INFO, encryption");
    QUERY(W, AUTHORITY, &authority);
    check_text(authority.sAuthorityName, "AUTHORITY");
    QUERY(W, SESSION_KEY, &key);
    check_block(key.SessionKey, key.SessionKeyLength, "SESSION_KEY");
    FreeContextBuffer(key.SessionKey);
    QUERY(W, DCE_INFO, &dce);
    check_text(dce.pPac, "DCE_INFO");
    QUERY(A, CLIENT_SPECIFIED_TARGET, &target);
    check_text(target.sTargetName, "CLIENT_SPECIFIED_TARGET");
#undef QUERY
}

static void test_context(void)
{
    SecBuffer packed = { 0, SECBUFFER_TOKEN, NULL };
    SecPkgCredentials_NamesW names;
    struct both_sides logon;
    SECURITY_STATUS status = both_sides_run(&logon, ALICE);

    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 3 */
    for (unsigned int i = 0; i < 3; i++) check_block(logon.message[i].pvBuffer, logon.message[i].cbBuffer, "a token");
    if (status == SEC_E_OK)
    {
        test_attributes(&logon.server);
        status = QueryCredentialsAttributesW(&logon.client_credential, SECPKG_CRED_ATTR_NAMES, &names);
        ok(status == SEC_E_OK, "got %#lx\n", status); /* design 3 */
        check_text(names.sUserName, "a credential's name");
        status = ExportSecurityContext(&logon.server, 0, &packed, NULL);
        ok(status == SEC_E_OK, "got %#lx\n", status); /* design 3 */
        check_block(packed.pvBuffer, packed.cbBuffer, "an exported context");
        FreeContextBuffer(packed.pvBuffer);
    }
    both_sides_end(&logon);
}

static void test_identities(void)
{
    typedef SECURITY_STATUS(WINAPI *host_routine)(PCWSTR target, WCHAR **host);
    typedef SECURITY_STATUS(WINAPI *read_routine)(void *identity, PCWSTR target, ULONG *type, PCWSTR *name);
    typedef SECURITY_STATUS(WINAPI *write_routine)(void *identity, PCWSTR target, ULONG *type, PCWSTR *name, PCWSTR *user, UCHAR **blob, ULONG *size);
    host_routine get_host = (host_routine)secur32_routine("SspiGetTargetHostName");
    read_routine prepare_read = (read_routine)secur32_routine("SspiPrepareForCredRead");
    write_routine prepare_write = (write_routine)secur32_routine("SspiPrepareForCredWrite");
    PSEC_WINNT_AUTH_IDENTITY_OPAQUE identity, copy, again;
    PCWSTR texts[3];
    ULONG length, type, size;
    WCHAR *host;
    UCHAR *blob;
    char *bytes;

    ok(SspiEncodeStringsAsAuthIdentity(L"user", L"domain", L"password", &identity) == SEC_E_OK, "not encoded\n"); /* design 3 */
    length = ((SEC_WINNT_AUTH_IDENTITY_EX2 *)identity)->cbStructureLength;
    check_block(identity, length, "an identity");
    ok(SspiCopyAuthIdentity(identity, &copy) == SEC_E_OK, "not copied\n"); /* design 3 */
    check_block(copy, length, "a copied identity");
    SspiFreeAuthIdentity(copy);
    ok(SspiExcludePackage(identity, L"Kerberos", &copy) == SEC_E_OK, "not excluded\n"); /* design 3 */
    check_block(copy, ((SEC_WINNT_AUTH_IDENTITY_EX2 *)copy)->cbStructureLength, "an identity without a package");
    SspiFreeAuthIdentity(copy);
    ok(SspiEncodeAuthIdentityAsStrings(identity, &texts[0], &texts[1], &texts[2]) == SEC_E_OK, "no strings\n"); /* design 3 */
    for (unsigned int i = 0; i < 3; i++)
    {
        check_block(texts[i], WSIZE(texts[i]), "a string of an identity");
        SspiLocalFree((void *)texts[i]);
    }
    ok(SspiMarshalAuthIdentity(identity, &length, &bytes) == SEC_E_OK, "not marshalled\n"); /* design 3 */
    check_block(bytes, length, "a marshalled identity");
    ok(SspiUnmarshalAuthIdentity(length, bytes, &again) == SEC_E_OK, "not unmarshalled\n"); /* design 3 */
    check_block(again, length, "an unmarshalled identity");
    SspiFreeAuthIdentity(again);
    SspiLocalFree(bytes);
    ok(get_host && get_host(L"HTTP/host:80", &host) == SEC_E_OK, "no host\n"); /* design 3 */
    check_block(host, sizeof(L"host"), "a host");
    SspiLocalFree(host);
    ok(prepare_read && prepare_read(identity, NULL, &type, &texts[0]) == SEC_E_OK, "not prepared\n"); /* design 3 */
    check_block(texts[0], WSIZE(texts[0]), "a target to read");
    SspiLocalFree((void *)texts[0]);
    ok(prepare_write && prepare_write(identity, L"target", &type, &texts[0], &texts[1], &blob, &size) == SEC_E_OK, "not prepared\n"); /* design 3 */
    check_block(texts[0], WSIZE(texts[0]), "a target to write");
    check_block(texts[1], WSIZE(texts[1]), "a user to write");
    check_block(blob, size, "a blob to write");
    SspiLocalFree((void *)texts[0]);
    SspiLocalFree((void *)texts[1]);
    SspiLocalFree(blob);
    SspiFreeAuthIdentity(identity);
}

static void test_sessions(void)
{
    typedef NTSTATUS(WINAPI *user_routine)(LUID *session, ULONG flags, void **user);
    user_routine get_user = (user_routine)secur32_routine("GetSecurityUserInfo");
    SECURITY_LOGON_SESSION_DATA *data;
    ULONG count, i;
    void *user;
    LUID *list;

    ok(LsaEnumerateLogonSessions(&count, &list) == STATUS_SUCCESS && count, "no sessions\n"); /* design 3 */
    check_block(list, count * sizeof(*list), "sessions");
    for (i = 0; i < count; i++)
    {
        if (LsaGetLogonSessionData(&list[i], &data)) continue;
        check_block(data, 0, "a session");
        if (data->UserName.Buffer) check_inside(data, data->UserName.Buffer, data->UserName.MaximumLength, "a session's user");
        if (data->Sid) check_inside(data, data->Sid, GetLengthSid(data->Sid), "a session's SID");
        LsaFreeReturnBuffer(data);
    }
    LsaFreeReturnBuffer(list);
    ok(get_user && get_user(NULL, 0, &user) == STATUS_SUCCESS, "no user\n"); /* design 3 */
    check_block(user, 0, "a user");
    LsaFreeReturnBuffer(user);
}

static void test_logon(void)
{
    typedef BOOL(WINAPI *logon_routine)(const WCHAR *user, const WCHAR *domain, const WCHAR *password, DWORD type, DWORD provider, TOKEN_GROUPS *groups,
                                        HANDLE *token, PSID *sid, void **profile, DWORD *size, QUOTA_LIMITS *quotas);
    logon_routine log_on = (logon_routine)secur32_routine("LogonUserExExW");
    QUOTA_LIMITS quotas;
    HANDLE token = NULL;
    void *profile;
    DWORD size;
    PSID sid;
    BOOL done = log_on && log_on(L"alice", L".", L"Secret-alice-1", LOGON32_LOGON_INTERACTIVE, 0, NULL, &token, &sid, &profile, &size, &quotas);

    ok(done, "error %lu\n", GetLastError()); /* design 3 */
    if (!done) return;
    check_block(sid, GetLengthSid(sid), "a logon SID");
    check_block(profile, size, "a profile");
    HeapFree(GetProcessHeap(), 0, sid);
    LsaFreeReturnBuffer(profile);
    ok(CloseHandle(token), "error %lu\n", GetLastError()); /* design 3 */
}

/* ---- no memory ---- */

static LONG allocations_left; /* until those of secur32.dll fail */

static void *WINAPI failing_alloc(HANDLE heap, DWORD flags, SIZE_T size)
{
    return --allocations_left < 0 ? NULL : HeapAlloc(heap, flags, size);
}

/* Where secur32.dll has the address of HeapAlloc. */
static void **find_import(void)
{
    char *base = (char *)GetModuleHandleA("secur32.dll");
    const IMAGE_NT_HEADERS *nt = (const void *)(base + ((const IMAGE_DOS_HEADER *)base)->e_lfanew);
    const IMAGE_DATA_DIRECTORY *imports = &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IAT];
    void **first = (void **)(base + imports->VirtualAddress), **end = first + imports->Size / sizeof(*first);

    while (first < end && *first != (void *)HeapAlloc) first++;
    return first < end ? first : NULL;
}

/* A first leg whose token finds no memory gives neither context nor token. */
static void test_no_memory(void)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = { (UCHAR *)"alice", 5, (UCHAR *)"", 0, (UCHAR *)"x", 1, SEC_WINNT_AUTH_IDENTITY_ANSI };
    SecBuffer token = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc message = { SECBUFFER_VERSION, 1, &token };
    CtxtHandle context = { 0x4711, 0x4712 };
    void **import = find_import();
    SecPkgInfoW *package = NULL;
    CredHandle credential;
    SECURITY_STATUS status;
    ULONG attributes, count;
    DWORD old;

    ok(import != NULL, "HeapAlloc is not imported\n"); /* design 3 */
    if (!import) return;
    status = AcquireCredentialsHandleA(NULL, (char *)"NTLM", SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &credential, NULL);
    ok(status == SEC_E_OK, "got %#lx\n", status); /* design 3 */
    VirtualProtect(import, sizeof(*import), PAGE_READWRITE, &old);
    *import = (void *)failing_alloc;
    allocations_left = 0;
    status = InitializeSecurityContextA(&credential, NULL, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, 0, NULL, 0, &context, &message, &attributes, NULL);
    ok(status == SEC_E_INSUFFICIENT_MEMORY, "got %#lx\n", status); /* design 3 */
    ok(context.dwLower == 0x4711 && context.dwUpper == 0x4712, "a context\n"); /* design 3 */
    ok(!token.pvBuffer, "a token at %p\n", token.pvBuffer); /* design 3 */
    allocations_left = 0;
    status = EnumerateSecurityPackagesW(&count, &package);
    ok(status == SEC_E_INSUFFICIENT_MEMORY && !package, "got %#lx, %p\n", status, (void *)package); /* design 3 */
    *import = (void *)HeapAlloc;
    VirtualProtect(import, sizeof(*import), old, &old);
    status = InitializeSecurityContextA(&credential, NULL, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, 0, NULL, 0, &context, &message, &attributes, NULL);
    ok(status == SEC_I_CONTINUE_NEEDED, "got %#lx\n", status); /* design 3 */
    FreeContextBuffer(token.pvBuffer);
    DeleteSecurityContext(&context);
    FreeCredentialsHandle(&credential);
}

START_TEST(memory)
{
    test_packages();
    test_context();
    test_identities();
    test_sessions();
    test_logon();
    test_no_memory();
    ok(HeapValidate(GetProcessHeap(), 0, NULL), "the heap is damaged\n"); /* design 3 */
    ok(kinds >= 40, "%u blocks were looked at\n", kinds); /* design 3 */
}
