import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.ts';
import { authorize, authorizeAll, charge, commit } from '../testing/commands.ts';
import { TestBooks } from '../testing/test-books.ts';
import { TestLedger } from '../testing/test-ledger.ts';

const keyId = '01920000-0000-7000-8000-000000000001';

let database: TestDatabase;
let ledger: TestLedger;
let books: TestBooks;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = new TestLedger(database.url);
  books = new TestBooks(database.url);
  await ledger.account('acme', '100');
});
afterAll(async () => {
  await ledger.stop();
  await books.close();
  await database.drop();
});

const keyOfHold = (id: string) => books.value(`select key_id from holds where id = $1`, [id]);
const keyOfClosed = (id: string) => books.value(`select key_id from authorizations where id = $1`, [id]);

describe('the id of the API key that asked', () => {
  it('stands on a hold, and on the authorization when it is committed or voided', async () => {
    const { authorization: used } = await ledger.do({ ...authorize('acme', '1'), keyId });
    const { authorization: unused } = await ledger.do({ ...authorize('acme', '1'), keyId });
    expect(await keyOfHold(used.id)).toBe(keyId);
    await ledger.do(commit(used.id, '0.5', false));
    expect(await keyOfHold(used.id)).toBe(keyId);
    await ledger.do({ ...commit(used.id), keyId: keyId.replace(/1$/, '2') });
    await ledger.do({ type: 'void', authorization: { environment: 'live', id: unused.id } });
    expect([await keyOfClosed(used.id), await keyOfClosed(unused.id)]).toEqual([keyId, keyId]);
  });

  it('stays when the hold lapses and is committed late', async () => {
    const { authorization } = await ledger.do({ ...authorize('acme', '1', 1), keyId });
    await books.pool.query(`update holds set expires_at = created_at + interval '1 millisecond' where id = $1`, [
      authorization.id,
    ]);
    await books.pool.query('update accounts set id_clock = id_clock + 1');
    const { authorization: late } = await ledger.do(commit(authorization.id));
    expect(late).toMatchObject({ late: true, keyId });
    expect(await keyOfClosed(authorization.id)).toBe(keyId);
  });

  it('stands on charges and on each item of a batch, and on none that nobody asked for', async () => {
    const { authorization: charged } = await ledger.do({ ...charge('acme', '1'), keyId });
    const { items } = await ledger.do({ ...authorizeAll(['acme', 'acme'], '1'), keyId });
    const { authorization: own } = await ledger.do(charge('acme', '1'));
    expect(items.map((item) => item.ok && item.value.authorization.keyId)).toEqual([keyId, keyId]);
    expect([await keyOfClosed(charged.id), own.keyId]).toEqual([keyId, null]);
  });
});
