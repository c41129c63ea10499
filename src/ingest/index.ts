export { type ReadTableOptions, readTable, type Table } from './table.js'
