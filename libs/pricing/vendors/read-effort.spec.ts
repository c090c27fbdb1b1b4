import type { Json } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { keptRaw } from './kept-raw.ts';
import { normalize } from './normalize.ts';
import { takeApart } from './pieces.ts';

const BYTES = 1024 * 1024;
/** Of processor time, on a slow machine. What grows with the square takes ten times as long. */
const MS_MAX = 2500;

function repeated(text: string): string {
  return text.repeat(BYTES / text.length);
}

function list(item: string): Json {
  return JSON.parse(`[${repeated(`${item},`)}${item}]`) as Json;
}

function numbered(make: (index: number) => Json, bytesEach: number): Json {
  return Array.from({ length: BYTES / bytesEach }, (_, index) => make(index));
}

const CHUNK = '{"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}';

describe('an answer of a megabyte is read in a moment', () => {
  it.each<[string, string, Json]>([
    ['of comments', 'openai', repeated(':\n\n')],
    ['of empty lines', 'openai', repeated('\n')],
    ['of events', 'openai', repeated('data: {"a":{"b":1}}\n\n')],
    ['of events without empty lines', 'openai', repeated('data: {"a":{"b":1}}\n')],
    ['of empty events', 'openai', repeated('data:\n\n')],
    ['of broken events', 'openai', repeated('data: {\n\n')],
    ['of broken lines', 'openai', repeated('{"a":1\n')],
    ['of broken texts', 'openai', list('"{"')],
    ['of empty objects', 'openai', list('{}')],
    ['of texts in texts', 'openai', list(JSON.stringify(JSON.stringify({ a: 1 })))],
    ['of usages', 'openai', list(CHUNK)],
    ['of lines of usage', 'openai', repeated(`${CHUNK}\n`)],
    ['of a batch', 'openai', list(`{"response":{"status_code":200,"body":${CHUNK}}}`)],
    ['of iterations', 'anthropic', { type: 'message', usage: { output_tokens: 1, iterations: list('{}') } }],
    [
      'of models',
      'anthropic',
      { type: 'message', usage: { output_tokens: 1, iterations: numbered((index) => ({ model: `m${index}` }), 20) } },
    ],
    [
      'of deltas with a name each',
      'anthropic',
      numbered((index) => ({ type: 'message_delta', usage: { [`n${index}`]: 1, output_tokens: index } }), 105),
    ],
    [
      'of chunks with a name each',
      'google',
      numbered((index) => ({ usageMetadata: { [`n${index}`]: 1, promptTokenCount: index } }), 105),
    ],
    ['of modalities', 'google', { usageMetadata: { promptTokenCount: 1, promptTokensDetails: list('{}') } }],
    ['of results', 'bedrock', { inputTextTokenCount: 1, results: list('{}') }],
    ['of results', 'watsonx', { results: [{ generated_token_count: 1 }, ...(list('{}') as Json[])] }],
    ['of steps', 'ai-sdk', { steps: list('{"usage":{"inputTokens":1,"raw":{"prompt_tokens":1}}}') }],
    [
      'of broken lines in steps',
      'ai-sdk',
      { steps: list(String.raw`{"usage":{"raw":{"headers":{},"body":"{\n{\n{\n{\n"}}}`) },
    ],
  ])('%s (%s)', (_, vendor, raw) => {
    const start = process.cpuUsage();
    const apart = takeApart(raw);
    normalize({ vendor, raw }, apart);
    keptRaw(apart.pieces, 64 * 1024);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(MS_MAX);
  });

  it('and whole, as long as it is of no more than 10 000 events', () => {
    const events = (count: number): string =>
      `data: ${JSON.stringify({ a: 1 })}\n\n`.repeat(count - 1) + `data: ${CHUNK}\n\n`;
    expect(normalize({ vendor: 'openai', raw: events(10_000) })).toMatchObject({
      ok: true,
      usage: [{ input_tokens: 1 }],
    });
    expect(normalize({ vendor: 'openai', raw: events(10_001) })).toMatchObject({ ok: false });
  });
});
