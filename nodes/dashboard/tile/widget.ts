export { default } from "./TilePanel.vue";
