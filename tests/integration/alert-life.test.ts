import { expect, test } from 'vitest';
import { alertList, alertShow } from '../../src/commands/alert-list.ts';
import { alertAcknowledge, alertOutcome } from '../../src/commands/alert-say.ts';
import type { Command } from '../../src/commands/command.ts';
import { silenceAdd, silenceList, silenceRemove } from '../../src/commands/silence.ts';
import { call } from '../support/command.ts';
import { openService, type Service } from '../support/service.ts';
import { openTempDir } from '../support/temp-dir.ts';

const MINUTE_MS = 60_000;

async function say(service: Service, device: string, batteryPct: number, minutesAgo: number): Promise<void> {
  const time = new Date(Date.now() - minutesAgo * MINUTE_MS).toISOString();
  await service.publish(`kvarter/${device}/up`, JSON.stringify([{ time, values: { batteryPct } }]));
  await service.app.settled();
}

const json = async (
  service: Service,
  command: Command,
  files: string[],
  values: Record<string, string | boolean> = {},
) => {
  const { printed } = await call(service, command, files, { json: true, ...values });
  return printed
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

test('an alert is acknowledged, survives a restart, is resolved and judged; a silence holds the next one back', async () => {
  await using dir = await openTempDir();
  const told: string[] = [];
  const overrides = {
    onAlert: ({ alert }: { alert: { subject: string; state: string } }) => {
      told.push(`${alert.subject.split('|')[0]} ${alert.state}`);
    },
  };
  let id = '';
  {
    await using service = await openService(dir.path, {}, overrides);
    await say(service, 'el-b1', 5, 60);
    [{ id }] = await json(service, alertList, [], { building: 'b1', severity: 'warning' });
    const values = { by: 'Anna', for: '8h', note: 'battery ordered' };
    const taken = await json(service, alertAcknowledge, [id], values);
    expect(taken).toMatchObject([{ id, state: 'acknowledged', acknowledgement: { by: 'Anna' } }]);
  }
  await using service = await openService(dir.path, {}, overrides);
  const { printed } = await call(service, alertShow, [id]);
  expect(printed).toMatch(/state +acknowledged, warning, by the rule out-of-range/);
  expect(printed).toMatch(/taken on +Anna at .*, until .*: battery ordered/);
  await say(service, 'el-b1', 90, 40);
  await say(service, 'el-b1', 90, 20);
  expect(await json(service, alertOutcome, [id, 'true'], { by: 'Anna' })).toMatchObject([
    { state: 'resolved', outcome: { outcome: 'true', by: 'Anna' } },
  ]);
  await expect(call(service, alertAcknowledge, [id], { by: 'Bo' })).rejects.toThrow(/say its outcome/);
  expect(told.splice(0)).toEqual(['el-b1 firing', 'el-b1 resolved']);

  const why = { building: 'b2', for: '4h', reason: 'the switch is changed', by: 'Anna' };
  const [silence] = await json(service, silenceAdd, [], why);
  expect((await call(service, silenceList, [])).printed).toContain(
    'building b2  Anna: the switch is changed',
  );
  await say(service, 'el-b2', 5, 0);
  expect(await json(service, alertList, [], { state: 'firing' })).toMatchObject([
    { building: 'b2', heldBy: 'silence', heldFor: silence.id },
  ]);
  expect(told).toEqual([]);
  await json(service, silenceRemove, [silence.id]);
  await service.app.settled();
  expect(told).toEqual(['el-b2 firing']);
  await expect(call(service, silenceAdd, [], { ...why, building: 'b9' })).rejects.toThrow(/no building b9/);
  await expect(call(service, silenceAdd, [], { ...why, for: '9 parsecs' })).rejects.toThrow(
    /--for 9 parsecs/,
  );
});
