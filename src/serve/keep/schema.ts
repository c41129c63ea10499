/** Tables of the store. A sample is a row: null = NaN; lists are in the order of the channels of its device. */
export const SCHEMA = `
create table if not exists devices (
  id varchar primary key, stream varchar, name varchar, model varchar, channels varchar, cadence_ms double, first_ms double, last_ms double, samples double);
create table if not exists samples (
  device varchar, time_ms double, score double, severity double, flag double, reason double, readings double[], expected double[]);
create table if not exists events (
  id varchar primary key, device varchar, model varchar, state varchar, start_ms double, end_ms double, onset_ms double, peak_ms double, score double,
  p_value double, severity double, channels varchar, sentence varchar, kind varchar, explanation varchar, matches varchar);
create table if not exists feedback (event varchar primary key, verdict varchar, note varchar, radius double, author varchar, at_ms double);
create table if not exists progress (stream varchar primary key, batch double);
`
