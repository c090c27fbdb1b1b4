import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { expectFaults, expectList, expectProblem } from '../support/expect-answer.ts';
import { makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/settings';
const DEFAULTS = {
  time_zone: 'UTC',
  currency: 'USD',
  price_per_credit: null,
  cost_card: null,
  economize_from: 80,
  model_hint: null,
};

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('the settings of an environment', () => {
  it('are the defaults until they are set, and again where they are left out', async () => {
    expect(await service.live.get(PATH)).toMatchObject({ status: 200, body: DEFAULTS });
    const settings = { time_zone: 'Europe/Berlin', currency: 'eur', price_per_credit: '0.010' };
    const saving = { economize_from: 75, model_hint: 'small' };
    const expected = {
      ...DEFAULTS,
      time_zone: 'Europe/Berlin',
      currency: 'EUR',
      price_per_credit: '0.01',
      ...saving,
    };
    expect(await service.live.put(PATH, { ...settings, ...saving })).toMatchObject({ status: 200, body: expected });
    expect((await service.live.get(PATH)).body).toEqual(expected);
    expect((await service.test.get(PATH)).body).toEqual(DEFAULTS);
    expect((await service.live.put(PATH, {})).body).toEqual(DEFAULTS);
    const { data } = expectList(await service.live.get('/v1/audit-log?object=settings'));
    expect(data).toMatchObject([
      { before: expected, after: DEFAULTS },
      { before: DEFAULTS, after: expected },
    ]);
  });

  it('are known to every process', async () => {
    const other = await service.startAnother();
    await service.test.put(PATH, { currency: 'CHF' });
    await eventually('the other process knows the currency', async () => {
      const { body } = await other.test.get(PATH);
      return (body as { currency: string }).currency === 'CHF';
    });
  });

  it('name a cost card of the environment', async () => {
    const { id } = await makeRateCard(service.live, { purpose: 'cost', unit: 'USD' });
    expect((await service.live.put(PATH, { cost_card: id })).body).toEqual({ ...DEFAULTS, cost_card: id });
    expectProblem(await service.test.put(PATH, { cost_card: id }), 404, 'rate_card_not_found');
    const prices = await makeRateCard(service.live);
    expectProblem(await service.live.put(PATH, { cost_card: prices.id }), 422, 'rate_card_purpose_differs');
    await service.live.post(`/v1/rate-cards/${id}/archive`);
    expect((await service.live.put(PATH, { cost_card: id, currency: 'EUR' })).status).toBe(200);
    await service.live.put(PATH, {});
    expectProblem(await service.live.put(PATH, { cost_card: id }), 409, 'rate_card_archived');
  });

  it('are refused with all of their faults', async () => {
    const wrong = {
      time_zone: 'Berlin',
      currency: 'Euro',
      price_per_credit: 1,
      cost_card: 'mine',
      economize_from: 0,
      colour: 'red',
    };
    expectFaults(await service.live.put(PATH, wrong), Object.keys(wrong));
  });
});
