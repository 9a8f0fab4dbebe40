/*
 * Where audit events go and what they say: a file, standard error, the system's log, or nowhere; that a sink which hangs
 * holds up nobody; whose SeAuditPrivilege counts.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#define READ  0x1
#define WRITE 0x2

static GENERIC_MAPPING mapping = {READ, WRITE, READ_CONTROL, STANDARD_RIGHTS_REQUIRED | READ | WRITE};
static SID everyone = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 1}}, {0}}, nobody = {SID_REVISION, 1, {{0, 0, 0, 0, 0, 99}}, {1}};

/* ---- what is audited --------------------------------------------------------------------------------------------------- */

static UNICODE_STRING text_of(const char *text, WCHAR *room)
{
    size_t i, length = strlen(text);

    for (i = 0; i < length; i++) room[i] = (unsigned char)text[i];
    return (UNICODE_STRING){.Length = (USHORT)(2 * length), .MaximumLength = (USHORT)(2 * length), .Buffer = room};
}

/* Everyone may read; reading and being refused to write are told. */
static SECURITY_DESCRIPTOR *audited(void)
{
    static SECURITY_DESCRIPTOR descriptor;
    static DWORD dacl[64], sacl[64];

    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)dacl, sizeof(dacl), ACL_REVISION);
    RtlAddAccessAllowedAce((PACL)dacl, ACL_REVISION, READ, &everyone);
    RtlCreateAcl((PACL)sacl, sizeof(sacl), ACL_REVISION);
    RtlAddAuditAccessAce((PACL)sacl, ACL_REVISION, READ, &everyone, TRUE, FALSE);
    RtlAddAuditAccessAce((PACL)sacl, ACL_REVISION, WRITE, &everyone, FALSE, TRUE);
    RtlAddAuditAccessAce((PACL)sacl, ACL_REVISION, READ | WRITE, &nobody, TRUE, TRUE);
    RtlSetDaclSecurityDescriptor(&descriptor, TRUE, (PACL)dacl, FALSE);
    RtlSetSaclSecurityDescriptor(&descriptor, TRUE, (PACL)sacl, FALSE);
    RtlSetOwnerSecurityDescriptor(&descriptor, &nobody, FALSE);
    RtlSetGroupSecurityDescriptor(&descriptor, &nobody, FALSE);
    return &descriptor;
}

/* The decision, or what was returned; *ON_CLOSE is 2 where nothing was written. */
static NTSTATUS check_named(const char *name, ACCESS_MASK desired, BOOLEAN *on_close)
{
    WCHAR rooms[3][64];
    UNICODE_STRING subsystem = text_of("Server", rooms[0]), type = text_of("Thing", rooms[1]), object = text_of(name, rooms[2]);
    ACCESS_MASK granted;
    NTSTATUS returned, decision = 0x5eed;

    *on_close = 2;
    returned = NtAccessCheckAndAuditAlarm(&subsystem, (PVOID)0x44, &type, &object, audited(), desired, &mapping, FALSE, &granted, &decision,
                                          on_close);
    return returned ? returned : decision;
}

static void use_debug_privilege(void)
{
    SeSinglePrivilegeCheck((LUID){SE_DEBUG_PRIVILEGE, 0}, UserMode);
}

/* ---- reading ----------------------------------------------------------------------------------------------------------- */

static char content[1 << 20];

static const char *read_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, content, sizeof(content) - 1);

    if (fd >= 0) close(fd);
    content[length < 0 ? 0 : length] = 0;
    return content;
}

/* The first line with all of the WORDS, that end with NULL; or NULL. */
static const char *line_with(const char *text, const char *const *words)
{
    static char line[2048];
    size_t length, i;

    for (; *text; text += length + (text[length] == '\n'))
    {
        length = strcspn(text, "\n");
        snprintf(line, sizeof(line), "%.*s", (int)length, text);
        for (i = 0; words[i] && strstr(line, words[i]); i++) continue;
        if (!words[i]) return line;
    }
    return NULL;
}

#define HAS(text, ...) (line_with(text, (const char *const[]){__VA_ARGS__, NULL}) != NULL)

