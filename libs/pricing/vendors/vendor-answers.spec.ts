import { Amount, formatAmount, type Json, type JsonObject } from '#amounts';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Usage } from '../usage.ts';
import { keptRaw } from './kept-raw.ts';
import { takeApart } from './pieces.ts';
import { normalize, type NormalizedUsage } from './normalize.ts';

/** About 140 recorded answers, each with what it must give. They stand beside the repository, where they are at all. */
const ANSWERS = join(import.meta.dirname, '../../../../shared/data/vendor-usage');

interface Row {
  readonly file: string;
  readonly part: string;
  readonly model: string;
  readonly other: string;
  readonly certain: string;
  readonly note: string;
  readonly [column: string]: string;
}

const TOKENS: Readonly<Record<string, string>> = {
  input_tokens_total: 'input_tokens',
  cache_read: 'cache_read_tokens',
  cache_write_1h: 'cache_write_1h_tokens',
  output_total: 'output_tokens',
  reasoning: 'reasoning_tokens',
  audio_in: 'input_audio_tokens',
  audio_out: 'output_audio_tokens',
  image_in: 'input_image_tokens',
  image_out: 'output_image_tokens',
};
/** Quantities and properties under the names that EXPECTED.csv has for them. */
const OTHERS: Readonly<Record<string, string>> = {
  web_searches: 'web_searches',
  web_search_calls: 'web_searches',
  web_fetches: 'web_fetches',
  file_searches: 'file_searches',
  code_interpreter_containers: 'code_interpreter_containers',
  images: 'images',
  audio_seconds: 'audio_seconds',
  document_in: 'input_document_tokens',
  guardrail_topic_units: 'guardrail_topic_units',
};

function rows(): Row[] {
  return parse(readFileSync(join(ANSWERS, 'EXPECTED.csv')), { columns: true });
}

/** What of a file is sent as `raw`: its JSON, its lines, or the text of its event stream. */
function rawOf(file: string): Json {
  const text = readFileSync(join(ANSWERS, file), 'utf8');
  if (file.endsWith('.sse')) return text;
  if (!file.endsWith('.jsonl')) return JSON.parse(text) as Json;
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Json);
}

function vendorOf(file: string): string {
  const [folder = ''] = file.split('/');
  return folder === 'vercel-ai-sdk' ? 'ai-sdk' : folder;
}

/** Spans and logs of other tools, which say less than the answers they were made of, aren't read as answers. */
const LEFT_OUT = /^(?:otel|langfuse)\//;

function expectedOf(row: Row): Record<string, number> {
  const other = othersOf(row);
  const found: Record<string, number> = {};
  for (const [column, name] of Object.entries(TOKENS)) found[name] = Number(row[column] ?? '');
  found['cache_write_tokens'] = Number(row['cache_write_5m']) + Number(other['cache_write_no_ttl'] ?? 0);
  for (const [name, quantity] of Object.entries(OTHERS)) {
    const count = /^\d+/.exec(other[name] ?? '')?.[0];
    if (count) found[quantity] = Number(count);
  }
  return found;
}

function othersOf({ other }: Row): Record<string, string> {
  return Object.fromEntries(other.split('; ').map((pair) => pair.split('=') as [string, string]));
}

function givenOf(usage: Usage | undefined, names: readonly string[]): Record<string, Json> {
  return Object.fromEntries(names.map((name) => [name, usage?.[name] ?? 0]));
}

function read(file: string, vendor = vendorOf(file)): NormalizedUsage & { ok: true } {
  const normalized = normalize({ vendor, raw: rawOf(file) });
  if (!normalized.ok) throw new Error(normalized.reason);
  return normalized;
}

const isHere = existsSync(ANSWERS);

