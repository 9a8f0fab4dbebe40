/*
 * Tests of the ways in which the libraries come into a program (design 5.13): linked as here, opened by Python's ctypes, or preloaded. Only
 * where the program itself calls the interposed functions do they count; elsewhere a blocked signal guards the thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "probe.h"

#include <dlfcn.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* The scripts are run by root, so that set*id and impersonation are theirs to do. */
static const char common[] =
    "import ctypes, os, signal, subprocess, sys, threading, time\n"
    "ntoskrnl = ctypes.CDLL(sys.argv[1])\n"
    "libc = ctypes.CDLL(None, use_errno=True)\n"
    "ALICE, BOB, THIRD, STAFF = 70001, 70002, 70090, 70101\n"
    "EBUSY, ACCESS_DENIED = 16, 0xC0000022\n"
    "class Logon(ctypes.Structure):\n"
    "    _fields_ = [('source', ctypes.c_char_p), ('user_name', ctypes.c_void_p), ('domain_name', ctypes.c_void_p),\n"
    "                ('user', ctypes.c_void_p), ('groups', ctypes.c_void_p), ('group_count', ctypes.c_size_t),\n"
    "                ('account', ctypes.c_void_p), ('level', ctypes.c_int)]\n"
    "ntoskrnl.PsGetCurrentThread.restype = ctypes.c_void_p\n"
    "def token(name):\n"
    "    account, made = ctypes.c_void_p(), ctypes.c_void_p()\n"
    "    if ntoskrnl.guise_account_by_name(name.encode(), ctypes.byref(account)): sys.exit('no account ' + name)\n"
    "    logon = Logon(source=b'Test', account=account, level=3)\n"
    "    if ntoskrnl.guise_create_logon_token(ctypes.byref(logon), ctypes.byref(made)): sys.exit('no token')\n"
    "    return made\n"
    "def impersonate(token):\n"
    "    return ntoskrnl.PsImpersonateClient(ctypes.c_void_p(ntoskrnl.PsGetCurrentThread()), token, 0, 0, 2) & 0xFFFFFFFF\n"
    "def revert(): ntoskrnl.PsRevertToSelf()\n"
    "def status(tid=None):\n"
    "    lines = open('/proc/self/task/%d/status' % (tid or threading.get_native_id())).read().split('\\n')\n"
    "    return dict(line.split(':', 1) for line in lines if ':' in line)\n"
    "def uids(tid=None): return [int(word) for word in status(tid)['Uid'].split()]\n"
    "def gids(tid=None): return [int(word) for word in status(tid)['Gid'].split()]\n"
    "def blocked(tid=None): return int(status(tid)['SigBlk'], 16) >> 32 & 1 == 1\n"
    "def client(uid): return [THIRD, uid, 0, uid]\n"
    "def refused(path):\n"
    "    try: os.close(os.open(path, os.O_RDONLY)); return False\n"
    "    except PermissionError: return True\n"
    "def check(name, held): print(name + (': yes' if held else ': NO'), flush=True)\n"
    "def on_thread(call):\n"
    "    answers = []\n"
    "    thread = threading.Thread(target=lambda: answers.append(call()))\n"
    "    thread.start()\n"
    "    thread.join()\n"
    "    return answers[0]\n"
    "def child_uid():\n"
    "    child = os.fork()\n"
    "    if not child: os._exit(0 if uids() == [0, 0, 0, 0] and not blocked() else 1)\n"
    "    return os.waitpid(child, 0)[1]\n"
    "alice, bob, secret = token('alice'), token('bob'), sys.argv[2]\n";

