"""Negotiate beside MIT Kerberos' SPNEGO, which is the oracle: every order of Kerberos, Microsoft's spelling of it and NTLM in an offer, with the first
one's token and without, and every choice among them by a server. The other side is this file's, on MIT Kerberos' mechanisms without SPNEGO.

SPDX-License-Identifier: LGPL-2.1-or-later
"""
import collections
import itertools
import os

from der import contents, element, encode, fields, offer, response
from side import CONTINUE, DONE, Side

KRB5, MS_KRB5, NTLM = (bytes.fromhex(oid) for oid in ('2a864886f712010202', '2a864882f712010202', '2b06010401823702020a'))
NOBODYS = bytes.fromhex('2b0601040182378f7f')
NAMES = {KRB5: 'krb5', MS_KRB5: 'ms-krb5', NTLM: 'ntlm', NOBODYS: 'unknown'}
ACCEPT_COMPLETED, ACCEPT_INCOMPLETE, REJECT, REQUEST_MIC = range(4)
SERVICE = 'HTTP@server.guise.test'


class Ours:
    """An acceptor: token() gives (whether it goes well, the token)."""

    name = 'ours'

    def __init__(self, side):
        self.side, self.done = side, False
        side.call('server', 'Negotiate')

    def token(self, token):
        self.status, out = self.side.call('token', token)
        self.done = self.status == DONE
        return self.status in (DONE, CONTINUE), out

    def account(self):
        return self.side.call('account')[1].decode()


class Mit:
    name = 'MIT\'s'

    def __init__(self, gssapi):
        self.gssapi, self.done = gssapi, False
        self.context = gssapi.SecurityContext(creds=gssapi.Credentials(usage='accept'), usage='accept')

    def token(self, token):
        try:
            out = self.context.step(token) or b''
            self.done = self.context.complete  # raises what step() has put off, to give its token first
        except self.gssapi.exceptions.GSSError:
            return False, b''
        return True, out

    def account(self):
        return str(self.context.initiator_name)


class Client:
    """The initiator of one mechanism."""

    def __init__(self, gssapi, mechanism):
        flags = gssapi.RequirementFlag
        oid, credential = gssapi.OID.from_int_seq('1.2.840.113554.1.2.2'), None
        if mechanism == NTLM:
            oid = gssapi.OID.from_int_seq('1.3.6.1.4.1.311.2.2.10')
            name = gssapi.Name('SERVER\\local', gssapi.NameType.user)
            credential = gssapi.Credentials(gssapi.raw.acquire_cred_with_password(name, b'local-pw', mechs=[oid]).creds)
        self.context = gssapi.SecurityContext(name=gssapi.Name(SERVICE, gssapi.NameType.hostbased_service), mech=oid, creds=credential, usage='initiate',
                                              flags=flags.mutual_authentication | flags.integrity | flags.confidentiality)

    def step(self, token=None):
        return self.context.step(token) or b''

    def sign(self, data):
        return self.context.get_signature(data)

    def verify(self, data, mic):
        self.context.verify_signature(data, mic)


def log_on(gssapi, server, mechanisms, optimistic, change=None, signed=None):
    """
    (what the server chose, whether it asked for a MIC, whether MICs went both ways), or who gave up at what. CHANGE may make another token of the
    client's answers, which are numbered from 1; SIGNED is another list that the client makes its MIC of.
    """
    client = Client(gssapi, mechanisms[0])
    token = client.step()
    init, listed = offer(mechanisms, token if optimistic else None)
    good, out = server.token(init)
    if not good or not out:
        return 'the offer is refused'
    answer = fields(out)
    state = contents(answer[0xa0])[0] if 0xa0 in answer else None
    if state == REJECT:
        return 'the offer is refused'
    chosen = contents(answer[0xa1]) if 0xa1 in answer else mechanisms[0]
    if chosen != mechanisms[0]:
        if 0xa2 in answer:
            return 'a token for a mechanism that has said nothing'
        client, optimistic = Client(gssapi, chosen), False
        token = client.step()
    asked, sent, verified = state == REQUEST_MIC, False, False
    for number in range(1, 7):
        reply = {}
        if not optimistic:
            reply[0xa2], optimistic = token, True
        elif 0xa2 in answer:
            reply[0xa2] = client.step(contents(answer[0xa2]))
        if 0xa3 in answer:
            client.verify(listed, contents(answer[0xa3]))
            verified = True
        if client.context.complete and not sent and (verified or asked or chosen != mechanisms[0] or chosen == NTLM):
            reply[0xa3], sent = client.sign(signed or listed), True
        if server.done and client.context.complete and (0xa3 not in reply or verified) and not reply.get(0xa2):
            return NAMES[chosen], asked, sent and verified
        reply = {tag: encode(4, data) for tag, data in reply.items() if data}
        good, out = server.token(change(number, reply) if change else response(reply))
        if not good:
            return f'the {len(reply)} fields are refused'
        if not out:
            return (NAMES[chosen], asked, sent and verified) if server.done and client.context.complete else 'the server says nothing'
        answer = fields(out)
    return 'no end'


