import { FieldReader, isObject } from './field-reader.ts';
import { parseMatch } from './parse-match.ts';
import type { PriceFault } from './price-fault.ts';
import type { Multiplier } from './rate-card.ts';
import { TimeOfDay } from './time-of-day.ts';

export function parseMultiplier(json: unknown, path: string, faults: PriceFault[]): Multiplier | null {
  const fields = FieldReader.open(json, path, ['match', 'by'], faults);
  if (!fields) return null;
  const by = fields.requiredAmount('by');
  const conditions = fields.json('match');
  if (!isObject(conditions) || Object.keys(conditions).length === 0) {
    return fields.fault('match', 'must name a property, a tag or the time, like {"batch": true}');
  }
  const { time: text, ...names } = conditions;
  const match = parseMatch(names, `${path}.match`, faults);
  const time = typeof text === 'string' ? TimeOfDay.parse(text) : null;
  if (text !== undefined && time === null) {
    return fields.fault('match.time', 'must be hours and a time zone, like "22:00-06:00 Europe/Berlin"');
  }
  return by && { match, time, by };
}