/* Functions of libc reach libc: glibc's set*id meets the thread, and must wait for it. */
static const char opened[] =
    "check('open', impersonate(alice) == 0)\n"
    "check('client', uids() == client(ALICE) and refused(secret))\n"
    "check('mask', not blocked())\n"
    "revert()\n"
    "check('reverted', uids() == [0, 0, 0, 0])\n"
    /* One thread changes the ids of all: the idle one answers at once, the one that carries the client does not. They are made first:
     * threads of Python's would start as the client. */
    "def set_id_meanwhile(carry, leave):\n"
    "    idle, answers, go, stop = [], [], threading.Event(), threading.Event()\n"
    "    sleeper = threading.Thread(target=lambda: (idle.append(threading.get_native_id()), stop.wait()))\n"
    "    setter = threading.Thread(target=lambda: (go.wait(), answers.append(libc.setresgid(-1, STAFF, -1))))\n"
    "    sleeper.start()\n"
    "    setter.start()\n"
    "    while not idle: time.sleep(0.001)\n"
    "    tid = carry()\n"
    "    go.set()\n"
    "    while gids(idle[0])[1] != STAFF: time.sleep(0.001)\n"
    "    time.sleep(0.05)\n"
    "    waits = not answers and uids(tid) == client(ALICE) and gids(tid) == [THIRD, ALICE, 0, ALICE]\n"
    "    leave()\n"
    "    setter.join()\n"
    "    stop.set()\n"
    "    sleeper.join()\n"
    "    goes_on = answers == [0] and gids() == [0, STAFF, 0, STAFF] and uids() == [0, 0, 0, 0] and not blocked()\n"
    "    return waits, goes_on\n"
    "def carry(): impersonate(alice)\n"
    "waits, goes_on = set_id_meanwhile(carry, revert)\n"
    "check('set*id waits', waits)\n"
    "check('set*id goes on', goes_on)\n"
    "check('new process credential', impersonate(bob) == 0 and uids() == client(BOB) and gids()[1] == BOB)\n"
    "revert()\n"
    "check('new way back', gids() == [0, STAFF, 0, STAFF])\n"
    "libc.setresgid(-1, 0, -1)\n"
    /* glibc takes its own signals out of every mask that it sets (nptl(7)). */
    "def carry_and_set_mask():\n"
    "    impersonate(alice)\n"
    "    signal.pthread_sigmask(signal.SIG_SETMASK, [])\n"
    "waits, goes_on = set_id_meanwhile(carry_and_set_mask, revert)\n"
    "check('set*id waits whatever mask', waits and goes_on)\n"
    "libc.setresgid(-1, 0, -1)\n"
    /* A thread that ends with its client. */
    "def carry_on_thread():\n"
    "    carried = threading.Event()\n"
    "    thread = threading.Thread(target=lambda: (impersonate(alice), carried.set(), ending.wait()))\n"
    "    thread.start()\n"
    "    carried.wait()\n"
    "    return thread.native_id\n"
    "ending = threading.Event()\n"
    "waits, goes_on = set_id_meanwhile(carry_on_thread, ending.set)\n"
    "check('set*id waits for the end of a thread', waits and goes_on)\n"
    "libc.setresgid(-1, 0, -1)\n"
    /* What starts past the interposed functions. */
    "impersonate(alice)\n"
    "def before_and_after():\n"
    "    before = (uids(), blocked())\n"
    "    ntoskrnl.PsGetCurrentThread()\n"
    "    return before, (uids(), blocked())\n"
    "before, after = on_thread(before_and_after)\n"
    "check('stray thread', before == (client(ALICE), False) and after == ([0, 0, 0, 0], False))\n"
    "strays, ending = [], threading.Event()\n"
    "stray = threading.Thread(target=lambda: (strays.append(threading.get_native_id()), ending.wait()))\n"
    "stray.start()\n"
    "while not strays: time.sleep(0.001)\n"
    "revert()\n"
    "before = uids(strays[0])\n"
    "changed = libc.setresgid(-1, STAFF, -1)\n"
    "after = uids(strays[0]), gids(strays[0])\n"
    "check('stray thread and set*id', (before, changed, after) == (client(ALICE), 0, ([0, 0, 0, 0], [0, STAFF, 0, STAFF])))\n"
    "libc.setresgid(-1, 0, -1)\n"
    "ending.set()\n"
    "stray.join()\n"
    "impersonate(alice)\n"
    "check('fork', child_uid() == 0)\n"
    "report = subprocess.run([sys.argv[3], '-I', '-S', '-c', 'print(open(\"/proc/self/status\").read())'], stdout=subprocess.PIPE).stdout\n"
    "lines = dict(line.split(':', 1) for line in report.decode().split('\\n') if ':' in line)\n"
    "check('subprocess', lines['Uid'].split() == [str(i) for i in (THIRD, ALICE, ALICE, ALICE)] and int(lines['CapPrm'], 16) == 0 and int(lines['SigBlk'], 16) == 0)\n"
    "check('parent', uids() == client(ALICE))\n"
    "revert()\n"
    "check('end', uids() == [0, 0, 0, 0] and not blocked())\n";

