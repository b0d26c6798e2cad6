import "../look/font.ts";

export { default as RungTile } from "./TilePanel.vue";
