import { orNull } from '../openapi/field-schema.ts';
import { amount, text, viewSchema } from '../openapi/view-schema.ts';
import type { lineView } from './line.view.ts';

export const LINE_SCHEMA = viewSchema<ReturnType<typeof lineView>>('What one component of a price makes of a usage.', {
  event: text('The usage’s event.'),
  model: orNull(text('The usage’s model.')),
  component: { type: 'integer', minimum: 0, description: 'The index of the component in its price.' },
  quantity: text('The quantity, like `input_tokens`.'),
  count: amount('How many.'),
  rate: orNull(amount('The amount for every `per` units; `null` if several tiers took part.')),
  amount: amount('What they cost.'),
});
