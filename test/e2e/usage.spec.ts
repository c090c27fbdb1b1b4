import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeKey } from '../support/access-steps.ts';
import { ApiClient } from '../support/api-client.ts';
import { expectFaults, expectProblem } from '../support/expect-answer.ts';
import { openAccount } from '../support/ledger-steps.ts';
import { startTestService, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const CHAT = {
  object: 'chat.completion',
  model: 'gpt-5-mini',
  usage: {
    prompt_tokens: 1000,
    completion_tokens: 150,
    total_tokens: 1150,
    prompt_tokens_details: { cached_tokens: 800 },
  },
};

function normalize(usage: unknown) {
  return service.live.post('/v1/usage/normalize', { usage });
}

describe('usage as a vendor reports it', () => {
  it('is shown in our vocabulary', async () => {
    expect(await normalize({ vendor: 'openai', raw: CHAT })).toMatchObject({
      status: 200,
      body: {
        usage: [
          {
            event: 'chat.completed',
            model: 'gpt-5-mini',
            provider: 'openai',
            input_tokens: 1000,
            cache_read_tokens: 800,
            output_tokens: 150,
          },
        ],
        assumed: [],
        vendor_costs: [null],
      },
    });
  });

  it('may stand in a list beside usage in our own vocabulary, which stays as it is', async () => {
    const own = { event: 'image.generated', images: 2, properties: { size: '1024x1024' } };
    const { body } = await normalize([
      own,
      { vendor: 'openai', raw: CHAT, event: 'summary.written', model: 'gpt-5-mini-eu' },
    ]);
    expect(body).toMatchObject({
      usage: [own, { event: 'summary.written', model: 'gpt-5-mini-eu', input_tokens: 1000 }],
    });
  });

  it('is empty where there is nothing to charge', async () => {
    const { status, body } = await normalize({ vendor: 'openai', raw: { error: { message: 'Too many requests' } } });
    expect({ status, body }).toEqual({
      status: 200,
      body: { usage: [], assumed: ['an error: nothing to charge'], vendor_costs: [] },
    });
  });

  it('is refused, and never taken as zero, where it says nothing of usage', async () => {
    const raw = { object: 'thread.run', status: 'in_progress', usage: null };
    const { errors } = expectProblem(
      await normalize([
        { vendor: 'openai', raw: CHAT },
        { vendor: 'openai', raw },
      ]),
      400,
      'invalid_request',
    );
    expect(errors).toEqual([
      { field: 'usage.1.raw', message: expect.stringMatching(/unknown and not zero; looked for/) },
    ]);
  });

  it('is refused where a batch has more usages than a request may have', async () => {
    const line = { response: { status_code: 200, body: CHAT } };
    const raw = Array.from({ length: 1001 }, () => line);
    const { errors } = expectProblem(await normalize({ vendor: 'openai', raw }), 400, 'invalid_request');
    expect(errors).toEqual([{ field: 'usage', message: expect.stringMatching(/^has 1001 usages in it/) }]);
  });

  it.each<[string, object]>([
    ['no vendor', { raw: {} }],
    ['no raw', { vendor: 'openai' }],
    ['a number as raw', { vendor: 'openai', raw: 12 }],
    ['quantities of our own beside', { vendor: 'openai', raw: CHAT, output_tokens: 1 }],
    ['properties that are a list', { vendor: 'openai', raw: CHAT, properties: [] }],
  ])('is refused with %s', async (_, usage) => {
    expectFaults(await normalize(usage), ['usage']);
  });

  it('may hold what is refused elsewhere: broken characters, long numbers, the same name twice', async () => {
    const raw = `{"id":"\\u0000","seed":10570679248326920123,"choices":[{"delta":{"content":"\\ud83d"}}],"x":1,"x":2,
      "model":"gpt-5-mini","usage":{"prompt_tokens":10,"completion_tokens":5}}`;
    const payload = `{"usage":[{"vendor":"together","raw":${raw}}]}`;
    const headers = { 'content-type': 'application/json' };
    const answer = await service.live.send({ method: 'POST', path: '/v1/usage/normalize', payload, headers });
    expect(answer).toMatchObject({ status: 200, body: { usage: [{ input_tokens: 10, output_tokens: 5 }] } });
    const elsewhere = payload.replace('"usage"', '"metadata"').replace('"raw"', '"other"');
    const refused = await service.live.send({
      method: 'POST',
      path: '/v1/usage/normalize',
      payload: elsewhere,
      headers,
    });
    expectProblem(refused, 400, 'invalid_request');
  });

  it('is read for a key of an account too: it is about none', async () => {
    const account = await openAccount(service.live, {});
    const { key } = await makeKey(service.live, { account, scopes: ['authorize'] });
    const client = new ApiClient(service.url, key);
    expect(await client.post('/v1/usage/normalize', { usage: { vendor: 'openai', raw: CHAT } })).toMatchObject({
      status: 200,
    });
    await client.close();
  });
});
