import { Amount, formatAmount, ZERO } from '#amounts';
import { statedQuantity, type Usage } from '#pricing';

/** Where usage goes instead: to a model, whose provider is named or not. */
export interface Route {
  readonly model: string;
  readonly provider: string | null;
}

/** What would have been different about past usage. */
export interface Assumptions {
  /** By `MODEL`, `EVENT/MODEL` or, for every model, `EVENT/*`. The most exact name counts. */
  readonly routes: ReadonlyMap<string, Route>;
  /** The part of input tokens that is read from a cache, where less was; `null`: what was. */
  readonly cached: Amount | null;
  /** The part of requests that is sent in batches, of those that weren't; `null`: none. */
  readonly batched: Amount | null;
}

const INPUT = 'input_tokens';
const CACHE_READ = 'cache_read_tokens';
const CACHE_WRITE = /^cache_write(?:_[a-z0-9]+)?_tokens$/;

export function routeOf({ routes }: Assumptions, { event, model }: Usage): Route | null {
  const named = model === undefined ? undefined : (routes.get(`${event}/${model}`) ?? routes.get(model));
  return named ?? routes.get(`${event}/*`) ?? null;
}

/** The usage as it would have been. A provider that isn't named is left out, as nobody knows whether it has the other model. */
export function changeUsage(assumptions: Assumptions, usage: Usage, isBatched: boolean): Usage {
  const routed = routedTo(routeOf(assumptions, usage), usage);
  const cached = assumptions.cached ? cachedBy(assumptions.cached, routed) : routed;
  return isBatched ? { ...cached, properties: { ...cached.properties, batch: true } } : cached;
}

function routedTo(route: Route | null, usage: Usage): Usage {
  if (!route || route.model === usage.model) return usage;
  const rest = Object.fromEntries(Object.entries(usage).filter(([name]) => name !== 'provider'));
  return {
    ...rest,
    event: usage.event,
    model: route.model,
    ...(route.provider !== null && { provider: route.provider }),
  };
}

/** Whole tokens of the input, as far as they aren't written to a cache. What was read from a cache already stays. */
function cachedBy(part: Amount, usage: Usage): Usage {
  const input = statedQuantity(usage, INPUT);
  if (!input) return usage;
  const written = Object.keys(usage)
    .filter((name) => CACHE_WRITE.test(name))
    .reduce((sum, name) => sum.plus(statedQuantity(usage, name) ?? ZERO), ZERO);
  const wanted = Amount.min(input.times(part).floor(), Amount.max(input.minus(written), ZERO));
  if (wanted.lte(statedQuantity(usage, CACHE_READ) ?? ZERO)) return usage;
  return { ...usage, event: usage.event, [CACHE_READ]: formatAmount(wanted) };
}

/** Picks every so many of the requests of an event and a model to be batched, evenly over time. */
export class BatchPicker {
  readonly #seen = new Map<string, number>();

  constructor(private readonly part: Amount | null) {}

  /** Whether the next request, of these usages, is. */
  picks(usages: readonly Usage[]): boolean {
    if (!this.part || usages.some(({ properties }) => properties?.['batch'] === true)) return false;
    const key = JSON.stringify([usages[0]?.event, usages[0]?.model]);
    const before = this.#seen.get(key) ?? 0;
    this.#seen.set(key, before + 1);
    return this.part
      .times(before + 1)
      .floor()
      .gt(this.part.times(before).floor());
  }
}
