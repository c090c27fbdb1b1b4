import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectFaults, expectList, expectProblem, expectTransfers } from '../support/expect-answer.ts';
import { charge, grantCredits, openAccount, pagesOf } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

/** The ids of a page, in its order. */
async function idsOf(path: string): Promise<readonly string[]> {
  return expectList(await service.live.get(path)).data.map(({ id }) => id);
}

describe('a statement that is followed', () => {
  it('is read oldest first from the start, and goes on after the last transfer seen', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    for (let index = 0; index < 6; index++) await charge(service.live, id, '1');
    const path = `/v1/accounts/${id}/transfers`;
    const oldestFirst = (await idsOf(path)).toReversed();

    const first = await service.live.get(`${path}?after=start&limit=3`);
    expect(expectTransfers(first).map((transfer) => transfer.id)).toEqual(oldestFirst.slice(0, 3));
    expect(await idsOf(`${path}?after=${String(oldestFirst[2])}&limit=3`)).toEqual(oldestFirst.slice(3, 6));
    const last = await service.live.get(`${path}?after=${String(oldestFirst[5])}`);
    expect(last.body).toMatchObject({ data: [{ id: oldestFirst[6] }], next_cursor: null });
    const nothingYet = await service.live.get(`${path}?after=${String(oldestFirst[6])}`);
    expect(nothingYet.body).toEqual({ data: [], next_cursor: null });
    await charge(service.live, id, '1');
    expect(await idsOf(`${path}?after=${String(oldestFirst[6])}`)).toHaveLength(1);
  });

  it('is paged by its cursors too, as every list is', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    for (let index = 0; index < 6; index++) await charge(service.live, id, '1');
    const path = `/v1/accounts/${id}/transfers`;
    const oldestFirst = (await idsOf(path)).toReversed();

    const pages = await pagesOf(service.live, `${path}?after=start`, 3);
    expect(pages).toEqual([oldestFirst.slice(0, 3), oldestFirst.slice(3, 6), oldestFirst.slice(6)]);
    const rest = await pagesOf(service.live, `${path}?after=${String(oldestFirst[1])}`, 2);
    expect(rest.flat()).toEqual(oldestFirst.slice(2));
  });

  it('with from and to leaves out what took effect at other times', async () => {
    const id = await openAccount(service.test);
    const times: string[] = [];
    for (const amount of ['1', '2', '3', '4']) {
      times.push((await grantCredits(service.test, id, amount)).created_at);
      await service.test.post('/v1/test-clock/advance', { seconds: 1 });
    }
    const path = `/v1/accounts/${id}/transfers`;
    const [first] = expectTransfers(await service.test.get(`${path}?after=start`));
    for (const after of ['start', String(first?.id)]) {
      const answer = await service.test.get(`${path}?after=${after}&from=${String(times[1])}&to=${String(times[3])}`);
      expect(expectTransfers(answer).map(({ amount }) => amount)).toEqual(['2', '3']);
    }
  });

  it('refuses a transfer of another account, of another environment, and one that never was', async () => {
    const id = await openAccount(service.live, { credits: '10' });
    const other = await openAccount(service.live, { credits: '10' });
    const elsewhere = await openAccount(service.test, { credits: '10' });
    const [own = ''] = await idsOf(`/v1/accounts/${id}/transfers`);
    const [ofOther = ''] = await idsOf(`/v1/accounts/${other}/transfers`);
    const [first] = expectTransfers(await service.test.get(`/v1/accounts/${elsewhere}/transfers`));
    const neverMade = own.replace(/^tr_\w{10}/, 'tr_01aaaaaaaa');
    for (const after of [ofOther, String(first?.id), neverMade])
      expectFaults(await service.live.get(`/v1/accounts/${id}/transfers?after=${after}`), ['after']);
  });

  it('is 404 for an account that is not there', async () => {
    expectProblem(await service.live.get('/v1/accounts/nobody/transfers?after=start'), 404, 'account_not_found');
  });
});

describe('events of an account that are followed', () => {
  it('are read oldest first from the start, and go on after the last event seen', async () => {
    const account = await openAccount(service.live);
    for (let index = 0; index < 5; index++) await grantCredits(service.live, account, '1');
    const path = `/v1/events?account=${account}`;
    const oldestFirst = (await idsOf(path)).toReversed();

    expect(await idsOf(`${path}&after=start`)).toEqual(oldestFirst);
    expect(await idsOf(`${path}&after=${String(oldestFirst[1])}&limit=2`)).toEqual(oldestFirst.slice(2, 4));
    expect(await idsOf(`${path}&after=${String(oldestFirst[4])}`)).toEqual([]);
    expect(await idsOf(`${path}&after=start&type=grant.voided`)).toEqual([]);
    const pages = await pagesOf(service.live, `${path}&after=start`, 2);
    expect(pages.flat()).toEqual(oldestFirst);
  });

  it('are those of one account: not of all, and not after an event of another', async () => {
    const [account, other] = [
      await openAccount(service.live, { credits: '1' }),
      await openAccount(service.live, { credits: '1' }),
    ];
    const [own = ''] = await idsOf(`/v1/events?account=${account}`);
    const [ofOther = ''] = await idsOf(`/v1/events?account=${other}`);
    const never = own.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    for (const after of ['', '0', ofOther, never, own.replace('evt', 'tr')])
      expectFaults(await service.live.get(`/v1/events?account=${account}&after=${after}`), ['after']);
  });

  it('go on after one that is not kept any more, and not after one that never was', async () => {
    const account = await openAccount(service.live, { credits: '1' });
    const [first = ''] = await idsOf(`/v1/events?account=${account}`);
    const path = `/v1/events?account=${account}&after=`;
    // The first ten characters tell the time: these are of 2023, and of 2039.
    expect(await idsOf(path + first.replace(/^evt_\w{10}/, 'evt_01gnnaaaaa'))).toEqual([first]);
    expectFaults(await service.live.get(path + first.replace(/^evt_\w{10}/, 'evt_027aaaaaaa')), ['after']);
  });
});
