import type { Command } from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { charge, chargeEach } from '../testing/commands.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { render } from '../testing/test-ledger.ts';
import { Admission, type Place } from './admission.ts';
import { queued } from './submission.ts';

interface Asked {
  readonly keyId?: string;
  readonly length?: number;
}

/** How many of these are admitted, one after the other. */
function admitted(admission: Admission, commands: readonly Command[], { keyId, length = 0 }: Asked = {}): number {
  const asked = commands.map((command) => (keyId === undefined ? command : { ...command, keyId }));
  return asked.filter((command) => admission.admit(queued({ command, key: null, render }), length)).length;
}

const accounts = (count: number): Command[] => Array.from({ length: count }, (_, at) => charge(`a${String(at)}`, '1'));
const times = (count: number, command: Command): Command[] => Array<Command>(count).fill(command);

describe('the queue', () => {
  it('is full when as many decisions wait as may, and has room again when they have left', () => {
    const admission = new Admission(100);
    const places = accounts(100).map((command) => admission.admit(queued({ command, key: null, render }), 0));
    expect(admitted(admission, accounts(1))).toBe(0);
    expect(admission.load).toEqual({ waiting: 100, waitingMax: 100 });
    for (const place of places) admission.leave(place as Place);
    expect(admission.load).toEqual({ waiting: 0, waitingMax: 100 });
    expect(admitted(admission, accounts(101))).toBe(100);
  });

  it('gives half of itself to one account at most', () => {
    const admission = new Admission(100);
    expect(admitted(admission, times(80, charge('a', '1')))).toBe(50);
    expect(admitted(admission, times(80, charge('b', '1')))).toBe(50);
  });

  it('gives three quarters to one API key at most', () => {
    const admission = new Admission(100);
    expect(admitted(admission, accounts(100), { keyId: 'busy' })).toBe(75);
    expect(admitted(admission, accounts(100), { keyId: 'other' })).toBe(25);
  });

  it('gives a quarter to an environment other than live at most', () => {
    const admission = new Admission(100);
    const test = accounts(100).map((command) => inEnvironment('test', command));
    expect(admitted(admission, test)).toBe(25);
    expect(admitted(admission, accounts(100))).toBe(75);
  });

  it('gives half to large batches at most, whoever asks', () => {
    const admission = new Admission(1000);
    const batch = (at: number): Command => chargeEach(Array<string>(100).fill(`batch${String(at)}`), '1');
    expect(
      admitted(
        admission,
        Array.from({ length: 9 }, (_, at) => batch(at)),
      ),
    ).toBe(5);
    expect(admitted(admission, accounts(600))).toBe(500);
  });

  it('counts a long request by its length, and refuses it before it is read where it would find no room', () => {
    const admission = new Admission(1000);
    expect(admitted(admission, accounts(9), { length: 100 * 512 })).toBe(5);
    expect(admission.isBusyFor(100 * 512)).toBe(true);
    expect(admission.isBusyFor(500)).toBe(false);
  });

  it('takes one request of any size where nothing else is there', () => {
    expect(admitted(new Admission(1000), [chargeEach(Array<string>(900).fill('a'), '1')])).toBe(1);
  });

  it('is busy from nine tenths on', () => {
    const admission = new Admission(100);
    admitted(admission, accounts(89));
    expect(admission.isBusyFor(0)).toBe(false);
    admitted(admission, [charge('b', '1')]);
    expect(admission.isBusyFor(0)).toBe(true);
  });
});
