import { idPattern } from '#ledger';
import fc from 'fast-check';

/** What a request can name that the service has made, by the prefixes of its ids. */
const KINDS = {
  auth: 'authorization',
  grant: 'grant',
  key: 'key',
  evt: 'event',
  tr: 'transfer',
  whe: 'endpoint',
  rate: 'rateCard',
  package: 'creditPackage',
  plan: 'plan',
  top: 'topup',
  purchase: 'purchase',
  lim: 'limit',
  bud: 'budget',
  raise: 'raiseRequest',
  anomaly: 'anomaly',
} as const;

/** Ids in requests stand for “the n-th newest of this kind”, so that a run with the same seed sends the same. */
const STAND_IN =
  /\b(auth|grant|key|evt|tr|whe|rate|package|plan|top|purchase|lim|bud|raise|anomaly)_7zzzzzzzzzzzzzzzzzzzzzzz(\d)(\d)/g;
const ID =
  /\b(auth|grant|key|evt|whe|rate|package|plan|top|purchase|lim|bud|raise|anomaly|txn|tr|aud)_[0-7][0-9a-z]{25}\b/g;
const REMEMBERED_MAX = 10;
/** The first digit says whose it is. */
const OWN_MAX = 7;

/** Ids of objects of a pattern's kind, mostly of the caller's own environment; `null` where the pattern isn't of ids. */
export function idsOf(pattern: string): fc.Arbitrary<string> | null {
  const [prefix] = Object.entries(KINDS).find(([, kind]) => idPattern(kind) === pattern) ?? [];
  return prefix === undefined ? null : standIns(prefix);
}

function standIns(prefix: string): fc.Arbitrary<string> {
  const digit = fc.integer({ min: 0, max: 9 });
  return fc
    .tuple(digit, digit)
    .map(([whose, which]) => `${prefix}_7zzzzzzzzzzzzzzzzzzzzzzz${String(whose)}${String(which)}`);
}

/** The ids that the service has told, by the environments that they were told in. */
export class KnownIds {
  readonly #byEnvironment = new Map<string, Set<string>>();
  readonly #lent: ReadonlySet<string>;

  /** @param lent ids that no request may name: the keys that the requests come with */
  constructor(lent: Iterable<string>) {
    this.#lent = new Set(lent);
  }

  learn(environment: string, text: string): void {
    const known = this.#byEnvironment.get(environment) ?? new Set();
    for (const id of text.match(ID) ?? []) if (!this.#lent.has(id)) known.add(id);
    this.#byEnvironment.set(environment, known);
  }

  /** The text with ids in place of their stand-ins. */
  fill(environment: string, text: string): string {
    return text.replace(STAND_IN, (standIn, prefix: string, whose: string, which: string) => {
      const isOwn = Number(whose) <= OWN_MAX;
      const ids = this.#of((one) => (one === environment) === isOwn).filter((id) => id.startsWith(`${prefix}_`));
      const newest = ids.slice(-REMEMBERED_MAX);
      return newest[Number(which) % newest.length] ?? standIn;
    });
  }

  /** Ids of other environments that stand in an answer, though they didn't in the request. Keys of all are `live`’s. */
  leakedTo(environment: string, answer: string, request: string): string[] {
    const others = new Set(this.#of((one) => one !== environment));
    return (answer.match(ID) ?? []).filter((id) => others.has(id) && !id.startsWith('key_') && !request.includes(id));
  }

  #of(isMeant: (environment: string) => boolean): string[] {
    return [...this.#byEnvironment].flatMap(([environment, ids]) => (isMeant(environment) ? [...ids] : []));
  }
}
