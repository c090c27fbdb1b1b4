import { DESCRIBED_CONTROLLERS } from '../../apps/api/openapi/described-controllers.ts';
import type { Example } from '../../apps/api/openapi/operation.ts';
import type { Answer } from '../support/api-client.ts';
import type { TestInstance } from '../support/test-service.ts';
import { operationOf, type Operation } from './described-api.ts';

/** An example that was sent. Ids are as the examples call them. */
export interface Sent {
  readonly name: string;
  readonly operation: Operation;
  readonly example: Example;
  readonly answer: Answer;
}

const ID = /\b(?:grant|auth|tr|key|evt|whe|rate|package|plan|top|purchase|lim|bud|raise|anomaly)_[0-7][0-9a-z]{25}\b/g;

/** Every example of every operation, by `operation/example`. */
export function allExamples(): Map<string, { readonly operation: Operation; readonly example: Example }> {
  const all = DESCRIBED_CONTROLLERS.flatMap(({ operations }) => Object.values(operations)).flatMap(({ id, examples }) =>
    examples.map((example) => [`${id}/${example.name}`, { operation: operationOf(id), example }] as const),
  );
  return new Map(all);
}

/** Sends examples one after the other, with the ids that their predecessors were answered. */
export async function walkExamples(service: TestInstance, names: readonly string[]): Promise<Sent[]> {
  const examples = allExamples();
  const realIds = new Map<string, string>();
  const shownIds = new Map<string, string>();
  const real = (text: string): string => text.replace(ID, (id) => realIds.get(id) ?? id);
  const shown = (text: string): string => text.replace(ID, (id) => shownIds.get(id) ?? id);

  const sent: Sent[] = [];
  for (const name of names) {
    const found = examples.get(name);
    if (!found) throw new Error(`There is no example ${name}.`);
    const { operation, example } = found;
    const answer = await service[example.environment ?? 'live'].send(requestOf(operation, example, real));
    const news = [...new Set(answer.text.match(ID))].filter((id) => !shownIds.has(id));
    for (const [index, id] of (example.ids ?? []).entries()) {
      realIds.set(id, news[index] ?? id);
      shownIds.set(news[index] ?? id, id);
    }
    const text = shown(answer.text);
    sent.push({
      name,
      operation,
      example,
      answer: { ...answer, text, body: answer.body === undefined ? text : JSON.parse(text) },
    });
  }
  return sent;
}

function requestOf({ method, path }: Operation, example: Example, real: (text: string) => string) {
  const at = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => real(example.path?.[name] ?? ''));
  const query = real(new URLSearchParams(example.query).toString());
  return {
    method,
    path: query === '' ? at : `${at}?${query}`,
    ...(example.idempotencyKey === undefined ? {} : { key: example.idempotencyKey }),
    ...(example.body === undefined
      ? {}
      : { payload: real(JSON.stringify(example.body)), headers: { 'content-type': 'application/json' } }),
  };
}
