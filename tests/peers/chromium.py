"""A headless Chromium that answers Negotiate with the tickets of MIT Kerberos.

SPDX-License-Identifier: LGPL-2.1-or-later
"""
import html
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../report'))
from webdriver import FLAGS

WINDOW = ['--hide-scrollbars', '--window-size=900,400']
# A profile that has never seen Negotiate keeps its network service in a sandbox without GSSAPI until Chromium is started again. The service's
# name is to be made of the host as the URL names it, not of what /etc/hosts calls that address first (policy DisableAuthNegotiateCnameLookup).
STATE = {'net': {'received_http_auth_negotiate_headers': True}, 'auth': {'disable_negotiate_cname_lookup': True}}


def visit(url, *options, environment=None):
    """What a new window shows of a page of text: the text, the picture (PNG), and what Chromium says; the first two are empty if it shows none."""
    with tempfile.TemporaryDirectory(prefix='guise-chromium-', ignore_cleanup_errors=True) as folder:
        with open(os.path.join(folder, 'Local State'), 'w', encoding='ascii') as file:
            json.dump(STATE, file)
        picture = os.path.join(folder, 'page.png')
        run = subprocess.run(['chromium', *FLAGS, *WINDOW, f'--user-data-dir={folder}', f'--screenshot={picture}', '--dump-dom', *options, url],
                             env=(environment or os.environ) | {'HOME': folder}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             text=True, timeout=60, check=False)
        text = re.search('<pre[^>]*>(.*)</pre>', run.stdout, re.S)
        png = b''
        if os.path.exists(picture):
            with open(picture, 'rb') as file:
                png = file.read()
        return html.unescape(text[1]) if text else '', png, run.stderr
