import { HOUR_MS } from '../src/domain/interval.ts';

export const DAY_MS = 24 * HOUR_MS;
