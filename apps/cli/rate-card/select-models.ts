import type { ImportNote, ListedModel, PublishedList } from '#pricing';
import { StartError } from '../start/start-error.ts';

export interface Selection {
  /** Empty: all. */
  readonly providers: readonly string[];
  /** Names of models, or with a * what they begin with. Empty: all. */
  readonly models: readonly string[];
}

/**
 * The models of some providers, or of some names, with the notes about them.
 * @throws StartError where the list has no such provider or model
 */
export function selectModels(list: PublishedList, { providers, models }: Selection): PublishedList {
  const all = [...list.models, ...list.notes];
  const unknown = providers.filter((provider) => !all.some((one) => one.providers.includes(provider)));
  if (unknown.length > 0) {
    const known = [...new Set(all.map(({ providers: [name] }) => name))].sort();
    throw new StartError(`The list has no provider ${unknown.join(', ')}. It has ${known.join(', ')}.`);
  }
  const isSold = (one: ListedModel | ImportNote): boolean =>
    providers.length === 0 || one.providers.some((name) => providers.includes(name));
  const isMeant = (names: readonly string[]): boolean =>
    models.length === 0 || names.some((name) => models.some((pattern) => fits(name, pattern)));
  const selected = list.models.filter((model) => isSold(model) && isMeant(namesOf(model)));
  if (selected.length === 0) throw new StartError(`The list has no model ${models.join(', ')} with a price.`);
  const labels = new Set(selected.map(({ label }) => label));
  const isTold = (note: ImportNote): boolean =>
    note.isLeftOut ? isSold(note) && isMeant([note.model, withoutProvider(note.model)]) : labels.has(note.model);
  return { models: selected, notes: list.notes.filter(isTold) };
}

function namesOf({ label, names, prefixes }: ListedModel): readonly string[] {
  return [label, withoutProvider(label), ...names, ...prefixes];
}

function withoutProvider(label: string): string {
  return label.slice(label.indexOf('/') + 1);
}

function fits(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
