import { canonicalJson, type JsonObject } from '#amounts';
import type { Pool } from '#database';
import { newUuid, publicId, type PlanTermsJson } from '#ledger';
import { setTimeout as sleep } from 'node:timers/promises';
import { change, type ChangeAnswer, type Changed, type ChangeOutcome, type ChangeRequest } from '../change/change.ts';
import { readClock } from '../clocks/test-clocks.ts';
import { queryable, type Queryable } from '../queryable.ts';
import { attemptRead } from '../read/attempt-read.ts';
import type { Page, PageRequest } from '../read/page.ts';
import type { Plan } from './plan.ts';
import type { PlanMirror } from './plan-mirror.ts';
import { findPlan, insertPlan, insertPlanVersion, listPlans, lockPlan } from './plan-rows.ts';

/** `plan_without_periods`: it has no allowance, so no period of it ends with which accounts could take a version. */
export type PlanRefusal = 'plan_not_found' | 'plan_without_periods';

/** By then every process knows a version that accounts are to take. */
const KNOWN_AFTER_MS = 1000;

/** That the terms can be read has been checked, and that there is the rate card. */
export type NamedPlanTerms = Pick<Plan, 'name' | 'terms' | 'cardUnit'>;

export interface PlanUpdate {
  readonly id: string;
  /** What isn't given stays. */
  readonly name?: string;
  readonly terms: Partial<PlanTermsJson>;
  /** Of the rate card that is given; `null` where none is. */
  readonly cardUnit: string | null;
  /** Whether accounts that are on the plan take the change too, with their next period. */
  readonly applies: boolean;
}

type Answer = (plan: Plan) => ChangeAnswer;

/**
 * Plans: managed by requests, each with its entry in the audit log.
 *
 * Every method throws {@link LedgerUnavailable} where the database isn't there or the outcome of a commit is unknown.
 */
export class Plans {
  constructor(
    private readonly pool: Pool,
    private readonly mirror: Pick<PlanMirror, 'noticeChange'>,
  ) {}

  create(request: ChangeRequest, terms: NamedPlanTerms, answer: Answer): Promise<Changed<never>> {
    return change<never>(this.pool, request, async (database) => {
      const { environment, actor } = request;
      const id = newUuid(Date.now());
      const createdBy = actor.keyId;
      await insertPlan(database, { id, environment, createdBy });
      await insertPlanVersion(database, { plan: id, version: 1, ...terms, appliesFrom: null, createdBy });
      return changed(await mustFind(database, environment, id), null, answer);
    });
  }

  /**
   * Adds a version. Whoever comes to the plan from now on takes it. Where it applies to accounts that are on the plan, it is answered when
   * every process knows it: a test clock may be advanced at once.
   */
  async update(request: ChangeRequest, given: PlanUpdate, answer: Answer): Promise<Changed<PlanRefusal>> {
    let knownFrom = 0;
    const result = await change<PlanRefusal>(this.pool, request, async (database) => {
      const { environment, actor } = request;
      const before = await lockPlan(database, environment, given.id);
      if (!before) return { ok: false, refusal: 'plan_not_found' };
      if (given.applies && before.terms.recurring_grants.length === 0) {
        return { ok: false, refusal: 'plan_without_periods' };
      }
      const after = updated(before, given);
      const isApplied = !given.applies || before.appliesFrom !== null;
      if (isSame(before, after) && isApplied) return { ok: true, answer: answer(before), audited: [] };
      const appliesFrom = given.applies ? (await readClock(database, environment)).now + KNOWN_AFTER_MS : null;
      if (given.applies) knownFrom = performance.now() + KNOWN_AFTER_MS;
      const { name, terms, cardUnit } = after;
      const version = before.version + 1;
      const createdBy = actor.keyId;
      await insertPlanVersion(database, { plan: given.id, version, name, terms, cardUnit, appliesFrom, createdBy });
      return changed(await mustFind(database, environment, given.id), before, answer);
    });
    if (knownFrom > 0) await this.mirror.noticeChange();
    await sleep(Math.max(0, knownFrom - performance.now()));
    return result;
  }

  find(environment: string, id: string): Promise<Plan | null> {
    return attemptRead(() => findPlan(queryable(this.pool), environment, id));
  }

  list(environment: string, page: PageRequest): Promise<Page<Plan>> {
    return attemptRead(() => listPlans(queryable(this.pool), environment, page));
  }
}

function updated(before: Plan, { name, terms, cardUnit }: PlanUpdate): Plan {
  return {
    ...before,
    name: name ?? before.name,
    terms: { ...before.terms, ...terms },
    cardUnit: terms.rate_card === undefined ? before.cardUnit : cardUnit,
  };
}

async function mustFind(database: Queryable, environment: string, id: string): Promise<Plan> {
  const plan = await findPlan(database, environment, id);
  if (!plan) throw new Error('a plan was written and not found');
  return plan;
}

function changed<Refusal extends string>(plan: Plan, before: Plan | null, answer: Answer): ChangeOutcome<Refusal> {
  const audited = {
    environment: plan.environment,
    object: publicId('plan', plan.id),
    before: before && auditView(before),
    after: auditView(plan),
  };
  return { ok: true, answer: answer(plan), audited: [audited] };
}

function auditView({ version, name, terms }: Plan): JsonObject {
  return { version, name, ...(terms as unknown as JsonObject) };
}

function isSame(a: Plan, b: Plan): boolean {
  return canonicalJson(auditView(a)) === canonicalJson(auditView(b));
}
