import "../look/look.ts";

export { default as RungShops } from "./ShopsOverview.vue";
