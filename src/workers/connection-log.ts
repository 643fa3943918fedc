type Log = Readonly<Record<'error' | 'warn' | 'info' | 'debug', (fields: object, message: string) => void>>;

/** What the embedded broker tells of its connections, as it is logged. */
export function connectionLog(log: Log): {
  readonly onCertificates: (refused: Error | undefined) => void;
  readonly onProblem: (problem: { client: string | undefined; message: string }) => void;
  readonly onBound: (report: { readonly bound: string; readonly limit: number }) => void;
} {
  return {
    onCertificates: (refused) =>
      refused
        ? log.error({ error: refused.message }, 'the certificates are wrong; those before stay')
        : log.info({}, 'the certificates are read'),
    onProblem: ({ client, message }) => log.debug({ client, message }, 'an MQTT connection ended badly'),
    onBound: (report) => log.warn(report, `mqtt.${report.bound} (${report.limit}) was hit`),
  };
}
