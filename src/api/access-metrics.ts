import { Counter, Gauge, type Registry } from 'prom-client';

/** What the broker has let in and kept out since the start. */
export type MqttAccess = {
  readonly accepted: number;
  readonly refused: number;
  readonly handshakesFailed: number;
  readonly turnedAway: number;
  readonly waiting: number;
  readonly delayed: number;
  readonly delayedMs: number;
  readonly publishDenied: number;
  readonly subscribeDenied: number;
  readonly revoked: number;
};

/** Asked when somebody looks, wherever the broker runs. */
export type AccessSource = () => MqttAccess | Promise<MqttAccess>;

/** Shows who was let in and kept out. */
export function showAccess(registry: Registry, access: AccessSource): void {
  const counter = (
    name: string,
    help: string,
    labelNames: string[],
    values: (access: MqttAccess) => readonly (readonly [label: string, count: number])[],
  ) => {
    const counted: Counter = new Counter({
      name,
      help,
      labelNames,
      registers: [registry],
      collect: async () => {
        const all = values(await access());
        counted.reset();
        for (const [label, count] of all) {
          counted.inc(Object.fromEntries(labelNames.map((labelName) => [labelName, label])), count);
        }
      },
    });
  };
  counter('kvarter_mqtt_logins_total', 'MQTT connections, by what they were answered', ['result'], (now) => [
    ['accepted', now.accepted],
    ['refused', now.refused],
    ['turned-away', now.turnedAway],
    ['handshake-failed', now.handshakesFailed],
  ]);
  counter('kvarter_mqtt_logins_delayed_total', 'Logins that had to wait after failures', [], (now) => [
    ['', now.delayed],
  ]);
  counter('kvarter_mqtt_login_delay_seconds_total', 'For how long they had to wait, in sum', [], (now) => [
    ['', now.delayedMs / 1000],
  ]);
  counter('kvarter_mqtt_denied_total', 'What clients had no right to', ['action'], (now) => [
    ['publish', now.publishDenied],
    ['subscribe', now.subscribeDenied],
  ]);
  counter(
    'kvarter_mqtt_revoked_total',
    'Connections closed because their credential was removed or rotated',
    [],
    (now) => [['', now.revoked]],
  );
  const waiting: Gauge = new Gauge({
    name: 'kvarter_mqtt_logins_waiting',
    help: 'Logins that are not answered yet',
    registers: [registry],
    collect: async () => waiting.set((await access()).waiting),
  });
}
