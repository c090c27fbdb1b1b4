import { invalidRequest, missing } from './stripe-error.ts';

/** What a parameter must look like. */
type Kind = 'text' | 'metadata' | 'whole' | 'boolean' | 'currency' | 'url';

/** The parameters of an operation, in brackets: `metadata[*]` takes any name, `expand[#]` a list. One that ends in `!` is required. */
export type Parameters = Readonly<Record<string, Kind>>;

const KINDS: Readonly<Record<Kind, { readonly pattern: RegExp; readonly code: string }>> = {
  text: { pattern: /^[^]{1,5000}$/, code: 'parameter_invalid_string_empty' },
  metadata: { pattern: /^[^]{1,500}$/, code: 'parameter_invalid_string' },
  whole: { pattern: /^\d{1,12}$/, code: 'parameter_invalid_integer' },
  boolean: { pattern: /^(?:true|false)$/, code: 'parameter_invalid_boolean' },
  currency: { pattern: /^[a-z]{3}$/, code: 'invalid_currency' },
  url: { pattern: /^https?:\/\//, code: 'url_invalid' },
};

/** A request's parameters by their names in brackets. */
export class Form {
  readonly #values: ReadonlyMap<string, string>;

  /** @throws ApiError for what Stripe refuses: unknown, doubled, malformed and missing parameters */
  constructor(encoded: string, parameters: Parameters) {
    const values = new Map<string, string>();
    for (const [name, value] of new URLSearchParams(encoded)) {
      const kind = kindOf(name, parameters);
      if (kind === undefined) {
        throw invalidRequest(`Received unknown parameter: ${name}`, { code: 'parameter_unknown', param: name });
      }
      if (values.has(name)) throw invalidRequest(`Received ${name} twice`, { param: name });
      if (!KINDS[kind].pattern.test(value)) {
        throw invalidRequest(`Invalid ${kind}: ${value}`, { code: KINDS[kind].code, param: name });
      }
      values.set(name, value);
    }
    for (const name of Object.keys(parameters)) {
      if (name.endsWith('!') && !values.has(name.slice(0, -1))) throw missing(name.slice(0, -1));
    }
    this.#values = values;
  }

  text(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  required(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw missing(name);
    return value;
  }

  whole(name: string): number | null {
    const text = this.text(name);
    return text === null ? null : Number(text);
  }

  isTrue(name: string): boolean {
    return this.text(name) === 'true';
  }

  /** What `name[…]` holds. */
  record(name: string): Readonly<Record<string, string>> {
    const entries = [...this.#values].flatMap(([key, value]) =>
      key.startsWith(`${name}[`) ? [[key.slice(name.length + 1, -1), value] as const] : [],
    );
    return Object.fromEntries(entries);
  }
}

function kindOf(name: string, parameters: Parameters): Kind | undefined {
  const listed = name.replaceAll(/\[\d+\]/g, '[#]');
  const free = name.replace(/^(\w+(?:\[\w+\])*)\[[^[\]]+\]$/, '$1[*]');
  const known = [name, listed, free].find((one) => one in parameters || `${one}!` in parameters);
  return known === undefined ? undefined : (parameters[known] ?? parameters[`${known}!`]);
}
