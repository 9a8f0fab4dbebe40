#!/usr/bin/python3
"""HTTP for a program that only makes tokens: ADDRESS PATH MODE SIDE DOMAIN USER PASSWORD. Prints the tokens' sizes, the status and the body.

SIDE is a side_NAME program. MODE: whole; flip-mic, a bit of the last message's MIC is changed; no-mic, the MIC is zeros. Without an
announced MIC both end in an error.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import base64
import http.client
import sys

from side import CONTINUE, DONE, Side

MIC = slice(72, 88)
MIC_ANNOUNCED = bytes.fromhex('0600040002000000')  # the AV pair MsvAvFlags with bit 2 (MS-NLMP 2.2.2.1)


def change(token, mode):
    if mode == 'whole' or token[8] != 3:
        return token
    if MIC_ANNOUNCED not in token:
        sys.exit('this peer announces no MIC')
    changed = bytearray(token)
    changed[MIC] = bytes(16) if mode == 'no-mic' else bytes([token[72] ^ 1]) + token[73:88]
    return bytes(changed)


def main():
    address, path, mode, program, domain, user, password = sys.argv[1:]
    connection = http.client.HTTPConnection(address, timeout=20)
    side = Side(program)
    status, body, token = 0, '', b''
    side.call('client', 'seal', '', domain, user, password, 'HTTP/localhost')
    while True:
        result, token = side.call('token', token)
        if result not in (DONE, CONTINUE):
            sys.exit(f'the client gives up: {result}')
        token = change(token, mode)
        print('>', len(token))
        connection.request('GET', path, headers={'Authorization': 'NTLM ' + base64.b64encode(token).decode()})
        answer = connection.getresponse()
        status, body = answer.status, answer.read().decode('utf-8', 'replace')
        words = (answer.getheader('WWW-Authenticate') or '').split()
        if result == DONE or len(words) != 2 or words[0] != 'NTLM':
            break
        token = base64.b64decode(words[1])
        print('<', len(token))
    side.close()
    print('status', status)
    print('body')
    print(body, end='')


main()