static size_t count_of(const char *text, const char *word)
{
    size_t count = 0;

    while ((text = strstr(text, word)))
    {
        count++;
        text += strlen(word);
    }
    return count;
}

/* Runs CALL in a child that ends with exit(), so that its queue is written. */
static void (*the_call)(void);

static void call_and_exit(void)
{
    LONG before = winetest_get_failures();

    the_call();
    fflush(stdout);
    exit(winetest_get_failures() > before);
}

static void run_and_exit(void (*call)(void))
{
    the_call = call;
    ok(run_child(call_and_exit) == 0, "the child failed\n"); /* callers cite */
}

static void use_sink(const char *lines)
{
    char text[512];

    snprintf(text, sizeof(text), "identification = token-only\n[audit]\n%s", lines);
    use_configuration(text);
}

/* ---- a file -------------------------------------------------------------------------------------------------------------- */

static const char *log_path(void)
{
    static char path[128];

    snprintf(path, sizeof(path), "%s/audit.log", test_folder());
    return path;
}

static void use_file(void)
{
    char lines[256];

    snprintf(lines, sizeof(lines), "sink = file\nfile = %s", log_path());
    use_sink(lines);
}

/* As alice, who may not write there. */
static void events_of_all_kinds(void)
{
    WCHAR rooms[4][64];
    UNICODE_STRING server = text_of("Server", rooms[0]), name = text_of("a\"b\nevent=forged", rooms[1]);
    UNICODE_STRING link = text_of("link", rooms[2]), service = text_of("Backup", rooms[3]);
    PACCESS_TOKEN alice;
    PRIVILEGE_SET set = {1, 0, {{{SE_BACKUP_PRIVILEGE, 0}, 0}}};
    SE_ADT_PARAMETER_ARRAY array = {.CategoryId = 3, .AuditId = 4711};
    SECURITY_SUBJECT_CONTEXT subject;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    HANDLE handle;
    BOOLEAN on_close;
    ULONG number = 42;

    use_file();
    alice = account_token("alice");
    ok(!guise_open_token(alice, TOKEN_ALL_ACCESS, &handle), "no handle\n"); /* design 5.10 */
    ok(!impersonate(alice), "alice is refused\n"); /* design 5.4 */

    /* K3.7.1, K3.4.2: what the SACL asks for, and the rest is not told */
    ok(!check_named("one", READ, &on_close) && on_close == TRUE, "got %d\n", on_close);
    ok(check_named("two", READ | WRITE, &on_close) == STATUS_ACCESS_DENIED && on_close == FALSE, "got %d\n", on_close);
    ok(check_named("not told", READ_CONTROL, &on_close) == STATUS_ACCESS_DENIED && on_close == FALSE, "got %d\n", on_close);
    ok(!NtOpenObjectAuditAlarm(&server, (PVOID)0x45, &server, &name, audited(), handle, READ, READ, &set, TRUE, TRUE, &on_close),
       "refused\n");
    ok(on_close == TRUE, "got %d\n", on_close);
    ok(!NtCloseObjectAuditAlarm(&server, (PVOID)0x46, TRUE), "refused\n");
    ok(!NtCloseObjectAuditAlarm(&server, (PVOID)0x47, FALSE), "refused\n");
    ok(!NtDeleteObjectAuditAlarm(&server, (PVOID)0x48, TRUE), "refused\n");
    ok(!NtPrivilegeObjectAuditAlarm(&server, (PVOID)0x49, handle, READ, &set, FALSE), "refused\n");
    ok(!NtPrivilegedServiceAuditAlarm(&server, &service, handle, &set, TRUE), "refused\n");
    use_debug_privilege();

    /* K3.7.1: of drivers */
    ok(SeAuditingFileEvents(TRUE, NULL) && SeAuditingHardLinkEvents(FALSE, NULL), "no sink\n");
    SeCaptureSubjectContext(&subject);
    ok(SeAuditingFileEventsWithContext(TRUE, NULL, &subject) && SeAuditingFileOrGlobalEvents(TRUE, NULL, &subject) &&
           SeAuditingHardLinkEventsWithContext(TRUE, NULL, &subject),
       "no sink\n");
    SePrivilegeObjectAuditAlarm((HANDLE)0x50, &subject, READ, &set, TRUE, UserMode);
    SePrivilegeObjectAuditAlarm((HANDLE)0x51, &subject, READ, &set, TRUE, KernelMode);
    SeReleaseSubjectContext(&subject);
    SeAuditHardLinkCreation(&server, &link, TRUE);
    SeDeleteObjectAuditAlarm(NULL, (HANDLE)0x52);
    SeCloseObjectAuditAlarm(NULL, (HANDLE)0x53, TRUE);
    SeCloseObjectAuditAlarm(NULL, (HANDLE)0x54, FALSE);
    SeCreateAccessState(&state, &aux, READ, &mapping);
    state.PreviouslyGrantedAccess = READ;
    SeLockSubjectContext(&state.SubjectSecurityContext);
    SeOpenObjectAuditAlarm(&server, NULL, &link, audited(), &state, FALSE, TRUE, UserMode, &on_close);
    ok(on_close == TRUE, "got %d\n", on_close);
    SeOpenObjectForDeleteAuditAlarm(&server, NULL, &link, audited(), &state, FALSE, TRUE, UserMode, &on_close);
    ok(on_close == TRUE, "got %d\n", on_close);
    SeOpenObjectForDeleteAuditAlarm(&server, NULL, &service, audited(), &state, FALSE, TRUE, KernelMode, &on_close);
    ok(on_close == FALSE, "got %d\n", on_close);
    SeUnlockSubjectContext(&state.SubjectSecurityContext);
    SeDeleteAccessState(&state);

    /* header wdm.h */
    ok(!SeSetAuditParameter(&array, SeAdtParmTypeString, 0, &name) && !SeSetAuditParameter(&array, SeAdtParmTypeUlong, 1, &number) &&
           !SeSetAuditParameter(&array, SeAdtParmTypeSid, 2, &everyone) && array.ParameterCount == 3,
       "%u parameters\n", array.ParameterCount);
    ok(SeSetAuditParameter(&array, SeAdtParmTypeSid, SE_MAX_AUDIT_PARAMETERS, &everyone) == STATUS_INVALID_PARAMETER, "it fits\n");
    ok(SeSetAuditParameter(&array, SeAdtParmTypeClaims, 3, &everyone) == STATUS_INVALID_PARAMETER && array.ParameterCount == 3, "it fits\n");
    ok(!SeReportSecurityEvent(0, &server, NULL, &array), "refused\n");
    array.ParameterCount = SE_MAX_AUDIT_PARAMETERS + 1;
    ok(SeReportSecurityEvent(0, &server, NULL, &array) == STATUS_INVALID_PARAMETER, "reported\n");
    PsRevertToSelf();
    NtClose(handle);
    ObDereferenceObject(alice);
}

