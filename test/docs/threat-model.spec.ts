import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';

const ROOT = new URL('../../', import.meta.url);

/** A claim's proof: ``- `test/e2e/accounts.spec.ts` “the name of the test”``. */
const PROOF = /^- `(\S+\.spec\.ts)` “(.+)”$/gm;
const RISK = /^### API(\d+) /gm;

describe('docs/threat-model.md', () => {
  it('walks the ten risks, and names no test that is gone', async () => {
    const text = await readFile(new URL('docs/threat-model.md', ROOT), 'utf8');
    expect([...text.matchAll(RISK)].map(([, number]) => Number(number))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const proofs = [...text.matchAll(PROOF)];
    expect(proofs.length).toBe(text.split('.spec.ts` “').length - 1);
    const gone: string[] = [];
    for (const [, file = '', name = ''] of proofs) {
      const source = await readFile(new URL(file, ROOT), 'utf8').catch(() => '');
      if (!source.includes(`'${name}'`)) gone.push(`${file} “${name}”`);
    }
    expect(gone).toEqual([]);
  });
});
