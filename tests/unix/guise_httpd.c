/*
 * Tests of guise-httpd over real sockets: requests and their limits, authentication bound to the connection, files as the client.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "wine/test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECURITY_WIN32
#include <security.h>

static char programs[PATH_MAX], folder[PATH_MAX];
static pid_t server;
static unsigned int port;

/* ---- the server -------------------------------------------------------------------------------------------------------- */

static bool find_programs(void)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (length < 0) return false;
    self[length] = 0;
    *strrchr(self, '/') = 0;
    return snprintf(programs, sizeof(programs), "%s/../../programs", self) < (int)sizeof(programs);
}

static const char *in_folder(const char *name)
{
    static char paths[4][PATH_MAX + 64];
    static unsigned int next;
    char *path = paths[next++ % 4];

    snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
    return path;
}

static void make_file(const char *name, const char *text, uid_t owner, mode_t mode)
{
    int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fchown(fd, owner, owner) || fchmod(fd, mode)) abort();
    close(fd);
}

static void make_files(void)
{
    char text[PATH_MAX + 128], *large = malloc(300001);

    mkdir(in_folder("root"), 0755);
    mkdir(in_folder("root/private"), 0700);
    mkdir(in_folder("root/dir"), 0755);
    make_file("root/public.txt", "public\n", 0, 0644);
    make_file("root/alice.txt", "alice\n", 70001, 0600);
    make_file("root/bob.txt", "bob\n", 70002, 0600);
    make_file("root/a b%.txt", "odd name\n", 0, 0644);
    make_file("root/private/inside.txt", "inside\n", 0, 0644);
    make_file("root/empty", "", 0, 0644);
    make_file("outside.txt", "outside\n", 0, 0644);
    memset(large, 'x', 300000);
    large[300000] = 0;
    make_file("root/large", large, 0, 0644);
    free(large);
    if (symlink("alice.txt", in_folder("root/to-alice")) || symlink("../outside.txt", in_folder("root/to-outside")) ||
        symlink("/etc/passwd", in_folder("root/to-passwd")) || symlink("loop", in_folder("root/loop")) ||
        mkfifo(in_folder("root/pipe"), 0666))
        abort();
    snprintf(text, sizeof(text), "[accounts]\nstore = %s/accounts.mdb\n[ntlm]\nnetbios-name = HTTPD\n", folder);
    make_file("guise.conf", text, 0, 0644);
}

static pid_t start(const char *program, char *const arguments[], int in, int out)
{
    char path[PATH_MAX + 64];
    pid_t child;

    snprintf(path, sizeof(path), "%s/%s/%s", programs, program, program);
    if ((child = fork())) return child;
    dup2(in, 0);
    dup2(out, 1);
    dup2(open(in_folder("log"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), 2);
    execv(path, arguments);
    _exit(99);
}

static int add_account(char *name, const char *password)
{
    char *arguments[] = {"guise-account", "add", name, NULL};
    int input[2], result;
    pid_t child;

    if (pipe2(input, O_CLOEXEC) || write(input[1], password, strlen(password)) < 0) abort();
    close(input[1]);
    child = start("guise-account", arguments, input[0], 1);
    close(input[0]);
    waitpid(child, &result, 0);
    return result;
}

static bool start_server(void)
{
    char *arguments[] = {"guise-httpd", "--root", (char *)in_folder("root"), "--listen", "127.0.0.1:0", "--threads", "2",
                         "--timeout", "2", NULL};
    char line[128] = "";
    int output[2];
    ssize_t got;

    if (pipe2(output, O_CLOEXEC)) abort();
    server = start("guise-httpd", arguments, 0, output[1]);
    close(output[1]);
    got = read(output[0], line, sizeof(line) - 1);
    close(output[0]);
    return got > 0 && sscanf(line, "listening on 127.0.0.1:%u", &port) == 1;
}

/* ---- HTTP, by hand ----------------------------------------------------------------------------------------------------- */

static int open_connection(void)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (connect(fd, (struct sockaddr *)&name, sizeof(name))) abort();
    return fd;
}

