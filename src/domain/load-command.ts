/** What has become of a command to a flexible load. */
export const loadCommandStates = [
  'dryRun',
  'waiting',
  'sent',
  'accepted',
  'refused',
  'unanswered',
  'expired',
] as const;
export type LoadCommandState = (typeof loadCommandStates)[number];

/** A load was, or would have been, told to be off until a moment, or a battery to follow a set-point. */
export type LoadCommand = {
  readonly id: string;
  readonly building: string;
  readonly load: string;
  /** What the load uses; of a battery what it is to charge, negative to discharge. */
  readonly powerKw: number;
  /** Of a battery: what the main meter is to show, kW. */
  readonly gridKw?: number;
  /** Why: an alert's id, or a limit's. */
  readonly cause: string;
  readonly atMs: number;
  readonly untilMs: number;
  readonly state: LoadCommandState;
  /** What the load said, or why it was not told. */
  readonly detail?: string;
  readonly sentAtMs?: number;
  readonly answeredAtMs?: number;
};
