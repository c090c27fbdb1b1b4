import { connect, migrate, startEmbeddedPostgres, type EmbeddedPostgres } from '#database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { charge } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

const log = (): void => undefined;
let dataDir: string;
let postgres: EmbeddedPostgres;
let engines: readonly [TestLedger, TestLedger];
let books: TestBooks;

/** A server of its own: other specs make the one they share log errors. */
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'purser-quiet-log-'));
  postgres = await startEmbeddedPostgres({ dataDir, log });
  const pool = connect(postgres.url, { log });
  await migrate(pool, { log });
  await pool.end();
  engines = [new TestLedger(postgres.url), new TestLedger(postgres.url)];
  books = new TestBooks(postgres.url);
});
afterAll(async () => {
  await Promise.all(engines.map((engine) => engine.stop()));
  await books.close();
  await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function errorsLogged(): Promise<string[]> {
  const text = await readFile(join(dataDir, 'postgres.log'), 'utf8');
  return text.split('\n').filter((line) => /\b(ERROR|FATAL|PANIC):/.test(line));
}

describe('Postgres’s log', () => {
  it('has no error after a replay of a key', async () => {
    const [ledger, other] = engines;
    await ledger.account('replayed', '100');
    for (let n = 0; n < 10; n += 1) {
      const key = `key ${String(n)}`;
      await ledger.do(charge('replayed', '1'), key);
      expect((await ledger.ask(charge('replayed', '1'), key)).replayed).toBe(true);
      expect((await other.ask(charge('replayed', '1'), key)).replayed).toBe(true);
    }
    expect(await books.spent('replayed')).toBe('10');
    expect(await errorsLogged()).toEqual([]);
  });

  it('has no error after two processes have charged one account at once', async () => {
    await engines[0].account('hot', '1000');
    const charging = engines.map(async (engine) => {
      for (let n = 0; n < 50; n += 1) await Promise.all([1, 2, 3, 4].map(() => engine.do(charge('hot', '1'))));
    });
    await Promise.all(charging);
    expect(await books.spent('hot')).toBe('400');
    expect(await errorsLogged()).toEqual([]);
  });
});
