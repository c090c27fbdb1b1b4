import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../../test/support/eventually.ts';
import { PolledSnapshot } from './polled-snapshot.ts';

let snapshot: PolledSnapshot<string>;
afterEach(() => snapshot.close());

const log: string[] = [];
function open(load: (last: string | null) => Promise<string>, everyMs: number): Promise<PolledSnapshot<string>> {
  log.length = 0;
  return PolledSnapshot.open({ title: 'The look-up', everyMs, load, log: (line) => log.push(line) });
}

describe('a polled snapshot', () => {
  it('sees what others have changed by itself', async () => {
    let table = 'old';
    snapshot = await open(() => Promise.resolve(table), 5);
    expect(snapshot.value).toBe('old');
    table = 'new';
    await eventually('it is seen', () => Promise.resolve(snapshot.value === 'new'));
  });

  it('sees a change of its own process at once, though a look that began before it is under way', async () => {
    let table = 'old';
    let looks = 0;
    let release = (): void => undefined;
    snapshot = await open(async () => {
      looks += 1;
      const read = table;
      if (looks === 2) await new Promise<void>((resolve) => (release = resolve));
      return read;
    }, 60_000);
    const early = snapshot.noticeChange();
    await eventually('a look is under way', () => Promise.resolve(looks === 2));
    table = 'new';
    const noticed = snapshot.noticeChange();
    release();
    await early;
    expect(snapshot.value).toBe('old');
    await noticed;
    expect(snapshot.value).toBe('new');
    expect(looks).toBe(3);
  });

  it('goes on with what it knows while the table can’t be read, and logs that once', async () => {
    let isAway = false;
    let looks = 0;
    snapshot = await open((last) => {
      looks += 1;
      return isAway ? Promise.reject(new Error('away')) : Promise.resolve(last === null ? 'first' : `${last}+`);
    }, 5);
    isAway = true;
    const before = looks;
    await eventually('it has failed several times', () => Promise.resolve(looks > before + 3));
    expect(snapshot.value).toMatch(/^first/);
    const noticed = snapshot.noticeChange();
    await noticed;
    expect(log).toEqual(['The look-up failed, and is tried again until it works: Error: away']);
    isAway = false;
    await eventually('it works', () => Promise.resolve(log.length === 2));
    expect(log[1]).toBe('The look-up works again.');
  });

  it('can’t be opened where the first look fails', async () => {
    await expect(open(() => Promise.reject(new Error('away')), 5)).rejects.toThrow('away');
  });
});
