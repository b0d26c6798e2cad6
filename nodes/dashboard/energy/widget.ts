import "../look/look.ts";

export { default as RungEnergy } from "./EnergyScreen.vue";
