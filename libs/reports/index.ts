export type {
  JournalSlice,
  SliceAccount,
  SliceAuthorization,
  SliceGrant,
  SlicePurchase,
} from './facts/journal-slice.ts';
export {
  MONEY_KINDS,
  revenueOf,
  type MoneyFact,
  type MoneyKind,
  type MoneyOfSlice,
  type MoneyPosition,
} from './facts/money-fact.ts';
export { moneyOfSlice } from './money/money-of-slice.ts';
export { poolNames } from './money/pool.ts';
export { sealJournalChore } from './periods/chain/seal-journal.chore.ts';
export { sealJournal } from './periods/chain/seal-journal.ts';
export type { ChainDifference, ChainReport, CheckedClosing } from './periods/chain/chain-report.ts';
export { verifyChain } from './periods/chain/verify-chain.ts';
export { catchUpAccount, catchUpEnvironment, type CaughtUp } from './rollups/catch-up.ts';
export { rebuildRollups, type Rebuilt } from './rollups/rebuild-rollups.ts';
export { rollUpChore } from './rollups/roll-up.chore.ts';
export type { SumDifference } from './rollups/compare-sums.ts';
export { verifyRollups, type RollupReport } from './rollups/verify-rollups.ts';
export { watchAnomaliesChore } from './anomalies/watch-anomalies.chore.ts';
export { watchAnomalies, type AnomalyWatch } from './anomalies/watch-anomalies.ts';
export { UsualPeaks } from './anomalies/usual-peaks.ts';
export { forecastAccountsChore } from './forecast/forecast-accounts.chore.ts';
export { forecastJson, type ForecastJson } from './forecast/forecast-json.ts';
export { ForecastReader, type AccountForecast } from './forecast/forecast-reader.ts';
export { Anomalies, type AnomalyFilter, type ReadAnomaly } from './anomalies/anomalies.ts';
export { ANOMALY_STATES, type Anomaly, type AnomalyState } from './anomalies/anomaly.ts';
export { changeJson } from './anomalies/change-json.ts';
export { comparableRanges } from './anomalies/comparable-ranges.ts';
export { ChangeReader, type Change, type ChangeAsked } from './anomalies/change-reader.ts';
export { TooMuchToCross } from './usage/read-crossed.ts';
export type { UsageGroup, UsageQuestion } from './usage/usage-question.ts';
export { TooManySums, UsageReader } from './usage/usage-reader.ts';
export { inOrder, METRICS, together, topGroups, withOther, type Metric, type UsageSums } from './usage/usage-row.ts';
export { csvLine, type Cell } from './csv/csv-line.ts';
export { BREAKAGE_METHODS, type BreakageMethod } from './reports/breakage.ts';
export type { BreakageRates } from './reports/money-grant-terms.ts';
export { reportCsv, reportJson } from './reports/render-report.ts';
export type { ReportDefinition, ReportParameter, ReportSources } from './reports/report-definition.ts';
export type { ReportRequest } from './reports/report-request.ts';
export type { Column, ColumnKind, Report, ReportRow } from './reports/report.ts';
export { readUsageMargin } from './usage-margin/read-usage-margin.ts';
export { marginColumns, TOKEN_TYPE } from './usage-margin/margin-rows.ts';
export type { UsageGrouping } from './usage-margin/usage-sum.ts';
export { CHARGED_MEASURES, readChargeback, type ChargedMeasure } from './chargeback/read-chargeback.ts';
export { readFocus } from './focus/read-focus.ts';
export { WhatIf, type OtherCard } from './what-if/what-if.ts';
export { whatIfReport } from './what-if/what-if-report.ts';
export type { Assumptions, Route } from './what-if/assumptions.ts';
export { REPORTS } from './reports/reports.ts';
export type { CloseWork } from './periods/close/close-month.ts';
export type { MonthToClose, ReportToClose } from './periods/close/report-to-close.ts';
export type { Closing, PeriodRefusal, PeriodState } from './periods/period.ts';
export { Periods } from './periods/periods.ts';
