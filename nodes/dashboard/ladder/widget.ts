export { default } from "./LadderPanel.vue";
