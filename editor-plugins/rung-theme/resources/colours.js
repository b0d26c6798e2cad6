/**
 * The colours of the rungs for scripts; theme.css has the same for style sheets. They stand nowhere else: a node's
 * form repeats its deep colour only because Node-RED wants it there as text.
 */

/** Icon blocks, bars, badges. */
export const DEEP = ["#4c525c", "#2c5db0", "#15807e", "#402f80", "#955a14", "#6f0a36"];

/** Words beside the numbers: the categories of the palette. */
export const CATEGORY_NAMES = ["model", "describe", "diagnose", "predict", "prescribe", "act"];

/** Categories of the palette, the ladder from its foot. */
export const CATEGORIES = [...CATEGORY_NAMES.map((name, rung) => `${rung} ${name}`), "rung dashboard"];

/** State of evidence. Shape carries it, colour repeats it. */
export const STATE = { holds: "#2f6b47", ring: "#4a7a5c", broken: "#d97706", waiting: "#8b919a" };
