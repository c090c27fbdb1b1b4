import { CHANGE_REPORT } from '../anomalies/change-report.ts';
import { FORECAST_REPORT } from '../forecast/forecast-report.ts';
import { MONEY_REPORTS } from './money-reports.ts';
import type { ReportDefinition } from './report-definition.ts';
import { STATEMENT } from './statement-report.ts';

const DEFINITIONS: readonly ReportDefinition[] = [...MONEY_REPORTS, STATEMENT, FORECAST_REPORT, CHANGE_REPORT];

/** Every report that can be asked for, by its name. */
export const REPORTS: ReadonlyMap<string, ReportDefinition> = new Map(DEFINITIONS.map((one) => [one.name, one]));
