import "../look/look.ts";

export { default as RungList } from "./RungList.vue";
