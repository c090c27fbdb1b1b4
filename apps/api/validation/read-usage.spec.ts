import { describe, expect, it } from '@jest/globals';
import { readUsage } from './read-usage.ts';

const ANSWER = { vendor: 'openai', raw: { prompt_tokens: 600, completion_tokens: 100, total_tokens: 700 } };
const LINES = { vendor: 'openai', raw: '{"prompt_tokens":1}\n'.repeat(9_000) };

describe('usage as it was sent', () => {
  it('is read in our vocabulary, beside what is kept of the answer', () => {
    expect(readUsage(ANSWER)).toMatchObject({
      usage: [{ event: 'chat.completed', input_tokens: 600, output_tokens: 100 }],
      raw: { answers: [{ vendor: 'openai', raw: [ANSWER.raw] }] },
      unreadable: [],
    });
  });

  it('is read with an effort that all items of a batch share', () => {
    const effort = { left: 3 };
    expect(readUsage(ANSWER, effort)).toMatchObject({ unreadable: [] });
    expect(readUsage([ANSWER, LINES, ANSWER], effort)).toMatchObject({
      unreadable: [
        { field: 'usage.1.raw', message: expect.stringContaining('more than 10000') },
        { field: 'usage.2.raw', message: expect.stringContaining('more than 10000') },
      ],
      isUnknown: true,
    });
  });
});
