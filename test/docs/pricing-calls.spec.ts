import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { startTestService, type TestService } from '../support/test-service.ts';

const guide = readFileSync(new URL('../../docs/pricing.md', import.meta.url), 'utf8');
const CALL = /^curl -X POST "\$PURSER(\/\S+)".*?-d '(\{.*?\})'$/gms;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('docs/pricing.md', () => {
  it('publishes prices and estimates costs by calls that work', async () => {
    const [card, quote, ...others] = [...guide.matchAll(CALL)];
    if (!card?.[1] || !card[2] || !quote?.[1] || !quote[2]) throw new Error('the calls are gone');
    expect(others).toEqual([]);
    const made = await service.live.post(card[1], JSON.parse(card[2]));
    expect(made.status).toBe(201);
    const body = { ...(JSON.parse(quote[2]) as object), rate_card: (made.body as { id: string }).id };
    const estimate = await service.live.post(quote[1], body);
    expect(estimate).toMatchObject({ status: 200, body: { total: '1740', amounts: ['540', '1200'] } });
  });
});
