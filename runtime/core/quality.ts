/**
 * Quality of a sample: the OPC UA status code, a 32-bit unsigned number (OPC 10000-4, 7.39).
 * The two highest bits are the severity: 00 good, 01 uncertain, 10 bad.
 */
export type Quality = number;

export const GOOD: Quality = 0x00000000;
export const UNCERTAIN: Quality = 0x40000000;
/** The last value is known, and the source has been silent since. */
export const UNCERTAIN_LAST_USABLE: Quality = 0x40900000;
export const BAD: Quality = 0x80000000;
export const BAD_NO_COMMUNICATION: Quality = 0x80310000;
export const BAD_OUT_OF_RANGE: Quality = 0x803c0000;
export const BAD_DECODING: Quality = 0x80070000;
export const BAD_SENSOR_FAILURE: Quality = 0x808c0000;
/** There is no value for the time asked about, or an empty cell stood where one was due. */
export const BAD_NO_DATA: Quality = 0x809b0000;
/** The source time lies outside 1970 to 2255, or is no time at all. */
export const BAD_INVALID_TIMESTAMP: Quality = 0x80230000;
/** Info bits of a data value: the server's queue overflowed and dropped samples before this one. */
export const OVERFLOW_BITS: Quality = 0x00000480;

export const isGood = (quality: Quality): boolean => quality >>> 30 === 0;
export const isUncertain = (quality: Quality): boolean => quality >>> 30 === 1;
export const isBad = (quality: Quality): boolean => quality >>> 30 >= 2;
/** Good and uncertain are the same value told differently; the details of a code are not compared. */
export const isAsGood = (a: Quality, b: Quality): boolean => a >>> 30 === b >>> 30;
export const hasOverflow = (quality: Quality): boolean => (quality & OVERFLOW_BITS) === OVERFLOW_BITS;

/** The word an operator reads. */
export function qualityWord(quality: Quality): "good" | "uncertain" | "bad" {
  return isGood(quality) ? "good" : isUncertain(quality) ? "uncertain" : "bad";
}
