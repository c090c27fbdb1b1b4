import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { randomInt } from 'node:crypto';
import { finiteOperations } from '../described-api.ts';
import { FuzzService } from './fuzz-service.ts';
import { requestsTo, type FuzzRequest } from './requests.ts';

/** The same requests every time; `FUZZ_SEED=random` makes new ones, `FUZZ_RUNS=20000` more. */
const { FUZZ_SEED = '20261121', FUZZ_RUNS = '3000' } = process.env;
const seed = FUZZ_SEED === 'random' ? randomInt(2 ** 30) : Number(FUZZ_SEED);
const runs = Number(FUZZ_RUNS);
const requests = requestsTo(finiteOperations);
/** By chance, some operations have been asked only for what they refuse: so often are they asked some more. */
const ROUNDS_MAX = 20;
const REQUESTS_IN_ROUND = 100;

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
      await send(requests, { seed, numRuns: runs });
      if (process.env['FUZZ_RUNS'] !== undefined) process.stdout.write(`${tally()}\n`);
    },
    60_000 + 50 * runs,
  );

  it('was asked for everything, and did it', async () => {
    for (let round = 1; round <= ROUNDS_MAX && idle().length > 0; round += 1) {
      await send(fc.oneof(requests, requestsTo(idle())), { seed: seed + round, numRuns: REQUESTS_IN_ROUND });
    }
    expect(idle().map(({ object }) => object.operationId)).toEqual([]);
  }, 120_000);
});

async function send(arbitrary: typeof requests, options: fc.Parameters<[FuzzRequest]>): Promise<void> {
  const property = fc.asyncProperty(arbitrary, async (request) => {
    expect(await service.send(request)).toEqual([]);
  });
  await fc.assert(property, options);
}

/** The operations that have done nothing yet. */
function idle(): typeof finiteOperations {
  const done = [...service.answers.keys()].filter((answer) => / 2\d\d$/.test(answer));
  return finiteOperations.filter(({ object }) => !done.some((one) => one.startsWith(`${object.operationId} `)));
}

function tally(): string {
  return [...service.answers]
    .map(([answer, times]) => `${answer}: ${times}`)
    .sort()
    .join('\n');
}
