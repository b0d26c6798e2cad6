import "../look/look.ts";

export { default as RungLadder } from "./LadderPanel.vue";
