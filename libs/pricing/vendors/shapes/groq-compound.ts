import type { JsonObject } from '#amounts';
import { countAt, objectAt, objectsAt, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';

export interface ModelUsage {
  readonly model: string | null;
  readonly usage: JsonObject;
}

/**
 * The models that took part in an answer of Groq's compound systems, each with its own usage. In streams each of them
 * repeats the usage of all, so nothing can be told apart: `null`, as for an answer of one model.
 */
export function groqModels(answer: JsonObject, usage: JsonObject): readonly ModelUsage[] | null {
  const breakdown = objectAt(answer, 'usage_breakdown') ?? objectAt(answer, 'x_groq', 'usage_breakdown');
  const rows = objectsAt(breakdown ?? {}, 'models').map((row) => ({
    model: textAt(row, 'model'),
    usage: objectAt(row, 'usage') ?? {},
  }));
  const total = (name: string): number => rows.reduce((sum, row) => sum + (countAt(row.usage, name) ?? 0), 0);
  const addsUp = ['prompt_tokens', 'completion_tokens'].every((name) => total(name) === countAt(usage, name));
  return rows.length > 1 && addsUp ? rows : null;
}

/** The searches of a compound answer; `null` where it lists no tools. */
export function groqSearches(answer: JsonObject): number | null {
  const [choice = {}] = objectsAt(answer, 'choices');
  const tools = objectsAt(choice, 'message', 'executed_tools');
  return tools.length === 0 ? null : tools.filter(isSearch).length;
}

/** The searches of a streamed answer, which shows each tool twice, as it starts and as it ends. */
export function groqStreamSearches(events: readonly Piece[]): number | null {
  const tools = events.flatMap(({ value }) => objectsAt(objectsAt(value, 'choices')[0], 'delta', 'executed_tools'));
  const searches = new Set(tools.filter(isSearch).map((tool) => countAt(tool, 'index')));
  return searches.size === 0 ? null : searches.size;
}

function isSearch(tool: JsonObject): boolean {
  return tool['type'] === 'search';
}
