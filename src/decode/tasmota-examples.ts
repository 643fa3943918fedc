import type { FormatExample } from './decode.ts';

const device = 'tasmota_0A0A0A';
const plug = { device, atMs: Date.UTC(2020, 8, 25, 10, 47, 15) };
const probes = { device, atMs: Date.UTC(2026, 0, 15, 7, 15) };

export const examples: readonly FormatExample[] = [
  {
    says: 'a plug, whose clock shows Swedish summer time',
    topic: 'tele/tasmota_0A0A0A/SENSOR',
    payload:
      '{"Time":"2020-09-25T12:47:15","ENERGY":{"TotalStartTime":"2018-11-23T15:33:47","Total":0.017,"TotalTariff":[0.000,0.017],"Yesterday":0.000,"Today":0.002,"ExportActive":0.000,"Period":0.00,"Power":0.00,"ApparentPower":7.84,"ReactivePower":-7.21,"Factor":0.39,"Frequency":50.0,"Voltage":234.31,"Current":0.039}}',
    expect: [
      { ...plug, quantity: 'activeEnergyWh', value: 17 },
      { ...plug, quantity: 'exportedEnergyWh', value: 0 },
      { ...plug, quantity: 'activePowerW', value: 0 },
      { ...plug, quantity: 'apparentPowerVa', value: 7.84 },
      { ...plug, quantity: 'reactivePowerVar', value: -7.21 },
      { ...plug, quantity: 'frequencyHz', value: 50 },
      { ...plug, quantity: 'voltageV', value: 234.31 },
      { ...plug, quantity: 'currentA', value: 0.039 },
      { ...plug, quantity: 'powerFactor', value: 0.39 },
    ],
    timeFrom: 'device',
  },
  {
    says: 'a reply to Status 8: probes by their serial numbers, a room sensor, a pulse input, and how warm the chip is',
    topic: 'stat/tasmota_0A0A0A/STATUS8',
    payload:
      '{"StatusSNS":{"Time":"2026-01-15T08:15:00","Switch1":"OFF","COUNTER":{"C1":4711},"DS18B20-1":{"Id":"01191ED79190","Temperature":12.3},"DS18B20-2":{"Id":"0300A279BDBD","Temperature":null},"SI7021":{"Temperature":21.5,"Humidity":43.0,"DewPoint":8.3},"ESP32":{"Temperature":53.3},"TempUnit":"C"}}',
    expect: [
      { ...probes, quantity: 'pulseCount', channel: 'C1', value: 4711 },
      { ...probes, quantity: 'probeTemperatureC', channel: '01191ED79190', value: 12.3 },
      { ...probes, quantity: 'airTemperatureC', channel: 'SI7021', value: 21.5 },
      { ...probes, quantity: 'relativeHumidityPct', channel: 'SI7021', value: 43 },
    ],
  },
  {
    says: 'three phases as lists, the register as an object, on topics in another order',
    topic: 'house-9/tasmota_0A0A0A/tele/SENSOR',
    payload:
      '{"Time":"2026-01-15T08:15:00","ENERGY":{"Total":{"Phase1":0.017,"Phase2":1.25},"Power":[100,-20,30],"Voltage":[230,231,232],"Current":[0.5,0.1,0.2]}}',
    models: { tasmota_0A0A0A: 'tasmota' },
    expect: [
      { ...probes, quantity: 'activeEnergyWh', value: 1267 },
      { ...probes, quantity: 'activePowerW', value: 110 },
      { ...probes, quantity: 'phasePowerW', channel: 'L1', value: 100 },
      { ...probes, quantity: 'phasePowerW', channel: 'L2', value: -20 },
      { ...probes, quantity: 'phasePowerW', channel: 'L3', value: 30 },
      { ...probes, quantity: 'voltageV', channel: 'L1', value: 230 },
      { ...probes, quantity: 'voltageV', channel: 'L2', value: 231 },
      { ...probes, quantity: 'voltageV', channel: 'L3', value: 232 },
      { ...probes, quantity: 'currentA', channel: 'L1', value: 0.5 },
      { ...probes, quantity: 'currentA', channel: 'L2', value: 0.1 },
      { ...probes, quantity: 'currentA', channel: 'L3', value: 0.2 },
    ],
  },
  {
    says: 'how well it hears its access point',
    topic: 'tele/tasmota_0A0A0A/STATE',
    payload:
      '{"Time":"2026-01-15T08:15:00","Uptime":"0T00:07:28","POWER":"ON","Wifi":{"AP":1,"RSSI":46,"Signal":-77}}',
    expect: [{ ...probes, quantity: 'rssiDbm', value: -77 }],
  },
  {
    says: 'a device that has gone',
    topic: 'tele/tasmota_0A0A0A/LWT',
    payload: 'Offline',
    expect: [{ device, quantity: 'online', value: 0 }],
    timeFrom: 'arrival',
  },
  {
    says: 'nothing in a reply about a relay',
    topic: 'stat/tasmota_0A0A0A/RESULT',
    payload: '{"POWER":"ON"}',
    expect: [],
  },
];
