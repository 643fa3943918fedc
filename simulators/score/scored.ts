/** What the score looks at in an alert. */
export type ScoredAlert = {
  readonly id: string;
  readonly rule: string;
  readonly building: string;
  readonly subject: string;
  /** When a person was told, epoch ms. */
  readonly firedMs: number;
  /** When it was over; infinite while it is not. */
  readonly endedMs: number;
  readonly facts: Readonly<Record<string, unknown>>;
  /** The alert that is told in its place: nobody was told of this one. */
  readonly heldFor?: string;
};

/** A line of `truth.ndjson`. Its kind may be one that kvarter's simulator does not know. */
export type TrueEvent = {
  readonly kind: string;
  readonly building: string;
  readonly subject: string;
  readonly from: string;
  readonly to: string | null;
  /** How far it moved what is measured, in accuracies of such sensors: below `LEAST_EFFECT` of the score it need not be found. */
  readonly effect?: number;
};
