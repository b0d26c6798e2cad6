export { default as RungLadder } from "./LadderPanel.vue";
