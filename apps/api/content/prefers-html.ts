import { qualityValues } from './quality-values.ts';

/** Whether a client with this `Accept` names HTML and likes it no less than JSON, as browsers do. */
export function prefersHtml(accept = ''): boolean {
  const weights = qualityValues(accept);
  const html = weights.get('text/html') ?? 0;
  return html > 0 && html >= (weights.get('application/json') ?? 0);
}
