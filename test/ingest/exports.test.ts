import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ReadTableOptions, readTable } from '../../src/ingest/index.js'

const FOLDER = 'examples/exports'
/** First and last sample of the shared recording: 48 samples, ten minutes apart. */
const SPAN = ['2024-03-01T22:00:00', '2024-03-02T05:50:00']

interface Export {
  readonly options?: ReadTableOptions
  readonly channels: readonly string[]
  /** First values in the order of the channels. */
  readonly first: readonly number[]
  readonly samples?: number
  readonly start?: string
  readonly end?: string
  readonly missing?: number
  /** What the error without the options names. */
  readonly asks?: RegExp
}

const both = (channels: string[], first = [19.89, 32.31]): Export => ({ channels, first })
const EXPORTS: Record<string, Export> = {
  'aws-timestream.csv': both(['flow', 'temperature'], [32.31, 19.89]),
  'azure-iot-central.csv': both(['temperature', 'flow']),
  'azure-machines.csv': {
    ...both(['volt', 'rotate']),
    options: { deviceColumn: 'machineID', device: '1' },
    asks: /--group-by machineID/,
  },
  'c-mapss.txt': {
    options: { deviceColumn: 'column1', device: '1' },
    channels: ['column3', 'column4', 'column5'],
    first: [],
    samples: 30,
    asks: /--group-by column1/,
  },
  'calendar-columns.csv': { channels: ['PM', 'TEMP'], first: [], samples: 60, end: '2024-03-04T09:00:00' },
  'campbell-toa5.dat': both(['Temp_Avg', 'Flow_Avg']),
  'excel-english.csv': both(['Pressure (psi)', 'Flow (gpm)']),
  'excel-german.csv': both(['Druck [bar]', 'Durchfluss [l/min]'], [19.89, 1615.5]),
  'grafana.csv': both(['temperature (°C)', 'flow (l/min)']),
  // The name of its time column says GMT+01:00.
  'hobo.csv': {
    ...both(['Temp, °C (LGR S/N: 1234, SEN S/N: 1234)', 'Intensity, Lux (LGR S/N: 1234, SEN S/N: 1234)']),
    start: '2024-03-01T21:00:00',
    end: '2024-03-02T04:50:00',
  },
  'home-assistant.csv': {
    ...both(['sensor.flow', 'sensor.temperature'], [32.31, 19.89]),
    options: { missing: 'keep' },
    missing: 1,
    asks: /--missing/,
  },
  'ignition.csv': both(['Pump1/Temperature', 'Pump1/Flow']),
  'influxdb-annotated.csv': both(['flow', 'temperature'], [32.31, 19.89]),
  'kaggle-pump.csv': both(['sensor_00', 'sensor_01']),
  'node-red.ndjson': {
    channels: ['payload.temperature', 'payload.flow', 'payload.running'],
    first: [19.89, 32.31, 0],
  },
  'pi-datalink.csv': {
    ...both(['PUMP1.FLOW', 'PUMP1.TEMP'], [32.31, 19.89]),
    options: { missing: 'keep' },
    missing: 2,
    asks: /--missing/,
  },
  'prometheus.csv': both(['pump_temperature_celsius', 'pump_flow']),
  'spreadsheet-serial.csv': both(['Temp', 'Flow']),
  'thingsboard.csv': both(['temperature', 'flow']),
  'uci-date-time.txt': {
    ...both(['Global_active_power', 'Voltage']),
    options: { missing: 'keep', badCells: 'missing' },
    missing: 1,
    asks: /--missing|--bad-cells/,
  },
  'data-explorer.json': both(['temperature', 'flow']),
  'labview.lvm': {
    ...both(['Temperature', 'Flow']),
    options: { timeColumn: 'X_Value', timeUnit: 's' },
    start: '1970-01-01T00:00:00',
    end: '1970-01-01T07:50:00',
  },
  'pi-web-api.json': both(['PUMP1.TEMP', 'PUMP1.FLOW']),
  'opc-ua.ndjson': both(['temperature', 'flow']),
  'senml.json': both(['pump1/temperature', 'pump1/flow']),
  'sma.csv': both(['Module temperature', 'Power']),
  'twincat.csv': both(['MAIN.fTemp', 'MAIN.fFlow']),
  'yokogawa.csv': both(['TI101', 'FI102']),
  'weather-service.txt': both(['TT_10', 'RF_10']),
  'wincc.csv': both(['flow', 'temperature'], [32.31, 19.89]),
}

describe('the exports of common systems', () => {
  it('are all tested', () => expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(EXPORTS).sort()))

  it.each(Object.entries(EXPORTS))(
    '%s is read, without an option or with the one that the error names',
    async (name, wanted) => {
      const path = `${FOLDER}/${name}`
      if (wanted.asks !== undefined) {
        const error = await readTable(path).then(
          () => expect.fail(`${name} needs no option`),
          error => error,
        )
        expect(error.remedy).toMatch(wanted.asks)
      }
      const { frame, summary } = await readTable(path, wanted.options)
      expect(frame.channels).toEqual(wanted.channels)
      expect(frame.timeMs.length).toBe(wanted.samples ?? 48)
      expect([...frame.values].slice(0, wanted.first.length)).toEqual(wanted.first)
      expect(summary.missingCells.count).toBe(wanted.missing ?? 0)
      if (frame.timeKind === 'index') return
      const ends = [frame.timeMs[0]!, frame.timeMs.at(-1)!].map(ms => new Date(ms).toISOString().slice(0, 19))
      expect(ends).toEqual([wanted.start ?? SPAN[0], wanted.end ?? SPAN[1]])
    },
  )

  it('keeps units from the names and from a units row', async () => {
    const units = async (name: string) =>
      (await readTable(`${FOLDER}/${name}`)).columns.flatMap(({ unit }) => (unit === undefined ? [] : [unit]))
    expect(await units('campbell-toa5.dat')).toEqual(['Deg C', 'l/min'])
    expect(await units('excel-german.csv')).toEqual(['bar', 'l/min'])
    expect(await units('labview.lvm')).toEqual(['degC', 'l/min'])
    expect(await units('yokogawa.csv')).toEqual(['C', 'l/min'])
    expect(await units('hobo.csv')).toEqual(['°C', 'Lux'])
  })
})
