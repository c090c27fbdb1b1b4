import { connect } from '#database';
import { verify } from '#ledger-store';
import { expect } from '@jest/globals';
import { purser, PurserRun } from '../cli/purser-run.ts';
import { ApiClient } from '../support/api-client.ts';
import { expectAuthorization } from '../support/expect-answer.ts';
import { balanceOf, openAccount } from '../support/ledger-steps.ts';

const KEY = 'the-admin-key-of-this-very-database';

/** Runs a deployment, as an operator would, on an empty Postgres: migrate, decide, say no, say it again, check the books. */
export async function expectConformance(databaseUrl: string): Promise<void> {
  const environment = { DATABASE_URL: databaseUrl, PORT: '0' };
  expect(await purser(['migrate'], { ...environment, PURSER_ADMIN_KEY: KEY })).toMatchObject({ code: 0, err: '' });
  const run = await PurserRun.start(['api'], environment);
  const [, url = ''] = await run.writes(/^ready on (\S+)\n/m);
  const client = new ApiClient(url, KEY);
  try {
    await expectDecisions(client);
  } finally {
    await client.close();
    expect(await run.end('SIGTERM')).toMatchObject({ code: 0, err: '' });
  }
  await expectBooksInOrder(databaseUrl);
}

async function expectDecisions(client: ApiClient): Promise<void> {
  const account = await openAccount(client, { credits: '10' });
  const held = await client.post('/v1/authorizations', { account, amount: '4' }, { key: 'hold' });
  const declined = await client.post('/v1/authorizations', { account, amount: '7' }, { key: 'too-much' });
  expect(declined).toMatchObject({ status: 402, body: { code: 'credits_held', shortfall: '1' } });
  const { id } = expectAuthorization(held, 201);
  expectAuthorization(await client.post(`/v1/authorizations/${id}/commit`, { amount: '2.5' }), 200);
  expect(await balanceOf(client, account)).toMatchObject({ posted: '7.5', held: '0', available: '7.5' });
  const again = await client.post('/v1/authorizations', { account, amount: '4' }, { key: 'hold' });
  expect(again.text).toBe(held.text);
}

async function expectBooksInOrder(databaseUrl: string): Promise<void> {
  const pool = connect(databaseUrl, { connectionsMax: 1, log: (line) => process.stderr.write(`${line}\n`) });
  try {
    expect(await verify(pool)).toMatchObject({ clean: true });
  } finally {
    await pool.end();
  }
}
