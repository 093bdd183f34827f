// SPDX-License-Identifier: MIT
//
// The other end of grpc_peer, on grpc-js: `node peer.js PROTO PEER` puts grpc-js as the client before
// our server half, then as the server before our client half. Exit 0 when all was as expected.
'use strict';
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const [proto, peer] = process.argv.slice(2);
const hlp = grpc.loadPackageDefinition(loader.loadSync(proto, { longs: String })).hlp.v1;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hlp-interop-'));

function expect(claim, what) {
  console.log(`${claim ? 'ok' : 'NOT OK'} ${what}`);
  if (!claim) process.exitCode = 1;
}

const unary = (client, method, options = {}, metadata = new grpc.Metadata()) =>
  new Promise((done) =>
    client[method]({}, metadata, options, (error, reply) => done({ error, reply })));

function line(child, wanted) {
  return new Promise((done) => {
    let text = '';
    const look = (chunk) => {
      text += chunk;
      if (!text.includes(wanted + '\n')) return;
      child.stdout.off('data', look);
      done();
    };
    child.stdout.on('data', look);
  });
}

async function callOurServer() {
  const socket = path.join(folder, 'ours.sock');
  const child = spawn(peer, ['serve', socket], { stdio: ['pipe', 'pipe', 'inherit'] });
  await line(child, 'ready');
  const client = new hlp.Hlp(`unix:${socket}`, grpc.credentials.createInsecure());
  const metadata = new grpc.Metadata();
  metadata.set('hlp-actor', 'an%C3%A9');

  let answer = await unary(client, 'GetEngine', {}, metadata);
  expect(!answer.error && answer.reply.version === 'an\u00e9', 'unary with a header');
  expect(answer.reply.seq === '1152921504606846976', '64-bit numbers');
  answer = await unary(client, 'ReadOutput');
  expect(!answer.error && answer.reply.data.length === 3 * 1024 * 1024, 'large reply');
  answer = await unary(client, 'StopEngine');
  expect(answer.error.code === 10 && answer.error.details === 'it changed: 100% \u00e9', 'error');
  expect(answer.error.metadata.get('hlp-error')[0] === 'conflict', 'exact code in the trailer');
  answer = await unary(client, 'GetGraph', { deadline: Date.now() + 100 });
  expect(answer.error.code === 4, 'deadline');

  let count = 0;
  const status = await new Promise((done) => {
    const stream = client.ListEvents({});
    stream.on('data', (record) => { count += record.seq === String(count + 1) ? 1 : NaN; });
    stream.on('error', () => {});
    stream.on('status', done);
  });
  expect(count === 10000 && status.code === 0, 'stream in order');

  const cancelled = line(child, 'cancelled');
  const watch = client.Watch({});
  const ended = new Promise((done) => watch.on('error', done));
  setImmediate(() => setTimeout(() => watch.cancel(), 50));
  expect((await ended).code === 1, 'cancel at the client');
  await cancelled;
  expect(true, 'cancel at the server');

  const Unknown = grpc.makeGenericClientConstructor({
    nope: { path: '/hlp.v1.Hlp/Nope', requestStream: false, responseStream: false,
            requestSerialize: (x) => x, responseDeserialize: (x) => x } }, 'Unknown');
  const stranger = new Unknown(`unix:${socket}`, grpc.credentials.createInsecure());
  const unknown = await new Promise((done) => stranger.nope(Buffer.alloc(0), done));
  expect(unknown.code === 12, 'unknown method');
  const large = await new Promise((done) => {
    const call = client.ExecuteDAG({ text: Buffer.alloc(8 * 1024 * 1024) },
                                   { deadline: Date.now() + 2000 });
    call.on('error', done);
    call.on('data', () => {});
  });
  expect(large.code === 4, 'large request is taken');

  stranger.close();
  client.close();
  child.stdin.end();
  expect((await new Promise((done) => child.on('exit', done))) === 0, 'server ends well');
}

async function serveOurClient() {
  const socket = path.join(folder, 'theirs.sock');
  const server = new grpc.Server();
  const conflict = { code: 10, details: 'it changed: 100% \u00e9' };
  server.addService(hlp.Hlp.service, {
    GetEngine: (call, done) => done(null, { version: 'js' }),
    ReadOutput: (call, done) => done(null, { data: Buffer.alloc(3 * 1024 * 1024) }),
    StopEngine: (call, done) => done(conflict),
    Watch: () => {},
    ListEvents: (call) => {
      for (let seq = 1; seq <= 10000; seq++) call.write({ seq, kind: 'exited' });
      call.end();
    },
  });
  await new Promise((done, failed) =>
    server.bindAsync(`unix:${socket}`, grpc.ServerCredentials.createInsecure(),
                     (error) => (error ? failed(error) : done())));
  const child = spawn(peer, ['call', socket], { stdio: ['ignore', 'inherit', 'inherit'] });
  const code = await new Promise((done) => child.on('exit', done));
  expect(code === 0, 'our client before grpc-js');
  server.forceShutdown();
}

callOurServer().then(serveOurClient).catch((error) => {
  console.log(`NOT OK ${error.stack}`);
  process.exitCode = 1;
}).finally(() => fs.rmSync(folder, { recursive: true, force: true }));
