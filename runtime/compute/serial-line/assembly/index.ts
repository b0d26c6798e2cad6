import { draw } from "./draws";
import { prepare } from "./exponential";
import {
  BETWEEN,
  BETWEEN_STREAM,
  BOUND,
  BREAKS,
  BY_OPERATION,
  Law,
  PROCESS,
  PROCESS_STREAM,
  REPAIR,
  REPAIR_STREAM,
  RING_AT,
  RING_LENGTH,
  RING_NOW,
  STARTED,
  STATION_BYTES,
  Station,
  Stream,
  WAITED,
} from "./record";

let warmUpS: f64 = 0;
let endS: f64 = 0;
/** Of the last run. */
export let leadTimeS: f64 = 0;
export let partSeconds: f64 = 0;
export let entered: f64 = 0;

/** Where the caller may lay out its records. */
export function firstFree(): usize { return __heap_base; }

// @ts-ignore: a decorator
@inline
function law(at: usize): Law { return changetype<Law>(at); }

// @ts-ignore: a decorator
@inline
function stream(at: usize): Stream { return changetype<Stream>(at); }

// @ts-ignore: a decorator
@inline
function add(at: usize, value: f64): void { store<f64>(at, load<f64>(at) + value); }

function within(fromS: f64, toS: f64): f64 {
  const low = max(fromS, warmUpS);
  const high = min(toS, endS);
  return high > low ? high - low : 0;
}

function breakDown(at: usize, from: f64): void {
  const station = changetype<Station>(at);
  const failsS = from + draw(law(at + BETWEEN), stream(at + BETWEEN_STREAM));
  station.failsS = failsS;
  station.repairS = draw(law(at + REPAIR), stream(at + REPAIR_STREAM));
}

/** What a station was down within an interval, which goes to its account of that. */
function down(at: usize, fromS: f64, toS: f64): f64 {
  const station = changetype<Station>(at);
  let downS: f64 = 0;
  if (load<i32>(at + BY_OPERATION) == 0) {
    while (station.failsS < toS) {
      const repairedS = station.failsS + station.repairS;
      downS += within(max(station.failsS, fromS), min(repairedS, toS));
      if (repairedS > toS) break;
      breakDown(at, repairedS);
    }
  }
  station.downS += downS;
  return downS;
}

function starve(at: usize, fromS: f64, toS: f64): void {
  if (!(toS > fromS)) return;
  const downS = down(at, fromS, toS);
  changetype<Station>(at).starvedS += within(fromS, toS) - downS;
}

function block(at: usize, fromS: f64, toS: f64): void {
  if (!(toS > fromS)) return;
  const downS = down(at, fromS, toS);
  changetype<Station>(at).blockedS += within(fromS, toS) - downS;
}

function worked(at: usize, fromS: f64, workS: f64): f64 {
  const station = changetype<Station>(at);
  const isByOperation = load<i32>(at + BY_OPERATION) == 1;
  let nowS = fromS;
  let openS = workS;
  for (;;) {
    const runsS = isByOperation ? station.failsS : max(station.failsS - nowS, 0);
    if (openS <= runsS) break;
    const stoppedS = nowS + runsS;
    openS -= runsS;
    nowS = (isByOperation ? stoppedS : station.failsS) + station.repairS;
    station.downS += within(stoppedS, nowS);
    breakDown(at, isByOperation ? 0 : nowS);
  }
  if (isByOperation) station.failsS -= openS;
  return nowS + openS;
}

function pass(at: usize, freeS: f64, startS: f64, workS: f64, roomS: f64): f64 {
  const station = changetype<Station>(at);
  starve(at, freeS, startS);
  const doneS = worked(at, startS, workS);
  const departsS = max(doneS, roomS);
  block(at, doneS, departsS);
  if (departsS > warmUpS && departsS <= endS) station.parts++;
  if (startS > warmUpS && startS <= endS) add(at + STARTED, 1);
  return departsS;
}

/**
 * Runs the line whose records lie at `base`.
 * @param ring where the departures of all rings lie, as f64
 * @returns operations reckoned
 */
export function run(base: usize, stations: i32, hasArrivals: i32, ring: usize, fromS: f64, toS: f64): f64 {
  prepare();
  warmUpS = fromS;
  endS = toS;
  const behind = base + <usize>stations * STATION_BYTES;
  for (let at = base; at < behind; at += STATION_BYTES) if (load<i32>(at + BREAKS) == 1) breakDown(at, 0);
  let arrivedS: f64 = 0;
  let operations: f64 = 0;
  let leadSum: f64 = 0;
  let partSum: f64 = 0;
  let enteredSum: f64 = 0;
  for (;;) {
    if (hasArrivals) arrivedS += draw(law(behind + PROCESS), stream(behind + PROCESS_STREAM));
    const enteredS = hasArrivals ? arrivedS : changetype<Station>(base).leftS;
    if (enteredS > toS) break;
    if (enteredS > fromS) enteredSum++;
    let readyS = enteredS;
    for (let at = base; at < behind; at += STATION_BYTES) {
      const station = changetype<Station>(at);
      const freeS = station.leftS;
      const startS = max(readyS, freeS);
      const workS =
        law(at + PROCESS).kind == 0 ? law(at + PROCESS).a : draw(law(at + PROCESS), stream(at + PROCESS_STREAM));
      let roomS: f64 = 0;
      if (load<i32>(at + BOUND)) {
        const next = at + STATION_BYTES;
        roomS = load<f64>(ring + ((<usize>(load<u32>(next + RING_AT) + load<u32>(next + RING_NOW))) << 3));
      }
      const doneS = startS + workS;
      let departsS = max(doneS, roomS);
      const isByOperation = load<i32>(at + BY_OPERATION) == 1;
      if ((isByOperation ? workS : departsS) <= station.failsS && min(freeS, readyS) > fromS && departsS <= toS) {
        add(at + WAITED, startS - readyS);
        station.starvedS += startS - freeS;
        station.blockedS += departsS - doneS;
        station.parts++;
        add(at + STARTED, 1);
        if (isByOperation) station.failsS -= workS;
      } else {
        add(at + WAITED, within(readyS, startS));
        departsS = pass(at, freeS, startS, workS, roomS);
      }
      station.leftS = departsS;
      const length = load<u32>(at + RING_LENGTH);
      if (length > 0) {
        const now = load<u32>(at + RING_NOW);
        store<f64>(ring + (<usize>(load<u32>(at + RING_AT) + now) << 3), departsS);
        store<u32>(at + RING_NOW, now + 1 == length ? 0 : now + 1);
      }
      readyS = departsS;
    }
    operations += stations;
    if (readyS > fromS && readyS <= toS) leadSum += readyS - enteredS;
    partSum += within(enteredS, readyS);
  }
  for (let at = base; at < behind; at += STATION_BYTES) {
    const station = changetype<Station>(at);
    starve(at, station.leftS, toS);
    // What is left: a station is always in one of its states.
    station.busyS = max<f64>(0, toS - fromS - station.starvedS - station.blockedS - station.downS);
  }
  leadTimeS = leadSum;
  partSeconds = partSum;
  entered = enteredSum;
  return operations;
}
