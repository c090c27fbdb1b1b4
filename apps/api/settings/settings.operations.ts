import { ref } from '../openapi/body-schemas.ts';
import type { OperationsOf } from '../openapi/operation.ts';
import type { SettingsController } from './settings.controller.ts';

export const SETTINGS_OPERATIONS: OperationsOf<SettingsController> = {
  read: {
    id: 'getSettings',
    summary: 'Get the settings',
    description: 'Returns what holds for all accounts of the environment.',
    answers: { 200: { description: 'The settings.', schema: ref('Settings') } },
    examples: [{ name: 'of_the_environment', summary: 'The settings of the environment' }],
  },
  set: {
    id: 'setSettings',
    summary: 'Set the settings',
    description: 'Sets all settings of the environment. One that you leave out goes back to its default.',
    answers: { 200: { description: 'The updated settings.', schema: ref('Settings') } },
    problems: ['rate_card_not_found', 'rate_card_archived', 'rate_card_purpose_differs'],
    examples: [
      {
        name: 'in_europe',
        summary: 'A calendar and a currency',
        body: {
          time_zone: 'Europe/Berlin',
          currency: 'EUR',
          price_per_credit: '0.01',
          economize_from: 75,
          model_hint: 'gpt-5-mini',
          reported_tags: ['user', 'feature', 'team', 'customer'],
          chargeback_splits: [
            {
              name: 'teams',
              by: 'tag.team',
              shared: ['platform'],
              method: 'fixed',
              percents: { search: 60, ads: '37.5' },
              markup: '0.05',
            },
          ],
        },
      },
    ],
  },
};
