import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
let account: string;
beforeAll(async () => {
  service = await startTestService();
  account = await openAccount(service.live, { credits: '10' });
});
afterAll(() => service.stop());

type Fault = readonly [field: string, message: string | RegExp];

async function expectMessages(path: string, body: object, faults: readonly Fault[]): Promise<void> {
  const { errors } = expectProblem(await service.live.post(path, body), 400, 'invalid_request');
  expect(errors).toEqual(
    faults.map(([field, message]) => ({
      field,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })),
  );
}

describe('what is wrong with a field', () => {
  it('is that it is required, where it is missing', async () => {
    await expectMessages('/v1/charges', {}, [
      ['account', 'is required'],
      ['amount', 'is required unless usage is given'],
    ]);
    await expectMessages('/v1/charges/batch', { items: [{ account, amount: '1' }, { account }] }, [
      ['items.1.amount', 'is required unless usage is given'],
    ]);
    await expectMessages('/v1/charges/batch', {}, [['items', 'is required']]);
    await expectMessages('/v1/api-keys', {}, [
      ['name', 'is required'],
      ['scopes', 'is required'],
    ]);
    await expectMessages('/v1/authorizations/auth_00000000000000000000000000/extend', {}, [
      ['amount', 'is required unless usage or expires_in is given'],
    ]);
  });

  it('is what it must be, and what it is', async () => {
    const hold = { account, amount: '1' };
    await expectMessages('/v1/authorizations', { ...hold, expires_in: '60' }, [
      ['expires_in', 'must be a whole number from 1 to 86400, not "60"'],
    ]);
    await expectMessages('/v1/authorizations', { ...hold, expires_in: 1.5 }, [
      ['expires_in', 'must be a whole number from 1 to 86400, not 1.5'],
    ]);
    await expectMessages('/v1/authorizations', { ...hold, expires_in: 86_401, overage: 'perhaps' }, [
      ['expires_in', 'must be a whole number from 1 to 86400, not 86401'],
      ['overage', /^must be one of the following values: .*, not "perhaps"$/],
    ]);
    await expectMessages('/v1/charges', { account: null, amount: 12.5 }, [
      ['account', /^must be 1 to 128 characters .*, not null$/],
      ['amount', /^must be a decimal as a string, like "12.5" .*, not 12.5$/],
    ]);
    await expectMessages(`/v1/accounts/${account}/grants`, { amount: '1', priority: '100' }, [
      ['priority', 'must be a whole number from 0 to 255, not "100"'],
    ]);
    await expectMessages('/v1/authorizations/auth_00000000000000000000000000/commit', { final: 'no' }, [
      ['final', 'must be true or false, not "no"'],
    ]);
  });

  it('quotes only the beginning of a long value', async () => {
    const { errors = [] } = expectProblem(
      await service.live.post('/v1/accounts', { name: 'x'.repeat(10_000) }),
      400,
      'invalid_request',
    );
    expect(errors[0]?.message.length).toBeLessThan(150);
  });

  it('is that of one tag, by its name', async () => {
    await expectMessages('/v1/charges', { account, amount: '1', tags: { user: 1, team: 'red', plan: null } }, [
      ['tags.user', 'must be a string of at most 256 characters, not 1'],
      ['tags.plan', 'must be a string of at most 256 characters, not null'],
    ]);
    const scope = { tags: { team: ['red'] } };
    await expectMessages(`/v1/accounts/${account}/grants`, { amount: '1', scope }, [
      ['scope.tags.team', 'must be a string of at most 256 characters'],
    ]);
    await expectMessages('/v1/charges', { account, amount: '1', tags: 'user' }, [
      ['tags', /^must be an object .*, not "user"$/],
    ]);
  });

  it('is that of the names of quantities', async () => {
    const named = (name: string) => ({ account, amount: '1', usage: { event: 'chat', [name]: 5 } });
    for (const name of ['q'.repeat(3000), 'q'.repeat(129), '']) {
      await expectMessages('/v1/charges', named(name), [
        ['usage', /^must have names of 1 to 128 characters for its quantities/],
      ]);
    }
    expect((await service.live.post('/v1/charges', named('😀'.repeat(128)))).status).toBe(201);
  });

  it('is that of a list as a whole, or of the first of its items', async () => {
    const key = { name: 'a key', scopes: ['read'] };
    await expectMessages('/v1/api-keys', { ...key, scopes: 'read' }, [['scopes', 'must be an array, not "read"']]);
    await expectMessages('/v1/api-keys', { ...key, scopes: [] }, [['scopes', 'must contain at least 1 item']]);
    await expectMessages('/v1/api-keys', { ...key, scopes: ['read', 'write'] }, [
      ['scopes', /^each must be one of the following values: .*, not "write"$/],
    ]);
    await expectMessages('/v1/api-keys', { ...key, allowed_addresses: ['::1', 'here'] }, [
      ['allowed_addresses', /^each must be an IP address .*, not "here"$/],
    ]);
  });
});
