/** What an MQTT sender has to show for itself. */
type Sender = {
  /** Handed to MQTT, which keeps them while there is no connection. */
  readonly sent: () => number;
  /** Of those, what the broker has confirmed (PUBACK). */
  readonly acknowledged: () => number;
};

/**
 * What was sent so far, for the sentence that a run ends with: only what a broker has acknowledged has certainly come; the rest may
 * never have left this machine.
 */
export function sentSoFar({ sent, acknowledged }: Sender, what: string): string {
  const waiting = sent() - acknowledged();
  const done = `${acknowledged()} ${what} were sent and acknowledged`;
  return waiting > 0 ? `${done}, ${waiting} more wait for it` : done;
}
