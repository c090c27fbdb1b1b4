import { PolledSnapshot } from '#background';
import type { Pool } from '#database';
import { formatAmount, type JsonObject } from '#amounts';
import { DEFAULT_ALERT_RULES, effectiveRules, type AlertRules } from '#ledger';
import { queryable, type Queryable } from '../queryable.ts';
import { change, type ChangeAnswer, type Changed, type ChangeRequest } from '../change/change.ts';
import { alertRules, type StoredRules } from '../tables/json-forms.ts';

const REFRESH_MS = 500;

type RulesByEnvironment = Map<string, AlertRules>;

/** The alert rules of environments, for accounts that have none of their own. Kept in memory, as engines need them. */
export class AlertDefaults {
  private constructor(
    private readonly pool: Pool,
    private readonly snapshot: PolledSnapshot<RulesByEnvironment>,
  ) {}

  /** Loads them and follows their changes, which other processes may make, until it is closed. */
  static async open(pool: Pool, log: (line: string) => void): Promise<AlertDefaults> {
    const load = (last: RulesByEnvironment | null): Promise<RulesByEnvironment> => loadRules(pool, last);
    const title = 'The look-up of alert rules';
    return new AlertDefaults(pool, await PolledSnapshot.open({ title, everyMs: REFRESH_MS, load, log }));
  }

  /** Always the same map: an engine that was given it sees every change. */
  get rules(): ReadonlyMap<string, AlertRules> {
    return this.snapshot.value;
  }

  of(environment: string): AlertRules {
    return this.rules.get(environment) ?? DEFAULT_ALERT_RULES;
  }

  /**
   * Sets those of the actor's environment: for decisions of this process at once, for those of others within half a second.
   *
   * @throws {LedgerUnavailable} where the database isn't there or the outcome of the commit is unknown
   */
  async set(request: ChangeRequest, rules: AlertRules, answer: ChangeAnswer): Promise<Changed<never>> {
    const { environment } = request;
    const result = await change<never>(this.pool, request, async (database) => {
      const before = auditView(await lockRules(database, environment));
      const after = auditView(rules);
      if (JSON.stringify(before) === JSON.stringify(after)) return { ok: true, answer, audited: [] };
      await updateRules(database, environment, rules);
      return { ok: true, answer, audited: [{ environment, object: 'alerts', before, after }] };
    });
    await this.snapshot.noticeChange();
    return result;
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }
}

async function loadRules(pool: Pool, last: RulesByEnvironment | null): Promise<RulesByEnvironment> {
  const { rows } = await queryable(pool).query<{ name: string; alert_rules: StoredRules }>(
    'select name, alert_rules from environments',
  );
  const rules = last ?? new Map<string, AlertRules>();
  for (const { name, alert_rules } of rows) rules.set(name, completeRules(alert_rules));
  return rules;
}

async function lockRules(database: Queryable, environment: string): Promise<AlertRules> {
  const { rows } = await database.query<{ alert_rules: StoredRules }>(
    'select alert_rules from environments where name = $1 for no key update',
    [environment],
  );
  const [row] = rows;
  if (!row) throw new Error(`there is no environment ${environment}`);
  return completeRules(row.alert_rules);
}

async function updateRules(database: Queryable, environment: string, rules: AlertRules): Promise<void> {
  await database.query('update environments set alert_rules = $2 where name = $1', [
    environment,
    alertRules.write(rules),
  ]);
}

function completeRules(stored: StoredRules): AlertRules {
  return effectiveRules(alertRules.read(stored));
}

function auditView({ percent, remaining, runOutDays }: AlertRules): JsonObject {
  return { percent: [...percent], remaining: remaining.map(formatAmount), run_out_days: runOutDays };
}
