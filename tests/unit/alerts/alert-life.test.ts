import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, it } from 'vitest';
import { openAlertStore } from '../../../src/alerts/alert-store.ts';
import { openSilences } from '../../../src/alerts/silences.ts';
import { alertLifeRoutes } from '../../../src/api/alert-life.ts';
import { alertsRoute } from '../../../src/api/alerts.ts';
import { answerProblems } from '../../../src/api/problem.ts';
import { silenceRoutes } from '../../../src/api/silences.ts';
import type { Device, Register } from '../../../src/domain/register.ts';
import { defaultParents, type ParentRule } from '../../../src/rules/parents.ts';
import { alert, become, MINUTE_MS, T0 } from './findings.ts';

const HOUR_MS = 60 * MINUTE_MS;
const device = (id: string, gateway?: string): [string, Device[]] => [
  id,
  [{ id, model: 'kvarter', building: 'BYGG-1', space: 'F1', role: 'room', ...(gateway && { gateway }) }],
];
const register: Register = {
  organisation: { id: 'org', name: 'Org', timeZone: 'Europe/Stockholm' },
  areas: [{ id: 'north', name: 'North', buildings: ['BYGG-1'] }],
  buildings: new Map([
    [
      'BYGG-1',
      { id: 'BYGG-1', name: 'One', area: 'north', spaces: [{ id: 'F1', kind: 'flat' }], flexibleLoads: [] },
    ],
  ]),
  devices: new Map([
    device('gw'),
    device('S1', 'gw'),
    device('S2', 'gw'),
    device('S3'),
    device('S4', 'lora'),
    ['el', [{ id: 'el', model: 'kvarter', building: 'BYGG-1', role: 'electricityMain', channel: 'a' }]],
    ['vent', [{ id: 'vent', model: 'kvarter', building: 'BYGG-1', role: 'submeter' }]],
    ['pump', [{ id: 'pump', model: 'kvarter', building: 'BYGG-1', role: 'submeter' }]],
  ]),
};

/** Store, silences and API over one database, at a time that the test sets. */
function open(parents = defaultParents) {
  const db = new DatabaseSync(':memory:');
  const now = { ms: T0 + HOUR_MS };
  const silences = openSilences(db, () => register);
  const store = openAlertStore(db, {
    keepDays: 30,
    holds: {
      silences,
      register: () => register,
      parents: () => parents,
      graceMs: 10 * MINUTE_MS,
    },
  });
  const queued = () =>
    db
      .prepare('SELECT alert, state FROM alert_outbox ORDER BY row')
      .all()
      .map((row) => `${row.alert} ${row.state}`);
  const look = () => store.tellReleased(now.ms, ['log']);
  const save = (...changes: ReturnType<typeof become>[]) => store.save(changes, [], ['log']);
  return { db, now, silences, store, queued, look, save };
}

async function serve({ now, silences, store, look }: ReturnType<typeof open>) {
  const server = Fastify();
  server.setValidatorCompiler(validatorCompiler);
  server.setSerializerCompiler(serializerCompiler);
  answerProblems(server, (error) => {
    throw error;
  });
  const clock = () => now.ms;
  await server.register(alertsRoute(store, () => register, clock));
  await server.register(alertLifeRoutes(store, clock));
  const rules = () => ['high-co2', 'stale'];
  await server.register(
    silenceRoutes({ book: silences, rules, maxDays: 7, most: 2, onChange: look }, () => register, clock),
  );
  const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
    const answer = await server.inject({ method, url, ...(payload && { payload }) });
    return { status: answer.statusCode, ...answer.json() };
  };
  return { server, ask, [Symbol.asyncDispose]: () => server.close() };
}