struct answer
{
    int status;
    bool keep;                /* the server keeps the connection */
    char header[8192], challenge[8192];
    char body[512];           /* its beginning */
    unsigned long length, got; /* Content-Length, and what came */
};

static bool send_text(int fd, const char *text, size_t length)
{
    while (length)
    {
        ssize_t sent = send(fd, text, length, MSG_NOSIGNAL);

        if (sent <= 0) return false;
        text += sent;
        length -= sent;
    }
    return true;
}

/* Byte by byte, so that nothing of a next answer is taken. */
static bool read_header(int fd, struct answer *answer)
{
    size_t used = 0;

    while (used < sizeof(answer->header) - 1 && recv(fd, answer->header + used, 1, 0) == 1)
    {
        answer->header[++used] = 0;
        if (used >= 4 && !strcmp(answer->header + used - 4, "\r\n\r\n")) return true;
    }
    return false;
}

static void read_answer(int fd, bool head, struct answer *answer)
{
    const char *field;
    char block[4096];
    ssize_t got;

    memset(answer, 0, sizeof(*answer));
    if (!read_header(fd, answer) || sscanf(answer->header, "HTTP/1.1 %d ", &answer->status) != 1) return;
    answer->keep = strstr(answer->header, "\r\nConnection: keep-alive\r\n");
    if ((field = strstr(answer->header, "\r\nContent-Length: "))) answer->length = strtoul(field + 18, NULL, 10);
    if ((field = strstr(answer->header, "\r\nWWW-Authenticate: NTLM ")) || (field = strstr(answer->header, "\r\nWWW-Authenticate: Negotiate ")))
        sscanf(strchr(field + 20, ' '), " %8191s", answer->challenge);
    while (!head && answer->got < answer->length)
    {
        size_t left = answer->length - answer->got;

        if ((got = recv(fd, block, left < sizeof(block) ? left : sizeof(block), 0)) <= 0) return;
        if (!answer->got) memcpy(answer->body, block, got < (ssize_t)sizeof(answer->body) ? (size_t)got : sizeof(answer->body) - 1);
        answer->got += got;
    }
}

/* True: the server closes; nothing more comes. */
static bool is_closed(int fd)
{
    char c;

    return recv(fd, &c, 1, 0) == 0;
}

static void exchange(int fd, const char *request, struct answer *answer)
{
    memset(answer, 0, sizeof(*answer));
    if (send_text(fd, request, strlen(request))) read_answer(fd, !strncmp(request, "HEAD", 4), answer);
}

/* One request on a connection of its own; the connection must be closed afterwards if it is not kept. */
static void one_request(const char *request, struct answer *answer)
{
    int fd = open_connection();

    exchange(fd, request, answer);
    if (answer->status && !answer->keep) ok(is_closed(fd), "the connection stays open\n"); /* RFC 9112 9.3 */
    close(fd);
}

/* ---- Negotiate and NTLM, with our own initiator ----------------------------------------------------------------------------------------- */

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static void encode(const BYTE *data, size_t size, char *text)
{
    size_t i;

    for (i = 0; i < size; i += 3)
    {
        unsigned int group = data[i] << 16 | (i + 1 < size ? data[i + 1] << 8 : 0) | (i + 2 < size ? data[i + 2] : 0);

        *text++ = digits[group >> 18];
        *text++ = digits[group >> 12 & 63];
        *text++ = i + 1 < size ? digits[group >> 6 & 63] : '=';
        *text++ = i + 2 < size ? digits[group & 63] : '=';
    }
    *text = 0;
}

static size_t decode(const char *text, BYTE *data)
{
    unsigned int group = 0, bits = 0;
    size_t size = 0;

    for (; *text && *text != '='; text++)
    {
        group = group << 6 | (unsigned int)(strchr(digits, *text) - digits);
        if ((bits += 6) < 8) continue;
        bits -= 8;
        data[size++] = group >> bits;
    }
    return size;
}

/* How the initiator's tokens are sent. */
static const char *scheme = "NTLM";

