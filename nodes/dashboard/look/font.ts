/**
 * Loads the product's typeface from beside the bundle that contains this module, wherever Node-RED serves it.
 * A control-room browser has no such font; until it has come, and where it cannot, DejaVu Sans stands in.
 */
const script = document.currentScript;

if (script instanceof HTMLScriptElement && ![...document.fonts].some((font) => font.family === "Inter")) {
  const url = new URL("inter.woff2", script.src);
  const font = new FontFace("Inter", `url("${url}") format("woff2")`, { weight: "100 900", display: "swap" });
  document.fonts.add(font);
  font.load().catch(() => document.fonts.delete(font));
}