ORDERS = [order for count in (1, 2, 3) for order in itertools.permutations((KRB5, MS_KRB5, NTLM), count)]
# A mechanism that nobody has, one that is named twice, and more of them than anybody needs.
ORDERS += [(NOBODYS, KRB5), (NOBODYS, NTLM), (NOBODYS, MS_KRB5, NTLM), (KRB5, KRB5, NTLM), (NTLM, NTLM), (NTLM, NOBODYS, NTLM, KRB5), (KRB5,) + (NOBODYS,) * 500,
           (NOBODYS,) * 500 + (NTLM,), (NOBODYS,)]


def test_orders(gssapi, ours, keys, check):
    """KEYS: whether the acceptors have Kerberos. Without, NTLM is chosen wherever it stands, and nothing is done before both MICs."""
    differences, done = [], collections.Counter()
    for order in ORDERS:
        for optimistic in (True, False) if order[0] != NOBODYS else (False,):
            results = []
            for server in (Ours(ours), Mit(gssapi)):
                result = log_on(gssapi, server, order, optimistic)
                results.append(result)
                if isinstance(result, tuple):
                    done[result] += 1
                    account = server.account().rstrip('\0')
                    expected = ('SERVER\\local',) if result[0] == 'ntlm' else ('GUISE.TEST\\alice', 'alice@GUISE.TEST')
                    if account not in expected:
                        differences.append((server.name, account))
            if results[0] != results[1]:
                differences.append((tuple(NAMES[mechanism] for mechanism in order[:4]), len(order), optimistic, *results))
    without = '' if keys else ', without keys'
    check(f'SPNEGO: {len(ORDERS)} lists of mechanisms, chosen from as by MIT Kerberos{without}', not differences, differences)
    wanted = {('krb5', False, False), ('ms-krb5', False, False), ('ntlm', False, True), ('krb5', True, True), ('ms-krb5', True, True), ('ntlm', True, True)}
    if not keys:
        wanted = {('ntlm', False, True), ('ntlm', True, True)}
    check(f'SPNEGO: with each way to the end{without}', set(done) == wanted, done)


def answering(number, make):
    """Answer NUMBER is made by MAKE of its fields; the others are what they are."""
    return lambda at, reply: make(reply) if at == number else response(reply)


# What our acceptor may not take of a client of NTLM, which is not its first choice: 1 NEGOTIATE, 2 AUTHENTICATE and the MIC.
ATTACKS = {
    'no MIC': (answering(2, lambda reply: response({0xa2: reply[0xa2]})), '80090308'),
    'a MIC alone': (answering(2, lambda reply: response({0xa3: reply[0xa3]})), '80090308'),
    'a MIC of zeros': (answering(2, lambda reply: response({**reply, 0xa3: encode(4, bytes(16))})), '8009030f'),
    'an empty MIC': (answering(2, lambda reply: response({**reply, 0xa3: encode(4, b'')})), '8009030f'),
    'a MIC before its time': (answering(1, lambda reply: response({**reply, 0xa3: encode(4, bytes(16))})), '80090308'),
    'a reject': (answering(2, lambda reply: response({0xa0: bytes([10, 1, REJECT])})), '8009030c'),
    'request-mic': (answering(1, lambda reply: response({**reply, 0xa0: bytes([10, 1, REQUEST_MIC])})), '80090308'),
    'an empty token': (answering(1, lambda reply: response({0xa2: encode(4, b'')})), '80090308'),
    'nothing': (answering(1, lambda reply: b''), '80090308'),
    'no fields': (answering(1, lambda reply: response({})), '80090308'),
    'NTLM without SPNEGO': (answering(1, lambda reply: contents(reply[0xa2])), '80090308'),
    'another offer': (answering(1, lambda reply: offer([NTLM], contents(reply[0xa2]))[0]), '80090308'),
    'another offer at the end': (answering(2, lambda reply: offer([NTLM], contents(reply[0xa2]))[0]), '80090308'),
}


