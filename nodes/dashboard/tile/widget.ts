export { default as RungTile } from "./TilePanel.vue";
