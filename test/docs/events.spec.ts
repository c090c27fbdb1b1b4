import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../cli/make-folder.ts';
import { root } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { grantCredits, openAccount } from '../support/ledger-steps.ts';
import { LIVE_KEY, startTestService, type TestService } from '../support/test-service.ts';
import { deliverAll } from '../support/webhook-steps.ts';

describe('the program in docs/events.md', () => {
  let service: TestService;
  let folder: string;
  let program = '';
  let follower: ChildProcess;

  beforeAll(async () => {
    service = await startTestService();
    folder = await makeFolder('events');
    [, program = ''] = /```js\n(.*?)```/s.exec(await readFile(`${root}/docs/events.md`, 'utf8')) ?? [];
  });
  afterAll(async () => {
    await kill();
    await rm(folder, { recursive: true });
    await service.stop();
  });

  const file = (): string => join(folder, 'events.jsonl');

  function start(key = LIVE_KEY): void {
    follower = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      env: { PURSER_URL: service.url, PURSER_KEY: key, EVENTS_FILE: file() },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  }

  async function kill(): Promise<void> {
    if (follower.exitCode !== null || follower.signalCode !== null) return;
    const ended = once(follower, 'exit');
    follower.kill('SIGKILL');
    await ended;
  }

  /** What is stored whole; the program may be writing the last line. */
  async function stored(): Promise<string[]> {
    const text = await readFile(file(), 'utf8').catch(() => '');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { data: { account: string; sequence: number } }).data)
      .map(({ account, sequence }) => `${account} ${String(sequence)}`);
  }

  it('stores every event once, and goes on where it was killed, in mid-line too', async () => {
    const accounts = [await openAccount(service.live), await openAccount(service.live)];
    const grantAll = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round++)
        for (const account of accounts) await grantCredits(service.live, account, '1');
      await deliverAll(service.pool);
    };
    await writeFile(file(), '');
    start();
    await grantAll(70);
    await eventually('the events are stored', async () => (await stored()).length === 140);
    await kill();
    await appendFile(file(), '{"id":"evt_torn, “in mid');
    await grantAll(5);
    start();
    await grantAll(5);
    await eventually('the events since are stored', async () => (await stored()).length >= 160);
    const expected = accounts.flatMap((account) =>
      Array.from({ length: 80 }, (_, index) => `${account} ${String(index + 1)}`),
    );
    expect((await stored()).toSorted()).toEqual(expected.toSorted());
    expect(await readFile(file(), 'utf8')).toMatch(/\n$/);
  });

  it('ends where its key is wrong, and says so', async () => {
    await kill();
    start('pur_live_wrong');
    const told = follower.stderr?.toArray() ?? Promise.resolve([]);
    const [code] = (await once(follower, 'exit')) as [number];
    expect(code).toBe(1);
    expect((await told).join('')).toContain('invalid_api_key');
  });
});
