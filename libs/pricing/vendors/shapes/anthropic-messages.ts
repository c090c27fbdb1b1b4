import type { JsonObject } from '#amounts';
import { countAt, hasCount, objectAt, objectsAt, requiredCountAt, sum, sumOf, sumOfParts, textAt } from '../json.ts';
import type { Piece } from '../pieces.ts';
import { tierProperties } from '../service-tier.ts';
import type { Draft, Shape } from '../shape.ts';

/**
 * Anthropic's messages, at Bedrock and Vertex AI too. `input_tokens` leaves out what was cached. In a stream `message_delta`
 * is cumulative, and only `message_start` tells how long what is cached will live.
 */
export const anthropicMessages: Shape = {
  looksFor: 'usage.input_tokens and usage.output_tokens of a message, or its message_start and message_delta events',
  claims: ({ value }) => usageOf(value) !== null,
  read: (pieces) => messagesOf(pieces).flatMap(readMessage),
};

interface Message {
  readonly id: string | null;
  readonly model: string | null;
  readonly usage: JsonObject;
  /** A stream that broke off before its last usage. */
  readonly cut: boolean;
}

function usageOf(value: JsonObject): JsonObject | null {
  if (value['type'] === 'message_start') return objectAt(value, 'message', 'usage');
  if (value['type'] === 'message_delta') return objectAt(value, 'usage');
  const usage = objectAt(value, 'usage') ?? value;
  const isCounted = hasCount(usage, 'output_tokens');
  // Other vendors have tokens under the same names, and details or a total that Anthropic doesn't have.
  const isOther = 'total_tokens' in usage || 'input_tokens_details' in usage || 'input_token_details' in usage;
  return isCounted && !isOther ? usage : null;
}

/** A message as its events tell it: the usage of each of them, in their order. */
type Events = Omit<Message, 'usage'> & { readonly usages: readonly JsonObject[] };

function messagesOf(pieces: readonly Piece[]): readonly Message[] {
  const messages = eventsOf(pieces).map(({ usages, ...message }) => ({ ...message, usage: merged(usages) }));
  // Between its turns, a stream may have messages that only call a tool and count nothing.
  const counted = messages.filter(
    ({ usage }) => sum(countAt(usage, 'input_tokens'), countAt(usage, 'output_tokens')) !== 0,
  );
  return counted.length > 0 ? counted : messages.slice(-1);
}

function eventsOf(pieces: readonly Piece[]): readonly Events[] {
  const messages: Events[] = [];
  let usages: JsonObject[] = [];
  for (const { value } of pieces) {
    const usage = usageOf(value) ?? {};
    const last = messages.at(-1);
    if (value['type'] === 'message_delta') {
      const { id = null, model = null } = messages.pop() ?? {};
      usages.push(usage);
      messages.push({ id, model, usages, cut: false });
      continue;
    }
    const message = objectAt(value, 'message') ?? value;
    const id = textAt(message, 'id');
    const started = value['type'] === 'message_start' && textAt(message, 'stop_reason') === null;
    if (id !== null && last?.id === id) messages.pop();
    usages = [usage];
    messages.push({ id, model: textAt(message, 'model'), usages, cut: started });
  }
  return messages;
}

/** What the later event says holds; what it leaves out or has as null stays. */
function merged(usages: readonly JsonObject[]): JsonObject {
  const fields = usages.flatMap((usage) => Object.entries(usage));
  return Object.fromEntries(fields.toSorted(([, a], [, b]) => Number(a !== null) - Number(b !== null)));
}

function readMessage({ model, usage, cut }: Message): readonly Draft[] {
  const rows = objectsAt(usage, 'iterations');
  const parts = Map.groupBy(rows.length > 0 ? rows : [usage], (row) => textAt(row, 'model') ?? model);
  const drafts = [...parts].map(([partModel, part]): Draft => {
    const isMain = partModel === model || parts.size === 1;
    return {
      event: 'chat.completed',
      model: partModel,
      aside: !isMain,
      quantities: { ...tokensOf(part, isMain ? usage : {}), ...(isMain ? serverTools(usage) : {}) },
      properties: propertiesOf(usage),
      assumed: [
        ...(cut ? ['the stream broke off: its output is counted only as far as it was reported'] : []),
        ...(isMain && rows.length > 0 ? ['iterations are summed: the top level leaves some of them out'] : []),
      ],
    };
  });
  return drafts.sort((one, other) => Number(one.aside) - Number(other.aside));
}

/** @param top the whole usage, for the details that iterations don't have */
function tokensOf(rows: readonly JsonObject[], top: JsonObject): Record<string, number | null> {
  const total = (...path: string[]): number | null => sumOf(rows.map((row) => countAt(row, ...path)));
  const read = total('cache_read_input_tokens') ?? 0;
  const ttls = rows.some((row) => objectAt(row, 'cache_creation')) ? rows : [top];
  const written = ttls.flatMap((row) => Object.entries(objectAt(row, 'cache_creation') ?? {}));
  const longer = new Map<string, number>();
  for (const [name, count] of written) {
    const ttl = /^ephemeral_(\d{1,3}[a-z])_input_tokens$/.exec(name)?.[1];
    if (ttl) longer.set(ttl, (longer.get(ttl) ?? 0) + (countAt(count) ?? 0));
  }
  const fiveMinutes = longer.get('5m') ?? 0;
  longer.delete('5m');
  const longerCounts = [...longer.values()];
  const write = total('cache_creation_input_tokens') ?? fiveMinutes + (sumOf(longerCounts) ?? 0);
  const plain = sumOf(rows.map((row) => requiredCountAt(row, 'input_tokens')));
  return {
    input_tokens: plain === null ? null : plain + read + write,
    cache_read_tokens: read,
    // The split of a stream is older than its total: what it doesn't know is taken as the usual five minutes.
    cache_write_tokens: Math.max(0, write - sumOfParts(longerCounts)),
    ...Object.fromEntries([...longer].map(([ttl, count]) => [`cache_write_${ttl}_tokens`, count])),
    output_tokens: sumOf(rows.map((row) => requiredCountAt(row, 'output_tokens'))),
    reasoning_tokens:
      total('output_tokens_details', 'thinking_tokens') ?? countAt(top, 'output_tokens_details', 'thinking_tokens'),
  };
}

const TOOLS = [
  ['web_search_requests', 'web_searches'],
  ['web_fetch_requests', 'web_fetches'],
  ['code_execution_requests', 'code_execution_requests'],
  ['tool_search_requests', 'tool_search_requests'],
] as const;

/** Tools that run at Anthropic: searches are billed by the request, fetches by their tokens alone. */
function serverTools(usage: JsonObject): Record<string, number | null> {
  return Object.fromEntries(TOOLS.map(([name, quantity]) => [quantity, countAt(usage, 'server_tool_use', name)]));
}

const USUAL_PLACES = new Set(['global', 'not_available']);

function propertiesOf(usage: JsonObject): JsonObject {
  const place = textAt(usage, 'inference_geo');
  const speed = textAt(usage, 'speed');
  return {
    ...tierProperties(usage['service_tier']),
    ...(place && !USUAL_PLACES.has(place) && { inference_geo: place }),
    ...(speed && speed !== 'standard' && { speed }),
  };
}
