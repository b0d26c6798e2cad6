export { default } from "./FindingList.vue";
