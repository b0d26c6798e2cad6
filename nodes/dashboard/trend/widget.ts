import "../look/font.ts";

export { default as RungTrend } from "./TrendChart.vue";
