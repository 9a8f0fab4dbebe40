/*
 * Tests of the processes that may be servers (design 5.4, 5.7): which of them may switch, what their clients are left with, and what comes
 * back afterwards. Each kind of process is this program again, started by setpriv(1) or with file capabilities.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define BIT(capability) (UINT64_C(1) << (capability))

static struct task process;
static int securebits;

/* Files that the parent, as root, has made: NAME is in the environment. */
static const char *file_of(const char *owner)
{
    char name[64];

    snprintf(name, sizeof(name), "GUISE_TEST_FILE_%s", owner);
    return getenv(name) ? getenv(name) : "";
}

static void make_file_of(const char *owner, uid_t uid)
{
    char name[64];

    snprintf(name, sizeof(name), "GUISE_TEST_FILE_%s", owner);
    setenv(name, make_file(owner, owner, uid, uid, 0600), 1);
}

static const char *server_file(void)
{
    return file_of(process.uid[EFFECTIVE] ? "service" : "root");
}

static bool is_process_now(void)
{
    struct task task = task_now();

    return same_credential(&task, &process) && prctl(PR_GET_SECUREBITS) == securebits;
}

/* ---- those that may switch ---------------------------------------------------------------------------------------------------------- */

static void check_client(uid_t uid)
{
    struct task task = task_now();

    /* callers cite */
    ok(task.uid[REAL] == THIRD && task.uid[EFFECTIVE] == uid && task.uid[FILESYSTEM] == uid, "uids %u %u %u %u\n", task.uid[0], task.uid[1],
       task.uid[2], task.uid[3]);
    ok(task.gid[REAL] == THIRD && task.gid[EFFECTIVE] == uid && task.gid[FILESYSTEM] == uid, "gids %u %u %u %u\n", task.gid[0], task.gid[1],
       task.gid[2], task.gid[3]);
    ok(!task.effective && !task.inheritable && !task.ambient, "capabilities %#I64x %#I64x %#I64x\n", task.effective, task.inheritable,
       task.ambient);
    ok(task.permitted == process.permitted, "permitted %#I64x instead of %#I64x\n", task.permitted, process.permitted);
    ok(prctl(PR_GET_SECUREBITS) == securebits, "securebits %#x instead of %#x\n", prctl(PR_GET_SECUREBITS), securebits);
}

/* The report of a child that no function of Guise sees. */
static const char *report_of_child(void)
{
    static char report[65536];
    const char *const *words;
    int ends[2];
    pid_t child;

    if (pipe(ends) || fcntl(ends[0], F_SETFD, FD_CLOEXEC)) abort();
    words = probe_words(ends[1], true);
    if (!(child = _Fork()))
    {
        execv(words[0], (char *const *)words);
        _exit(99);
    }
    close(ends[1]);
    probe_read(ends[0], report, sizeof(report));
    waitpid(child, NULL, 0);
    return report;
}

static void check_no_capability(const char *report)
{
    static const char *const sets[] = {"CapInh", "CapPrm", "CapEff", "CapAmb"};

    for (int i = 0; i < 4 * PROBE_ROUNDS; i++)
    {
        const char *set = probe_field(report, i / 4, sets[i % 4]);

        ok(!strcmp(set, "0000000000000000"), "round %d: %s %s\n", i / 4, sets[i % 4], set); /* callers cite */
    }
    ok(probe_tried(report) == PROBE_ROUNDS * PROBE_ACTS, "%d acts\n", probe_tried(report)); /* callers cite */
}

static void check_child(uid_t uid)
{
    const char *report = report_of_child();
    char expected[64];

    check_no_capability(report); /* callers cite */
    snprintf(expected, sizeof(expected), "%d %u %u %u", THIRD, uid, uid, uid);
    for (int round = 0; round < PROBE_ROUNDS; round++)
    {
        const char *uids = probe_field(report, round, "Uid");

        ok(!strcmp(uids, expected), "round %d: uids %s\n", round, uids); /* callers cite */
    }
    ok(!*probe_allowed(report), "allowed: %s\n", probe_allowed(report)); /* callers cite */
}

static void check_files(const char *allowed)
{
    static const char *const owners[] = {"root", "service", "alice", "bob"};

    for (int i = 0; i < 4; i++)
    {
        int error = open_error(file_of(owners[i]));

        ok(error == (strcmp(allowed, owners[i]) ? EACCES : 0), "file of %s: %s\n", owners[i], strerror(error)); /* callers cite */
    }
}

