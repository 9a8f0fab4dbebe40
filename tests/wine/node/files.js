// What a program does with files that never impersonates: every kind of operation that node.exe has, some in great number, from one thread, from
// libuv's and from workers. Each result is a line of the log; nothing in it depends on time or chance, so that two runs can be compared.
//
// usage: node.exe files.js MODULES FOLDER LOG        FOLDER is empty. SPDX-License-Identifier: LGPL-2.1-or-later
'use strict';
const childProcess = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');
const { Worker } = require('worker_threads');

const [modules, folder, log] = process.argv.slice(2);
const lines = [];

const at = (...names) => path.join(folder, ...names);
const digest = (data) => crypto.createHash('sha256').update(data).digest('hex').slice(0, 16);

function note(what, result) {
  const text = Buffer.isBuffer(result) ? `${result.length} bytes ${digest(result)}` : JSON.stringify(result);
  lines.push(`${what}: ${text}`);
}

function attempt(what, run) {
  try {
    note(what, run());
  } catch (error) {
    note(what, error.code || error.message);
  }
}

function about(stat) {
  return [stat.size, stat.isFile(), stat.isDirectory(), stat.isSymbolicLink(), stat.nlink, (stat.mode & 0o777).toString(8)];
}

// ---- one of each -------------------------------------------------------------------------------------------------------------

function each() {
  attempt('write', () => fs.writeFileSync(at('a.txt'), 'alpha'));
  attempt('read', () => fs.readFileSync(at('a.txt')));
  attempt('read, other case', () => fs.readFileSync(at('A.TXT')));
  attempt('append', () => fs.appendFileSync(at('a.txt'), ' beta'));
  attempt('read again', () => fs.readFileSync(at('a.txt')));
  attempt('create, there already', () => fs.openSync(at('a.txt'), 'wx'));
  attempt('open, not there', () => fs.openSync(at('none.txt'), 'r'));
  attempt('open, no folder', () => fs.openSync(at('none', 'a.txt'), 'w'));
  attempt('open, folder to read', () => fs.readFileSync(folder));
  attempt('open, file as a folder', () => fs.openSync(at('a.txt', 'b'), 'r'));
  attempt('update', () => {
    const file = fs.openSync(at('a.txt'), 'r+');
    fs.writeSync(file, 'ALPHA', 0);
    fs.ftruncateSync(file, 7);
    const result = about(fs.fstatSync(file));
    fs.fsyncSync(file);
    fs.closeSync(file);
    return result;
  });
  attempt('stat', () => about(fs.statSync(at('a.txt'))));
  attempt('stat, folder', () => fs.statSync(folder).isDirectory());
  attempt('stat, not there', () => fs.statSync(at('none.txt')));
  attempt('truncate', () => fs.truncateSync(at('a.txt'), 3));
  attempt('times', () => {
    fs.utimesSync(at('a.txt'), 1000000000, 1000000001);
    return fs.statSync(at('a.txt')).mtimeMs;
  });
  attempt('read-only', () => {
    fs.chmodSync(at('a.txt'), 0o444);
    return about(fs.statSync(at('a.txt')));
  });
  attempt('write, read-only', () => fs.writeFileSync(at('a.txt'), 'x'));
  attempt('remove, read-only', () => fs.unlinkSync(at('a.txt')));
  attempt('writable', () => fs.existsSync(at('a.txt')) && fs.chmodSync(at('a.txt'), 0o666));
  attempt('access', () => [fs.constants.R_OK, fs.constants.W_OK].map((mode) => fs.accessSync(folder, mode)));
  attempt('write b', () => fs.writeFileSync(at('b.txt'), crypto.createHash('sha512').update('b').digest()));
  attempt('copy', () => fs.copyFileSync(at('b.txt'), at('c.txt')));
  attempt('copy, there already', () => fs.copyFileSync(at('b.txt'), at('c.txt'), fs.constants.COPYFILE_EXCL));
  attempt('link', () => fs.linkSync(at('b.txt'), at('d.txt')));
  attempt('link, stat', () => about(fs.statSync(at('d.txt'))));
  attempt('link, not there', () => fs.linkSync(at('none.txt'), at('e.txt')));
  attempt('symbolic link', () => fs.symlinkSync(at('b.txt'), at('s.txt')));
  attempt('symbolic link, read', () => fs.readFileSync(at('s.txt')));
  attempt('rename', () => fs.renameSync(at('c.txt'), at('e.txt')));
  attempt('rename over', () => fs.renameSync(at('e.txt'), at('b.txt')));
  attempt('rename, not there', () => fs.renameSync(at('none.txt'), at('f.txt')));
  attempt('rename, other case', () => fs.renameSync(at('b.txt'), at('B.TXT')));
  attempt('list', () => fs.readdirSync(folder).sort());
  attempt('real path', () => path.basename(fs.realpathSync.native(at('d.txt'))));
  attempt('long', () => {
    const name = at('l'.repeat(200), 'm'.repeat(200));
    fs.mkdirSync(path.dirname(name));
    fs.writeFileSync(name, 'long');
    return fs.readFileSync('\\\\?\\' + name);
  });
  attempt('other letters', () => {
    fs.writeFileSync(at('žluťoučký-馬-🐎.txt'), 'neigh');
    return fs.readdirSync(folder).filter((name) => name.startsWith('ž'));
  });
  attempt('mkdir', () => fs.mkdirSync(at('dir')));
  attempt('mkdir, there already', () => fs.mkdirSync(at('dir')));
  attempt('mkdir, deep', () => fs.mkdirSync(at('dir', 'x', 'y', 'z'), { recursive: true }) !== undefined);
  attempt('rmdir, not empty', () => fs.rmdirSync(at('dir')));
  attempt('unlink, folder', () => fs.unlinkSync(at('dir')));
  attempt('rename, folder', () => fs.renameSync(at('dir'), at('other')));
  attempt('list, deep', () => fs.readdirSync(at('other', 'x'), { withFileTypes: true }).map((e) => [e.name, e.isDirectory()]));
  attempt('rm, all of it', () => fs.rmSync(at('other'), { recursive: true }));
  attempt('gone', () => fs.existsSync(at('other')));
  attempt('open twice, remove', () => {
    fs.writeFileSync(at('held.txt'), 'held');
    const file = fs.openSync(at('held.txt'), 'r');
    fs.unlinkSync(at('held.txt'));
    const text = fs.readFileSync(file, 'utf8');
    fs.closeSync(file);
    return [text, fs.existsSync(at('held.txt'))];
  });
  attempt('console', () => fs.openSync('CONIN$', 'r') >= 0);
  attempt('null', () => fs.readFileSync('\\\\.\\NUL'));
  attempt('temporary', () => path.basename(fs.mkdtempSync(at('tmp-'))).length);
}

