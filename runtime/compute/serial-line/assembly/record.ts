/*
 * A station is one record; the arrivals are one more behind the last, of which only the process time is used. Laws are
 * four numbers: kind and three parameters. A stream of random numbers is its state, four words, and the normal number
 * that is left over, NaN where there is none.
 */

@unmanaged
export class Stream {
  a: u32;
  b: u32;
  c: u32;
  d: u32;
  spare: f64;
}

@unmanaged
export class Law {
  kind: f64;
  a: f64;
  b: f64;
  c: f64;
}

@unmanaged
export class Station {
  leftS: f64;
  failsS: f64;
  repairS: f64;
  starvedS: f64;
  busyS: f64;
  blockedS: f64;
  downS: f64;
  parts: f64;
}

export const STATION_BYTES: usize = 272;
export const PROCESS: usize = 64;
export const BETWEEN: usize = 96;
export const REPAIR: usize = 128;
export const PROCESS_STREAM: usize = 160;
export const BETWEEN_STREAM: usize = 184;
export const REPAIR_STREAM: usize = 208;
/** Words. */
export const BREAKS: usize = 232;
export const BY_OPERATION: usize = 236;
export const RING_AT: usize = 240;
export const RING_LENGTH: usize = 244;
export const RING_NOW: usize = 248;
export const BOUND: usize = 252;
/** Numbers. */
export const WAITED: usize = 256;
export const STARTED: usize = 264;
