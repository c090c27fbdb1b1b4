import type { Json } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { usageFault } from '../check-usage.ts';
import type { Usage } from '../usage.ts';
import { keptRaw } from './kept-raw.ts';
import { takeApart } from './pieces.ts';
import { normalize, type VendorAnswer } from './normalize.ts';
import { VENDORS } from './vendors.ts';

const SAMPLES = join(import.meta.dirname, 'samples');

/** Made up in the shapes in which vendors answer: what is sent, and what it must give. */
interface Sample extends VendorAnswer {
  readonly usage: readonly Usage[];
  readonly assumed?: readonly string[];
  readonly vendor_costs?: readonly unknown[];
}

const samples = readdirSync(SAMPLES).map((file): [string, Sample] => [
  file.replace('.json', ''),
  JSON.parse(readFileSync(join(SAMPLES, file), 'utf8')) as Sample,
]);

describe('a vendor’s answer', () => {
  it.each(samples)('%s', (_, { usage, assumed, vendor_costs: costs, ...answer }) => {
    const normalized = normalize(answer);
    expect(normalized).toMatchObject({ ok: true, usage, ...(assumed && { assumed }) });
    expect(normalized.ok && normalized.usage).toEqual(usage);
    if (costs) expect(normalized.ok && normalized.vendorCosts).toEqual(costs);
  });

  it.each<[string, string, Json]>([
    [
      'its tools',
      'anthropic',
      messageWith({ server_tool_use: { 'a\0_requests': 1, ['\ud800_requests']: 2, event: 3 } }),
    ],
    ['its times to live', 'anthropic', messageWith({ cache_creation: { ephemeral_constructor_input_tokens: 1 } })],
    ['its tier', 'anthropic', messageWith({ service_tier: 'a\0' })],
    ['its policies', 'bedrock', { usage: { [`${'a'.repeat(128)}PolicyUnits`]: 1, contentPolicyUnits: 1 } }],
    ['its providers', 'ai-sdk', { usage: { inputTokens: 1, outputTokens: 1 }, providerMetadata: { 'a\0': {} } }],
  ])('is read in names that can be kept, whatever it calls %s', (_, vendor, raw) => {
    const normalized = normalize({ vendor, raw });
    const [usage, ...others] = normalized.ok ? normalized.usage : [];
    expect(others).toEqual([]);
    expect(usage).toMatchObject({ event: expect.stringMatching(/^[a-z.]+$/) });
    const { properties = {}, provider = '', ...rest } = usage ?? { event: '' };
    expect(Object.keys(rest).filter((name) => !/^[a-z][a-z0-9_]{0,127}$/.test(name))).toEqual([]);
    expect(Object.keys(rest).filter((name) => name.includes('constructor') || name.endsWith('_requests'))).toEqual([]);
    expect([provider, JSON.stringify(properties)].filter((text) => /[^\x20-\x7e]|\\/.test(text))).toEqual([]);
  });

  it.each(['1e60', '9e99', 1e30, 1_000_000_001])('costs what nobody knows, where it says that it costs %s', (cost) => {
    const raw = { object: 'chat.completion', choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, cost } };
    expect(normalize({ vendor: 'openrouter', raw })).toMatchObject({ ok: true, vendorCosts: [null] });
  });

  it('has so many quantities at most', () => {
    const units = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [
        `${String.fromCharCode(97 + (index % 26)).repeat(index / 26 + 1)}PolicyUnits`,
        1,
      ]),
    );
    const normalized = normalize({ vendor: 'bedrock', raw: { usage: units } });
    expect(normalized).toMatchObject({ ok: true, assumed: [expect.stringContaining('left out')] });
    expect(Object.keys((normalized.ok && normalized.usage[0]) || {}).length).toBeLessThan(70);
  });

  it('has a sample from every vendor that may be named', () => {
    expect(new Set(samples.map(([, { vendor }]) => vendor))).toEqual(new Set(VENDORS));
  });

  it('is explained for every one of them', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/usage.md'), 'utf8');
    const [, vendors = ''] = docs.split('## Vendors');
    expect(VENDORS.filter((vendor) => !vendors.includes(`\`${vendor}\``))).toEqual([]);
    const events = samples.flatMap(([, { usage }]) => usage.map(({ event }) => event));
    expect(events.filter((event) => !docs.includes(`| \`${event}\``))).toEqual([]);
  });

  it.each<[string, Json]>([
    ['an answer whose usage is null', { object: 'thread.run', status: 'in_progress', usage: null }],
    ['a stream without usage', [{ object: 'chat.completion.chunk', choices: [{ delta: { content: 'A' } }] }]],
    [
      'an answer that counts nothing, though it ended early',
      {
        object: 'response',
        status: 'incomplete',
        output: [{ type: 'message' }],
        usage: { input_tokens: 0, output_tokens: 0, total_tokens: 0 },
      },
    ],
    [
      'a stream that broke off in an error',
      [{ object: 'chat.completion.chunk', choices: [{ delta: { content: 'A' } }] }, { error: { message: '…' } }],
    ],
    ['a text', 'Service Unavailable'],
    ['an empty object', {}],
    ['an empty list', []],
  ])('without usage is unknown, and never zero: %s', (_, raw) => {
    expect(normalize({ vendor: 'openai', raw })).toMatchObject({ ok: false, reason: expect.stringMatching(/unknown/) });
  });

  it('keeps the names of other models that took part, where a model and an event are given', () => {
    const [, advisor] = samples.find(([name]) => name === 'anthropic-advisor-and-compaction') ?? [];
    if (!advisor) throw new Error('There is no such sample.');
    const given = normalize({
      ...advisor,
      model: 'ours',
      event: 'summary.written',
      properties: { region: 'eu', service_tier: 'mine' },
    });
    expect(given.ok && given.usage).toMatchObject([
      { event: 'summary.written', model: 'ours', properties: { region: 'eu', service_tier: 'mine' } },
      { event: 'chat.completed', model: 'claude-opus-5', properties: { region: 'eu', service_tier: 'mine' } },
    ]);
  });
});