static void check_switch(PACCESS_TOKEN token, const char *name, uid_t uid)
{
    NTSTATUS status;

    winetest_push_context("%s", name);
    status = impersonate(token);
    ok(!status, "status %#x\n", status); /* callers cite */
    if (!status)
    {
        check_client(uid); /* design 5.4 */
        check_files(name); /* design 5.4 */
        check_child(uid); /* design 5.4 */
    }
    winetest_pop_context();
}

/* Equal ids are not equal rights: the capabilities of the server are not the account's. */
static void check_own_user(void)
{
    PACCESS_TOKEN token = account_token("service");
    NTSTATUS status = impersonate(token);
    const char *report;

    ok(!status, "status %#x\n", status); /* design 5.4 */
    check_client(SERVICE); /* design 5.4 */
    report = report_of_child();
    check_no_capability(report); /* design 5.4 */
    ok(!strstr(probe_allowed(report), "CAP_"), "allowed: %s\n", probe_allowed(report)); /* design 5.4 */
    PsRevertToSelf();
    ok(is_process_now(), "capabilities are not back\n"); /* design 5.4 */
    ObDereferenceObject(token);
}

static void *check_able(void *argument)
{
    PACCESS_TOKEN alice = account_token("alice"), bob = account_token("bob");
    bool overrides = !process.uid[EFFECTIVE] || process.effective & BIT(CAP_DAC_OVERRIDE);
    NTSTATUS status;

    ok(!open_error(server_file()), "the server does not open its file\n"); /* design 5.4 */
    ok(open_error(file_of("root")) == (overrides ? 0 : EACCES), "a file of root: %d\n", open_error(file_of("root"))); /* capabilities(7) */
    check_switch(alice, "alice", ALICE); /* design 5.4 */
    check_switch(bob, "bob", BOB); /* design 5.4 */
    PsRevertToSelf();
    ok(is_process_now(), "capabilities are not back\n"); /* design 5.4 */
    ok(!open_error(server_file()), "the server does not open its file\n"); /* design 5.4 */

    status = impersonate_at(alice, SecurityIdentification);
    ok(!status, "status %#x\n", status); /* design 5.6 */
    check_client(ANONYMOUS); /* design 5.6 */
    PsRevertToSelf();
    ok(is_process_now(), "capabilities are not back\n"); /* design 5.6 */
    if (process.uid[EFFECTIVE]) check_own_user();
    ObDereferenceObject(alice);
    ObDereferenceObject(bob);
    return argument;
}

/* ---- those that may not -------------------------------------------------------------------------------------------------------------- */

static void check_refused_token(PACCESS_TOKEN token, const char *whose)
{
    NTSTATUS status;

    winetest_push_context("%s", whose);
    for (int level = SecurityAnonymous; level <= SecurityDelegation; level++)
    {
        status = impersonate_at(token, (SECURITY_IMPERSONATION_LEVEL)level);
        ok(status == STATUS_ACCESS_DENIED, "level %d: status %#x\n", level, status); /* callers cite */
        ok(is_process_now(), "level %d: the thread has changed\n", level); /* callers cite */
    }
    winetest_pop_context();
}

static void check_refused(const char *name)
{
    PACCESS_TOKEN token = account_token(name);

    check_refused_token(token, name); /* design 5.7 */
    ok(!open_error(server_file()), "the server does not open its file\n"); /* design 5.7 */
    ObDereferenceObject(token);
}

/* The very ids of the process: nothing but its capabilities, if any, is taken. */
static void check_same_user(void)
{
    static const gid_t staff[] = {STAFF};
    PACCESS_TOKEN own = account_token("service"), more = ids_token(SERVICE, SERVICE, 1, staff);
    struct task task;
    NTSTATUS status;

    status = impersonate(own);
    ok(!status, "status %#x\n", status); /* design 5.7 */
    task = task_now();
    ok(!memcmp(task.uid, process.uid, sizeof(task.uid)), "uids have changed\n"); /* design 5.7 */
    ok(!memcmp(task.gid, process.gid, sizeof(task.gid)), "gids have changed\n"); /* design 5.7 */
    ok(!task.effective && !task.inheritable && !task.ambient, "capabilities %#I64x %#I64x %#I64x\n", task.effective, task.inheritable,
       task.ambient); /* design 5.7 */
    ok(PsIsThreadImpersonating(PsGetCurrentThread()), "the thread does not impersonate\n"); /* design 5.7 */
    PsRevertToSelf();
    ok(is_process_now(), "the process is not back\n"); /* design 5.7 */

    /* At Identification it would have to be the anonymous account. */
    status = impersonate_at(own, SecurityIdentification);
    ok(status == STATUS_ACCESS_DENIED && is_process_now(), "status %#x\n", status); /* design 5.7 */
    check_refused_token(more, "more groups"); /* design 5.7 */
    ObDereferenceObject(own);
    ObDereferenceObject(more);
}

