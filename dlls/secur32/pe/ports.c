/*
 * Connections to the LSA as programs see them: a slot and its generation, never the number of the core's (design 3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include "dlls/secur32/pe/thunks.h"

#define MAX_PORTS 1024

struct port
{
    void *native; /* NULL: free */
    uint32_t generation;
    uint32_t users;
    BOOL closed; /* the last user closes the native one */
};

/* Under the lock. */
static SRWLOCK lock = SRWLOCK_INIT;
static struct port ports[MAX_PORTS];

/* Multiples of 4, like all handles, and far from those of Wine's. */
static HANDLE handle_of(const struct port *port)
{
    return (HANDLE)(ULONG_PTR)((uint64_t)port->generation << 32 | 0x40000000 | (uint32_t)(port - ports) << 2);
}

static struct port *find(HANDLE handle)
{
    uint64_t value = (ULONG_PTR)handle;
    uint32_t low = (uint32_t)value, slot = (low & ~0x40000000u) >> 2;
    struct port *port = (low & 0x40000003) == 0x40000000 && slot < MAX_PORTS ? &ports[slot] : NULL;

    return port && port->native && port->generation == value >> 32 ? port : NULL;
}

static int32_t close_native(void *native)
{
    struct LsaDeregisterLogonProcess_block block = { .LsaHandle = native };

    return thunk_run(THUNK_LsaDeregisterLogonProcess, &block) ? block.result : STATUS_DLL_INIT_FAILED;
}

int32_t port_deliver(uint64_t native, HANDLE *handle, int32_t result)
{
    struct port *port = ports;

    AcquireSRWLockExclusive(&lock);
    while (port < ports + MAX_PORTS && port->native) port++;
    if (port < ports + MAX_PORTS)
    {
        port->generation = (port->generation + 1) & 0x7fffffff;
        port->native = (void *)(ULONG_PTR)native;
        port->users = 0;
        port->closed = FALSE;
        *handle = handle_of(port);
        native = 0;
    }
    ReleaseSRWLockExclusive(&lock);
    if (!native) return result;
    close_native((void *)(ULONG_PTR)native);
    return STATUS_INSUFFICIENT_RESOURCES;
}

BOOL port_begin(HANDLE handle, void **native)
{
    struct port *port;

    AcquireSRWLockExclusive(&lock);
    if ((port = find(handle)) && port->closed) port = NULL;
    if (port)
    {
        port->users++;
        *native = port->native;
    }
    ReleaseSRWLockExclusive(&lock);
    return port != NULL;
}

/* The native connection, if this was the last that uses one that is closed. */
static void *end_use(HANDLE handle, BOOL close)
{
    struct port *port;
    void *native = NULL;

    AcquireSRWLockExclusive(&lock);
    port = find(handle);
    if (close) port->closed = TRUE;
    if (!--port->users && port->closed)
    {
        native = port->native;
        port->native = NULL;
    }
    ReleaseSRWLockExclusive(&lock);
    return native;
}

void port_end(HANDLE handle)
{
    void *native = end_use(handle, FALSE);

    if (native) close_native(native);
}

/* One that another thread uses just now is closed when that call ends. */
int32_t __stdcall LsaDeregisterLogonProcess(HANDLE handle)
{
    void *native;

    if (!companion()) return STATUS_DLL_INIT_FAILED;
    if (!port_begin(handle, &native)) return STATUS_INVALID_HANDLE;
    native = end_use(handle, TRUE);
    return native ? close_native(native) : STATUS_SUCCESS;
}
