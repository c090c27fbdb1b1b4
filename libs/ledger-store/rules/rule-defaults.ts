import { PolledSnapshot } from '#background';
import type { JsonObject } from '#amounts';
import type { Pool } from '#database';
import { environmentRulesFrom, NO_LIMIT_RULES, rulesJson, type Rules } from '#ledger';
import { change, type ChangeAnswer, type Changed, type ChangeRequest } from '../change/change.ts';
import { queryable, type Queryable } from '../queryable.ts';

const REFRESH_MS = 500;

interface StoredRules {
  readonly text: string;
  readonly rules: Rules;
}

/** By environment, of those that have any. */
type StoredByEnvironment = ReadonlyMap<string, StoredRules>;

/** The rules of environments against usage that runs away. Kept in memory, as engines need them. */
export class RuleDefaults {
  /** Always the same map: an engine that was given it sees every change. */
  readonly rules: ReadonlyMap<string, Rules>;

  private constructor(
    private readonly pool: Pool,
    private readonly snapshot: PolledSnapshot<StoredByEnvironment>,
    rules: ReadonlyMap<string, Rules>,
  ) {
    this.rules = rules;
  }

  /** Loads them and follows their changes, which other processes may make, until it is closed. */
  static async open(pool: Pool, log: (line: string) => void): Promise<RuleDefaults> {
    const rules = new Map<string, Rules>();
    const load = async (last: StoredByEnvironment | null): Promise<StoredByEnvironment> => {
      const stored = await loadRules(queryable(pool), last);
      for (const name of rules.keys()) if (!stored.has(name)) rules.delete(name);
      for (const [name, one] of stored) rules.set(name, one.rules);
      return stored;
    };
    const title = 'The look-up of rules';
    return new RuleDefaults(pool, await PolledSnapshot.open({ title, everyMs: REFRESH_MS, load, log }), rules);
  }

  of(environment: string): Rules {
    return this.rules.get(environment) ?? NO_LIMIT_RULES;
  }

  /**
   * Sets those of the actor's environment: for decisions of this process at once, for those of others within half a second.
   *
   * @throws {LedgerUnavailable} where the database isn't there or the outcome of the commit is unknown
   */
  async set(request: ChangeRequest, rules: Rules, answer: ChangeAnswer): Promise<Changed<never>> {
    const { environment } = request;
    const result = await change<never>(this.pool, request, async (database) => {
      const before = await lockRules(database, environment);
      const after = storedForm(rules);
      if (JSON.stringify(before) === JSON.stringify(after)) return { ok: true, answer, audited: [] };
      await database.query('update environments set rules = $2 where name = $1', [environment, JSON.stringify(after)]);
      return { ok: true, answer, audited: [{ environment, object: 'rules', before, after }] };
    });
    await this.snapshot.noticeChange();
    return result;
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }
}

/** Rules that are the same as before stay the same object, of which decisions remember what comes of it. */
async function loadRules(database: Queryable, last: StoredByEnvironment | null): Promise<StoredByEnvironment> {
  const { rows } = await database.query<{ name: string; rules: JsonObject }>(
    `select name, rules from environments where rules <> '{}'`,
  );
  return new Map(
    rows.map(({ name, rules: json }) => {
      const text = JSON.stringify(json);
      const known = last?.get(name);
      return [name, known?.text === text ? known : { text, rules: environmentRulesFrom(json) }];
    }),
  );
}

async function lockRules(database: Queryable, environment: string): Promise<JsonObject> {
  const { rows } = await database.query<{ rules: JsonObject }>(
    'select rules from environments where name = $1 for no key update',
    [environment],
  );
  const [row] = rows;
  if (!row) throw new Error(`there is no environment ${environment}`);
  return storedForm(environmentRulesFrom(row.rules));
}

/** Without lists of nothing. */
function storedForm(rules: Rules): JsonObject {
  return Object.fromEntries(
    Object.entries(rulesJson(rules)).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}