describe('the life of an alert', () => {
  it('goes from firing to acknowledged, back when that is over, to resolved, and to its outcome', async () => {
    const opened = open();
    const { now, save } = opened;
    await using api = await serve(opened);
    save(become('firing', { id: 'a' }));
    const until = new Date(now.ms + HOUR_MS).toISOString();
    expect(
      await api.ask('POST', '/api/v1/alerts/a/acknowledge', { by: 'Anna', note: 'on my way', until }),
    ).toMatchObject({
      status: 200,
      state: 'acknowledged',
      acknowledgement: { by: 'Anna', note: 'on my way', until, at: new Date(now.ms).toISOString() },
    });
    expect((await api.ask('GET', '/api/v1/alerts?state=acknowledged')).alerts).toHaveLength(1);
    expect((await api.ask('GET', '/api/v1/alerts?state=firing')).alerts).toHaveLength(0);
    expect((await api.ask('GET', '/api/v1/alerts?state=firing&state=acknowledged')).alerts).toHaveLength(1);
    now.ms += HOUR_MS;
    expect((await api.ask('GET', '/api/v1/alerts/a')).state).toBe('firing');
    expect((await api.ask('GET', '/api/v1/alerts?state=firing')).alerts).toHaveLength(1);
    await api.ask('POST', '/api/v1/alerts/a/acknowledge', { by: 'Bo' });
    now.ms += 1000 * HOUR_MS;
    expect((await api.ask('GET', '/api/v1/alerts/a')).state).toBe('acknowledged');
    save(become('resolved', { id: 'a' }));
    expect(await api.ask('POST', '/api/v1/alerts/a/outcome', { outcome: true, by: 'Anna' })).toMatchObject({
      status: 200,
      state: 'resolved',
      outcome: { outcome: 'true', by: 'Anna' },
    });
    await api.ask('POST', '/api/v1/alerts/a/outcome', {
      outcome: 'false',
      by: 'Bo',
      note: 'sensor in the sun',
    });
    expect((await api.ask('GET', '/api/v1/alerts')).alerts[0]).toMatchObject({
      acknowledgement: { by: 'Bo' },
      outcome: { outcome: 'false', by: 'Bo', note: 'sensor in the sun' },
    });
  });

  it('is kept when the alert is saved again, refreshed and resolved, and forgotten with it', () => {
    const { store, save } = open();
    save(become('firing', { id: 'a' }));
    store.acknowledge('a', { by: 'Anna', atMs: T0 });
    save(become('firing', { id: 'a' }));
    store.save([], [become('firing', { id: 'a', title: 'newer' }).alert], []);
    save(become('resolved', { id: 'a' }));
    expect(store.lifeOf('a')).toEqual({ acknowledgement: { by: 'Anna', atMs: T0 } });
    store.prune(T0 + 31 * 24 * HOUR_MS);
    expect(store.lifeOf('a')).toEqual({});
  });

  it.each([
    ['GET', 'x', '', {}, 404, /no alert x/],
    ['POST', 'x', '/outcome', { outcome: 'true', by: 'A' }, 404, /no alert x/],
    ['POST', 'pending', '/acknowledge', { by: 'A' }, 409, /not held long enough/],
    ['POST', 'pending', '/outcome', { outcome: 'true', by: 'A' }, 409, /not held long enough/],
    ['POST', 'resolved', '/acknowledge', { by: 'A' }, 409, /outcome/],
    ['POST', 'firing', '/acknowledge', {}, 400, /by/],
    ['POST', 'firing', '/acknowledge', { by: ' ' }, 400, /by/],
    ['POST', 'firing', '/acknowledge', { by: 'A', until: '2026-01-15T07:00:00Z' }, 400, /future/],
    ['POST', 'firing', '/acknowledge', { by: 'A', until: 'tomorrow' }, 400, /until: tomorrow/],
    ['POST', 'firing', '/acknowledge', { by: 'A', colour: 1 }, 400, /colour/],
    ['POST', 'firing', '/outcome', { by: 'A', outcome: 'maybe' }, 400, /outcome/],
  ] as const)('%s %s%s %j is refused', async (method, id, path, body, status, says) => {
    const opened = open();
    for (const state of ['pending', 'firing', 'resolved'] as const) {
      opened.save(become(state, { id: state }));
    }
    await using api = await serve(opened);
    const answer = await api.ask(method, `/api/v1/alerts/${id}${path}`, method === 'GET' ? undefined : body);
    expect([answer.status, answer.detail]).toEqual([status, expect.stringMatching(says)]);
  });

  it('is asked for by severity and beginning', async () => {
    const opened = open();
    opened.save(
      become('firing', { id: 'a', severity: 'critical' }),
      become('firing', { id: 'b', startsAtMs: T0 + HOUR_MS }),
    );
    await using api = await serve(opened);
    const ids = async (query: string) =>
      (await api.ask('GET', `/api/v1/alerts?${query}`)).alerts.map(({ id }: { id: string }) => id).join(' ');
    expect(await ids('severity=critical')).toBe('a');
    expect(await ids('severity=critical&severity=warning')).toBe('b a');
    expect(await ids('since=2026-01-15T08:00:00Z')).toBe('b');
  });
});

