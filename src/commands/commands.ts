import type { Command } from './command.ts';

/**
 * Every command, in the order in which `kvarter --help` lists them. Each is loaded when it is asked for: all of them take the best
 * part of a second.
 */
export const commands: Readonly<Record<string, ListedCommand>> = {
  start: {
    summary: 'run the service: broker, journal, store, rules, alerts, API',
    load: async () => (await import('./start.ts')).start,
  },
  demo: {
    summary: 'the service with a simulated district on throw-away data, at high speed',
    load: async () => (await import('./demo.ts')).demo,
  },
  simulate: {
    summary: 'a district of simulated sensors, to any MQTT broker or into files, with its truth',
    load: async () => (await import('./simulate.ts')).simulate,
  },
  load: {
    summary: 'a load generator with numbered messages, and a check of what became of each',
    load: async () => (await import('./load.ts')).load,
  },
  score: {
    summary: 'alerts against the truth of a simulation: recall, precision, lead time',
    load: async () => (await import('./score.ts')).score,
  },
  replay: {
    summary: 'readings files through ingest, rules and alerts, in event time, as fast as it goes',
    load: async () => (await import('./replay.ts')).replay,
  },
  detect: {
    summary: 'how anomalous each value of a series is, from its past only',
    load: async () => (await import('./detect.ts')).detect,
  },
  import: {
    summary: 'history from files into a running service',
    load: async () => (await import('./import.ts')).importFiles,
  },
  'guard-report': {
    summary:
      'how well the peak guard tells: recall on billed peaks, precision, lead time, money, reliability',
    load: async () => (await import('./guard-report.ts')).guardReportCommand,
  },
  bill: {
    summary: 'what a tariff bills for a load: each billing period, its peaks and what each component costs',
    load: async () => (await import('./bill.ts')).billCommand,
  },
  forecast: {
    summary: 'forecast a load from its own past, with quantiles, or test how well that goes',
    load: async () => (await import('./forecast.ts')).forecast,
  },
  quarantine: {
    summary: 'what a running service has rejected: look, take in again after a fix, discard',
    load: async () => (await import('./quarantine.ts')).quarantine,
  },
  reprocess: {
    summary: 'let a running service decode its kept journal again, after a fix',
    load: async () => (await import('./reprocess.ts')).reprocess,
  },
  fill: {
    summary: 'container levels → how fast they fill, and the probability that they will be too full',
    load: async () => (await import('./fill.ts')).fill,
  },
  collect: {
    summary: 'which waste containers the next round has to empty, and which it can skip',
    load: async () => (await import('./collect.ts')).collect,
  },
  comfort: {
    summary: 'how comfortable flats are: hours in the band, the coldest, the balance between them',
    load: async () => (await import('./comfort.ts')).comfort,
  },
  'comfort digest': {
    summary: 'the week of a household beside similar ones, to be sent to those who live there',
    load: async () => (await import('./comfort-digest.ts')).comfortDigest,
  },
  decode: {
    summary:
      'decode one payload, and say of each part of it what it is for: to try out a mapping, a format or a model',
    load: async () => (await import('./decode.ts')).decode,
  },
  shave: {
    summary:
      'what a battery, cars charged in time or a heat pump run ahead would have saved, beside perfect foresight',
    load: async () => (await import('./shave.ts')).shaveCommand,
  },
  'alert list': {
    summary: 'alerts of a running service, the newest first',
    load: async () => (await import('./alert-list.ts')).alertList,
  },
  'alert show': {
    summary: 'one alert: what it says, what people have done about it, what holds it back',
    load: async () => (await import('./alert-list.ts')).alertShow,
  },
  'alert acknowledge': {
    summary: 'takes on alerts that fire: who, until when',
    load: async () => (await import('./alert-say.ts')).alertAcknowledge,
  },
  'alert outcome': {
    summary: 'says what an alert was worth: true, false, or unknown',
    load: async () => (await import('./alert-say.ts')).alertOutcome,
  },
  'silence list': {
    summary: 'silences that are active or coming',
    load: async () => (await import('./silence.ts')).silenceList,
  },
  'silence add': {
    summary: 'holds alerts back while work goes on',
    load: async () => (await import('./silence.ts')).silenceAdd,
  },
  'silence remove': {
    summary: 'ends a silence now; what it held and still fires is told',
    load: async () => (await import('./silence.ts')).silenceRemove,
  },
  'device list': {
    summary: 'registered devices: place, last seen, rhythm, battery, signal, clock, rejects',
    load: async () => (await import('./device-list.ts')).deviceList,
  },
  'device show': {
    summary: 'one registered device, with its rows and how it is heard',
    load: async () => (await import('./device-list.ts')).deviceShow,
  },
  'device unknown': {
    summary: 'devices that speak without being registered: since when, what they are, what they say',
    load: async () => (await import('./device-unknown.ts')).deviceUnknown,
  },
  'device adopt': {
    summary: 'registers a device, and takes in what it has said before',
    load: async () => (await import('./device-adopt.ts')).deviceAdopt,
  },
  'device credentials': {
    summary: 'who may connect over MQTT: set, rotate and remove passwords and rights',
    load: async () => (await import('./device-credentials.ts')).deviceCredentials,
  },
  'notifications dead': {
    summary: 'notifications that nobody took and that are not tried again by themselves',
    load: async () => (await import('./notifications.ts')).notificationsDead,
  },
  'notifications retry': {
    summary: 'try notifications again that nobody took',
    load: async () => (await import('./notifications.ts')).notificationsRetry,
  },
  'config check': {
    summary: 'read the configuration, the register, the tariffs and the credentials, and say what is wrong',
    load: async () => (await import('./config-check.ts')).configCheck,
  },
  'rules check': {
    summary: 'read the rules, and say what is wrong with them',
    load: async () => (await import('./rules-check.ts')).rulesCheck,
  },
  'rules list': {
    summary: 'every type of rule: what it tells, what it judges, and its parameters',
    load: async () => (await import('./rules-list.ts')).rulesList,
  },
  'rules test': {
    summary: 'plays series through the rules, and compares the alerts with those that a test file expects',
    load: async () => (await import('./rules-test.ts')).rulesTest,
  },
};

type ListedCommand = { readonly summary: string; readonly load: () => Promise<Command> };
