#!/usr/bin/python3
"""HTTP for a program that only makes tokens: ADDRESS PATH MODE COMMAND [ARGUMENT...]. Prints the tokens' sizes, the status and the body.

The program writes a token as a line of hexadecimal digits, and reads the server's token in the same way, until both are done. MODE: whole;
flip-mic, a bit of the last message's MIC is changed; no-mic, the MIC is zeros. Without an announced MIC both end in an error.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import base64
import http.client
import subprocess
import sys


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
    address, path, mode, command = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
    connection = http.client.HTTPConnection(address, timeout=20)
    status, body = 0, ''
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        for line in program.stdout:
            token = change(bytes.fromhex(line), mode)
            print('>', len(token))
            connection.request('GET', path, headers={'Authorization': 'NTLM ' + base64.b64encode(token).decode()})
            answer = connection.getresponse()
            status, body = answer.status, answer.read().decode('utf-8', 'replace')
            words = (answer.getheader('WWW-Authenticate') or '').split()
            if len(words) != 2 or words[0] != 'NTLM':
                break
            token = base64.b64decode(words[1])
            print('<', len(token))
            program.stdin.write(token.hex() + '\n')
            program.stdin.flush()
        program.stdin.close()
    print('status', status)
    print('body')
    print(body, end='')


main()