describe('a silence', () => {
  const body = (over: object = {}) => ({
    scope: { building: 'BYGG-1' },
    from: new Date(T0).toISOString(),
    until: new Date(T0 + 2 * HOUR_MS).toISOString(),
    by: 'Anna',
    reason: 'the riser is changed',
    ...over,
  });

  it('holds an alert back, visibly, and tells it at the end if it still fires', async () => {
    const opened = open();
    const { now, save, queued, look } = opened;
    await using api = await serve(opened);
    const silence = await api.ask('POST', '/api/v1/silences', body());
    expect(silence).toMatchObject({ status: 201, state: 'active', scope: { building: ['BYGG-1'] } });
    save(become('firing', { id: 'a' }), become('firing', { id: 'b' }));
    // A replay after a crash saves it once more.
    save(become('firing', { id: 'a' }), become('firing', { id: 'b' }));
    save(become('resolved', { id: 'b' }));
    look();
    expect(queued()).toEqual([]);
    expect(await api.ask('GET', '/api/v1/alerts/a')).toMatchObject({
      state: 'firing',
      heldBy: 'silence',
      heldFor: silence.id,
    });
    now.ms = T0 + 2 * HOUR_MS;
    look();
    expect(queued()).toEqual(['a firing']);
    expect((await api.ask('GET', '/api/v1/alerts/a')).heldBy).toBeUndefined();
    save(become('resolved', { id: 'a' }));
    expect(queued()).toEqual(['a firing', 'a resolved']);
  });

  it('that another follows holds an alert until that one is over', () => {
    const { now, silences, save, queued, look } = open();
    const silent = { scope: { building: ['BYGG-1'] }, by: 'Anna', reason: 'the riser', createdAtMs: T0 };
    silences.add({ ...silent, fromMs: T0, untilMs: T0 + 2 * HOUR_MS });
    silences.add({ ...silent, fromMs: T0 + HOUR_MS, untilMs: T0 + 4 * HOUR_MS });
    save(become('firing', { id: 'a' }));
    const queuedAt = (hour: number) => {
      now.ms = T0 + hour * HOUR_MS;
      look();
      return queued().length;
    };
    expect([1, 2, 3, 4].map(queuedAt)).toEqual([0, 0, 0, 1]);
  });

  it('that is removed tells what it held at once, and goes on for nobody', async () => {
    const opened = open();
    await using api = await serve(opened);
    const { id } = await api.ask('POST', '/api/v1/silences', body());
    opened.save(become('firing', { id: 'a' }));
    expect(await api.ask('DELETE', `/api/v1/silences/${id}`)).toMatchObject({ status: 200, state: 'over' });
    expect(opened.queued()).toEqual(['a firing']);
    expect((await api.ask('GET', '/api/v1/silences')).silences).toEqual([]);
    expect((await api.ask('GET', '/api/v1/silences?all=true')).silences).toHaveLength(1);
    expect((await api.ask('DELETE', `/api/v1/silences/${id}`)).status).toBe(404);
  });

  it.each([
    ['of the building', { building: 'BYGG-1' }, true],
    ['of one of several buildings', { building: ['BYGG-1'] }, true],
    ['of the area and rule', { area: 'north', rule: 'high-co2' }, true],
    ['of another rule', { rule: 'stale' }, false],
    ['of the role of its device', { role: 'room' }, true],
    ['of another role', { role: 'container' }, false],
    ['of its flat and quantity', { space: 'F1', quantity: 'co2Ppm' }, true],
    ['of another device', { device: 'S2' }, false],
  ])('%s covers it: %j %s', async (_name, scope, isCovered) => {
    const opened = open();
    await using api = await serve(opened);
    expect((await api.ask('POST', '/api/v1/silences', body({ scope }))).status).toBe(201);
    opened.save(become('firing', { device: 'S1', space: 'F1', quantity: 'co2Ppm' }));
    expect(opened.queued()).toHaveLength(isCovered ? 0 : 1);
  });

  it.each([{ organisation: 'org' }, { area: 'north' }, { building: 'organisation:org' }])(
    'may be of %j',
    async (scope) => {
      await using api = await serve(open());
      expect((await api.ask('POST', '/api/v1/silences', body({ scope }))).status).toBe(201);
    },
  );

  it('that has been over for long is forgotten, and no other', () => {
    const { silences, now } = open();
    const add = (untilMs: number) =>
      silences.add({
        scope: { rule: ['stale'] },
        fromMs: T0,
        untilMs,
        by: 'Anna',
        reason: 'work',
        createdAtMs: T0,
      });
    const [old, recent] = [add(now.ms - HOUR_MS), add(now.ms)];
    silences.prune(now.ms);
    expect([silences.find(old.id), silences.find(recent.id)?.id]).toEqual([undefined, recent.id]);
  });

  it('covers what fires while it lasts only, and what fired before goes on', async () => {
    const opened = open();
    opened.save(become('firing', { id: 'a' }));
    await using api = await serve(opened);
    await api.ask('POST', '/api/v1/silences', body());
    opened.save(become('firing', { id: 'b', startsAtMs: T0 + 3 * HOUR_MS }));
    opened.save(become('resolved', { id: 'a' }));
    expect(opened.queued()).toEqual(['a firing', 'b firing', 'a resolved']);
  });

  it.each([
    [{ scope: {} }, /must name something/],
    [{ scope: { building: 'BYGG-9' } }, /scope.building: the register has no building BYGG-9/],
    [{ scope: { organisation: 'arg' } }, /scope.organisation: the register has no organisation arg/],
    [{ scope: { area: ['north', 'south'] } }, /scope.area: the register has no area south/],
    [{ scope: { rule: 'high-c02' } }, /scope.rule: there is no rule high-c02/],
    [{ scope: { colour: 'red' } }, /colour/],
    [{ scope: { quantity: 'airTemperature' } }, /airTemperatureC/],
    [{ until: '2026-01-15T06:00:00Z' }, /after from/],
    [{ until: '2026-01-23T06:00:00Z' }, /more than 7 days/],
    [{ reason: '' }, /reason/],
  ])('with %j is refused', async (over, says) => {
    await using api = await serve(open());
    const answer = await api.ask('POST', '/api/v1/silences', body(over));
    expect([answer.status, answer.detail]).toEqual([400, expect.stringMatching(says)]);
  });

  it('is refused when there are too many', async () => {
    await using api = await serve(open());
    for (let n = 0; n < 2; n += 1) await api.ask('POST', '/api/v1/silences', body());
    expect((await api.ask('POST', '/api/v1/silences', body())).status).toBe(409);
  });
});

