import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { WhatIfController } from './what-if.controller.ts';

export const WHAT_IF_OPERATIONS: OperationsOf<WhatIfController> = {
  showWhatIf: {
    id: 'reportWhatIf',
    summary: 'Report what usage would have cost',
    description:
      'Prices the requests of a range again, as the ledger would have: by another rate card, with other models, with more read from caches or sent in batches. Returns what they were priced at, what they would have been, and the difference, by model and value of the tag `feature`. ' +
      'Requests belong to the time when they were made, and count once they are closed. Counted quantities begin at zero with the range. Usage that has no price one of both times is counted, and not compared.',
    answers: { 200: { description: 'The report.', schema: ref('Report'), alsoAs: ['text/csv'] } },
    problems: ['account_not_found', 'rate_card_not_found', 'rate_card_version_not_found', 'rate_card_purpose_differs'],
    examples: [
      {
        name: 'smaller_model',
        summary: 'A smaller model, and a third of the input from a cache',
        query: { 'route.gpt-5': 'gpt-5-mini', cached: '0.3' },
      },
    ],
  },
};
