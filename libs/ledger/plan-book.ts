import type { PlanVersionRef } from './account-plan.ts';

/** The versions of plans that accounts take which are on them. */
export interface PlanBook {
  /**
   * The newest version that accounts on a plan take with a period that begins at an instant.
   *
   * @param plan a UUID
   * @param at by the account's clock, in milliseconds since 1970
   * @returns `null` where there is none
   */
  versionAt(plan: string, at: number): PlanVersionRef | null;
  /** The first instant from which accounts take a version that is newer than this; `null` where there is none. */
  nextFrom(plan: string, version: number): number | null;
}

export const NO_PLANS: PlanBook = { versionAt: () => null, nextFrom: () => null };
