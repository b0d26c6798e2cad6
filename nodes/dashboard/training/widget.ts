import "../look/look.ts";

export { default as RungTraining } from "./TrainingScreen.vue";
