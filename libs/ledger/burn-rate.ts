import { Amount, ZERO } from '#amounts';

/** How fast an account uses its credits: all it has ever used, and what that was at some instants of the last hour. */
export interface BurnRate {
  total: Amount;
  /** Oldest first. */
  samples: readonly UsageSample[];
}

export interface UsageSample {
  /** By the account's clock, in milliseconds since 1970. */
  readonly at: number;
  readonly total: Amount;
}

export interface TimeLeft {
  /** For how many hours what is posted lasts, at the last hour's rate, to a tenth; 0 where nothing is left. */
  readonly hoursLeft: Amount;
  readonly usedLastHour: Amount;
}

const MINUTE_MS = 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
/** So an hour is known to five minutes, by at most 12 samples. */
const SAMPLE_MS = 5 * 60 * 1000;

export function noBurnRate(): BurnRate {
  return { total: ZERO, samples: [] };
}

/** Adds usage. @returns whether it took a sample, which is to be stored */
export function addUsage(burnRate: BurnRate, amount: Amount, now: number): boolean {
  const last = burnRate.samples.at(-1);
  const isDue = last === undefined || now - last.at >= SAMPLE_MS;
  if (isDue) burnRate.samples = [...samplesOfLastHour(burnRate, now), { at: now, total: burnRate.total }];
  burnRate.total = burnRate.total.plus(amount);
  return isDue;
}

/** @returns `null` where nothing was used in the last hour */
export function timeLeft(burnRate: BurnRate, posted: Amount, now: number): TimeLeft | null {
  const [first] = samplesOfLastHour(burnRate, now);
  if (!first) return null;
  const usedLastHour = burnRate.total.minus(first.total);
  const hoursLeft = posted.gt(ZERO) ? posted.div(usedLastHour).toDecimalPlaces(1) : ZERO;
  return { hoursLeft, usedLastHour };
}

/** What is used in a minute, at the last hour's rate; nothing where nothing was used in it. */
export function burnPerMinute(burnRate: BurnRate, now: number): Amount {
  const [first] = samplesOfLastHour(burnRate, now);
  if (!first) return ZERO;
  const minutes = Math.max((now - first.at) / MINUTE_MS, 1);
  return burnRate.total.minus(first.total).div(minutes).toDecimalPlaces(12, Amount.ROUND_DOWN);
}

/** All that was used between a sample and the next was used within five minutes of the first of them. */
function samplesOfLastHour({ samples }: BurnRate, now: number): readonly UsageSample[] {
  return samples.filter(({ at }) => now - at < HOUR_MS);
}
