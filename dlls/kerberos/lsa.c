/*
 * Kerberos among the authentication packages of the LSA: which tickets the caller has (S2.18.3).
 *
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */
#include <string.h>

#include <ntsecapi.h>

#include "dlls/kerberos/change_password.h"
#include "dlls/msv1_0/utf16.h"
#include "ntoskrnl/out.h"

#define EPOCH_FILETIME 11644473600ll /* seconds from 1601 to 1970 */

/* Texts are guise_alloc()ed. */
struct ticket
{
    struct ticket *next;
    WCHAR *server, *realm;
    KERB_TICKET_CACHE_INFO info; /* all but the texts */
};

static void free_tickets(struct ticket *ticket)
{
    for (struct ticket *next; ticket; ticket = next)
    {
        next = ticket->next;
        guise_free(ticket->server);
        guise_free(ticket->realm);
        guise_free(ticket);
    }
}

/* ---- a cache ---- */

static WCHAR *widen(const char *text, size_t length)
{
    WCHAR *out = guise_alloc((length + 1) * sizeof(WCHAR));
    size_t units;

    if (!out || utf8_to_utf16(text, length, out, length, &units)) return out;
    memset(out, 0, length * sizeof(WCHAR)); /* a name that is no text is shown as none */
    return out;
}

static LARGE_INTEGER filetime(krb5_timestamp time)
{
    LARGE_INTEGER out = {.QuadPart = 0};

    if (time) out.QuadPart = ((LONGLONG)(uint32_t)time + EPOCH_FILETIME) * 10000000; /* a time after 2038 is negative to MIT Kerberos */
    return out;
}

/* What the KDC wrote on it: in a cache it may lie under the name that was asked for, which has no realm. */
static bool read_label(krb5_context krb5, const krb5_creds *creds, struct ticket *ticket)
{
    krb5_ticket *label;
    char *server = NULL;

    if (krb->krb5_decode_ticket(&creds->ticket, &label)) return false;
    ticket->info.EncryptionType = label->enc_part.enctype;
    if (!krb->krb5_unparse_name_flags(krb5, label->server, KRB5_PRINCIPAL_UNPARSE_NO_REALM | KRB5_PRINCIPAL_UNPARSE_DISPLAY, &server))
    {
        ticket->server = widen(server, strlen(server));
        ticket->realm = widen(label->server->realm.data, label->server->realm.length);
        krb->krb5_free_unparsed_name(krb5, server);
    }
    krb->krb5_free_ticket(krb5, label);
    return ticket->server && ticket->realm;
}

static NTSTATUS add_ticket(krb5_context krb5, const krb5_creds *creds, struct ticket ***end)
{
    struct ticket *ticket;

    if (krb->krb5_is_config_principal(krb5, creds->server)) return STATUS_SUCCESS;
    if (!(ticket = guise_alloc(sizeof(*ticket)))) return STATUS_NO_MEMORY;
    **end = ticket;
    *end = &ticket->next;
    ticket->info.StartTime = filetime(creds->times.starttime ? creds->times.starttime : creds->times.authtime);
    ticket->info.EndTime = filetime(creds->times.endtime);
    ticket->info.RenewTime = filetime(creds->times.renew_till);
    ticket->info.TicketFlags = creds->ticket_flags;
    return read_label(krb5, creds, ticket) ? STATUS_SUCCESS : STATUS_NO_MEMORY;
}

/* A cache that is not there has no tickets. */
static NTSTATUS read_cache(krb5_context krb5, krb5_ccache cache, struct ticket **tickets)
{
    struct ticket **end = tickets;
    NTSTATUS status = STATUS_SUCCESS;
    krb5_cc_cursor cursor;
    krb5_creds creds;

    if (krb->krb5_cc_start_seq_get(krb5, cache, &cursor)) return STATUS_SUCCESS;
    while (!status && !krb->krb5_cc_next_cred(krb5, cache, &cursor, &creds))
    {
        status = add_ticket(krb5, &creds, &end);
        krb->krb5_free_cred_contents(krb5, &creds);
    }
    krb->krb5_cc_end_seq_get(krb5, cache, &cursor);
    return status;
}

/* ---- whose ---- */

static NTSTATUS read_delegated(krb5_context krb5, struct krb_delegated *delegated, struct ticket **tickets)
{
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    krb5_ccache cache;
    OM_uint32 minor;

    if (krb->krb5_cc_new_unique(krb5, "MEMORY", NULL, &cache)) return STATUS_NO_MEMORY;
    if (!GSS_ERROR(krb->gss_krb5_copy_ccache(&minor, krb_delegated_credential(delegated), cache))) status = read_cache(krb5, cache, tickets);
    krb->krb5_cc_destroy(krb5, cache);
    return status;
}

