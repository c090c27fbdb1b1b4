import type { Amount } from '#amounts';

/** What happens to what is left of a period at its end. */
export interface Rollover {
  /** The most that all rolled credits of a recurring grant come to; `null`: no bound. */
  readonly max: Amount | null;
  /** How much of what is left rolls over, in percent; `null`: all of it. */
  readonly percent: Amount | null;
  /** How many periods rolled credits live; `null`: they don't expire. */
  readonly periods: number | null;
}

/** Where a grant comes from that was made for a period, or of what was left of one. */
export interface PeriodOrigin {
  /** The recurring grant's name. */
  readonly name: string;
  /** The period; of a rolled grant, the one whose rest it is. */
  readonly start: number;
  readonly end: number;
  /**
   * How many periods it stands for; more than one only where all of them were over when they were booked. None: it is for the rest of a
   * period that was granted before, and whose rest was taken back.
   */
  readonly periods: number;
  /** When the period began that was granted before; `null`: it is the first, or that brought nothing. */
  readonly previous: number | null;
  /** What happens to what is left at its end. `until`: when rolled credits expire. */
  readonly rollover: (Pick<Rollover, 'max' | 'percent'> & { readonly until: number | null }) | null;
  /** The UUID of the grant whose rest it is; `null`: it is the period's own. */
  readonly from: string | null;
}
