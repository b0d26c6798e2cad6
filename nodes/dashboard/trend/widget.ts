import "../look/look.ts";

export { default as RungTrend } from "./TrendChart.vue";
