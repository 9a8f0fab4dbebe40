#!/usr/bin/python3
"""Old clients and servers, and datagrams: OUR-SIDE GSS-SIDE|- WORK. Prints `ok` and `FAILED` lines as messages.py does.

Each level of lm-compatibility-level on our side against each level of a peer on the other: who is let in, with which messages, and
that sealed messages pass in both directions. LM responses alone. Datagrams. WORK has accounts.mdb, with an LM hash for alice.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import os
import sys

from side import CONTINUE, DONE, Logon, Side, run_legs

DOMAIN, USER, PASSWORD = 'PEERS', 'alice', 'Secret-1'
ACCOUNT = r'PEERS\alice, uid 70001'
LOGON_DENIED, MESSAGE_ALTERED, OUT_OF_SEQUENCE, INVALID_TOKEN = '8009030c', '8009030f', '80090310', '80090308'
FAILED = 'failed'  # what a peer in this process says when its library gives up
LEVELS = range(6)
ESS, LM_KEY, KEY_56, KEY_128 = 0x80000, 0x80, 0x80000000, 0x20000000
SIGNATURE = 16
# The server of gss-ntlmssp 1.2.0 lets NTLMv1 in at every level, and from 2 up agrees to an LM key that it then does not use.
GSS_WITHOUT_LM_KEY = 2


class NtlmAuth:
    """
    python3-ntlm-auth as a client; LACKS are flags that it leaves out of its offer. Without ESS it keeps a stream for each direction,
    where there is one for both (S4.6.2, S4.10.7): then only what it sends itself is compared.
    """
    name = 'ntlm-auth'

    def __init__(self, level, lacks=0):
        self.level, self.lacks, self.context = level, lacks, None

    def call(self, command, *arguments):
        from ntlm_auth.ntlm import NtlmContext
        if command == 'client':
            self.context = NtlmContext(USER, arguments[4], DOMAIN, ntlm_compatibility=self.level)
            self.context.negotiate_flags &= ~self.lacks
            return DONE, b''
        try:
            if command == 'token':
                token = self.context.step(arguments[0] or None)
                return (DONE if self.context.complete else CONTINUE), token
            if command == 'seal':
                return DONE, self.context.wrap(arguments[0])
            return DONE, self.context.unwrap(arguments[0])
        except Exception:  # whatever its parsing and checking raises
            return FAILED, b''

    def close(self):
        return 0


class Impacket:
    """impacket as a client that sends an NTLMv1 response, or with ALONE an LM response and nothing beside it. No messages."""
    name = 'impacket'

    def __init__(self, level, alone=False):
        self.level, self.alone, self.first = level, alone, None

    def call(self, command, *arguments):
        from impacket import ntlm
        if command == 'client':
            self.user, self.password, self.first = arguments[3], arguments[4], None
            return DONE, b''
        if not self.first:
            ntlm.USE_NTLMv2 = self.level >= 3
            self.first = ntlm.getNTLMSSPType1('', '', use_ntlmv2=self.level >= 3)
            if self.alone:
                self.first['flags'] &= ~ESS
            return CONTINUE, self.first.getData()
        last, _ = ntlm.getNTLMSSPType3(self.first, arguments[0], self.user, self.password, DOMAIN, use_ntlmv2=self.level >= 3)
        if self.alone:
            last['flags'] &= ~ESS
            last['lanman'] = ntlm.get_ntlmv1_response(ntlm.compute_lmhash(self.password), arguments[0][24:32])
            last['ntlm'] = b''
        return DONE, last.getData()

    def close(self):
        return 0


class Run:
    def __init__(self, ours, work):
        self.ours, self.work, self.failed = ours, work, 0

    def check(self, good, text, detail=''):
        self.failed += not good
        print(f'  ok      {text}' if good else f'  FAILED  {text}: {detail}')

    def our_side(self, level, strong=False):
        """Our side under a configuration of its own."""
        path = os.path.join(self.work, f'level-{level}-{strong}.conf')
        with open(path, 'w', encoding='ascii') as file:
            file.write(f'[accounts]\nstore = {self.work}/accounts.mdb\n[ntlm]\nnetbios-name = {DOMAIN}\n'
                       f'lm-compatibility-level = {level}\nrequire-128-bit = {"yes" if strong else "no"}\n')
        return Side(self.ours, dict(os.environ, GUISE_CONF=path))

    @staticmethod
    def begin(client, server, protection='seal', password=PASSWORD):
        for side, command, arguments in ((client, 'client', (b'', DOMAIN, USER, password, 'HTTP/localhost')), (server, 'server', (b'',))):
            status, _ = side.call(command, protection, *arguments)
            if status != DONE:
                raise RuntimeError(f'no credential for a {command}: {status}')

    @staticmethod
    def messages(client, server, one_way=False):
        """What goes wrong with sealed messages, one after the other in both directions: without ESS both share a stream."""
        for number in range(8):
            sender, receiver = (client, server) if one_way or number % 2 == 0 else (server, client)
            data = bytes([number]) * (number * 50 + 1)
            status, sealed = sender.call('seal', data)
            if status != DONE:
                return f'message {number}: sealing {status}'
            answer = receiver.call('open', sealed)
            if answer != (DONE, data):
                return f'message {number}: opening {answer[0]}'
        return ''

    @staticmethod
    def flags(logon):
        """What was agreed on."""
        return int.from_bytes(logon.legs[2][60:64], 'little') & int.from_bytes(logon.legs[1][20:24], 'little')

    def told(self, logon):
        """What the legs say of themselves."""
        flags = self.flags(logon)
        legs = ' '.join(f'{"><"[n % 2]} {len(token)}' for n, token in enumerate(logon.legs))
        lm, nt = (int.from_bytes(logon.legs[2][at:at + 2], 'little') for at in (12, 20))
        with_lm_key = flags & LM_KEY and not flags & ESS
        bits = 128 if flags & KEY_128 and not with_lm_key else 56 if flags & KEY_56 else 40
        return f'{legs} bytes, LM {lm}, NT {nt}, {"ESS" if flags & ESS else "no ESS"}, {"LM key of " if with_lm_key else ""}{bits} bits'

    # ---- clients of others ---------------------------------------------------------------------------------------------

    def client(self, text, client, expected, sealed=True):
        """One client against our server at each level: EXPECTED(level) is the status of the last leg."""
        bad, shown, ends = [], '', []
        for level in LEVELS:
            server = self.our_side(level)
            self.begin(client, server)
            logon = run_legs(client, server)
            wanted = expected(level)
            ends.append(logon.server)
            if logon.server != wanted:
                bad.append(f'{level}: {logon.server} instead of {wanted} (client {logon.client})')
            elif logon.established:
                status, account = server.call('account')
                one_way = isinstance(client, NtlmAuth) and not self.flags(logon) & ESS
                wrong = self.messages(client, server, one_way) if sealed else ''
                if wrong or (status, account) != (DONE, ACCOUNT.encode()):
                    bad.append(f'{level}: {status} {account} {wrong}')
                shown = shown or f'{self.told(logon)}; our side: {account.decode()}'
                # The same with another password.
                self.begin(client, server, password='Secret-2')
                if run_legs(client, server).server != LOGON_DENIED:
                    bad.append(f'{level}: another password')
            elif server.call('account')[0] == DONE:
                bad.append(f'{level}: an account after a refusal')
            if server.close():
                bad.append(f'{level}: our side failed')
        if client.close():
            bad.append('the client failed')
        self.check(not bad, f'{text}, our server at 0 to 5: {" ".join(ends)}', '; '.join(bad))
        if shown:
            print(f'  legs    {shown}')

    def clients(self, gss):
        by_version = lambda version: lambda level: DONE if version >= 3 or level <= 4 else LOGON_DENIED
        for level in LEVELS:
            self.client(f'client of ntlm-auth at {level}', NtlmAuth(level), by_version(level))
        self.client('client of ntlm-auth at 0 without 56-bit keys', NtlmAuth(0, KEY_56 | KEY_128), by_version(0))
        self.client('client of ntlm-auth at 1 without 128-bit keys', NtlmAuth(1, KEY_128), by_version(1))
        for level in (2, 3):
            self.client(f'client of impacket at {level}', Impacket(level), by_version(level), False)
        self.client('client of impacket, LM alone', Impacket(0, True), lambda level: DONE if level <= 3 else LOGON_DENIED, False)
        for level in LEVELS if gss else ():
            self.client(f'client of gss-ntlmssp at {level}', Side(gss, dict(os.environ, LM_COMPAT_LEVEL=str(level))), by_version(level))

    def servers(self, gss):
        """Our client at each level, the server of gss-ntlmssp at each."""
        for level in LEVELS:
            bad, shown, ends = [], '', []
            client = self.our_side(level)
            for other in LEVELS:
                server = Side(gss, dict(os.environ, LM_COMPAT_LEVEL=str(other)))
                self.begin(client, server)
                logon = run_legs(client, server)
                good = logon.established
                ends.append('done' if good else 'refused')
                if not good:
                    bad.append(f'{other}: client {logon.client}, server {logon.server}')
                else:
                    unused = other >= GSS_WITHOUT_LM_KEY and self.flags(logon) & LM_KEY and not self.flags(logon) & ESS
                    wrong = '' if unused else self.messages(client, server)
                    _, account = server.call('account')
                    if wrong or account != rf'{DOMAIN}\{USER}'.encode():
                        bad.append(f'{other}: {account} {wrong}')
                    shown = shown or f'{self.told(logon)}; accepting side: {account.decode()}'
                server.close()
            if client.close():
                bad.append('our client failed')
            self.check(not bad, f'our client at {level}, server of gss-ntlmssp at 0 to 5: {" ".join(ends)}', '; '.join(bad))
            print(f'  legs    {shown}')

    def ourselves(self):
        """Both sides ours: each level against each."""
        for level in LEVELS:
            bad, shown, ends = [], '', []
            client = self.our_side(level)
            for other in LEVELS:
                server = self.our_side(other)
                self.begin(client, server)
                logon = run_legs(client, server)
                wanted = DONE if level >= 3 or other <= 4 else LOGON_DENIED
                ends.append(logon.server)
                if logon.server != wanted:
                    bad.append(f'{other}: {logon.server} instead of {wanted}')
                elif logon.established:
                    account, wrong = server.call('account'), self.messages(client, server)
                    if wrong or account != (DONE, ACCOUNT.encode()):
                        bad.append(f'{other}: {account} {wrong}')
                    # Neither side below 2 with an LM hash agrees to less than the other asks for.
                    if (self.flags(logon) & (LM_KEY | ESS) == LM_KEY) != (level == 0 and other <= 1):
                        bad.append(f'{other}: {self.told(logon)}')
                    shown = shown or f'{self.told(logon)}; our side: {account[1].decode()}'
                elif server.call('account')[0] == DONE:
                    bad.append(f'{other}: an account after a refusal')
                if server.close():
                    bad.append(f'{other}: our server failed')
            if client.close():
                bad.append('our client failed')
            self.check(not bad, f'our client at {level}, our server at 0 to 5: {" ".join(ends)}', '; '.join(bad))
            print(f'  legs    {shown}')

    # ---- datagrams -----------------------------------------------------------------------------------------------------

    @staticmethod
    def datagram_legs(client, server, change=lambda number, token: token):
        """The server speaks first; the client's first call gives nothing."""
        logon = Logon()
        logon.client, nothing = client.call('token', b'')
        if logon.client != CONTINUE or nothing:
            raise RuntimeError(f'the client begins: {logon.client} {len(nothing)}')
        logon.server, token = server.call('token', b'')
        for number, (name, side) in enumerate((('client', client), ('server', server)), 1):
            token = change(number, token)
            logon.legs.append(token)
            status, token = side.call('token', token)
            setattr(logon, name, status)
            if status != DONE:
                break
        return logon

    def datagrams(self, text, client, server, sealed):
        """CLIENT and SERVER, of which the server is ours. gss-ntlmssp encrypts a datagram before it takes that number's key: not sealed."""
        def established():
            self.begin(client, server, 'datagram')
            logon = self.datagram_legs(client, server)
            if not logon.established:
                raise RuntimeError(f'no context: client {logon.client}, server {logon.server}')
            return logon

        def protect(side, number, data):
            side.call('number', str(number))
            status, out = side.call('seal' if sealed else 'sign', data)
            return out if sealed and status == DONE else out + data

        def take(side, number, message):
            side.call('number', str(number))
            if sealed:
                return side.call('open', message)[0]
            return side.call('verify', message[SIGNATURE:], message[:SIGNATURE])[0]

        def cases(what, results):
            bad = [f'{name} {got} instead of {wanted}' for name, got, wanted in results if got != wanted]
            self.check(not bad, f'{text}, {what}: ' + ', '.join(f'{name} {got}' for name, got, _ in results), ', '.join(bad))

        logon = established()
        status, account = server.call('account')
        self.check((status, account) == (DONE, ACCOUNT.encode()), f'{text}, {USER} logs on', f'{status} {account}')
        print(f'  legs    {" ".join(f"{sign} {len(token)}" for sign, token in zip("<>", logon.legs))} bytes; our side: {account.decode()}')

        first, second, last = (protect(client, number, b'a datagram') for number in (0, 1, 0xfffffffe))
        cases('messages in another order, lost, again (S4.11.1)', [
            ('the last', take(server, 0xfffffffe, last), DONE), ('the second', take(server, 1, second), DONE),
            ('the first', take(server, 0, first), DONE), ('the second again', take(server, 1, second), DONE),
            ('under another number', take(server, 2, second), OUT_OF_SEQUENCE),
            ('renumbered', take(server, 1, first[:12] + second[12:16] + first[16:]), MESSAGE_ALTERED),
            ('changed', take(server, 1, second[:-1] + bytes([second[-1] ^ 1])), MESSAGE_ALTERED),
            ('cut', take(server, 1, second[:-1]), MESSAGE_ALTERED),
            ('the signature cut', take(server, 1, second[:8]), INVALID_TOKEN),
            ('the first, still', take(server, 0, first), DONE)])
        answers = [protect(server, number, b'an answer') for number in (0, 9)]
        cases('answers (S4.11.1)', [('the later', take(client, 9, answers[1]), DONE), ('the first', take(client, 0, answers[0]), DONE),
                                    ("the client's own", take(server, 0, answers[0]), MESSAGE_ALTERED)])

        refused = [('a wrong password', {'password': 'secret-1'}, lambda number, token: token),
                   ('a changed response', {}, lambda number, token: token if number == 1 else self.flip_response(token)),
                   ('an answer to another challenge', {}, lambda number, token: token if number == 1 else logon.legs[1])]
        results = []
        for name, arguments, change in refused:
            self.begin(client, server, 'datagram', **arguments)
            results.append((name, self.datagram_legs(client, server, change).server, LOGON_DENIED))
        self.begin(client, server, 'datagram')
        results.append(('a challenge', self.datagram_legs(client, server, lambda number, token: logon.legs[0]).server, OUT_OF_SEQUENCE))
        cases('refused (S4.9.4, S4.9.5, S4.9.9)', results)
        statuses = set()
        for size in range(1, len(logon.legs[1])):
            self.begin(client, server, 'datagram')
            statuses.add(self.datagram_legs(client, server, lambda number, token, n=size: token if number == 1 else token[:n]).server)
        self.check(statuses == {INVALID_TOKEN}, f'{text}, the last message cut to each length (S4.1.1): {" ".join(statuses)}', statuses)
        for name, side in (('client', client), ('server', server)):
            self.check(side.close() == 0, f'{text}, the {name} ends well')

    @staticmethod
    def flip_response(token):
        at = int.from_bytes(token[24:28], 'little') + 3
        return token[:at] + bytes([token[at] ^ 1]) + token[at + 1:]

    # ---- strength ------------------------------------------------------------------------------------------------------

    def strength(self):
        """Where 128-bit keys are required, an LM key is not offered: the client gets the stronger key that there is."""
        server, client = self.our_side(0, True), NtlmAuth(0)
        self.begin(client, server)
        logon = run_legs(client, server)
        good = logon.server == DONE and not int.from_bytes(logon.legs[1][20:24], 'little') & LM_KEY
        self.check(good, 'client of ntlm-auth at 0, our server requires 128 bits: no LM key', f'{logon.server} {logon.client}')
        server.close()


def main():
    ours, gss, work = sys.argv[1:4]
    gss = None if gss == '-' else gss
    run = Run(ours, work)
    try:
        run.clients(gss)
        run.ourselves()
        run.strength()
        run.datagrams('datagrams, both sides ours', run.our_side(5), run.our_side(5), True)
        if gss:
            run.servers(gss)
            run.datagrams('datagrams, client of gss-ntlmssp', Side(gss), run.our_side(5), False)
    except RuntimeError as error:
        run.check(False, 'goes to its end', str(error))
    return 1 if run.failed else 0


if __name__ == '__main__':
    sys.exit(main())
