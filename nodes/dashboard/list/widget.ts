import "../look/look.ts";

export { default as RungList } from "./FindingList.vue";
