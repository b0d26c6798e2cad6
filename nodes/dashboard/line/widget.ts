import "../look/look.ts";

export { default as RungLine } from "./LineScreen.vue";
