import { isNetwork } from '#access';
import { webhookUrlFault } from '#webhooks';
import formatsModule, { type FormatsPlugin } from 'ajv-formats';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isTimeZone } from '../../apps/api/validation/rules.ts';
import type { Answer } from '../support/api-client.ts';
import { apiDocument, type Operation } from './described-api.ts';

const DOCUMENT = 'purser:openapi';

const ajv = new Ajv2020({
  strict: true,
  // Of a field's schema a part may stand in `allOf`, without its type; requirements in `anyOf`, without their fields.
  strictTypes: false,
  strictRequired: false,
  keywords: ['discriminator', ...Object.keys(apiDocument)],
});
// A CommonJS module, whose types take its default export for the module itself.
(formatsModule as unknown as FormatsPlugin)(ajv);
ajv.addFormat('time-zone', isTimeZone);
ajv.addFormat('ip-network', isNetwork);
ajv.addFormat('webhook-url', (text) => webhookUrlFault(text, { allowLoopback: true }) === null);
ajv.addSchema({ $id: DOCUMENT, ...(closed(apiDocument) as object) }, DOCUMENT, false, false);

/** Clients are to bear with new fields in answers; here each must be described, so nothing may come that isn't. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.fromEntries(Object.entries(value).map(([name, one]) => [name, closed(one)]));
  const isOpen = 'properties' in value && 'type' in value && !('additionalProperties' in value);
  return isOpen ? { ...inner, additionalProperties: false } : inner;
}

const compiled = new Map<string, ValidateFunction>();

/** The check of a schema, by where it stands in the document. */
function checkAt(...path: readonly string[]): ValidateFunction {
  const pointer = path.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent);
  const $ref = `${DOCUMENT}#/${pointer.join('/')}`;
  const check = compiled.get($ref) ?? ajv.compile({ $ref });
  compiled.set($ref, check);
  return check;
}

/** Whether a schema of the document can be used at all. */
export function compileComponent(name: string): void {
  checkAt('components', 'schemas', name);
}

/** Why a request's body isn't as the description wants it; `null` where it is. */
export function bodyFault({ path, method, object }: Operation, body: unknown): string | null {
  if (!('requestBody' in object)) return null;
  return faultOf(
    checkAt('paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'),
    body,
  );
}

/** Why a parameter isn't as the description wants it; `null` where it is. */
export function parameterFault({ path, method, object }: Operation, name: string, value: string): string | null {
  const index = object.parameters.findIndex((parameter) => parameter.name === name);
  if (index < 0) return `there is no parameter ${name}`;
  return faultOf(checkAt('paths', path, method.toLowerCase(), 'parameters', String(index), 'schema'), value);
}

/** Why an answer isn't one that the description tells of; `null` where it is. */
export function answerFault({ path, method, object }: Operation, answer: Answer): string | null {
  const status = String(answer.status);
  const response = object.responses[status];
  if (!response) return `the status ${status} is not described`;
  const [type = ''] = (answer.headers['content-type'] ?? '').split(';');
  if (answer.status >= 400 && type !== 'application/problem+json' && path !== '/health/ready')
    return `${status} is not answered by a problem but as ${type}`;
  const mediaType = [type, type.replace(/\/.*/, '/*')].find((one) => one in response.content);
  if (mediaType === undefined) return `${status} as ${type} is not described`;
  return faultOf(
    checkAt('paths', path, method.toLowerCase(), 'responses', status, 'content', mediaType, 'schema'),
    answer.body ?? answer.text,
  );
}

/** Why a message to a webhook endpoint isn't as the description has it; `null` where it is. */
export function messageFault(message: { readonly type: string }): string | null {
  const path = ['webhooks', message.type, 'post', 'requestBody', 'content', 'application/json', 'schema'];
  return faultOf(checkAt(...path), message);
}

export function messageHeaderFault(type: string, name: string, value: string): string | null {
  const index = apiDocument.webhooks[type]?.post.parameters.findIndex((parameter) => parameter.name === name) ?? -1;
  return faultOf(checkAt('webhooks', type, 'post', 'parameters', String(index), 'schema'), value);
}

function faultOf(check: ValidateFunction, value: unknown): string | null {
  return check(value) ? null : ajv.errorsText(check.errors, { separator: '; ' });
}