describe('a count that can’t be read', () => {
  const chat = (usage: Json): Json => ({ object: 'chat.completion', choices: [{}], usage });
  const message = (usage: Json): Json => ({ type: 'message', usage });
  const responseOf = (id: string, input: number, output: number): Json => ({
    ...{ object: 'response', id },
    usage: { input_tokens: input, output_tokens: output, total_tokens: input + output },
  });

  it.each<[string, string, Json]>([
    ['a negative one', 'openai', chat({ prompt_tokens: 10, completion_tokens: -5, total_tokens: 5 })],
    ['a text', 'openai', chat({ prompt_tokens: 'abc', completion_tokens: 5 })],
    ['null for what is written', 'openai', chat({ prompt_tokens: 10, completion_tokens: null, total_tokens: 10 })],
    ['null for what is read', 'openai', chat({ prompt_tokens: null, completion_tokens: 5 })],
    ['an unbelievable one', 'openai', chat({ prompt_tokens: 1e300, completion_tokens: 5 })],
    [
      'the last of a stream',
      'openai',
      [
        { object: 'chat.completion.chunk', id: 'c', choices: [], usage: { prompt_tokens: 10, completion_tokens: 1 } },
        { object: 'chat.completion.chunk', id: 'c', choices: [], usage: { prompt_tokens: -1, completion_tokens: -1 } },
      ],
    ],
    ['a response’s', 'openai', { object: 'response', usage: { input_tokens: 9, output_tokens: -1, total_tokens: 8 } }],
    ['one of input beside what was cached', 'anthropic', message({ input_tokens: -1, output_tokens: 5 })],
    [
      'one that input is made of',
      'anthropic',
      message({ input_tokens: 1, cache_read_input_tokens: 'many', output_tokens: 5 }),
    ],
    ['null for input', 'anthropic', message({ input_tokens: null, output_tokens: 5 })],
    ['Gemini’s', 'google', { usageMetadata: { promptTokenCount: 10, candidatesTokenCount: '-3' } }],
    ['Bedrock’s', 'bedrock', { usage: { inputTokens: 10, outputTokens: true } }],
    ['one that the AI SDK has as undefined', 'ai-sdk', { usage: { inputTokens: 10 }, finishReason: 'stop' }],
    ['Cohere’s', 'cohere', { usage: { billed_units: { input_tokens: -1, output_tokens: 5 } } }],
    ['one answer’s of several', 'openai', [responseOf('a', 9, 3), responseOf('b', -1, 5000)]],
    [
      'one message’s of several',
      'anthropic',
      [message({ input_tokens: 1, output_tokens: 5 }), message({ input_tokens: 1, output_tokens: -3 })],
    ],
    ['pages of one of several', 'mistral', [{ pages_processed: 3 }, { pages_processed: -1 }]],
    ['one of searches', 'anthropic', messageWith({ server_tool_use: { web_search_requests: -1 } })],
  ])('makes it unknown what was used, and never zero: %s', (_, vendor, raw) => {
    const normalized = normalize({ vendor, raw });
    const { unknown, assumed } = normalized.ok ? normalized : { unknown: normalized.reason, assumed: [] };
    expect(unknown).toMatch(/unknown/);
    if (normalized.ok) expect(assumed).toContain(unknown);
  });

  it('of a part is left in its whole, and said', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: -1 } };
    expect(normalize({ vendor: 'openai-compatible', raw: chat(usage) })).toEqual({
      ok: true,
      usage: [{ event: 'chat.completed', input_tokens: 10, output_tokens: 5 }],
      vendorCosts: [null],
      assumed: ['cache_read_tokens can’t be read: it is left out'],
      unknown: null,
    });
  });

  it('of a part takes nothing off another part', () => {
    const split = { ephemeral_5m_input_tokens: 800, ephemeral_1h_input_tokens: -1 };
    const usage = { input_tokens: 10, cache_creation_input_tokens: 1000, cache_creation: split, output_tokens: 5 };
    expect(normalize({ vendor: 'anthropic', raw: message(usage) })).toMatchObject({
      usage: [{ input_tokens: 1010, cache_write_tokens: 1000, output_tokens: 5 }],
      unknown: null,
    });
    const details = [{ ttl: '1h', inputTokens: -1 }];
    const converse = { inputTokens: 10, outputTokens: 5, cacheWriteInputTokens: 1000, cacheDetails: details };
    expect(normalize({ vendor: 'bedrock', raw: { usage: converse } })).toMatchObject({
      usage: [{ input_tokens: 1010, cache_write_tokens: 1000, output_tokens: 5 }],
      unknown: null,
    });
  });

  it('of a total hides no reasoning', () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: -1 };
    const details = { completion_tokens_details: { reasoning_tokens: 100 } };
    expect(normalize({ vendor: 'xai', raw: chat({ ...usage, ...details }) })).toMatchObject({
      usage: [{ input_tokens: 10, output_tokens: 105, reasoning_tokens: 100 }],
      unknown: null,
    });
  });

  it.each<[string, string, Json]>([
    [
      'null for what doesn’t apply',
      'openai',
      chat({ prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: null } }),
    ],
    [
      'null for the output of what only reads',
      'openai',
      { object: 'list', data: [{ embedding: [] }], usage: { prompt_tokens: 10, completion_tokens: null } },
    ],
    ['null for a cache', 'anthropic', message({ input_tokens: 1, cache_read_input_tokens: null, output_tokens: 5 })],
  ])('isn’t %s', (_, vendor, raw) => {
    expect(normalize({ vendor, raw })).toMatchObject({ ok: true, unknown: null, assumed: [] });
  });
});