/* One leg: sends what the initiator makes of CHALLENGE; false: nothing. */
static bool send_leg(int fd, CredHandle *credential, CtxtHandle *context, const char *challenge, const char *target, struct answer *answer)
{
    char request[16384], text[12288];
    BYTE data[8192];
    SecBuffer in = {0, SECBUFFER_TOKEN, data}, out = {0, SECBUFFER_TOKEN, NULL};
    SecBufferDesc input = {SECBUFFER_VERSION, 1, &in}, output = {SECBUFFER_VERSION, 1, &out};
    SECURITY_STATUS status;
    TimeStamp expiry;
    ULONG attributes;

    if (challenge) in.cbBuffer = decode(challenge, data);
    status = InitializeSecurityContextA(credential, challenge ? context : NULL, NULL, ISC_REQ_ALLOCATE_MEMORY, 0, SECURITY_NATIVE_DREP,
                                        challenge ? &input : NULL, 0, context, &output, &attributes, &expiry);
    if (status != SEC_E_OK && status != SEC_I_CONTINUE_NEEDED) return false;
    if (!out.cbBuffer) return false;
    encode(out.pvBuffer, out.cbBuffer, text);
    FreeContextBuffer(out.pvBuffer);
    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s %s\r\n\r\n", target, scheme, text);
    exchange(fd, request, answer);
    return true;
}

/* The whole handshake on a connection; the answer to its last leg. */
static void log_on(int fd, const char *user, const char *password, const char *target, struct answer *answer)
{
    SEC_WINNT_AUTH_IDENTITY_A identity = {.User = (BYTE *)user, .UserLength = strlen(user), .Password = (BYTE *)password,
                                          .PasswordLength = strlen(password), .Flags = SEC_WINNT_AUTH_IDENTITY_ANSI};
    char challenge[8192];
    CredHandle credential;
    CtxtHandle context;
    TimeStamp expiry;

    memset(answer, 0, sizeof(*answer));
    if (AcquireCredentialsHandleA(NULL, (char *)scheme, SECPKG_CRED_OUTBOUND, NULL, &identity, NULL, NULL, &credential, &expiry)) return;
    if (send_leg(fd, &credential, &context, NULL, target, answer))
    {
        ok(answer->status == 401 && answer->challenge[0] && answer->keep, "first leg: %d\n", answer->status); /* RFC 9110 11.6.1 */
        do
        {
            strcpy(challenge, answer->challenge);
        } while (challenge[0] && send_leg(fd, &credential, &context, challenge, target, answer));
        DeleteSecurityContext(&context);
    }
    FreeCredentialsHandle(&credential);
}

static int logged_on(const char *user, const char *password)
{
    struct answer answer;
    int fd = open_connection();

    log_on(fd, user, password, "/public.txt", &answer);
    ok(answer.status == 200, "%s: %d\n", user, answer.status); /* S9.1.1 */
    return fd;
}

static int get_status(int fd, const char *target, struct answer *answer)
{
    char request[8192];

    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", target);
    exchange(fd, request, answer);
    return answer->status;
}

/* ---- tests ------------------------------------------------------------------------------------------------------------------ */