static void test_file(void)
{
    const char *text;
    struct stat st;

    run_and_exit(events_of_all_kinds); /* design 5.10 */
    text = read_file(log_path());

    /* design 5.10: as the process, whoever the thread was */
    ok(!stat(log_path(), &st) && st.st_uid == 0 && (st.st_mode & 07777) == 0600, "uid %u, mode %o\n", st.st_uid, st.st_mode);

    /* K3.7.1: each of them once */
    ok(HAS(text, "guise-audit: time=", "event=access result=success", "client=S-1-22-1-70001 process=S-1-5-18",
           "desired=0x1 granted=0x1", "handle=0x44 subsystem=\"Server\" type=\"Thing\" object=\"one\""),
       "got %s\n", text);
    ok(HAS(text, "event=access result=failure", "desired=0x3 granted=0", "object=\"two\""), "got %s\n", text);
    ok(!strstr(text, "not told"), "got %s\n", text);
    ok(HAS(text, "event=open result=success", "privileges=17 created=yes handle=0x45", "object=\"a\\u0022b\\u000aevent=forged\""),
       "got %s\n", text);
    ok(HAS(text, "event=close", "handle=0x46") && !strstr(text, "0x47"), "got %s\n", text);
    ok(HAS(text, "event=delete", "handle=0x48"), "got %s\n", text);
    ok(HAS(text, "event=privilege result=failure", "privileges=17", "handle=0x49"), "got %s\n", text);
    ok(HAS(text, "event=privilege result=success", "privileges=17", "service=\"Backup\""), "got %s\n", text);
    ok(HAS(text, "event=privilege result=failure", "client=S-1-22-1-70001", "privileges=20"), "got %s\n", text);
    ok(HAS(text, "event=privilege result=success", "handle=0x50") && !strstr(text, "0x51"), "got %s\n", text);
    ok(HAS(text, "event=link", "object=\"Server\" link=\"link\""), "got %s\n", text);
    ok(HAS(text, "event=delete", "handle=0x52"), "got %s\n", text);
    ok(HAS(text, "event=close", "handle=0x53") && !strstr(text, "0x54"), "got %s\n", text);
    ok(HAS(text, "event=open ", "type=\"Server\" object=\"link\"") && HAS(text, "event=open-for-delete", "object=\"link\""), "got %s\n",
       text);
    ok(HAS(text, "event=report", "source=\"Server\"", "category=3 id=4711", "p1=42 p2=S-1-1-0"), "got %s\n", text);
    ok(count_of(text, "guise-audit:") == count_of(text, "\n") && count_of(text, "\n") == 15, "%zu lines: %s\n", count_of(text, "\n"), text);
}

