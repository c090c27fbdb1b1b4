import type { Command } from '#ledger';
import { describe, expect, it } from '@jest/globals';
import { charge, chargeEach } from '../testing/commands.ts';
import { inEnvironment } from '../testing/in-environment.ts';
import { render } from '../testing/test-ledger.ts';
import { queued } from './submission.ts';
import { weightOf, type Waiting } from './waiting.ts';
import { WorkQueue } from './work-queue.ts';

function waiting(command: Command): Waiting {
  return {
    queued: queued({ command, key: null, render }),
    resolve: () => undefined,
    reject: () => undefined,
    attempts: 0,
    needsLocks: false,
    needsKey: false,
    needsWindows: false,
    refills: 0,
  };
}

function queueOf(...commands: Command[]): WorkQueue {
  const queue = new WorkQueue();
  for (const command of commands) queue.push(waiting(command));
  return queue;
}

const times = (count: number, command: Command): Command[] => Array<Command>(count).fill(command);
const batch = (account: string, items: number): Command => chargeEach(Array<string>(items).fill(account), '1');
/** Whose commands these are, in their order. */
const accountsOf = (taken: readonly Waiting[]): string[] =>
  taken.map(({ queued: { command } }) => {
    const first = 'items' in command ? command.items[0] : command;
    return first && 'account' in first ? `${first.account.environment}/${first.account.id}` : '';
  });
const countOf = (taken: readonly Waiting[], account: string): number =>
  accountsOf(taken).filter((one) => one === account).length;

describe('the work queue', () => {
  it('gives out no more of other environments than it is told, while any of live waits, and live first', () => {
    const test = times(100, inEnvironment('test', charge('t', '1')));
    const queue = queueOf(...test, ...times(10, charge('a', '1')));
    const taken = queue.take(512, 16);
    expect([countOf(taken, 'live/a'), countOf(taken, 'test/t')]).toEqual([10, 16]);
    expect(accountsOf(taken)[0]).toBe('live/a');
    expect(queue.take(512, 16)).toHaveLength(16);
    expect([queue.weight, queue.liveWeight]).toEqual([68, 0]);
  });

  it('gives out an account’s commands in the order in which they came', () => {
    const commands = Array.from({ length: 3000 }, (_, at) => charge('a', String(at + 1)));
    const queue = queueOf(...commands);
    const taken = [...queue.take(1), ...queue.take(1999), ...queue.takeAll()];
    expect(taken.map(({ queued: { command } }) => command)).toEqual(commands);
    expect([queue.weight, queue.isEmpty]).toEqual([0, true]);
  });

  it('gives out as many decisions as are wanted, and a request of more only by itself', () => {
    const queue = queueOf(...times(3, charge('a', '1')), batch('a', 100), ...times(3, charge('a', '1')));
    expect(weightOf(queue.take(2))).toBe(2);
    expect(weightOf(queue.take(50))).toBe(1);
    expect(weightOf(queue.take(50))).toBe(100);
    expect(weightOf(queue.take(50))).toBe(3);
    expect(queue.take(50)).toEqual([]);
  });

  it('lets an account that asks for little pass one that asks for a great deal', () => {
    const queue = queueOf(...times(5000, charge('flood', '1')), charge('calm', '1'));
    expect(countOf(queue.take(64), 'live/calm')).toBe(1);
  });

  it('gives two accounts that both ask for a great deal the same', () => {
    const queue = queueOf(...times(2000, charge('a', '1')), ...times(2000, charge('b', '1')));
    const taken = queue.take(1000);
    expect(Math.abs(countOf(taken, 'live/a') - countOf(taken, 'live/b'))).toBeLessThanOrEqual(32);
  });

  it('makes whoever sent a large batch wait until the others have had as much', () => {
    const queue = queueOf(batch('flood', 1000), batch('flood', 1000), ...times(2000, charge('calm', '1')));
    expect(weightOf(queue.take(512))).toBe(1000);
    let calm = 0;
    for (let taken = queue.take(512); countOf(taken, 'live/flood') === 0; taken = queue.take(512)) {
      calm += countOf(taken, 'live/calm');
    }
    expect(calm).toBeGreaterThan(900);
    expect(calm).toBeLessThan(1100);
  });

  it('forgives whoever is alone', () => {
    const queue = queueOf(...times(50, batch('flood', 1000)));
    while (queue.weight > 1000) queue.take(512);
    queue.push(waiting(charge('calm', '1')));
    expect(accountsOf([...queue.take(512), ...queue.take(512)]).sort()).toEqual(['live/calm', 'live/flood']);
  });

  it('shares evenly between environments, however many accounts each has', () => {
    const test = Array.from({ length: 2000 }, (_, at) => inEnvironment('test', charge(`t${String(at)}`, '1')));
    const queue = queueOf(...test, ...times(500, charge('a', '1')));
    const taken = queue.take(512);
    expect(countOf(taken, 'live/a')).toBeGreaterThanOrEqual(200);
  });
});
