import type { Environment } from '#access';
import { timeView } from '../lists/time-view.ts';

export function environmentView({ name, createdAt }: Environment) {
  return { name, created_at: timeView(createdAt) };
}
