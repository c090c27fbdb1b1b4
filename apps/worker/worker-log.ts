import type { ChoreLog } from '#background';

export interface WorkerLog extends ChoreLog {
  warn(line: string): void;
  error(line: string): void;
}