/* Objects with a SACL of their own. */
static void open_with_sacl(void)
{
    DWORD sacl[32];
    SECURITY_DESCRIPTOR descriptor;
    AUX_ACCESS_DATA aux;
    ACCESS_STATE state;
    HANDLE token, copy = NULL;
    NTSTATUS status;
    PVOID object;

    use_file();
    ok(!NtOpenProcessToken(NtCurrentProcess(), TOKEN_ALL_ACCESS | ACCESS_SYSTEM_SECURITY, &token), "no token\n"); /* K3.1.1 */
    RtlCreateSecurityDescriptor(&descriptor, SECURITY_DESCRIPTOR_REVISION);
    RtlCreateAcl((PACL)sacl, sizeof(sacl), ACL_REVISION);
    RtlAddAuditAccessAce((PACL)sacl, ACL_REVISION, TOKEN_DUPLICATE, &everyone, TRUE, TRUE);
    RtlSetSaclSecurityDescriptor(&descriptor, TRUE, (PACL)sacl, FALSE);
    status = NtSetSecurityObject(token, SACL_SECURITY_INFORMATION, &descriptor);
    ok(!status, "got %#x\n", status); /* DDI ZwSetSecurityObject */
    ok(!ObReferenceObjectByHandle(token, 0, NULL, KernelMode, &object, NULL), "no object\n"); /* DDI ObReferenceObjectByHandle */

    /* K3.7.1 */
    ok(!ObOpenObjectByPointer(object, 0, NULL, TOKEN_DUPLICATE, *SeTokenObjectType, UserMode, &copy), "refused\n");
    NtClose(copy);
    ok(!ObOpenObjectByPointer(object, 0, NULL, TOKEN_QUERY_SOURCE, *SeTokenObjectType, UserMode, &copy), "refused\n");
    NtClose(copy);
    SeCreateAccessState(&state, &aux, TOKEN_DUPLICATE | TOKEN_ADJUST_SESSIONID, NULL);
    ok(ObCheckObjectAccess(object, &state, FALSE, UserMode, &status) && state.GenerateOnClose, "got %#x\n", status);
    SeDeleteAccessState(&state);
    ObDereferenceObject(object);
    NtClose(token);
}

static void test_objects(void)
{
    const char *text;

    unlink(log_path());
    run_and_exit(open_with_sacl); /* K3.7.1 */
    text = read_file(log_path());
    ok(HAS(text, "event=open result=success", "desired=0x2 granted=0x2", "type=\"Token\""), "got %s\n", text); /* K3.7.1 */
    ok(HAS(text, "event=open result=success", "desired=0x102 granted=0x102"), "got %s\n", text); /* K3.7.1 */
    ok(count_of(text, "\n") == 2, "got %s\n", text); /* K3.7.1 */
}

