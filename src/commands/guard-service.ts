import { z } from 'zod';
import { loadConfig } from '../config/config.ts';
import { type Carrier, DAY_MS, QUARTER_MS } from '../domain/interval.ts';
import { isoTime, parseIsoTime } from '../domain/time.ts';
import { lookBackFrom } from '../energy/bills/bill.ts';
import { type ToldAlert, toldAlert } from '../energy/guard/told-windows.ts';
import type { Load } from '../energy/loads/load-file.ts';
import type { Span } from '../energy/tariffs/power-price.ts';
import { tariffsOfBuildings } from '../rules/rules.ts';
import { heldWithAreas, withAreas } from './area-loads.ts';
import { ask, openClient } from './asking.ts';
import { type CommandArguments, type CommandContext, placesOf } from './command.ts';
import { type Asked, guardsOf, type Watched, watchedOf } from './guard-history.ts';
import { type CommandJson, commandsSchema, heldBack } from './held-back.ts';
import type { ServiceClient } from './service-client.ts';
import { loadSurroundings } from './surroundings.ts';

/** Of the running month and the one before, what is there of it. */
const DEFAULT_DAYS = 35;
const AT_ONCE_MS = 30 * DAY_MS;
const PAGE = 1000;
const LEAST_COVERAGE = 0.5;

const loadSchema = z.looseObject({
  intervals: z.array(
    z.looseObject({ from: z.string(), powerKw: z.number().nullable(), coverage: z.number() }),
  ),
});
const alertsSchema = z.looseObject({
  alerts: z.array(
    z.looseObject({ severity: z.string(), building: z.string().optional(), facts: z.unknown() }),
  ),
  next: z.string().optional(),
});

const commandsAnswer = z.looseObject({ commands: commandsSchema });

/** What the running service has told, held against its stored loads. Buildings and tariffs are the register's. */
export async function historyOfService(
  context: CommandContext,
  args: CommandArguments,
  { spanIn, carrier }: Pick<Asked, 'spanIn' | 'carrier'>,
): Promise<Watched> {
  const { config } = loadConfig(placesOf(context, args));
  const { tariffs, register, rules } = loadSurroundings(config);
  const tariffOf = tariffsOfBuildings(rules, { register: () => register, tariffs }, carrier);
  const client = openClient(context, args);
  const given = spanIn(register.organisation.timeZone);
  const toMs = Math.floor(Math.min(given.toMs ?? context.clock(), context.clock()) / QUARTER_MS) * QUARTER_MS;
  const asked = { fromMs: given.fromMs ?? toMs - DEFAULT_DAYS * DAY_MS, toMs };
  const loads = new Map<string, Load>();
  for (const building of register.buildings.keys()) {
    const tariff = tariffOf(building);
    // All that the first billing period looks back on: its peaks may lie before the span.
    const fromMs = tariff ? lookBackFrom(tariff, asked.fromMs) : asked.fromMs;
    const load = await loadOf(
      client,
      { building, carrier },
      { fromMs: Math.min(fromMs, asked.fromMs), toMs },
    );
    if (load) loads.set(building, load);
  }
  const told = new Map<string, readonly ToldAlert[]>();
  for (const rule of guardsOf(rules, carrier)) {
    for (const [building, alerts] of await alertsOf(client, rule)) {
      told.set(building, [...(told.get(building) ?? []), ...alerts]);
    }
  }
  // Commands are to loads of electricity.
  const commands = carrier === 'electricity' ? await commandsOf(client, asked) : [];
  const held = heldWithAreas(heldBack(commands), register);
  const all = withAreas(loads, register, carrier);
  return { ...watchedOf({ loads: all, told, tariffOf, asked, held, carrier }), notes: [] };
}

/** Undefined when nothing is known. */
async function loadOf(
  client: ServiceClient,
  { building, carrier }: { readonly building: string; readonly carrier: Carrier },
  { fromMs, toMs }: Span,
): Promise<Load | undefined> {
  const kw = new Float64Array(Math.max(0, Math.ceil((toMs - fromMs) / QUARTER_MS))).fill(Number.NaN);
  for (let atMs = fromMs; atMs < toMs; atMs += AT_ONCE_MS) {
    const query = new URLSearchParams({
      scope: `building:${building}`,
      carrier,
      from: isoTime(atMs),
      to: isoTime(Math.min(atMs + AT_ONCE_MS, toMs)),
      resolution: 'PT15M',
    });
    const { intervals } = await ask(client, { path: `/api/v1/load?${query}` }, loadSchema);
    for (const { from, powerKw, coverage } of intervals) {
      const index = Math.round(((parseIsoTime(from) ?? Number.NaN) - fromMs) / QUARTER_MS);
      if (powerKw !== null && coverage >= LEAST_COVERAGE && index < kw.length) kw[index] = powerKw;
    }
  }
  const first = kw.findIndex((value) => !Number.isNaN(value));
  if (first < 0) return undefined;
  return { fromMs: fromMs + first * QUARTER_MS, spacingMs: QUARTER_MS, kw: kw.subarray(first) };
}

/** What loads were told in the span. */
async function commandsOf(client: ServiceClient, { fromMs, toMs }: Span): Promise<readonly CommandJson[]> {
  const found: CommandJson[] = [];
  for (let before = isoTime(toMs); ; ) {
    const query = new URLSearchParams({ before, limit: String(PAGE) });
    const { commands } = await ask(client, { path: `/api/v1/commands?${query}` }, commandsAnswer);
    found.push(...commands.filter(({ at }) => (parseIsoTime(at) ?? 0) >= fromMs));
    const last = commands.at(-1);
    if (commands.length < PAGE || last === undefined || (parseIsoTime(last.at) ?? 0) < fromMs) return found;
    before = last.at;
  }
}

async function alertsOf(
  client: ServiceClient,
  rule: string,
): Promise<ReadonlyMap<string, readonly ToldAlert[]>> {
  const found = new Map<string, ToldAlert[]>();
  let next: string | undefined;
  do {
    const query = new URLSearchParams({ rule, limit: String(PAGE), ...(next === undefined ? {} : { next }) });
    const page = await ask(client, { path: `/api/v1/alerts?${query}` }, alertsSchema);
    for (const { building, severity, facts } of page.alerts) {
      const said = toldAlert(severity, facts);
      if (building === undefined || said === undefined) continue;
      found.set(building, [...(found.get(building) ?? []), said]);
    }
    next = page.next;
  } while (next !== undefined);
  return found;
}
