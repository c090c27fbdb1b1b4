import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from '../support/eventually.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { authorize, charge, openAccount } from '../support/ledger-steps.ts';
import { LIVE_KEY, startTestService, type TestService } from '../support/test-service.ts';

/** Of one account, each a charge of a credit. */
const CHARGES = 40_000;
/** As many authorizations as a page looks at. */
const LOOKED_AT = 10_000;
const MEGABYTE = 1024 * 1024;
/** A few pages of rows, and far less than all of them take. */
const GROWTH_MAX = 6 * MEGABYTE;
/** After so many bytes, what is still in use is measured. */
const MEASURED_AFTER = MEGABYTE;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function bytesInUse(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

let service: TestService;
let busy: string;
beforeAll(async () => {
  service = await startTestService();
  busy = await openAccount(service.live, { credits: String(CHARGES + 10) });
  await charge(service.live, busy, '1');
  await repeatCharge();
});
afterAll(() => service.stop());

/** Copies the account's one charge many times, a millisecond apart and before it, with everything that belongs to it. */
async function repeatCharge(): Promise<void> {
  const client = await service.pool.connect();
  try {
    await client.query('begin');
    await client.query(
      `create temporary table copies on commit drop as
      select a.account_id, a.id as old_auth, t.id as old_transfer,
        (left(uuid_at(a.created_at - (n + 1000) * interval '1 ms')::text, 14) || '7000' || right(a.id::text, 18))::uuid as auth,
        (left(uuid_at(a.created_at - (n + 1000) * interval '1 ms')::text, 14) || '7001' || right(a.id::text, 18))::uuid as transfer,
        a.created_at - (n + 1000) * interval '1 ms' as at
      from authorizations a join transfers t on t.account_id = a.account_id and t.authorization_id = a.id
      join accounts o on o.account_id = a.account_id and o.external_id = $1,
      generate_series(1, ${String(CHARGES - 1)}) n`,
      [busy],
    );
    await client.query(
      `insert into authorizations select (jsonb_populate_record(a, jsonb_build_object('id', c.auth, 'created_at', c.at,
        'committed_at', c.at, 'closed_at', c.at, 'draws', replace(a.draws::text, c.old_transfer::text, c.transfer::text)::jsonb))).*
      from copies c join authorizations a on a.account_id = c.account_id and a.id = c.old_auth`,
    );
    await client.query(
      `insert into transfers select (jsonb_populate_record(t, jsonb_build_object('id', c.transfer, 'transaction_id', c.transfer,
        'authorization_id', c.auth, 'created_at', c.at))).*
      from copies c join transfers t on t.account_id = c.account_id and t.id = c.old_transfer`,
    );
    await client.query(
      `update grants g set remaining = remaining - ${String(CHARGES - 1)} from accounts a
      where a.account_id = g.account_id and a.external_id = $1`,
      [busy],
    );
    await client.query('update accounts set id_clock = id_clock + 1 where external_id = $1', [busy]);
    await client.query('commit');
  } finally {
    client.release();
  }
  await service.pool.query('analyze authorizations');
  await service.pool.query('analyze transfers');
}

interface Streamed {
  readonly lines: number;
  readonly bytes: number;
  readonly first: string;
  readonly whole: boolean;
  /** What the process's heap grew by at most. */
  readonly growth: number;
}

/** Reads an answer as it comes, keeping nothing. `pauseMs`: after each part, as a slow client does. */
function stream(path: string, onData: (bytes: number, cut: () => void) => Promise<void> | void = () => undefined) {
  return new Promise<Streamed>((resolve, reject) => {
    const before = bytesInUse();
    let measuredAt = 0;
    const sums = { lines: 0, bytes: 0, first: '', growth: 0 };
    const sent = request(`${service.url}${path}`, { headers: { authorization: `Bearer ${LIVE_KEY}` } }, (answer) => {
      void (async () => {
        try {
          for await (const chunk of answer as AsyncIterable<Buffer>) {
            if (sums.first === '') sums.first = chunk.toString('utf8').split('\n')[0] ?? '';
            sums.bytes += chunk.length;
            for (const byte of chunk) if (byte === 10) sums.lines += 1;
            if (sums.bytes > measuredAt + MEASURED_AFTER) {
              measuredAt = sums.bytes;
              sums.growth = Math.max(sums.growth, bytesInUse() - before);
            }
            await onData(sums.bytes, () => sent.destroy());
          }
          resolve({ ...sums, whole: answer.complete });
        } catch {
          resolve({ ...sums, whole: false });
        }
      })();
    });
    sent.on('error', reject).end();
  });
}

async function queriesUnderWay(): Promise<number> {
  const { rows } = await service.pool.query<{ count: string }>(
    `select count(*) from pg_stat_activity where datname = current_database() and state <> 'idle' and pid <> pg_backend_pid()`,
  );
  return Number(rows[0]?.count);
}

describe('rows as a file', () => {
  it.each([
    ['csv', 1],
    ['jsonl', 0],
  ])('are all there as %s, in constant memory', async (format, header) => {
    const { lines, bytes, growth, whole } = await stream(`/v1/authorizations?account=${busy}&format=${format}`);
    expect({ lines, whole }).toEqual({ lines: CHARGES + header, whole: true });
    expect(bytes).toBeGreaterThan(GROWTH_MAX);
    expect(growth).not.toBe(0);
    expect(growth).toBeLessThan(GROWTH_MAX);
  });

  it('of a statement have the grant and every charge', async () => {
    const { lines, first } = await stream(`/v1/accounts/${busy}/transfers?format=csv`);
    expect(lines).toBe(1 + 1 + CHARGES);
    expect(first.trim().split(',').slice(0, 4)).toEqual(['id', 'transaction_id', 'created_at', 'kind']);
  });

  it('are the same as the pages have', async () => {
    const account = await openAccount(service.live, { credits: '10' });
    await charge(service.live, account, '1');
    await authorize(service.live, account, '2');
    for (const list of [`/v1/authorizations?account=${account}`, `/v1/accounts/${account}/transfers?`]) {
      const { body } = await service.live.get(list);
      const { text, headers } = await service.live.get(`${list}&format=jsonl`);
      expect(
        text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as unknown),
      ).toEqual((body as { data: unknown[] }).data);
      expect(headers['content-type']).toBe('application/jsonl; charset=utf-8');
    }
  });

  it('are answered to who accepts nothing else', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    const path = `/v1/accounts/${account}/transfers`;
    const as = async (accept: string) =>
      (await service.live.send({ method: 'GET', path, headers: { accept } })).headers['content-type'];
    expect(await as('text/csv')).toBe('text/csv; charset=utf-8');
    expect(await as('application/x-ndjson')).toBe('application/jsonl; charset=utf-8');
    expect(await as('text/csv;q=0.5, application/json')).toBe('application/json; charset=utf-8');
    expect(await as('*/*')).toBe('application/json; charset=utf-8');
  });

  it('wait for a client that reads slowly, and end when it leaves', async () => {
    const { bytes } = await stream(`/v1/authorizations?account=${busy}&format=csv`, async (read, leave) => {
      await sleep(20);
      if (read > 2 * MEGABYTE) leave();
    });
    expect(bytes).toBeLessThan(4 * MEGABYTE);
    await eventually('no query is under way', async () => (await queriesUnderWay()) === 0);
  });

  it('are found among many by what no index knows, and a page looks at no more than it may', async () => {
    const rare = await service.live.post('/v1/charges', { account: busy, amount: '1', tags: { user: 'rare' } });
    const { id } = rare.body as { readonly id: string };
    const path = `/v1/authorizations?account=${busy}&tag.user=rare&order=asc`;
    const pages: number[] = [];
    for (let cursor: string | null = '', isFirst = true; cursor !== null; isFirst = false) {
      const { body } = await service.live.get(isFirst ? path : `${path}&cursor=${cursor}`);
      const page = body as { readonly data: readonly unknown[]; readonly next_cursor: string | null };
      pages.push(page.data.length);
      cursor = page.next_cursor;
    }
    expect(pages).toEqual([...Array<number>(CHARGES / LOOKED_AT).fill(0), 1]);
    const { text } = await service.live.get(`${path}&format=jsonl`);
    expect(JSON.parse(text)).toMatchObject({ id });
  });

  it('that can’t be read to the end don’t look as if they were', async () => {
    let isBroken = false;
    const { whole, lines } = await stream(`/v1/authorizations?account=${busy}&format=jsonl`, async () => {
      if (isBroken) return;
      isBroken = true;
      await service.pool.query('alter table usage_records rename to usage_records_away');
      await service.pool.query('alter table authorizations rename to authorizations_away');
    });
    await service.pool.query('alter table authorizations_away rename to authorizations');
    await service.pool.query('alter table usage_records_away rename to usage_records');
    expect(whole).toBe(false);
    expect(lines).toBeLessThan(CHARGES);
    expect(service.log.some((line) => line.includes('A file was cut off'))).toBe(true);
  });

  it('are a problem like any other where there is nothing to send', async () => {
    expectProblem(await service.live.get('/v1/accounts/nobody/transfers?format=csv'), 404, 'account_not_found');
    expectFaults(await service.live.get('/v1/authorizations?format=xml'), ['format']);
    expectFaults(await service.live.get('/v1/authorizations?format=csv&limit=10&cursor=x'), ['limit', 'cursor']);
  });
});
