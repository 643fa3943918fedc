import { describe, expect, it } from 'vitest';
import { OutgoingFlow } from '../../../src/mqtt/downstream/outgoing-flow.ts';

const PUBACK = 4;
const PUBREC = 5;
const PUBCOMP = 7;

describe('what a client was sent', () => {
  it('has ids from 1, and none that is in use', () => {
    const flow = new OutgoingFlow();
    expect([flow.take(1), flow.take(2), flow.take(1)]).toEqual([1, 2, 3]);
    flow.startAt(65_535);
    flow.acknowledge(PUBACK, 1);
    expect([flow.take(1), flow.take(1), flow.take(1)]).toEqual([65_535, 1, 4]);
  });

  it('has no id once all are in use, until one is acknowledged', () => {
    const flow = new OutgoingFlow();
    for (let n = 1; n <= 65_535; n++) expect(flow.take(1)).toBe(n);
    expect(flow.take(1)).toBeUndefined();
    flow.acknowledge(PUBACK, 777);
    expect(flow.take(2)).toBe(777);
  });

  it.each([
    ['PUBACK for QoS 1', 1, [PUBACK]],
    ['PUBREC and PUBCOMP for QoS 2', 2, [PUBREC, PUBCOMP]],
    ['PUBREC once more', 2, [PUBREC, PUBREC, PUBCOMP]],
    ['what is acknowledged already', 1, [PUBACK, PUBACK, PUBREC, PUBCOMP]],
  ] as const)('takes %s, and the id is free again', (_, qos, types) => {
    const flow = new OutgoingFlow();
    flow.take(qos);
    for (const type of types) expect(flow.acknowledge(type, 1)).toBeUndefined();
    flow.startAt(1);
    expect(flow.take(qos)).toBe(1);
  });

  it.each([
    ['PUBREC', 1, [PUBREC], 'MQTT-4.3.2-2'],
    ['PUBCOMP', 1, [PUBCOMP], 'MQTT-4.3.2-2'],
    ['PUBACK', 2, [PUBACK], 'MQTT-4.3.3-2'],
    ['PUBCOMP before PUBREC', 2, [PUBCOMP], 'MQTT-4.3.3-2'],
    ['PUBACK after PUBREC', 2, [PUBREC, PUBACK], 'MQTT-4.3.3-2'],
  ] as const)('refuses %s for QoS %i', (_, qos, types, clause) => {
    const flow = new OutgoingFlow();
    flow.take(qos);
    const answers = types.map((type) => flow.acknowledge(type, 1));
    expect(answers.at(-1)).toMatchObject({ clause });
  });

  it('knows what it has sent again', () => {
    const flow = new OutgoingFlow();
    flow.resent(5, 2);
    flow.released(6);
    expect(flow.acknowledge(PUBACK, 5)).toMatchObject({ clause: 'MQTT-4.3.3-2' });
    expect(flow.acknowledge(PUBCOMP, 6)).toBeUndefined();
  });
});
