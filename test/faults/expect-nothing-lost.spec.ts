import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { AuthorizationView } from '../support/views.ts';
import { expectNothingLost } from './expect-nothing-lost.ts';
import { Load, type Answered } from './load.ts';
import { ServiceProcess } from './service-process.ts';

let service: ServiceProcess;
let load: Load;
beforeAll(async () => {
  service = await ServiceProcess.onNewData();
}, 120_000);
beforeEach(async () => {
  load = Load.start(() => service.client);
  await load.progress(100);
  await load.stop();
});
afterAll(() => service.remove(), 60_000);

/** Checks as if the clients had been told this. */
function check(answered: readonly Answered[], abandoned: Load['abandoned'] = []): Promise<void> {
  const { accounts, settle } = load;
  return expectNothingLost({ accounts, answered: [...answered], abandoned, settle }, service.postgres, [
    service.client,
  ]);
}

/** The last answer of such a kind, and all others. */
function without(isOne: (answered: Answered) => boolean): readonly [Answered, readonly Answered[]] {
  const one = load.answered.findLast(isOne);
  if (!one) throw new Error('there is no such answer');
  return [one, load.answered.filter((answered) => answered !== one)];
}

const isCharge = ({ path, answer }: Answered): boolean => path === '/v1/charges' && answer.status === 201;

describe('the check after a fault', () => {
  it('passes where there was none', async () => {
    await check(load.answered);
  });

  it('passes where a client never heard that it was charged', async () => {
    const [charge, others] = without(isCharge);
    await check(others, [charge]);
  });

  it('notices a decision that nobody was told of', async () => {
    const [, others] = without(isCharge);
    await expect(check(others)).rejects.toThrow();
  });

  it('notices that something was done twice', async () => {
    const [charge] = without(isCharge);
    await service.client.post(charge.path, charge.body, { key: randomUUID() });
    await expect(check(load.answered)).rejects.toThrow();
  });

  it('notices that something was done twice where the balance is right', async () => {
    const [charge] = without(isCharge);
    const { body } = await service.client.post(charge.path, charge.body, { key: randomUUID() });
    await service.client.post(`/v1/authorizations/${(body as { id: string }).id}/refund`, {}, { key: randomUUID() });
    await expect(check(load.answered)).rejects.toThrow();
  });

  it('notices a balance that was told and is not in line with the others', async () => {
    const [charge, others] = without(isCharge);
    const { balance, ...view } = charge.answer.body as AuthorizationView;
    const posted = `${balance.posted}1`;
    const body = { ...view, balance: { ...balance, posted } };
    await expect(check([...others, { ...charge, answer: { ...charge.answer, body } }])).rejects.toThrow();
  });

  it('notices a replay that differs by one character', async () => {
    const [charge, others] = without(isCharge);
    const answer = { ...charge.answer, text: `${charge.answer.text} ` };
    await expect(check([...others, { ...charge, answer }])).rejects.toThrow();
  });

  it('notices that a decline was forgotten', async () => {
    await service.postgres.query('delete from idempotency_keys where status = 402');
    await expect(check(load.answered)).rejects.toThrow();
  });
});
