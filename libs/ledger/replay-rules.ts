import { Amount, ZERO } from '#amounts';
import type { Tags } from './authorization.ts';
import { windowStartOf } from './findings.ts';
import type { AccountKey } from './ids.ts';
import { NO_PACE, paceAfter, paceCorrected, roomIn, type Pace } from './pace.ts';
import type { LoopRule, NapRule, Rate, RateRule, Reaction, Rules, SpikeRule } from './rules.ts';
import { SPIKE_DAYS, spikeIn } from './spikes.ts';
import { valueOfTag } from './tag-values.ts';

/** A request of the past, as rules would have seen it. Times are milliseconds since 1970. */
export interface PastRequest {
  readonly account: AccountKey;
  readonly at: number;
  /** When nothing was held any more; `null`: it never held. */
  readonly closedAt: number | null;
  readonly amount: Amount;
  /** What it was charged in the end. */
  readonly charged: Amount;
  readonly tags: Tags;
  /** What it asked for, in a form that is the same for the same. */
  readonly asked: string;
  /** The most output tokens that it stated or was held for, and those that it had. */
  readonly outputAskedFor: number;
  readonly output: number;
}

/** What a rule would have declined of the requests with a value of its tag. */
export interface Caught {
  readonly account: AccountKey;
  readonly rule: 'max_amount' | 'max_open_holds' | 'max_output_tokens' | 'rate' | 'nap' | 'spike' | 'loop';
  readonly tag: string | null;
  readonly value: string | null;
  declined: number;
  /** What these were charged. */
  saved: Amount;
  readonly firstAt: number;
}

interface PastRestraint {
  readonly until: number;
  /** `null`: suspended. */
  readonly rate: Rate | null;
  pace: Pace;
}

interface By {
  readonly rule: Caught['rule'];
  readonly tag: string | null;
  readonly value: string | null;
}

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/**
 * Replays requests through rules, one after the other, as if the rules had held from the first of them on. What is declined isn't
 * counted by any rule, and was charged nothing. A spike or loop acts from the request on that makes it one.
 */
export class Replay {
  readonly caught = new Map<string, Caught>();
  requests = 0;
  private readonly paces = new Map<string, Pace>();
  private readonly naps = new Map<string, number>();
  private readonly open = new Map<AccountKey, number[]>();
  private readonly hours = new Map<string, Amount>();
  private readonly minutes = new Map<string, number>();
  /** Usage that is suspended or slowed down. */
  private readonly restrained = new Map<string, PastRestraint>();
  /** Replies that have not ended yet, for their naps. */
  private replies: PastRequest[] = [];

  /** @param countFrom requests before it are only what rules look back at */
  constructor(
    private readonly rules: Rules,
    private readonly countFrom: number,
  ) {}

  /** In the order in which they were made. */
  add(request: PastRequest): void {
    this.endReplies(request.at);
    const by = this.decliner(request);
    if (request.at >= this.countFrom) {
      this.requests += 1;
      if (by) this.note(request, by);
    }
    if (!by || request.at < this.countFrom) this.take(request);
  }

  private decliner(request: PastRequest): By | null {
    const { maxAmount, maxOpenHolds, maxOutputTokens, rate, nap, spike, loop } = this.rules;
    const restraining = [
      ...spike.map((rule) => ['spike', rule] as const),
      ...loop.map((rule) => ['loop', rule] as const),
    ];
    for (const [name, rule] of restraining)
      if (this.isRestrained(name, rule, request)) return byTag(name, rule, request);
    if (maxAmount && request.amount.gt(maxAmount)) return byAccount('max_amount');
    if (maxOutputTokens !== null && request.outputAskedFor > maxOutputTokens) return byAccount('max_output_tokens');
    if (maxOpenHolds !== null && request.closedAt !== null && this.openAt(request) >= maxOpenHolds)
      return byAccount('max_open_holds');
    for (const rule of nap) {
      if ((this.naps.get(this.placeOf('nap', rule, request)) ?? 0) > request.at) return byTag('nap', rule, request);
    }
    const tooFast = rate.find((rule) => this.isTooFast(rule, request));
    return tooFast ? byTag('rate', tooFast, request) : null;
  }

  private isTooFast(rule: RateRule, request: PastRequest): boolean {
    const pace = this.paces.get(this.placeOf('rate', rule, request)) ?? NO_PACE;
    return roomIn(pace, rule, request.at).lt(askedOf(rule, request));
  }

  /** Counts a request that was let through. */
  private take(request: PastRequest): void {
    const { rate, nap, spike, loop } = this.rules;
    for (const rule of rate) {
      const place = this.placeOf('rate', rule, request);
      const taken = paceAfter(this.paces.get(place) ?? NO_PACE, rule, askedOf(rule, request), request.at);
      // What wasn't used came back when it was committed; within the period of a rate that is most often at once.
      const unused = rule.of === 'amount' ? request.charged.minus(request.amount) : ZERO;
      this.paces.set(place, unused.isNegative() ? paceCorrected(taken, rule, unused) : taken);
    }
    if (request.closedAt !== null) this.open.get(request.account)?.push(request.closedAt);
    if (nap.length > 0 && request.output > 0) this.replies.push(request);
    for (const rule of spike) this.lookForSpike(rule, request);
    for (const rule of loop) this.lookForLoop(rule, request);
  }

