import { describe, expect, it } from 'vitest';
import type { AlertChange } from '../../../../src/domain/alert.ts';
import type { Reading } from '../../../../src/domain/reading.ts';
import type { Device } from '../../../../src/domain/register.ts';
import { createAlerting } from '../../../../src/workers/alerting.ts';
import { knownBy, restore } from '../../../support/alerting.ts';
import { judge } from '../../../support/judge.ts';
import { readingOf, registerOf, withPlacesOf } from '../../../support/readings.ts';
import { onlyRules, rulesOf } from '../../../support/rules.ts';

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 0, 12);
const BUILDINGS = 6;

type Spoken = { readonly device: string; readonly building: string; readonly source: string };
type Silent = (of: Spoken, minute: number) => boolean;

/**
 * Twenty hours of six buildings: in each five devices come through a cloud, as often as each hour or as seldom, two through a
 * bridge in the house and two by themselves. A packet in a hundred is lost.
 */
const pauses = { cloud: [5, 10, 15, 30, 60], bridge: [5, 5], own: [1, 10] } as const;

function readingsOf(isSilent: Silent): Reading[] {
  const readings: Reading[] = [];
  for (let minute = 0; minute < 1200; minute += 1) {
    for (let at = 0; at < BUILDINGS; at += 1) {
      for (const [source, every] of Object.entries(pauses)) {
        for (const [n, pause] of every.entries()) {
          const of = { device: `${source}-${at}-${n}`, building: `b${at}`, source };
          const place = minute + 7 * at + 3 * n;
          const isLost = (place * 7919 + minute) % 101 === 0;
          if (place % pause !== 0 || isLost || isSilent(of, minute)) continue;
          const point = { ...of, quantity: 'airTemperatureC' } as const;
          const { device, building } = of;
          const reading = readingOf(
            { device, building, quantity: point.quantity },
            T0 + minute * MINUTE + at * 1000,
            20,
          );
          readings.push({ ...reading, source });
        }
      }
    }
  }
  return readings;
}

const buildings = Array.from({ length: BUILDINGS }, (_, at) => ({ id: `b${at}` }));

function told(isSilent: Silent, rows: readonly Device[] = []): AlertChange[] {
  return judge(readingsOf(isSilent), { types: ['stale'], register: registerOf(buildings, rows) });
}

const inShort = (changes: readonly AlertChange[]) =>
  changes.map(({ alert: { subject, building, state }, atMs }) => {
    const minute = Math.round((atMs - T0) / MINUTE);
    return `${building === subject ? '' : `${building} `}${subject} ${state} ${minute}`;
  });
const within = (minute: number, from: number, to: number) => minute >= from && minute < to;

describe('many devices that fall silent at once', () => {
  it('are told as what their readings come through, once, and it is over when it is there again', () => {
    const changes = told(({ source }, minute) => source === 'cloud' && within(minute, 600, 900));
    expect(changes.map(({ alert: { subject, state } }) => `${subject} ${state}`)).toEqual([
      'organisation:o/cloud firing',
      'organisation:o/cloud resolved',
    ]);
    const [began, over] = changes;
    expect((began?.atMs ?? 0) - T0).toBeLessThan(625 * MINUTE);
    expect((over?.atMs ?? 0) - T0).toBeLessThan(905 * MINUTE);
    expect(began?.alert).toMatchObject({
      building: 'organisation:o',
      title: 'Nothing comes from cloud',
      facts: { kind: 'outage', of: 'source', source: 'cloud', buildingCount: 6, deviceCount: 30 },
    });
  });

  it('are told as a building where all of it is silent, once that is clear', () => {
    const changes = told(({ building }, minute) => building === 'b2' && minute >= 600 && minute < 1100);
    expect(inShort(changes).map((text) => text.replace(/\d+$/, ''))).toEqual([
      'b2 own-2-0| firing ',
      'b2 firing ',
      'b2 own-2-0| resolved ',
      'b2 resolved ',
    ]);
    expect(changes[1]?.alert).toMatchObject({ title: 'Nothing comes from b2', facts: { of: 'building' } });
  });

  it('are told as a part of a building where what they come through goes on elsewhere', () => {
    const isSilent: Silent = ({ building, source }, minute) =>
      building === 'b2' && source === 'cloud' && minute >= 600;
    const changes = told(isSilent);
    expect(changes.map(({ alert: { title } }) => title)).toEqual([
      'cloud-2-0 is silent',
      'Nothing comes from cloud in b2',
    ]);
  });

  it('are told as all where nothing is left', () => {
    const changes = told((_, minute) => within(minute, 600, 700));
    expect(inShort(changes).map((text) => text.replace(/\d+$/, ''))).toEqual([
      'organisation:o firing ',
      'organisation:o resolved ',
    ]);
    expect(changes[0]?.alert).toMatchObject({ title: 'Nothing comes in from any device' });
  });

  it('are told as one although a few go on speaking, and it is not these that end it', () => {
    const isSilent: Silent = ({ source, device }, minute) =>
      source === 'cloud' && !/^cloud-[01]-0$/.test(device) && minute >= 600;
    expect(told(isSilent).map(({ alert: { subject, state } }) => `${subject} ${state}`)).toEqual([
      'organisation:o/cloud firing',
    ]);
  });
});

