import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { root } from '../support/build.ts';
import { LIVE_KEY, startTestService, type TestService } from '../support/test-service.ts';
import { followSteps } from './follow-steps.ts';
import { stepsIn } from './walk-through.ts';

let service: TestService;
beforeEach(async () => {
  service = await startTestService();
});
afterEach(() => service.stop());

describe.each([
  ['README.md', 8],
  ['docs/estimates.md', 6],
  ['docs/refills.md', 35],
])('%s', (document, stepsMin) => {
  it('shows the answers that its requests really get', async () => {
    const steps = stepsIn(await readFile(`${root}/${document}`, 'utf8'));
    expect(steps.length).toBeGreaterThanOrEqual(stepsMin);
    const variables = { B: service.url, KEY: LIVE_KEY };
    for (const { command, shown, answered } of await followSteps(steps, { variables }))
      expect({ command, ...answered }).toEqual({ command, ...shown });
  });
});
