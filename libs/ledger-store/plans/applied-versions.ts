import type { PlanBook, PlanTermsJson, PlanVersionRef } from '#ledger';
import type { Queryable } from '../queryable.ts';

/** A version that accounts on the plan take with the first period that begins at an instant or later. */
export interface AppliedVersion {
  readonly ref: PlanVersionRef;
  readonly from: number;
}

export async function countAppliedVersions(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    'select count(*)::integer as count from plan_versions where applies_from is not null',
  );
  return rows[0]?.count ?? 0;
}

/** @param plans those of these plans; `null`: of all */
export async function findAppliedVersions(
  database: Queryable,
  plans: readonly string[] | null,
): Promise<readonly AppliedVersion[]> {
  const { rows } = await database.query<AppliedRow>(
    `select plan, version, name, terms, card_unit, applies_from from plan_versions
    where applies_from is not null and ($1::uuid[] is null or plan = any($1)) order by plan, version`,
    [plans],
  );
  return rows.map(({ plan, version, name, terms, card_unit: cardUnit, applies_from }) => ({
    ref: { plan, version, name, terms, cardUnit },
    from: applies_from.getTime(),
  }));
}

/** @param versions of each plan in their order */
export function planBook(versions: readonly AppliedVersion[]): PlanBook {
  const byPlan = Map.groupBy(versions, ({ ref }) => ref.plan);
  return {
    versionAt: (plan, at) => byPlan.get(plan)?.findLast(({ from }) => from <= at)?.ref ?? null,
    nextFrom: (plan, version) => {
      const newer = (byPlan.get(plan) ?? []).filter(({ ref }) => ref.version > version);
      return newer.length === 0 ? null : Math.min(...newer.map(({ from }) => from));
    },
  };
}

interface AppliedRow {
  readonly plan: string;
  readonly version: number;
  readonly name: string;
  readonly terms: PlanTermsJson;
  readonly card_unit: string | null;
  readonly applies_from: Date;
}
