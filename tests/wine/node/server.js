// A server as one writes it with node-expose-sspi: everything below / through its middleware sso.auth(), and /file/NAME, which keeps the
// context of the connection to open a file as its client.
//
// usage: node.exe server.js MODULES ROOT PROTOCOL        PROTOCOL: NTLM, Negotiate
// Prints `listening on 127.0.0.1:PORT`. SPDX-License-Identifier: LGPL-2.1-or-later
'use strict';
const fs = require('fs');
const http = require('http');
const path = require('path');
const { createRequire } = require('module');

const [modules, root, protocol] = process.argv.slice(2);
const { sspi, sso } = createRequire(path.join(modules, 'package.json'))('node-expose-sspi');

// ---- one account in JSON, by the middleware -----------------------------------------------------------------------------

const authenticate = sso.auth({ useActiveDirectory: false, forceNTLM: protocol === 'NTLM' });

function serveAccount(request, response) {
  authenticate(request, response, (error) => {
    if (error) {
      answer(response, error.statusCode || 500, error.message);
      return;
    }
    response.setHeader('Content-Type', 'application/json');
    answer(response, 200, JSON.stringify(request.sso));
  });
}

// ---- a file as the client -------------------------------------------------------------------------------------------------

const { credential } = sspi.AcquireCredentialsHandle({ packageName: 'Negotiate' });
const contexts = new WeakMap(); // of connections: {handle, established}

function release(socket) {
  const context = contexts.get(socket);
  if (!context) return;
  contexts.delete(socket);
  sspi.DeleteSecurityContext(context.handle);
}

// One leg. True: the connection is authenticated.
function accept(request, response) {
  const socket = request.socket;
  const value = request.headers.authorization || '';
  let context = contexts.get(socket);

  if (!value.startsWith(protocol + ' ')) {
    if (context && context.established) return true;
    response.setHeader('WWW-Authenticate', protocol);
    answer(response, 401, 'who are you?');
    return false;
  }
  if (context && context.established) {
    release(socket);
    context = undefined;
  }
  const token = Buffer.from(value.slice(protocol.length + 1), 'base64');
  const input = { credential, SecBufferDesc: { ulVersion: 0, buffers: [new Uint8Array(token).buffer] } };
  if (context) input.contextHandle = context.handle;
  else socket.once('close', () => release(socket));
  const result = sspi.AcceptSecurityContext(input);
  if (result.SECURITY_STATUS !== 'SEC_E_OK' && result.SECURITY_STATUS !== 'SEC_I_CONTINUE_NEEDED') {
    release(socket);
    response.setHeader('WWW-Authenticate', protocol);
    answer(response, 401, result.SECURITY_STATUS);
    return false;
  }
  const established = result.SECURITY_STATUS === 'SEC_E_OK';
  contexts.set(socket, { handle: result.contextHandle, established });
  if (established) return true;
  response.setHeader('WWW-Authenticate', protocol + ' ' + Buffer.from(result.SecBufferDesc.buffers[0]).toString('base64'));
  answer(response, 401, 'go on');
  return false;
}

function serveFile(request, response, name) {
  if (!accept(request, response)) return;
  const handle = contexts.get(request.socket).handle;
  let status = 200;
  let body;

  sspi.ImpersonateSecurityContext(handle);
  try {
    body = fs.readFileSync(path.join(root, name));
  } catch (error) {
    body = error.code;
    status = { EPERM: 403, EACCES: 403, ENOENT: 404, EISDIR: 404 }[error.code] || 500;
  } finally {
    sspi.RevertSecurityContext(handle);
  }
  answer(response, status, body);
}

// ---- requests ---------------------------------------------------------------------------------------------------------------

function answer(response, status, body) {
  response.statusCode = status;
  response.end(body);
}

const server = http.createServer((request, response) => {
  try {
    const name = decodeURIComponent(request.url);
    if (name.startsWith('/file/')) serveFile(request, response, name.slice('/file/'.length));
    else serveAccount(request, response);
  } catch (error) {
    console.error(error);
    answer(response, 500, error.message);
  }
});
server.listen(0, '127.0.0.1', () => console.log('listening on 127.0.0.1:' + server.address().port));
