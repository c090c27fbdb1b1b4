import { describe, expect, it } from '@jest/globals';
import { csvLine } from './csv-line.ts';

describe('a line of CSV', () => {
  it('quotes what would break it, and doubles quotes', () => {
    expect(csvLine(['a,b', 'say "hi"', 'two\nlines', 'plain'])).toBe('"a,b","say ""hi""","two\nlines",plain\r\n');
  });

  it('shows amounts as they are, signed ones too', () => {
    expect(csvLine(['-12.5', '0.000000000001', 3, true])).toBe('-12.5,0.000000000001,3,true\r\n');
  });

  it('leaves the cell of null empty', () => {
    expect(csvLine(['a', null, ''])).toBe('a,,\r\n');
  });

  it('shows objects as JSON', () => {
    expect(csvLine([{ user: 'jo' }, []])).toBe('"{""user"":""jo""}",[]\r\n');
  });

  it.each(['=1+1', '+1+1', '-1+1', '@sum(a1)', '\tx', '\rx'])('lets no spreadsheet take %j for a formula', (text) => {
    expect(csvLine([text]).replaceAll('"', '')).toBe(`'${text}\r\n`);
  });
});
