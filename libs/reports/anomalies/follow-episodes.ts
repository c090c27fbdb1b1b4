import type { Anomaly } from './anomaly.ts';
import { HOUR_MS, isUnusual, type JudgedHour } from './unusual-hour.ts';

/** What a look has found of one subject: all usage together, or that of a model. */
export interface Look {
  /** `null`: all usage. */
  readonly model: string | null;
  /** The hour under way, the one before, and those that it was asked to look at again. */
  readonly hours: readonly JudgedHour[];
}

/** What is to be done about what a look has found. */
export type Step =
  | { readonly type: 'suspect'; readonly model: string | null; readonly hour: JudgedHour }
  /** The second look says so too: it is told. */
  | { readonly type: 'open'; readonly anomaly: Anomaly; readonly hour: JudgedHour }
  | { readonly type: 'go_on'; readonly anomaly: Anomaly; readonly lastHour: number; readonly peak: JudgedHour | null }
  /** The second look says otherwise. */
  | { readonly type: 'forget'; readonly anomaly: Anomaly }
  | { readonly type: 'end'; readonly anomaly: Anomaly };

/** An episode is over when no hour was unusual for so long. */
const QUIET_MS = 24 * HOUR_MS;

export interface Looked {
  readonly looks: readonly Look[];
  /** The account's episodes under way. */
  readonly underWay: readonly Anomaly[];
  /** By the account's clock. */
  readonly now: number;
  /** Real time. */
  readonly realNow: number;
  /** The least time between two looks that count as two. */
  readonly betweenLooksMs: number;
}

/** Decides what becomes of an account's episodes. A model isn't told of while all usage together is. */
export function followEpisodes(looked: Looked): readonly Step[] {
  const { looks, underWay } = looked;
  const ofAll = looks.filter(({ model }) => model === null);
  const isAllUnusual = underWay.some(({ model }) => model === null) || ofAll.some(({ hours }) => hours.some(isUnusual));
  return looks.flatMap((look): readonly Step[] => {
    const anomaly = underWay.find(({ model }) => model === look.model);
    const isPartOfAll = isAllUnusual && look.model !== null;
    if (anomaly?.state === 'suspected' && isPartOfAll) return [{ type: 'forget', anomaly }];
    if (anomaly) return followOne(looked, anomaly, look.hours);
    const first = isPartOfAll ? undefined : look.hours.find(isUnusual);
    return first ? [{ type: 'suspect', model: look.model, hour: first }] : [];
  });
}

function followOne(
  { now, realNow, betweenLooksMs }: Looked,
  anomaly: Anomaly,
  hours: readonly JudgedHour[],
): readonly Step[] {
  if (anomaly.state === 'suspected') {
    const hour = hours.find((one) => one.hour === anomaly.startedAt);
    if (!hour || !isUnusual(hour)) return [{ type: 'forget', anomaly }];
    return realNow - anomaly.lookedAt < betweenLooksMs ? [] : [{ type: 'open', anomaly, hour }];
  }
  const unusual = hours.filter((one) => isUnusual(one) && one.hour >= anomaly.lastHour);
  const lastHour = Math.max(anomaly.lastHour, ...unusual.map(({ hour }) => hour));
  if (now - (lastHour + HOUR_MS) >= QUIET_MS) return [{ type: 'end', anomaly }];
  const peak = unusual.find(({ used }) => used.gt(anomaly.used)) ?? null;
  return peak || lastHour > anomaly.lastHour ? [{ type: 'go_on', anomaly, lastHour, peak }] : [];
}
