import type { AlertChange } from '../domain/alert.ts';
import type { Register } from '../domain/register.ts';
import { zoneOf } from '../domain/zone.ts';
import type { PeakStatus } from '../energy/guard/peak-status.ts';
import type { CommandContext } from './command.ts';

export type ScreenSource = {
  readonly register: Register;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly peaks: () => readonly PeakStatus[];
  /** Readings stored so far. */
  readonly stored: () => number;
};

export type Screen = {
  /** Progress of the history, 0..1. */
  readonly history: (part: number) => void;
  /** The district at a simulated moment, and the alerts that have changed since the last call. */
  readonly draw: (atMs: number, changes: readonly AlertChange[]) => void;
  readonly end: () => void;
};

const BAR = 30;
const SHOWN_ALERTS = 8;
const PLAIN_EVERY_MS = 2000;

/** One screen that is redrawn on a terminal; elsewhere plain lines, one now and then and one per alert. */
export function createScreen(context: CommandContext, source: ScreenSource): Screen {
  const { print, terminal } = context;
  const rate = meter(context, source.stored);
  const { local } = zoneOf(source.register.organisation.timeZone);
  const alerts: string[] = [];
  let peakAlerts = 0;
  let plainMs = 0;

  const header = (atMs: number): string => {
    const { year, month, day, minuteOfDay } = local(atMs);
    const [hour, minute] = [Math.floor(minuteOfDay / 60), minuteOfDay % 60].map(two);
    return `${source.register.organisation.name}  ${year}-${two(month)}-${two(day)} ${hour}:${minute}  ${rate()} readings/s, ${source.stored()} stored, ${peakAlerts} peak alerts`;
  };
  const links = `API http://127.0.0.1:${source.httpPort}/docs  MQTT mqtt://127.0.0.1:${source.mqttPort}  Ctrl-C ends`;

  const note = ({ alert, atMs }: AlertChange): void => {
    if (alert.rule === 'peak-guard' && alert.state === 'firing' && !alert.renewed) peakAlerts += 1;
    const { minuteOfDay } = local(atMs);
    const time = `${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
    const line = `${time}  ${alert.state === 'firing' ? 'ALERT   ' : 'resolved'}  ${alert.title}`;
    alerts.push(line, ...(alert.state === 'firing' ? [`${' '.repeat(17)}${alert.detail}`] : []));
    alerts.splice(0, alerts.length - SHOWN_ALERTS);
    if (terminal) return;
    print(`${line}\n${alert.state === 'firing' ? `${' '.repeat(17)}${alert.detail}\n` : ''}`);
  };

  return {
    history: (part) => {
      const text = `history ${Math.round(part * 100)} %, ${source.stored()} readings stored`;
      if (terminal) terminal.write(`\r\x1b[K${text}`);
      else if (context.clock() - plainMs >= PLAIN_EVERY_MS || part >= 1) {
        plainMs = context.clock();
        print(`${text}\n`);
      }
    },
    draw: (atMs, changes) => {
      for (const change of changes) note(change);
      if (!terminal) {
        if (context.clock() - plainMs < PLAIN_EVERY_MS) return;
        plainMs = context.clock();
        print(`${header(atMs)}\n${source.peaks().length === 0 ? '' : `${tightest(source)}\n`}`);
        return;
      }
      const lines = [header(atMs), links, '', ...table(source), '', 'Alerts', ...alerts];
      const fitted = lines.map((line) => `${line.slice(0, terminal.columns - 1)}\x1b[K`);
      terminal.write(`\x1b[H${fitted.join('\n')}\n\x1b[J`);
    },
    end: () =>
      print(`\n${source.stored()} readings stored, ${peakAlerts} peak alerts; the data is deleted.\n`),
  };
}

/** Readings per second since the last call, over at least a second. */
function meter({ clock }: CommandContext, stored: () => number): () => number {
  let [sinceMs, before, shown] = [clock(), stored(), 0];
  return () => {
    const elapsedMs = clock() - sinceMs;
    if (elapsedMs < 1000) return shown;
    shown = Math.round(((stored() - before) * 1000) / elapsedMs);
    [sinceMs, before] = [clock(), stored()];
    return shown;
  };
}

function table({ register, peaks }: ScreenSource): readonly string[] {
  const rows = peaks().map((status) => {
    const name = register.buildings.get(status.building)?.name ?? status.building;
    return `${name.padEnd(22)} ${kw(status.projectedKw)} of ${kw(status.budgetKw)} kW  ${bar(status)}`;
  });
  return ['Building               this hour / budget', ...rows];
}

/** The building that is nearest to its budget, for a line of text. */
function tightest({ register, peaks }: ScreenSource): string {
  const [first] = peaks().toSorted((a, b) => part(b) - part(a));
  if (!first) return '';
  const name = register.buildings.get(first.building)?.name ?? first.building;
  return `  nearest to its budget: ${name}, ${kw(first.projectedKw).trim()} of ${kw(first.budgetKw).trim()} kW`;
}

function bar(status: PeakStatus): string {
  const filled = Math.round(Math.min(part(status), 1) * BAR);
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR - filled)}]${part(status) > 1 ? ' over budget' : ''}`;
}

function part({ projectedKw, budgetKw }: PeakStatus): number {
  return budgetKw === undefined || budgetKw <= 0 ? 0 : projectedKw / budgetKw;
}

function kw(value: number | undefined): string {
  return (value === undefined ? '–' : value.toFixed(0)).padStart(5);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
