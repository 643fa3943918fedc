import { problemText } from '../../src/config/problem.ts';
import { type KnownRegister, type ParsedRegister, parseRegister } from '../../src/config/register.ts';
import { noRows } from '../../src/config/register-devices.ts';
import { knowsModel } from '../../src/decode/index.ts';

const DEVICES = 50_000;
const BUILDINGS = 500;
const SPACES = 40;
const RUNS = 7;

/** A company with 50,000 devices: how long its register takes to read, the first time and after a change of one row. */
export async function benchRegister(): Promise<void> {
  const places = placesOf();
  const csv = devicesOf();
  const changed = csv.replace('device-25000,elsys-ers', 'device-25000,kvarter');
  const spent = { whole: new Timer(), devices: new Timer(), unchanged: new Timer(), changed: new Timer() };
  for (let run = 0; run < RUNS; run += 1) {
    const first = spent.whole.time(() => parse(places, csv));
    spent.devices.time(() => parse(places, csv, { ...first.known, rows: noRows }));
    spent.unchanged.time(() => parse(places, csv, first.known));
    const after = spent.changed.time(() => parse(places, changed, first.known));
    const moved = [...after.register.devices].filter(([id, rows]) => first.register.devices.get(id) !== rows);
    if (moved.length !== 1) throw new Error(`${moved.length} devices are new objects: one has changed`);
  }
  console.log(
    `register: ${DEVICES} rows, ${BUILDINGS} buildings with ${SPACES} spaces; median of ${RUNS}, first run`,
  );
  for (const [name, timer] of Object.entries(spent)) console.log(`  ${name.padEnd(10)} ${timer.text()}`);
}

/** Wall time and processor time: the machine may be busy with other things. */
class Timer {
  readonly #runs: { readonly wallMs: number; readonly cpuMs: number }[] = [];

  time<T>(work: () => T): T {
    const [wall, cpu] = [performance.now(), process.cpuUsage()];
    const result = work();
    const { user, system } = process.cpuUsage(cpu);
    this.#runs.push({ wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 });
    return result;
  }

  text(): string {
    const of = (name: 'wallMs' | 'cpuMs') => {
      const all = this.#runs.map((run) => run[name]);
      const median = all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0;
      return `${Math.round(median)} ms (${Math.round(all[0] ?? 0)})`;
    };
    return `${of('wallMs')} wall, ${of('cpuMs')} of processor`;
  }
}

type Read = Extract<ParsedRegister, { ok: true }>;

function parse(places: string, csv: string, before?: KnownRegister): Read {
  const parsed = parseRegister(
    { file: 'places.yaml', text: places },
    { file: 'devices.csv', text: csv },
    { tariffNames: new Set(), knowsModel },
    before,
  );
  if (!parsed.ok) throw new Error(parsed.problems.slice(0, 5).map(problemText).join('\n'));
  return parsed;
}

function placesOf(): string {
  const buildings = Array.from({ length: BUILDINGS }, (_, i) => {
    const spaces = Array.from({ length: SPACES }, (_unused, n) => `{ id: flat-${n}, kind: flat }`).join(', ');
    return `      - { id: b${i}, name: Building ${i}, spaces: [${spaces}] }`;
  });
  return `organisation: { id: o, name: O }\nareas:\n  - id: a\n    name: A\n    buildings:\n${buildings.join('\n')}\n`;
}

function devicesOf(): string {
  const rows = Array.from({ length: DEVICES }, (_, i) => {
    const space = i % 4 === 0 ? '' : `flat-${i % SPACES}`;
    return `device-${i},elsys-ers,b${i % BUILDINGS},${space},${space === '' ? 'submeter' : 'room'},,${i % 7 === 0 ? '-0.3' : ''},,,`;
  });
  return `device,model,building,space,role,ratio,offset,emptyMm,fullMm,note\n${rows.join('\n')}\n`;
}
