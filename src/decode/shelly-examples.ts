import type { FormatExample } from './decode.ts';

const plug = { device: 'shellies/plus1pm' };
const em = { device: 'em-7', atMs: 1_788_820_998_370 };

export const examples: readonly FormatExample[] = [
  {
    says: 'a notification of the one value that has changed, with a prefix that the user chose',
    topic: 'shellies/plus1pm/events/rpc',
    payload:
      '{"src":"shellyplus1pm-4417939341dc","dst":"shellies/plus1pm/events","method":"NotifyStatus","params":{"ts":1661517385.44,"switch:0":{"id":0,"voltage":232.7}}}',
    expect: [{ ...plug, atMs: 1_661_517_385_440, quantity: 'voltageV', channel: 'switch:0', value: 232.7 }],
    timeFrom: 'device',
  },
  {
    says: 'nothing in a notification about the connection, before the clock was set',
    topic: 'shellies/plus1pm/events/rpc',
    payload:
      '{"src":"shellyplus1pm-4417939341dc","dst":"shellies/plus1pm/events","method":"NotifyStatus","params":{"ts":1.61,"mqtt":{"connected":true}}}',
    expect: [],
  },
  {
    says: "a relay's whole status, without a time; how warm the device is inside is no room temperature",
    topic: 'shellies/plus1pm/status/switch:0',
    payload:
      '{"id":0,"source":"init","output":false,"apower":0.0,"voltage":232.7,"current":0.000,"aenergy":{"total":0.000,"by_minute":[0.000,0.000,0.000],"minute_ts":1661517385},"temperature":{"tC":39.2,"tF":102.5}}',
    expect: [
      { ...plug, quantity: 'activePowerW', channel: 'switch:0', value: 0 },
      { ...plug, quantity: 'activeEnergyWh', channel: 'switch:0', value: 0 },
      { ...plug, quantity: 'voltageV', channel: 'switch:0', value: 232.7 },
      { ...plug, quantity: 'currentA', channel: 'switch:0', value: 0 },
    ],
    timeFrom: 'arrival',
  },
  {
    says: 'a meter that feeds the grid',
    topic: 'em-7/events/rpc',
    payload:
      '{"src":"shellyemg3-0a0a0a0a0a0a","dst":"em-7/events","method":"NotifyStatus","params":{"ts":1788820998.37,"em1:0":{"id":0,"current":16.714,"act_power":-1899.8,"voltage":117.6}}}',
    expect: [
      { ...em, quantity: 'activePowerW', channel: 'em1:0', value: -1899.8 },
      { ...em, quantity: 'voltageV', channel: 'em1:0', value: 117.6 },
      { ...em, quantity: 'currentA', channel: 'em1:0', value: 16.714 },
    ],
  },
  {
    says: 'a three-phase meter and its registers: phases stand beside the whole, and there is no neutral transformer',
    topic: 'em-7/events/rpc',
    payload:
      '{"src":"shellypro3em-0a0a0a0a0a0a","dst":"em-7/events","method":"NotifyFullStatus","params":{"ts":1788820998.37,"em:0":{"id":0,"a_current":3.761,"a_voltage":121.7,"a_act_power":342.8,"a_aprt_power":457.5,"a_pf":-0.80,"n_current":null,"total_current":11.896,"total_act_power":1300.252,"total_aprt_power":1441.226,"user_calibrated_phase":[]},"emdata:0":{"id":0,"a_total_act_energy":1075513.08,"total_act":2852055.81,"total_act_ret":0.00},"wifi":{"status":"got ip","rssi":-61}}}',
    expect: [
      { ...em, quantity: 'activePowerW', value: 1300.252 },
      { ...em, quantity: 'apparentPowerVa', value: 1441.226 },
      { ...em, quantity: 'phasePowerW', channel: 'L1', value: 342.8 },
      { ...em, quantity: 'currentA', channel: 'L1', value: 3.761 },
      { ...em, quantity: 'voltageV', channel: 'L1', value: 121.7 },
      { ...em, quantity: 'powerFactor', channel: 'L1', value: -0.8 },
      { ...em, quantity: 'activeEnergyWh', value: 2_852_055.81 },
      { ...em, quantity: 'exportedEnergyWh', value: 0 },
      { ...em, quantity: 'rssiDbm', value: -61 },
    ],
  },
  {
    says: 'a device that has gone',
    topic: 'shellies/plus1pm/online',
    payload: 'false',
    expect: [{ ...plug, quantity: 'online', value: 0 }],
  },
];