static const char preloaded[] =
    "check('preload', impersonate(alice) == 0)\n"
    "check('client', uids() == client(ALICE) and refused(secret))\n"
    "check('mask', not blocked())\n"
    "check('thread', on_thread(lambda: (uids(), blocked())) == ([0, 0, 0, 0], False))\n"
    "def set_id():\n"
    "    return libc.setresgid(-1, STAFF, -1), ctypes.get_errno(), gids()\n"
    "check('set*id of another', on_thread(set_id) == (-1, EBUSY, [0, 0, 0, 0]))\n"
    "check('set*id of the thread', set_id() == (-1, EBUSY, [THIRD, ALICE, 0, ALICE]) and uids() == client(ALICE))\n"
    "read, write = os.pipe()\n"
    "code = 'import os; os.write(%d, open(\"/proc/self/status\").read().encode())' % write\n"
    "os.set_inheritable(write, True)\n"
    "os.waitpid(os.posix_spawn(sys.argv[3], [sys.argv[3], '-I', '-S', '-c', code], os.environ), 0)\n"
    "spawned = os.read(read, 65536).decode()\n"
    "check('posix_spawn', 'Uid:\\t0\\t0\\t0\\t0\\n' in spawned)\n"
    "check('system', os.system('exit $(id -u)') == 0)\n"
    "check('fork', child_uid() == 0)\n"
    "check('parent', uids() == client(ALICE))\n"
    "revert()\n"
    "check('end', uids() == [0, 0, 0, 0])\n"
    "check('set*id', set_id()[::2] == (0, [0, STAFF, 0, STAFF]))\n"
    "check('new way back', impersonate(bob) == 0 and revert() is None and gids() == [0, STAFF, 0, STAFF])\n";

static const char required[] = "check('refused', impersonate(alice) == ACCESS_DENIED and uids() == [0, 0, 0, 0] and not blocked())\n"
                               "check('accepted', impersonate(alice) == 0 and uids() == client(ALICE))\n";

static char libraries[PATH_MAX];

static void find_libraries(void)
{
    ssize_t length = readlink("/proc/self/exe", libraries, sizeof(libraries) - 1);

    libraries[length < 0 ? 0 : length] = 0;
    if (length > 0) *strrchr(libraries, '/') = 0;
    strncat(libraries, "/../..", sizeof(libraries) - strlen(libraries) - 1);
}

/* What SCRIPT has written. */
static const char *run_script(const char *script, bool preload, const char *configuration)
{
    static char text[16384], variable[PATH_MAX + 64], library[PATH_MAX + 64];
    const char *words[12], *secret = make_file("secret", "secret", 0, 0, 0600), *output;
    int count = 0;

    snprintf(text, sizeof(text), "%s%s", common, script);
    snprintf(variable, sizeof(variable), "LD_PRELOAD=%s/libguise-preload.so", libraries);
    snprintf(library, sizeof(library), "%s/libntoskrnl.so.0", libraries);
    use_configuration(configuration);
    words[count++] = "env";
    if (preload) words[count++] = variable;
    words[count++] = probe_interpreter();
    words[count++] = "-I";
    words[count++] = "-S";
    words[count++] = make_file("loading.py", text, 0, 0, 0644);
    words[count++] = library;
    words[count++] = secret;
    words[count++] = probe_interpreter();
    words[count] = NULL;
    output = output_of(words);
    unsetenv("GUISE_CONF");
    return output;
}

static void check_answers(const char *output, const char *const *names, size_t count)
{
    char line[64];

    for (size_t i = 0; i < count; i++)
    {
        snprintf(line, sizeof(line), "%s: yes\n", names[i]);
        ok(strstr(output, line) != NULL, "%s does not hold: %s\n", names[i], output); /* rows cite */
    }
}