static void test_requests(void)
{
    static const struct
    {
        const char *request;
        int status;
        bool keep;
    } cases[] = {
        {"GET /public.txt HTTP/1.1\r\nHost: x\r\n\r\n", 401, true},                             /* RFC 9110 11.6.1 */
        {"HEAD /public.txt HTTP/1.1\r\nHost: x\r\n\r\n", 401, true},                            /* RFC 9110 9.3.2 */
        {"GET /public.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 401, false},       /* RFC 9112 9.6 */
        {"GET /public.txt HTTP/1.0\r\n\r\n", 401, false},                                       /* RFC 9112 9.3 */
        {"GET /public.txt HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", 401, true},              /* RFC 9112 9.3 */
        {"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 401, true},                                   /* RFC 9112 2.2 */
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 401, true},                  /* RFC 9112 6.2 */
        {"POST / HTTP/1.1\r\nHost: x\r\n\r\n", 405, true},                                      /* RFC 9110 15.5.6 */
        {"GET / HTTP/1.1\r\n\r\n", 400, false},                                                 /* RFC 9112 3.2 */
        {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400, false},                           /* RFC 9112 3.2 */
        {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400, false},                                     /* RFC 9112 3 */
        {"GET /\r\nHost: x\r\n\r\n", 400, false},                                               /* RFC 9112 3 */
        {"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400, false},                                     /* RFC 9112 5.1 */
        {"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400, false},                           /* RFC 9112 5.2 */
        {"GET / HTTP/1.1\nHost: x\r\n\r\n", 400, false},                                        /* RFC 9112 2.2 */
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n", 400, false}, /* RFC 9112 6.3 */
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, false},                /* RFC 9112 6.3 */
        {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: NTLM !\r\n\r\n", 400, false},             /* RFC 9110 11.6.2 */
        {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: NTLM\r\n\r\n", 400, false},               /* RFC 9110 11.6.2 */
        {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YTpi\r\n\r\n", 401, true},          /* RFC 9110 11.6.2 */
        {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: NTLM YWJj\r\n\r\n", 401, false},          /* S4.1.1 */
        {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Negotiate YWJj\r\n\r\n", 401, false},     /* S5.7.1 */
        {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Negotiate\r\n\r\n", 400, false},          /* RFC 9110 11.6.2 */
        {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 413, false},              /* RFC 9110 15.5.14 */
        {"GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413, false}, /* RFC 9110 15.5.14 */
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, false},                                      /* RFC 9110 15.6.6 */
    };
    struct answer answer;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        winetest_push_context("request %u", (unsigned int)i);
        one_request(cases[i].request, &answer);
        ok(answer.status == cases[i].status && answer.keep == cases[i].keep, "got %d, keep %d\n", answer.status, answer.keep); /* rows cite */
        if (answer.status == 401)
            ok(strstr(answer.header, "\r\nWWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n") != NULL, "got %s\n", answer.header); /* RFC 9110 11.6.1 */
        winetest_pop_context();
    }
}

static void test_limits(void)
{
    char *large = malloc(40000);
    struct answer answer;
    unsigned int i;
    size_t length;

    strcpy(large, "GET / HTTP/1.1\r\nHost: x\r\n");
    for (i = 0; i < 100; i++) strcat(large, "A: b\r\n");
    strcat(large, "\r\n");
    one_request(large, &answer);
    ok(answer.status == 431, "101 fields: %d\n", answer.status); /* RFC 6585 5 */

    strcpy(large, "GET / HTTP/1.1\r\nHost: x\r\nA: ");
    length = strlen(large);
    memset(large + length, 'a', 16384 - length - 4);
    strcpy(large + 16380, "\r\n\r\n");
    one_request(large, &answer);
    ok(answer.status == 401, "16384 bytes: %d\n", answer.status); /* RFC 6585 5 */
    memset(large + length, 'a', 30000);
    large[length + 30000] = 0;
    one_request(large, &answer);
    ok(answer.status == 431, "a header without an end: %d\n", answer.status); /* RFC 6585 5 */
    free(large);
}

/* More slow clients than workers: the others are served, and the slow ones are told in the end. */
static void test_slow(void)
{
    int slow[8], last = -1;
    struct answer answer;
    unsigned int i;

    for (i = 0; i < 8; i++)
    {
        slow[i] = open_connection();
        send_text(slow[i], "GET / HTTP/1.1\r\nHos", 19);
    }
    last = logged_on("alice", "Secret-1");
    ok(get_status(last, "/alice.txt", &answer) == 200, "got %d\n", answer.status); /* K10.1 */
    close(last);
    for (i = 0; i < 8; i++)
    {
        read_answer(slow[i], false, &answer);
        ok(answer.status == 408 && !answer.keep, "got %d\n", answer.status); /* RFC 9110 15.5.9 */
        close(slow[i]);
    }
}

static void test_files(void)
{
    static const struct
    {
        const char *target;
        int alice, bob;
    } cases[] = {
        {"/public.txt", 200, 200},             /* K10.1 */
        {"/alice.txt", 200, 403},              /* K10.1 */
        {"/bob.txt", 403, 200},                /* K10.1 */
        {"/to-alice", 200, 403},               /* K10.1 */
        {"/private/inside.txt", 403, 403},     /* K10.1 */
        {"/private/missing.txt", 403, 403},    /* K10.1 */
        {"/missing.txt", 404, 404},            /* RFC 9110 15.5.5 */
        {"/public.txt/x", 404, 404},           /* RFC 9110 15.5.5 */
        {"/loop", 404, 404},                   /* RFC 9110 15.5.5 */
        {"/dir", 404, 404},                    /* RFC 9110 15.5.5 */
        {"/", 404, 404},                       /* RFC 9110 15.5.5 */
        {"/pipe", 404, 404},                   /* RFC 9110 15.5.5 */
        {"/empty", 200, 200},                  /* RFC 9110 15.3.1 */
        {"/a%20b%25.txt?query", 200, 200},     /* RFC 3986 2.1 */
        {"//public.txt", 200, 200},            /* RFC 3986 3.3 */
        {"http://x/public.txt", 200, 200},     /* RFC 9112 3.2.2 */
        {"/to-outside", 403, 403},             /* RFC 9110 17.3 */
        {"/to-passwd", 403, 403},              /* RFC 9110 17.3 */
        {"/../outside.txt", 400, 400},         /* RFC 9110 17.3 */
        {"/dir/../../outside.txt", 400, 400},  /* RFC 9110 17.3 */
        {"/%2e%2e/outside.txt", 400, 400},     /* RFC 9110 17.3 */
        {"/dir%2f..%2f..%2foutside.txt", 400, 400}, /* RFC 9110 17.3 */
        {"/%252e%252e/outside.txt", 404, 404}, /* RFC 3986 2.4 */
        {"/..%5coutside.txt", 400, 400},       /* RFC 9110 17.3 */
        {"/public.txt%00x", 400, 400},         /* RFC 9110 17.3 */
        {"/%zz", 400, 400},                    /* RFC 3986 2.1 */
    };
    int alice = logged_on("alice", "Secret-1"), bob = logged_on("BOB", "Secret-2");
    struct answer answer;
    size_t i;

    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
    {
        winetest_push_context("%s", cases[i].target);
        ok(get_status(alice, cases[i].target, &answer) == cases[i].alice, "alice got %d\n", answer.status); /* rows cite */
        ok(get_status(bob, cases[i].target, &answer) == cases[i].bob, "bob got %d\n", answer.status); /* rows cite */
        winetest_pop_context();
    }
    ok(get_status(alice, "/alice.txt", &answer) == 200 && !strcmp(answer.body, "alice\n"), "got %s\n", answer.body); /* K10.1 */
    ok(get_status(alice, "/large", &answer) == 200 && answer.got == 300000, "got %lu bytes\n", (unsigned int)answer.got); /* RFC 9110 8.6 */
    exchange(alice, "HEAD /large HTTP/1.1\r\nHost: x\r\n\r\n", &answer);
    ok(answer.status == 200 && answer.length == 300000, "got %d\n", answer.status); /* RFC 9110 9.3.2 */
    /* Two requests in one piece: the answers come in order (RFC 9112 9.3.2). */
    exchange(alice, "GET /alice.txt HTTP/1.1\r\nHost: x\r\n\r\nGET /bob.txt HTTP/1.1\r\nHost: x\r\n\r\n", &answer);
    ok(answer.status == 200, "got %d\n", answer.status); /* RFC 9112 9.3.2 */
    read_answer(alice, false, &answer);
    ok(answer.status == 403, "got %d\n", answer.status); /* RFC 9112 9.3.2 */
    close(alice);
    close(bob);
}

static void test_whoami(void)
{
    int alice = logged_on("alice", "Secret-1");
    struct answer answer;

    ok(get_status(alice, "/whoami", &answer) == 200, "got %d\n", answer.status); /* S9.2.1 */
    ok(strstr(answer.body, "account: HTTPD\\alice\n") == answer.body, "got %s\n", answer.body); /* S9.2.4 */
    ok(strstr(answer.body, "\nsid: S-1-5-21-") != NULL, "got %s\n", answer.body); /* design 8.1 */
    ok(strstr(answer.body, "\ngroup: S-1-22-2-70101\n") != NULL, "got %s\n", answer.body); /* design 5.2 */
    ok(strstr(answer.body, "\nlevel: Impersonation\n") != NULL, "got %s\n", answer.body); /* S9.1.4 */
    ok(strstr(answer.body, ": 70090\t70001\t0\t70001\n") != NULL, "got %s\n", answer.body); /* design 5.3 */
    ok(strstr(answer.body, "\nsupplementary gids: 70101 70102") != NULL, "got %s\n", answer.body); /* design 5.2 */
    ok(strstr(answer.body, "\neffective capabilities: 0000000000000000\n") != NULL, "got %s\n", answer.body); /* design 5.4 */
    close(alice);
}

/* The same through SPNEGO; the server's last word goes with the file, and may be about a file that the client does not get. */
static void test_negotiate(void)
{
    struct answer answer;
    int fd = open_connection();

    scheme = "Negotiate";
    log_on(fd, "alice", "Secret-1", "/alice.txt", &answer);
    ok(answer.status == 200 && answer.length == 6, "alice: %d\n", answer.status); /* RFC 4559 4.2 */
    log_on(fd, "bob", "Secret-2", "/alice.txt", &answer);
    ok(answer.status == 403, "bob: %d\n", answer.status); /* S2.6.1 */
    ok(get_status(fd, "/bob.txt", &answer) == 200 && !strstr(answer.header, "WWW-Authenticate"), "bob: %d\n", answer.status); /* S2.6.1 */
    log_on(fd, "alice", "wrong", "/public.txt", &answer);
    ok(answer.status == 401 && !answer.keep, "got %d\n", answer.status); /* S4.9.5 */
    close(fd);
    scheme = "NTLM";
}

/* A connection is authenticated: others are not, and a new handshake replaces the client. */
static void test_connections(void)
{
    int alice = logged_on("alice", "Secret-1"), other = open_connection(), both = open_connection();
    struct answer answer;

    ok(get_status(other, "/public.txt", &answer) == 401, "got %d\n", answer.status); /* S2.6.1 */
    ok(get_status(alice, "/alice.txt", &answer) == 200, "got %d\n", answer.status); /* S2.6.1 */
    log_on(both, "alice", "Secret-1", "/alice.txt", &answer);
    ok(answer.status == 200, "got %d\n", answer.status); /* S2.6.1 */
    log_on(both, "bob", "Secret-2", "/alice.txt", &answer);
    ok(answer.status == 403, "bob kept alice's rights: %d\n", answer.status); /* S2.6.1 */
    log_on(both, "bob", "wrong", "/bob.txt", &answer);
    ok(answer.status == 401 && !answer.keep, "got %d\n", answer.status); /* S4.9.5 */
    ok(is_closed(both), "the connection stays open\n"); /* S2.6.10 */
    close(alice);
    close(other);
    close(both);

    other = open_connection();
    log_on(other, "mallory", "Secret-1", "/public.txt", &answer);
    ok(answer.status == 401, "an unknown user got %d\n", answer.status); /* S4.9.5 */
    close(other);
}

/* Many connections at once, each somebody's: nobody ever gets what is another's. */
static void *be_one_of_many(void *arg)
{
    static const char *const users[] = {"alice", "bob"}, *const passwords[] = {"Secret-1", "Secret-2"};
    static const char *const files[] = {"/alice.txt", "/bob.txt"};
    unsigned int who = (uintptr_t)arg % 2, wrong = 0, i;
    int fd = open_connection();
    struct answer answer;

    log_on(fd, users[who], passwords[who], files[who], &answer);
    if (answer.status != 200) wrong++;
    for (i = 0; i < 40; i++)
    {
        if (get_status(fd, files[i % 2], &answer) != (i % 2 == who ? 200 : 403)) wrong++;
        if (answer.status == 200 && strncmp(answer.body, users[who], strlen(users[who]))) wrong++;
    }
    close(fd);
    return (void *)(uintptr_t)wrong;
}

static void test_crowd(void)
{
    pthread_t threads[12];
    uintptr_t i, wrong = 0;
    void *result;

    for (i = 0; i < 12; i++)
        if (pthread_create(&threads[i], NULL, be_one_of_many, (void *)i)) abort();
    for (i = 0; i < 12; i++)
    {
        pthread_join(threads[i], &result);
        wrong += (uintptr_t)result;
    }
    ok(!wrong, "%u of 492 answers were wrong\n", (unsigned int)wrong); /* K10.1 */
}

static void test_too_many(void)
{
    struct answer answer;
    int fds[513], i;

    for (i = 0; i < 513; i++) fds[i] = open_connection();
    read_answer(fds[512], false, &answer);
    ok(answer.status == 503 && !answer.keep, "got %d\n", answer.status); /* RFC 9110 15.6.4 */
    for (i = 0; i < 513; i++) close(fds[i]);
    close(logged_on("alice", "Secret-1"));
}

/* Without a store that it may trust the server does not start: exit code 1, and the log names the file. */
static void test_bad_store(void)
{
    char *arguments[] = {"guise-httpd", "--root", "/", "--listen", "127.0.0.1:0", NULL}, log[65536] = "";
    int result = 0, fd;
    pid_t child;

    chmod(in_folder("accounts.mdb"), 0640);
    child = start("guise-httpd", arguments, 0, 1);
    waitpid(child, &result, 0);
    chmod(in_folder("accounts.mdb"), 0600);
    ok(WIFEXITED(result) && WEXITSTATUS(result) == 1, "exit status %x\n", result); /* design 8.2 */
    fd = open(in_folder("log"), O_RDONLY | O_CLOEXEC);
    ok(read(fd, log, sizeof(log) - 1) > 0 && strstr(log, "accounts.mdb: mode 0640"), "got %s\n", log); /* design 8.2 */
    close(fd);
}

static void test_stop(void)
{
    int fd = open_connection(), result = -1;
    struct answer answer;

    ok(get_status(fd, "/", &answer) == 401, "got %d\n", answer.status); /* RFC 9110 11.6.1 */
    kill(server, SIGTERM);
    waitpid(server, &result, 0);
    server = 0;
    ok(!result, "exit status %x\n", result); /* signal(7) */
    ok(is_closed(fd), "the connection outlives the server\n"); /* signal(7) */
    close(fd);
}

static void remove_files(void)
{
    static const char *const names[] = {
        "root/public.txt", "root/alice.txt", "root/bob.txt", "root/a b%.txt", "root/private/inside.txt", "root/empty", "root/large",
        "root/to-alice", "root/to-outside", "root/to-passwd", "root/loop", "root/pipe", "outside.txt", "guise.conf", "accounts.mdb",
        "accounts.mdb-lock", "log",
    };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) unlink(in_folder(names[i]));
    rmdir(in_folder("root/private"));
    rmdir(in_folder("root/dir"));
    rmdir(in_folder("root"));
    ok(!rmdir(folder), "files were left behind\n"); /* rmdir(2) */
}

static void show_log(void)
{
    char line[512];
    FILE *log = fopen(in_folder("log"), "re");

    while (log && fgets(line, sizeof(line), log)) trace("%s", line);
    if (log) fclose(log);
}

START_TEST(guise_httpd)
{
    const char *tmp = getenv("TMPDIR");

    if (geteuid())
    {
        skip("needs root to serve other users\n");
        return;
    }
    snprintf(folder, sizeof(folder), "%s/guise-httpd-XXXXXX", tmp ? tmp : "/tmp");
    if (!find_programs() || !mkdtemp(folder)) abort();
    chmod(folder, 0755);
    make_files();
    setenv("GUISE_CONF", in_folder("guise.conf"), 1);
    ok(!add_account("alice", "Secret-1\n") && !add_account("bob", "Secret-2\n"), "no accounts\n"); /* design 8.4 */
    test_bad_store();
    if (start_server())
    {
        test_requests();
        test_limits();
        test_files();
        test_whoami();
        test_negotiate();
        test_connections();
        test_crowd();
        test_slow();
        test_too_many();
        test_stop();
    }
    else ok(0, "guise-httpd did not start\n"); /* signal(7) */
    if (winetest_get_failures()) show_log();
    remove_files();
}
