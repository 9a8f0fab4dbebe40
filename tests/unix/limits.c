/*
 * Tests that pin the documented limits (design 5.16): what does not change with the credential of a thread.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static PACCESS_TOKEN alice;

static void test_descriptors(void)
{
    const char *path = make_file("root", "secret", 0, 0, 0600);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    char text[8] = "";

    impersonate(alice);
    ok(read(fd, text, 6) == 6 && !strcmp(text, "secret"), "an open descriptor lost its rights\n"); /* design 5.16 */
    ok(open_error(path) == EACCES, "the file opens\n"); /* design 5.16 */
    PsRevertToSelf();
    close(fd);
}

static uid_t uid_of_message(int from, int to)
{
    union
    {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    char byte = 'x';
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)};
    struct ucred sender = {.uid = (uid_t)-1};

    if (write(from, &byte, 1) != 1 || recvmsg(to, &message, 0) != 1) return (uid_t)-1;
    if (CMSG_FIRSTHDR(&message)) memcpy(&sender, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(sender));
    return sender.uid;
}

/* The kernel's own credentials on a socket are those of the client or of the third account, never the server's. */
static void test_socket_credentials(void)
{
    struct ucred peer = {0};
    socklen_t length = sizeof(peer);
    int ends[2], yes = 1;
    uid_t sender;

    impersonate(alice);
    ok(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), "no sockets\n"); /* unix(7) */
    ok(!getsockopt(ends[0], SOL_SOCKET, SO_PEERCRED, &peer, &length), "no credential\n"); /* unix(7) */
    ok(peer.uid == ALICE && peer.gid == ALICE, "SO_PEERCRED says %u\n", peer.uid); /* design 5.16 */
    setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes));
    sender = uid_of_message(ends[1], ends[0]);
    ok(sender == THIRD, "SCM_CREDENTIALS says %u\n", sender); /* design 5.16 */
    PsRevertToSelf();
    close(ends[0]);
    close(ends[1]);
}

static void umask_and_folder(void)
{
    char before[256], after[256];

    umask(027);
    if (!getcwd(before, sizeof(before))) return;
    impersonate(alice);
    ok(umask(027) == 027, "the umask changed\n"); /* design 5.16 */
    ok(getcwd(after, sizeof(after)) && !strcmp(before, after), "the working directory changed\n"); /* design 5.16 */
    PsRevertToSelf();
}

static void dumpable_cleared(void)
{
    prctl(PR_SET_DUMPABLE, 1);
    impersonate(alice);
    PsRevertToSelf();
    ok(prctl(PR_GET_DUMPABLE) != 1, "the process stays dumpable\n"); /* design 5.16 */
}

static void dumpable_restored(void)
{
    PACCESS_TOKEN token;

    use_configuration("restore-dumpable = yes");
    token = account_token("alice");
    ok(prctl(PR_GET_DUMPABLE) == 1, "the process is not dumpable to begin with\n"); /* prctl(2) */
    ok(!impersonate(token), "alice is refused\n"); /* design 5.4 */
    ok(prctl(PR_GET_DUMPABLE) != 1, "dumpable while a client is carried\n"); /* design 5.16 */
    PsRevertToSelf();
    ok(prctl(PR_GET_DUMPABLE) == 1, "not restored\n"); /* design 5.16 */
    impersonate(token);
    PsRevertToSelf();
    ok(prctl(PR_GET_DUMPABLE) != 1, "restored more than once\n"); /* design 5.16 */
}

/* ---- io_uring ------------------------------------------------------------------------------------------------------------- */

struct ring
{
    int fd;
    struct io_uring_params parameters;
    char *submit, *complete;
    struct io_uring_sqe *entries;
};

static bool open_ring(struct ring *ring, unsigned int flags)
{
    memset(ring, 0, sizeof(*ring));
    ring->parameters.flags = flags;
    ring->parameters.sq_thread_idle = 50;
    ring->fd = (int)syscall(SYS_io_uring_setup, 4, &ring->parameters);
    if (ring->fd < 0) return false;
    ring->submit = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQ_RING);
    ring->complete = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_CQ_RING);
    ring->entries = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring->fd, IORING_OFF_SQES);
    return ring->submit != MAP_FAILED && ring->complete != MAP_FAILED && ring->entries != MAP_FAILED;
}

