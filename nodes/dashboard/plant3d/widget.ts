import "../look/look.ts";

export { default as RungPlant3d } from "./PlantScreen.vue";
