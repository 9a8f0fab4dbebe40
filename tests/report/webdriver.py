"""A headless Chromium, driven through ChromeDriver's W3C WebDriver interface.

SPDX-License-Identifier: LGPL-2.1-or-later
"""

import json
import re
import shutil
import subprocess
import tempfile
import urllib.request

ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'  # W3C WebDriver 11: the web element identifier
FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
         '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage']


class Browser:
    """A window; use it in a with statement."""

    def __init__(self, width=1200, height=900):
        self.size = f'--window-size={width},{height}'

    def __enter__(self):
        self.profile = tempfile.mkdtemp(prefix='guise-report-browser-')
        self.driver = subprocess.Popen(['chromedriver', '--port=0'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for line in self.driver.stdout:
            match = re.search(r'started successfully on port (\d+)', line)
            if match:
                self.base = f'http://127.0.0.1:{match[1]}'
                break
        else:
            raise RuntimeError('chromedriver does not start')
        options = {'binary': shutil.which('chromium'), 'args': FLAGS + [self.size, f'--user-data-dir={self.profile}']}
        answer = self.request('POST', '/session', {'capabilities': {'alwaysMatch': {'goog:chromeOptions': options}}})
        self.base += '/session/' + answer['sessionId']
        return self

    def __exit__(self, *_):
        try:
            self.request('DELETE', '')
        finally:
            self.driver.terminate()
            self.driver.wait()
            shutil.rmtree(self.profile, ignore_errors=True)

    def request(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {'Content-Type': 'application/json'}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)['value']

    def open(self, url):
        self.request('POST', '/url', {'url': 'about:blank'})  # so that another fragment of the same page loads it again
        self.request('POST', '/url', {'url': url})

    def find(self, selector):
        return self.request('POST', '/element', {'using': 'css selector', 'value': selector})[ELEMENT]

    def click(self, selector):
        self.request('POST', f'/element/{self.find(selector)}/click', {})

    def type(self, selector, text):
        self.request('POST', f'/element/{self.find(selector)}/value', {'text': text})

    def run(self, script):
        return self.request('POST', '/execute/sync', {'script': script, 'args': []})

    def texts(self, selector):
        """What is shown of each element that matches."""
        return self.run(f'return [...document.querySelectorAll({json.dumps(selector)})].map(node => node.innerText)')

    def devtools(self, command, **parameters):
        return self.request('POST', '/goog/cdp/execute', {'cmd': command, 'params': parameters})
