import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../cli/make-folder.ts';
import { root } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

/** Whether this machine has HAProxy. CI installs it. */
export const hasBalancer = spawnSync('haproxy', ['-v']).status === 0;

export interface Balancer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs deploy/haproxy.cfg on loopback, in front of processes that have no name server to find them by. */
export async function startBalancer(apis: readonly string[]): Promise<Balancer> {
  const folder = await makeFolder('balancer');
  const port = await freePort();
  const servers = apis.map((api, index) => `server api${String(index + 1)} ${new URL(api).host}`).join('\n  ');
  const deployed = await readFile(join(root, 'deploy/haproxy.cfg'), 'utf8');
  const config = deployed
    .replace(/^ {2}server-template .*$/m, `  ${servers}`)
    .replace('bind :3000', `bind 127.0.0.1:${String(port)}`);
  if (!config.includes(servers)) throw new Error('deploy/haproxy.cfg names its servers in another way than expected');
  await writeFile(join(folder, 'haproxy.cfg'), config);

  const process_ = spawn('haproxy', ['-f', join(folder, 'haproxy.cfg')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  process_.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const url = `http://127.0.0.1:${String(port)}`;
  await eventually('HAProxy sends requests on', async () => {
    if (process_.exitCode !== null) throw new Error(`HAProxy has ended:\n${said}`);
    return (await fetch(`${url}/openapi.json`).catch(() => null))?.status === 200;
  });
  return {
    url,
    stop: async () => {
      const ended = once(process_, 'exit');
      process_.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}
