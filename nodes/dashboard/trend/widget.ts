export { default as RungTrend } from "./TrendChart.vue";
