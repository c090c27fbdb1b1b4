import { Amount } from '#amounts';
import type { AccountKey } from '#ledger';

export const ANOMALY_STATES = ['open', 'acknowledged', 'closed'] as const;
/** What somebody has said about it. Whether it goes on is told by `endedAt`. */
export type AnomalyState = (typeof ANOMALY_STATES)[number];

/** An episode of hours that used more than is usual. Times are the account's, in milliseconds since 1970. */
export interface Anomaly {
  readonly accountKey: AccountKey;
  readonly id: string;
  /** `null`: all usage together. */
  readonly model: string | null;
  /** `suspected`: it was seen once, and nobody is told of it. */
  readonly state: AnomalyState | 'suspected';
  /** The first hour and the last one, each by when it begins. */
  readonly startedAt: number;
  readonly lastHour: number;
  /** `null`: it goes on. */
  readonly endedAt: number | null;
  /** The hour that used most, what it used, and what it was compared with. */
  readonly peak: number;
  readonly used: Amount;
  readonly usual: Amount;
  readonly threshold: Amount;
  /** When it was seen last, in real time. */
  readonly lookedAt: number;
}

/** A row of the table, as the driver reads it. */
export interface AnomalyRow {
  readonly account_id: AccountKey;
  readonly id: string;
  readonly model: string;
  readonly state: Anomaly['state'];
  readonly started_at: Date;
  readonly last_hour: Date;
  readonly ended_at: Date | null;
  readonly peak: Date;
  readonly used: string;
  readonly usual: string;
  readonly threshold: string;
  readonly looked_at: Date;
}

export function anomalyFromRow(row: AnomalyRow): Anomaly {
  return {
    accountKey: row.account_id,
    id: row.id,
    model: row.model === ALL_USAGE ? null : row.model,
    state: row.state,
    startedAt: row.started_at.getTime(),
    lastHour: row.last_hour.getTime(),
    endedAt: row.ended_at?.getTime() ?? null,
    peak: row.peak.getTime(),
    used: new Amount(row.used),
    usual: new Amount(row.usual),
    threshold: new Amount(row.threshold),
    lookedAt: row.looked_at.getTime(),
  };
}

/** How the table says that an anomaly is of no single model. */
export const ALL_USAGE = '';
