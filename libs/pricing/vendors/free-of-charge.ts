import type { JsonObject } from '#amounts';
import { countAt, readableCountAt, isObject, objectAt, objectsAt, textAt } from './json.ts';
import type { Piece } from './pieces.ts';

/** Why nothing is charged for a piece without usage: an error, or a call that is free. `null` where it may well be charged. */
export function freeOfCharge({ value, headers }: Piece): string | null {
  if (isError(value)) return 'an error: nothing to charge';
  if (isTokenCount(value)) return 'a count of tokens: nothing to charge';
  if (isModeration(value)) return 'a moderation: nothing to charge';
  if (textAt(value, 'promptFeedback', 'blockReason') !== null) return 'a blocked prompt: nothing to charge';
  const status = countAt(headers, ':status') ?? countAt(value, 'status_code');
  return status !== null && status >= 400 ? 'an error: nothing to charge' : null;
}

const ANNOUNCEMENTS = new Set(['response.created', 'response.queued', 'response.in_progress', 'ping', 'keepalive']);

/** An event of a stream that says no more than that there is one. */
export function isAnnouncement({ value }: Piece): boolean {
  return ANNOUNCEMENTS.has(textAt(value, 'type') ?? '');
}

/** What a failed call answers. An answer that broke off in an error isn't one: it may have been charged. */
function isError(value: JsonObject): boolean {
  if (value['choices'] !== undefined || value['output_text'] !== undefined) return false;
  const isResponse = value['object'] === 'response' || value['object'] === 'thread.run';
  if (isResponse || value['type'] === 'response.failed')
    return (objectAt(value, 'response') ?? value)['status'] === 'failed';
  const error = value['error'];
  if (value['type'] === 'error' || value['object'] === 'error' || (typeof error === 'string' && error !== ''))
    return true;
  if (isObject(error) && Object.keys(error).length > 0) return true;
  // FastAPI's, Bedrock's and Cohere's way to say what is wrong.
  return value['detail'] !== undefined || (typeof value['message'] === 'string' && !('usage' in value));
}

function isTokenCount(value: JsonObject): boolean {
  if (value['object'] === 'response.input_tokens') return true;
  const names = Object.keys(value);
  const isOnly = (name: string): boolean => names.length === 1 && readableCountAt(value, name) !== null;
  if (isOnly('input_tokens') || isOnly('inputTokens')) return true;
  return (
    readableCountAt(value, 'totalTokens') !== null &&
    !names.some((name) => /^(?:input|output|prompt)Tokens$/.test(name))
  );
}

function isModeration(value: JsonObject): boolean {
  return objectsAt(value, 'results').some((result) => 'flagged' in result);
}
