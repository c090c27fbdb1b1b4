import { readConfig } from '#config';
import { migrateQueues } from '#queues';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { startWorker, type RunningWorker } from '../../apps/worker/start-worker.ts';
import { asRecorded } from '../openapi/as-recorded.ts';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient, type Answer } from '../support/api-client.ts';
import { makeBudget } from '../support/budget-steps.ts';
import { root } from '../support/build.ts';
import { eventually } from '../support/eventually.ts';
import { authorize, charge, openAccount } from '../support/ledger-steps.ts';
import { SECRETS_KEY, startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let worker: RunningWorker | null = null;
let text: string;

beforeAll(async () => {
  text = await readFile(`${root}/docs/problems.md`, 'utf8');
  service = await startTestService();
  await openAccount(service.live, { id: 'acme', credits: '100000' });
});
afterAll(async () => {
  await worker?.close();
  await service.stop();
});

/** The example that stands in a problem's section. */
function shown(code: string): unknown {
  const section = text.split(/^(?=### )/m).find((one) => one.startsWith(`### \`${code}\``)) ?? '';
  const [, block] = /```json\n(.*?)```/s.exec(section) ?? [];
  if (block === undefined) throw new Error(`No example of ${code}`);
  return JSON.parse(block);
}

function spend(amount: string, tags = {}): Promise<Answer> {
  return service.live.post('/v1/charges', { account: 'acme', amount, tags });
}

async function setRules(rules: object): Promise<void> {
  expect((await service.live.put('/v1/accounts/acme/rules', rules)).status).toBe(200);
}

/** It looks as soon as it has started. */
async function startLookingForLoops(): Promise<RunningWorker> {
  await migrateQueues(service.pool);
  const config = readConfig({ PURSER_SECRETS_KEY: SECRETS_KEY.toString('base64') });
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return startWorker({ config, databaseUrl: service.databaseUrl, log });
}

/** What limits and rules decline, and how it comes to that. */
const DECLINES: Readonly<Record<string, () => Promise<Answer>>> = {
  budget_exceeded: async () => {
    await makeBudget(service.live, 'acme', 'user-day', { amount: '20', per: 'user' });
    await authorize(service.live, 'acme', '15', { tags: { user: 'u_42' } });
    const declined = await spend('10', { user: 'u_42' });
    await service.live.send({ method: 'DELETE', path: '/v1/accounts/acme/budgets/user-day' });
    return declined;
  },
  key_limit_exceeded: async () => {
    const limit = { amount: '50', period: 'month' };
    const { key } = await makeKey(service.live, { name: 'Development', scopes: ['authorize'], limit });
    const development = new ApiClient(service.url, key);
    await charge(development, 'acme', '45');
    const declined = await development.post('/v1/charges', { account: 'acme', amount: '6' });
    await development.close();
    return declined;
  },
  environment_limit_exceeded: async () => {
    await service.live.put('/v1/limits', { amount: '15000', period: 'month' });
    await charge(service.live, 'acme', '14990');
    const declined = await spend('12');
    await service.live.put('/v1/limits', { amount: '1000000', period: 'month' });
    return declined;
  },
  request_too_large: async () => {
    await setRules({ max_amount: '100' });
    return spend('250');
  },
  open_holds_exceeded: async () => {
    await setRules({ max_open_holds: 2 });
    await authorize(service.live, 'acme', '1');
    return service.live.post('/v1/authorizations', { account: 'acme', amount: '1' });
  },
  spend_rate_exceeded: async () => {
    await setRules({ rate: [{ amount: '5', per: 'minute', tag: 'user' }] });
    expect((await spend('5', { user: 'u_7' })).status).toBe(201);
    return spend('2', { user: 'u_7' });
  },
  usage_suspended: async () => {
    await setRules({ loop: [{ times: 2, action: 'suspend', for: 3600, tag: 'session' }] });
    const ask = (): Promise<Answer> => spend('0.1', { session: 's_9' });
    await ask();
    let answer = await ask();
    worker = await startLookingForLoops();
    await eventually('the session is suspended', async () => {
      answer = await ask();
      return answer.status === 402;
    });
    return answer;
  },
};

describe('docs/problems.md', () => {
  it.each(Object.entries(DECLINES))('shows %s as it is answered', async (code, provoke) => {
    const { status, body } = await provoke();
    const example = shown(code);
    expect([status, asRecorded(body, example)]).toEqual([402, example]);
  });
});
