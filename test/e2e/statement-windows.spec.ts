import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ApiClient } from '../support/api-client.ts';
import { reach } from '../support/clock.ts';
import { expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { charge, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestInstance, type TestService } from '../support/test-service.ts';

let service: TestService;
let other: TestInstance;
beforeAll(async () => {
  service = await startTestService();
  other = await service.startAnother();
});
afterAll(() => service.stop());

/** Every transfer of the account, in the order in which they were booked. */
async function followed(client: ApiClient, account: string): Promise<string[]> {
  return (await pagesOf(client, `/v1/accounts/${account}/transfers?after=start`, 100)).flat();
}

/** Reads one window after the other, each up to the present, until a look finds `isOver`. @returns what was in them */
async function readWindows(client: ApiClient, account: string, isOver: () => boolean): Promise<string[]> {
  const read: string[] = [];
  let wasOver = false;
  for (let from = 0; !wasOver;) {
    wasOver = isOver();
    const to = Date.now();
    const window = `from=${new Date(from).toISOString()}&to=${new Date(to).toISOString()}`;
    read.push(...(await pagesOf(client, `/v1/accounts/${account}/transfers?${window}`, 100)).flat());
    from = to;
  }
  return read;
}

describe('consecutive windows of a statement', () => {
  it('lose no breakage, though nobody has booked it when its window is read', async () => {
    const account = await openAccount(service.live);
    const begin = Date.now();
    const expiries = Array.from({ length: 24 }, (_, index) => begin + 3000 + index * 100);
    for (const at of expiries)
      await grantCredits(service.live, account, '1', { expires_at: new Date(at).toISOString() });
    const end = begin + 3000 + 24 * 100;
    const read = await readWindows(service.live, account, () => Date.now() >= end);
    await grantCredits(service.live, account, '1');
    const all = await followed(service.live, account);
    expect(all).toHaveLength(24 + 24 + 1);
    expect(read.toSorted()).toEqual(all.slice(0, -1).toSorted());
  });

  it('lose no usage of a busy account that two processes write to', async () => {
    const account = await openAccount(service.live, { credits: '1000000' });
    let left = 1500;
    const charges = async (client: ApiClient): Promise<void> => {
      while (left-- > 0) await charge(client, account, '1');
    };
    let isWritten = false;
    const reading = readWindows(service.live, account, () => isWritten);
    const clients = [...Array<ApiClient>(24).fill(service.live), ...Array<ApiClient>(4).fill(other.live)];
    await Promise.all(clients.map(charges));
    // The end of the last window is exclusive.
    await reach(new Date().toISOString());
    isWritten = true;
    const read = await reading;
    const all = await followed(service.live, account);
    expect(all).toHaveLength(1 + 1500);
    expect(read.toSorted()).toEqual(all.toSorted());
  });

  it('go by the account’s test clock', async () => {
    const account = await openAccount(service.test);
    const { created_at } = await grantCredits(service.test, account, '5', {
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    await service.test.post('/v1/test-clock/advance', { seconds: 7200 });
    const window = `from=${created_at}&to=${new Date(Date.now() + 3_700_000).toISOString()}`;
    const transfers = expectTransfers(await service.test.get(`/v1/accounts/${account}/transfers?${window}`));
    expect(transfers.map(({ kind }) => kind)).toEqual(['breakage', 'grant']);
  });

  it('take no notice of the test clocks of other environments', async () => {
    await service.live.post('/v1/environments', { name: 'staging' });
    const { rows } = await service.pool.query<{ test_clock: number }>(`select test_clock from environments`);
    for (const { test_clock } of rows) {
      await service.pool.query(
        `insert into test_clocks (environment, number, ahead_ms) select name, $1, 86400000 from environments where name <> 'live'
        on conflict (environment, number) do update set ahead_ms = 86400000`,
        [test_clock],
      );
    }
    const account = await openAccount(service.live, { credits: '10' });
    const to = Date.now();
    const window = `to=${new Date(to).toISOString()}`;
    expect(expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers?${window}`))).toHaveLength(1);
    expect(Date.now()).toBeGreaterThanOrEqual(to + 250);
  });

  it('may end in the future, and then show what there is', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    const to = new Date(Date.now() + 3_600_000).toISOString();
    expect(expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers?to=${to}`))).toHaveLength(1);
    expect(
      expectTransfers(await service.live.get(`/v1/accounts/${account}/transfers?after=start&to=${to}`)),
    ).toHaveLength(1);
  });

  it('are 404 for an account that is not there', async () => {
    const to = new Date().toISOString();
    expectProblem(await service.live.get(`/v1/accounts/nobody/transfers?to=${to}`), 404, 'account_not_found');
  });
});
