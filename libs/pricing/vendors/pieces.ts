import type { Json, JsonObject } from '#amounts';
import { at, isObject, listAt, objectAt } from './json.ts';

/** An object of an answer: the answer itself, an event of its stream, or a line of a batch. */
export interface Piece {
  readonly value: JsonObject;
  /** Headers that came with it, their names in lower case. */
  readonly headers: JsonObject;
  /** It stood in the results of a batch. */
  readonly batch: boolean;
}

/** What was sent, taken apart. */
export interface TakenApart {
  readonly pieces: readonly Piece[];
  /** Whether there is more in it than is looked at: then it is unknown what it says. */
  readonly isCut: boolean;
  /** For what is taken apart within the pieces. */
  readonly effort: Effort;
}

type Around = Omit<Piece, 'value'> & { readonly depth: number; readonly effort: Effort };

/** Counts the values looked at and the texts parsed, so that no request takes long, whatever is in it. */
export interface Effort {
  left: number;
}

/** No vendor wraps an answer deeper; what does is not read. */
const DEPTH_MAX = 12;
/** No stream has so many events, nor a request so many lines. */
export const PIECES_MAX = 10_000;
/** An event may be looked at in its wrapping, as text and as what it says. */
const EFFORT_MAX = 5 * PIECES_MAX;

/** For one request, however many answers it carries. */
export function fullEffort(): Effort {
  return { left: EFFORT_MAX };
}

/** Takes whatever was sent apart, until only objects are left that vendors themselves would call answers or events. */
export function takeApart(raw: Json, effort = fullEffort()): TakenApart {
  const pieces = apart(raw, { headers: {}, batch: false, depth: 0, effort });
  return { pieces: pieces.slice(0, PIECES_MAX), isCut: pieces.length > PIECES_MAX || effort.left <= 0, effort };
}

function apart(raw: Json, outside: Around): readonly Piece[] {
  const around = { ...outside, depth: outside.depth + 1 };
  if (around.depth > DEPTH_MAX || around.effort.left-- <= 0) return [];
  if (typeof raw === 'string') return allApart(parsed(raw, around.effort), around);
  if (Array.isArray(raw)) return allApart(raw as readonly Json[], around);
  if (!isObject(raw)) return [];
  for (const open of WRAPPINGS) {
    const inside = open(raw, around);
    if (inside) return inside;
  }
  return [piece(raw, around)];
}

function allApart(values: readonly Json[], around: Around): readonly Piece[] {
  const pieces: Piece[] = [];
  for (const value of values) {
    if (around.effort.left <= 0) break;
    for (const one of apart(value, around)) pieces.push(one);
  }
  return pieces;
}

function piece(value: JsonObject, { headers, batch }: Around): Piece {
  return { value, headers, batch };
}

/** Each opens one kind of wrapping, and returns `null` for any other. */
const WRAPPINGS: readonly ((raw: JsonObject, around: Around) => readonly Piece[] | null)[] = [
  httpAnswer,
  decodedEvent,
  bytes,
  openAiBatchLine,
  anthropicBatchLine,
  bedrockBatchLine,
  geminiBatch,
];

/** `{headers, body}`; speech has no body that JSON could hold. */
function httpAnswer({ headers, body = null }: JsonObject, around: Around): readonly Piece[] | null {
  if (!isObject(headers)) return null;
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const inside = apart(body, { ...around, headers: lower });
  return inside.length > 0 ? inside : [{ value: {}, headers: lower, batch: around.batch }];
}

/** A message of an AWS event stream, or an event of an SSE parser. */
function decodedEvent({ event, payload, data }: JsonObject, around: Around): readonly Piece[] | null {
  if (typeof event !== 'string') return null;
  if (isObject(payload)) return apart({ [event]: payload }, around);
  return typeof data === 'string' || isObject(data) ? apart(data, around) : null;
}

/** Bedrock's invocation streams carry the model's own events in base64. */
function bytes(raw: JsonObject, around: Around): readonly Piece[] | null {
  const base64 = at(raw, 'chunk', 'bytes') ?? (Object.keys(raw).length === 1 ? raw['bytes'] : undefined);
  return typeof base64 === 'string' ? apart(Buffer.from(base64, 'base64').toString(), around) : null;
}

/** OpenAI's batches, and those of Groq, Mistral, Together and Azure. */
function openAiBatchLine(raw: JsonObject, around: Around): readonly Piece[] | null {
  const body = objectAt(raw, 'response', 'body');
  if (body && at(raw, 'response', 'status_code') !== undefined) return apart(body, { ...around, batch: true });
  const ended = raw['response'] === null && isObject(raw['error']);
  return ended ? [piece({ error: raw['error'] ?? null }, { ...around, batch: true })] : null;
}

function anthropicBatchLine(raw: JsonObject, around: Around): readonly Piece[] | null {
  const result = objectAt(raw, 'result');
  if (!result || typeof result['type'] !== 'string') return null;
  const message = objectAt(result, 'message');
  if (message) return apart(message, { ...around, batch: true });
  return [piece({ error: result['error'] ?? result['type'] }, { ...around, batch: true })];
}

function bedrockBatchLine(raw: JsonObject, around: Around): readonly Piece[] | null {
  if (raw['recordId'] === undefined) return null;
  return apart(raw['modelOutput'] ?? { error: raw['error'] ?? 'no output' }, { ...around, batch: true });
}

/** A line of Gemini's or Vertex AI's batches, or the whole of a batch with its answers inline. */
function geminiBatch(raw: JsonObject, around: Around): readonly Piece[] | null {
  for (const place of [raw, objectAt(raw, 'response'), objectAt(raw, 'dest'), objectAt(raw, 'output')]) {
    const inline = at(place ?? {}, 'inlinedResponses') ?? {};
    const answers = Array.isArray(inline) ? (inline as readonly Json[]) : listAt(inline, 'inlinedResponses');
    if (answers.length > 0) return apart(answers, { ...around, batch: true });
  }
  const response = objectAt(raw, 'response');
  if (!response || raw['usage'] !== undefined) return null;
  const isLine = response['usageMetadata'] !== undefined || response['candidates'] !== undefined;
  return isLine ? apart(response, { ...around, batch: true }) : null;
}

const LINE_END = /\r\n|\n|\r/;

/** A text is an event stream, a JSON value, or a JSON value on each line. */
function parsed(text: string, effort: Effort): readonly Json[] {
  const whole = parse(text, effort);
  if (whole !== undefined) return [whole];
  if (/^(?:data|event|id|retry)?:/m.test(text)) return eventData(text, effort);
  return text.split(LINE_END).flatMap((line) => parse(line, effort) ?? []);
}

/** The data of a text's server-sent events; comments and `[DONE]` carry none. */
function eventData(text: string, effort: Effort): readonly Json[] {
  return text.split(/(?:\r\n|\n|\r){2,}/).flatMap((event) => {
    if (!event.includes('data:')) return [];
    const data = event.split(LINE_END).flatMap((line) => /^data: ?(.*)$/.exec(line)?.[1] ?? []);
    const value = parse(data.join('\n'), effort);
    if (value !== undefined) return [value];
    // Some list the lines of a stream without the empty ones between events.
    return data.length > 1 ? data.flatMap((line) => parse(line, effort) ?? []) : [];
  });
}

/** The object or the list that a text is; `undefined` for any other, and once enough was tried. */
function parse(text: string, effort: Effort): Json | undefined {
  if (!/^\s*[{[]/.test(text) || effort.left-- <= 0) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
