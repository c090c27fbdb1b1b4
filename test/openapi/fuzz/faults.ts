import { PROBLEMS } from '../../../apps/api/problems/problem.ts';
import type { Answer } from '../../support/api-client.ts';
import { operationOf } from '../described-api.ts';
import { answerFault, bodyFault, parameterFault } from '../schema-check.ts';
import type { Caller } from './callers.ts';
import type { FuzzRequest } from './requests.ts';

/** What no schema can say, in the words of the API: only so may a request be refused that is as the schemas want it. */
const BEYOND_SCHEMAS = [
  /^must be the next_cursor of an earlier page$/,
  /^must be "start" or (?:(?:a transfer|a movement|an event) of this account|an event that is still stored)$/,
  /^must be given with (?:after|rate_card)$/,
  /^must not be given with (?:format|period|split)\b/,
  /^must not have admin: the key is bound to an account$/,
  /^must not lie in the future$/,
  /^must not be after to$/,
  /^must not be given: [a-z-]+ doesn’t take it$/,
  /^must be given: [a-z-]+ is about one account$/,
  /^must be a full quarter of an hour, /,
  /^must be json or csv: only a statement is also had as a page$/,
  /^must be [a-z]+(?: or [a-z]+)*$/,
  /^(?:has a price that can’t be charged: it )?must be in whole minor units of its currency, /,
  /^must be the name of a chargeback split of the settings$/,
  /^must be by one of the reported_tags of the settings, /,
  /^must be given, or [a-z]+ in its place$/,
  /^has more than \d+ buckets in this range; /,
  /^must be at most ten years before to$/,
  /^must be after (?:from|starts_at)$/,
  /^must be more than the threshold$/,
  /^must be no less than what the rule buys at once$/,
  /^must be amount_paid divided by amount, /,
  /^must be less than 10\^(?:20 in a period|26 for each credit)$/,
  /^must not be given for a plan without recurring grants: /,
  /^must be a time to come in RFC 3339/,
  /^must be a time that has passed in RFC 3339/,
  /^must be an object of at most 16 KiB as JSON$/,
  /^must be sent as a string: as a number, /,
  /^must not contain NUL or broken Unicode characters$/,
  /^must not be nested deeper than 32 levels$/,
  /^is a name that no field may have$/,
  /^must not be before the version in effect took effect/,
  /^must not have times: /,
  /^must (?:have|not have more) .*\bpart of$/,
  /^is needed: the output of usage \d+ \(counted from 0\) has a price/,
];
/** Prices have rules that no schema can say, and so have the answers of vendors and how shared usage is split. Their own specs test them. */
const PRICING_FIELDS = /^(?:prices|overrides|chargeback_splits)\b|\braw$/;
/** Where no two parts may have the same name, a schema can only say that no two may be the same. */
const NAMED_PARTS = { field: /^(?:recurring_grants|budgets)$/, message: /^must not contain the same item twice/ };

interface InvalidRequest {
  readonly errors: readonly { readonly field: string; readonly message: string }[];
}

/** What is wrong about an answer, whatever the books say. */
export function faultsOf(request: FuzzRequest, caller: Caller, answer: Answer): string[] {
  const malformed = malformedParts(request, caller);
  const wasTaken = answer.status < 400 && malformed.length > 0;
  return [
    ...(answer.status >= 500 ? [`failed: ${answer.text}`] : []),
    ...[answerFault(operationOf(request.operation), answer) ?? []].flat(),
    ...headerFaults(request, answer),
    ...(wasTaken ? [`was taken, in spite of ${malformed.join('; ')}`] : []),
    ...(malformed.length === 0 ? needlessRefusals(answer) : []),
  ];
}

/** Where a request isn't as the description wants it. */
function malformedParts({ operation: id, path, query, headers, payload }: FuzzRequest, caller: Caller): string[] {
  const operation = operationOf(id);
  const { object } = operation;
  const scopes = object['x-scopes'];
  const wrongs: string[] = [];
  const check = (what: string, fault: string | null): void => {
    if (fault !== null) wrongs.push(`${what}: ${fault}`);
  };
  if (scopes.length > 0 && !caller.scopes.some((scope) => scopes.some((one) => one === scope)))
    wrongs.push(`scopes: has ${caller.scopes.join()}`);
  for (const [name, segment] of Object.entries(path)) {
    const value = decoded(segment);
    check(name, value === null ? 'is broken' : parameterFault(operation, name, value));
  }
  for (const [name, value] of query) {
    check(name, parameterFault(operation, name, value));
    if (query.filter((one) => one[0] === name).length > 1) check(name, 'is there twice');
  }
  const { 'idempotency-key': key, 'content-type': type, 'x-padding': padding } = headers;
  if (key !== undefined) check('Idempotency-Key', parameterFault(operation, 'Idempotency-Key', key));
  if (padding !== undefined) check('head', 'is too large');
  if (payload !== null && !/^application\/json(?:;|$)/.test(type ?? '')) check('content-type', 'is not JSON');
  if (payload !== null && payload !== '' && Buffer.byteLength(payload) > 1024 * 1024) check('body', 'is too large');
  const body = payload === null || payload === '' ? {} : parsed(payload);
  check('body', body === undefined ? 'is not JSON' : bodyFault(operation, body));
  return wrongs;
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Headers that say something beside the body must be described where they are sent. */
function headerFaults({ operation }: FuzzRequest, { status, headers }: Answer): string[] {
  const described = Object.keys(operationOf(operation).object.responses[String(status)]?.headers ?? {});
  const known = new Set(described.map((name) => name.toLowerCase()));
  return ['idempotency-replayed', 'retry-after', 'www-authenticate']
    .filter((name) => name in headers && !known.has(name))
    .map((name) => `the header ${name} of ${String(status)} is not described`);
}

function isBeyondSchemas({ field, message }: InvalidRequest['errors'][number]): boolean {
  if (PRICING_FIELDS.test(field)) return true;
  if (NAMED_PARTS.field.test(field) && NAMED_PARTS.message.test(message)) return true;
  return BEYOND_SCHEMAS.some((one) => one.test(message));
}

function needlessRefusals({ status, body }: Answer): string[] {
  if (status === PROBLEMS.invalid_request.status && (body as { code: string }).code === 'invalid_request') {
    const { errors } = body as InvalidRequest;
    return errors
      .filter((error) => !isBeyondSchemas(error))
      .map(({ field, message }) => `was refused, but the schemas allow it: ${field} ${message}`);
  }
  return [401, 413, 415, 431].includes(status) ? [`was refused by ${String(status)}`] : [];
}
