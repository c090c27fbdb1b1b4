import { describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';

const CONFIG_FOLDER = new URL('../../libs/config/', import.meta.url);

/** Variables are read by name: `variables.text('HOST', …)`, `variables.wholeNumber('PORT', …)`, `env['PURSER_DATA_DIR']`. */
const READ = /(?:\.(?:text|wholeNumber)\(|env\[)'([A-Z][A-Z0-9_]*)'/g;
/** A variable's section starts with its heading, e.g. ``## `PORT` ``. */
const HEADING = /^## `([A-Z][A-Z0-9_]*)`$/gm;

async function variablesRead(): Promise<string[]> {
  const files = (await readdir(CONFIG_FOLDER)).filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, CONFIG_FOLDER), 'utf8')));
  return [...new Set(sources.flatMap((source) => [...source.matchAll(READ)].map(([, name = '']) => name)))];
}

describe('docs/configuration.md', () => {
  it('documents every environment variable that is read, once, and none that is gone', async () => {
    const read = await variablesRead();
    expect(read).toContain('DATABASE_URL');
    const text = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(HEADING)].map(([, name]) => name);
    expect(documented.sort()).toEqual(read.sort());
  });
});
