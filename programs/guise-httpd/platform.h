/*
 * What guise-httpd needs of the system: sockets, threads, time, the files below its root, and who the kernel says a thread is.
 *
 * Nothing here knows SSPI and nothing in the other files knows the system: platform_unix*.c make the program for Unix of them, those in
 * pe/ the one for Windows.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#ifndef GUISE_HTTPD_PLATFORM_H
#define GUISE_HTTPD_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- the process ---------------------------------------------------------------------------------------------------- */

/* Once, before anything else: the requests to stop (SIGTERM, SIGINT) and the wake-up of platform_wait(). */
bool platform_start(void);
bool platform_stop_requested(void);
uint64_t platform_milliseconds(void);
/* Now, as HTTP's Date field wants it (RFC 9110 5.6.7). */
void platform_date(char date[32]);
/* One line of the log. Safe from every thread. */
void platform_log(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the process at once, without running any of its code: for a thread that could not become the server again. */
void platform_die(const char *why) __attribute__((noreturn));

/* ---- sockets -------------------------------------------------------------------------------------------------------- */

typedef intptr_t platform_socket;
#define PLATFORM_NO_SOCKET ((platform_socket)-1)

#define PLATFORM_PEER_ROOM 64

/* Takes "ADDRESS:PORT" or "[ADDRESS]:PORT" apart; PORT points into WHERE: where.c, for every system. */
bool platform_split_where(const char *where, char address[256], const char **port);
/* Listens on "ADDRESS:PORT" or "[ADDRESS]:PORT"; *PORT is the port in the end. Says why not. */
platform_socket platform_listen(const char *where, unsigned int *port);
/* The next connection, whose calls do not block, or PLATFORM_NO_SOCKET. */
platform_socket platform_accept(platform_socket listener, char peer[PLATFORM_PEER_ROOM]);
/* Bytes received; 0 when the peer has closed; -1 on an error; -2 when nothing is there yet. */
int platform_receive(platform_socket socket, void *data, size_t size);
/* Sends all of it by DEADLINE (platform_milliseconds()). */
bool platform_send(platform_socket socket, const void *data, size_t size, uint64_t deadline);
/* Lets a thread that sends give up. */
void platform_shutdown(platform_socket socket);
/* Nothing more will be sent; the peer may still be sending. */
void platform_end_sending(platform_socket socket);
void platform_close_socket(platform_socket socket);

struct platform_poll
{
    platform_socket socket;
    bool ready; /* out: something can be received, or the peer is gone */
};

/* Waits until a socket is ready, platform_wake() was called, a stop was requested, or MILLISECONDS are over (-1: never). */
void platform_wait(struct platform_poll *sockets, size_t count, int milliseconds);
void platform_wake(void);

/* ---- threads -------------------------------------------------------------------------------------------------------- */

struct platform_thread;
struct platform_thread *platform_start_thread(void (*run)(void *), void *arg);
void platform_join(struct platform_thread *thread);

/* A lock with one condition. */
struct platform_monitor;
struct platform_monitor *platform_new_monitor(void);
void platform_free_monitor(struct platform_monitor *monitor);
void platform_enter(struct platform_monitor *monitor);
void platform_leave(struct platform_monitor *monitor);
void platform_wait_for(struct platform_monitor *monitor);
void platform_notify_one(struct platform_monitor *monitor);
void platform_notify_all(struct platform_monitor *monitor);

/* ---- files ---------------------------------------------------------------------------------------------------------- */

typedef intptr_t platform_file;

enum platform_open_result
{
    PLATFORM_OPENED,
    PLATFORM_NOT_FOUND,
    PLATFORM_REFUSED,
    PLATFORM_BUSY /* out of descriptors or memory */
};

/* The directory that is served; found by path once and kept. Says why not. */
struct platform_root;
struct platform_root *platform_open_root(const char *path);
void platform_close_root(struct platform_root *root);

/*
 * Opens PATH below ROOT with the rights that the calling thread has now: the one call that is made as the client. Links are followed as
 * the kernel allows this client.
 */
enum platform_open_result platform_open_file(struct platform_root *root, const char *path, platform_file *file);

/* As the server again: whether what was opened is a plain file that lies below ROOT, wherever links led; its size. */
enum platform_open_result platform_check_file(struct platform_root *root, platform_file file, uint64_t *size);
int platform_read(platform_file file, void *data, size_t size);
void platform_close_file(platform_file file);

/* ---- identity ------------------------------------------------------------------------------------------------------- */

/* Opened as the server, read as the client: the ids of the calling thread as the kernel has them. */
struct platform_identity;
struct platform_identity *platform_open_identity(void);
/* Lines of text, terminated; false: cannot be read. */
bool platform_read_identity(struct platform_identity *identity, char *text, size_t room);
void platform_close_identity(struct platform_identity *identity);

#endif
