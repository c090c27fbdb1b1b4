import { describe, expect, it } from '@jest/globals';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { apiDocument } from './described-api.ts';

describe('the description of the API', () => {
  it('is clean by the recommended rules of Redocly', async () => {
    const problems = await lintFromString({
      source: JSON.stringify(apiDocument),
      config: await createConfig({ extends: ['recommended'] }),
    });
    const found = problems.map(({ ruleId, message, location }) => [ruleId, location[0]?.pointer, message].join(' '));
    expect(found).toEqual([]);
  });
});
