/*
 * The clients of the tickets that were shown last.
 *
 * A ticket is encrypted with the service's key: GSS has accepted it, so it says the same of the same client whenever its bytes are these.
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>
#include <time.h>

#include "dlls/kerberos/clients.h"
#include "dlls/kerberos/user_messages.h"
#include "dlls/msv1_0/crypto.h"

enum { SLOTS = 64 };

/*
 * Guards the slots. It is only ever tried: who finds it taken asks GSS instead. So nobody waits, and the child of a fork in which it is taken for
 * ever has lost nothing but the cache.
 */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct slot
{
    UCHAR id[KRB_TICKET_ID_SIZE];
    struct krb_client *client; /* a reference; NULL: empty */
    uint64_t asked;
} slots[SLOTS];

void krb_release_client(struct krb_client *client)
{
    if (!client || atomic_fetch_sub_explicit(&client->references, 1, memory_order_acq_rel) != 1) return;
    guise_free(client->name);
    guise_free(client->local);
    guise_free_secret(client->pac, client->pac_size);
    guise_free(client);
}

/* ---- the ticket ---- */

bool krb_ticket_id(struct krb_span token, UCHAR id[KRB_TICKET_ID_SIZE])
{
    struct krb_frame frame = krb_read_frame(token.data, token.size);
    struct krb_ap_req ap_req;

    if (frame.message != KRB_MESSAGE_AP_REQ || !krb_read_ap_req(frame.body, &ap_req)) return false;
    return crypto_sha256(ap_req.ticket.data, ap_req.ticket.size, id);
}

/* ---- the slots ---- */

static uint64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* In milliseconds; 0: nothing is kept. */
static unsigned int lifetime(void)
{
    const struct guise_config *config;

    return guise_get_config(&config) ? 0 : config->lookup_cache;
}

static struct slot *slot_of(const UCHAR id[KRB_TICKET_ID_SIZE])
{
    return &slots[id[0] % SLOTS];
}

struct krb_client *krb_find_client(const UCHAR id[KRB_TICKET_ID_SIZE])
{
    struct slot *slot = slot_of(id);
    struct krb_client *found = NULL;
    unsigned int good_for = lifetime();

    if (!good_for || pthread_mutex_trylock(&lock)) return NULL;
    if (slot->client && !memcmp(slot->id, id, KRB_TICKET_ID_SIZE) && now() - slot->asked < good_for)
    {
        found = slot->client;
        atomic_fetch_add_explicit(&found->references, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void krb_keep_client(const UCHAR id[KRB_TICKET_ID_SIZE], struct krb_client *client)
{
    struct slot *slot = slot_of(id);
    struct krb_client *old;

    if (!lifetime() || pthread_mutex_trylock(&lock)) return;
    old = slot->client;
    atomic_fetch_add_explicit(&client->references, 1, memory_order_relaxed);
    slot->client = client;
    slot->asked = now();
    memcpy(slot->id, id, KRB_TICKET_ID_SIZE);
    pthread_mutex_unlock(&lock);
    krb_release_client(old);
}
