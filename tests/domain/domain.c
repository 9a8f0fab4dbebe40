/*
 * The domain as units see it.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "domain.h"

bool domain_setup(const char *lines)
{
    char config[1024];

    if (!getenv("DOMAIN_DIR"))
    {
        skip("needs tests/domain/run\n");
        return false;
    }
    snprintf(config, sizeof(config), "[accounts]\n%s", lines);
    return session_setup_with(config);
}

bool domain_find_user(const char *name, struct domain_user *user)
{
    char full[128];
    struct passwd *entry;

    snprintf(full, sizeof(full), "GUISE\\%s", name);
    if (!(entry = getpwnam(full))) return false;
    user->uid = entry->pw_uid;
    user->gid = entry->pw_gid;
    user->group_count = DOMAIN_MOST_GROUPS;
    return getgrouplist(full, user->gid, user->groups, &user->group_count) >= 0;
}

gid_t domain_gid(const char *group)
{
    char full[128];
    struct group *entry;

    snprintf(full, sizeof(full), "GUISE\\%s", group);
    return (entry = getgrnam(full)) ? entry->gr_gid : (gid_t)-1;
}

static void ask_sid(const char *name, char sid[192])
{
    char command[128];
    FILE *pipe;

    snprintf(command, sizeof(command), "wbinfo --name-to-sid 'GUISE\\%s'", name);
    if (!(pipe = popen(command, "r")) || fscanf(pipe, "%191s", sid) != 1) *sid = 0;
    if (pipe) pclose(pipe);
}

/* wbinfo takes its time, and a SID stays what it is. */
const char *domain_sid(const char *name)
{
    static struct
    {
        char name[64], sid[192];
    } known[32];
    static unsigned int next;
    unsigned int i;

    for (i = 0; i < ARRAYSIZE(known); i++)
        if (*known[i].sid && !strcmp(known[i].name, name)) return known[i].sid;
    i = next++ % ARRAYSIZE(known);
    snprintf(known[i].name, sizeof(known[i].name), "%s", name);
    ask_sid(name, known[i].sid);
    return known[i].sid;
}

const char *domain_machine_sid(void)
{
    static char sid[192];
    FILE *pipe = popen("wbinfo --domain-info=MEMBER", "r");
    char line[256];

    strcpy(sid, "S-1-0-0");
    while (pipe && fgets(line, sizeof(line), pipe)) sscanf(line, "SID : %191s", sid);
    if (pipe) pclose(pipe);
    return sid;
}

enum
{
    TOKEN_ROOM = 48000
};

struct token
{
    BYTE data[TOKEN_ROOM];
    ULONG size;
};

static void client_leg(struct session *session, const struct token *in, struct token *out)
{
    SecBuffer input = {in->size, SECBUFFER_TOKEN, (void *)in->data}, output = {TOKEN_ROOM, SECBUFFER_TOKEN, out->data};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &input}, out_desc = {SECBUFFER_VERSION, 1, &output};

    session->client_status = InitializeSecurityContextA(
        session->have_client ? NULL : &session->client_credential, session->have_client ? &session->client : NULL, (char *)WWW,
        ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_MUTUAL_AUTH, 0, SECURITY_NATIVE_DREP, session->have_client ? &in_desc : NULL, 0, &session->client,
        &out_desc, &session->client_attributes, &session->client_expiry);
    if (session->client_status >= 0) session->have_client = TRUE;
    out->size = output.cbBuffer;
}

static void server_leg(struct session *session, const struct token *in, struct token *out)
{
    SecBuffer input = {in->size, SECBUFFER_TOKEN, (void *)in->data}, output = {TOKEN_ROOM, SECBUFFER_TOKEN, out->data};
    SecBufferDesc in_desc = {SECBUFFER_VERSION, 1, &input}, out_desc = {SECBUFFER_VERSION, 1, &output};

    session->server_status = AcceptSecurityContext(&session->server_credential, session->have_server ? &session->server : NULL, &in_desc,
                                                   ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY | ASC_REQ_MUTUAL_AUTH, SECURITY_NATIVE_DREP, &session->server,
                                                   &out_desc, &session->server_attributes, &session->server_expiry);
    if (session->server_status >= 0) session->have_server = TRUE;
    out->size = output.cbBuffer;
}

