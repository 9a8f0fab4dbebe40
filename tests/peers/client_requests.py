#!/usr/bin/python3
"""A client over requests and requests_ntlm: URL USER PASSWORD. Prints the sizes of the tokens, the status and the body.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import base64
import sys

import requests
from requests_ntlm import HttpNtlmAuth


def token_size(value):
    words = (value or '').split()
    return len(base64.b64decode(words[1])) if len(words) == 2 and words[0] == 'NTLM' else 0


def main():
    url, user, password = sys.argv[1:4]
    session = requests.Session()
    session.trust_env = False
    answer = session.get(url, auth=HttpNtlmAuth(user, password), timeout=20)
    for leg in [*answer.history, answer]:
        size = token_size(leg.request.headers.get('Authorization'))
        if size:
            print('>', size)
        size = token_size(leg.headers.get('WWW-Authenticate'))
        if size:
            print('<', size)
    print('status', answer.status_code)
    print('body')
    print(answer.text, end='')


main()
