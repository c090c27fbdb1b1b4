import { connect, type Pool } from '#database';
import { accountKey, type DeclinedRequest, type Tags } from '#ledger';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { dropOldDeclines } from '../maintenance/drop-old-declines.ts';
import { ERASURE_STAGES } from '../maintenance/erasure-stages.ts';
import { queryable } from '../queryable.ts';
import { DEFAULT_SETTINGS } from '../settings/settings.ts';
import { DeclineRecorder } from './decline-recorder.ts';

const ACME = accountKey('live', 'acme');
const AT = Date.parse('2026-03-01T10:20:30Z');

let database: TestDatabase;
let pool: Pool;
let recorder: DeclineRecorder;
let log: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { log: () => undefined });
});
beforeEach(async () => {
  await pool.query('truncate declined_requests');
  log = [];
  recorder = recorderOf(['user', 'feature', 'team']);
});
afterEach(() => recorder.close());
afterAll(async () => {
  await pool.end();
  await database.drop();
});

function recorderOf(reportedTags: readonly string[]): DeclineRecorder {
  return new DeclineRecorder(
    pool,
    { of: () => ({ ...DEFAULT_SETTINGS, reportedTags }) },
    (line) => void log.push(line),
  );
}

function decline(tags: Tags, more: Partial<DeclinedRequest> = {}): void {
  const declined = [{ environment: 'live', accountKey: ACME, at: AT, reason: 'credits_held' as const, tags, ...more }];
  recorder.onBatch({ decisions: 1, milliseconds: 1, how: 'ahead', revenue: [], declined });
}

async function rows(): Promise<(readonly [object, string])[]> {
  const { rows: found } = await pool.query<{ tags: object; requests: string }>(
    'select tags, requests from declined_requests order by requests desc, tags',
  );
  return found.map(({ tags, requests }) => [tags, requests]);
}

describe('declined requests', () => {
  it('are added up by the minute, of two processes too', async () => {
    const other = recorderOf(['user', 'feature', 'team']);
    for (const at of [AT, AT + 20_000, AT + 40_000]) decline({ user: 'jo' }, { at });
    await recorder.flush();
    decline({ user: 'jo' });
    other.onBatch({
      ...{ decisions: 1, milliseconds: 1, how: 'locked', revenue: [] },
      declined: [{ environment: 'live', accountKey: ACME, at: AT, reason: 'credits_held', tags: { user: 'jo' } }],
    });
    await Promise.all([recorder.flush(), other.close()]);
    expect(await rows()).toEqual([
      [{ user: 'jo' }, '4'],
      [{ user: 'jo' }, '1'],
    ]);
  });

  it('have those tags that the settings report, and no others', async () => {
    const renewed = recorderOf(['region']);
    renewed.onBatch({
      ...{ decisions: 1, milliseconds: 1, how: 'ahead', revenue: [] },
      declined: [
        { environment: 'live', accountKey: ACME, at: AT, reason: 'credits_held', tags: { user: 'jo', region: 'eu' } },
      ],
    });
    await renewed.close();
    expect(await rows()).toEqual([[{ region: 'eu' }, '1']]);
  });

  it('fill no table with values that a client makes up', async () => {
    for (let user = 0; user < 500; user++) decline({ user: String(user) });
    await recorder.flush();
    const [most, ...others] = await rows();
    expect(most).toEqual([{ user: '(other)' }, '450']);
    expect(others).toHaveLength(50);
  });

  it('are written later if the database refuses them now', async () => {
    decline({ user: 'jo' });
    await pool.query('alter table declined_requests rename to away');
    await recorder.flush();
    await pool.query('alter table away rename to declined_requests');
    decline({ user: 'jo' });
    await recorder.flush();
    expect(await rows()).toEqual([[{ user: 'jo' }, '2']]);
  });

  it('are counted by tags of any length that a client may send', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `tag_${String(index)}`);
    // What hardly repeats can't be compressed.
    const text = (from: number): string =>
      Array.from({ length: 256 }, (_, index) => String.fromCodePoint(0x4e00 + ((from + index * 7919) % 20_000))).join(
        '',
      );
    const tags = Object.fromEntries(names.map((name, index) => [name, text(index * 1000)]));
    const long = recorderOf(names);
    const batch = { decisions: 1, milliseconds: 1, how: 'ahead', revenue: [] } as const;
    for (let turn = 0; turn < 2; turn++) {
      const declined = [{ environment: 'live', accountKey: ACME, at: AT, reason: 'credits_held' as const, tags }];
      long.onBatch({ ...batch, declined });
      await long.flush();
    }
    await long.close();
    expect(await rows()).toEqual([[tags, '2']]);
  });

  it('are written without the one that can’t be, which is logged', async () => {
    for (const user of ['a', 'b', 'c\u0000', 'd', 'e']) decline({ user });
    await recorder.flush();
    expect(await rows()).toEqual(['a', 'b', 'd', 'e'].map((user) => [{ user }, '1']));
    expect(log).toEqual([
      expect.stringContaining(`1 declined requests of account ${ACME} (credits_held) are not counted`),
    ]);
    decline({ user: 'a' });
    await recorder.flush();
    expect((await rows())[0]).toEqual([{ user: 'a' }, '2']);
  });

  it('of a closed account carry no tags, and of an erased one no values', async () => {
    decline({ user: 'jo' }, { reason: 'account_closed' });
    decline({ user: 'jo', team: 'red' });
    decline({ user: 'al', team: 'red' });
    await recorder.flush();
    const stage = ERASURE_STAGES.find(({ name }) => name === 'declined_requests');
    for (let turn = 0; turn < 2; turn++) {
      expect(await stage?.step(queryable(pool), { environment: 'live', id: 'acme', key: ACME }, '')).toBeNull();
      expect(await rows()).toEqual([
        [{ user: '(erased)', team: '(erased)' }, '2'],
        [{}, '1'],
      ]);
    }
  });

  it('are kept for 90 days', async () => {
    await pool.query(`insert into environments (name) values ('live') on conflict do nothing`);
    const day = 86_400_000;
    decline({}, { at: Date.now() - 91 * day });
    decline({}, { at: Date.now() - 89 * day });
    await recorder.flush();
    expect([await dropOldDeclines(pool), await dropOldDeclines(pool), (await rows()).length]).toEqual([1, 0, 1]);
  });
});
