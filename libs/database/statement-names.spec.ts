import { describe, expect, it } from '@jest/globals';
import { StatementNames } from './statement-names.ts';

describe('StatementNames', () => {
  it('gives the same SQL the same name, in every process', () => {
    expect(new StatementNames().nameOf('select $1')).toBe(new StatementNames().nameOf('select $1'));
  });

  it('gives different SQL different names', () => {
    const names = new StatementNames();
    expect(names.nameOf('select $1')).not.toBe(names.nameOf('select $2'));
  });

  it('leaves unnamed what comes after the limit, and keeps the names given before', () => {
    const names = new StatementNames(1);
    const first = names.nameOf('select 1');
    expect(names.nameOf('select 2')).toBeUndefined();
    expect(names.nameOf('select 1')).toBe(first);
  });
});