static NTSTATUS read_default(krb5_context krb5, struct ticket **tickets)
{
    krb5_ccache cache;
    NTSTATUS status;

    if (krb->krb5_cc_default(krb5, &cache)) return STATUS_SUCCESS;
    status = read_cache(krb5, cache, tickets);
    krb->krb5_cc_close(krb5, cache);
    return status;
}

/* Those of the process, or of the client that the thread carries (design 5.10). */
static NTSTATUS read_tickets(struct ticket **tickets)
{
    bool carries = guise_thread_carries_client() || PsIsThreadImpersonating(PsGetCurrentThread());
    struct krb_delegated *delegated = carries ? krb_find_delegated() : NULL;
    NTSTATUS status = STATUS_SUCCESS;
    krb5_context krb5;

    if (carries && !delegated) return STATUS_SUCCESS;
    guise_process_begin();
    if (krb->krb5_init_context(&krb5)) status = STATUS_UNSUCCESSFUL;
    else
    {
        status = delegated ? read_delegated(krb5, delegated, tickets) : read_default(krb5, tickets);
        krb->krb5_free_context(krb5);
    }
    guise_process_end();
    krb_release_delegated(delegated);
    return status;
}

/* ---- the answer ---- */

static NTSTATUS write_answer(const struct ticket *tickets, void **answer, ULONG *size)
{
    size_t room = sizeof(KERB_QUERY_TKT_CACHE_RESPONSE), count = 0;
    KERB_QUERY_TKT_CACHE_RESPONSE *response;
    UCHAR *texts;

    for (const struct ticket *ticket = tickets; ticket; ticket = ticket->next, count++)
        room += sizeof(KERB_TICKET_CACHE_INFO) + lsa_text_size(ticket->server) + lsa_text_size(ticket->realm);
    if (!(response = out_block(room))) return STATUS_NO_MEMORY;
    response->MessageType = KerbQueryTicketCacheMessage;
    response->CountOfTickets = (ULONG)count;
    texts = (UCHAR *)&response->Tickets[count];
    count = 0;
    for (const struct ticket *ticket = tickets; ticket; ticket = ticket->next, count++)
    {
        response->Tickets[count] = ticket->info;
        lsa_put_text(&texts, &response->Tickets[count].ServerName, ticket->server);
        lsa_put_text(&texts, &response->Tickets[count].RealmName, ticket->realm);
    }
    *answer = response;
    *size = (ULONG)room;
    return STATUS_SUCCESS;
}

/* Only of the caller's own session, which zero stands for. */
static NTSTATUS query_cache(const struct lsa_buffer *request, void **answer, ULONG *size)
{
    KERB_QUERY_TKT_CACHE_REQUEST fixed;
    struct guise_caller caller;
    struct ticket *tickets = NULL;
    NTSTATUS status;

    if (!lsa_read(request, &fixed, sizeof(fixed))) return STATUS_INVALID_PARAMETER;
    if ((status = guise_query_caller(&caller))) return status;
    if ((fixed.LogonId.LowPart || fixed.LogonId.HighPart) &&
        (fixed.LogonId.LowPart != caller.session.LowPart || fixed.LogonId.HighPart != caller.session.HighPart))
        return STATUS_ACCESS_DENIED;
    if (!krb_load()) return STATUS_NO_SUCH_PACKAGE;
    if (!(status = read_tickets(&tickets))) status = write_answer(tickets, answer, size);
    free_tickets(tickets);
    return status;
}

static NTSTATUS call(const struct lsa_buffer *request, void **answer, ULONG *answer_size)
{
    KERB_PROTOCOL_MESSAGE_TYPE type;

    if (!lsa_read(request, &type, sizeof(type))) return STATUS_INVALID_PARAMETER;
    switch (type)
    {
    case KerbQueryTicketCacheMessage: return query_cache(request, answer, answer_size);
    case KerbChangePasswordMessage: return krb_change_by_message(request);
    }
    return STATUS_NOT_IMPLEMENTED;
}

const struct lsa_package kerberos_lsa_package = {
    .name = u"Kerberos",
    .sspi = &kerberos_package,
    .logon_user = krb_logon_user,
    .check_ready = krb_check_ready,
    .call = call,
    .change_password = krb_change_password,
};
