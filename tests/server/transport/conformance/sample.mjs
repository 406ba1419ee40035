// Starts the sample server for one test file and ends it afterwards.
// SPDX-License-Identifier: Apache-2.0
import {spawn} from 'node:child_process';
import {createServer} from 'node:net';
import {once} from 'node:events';

/** A port that was free a moment ago. */
async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const {port} = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

/** Resolves when the server listens. */
export async function startSample(mode = 'audits') {
  const port = await freePort();
  const child = spawn(process.env.SAMPLE_SERVER, [String(port), mode], {stdio: ['ignore', 'pipe', 'inherit']});
  await once(child.stdout, 'data');
  return {http: `http://127.0.0.1:${port}/graphql`, ws: `ws://127.0.0.1:${port}/graphql`, port, stop: () => child.kill()};
}
