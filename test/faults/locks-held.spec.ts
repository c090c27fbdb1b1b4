import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { CLIENTS, Load, type Try } from './load.ts';
import type { Request } from './requests.ts';
import { slowRounds, TEST_MS_MAX } from './rounds.ts';
import { ServiceProcess } from './service-process.ts';

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.onNewData();
}, 120_000);
afterAll(() => service.remove(), 60_000);

/** What a client waits for its answer at most, be it a 503: a few seconds of patience with a lock, and what was before it. */
const ANSWER_MS_MAX = 10_000;
/** What clients wait at most who don't need what is locked. */
const BYSTANDER_MS_MAX = 3000;

/** Does something while somebody else keeps what the statement locks. */
async function whileLocked(statement: string, work: () => Promise<void>): Promise<void> {
  const session = await service.postgres.session();
  try {
    await session.query(`begin; ${statement}`);
    await work();
  } finally {
    await session.end();
  }
}

function slowestMs(tries: readonly Try[]): number {
  return Math.max(...tries.map(({ ms }) => ms));
}

describe('a service under load while somebody else keeps a lock', () => {
  it(
    'refuses what needs the locked account, in time, and goes on with everything else as if nothing were',
    async () => {
      await using load = Load.start(() => service.client);
      const [locked = ''] = load.customers;
      const needsIt = ({ deeds }: Request): boolean => deeds.some(({ account }) => account === locked);
      for (let round = 0; round < slowRounds; round += 1) {
        await load.progress(200);
        const from = load.tries.length;
        await whileLocked(`select from accounts where external_id = '${locked}' for update`, async () => {
          await load.until('requests for the account are refused', () => load.refused(from).some(isOf(needsIt)));
          await load.progress(300, (answered) => !needsIt(answered));
        });
        await load.progress(50, needsIt);
        const since = load.tries.slice(from);
        expect(slowestMs(since)).toBeLessThan(ANSWER_MS_MAX);
        const bystanders = since.filter((one) => !isOf(needsIt)(one));
        expect(
          bystanders.flatMap(({ request, status }) => (status === 503 ? (request?.path ?? 'a read') : [])),
        ).toEqual([]);
        expect(slowestMs(bystanders)).toBeLessThan(BYSTANDER_MS_MAX);
      }
      await load.stop();
      expect(load.unanswered).toBe(0);
      await expectNothingLost(load, service.postgres, [service.client]);
    },
    TEST_MS_MAX,
  );

  it.each([
    ['a table that is being changed', 'lock table accounts in access exclusive mode'],
    ['a table that is being indexed', 'lock table transfers in share mode'],
  ])(
    'refuses what needs a whole table, in time, and works again afterwards: %s',
    async (_, statement) => {
      await using load = Load.start(() => service.client);
      for (let round = 0; round < slowRounds; round += 1) {
        await load.progress(200);
        const from = load.tries.length;
        await whileLocked(statement, () =>
          load.until('everything is refused', () => load.refused(from).length >= CLIENTS),
        );
        await load.progress(200);
        expect(slowestMs(load.tries.slice(from))).toBeLessThan(ANSWER_MS_MAX);
      }
      await load.stop();
      expect(load.unanswered).toBe(0);
      await expectNothingLost(load, service.postgres, [service.client]);
    },
    TEST_MS_MAX,
  );
});

/** Whether a try is of such a request. */
function isOf(such: (request: Request) => boolean): (one: Try) => boolean {
  return ({ request }) => request !== null && such(request);
}
