#!/usr/bin/python3
"""A client over impacket's NTLM messages: ADDRESS PATH USER PASSWORD MODE. Prints the sizes of the tokens, the status and the body.

MODE: v2; spnego (the same in SPNEGO's tokens, which have no state and no mechListMIC); raw (the same as it is, where SPNEGO is spoken, as Windows does); v1 (an NTLMv1 response); other-connection (the last message goes to a connection with a challenge of its own); again (it is
sent twice, the second time on another connection); flipped (a byte of the response is changed); anonymous.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import base64
import http.client
import sys

from impacket import ntlm
from impacket.spnego import SPNEGO_NegTokenInit, SPNEGO_NegTokenResp, TypesMech


class Connection:
    """One HTTP connection that speaks NTLM tokens."""

    scheme = 'NTLM'

    def __init__(self, address, path):
        self.path = path
        self.http = http.client.HTTPConnection(address, timeout=20)

    def send(self, token):
        """Sends a token; the answer's status, token and body."""
        print('>', len(token))
        self.http.request('GET', self.path, headers={'Authorization': f'{self.scheme} {base64.b64encode(token).decode()}'})
        answer = self.http.getresponse()
        body = answer.read().decode('utf-8', 'replace')
        words = (answer.getheader('WWW-Authenticate') or '').split()
        token = base64.b64decode(words[1]) if len(words) == 2 and words[0] == self.scheme else b''
        if token:
            print('<', len(token))
        return answer.status, token, body


class RawConnection(Connection):
    """NTLM tokens in Negotiate's scheme."""

    scheme = 'Negotiate'


class SpnegoConnection(RawConnection):
    """The NTLM tokens inside SPNEGO's."""

    begun = False

    def send(self, token):
        if self.begun:
            outer = SPNEGO_NegTokenResp()
            outer['ResponseToken'] = token
        else:
            outer = SPNEGO_NegTokenInit()
            outer['MechTypes'] = [TypesMech['NTLMSSP - Microsoft NTLM Security Support Provider']]
            outer['MechToken'] = token
        self.begun = True
        status, answer, body = super().send(outer.getData())
        return status, SPNEGO_NegTokenResp(answer)['ResponseToken'] if status == 401 and answer else b'', body


def authenticate_message(type1, challenge, user, password, mode):
    domain, _, name = user.rpartition('\\')
    type3, _ = ntlm.getNTLMSSPType3(type1, challenge, name, password, domain, use_ntlmv2=mode != 'v1')
    if mode == 'flipped':
        response = bytearray(type3['ntlm'])
        response[3] ^= 1
        type3['ntlm'] = bytes(response)
    if mode == 'anonymous':
        type3['user_name'] = b''
        type3['domain_name'] = b''
        type3['lanman'] = b'\0'
        type3['ntlm'] = b''
    return type3.getData()


def main():
    address, path, user, password, mode = sys.argv[1:6]
    ntlm.USE_NTLMv2 = mode != 'v1'
    connection = {'spnego': SpnegoConnection, 'raw': RawConnection}.get(mode, Connection)(address, path)
    type1 = ntlm.getNTLMSSPType1('', '', use_ntlmv2=mode != 'v1')
    status, challenge, body = connection.send(type1.getData())
    if status == 401 and challenge:
        message = authenticate_message(type1, challenge, user, password, mode)
        if mode in ('other-connection', 'again'):
            if mode == 'again':
                connection.send(message)
            connection = Connection(address, path)
            connection.send(type1.getData())
        status, _, body = connection.send(message)
    print('status', status)
    print('body')
    print(body, end='')


main()
