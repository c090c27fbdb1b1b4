import { PolledSnapshot } from '#background';
import type { Pool } from '#database';
import type { PlanBook, PlanVersionRef } from '#ledger';
import { queryable } from '../queryable.ts';
import { countAppliedVersions, findAppliedVersions, planBook } from './applied-versions.ts';

/** Four looks until accounts take a version, which they do a second after it was made. */
const REFRESH_MS = 250;

interface Known {
  /** How many versions there are; none changes or goes. */
  readonly count: number;
  readonly book: PlanBook;
}

/** The versions of plans that accounts take with their next period, of all environments, in memory: settling an account asks no database. */
export class PlanMirror implements PlanBook {
  private constructor(private readonly snapshot: PolledSnapshot<Known>) {}

  /** Loads them and keeps up with them until it is closed. */
  static async open(pool: Pool, log: (line: string) => void): Promise<PlanMirror> {
    const database = queryable(pool);
    const load = async (last: Known | null): Promise<Known> => {
      const count = await countAppliedVersions(database);
      if (last?.count === count) return last;
      return { count, book: planBook(await findAppliedVersions(database, null)) };
    };
    const title = 'The look-up of plans';
    return new PlanMirror(await PolledSnapshot.open({ title, everyMs: REFRESH_MS, load, log }));
  }

  versionAt(plan: string, at: number): PlanVersionRef | null {
    return this.snapshot.value.book.versionAt(plan, at);
  }

  nextFrom(plan: string, version: number): number | null {
    return this.snapshot.value.book.nextFrom(plan, version);
  }

  /** After a change was made here, this process knows it at once. */
  noticeChange(): Promise<void> {
    return this.snapshot.noticeChange();
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }
}
