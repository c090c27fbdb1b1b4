import { describe, expect, it } from '@jest/globals';
import { readTrace } from './read-trace.ts';

const header = 'TIMESTAMP,ContextTokens,GeneratedTokens';

describe('readTrace', () => {
  it('reads rows with times counted from the first one', () => {
    const rows = readTrace(
      `${header}\r\n2023-11-16 18:15:46.6805900,374,44\r\n2023-11-16 18:15:50.9951690,396,109`,
      'trace.csv',
    );
    expect(rows).toEqual([
      { atMs: 0, inputTokens: 374, outputTokens: 44 },
      { atMs: 4315, inputTokens: 396, outputTokens: 109 },
    ]);
  });

  it('takes a byte order mark, blank lines, offsets, and columns in another order beside others', () => {
    const text = '\uFEFFGeneratedTokens,Model,TIMESTAMP,ContextTokens\n\n7,a,2024-05-10 00:00:00.009930+00:00,5\n\n';
    expect(readTrace(text, 'trace.csv')).toEqual([{ atMs: 0, inputTokens: 5, outputTokens: 7 }]);
  });

  it('lets a row that is earlier than the first one come at once', () => {
    const rows = readTrace(`${header}\n2023-11-16 18:15:46,1,1\n2023-11-16 18:15:45,1,1\n`, 'trace.csv');
    expect(rows.map(({ atMs }) => atMs)).toEqual([0, 0]);
  });

  it.each([
    ['an empty file', '', /trace\.csv is empty/],
    ['a file of blank lines', '\n\n', /trace\.csv is empty/],
    ['a header alone', `${header}\n`, /no rows/],
    ['a missing header', '2023-11-16 18:15:46.6805900,374,44\n', /line 1 must be a header.*without TIMESTAMP/],
    ['a missing column', 'TIMESTAMP,ContextTokens\n', /without GeneratedTokens/],
    ['a broken time', `${header}\n2023-11-16 18:15:46,1,1\nyesterday,1,1\n`, /line 3: TIMESTAMP.*"yesterday"/],
    ['an impossible time', `${header}\n2023-13-16 18:15:46,1,1\n`, /line 2: TIMESTAMP/],
    ['a fraction of a token', `${header}\n2023-11-16 18:15:46,1.5,1\n`, /line 2: ContextTokens.*"1\.5"/],
    ['a negative number of tokens', `${header}\n2023-11-16 18:15:46,1,-1\n`, /line 2: GeneratedTokens.*"-1"/],
    ['a short row', `${header}\n2023-11-16 18:15:46,1\n`, /line 2: GeneratedTokens.*""/],
    ['a broken quote', `${header}\n"2023-11-16 18:15:46,1,1\n`, /isn't valid CSV/],
  ])('refuses %s and says where', (_what, text, message) => {
    expect(() => readTrace(text, 'trace.csv')).toThrow(message);
  });
});
