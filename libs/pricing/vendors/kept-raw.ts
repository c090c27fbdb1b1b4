import type { Json, JsonObject } from '#amounts';
import { isObject } from './json.ts';
import type { Piece } from './pieces.ts';

const DEPTH_MAX = 8;
/** Ids, models and tiers; not what somebody wrote. */
const TEXT = /^[\w.:/@+-]{0,100}$/;
/** A larger number would take many times its room where it is kept. */
const MAGNITUDE_MAX = 1e30;
const NAME = /^[\w.:/@ -]{1,100}$/;

/** Kept with all that stands in them, but for long texts. */
const USAGE =
  /^(?:total)?usage(?:_?metadata|_breakdown|_info|Metadata)?$|^tool_usage$|^x_groq$|^meta$|^billed_units$|^invocationMetrics$|^amazon-bedrock-invocationMetrics$/i;
/** What an answer is, and of which model. */
const NAMES = new Set(
  ['type', 'object', 'event_type', 'status', 'model', 'model_id', 'modelVersion', 'modelId', 'provider'].concat([
    'service_tier',
    'created',
    'created_at',
    'done',
    'seconds',
    'size',
  ]),
);
/** Counts outside usage objects, headers among them. */
const COUNT = /(?:tokens?|_?count|cost|character-cost|characters|duration|_secs|tokens_\w+)$/i;
/** What customers wrote and models answered is never kept, whatever it is called within. */
const CONTENT = new Set(
  [
    'content',
    'input',
    'arguments',
    'text',
    'parts',
    'messages',
    'prompt',
    'instructions',
    'tools',
    'embeddings',
  ].concat(['embedding', 'logprobs', 'words', 'segments', 'candidates', 'output', 'modelOutput', 'warnings']),
);

/**
 * The usage part of a vendor's answer, to keep beside what was made of it: no prompts and no outputs.
 *
 * @param pieces the answer, taken apart
 * @param bytesMax how large it may be as JSON; of more, the end is kept
 */
export function keptRaw(pieces: readonly Piece[], bytesMax: number): readonly JsonObject[] {
  const kept = pieces.map(keptOf).filter((piece) => piece !== null);
  let bytes = 2;
  // A stream has its usage at its end.
  const last = kept.toReversed().filter((piece) => (bytes += Buffer.byteLength(JSON.stringify(piece)) + 1) <= bytesMax);
  return last.toReversed();
}

function keptOf({ value, headers }: Piece): JsonObject | null {
  const answer = part(value, DEPTH_MAX);
  const counted = part(headers, 1);
  const kept = { ...answer, ...(Object.keys(counted).length > 0 && { headers: counted }) };
  // Most events of a stream say nothing but what they are.
  return hasNumber(kept) ? kept : null;
}

function hasNumber(value: Json): boolean {
  if (typeof value === 'object' && value !== null) return Object.values<Json>(value).some(hasNumber);
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

function part(value: JsonObject, depth: number): JsonObject {
  return Object.fromEntries(
    entriesOf(value).flatMap(([name, inside]): [string, Json][] => {
      if (USAGE.test(name)) return [[name, short(inside, depth)]];
      if (typeof inside !== 'object') return NAMES.has(name) || COUNT.test(name) ? [[name, short(inside, depth)]] : [];
      if (depth === 0 || CONTENT.has(name)) return [];
      const list = Array.isArray(inside) ? inside : [inside];
      const parts = list.filter(isObject).map((item) => part(item, depth - 1));
      const found = parts.filter((item) => Object.keys(item).length > 0);
      const [only] = found;
      return only === undefined ? [] : [[name, Array.isArray(inside) ? found : only]];
    }),
  );
}

/** Those with a name that can be kept. */
function entriesOf(value: JsonObject): readonly [string, Json][] {
  return Object.entries(value).filter(([name]) => NAME.test(name) && name !== '__proto__');
}

function short(value: Json, depth: number): Json {
  if (typeof value === 'string') return TEXT.test(value) ? value : '…';
  if (typeof value === 'number') return Math.abs(value) < MAGNITUDE_MAX ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return null;
  if (!isObject(value)) return value.map((item) => short(item, depth - 1));
  const entries = entriesOf(value).filter(([name, inside]) => typeof inside === 'number' || !CONTENT.has(name));
  return Object.fromEntries(entries.map(([name, inside]) => [name, short(inside, depth - 1)]));
}
