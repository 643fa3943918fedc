import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isoTime } from '../../src/domain/time.ts';
import { startKvarter } from '../support/kvarter.ts';
import { openTempDir } from '../support/temp-dir.ts';
import { publishAll } from './publisher.ts';

const CLIENTS = 50;
const IN_FLIGHT = 40;
const MESSAGES = 400_000;
const READINGS_PER_MESSAGE = 2;

/** Messages per second, acknowledged and stored, by a whole service on the machine that also makes the load. */
export async function benchIngest(): Promise<void> {
  await using dir = await openTempDir();
  const places = join(dir.path, 'places.yaml');
  const devices = join(dir.path, 'devices.csv');
  const rows = Array.from({ length: CLIENTS }, (_, n) => `d${n},kvarter,b1,,submeter`);
  await writeFile(
    places,
    'organisation: { id: o, name: O }\nareas: [{ id: a, name: A, buildings: [{ id: b1, name: B }] }]\n',
  );
  await writeFile(devices, `device,model,building,space,role\n${rows.join('\n')}\n`);
  const startedMs = performance.now();
  await using running = startKvarter(['start'], {
    KVARTER_DATADIR: join(dir.path, 'data'),
    KVARTER_MQTT__PORT: '0',
    KVARTER_HTTP__PORT: '0',
    KVARTER_LOG__LEVEL: 'info',
    KVARTER_ALERTS__LOG: 'false',
    KVARTER_REGISTER__PLACES: places,
    KVARTER_REGISTER__DEVICES: devices,
  });
  const [, mqttPort, httpPort] = await running.says(/"mqttPort":(\d+),"httpPort":(\d+)/);
  const upMs = performance.now() - startedMs;

  const latencies = new Float64Array(MESSAGES);
  let acknowledged = 0;
  const beginMs = performance.now();
  const fromMs = Date.now() - 86_400_000;
  await Promise.all(
    Array.from({ length: CLIENTS }, (_, n) =>
      publishAll({
        port: Number(mqttPort),
        client: `bench-${n}`,
        topic: `kvarter/d${n}/up`,
        count: MESSAGES / CLIENTS,
        inFlight: IN_FLIGHT,
        payload: (number) =>
          `{"time":"${isoTime(fromMs + number * 1000)}","values":{"activePowerW":${number % 5000},"voltageV":${230 + (number % 7)}}}`,
        onAcknowledged: (latencyMs) => {
          latencies[acknowledged] = latencyMs;
          acknowledged += 1;
        },
      }),
    ),
  );
  const acknowledgedMs = performance.now() - beginMs;
  while ((await storedReadings(Number(httpPort))) < MESSAGES * READINGS_PER_MESSAGE) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const storedMs = performance.now() - beginMs;
  const sorted = latencies.toSorted();
  const perSecond = (ms: number) => Math.round(MESSAGES / (ms / 1000));
  const { cpuMs, peakMb } = usage(running.child.pid ?? 0);
  console.log(
    `ingest: ${MESSAGES} messages of ${READINGS_PER_MESSAGE} readings, ${CLIENTS} clients × ${IN_FLIGHT} in flight, QoS 1\n` +
      `  acknowledged ${perSecond(acknowledgedMs)}/s, acknowledged and stored ${perSecond(storedMs)}/s, ` +
      `PUBACK p50 ${sorted[MESSAGES / 2]?.toFixed(1)} ms, p99 ${sorted[Math.floor(MESSAGES * 0.99)]?.toFixed(1)} ms\n` +
      `  ${((cpuMs * 1000) / MESSAGES).toFixed(1)} µs of CPU per message, ${peakMb} MB RSS at most, up after ${Math.round(upMs)} ms`,
  );
}

async function storedReadings(port: number): Promise<number> {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^kvarter_readings_stored_total (\d+)/m.exec(metrics)?.[1] ?? 0);
}

/** From /proc: processor time of the process, and its largest resident set. */
function usage(pid: number): { readonly cpuMs: number; readonly peakMb: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpuMs: (Number(fields[11]) + Number(fields[12])) * 10, peakMb: Math.round(Number(peak) / 1024) };
}
