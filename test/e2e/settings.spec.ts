import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import { expectFaults, expectList, expectProblem } from '../support/expect-answer.ts';
import { makeRateCard } from '../support/price-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

const PATH = '/v1/settings';
const DEFAULTS = {
  breakage_method: 'on_expiry',
  breakage_rates: {},
  time_zone: 'UTC',
  currency: 'USD',
  price_per_credit: null,
  cost_card: null,
  economize_from: 80,
  model_hint: null,
  chargeback_splits: [],
  reported_tags: ['user', 'feature', 'team'],
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

  it('say how usage is charged to cost centres', async () => {
    const split = { name: 'teams', by: 'tag.team', shared: ['platform'] };
    const fixed = {
      name: 'departments',
      by: 'metadata.department',
      method: 'fixed',
      percents: { sales: 60, it: '39.5' },
    };
    const { body } = await service.live.put(PATH, { chargeback_splits: [split, { ...fixed, markup: '0.10' }] });
    const shown = [
      { ...split, method: 'proportional', percents: {}, markup: '0' },
      { ...fixed, shared: [], percents: { sales: '60', it: '39.5' }, markup: '0.1' },
    ];
    expect(body).toEqual({ ...DEFAULTS, chargeback_splits: shown });
    expect((await service.live.get(PATH)).body).toEqual(body);
    const { data } = expectList(await service.live.get('/v1/audit-log?object=settings&limit=1'));
    expect(data).toMatchObject([{ before: DEFAULTS, after: body }]);
    expect((await service.live.put(PATH, {})).body).toEqual(DEFAULTS);
  });

  it('refuse splits that make no sense', async () => {
    const put = (...splits: object[]) => service.live.put(PATH, { chargeback_splits: splits });
    const named = { name: 'teams', by: 'tag.team' };
    expectFaults(await put(named, named), ['chargeback_splits.1.name']);
    expectFaults(await put({ ...named, by: 'team' }), ['chargeback_splits.0.by']);
    expectFaults(await put({ ...named, method: 'fixed' }), ['chargeback_splits.0.percents']);
    expectFaults(await put({ ...named, percents: { a: 1 } }), ['chargeback_splits.0.percents']);
    const fixed = { ...named, method: 'fixed' };
    expectFaults(await put({ ...fixed, percents: { a: 60, b: '40.1' } }), ['chargeback_splits.0.percents']);
    for (const percents of [{ a: 101 }, { a: '-1' }, { '': 1 }, [1]])
      expectFaults(await put({ ...fixed, percents }), ['chargeback_splits.0.percents']);
    for (const markup of ['11', '-0.1', 0.1])
      expectFaults(await put({ ...named, markup }), ['chargeback_splits.0.markup']);
    for (const shared of ['a', [''], [1]])
      expectFaults(await put({ ...named, shared }), ['chargeback_splits.0.shared']);
  });

  it('say when breakage is earned', async () => {
    const breakage = { breakage_method: 'proportional', breakage_rates: { '2026-01': '0.20', default: '0' } };
    const { body } = await service.live.put(PATH, breakage);
    expect(body).toEqual({ ...DEFAULTS, ...breakage, breakage_rates: { '2026-01': '0.2', default: '0' } });
    expect((await service.live.get(PATH)).body).toEqual(body);
    await service.live.put(PATH, {});
    for (const rates of [{ '2026-13': '0.1' }, { '2026-01': '1.1' }, { '2026-01': '-0.1' }, { default: 0.1 }, ['0.1']])
      expectFaults(await service.live.put(PATH, { breakage_rates: rates }), ['breakage_rates']);
    expectFaults(await service.live.put(PATH, { breakage_method: 'never' }), ['breakage_method']);
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

  it('say by which tags usage is added up', async () => {
    const { body } = await service.live.put(PATH, { reported_tags: ['customer'] });
    expect(body).toEqual({ ...DEFAULTS, reported_tags: ['customer'] });
    expect((await service.live.get(PATH)).body).toEqual(body);
    expectFaults(await service.live.put(PATH, { reported_tags: ['a', 'a'] }), ['reported_tags']);
    expectFaults(await service.live.put(PATH, { reported_tags: [''] }), ['reported_tags']);
    await service.live.put(PATH, {});
  });

  it('are refused with all of their faults', async () => {
    const wrong = {
      time_zone: 'Berlin',
      currency: 'Euro',
      price_per_credit: 1,
      cost_card: 'mine',
      economize_from: 0,
      reported_tags: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'],
      colour: 'red',
    };
    expectFaults(await service.live.put(PATH, wrong), Object.keys(wrong));
  });
});
