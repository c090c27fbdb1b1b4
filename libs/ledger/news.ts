/** The data of events that tell of no change: somebody has looked at what an account used, and found something. */

export interface AnomalyOpenedData {
  readonly anomaly: string;
  /** The model whose usage it is; `null`: all usage together. */
  readonly model: string | null;
  readonly window: { readonly start: string; readonly end: string };
  /** What the hour had used when it was found, what is usual in such an hour, and how much would have been nothing unusual. */
  readonly used: string;
  readonly usual: string;
  readonly threshold: string;
}

export interface RunOutData {
  readonly runs_out_at: string;
  readonly days_ahead: number;
  /** Between which times they run out in 8 of 10 cases, where that can be said; `null`: not within the horizon. */
  readonly range: { readonly earliest: string | null; readonly latest: string | null } | null;
  /** What is used on a usual day. */
  readonly usual_daily_usage: string;
}
