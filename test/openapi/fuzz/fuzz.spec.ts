import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { finiteOperations } from '../described-api.ts';
import { FuzzService } from './fuzz-service.ts';
import { requests } from './requests.ts';

/** The same requests every time; `FUZZ_SEED=random` makes new ones, `FUZZ_RUNS=20000` more. */
const { FUZZ_SEED = '20261121', FUZZ_RUNS = '3000' } = process.env;
const seed = FUZZ_SEED === 'random' ? randomInt(2 ** 30) : Number(FUZZ_SEED);
const runs = Number(FUZZ_RUNS);

let service: FuzzService;
beforeAll(async () => {
  service = await FuzzService.start();
}, 60_000);
// The books are verified then.
afterAll(() => service.stop(), 120_000);

describe('the API', () => {
  it(
    `answers ${runs} requests as its description says, takes none that it doesn't allow, and changes nothing by reading or refusing (FUZZ_SEED=${seed})`,
    async () => {
      const property = fc.asyncProperty(requests, async (request) => {
        expect(await service.send(request)).toEqual([]);
      });
      await fc.assert(property, { seed, numRuns: runs });
      if (process.env['FUZZ_RUNS'] !== undefined) process.stdout.write(`${tally()}\n`);
    },
    60_000 + 50 * runs,
  );

  it('was asked for everything, and did it', () => {
    const done = [...service.answers.keys()].filter((answer) => / 2\d\d$/.test(answer));
    const idle = finiteOperations
      .map(({ object }) => object.operationId)
      .filter((id) => !done.some((one) => one.startsWith(`${id} `)));
    expect(idle).toEqual([]);
  });
});

function tally(): string {
  return [...service.answers]
    .map(([answer, times]) => `${answer}: ${times}`)
    .sort()
    .join('\n');
}
