import type { StripeBooks } from './stripe-books.ts';
import { Form, type Parameters } from './form.ts';
import type { Answer } from './idempotency.ts';
import { invalidRequest } from './stripe-error.ts';

interface Operation {
  readonly method: 'GET' | 'POST';
  /** Its path, with one group for the id in it. */
  readonly path: RegExp;
  readonly parameters: Parameters;
  readonly run: (books: StripeBooks, form: Form, id: string) => Answer;
}

const METADATA: Parameters = { 'metadata[*]': 'metadata', 'expand[#]': 'text' };
const LIST: Parameters = {
  limit: 'whole',
  starting_after: 'text',
  customer: 'text',
  'created[gte]': 'whole',
  'created[lt]': 'whole',
  'expand[#]': 'text',
};
const SESSION: Parameters = {
  'mode!': 'text',
  'line_items[#][quantity]': 'whole',
  'line_items[#][price_data][currency]': 'currency',
  'line_items[#][price_data][unit_amount]': 'whole',
  'line_items[#][price_data][product_data][name]': 'text',
  customer: 'text',
  'adaptive_pricing[enabled]': 'boolean',
  'payment_intent_data[description]': 'text',
  'payment_intent_data[metadata][*]': 'metadata',
  'success_url!': 'url',
  cancel_url: 'url',
  ...METADATA,
};
const INTENT: Parameters = {
  'amount!': 'whole',
  'currency!': 'currency',
  confirm: 'boolean',
  off_session: 'boolean',
  payment_method: 'text',
  customer: 'text',
  description: 'text',
  'automatic_payment_methods[enabled]': 'boolean',
  'automatic_payment_methods[allow_redirects]': 'text',
  ...METADATA,
};

const OPERATIONS: readonly Operation[] = [
  {
    method: 'POST',
    path: /^\/v1\/payment_intents$/,
    parameters: INTENT,
    run: (books, form) => books.createIntent(form),
  },
  {
    method: 'GET',
    path: /^\/v1\/payment_intents$/,
    parameters: LIST,
    run: (books, form) => books.listIntents(form),
  },
  {
    method: 'GET',
    path: /^\/v1\/payment_intents\/(pi_\w+)$/,
    parameters: { 'expand[#]': 'text' },
    run: (books, _, id) => ok(books.intent(id)),
  },
  {
    method: 'POST',
    path: /^\/v1\/payment_intents\/(pi_\w+)\/cancel$/,
    parameters: { cancellation_reason: 'text' },
    run: (books, form, id) => ok(books.cancelIntent(id, form.text('cancellation_reason'))),
  },
  {
    method: 'POST',
    path: /^\/v1\/refunds$/,
    parameters: { 'payment_intent!': 'text', amount: 'whole', ...METADATA },
    run: (books, form) => {
      const metadata = form.record('metadata');
      return ok(books.refund(form.required('payment_intent'), form.whole('amount'), metadata));
    },
  },
  {
    method: 'GET',
    path: /^\/v1\/refunds$/,
    parameters: { ...LIST, payment_intent: 'text', charge: 'text' },
    run: (books, form) => books.listRefunds(form),
  },
  {
    method: 'POST',
    path: /^\/v1\/checkout\/sessions$/,
    parameters: SESSION,
    run: (books, form) => ok(books.createSession(form)),
  },
  {
    method: 'GET',
    path: /^\/v1\/checkout\/sessions$/,
    parameters: LIST,
    run: (books, form) => books.listSessions(form),
  },
  {
    method: 'POST',
    path: /^\/v1\/checkout\/sessions\/(cs_\w+)\/expire$/,
    parameters: {},
    run: (books, _, id) => ok(books.expireSession(id)),
  },
];

/** A request whose parameters have been checked. */
export interface ReadRequest {
  run(): Answer;
}

/** @throws ApiError where Stripe would refuse the request before doing anything */
export function readRequest(books: StripeBooks, method: string, path: string, encoded: string): ReadRequest {
  for (const operation of OPERATIONS) {
    const match = operation.method === method ? operation.path.exec(path) : null;
    if (match === null) continue;
    const form = new Form(encoded, operation.parameters);
    return { run: () => operation.run(books, form, match[1] ?? '') };
  }
  throw invalidRequest(`Unrecognized request URL (${method}: ${path}).`, {}, 404);
}

function ok(body: object): Answer {
  return { status: 200, body };
}
