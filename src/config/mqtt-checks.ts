import { accessSync, constants } from 'node:fs';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { Problem } from './problem.ts';
import type { Config } from './schema.ts';

type Mqtt = Config['mqtt'];
const tlsFiles = ['certFile', 'keyFile', 'caFile'] as const;

/**
 * The settings with whole paths. The files are read where they are used, again when they change; what cannot be read at
 * all is a problem of the configuration. The credentials may still have to be made.
 */
export function withMqttFiles(mqtt: Mqtt, file: string, problems: Problem[], cwd: string): Mqtt {
  const tls = { ...mqtt.tls };
  for (const key of tlsFiles) {
    const name = tls[key];
    if (name === undefined) continue;
    tls[key] = resolve(cwd, name);
    try {
      accessSync(tls[key], constants.R_OK);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      problems.push({ file, path: `mqtt.tls.${key}`, message: `cannot be read: ${why}` });
    }
  }
  const { credentialsFile } = mqtt;
  return {
    ...mqtt,
    tls,
    ...(credentialsFile === undefined ? {} : { credentialsFile: resolve(cwd, credentialsFile) }),
  };
}

/** Whoever can be reached from other machines asks who is there; and what goes together is there together. */
export function mqttProblems(
  mqtt: Mqtt,
  file: string,
  variableName: (path: string) => string,
): readonly Problem[] {
  const { tls, websocket } = mqtt;
  const problems: Problem[] = [];
  const asksWho =
    mqtt.credentialsFile !== undefined || (mqtt.username !== undefined && mqtt.password !== undefined);
  const open = (path: string, host: string, needsCertificate: boolean) => {
    if (isLoopback(host) || asksWho || needsCertificate) return;
    problems.push({
      file,
      path,
      message: `${host} is reachable from other machines: set mqtt.credentialsFile, or mqtt.username and ${variableName('mqtt.password')} (or mqtt.passwordFile), or listen on 127.0.0.1`,
    });
  };
  open('mqtt.host', mqtt.host, false);
  if (tls.port !== undefined) open('mqtt.tls.host', tls.host, tls.requireCertificate);
  if (websocket.port !== undefined) {
    open('mqtt.websocket.host', websocket.host, websocket.secure && tls.requireCertificate);
  }
  if (websocket.secure && tls.certFile === undefined) {
    const message = 'needs a certificate: set mqtt.tls.certFile and mqtt.tls.keyFile';
    problems.push({ file, path: 'mqtt.websocket.secure', message });
  }
  if ((mqtt.username === undefined) !== (mqtt.password === undefined)) {
    problems.push({ file, path: 'mqtt.username', message: 'user name and password go together: set both' });
  }
  return problems;
}

/** Can only this machine connect? Names other than localhost are taken to be reachable. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
