import "../look/font.ts";

export { default as RungLadder } from "./LadderPanel.vue";
