import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, findRunningDatabase } from '#database';
import { root } from '../support/build.ts';
import { makeFolder } from './make-folder.ts';
import { purser } from './purser-run.ts';
import { startService, type ServiceRun } from './service-run.ts';

const KEY = 'pur_live_the-key-of-a-service-to-be-recomputed';

/** A sample of a real trace, or the trace that `REPLAY_TRACE` names. */
const { REPLAY_TRACE = `${root}/test/fixtures/azure-llm-2023-conv-sample.csv` } = process.env;

/** Credits per million tokens. The requests of a trace go to the models in turn. */
const PRICES = [
  { model: 'large', input: '3', output: '15' },
  { model: 'medium', input: '0.8', output: '4' },
  { model: 'small', input: '0.075', output: '0.30' },
];
const CARD = {
  unit: 'credits',
  prices: PRICES.map(({ model, input, output }) => ({
    event: 'chat.completed',
    match: { model },
    components: [
      { quantity: 'input_tokens', amount: input, per: '1000000' },
      { quantity: 'output_tokens', amount: output, per: '1000000' },
    ],
  })),
};

/** What the rows of a trace cost, from the file and the prices above. */
const OF_THE_TRACE = `
  select model, trim_scale(sum(trace.input * price.input + trace.output * price.output) / 1000000) as credits
  from unnest($1::numeric[], $2::numeric[]) with ordinality as trace (input, output, row)
  join (values ${PRICES.map(({ model, input, output }, n) => `(${n}, '${model}', ${input}, ${output})`).join(', ')})
    as price (n, model, input, output) on n = (row - 1) % ${PRICES.length}
  group by model order by model`;

const OF_USAGE_RECORDS = `
  select model, trim_scale(sum(amount)) as credits from usage_records group by model order by model`;

const OF_TRANSFERS = `
  select usage.model, trim_scale(sum(transfers.amount)) as credits
  from transfers join (select distinct authorization_id, model from usage_records) as usage using (authorization_id)
  where kind = 'usage' group by usage.model order by usage.model`;

let dataDir: string;
let service: ServiceRun;
beforeEach(async () => {
  dataDir = await makeFolder('recomputed');
  service = await startService(dataDir, { PURSER_ADMIN_KEY: KEY });
}, 60_000);
afterEach(async () => {
  await service.end('SIGTERM');
  await rm(dataDir, { recursive: true, force: true });
}, 60_000);

describe('purser replay --rate-card', () => {
  it('charges what a few lines of SQL make of the tokens of a trace, to the last digit', async () => {
    const card = join(dataDir, 'card.json');
    await writeFile(card, JSON.stringify(CARD));
    const options = ['--url', service.url, '--rate-card', card, '--short-share', '0', '--json'];
    const { code, out } = await purser(['replay', REPLAY_TRACE, ...options], {
      PURSER_ADMIN_KEY: KEY,
      PURSER_DATA_DIR: dataDir,
    });
    expect({ code, report: JSON.parse(out) as unknown }).toMatchObject({
      code: 0,
      report: { ok: true, declined: 0 },
    });

    const rows = (await readFile(REPLAY_TRACE, 'utf8')).trim().split('\n').slice(1);
    const columns = [1, 2].map((column) => rows.map((row) => row.trim().split(',')[column]));
    const [ofTrace, ofRecords, ofTransfers] = await queryAll([
      [OF_THE_TRACE, columns],
      [OF_USAGE_RECORDS, []],
      [OF_TRANSFERS, []],
    ]);
    expect(ofTrace).toHaveLength(PRICES.length);
    expect(ofRecords).toEqual(ofTrace);
    expect(ofTransfers).toEqual(ofTrace);
  }, 600_000);
});

/** Asks the service's own database. */
async function queryAll(queries: readonly (readonly [string, readonly unknown[]])[]): Promise<unknown[][]> {
  const database = await findRunningDatabase(dataDir);
  const pool = connect(database?.url ?? '', { connectionsMax: 1, log: () => undefined });
  try {
    const results = [];
    for (const [sql, parameters] of queries) results.push((await pool.query(sql, [...parameters])).rows as unknown[]);
    return results;
  } finally {
    await pool.end();
  }
}
