import { expect, it } from 'vitest';
import { aliveUntil, type Member, silenceOf } from '../../../../src/rules/sensors/together.ts';
import { seededUniform } from '../../../support/chance.ts';

const MINUTE = 60_000;
const NOW = Date.UTC(2026, 0, 12);

/** Devices of which a part, in some runs nearly all, was heard last an hour ago or more; some speak on two channels. */
function drawn(random: () => number): Member[] {
  const silentShare = random() ** 0.3;
  return Array.from({ length: 2 + Math.floor(random() * 30) }, (_, n) => {
    const usual = (1 + 20 * random()) * MINUTE;
    const ago = random() < silentShare ? 60 + 30 * random() : 60 * random();
    return {
      device: `d${Math.floor(n / (1 + random()))}`,
      building: `b${n % 3}`,
      lastMs: NOW - ago * MINUTE,
      usualMs: () => usual,
      limitMs: 4 * usual,
    };
  });
}

it('of a group that is alive nothing else is found when it is reckoned whole', () => {
  const random = seededUniform('together');
  let [alive, silent] = [0, 0];
  for (let run = 0; run < 3000; run += 1) {
    const members = drawn(random);
    const together = { least: 2, sharePct: 51 + 49 * random() };
    const fromMs = NOW - 60 * MINUTE * random();
    const [first = members[0]] = members.filter(({ lastMs }) => lastMs < fromMs);
    if (first === undefined) continue;
    const found = silenceOf(first, members, { fromMs, heardMs: NOW - fromMs }, together);
    if (fromMs < aliveUntil(members, together)) {
      alive += 1;
      expect(found, `run ${run}`).toBeUndefined();
    } else if (found) silent += 1;
  }
  expect(alive).toBeGreaterThan(500);
  expect(silent).toBeGreaterThan(100);
});

it('of nobody nothing is known', () => {
  expect(aliveUntil([], { least: 4, sharePct: 80 })).toBe(Number.NEGATIVE_INFINITY);
});
