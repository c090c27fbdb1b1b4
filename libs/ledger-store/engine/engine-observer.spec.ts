import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, createAccount } from '../testing/commands.ts';
import { TestLedger } from '../testing/test-ledger.ts';
import type { ObservedBatch } from './engine-observer.ts';

let database: TestDatabase;
let ledger: TestLedger;
let other: TestLedger;
const observed: ObservedBatch[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url, { observer: { onBatch: (batch) => void observed.push(batch) } });
  other = new TestLedger(database.url);
});
afterAll(async () => {
  await ledger.stop();
  await other.stop();
  await database.drop();
});

/** The batches since this was last asked, as `how` × `decisions`. */
function batches(): string[] {
  const seen = observed.splice(0);
  for (const { milliseconds } of seen) expect(milliseconds).toBeGreaterThan(0);
  return seen.map(({ how, decisions }) => `${how} × ${String(decisions)}`);
}

describe('an observer of an engine', () => {
  it('sees every batch: how many decisions it had, and how it was decided', async () => {
    await ledger.do(createAccount('acme'));
    expect(batches()).toEqual(['locked × 1']);
    await ledger.ask(authorize('acme', '1'));
    expect(batches()).toEqual(['ahead × 1']);
    await Promise.all(Array.from({ length: 10 }, () => ledger.ask(authorize('acme', '1'))));
    expect(batches()).toEqual(['ahead × 10']);
  });

  it('sees a batch that conflicted, because another process was faster', async () => {
    await other.ask(authorize('acme', '1'));
    await other.account('acme-2', '10');
    await ledger.account('acme-3', '10');
    await other.ask(authorize('acme-3', '1'));
    batches();
    await ledger.ask(authorize('acme-3', '1'));
    expect(batches()).toEqual(['conflicted × 1', 'locked × 1']);
  });

  it('sees how much waits, and how much may', async () => {
    const asked = Array.from({ length: 20 }, () => ledger.ask(authorize('acme', '1')));
    expect(ledger.engine.load).toMatchObject({ waiting: 20, waitingMax: 20_000, connectionsMax: 3 });
    await Promise.all(asked);
    expect(ledger.engine.load).toMatchObject({ waiting: 0, connections: 0 });
  });
});