/* ---- fork, rotation ------------------------------------------------------------------------------------------------------ */

static void events_around_fork(void)
{
    pid_t child;
    int i, status = -1;

    use_file();
    for (i = 0; i < 20; i++) use_debug_privilege();
    if (!(child = fork()))
    {
        char mine[32];

        for (i = 0; i < 30; i++) use_debug_privilege();
        snprintf(mine, sizeof(mine), "pid=%d ", (int)getpid());
        for (i = 0; i < 500 && count_of(read_file(log_path()), mine) < 30; i++) usleep(10000);
        _exit(i == 500);
    }
    for (i = 0; i < 10; i++) use_debug_privilege();
    waitpid(child, &status, 0);
    ok(!status, "the child ended with %#x\n", (unsigned int)status); /* fork(2) */
}

static void test_fork(void)
{
    const char *text;

    if (THREAD_SANITIZER)
    {
        skip("the sanitizer allows no threads there\n");
        return;
    }
    unlink(log_path());
    run_and_exit(events_around_fork); /* fork(2) */
    text = read_file(log_path());
    ok(count_of(text, "\n") == 60 && count_of(text, "event=privilege") == 60, "%zu lines\n", count_of(text, "\n")); /* fork(2) */
}

static void events_around_rotation(void)
{
    char old[160];

    use_file();
    use_debug_privilege();
    usleep(1100000);
    snprintf(old, sizeof(old), "%s.1", log_path());
    ok(!rename(log_path(), old), "it is not there\n"); /* rename(2) */
    use_debug_privilege();
    usleep(1100000);
    use_debug_privilege();
    /* Whoever closes what he does not know makes room for other files: they are not written to. To the sanitizer that is a race. */
    for (int fd = 3; fd < 64 && !THREAD_SANITIZER; fd++) close(fd);
    for (int fd = 3; fd < 64 && !THREAD_SANITIZER; fd++) open("/dev/full", O_RDWR | O_CLOEXEC);
    use_debug_privilege();
}

static void test_rotation(void)
{
    char old[160];

    unlink(log_path());
    snprintf(old, sizeof(old), "%s.1", log_path());
    run_and_exit(events_around_rotation); /* rename(2) */
    ok(count_of(read_file(old), "\n") >= 1, "the old file is empty\n"); /* rename(2) */
    ok(count_of(read_file(log_path()), "\n") == 4 - count_of(read_file(old), "\n"), "got %s\n", read_file(log_path())); /* rename(2) */
    ok(count_of(read_file(log_path()), "\n") >= 2, "got %s\n", read_file(log_path())); /* rename(2), close(2) */
}

/* ---- a sink that hangs ----------------------------------------------------------------------------------------------------- */

enum
{
    EVENTS = 2000
};

static size_t lost_in(const char *text)
{
    size_t sum = 0;

    while ((text = strstr(text, " lost="))) sum += strtoul(text += 6, NULL, 10);
    return sum;
}

static double seconds_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void hang_and_recover(void)
{
    int ends[2], saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 10), i;
    double started, taken;
    ssize_t got;
    size_t length = 0, full = 0, told;

    if (pipe2(ends, O_CLOEXEC)) abort();
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], content, 4096) > 0) full += 4096;
    fcntl(ends[1], F_SETFL, 0);
    fflush(stderr);
    dup2(ends[1], STDERR_FILENO);
    use_sink("sink = stderr");
    started = seconds_now();
    for (i = 0; i < EVENTS; i++) use_debug_privilege();
    taken = seconds_now() - started;
    dup2(saved, STDERR_FILENO);
    ok(taken < 2, "%d checks took %.1f s\n", EVENTS, taken); /* pipe(7) */

    /* The pipe is read, and all is told or counted. */
    while (full && (got = read(ends[0], content, full < sizeof(content) ? full : sizeof(content))) > 0) full -= (size_t)got;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    started = seconds_now();
    do
    {
        got = read(ends[0], content + length, sizeof(content) - 1 - length);
        if (got > 0) length += (size_t)got;
        content[length] = 0;
        told = count_of(content, "event=privilege") + lost_in(content);
    } while (told < EVENTS && seconds_now() - started < 5);
    ok(told == EVENTS && lost_in(content) > EVENTS / 2, "%zu events, %zu of them lost\n", told, lost_in(content)); /* pipe(7) */

    /* Nobody reads any more: that ends no program. */
    close(ends[0]);
    for (i = 0; i < 10; i++) use_debug_privilege();
    started = seconds_now();
}

