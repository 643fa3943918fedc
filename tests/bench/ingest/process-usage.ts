import { readFileSync } from 'node:fs';

const TICK_MS = 10;

/** Processor time of a process so far, ms, with what its threads used (`/proc/PID/stat`, utime and stime). */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** Largest resident set so far, MB. */
export function peakMb(pid: number): number {
  return megabytes(pid, 'VmHWM');
}

/** Resident set now, MB. */
export function residentMb(pid: number): number {
  return megabytes(pid, 'VmRSS');
}

function megabytes(pid: number, field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(
    readFileSync(`/proc/${pid}/status`, 'utf8'),
  )?.[1];
  return Math.round(Number(found) / 1024);
}