/* Opens PATH through the ring: a descriptor or a negative errno. */
static int open_through(struct ring *ring, const char *path, unsigned int personality)
{
    const struct io_sqring_offsets *sq = &ring->parameters.sq_off;
    const struct io_cqring_offsets *cq = &ring->parameters.cq_off;
    unsigned int *tail = (unsigned int *)(ring->submit + sq->tail), *head = (unsigned int *)(ring->complete + cq->head);
    unsigned int slot = *tail & *(unsigned int *)(ring->submit + sq->ring_mask);
    struct io_uring_cqe *completion;

    ring->entries[slot] = (struct io_uring_sqe){.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (uintptr_t)path, .open_flags = O_RDONLY};
    ring->entries[slot].personality = (uint16_t)personality;
    ((unsigned int *)(ring->submit + sq->array))[slot] = slot;
    __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
    syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_SQ_WAKEUP, NULL, 0);
    while (__atomic_load_n((unsigned int *)(ring->complete + cq->tail), __ATOMIC_ACQUIRE) == *head) sched_yield();
    completion = (struct io_uring_cqe *)(ring->complete + cq->cqes) + (*head & *(unsigned int *)(ring->complete + cq->ring_mask));
    ++*head;
    return completion->res;
}

static void test_io_uring(void)
{
    const char *path = make_file("ring", "secret", 0, 0, 0600);
    struct ring plain, polled;
    int fd, personality;

    if (!open_ring(&plain, 0))
    {
        skip("no io_uring: %s\n", strerror(errno));
        return;
    }
    personality = (int)syscall(SYS_io_uring_register, plain.fd, IORING_REGISTER_PERSONALITY, NULL, 0);
    impersonate(alice);
    fd = open_through(&plain, path, 0);
    ok(fd == -EACCES, "an ordinary ring answers %d\n", fd); /* design 5.16 */
    fd = open_through(&plain, path, (unsigned int)personality);
    ok(personality > 0 && fd >= 0, "a personality of the server answers %d\n", fd); /* design 5.16 */
    close(fd);
    PsRevertToSelf();
    close(plain.fd);

    if (!open_ring(&polled, IORING_SETUP_SQPOLL)) return;
    impersonate(alice);
    fd = open_through(&polled, path, 0);
    ok(fd >= 0, "a ring with a thread of its own answers %d\n", fd); /* design 5.16 */
    close(fd);
    PsRevertToSelf();
    close(polled.fd);
}

/* A user namespace whose groups cannot be set (user_namespaces(7)): impersonation is refused, never done without groups. */
static void without_setgroups(void)
{
    struct task before, after;
    PACCESS_TOKEN token;

    before = task_now();
    token = account_token("alice");
    ok(impersonate(token) == STATUS_ACCESS_DENIED, "alice is carried\n"); /* design 5.16 */
    after = task_now();
    ok(same_credential(&before, &after), "uid %u\n", after.uid[EFFECTIVE]); /* design 5.16 */
    ObDereferenceObject(token);
}

static bool write_file(pid_t pid, const char *name, const char *text)
{
    char path[64];
    bool good;
    int fd;

    snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0) close(fd);
    return good;
}

/* All ids are mapped, by root outside; only groups may not be set. */
static void test_user_namespace(void)
{
    const char *program = program_copy();
    int ready[2], go[2];
    pid_t child;
    char byte;

    if (pipe(ready) || pipe(go)) return;
    fflush(stdout);
    if (!(child = fork()))
    {
        /* ThreadSanitizer's own thread forbids a new user namespace. */
        if (unshare(CLONE_NEWUSER)) _exit(0);
        if (write(ready[1], "x", 1) != 1 || read(go[0], &byte, 1) != 1) _exit(98);
        setenv("GUISE_TEST_ROLE", "namespace", 1);
        execl(program, program, "limits", (char *)NULL);
        _exit(99);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) skip("no user namespaces\n");
    else if (!write_file(child, "setgroups", "deny") || !write_file(child, "uid_map", "0 0 200000") ||
             !write_file(child, "gid_map", "0 0 200000") || write(go[1], "x", 1) != 1)
        ok(FALSE, "no mapping\n"); /* user_namespaces(7) */
    close(go[1]);
    winetest_wait_child_process(child);
    close(ready[0]);
    close(go[0]);
}

START_TEST(limits)
{
    if (role())
    {
        without_setgroups();
        return;
    }
    if (!have_sandbox()) return;
    ok(!run_child(dumpable_restored), "restore-dumpable\n"); /* design 5.16 */
    alice = account_token("alice");
    ok(!run_child(umask_and_folder), "umask\n"); /* design 5.16 */
    ok(!run_child(dumpable_cleared), "dumpable\n"); /* design 5.16 */
    test_descriptors();
    test_socket_credentials();
    test_io_uring();
    test_user_namespace();
    ObDereferenceObject(alice);
}