/* The privilege is not there: what Windows answers with a downgrade to Identification is refused here, unless only tokens count. */
static void check_token_only(void)
{
    PACCESS_TOKEN alice = account_token("alice"), found;
    BOOLEAN copy, effective;
    SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
    NTSTATUS status = impersonate(alice);

    ok(!status, "status %#x\n", status); /* design 5.7 */
    found = PsReferenceImpersonationToken(PsGetCurrentThread(), &copy, &effective, &level);
    ok(found && level == SecurityIdentification, "level %d\n", level); /* design 5.7 */
    if (found) ObDereferenceObject(found);
    ok(is_process_now(), "ids have changed\n"); /* design 5.7 */
    PsRevertToSelf();
    ObDereferenceObject(alice);
}

/* ---- processes ------------------------------------------------------------------------------------------------------------------ */

struct kind
{
    const char *name, *role;
    const char *prefix[12];
};

#define SERVICE_IDS "setpriv", "--reuid=70020", "--regid=70020", "--clear-groups"
#define CAPABILITIES(list) "--inh-caps=" list, "--ambient-caps=" list

static const struct kind kinds[] = {
    {"root", "able", {"setpriv"}},
    {"root with groups", "able", {"setpriv", "--groups=0,70101,100000"}},
    {"root with no_new_privs", "able", {"setpriv", "--no-new-privs"}},
    {"root with inheritable capabilities", "able", {"setpriv", "--inh-caps=+setuid,+setgid,+dac_override,+chown"}},
    {"root with ambient capabilities", "able", {"setpriv", CAPABILITIES("+setuid,+setgid,+dac_override")}},
    {"root without DAC_OVERRIDE", "able", {"setpriv", "--bounding-set=-dac_override,-dac_read_search"}},
    {"root with SECBIT_NO_SETUID_FIXUP", "able", {"setpriv", "--securebits=+no_setuid_fixup"}},
    {"root with SECBIT_NO_SETUID_FIXUP and inheritable capabilities",
     "able",
     {"setpriv", "--securebits=+no_setuid_fixup,+no_setuid_fixup_locked", "--inh-caps=+setuid,+setgid"}},
    {"root without SETGID", "refused", {"setpriv", "--bounding-set=-setgid"}},
    {"root of a user namespace without setgroups", "refused", {"unshare", "--user", "--map-root-user"}},
    {"service", "able", {SERVICE_IDS, CAPABILITIES("+setuid,+setgid")}},
    {"service with no_new_privs", "able", {SERVICE_IDS, CAPABILITIES("+setuid,+setgid"), "--no-new-privs"}},
    {"service with DAC_OVERRIDE", "able", {SERVICE_IDS, CAPABILITIES("+setuid,+setgid,+dac_override")}},
    {"service with SECBIT_NO_SETUID_FIXUP", "able", {SERVICE_IDS, CAPABILITIES("+setuid,+setgid"), "--securebits=+no_setuid_fixup"}},
    {"service with SECBIT_NOROOT",
     "able",
     {SERVICE_IDS, CAPABILITIES("+setuid,+setgid,+kill"), "--securebits=+noroot,+noroot_locked"}},
    /* What cannot be put back is not taken. */
    {"service with an inheritable capability that it has not",
     "refused, same user refused",
     {SERVICE_IDS, "--inh-caps=+setuid,+setgid,+chown", "--ambient-caps=+setuid,+setgid"}},
    {"service with only SETUID", "refused, same user", {SERVICE_IDS, CAPABILITIES("+setuid")}},
    {"service with only SETGID", "refused, same user", {SERVICE_IDS, CAPABILITIES("+setgid")}},
    {"service with DAC_OVERRIDE alone", "refused, same user", {SERVICE_IDS, CAPABILITIES("+dac_override")}},
    {"service without capabilities", "refused, same user", {SERVICE_IDS}},
    {"service without capabilities, with no_new_privs", "refused, same user", {SERVICE_IDS, "--no-new-privs"}},
};

