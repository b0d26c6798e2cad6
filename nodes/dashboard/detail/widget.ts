import "../look/look.ts";

export { default as RungDetail } from "./DetailScreen.vue";
