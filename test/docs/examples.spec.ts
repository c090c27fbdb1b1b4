import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { root } from '../support/build.ts';
import { asRecorded } from '../openapi/as-recorded.ts';
import { allExamples } from '../openapi/walk-examples.ts';

const JSON_BLOCK = /```json\n(.*?)```/gs;

/** What the examples of the description send, what they were answered, and the events that were sent. */
async function everything(): Promise<readonly unknown[]> {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(`${root}/apps/api/openapi/${name}.json`, 'utf8'));
  const answers = (await read('recorded-answers')) as Record<string, Record<string, { readonly body: unknown }>>;
  return [
    ...[...allExamples().values()].map(({ example }) => example.body),
    ...Object.values(answers).flatMap((one) => Object.values(one).map(({ body }) => body)),
    ...Object.values((await read('recorded-messages')) as Record<string, unknown>),
  ];
}

async function blocksOf(file: string, headings: readonly string[]): Promise<readonly unknown[]> {
  const sections = (await readFile(`${root}/docs/${file}`, 'utf8')).split(/^(?=## )/m);
  return headings.flatMap((heading) => {
    const section = sections.find((one) => one.startsWith(`## ${heading}\n`)) ?? '';
    const blocks = [...section.matchAll(JSON_BLOCK)].map(([, text = '']): unknown => JSON.parse(text));
    expect({ heading, examples: blocks.length }).not.toEqual({ heading, examples: 0 });
    return blocks;
  });
}

describe('the examples in a guide', () => {
  it.each([
    ['api.md', ['Budgets', 'Limits', 'Standing', 'Rules against runaway usage', 'API keys']],
    ['events.md', ['Follow limits']],
  ])('%s are those of the description, which were really sent', async (file, headings) => {
    const real = await everything();
    for (const block of await blocksOf(file, headings))
      expect(real.map((one) => asRecorded(one, block))).toContainEqual(block);
  });
});
