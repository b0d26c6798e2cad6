import "../look/look.ts";

export { default as RungCell } from "./CellScreen.vue";