  private openAt({ account, at }: PastRequest): number {
    const open = (this.open.get(account) ?? []).filter((closedAt) => closedAt > at);
    this.open.set(account, open);
    return open.length;
  }

  private endReplies(now: number): void {
    if (this.replies.length === 0) return;
    const ended = this.replies.filter((one) => (one.closedAt ?? one.at) <= now);
    if (ended.length === 0) return;
    this.replies = this.replies.filter((one) => (one.closedAt ?? one.at) > now);
    for (const one of ended) for (const rule of this.rules.nap) this.rest(rule, one);
  }

  private rest(rule: NapRule, request: PastRequest): void {
    if (request.output <= rule.overOutputTokens) return;
    const place = this.placeOf('nap', rule, request);
    const until = (request.closedAt ?? request.at) + rule.seconds * 1000;
    this.naps.set(place, Math.max(this.naps.get(place) ?? 0, until));
  }

  private lookForSpike(rule: SpikeRule, request: PastRequest): void {
    const place = this.placeOf('spike', rule, request);
    const hour = windowStartOf('spike', request.at);
    const spentIn = (at: number): Amount => this.hours.get(`${place}/${String(at)}`) ?? ZERO;
    const spent = spentIn(hour).plus(request.charged);
    this.hours.set(`${place}/${String(hour)}`, spent);
    const earlier = Array.from({ length: SPIKE_DAYS }, (_, day) => spentIn(hour - (day + 1) * DAY_MS));
    this.countThrottled(place, request);
    const figures = spikeIn(rule, spent, earlier);
    if (!figures) return;
    const limit = Amount.max(figures.usual, rule.floor);
    this.restrain(place, rule, request.at, { of: 'amount', limit, per: 'hour' });
  }

  private lookForLoop(rule: LoopRule, request: PastRequest): void {
    const place = this.placeOf('loop', rule, request);
    const minute = `${place}/${String(windowStartOf('loop', request.at))}/${request.asked}`;
    const requests = (this.minutes.get(minute) ?? 0) + 1;
    this.minutes.set(minute, requests);
    this.countThrottled(place, request);
    if (requests < rule.times) return;
    this.restrain(place, rule, request.at, { of: 'requests', limit: ONE, per: 'minute' });
  }

  private countThrottled(place: string, request: PastRequest): void {
    const restraint = this.inForce(place, request.at);
    if (!restraint?.rate) return;
    restraint.pace = paceAfter(restraint.pace, restraint.rate, askedOf(restraint.rate, request), request.at);
  }

  private restrain(place: string, { action, seconds }: Reaction, at: number, rate: Rate): void {
    if (action === 'alert' || at < this.countFrom) return;
    const until = seconds === null ? Number.POSITIVE_INFINITY : at + seconds * 1000;
    const earlier = this.inForce(place, at);
    const begun = { rate: action === 'throttle' ? rate : null, pace: NO_PACE };
    this.restrained.set(place, { ...(earlier ?? begun), until });
  }

  private inForce(place: string, at: number): PastRestraint | null {
    const restraint = this.restrained.get(place);
    return restraint && restraint.until > at ? restraint : null;
  }

  private isRestrained(name: 'spike' | 'loop', rule: SpikeRule | LoopRule, request: PastRequest): boolean {
    const restraint = this.inForce(this.placeOf(name, rule, request), request.at);
    if (!restraint) return false;
    const { rate, pace } = restraint;
    return rate === null || roomIn(pace, rate, request.at).lt(askedOf(rate, request));
  }

  /** Where a rule counts a request; of two rules that look at the same, each in its own place. */
  private placeOf(
    name: 'rate' | 'nap' | 'spike' | 'loop',
    rule: NapRule | RateRule | Reaction,
    request: PastRequest,
  ): string {
    const { tag, value } = byTag(name, rule, request);
    const number = (this.rules[name] as readonly object[]).indexOf(rule);
    return JSON.stringify([name, number, request.account, tag, value]);
  }

  private note({ account, at, charged }: PastRequest, by: By): void {
    const key = JSON.stringify([account, by.rule, by.tag, by.value]);
    const caught = this.caught.get(key) ?? { account, ...by, declined: 0, saved: ZERO, firstAt: at };
    caught.declined += 1;
    caught.saved = caught.saved.plus(charged);
    this.caught.set(key, caught);
  }
}

function askedOf(rule: Rate, { amount }: PastRequest): Amount {
  return rule.of === 'amount' ? amount : ONE;
}

const ONE = new Amount(1);

function byAccount(rule: Caught['rule']): By {
  return { rule, tag: null, value: null };
}

function byTag(rule: Caught['rule'], { tag }: { readonly tag: string | null }, { tags }: PastRequest): By {
  return { rule, tag, value: tag === null ? null : valueOfTag(tags, tag) };
}
