import { REFUSAL_CODES } from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { PROBLEMS } from '../../apps/api/problems/problem.ts';

/** A problem's section starts with its heading, e.g. ``### `credits_held` · 402``. */
const HEADING = /^### `([a-z_]+)` · (\d{3})$/gm;

describe('docs/problems.md', () => {
  it('documents every problem code with its status, once, and none that is gone', async () => {
    const text = await readFile(new URL('../../docs/problems.md', import.meta.url), 'utf8');
    const documented = [...text.matchAll(HEADING)].map(([, code, status]) => `${String(code)} ${String(status)}`);
    const existing = Object.entries(PROBLEMS).map(([code, { status }]) => `${code} ${String(status)}`);
    expect(documented.sort()).toEqual(existing.sort());
  });

  it('says of every status what to do and what becomes of the idempotency key', async () => {
    const text = await readFile(new URL('../../docs/problems.md', import.meta.url), 'utf8');
    const listed = [...text.matchAll(/^\| +(\d{3}) \|/gm)].map(([, status]) => Number(status));
    const existing = new Set(Object.values(PROBLEMS).map(({ status }) => status));
    expect(listed.sort()).toEqual([...existing].sort());
  });

  it('tells the order of refusals as the ledger keeps it', async () => {
    const text = await readFile(new URL('../../docs/problems.md', import.meta.url), 'utf8');
    const listed = [...text.matchAll(/^\d+\. `(\w+)`$/gm)].map(([, code]) => code);
    expect(listed).toEqual([...REFUSAL_CODES]);
  });
});
