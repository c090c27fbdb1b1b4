import { PolledSnapshot } from '#background';
import type { Pool } from '#database';
import { MAX_BUDGETS, publicId, type Budget, type LedgerRules } from '#ledger';
import { change, type ChangeAnswer, type Changed, type ChangeOutcome, type ChangeRequest } from '../change/change.ts';
import { budgetView } from '../engine/audit.ts';
import { queryable, type Queryable } from '../queryable.ts';
import { budgets, type StoredBudget } from '../tables/json-forms.ts';

const REFRESH_MS = 500;
const NONE: readonly Budget[] = [];

/** A budget that was set, and whether it wasn't there before. */
export interface SetBudget {
  readonly budget: Budget;
  readonly created: boolean;
}

/** The budgets that every account of an environment has. Kept in memory, as decisions need them. */
export class CommonBudgets implements Pick<LedgerRules, 'budgets'> {
  private constructor(
    private readonly pool: Pool,
    private readonly snapshot: PolledSnapshot<BudgetsByEnvironment>,
  ) {}

  /** Loads them and follows their changes, which other processes may make, until it is closed. */
  static async open(pool: Pool, log: (line: string) => void): Promise<CommonBudgets> {
    const load = (last: BudgetsByEnvironment | null): Promise<BudgetsByEnvironment> => loadBudgets(pool, last);
    const title = 'The look-up of budgets';
    return new CommonBudgets(pool, await PolledSnapshot.open({ title, everyMs: REFRESH_MS, load, log }));
  }

  /** By environment. Always the same map: an engine that was given it sees every change. */
  get budgets(): ReadonlyMap<string, readonly Budget[]> {
    return this.snapshot.value.budgets;
  }

  of(environment: string): readonly Budget[] {
    return this.budgets.get(environment) ?? NONE;
  }

  /**
   * Sets one of the actor's environment by its name: for decisions of this process at once, for those of others within half a
   * second. One that is there keeps its id, and when it was made.
   *
   * @throws {LedgerUnavailable} where the database isn't there or the outcome of the commit is unknown
   */
  set(
    request: ChangeRequest,
    given: Budget,
    answer: (made: SetBudget) => ChangeAnswer,
  ): Promise<Changed<'too_many_budgets'>> {
    return this.change<'too_many_budgets'>(request, async (database) => {
      const all = await lockBudgets(database, request.environment);
      const earlier = all.find(({ name }) => name === given.name);
      if (!earlier && all.length >= MAX_BUDGETS) return { ok: false, refusal: 'too_many_budgets' };
      const budget = earlier ? { ...given, id: earlier.id, createdAt: earlier.createdAt } : given;
      const others = all.filter((one) => one !== earlier);
      return write(database, request, [...others, budget], {
        answer: answer({ budget, created: !earlier }),
        before: earlier ?? null,
        after: budget,
      });
    });
  }

  /** Takes one away, by its name. Set again, it goes on. */
  remove(
    request: ChangeRequest,
    name: string,
    answer: (removed: Budget) => ChangeAnswer,
  ): Promise<Changed<'budget_not_found'>> {
    return this.change<'budget_not_found'>(request, async (database) => {
      const all = await lockBudgets(database, request.environment);
      const removed = all.find((one) => one.name === name);
      if (!removed) return { ok: false, refusal: 'budget_not_found' };
      const others = all.filter((one) => one !== removed);
      return write(database, request, others, { answer: answer(removed), before: removed, after: null });
    });
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }

  private async change<Refusal extends string>(
    request: ChangeRequest,
    work: (database: Queryable) => Promise<ChangeOutcome<Refusal>>,
  ): Promise<Changed<Refusal>> {
    const result = await change<Refusal>(this.pool, request, work);
    await this.snapshot.noticeChange();
    return result;
  }
}

interface BudgetsByEnvironment {
  /** As they are stored. */
  readonly texts: Map<string, string>;
  readonly budgets: Map<string, readonly Budget[]>;
}

/** A list that is as it was stays the same object, by which decisions know that they have read it already. */
async function loadBudgets(pool: Pool, last: BudgetsByEnvironment | null): Promise<BudgetsByEnvironment> {
  const { rows } = await queryable(pool).query<{ name: string; text: string }>(
    'select name, budgets::text as text from environments',
  );
  const loaded = last ?? { texts: new Map<string, string>(), budgets: new Map<string, readonly Budget[]>() };
  for (const { name, text } of rows) {
    if (loaded.texts.get(name) === text) continue;
    loaded.texts.set(name, text);
    loaded.budgets.set(name, budgets.read(JSON.parse(text) as readonly StoredBudget[]));
  }
  return loaded;
}

async function lockBudgets(database: Queryable, environment: string): Promise<readonly Budget[]> {
  const { rows } = await database.query<{ budgets: readonly StoredBudget[] }>(
    'select budgets from environments where name = $1 for no key update',
    [environment],
  );
  const [row] = rows;
  if (!row) throw new Error(`there is no environment ${environment}`);
  return budgets.read(row.budgets);
}

interface Written {
  readonly answer: ChangeAnswer;
  readonly before: Budget | null;
  readonly after: Budget | null;
}

async function write(
  database: Queryable,
  { environment }: ChangeRequest,
  all: readonly Budget[],
  { answer, ...changed }: Written,
): Promise<ChangeOutcome<never>> {
  const before = changed.before && budgetView(changed.before);
  const after = changed.after && budgetView(changed.after);
  if (JSON.stringify(before) === JSON.stringify(after)) return { ok: true, answer, audited: [] };
  await database.query('update environments set budgets = $2 where name = $1', [environment, budgets.write(all)]);
  const { id = '' } = changed.after ?? changed.before ?? {};
  return { ok: true, answer, audited: [{ environment, object: publicId('budget', id), before, after }] };
}
