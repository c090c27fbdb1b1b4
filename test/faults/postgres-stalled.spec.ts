import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { freezeHost, freezeLogWriter } from './freeze.ts';
import { Load } from './load.ts';
import { rounds, slowRounds, TEST_MS_MAX } from './rounds.ts';
import { ServiceProcess } from './service-process.ts';

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.onNewData();
}, 120_000);
afterAll(() => service.remove(), 60_000);

const SHORT_MS = 1500;
/** Longer than the engine waits for the end of a commit, 15 s, and so than it keeps a client waiting. */
const LONG_MS = 17_000;
/** An answer that was under way when everything stopped may still arrive. */
const GRACE_MS = 500;

describe('a service under load whose Postgres stands still', () => {
  it.each([
    ['as when its host hangs', SHORT_MS, freezeHost],
    ['as when its disk takes no log', SHORT_MS, freezeLogWriter],
    ['as when its disk takes no log, for longer than anybody waits', LONG_MS, freezeLogWriter],
  ])(
    'answers nothing that is not on disk, goes on afterwards, loses nothing and does nothing twice: %s',
    async (_, ms, freeze) => {
      await using load = Load.start(() => service.client);
      for (let round = 0; round < (ms === LONG_MS ? slowRounds : rounds); round += 1) {
        await load.progress(200);
        const thaw = await freeze(service.postgres);
        try {
          await sleep(GRACE_MS);
          const answered = load.answered.length;
          await sleep(ms - GRACE_MS);
          expect(load.answered.length).toBe(answered);
        } finally {
          await thaw();
        }
      }
      await load.progress(200);
      await load.stop();
      expect(load.unanswered).toBe(0);
      if (ms === LONG_MS) expect(load.refused(0)).not.toEqual([]);
      await expectNothingLost(load, service.postgres, [service.client]);
    },
    TEST_MS_MAX,
  );
});
