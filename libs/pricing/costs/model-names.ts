import type { MatchLogic, ModelInfo, Provider } from '@pydantic/genai-prices';

/** Whether a name, in lower case, is one that the data means. */
export function nameMatches(match: MatchLogic, name: string): boolean {
  if ('or' in match) return match.or.some((one) => nameMatches(one, name));
  if ('and' in match) return match.and.every((one) => nameMatches(one, name));
  if ('equals' in match) return name === match.equals.toLowerCase();
  if ('starts_with' in match) return name.startsWith(match.starts_with.toLowerCase());
  if ('ends_with' in match) return name.endsWith(match.ends_with.toLowerCase());
  if ('contains' in match) return name.includes(match.contains.toLowerCase());
  return new RegExp(match.regex).test(name);
}

/** Servers that speak a vendor's protocol, or programs that speak to any: their names say nothing of who is paid. */
const NO_VENDORS: ReadonlySet<string> = new Set(['openai-compatible', 'ai-sdk']);

/** The vendor that a usage names, or, where it names none, the one whose models have such names. */
export function findProvider(
  providers: readonly Provider[],
  provider: string | undefined,
  model: string,
): Provider | undefined {
  const name = provider?.toLowerCase().trim();
  if (name === undefined || name === '')
    return providers.find(({ model_match }) => model_match && nameMatches(model_match, model));
  if (NO_VENDORS.has(name)) return undefined;
  return (
    providers.find(({ id }) => id === name) ??
    providers.find(({ provider_match }) => provider_match && nameMatches(provider_match, name))
  );
}

/** The first model of a provider that has the name, also where its date is written in one piece; else one of those it resells. */
export function findModel(providers: readonly Provider[], provider: Provider, name: string): ModelInfo | undefined {
  return findByName(providers, provider, name) ?? findByName(providers, provider, withDashedDate(name));
}

function findByName(providers: readonly Provider[], provider: Provider, name: string): ModelInfo | undefined {
  const own = provider.models.find(({ match }) => nameMatches(match, name));
  if (own) return own;
  for (const id of provider.fallback_model_providers ?? []) {
    const resold = providers.find((other) => other.id === id)?.models.find(({ match }) => nameMatches(match, name));
    if (resold) return resold;
  }
  return undefined;
}

/** `gpt-4o-20240806` is also written `gpt-4o-2024-08-06`. */
function withDashedDate(name: string): string {
  return name.replace(/-(20\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=[-:]|$)/g, '-$1-$2-$3');
}
