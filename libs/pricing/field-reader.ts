import { Amount, parseAmount } from '#amounts';
import type { PriceFault } from './price-fault.ts';

const NAME_LENGTH_MAX = 128;

/**
 * Reads the fields of one JSON object and collects what is wrong with them. A field that isn't given, is null or has a fault
 * is read as null.
 */
export class FieldReader {
  readonly path: string;
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #faults: PriceFault[];

  private constructor(path: string, fields: Readonly<Record<string, unknown>>, faults: PriceFault[]) {
    this.path = path;
    this.#fields = fields;
    this.#faults = faults;
  }

  /** Null where it isn't an object. A field of another name than these is a fault. */
  static open(json: unknown, path: string, names: readonly string[], faults: PriceFault[]): FieldReader | null {
    if (!isObject(json)) {
      faults.push({ field: path, message: `must be an object with ${listed(names)}` });
      return null;
    }
    const reader = new FieldReader(path, json, faults);
    for (const name of Object.keys(json)) {
      if (!names.includes(name)) reader.fault(name, `isn't a field here: there are ${listed(names)}`);
    }
    return reader;
  }

  fault(name: string, message: string): null {
    this.#faults.push({ field: `${this.path}.${name}`, message });
    return null;
  }

  json(name: string): unknown {
    return this.#fields[name];
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined && this.#fields[name] !== null;
  }

  /** A fault where the field is given although it means nothing here. */
  refuse(name: string, message: string): void {
    if (this.has(name)) this.fault(name, message);
  }

  name(name: string): string | null {
    const value = this.#fields[name];
    if (typeof value === 'string' && value.length > 0 && value.length <= NAME_LENGTH_MAX) return value;
    return this.fault(name, `must be a string of 1 to ${String(NAME_LENGTH_MAX)} characters`);
  }

  amount(name: string): Amount | null {
    if (!this.has(name)) return null;
    return parseAmount(this.#fields[name]) ?? this.fault(name, 'must be a decimal as a string, like "0.03"');
  }

  requiredAmount(name: string): Amount | null {
    return this.has(name) ? this.amount(name) : this.fault(name, 'is missing: a decimal as a string, like "0.03"');
  }

  /** A number of units: a whole JSON number too. */
  units(name: string): Amount | null {
    if (!this.has(name)) return null;
    const value = this.#fields[name];
    if (Number.isSafeInteger(value) && (value as number) >= 0) return new Amount(value as number);
    return parseAmount(value) ?? this.fault(name, 'must be a whole number, or a decimal as a string, like "1000000"');
  }

  positiveUnits(name: string): Amount | null {
    const units = this.units(name);
    return units?.isZero() ? this.fault(name, 'must be more than 0') : units;
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | null {
    if (!this.has(name)) return null;
    const found = values.find((value) => value === this.#fields[name]);
    return found ?? this.fault(name, `must be one of ${listed(values)}`);
  }

  /** The items of a list, each read by itself; one that can't be read is left out. */
  list<T>(name: string, min: number, max: number, read: (json: unknown, path: string) => T | null): readonly T[] {
    const path = `${this.path}.${name}`;
    return this.has(name) ? readList(this.#fields[name], path, min, max, read, this.#faults) : [];
  }
}

export function readList<T>(
  json: unknown,
  path: string,
  min: number,
  max: number,
  read: (json: unknown, path: string) => T | null,
  faults: PriceFault[],
): readonly T[] {
  const fault = { field: path, message: `must be a list of ${String(min)} to ${String(max)}` };
  if (!Array.isArray(json) || json.length < min) {
    faults.push(fault);
    return [];
  }
  if (json.length > max) faults.push({ ...fault, isLimit: true });
  return json.map((item, index) => read(item, `${path}[${String(index)}]`)).filter((item) => item !== null);
}

export function isObject(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function listed(names: readonly string[]): string {
  return names.join(', ');
}
