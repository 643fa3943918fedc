import type { Quantity } from '../domain/quantity.ts';

/**
 * The properties that Zigbee2MQTT's devices share (zigbee-herdsman-converters, `lib/exposes`), and what they mean.
 * `unit`: taken when the device's own definition is not known; without it nothing is taken then, because the unit
 * differs (a plug's voltage in V, a battery's in mV).
 */
export type ZigbeeField = {
  readonly quantity: Quantity;
  readonly unit?: string;
  /** It is meant when the device says this unit, and no other. */
  readonly onlyIn?: string;
  readonly channel?: string;
  /** True and false; `inverted`: true is the opposite. */
  readonly claim?: 'plain' | 'inverted';
};

export const zigbeeFields: ReadonlyMap<string, readonly ZigbeeField[]> = new Map(
  Object.entries<ZigbeeField | readonly ZigbeeField[]>({
    temperature: { quantity: 'airTemperatureC', unit: '°C' },
    local_temperature: { quantity: 'airTemperatureC', unit: '°C' },
    humidity: { quantity: 'relativeHumidityPct', unit: '%' },
    co2: { quantity: 'co2Ppm', unit: 'ppm' },
    voc: { quantity: 'tvocPpb' },
    pm25: { quantity: 'pm25Ugm3', unit: 'µg/m³' },
    pm10: { quantity: 'pm10Ugm3', unit: 'µg/m³' },
    noise: { quantity: 'soundDb', unit: 'dB' },
    illuminance: { quantity: 'illuminanceLux', unit: 'lx' },
    illuminance_lux: { quantity: 'illuminanceLux', unit: 'lx' },
    pressure: { quantity: 'airPressurePa', unit: 'hPa' },
    battery: { quantity: 'batteryPct', unit: '%' },
    // Of a mains device in V, of a battery in mV: the unit of the device's definition tells which.
    voltage: [
      { quantity: 'voltageV', onlyIn: 'V' },
      { quantity: 'batteryMv', onlyIn: 'mV' },
    ],
    battery_voltage: { quantity: 'batteryMv' },
    voltage_phase_b: { quantity: 'voltageV', unit: 'V', channel: 'L2' },
    voltage_phase_c: { quantity: 'voltageV', unit: 'V', channel: 'L3' },
    current: { quantity: 'currentA', unit: 'A' },
    current_phase_b: { quantity: 'currentA', unit: 'A', channel: 'L2' },
    current_phase_c: { quantity: 'currentA', unit: 'A', channel: 'L3' },
    power: { quantity: 'activePowerW', unit: 'W' },
    power_phase_b: { quantity: 'phasePowerW', unit: 'W', channel: 'L2' },
    power_phase_c: { quantity: 'phasePowerW', unit: 'W', channel: 'L3' },
    power_reactive: { quantity: 'reactivePowerVar', unit: 'var' },
    power_apparent: { quantity: 'apparentPowerVa', unit: 'VA' },
    power_factor: { quantity: 'powerFactor', unit: '' },
    ac_frequency: { quantity: 'frequencyHz', unit: 'Hz' },
    energy: { quantity: 'activeEnergyWh', unit: 'kWh' },
    produced_energy: { quantity: 'exportedEnergyWh', unit: 'kWh' },
    water_consumed: { quantity: 'waterVolumeL' },
    flow: { quantity: 'flowLph' },
    occupancy: { quantity: 'occupied', claim: 'plain' },
    presence: { quantity: 'occupied', claim: 'plain' },
    // True while the door is closed.
    contact: { quantity: 'open', claim: 'inverted' },
    water_leak: { quantity: 'waterDetected', claim: 'plain' },
    tamper: { quantity: 'tampered', claim: 'plain' },
    battery_low: { quantity: 'batteryLow', claim: 'plain' },
  }).map(([name, fields]) => [name, [fields].flat()] as const),
);
