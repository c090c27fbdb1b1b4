import { Repeater } from '#background';
import type { Pool } from '#database';
import type { DeclinedRequest, Tags } from '#ledger';
import { sqlStateOf } from '../engine/failures.ts';
import { queryable } from '../queryable.ts';
import type { Settings } from '../settings/settings.ts';
import type { EngineObserver, ObservedBatch } from '../engine/engine-observer.ts';
import { writeDeclines, type CountedDecline } from './write-declines.ts';

const FLUSH_MS = 1000;
const MINUTE_MS = 60_000;
/** As many different tags of one account are kept apart in a minute, so that no client fills the table with names. */
const TAGS_PER_MINUTE_MAX = 50;
/** While the database is away, as many counts are kept. More are added to those without tags. */
const COUNTS_MAX = 20_000;
const OTHER = '(other)';

/**
 * Counts declined requests for reports, and writes the counts every second, behind the decisions and on another connection. What
 * a process has counted in its last second is lost if it is killed; no amount depends on it.
 */
export class DeclineRecorder implements EngineObserver {
  private counts = new Map<string, CountedDecline>();
  /** The different tags of each account in the present minute. */
  private readonly seen = new Map<string, Set<string>>();
  private minute = 0;
  private readonly writing: Repeater;

  /** @param settings name the tags that are reported */
  constructor(
    private readonly pool: Pool,
    private readonly settings: Pick<Settings, 'of'>,
    private readonly log: (line: string) => void,
  ) {
    const task = async (): Promise<boolean> => {
      await this.write();
      return false;
    };
    this.writing = new Repeater({ title: 'The count of declined requests', everyMs: FLUSH_MS, task, log });
    this.writing.start(FLUSH_MS);
  }

  onBatch({ declined }: ObservedBatch): void {
    for (const one of declined) this.count(one);
  }

  /** Writes what was counted so far, so that it can be read. If it fails, it is written later. */
  flush(): Promise<void> {
    return this.counts.size === 0 ? Promise.resolve() : this.writing.runNow();
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    await this.flush();
    await this.writing.stop();
  }

  private count({ environment, accountKey, at, reason, tags }: DeclinedRequest): void {
    const minute = at - (at % MINUTE_MS);
    // Who has closed an account may have its personal data erased: nothing of it comes back by a request.
    const told = reason === 'account_closed' ? {} : tags;
    const kept = this.bounded(accountKey, this.reported(environment, told));
    this.add({ environment, accountKey, minute, reason, tags: kept, requests: 1 });
  }

  private add(one: CountedDecline): void {
    const { accountKey, minute, reason, tags, requests } = one;
    const key = `${accountKey}/${String(minute)}/${reason}/${JSON.stringify(tags)}`;
    const known = this.counts.get(key);
    if (known) known.requests += requests;
    else if (this.counts.size < COUNTS_MAX || Object.keys(tags).length === 0) this.counts.set(key, { ...one });
    else this.add({ ...one, tags: {} });
  }

  /** Those that reports know, in one order. */
  private reported(environment: string, tags: Tags): Tags {
    const names = this.settings.of(environment).reportedTags;
    return Object.fromEntries(
      names.toSorted().flatMap((name) => (tags[name] === undefined ? [] : [[name, tags[name]]])),
    );
  }

  private bounded(account: string, tags: Tags): Tags {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (minute !== this.minute) this.seen.clear();
    this.minute = minute;
    const seen = this.seen.get(account) ?? new Set();
    this.seen.set(account, seen);
    const text = JSON.stringify(tags);
    if (seen.has(text) || seen.size < TAGS_PER_MINUTE_MAX) {
      seen.add(text);
      return tags;
    }
    return Object.fromEntries(Object.keys(tags).map((name) => [name, OTHER]));
  }

  private async write(): Promise<void> {
    if (this.counts.size === 0) return;
    const left: (readonly CountedDecline[])[] = [[...this.counts.values()]];
    this.counts = new Map();
    for (let some = left.pop(); some; some = left.pop()) {
      try {
        const { text, values } = writeDeclines(some);
        await queryable(this.pool).query(text, values);
      } catch (error) {
        if (!isOfValues(error)) {
          for (const one of [some, ...left].flat()) this.add(one);
          throw error;
        }
        left.push(...this.withoutFault(some, error));
      }
    }
  }

  /** Halves, until the one is found that can't be written: what others have in theirs doesn't suffer for it. */
  private withoutFault(some: readonly CountedDecline[], error: unknown): readonly (readonly CountedDecline[])[] {
    const [first, second] = some;
    if (second) {
      const half = Math.ceil(some.length / 2);
      return [some.slice(half), some.slice(0, half)];
    }
    if (first) {
      const { requests, accountKey, reason } = first;
      const what = `${String(requests)} declined requests of account ${accountKey} (${reason})`;
      this.log(`${what} are not counted in reports, because their tags can’t be written: ${String(error)}`);
    }
    return [];
  }
}

/** By SQLSTATE class: a value that Postgres doesn't take, a constraint, a limit. The same row fails again whenever it is written. */
const OF_VALUES = ['22', '23', '54'];

function isOfValues(error: unknown): boolean {
  return OF_VALUES.includes(sqlStateOf(error)?.slice(0, 2) ?? '');
}