describe('an alert that another explains', () => {
  const stale = (id: string, over: object = {}) =>
    alert({ id: `${id}-stale`, rule: 'stale', subject: `${id}|`, device: id, ...over });
  const change = (id: string, state: 'firing' | 'resolved') => become(state, stale(id));

  it('is held while that fires and a grace after, and told if it goes on', async () => {
    const opened = open();
    const { now, save, queued, look, store } = opened;
    // They begin together, and the child is said first.
    save(change('S1', 'firing'), change('gw', 'firing'), change('S2', 'firing'), change('S3', 'firing'));
    expect(queued()).toEqual(['gw-stale firing', 'S3-stale firing']);
    expect(store.lifeOf('S1-stale').held).toMatchObject({ by: 'parent', ref: 'gw-stale' });
    save(change('gw', 'resolved'));
    look();
    save(change('S2', 'resolved'));
    now.ms += 3 * HOUR_MS - MINUTE_MS;
    look();
    expect(queued().slice(2)).toEqual(['gw-stale resolved']);
    now.ms += MINUTE_MS;
    look();
    expect(queued().slice(3)).toEqual(['S1-stale firing']);
  });

  it('is held also when it was told before, is not told again, and its end is told to those who know of it', () => {
    const { now, save, queued, look, store } = open();
    save(change('S1', 'firing'), change('S2', 'firing'), change('S3', 'firing'));
    save(change('gw', 'firing'));
    expect(['S1', 'S2', 'S3'].map((id) => store.lifeOf(`${id}-stale`).held?.ref)).toEqual([
      'gw-stale',
      'gw-stale',
      undefined,
    ]);
    save(change('S2', 'resolved'));
    save(change('gw', 'resolved'));
    now.ms += HOUR_MS;
    look();
    now.ms += 3 * HOUR_MS;
    look();
    expect(store.lifeOf('S1-stale').held).toBeUndefined();
    expect(queued()).toEqual([
      'S1-stale firing',
      'S2-stale firing',
      'S3-stale firing',
      'gw-stale firing',
      'S2-stale resolved',
      'gw-stale resolved',
    ]);
  });

  it('is told after the grace as grave as it has become meanwhile', () => {
    const { now, save, queued, look, store } = open();
    save(change('S1', 'firing'), change('gw', 'firing'));
    save(change('gw', 'resolved'));
    look();
    const renewed = { from: 'warning', atMs: now.ms } as const;
    save(become('firing', stale('S1', { severity: 'critical', renewed })));
    expect(store.lifeOf('S1-stale').held?.ref).toBe('gw-stale');
    expect(queued()).toEqual(['gw-stale firing', 'gw-stale resolved']);
    now.ms += 3 * HOUR_MS;
    look();
    expect(queued().slice(2)).toEqual([`S1-stale firing/${renewed.atMs}`]);
    save(become('resolved', stale('S1', { severity: 'critical', renewed })));
    expect(queued().slice(3)).toEqual(['S1-stale resolved']);
  });

  it('is held by a gateway without a row only where that is told: in its own building', () => {
    const { save, store } = open();
    save(change('S4', 'firing'), become('firing', stale('lora', { building: 'b2' })));
    expect(store.lifeOf('S4-stale').held).toBeUndefined();
    save(become('firing', stale('lora', { id: 'lora-here' })));
    expect(store.lifeOf('S4-stale').held?.ref).toBe('lora-here');
  });

  it('is held by what is told of the main meter or of the whole building, and not when it is about a part of it', () => {
    const { save, store } = open();
    const fires = (id: string, about: object) => save(become('firing', alert({ id, ...about })));
    const heldBy = (id: string) => store.lifeOf(id).held?.ref;
    fires('use-before', { rule: 'unexplained-electricity' });
    fires('ratio', { rule: 'meter-ratio', device: 'el' });
    fires('night', { rule: 'night-base-load', device: 'el' });
    fires('fans-by-night', { rule: 'night-base-load', device: 'vent' });
    fires('elsewhere', { rule: 'night-base-load', building: 'b2' });
    fires('fans', { rule: 'ventilation-all-night' });
    expect(['use-before', 'night', 'fans'].map(heldBy)).toEqual(['ratio', 'ratio', 'ratio']);
    expect(['ratio', 'fans-by-night', 'elsewhere'].map(heldBy)).toEqual([undefined, undefined, undefined]);
  });

  it('that was told before a silence goes on when something else begins that does not explain it', () => {
    const { save, store, silences } = open();
    const fires = (id: string, about: object) =>
      save(become('firing', alert({ id, rule: 'comfort', ...about })));
    fires('damp', { facts: { kind: 'damp' }, space: 'F1' });
    const untilMs = T0 + HOUR_MS;
    silences.add({
      scope: { space: ['F1'] },
      fromMs: T0,
      untilMs,
      by: 'Anna',
      reason: 'work',
      createdAtMs: T0,
    });
    fires('cold-house', { facts: { kind: 'cold' } });
    expect(store.lifeOf('damp').held).toBeUndefined();
  });

  it('stays held for as long as what explains what says, where that judges days', () => {
    const { save, now, look, queued } = open();
    const of = (rule: string) => alert({ id: rule, rule, device: 'el' });
    save(become('firing', of('meter-ratio')), become('firing', of('night-base-load')));
    save(become('resolved', of('meter-ratio')));
    const releasedAfter = (hours: number) => {
      now.ms += hours * HOUR_MS;
      look();
      return queued().includes('night-base-load firing');
    };
    expect([0, 71, 2].map(releasedAfter)).toEqual([false, false, true]);
    // `comfort` explains other rules too, and those for less long.
    const cold = { facts: { kind: 'cold' }, space: 'F1' };
    const valve = alert({ id: 'valve', rule: 'radiator-valve', ...cold });
    save(become('firing', alert({ id: 'cold', rule: 'comfort', ...cold })), become('firing', valve));
    save(become('resolved', alert({ id: 'cold', rule: 'comfort', ...cold })));
    look();
    now.ms += 71 * HOUR_MS;
    look();
    expect(queued()).not.toContain('valve firing');
  });

  it('of a main meter is held by the same of a submeter, and not the other way round', () => {
    const { save, store } = open();
    save(become('firing', alert({ id: 'all', rule: 'evening-peak' })));
    for (const device of ['el', 'vent', 'pump'])
      save(become('firing', alert({ id: device, rule: 'evening-peak', device })));
    const heldBy = ['all', 'el', 'vent', 'pump'].map((id) => store.lifeOf(id).held?.ref);
    expect(heldBy).toEqual(['vent', 'vent', undefined, undefined]);
  });

  it('is told when it would explain the other in turn: of a circle nobody would be told anything', () => {
    const { save, queued } = open([
      { parent: 'stale', child: 'flat-line', by: 'device' },
      { parent: 'flat-line', child: 'high-co2', by: 'device' },
      { parent: 'high-co2', child: 'stale', by: 'device' },
    ]);
    const fires = (rule: string) => become('firing', alert({ id: rule, rule, device: 'S3' }));
    save(fires('stale'), fires('flat-line'));
    save(fires('high-co2'));
    expect(queued()).toEqual(['stale firing', 'high-co2 firing']);
  });

  /** Where an alert may be; each is the cause and the consequence of each in turn. */
  const places = {
    house: {},
    other: { building: 'b2' },
    flat: { space: 'F1' },
    flat2: { space: 'F2' },
    main: { device: 'el' },
    part: { device: 'vent' },
    gateway: { device: 'gw' },
    sensor: { space: 'F1', device: 'S1' },
  } as const;
  it.each<[by: ParentRule['by'], pairs: string]>([
    ['building', 'house>flat house>flat2 house>gateway house>main house>part house>sensor'],
    ['main', 'house>house house>main main>house main>main other>other'],
    ['part', 'part>house part>main'],
    ['space', 'flat2>flat2 flat>flat flat>sensor'],
    ['device', 'gateway>gateway main>main part>part sensor>sensor'],
    ['gateway', 'gateway>sensor'],
  ])('by %s is held by these, whichever begins first: %s', (by, wanted) => {
    const pairs = Object.entries(places).flatMap(([from, cause]) =>
      Object.entries(places).map(([to, consequence]) => ({ name: `${from}>${to}`, cause, consequence })),
    );
    const rules = pairs.map(({ name }) => ({ parent: `cause ${name}`, child: name, by }));
    const causes = pairs.map(({ name, cause }) => ({ id: `cause ${name}`, rule: `cause ${name}`, ...cause }));
    const consequences = pairs.map(({ name, consequence }) => ({ id: name, rule: name, ...consequence }));
    for (const order of [
      [causes, consequences],
      [consequences, causes],
    ] as const) {
      const { save, store } = open(rules);
      for (const some of order) save(...some.map((about) => become('firing', alert(about))));
      const held = pairs.flatMap(({ name }) => (store.lifeOf(name).held === undefined ? [] : [name]));
      expect(held.toSorted().join(' ')).toBe(wanted);
      expect(causes.filter(({ id }) => store.lifeOf(id).held !== undefined)).toEqual([]);
    }
  });

  it('is held in each way in which it may belong to what begins after it', () => {
    const { save, store } = open();
    const fires = (id: string, about: object) => save(become('firing', alert({ id, ...about })));
    const cold = { rule: 'comfort', facts: { kind: 'cold' } };
    fires('cold-flat', { ...cold, space: 'F1' });
    fires('damp-flat', { rule: 'comfort', facts: { kind: 'damp' }, space: 'F1' });
    fires('valve', { rule: 'radiator-valve', facts: { kind: 'cold' }, space: 'F1' });
    fires('sensor', { rule: 'sensor-drift', facts: { kind: 'cold' }, space: 'F1', device: 'd1' });
    fires('damp-sensor', { rule: 'sensor-drift', facts: {}, space: 'F1', device: 'd1' });
    fires('flat', { rule: 'flat-line', device: 'S3' });
    fires('house', cold);
    fires('house-too', cold);
    fires('cold-device', { ...cold, device: 'S1' });
    save(change('S3', 'firing'));
    fires('co2', { device: 'S3' });
    const heldBy = (id: string) => store.lifeOf(id).held?.ref;
    expect(['cold-flat', 'damp-flat', 'valve', 'sensor', 'damp-sensor', 'flat'].map(heldBy)).toEqual([
      'house',
      undefined,
      'cold-flat',
      'cold-flat',
      undefined,
      'S3-stale',
    ]);
    expect(['house', 'house-too', 'cold-device', 'co2'].map(heldBy)).toEqual([
      undefined,
      undefined,
      'house',
      undefined,
    ]);
  });

  it('by kind, in a building that has it as a whole', () => {
    const { save, queued } = open();
    const comfort = (id: string, kind: string, space?: string) =>
      become('firing', alert({ id, rule: 'comfort', facts: { kind }, ...(space && { space }) }));
    save(comfort('house', 'cold'), comfort('cold-flat', 'cold', 'F1'), comfort('damp-flat', 'damp', 'F1'));
    expect(queued()).toEqual(['house firing', 'damp-flat firing']);
  });
});