def test_attacks(gssapi, ours, check):
    taken = []
    for what, (change, status) in ATTACKS.items():
        server = Ours(ours)
        result = log_on(gssapi, server, (NOBODYS, NTLM), False, change)
        if isinstance(result, tuple) or server.status != status or server.account():
            taken.append((what, result, server.status))
        if server.token(response({}))[0] or server.status != '80090310':
            taken.append((what, 'and then', server.status))
    # Somebody on the way has put a mechanism that nobody has in the place of Kerberos.
    server = Ours(ours)
    result = log_on(gssapi, server, (NOBODYS, NTLM), False, signed=encode(0x30, encode(6, KRB5) + encode(6, NTLM)))
    if isinstance(result, tuple) or server.status != '8009030f':
        taken.append(('another list', result, server.status))
    server = Ours(ours)
    result = log_on(gssapi, server, (NTLM, KRB5), True)
    for token in b'', response({}), offer([NTLM], b'NTLMSSP\0')[0]:
        if server.token(token)[0] or server.status != '80090310':
            taken.append(('a token after the end', token, server.status))
    check(f'SPNEGO: {len(ATTACKS) + 2} clients are refused, each with its code', not taken, taken)


# ---- the other way round: what a server may choose ----------------------------------------------------------------------------

class OurClient:
    """An initiator: token() as an acceptor's."""

    name = 'ours'

    def __init__(self, side):
        self.side, self.done, self.status = side, False, CONTINUE
        side.call('client', 'Negotiate', '', '', 'HTTP/server.guise.test', 'mic')

    def token(self, token):
        self.status, out = self.side.call('token', token)
        self.done = self.status == DONE
        return self.status in (DONE, CONTINUE), out


class MitClient:
    name = 'MIT\'s'

    def __init__(self, gssapi):
        self.gssapi, self.done = gssapi, False
        flags = gssapi.RequirementFlag
        self.context = gssapi.SecurityContext(name=gssapi.Name(SERVICE, gssapi.NameType.hostbased_service), mech=gssapi.OID.from_int_seq('1.3.6.1.5.5.2'),
                                              usage='initiate', flags=flags.mutual_authentication | flags.integrity | flags.confidentiality)

    def token(self, token):
        try:
            out = self.context.step(token or None) or b''
            self.done = self.context.complete
        except self.gssapi.exceptions.GSSError:
            return False, b''
        return True, out


def read_offer(token):
    """The mechanisms, the MechTypeList and the first one's token of a NegTokenInit."""
    _, inside, _ = element(token)
    _, _, behind = element(token, inside)
    found = fields(token[behind:])
    at, mechanisms = 0, []
    listed = found[0xa0]
    inner = contents(listed)
    while at < len(inner):
        _, start, end = element(inner, at)
        mechanisms.append(inner[start:end])
        at = end
    return mechanisms, listed, contents(found[0xa2])


def serve(gssapi, client, choice, takes_token, change):
    """A server that takes CHOICE. CHANGE may alter the fields of its answers, which are numbered from 1. True: both are done, False: the client refuses."""
    _, token = client.token(b'')
    mechanisms, listed, token = read_offer(token)
    kerberos = choice != NTLM
    same = choice == mechanisms[0] or (takes_token and kerberos and mechanisms[0] != NTLM)
    acceptor = gssapi.SecurityContext(creds=gssapi.Credentials(usage='accept'), usage='accept')
    number, needs_mic, verified, sent, reply = 1, not same or not kerberos, False, False, {0xa1: encode(6, choice)}
    while number < 6:
        state = ACCEPT_INCOMPLETE
        if same or number > 1:
            if token:
                out = acceptor.step(token)
                if out:
                    reply[0xa2] = encode(4, out)
            if acceptor.complete and not sent and (verified or 0xa2 in reply) and needs_mic:
                reply[0xa3], sent = encode(4, acceptor.get_signature(listed)), True
            if acceptor.complete and (verified or not needs_mic):
                state = ACCEPT_COMPLETED
        elif number == 1:
            state = REQUEST_MIC
        reply[0xa0] = bytes([10, 1, state])
        if state != ACCEPT_COMPLETED or len(reply) > 1 or not client.done:
            good, out = client.token(response(change(number, reply)))
            if not good:
                return False
        if state == ACCEPT_COMPLETED or not out:
            return client.done and acceptor.complete
        answer, reply = fields(out), {}
        token = contents(answer[0xa2]) if 0xa2 in answer else b''
        if token and not acceptor.complete and 0xa3 in answer:
            out = acceptor.step(token)
            reply = {0xa2: encode(4, out)} if out else {}
            token = b''
        if 0xa3 in answer:
            acceptor.verify_signature(listed, contents(answer[0xa3]))
            verified = True
        number += 1
    return False


