import type { PlanTermsJson } from '#ledger';
import type { Queryable } from '../queryable.ts';
import { idOf, pageOf, type Page, type PageRequest } from '../read/page.ts';
import type { Plan, PlanVersion } from './plan.ts';

export interface NewPlan {
  readonly id: string;
  readonly environment: string;
  readonly createdBy: string;
}

export interface NewPlanVersion extends Pick<PlanVersion, 'version' | 'name' | 'terms' | 'cardUnit' | 'appliesFrom'> {
  readonly plan: string;
  readonly createdBy: string;
}

export async function insertPlan(database: Queryable, { id, environment, createdBy }: NewPlan): Promise<void> {
  await database.query('insert into plans (id, environment, version, created_by) values ($1, $2, 1, $3)', [
    id,
    environment,
    createdBy,
  ]);
}

/** Adds a version, which becomes the plan's newest. The plan is locked, or new. */
export async function insertPlanVersion(database: Queryable, added: NewPlanVersion): Promise<void> {
  const { plan, version, name, terms, cardUnit, createdBy } = added;
  const appliesFrom = added.appliesFrom === null ? null : new Date(added.appliesFrom);
  await database.query(
    `insert into plan_versions (plan, version, name, terms, card_unit, applies_from, created_by)
    values ($1, $2, $3, $4, $5, $6, $7)`,
    [plan, version, name, JSON.stringify(terms), cardUnit, appliesFrom, createdBy],
  );
  if (version > 1) await database.query('update plans set version = $2 where id = $1', [plan, version]);
}

/** Until the transaction ends, whoever else changes it waits. */
export async function lockPlan(database: Queryable, environment: string, id: string): Promise<Plan | null> {
  await database.query('select from plans where environment = $1 and id = $2 for no key update', [environment, id]);
  return findPlan(database, environment, id);
}

export async function findPlan(database: Queryable, environment: string, id: string): Promise<Plan | null> {
  const { rows } = await database.query<PlanRow>(`${SELECT} where p.environment = $1 and p.id = $2`, [environment, id]);
  return rows[0] ? planFromRow(rows[0]) : null;
}

/** An environment's plans, newest first. */
export async function listPlans(database: Queryable, environment: string, page: PageRequest): Promise<Page<Plan>> {
  const { rows } = await database.query<PlanRow>(
    `${SELECT} where p.environment = $1 and ($2::uuid is null or p.id < $2) order by p.id desc limit $3`,
    [environment, page.after, page.limit + 1],
  );
  return pageOf(rows, page, idOf, planFromRow);
}

const SELECT = `select p.id, p.environment, p.created_at as plan_created_at, v.version, v.name, v.terms, v.card_unit,
    v.applies_from, v.created_at
  from plans p join plan_versions v on v.plan = p.id and v.version = p.version`;

interface PlanRow {
  readonly id: string;
  readonly environment: string;
  readonly plan_created_at: Date;
  readonly version: number;
  readonly name: string;
  readonly terms: PlanTermsJson;
  readonly card_unit: string | null;
  readonly applies_from: Date | null;
  readonly created_at: Date;
}

function planFromRow(row: PlanRow): Plan {
  return {
    id: row.id,
    environment: row.environment,
    planCreatedAt: row.plan_created_at.getTime(),
    version: row.version,
    name: row.name,
    terms: row.terms,
    cardUnit: row.card_unit,
    appliesFrom: row.applies_from?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
  };
}