it('is told live, with ticks and a restart on the way, as in a replay', () => {
  const isSilent: Silent = ({ source, device }, minute) =>
    (source === 'cloud' && within(minute, 600, 900)) || (device === 'cloud-1-1' && minute >= 600);
  const readings = readingsOf(isSilent);
  const register = withPlacesOf(readings, registerOf(buildings, []));
  const open = () =>
    createAlerting({
      rules: onlyRules('stale'),
      holds: { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE },
      register: () => register,
      tariffs: new Map(),
    });
  let alerting = open();
  const live: AlertChange[] = [];
  let tickedMs = T0;
  for (const [at, reading] of readings.entries()) {
    for (; tickedMs + 1000 <= reading.receivedAtMs; tickedMs += 1000) alerting.onTick(tickedMs + 1000);
    if (at % 1500 === 0) {
      live.push(...alerting.drain().changes);
      const known = knownBy(alerting);
      alerting = open();
      restore(alerting, known);
    }
    alerting.onReading(reading);
  }
  live.push(...alerting.drain().changes);
  expect(live.length).toBe(3);
  expect(live).toEqual(told(isSilent));
});

it('waits for the end of quiet hours, as all else does', () => {
  const quiet = rulesOf(`rules: [{ type: stale, schedule: { quietHours: '11:00-13:30' } }]`);
  const readings = readingsOf(({ source }, minute) => source === 'cloud' && minute >= 600);
  const register = withPlacesOf(readings, registerOf(buildings, []));
  const alerting = createAlerting({
    rules: quiet,
    holds: { powerHoldMs: 15 * MINUTE, registerGapMs: 180 * MINUTE },
    register: () => register,
    tariffs: new Map(),
  });
  for (const reading of readings) alerting.onReading(reading);
  // Half past one in Stockholm.
  expect(inShort(alerting.drain().changes)).toEqual(['organisation:o organisation:o/cloud firing 750']);
});

describe('gateways that the register names', () => {
  /** One for each two buildings. */
  const rows = Array.from({ length: BUILDINGS }, (_, at) =>
    pauses.cloud.map((_, n) => ({
      id: `cloud-${at}-${n}`,
      model: 'kvarter',
      building: `b${at}`,
      gateway: `gw-${Math.floor(at / 2)}`,
    })),
  ).flat();
  const subjects = (changes: readonly AlertChange[]) => [
    ...new Set(changes.map(({ alert }) => alert.subject)),
  ];

  it('are not told beside what all of them hand on to, also where a device died before or is dead after', () => {
    const isSilent: Silent = ({ source, device }, minute) =>
      source === 'cloud' &&
      (within(minute, 600, 900) ||
        (device === 'cloud-0-0' && minute > 500) ||
        (device === 'cloud-4-0' && minute > 600));
    expect(subjects(told(isSilent, rows))).toEqual(['cloud-0-0|', 'organisation:o/cloud', 'cloud-4-0|']);
  });

  it('are told by themselves where the others go on', () => {
    const isSilent: Silent = ({ source, building }, minute) =>
      source === 'cloud' && /b[01]/.test(building) && minute >= 600;
    const found = subjects(told(isSilent, rows));
    expect(found).toEqual(expect.arrayContaining(['b0/gw-0', 'b1/gw-0']));
    expect(found.filter((subject) => subject.endsWith('/cloud'))).toEqual([]);
  });
});

describe('a device that is silent by itself', () => {
  it('is told as ever, also while others are silent together', () => {
    const isSilent: Silent = ({ source, device }, minute) =>
      (source === 'cloud' && within(minute, 600, 900)) || (device === 'own-3-0' && minute >= 650);
    expect(inShort(told(isSilent))).toContain('b3 own-3-0| firing 654');
  });

  it('is told when it stays away after the others are back, by its own rhythm from then on', () => {
    const isSilent: Silent = ({ source, device }, minute) =>
      source === 'cloud' && (within(minute, 600, 900) || (device === 'cloud-1-1' && minute >= 600));
    const changes = inShort(told(isSilent)).filter((text) => text.includes('cloud-1-1'));
    expect(changes).toHaveLength(1);
    expect(Number(/\d+$/.exec(changes[0] ?? '')?.[0])).toBeGreaterThan(925);
  });

  it('is told when it was silent before the others', () => {
    const isSilent: Silent = ({ source, device }, minute) =>
      source === 'cloud' && (within(minute, 600, 900) || (device === 'cloud-1-1' && minute >= 500));
    expect(inShort(told(isSilent))[0]).toMatch(/^b1 cloud-1-1\| firing 5[34]\d$/);
  });

  it('is told one by one where they are few', () => {
    const isSilent: Silent = ({ device }, minute) => /^bridge-2-/.test(device) && minute >= 600;
    expect(told(isSilent).map(({ alert: { device } }) => device)).toEqual(['bridge-2-0', 'bridge-2-1']);
  });

  it('is told when those that seemed to be silent with it have spoken', () => {
    const isSilent: Silent = ({ device }, minute) => /^cloud-2-[012]$/.test(device) && minute >= 600;
    expect(inShort(told(isSilent)).map((text) => text.replace(/\d+$/, ''))).toEqual([
      'b2 cloud-2-0| firing ',
      'b2 b2/cloud firing ',
      'b2 b2/cloud resolved ',
      'b2 cloud-2-1| firing ',
      'b2 cloud-2-2| firing ',
    ]);
  });
});
