/** Somebody (the energy company) asks an area to stay below a power for a while. */
export type Limit = {
  readonly id: string;
  readonly area: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** The most that its buildings together may draw, as the mean of a clock quarter-hour. */
  readonly kw: number;
  readonly by: string;
  readonly createdAtMs: number;
  /** When it was taken back before its end. */
  readonly withdrawnAtMs?: number;
};
