export { default as RungList } from "./FindingList.vue";
