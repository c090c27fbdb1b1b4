import { guidePath } from '../guides/guides.ts';
import { oneOfProblems } from '../problems/problem-schemas.ts';
import { PROBLEMS, type ProblemCode } from '../problems/problem.ts';
import { STANDING_HEADERS } from '../standing/standing-headers.schema.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Header, OperationDescription } from './operation.ts';
import { recordedAnswer } from './recorded-answer.ts';
import { requestText } from './request-examples.ts';
import type { Route } from './routes.ts';

export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content: Readonly<Record<string, { readonly schema: JsonSchema; readonly examples?: object }>>;
}

/** Whether a route takes an Idempotency-Key: a delete, or rules set for a whole environment, do no more when they are sent again. */
export function takesKey({ method, path, changesNothing }: Route): boolean {
  if (changesNothing) return false;
  return method === 'post' || method === 'patch' || (method === 'put' && path.startsWith('/v1/accounts/'));
}

/** Every problem that an operation may answer: its own, and those that come with what it takes. */
function problemsOf(route: Route, { problems = [] }: OperationDescription): ProblemCode[] {
  const of: ProblemCode[] = ['invalid_request', ...problems, 'request_timeout', 'headers_too_large', 'internal_error'];
  if (route.needs)
    of.push(
      'invalid_api_key',
      'scope_missing',
      'address_not_allowed',
      'rate_limited',
      'ledger_busy',
      'ledger_unavailable',
    );
  of.push(...problemsOfBoundKeys(route));
  if (route.pathParameters.length > 0) of.push('not_found');
  if (route.method !== 'get') of.push('body_too_large', 'unsupported_media_type', 'outcome_unknown');
  if (takesKey(route)) of.push('idempotency_key_reused');
  return [...new Set(of)];
}

/** What a key may be answered that is bound to an account. An operation for admins alone refuses it for its scopes. */
function problemsOfBoundKeys({ needs, account }: Route): ProblemCode[] {
  if (account === 'query') return ['account_not_found'];
  if (account === 'authorizations_of_items') return ['authorization_not_found'];
  return account === null && needs?.some((scope) => scope !== 'admin') ? ['api_key_bound'] : [];
}

/** An operation's responses by their status, with what its examples were answered. */
export function responsesOf(route: Route, description: OperationDescription): Record<string, ResponseObject> {
  const standing = description.tellsStanding ? STANDING_HEADERS : {};
  const responses: Record<string, ResponseObject> = {};
  for (const [status, answer] of Object.entries(description.answers)) {
    const { schema, headers, mediaType = 'application/json', alsoAs = [] } = answer;
    responses[status] = {
      description: answer.description,
      ...headersOf({ ...headers, ...standing, ...(takesKey(route) ? { 'Idempotency-Replayed': REPLAYED } : {}) }),
      content: {
        ...(schema ? { [mediaType]: { schema, ...examplesOf(route, description, status) } } : {}),
        ...Object.fromEntries(alsoAs.map((type) => [type, { schema: { type: 'string' } }])),
      },
    };
  }
  const byStatus = Map.groupBy(problemsOf(route, description), (code) => String(PROBLEMS[code].status));
  for (const [status, codes] of byStatus) {
    const problem = {
      'application/problem+json': { schema: oneOfProblems(codes), ...examplesOf(route, description, status, codes) },
    };
    const answer = responses[status];
    responses[status] = {
      description: [answer?.description, ...codes.map(problemText)].filter((line) => line !== undefined).join('\n\n'),
      ...headersOf({ ...answer?.headers, ...(status === '402' ? standing : {}), ...problemHeaders(status, codes) }),
      content: { ...answer?.content, ...problem },
    };
  }
  return responses;
}

function problemText(code: ProblemCode): string {
  const { status, title } = PROBLEMS[code];
  return `[\`${code}\`](${guidePath('problems', `${code}--${String(status)}`)}): ${title}.`;
}

/** Those of an operation's examples that were answered with this status: by one of these problems, or by none. */
function examplesOf(
  route: Route,
  { id, examples }: OperationDescription,
  status: string,
  problems: readonly ProblemCode[] = [],
) {
  const answered = examples.flatMap((example) => {
    const { name, summary } = example;
    const answer = recordedAnswer(id, name);
    const isOfThese = problems.length === 0 || problems.some((code) => isProblem(answer?.body, code));
    if (!answer || String(answer.status) !== status || !isOfThese) return [];
    return [[name, { summary, description: requestText(route, example), value: answer.body }]];
  });
  return answered.length === 0 ? {} : { examples: Object.fromEntries(answered) as object };
}

function isProblem(body: unknown, code: ProblemCode): boolean {
  return typeof body === 'object' && body !== null && 'code' in body && body.code === code;
}

function headersOf(headers: Readonly<Record<string, Header>>): Pick<ResponseObject, 'headers'> {
  return Object.keys(headers).length === 0 ? {} : { headers };
}

function problemHeaders(status: string, codes: readonly ProblemCode[]): Record<string, Header> {
  return {
    ...(status === '402' ? { 'Idempotency-Replayed': REPLAYED, 'Purser-Decline-Final': DECLINE_FINAL } : {}),
    ...(['429', '503'].includes(status) || codes.includes('credits_held') ? { 'Retry-After': RETRY_AFTER } : {}),
    ...(status === '429' ? { RateLimit: RATE_LIMIT, 'RateLimit-Policy': RATE_LIMIT_POLICY } : {}),
    ...(status === '401' || codes.includes('scope_missing') ? { 'WWW-Authenticate': WWW_AUTHENTICATE } : {}),
  };
}

const REPLAYED: Header = {
  description: 'This is a replay of the first response under the request’s `Idempotency-Key`.',
  schema: { type: 'string', const: 'true' },
};
const DECLINE_FINAL: Header = {
  description: 'The decline is remembered under the request’s `Idempotency-Key`. To try again, use a new key.',
  schema: { type: 'string', const: 'true' },
};
const RETRY_AFTER: Header = {
  description:
    'With 402, where waiting helps: seconds after which to ask again; with `credits_held`, until the account’s holds usually settle. With 429 and 503: seconds to wait before a retry.',
  schema: { type: 'string', pattern: '^\\d+$' },
};
const WWW_AUTHENTICATE: Header = {
  description: 'The expected authentication, for OAuth clients.',
  schema: { type: 'string' },
};
const RATE_LIMIT: Header = {
  description: 'The number of requests left (`r`), and the seconds until the limit resets (`t`).',
  schema: { type: 'string', examples: ['"key";r=0;t=17'] },
};
const RATE_LIMIT_POLICY: Header = {
  description: 'The number of requests (`q`) that a key may send in a window of seconds (`w`).',
  schema: { type: 'string', examples: ['"key";q=60000;w=60'] },
};
