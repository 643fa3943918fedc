import type { Model, TimeSource, Value } from '../decode/decode.ts';
import type { Explanation, explainBytes, PartUse } from '../decode/explain.ts';
import type { Measurement } from '../domain/reading.ts';
import type { Register } from '../domain/register.ts';
import { isoTime } from '../domain/time.ts';

/** What was found out of a packet, and why. */
export type ShownPacket = Explanation & {
  /** Why that format reads it. */
  readonly why: string;
  readonly topic: string;
  readonly register: Register | undefined;
};

type ShownBytes = ReturnType<typeof explainBytes>;

const clocks: Readonly<Record<TimeSource, string>> = {
  device: "the device's own clock",
  server: "the network server's clock",
  gateway: "the gateway's clock",
  arrival: 'the arrival, because the payload has no time, or that of a clock that was never set',
};

const uses: Readonly<Record<PartUse['use'], string>> = {
  reading: '',
  time: 'the time',
  device: 'names the device',
  channel: 'names the channel',
  format: 'tells the format',
  problem: 'PROBLEM ',
  needed: 'needed ',
  left: 'left',
};

export function packetText(shown: ShownPacket): string {
  const { claim, why, topic, decoded, parts, isCut, register } = shown;
  const lines: string[] = [];
  const section = (title: string, rows: readonly string[]) => {
    if (rows.length > 0) lines.push('', title, ...rows.map((row) => `  ${row}`));
  };
  lines.push(`topic     ${topic === '' ? '(none)' : topic}`);
  lines.push(
    claim ? `format    ${claim.format.name}: ${claim.format.title} (${why})` : `format    none: ${why}`,
  );
  const { measurements, problems, timeFrom, suggestions = [], requests = [] } = decoded;
  if (timeFrom !== undefined && measurements.length > 0) lines.push(`time      ${clocks[timeFrom]}`);
  section('readings', columns(measurements.map(readingCells)));
  section(
    'devices',
    devicesOf(shown).map(({ device, isRegistered, row }) =>
      isRegistered
        ? `${device}: in the register`
        : `${device}: ${register ? 'not in the register; a row' : 'a row'} for devices.csv: ${row}`,
    ),
  );
  section('parts of the payload', columns(parts.map(partCells)));
  if (isCut) lines.push('  … and more');
  section(
    'problems',
    problems.map(
      ({ code, detail, device }) => `${code}${device === undefined ? '' : ` (${device})`}: ${detail}`,
    ),
  );
  section(
    'devices that could be registered',
    suggestions.map(
      ({ device, model, title, quantities }) =>
        `${device} (${[title, ...quantities].filter((text) => text !== '').join(', ')}): ${rowOf(device, model)}`,
    ),
  );
  section(
    'would be published',
    requests.map((request) => `${request.topic} (${request.payload.length} bytes)`),
  );
  if (measurements.length === 0 && problems.length === 0) lines.push('', 'no readings, and no fault');
  return `${lines.map(printable).join('\n')}\n`;
}

export function packetJson(shown: ShownPacket): string {
  const { claim, why, topic, decoded, parts } = shown;
  const { measurements, problems, timeFrom, suggestions = [], requests = [] } = decoded;
  return json({
    topic,
    format: claim?.format.name ?? null,
    why,
    timeFrom: measurements.length > 0 ? timeFrom : undefined,
    readings: measurements.map(({ atMs, ...rest }) => ({
      ...rest,
      at: atMs === undefined ? undefined : isoTime(atMs),
    })),
    devices: devicesOf(shown),
    parts,
    problems,
    suggestions,
    requests: requests.map((request) => ({
      topic: request.topic,
      payloadHex: Buffer.from(request.payload).toString('hex'),
    })),
  });
}

export function bytesText(
  { name, title }: Model,
  port: number,
  { values, parts, problem }: ShownBytes,
): string {
  const lines = [`model     ${name}: ${title}`, `port      ${port}`, '', 'readings'];
  lines.push(...columns(values.map(valueCells)).map((row) => `  ${row}`));
  lines.push('', 'parts of the payload', ...columns(parts.map(partCells)).map((row) => `  ${row}`));
  if (problem !== undefined) lines.push('', 'problems', `  malformed-payload: ${problem}`);
  return `${lines.map(printable).join('\n')}\n`;
}

export function bytesJson({ name }: Model, port: number, { values, parts, problem }: ShownBytes): string {
  const problems = problem === undefined ? [] : [{ code: 'malformed-payload', detail: problem }];
  return json({ model: name, port, readings: values, parts, problems });
}

/** The devices of the readings, whether the register knows them, and their rows when it does not. */
function devicesOf({ claim, decoded, register }: ShownPacket): readonly {
  readonly device: string;
  readonly isRegistered: boolean;
  readonly row?: string;
}[] {
  const named = [...decoded.measurements, ...decoded.problems].flatMap(({ device }) => device ?? []);
  return [...new Set(named)].map((device) =>
    register?.devices.has(device)
      ? { device, isRegistered: true }
      : {
          device,
          isRegistered: false,
          row: rowOf(device, !claim || claim.format.handsOnBytes ? 'MODEL' : claim.format.name),
        },
  );
}

function rowOf(device: string, model: string): string {
  return `${/[",\n]/.test(device) ? `"${device.replaceAll('"', '""')}"` : device},${model},BUILDING,,,,,,,`;
}

function readingCells({ device, quantity, channel, value, atMs }: Measurement): readonly string[] {
  return [device, channel ?? '', quantity, String(value), atMs === undefined ? 'as it came' : isoTime(atMs)];
}

function valueCells({ quantity, channel, value, atMs, agoMs }: Value): readonly string[] {
  const ago = agoMs === undefined ? '' : `${agoMs / 1000} s before`;
  return [quantity, channel ?? '', String(value), atMs === undefined ? ago : isoTime(atMs)];
}

function partCells({ part, value, use, says = '' }: PartUse): readonly string[] {
  return [part, value, `${uses[use]}${says}`];
}

function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .replace(/ +$/, ''),
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

/** A stranger's bytes must not drive the terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
