import { openLedger, watchUsageChore, type Ledger } from '#ledger-store';
import { REFUSAL_CODES } from '#ledger';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { root } from '../support/build.ts';
import { startTestService, TEST_KEY, type TestService } from '../support/test-service.ts';
import { followSteps } from './follow-steps.ts';
import { stepsIn } from './walk-through.ts';

const STEPS_MIN = 35;
/** Some seconds, but on a busy machine each step starts a shell and a `curl`. */
const FOLLOW_MS_MAX = 300_000;
const SECOND_MS = 1000;
const WEEK_MS = 7 * 24 * 60 * 60 * SECOND_MS;

const guide = await readFile(`${root}/docs/limits.md`, 'utf8');

let service: TestService;
let worker: Ledger;
beforeAll(async () => {
  service = await startTestService();
  worker = await openLedger({ databaseUrl: service.databaseUrl, openHoldsMax: 0, log: () => undefined });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await service.stop();
});

/** Moves the clock to where no day, hour or minute ends while the guide is followed. @returns the time by it */
async function toNextMonth(): Promise<number> {
  const { body } = await service.test.get('/v1/test-clock');
  const now = new Date((body as { now: string }).now);
  const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 10);
  const seconds = Math.ceil((start - now.getTime()) / SECOND_MS);
  expect(await service.test.post('/v1/test-clock/advance', { seconds })).toMatchObject({ status: 200 });
  return start;
}

describe('docs/limits.md', () => {
  it(
    'shows the answers that its requests really get',
    async () => {
      const steps = stepsIn(guide);
      expect(steps.length).toBeGreaterThanOrEqual(STEPS_MIN);
      const until = new Date((await toNextMonth()) + WEEK_MS).toISOString();
      const chore = watchUsageChore(worker.engine, service.pool);
      const work = async (): Promise<void> => {
        await chore.run(() => Promise.resolve());
      };
      const variables = { B: service.url, KEY: TEST_KEY, UNTIL: until };
      const followed = await followSteps(steps, { variables, work });
      expect(followed.map(({ command, answered }) => ({ command, ...answered }))).toEqual(
        followed.map(({ command, shown }) => ({ command, ...shown })),
      );
    },
    FOLLOW_MS_MAX,
  );

  it('lists layers in the order in which they decline', () => {
    const listed = [...guide.matchAll(/^\d+\. .*$/gm)].flatMap(([line]) => [...line.matchAll(/`(\w+)`/g)]);
    const codes = listed.map(([, code]) => code);
    expect(codes).toEqual(REFUSAL_CODES.filter((code) => codes.includes(code)));
  });
});
