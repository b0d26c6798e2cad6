/**
 * Loads the product's typeface from beside the widgets' bundles, wherever Node-RED serves them: the dashboard fetches
 * a bundle and runs its text, so only the browser's list of loaded resources tells the address.
 * A control-room browser has no such font; until it has come, and where it cannot, DejaVu Sans stands in.
 */
const bundle = performance
  .getEntriesByType("resource")
  .find(({ name }) => /\/ui-rung-[a-z0-9]+\.umd\.js/.test(name));

if (bundle !== undefined && ![...document.fonts].some((font) => font.family === "Inter")) {
  const url = new URL("inter.woff2", bundle.name);
  const font = new FontFace("Inter", `url("${url}") format("woff2")`, { weight: "100 900", display: "swap" });
  document.fonts.add(font);
  font.load().catch(() => document.fonts.delete(font));
}
