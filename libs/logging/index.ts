export { LineBudget } from './line-budget.ts';
export { makeLogger, type Logger } from './make-logger.ts';
