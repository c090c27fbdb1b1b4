import type { Pool } from '#database';
import { DEFAULT_ALERT_RULES, newUuid, type AlertRules } from '#ledger';
import { asking, type Asking } from '../asking.ts';
import type { AuditEntry } from '../engine/audit.ts';
import type { Actor } from '../engine/submission.ts';
import { alertRules, type StoredRules } from '../tables/json-forms.ts';
import { transact } from '../transact.ts';
import { enterInAudit } from '../write/write-changes.ts';

const REFRESH_MS = 500;

/** The alert rules of environments, for accounts that have none of their own. Kept in memory, as engines need them. */
export class AlertDefaults {
  private readonly byEnvironment = new Map<string, AlertRules>();
  private timer: NodeJS.Timeout | null = null;
  private refreshing: Promise<void> | null = null;

  private constructor(private readonly pool: Pool) {}

  /** Loads them and follows their changes, which other processes may make, until it is closed. */
  static async open(pool: Pool, log: (line: string) => void): Promise<AlertDefaults> {
    const defaults = new AlertDefaults(pool);
    await defaults.refresh();
    defaults.timer = setInterval(() => defaults.follow(log), REFRESH_MS).unref();
    return defaults;
  }

  get rules(): ReadonlyMap<string, AlertRules> {
    return this.byEnvironment;
  }

  of(environment: string): AlertRules {
    return this.byEnvironment.get(environment) ?? DEFAULT_ALERT_RULES;
  }

  /**
   * Sets them: for decisions of this process at once, for those of others within half a second.
   *
   * @throws {LedgerUnavailable} where the database isn't there or the outcome of the commit is unknown
   */
  async set(environment: string, rules: AlertRules, actor: Actor): Promise<AlertRules> {
    await transact(this.pool, async (client) => {
      const before = auditView(await locked(asking(client), environment));
      const after = auditView(rules);
      if (JSON.stringify(before) === JSON.stringify(after)) return { result: null, writes: [] };
      const at = Date.now();
      const entry: AuditEntry = { id: newUuid(at), environment, actor, object: 'alerts', before, after, at };
      return { result: null, writes: [update(environment, rules), ...enterInAudit([entry])] };
    });
    // A look that began before the commit ends with the rules of before.
    await this.refreshing;
    this.byEnvironment.set(environment, rules);
    return rules;
  }

  async close(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.refreshing;
  }

  /** One look at a time: where the database is slow, they don't pile up, nor does an older one end last. */
  private follow(log: (line: string) => void): void {
    this.refreshing ??= this.refresh()
      .catch((error: unknown) => {
        log(`Alert rules could not be looked up: ${String(error)}`);
      })
      .finally(() => {
        this.refreshing = null;
      });
  }

  private async refresh(): Promise<void> {
    const { rows } = await asking(this.pool).query<{ name: string; alert_rules: StoredRules }>(
      'select name, alert_rules from environments',
    );
    for (const { name, alert_rules } of rows) this.byEnvironment.set(name, completeRules(alert_rules));
  }
}

async function locked(database: Asking, environment: string): Promise<AlertRules> {
  const { rows } = await database.query<{ alert_rules: StoredRules }>(
    'select alert_rules from environments where name = $1 for no key update',
    [environment],
  );
  const [row] = rows;
  if (!row) throw new Error(`there is no environment ${environment}`);
  return completeRules(row.alert_rules);
}

function update(environment: string, rules: AlertRules) {
  return {
    name: 'set_alert_rules',
    text: 'update environments set alert_rules = $2 where name = $1',
    values: [environment, alertRules.write(rules)],
  };
}

function completeRules(stored: StoredRules): AlertRules {
  const { percent, remaining } = alertRules.read(stored);
  return { percent: percent ?? DEFAULT_ALERT_RULES.percent, remaining: remaining ?? DEFAULT_ALERT_RULES.remaining };
}

function auditView({ percent, remaining }: AlertRules) {
  return { percent: [...percent], remaining: remaining.map((level) => level.toFixed()) };
}
