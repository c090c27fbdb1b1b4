import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startTestService, type TestService } from '../support/test-service.ts';

type Body = Readonly<Record<string, unknown>>;

interface Malformed {
  readonly path: string;
  readonly body: Body;
  /** The field that isn't as it must be. */
  readonly field: string;
  /** What it should have been; `undefined` where it should not be there. */
  readonly mended: unknown;
}

const NOT_AMOUNTS = [
  5,
  0.1,
  -1,
  true,
  [],
  {},
  '',
  ' 1',
  '1 ',
  '+1',
  '-1',
  '1e3',
  'NaN',
  'Infinity',
  '.5',
  '5.',
  '0x10',
  '1,5',
  '١',
];
const TOO_EXACT = '0.0000000000001';
const TOO_LARGE = '1'.padEnd(27, '0');
const NOT_POSITIVE = ['0', '0.000'];

/** For each field, what it must not be. `null` is the same as not given, so it isn't among them. */
const JUNK: Readonly<Record<string, readonly unknown[]>> = {
  amount: [...NOT_AMOUNTS, TOO_EXACT, TOO_LARGE, ...NOT_POSITIVE],
  overdraft_limit: [...NOT_AMOUNTS, TOO_EXACT, TOO_LARGE],
  cost_basis: [...NOT_AMOUNTS, TOO_EXACT, TOO_LARGE],
  account: [5, '', 'a b', 'a/b', 'x'.repeat(129), [], {}],
  expires_in: ['60', 0, -1, 1.5, 86_401, true, []],
  priority: ['100', -1, 256, 0.5],
  category: ['free', '', 1],
  overage: ['CAP', '', 0],
  effective_at: ['tomorrow', 1_700_000_000, '2026-13-01T00:00:00Z', ''],
  expires_at: ['tomorrow', 1_700_000_000, '2026-02-30T00:00:00Z', ''],
  usage: ['chat', 5, [5], { model: 'small' }, { event: '' }],
  tags: ['a', 5, ['a'], { a: 1 }, { a: null }],
  scope: ['chat', 5, { events: 'chat' }, { models: [1] }, { colour: 'red' }],
  metadata: ['a', 5, ['a']],
  unheard_of: ['x', 1],
};

const WELL_FORMED: readonly (readonly [path: string, body: Body, fields: readonly string[]])[] = [
  ['/v1/charges', { account: 'acme', amount: '1' }, ['amount', 'account', 'usage', 'tags', 'metadata', 'unheard_of']],
  [
    '/v1/authorizations',
    { account: 'acme', amount: '1' },
    ['amount', 'account', 'expires_in', 'overage', 'usage', 'tags', 'metadata', 'unheard_of'],
  ],
  [
    '/v1/accounts/acme/grants',
    { amount: '5' },
    ['amount', 'category', 'priority', 'effective_at', 'expires_at', 'cost_basis', 'scope', 'metadata', 'unheard_of'],
  ],
];

/** A request with one field that isn't as it must be. */
const malformed: fc.Arbitrary<Malformed> = fc
  .constantFrom(...WELL_FORMED)
  .chain(([path, body, fields]) =>
    fc.record({ path: fc.constant(path), body: fc.constant(body), field: fc.constantFrom(...fields) }),
  )
  .chain(({ path, body, field }) =>
    fc.constantFrom(...(JUNK[field] ?? [])).map((junk) => ({
      path,
      body: { ...body, [field]: junk },
      field,
      mended: body[field],
    })),
  );

describe('a malformed request', () => {
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
    await service.live.post('/v1/accounts', { id: 'acme' });
    await service.live.post('/v1/accounts/acme/grants', { amount: '100000' });
  }, 60_000);
  afterAll(() => service.stop());

  const balance = async (): Promise<unknown> => {
    const { body } = await service.live.get('/v1/accounts/acme/balance');
    return { ...(body as Body), as_of: null };
  };

  it('is told its field, changes nothing, and leaves its key to the mended one', async () => {
    let keys = 0;
    const property = fc.asyncProperty(malformed, async ({ path, body, field, mended }) => {
      const key = `malformed-${++keys}`;
      const before = await balance();
      const refused = await service.live.post(path, body, { key });
      expect(refused.body).toMatchObject({ code: 'invalid_request', status: 400 });
      const { errors } = refused.body as { errors: { field: string }[] };
      expect(errors.map((error) => error.field.split('.')[0])).toContain(field);
      expect(await balance()).toEqual(before);

      const accepted = await service.live.post(path, { ...body, [field]: mended }, { key });
      expect(accepted.status).toBe(201);
      expect(accepted.headers['idempotency-replayed']).toBeUndefined();
    });
    await fc.assert(property, { numRuns: 400 });
  }, 120_000);
});
