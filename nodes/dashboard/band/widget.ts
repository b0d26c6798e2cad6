import "../look/look.ts";

export { default as RungBand } from "./StateBand.vue";