def without(tag, at):
    return lambda number, reply: {key: data for key, data in reply.items() if key != tag} if number >= at else reply


def having(tag, data, at):
    return lambda number, reply: {**reply, tag: data} if number == at else reply


def unchanged(number, reply):
    return reply


# MIT Kerberos does not begin anew with the second spelling of Kerberos.
CHOICES = [(NTLM, False, True), (KRB5, True, True), (MS_KRB5, True, True), (KRB5, False, True), (MS_KRB5, False, False)]
INVALID_TOKEN, LOGON_DENIED, MESSAGE_ALTERED = '80090308', '8009030c', '8009030f'
# What no initiator may take: (the choice, whether the token was taken, what is done on the way, what is said of it).
REFUSED = {
    'a mechanism that was not offered': (NTLM, False, having(0xa1, encode(6, NOBODYS), 1), INVALID_TOKEN),
    'another choice and a token': (NTLM, False, having(0xa2, encode(4, b'NTLMSSP\0'), 1), INVALID_TOKEN),
    'another choice and the end': (NTLM, False, having(0xa0, bytes([10, 1, ACCEPT_COMPLETED]), 1), INVALID_TOKEN),
    'no MIC after another choice': (NTLM, False, without(0xa3, 2), INVALID_TOKEN),
    'a MIC of zeros': (NTLM, False, lambda number, reply: {**reply, 0xa3: encode(4, bytes(16))} if 0xa3 in reply else reply, MESSAGE_ALTERED),
    'an empty MIC': (NTLM, False, lambda number, reply: {**reply, 0xa3: encode(4, b'')} if 0xa3 in reply else reply, MESSAGE_ALTERED),
    'request-mic in the second answer': (NTLM, False, having(0xa0, bytes([10, 1, REQUEST_MIC]), 2), INVALID_TOKEN),
    'the end before NTLM\'s': (NTLM, False, having(0xa0, bytes([10, 1, ACCEPT_COMPLETED]), 2), INVALID_TOKEN),
    'an empty token': (NTLM, False, having(0xa2, encode(4, b''), 2), INVALID_TOKEN),
    'a reject': (KRB5, True, having(0xa0, bytes([10, 1, REJECT]), 1), LOGON_DENIED),
    'the end without the service\'s proof': (KRB5, True, without(0xa2, 1), INVALID_TOKEN),
    'a fourth state': (KRB5, True, having(0xa0, bytes([10, 1, 4]), 1), INVALID_TOKEN),
    'a state of two bytes': (KRB5, True, having(0xa0, bytes([10, 2, 0, 0]), 1), INVALID_TOKEN),
}


def test_choices(gssapi, ours, check):
    for choice, takes_token, mit_too in CHOICES:
        ends = [serve(gssapi, client, choice, takes_token, unchanged) for client in (OurClient(ours), MitClient(gssapi))]
        what = f'{NAMES[choice]}, {"with" if takes_token else "without"} its token'
        check(f'SPNEGO: a server takes {what}{", as from MIT Kerberos" if mit_too else ""}', ends == [True, mit_too], ends)
    taken = []
    for what, (choice, takes_token, change, status) in REFUSED.items():
        client = OurClient(ours)
        try:
            end = serve(gssapi, client, choice, takes_token, change)
        except gssapi.exceptions.GSSError:
            end = 'it goes on'
        if end is not False or client.status != status:
            taken.append((what, end, client.status))
    check(f'SPNEGO: {len(REFUSED)} answers of a server are refused, each with its code', not taken, taken)


def run(gssapi, program, environment, check):
    """PROGRAM: side_kerberos. ENVIRONMENT has tickets, an account store, and gss-ntlmssp's file with the same account."""
    os.environ.update({name: value for name, value in environment.items() if name.startswith(('NTLM', 'NETBIOS', 'KRB5'))})
    keytab = os.environ['KRB5_KTNAME']
    for keys in (True, False):
        os.environ['KRB5_KTNAME'] = keytab if keys else 'FILE:/nonexistent'
        ours = Side(program, {**environment, 'KRB5_KTNAME': os.environ['KRB5_KTNAME']})
        test_orders(gssapi, ours, keys, check)
        if keys:
            test_attacks(gssapi, ours, check)
        ours.close()
    os.environ['KRB5_KTNAME'] = keytab
    ours = Side(program, environment)
    test_choices(gssapi, ours, check)
    ours.close()