static void test_hanging(void)
{
    double started = seconds_now();

    run_and_exit(hang_and_recover); /* pipe(7), signal(7) */
    ok(seconds_now() - started < 10, "the end of the program waits for the sink\n"); /* pipe(7) */
}

/* The end of the program does not wait long for a pipe that is full. */
static void hang_at_end(void)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC)) abort();
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], content, 4096) > 0) continue;
    fcntl(ends[1], F_SETFL, 0);
    dup2(ends[1], STDERR_FILENO);
    use_sink("sink = stderr");
    use_debug_privilege();
}

/* A file that may not grow: SIGXFSZ is for nobody. */
static void limited_file(void)
{
    const struct rlimit none = {0, RLIM_INFINITY};
    int i;

    use_file();
    setrlimit(RLIMIT_FSIZE, &none);
    for (i = 0; i < 10; i++) use_debug_privilege();
}

static void test_ends(void)
{
    double started = seconds_now();

    run_and_exit(hang_at_end); /* pipe(7) */
    ok(seconds_now() - started < 5, "the end of the program waits for the sink\n"); /* pipe(7) */
    unlink(log_path());
    run_and_exit(limited_file); /* setrlimit(2) */
    ok(!*read_file(log_path()), "got %s\n", content); /* setrlimit(2) */
}

/* ---- standard error, the system's log, nowhere ------------------------------------------------------------------------------ */

static void to_stderr(void)
{
    int fd = open(log_path(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

    dup2(fd, STDERR_FILENO);
    use_sink("sink = stderr");
    use_debug_privilege();
}

static void to_system_log(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    char line[2048];
    ssize_t got;
    int log = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), again;

    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount(test_folder(), "/dev", NULL, MS_BIND, NULL) ||
        bind(log, (struct sockaddr *)&address, sizeof(address)))
    {
        skip("no /dev of one's own\n");
        return;
    }
    use_sink("sink = syslog");
    use_debug_privilege();
    got = recv(log, line, sizeof(line) - 1, 0);
    line[got < 0 ? 0 : got] = 0;
    /* syslog(3): facility authpriv, severity info */
    ok(!strncmp(line, "<86>guise-audit[", 16) && strstr(line, "]: event=privilege") && !strchr(line, '\n'), "got %s\n", line);

    /* unix(7): the log is started again */
    close(log);
    unlink(address.sun_path);
    again = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ok(!bind(again, (struct sockaddr *)&address, sizeof(address)), "error %d\n", errno);
    use_debug_privilege();
    got = recv(again, line, sizeof(line) - 1, 0);
    line[got < 0 ? 0 : got] = 0;
    ok(strstr(line, "event=privilege") != NULL, "got %s\n", line);
    umount2("/dev", MNT_DETACH);
}

static unsigned int open_descriptors(void)
{
    unsigned int count = 0;

    for (int fd = 0; fd < 256; fd++) count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

static void to_no_system_log(void)
{
    unsigned int before;

    if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount(test_folder(), "/dev", NULL, MS_BIND, NULL))
    {
        skip("no /dev of one's own\n");
        return;
    }
    unlink("/dev/log");
    use_sink("sink = syslog");
    before = open_descriptors();
    SeAuditingFileEvents(TRUE, NULL);
    ok(open_descriptors() == before, "%u descriptors, before %u\n", open_descriptors(), before); /* unix(7) */
    umount2("/dev", MNT_DETACH);
}

