import { canonicalJson, type JsonObject } from '#amounts';
import type { Pool } from '#database';
import { newUuid, publicId, type PlanTermsJson } from '#ledger';
import { change, type ChangeAnswer, type Changed, type ChangeOutcome, type ChangeRequest } from '../change/change.ts';
import { queryable, type Queryable } from '../queryable.ts';
import { attemptRead } from '../read/attempt-read.ts';
import type { Page, PageRequest } from '../read/page.ts';
import type { Plan } from './plan.ts';
import { findPlan, insertPlan, insertPlanVersion, listPlans, lockPlan } from './plan-rows.ts';

export interface NamedPlanTerms {
  readonly name: string;
  /** That they can be read has been checked, and that there is the rate card. */
  readonly terms: PlanTermsJson;
}

export interface PlanChange {
  readonly id: string;
  /** What isn't given stays. */
  readonly name?: string;
  readonly terms: Partial<PlanTermsJson>;
}

type Answer = (plan: Plan) => ChangeAnswer;

/**
 * Plans: managed by requests, each with its entry in the audit log.
 *
 * Every method throws {@link LedgerUnavailable} where the database isn't there or the outcome of a commit is unknown.
 */
export class Plans {
  constructor(private readonly pool: Pool) {}

  create(request: ChangeRequest, { name, terms }: NamedPlanTerms, answer: Answer): Promise<Changed<never>> {
    return change<never>(this.pool, request, async (database) => {
      const { environment, actor } = request;
      const id = newUuid(Date.now());
      const createdBy = actor.keyId;
      await insertPlan(database, { id, environment, createdBy });
      await insertPlanVersion(database, { plan: id, version: 1, name, terms, appliesFrom: null, createdBy });
      return changed(await mustFind(database, environment, id), null, answer);
    });
  }

  /** Adds a version. Whoever comes to the plan from now on takes it. */
  update(request: ChangeRequest, { id, ...given }: PlanChange, answer: Answer): Promise<Changed<'plan_not_found'>> {
    return change<'plan_not_found'>(this.pool, request, async (database) => {
      const { environment, actor } = request;
      const before = await lockPlan(database, environment, id);
      if (!before) return { ok: false, refusal: 'plan_not_found' };
      const name = given.name ?? before.name;
      const terms = { ...before.terms, ...given.terms };
      if (isSame(before, { ...before, name, terms })) return { ok: true, answer: answer(before), audited: [] };
      const version = before.version + 1;
      await insertPlanVersion(database, { plan: id, version, name, terms, appliesFrom: null, createdBy: actor.keyId });
      return changed(await mustFind(database, environment, id), before, answer);
    });
  }

  find(environment: string, id: string): Promise<Plan | null> {
    return attemptRead(() => findPlan(queryable(this.pool), environment, id));
  }

  list(environment: string, page: PageRequest): Promise<Page<Plan>> {
    return attemptRead(() => listPlans(queryable(this.pool), environment, page));
  }
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