static const struct kind token_only = {"service without capabilities", "token only", {SERVICE_IDS}};

static void play(const char *name)
{
    pthread_t thread;

    process = task_now();
    securebits = prctl(PR_GET_SECUREBITS);
    probe_prepare(server_file());
    if (strstr(name, "able"))
    {
        /* On a thread of its own: the first one, by which others know the process, does not carry the client. */
        ok(!pthread_create(&thread, NULL, check_able, NULL), "no thread\n"); /* design 5.4 */
        pthread_join(thread, NULL);
    }
    if (strstr(name, "secure")) ok(getauxval(AT_SECURE), "no file capabilities\n"); /* capabilities(7) */
    if (strstr(name, "refused")) check_refused("alice");
    if (strstr(name, "same user refused")) check_refused("service"); /* design 5.7 */
    else if (strstr(name, "same user")) check_same_user();
    if (strstr(name, "token only")) check_token_only();
}

/* Not in a chroot, nor where an administrator has turned them off. */
static bool have_user_namespaces(void)
{
    return !strcmp(output_of((const char *const[]){"unshare", "--user", "echo", "yes", NULL}), "yes\n");
}

static void run_kind(const struct kind *kind)
{
    trace("%s\n", kind->name);
    if (!strcmp(kind->prefix[0], "unshare") && !have_user_namespaces())
    {
        skip("no user namespaces\n");
        return;
    }
    run_role(kind->prefix, "service", kind->role);
}

static void must_run(const char *const *words)
{
    const char *output = output_of(words);

    ok(!*output, "%s: %s\n", words[0], output); /* capabilities(7) */
}

/*
 * File capabilities and set-user-ID make the loader ignore LD_LIBRARY_PATH and $ORIGIN (ld.so(8)), so the libraries are known to its
 * cache, as they are when installed.
 */
static bool cache_libraries(void)
{
    const char *conf, *cache = make_file("ld.so.cache", "", 0, 0, 0644);
    char text[256];

    snprintf(text, sizeof(text), "include /etc/ld.so.conf\n%s\n", test_folder());
    conf = make_file("ld.so.conf", text, 0, 0, 0644);
    output_of((const char *const[]){"ldconfig", "-X", "-f", conf, "-C", cache, NULL});
    unsetenv("LD_LIBRARY_PATH");
    if (!unshare(CLONE_NEWNS) && !mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
        !mount(cache, "/etc/ld.so.cache", NULL, MS_BIND, NULL))
        return true;
    skip("no private mounts: %s\n", strerror(errno));
    return false;
}

/* In a child, which has mounts of its own. */
static void run_privileged_files(void)
{
    static const struct kind capable = {"service with file capabilities", "able, secure", {SERVICE_IDS}};
    static const struct kind set_uid = {"set-user-ID root, by service", "able, secure", {SERVICE_IDS}};
    static const struct kind both = {"set-user-ID service with file capabilities, by carol",
                                     "able, secure",
                                     {"setpriv", "--reuid=70003", "--regid=70003", "--clear-groups"}};
    const char *program = program_copy();

    if (!cache_libraries()) return;
    /* LeakSanitizer cannot trace them. */
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
    must_run((const char *const[]){"setcap", "cap_setuid,cap_setgid=ep", program, NULL});
    run_kind(&capable);
    must_run((const char *const[]){"setcap", "-r", program, NULL});
    must_run((const char *const[]){"chmod", "4755", program, NULL});
    run_kind(&set_uid);
    must_run((const char *const[]){"chown", "70020", program, NULL});
    must_run((const char *const[]){"chmod", "4755", program, NULL});
    must_run((const char *const[]){"setcap", "cap_setuid,cap_setgid=ep", program, NULL});
    if (ADDRESS_SANITIZER) skip("LeakSanitizer cannot read the environment of a process that is not dumpable\n");
    else run_kind(&both);
}

START_TEST(service)
{
    if (role())
    {
        play(role());
        return;
    }
    if (!have_sandbox() || !probe_interpreter()) return;
    process = task_now();
    probe_prepare(NULL);
    make_file_of("root", 0);
    make_file_of("service", SERVICE);
    make_file_of("alice", ALICE);
    make_file_of("bob", BOB);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) run_kind(&kinds[i]);
    use_configuration("identification = token-only");
    run_kind(&token_only);
    unsetenv("GUISE_CONF");
    ok(!run_child(run_privileged_files), "the child failed\n"); /* design 5.4 */
}
