import { connect, type Pool } from '#database';
import { accountKey, newUuid } from '#ledger';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Queryable } from '../queryable.ts';
import { change, type ChangeKey, type ChangeOutcome, type ChangeRequest } from './change.ts';

const ACTOR = { keyId: newUuid(Date.now()), keyName: 'olga', call: 'a test', requestId: 'one' };
const SCOPE = accountKey('live', '');

let database: TestDatabase;
let pool: Pool;
let runs: number;
beforeEach(async () => {
  database = await createTestDatabase();
  pool = connect(database.url, { settings: { role: 'purser_app' }, log: () => undefined });
  runs = 0;
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

function newKey(about: Partial<ChangeKey> = {}): ChangeKey {
  return { scope: SCOPE, key: randomUUID(), fingerprint: randomUUID(), secret: null, ...about };
}

function requestWith(key: ChangeKey | null): ChangeRequest {
  return { environment: 'live', actor: ACTOR, key };
}

/** Makes an environment of this name, and answers with how often that was done. */
function make(name: string) {
  return async (work: Queryable): Promise<ChangeOutcome<'too_many'>> => {
    runs += 1;
    await work.query('insert into environments (name) values ($1)', [name]);
    const audited = { environment: 'live', object: name, before: null, after: { name } };
    return { ok: true, answer: { status: 201, body: `made ${String(runs)}` }, audited: [audited] };
  };
}

async function count(sql: string): Promise<number> {
  const { rows } = await pool.query<{ count: string }>(`select count(*) from ${sql}`);
  return Number(rows[0]?.count);
}

describe('a change', () => {
  it('stands in the audit log, with who made it', async () => {
    expect(await change(pool, requestWith(null), make('a'))).toEqual({
      answer: { status: 201, body: 'made 1' },
      replayed: false,
    });
    const { rows } = await pool.query('select environment, actor_name, call, object, before, after from audit_log');
    expect(rows).toEqual([
      { environment: 'live', actor_name: 'olga', call: 'a test', object: 'a', before: null, after: { name: 'a' } },
    ]);
  });

  it('leaves nothing where it fails, not even its key', async () => {
    const key = newKey();
    const failing = async (work: Queryable): Promise<ChangeOutcome<never>> => {
      await make('a')(work);
      throw new Error('not quite');
    };
    await expect(change(pool, requestWith(key), failing)).rejects.toThrow('not quite');
    expect([await count('environments'), await count('audit_log'), await count('idempotency_keys')]).toEqual([2, 0, 0]);
    expect(await change(pool, requestWith(key), make('a'))).toMatchObject({ replayed: false });
  });

  it('is made once per key, also where it comes many times at once', async () => {
    const key = newKey();
    const results = await Promise.all(Array.from({ length: 8 }, () => change(pool, requestWith(key), make('a'))));
    const [first] = results;
    expect(runs).toBe(1);
    expect(results.filter((result) => typeof result === 'object' && !result.replayed)).toHaveLength(1);
    for (const result of results) expect(result).toMatchObject({ answer: { status: 201, body: 'made 1' } });
    expect(first).toBeDefined();
    expect(await count('audit_log')).toBe(1);
  });

  it('is not another request’s, though that has the same key', async () => {
    const key = newKey();
    await change(pool, requestWith(key), make('a'));
    const other = requestWith({ ...key, fingerprint: randomUUID() });
    expect(await change(pool, other, make('b'))).toBe('idempotency_key_reused');
    expect(await count('environments')).toBe(3);
  });

  it('is undone where a command of the ledger takes its key at the same time', async () => {
    const key = newKey();
    const result = await change(pool, requestWith(key), async (work) => {
      const outcome = await make('a')(work);
      await pool.query(
        `insert into idempotency_keys (account_id, key, fingerprint, status, body) values ($1, $2, $3, 200, '{}')`,
        [SCOPE, key.key, randomUUID()],
      );
      return outcome;
    });
    expect(result).toBe('idempotency_key_reused');
    expect([runs, await count('environments'), await count('audit_log')]).toEqual([1, 2, 0]);
  });

  it('that is refused is not remembered: it may be made later under the same key', async () => {
    const key = newKey();
    const refuse = (): Promise<ChangeOutcome<'too_many'>> => Promise.resolve({ ok: false, refusal: 'too_many' });
    expect(await change(pool, requestWith(key), refuse)).toBe('too_many');
    expect(await change(pool, requestWith(key), make('a'))).toMatchObject({ replayed: false });
  });

  it('has its answer sealed where that may hold a secret', async () => {
    const key = newKey({ secret: 'a key that only the client knows' });
    await change(pool, requestWith(key), make('a'));
    expect(await count(`idempotency_keys where body like '%made%'`)).toBe(0);
    expect(await change(pool, requestWith(key), make('a'))).toEqual({
      answer: { status: 201, body: 'made 1' },
      replayed: true,
    });
    await expect(change(pool, requestWith({ ...key, secret: 'a guess' }), make('a'))).rejects.toThrow();
  });
});