/* Until both are done, or one is not content. */
static void exchange(struct session *session)
{
    struct token to_server = {.size = 0}, to_client = {.size = 0};

    session->client_status = session->server_status = SEC_I_CONTINUE_NEEDED;
    while (session->client_status == SEC_I_CONTINUE_NEEDED)
    {
        client_leg(session, &to_client, &to_server);
        if (session->client_status < 0 || !to_server.size) return;
        server_leg(session, &to_server, &to_client);
        if (session->server_status < 0) return;
    }
}

static bool open_both(struct session *session, const char *package, void *identity)
{
    SECURITY_STATUS status;

    memset(session, 0, sizeof(*session));
    status = AcquireCredentialsHandleA(NULL, (char *)package, SECPKG_CRED_OUTBOUND, NULL, identity, NULL, NULL, &session->client_credential, NULL);
    ok(status == SEC_E_OK, "outbound: got %08lx\n", status); /* S2.1.6 */
    if (status != SEC_E_OK) return false;
    status = AcquireCredentialsHandleA(NULL, (char *)package, SECPKG_CRED_INBOUND, NULL, NULL, NULL, NULL, &session->server_credential, NULL);
    ok(status == SEC_E_OK, "inbound: got %08lx\n", status); /* S2.1.11 */
    if (status != SEC_E_OK) FreeCredentialsHandle(&session->client_credential);
    return status == SEC_E_OK;
}

bool domain_run(struct session *session, const char *package, const char *domain, const char *user, const char *password)
{
    char own[64];
    SEC_WINNT_AUTH_IDENTITY_A identity = {(BYTE *)user, (ULONG)strlen(user), (BYTE *)domain, (ULONG)strlen(domain), (BYTE *)"", 0,
                                          SEC_WINNT_AUTH_IDENTITY_ANSI};

    snprintf(own, sizeof(own), "Passw0rd-%s", user);
    identity.Password = (BYTE *)(password ? password : own);
    identity.PasswordLength = (ULONG)strlen((char *)identity.Password);
    if (!open_both(session, package, &identity)) return false;
    exchange(session);
    return true;
}

bool domain_log_on(struct session *session, const char *package, const char *user)
{
    if (!domain_run(session, package, strcmp(package, "NTLM") ? "GUISE.TEST" : "GUISE", user, NULL)) return false;
    ok(session->client_status == SEC_E_OK, "%s by %s: client: got %08lx\n", user, package, session->client_status); /* S2.5.12 */
    ok(session->server_status == SEC_E_OK, "%s by %s: got %08lx\n", user, package, session->server_status); /* S2.6.7 */
    if (session->client_status == SEC_E_OK && session->server_status == SEC_E_OK) return true;
    session_close(session);
    return false;
}

bool domain_local_works(void)
{
    struct session session;
    bool works;

    if (!domain_run(&session, "NTLM", "MEMBER", "alice", session_password(SESSION_ALICE))) return false;
    works = session.server_status == SEC_E_OK;
    session_close(&session);
    return works;
}

static bool run_script(const char *name, const char *what)
{
    char command[4300], path[4096];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
    const char *source = getenv("GUISE_SOURCE");

    if (length < 0) return false;
    path[length] = 0;
    *strrchr(path, '/') = 0;
    if (source) snprintf(command, sizeof(command), "%s/tests/domain/%s %s", source, name, what);
    else snprintf(command, sizeof(command), "%s/%s %s", path, name, what);
    return !system(command);
}

bool domain_winbind(const char *what)
{
    return run_script("winbind", what);
}

bool domain_sssd(const char *what)
{
    return run_script("sssd", what);
}

unsigned long long domain_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}