describe('whatever is sent', () => {
  const usages = samples.map(([, { raw }]) => raw);
  /** An answer with some of its values exchanged. */
  const bent = fc.tuple(
    fc.constantFrom(...usages),
    fc.infiniteStream(fc.tuple(fc.nat(9), fc.jsonValue({ maxDepth: 2 }))),
  );

  it('is read without an exception, as usage that makes sense, in bounds', () => {
    fc.assert(
      fc.property(fc.constantFrom(...VENDORS), bent, (vendor, [answer, values]) => {
        const raw = bend(answer, values);
        const normalized = normalize({ vendor, raw });
        for (const usage of normalized.ok ? normalized.usage : []) {
          expect(usageFault(usage)).toBeNull();
          expect(Object.values(usage).every((value) => typeof value !== 'number' || Number.isSafeInteger(value))).toBe(
            true,
          );
        }
        const kept = keptRaw(takeApart(raw).pieces, 2000);
        expect(Buffer.byteLength(JSON.stringify(kept))).toBeLessThanOrEqual(2000);
      }),
      { numRuns: 2000 },
    );
  });
});

function messageWith(usage: Json): Json {
  return {
    type: 'message',
    model: 'claude-opus-4-8',
    usage: { input_tokens: 1, output_tokens: 1, ...(usage as object) },
  };
}

/** Every tenth value becomes another. */
function bend(value: Json, values: Iterator<[number, unknown]>): Json {
  const [chance, other] = values.next().value as [number, Json];
  if (chance === 0) return other;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => bend(item, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, bend(item, values)]));
}
