import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectFaults, expectList, expectProblem } from '../support/expect-answer.ts';
import { pagesOf } from '../support/ledger-steps.ts';
import { makePackage } from '../support/purchase-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/credit-packages';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('a credit package', () => {
  it('is made once per idempotency key, shown, and entered in the audit log', async () => {
    const body = { name: 'Small', credits: '100', price: '1', currency: 'usd' };
    const first = await service.live.post(PATH, body, { key: 'small' });
    expect(first).toMatchObject({
      status: 201,
      body: {
        id: expect.stringMatching(/^package_/),
        name: 'Small',
        credits: '100',
        bonus_credits: '0',
        price: '1',
        currency: 'USD',
        expires_after: 31_536_000,
        priority: 100,
        archived_at: null,
        created_at: expect.stringMatching(/Z$/),
      },
    });
    const { id } = first.body as { readonly id: string };
    expect((await service.live.post(PATH, body, { key: 'small' })).text).toBe(first.text);
    expect((await service.live.get(`${PATH}/${id}`)).body).toEqual(first.body);
    const { data } = expectList(await service.live.get(`/v1/audit-log?object=${id}`));
    expect(data).toMatchObject([{ before: null, after: { credits: '100', price: '1' } }]);
  });

  it('is refused with all of its faults', async () => {
    expectFaults(await service.live.post(PATH, {}), ['name', 'credits', 'price', 'currency']);
    expectFaults(
      await service.live.post(PATH, {
        name: '',
        credits: '0',
        bonus_credits: '-1',
        price: '9.505',
        currency: 'USD',
        expires_after: 0,
        priority: 256,
        color: 'red',
      }),
      ['name', 'credits', 'bonus_credits', 'price', 'expires_after', 'priority', 'color'],
    );
    expectFaults(await service.live.post(PATH, { name: 'x', credits: '1', price: '1', currency: 'dollar' }), [
      'currency',
    ]);
  });

  it.each([
    ['USD', '9.50', 201],
    ['USD', '9.505', 400],
    ['JPY', '950', 201],
    ['JPY', '9.5', 400],
    ['BHD', '9.51', 201],
    ['BHD', '9.5051', 400],
  ])('has a price in whole minor units: %s %s is answered %i', async (currency, price, status) => {
    const answer = await service.live.post(PATH, { name: 'x', credits: '1', price, currency });
    expect(answer.status).toBe(status);
  });

  it('changes what is given of it, and is archived and sold again', async () => {
    const made = await makePackage(service.live, { bonus_credits: '100', expires_after: 'never' });
    expect(made).toMatchObject({ expires_after: 'never', bonus_credits: '100' });
    const at = `${PATH}/${made.id}`;
    const changed = { name: 'Large', price: '9', bonus_credits: '0', priority: 0, expires_after: 60 };
    expect(await service.live.patch(at, changed)).toMatchObject({ status: 200, body: { ...made, ...changed } });
    const archived = await service.live.patch(at, { archived: true });
    expect(archived).toMatchObject({ status: 200, body: { archived_at: expect.stringMatching(/Z$/) } });
    expect((await service.live.patch(at, { archived: true })).body).toEqual(archived.body);
    expect((await service.live.patch(at, {})).body).toEqual(archived.body);
    expect(await service.live.patch(at, { archived: false })).toMatchObject({ body: { archived_at: null } });
    const { data } = expectList(await service.live.get(`/v1/audit-log?object=${made.id}`));
    expect(data).toHaveLength(4);
  });

  it('keeps a price of its currency, whichever of the two is changed', async () => {
    const { id } = await makePackage(service.live);
    expectFaults(await service.live.patch(`${PATH}/${id}`, { currency: 'JPY' }), ['price']);
    expectFaults(await service.live.patch(`${PATH}/${id}`, { price: '9.505' }), ['price']);
    expectFaults(await service.live.patch(`${PATH}/${id}`, { price: '9.5', currency: 'JPY' }), ['price']);
    const inYen = await service.live.patch(`${PATH}/${id}`, { price: '950', currency: 'JPY' });
    expect(inYen).toMatchObject({ status: 200, body: { price: '950', currency: 'JPY' } });
  });

  it('is seen in its own environment alone', async () => {
    const { id } = await makePackage(service.live);
    expectProblem(await service.test.get(`${PATH}/${id}`), 404, 'credit_package_not_found');
    expectProblem(await service.test.patch(`${PATH}/${id}`, {}), 404, 'credit_package_not_found');
    expectProblem(await service.live.get(`${PATH}/nonsense`), 404, 'credit_package_not_found');
    expect(expectList(await service.test.get(PATH)).data).toEqual([]);
  });

  it('stands in a list, newest first', async () => {
    const first = await makePackage(service.test);
    const second = await makePackage(service.test);
    expect(await pagesOf(service.test, PATH, 1)).toEqual([[second.id], [first.id]]);
  });
});
