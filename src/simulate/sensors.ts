/** How a sensor reads the factors of the plant: base + lag(gains x factors) + ambient + noise, in the unit of the sensor. */
export interface Sensor {
  readonly name: string
  readonly unit: string
  readonly base: number
  /** Gains of load (0 = idle, 1 = full), load squared, demand (standard normal) and ambient temperature (degrees C). */
  readonly load?: number
  readonly loadSquared?: number
  readonly demand?: number
  readonly ambient?: number
  /** Time constant with which the reading follows load and demand; none = at once. */
  readonly lagMinutes?: number
  /** Standard deviation of the measurement noise. */
  readonly noise: number
}

/**
 * The sensors of the simulated plant, in the order in which `channels` takes them.
 *
 * | channel | unit | follows |
 * |---|---|---|
 * | power | kW | load |
 * | flow | m3/h | load, demand |
 * | pressure | bar | demand, falls with load squared |
 * | motor_temperature | degrees C | load, 25 min behind; ambient |
 * | vibration | mm/s | load squared |
 * | valve_position | % | load, demand |
 * | bearing_temperature | degrees C | load, 60 min behind; ambient |
 * | speed | 1/min | load |
 * | current | A | load |
 * | ambient_temperature | degrees C | ambient |
 * | outlet_temperature | degrees C | load squared, 10 min behind; ambient |
 * | tank_level | % | demand, 120 min behind |
 */
export const SENSORS: readonly Sensor[] = [
  { name: 'power', unit: 'kW', base: 40, load: 400, demand: 12, noise: 4 },
  { name: 'flow', unit: 'm3/h', base: 35, load: 120, demand: 8, noise: 1.5 },
  { name: 'pressure', unit: 'bar', base: 7, loadSquared: -1.5, demand: 0.5, noise: 0.05 },
  {
    name: 'motor_temperature',
    unit: 'degrees C',
    base: 20,
    load: 45,
    ambient: 0.8,
    lagMinutes: 25,
    noise: 0.4,
  },
  { name: 'vibration', unit: 'mm/s', base: 0.8, loadSquared: 2.4, noise: 0.12 },
  { name: 'valve_position', unit: '%', base: 22, load: 50, demand: 6, noise: 0.6 },
  {
    name: 'bearing_temperature',
    unit: 'degrees C',
    base: 18,
    load: 30,
    ambient: 0.9,
    lagMinutes: 60,
    noise: 0.3,
  },
  { name: 'speed', unit: '1/min', base: 900, load: 600, noise: 6 },
  { name: 'current', unit: 'A', base: 20, load: 180, loadSquared: 40, noise: 3 },
  { name: 'ambient_temperature', unit: 'degrees C', base: 0, ambient: 1, noise: 0.15 },
  {
    name: 'outlet_temperature',
    unit: 'degrees C',
    base: 5,
    loadSquared: 14,
    ambient: 0.7,
    lagMinutes: 10,
    noise: 0.3,
  },
  { name: 'tank_level', unit: '%', base: 60, demand: -9, lagMinutes: 120, noise: 0.4 },
]