static void to_nobody(void)
{
    size_t mine, before = count_tasks(0, &mine);

    use_sink("sink = none");
    use_debug_privilege();
    ok(!SeAuditingFileEvents(TRUE, NULL), "there is a sink\n"); /* K3.7.1 */
    ok(count_tasks(0, &mine) == before, "%zu threads\n", before); /* pthreads(7) */
}

static void to_no_such_sink(void)
{
    const struct guise_config *config;

    use_sink("sink = everywhere");
    ok(guise_get_config(&config) == STATUS_INVALID_PARAMETER, "it is taken\n"); /* design 6 */
    ok(!SeAuditingFileEvents(TRUE, NULL), "there is a sink\n"); /* design 6 */
}

static void test_others(void)
{
    const char *text;

    unlink(log_path());
    run_and_exit(to_stderr); /* K3.7.1 */
    text = read_file(log_path());
    ok(HAS(text, "guise-audit: time=", "event=privilege result=success", "process=S-1-5-18", "privileges=20") && count_of(text, "\n") == 1,
       "got %s\n", text); /* K3.5.2 */
    run_and_exit(to_system_log); /* syslog(3) */
    run_and_exit(to_no_system_log); /* unix(7) */
    run_and_exit(to_nobody); /* K3.7.1 */
    run_and_exit(to_no_such_sink); /* design 6 */
}

/* ---- whose privilege ---------------------------------------------------------------------------------------------------------- */

/* The client has the privilege, and the process, which lacks CAP_AUDIT_WRITE, has not. */
static void client_has_it(void)
{
    SECURITY_QUALITY_OF_SERVICE qos = {sizeof(qos), SecurityIdentification, SECURITY_STATIC_TRACKING, FALSE};
    OBJECT_ATTRIBUTES attributes = {.Length = sizeof(attributes), .SecurityQualityOfService = &qos};
    TOKEN_PRIVILEGES privileges = {1, {{{SE_AUDIT_PRIVILEGE, 0}, SE_PRIVILEGE_ENABLED}}};
    TOKEN_GROUPS groups = {1, {{&everyone, SE_GROUP_MANDATORY | SE_GROUP_ENABLED}}};
    TOKEN_SOURCE source = {.SourceName = "Test"};
    LARGE_INTEGER never = {.QuadPart = -1};
    PRIVILEGE_SET set = {1, PRIVILEGE_SET_ALL_NECESSARY, {{{SE_AUDIT_PRIVILEGE, 0}, 0}}};
    PVOID client = NULL;
    BOOLEAN on_close, held = FALSE;
    NTSTATUS status;
    HANDLE token;

    use_sink("sink = none");
    status = NtCreateToken(&token, TOKEN_ALL_ACCESS, &attributes, TokenImpersonation, &(LUID){0x3e7, 0}, &never, &(TOKEN_USER){{&nobody, 0}},
                           &groups, &privileges, NULL, &(TOKEN_PRIMARY_GROUP){&everyone}, NULL, &source);
    ok(!status, "got %#x\n", status); /* DDI ZwCreateToken */
    ok(!NtPrivilegeCheck(token, &set, &held) && held, "the client has it not\n"); /* K3.5.1 */
    ok(!ObReferenceObjectByHandle(token, 0, *SeTokenObjectType, KernelMode, &client, NULL), "no token\n"); /* DDI ObReferenceObjectByHandle */
    ok(!impersonate_at(client, SecurityIdentification), "refused\n"); /* design 5.6 */
    status = check_named("one", READ, &on_close);
    ok(status == STATUS_PRIVILEGE_NOT_HELD && on_close == 2, "got %#x\n", status); /* K0.3.4, K3.4.2 */
    PsRevertToSelf();
    ObDereferenceObject(client);
    NtClose(token);
}

START_TEST(audit)
{
    static const char *const without[] = {"setpriv", "--bounding-set=-audit_write", NULL};

    if (role())
    {
        client_has_it();
        return;
    }
    if (!have_sandbox()) return;
    test_file();
    test_objects();
    test_fork();
    test_rotation();
    test_hanging();
    test_ends();
    test_others();
    run_role(without, "audit", "client");
}
