import { formatAmount, type Amount } from '#amounts';
import type { RevenueTally } from '#ledger';
import { Counter, type Registry } from 'prom-client';

const LABELS = ['environment', 'unit'] as const;
type Labels = Record<(typeof LABELS)[number], string>;

/** Units are chosen freely, and each is a series for ever. Those beyond are counted together. */
const SERIES_MAX = 100;
const OTHER = 'other';

/** What the ledger couldn't charge to credits. Counters are floats: exact figures are in the events and the transfers. */
export class RevenueCounters {
  private readonly uncollected: Counter<keyof Labels>;
  private readonly debtIncurred: Counter<keyof Labels>;
  private readonly debtRepaid: Counter<keyof Labels>;
  private readonly lateCommits: Counter<keyof Labels>;
  private readonly seen = new Set<string>();

  constructor(registry: Registry) {
    const counter = (name: string, help: string): Counter<keyof Labels> =>
      new Counter({ name, help, labelNames: LABELS, registers: [registry] });
    this.uncollected = counter(
      'purser_uncollected_total',
      'What commits asked for, or was missing to commitments, and neither credits nor debt covered.',
    );
    this.debtIncurred = counter('purser_debt_incurred_total', 'Usage that became debt.');
    this.debtRepaid = counter('purser_debt_repaid_total', 'Debt that grants have repaid, and refunds to debt.');
    this.lateCommits = counter('purser_late_commits_total', 'Commits that came after their hold had expired.');
  }

  add(tally: RevenueTally): void {
    const labels = this.labelsOf(tally);
    addAmount(this.uncollected, labels, tally.uncollected);
    addAmount(this.debtIncurred, labels, tally.debtIncurred);
    addAmount(this.debtRepaid, labels, tally.debtRepaid);
    if (tally.lateCommits > 0) this.lateCommits.inc(labels, tally.lateCommits);
  }

  private labelsOf({ environment, unit }: Labels): Labels {
    const series = `${environment} ${unit}`;
    if (!this.seen.has(series) && this.seen.size >= SERIES_MAX) return { environment, unit: OTHER };
    this.seen.add(series);
    return { environment, unit };
  }
}

function addAmount(counter: Counter<keyof Labels>, labels: Labels, amount: Amount): void {
  if (!amount.isZero()) counter.inc(labels, Number(formatAmount(amount)));
}