// ---- many ------------------------------------------------------------------------------------------------------------------

function many(base, count) {
  const sum = crypto.createHash('sha256');
  fs.mkdirSync(base);
  for (let i = 0; i < count; i++) {
    const name = path.join(base, `file-${i}`);
    fs.writeFileSync(name, Buffer.alloc((i * 37) % 5000, i & 255));
    if (i % 3 === 0) fs.renameSync(name, name + '-renamed');
    if (i % 5 === 0) fs.copyFileSync(i % 3 ? name : name + '-renamed', name + '-copy');
    if (i % 7 === 0) fs.unlinkSync(i % 3 ? name : name + '-renamed');
  }
  for (const name of fs.readdirSync(base).sort()) sum.update(name).update(fs.readFileSync(path.join(base, name)));
  fs.rmSync(base, { recursive: true });
  return sum.digest('hex');
}

async function manyAtOnce(base, count) {
  await fs.promises.mkdir(base);
  const work = Array.from({ length: count }, async (_, i) => {
    const name = path.join(base, `file-${i}`);
    await fs.promises.writeFile(name, String(i));
    await fs.promises.rename(name, name + '-b');
    return Number(await fs.promises.readFile(name + '-b', 'utf8')) === i;
  });
  const good = (await Promise.all(work)).filter(Boolean).length;
  const sizes = await Promise.all((await fs.promises.readdir(base)).map(async (name) => (await fs.promises.stat(path.join(base, name))).size));
  await fs.promises.rm(base, { recursive: true });
  return [good, sizes.reduce((a, b) => a + b, 0)];
}

function stream(name) {
  return new Promise((resolve, reject) => {
    const sum = crypto.createHash('sha256');
    const out = fs.createWriteStream(name);
    for (let i = 0; i < 200; i++) out.write(Buffer.alloc(10000, i));
    out.end(() => fs.createReadStream(name).on('data', (data) => sum.update(data)).on('error', reject).on('end', () => resolve(sum.digest('hex'))));
  });
}

function inWorker(number) {
  const code = `const { parentPort } = require('worker_threads'); const fs = require('fs'); const path = require('path'); const crypto = require('crypto');
    ${many.toString()}
    parentPort.postMessage(many(${JSON.stringify(at('worker-'))} + ${number}, 60));`;
  return new Promise((resolve, reject) => new Worker(code, { eval: true }).once('message', resolve).once('error', reject));
}

function child() {
  const out = fs.openSync(at('child.out'), 'w');
  const run = childProcess.spawnSync('cmd.exe', ['/c', 'echo hello& mkdir sub& echo inside> sub\\f.txt& type sub\\f.txt'], { cwd: folder, stdio: ['ignore', out, out] });
  fs.closeSync(out);
  return [run.status, fs.readFileSync(at('child.out'), 'utf8'), fs.readFileSync(at('sub', 'f.txt'), 'utf8')];
}

async function main() {
  // The addon is what loads secur32.dll, and with this call its hooks are in place.
  const { sspi } = createRequire(path.join(modules, 'package.json'))('node-expose-sspi');
  const packages = sspi.EnumerateSecurityPackages();

  each();
  attempt('many', () => many(at('many'), 300));
  note('many at once', await manyAtOnce(at('at-once'), 200));
  note('stream', await stream(at('stream')));
  note('workers', await Promise.all([1, 2, 3, 4].map(inWorker)));
  attempt('child', child);
  attempt('list in the end', () => fs.readdirSync(folder).filter((name) => !name.startsWith('tmp-')).sort());
  fs.writeFileSync(log, lines.join('\n') + '\n');
  console.log(packages.map((one) => one.Name).join(" "));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
