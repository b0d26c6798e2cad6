import "../look/font.ts";

export { default as RungList } from "./FindingList.vue";