static void test_opened(void)
{
    static const char *const names[] = {
        "open",                   /* design 5.13 */
        "client",                 /* design 5.4 */
        "mask",                   /* design 5.13 */
        "reverted",               /* design 5.4 */
        "set*id waits",           /* design 5.13 */
        "set*id goes on",         /* design 5.13 */
        "new process credential", /* design 5.1 */
        "new way back",           /* design 5.4 */
        "set*id waits whatever mask", /* design 5.13 */
        "set*id waits for the end of a thread", /* design 5.14 */
        "stray thread",           /* design 5.11 */
        "stray thread and set*id", /* design 5.11, 5.13 */
        "fork",                   /* design 5.11 */
        "subprocess",             /* design 5.11 */
        "parent",                 /* design 5.11 */
        "end",                    /* design 5.4 */
    };

    check_answers(run_script(opened, false, ""), names, sizeof(names) / sizeof(names[0]));
}

static void test_preloaded(void)
{
    static const char *const names[] = {
        "preload",               /* design 5.13 */
        "client",                /* design 5.4 */
        "mask",                  /* design 5.13 */
        "thread",                /* design 5.11 */
        "set*id of another",     /* design 5.12 */
        "set*id of the thread",  /* design 5.12 */
        "posix_spawn",           /* design 5.11 */
        "system",                /* design 5.11 */
        "fork",                  /* design 5.11 */
        "parent",                /* design 5.11 */
        "end",                   /* design 5.4 */
        "set*id",                /* design 5.12 */
        "new way back",          /* design 5.12 */
    };

    check_answers(run_script(preloaded, true, "setid-wait = 20"), names, sizeof(names) / sizeof(names[0]));
}

/* Who asks for the sure way does not get the other. */
static void test_required(void)
{
    const char *output = run_script(required, false, "interposition = require");

    ok(strstr(output, "refused: yes\n") && strstr(output, "interposition = require"), "%s\n", output); /* design 5.13 */
    output = run_script(required, true, "interposition = require");
    ok(strstr(output, "accepted: yes\n") != NULL, "%s\n", output); /* design 5.13 */
}

/* A program that is linked with one of the libraries calls what it exports, and no signal is blocked. */
static void test_linked(void)
{
    static const char *const names[] = {"pthread_create", "posix_spawn", "system", "setuid", "setgroups"};
    PACCESS_TOKEN token = account_token("alice");
    void *program = dlopen(NULL, RTLD_LAZY);
    NTSTATUS status;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
        void *address = dlsym(program, names[i]);
        Dl_info info;

        ok(address && dladdr(address, &info) && strstr(info.dli_fname, "/lib") && !strstr(info.dli_fname, "libc.so"),
           "%s is that of %s\n", names[i], address ? info.dli_fname : "nobody"); /* design 5.13 */
    }
    dlclose(program);
    status = impersonate(token);
    ok(!status && task_now().uid[EFFECTIVE] == ALICE, "status %#x\n", status); /* design 5.13 */
    ok(!(task_now().blocked >> 32 & 1), "set*id is blocked: %#I64x\n", task_now().blocked); /* design 5.13 */
    PsRevertToSelf();
    ObDereferenceObject(token);
}

/* The same with the configuration that demands it: in a child, for it is read once. */
static void check_require_linked(void)
{
    PACCESS_TOKEN token;
    NTSTATUS status;

    use_configuration("interposition = require");
    token = account_token("alice");
    status = impersonate(token);
    ok(!status && task_now().uid[EFFECTIVE] == ALICE, "status %#x\n", status); /* design 5.13 */
    PsRevertToSelf();
    ObDereferenceObject(token);
}

START_TEST(loading)
{
    if (!have_sandbox()) return;
    if (ADDRESS_SANITIZER || THREAD_SANITIZER)
    {
        skip("a sanitizer's functions stand before those of Guise, and programs without it cannot open its libraries\n");
        return;
    }
    ok(!run_child(check_require_linked), "the child failed\n"); /* design 5.13 */
    test_linked();
    if (!probe_interpreter()) return;
    find_libraries();
    test_opened();
    test_preloaded();
    test_required();
}
