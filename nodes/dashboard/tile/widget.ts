import "../look/look.ts";

export { default as RungTile } from "./TilePanel.vue";