describe('recorded answers of vendors', () => {
  if (!isHere) {
    it('are left out: ../shared/data/vendor-usage is not beside the repository', () => {
      expect(isHere).toBe(false);
    });
    return;
  }

  const documented = rows().filter(({ file }) => !LEFT_OUT.test(file));
  const certain = documented.filter((row) => ['yes', 'likely'].includes(row.certain));
  const byFile = [...Map.groupBy(certain, ({ file }) => file)];

  it.each(byFile)('%s gives what is expected of it', (file, parts) => {
    const { usage, vendorCosts } = read(file);
    const charged = parts.filter(({ note }) => !/nothing to charge|not usage/.test(note));
    expect(usage).toHaveLength(file === 'vertex/blocked-model-armor.json' ? 1 : charged.length);
    for (const [index, row] of charged.entries()) {
      const expected = expectedOf(row);
      const one = usage[index];
      expect({ file, ...givenOf(one, Object.keys(expected)) }).toEqual({ file, ...expected });
      if (one?.model && !one.model.startsWith('id-')) expect(one.model).toContain(row.model);
      const {
        batch,
        byok,
        service_tier,
        trafficType,
        vendor_cost_usd: cost,
        upstream_cost_usd: upstream,
      } = othersOf(row);
      expect(one?.properties?.['batch']).toBe(batch ? true : undefined);
      expect(one?.properties?.['byok']).toBe(byok ? true : undefined);
      if (service_tier) expect(one?.properties?.['service_tier']).toBe(service_tier);
      expect(one?.properties?.['traffic_type']).toBe(trafficType);
      expect(vendorCosts[index]?.amount).toBe(cost && formatAmount(new Amount(cost)));
      if (byok && upstream) expect(vendorCosts[index]?.upstream).toBe(formatAmount(new Amount(upstream)));
    }
  });

  it.each(byFile)('%s is read by its shape where the vendor has another name', (file) => {
    const named = read(file).usage.map(({ provider: _, ...usage }) => usage);
    expect(read(file, 'a gateway').usage.map(({ provider: _, ...usage }) => usage)).toEqual(named);
  });

  it('gives the same tokens for its usage object alone', () => {
    for (const [file, rows] of byFile) {
      const { usage, usageMetadata } = (file.endsWith('.json') ? rawOf(file) : {}) as JsonObject;
      const alone = usage ?? usageMetadata;
      // Of these the counts stand elsewhere, or the usage object has none.
      if (!alone || /invoke-|vercel-ai-sdk|blocked/.test(file)) continue;
      const [row] = rows;
      if (!row) throw new Error('A file without a row.');
      const expected = expectedOf({ ...row, other: /cache_write_no_ttl=\d+/.exec(row.other)?.[0] ?? '' });
      const given = normalize({ vendor: vendorOf(file), raw: alone });
      const counted = Object.keys(expected).filter((name) => name !== 'audio_seconds');
      expect({ file, ...(given.ok && givenOf(given.usage[0], counted)) }).toMatchObject({ file, ...expected });
    }
  });

  it('gives the same for a stream as text, as its events and as its data lines', () => {
    for (const file of new Set(documented.map((row) => row.file).filter((name) => name.endsWith('.sse')))) {
      const text = readFileSync(join(ANSWERS, file), 'utf8');
      const lines = text.split('\n').filter((line) => line.startsWith('data: '));
      const events = lines.filter((line) => line !== 'data: [DONE]').map((line) => JSON.parse(line.slice(6)) as Json);
      const given = [text, events, lines, text.replaceAll('\n', '\r\n')].map((raw) =>
        normalize({ vendor: vendorOf(file), raw }),
      );
      for (const one of given) expect(one).toEqual(given[0]);
    }
  });

  it('keeps what says usage, and the same is read from it again', () => {
    for (const [file] of byFile) {
      const raw = rawOf(file);
      const kept = keptRaw(takeApart(raw).pieces, 64 * 1024);
      expect(JSON.stringify(kept)).not.toMatch(/<text|"content"/);
      const again = normalize({ vendor: vendorOf(file), raw: kept });
      const tokens = (usage: readonly Usage[]): Json[] =>
        usage.map((one) => [one['input_tokens'] ?? 0, one['output_tokens'] ?? 0]);
      if (JSON.stringify(tokens(read(file).usage)).match(/[1-9]/))
        expect({ file, tokens: again.ok && tokens(again.usage) }).toEqual({ file, tokens: tokens(read(file).usage) });
    }
  });

  it.each(documented.filter((row) => row.certain === 'unknown').map(({ file }) => file))('%s is never zero', (file) => {
    const normalized = normalize({ vendor: vendorOf(file), raw: rawOf(file) });
    if (normalized.ok) expect(normalized.usage).not.toContainEqual(expect.objectContaining({ input_tokens: 0 }));
    else expect(normalized.reason).toContain('unknown');
  });

  // Nobody knows for certain what these are charged; this is what we make of them.
  it.each<[string, readonly object[] | 'unknown']>([
    ['openrouter/stream-error-midway.sse', [{ input_tokens: 43, output_tokens: 10, reasoning_tokens: 10 }]],
    ['openai/responses-stream-incomplete.sse', 'unknown'],
    ['openai/image-dalle-no-usage.json', [{ event: 'image.generated', images: 2 }]],
    [
      'xai/realtime-audio-turn.jsonl',
      [{ input_tokens: 156, output_tokens: 185, audio_seconds: 5, output_audio_seconds: '3.38' }],
    ],
    ['google/live-audio-turn.jsonl', [{ input_tokens: 1197, output_tokens: 65, reasoning_tokens: 28 }]],
    [
      'anthropic/fallback-two-models.json',
      [
        { model: 'claude-opus-4-8', output_tokens: 264 },
        { model: 'claude-fable-5', input_tokens: 408 },
      ],
    ],
    ['ollama/native-chat.json', [{ output_tokens: 79 }]],
  ])('%s, which is uncertain', (file, expected) => {
    const normalized = normalize({ vendor: vendorOf(file), raw: rawOf(file) });
    if (expected === 'unknown') expect(normalized).toMatchObject({ ok: false });
    else expect(normalized).toMatchObject({ ok: true, usage: expected });
  });
});
